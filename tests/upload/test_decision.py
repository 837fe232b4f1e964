"""What to do for some bytes: every state of the library against every state of the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.upload import RegisteredAsset
from validator.upload.decision import Decision, Known, Tried, decide
from validator.upload.history import Attempt, History, Moment, Recorded
from validator.upload.outcome import Step

SHA256 = "0" * 64
NAME = f"face-{SHA256[:16]}"
SECOND = f"face.2-{SHA256[:16]}"
ACTIVE = RegisteredAsset("asset-a", NAME, status="Active")
PROCESSING = RegisteredAsset("asset-p", NAME, status="Processing")
FAILED = RegisteredAsset("asset-f", NAME, status="Failed")
STRANGE = RegisteredAsset("asset-s", NAME, status="Queued")
NOON = Moment(datetime(2026, 11, 22, 12, tzinfo=UTC), 1000.0)


def known(*assets: RegisteredAsset, tried: Tried | None = None, names: tuple[str, ...] = ()) -> Known:
    return Known(assets, frozenset([*(asset.name for asset in assets), *names]), tried)


@pytest.mark.parametrize(
    ("what", "retry", "decision"),
    [
        (known(), False, Decision("create", name=NAME)),
        (known(names=(NAME,)), False, Decision("create", name=SECOND)),
        (known(tried=Tried(NAME, 4)), False, Decision("create", name=NAME, look_for=6)),
        (known(tried=Tried(NAME, 400)), False, Decision("create", name=NAME, look_for=0)),
        (known(tried=Tried("other", 4)), False, Decision("create", name="other", look_for=6)),
        (known(names=(NAME,), tried=Tried(NAME, 4)), False, Decision("create", name=SECOND)),
        (known(ACTIVE), False, Decision("skip", ACTIVE)),
        (known(ACTIVE), True, Decision("skip", ACTIVE)),
        (known(FAILED, PROCESSING, ACTIVE), True, Decision("skip", ACTIVE)),
        (known(PROCESSING), False, Decision("wait", PROCESSING)),
        (known(FAILED, PROCESSING), True, Decision("wait", PROCESSING)),
        (known(STRANGE), False, Decision("wait", STRANGE)),
        (known(FAILED), False, Decision("failed", FAILED)),
        (known(FAILED), True, Decision("retry", FAILED, SECOND, delete=("asset-f",))),
        (known(FAILED, tried=Tried(NAME, 1)), False, Decision("failed", FAILED)),
        (known(FAILED, tried=Tried(SECOND, 1)), False, Decision("create", FAILED, SECOND, 9)),
        (known(FAILED, tried=Tried(SECOND, 1)), True, Decision("retry", FAILED, SECOND, 9, ("asset-f",))),
        (known(ACTIVE, tried=Tried(SECOND, 1)), False, Decision("skip", ACTIVE)),
    ],
)
def test_decisions(what: Known, retry: bool, decision: Decision) -> None:
    assert decide(what, "face", SHA256, retry_failed=retry, list_lag=10) == decision


assets = st.builds(
    RegisteredAsset,
    id=st.sampled_from(["asset-1", "asset-2", "asset-3"]),
    name=st.sampled_from([NAME, SECOND]),
    status=st.sampled_from(["Active", "Processing", "Failed", "Queued", ""]),
    created=st.none() | st.just(NOON.at) | st.just(NOON.at + timedelta(1)),
)
knowledge = st.builds(
    known,
    assets,
    assets,
    tried=st.none() | st.builds(Tried, st.sampled_from([NAME, SECOND, "x"]), st.floats(0, 1e6)),
) | st.builds(known, tried=st.none() | st.builds(Tried, st.just(NAME), st.floats(0, 1e6)))


@given(knowledge, st.booleans(), st.floats(0, 3600))
def test_what_always_holds(what: Known, retry: bool, lag: float) -> None:
    decision = decide(what, "face", SHA256, retry_failed=retry, list_lag=lag)
    usable = [asset for asset in what.assets if asset.status != "Failed"]
    assert not (decision.creates and usable)  # never a second one
    assert not (decision.delete and not retry)
    assert not set(decision.delete) & {asset.id for asset in usable}
    if decision.creates:
        assert decision.name not in what.names
        assert 0 <= decision.look_for <= lag
    if what.is_open and decision.creates:
        assert what.tried is not None
        assert decision.name == what.tried.name


def moment(seconds: float, *, uptime: float | None = None) -> Moment:
    return Moment(NOON.at + timedelta(seconds=seconds), NOON.uptime + seconds if uptime is None else uptime)


def recorded(step: Step, seconds: float = 0, **said: str) -> Recorded:
    return Recorded(step, moment(seconds), **said)  # type: ignore[arg-type]


CREATING = recorded(Step.CREATING, 1, name=NAME)
CREATED = recorded(Step.CREATED, 2, name=NAME, asset_id="asset-1")


@pytest.mark.parametrize(
    ("steps", "attempt", "made"),
    [
        ([], None, set()),
        ([CREATING], NAME, set()),
        ([CREATING, recorded(Step.CREATING, 5, name=NAME)], NAME, set()),
        ([CREATING, CREATED], None, {"asset-1"}),
        ([CREATING, recorded(Step.FOUND, 3, name=NAME, asset_id="asset-1")], None, {"asset-1"}),
        ([CREATING, recorded(Step.FOUND, 3, name="other", asset_id="asset-9")], NAME, {"asset-9"}),
        ([CREATING, recorded(Step.REJECTED)], None, set()),
        ([CREATING, recorded(Step.NOT_SENT)], None, set()),
        ([CREATING, recorded(Step.JUDGED)], NAME, set()),
        ([CREATING, recorded(Step.NOT_PUBLISHED)], NAME, set()),
        ([CREATING, CREATED, recorded(Step.GONE, asset_id="asset-1")], None, set()),
        ([CREATING, CREATED, recorded(Step.DELETING, asset_id="asset-1")], None, {"asset-1"}),
        ([CREATING, CREATED, recorded(Step.DELETED, asset_id="asset-1"), CREATING], NAME, set()),
    ],
)
def test_what_steps_amount_to(steps: list[Recorded], attempt: str | None, made: set[str]) -> None:
    history = History.of(steps)
    assert (history.attempt and history.attempt.name) == attempt
    assert set(history.made) == made
    assert history.names == ({step.name for step in steps if step.asset_id and step.name} or frozenset())


def test_a_later_attempt_counts_from_its_own_time() -> None:
    again = recorded(Step.CREATING, 60, name=NAME)
    assert History.of([CREATING, again]).attempt == Attempt(NAME, again.moment)


@pytest.mark.parametrize(
    ("steps", "key"),
    [
        ([recorded(Step.PUBLISHING), recorded(Step.PUBLISHED, key="k")], "k"),
        ([recorded(Step.PUBLISHING), Recorded(Step.PUBLISHED, NOON, key="k", reused=True)], None),
        ([recorded(Step.PUBLISHING)] * 2 + [Recorded(Step.PUBLISHED, NOON, key="k", reused=True)], "k"),
        ([recorded(Step.PUBLISHING), recorded(Step.PUBLISHED)], None),
        ([recorded(Step.PUBLISHING), recorded(Step.PUBLISHED, key="k"), recorded(Step.REMOVED)], None),
        ([recorded(Step.PUBLISHING), recorded(Step.PUBLISHED, key="k"), recorded(Step.REMOVING)], "k"),
    ],
)
def test_only_what_we_put_there_is_ours_to_remove(steps: list[Recorded], key: str | None) -> None:
    put = History.of(steps).put
    assert (put and put.key) == key


@pytest.mark.parametrize(
    ("later", "seconds"),
    [
        (moment(5), 5),
        (moment(-5), 0),  # both clocks set back
        (moment(-3600, uptime=1005), 0),  # the time of day was set back: nothing is known
        (moment(3600, uptime=1005), 5),  # or forward
        (moment(3600, uptime=7), 7),  # the machine was started since
        (moment(5, uptime=1e9), 5),
    ],
)
def test_how_long_ago_never_says_too_much(later: Moment, seconds: float) -> None:
    assert later.seconds_since(NOON) == seconds


@given(st.floats(0, 1e6), st.floats(-1e6, 1e6), st.none() | st.floats(0, 1e6))
def test_one_sane_clock_is_enough(passed: float, wrong: float, since_start: float | None) -> None:
    """The time of day may have been changed; and the machine started anew, which takes time itself."""
    uptime = NOON.uptime + passed if since_start is None else min(since_start, passed)
    later = Moment(NOON.at + timedelta(seconds=passed + wrong), uptime)
    assert later.seconds_since(NOON) <= passed + 1e-3
