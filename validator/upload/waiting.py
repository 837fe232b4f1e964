"""Waiting for what the service works on behind its answers: several at once, gently, and not for ever."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from validator.errors import (
    AssetRejected,
    Cancelled,
    NotFound,
    RateLimited,
    RequestRefused,
    ServiceError,
    WaitTimeout,
)
from validator.report.escape import printable
from validator.upload import reading
from validator.upload.answers import Answered, Problem
from validator.upload.asking import Asker, Request, checked_id
from validator.upload.exchange import Pause, Steps
from validator.upload.records import FAILED, Failure, RegisteredAsset, VerificationSession

_SLICE = 0.25  # seconds between two looks at the caller's wish to stop
_POLL_TIMEOUT = 10.0  # seconds that one of many polls may take
_LAST_TIMEOUT = 5.0  # and one that begins when the time is almost over
LIST_LAG = 10.0
"""Seconds for which the service may not know yet what it has just created, where nothing else is said."""
_BELIEVED = 3  # how often in a row the service refuses one until that is taken for its end
_NAMED_AT_MOST = 5


class Settling(Protocol):
    """What becomes settled some day."""

    @property
    def status(self) -> str:
        """The service's word for how far it is."""

    @property
    def is_settled(self) -> bool:
        """Whether that changes no more."""


_T = TypeVar("_T", bound=Settling)


@dataclass(frozen=True)
class Interval:
    """Seconds between two polls of one thing: growing, and spread by 25 % to either side.

    >>> [Interval(random=lambda: 0.5).after(polls) for polls in (1, 2, 3, 20)]
    [1.0, 1.5, 2.25, 15.0]
    """

    random: Callable[[], float]
    first: float = 1.0
    growth: float = 1.5
    longest: float = 15.0

    def after(self, polls: int) -> float:
        """The pause behind so many polls."""
        plain = min(self.first * self.growth ** min(polls - 1, 60), self.longest)
        return plain * (0.75 + 0.5 * self.random())


class Unsettled(Exception):
    """The time is over; the arguments are the ids of what is not settled."""


@dataclass
class _Waited(Generic[_T]):
    """One thing that is waited for."""

    id: str
    request: Request
    read: Callable[[Any], _T]
    due: float
    asked: float = -math.inf
    polls: int = 0
    last: _T | None = None
    refusals: int = 0
    ended: ServiceError | None = None


@dataclass
class Wait(Generic[_T]):
    """Polls several things until each is settled.

    Args:
        asker: asks.
        interval: between two polls of one thing.
        timeout: seconds for all together; each is asked for at least once.
        on_change: called whenever the status of one is another than before, and when it is first known.
        cancelled: asked about four times a second.
        list_lag: seconds for which the service may not know yet what it has just created.
        refused: what one is of which the service says again and again that it cannot be used.
    """

    asker: Asker
    interval: Interval
    timeout: float
    on_change: Callable[[_T], None] | None = None
    cancelled: Callable[[], bool] | None = None
    list_lag: float = LIST_LAG
    refused: Callable[[str, AssetRejected], _T] | None = None
    _began: float = field(default=0.0, init=False)
    _quiet_until: float = field(default=0.0, init=False)
    _waited: dict[str, _Waited[_T]] = field(default_factory=dict, init=False)

    def settled(self, things: Iterable[tuple[str, Request, Callable[[Any], _T]]]) -> Steps[dict[str, _T]]:
        """All of them by their ids, once they are settled.

        Raises:
            NotFound: the service does not know one, and all others are settled.
            RequestRefused: it does not take the question for one, and all others are settled or not there.
            ServiceError: it says that there is no point in asking for any of them again.
            Cancelled: `cancelled()` said so.
            Unsettled: some are not settled, and the time is over.
        """
        self._began = self.asker.clock()
        self._waited = {id_: _Waited(id_, request, read, self._began) for id_, request, read in things}
        while pending := [each for each in self._waited.values() if self._is_pending(each)]:
            chosen = min(pending, key=lambda each: each.due)
            yield from self._pause(max(chosen.due, self._quiet_until) - self.asker.clock())
            answered = yield from self._poll(chosen)
            if self._left() <= 0 and (not answered or all(each.polls for each in self._waited.values())):
                yield from self._last_looks(answered=answered)
                break
        return self._result()

    def _last_looks(self, *, answered: bool) -> Steps[None]:
        """When the time is over, each is asked for once more, as long as the service answers."""
        for each in list(self._waited.values()):
            if answered and self._is_pending(each) and each.asked < self._began + self.timeout:
                answered = yield from self._poll(each)

    def _result(self) -> dict[str, _T]:
        unsettled = [each.id for each in self._waited.values() if self._is_pending(each)]
        if unsettled:
            raise Unsettled(*unsettled)
        ended = [each.ended for each in self._waited.values() if each.ended is not None]
        if ended:  # that something is not there is only said where it is true of all that did not settle
            raise min(ended, key=lambda error: isinstance(error, NotFound))
        return {each.id: each.last for each in self._waited.values() if each.last is not None}

    def _is_pending(self, each: _Waited[_T]) -> bool:
        return each.ended is None and (each.last is None or not each.last.is_settled)

    def _left(self) -> float:
        return self._began + self.timeout - self.asker.clock()

    def _poll(self, each: _Waited[_T]) -> Steps[bool]:
        """Ask for one; whether the service answered."""
        self._check_cancelled()
        each.asked = self.asker.clock()
        timeout = max(min(_POLL_TIMEOUT, self._left()), _LAST_TIMEOUT)
        outcome = yield from self.asker.look(each.request, each.read, timeout)
        each.polls += 1
        each.due = self.asker.clock() + self.interval.after(each.polls)
        # The last poll is for the moment when the time is over.
        each.due = min(each.due, max(self._began + self.timeout, self.asker.clock()))
        if isinstance(outcome, Problem):
            self._note(each, outcome)
            return not outcome.transient
        self._note_status(each, outcome)
        return True

    def _note_status(self, each: _Waited[_T], outcome: Answered[_T]) -> None:
        each.refusals = 0
        self._changed(each, outcome.value)

    def _changed(self, each: _Waited[_T], now: _T) -> None:
        before, each.last = each.last, now
        if self.on_change is not None and (before is None or before.status != now.status):
            self.on_change(now)

    def _note(self, each: _Waited[_T], problem: Problem) -> None:
        if isinstance(problem.error, NotFound):
            if self.asker.clock() - self._began >= min(self.list_lag, self.timeout):
                each.ended = problem.error
            return
        if isinstance(problem.error, AssetRejected) and self.refused is not None:
            each.refusals += 1
            if each.refusals >= _BELIEVED or self._left() <= 0:
                self._changed(each, self.refused(each.id, problem.error))
            return
        if isinstance(problem.error, RequestRefused):  # this question alone
            each.ended = problem.error
            return
        if not problem.transient:
            raise problem.error
        if isinstance(problem.error, RateLimited) and problem.asked:
            self._quiet_until = min(
                self.asker.clock() + min(problem.asked, self.asker.backoff.asked_at_most),
                self._began + self.timeout,
            )

    def _pause(self, seconds: float) -> Steps[None]:
        while seconds > 0:
            self._check_cancelled()
            part = seconds if self.cancelled is None else min(seconds, _SLICE)
            yield Pause(part)
            seconds -= part

    def _check_cancelled(self) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("the wait was cancelled")


def assets_settled(
    wait: Wait[RegisteredAsset], asset_ids: Iterable[str]
) -> Steps[tuple[RegisteredAsset, ...]]:
    """The assets in the order of their ids, each Active or Failed.

    Raises:
        WaitTimeout: with the ids of those that are neither.
    """
    ids = [checked_id("asset", asset_id) for asset_id in asset_ids]
    things = [
        (id_, Request("get-asset", {"asset_id": id_}), partial(reading.asset, asked=id_))
        for id_ in dict.fromkeys(ids)
    ]
    try:
        found = yield from wait.settled(things)
    except Unsettled as error:
        raise _timed_out(error.args, wait.timeout) from None
    return tuple(found[id_] for id_ in ids)


def failed(asset_id: str, error: AssetRejected) -> RegisteredAsset:
    """An asset of which the service says why it cannot be used, in place of what it is.

    >>> failed("asset-1", AssetRejected("It is refused: at most 60", code="FpsTooHigh")).failure
    Failure(code='FpsTooHigh', message='at most 60')
    """
    said = str(error).partition(": ")[2]  # behind what every rejection begins with
    return RegisteredAsset(asset_id, status=FAILED, failure=Failure(error.code, said))


def session_settled(wait: Wait[VerificationSession], session_id: str) -> Steps[VerificationSession]:
    """The verification, once it has succeeded or failed.

    Raises:
        WaitTimeout: with its id.
    """
    request = Request("get-session", {"session_id": checked_id("session", session_id)})
    thing = (session_id, request, partial(reading.session, asked=session_id))
    try:
        found = yield from wait.settled([thing])
    except Unsettled:
        message = f"The verification did not end within {wait.timeout:g} s; it may still do."
        raise WaitTimeout(message, session_id=session_id) from None
    return found[session_id]


def _timed_out(asset_ids: tuple[str, ...], seconds: float) -> ServiceError:
    named = ", ".join(printable(each) for each in asset_ids[:_NAMED_AT_MOST])
    more = f" and {len(asset_ids) - _NAMED_AT_MOST} more" if len(asset_ids) > _NAMED_AT_MOST else ""
    return WaitTimeout(
        f"Neither Active nor Failed within {seconds:g} s: {named}{more}; the service may still finish.",
        asset_ids=asset_ids,
    )
