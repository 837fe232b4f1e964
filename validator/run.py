"""The run: every target becomes assets, every asset is measured in a thread, and judged in order."""

from __future__ import annotations

import dataclasses
import itertools
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from validator._version import __version__
from validator.attention import Fetch, People
from validator.config import (
    Config,
    check_config,
    check_types,
    depth_for,
    idleness,
    overrides_of,
    placed,
    policy_for,
    profiles_of,
    refuse_idle,
)
from validator.cores import at_a_time
from validator.errors import Cancelled, NoTargetsError, UsageError
from validator.findings import AssetReport, NotJudged, Tool
from validator.gate import Gate, gate_of
from validator.intake.once import Once, Whereabouts
from validator.intake.targets import arriving
from validator.intake.url import displayed
from validator.judge import Policy, judge
from validator.measure import Duplicates, Probe, formats_taken, is_compared, shown_target
from validator.model import Asset, Depth, Facts, GroupKind, Role
from validator.pipeline import Pipeline
from validator.probe.media import as_if_only
from validator.prober import CallersProber, OurProber, Prober
from validator.profile import Profile
from validator.recall import Recall
from validator.task import Task, Wish

if TYPE_CHECKING:
    import httpx

    from validator.fact_cache import FactCache
    from validator.intake.download import Downloader
    from validator.memory import Memory
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder
    from validator.workers.spawn import Spawned

Target = str | os.PathLike[str] | Asset
"""What can be judged: a path, a glob, a URL, an asset list, `-`; or an asset made by the caller."""

TOOL = Tool("seedance-validator", __version__)
"""Who makes the reports."""

Mark = Callable[[Asset, Facts], Facts]
"""Adds to an asset's facts what earlier assets say of them; to be called in the order of the targets."""

_NAMED_AT_MOST = 5
_END = object()  # behind the last asset


@dataclass(frozen=True)
class Progress:
    """Where a run is: assets done, assets found so far, and the one that is waited for ("" at the end).

    `repeated`: how often an asset was named that had been found before, and was passed over.

    >>> Progress(done=1, found=3, target="b.mp4").done
    1
    """

    done: int
    found: int
    target: str = ""
    repeated: int = 0


def run(  # noqa: PLR0913 - the seams of a run; all but the first two are for callers with special needs
    targets: Target | Iterable[Target],
    config: Config | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
    stdin: Iterable[str | None] | None = None,
    cancel: threading.Event | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    probe: Probe | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
    fetch_models: Fetch | None = None,
    previews: bool = False,
    memory: Memory | None = None,
    cache: FactCache | None = None,
    digests: bool = False,
    profiles: tuple[Profile, ...] | None = None,
    spawned: Spawned | None = None,
) -> Generator[AssetReport, None, None]:
    """Judge targets one after the other, in their order; each result is given as soon as it is ready.

    Configuration and profile are checked at once, the work begins with the first result asked for. No
    more than a few assets are in flight, so memory stays flat however many there are. Closing the
    generator stops the work that is under way and waits for it; no temporary file stays. `on_progress`
    is called in the thread that asks for results. What targets name twice, for one role and group, is judged
    once; an `Asset` is judged each time that it is given. `stdin` has the lines for the target `-`; it may
    give `None` where no line has come yet, so that results are given meanwhile. `faces` looks for faces,
    `decoders` reads the media, and neither is closed; without them the run makes and closes its own, and
    `fetch_models` brings models that are nowhere to be found into a folder (the official download, without a
    word, if nothing else is given). With `previews`, each result has a `preview`: small pictures, a waveform,
    frame rates over time; a `probe` of one's own makes them itself. `memory` spares files that nobody has
    touched since an earlier run of this process, `cache` since any; it is not closed, and not asked by a run
    with previews, nor by one with a `probe` of its own. With `digests`, all bytes are read for their digest,
    whatever the depth. `profiles` are those of the configuration, where they
    were loaded already; a worker's process may be `spawned` already, too.

    Raises:
        ConfigError: the configuration cannot be used.
        ProfileError: the profile cannot be used.
        UsageError: a rule that does not exist, or none left to run; a reference that shows no face (while
            iterating).
        AssetListError: a list cannot be used (while iterating).
        NoTargetsError: nothing to judge was found (while iterating).
        OutOfResources: the system starts no further thread (while iterating).
        Cancelled: `cancel` was set (while iterating).
    """
    config = check_types(config or Config())
    profiles = profiles_of(config) if profiles is None else profiles
    if not profiles:
        raise UsageError("no profile is given: name one to judge by")
    config = check_config(config, *profiles)
    refuse_idle(config, *profiles)
    if isinstance(targets, (str, os.PathLike, Asset)):
        targets = (targets,)
    taken = formats_taken(profiles)
    prober: Prober
    if probe is not None:
        prober = CallersProber(probe)
    else:
        theirs = decoders or decoders_for(config, spawned)
        prober = OurProber(theirs, taken, previews=previews, ends=decoders is None)
    recall = Recall(memory, None if previews or probe is not None else cache, taken)
    job = _Job(config, profiles, prober, recall, transport, cancel, faces, fetch_models, digests=digests)
    return job.results(targets, stdin, on_progress)


@dataclass(frozen=True)
class _Choice:
    """What the overrides that name an asset make of it; see `Wish`."""

    policies: tuple[Policy, ...]
    depth: Depth
    idle: tuple[NotJudged, ...]
    asks_head: bool


class _Job:
    """What one run needs to know while it lasts."""

    def __init__(  # noqa: PLR0913, PLR0917 - the seams of a run
        self,
        config: Config,
        profiles: tuple[Profile, ...],
        prober: Prober,
        recall: Recall,
        transport: httpx.BaseTransport | None,
        cancel: threading.Event | None,
        faces: FaceFinder | None,
        fetch_models: Fetch | None,
        *,
        digests: bool,
    ) -> None:
        self._config = config
        self._profiles = profiles
        self._names = tuple(profile.info.name for profile in profiles)
        self._taken = tuple(formats_taken([profile]) for profile in profiles)
        self._prober = prober
        self._transport = transport
        self._asked_to_stop = cancel
        self._stopping = threading.Event()  # ours alone: the caller's event may be shared by several runs
        self._downloader: Downloader | None = None
        self._people = People(config, profiles, faces, fetch_models or self._fetch_models)
        self._recall = recall
        self._digests = digests
        self._places = Whereabouts()
        self._repeated = 0
        self._choices: dict[tuple[int, ...], _Choice] = {}
        self._gates: dict[tuple[tuple[int, ...], Role | None, GroupKind | None], Gate] = {}

    def results(
        self,
        targets: Iterable[Target],
        stdin: Iterable[str | None] | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> Generator[AssetReport, None, None]:
        named: list[str] = []
        done = found = 0

        def tell() -> None:
            if on_progress is not None:
                first = pipeline.first
                shown = "" if first is None else shown_target(first.asset)
                on_progress(Progress(done, found, shown, self._repeated))

        with ExitStack() as at_the_end:  # in reverse order, whatever happens
            at_the_end.callback(self._close_downloader)
            at_the_end.callback(self._people.close)
            at_the_end.callback(self._prober.close)
            duplicates = Duplicates(self._places)
            at_the_end.callback(duplicates.close)
            pipeline = self._pipeline()
            at_the_end.callback(pipeline.close)
            at_the_end.callback(self._stopping.set)
            marks: list[Mark] = [
                duplicates.marked,
                self._people.marking(self._prober.one, self._cancelled),
            ]
            wishes = self._wishes(_remembered(targets, named), stdin)
            at_the_end.callback(wishes.close)
            for asset in itertools.chain(wishes, itertools.repeat(_END)):
                self._check_stop()
                if asset is _END and not pipeline:
                    break
                if isinstance(asset, Wish):
                    found += 1
                    pipeline.begin(asset)
                if asset is not _END:
                    tell()
                while pipeline and (asset is _END or pipeline.is_full or pipeline.is_ready):
                    task = pipeline.next()
                    judged = self._judged(task, marks)
                    done += 1
                    tell()
                    yield judged
            if not found:
                raise NoTargetsError(nothing_found(named))

    def _pipeline(self) -> Pipeline:
        workers = _at_a_time(self._config)
        return Pipeline(
            prober=self._prober,
            # While one waits for a decoder, another reads.
            threads=workers * 2 if self._prober.together else workers,
            downloads=self._config.downloads,
            downloader=self._new_downloader,
            recall=self._recall,
            cancelled=self._cancelled,
        )

    def _wishes(
        self, targets: Iterable[Target], stdin: Iterable[str | None] | None
    ) -> Generator[Wish | None, None, None]:
        """What is wished of the assets; what targets name twice comes once, what a caller made each time.

        `None`: the next one has not come yet, or was met before.
        """
        with closing(Once(self._places)) as once:
            for ready_made, group in itertools.groupby(targets, key=lambda target: isinstance(target, Asset)):
                if ready_made:
                    for asset in group:
                        if isinstance(asset, Asset):
                            overrides = overrides_of(asset, self._config)
                            yield self._wish(placed(asset, self._config, overrides), overrides)
                    continue
                for found in arriving((each for each in group if not isinstance(each, Asset)), stdin=stdin):
                    # What was met before is passed over one by one, so that a run of nothing else can be
                    # stopped. Two spellings of one path may be under different overrides.
                    if found is None:
                        yield None
                        continue
                    overrides = overrides_of(found, self._config)
                    asset = placed(found, self._config, overrides)
                    is_new = once.is_new(asset, overrides)
                    self._repeated += not is_new
                    yield self._wish(asset, overrides) if is_new else None

    def _wish(self, asset: Asset, overrides: tuple[int, ...]) -> Wish:
        choice = self._chosen(asset, overrides)
        people = self._people.attention(asset, choice.policies)
        gate = self._gate(asset, choice, overrides)
        return Wish(
            asset, choice.policies, choice.depth, people, gate, self._digests, choice.idle, choice.asks_head
        )

    def _chosen(self, asset: Asset, overrides: tuple[int, ...]) -> _Choice:
        choice = self._choices.get(overrides)
        if choice is None:
            policies = tuple(policy_for(asset, self._config, profile) for profile in self._profiles)
            idle = [idleness(*each) for each in zip(self._profiles, policies, strict=True)]
            reasons = tuple(each for each in idle if each is not None)
            every = len(reasons) == len(idle)
            asks_head = any(is_compared("head", *each) for each in zip(self._profiles, policies, strict=True))
            choice = _Choice(policies, depth_for(asset, self._config), reasons if every else (), asks_head)
            self._choices[overrides] = choice
        return choice

    def _gate(self, asset: Asset, choice: _Choice, overrides: tuple[int, ...]) -> Gate | None:
        """What stops an asset at its header, where anything may."""
        if self._config.all_findings or choice.depth is Depth.HEADER or not self._prober.is_gated:
            return None
        group = asset.group.kind if asset.group else None
        key = (overrides, asset.role, group)
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = gate_of(asset, self._profiles, choice.policies)
        return gate

    def _judged(self, task: Task, marks: list[Mark]) -> AssetReport:
        self._check_stop()  # what was measured while stopping may be half of it
        asset, facts = task.wish.asset, task.facts
        assert facts is not None  # noqa: S101 - the pipeline gives no other
        preview = facts.preview
        if preview is not None:
            facts = dataclasses.replace(facts, preview=None)
        for mark in marks:
            facts = mark(asset, facts)
        shown = shown_target(asset)
        judged = [
            judge(asset, facts if len(self._profiles) == 1 else as_if_only(taken, facts), profile, policy)
            for profile, policy, taken in zip(self._profiles, task.wish.policies, self._taken, strict=True)
        ]
        if task.wish.idle:  # or it would pass
            judged = [((), (each,)) for each in task.wish.idle]
        if len(judged) == 1:
            return AssetReport(asset, facts, *judged[0], shown=shown, preview=preview)
        findings = tuple(
            msgspec.structs.replace(finding, profile=name)
            for name, (found, _) in zip(self._names, judged, strict=True)
            for finding in found
        )
        not_judged = tuple(
            msgspec.structs.replace(skipped, profile=name)
            for name, (_, unjudged) in zip(self._names, judged, strict=True)
            for skipped in unjudged
        )
        return AssetReport(
            asset, facts, findings, not_judged, shown=shown, profiles=self._names, preview=preview
        )

    def _cancelled(self) -> bool:
        return self._stopping.is_set() or (self._asked_to_stop is not None and self._asked_to_stop.is_set())

    def _check_stop(self) -> None:
        if self._cancelled():
            raise Cancelled("the run was asked to stop")

    def _new_downloader(self) -> Downloader:
        from validator.downloads import new_downloader

        self._downloader = new_downloader(
            self._config, *self._profiles, transport=self._transport, cancelled=self._cancelled
        )
        return self._downloader

    def _fetch_models(self, folder: Path) -> object:
        from validator.probe.portrait.model_download import download_models

        return download_models(folder, cancelled=self._cancelled)

    def _close_downloader(self) -> None:
        if self._downloader is not None:
            self._downloader.close()


def _at_a_time(config: Config) -> int:
    return at_a_time(config.workers)


def decoders_for(config: Config, spawned: Spawned | None = None) -> Decoders:
    """Decoders as a configuration wants them; whoever asks for them closes them.

    The first of their workers may be `spawned` already.
    """
    from validator.probe.decoders import Decoders

    return Decoders(
        processes=_at_a_time(config),
        seconds=config.decode_timeout,
        memory=config.decode_memory * 1_000_000,
        spawned=spawned,
    )


def _remembered(targets: Iterable[Target], named: list[str]) -> Iterator[Target]:
    """The targets, the first few of which are kept for a message."""
    for target in targets:
        if len(named) <= _NAMED_AT_MOST:
            named.append(_name(target))
        yield target


def _name(target: Target) -> str:
    if isinstance(target, Asset):
        return shown_target(target)
    text = os.fspath(target)
    return "standard input" if text == "-" else displayed(text)


def nothing_found(named: list[str]) -> str:
    """That there is nothing to judge, and in what it was looked for; `named` is safe to show.

    >>> nothing_found(["notes.txt", "docs"])
    'Nothing to judge was found in notes.txt, docs: no image, no video, no sound.'
    """
    if not named:
        return "No target was named: give files, folders, globs, URLs or asset lists."
    shown = ", ".join(named[:_NAMED_AT_MOST]) + (" and more" if len(named) > _NAMED_AT_MOST else "")
    return f"Nothing to judge was found in {shown}: no image, no video, no sound."
