"""What a delivery does and says, against a library in this process."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.upload.driving import KEY
from tests.upload.shelf import GROUP, Changed, Desk, Killed, digest, endings, judged, killing_at
from validator import AssetReport, Finding, Kind, Limit, Measured, NotJudged, Role, Severity
from validator.errors import (
    AuthenticationError,
    BalanceTooLow,
    Cancelled,
    JournalError,
    NotPublished,
    PermissionDenied,
    QuotaExceeded,
    ServiceError,
    ServiceUnavailable,
    UploadBusy,
    UsageError,
)
from validator.model import Asset, Facts
from validator.upload import AssetGroup, Step, plan, wait_for_entries
from validator.upload.outcome import DeliveryOptions

A, B, C = judged("a.png"), judged("b.png"), judged("https://host/c.png", url=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def finding(severity: Severity) -> Finding:
    measured = Measured(fact="width", value=1, exact="1", unit="px")
    return Finding("IMG003", "image-side", severity, "too small", measured, Limit(), "larger")


def test_files_and_urls_become_active_assets_in_the_order_of_the_results(desk: Desk) -> None:
    outcomes = desk.deliver(A, C, B, options={"at_a_time": 3})
    assert endings(outcomes) == ["active"] * 3
    assert [outcome.target for outcome in outcomes] == ["a.png", "https://host/c.png", "b.png"]
    assert [outcome.name for outcome in outcomes] == [
        f"{stem}-{digest(target)[:16]}"
        for stem, target in (("a", "a.png"), ("c", "https://host/c.png"), ("b", "b.png"))
    ]
    assert [outcome.reference for outcome in outcomes] == [
        f"asset://{next(each.id for each in desk.shelf.there if each.name == outcome.name)}"
        for outcome in outcomes
    ]
    assert {each.url for each in desk.shelf.there} >= {"https://host/c.png"}


def test_each_step_is_told_in_this_thread_for_each_target(desk: Desk) -> None:
    desk.deliver(A, judged("copy.png", "a.png"))
    own = [event.step for event in desk.events if event.number == 1]
    assert own == [
        Step.JUDGED,
        Step.PUBLISHING,
        Step.PUBLISHED,
        Step.CREATING,
        Step.CREATED,
        Step.ACTIVE,
    ]
    assert desk.events[0].step is Step.SETTLING
    assert desk.events[0].seconds == pytest.approx(2.0, abs=0.5)


def test_the_same_bytes_are_one_asset_with_as_many_outcomes(desk: Desk) -> None:
    outcomes = desk.deliver(A, B, judged("copy.png", "a.png"))
    assert len(desk.shelf.there) == 2
    assert outcomes[0].asset_id == outcomes[2].asset_id != outcomes[1].asset_id
    assert outcomes[2].target == "copy.png"


def test_where_one_target_has_changed_another_with_the_same_bytes_is_taken(desk: Desk) -> None:
    url = judged("https://host/old.png", "a.png", url=True)
    outcomes = desk.deliver(url, A, same_bytes=Changed(("old.png",)))
    assert endings(outcomes) == ["changed", "active"]
    assert len(desk.shelf.there) == 1


@pytest.mark.parametrize(
    ("result", "options", "why"),
    [
        (judged("x.png", findings=(finding(Severity.ERROR),)), {}, "the lint found errors: IMG003"),
        (
            judged("x.png", findings=(finding(Severity.WARNING),)),
            {"fail_on": "warning"},
            "the lint found warnings: IMG003",
        ),
        (
            judged("x.png", findings=(finding(Severity.NOTE),)),
            {"fail_on": "note"},
            "the lint found notes: IMG003",
        ),
        (
            judged("x.png", not_judged=(NotJudged("FIL005", "read as a header only", Severity.ERROR),)),
            {},
            "FIL005 could not be judged: read as a header only",
        ),
        (AssetReport(Asset("x.png", "x.png"), Facts(Kind.IMAGE)), {"allow_unjudged": True}, "its bytes are"),
    ],
)
def test_what_the_lint_holds_back_is_not_forwarded(
    desk: Desk, result: AssetReport, options: dict[str, Any], why: str
) -> None:
    outcomes = desk.deliver(result, A, options=options)
    assert endings(outcomes) == ["not-forwarded", "active"]
    assert outcomes[0].message.startswith(why)
    assert outcomes[0].rules == tuple(re.findall(r"\b[A-Z]{3}\d{3}\b", why))
    assert len(desk.shelf.there) == 1


@pytest.mark.parametrize(
    ("result", "options"),
    [
        (judged("x.png", findings=(finding(Severity.WARNING),)), {}),
        (judged("x.png", findings=(finding(Severity.NOTE),)), {"fail_on": "warning"}),
        (judged("x.png", not_judged=(NotJudged("FIL005", "why", Severity.ERROR),)), {"allow_unjudged": True}),
        (judged("x.png", not_judged=(NotJudged("POR001", "why", Severity.WARNING),)), {"fail_on": "warning"}),
    ],
)
def test_what_may_be_forwarded_is(desk: Desk, result: AssetReport, options: dict[str, Any]) -> None:
    assert endings(desk.deliver(result, options=options)) == ["active"]


def test_the_same_call_again_creates_nothing(desk: Desk) -> None:
    desk.deliver(A, B)
    assert endings(desk.deliver(A, B)) == ["already-active"] * 2
    assert desk.shelf.creates == 2
    assert desk.bucket.puts == [f"{digest(name)[:16]}.png" for name in ("a.png", "b.png")]


def test_what_somebody_else_has_uploaded_is_found_whatever_it_is_called(desk: Desk) -> None:
    asset_id = desk.shelf.put(f"another name-{digest('a.png')[:16]}")
    outcomes = desk.deliver(A)
    assert (endings(outcomes), outcomes[0].asset_id) == (["already-active"], asset_id)
    assert desk.shelf.creates == 0


def test_the_same_bytes_in_another_group_are_another_asset(desk: Desk) -> None:
    desk.shelf.put(f"a-{digest('a.png')[:16]}", group_id="group-2")
    desk.clock.sleep(60)
    assert endings(desk.deliver(A)) == ["active"]
    assert len(desk.shelf.there) == 2


def test_what_is_still_processing_is_waited_for(desk: Desk) -> None:
    asset_id = desk.shelf.put(f"a-{digest('a.png')[:16]}", "Processing")
    desk.clock.sleep(60)

    def become_active(call: str) -> None:
        if call.endswith(asset_id) and desk.shelf.calls.count(f"GET /asset/files/{asset_id}") > 2:
            desk.shelf.assets[asset_id].status = "Active"

    desk.shelf.point = become_active
    outcomes = desk.deliver(A)
    assert (endings(outcomes), outcomes[0].asset_id) == (["active"], asset_id)
    assert desk.shelf.creates == 0


def test_what_has_failed_is_reported_with_its_reason_and_not_made_again(desk: Desk) -> None:
    desk.shelf.statuses = {"a-": "Failed"}
    for _ in range(2):
        (outcome,) = desk.deliver(A)
        assert (outcome.outcome, outcome.code) == ("failed", "PixelCountTooSmall")
        assert outcome.message == "too few pixels"
        assert outcome.asset_id == "asset-1"
    assert desk.shelf.creates == 1


def test_what_has_failed_is_deleted_and_made_anew_where_that_is_wanted(desk: Desk) -> None:
    desk.shelf.statuses = {"a-": "Failed"}
    desk.deliver(A)
    desk.shelf.statuses = {}
    (outcome,) = desk.deliver(A, options={"retry_failed": True})
    assert (outcome.outcome, outcome.asset_id) == ("active", "asset-2")
    assert desk.shelf.names == [f"a.2-{digest('a.png')[:16]}"]
    assert endings(desk.deliver(A, options={"retry_failed": True})) == ["already-active"]


def test_what_was_deleted_in_the_library_is_made_anew(desk: Desk) -> None:
    desk.deliver(A)
    desk.clock.sleep(60)
    desk.shelf.assets["asset-1"].deleted = desk.clock()  # lists go on showing it
    (outcome,) = desk.deliver(A)
    assert (outcome.outcome, outcome.asset_id) == ("active", "asset-2")
    assert endings(desk.deliver(A)) == ["already-active"]
    assert desk.shelf.creates == 2


def test_what_was_created_a_moment_ago_and_is_not_known_yet_is_not_made_again(desk: Desk) -> None:
    desk.deliver(A, options={"wait": False})
    kept = desk.shelf.assets.pop("asset-1")  # a replica that is behind

    def appear(_: str) -> None:
        if desk.clock() > kept.created + 1.5:
            desk.shelf.assets["asset-1"] = kept

    desk.shelf.point = appear
    assert endings(desk.deliver(A)) == ["already-active"]
    assert desk.shelf.creates == 1


def test_a_file_that_changed_is_another_asset(desk: Desk) -> None:
    desk.deliver(judged("a.png", "one"))
    assert endings(desk.deliver(judged("a.png", "two"))) == ["active"]
    assert len(desk.shelf.there) == 2


@pytest.mark.parametrize(("quota", "fits"), [(4, True), (3, False)])
def test_the_quota_is_counted_before_anything_is_created(desk: Desk, quota: int, fits: bool) -> None:
    desk.shelf.put("stranger")
    desk.shelf.put("stranger in another group", group_id="group-2")
    desk.clock.sleep(60)
    results = (A, judged("copy.png", "a.png"), B)
    if fits:
        assert endings(desk.deliver(*results, options={"quota": quota})) == ["active"] * 3
        return
    with pytest.raises(QuotaExceeded, match="is 4: 1 above the maximum of 3") as caught:
        desk.deliver(*results, options={"quota": quota})
    assert desk.shelf.creates == 0
    assert desk.bucket.puts == []
    assert caught.value.code == "GRP002"


def test_a_full_account_takes_what_is_there_already(desk: Desk) -> None:
    desk.deliver(A)
    assert endings(desk.deliver(A, options={"quota": 1})) == ["already-active"]


def test_what_was_created_without_an_answer_does_not_count_twice(desk: Desk) -> None:
    desk.shelf.point = killing_at(_create_done(desk))
    with pytest.raises(Killed):
        desk.deliver(A)
    desk.shelf.point = lambda _: None
    assert endings(desk.deliver(A, options={"quota": 1})) == ["already-active"]
    assert desk.shelf.creates == 1


def _create_done(desk: Desk) -> int:
    """The number of the point right behind the first create, of a run that is not kept."""
    other, met = Desk(desk.folder / "other"), list[str]()
    other.shelf.point = met.append
    other.deliver(A)
    return met.index("after POST /asset/files") + 1


def test_however_long_the_look_takes_what_it_did_not_see_is_looked_for_again(desk: Desk) -> None:
    desk.deliver(judged("a.png"))
    desk.clock.sleep(60)

    def die(what: str) -> None:
        if what == "after POST /asset/files":
            raise Killed

    desk.shelf.point = die
    with pytest.raises(Killed):
        desk.deliver(judged("b.png"))

    def slow(what: str) -> None:
        if what == "after GET /asset/files/asset-1":
            desk.clock.sleep(5)  # longer than lists are behind

    desk.shelf.point = slow
    outcomes = desk.deliver(judged("a.png"), judged("b.png"), options={"quota": 2})
    assert endings(outcomes) == ["already-active", "already-active"]
    assert desk.shelf.creates == 2


def test_retrying_what_failed_needs_no_more_room(desk: Desk) -> None:
    desk.shelf.put(f"a-{digest('a.png')[:16]}", "Failed")
    desk.clock.sleep(60)
    assert endings(desk.deliver(A, options={"quota": 1, "retry_failed": True})) == ["active"]


def test_a_lost_answer_is_looked_for_under_its_name(desk: Desk) -> None:
    desk.shelf.lose = frozenset({1})
    assert endings(desk.deliver(A, B)) == ["active"] * 2
    assert desk.shelf.creates == 2


def test_a_create_in_doubt_stays_in_doubt_whatever_the_next_one_met(desk: Desk) -> None:
    refused = httpx.Response(401, json={"error": {"message": "the key has ended"}})
    desk.shelf.list_lag = 5.0  # more than was said
    desk.shelf.lose = frozenset({1})

    def refuse(call: str) -> None:
        if call == "after POST /asset/files":
            desk.shelf.answers = {"POST": refused}

    desk.shelf.point = refuse
    with pytest.raises(AuthenticationError):
        desk.deliver(A)
    with desk.journal() as journal:
        (entry,) = journal.entries()
        history = journal.history(entry.service, entry.group_id, entry.sha256)
    assert history.attempt is not None
    assert history.attempt.name == entry.name


@pytest.mark.parametrize(("status", "in_doubt"), [(401, False), (500, True)])
def test_only_a_create_whose_answer_says_nothing_is_in_doubt(
    desk: Desk,
    status: int,
    in_doubt: bool,
) -> None:
    refused = httpx.Response(status, json={"error": {"message": "no"}})

    def fall_silent(call: str) -> None:
        if call == "before POST /asset/files":  # nor can anything be looked for
            desk.shelf.answers = {"POST": refused, "GET /asset/files": httpx.Response(503)}

    desk.shelf.point = fall_silent
    with contextlib.suppress(AuthenticationError):
        desk.deliver(A)
    assert desk.shelf.calls.count("POST /asset/files") == 1
    with desk.journal() as journal:
        (entry,) = journal.entries()
        history = journal.history(entry.service, entry.group_id, entry.sha256)
    assert (history.attempt is not None) == in_doubt


def test_an_asset_that_is_rejected_at_once_does_not_hold_up_the_others(desk: Desk) -> None:
    error = {"error": {"message": "bad", "type": "invalid", "code": "PixelCountTooSmall"}}
    desk.shelf.answers = {"POST": httpx.Response(400, json=error)}
    outcomes = desk.deliver(A, B)
    assert endings(outcomes) == ["rejected"] * 2
    assert outcomes[0].code == "PixelCountTooSmall"
    assert "VID005" in outcomes[0].rules
    desk.shelf.answers = {}
    assert endings(desk.deliver(A, B)) == ["active"] * 2


def test_a_file_without_a_public_address(desk: Desk) -> None:
    outcomes = desk.deliver(A, C, publisher=None)
    assert endings(outcomes) == ["not-published", "active"]
    assert "a.png is a file, and the service takes addresses" in outcomes[0].message


def test_a_file_that_cannot_be_published(desk: Desk) -> None:
    desk.bucket.broken = {"a.png": NotPublished("The bucket is not there.")}
    outcomes = desk.deliver(A, B)
    assert endings(outcomes) == ["not-published", "active"]
    assert outcomes[0].message == "The bucket is not there."
    desk.bucket.broken = {}
    assert endings(desk.deliver(A, B)) == ["active", "already-active"]


def test_what_changed_since_it_was_judged_is_refused(desk: Desk) -> None:
    outcomes = desk.deliver(A, C, same_bytes=Changed(("c.png",)))
    assert endings(outcomes) == ["active", "changed"]
    assert len(desk.shelf.there) == 1


ENDS = [
    (401, "the key has ended", AuthenticationError),
    (402, "no balance", BalanceTooLow),
    (403, "no permission", PermissionDenied),
    (403, "asset quota exceeded", QuotaExceeded),
]


@pytest.mark.parametrize(("status", "message", "error"), ENDS)
def test_what_concerns_all_stops_further_creates_and_what_there_is_is_waited_for(
    desk: Desk, status: int, message: str, error: type[ServiceError]
) -> None:
    refused = httpx.Response(status, json={"error": {"message": message, "type": "x", "code": None}})

    def refuse(call: str) -> None:
        if call == "after POST /asset/files":
            desk.shelf.answers = {"POST /asset/files": refused}

    desk.shelf.point = refuse
    with pytest.raises(error) as caught:
        desk.deliver(A, B, C)
    outcomes = caught.value.outcomes
    assert endings(outcomes) == ["active", "not-sent", "not-sent"]
    assert "It was not tried" in outcomes[2].message
    assert desk.shelf.calls.count("POST /asset/files") == 2
    desk.shelf.answers, desk.shelf.point = {}, lambda _: None
    assert endings(desk.deliver(A, B, C)) == ["already-active", "active", "active"]


def test_a_service_that_is_down_is_not_asked_for_every_asset(desk: Desk) -> None:
    desk.shelf.answers = {"POST": httpx.Response(503)}
    results = [judged(f"{number}.png") for number in range(9)]
    with pytest.raises(ServiceUnavailable) as caught:
        desk.deliver(*results)
    assert endings(caught.value.outcomes) == ["not-sent"] * 9
    assert len([event for event in desk.events if event.step is Step.PUBLISHING]) == 3
    desk.shelf.answers = {}
    assert endings(desk.deliver(*results)) == ["active"] * 9
    assert len(desk.shelf.there) == 9


def test_waiting_that_never_ends_is_timed_out_and_can_go_on_later(desk: Desk) -> None:
    desk.shelf.statuses = {"a-": "Processing"}
    outcomes = desk.deliver(A, B, options={"wait_timeout": 30.0})
    assert endings(outcomes) == ["timed-out", "active"]
    assert outcomes[0].asset_id == "asset-1"
    desk.shelf.assets["asset-1"].status = "Active"
    assert endings(desk.deliver(A, B)) == ["already-active"] * 2


def test_nobody_need_wait(desk: Desk) -> None:
    outcomes = desk.deliver(A, options={"wait": False})
    assert endings(outcomes) == ["processing"]
    assert outcomes[0].asset_id == "asset-1"
    assert "GET /asset/files/asset-1" not in desk.shelf.calls


def test_a_key_that_ends_while_waiting(desk: Desk) -> None:
    refused = httpx.Response(401, json={"error": {"message": "the key has ended"}})

    def refuse(call: str) -> None:
        if call == "after POST /asset/files":
            desk.shelf.answers = {"GET /asset/files/": refused}

    desk.shelf.point = refuse
    with pytest.raises(AuthenticationError) as caught:
        desk.deliver(A)
    assert endings(caught.value.outcomes) == ["processing"]
    assert caught.value.outcomes[0].asset_id == "asset-1"


def test_deleted_while_it_is_waited_for(desk: Desk) -> None:
    def delete(call: str) -> None:
        if call == "after POST /asset/files":
            desk.shelf.assets["asset-1"].deleted = desk.clock()

    desk.shelf.point = delete
    outcomes = desk.deliver(A)
    assert endings(outcomes) == ["not-sent"]
    assert "deleted in the library" in outcomes[0].message
    desk.shelf.point = lambda _: None
    assert endings(desk.deliver(A)) == ["active"]


def test_what_was_published_is_removed_when_it_is_active_and_only_that(desk: Desk) -> None:
    key = f"{digest('b.png')[:16]}.png"
    desk.bucket.files.add(key)  # somebody else's
    desk.shelf.statuses = {"x-": "Failed"}
    outcomes = desk.deliver(A, B, judged("x.png"), options={"unpublish": True})
    assert endings(outcomes) == ["active", "active", "failed"]
    assert desk.bucket.files == {key, f"{digest('x.png')[:16]}.png"}


def test_killed_between_active_and_the_removal_there_is_something_to_resume(desk: Desk) -> None:
    def kill(where: str) -> None:
        if where == "before removing":
            raise Killed

    desk.bucket.point = kill
    with pytest.raises(Killed):
        desk.deliver(A, options={"unpublish": True})
    with desk.journal() as journal:
        (run,) = journal.unfinished_runs()
    assert [entry.target for entry in run.waiting] == ["a.png"]
    assert run.targets == ()
    desk.bucket.point = lambda _: None
    assert endings(desk.deliver(A, options={"unpublish": True})) == ["already-active"]
    assert desk.bucket.files == set()
    with desk.journal() as journal:
        assert journal.unfinished_runs() == ()


def test_what_another_group_still_needs_is_not_removed(desk: Desk) -> None:
    other = AssetGroup("group-2", "")
    desk.deliver(A, options={"wait": False})
    desk.deliver(A, group=other, options={"wait": False})
    assert endings(desk.deliver(A, options={"unpublish": True})) == ["already-active"]
    assert len(desk.bucket.files) == 1
    desk.deliver(A, group=other)
    desk.deliver(A, options={"unpublish": True})
    assert desk.bucket.files == set()


def test_what_cannot_be_removed_is_said_and_left_for_the_next_run(desk: Desk) -> None:
    def refuse(where: str) -> None:
        if where == "before removing":
            raise NotPublished("s3://bucket/a.png was not removed: no permission.")

    desk.bucket.point = refuse
    (outcome,) = desk.deliver(A, options={"unpublish": True})
    assert outcome.outcome == "active"
    assert "no permission" in outcome.message
    desk.bucket.point = lambda _: None
    desk.deliver(A, options={"unpublish": True})
    assert desk.bucket.files == set()


def test_one_delivery_into_a_group_at_a_time(desk: Desk) -> None:
    def another(where: str) -> None:
        if where == "before recording creating":
            desk.point = lambda _: None
            with pytest.raises(UploadBusy, match="Another upload into this group is running"):
                desk.deliver(B, journal="elsewhere.sqlite3")

    desk.point = another
    assert endings(desk.deliver(A)) == ["active"]
    assert endings(desk.deliver(B)) == ["active"]


def test_asked_to_stop_nothing_more_is_begun(desk: Desk) -> None:
    stop: list[bool] = []

    def cancel(call: str) -> None:
        if call == "after POST /asset/files":
            stop.append(True)

    desk.shelf.point = cancel
    with pytest.raises(Cancelled):
        desk.deliver(A, B, cancelled=lambda: bool(stop))
    assert desk.shelf.creates == 1
    desk.shelf.point = lambda _: None
    assert endings(desk.deliver(A, B)) == ["already-active", "active"]


def test_asked_to_stop_while_it_looks_whether_something_appears(desk: Desk) -> None:
    with pytest.raises(Cancelled):
        desk.deliver(A, cancelled=lambda: desk.clock() > 0.5)
    assert desk.shelf.creates == 0


def test_where_the_journal_fails_what_was_created_is_named(desk: Desk) -> None:
    met: list[str] = []

    def fill_the_disk(where: str) -> None:
        met.append(where)
        if met.count("before recording creating") == 2:
            raise JournalError("The disk is full.")

    desk.point = fill_the_disk
    with pytest.raises(JournalError) as caught:
        desk.deliver(A, B)
    first, second = caught.value.outcomes
    assert (first.outcome, second.outcome) == ("processing", "not-sent")
    assert [first.asset_id] == [asset.id for asset in desk.shelf.there]
    assert second.asset_id == ""


def test_a_step_that_cannot_be_written_is_not_taken(desk: Desk) -> None:
    def fill_the_disk(where: str) -> None:
        if where == "before recording creating":
            raise JournalError("The disk is full.")

    desk.point = fill_the_disk
    with pytest.raises(JournalError):
        desk.deliver(A, B)
    assert desk.shelf.creates == 0


def test_an_error_of_a_listener_ends_it_and_leaves_no_thread(desk: Desk) -> None:
    def listen(_: object) -> None:
        raise LookupError("of the caller")

    with pytest.raises(LookupError):
        desk.deliver(A, on_event=listen)


def test_nothing_to_deliver(desk: Desk) -> None:
    assert desk.deliver() == ()
    assert desk.shelf.calls == []


def test_the_plan_is_what_is_done_and_does_nothing(desk: Desk) -> None:
    desk.shelf.put(f"b-{digest('b.png')[:16]}")
    desk.shelf.put(f"f-{digest('f.png')[:16]}", "Failed")
    desk.clock.sleep(60)
    refused = judged("x.png", findings=(finding(Severity.ERROR),))
    with desk.journal() as journal, desk.shelf.client() as client:
        found = plan([A, B, judged("f.png"), refused], GROUP, client=client, journal=journal)
        empty = plan([A, B], None, client=client, journal=None, options=DeliveryOptions(quota=3))
        assert not list(journal.entries())
    assert [each.action for each in found.targets] == ["create", "skip", "failed", "refuse"]
    assert (found.used, found.needed, found.quota, found.fits) == (2, 1, 100, True)
    assert [each.action for each in empty.targets] == ["create", "create"]
    assert (empty.needed, empty.fits) == (2, False)
    assert desk.shelf.creates == 0


def test_resuming(desk: Desk) -> None:
    secret = judged("https://host/s.png?X-Amz-Signature=5ec7e7", url=True, shown="https://host/s.png?…")
    results = [judged("a.png", role=Role.PRODUCT), C, secret, judged("d.mp4", kind=Kind.VIDEO)]
    desk.shelf.statuses = {"": "Processing"}

    def kill(where: str) -> None:
        if where == "before recording creating" and desk.shelf.creates == 1:
            raise Killed

    desk.point = kill
    with pytest.raises(Killed):
        desk.deliver(*results, remember={"publish": "s3://bucket", "urls": ["https://host/a?key=5ec7e7"]})
    desk.point = lambda _: None
    with desk.journal() as journal, desk.shelf.client() as client:
        (run,) = journal.unfinished_runs()
        assert (run.group_id, run.group_name, run.group_kind) == ("group-1", "Ada", GROUP.kind)
        assert run.remembered == {"publish": "s3://bucket", "urls": ["https://host/a?…"]}
        assert run.folder == str(Path.cwd())
        assert [entry.target for entry in run.waiting] == ["a.png"]
        assert [asset.target for asset in run.targets] == ["https://host/c.png", "d.mp4"]
        assert [entry.target for entry in run.to_be_named] == ["https://host/s.png?…"]
        assert run.targets[1].location == str(Path.cwd() / "d.mp4")
        desk.shelf.assets["asset-1"].status = "Active"
        outcomes = wait_for_entries(run.waiting, client=client, journal=journal, on_event=desk.events.append)
        assert endings(outcomes) == ["active"]
        assert outcomes[0].target == "a.png"
        (run,) = journal.unfinished_runs()
        assert run.waiting == ()
        with pytest.raises(UsageError, match="it has no asset"):
            wait_for_entries(run.entries, client=client, journal=journal)
    desk.shelf.statuses = {}
    assert endings(desk.deliver(*results)) == ["already-active", "active", "active", "active"]
    with desk.journal() as journal:
        assert journal.unfinished_runs() == ()


def test_what_is_judged_anew_and_fails_is_not_to_be_resumed(desk: Desk) -> None:
    desk.bucket.broken = {"a.png": NotPublished("no")}
    desk.deliver(A)
    with desk.journal() as journal:
        assert len(journal.unfinished_runs()) == 1
    desk.deliver(judged("a.png", "changed", findings=(finding(Severity.ERROR),)))
    with desk.journal() as journal:
        assert journal.unfinished_runs() == ()


def _all_text(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        return "\n".join(connection.iterdump())


def test_no_secret_is_in_the_journal_or_in_an_event(desk: Desk) -> None:
    url = "https://ada:5ec7e7@host/c.png?token=5ec7e7#5ec7e7"
    error = {"error": {"message": f"no {url} for {KEY}", "code": "PixelCountTooSmall"}}
    desk.deliver(A, judged(url, url=True, shown="https://host/c.png?…"), remember={"url": url})
    desk.shelf.answers = {"POST": httpx.Response(400, json=error)}
    desk.deliver(B)
    journal = _all_text(desk.folder / "uploads.sqlite3")
    assert "https://host/c.png" in journal
    assert "PixelCountTooSmall" in journal
    for text in (journal, str(desk.events)):
        assert "5ec7e7" not in text
        assert KEY not in text
        assert "X-Tos" not in text


def test_options_that_make_no_sense() -> None:
    with pytest.raises(UsageError):
        DeliveryOptions(at_a_time=0)


def test_before_anything_was_created_errors_come_as_they_are(desk: Desk) -> None:
    desk.shelf.answers = {"GET": httpx.Response(401)}
    with pytest.raises(AuthenticationError):
        desk.deliver(A)
