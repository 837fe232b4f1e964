"""What the steps of the journal amount to for one asset: pure, so that every order of events can be tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from validator.upload.outcome import Step

MENDED = "a mended copy"
"""What the journal says where it was a copy of the target that was judged."""


@dataclass(frozen=True)
class Moment:
    """A point in time by two clocks: the time of day, and the seconds since the machine was started."""

    at: datetime
    uptime: float

    def seconds_since(self, earlier: Moment) -> float:
        """How long ago something was, or less: never more than has passed, even if one clock was changed.

        A smaller uptime means that the machine was started since. A negative difference of the time of day
        means that it was set back, so that nothing is known.

        >>> from datetime import UTC
        >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        >>> Moment(noon.replace(hour=13), 100.0).seconds_since(Moment(noon, 95.0))
        5.0
        >>> Moment(noon.replace(hour=11), 100.0).seconds_since(Moment(noon, 95.0))
        0.0
        """
        by_day = (self.at - earlier.at).total_seconds()
        since_start = self.uptime - earlier.uptime if self.uptime >= earlier.uptime else self.uptime
        return max(0.0, min(by_day, since_start))


@dataclass(frozen=True)
class Recorded:
    """One step in the journal; what a step says nothing about is empty."""

    step: Step
    moment: Moment
    name: str = ""
    asset_id: str = ""
    status: str = ""
    code: str = ""
    message: str = ""
    published: str = ""
    key: str = ""
    reused: bool = False
    run: int = 0


@dataclass(frozen=True)
class Attempt:
    """A create whose answer is not known: there may be an asset of this name, or there may not."""

    name: str
    moment: Moment


@dataclass(frozen=True)
class Put:
    """A file that we gave a public address and have not taken away again."""

    shown: str
    key: str = ""


@dataclass(frozen=True)
class History:
    """All that the journal knows of the same bytes in the same group.

    Args:
        state: the last step, if there was one.
        name: the last name that was given or tried.
        asset_id: the asset that counts, if there is one.
        made: when each asset that is not known to be gone was created or found, by its id.
        gone: the same of each that was not there any more, or not yet: of what was deleted, nothing.
        names: the names that assets have or had; of a name that was only tried, see `attempt`.
        attempt: the create without an answer.
        put: what is to be removed from its public address one day.
        putting: how often it was about to be published since it last was, or surely was not.
        mended: the bytes are those of a mended copy.
    """

    state: Step | None = None
    name: str = ""
    asset_id: str = ""
    status: str = ""
    code: str = ""
    message: str = ""
    made: Mapping[str, Moment] = field(default_factory=dict)
    gone: Mapping[str, Moment] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    attempt: Attempt | None = None
    put: Put | None = None
    putting: int = 0
    first: Moment | None = None
    last: Moment | None = None
    mended: bool = False

    @classmethod
    def of(cls, steps: Iterable[Recorded]) -> History:
        """What the steps amount to, in their order.

        >>> from datetime import UTC
        >>> moment = Moment(datetime(2026, 11, 22, tzinfo=UTC), 0.0)
        >>> tried = [Recorded(Step.CREATING, moment, name="a-0123456789abcdef")]
        >>> History.of(tried).attempt.name
        'a-0123456789abcdef'
        >>> History.of([*tried, Recorded(Step.CREATED, moment, asset_id="asset-1")]).attempt is None
        True
        """
        history = cls()
        for recorded in steps:
            history = _after(history, recorded)
        return history


_WITHOUT_ASSET = frozenset({Step.DELETED, Step.GONE})
_WITH_ASSET = frozenset({Step.CREATED, Step.FOUND, Step.WAITING, Step.FAILED, Step.ACTIVE, Step.REMOVING})
_NOT_CREATED = frozenset({Step.REJECTED, Step.NOT_SENT})
_NOT_PUT = frozenset({Step.NOT_PUBLISHED, Step.CHANGED})  # with a key: it may lie there all the same


def _after(history: History, recorded: Recorded) -> History:
    step = recorded.step
    history = replace(
        history,
        state=step,
        name=recorded.name or history.name,
        status=recorded.status or history.status,
        code=recorded.code,
        message=recorded.message,
        first=history.first or recorded.moment,
        last=recorded.moment,
        mended=history.mended or (step is Step.JUDGED and recorded.message == MENDED),
    )
    if step is Step.CREATING:
        return replace(history, attempt=Attempt(recorded.name, recorded.moment), asset_id="", status="")
    if step in _NOT_CREATED:
        history = replace(history, attempt=None)
    if step in _WITH_ASSET and recorded.asset_id:
        return _with_asset(history, recorded)
    if step in _WITHOUT_ASSET:
        return _without_asset(history, recorded)
    return _after_publishing(history, recorded)


def _after_publishing(history: History, recorded: Recorded) -> History:
    if recorded.step is Step.PUBLISHING:
        return replace(history, putting=history.putting + 1)
    if recorded.step in _NOT_PUT and not recorded.key:
        return replace(history, putting=0)
    if recorded.step is Step.PUBLISHED:
        # What is there already was put by an earlier run of ours, where that did not come to its end.
        ours = not recorded.reused or history.putting > 1
        put = Put(recorded.published, recorded.key) if ours and recorded.key else history.put
        return replace(history, put=put, putting=0)
    return replace(history, put=None) if recorded.step is Step.REMOVED else history


def _with_asset(history: History, recorded: Recorded) -> History:
    name, attempt = recorded.name or history.name, history.attempt
    # CREATED is the answer to the attempt, and what is found under its name is what it made.
    answered = attempt is not None and (recorded.step is Step.CREATED or recorded.name == attempt.name)
    return replace(
        history,
        asset_id=recorded.asset_id,
        made={recorded.asset_id: history.gone.get(recorded.asset_id, recorded.moment), **history.made},
        gone=_without(history.gone, recorded.asset_id),
        names=history.names | {name},
        attempt=None if answered else attempt,
    )


def _without_asset(history: History, recorded: Recorded) -> History:
    gone = dict(history.gone)
    if recorded.step is Step.DELETED:
        gone.pop(recorded.asset_id, None)
    elif recorded.asset_id in history.made:
        gone[recorded.asset_id] = history.made[recorded.asset_id]
    still = "" if history.asset_id == recorded.asset_id else history.asset_id
    return replace(
        history,
        made=_without(history.made, recorded.asset_id),
        gone=gone,
        asset_id=still,
        status=history.status if still else "",
    )


def _without(moments: Mapping[str, Moment], asset_id: str) -> Mapping[str, Moment]:
    return {each: moment for each, moment in moments.items() if each != asset_id}


@dataclass(frozen=True)
class GroupHistory:
    """All that the journal knows of groups that it made under one name.

    `group_id`: the one that was created last; `made`: when; `tried`: when one was asked for without an
    answer.
    """

    group_id: str = ""
    made: Moment | None = None
    tried: Moment | None = None

    @classmethod
    def of(cls, steps: Iterable[tuple[Step, Moment, str]]) -> GroupHistory:
        """What the steps amount to, in their order.

        >>> from datetime import UTC
        >>> moment = Moment(datetime(2026, 11, 22, tzinfo=UTC), 0.0)
        >>> GroupHistory.of([(Step.CREATING, moment, ""), (Step.CREATED, moment, "group-1")]).group_id
        'group-1'
        """
        history = cls()
        for step, moment, group_id in steps:
            if step is Step.CREATING:
                history = cls(tried=moment)
            elif step in (Step.CREATED, Step.FOUND):
                history = cls(group_id, moment)
            else:
                history = cls()
        return history
