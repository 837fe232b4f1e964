"""One upload from targets to outcomes: lint for the group, then deliver what passes."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from validator.errors import (
    AssetsNotActive,
    JournalError,
    NotFound,
    QuotaExceeded,
    ServiceError,
    ValidatorError,
)
from validator.fact_cache import remembering
from validator.findings import AssetReport
from validator.model import GroupKind
from validator.profile import Profile
from validator.run import Progress, Target, run
from validator.settings import Config
from validator.upload.aim import aimed, can_compare_faces
from validator.upload.delivery import Plan, deliver, plan, wait_for_entries
from validator.upload.entry import Entry, UnfinishedRun
from validator.upload.gate import refusal, rules_against
from validator.upload.journal import Journal
from validator.upload.lookup import a_group_name, an_id, group_soon
from validator.upload.new_group import check_name, ensure_group
from validator.upload.outcome import DeliveryOptions, Event, Outcome
from validator.upload.planning import by_bytes, check_quota
from validator.upload.publish import Publisher, new_publisher
from validator.upload.records import AssetGroup
from validator.upload.same_bytes import same_bytes_check

if TYPE_CHECKING:
    import httpx

    from validator.attention import Fetch
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder
    from validator.upload.client import AssetClient


@dataclass(frozen=True)
class Manner:
    """How a job is done: judged, published and delivered.

    Args:
        config: how to judge, with the settings of `[upload]`.
        profile: what by.
        options: how to deliver.
        served: the folder that `public-url` serves.
        environ: holds the credentials of a bucket.
    """

    config: Config
    profile: Profile
    options: DeliveryOptions
    served: Path
    environ: Mapping[str, str]

    def publisher(self) -> Publisher | None:
        """Who gives files their address.

        Raises:
            UsageError: the settings make no sense.
        """
        return new_publisher(self.config.upload, self.served, self.environ)


@dataclass(frozen=True)
class Job:
    """What is to be uploaded, where to, and how.

    Args:
        targets: what `lint` takes.
        group: where to; without an id, it is made by its name when something is ready for it.
        manner: how.
        publisher: gives files their address; `None` where there are only URLs.
        waiting: what an earlier run created, and only has to be waited for.
        remember: what resuming needs.
    """

    targets: Sequence[Target]
    group: AssetGroup
    manner: Manner
    publisher: Publisher | None = None
    waiting: tuple[Entry, ...] = ()
    remember: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Upload:
    """What became of a job: `outcomes`, those of `results` first; or `plan`, of a dry run.

    `error`: what ended it before its time.
    """

    group: AssetGroup
    results: tuple[AssetReport, ...]
    outcomes: tuple[Outcome, ...] = ()
    plan: Plan | None = None
    error: ValidatorError | None = None

    def raise_for_errors(self) -> Upload:
        """Return the upload itself if every asset is Active.

        Raises:
            ServiceError, JournalError: what ended it; its `outcomes` are those of the upload.
            AssetsNotActive: it went to its end, and not every asset is Active.
        """
        if self.error is not None:
            if isinstance(self.error, (ServiceError, JournalError)):
                self.error.outcomes = self.outcomes
            raise self.error
        if not all(outcome.is_active for outcome in self.outcomes):
            raise AssetsNotActive(self)
        return self


def new_job(  # noqa: PLR0913 - what there is to say
    targets: Sequence[Target],
    *,
    group_id: str | None,
    new_group: str | None,
    client: AssetClient,
    manner: Manner,
    remember: Mapping[str, Any],
    journal: Journal | None = None,
    on_wait: Callable[[float], object] = lambda _: None,
    sleep: Callable[[float], object] = time.sleep,
) -> Job:
    """What a user asks for: targets into a group that is there, or one that is made.

    `on_wait` is told for how many seconds a group is looked for that is not listed yet. `journal` knows which
    groups were made here; none, where nothing was ever uploaded.

    Raises:
        UsageError: a name or an id, or settings on publishing, that make no sense; a new group's name that
            is taken.
        ServiceError: among them NotFound, where there is no such group.
    """
    publisher = manner.publisher()
    if group_id is not None:
        group = group_soon(
            client, an_id(group_id), list_lag=manner.options.list_lag, on_wait=on_wait, sleep=sleep
        )
    else:
        group = AssetGroup("", a_group_name(new_group or ""), GroupKind.VIRTUAL)
        check_name(group.name, client=client, journal=journal)
    return Job(targets, group, manner, publisher, remember=remember)


@dataclass(frozen=True)
class Resumable:
    """What earlier uploads have left, and sentences about what of it cannot be taken up."""

    runs: tuple[UnfinishedRun, ...]
    notes: tuple[str, ...] = ()


def resumable(journal: Journal, *, service: str, group_id: str | None = None) -> Resumable:
    """Deliveries to this service that were cut short, the oldest first.

    `group_id`: only those into this group.
    """
    runs = [
        run
        for run in reversed(journal.unfinished_runs(service=service))
        if group_id is None or run.group_id == group_id
    ]
    notes = [
        f"{entry.target} cannot be resumed, since the secrets of its URL are not kept: name it again, with "
        f"--group {run.group_id}"
        for run in runs
        for entry in run.to_be_named
    ]
    return Resumable(tuple(run for run in runs if run.targets or run.waiting), tuple(notes))


def resumed_job(run: UnfinishedRun, manner: Manner) -> Job:
    """What is left of an earlier run.

    Raises:
        UsageError: the settings on publishing make no sense.
    """
    group = AssetGroup(run.group_id, run.group_name, run.group_kind)
    return Job(run.targets, group, manner, manner.publisher(), waiting=run.waiting, remember=run.remembered)


def left_alone(run: UnfinishedRun, error: ValidatorError) -> Upload:
    """How an earlier run ends that could not be taken up: what it had created is still there."""
    outcomes = tuple(
        Outcome(
            entry.target,
            "processing" if entry in run.waiting else "not-sent",
            name=entry.name,
            sha256=entry.sha256,
            kind=entry.kind,
            asset_id=entry.asset_id,
            message="It was not taken up.",
        )
        for entry in run.entries
    )
    return Upload(AssetGroup(run.group_id, run.group_name, run.group_kind), (), outcomes, error=error)


def publishes(job: Job, results: Sequence[AssetReport]) -> bool:
    """Whether files go into a bucket."""
    return bool(job.manner.config.upload.publish) and any(
        not result.asset.is_url and not refusal(result, job.manner.options) for result in results
    )


def judged(  # noqa: PLR0913 - the seams of a run
    job: Job,
    *,
    stdin: TextIO | None = None,
    cancel: threading.Event | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    fetch_models: Fetch | None = None,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
) -> Generator[AssetReport, None, None]:
    """Lint what a job names, for its group; see `validator.run` for what it raises."""
    targets = aimed(
        job.targets,
        job.group,
        stdin=stdin,
        addressed=job.publisher is not None,
        compared=can_compare_faces(),
    )
    # What other services take does not decide what this one is given.
    config = msgspec.structs.replace(job.manner.config, further_profiles=())
    return remembering(
        config,
        lambda cache: run(
            targets,
            config,
            cancel=cancel,
            on_progress=on_progress,
            fetch_models=fetch_models,
            transport=transport,
            faces=faces,
            decoders=decoders,
            cache=cache,
            digests=True,
        ),
    )


def planned(job: Job, results: Sequence[AssetReport], client: AssetClient, journal: Journal | None) -> Upload:
    """What `forwarded` would do, without doing it.

    Raises:
        ServiceError: the service could not be asked.
    """
    group = job.group if job.group.id else _made_before(job.group.name, client, journal)
    found = plan(results, group, client=client, journal=journal, options=job.manner.options)
    return Upload(group or job.group, tuple(results), plan=found)


def _made_before(name: str, client: AssetClient, journal: Journal | None) -> AssetGroup | None:
    """The group of this name that an earlier upload has made, if it is still there."""
    made = journal.group_history(client.service.base_url, name).group_id if journal else ""
    try:
        return client.group(made) if made else None
    except NotFound:
        return None


def forwarded(  # noqa: PLR0913 - the seams of a delivery
    job: Job,
    results: Sequence[AssetReport],
    *,
    client: AssetClient,
    journal: Journal,
    on_event: Callable[[Event], object] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    transport: httpx.BaseTransport | None = None,
) -> Upload:
    """Deliver what passed; what the service, the account or the key prevents comes back as `error`.

    Raises:
        UsageError: the group cannot be made; another delivery into it is running; the journal is no use.
        Cancelled: `cancelled()` said so.
        ServiceError: nothing is known of the targets, since the group could not be made.
    """
    options = job.manner.options
    group = job.group
    if not group.id and all(refusal(result, options) for result in results):
        return Upload(group, tuple(results), tuple(_refused(result, options) for result in results))
    if not group.id:
        try:
            _check_room(job, results, client, journal)
        except QuotaExceeded as error:
            unsent = tuple(_unsent(result, options) for result in results)
            return Upload(group, tuple(results), unsent, error=error)
        group = ensure_group(
            group.name, client=client, journal=journal, list_lag=options.list_lag, cancelled=cancelled
        )
    outcomes: tuple[Outcome, ...] = ()
    with same_bytes_check(job.manner.config, job.manner.profile, transport, cancelled) as same_bytes:
        try:
            if results:
                outcomes = deliver(
                    results,
                    group,
                    client=client,
                    publisher=job.publisher,
                    same_bytes=same_bytes,
                    journal=journal,
                    options=options,
                    on_event=on_event,
                    cancelled=cancelled,
                    remember=job.remember,
                    profile=job.manner.profile,
                )
            if job.waiting:
                outcomes += wait_for_entries(
                    job.waiting,
                    client=client,
                    journal=journal,
                    publisher=job.publisher,
                    options=options,
                    on_event=on_event,
                    cancelled=cancelled,
                )
        except JournalError as error:
            if not (outcomes or error.outcomes):
                raise
            return Upload(group, tuple(results), (*outcomes, *error.outcomes), error=error)
        except ServiceError as error:
            reached = getattr(error, "outcomes", ()) or [_unsent(result, options) for result in results]
            return Upload(group, tuple(results), (*outcomes, *reached), error=error)
    return Upload(group, tuple(results), outcomes)


def _check_room(job: Job, results: Sequence[AssetReport], client: AssetClient, journal: Journal) -> None:
    """Before a group is made: all that goes into it will be new.

    Raises:
        QuotaExceeded: the account has no room for all of it.
    """
    options = job.manner.options
    history = journal.group_history(client.service.base_url, job.group.name)
    is_young = history.made is not None and journal.moment().seconds_since(history.made) < options.list_lag
    if is_young or _made_before(job.group.name, client, journal) is not None:
        return  # what it holds already needs no more room: `deliver` counts that
    check_quota(client, len(by_bytes(results, options)), options, job.manner.profile)


def _unsent(result: AssetReport, options: DeliveryOptions) -> Outcome:
    """What was not even tried."""
    refused = _refused(result, options)
    return refused if refused.message else dataclasses.replace(refused, outcome="not-sent")


def _refused(result: AssetReport, options: DeliveryOptions) -> Outcome:
    """What the lint says no to."""
    return Outcome(
        result.target,
        outcome="not-forwarded",
        sha256=result.facts.file.sha256 or "",
        kind=result.facts.kind,
        verdict=result.verdict,
        message=refusal(result, options),
        rules=rules_against(result, options),
    )
