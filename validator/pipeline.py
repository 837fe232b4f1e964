"""Assets that are fetched and measured side by side, and come out in their order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from validator.errors import Cancelled, OutOfResources
from validator.intake.settled import settled
from validator.intake.source import Source
from validator.lane import Lane
from validator.measure import mishap
from validator.model import FileFacts, LinkFacts
from validator.open_files import at_once
from validator.room import Room
from validator.task import Task, Wish, measure_tasks

if TYPE_CHECKING:
    from validator.intake.download import Downloader
    from validator.intake.handover import Peek
    from validator.intake.validators import Validators
    from validator.model import Asset
    from validator.prober import Prober
    from validator.recall import Recall

    _Fetch = Callable[[Asset, Peek | None, Validators | None], Source]

_AHEAD = 2  # shares of work for each thread: enough that none waits, few enough that memory stays flat
_FETCHED_AHEAD = 4  # results of URLs for each download: one that is slow does not hold up the others


class Pipeline:
    """Takes wishes, and gives their facts back in the same order. For one thread.

    URLs are fetched in threads of their own, so that a slow host keeps nobody from measuring. What is fetched
    and not yet measured is bounded, and so is all that is under way: `is_full` says when to take results.

    Args:
        prober: measures what is open.
        threads: that measure.
        downloads: URLs that are fetched at a time.
        downloader: made when the first URL comes.
        recall: what is known already.
        cancelled: whether the run was asked to stop.
        room: for what is fetched and not measured yet; by default two files for each thread, beside those
            that are being fetched.
    """

    def __init__(  # noqa: PLR0913 - the seams of a pipeline
        self,
        *,
        prober: Prober,
        threads: int,
        downloads: int,
        downloader: Callable[[], Downloader],
        recall: Recall,
        cancelled: Callable[[], bool],
        room: Room | None = None,
    ) -> None:
        self._prober = prober
        self._probe = prober.many(cancelled)
        self._downloads = downloads
        self._downloader = downloader
        self._recall = recall
        self._cancelled = cancelled
        self._change = threading.Condition()
        self._tasks: deque[Task] = deque()
        self._urls = 0
        self._measuring = Lane[Task](
            "validator",
            threads,
            self._measure,
            at_most=at_once(threads) if prober.together else 1,
            kind=_kind,
        )
        self._fetching: Lane[Task] | None = None
        self._room = room or Room(downloads + _AHEAD * threads)

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def first(self) -> Wish | None:
        """What is waited for."""
        return self._tasks[0].wish if self._tasks else None

    @property
    def is_ready(self) -> bool:
        """Whether the first result is there."""
        return self._tasks[0].is_done

    @property
    def is_full(self) -> bool:
        """Whether so much is under way that results should be taken before more is begun."""
        lane = self._measuring
        return (
            self._urls >= self._downloads * _FETCHED_AHEAD
            or len(self._tasks) - self._urls >= lane.threads * _AHEAD * lane.pace.usual
        )

    def begin(self, wish: Wish) -> None:
        """Begin to measure.

        Raises:
            OutOfResources: the system starts no thread.
        """
        task = Task(wish)
        self._recall.find(task)
        self._tasks.append(task)
        if not wish.asset.is_url:
            if task.facts is None:
                self._measuring.put(task)
            return
        self._urls += 1
        if task.facts is None:
            if self._fetching is None:
                work = partial(self._fetch, self._downloader().fetch)
                self._fetching = Lane[Task]("validator-fetch", self._downloads, work)
            self._fetching.put(task)

    def next(self) -> Task:
        """The first task, once it has facts.

        Raises:
            Cancelled: the run was asked to stop.
            OutOfResources: the system starts no thread.
        """
        task = self._tasks[0]
        if not task.is_done:
            with self._change:
                self._change.wait_for(lambda: task.is_done)
        if task.error is not None:
            raise task.error
        self._settle(task)
        self._recall.keep(task)
        self._tasks.popleft()
        self._urls -= task.wish.asset.is_url
        return task

    def close(self) -> None:
        """Wait for what is under way, and drop everything. The run was asked to stop, or all is done."""
        for lane in (self._fetching, self._measuring):
            if lane is not None:
                lane.close()
        for task in self._tasks:
            task.close()

    def _settle(self, task: Task) -> None:
        """Add what further requests say, which were made meanwhile."""
        source = task.source
        if source is None or source.further is None or task.facts is None:
            return
        try:
            task.facts = settled(task.facts, source)
            task.source = source.settled()  # that it may be asked for again is taken back by some
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not take the other assets down
            task.facts = mishap(error, task.wish.asset, source)
        finally:
            source.close()

    def _fetch(self, fetch: _Fetch, tasks: list[Task]) -> None:
        for task in tasks:
            try:
                self._room.enter(self._cancelled)
                self._fetch_one(fetch, task)
                self._room.fill(_bytes_of(task))
                if not task.is_done:
                    self._measuring.put(task)
                    continue
            except BaseException as error:  # noqa: BLE001 - raised again where the result is taken
                task.error = error
            self._done([task])

    def _fetch_one(self, fetch: _Fetch, task: Task) -> None:
        wish = task.wish
        try:
            known = self._recall.of_url(task)
            source = task.source = fetch(
                wish.asset, self._prober.peek(wish, self._cancelled), known.validators if known else None
            )
            if known is not None and source.not_modified:
                task.facts = known.renewed(source)
        except (Cancelled, OutOfResources):
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not take the other assets down
            task.facts = mishap(error, wish.asset, Source(None, FileFacts(), LinkFacts()))

    def _measure(self, tasks: list[Task]) -> None:
        try:
            measure_tasks(tasks, self._probe, self._cancelled)
        except BaseException as error:  # noqa: BLE001 - as above
            for task in tasks:
                task.error = error
        self._done(tasks)

    def _done(self, tasks: list[Task]) -> None:
        for task in tasks:
            if task.wish.asset.is_url:
                self._room.leave(_bytes_of(task))
        with self._change:
            self._change.notify_all()


def _bytes_of(task: Task) -> int:
    """What a task's file takes of the disk, as long as it is there; of a part, next to nothing."""
    source = task.source
    return 0 if source is None or source.file is None or source.partial else source.access.bytes or 0


def _kind(task: Task) -> str:
    """What says how long a task takes: the ending of its name."""
    return task.wish.asset.location[-5:].rpartition(".")[2].lower()
