"""What is found now, as a baseline: written like a report, and complete or not at all."""

from __future__ import annotations

from validator.baseline import Baseline, Entry, UnjudgedEntry, can_be_known, entries_of, unjudged_entries_of
from validator.baseline_file import baseline_text
from validator.findings import AssetReport, Summary, Tool, Verdict
from validator.profile import Profile
from validator.report.escape import encodable


class BaselineFormat:
    """Nothing before the end, since its entries are sorted.

    `found` counts the findings that it keeps, also those of files with the same bytes; `unread` those that
    it does not, since nothing could be read. `unjudged` is how many assets could not be judged for reasons
    that it does not keep, `failed` how many fail by what it does not.
    """

    def __init__(self) -> None:
        self._tool = Tool("", "")
        self._profiles: tuple[str, ...] = ()
        self._entries: list[Entry] = []
        self._not_judged: list[UnjudgedEntry] = []
        self.found = self.unread = self.unjudged = self.failed = 0

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """Nothing yet."""
        self._tool = tool
        self._profiles = tuple(encodable(profile.info.name) for profile in profiles)
        return ""

    def asset(self, result: AssetReport) -> str:
        """Nothing yet."""
        found = tuple(entries_of(result, self._profiles[0]))
        entries = tuple(filter(can_be_known, found))
        not_judged = tuple(unjudged_entries_of(result, self._profiles[0]))
        self.found += len(entries)
        self.unread += len(found) - len(entries)
        self._entries += entries
        self._not_judged += not_judged
        settled = Baseline(entries, self._profiles, not_judged).marked(result, self._profiles[0])
        self.unjudged += settled.counts_as is Verdict.UNJUDGED
        self.failed += settled.counts_as is Verdict.FAIL
        return ""

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - counts are not what is known
        """The whole baseline."""
        return baseline_text(self.baseline, self._tool)

    @property
    def baseline(self) -> Baseline:
        """What was found by now."""
        return Baseline(self._entries, self._profiles, self._not_judged)
