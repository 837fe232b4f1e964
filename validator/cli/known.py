"""What `validator lint` does with baselines: the one that it compares with, and the one that it writes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from validator.cli.output import is_standard_output
from validator.cli.outputs import Wanted
from validator.cli.screen import Screen
from validator.config import Config, policy_for
from validator.errors import UsageError
from validator.findings import AssetReport
from validator.profile import Profile

if TYPE_CHECKING:
    from validator.baseline import Baseline, Encounter


def known_findings(config: Config, written: str | None) -> Baseline | None:
    """The baseline that counts, if any; none yet where it is what is to be written (`written`).

    Raises:
        UsageError: it cannot be used.
    """
    if not config.baseline:
        return None
    from validator.baseline_file import read_baseline

    same = written is not None and is_same_place(written, config.baseline)
    return None if same and not os.path.lexists(config.baseline) else read_baseline(config.baseline)


def is_same_place(one: str, other: str) -> bool:
    """Whether two names are of one file, be it there or not.

    >>> is_same_place("known.json", "./known.json")
    True
    """
    return os.path.realpath(one) == os.path.realpath(other)


class Writing:
    """A baseline that is written like a report, in place of an earlier one, if there is any.

    Raises:
        UsageError: its file is standard output, the place of a report, or holds something else.
    """

    def __init__(self, file: str, reports: Iterable[Wanted]) -> None:
        from validator.report.baseline import BaselineFormat

        self._file = file
        self._earlier = _earlier(file, reports)
        self.place = Wanted("baseline", file, "the baseline")
        self.format = BaselineFormat()

    @property
    def exit_code(self) -> int:
        """1 where something could not be read, 2 where it was not judged: the next run finds it, too."""
        return 1 if self.format.failed else 2 if self.format.unjudged else 0

    def tell(self, screen: Screen) -> None:
        """Say what became the baseline, and how much of an earlier one is lost."""
        found = self.format.found
        said = f"{found:,} finding{'' if found == 1 else 's'} became the baseline {self._file}"
        lost = 0 if self._earlier is None else len(self._earlier.without(self.format.baseline))
        if lost:
            entries = f"{lost:,} entry" if lost == 1 else f"{lost:,} entries"
            said += f"; {entries} of the one before {'is' if lost == 1 else 'are'} not in it"
        if self.format.unread:
            said += f"; {self.format.unread:,} of what could not be read never will be"
        screen.say(said)


def _earlier(written: str, reports: Iterable[Wanted]) -> Baseline | None:
    """The baseline whose place another one is to take."""
    if is_standard_output(written):
        raise UsageError("--write-baseline needs a file: standard output is for the report")
    taken = {os.path.realpath(report.file) for report in reports if report.file is not None}
    if os.path.realpath(written) in taken:
        raise UsageError(f"a report and the baseline cannot go to one place: {written}")
    place = Path(written)
    try:
        is_taken = place.stat().st_size > 0 or not place.is_file()
    except (OSError, ValueError):  # whoever writes it says why that cannot be
        is_taken = False
    if is_taken and not place.is_dir():
        from validator.baseline_file import read_baseline

        try:
            return read_baseline(place)
        except UsageError as error:
            raise UsageError(
                f"{written} is there and is no baseline, so it is not replaced by one: "
                f"name another file, or remove it"
            ) from error
    return None


class Comparison:
    """One run against one baseline, or against none."""

    def __init__(self, baseline: Baseline | None, config: Config, profiles: tuple[Profile, ...]) -> None:
        self._config = config
        self._profiles = {profile.info.name: profile for profile in profiles}
        self._baseline = baseline
        self._encounter: Encounter | None = None
        if baseline is not None:
            from validator.baseline import Encounter

            self._encounter = Encounter(baseline, tuple(self._profiles), self._ran)

    def marked(self, result: AssetReport) -> AssetReport:
        """The asset with its findings marked as known or new, where there is a baseline."""
        return result if self._encounter is None else self._encounter.marked(result)

    def tell(self, screen: Screen) -> None:
        """Say what nobody would see otherwise: that the baseline is of another profile, or out of date."""
        if self._encounter is None or self._baseline is None:
            return
        file = self._config.baseline
        if self._encounter.is_foreign:
            names = ", ".join(self._baseline.profiles)
            screen.say(f"nothing of the baseline {file} counts here: it is of the profile {names}")
        gone = len(self._encounter.gone)
        if gone:
            entries = f"{gone:,} entry" if gone == 1 else f"{gone:,} entries"
            of_it = f"of the baseline {file} {'is' if gone == 1 else 'are'}"
            screen.say(f"{entries} {of_it} no longer found: write it anew with --write-baseline")

    def _ran(self, result: AssetReport, name: str) -> frozenset[str]:
        profile = self._profiles[name]
        codes = policy_for(result.asset, self._config, profile).codes
        return frozenset(profile.codes) if codes is None else codes
