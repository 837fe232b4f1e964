"""The report as Markdown, for the summary of a job or a comment on a pull request.

GitHub takes 65,536 characters of a comment and 1 MiB of a job's summary. No report is longer than a comment
may be; what it has no room for is counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from validator.findings import AssetReport, Severity, Summary, Tool, Verdict
from validator.profile import Profile
from validator.report.base import Look
from validator.report.escape import markdown, markdown_code
from validator.report.headline import headline
from validator.report.outcome import (
    FindingCount,
    Said,
    Unjudged,
    by_profile,
    obstacles,
    said_once,
    unjudged_once,
)
from validator.report.place import named
from validator.report.text import fit_in_words, in_words, sentence

LIMIT = 65_536
"""How many characters a comment on a pull request may have."""

_ROOM = 31_000  # for the table, and again for the details: with that of the profiles, enough is left
_ROOM_OF_PROFILES = 2_500
_IN_WORDS = {"fail": "**fail**", "not judged": "**not judged**"}


class MarkdownFormat:
    """What sums up, a table of what does not pass, and folded behind it what there is to say of each asset.

    Passing assets about which there is nothing to say are counted, and so are those that a baseline knows.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._tool = Tool("", "")
        self._profiles: tuple[Profile, ...] = ()
        self._table = _Pieces(_ROOM)
        self._details = _Pieces(_ROOM)
        self._tally = FindingCount()

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """Nothing yet: what sums up comes first."""
        self._tool, self._profiles = tool, profiles
        self._table = _Pieces(_ROOM - len("".join(self._head())))
        return ""

    def asset(self, result: AssetReport) -> str:
        """Nothing yet."""
        self._tally.add(result)
        if result.counts_as is not Verdict.PASS:
            self._table.add(self._row(result))
        if result.has_news:
            self._details.add("\n".join([self._title(result), "", *self._lines(result), "", ""]))
        return ""

    def finish(self, summary: Summary) -> str:
        """All of it."""
        blocks = [
            f"### {markdown(self._tool.name)}",
            f"**{markdown(sentence(self._tally.of(summary), self._look.counted, self._tally.stopped))}**",
        ]
        if self._table.taken:
            blocks.append("".join([*self._head(), *self._table.taken]).rstrip("\n"))
        if self._table.left:
            blocks.append(f"_{self._more(self._table)} not pass, for which this table has no room._")
        if self._details.taken:
            what = f"Findings and help, {_counted(len(self._details.taken), self._look.counted)}"
            blocks += [f"<details><summary>{what}</summary>", "".join(self._details.taken).rstrip("\n")]
            blocks.append("</details>")
        if self._details.left:
            more = _counted(self._details.left, f"more {self._look.counted}")
            blocks.append(f"_Findings and help of {more} have no room here._")
        return "\n\n".join([*blocks, self._judged_by()]) + "\n"

    @property
    def _several(self) -> bool:
        return len(self._profiles) > 1

    def _judged_by(self) -> str:
        about = _Pieces(_ROOM_OF_PROFILES)
        for profile in self._profiles:
            about.add(_about(profile))
        more = _counted(about.left, "more profile" if about.taken else "profile")
        return f"Judged by {'; '.join([*about.taken, more] if about.left else about.taken)}."

    def _more(self, pieces: _Pieces) -> str:
        one = pieces.left == 1
        return f"{_counted(pieces.left, f'more {self._look.counted}')} {'does' if one else 'do'}"

    def _head(self) -> Iterator[str]:
        columns = [markdown(each.info.name) for each in self._profiles] if self._several else ["verdict"]
        yield f"| {self._look.counted} | {' | '.join(columns)} | why |\n"
        yield "|---" * (len(columns) + 2) + "|\n"

    def _row(self, result: AssetReport) -> str:
        alone = by_profile(result).values()
        words = [fit_in_words(each) if self._several else in_words(each) for each in alone]
        why = [
            *map(_finding, _of(Severity.ERROR, result)),
            *map(_unjudged, unjudged_once(obstacles(result), result)),
        ]
        cells = (_code(named(result)), *(_IN_WORDS.get(word, word) for word in words), "<br>".join(why))
        return f"| {' | '.join(cells)} |\n"

    def _title(self, result: AssetReport) -> str:
        facts = headline(result.facts)
        return _code(named(result)) + (f" ({markdown(facts)})" if facts else "")

    def _lines(self, result: AssetReport) -> Iterator[str]:
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE):
            for said in _of(severity, result):
                yield f"- {severity.value} {_finding(said)}"
                if said.finding.help:
                    yield f"  <br>help: {markdown(said.finding.help)}"
        yield from (f"- {_unjudged(each)}" for each in unjudged_once(result.new_not_judged, result))


class _Pieces:
    """Texts, as many as there is room for, and how many were left out."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.taken: list[str] = []
        self.left = 0

    def add(self, text: str) -> None:
        if self.left or len(text) > self._room:
            self.left += 1
            return
        self._room -= len(text)
        self.taken.append(text)


def _of(severity: Severity, result: AssetReport) -> tuple[Said, ...]:
    return said_once((each for each in result.new_findings if each.severity is severity), result)


def _finding(said: Said) -> str:
    finding = said.finding
    return f"**{markdown(finding.code)}** {markdown(finding.name)}{_where(said)}: {markdown(finding.message)}"


def _unjudged(each: Unjudged) -> str:
    return f"not judged: {markdown(', '.join(each.codes))}{_where(each)}: {markdown(each.reason)}"


def _where(said: Said | Unjudged) -> str:
    return f" ({markdown(', '.join(said.profiles))})" if said.profiles else ""


def _code(text: str) -> str:
    return f"<code>{markdown_code(text)}</code>"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _about(profile: Profile) -> str:
    info = profile.info
    return f"{markdown(info.title)} ({_code(info.name)}, checked {markdown(info.checked)})"
