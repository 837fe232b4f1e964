"""What is found now, as a baseline: written like a report, and complete or not at all."""

from __future__ import annotations

from validator.baseline import Baseline, Entry, entries_of
from validator.baseline_file import baseline_text
from validator.findings import AssetReport, Summary, Tool
from validator.profile import Profile
from validator.report.escape import encodable


class BaselineFormat:
    """Nothing before the end, since its entries are sorted."""

    def __init__(self) -> None:
        self._tool = Tool("", "")
        self._profiles: tuple[str, ...] = ()
        self._entries: list[Entry] = []

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """Nothing yet."""
        self._tool = tool
        self._profiles = tuple(encodable(profile.info.name) for profile in profiles)
        return ""

    def asset(self, result: AssetReport) -> str:
        """Nothing yet."""
        self._entries.extend(entries_of(result, self._profiles[0]))
        return ""

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - counts are not what is known
        """The whole baseline."""
        return baseline_text(Baseline(self._entries, self._profiles), self._tool)
