"""`validator lint --fix`: copies that conform of what fails, made once the report is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from validator.cli.judging import beside, fetch_models
from validator.cli.progress import Bar, Shown
from validator.cli.session import Session
from validator.config import Config
from validator.findings import AssetReport, Severity, Verdict
from validator.profile import Profile

if TYPE_CHECKING:
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder
    from validator.repair.options import RepairOptions
    from validator.repair.outcome import Repair

_COMPLETE = "the report is complete, and so is every copy that was named"


@dataclass
class Mending:
    """Keeps what fails while a report is written, and mends it then; copies go into `folder`.

    `named`: the targets as they stand on the command line.
    """

    config: Config
    profiles: tuple[Profile, ...]
    session: Session
    folder: Path
    named: Sequence[str] = ()
    failing: list[AssetReport] = field(default_factory=list)

    def check(self) -> None:
        """Refuse a folder that cannot hold copies, before any work is done.

        Raises:
            UsageError: saying why.
        """
        from validator.repair.own_folder import check_outside
        from validator.repair.writing import check_output

        check_output(self.folder)
        check_outside(self.named, self.folder)

    def kept(self, results: Iterator[AssetReport]) -> Iterator[AssetReport]:
        """The results as they come; those with anything to mend are kept, but for copies of earlier runs."""
        from validator.repair.own_folder import is_inside

        for result in results:
            if _may_be_mended(result) and not is_inside(result.asset, self.folder):
                facts = dataclasses.replace(result.facts, preview=None)  # pictures, of which nothing is shown
                self.failing.append(dataclasses.replace(result, facts=facts, preview=None))
            yield result

    def carry_out(self, bar: Bar | None, faces: FaceFinder | None, decoders: Decoders | None) -> None:
        """Make the copies, and say on standard error where each lies, or why there is none.

        Raises:
            UsageError: no copy can be written.
        """
        if not self.failing:
            return
        from validator.repair.outcome import RepairSummary
        from validator.repair.own_folder import named_folders
        from validator.repair.words import INSTALL_FFMPEG, NO_FFMPEG
        from validator.repair.work import run_repairs
        from validator.report.repair_text import sentence

        session, summary, lacks_ffmpeg = self.session, RepairSummary(), False
        # From here on a stop leaves nothing half done.
        session.destination, session.judged, session.advice = None, None, _COMPLETE
        with closing(
            run_repairs(
                self.failing,
                self.folder,
                self.config,
                self._options(),
                profiles=self.profiles,
                on_progress=Shown(bar).show,
                cancel=session.stop.cancel,
                unfinished=session.unfinished,
                faces=faces,
                decoders=decoders,
                fetch_models=lambda models: fetch_models(models, session, bar),
                folders=named_folders(self.named),
            )
        ) as repairs:
            for repair in repairs:
                lacks_ffmpeg = lacks_ffmpeg or repair.reason == NO_FFMPEG
                if repair.status != "passes":
                    summary = summary.add(repair)
                    self._say(line_of(repair), bar, always=repair.status not in ("mended", "present"))
        if lacks_ffmpeg:
            self._say(INSTALL_FFMPEG, bar)
        self._say(
            f"{sentence(summary)} Copies are in {self.folder}." if summary.mended else sentence(summary), bar
        )

    def _options(self) -> RepairOptions:
        """As the configuration says; what makes the command fail is mended, too."""
        import msgspec

        from validator.repair.configured import options_of

        options = options_of(self.config.fix)
        level = min(options.level, Severity(self.config.fail_on), key=lambda severity: severity.rank)
        return msgspec.structs.replace(options, level=level)

    def _say(self, text: str, bar: Bar | None, *, always: bool = False) -> None:
        if always or not self.config.quiet:
            with beside(bar):
                self.session.screen.say(text)


class Mendable:
    """Counts what fails by a rule that a copy may answer, while a report is written."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._codes = {rule.code for profile in profiles for rule in profile.rules if rule.repair}
        self._assets = 0

    def counted(self, results: Iterator[AssetReport]) -> Iterator[AssetReport]:
        """The results as they come."""
        for result in results:
            failing = {each.code for each in result.new_findings if each.severity is Severity.ERROR}
            self._assets += bool(failing & self._codes)
            yield result

    @property
    def advice(self) -> str:
        """A sentence on how to go on; empty where there is nothing to be mended."""
        if not self._assets:
            return ""
        makes = "it makes copies that pass (--dry-run shows how)"
        return f"`validator fix` may mend {self._assets:,} of these: {makes}"


def _may_be_mended(result: AssetReport) -> bool:
    """Whether there is anything to answer that no baseline knows."""
    if result.is_known_to_fail:
        return False
    return bool(result.findings) or result.verdict is not Verdict.PASS


def line_of(repair: Repair, *, named: bool = True) -> str:
    """What became of one asset, in one line; `named`: with the copy's place, which stays.

    >>> from validator.model import Asset, Facts
    >>> from validator.repair.outcome import Repair
    >>> result = AssetReport(Asset("a.wav", "a.wav"), Facts())
    >>> line_of(Repair(result, "impossible", reason="It is silent."))
    'a.wav: cannot be mended: It is silent.'
    """
    from validator.repair.brief import in_brief
    from validator.report.repair_text import quality_in_words

    what = {
        "mended": "mended",
        "planned": "would be mended",
        "impossible": "cannot be mended",
        "unjudged": "not judged",
    }.get(repair.status, "not mended")
    if repair.status == "present":
        return f"{repair.target}: there already: {repair.path}"
    if repair.status not in ("mended", "planned"):
        return f"{repair.target}: {what}: {repair.reason}"
    said = [in_brief(repair.plan)]
    if repair.quality is not None:
        said.append(quality_in_words(repair.quality))
    place = f": {repair.path}" if named and repair.path is not None else ""
    return f"{repair.target}: {what}{place} ({'; '.join(filter(None, said))})"
