"""The loop: every asset is judged, planned for, copied, judged again, and only then put in its place."""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from validator.attention import faces_for
from validator.config import Config, check_config, check_types, profiles_of, refuse_idle
from validator.cores import at_a_time
from validator.errors import Cancelled, NoTargetsError, OutOfResources, UsageError
from validator.findings import AssetReport
from validator.intake.source import Source, open_local
from validator.model import Asset
from validator.profile import Profile
from validator.repair.check_options import check_options
from validator.repair.configured import DEFAULT_OUTPUT, options_of
from validator.repair.mending import Mender, Step
from validator.repair.naming import Names
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair
from validator.repair.own_folder import check_outside, is_inside, named_folders
from validator.repair.turns import Turn, Turns
from validator.repair.workshop import Workshop
from validator.repair.writing import Folders, check_output
from validator.run import Progress, Target, decoders_for, nothing_found, run

if TYPE_CHECKING:
    import httpx

    from validator.attention import Fetch
    from validator.intake.download import Downloader
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder
    from validator.repair.ffmpeg import Program

Wanted = Target | AssetReport
"""What can be mended: what can be judged, or the result of it."""

_AHEAD = 2  # assets in flight for each worker, as in a run that judges


@dataclass(frozen=True)
class RepairProgress:
    """Where a run is: assets done, assets found so far, and what is being done to one of them.

    `step` is "" of one that is done, and `target` too where none is under way; `share` is how much of the
    step is done, where that is known.

    >>> RepairProgress(done=1, found=3, target="b.mp4", step="making", share=Fraction(1, 2)).step
    'making'
    """

    done: int
    found: int
    target: str = ""
    step: Step = ""
    share: Fraction | None = None


def run_repairs(  # noqa: PLR0913 - what is wished, and the seams of a run
    targets: Wanted | Iterable[Wanted],
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
    folders: Sequence[str] = (),
    unfinished: set[Path] | None = None,
) -> Generator[Repair, None, None]:
    """Mend targets one after the other, in their order; what became of each is given as soon as it is known.

    A target may be the result of an earlier run: it is not judged again. Without `output`, or with `dry_run`,
    all is planned and nothing is made. `on_progress` is called from several threads, one at a time. `faces`,
    `decoders` and `workshop` are a caller's own and not closed; `program` is the ffmpeg to be used, where it
    is not the one that is found. `folders`: those that were named where results of an earlier run were
    found; copies keep their paths from there on. `unfinished` holds the temporary files of the copies that
    are being made: a program that leaves without waiting for the end removes these. All else is as for
    `validator.run.run`. Closing the generator stops what is under way and waits for it; nothing half made
    stays.

    Raises:
        ConfigError: the configuration cannot be used.
        ProfileError: a profile cannot be used.
        UsageError: as `run`; an option that cannot be carried out; the folder cannot be written to, or holds
            a target (while iterating).
        NoTargetsError: nothing was named; nothing to mend was found (while iterating).
        Cancelled: `cancel` was set (while iterating).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "empty.png").write_bytes(b"")
    ...     [repair.status for repair in run_repairs([folder], None)]
    ['impossible']
    """
    config = check_types(config or Config())
    profiles = profiles_of(config) if profiles is None else profiles
    if not profiles:
        raise UsageError("no profile is given: name one to judge by")
    config = check_config(config, *profiles)
    refuse_idle(config, *profiles)
    wanted = (targets,) if isinstance(targets, (str, os.PathLike, Asset, AssetReport)) else targets
    if isinstance(wanted, Sequence) and not wanted:
        raise NoTargetsError(nothing_found([]))
    job = _Job(
        config=config,
        profiles=profiles,
        options=options_of(config.fix) if options is None else check_options(options),
        output=None if output is None else Path(output),
        makes=output is not None and not dry_run,
        overwrite=overwrite,
        stop=_Stop(cancel),
        transport=transport,
        on_progress=on_progress or (lambda _: None),
        folders=folders,
        unfinished=set() if unfinished is None else unfinished,
        begin=partial(
            run,
            config=msgspec.structs.replace(config, all_findings=True),  # a copy answers them all
            transport=_kept_open(transport),
            stdin=stdin,
            profiles=profiles,
        ),
    )
    return job.repairs(wanted, faces, decoders, fetch_models, program, workshop)


class _Stop(threading.Event):
    """Ours alone, and set as well where the caller's is, which several runs may share."""

    def __init__(self, theirs: threading.Event | None) -> None:
        super().__init__()
        self._theirs = theirs

    def is_set(self) -> bool:
        return super().is_set() or (self._theirs is not None and self._theirs.is_set())


@dataclass(kw_only=True)
class _Job:
    """What one run needs to know while it lasts, and how far it is."""

    config: Config
    profiles: tuple[Profile, ...]
    options: RepairOptions
    output: Path | None
    makes: bool
    overwrite: bool
    stop: _Stop
    transport: httpx.BaseTransport | None
    on_progress: Callable[[RepairProgress], object]
    folders: Sequence[str]
    unfinished: set[Path]
    begin: Callable[..., Generator[AssetReport, None, None]]
    lock: threading.Lock = field(default_factory=threading.Lock)
    downloader: Downloader | None = None
    done: int = 0
    found: int = 0
    skipped: int = 0

    def repairs(
        self,
        targets: Iterable[Wanted],
        faces: FaceFinder | None,
        decoders: Decoders | None,
        fetch_models: Fetch | None,
        program: Program | None,
        workshop: Workshop | None,
    ) -> Generator[Repair, None, None]:
        """Everything in its order; at the end all that was started here is closed."""
        if self.output is not None:
            if self.makes:
                check_output(self.output)
            if isinstance(targets, Sequence):
                check_outside(targets, self.output)
        with ExitStack() as at_the_end:  # in reverse order, whatever happens
            at_the_end.callback(self._close_downloader)
            if decoders is None:
                decoders = decoders_for(self.config)
                at_the_end.callback(decoders.close)
            if faces is None:
                faces = faces_for(self.config, fetch_models or self._fetch_models)
                at_the_end.callback(faces.close)
            if workshop is None:
                workshop = at_the_end.enter_context(Workshop(self.config, program=program))
            begin = partial(self.begin, faces=faces, decoders=decoders, cancel=self.stop)
            mender = self._mender(targets, workshop, begin)
            pool = ThreadPoolExecutor(self._at_a_time, thread_name_prefix="validator-repair")
            at_the_end.callback(pool.shutdown, wait=True, cancel_futures=True)
            at_the_end.callback(self.stop.set)
            results = at_the_end.enter_context(closing(self._results(targets, begin)))
            yield from self._in_order(results, mender, pool)

    def _mender(
        self, targets: Iterable[Wanted], workshop: Workshop, begin: Callable[..., Iterable[AssetReport]]
    ) -> Mender:
        output = Path(DEFAULT_OUTPUT) if self.output is None else self.output
        named = named_folders(targets) if isinstance(targets, Sequence) else ()
        return Mender(
            config=self.config,
            profiles=self.profiles,
            options=self.options,
            names=Names(output, (*self.folders, *named)),
            folders=Folders(output) if self.makes else None,
            overwrite=self.overwrite or self.output is None,  # nobody said where, so nothing is in the way
            unfinished=self.unfinished,
            workshop=workshop,
            opener=self._opened,
            judged=lambda copy: next(iter(begin([copy]))),
            cancelled=self.stop.is_set,
        )

    @property
    def _at_a_time(self) -> int:
        return at_a_time(self.config.workers)

    def _in_order(
        self, results: Iterator[AssetReport], mender: Mender, pool: ThreadPoolExecutor
    ) -> Generator[Repair, None, None]:
        pending: deque[Future[Repair]] = deque()
        turns = Turns(self.stop.is_set)
        for result in itertools.chain(results, itertools.repeat(None)):
            self._check_stop()
            if result is None and not pending:
                break
            if result is not None:
                if self.output is not None and is_inside(result.asset, self.output):
                    self.skipped += 1
                    continue
                pending.append(self._submitted(pool, mender, result, turns.next()))
            while pending and (
                result is None or len(pending) >= self._at_a_time * _AHEAD or pending[0].done()
            ):
                repair = pending[0].result()
                pending.popleft()
                with self.lock:
                    self.done += 1
                self._tell(repair.target if pending else "")
                yield repair
        if self.skipped and self.skipped == self.found:
            raise NoTargetsError(
                f"All that was found lies in the output folder {self.output}: copies are not mended again."
            )

    def _submitted(
        self, pool: ThreadPoolExecutor, mender: Mender, result: AssetReport, turn: Turn
    ) -> Future[Repair]:
        tell = partial(self._tell, result.target)
        try:
            return pool.submit(mender.mend, result, turn, tell)
        except RuntimeError as error:
            raise OutOfResources(f"no thread could be started: {error}") from error

    def _tell(self, target: str, step: Step = "", share: Fraction | None = None) -> None:
        with self.lock:
            found = self.found - self.skipped
            self.on_progress(RepairProgress(self.done, found, target, step, share))

    def _results(
        self, targets: Iterable[Wanted], begin: Callable[..., Generator[AssetReport, None, None]]
    ) -> Generator[AssetReport, None, None]:
        """What was judged already, as it was given, and the results of what was not, or not to its end."""
        whole = (
            each.asset if isinstance(each, AssetReport) and each.facts.stopped else each for each in targets
        )
        for judged, group in itertools.groupby(whole, key=lambda target: isinstance(target, AssetReport)):
            if judged:
                for each in group:
                    if isinstance(each, AssetReport):
                        self.found += 1
                        yield each
                continue
            named = (each for each in group if not isinstance(each, AssetReport))
            with closing(begin(named, on_progress=partial(self._judging, self.found))) as results:
                yield from results

    def _judging(self, before: int, progress: Progress) -> None:
        """How far the originals are judged, of which so many were found before."""
        self.found = before + progress.found
        if progress.target:
            self._tell(progress.target, "linting")

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise Cancelled("the run was asked to stop")

    def _opened(self, asset: Asset) -> Source:
        if not asset.is_url:
            return open_local(asset)
        with self.lock:
            if self.downloader is None:
                from validator.downloads import new_downloader

                self.downloader = new_downloader(
                    self.config, *self.profiles, transport=self.transport, cancelled=self.stop.is_set
                )
            downloader = self.downloader
        return downloader.fetch(asset)

    def _fetch_models(self, folder: Path) -> object:
        from validator.probe.portrait.model_download import download_models

        return download_models(folder, cancelled=self.stop.is_set)

    def _close_downloader(self) -> None:
        if self.downloader is not None:
            self.downloader.close()
        elif self.transport is not None:
            self.transport.close()


def _kept_open(transport: httpx.BaseTransport | None) -> httpx.BaseTransport | None:
    """A caller's transport, which the first of several runs does not close."""
    if transport is None:
        return None
    import httpx

    handle = transport.handle_request

    class KeptOpen(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return handle(request)

    return KeptOpen()
