"""What a program calls to have copies made: `repair`, `repair_iter`, `plan_repair`. They print nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING

from validator.config import Config
from validator.errors import UsageError
from validator.findings import AssetReport
from validator.model import Asset
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair, RepairReport
from validator.repair.plan import RepairPlan
from validator.repair.work import RepairProgress, run_repairs
from validator.run import Target

if TYPE_CHECKING:
    import httpx

    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder


def repair(  # noqa: PLR0913 - what is wished, and the seams of a run
    targets: Target | AssetReport | Iterable[Target | AssetReport],
    output: str | os.PathLike[str] | None,
    config: Config | None = None,
    options: RepairOptions | None = None,
    *,
    overwrite: bool = False,
    dry_run: bool = False,
    on_progress: Callable[[RepairProgress], object] | None = None,
    cancel: threading.Event | None = None,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
) -> RepairReport:
    """Make a conforming copy of everything that fails and can be mended, and wait for all of it.

    No original is ever touched. A copy lies in the folder `output` under its original's path and name, with
    the ending of its own format; a file that is there already is only replaced with `overwrite`. It is put
    there whole, once it was judged by the same rules and passed. What was judged already may be given as its
    result. Without `output`, and with `dry_run`, all is planned and nothing is made.

    Raises:
        UsageError: what `lint` raises it for; an option that cannot be carried out; a folder that cannot be
            written to, or that holds a target.
        Cancelled: `cancel` was set.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "empty.png")
    ...     _ = path.write_bytes(b"")
    ...     report = repair([path], pathlib.Path(folder, "mended"))
    >>> report.repairs[0].status, report.summary.impossible
    ('impossible', 1)
    """
    return RepairReport(
        tuple(
            repair_iter(
                targets,
                output,
                config,
                options,
                overwrite=overwrite,
                dry_run=dry_run,
                on_progress=on_progress,
                cancel=cancel,
                transport=transport,
                faces=faces,
                decoders=decoders,
            )
        )
    )


def repair_iter(  # noqa: PLR0913 - as `repair`
    targets: Target | AssetReport | Iterable[Target | AssetReport],
    output: str | os.PathLike[str] | None,
    config: Config | None = None,
    options: RepairOptions | None = None,
    *,
    overwrite: bool = False,
    dry_run: bool = False,
    on_progress: Callable[[RepairProgress], object] | None = None,
    cancel: threading.Event | None = None,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
) -> Generator[Repair, None, None]:
    """Mend as `repair` does, and give what became of each asset as soon as it is known, in their order.

    Closing the generator stops what is under way; nothing half made stays.

    Raises:
        UsageError: see `repair`. What concerns the targets is raised while iterating.
        Cancelled: `cancel` was set (while iterating).
    """
    return run_repairs(
        targets,
        output,
        config,
        options,
        dry_run=dry_run,
        overwrite=overwrite,
        on_progress=on_progress,
        cancel=cancel,
        transport=transport,
        faces=faces,
        decoders=decoders,
    )


def plan_repair(
    target_or_result: Target | AssetReport,
    config: Config | None = None,
    options: RepairOptions | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
) -> RepairPlan:
    """The fewest and gentlest steps to a copy of one asset that passes; nothing is made.

    A plan without a recipe says in `obstacles` why there is no such copy; where there are none either, there
    is nothing to mend.

    Raises:
        UsageError: see `repair`; or what is given is no target, or several assets.

    >>> plan_repair("no/such.png").is_possible
    False
    """
    if not isinstance(target_or_result, (str, os.PathLike, Asset, AssetReport)):
        given = type(target_or_result).__name__
        raise UsageError(f"a plan is for one path, URL, Asset or AssetReport, and this is a {given}")
    repairs = tuple(
        repair_iter(
            [target_or_result],
            None,
            config,
            options,
            dry_run=True,
            transport=transport,
            faces=faces,
            decoders=decoders,
        )
    )
    if len(repairs) != 1:
        raise UsageError(f"a plan is for one asset, and the target holds {len(repairs)}: use repair_iter")
    (only,) = repairs
    return only.plan or RepairPlan(only.result.asset, only.target, None)
