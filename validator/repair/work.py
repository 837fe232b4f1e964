"""The loop: every asset is judged, planned for, copied, judged again, and only then put in its place."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from validator.config import Config
from validator.findings import AssetReport
from validator.profile import Profile
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair
from validator.run import Target

if TYPE_CHECKING:
    import httpx

    from validator.attention import Fetch
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder
    from validator.repair.ffmpeg import Program
    from validator.repair.workshop import Workshop


@dataclass(frozen=True)
class RepairProgress:
    """Where a run is: assets done, assets found so far, and what is being done to one of them.

    `target` is "" at the end; `share` is how much of the step is done, where that is known.

    >>> RepairProgress(done=1, found=3, target="b.mp4", step="making", share=Fraction(1, 2)).step
    'making'
    """

    done: int
    found: int
    target: str = ""
    step: Literal["", "planning", "making", "judging"] = ""
    share: Fraction | None = None


def run_repairs(  # noqa: PLR0913 - what is wished, and the seams of a run
    targets: Target | AssetReport | Iterable[Target | AssetReport],
    output: str | os.PathLike[str] | None,
    config: Config | None = None,
    options: RepairOptions | None = None,
    *,
    dry_run: bool = False,
    overwrite: bool = False,
    profiles: tuple[Profile, ...] | None = None,
    on_progress: Callable[[RepairProgress], object] | None = None,
    cancel: threading.Event | None = None,
    stdin: Iterable[str | None] | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
    transport: httpx.BaseTransport | None = None,
    fetch_models: Fetch | None = None,
    program: Program | None = None,
    workshop: Workshop | None = None,
) -> Generator[Repair, None, None]:
    """Mend targets one after the other, in their order; what became of each is given as soon as it is known.

    A target may be the result of an earlier run: it is not judged again. Without `output`, or with `dry_run`,
    all is planned and nothing is made. `on_progress` is called from several threads, one at a time. `faces`,
    `decoders` and `workshop` are a caller's own and not closed; `program` is the ffmpeg to be used, where it
    is not the one that is found. All else is as for `validator.run.run`. Closing the generator stops what is
    under way and waits for it; nothing half made stays.

    Raises:
        ConfigError: the configuration cannot be used.
        ProfileError: a profile cannot be used.
        UsageError: as `run`; the folder cannot be written to, or holds a target (while iterating).
        NoTargetsError: nothing to mend was found (while iterating).
        Cancelled: `cancel` was set (while iterating).
    """
    raise NotImplementedError
