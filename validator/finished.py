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
        """Return the report itself if every asset passed, or fails by nothing that a baseline does not know.

        Raises:
            validator.AssetsRejected: an asset failed, or could not be judged.
        """
        passed = (result.verdict is Verdict.PASS or result.is_known_to_fail for result in self.assets)
        if not all(passed):
            raise AssetsRejected(self)
        return self
