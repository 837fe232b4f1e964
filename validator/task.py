"""One asset on its way through a run, and how several of them are measured together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from validator.errors import Cancelled
from validator.intake.source import Signature, Source, open_local
from validator.measure import CHANGED, mishap
from validator.model import Asset, Depth, Facts, FileFacts

if TYPE_CHECKING:
    from validator.fact_identity import How, Identity
    from validator.findings import NotJudged
    from validator.gate import Gate
    from validator.judge import Policy
    from validator.probe import Attention, Job


class Wish(msgspec.Struct, frozen=True, eq=False):
    """How an asset is to be measured, and judged: a policy for each profile; see `validator.probe.Job`.

    `idle` says why nothing is judged, where no rule of any profile is left to run. `asks_head`: a HEAD
    request is made of a URL, too.
    """

    asset: Asset
    policies: tuple[Policy, ...]
    depth: Depth = Depth.STANDARD
    people: Attention | None = None
    gate: Gate | None = None
    digest: bool = False
    idle: tuple[NotJudged, ...] = ()
    asks_head: bool = False


class Task(msgspec.Struct, eq=False):
    """What has come of a wish so far: the open source, then the facts, or else an error.

    `how`, `identity` and `signature` are for whoever remembers the facts; `of_content` tells by the digest of
    a file what is known of its content.
    """

    wish: Wish
    source: Source | None = None
    facts: Facts | None = None
    error: BaseException | None = None
    how: How | None = None
    identity: Identity | None = None
    signature: Signature | None = None
    of_content: Callable[[str], Facts | None] | None = None

    @property
    def is_done(self) -> bool:
        """Whether there are facts, or an error."""
        return self.facts is not None or self.error is not None

    def close(self) -> None:
        """Nothing more is wanted of the source."""
        if self.source is not None:
            self.source.close()


ProbeJobs = Callable[[Sequence["Job"]], list[Facts]]
"""Measures several assets whose bytes are open; see `validator.probe.probe_many`."""


def measure_tasks(tasks: Sequence[Task], probe: ProbeJobs, cancelled: Callable[[], bool]) -> None:
    """Open what is not open yet, and measure it. Whatever goes wrong in here is said of one asset alone.

    Files are closed at the end; what still goes on for a URL is not.

    Raises:
        Cancelled: the run was asked to stop.
    """
    from validator.probe import Job

    try:
        ready: list[tuple[Task, Job]] = []
        for task in tasks:
            if cancelled():
                raise Cancelled("the run was asked to stop")
            source = _opened(task)
            if source is not None:
                wish = task.wish
                job = Job(
                    wish.asset, source, wish.depth, wish.people, wish.gate, wish.digest, task.of_content
                )
                ready.append((task, job))
        for (task, _), facts in zip(ready, _probed([job for _, job in ready], probe), strict=True):
            task.facts = facts
    finally:
        for task in tasks:
            if task.source is not None:
                task.source.close_file()


def _opened(task: Task) -> Source | None:
    if task.source is None:
        try:
            task.source = open_local(task.wish.asset)
        except Exception as error:  # noqa: BLE001 - a bug must not take the other assets down
            task.facts = mishap(error, task.wish.asset, Source(None, FileFacts()))
    return task.source


def _probed(jobs: Sequence[Job], probe: ProbeJobs) -> list[Facts]:
    if not jobs:
        return []
    try:
        found = zip(jobs, probe(jobs), strict=True)
        return [facts if job.source.is_unchanged() else CHANGED for job, facts in found]
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        if len(jobs) > 1:  # which of them it is shows when each is alone
            return [facts for job in jobs for facts in _probed([job], probe)]
        return [mishap(error, jobs[0].asset, jobs[0].source)]
