"""A finished run: what `lint` gives back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from validator.errors import AssetsRejected
from validator.findings import AssetReport, ProfileInfo, Summary, Tool, Verdict
from validator.profile import Profile


@dataclass(frozen=True)
class Report:
    """A finished run, in the order of its targets; `profiles` are those that it judged by, at least one."""

    tool: Tool
    profiles: tuple[Profile, ...]
    assets: tuple[AssetReport, ...]

    @property
    def profile(self) -> ProfileInfo:
        """The main profile: the first."""
        return self.profiles[0].info

    @property
    def summary(self) -> Summary:
        """Counts over all assets."""
        total = Summary()
        for result in self.assets:
            total = total.add(result)
        return total

    def __iter__(self) -> Iterator[AssetReport]:
        return iter(self.assets)

    def __len__(self) -> int:
        return len(self.assets)

    def raise_for_errors(self) -> Report:
        """Return the report itself if every asset passed, or a baseline knows all that keeps it from passing.

        Raises:
            validator.AssetsRejected: an asset failed, or could not be judged.
        """
        if any(result.counts_as is not Verdict.PASS for result in self.assets):
            raise AssetsRejected(self)
        return self
