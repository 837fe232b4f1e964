"""Who reads what we write: models of CI runners and terminals, and a real parser of HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Char.IsWhiteSpace of .NET, which the runner's TrimStart goes by.
_WHITE = re.compile(r"[\s\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")
_COMMON = (
    "error warning notice debug group endgroup add-mask set-output save-state stop-commands add-matcher echo"
)
COMMANDS = frozenset({*_COMMON.split(), "set-env", "add-path", "section", "command", "remove-matcher"})
_LOGGING = re.compile(r"##(?:vso|teamcity)\[", re.IGNORECASE)


@dataclass(frozen=True)
class Command:
    """What a runner of GitHub takes a line for."""

    name: str
    properties: dict[str, str] = field(default_factory=dict)
    data: str = ""


def commands(output: str) -> list[Command]:
    """The commands in a log, as `ActionCommand.TryParseV2` and `TryParse` of actions/runner find them.

    Any name counts that is registered, or that `stop-commands` may have made one.
    """
    return [found for line in re.split(r"\r\n|\r|\n", output) if (found := _of_line(line)) is not None]


def _of_line(line: str) -> Command | None:
    message = line[_WHITE.match(line).end() :]  # type: ignore[union-attr]  # it matches nothing, too
    end = message.find("::", 2) if message.startswith("::") else -1
    if end >= 0:
        name, _, rest = message[2:end].partition(" ")
        if re.fullmatch(r"[\w-]+", name) and (name.lower() in COMMANDS or len(name) > 4):
            pairs = (pair.partition("=") for pair in rest.strip().split(",") if pair.strip())
            properties = {key.strip(): _property(value) for key, _, value in pairs if value}
            return Command(name, properties, _data(message[end + 2 :]))
    at = line.find("##[")
    if at >= 0 and "]" in line[at:]:
        return Command(line[at + 3 : line.index("]", at)].partition(" ")[0])
    return Command(found[0]) if (found := _LOGGING.search(line)) else None


def _data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _property(text: str) -> str:
    text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",")
    return text.replace("%25", "%")


def harm(output: str, form: str) -> list[object]:
    """What a report of this form does other than show; GitHub's annotations are what they are to be."""
    annotations = ("error", "warning", "notice") if form == "github" else ()
    found = [command for command in commands(output) if command.name not in annotations]
    return [*found, *moves_a_terminal(output.replace("\r\n", "\n"))]


class Page(HTMLParser):
    """The elements of a page with their attributes, and its texts, as a browser sees them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.others: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def moves_a_terminal(output: str) -> list[str]:
    """The characters that do something to a terminal other than show, or begin a new line."""
    controls = re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", output)
    return controls + re.findall("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", output)
