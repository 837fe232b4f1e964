"""The report to look at: one page that needs nothing else, a contact sheet with a card for each asset."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup, escape

from validator.findings import AssetReport, Summary, Tool
from validator.profile import Profile
from validator.report.base import Look
from validator.report.card import Card
from validator.report.escape import printable
from validator.report.outcome import FindingCount
from validator.report.rule_paragraphs import Paragraph, paragraphs
from validator.report.text import sentence
from validator.rule import Rule

_COMMAND = re.compile(r"(`[^`]+`|ffmpeg -.*?(?= \(|$))")
_ADDRESS = re.compile(r"(https?://[^\s\"'<>]*[^\s\"'<>.,;:)])")


class HtmlFormat:
    """A page that is written card by card; what counts all of them, and the rules, stand at its end.

    Whatever was named by strangers is text in it: all that templates print is escaped. The page loads
    nothing, and runs no script but its own.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._page = _Page((), Mentioned())
        self._cards = 0
        self._tally = Tally()
        self._found = FindingCount()

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """The head of the page, up to the first card."""
        self._page = _Page(profiles, Mentioned())
        return self._page.write("start", tool=tool, profiles=profiles, assets=_Assets.read())

    def asset(self, result: AssetReport) -> str:
        """One card."""
        self._cards += 1
        card = Card(self._cards, result, self._page.profiles)
        self._tally.add(card)
        self._found.add(result)
        return self._page.write("card", card=card)

    def finish(self, summary: Summary) -> str:
        """The counts, the filters, and the rules that were mentioned."""
        return self._page.write(
            "finish",
            title=_title(summary, self._look.counted),
            sentence=sentence(self._found.of(summary), self._look.counted),
            summary=summary,
            tally=self._tally,
            profiles=[profile.info.name for profile in self._page.profiles],
            names={rule.code: rule.name for profile in self._page.profiles for rule in profile.rules},
            rules=self._page.mentioned.pages(self._page.profiles),
            assets=_Assets.read(),
        )


@dataclass(frozen=True)
class RulePage:
    """What the page says of one rule, once; `profiles` are those that have it like this."""

    anchor: str
    rule: Rule
    profiles: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]


class Mentioned:
    """The rules that cards point to: each is explained once, also where several profiles share it."""

    def __init__(self) -> None:
        self._anchors: dict[tuple[str, str], str] = {}
        self._used: set[str] = set()

    def number(self, profiles: tuple[Profile, ...]) -> None:
        """Give every rule its place on the page."""
        known: list[tuple[Rule, str]] = []
        for number, profile in enumerate(profiles):
            for rule in profile.rules:
                same = next((anchor for other, anchor in known if other == rule), None)
                anchor = same or f"rule-{rule.code}" + (f"-{number + 1}" if number else "")
                self._anchors[profile.info.name, rule.code] = anchor
                known.append((rule, anchor))

    def anchor(self, code: str, profile: str) -> str:
        """Where a rule is explained."""
        place = self._anchors.get((profile, code), "")
        self._used.add(place)
        return place

    def pages(self, profiles: tuple[Profile, ...]) -> Iterator[RulePage]:
        """What there is to say of the rules that were mentioned."""
        said: set[str] = set()
        for profile in profiles:
            for rule in profile.rules:
                anchor = self._anchors[profile.info.name, rule.code]
                if anchor in said or anchor not in self._used:
                    continue
                said.add(anchor)
                sharing = tuple(
                    each.info.name
                    for each in profiles
                    if self._anchors.get((each.info.name, rule.code)) == anchor
                )
                yield RulePage(anchor, rule, sharing if len(profiles) > 1 else (), paragraphs(rule, profile))


@dataclass
class Tally:
    """How many cards there are of each sort, for the filters; `fits` by profile and what it says."""

    groups: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    fits: Counter[tuple[str, str]] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)

    def add(self, card: Card) -> None:
        """Count one more."""
        self.groups[card.group] += 1
        self.kinds[card.kind] += 1
        self.codes.update(card.codes)
        self.marks.update(card.marks)
        self.fits.update(card.fits)


class _Page:
    """The templates of one report."""

    def __init__(self, profiles: tuple[Profile, ...], mentioned: Mentioned) -> None:
        self.profiles = profiles
        self.mentioned = mentioned
        mentioned.number(profiles)
        self._main = profiles[0].info.name if profiles else ""

    def write(self, name: str, **values: Any) -> str:
        return _templates().get_template(f"{name}.html").render(anchor=self._anchor, **values)

    def _anchor(self, code: str, profile: str = "") -> str:
        return self.mentioned.anchor(code, profile or self._main)


@dataclass(frozen=True)
class _Assets:
    """The page's own style and scripts, and the policy that lets nothing else in."""

    style: Markup
    early: Markup
    script: Markup
    policy: str

    @classmethod
    @cache
    def read(cls) -> _Assets:
        style, early, script = (_source(name) for name in ("report.css", "early.js", "report.js"))
        policy = (
            f"default-src 'none'; img-src data:; style-src {_hash(style)}; "
            f"script-src {_hash(early)} {_hash(script)}; base-uri 'none'; form-action 'none'"
        )
        return cls(Markup(style), Markup(early), Markup(script), policy)  # noqa: S704 - files of our own


def _source(name: str) -> str:
    """A file of the page; its lines end as they do in the page, or no hash of it would fit."""
    text = resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("validator.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["linked"] = _linked
    environment.filters["coded"] = _coded
    environment.filters["percent"] = _percent
    return environment


def _printed(value: Any) -> Any:
    """What templates print: text that does nothing but show, whatever it was; it is escaped after this."""
    return value if isinstance(value, (Markup, int)) or value is None else printable(str(value))


def _coded(text: str) -> Markup:
    """Text in which commands are set as such.

    >>> _coded("Trim it: ffmpeg -i in.mp4 -t 15 out.mp4 (or `git lfs pull`) <b>")
    Markup('Trim it: <code>ffmpeg -i in.mp4 -t 15 out.mp4</code> (or <code>git lfs pull</code>) &lt;b&gt;')
    """
    return Markup("").join(_command(each) if at % 2 else escape(each) for at, each in _pieces(text))


def _linked(text: str) -> Markup:
    """The same, and web addresses can be followed; the page itself loads none of them.

    >>> _linked("see https://example.com/a.")
    Markup('see <a href="https://example.com/a" rel="noreferrer noopener">https://example.com/a</a>.')
    """
    return Markup("").join(_command(each) if at % 2 else _with_links(each) for at, each in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    yield from enumerate(_COMMAND.split(printable(text)))


def _command(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text.strip("`"))


def _with_links(text: str) -> Markup:
    link = Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>')
    pieces = enumerate(_ADDRESS.split(text))
    return Markup("").join(link.format(each) if at % 2 else escape(each) for at, each in pieces)


def _percent(share: float) -> str:
    """A share of a length, as SVG has it.

    >>> _percent(0.2), _percent(1.0)
    ('20%', '100%')
    """
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def _title(summary: Summary, counted: str) -> str:
    """The outcome in a few words.

    >>> _title(Summary(assets=12, passed=9, failed=2, unjudged=1), "asset"), _title(Summary(), "asset")
    ('2 of 12 assets fail', 'Nothing to judge')
    >>> _title(Summary(assets=1, passed=1), "asset"), _title(Summary(assets=2, unjudged=1), "asset")
    ('1 asset passes', '1 of 2 assets could not be judged')
    """
    whole = f"{summary.assets:,} {counted}{'' if summary.assets == 1 else 's'}"
    if not summary.assets:
        return "Nothing to judge"
    if summary.failed:
        part = f"{summary.failed:,} of " if summary.failed < summary.assets else ""
        return f"{part}{whole} {'fails' if summary.failed == 1 else 'fail'}"
    if summary.unjudged:
        return f"{summary.unjudged:,} of {whole} could not be judged"
    return f"{whole} {'passes' if summary.assets == 1 else 'pass'}"
