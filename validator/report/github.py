"""The report as workflow commands of GitHub Actions, which become annotations.

Of a step, GitHub shows 10 errors, 10 warnings and 10 notices as annotations; all of them are in its log. So
the heaviest of each asset come first, and the tenth notice is the summary, which names what is not shown. The
log shows no file, so each message begins with the target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from validator.findings import AssetReport, Severity, Summary, Tool
from validator.profile import Profile
from validator.report.base import Look
from validator.report.escape import github_message, github_property, printable
from validator.report.outcome import FindingCount, Said, Unjudged, obstacles, said_once, unjudged_once
from validator.report.place import named, path_within
from validator.report.text import sentence

SHOWN = 10
"""How many annotations of one kind GitHub shows of a step."""

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class GitHubFormat:
    """A command for each finding, another for what kept an asset from being judged, and a summary.

    What a baseline knows is counted, and gets no annotation.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._title = ""
        self._written: Counter[str] = Counter()
        self._tally = FindingCount()

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:  # noqa: ARG002 - findings name theirs
        """Nothing."""
        self._title = tool.name
        return ""

    def asset(self, result: AssetReport) -> str:
        """The commands of one asset, the heaviest first."""
        self._tally.add(result)
        found = sorted(result.new_findings, key=lambda finding: -finding.severity.rank)
        errors = [each for each in found if each.severity is Severity.ERROR]
        lines = [self._finding(result, said) for said in said_once(errors, result)]
        lines += self._unjudged(result)
        lines += [self._finding(result, said) for said in said_once(found[len(errors) :], result)]
        return "".join(f"{line}\n" for line in lines)

    def finish(self, summary: Summary) -> str:
        """The counts, and how much of it GitHub does not show."""
        said = sentence(self._tally.of(summary), self._look.counted, self._tally.stopped)
        left = [
            f"{shown} of {number:,} {kind}s"
            for kind, shown in (("error", SHOWN), ("warning", SHOWN), ("notice", SHOWN - 1))
            if (number := self._written[kind]) > shown
        ]
        if left:
            *most, last = left
            shown = f"{', '.join(most)} and {last}" if most else last
            said += f" GitHub shows the first {shown}; the log of this step has all."
        return f"::notice title={github_property(self._title)}::{github_message(said)}\n"

    def _finding(self, result: AssetReport, said: Said) -> str:
        finding = said.finding
        title = f"{finding.code} {finding.name}{_where(said)}"
        help_ = f"\nhelp: {finding.help}" if finding.help else ""
        return self._command(_COMMANDS[finding.severity], result, title, finding.message + help_)

    def _unjudged(self, result: AssetReport) -> Iterator[str]:
        for each in unjudged_once(obstacles(result), result):
            message = f"{', '.join(each.codes)}: {each.reason}"
            yield self._command("warning", result, f"not judged{_where(each)}", message)

    def _command(self, kind: str, result: AssetReport, title: str, message: str) -> str:
        self._written[kind] += 1
        said = f"{printable(named(result))}: {message}"
        if kind == "notice" and self._written[kind] >= SHOWN:  # the last one is the summary's
            return printable(f"notice: {title}: {said}".replace("\n", " "))
        path = path_within(result, self._look.checkout)  # the runner makes it relative to the checkout
        file = "" if path is None else f"file={github_property(path)},"
        return f"::{kind} {file}title={github_property(title)}::{github_message(said)}"


def _where(said: Said | Unjudged) -> str:
    return f" ({', '.join(said.profiles)})" if said.profiles else ""
