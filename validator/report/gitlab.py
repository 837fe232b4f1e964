"""The report as GitLab takes it for Code Quality: a list of findings, as Code Climate writes them.

GitLab wants a line: 1 stands for the whole file. No two findings have the same fingerprint, and a finding
keeps it while the file's bytes are the same, so that a renamed file brings nothing new. A URL stands where a
path would; GitLab shows it and can link to nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from validator.findings import AssetReport, Finding, Severity, Summary, Tool
from validator.profile import Profile
from validator.report.base import Look
from validator.report.escape import printable
from validator.report.fingerprint import Fingerprints
from validator.report.json import compact
from validator.report.outcome import by_reason, obstacles
from validator.report.place import checkout_path, named

# "blocker" and "critical" are left to what is worse than a file that a service does not take.
_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


class GitLabFormat:
    """An element for each finding, and one for each reason why an asset could not be judged.

    What a baseline knows is left out.
    """

    def __init__(self, look: Look) -> None:
        self._checkout = look.checkout
        self._separator = ""
        self._main = ""
        self._fingerprints = Fingerprints("")

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:  # noqa: ARG002 - no place for a head
        """The bracket."""
        self._main = profiles[0].info.name
        self._fingerprints = Fingerprints(self._main)
        return "["

    def asset(self, result: AssetReport) -> str:
        """The elements of one asset."""
        written = []
        for element in self._elements(result):
            written.append(f"{self._separator}\n  {compact(element)}")
            self._separator = ","
        return "".join(written)

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - no place for counts
        """The bracket."""
        return "\n]\n" if self._separator else "]\n"

    def _elements(self, result: AssetReport) -> Iterator[dict[str, Any]]:
        prints = self._fingerprints.of(result)
        for finding, print_ in zip(result.findings, prints, strict=True):
            if finding.known is not True:
                yield self._finding(result, finding, print_)
        for profile, reason, codes in by_reason(obstacles(result), self._main):
            said = f"{', '.join(codes)} could not be judged: {reason}"
            check = f"{profile}/not-judged" if result.profiles else "not-judged"
            print_ = self._fingerprints.of_unjudged(result, f"{profile}: {reason}")
            yield self._element(result, check, said, Severity.WARNING, print_)

    def _finding(self, result: AssetReport, finding: Finding, print_: tuple[str, int]) -> dict[str, Any]:
        check = finding.code if finding.profile is UNSET else f"{finding.profile}/{finding.code}"
        said = f"{finding.message} {finding.help}".strip()
        return self._element(result, check, said, finding.severity, print_)

    def _element(
        self, result: AssetReport, check: str, said: str, severity: Severity, print_: tuple[str, int]
    ) -> dict[str, Any]:
        digest, number = print_
        if number > 1:  # another file with the same bytes
            digest = hashlib.sha256(f"{digest}:{number}".encode()).hexdigest()[: len(digest)]
        path = checkout_path(result, self._checkout)
        return {
            "type": "issue",
            "check_name": check,
            "description": printable(said),
            "severity": _SEVERITIES[severity],
            "fingerprint": digest,
            "location": {"path": named(result) if path is None else path, "lines": {"begin": 1}},
        }
