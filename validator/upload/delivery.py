"""From judged results to Active assets: what is there is found, what is missing is made, once."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from validator.errors import AnswerLost, Cancelled, JournalError, ServiceError
from validator.findings import AssetReport, Verdict
from validator.intake.url import is_url, redact
from validator.model import AudioFacts, Kind, VideoFacts
from validator.profile import Profile
from validator.upload.bundle import Bundle, not_forwarded
from validator.upload.gate import refusal
from validator.upload.inventory import Inventory, Patience, surely_held
from validator.upload.journal import Journal
from validator.upload.journal_rows import Intended
from validator.upload.outcome import DeliveryOptions, Event, Outcome, Step
from validator.upload.planning import Plan, Planned, by_bytes, check_quota, decided, growth, plan
from validator.upload.publish import Publisher
from validator.upload.records import AssetGroup
from validator.upload.resume import wait_for_entries
from validator.upload.same_bytes import SameBytes
from validator.upload.settlement import already_active, already_failed, settle, still_active, unpublish
from validator.upload.work import Work

if TYPE_CHECKING:
    from validator.upload.client import AssetClient

__all__ = ["Plan", "Planned", "deliver", "plan", "wait_for_entries"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def deliver(  # noqa: PLR0913 - the seams of a delivery
    results: Iterable[AssetReport],
    group: AssetGroup,
    *,
    client: AssetClient,
    publisher: Publisher | None,
    same_bytes: SameBytes,
    journal: Journal,
    options: DeliveryOptions | None = None,
    on_event: Callable[[Event], object] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    remember: Mapping[str, Any] = _NOTHING,
    profile: Profile | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> tuple[Outcome, ...]:
    """Register what passed in a group, and wait until it is Active; one outcome for each result, in order.

    Call it again with the same results, after whatever went wrong: what is there is found, and nothing is
    made twice. Of several targets with the same bytes, one asset is made, and all outcomes name it.

    Args:
        results: what `validator.lint` gave.
        group: where to.
        client: the asset library.
        publisher: gives files their address; URLs are forwarded as they are.
        same_bytes: whether an address serves, at this moment, what was judged.
        journal: remembers each step.
        options: see there.
        on_event: is told each step, in this thread.
        cancelled: whether to stop; asked between two steps, from several threads.
        remember: whatever a caller needs to resume (see `UnfinishedRun`): JSON, no secrets.
        profile: whose rule on the size of the library counts; that of the package, where there is none.
        clock: seconds, rising.
        sleep: waits for seconds.

    Raises:
        QuotaExceeded: the quota does not suffice for all; then nothing was created.
        UploadBusy: another delivery into this group is running.
        JournalError: the journal cannot be written, so that nothing more was created. `outcomes` of the
            error names what was.
        Cancelled: `cancelled()` said so. What was created is in the journal.
        ServiceError: the key, the account or the service stands in the way of the rest; what was created is
            waited for before. `outcomes` of the error says what became of each target.

    `validator.upload.upload` is all of this in one call:

        from pathlib import Path

        import validator
        from validator.profile import load_profile
        from validator.upload import DeliveryOptions, Journal, deliver, ensure_group, journal_path
        from validator.upload import new_client, new_publisher, same_bytes_check

        config = validator.load_config(Path())
        report = validator.lint(["clips/"], config)
        profile = load_profile(config.profile)
        with (
            new_client(config) as client,
            Journal(journal_path(config)) as journal,
            same_bytes_check(config, profile) as same_bytes,
        ):
            outcomes = deliver(
                report,
                ensure_group("Ada", client=client, journal=journal),
                client=client,
                publisher=new_publisher(config.upload, config.folder or Path()),
                same_bytes=same_bytes,
                journal=journal,
                options=DeliveryOptions.of(config),
                profile=profile,
            )
        for outcome in outcomes:
            print(outcome.target, outcome.outcome, outcome.reference)  # clips/a.mp4 active asset://asset-…
    """
    seams = _Seams(clock, sleep, remember, profile)
    told: SimpleQueue[Event | None] = SimpleQueue()
    work = Work(
        client=client,
        publisher=publisher,
        same_bytes=same_bytes,
        journal=journal,
        group=group,
        options=options or DeliveryOptions(),
        cancelled=cancelled,
        tell=on_event,
    )
    with journal.locked(f"{work.service} {group.id}"):
        return _Delivery(work, tuple(results), seams, on_event, told).outcomes()


@dataclass(frozen=True)
class _Seams:
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    remember: Mapping[str, Any]
    profile: Profile | None


@dataclass
class _Delivery:
    """One delivery, while its group is locked."""

    work: Work
    results: tuple[AssetReport, ...]
    seams: _Seams
    on_event: Callable[[Event], object]
    told: SimpleQueue[Event | None]

    def outcomes(self) -> tuple[Outcome, ...]:
        work = self.work
        held_back = dict(self._held_back())
        passing = by_bytes(self.results, work.options)
        bundles = self._bundles(passing)
        needed = growth({bundle.sha256: bundle.decision for bundle in bundles})
        check_quota(work.client, needed, work.options, self.seams.profile)
        error: ServiceError | JournalError | None = None
        try:
            self._begin(bundles)
            self._make(bundles)
            self._settle(bundles)
        except JournalError as failed:
            error = failed
            _leave(bundles)
        by_number = held_back | {
            number: outcome for bundle in bundles for number, outcome in bundle.outcomes.items()
        }
        outcomes = tuple(by_number[number] for number in range(len(self.results)))
        error = error or work.stopped
        if error is not None:
            error.outcomes = outcomes
            raise error
        return outcomes

    def _make(self, bundles: Sequence[Bundle]) -> None:
        created = [bundle for bundle in bundles if bundle.decision.creates]
        # What makes room goes first.
        retried = [bundle for bundle in created if bundle.decision.delete]
        self._forward_all(retried, [bundle for bundle in created if not bundle.decision.delete])

    def _held_back(self) -> Iterator[tuple[int, Outcome]]:
        """What the lint does not let pass; nobody is to come back to it by resuming."""
        work = self.work
        for number, result in enumerate(self.results):
            why = refusal(result, work.options)
            if why:
                location = _location(result)
                # What cannot be read or judged at this moment may be what was judged before.
                if location and result.verdict is Verdict.FAIL and result.facts.file.sha256:
                    work.journal.drop(work.service, work.group.id, location)
                self.on_event(Event(Step.NOT_FORWARDED, number, result.target, message=why))
                yield number, not_forwarded(result, why, work.options)

    def _bundles(self, passing: Mapping[str, list[int]]) -> list[Bundle]:
        """What is done for which bytes, once it is sure what is there."""
        if not passing:
            return []
        work, options = self.work, self.work.options
        inventory = Inventory(
            work.client, work.journal, work.service, work.group.id, options.list_lag, options.at_a_time
        )
        patience = Patience(
            self.seams.clock,
            self.seams.sleep,
            work.check,
            lambda seconds: self.on_event(Event(Step.SETTLING, seconds=seconds)),
        )
        is_new_to_us = not work.journal.knows_group(work.service, work.group.id)
        held = surely_held(inventory, list(passing), patience, all_unsure=is_new_to_us)
        self._clear_doubts(inventory, passing)
        return [
            Bundle(
                digest,
                numbers,
                [self.results[number] for number in numbers],
                held[digest],
                decided(held[digest], self.results[numbers[0]], options),
            )
            for digest, numbers in passing.items()
        ]

    def _clear_doubts(self, inventory: Inventory, passing: Mapping[str, list[int]]) -> None:
        """Creates without an answer, of bytes that are no longer delivered: by now it is there, or never."""
        work = self.work
        doubtful = [
            digest for digest in work.journal.in_doubt(work.service, work.group.id) if digest not in passing
        ]
        for digest, held in inventory.look(doubtful).items() if doubtful else ():
            here = (work.service, work.group.id, digest)
            if held.known.assets:
                asset = held.known.assets[0]
                work.journal.record(
                    *here, Step.FOUND, name=asset.name, asset_id=asset.id, status=asset.status
                )
            elif not held.unsure_for(work.options.list_lag):
                work.journal.record(*here, Step.NOT_SENT)

    def _begin(self, bundles: Sequence[Bundle]) -> None:
        """All of it is in the journal before anything is done; then what has become of earlier assets."""
        if not bundles:
            return
        work = self.work
        work.run = work.journal.begin(
            work.service,
            work.group,
            [intended for bundle in bundles for intended in _intended(bundle)],
            folder=_current_folder(),
            remembered=self.seams.remember,
        )
        for bundle in bundles:
            made = bundle.held.history.made
            for asset_id in bundle.held.gone:
                if asset_id in made:
                    work.record(bundle, Step.GONE, asset_id=asset_id)
            if bundle.asset_id and bundle.asset_id not in made:
                work.record(bundle, Step.FOUND)
            if bundle.asset_id:
                work.whose.setdefault(bundle.asset_id, bundle.sha256)
            for event in bundle.events(Step.JUDGED):
                self.on_event(event)

    def _forward_all(self, *turns: Sequence[Bundle]) -> None:
        """One turn after the other, several at a time; what they tell is told in the caller's thread."""
        work = self.work
        work.tell = self.told.put
        pool = ThreadPoolExecutor(work.options.at_a_time, thread_name_prefix="delivery")
        try:
            for bundles in turns:
                futures = [pool.submit(work.forward, bundle) for bundle in bundles]
                for future in futures:
                    future.add_done_callback(self._done)
                self._tell_until_ended(len(futures))
                _raise_first(futures)
        finally:
            work.end()
            pool.shutdown(wait=True, cancel_futures=True)
            work.tell = self.on_event
        if work.stopped is None:
            return
        lost = isinstance(work.stopped, AnswerLost)
        why = "to others before it, no answer came." if lost else redact(str(work.stopped))
        for bundle in chain(*turns):
            if not bundle.asset_id:
                bundle.end("not-sent", message=f"It was not tried: {why}")

    def _tell_until_ended(self, left: int) -> None:
        while left:
            event = self.told.get()
            if event is None:
                left -= 1
            else:
                self.on_event(event)

    def _done(self, future: Future[None]) -> None:
        """When one is done; what went wrong ends the others."""
        if future.cancelled() or future.exception() is not None:
            self.work.end()
        self.told.put(None)

    def _settle(self, bundles: Sequence[Bundle]) -> None:
        work = self.work
        for bundle in bundles:
            asset = bundle.decision.asset
            if bundle.decision.action == "skip":
                already_active(work, bundle)
            elif bundle.decision.action == "failed" and asset is not None:
                already_failed(work, bundle, asset)
        error = settle(work, [bundle for bundle in bundles if bundle.is_open])
        if any(bundle.decision.action != "skip" for bundle in bundles):  # that took its time
            still_active(work, [bundle for bundle in bundles if bundle.decision.action == "skip"])
        unpublish(work, bundles)
        work.stopped = work.stopped or error


def _leave(bundles: Sequence[Bundle]) -> None:
    """What is not settled when the journal can no longer be written."""
    for bundle in bundles:
        if bundle.decision.action == "skip":
            bundle.end("already-active")
        elif bundle.asset_id:
            bundle.end("processing", message="It is there, and was not waited for: the journal is no use.")
        else:
            bundle.end("not-sent", message="The journal could not be written, so that it was not made.")


def _raise_first(futures: Sequence[Future[None]]) -> None:
    """What is no outcome of an asset: the journal's trouble, a wish to stop, a fault of ours."""
    errors = [error for future in futures if not future.cancelled() and (error := future.exception())]
    # What was stopped because of another one's fault says nothing of it.
    for error in sorted(errors, key=lambda error: isinstance(error, Cancelled)):
        raise error


def _intended(bundle: Bundle) -> Iterator[Intended]:
    for result in bundle.results:
        facts, asset = result.facts, result.asset
        media = facts.media
        yield Intended(
            result.target,
            _location(result),
            is_url(asset.placed_as) if asset.placed_as else asset.is_url,
            asset.role,
            facts.kind or Kind.IMAGE,
            bundle.sha256,
            facts.file.bytes or 0,
            media.duration if isinstance(media, (VideoFacts, AudioFacts)) else None,
            anew=bundle.decision.creates,
            mended=asset.placed_as is not None,
        )


def _location(result: AssetReport) -> str:
    """Where the bytes are: an absolute path, or a URL without secrets; else "", as no secret is kept.

    Of a mended copy, where its original is: the copy itself may be gone when the upload is resumed.
    """
    asset = result.asset
    location = asset.location if asset.placed_as is None else asset.placed_as
    if asset.is_url if asset.placed_as is None else is_url(location):
        return location if redact(location) == location else ""
    folder = _current_folder()
    return os.path.normpath(Path(folder, location)) if folder else location


def _current_folder() -> str:
    with contextlib.suppress(OSError):  # it is gone: then only absolute paths make sense
        return str(Path.cwd())
    return ""
