"""Copies that conform, in place of what fails: named as their originals, and said to be copies."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from validator.errors import RepairError, UsageError
from validator.findings import AssetReport, Severity
from validator.profile import Profile
from validator.repair.brief import in_brief
from validator.repair.configured import options_of
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair
from validator.report.escape import printable
from validator.settings import Config
from validator.upload.forward import Upload
from validator.upload.gate import refusal
from validator.upload.outcome import DeliveryOptions

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Copies:
    """What came of mending, in the order of the results.

    `results`: those that were given, each that has a copy replaced by that of the copy, under the original's
    name. `words`: by number, what differs in the copy, or would in a dry run. `repairs`: all that was tried.
    """

    results: tuple[AssetReport, ...]
    words: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    repairs: tuple[Repair, ...] = ()

    def told_in(self, upload: Upload) -> Upload:
        """How an upload of these ended, or would end, with a word on each mended copy."""
        outcomes = tuple(
            replace(outcome, mended=self.words.get(number, ""))
            for number, outcome in enumerate(upload.outcomes)
        )
        plan = upload.plan
        if plan is not None:
            targets = tuple(
                replace(each, action="mend", message="", mended=self.words[number])
                if each.action == "refuse" and number in self.words
                else each
                for number, each in enumerate(plan.targets)
            )
            more = sum(each.action == "mend" for each in targets)
            plan = replace(plan, targets=targets, needed=plan.needed + more)
        return replace(upload, outcomes=outcomes, plan=plan)


def with_copies(  # noqa: PLR0913 - what is wished, and where copies lie
    results: Sequence[AssetReport],
    temporary: Path | None,
    *,
    keep: Path | None = None,
    config: Config,
    profile: Profile,
    delivery: DeliveryOptions,
    on_repair: Callable[[Repair], object] = lambda _: None,
    **seams: Any,
) -> Copies:
    """Mend what would not be forwarded.

    Args:
        results: what was judged.
        temporary: the folder for copies, which stay as long as they are delivered; `None`: a dry run.
        keep: a folder that the copies are put into, and forwarded from. What lies there already, and is the
            same to the byte, is forwarded; anything else is never replaced.
        config: how the results were judged.
        profile: what by.
        delivery: what is forwarded.
        on_repair: told what became of each.
        seams: as for `run_repairs`.

    Raises:
        UsageError, Cancelled: as `run_repairs`.
    """
    from validator.repair.work import run_repairs

    refused = [number for number, result in enumerate(results) if refusal(result, delivery)]
    found: list[AssetReport] = list(results)
    words: dict[int, str] = {}
    told: list[Repair] = []
    wanted = [_without_preview(results[number]) for number in refused]
    if not wanted:
        return Copies(tuple(found))
    with closing(
        run_repairs(
            wanted,
            temporary,
            config,
            _options(config, delivery),
            dry_run=temporary is None,
            profiles=(profile,),
            **seams,
        )
    ) as repairs:
        for number, repair in zip(refused, repairs, strict=True):
            became = repair
            if repair.status == "mended" and temporary is not None:
                became = _kept(repair, temporary, keep) if keep is not None else repair
            if became.status in ("mended", "planned"):
                words[number] = in_brief(became.plan)
            if became.copy is not None and became.path is not None:
                found[number] = _as_original(became.copy, became.path, results[number])
            told.append(became)
            on_repair(became)
    return Copies(tuple(found), MappingProxyType(words), tuple(told))


def check_addressed(config: Config, served: Path, keep: Path | None) -> None:
    """Refuse copies that nothing would give an address to.

    Raises:
        UsageError: saying what would.

    >>> check_addressed(Config(), Path(), None)
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: --fix forwards copies, which need a public address: say --publish, to put \
them into a bucket
    """
    upload = config.upload
    if upload.publish:
        return
    if not upload.public_url:
        raise UsageError(
            "--fix forwards copies, which need a public address: say --publish, to put them into a bucket"
        )
    folder = printable(str(served))
    if keep is None:
        raise UsageError(
            f"--fix forwards copies, which need a public address: name a folder inside of {folder}, which "
            "--public-url serves, with --fix-output DIR; or say --publish, to put them into a bucket"
        )
    if not keep.resolve().is_relative_to(served.resolve()):
        raise UsageError(
            f"copies in {printable(str(keep))} would have no public address: it lies outside of {folder}, "
            "which --public-url serves"
        )


def _options(config: Config, delivery: DeliveryOptions) -> RepairOptions:
    """As the configuration says; what would hold an asset back is mended, too."""
    options = options_of(config.fix)
    level = min(options.level, Severity(delivery.fail_on), key=lambda severity: severity.rank)
    return msgspec.structs.replace(options, level=level)


def _without_preview(result: AssetReport) -> AssetReport:
    return replace(result, preview=None, facts=replace(result.facts, preview=None))


def _as_original(copy: AssetReport, place: Path, original: AssetReport) -> AssetReport:
    asset = replace(copy.asset, target=original.asset.target, location=str(place))
    return replace(copy, asset=asset, shown=original.target)


def _kept(repair: Repair, temporary: Path, keep: Path) -> Repair:
    """The same with its copy in a folder that stays."""
    from validator.repair.writing import Folders, NewFile

    assert repair.path is not None  # noqa: S101 - it is mended
    assert repair.copy is not None  # noqa: S101 - it is mended
    place = keep / repair.path.relative_to(temporary)
    if not _is_same(place, repair.copy.facts.file.sha256 or ""):
        if os.path.lexists(place):
            return _failed(
                repair,
                f"{printable(str(place))} is there already, and is another copy: name another folder, or "
                "move it away.",
            )
        try:
            with Folders(keep).holding(place.parent), NewFile(place) as new:
                with new.told(), repair.path.open("rb") as copy:
                    shutil.copyfileobj(copy, new.file, _CHUNK)
                new.commit()
        except RepairError as error:
            return _failed(repair, str(error))
    asset = replace(repair.copy.asset, location=str(place))
    return replace(repair, path=place, copy=replace(repair.copy, asset=asset))


def _failed(repair: Repair, reason: str) -> Repair:
    return replace(repair, status="failed", copy=None, path=None, quality=None, reason=reason)


def _is_same(place: Path, sha256: str) -> bool:
    """Whether the very same copy lies there, of an earlier upload."""
    try:
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
