"""The report as JSON Lines: one asset a line, as soon as it is judged.

Each line has the keys of an element of `assets` in the JSON report, and there is no other line: no head and
no summary, so that whoever reads it needs no case for them. The exit code says whether the run came to its
end. It is written in ASCII, so that it is JSON whatever the encoding of standard output.
"""

from __future__ import annotations

from validator.findings import AssetReport, Summary, Tool
from validator.profile import Profile
from validator.report.json import asset_entry, compact


class JsonLinesFormat:
    """One asset a line."""

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:  # noqa: ARG002 - each asset stands alone
        """Nothing."""
        return ""

    def asset(self, result: AssetReport) -> str:
        """One line."""
        return f"{compact(asset_entry(result))}\n"

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - each asset stands alone
        """Nothing."""
        return ""
