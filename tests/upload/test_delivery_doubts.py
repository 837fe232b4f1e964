"""A delivery while others upload, delete and publish, into a library that answers oddly or late."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.upload.shelf import BASE_URL, GROUP, Bucket, Desk, Kept, Killed, Shelf, digest, endings, judged
from validator import AssetReport, Facts, Finding, Limit, Measured, NotJudged, Severity
from validator.errors import BalanceTooLow, Cancelled, NotFound, NotPublished, QuotaExceeded
from validator.model import Asset, FileFacts, GroupKind, Kind
from validator.profile import default_profile
from validator.upload import AssetGroup, Step, wait_for_entries
from validator.upload.history import History
from validator.upload.outcome import DeliveryOptions
from validator.upload.publish import MaybePublished

A, B, C = judged("a.png"), judged("b.png"), judged("c.png")
KEY = f"{digest('a.png')[:16]}.png"
OTHER = AssetGroup("group-2", "Bob", GroupKind.VIRTUAL)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def history(desk: Desk, target: str = "a.png") -> History:
    with desk.journal() as journal:
        return journal.history(BASE_URL, GROUP.id, digest(target))


def unfinished(desk: Desk) -> list[tuple[str, str]]:
    with desk.journal() as journal:
        return [(entry.target, str(entry.state)) for entry in journal.entries(unfinished=True)]


def at(call: str, act: Callable[[], object]) -> Callable[[str], None]:
    """Something that acts once, when it is called with this."""
    left = [act]

    def point(what: str) -> None:
        if what == call and left:
            left.pop()()

    return point


def _die() -> None:
    raise Killed


def failing(
    target: str, *, sha256: str | None = None, code: str = "IMG003", url: bool = False
) -> AssetReport:
    found = Finding(code, "x", Severity.ERROR, "no", Measured("width", 1, "1", "px"), Limit(), "larger")
    asset = Asset(target, target, is_url=url)
    return AssetReport(asset, Facts(Kind.IMAGE, FileFacts(sha256=sha256)), findings=(found,))


class TestOthersAtTheSameTime:
    def test_what_somebody_registers_during_the_run_is_found(self, desk: Desk) -> None:
        desk.deliver(judged("z.png"))  # the journal knows the group
        desk.clock.sleep(60)

        def colleague() -> None:
            desk.shelf.put(f"b-{digest('b.png')[:16]}")
            desk.clock.sleep(120)

        desk.bucket.point = at("before publishing", colleague)
        assert endings(desk.deliver(A, B)) == ["active", "active"]
        assert len(desk.shelf.there) == 3

    def test_what_slips_from_one_page_to_the_other_is_found(self, desk: Desk) -> None:
        desk.deliver(judged("z.png"))
        for number in range(99):
            desk.shelf.put(f"other-{number:016x}")
        desk.shelf.put(f"a-{digest('a.png')[:16]}")
        desk.clock.sleep(3600)
        desk.shelf.list_lag = 0.0

        def delete() -> None:
            desk.shelf.assets["asset-5"].deleted = desk.clock()

        desk.shelf.point = at("after GET /asset/files", delete)
        assert endings(desk.deliver(A, options={"quota": 1000})) == ["active"]
        assert desk.shelf.creates == 1

    def test_what_was_active_and_is_deleted_during_the_run_is_not_reported_active(self, desk: Desk) -> None:
        desk.deliver(A)
        desk.clock.sleep(60)

        def delete() -> None:
            desk.shelf.assets["asset-1"].deleted = desk.clock()

        desk.shelf.point = at("before POST /asset/files", delete)
        outcomes = desk.deliver(A, B)
        assert endings(outcomes) == ["not-sent", "active"]
        assert "deleted in the library" in outcomes[0].message
        assert unfinished(desk) == [("a.png", "gone")]
        assert endings(desk.deliver(A, B)) == ["active", "already-active"]

    @pytest.mark.parametrize(
        ("status", "ending", "state"),
        [("Failed", "failed", "failed"), ("Processing", "processing", "waiting")],
    )
    def test_what_was_active_and_is_so_no_longer_is_not_reported_active(
        self, desk: Desk, status: str, ending: str, state: str
    ) -> None:
        desk.deliver(A)
        desk.clock.sleep(60)

        def change() -> None:
            desk.shelf.assets["asset-1"].status = status

        desk.shelf.point = at("before POST /asset/files", change)
        outcomes = desk.deliver(A, B)
        assert endings(outcomes) == [ending, "active"]
        assert outcomes[0].asset_id == "asset-1"
        assert history(desk).state == state

    def test_one_that_the_service_refuses_to_tell_of_hides_no_other(self, desk: Desk) -> None:
        desk.deliver(A, C)
        desk.clock.sleep(60)
        refused = {"error": {"message": "no", "code": "PixelCountTooSmall"}}

        def change() -> None:
            desk.shelf.answers["GET /asset/files/asset-1"] = httpx.Response(400, json=refused)
            desk.shelf.assets["asset-2"].deleted = desk.clock()

        desk.shelf.point = at("before POST /asset/files", change)
        assert endings(desk.deliver(A, C, B)) == ["already-active", "not-sent", "active"]

    def test_between_two_of_the_last_questions_it_can_be_stopped(self, desk: Desk) -> None:
        desk.deliver(A, C)
        desk.clock.sleep(60)
        stop = threading.Event()
        created: list[str] = []

        def point(what: str) -> None:
            if what == "after POST /asset/files":
                created.append(what)
            if created and what == "after GET /asset/files/asset-1":
                desk.shelf.calls.clear()
                stop.set()

        desk.shelf.point = point
        with pytest.raises(Cancelled):
            desk.deliver(A, C, B, cancelled=stop.is_set)
        assert desk.shelf.calls == []

    def test_where_nothing_was_done_nothing_is_asked_twice(self, desk: Desk) -> None:
        desk.deliver(A)
        desk.clock.sleep(60)
        desk.shelf.calls.clear()
        assert endings(desk.deliver(A)) == ["already-active"]
        assert desk.shelf.calls == ["GET /asset/files", "GET /asset/files/asset-1"]

    def test_a_service_that_falls_silent_at_the_end(self, desk: Desk) -> None:
        desk.deliver(A)
        desk.clock.sleep(60)

        def fall_silent(what: str) -> None:
            if what == "after GET /asset/files/asset-2":
                desk.shelf.answers = {"GET /asset/files/asset-1": httpx.Response(401)}

        desk.shelf.point = fall_silent
        assert endings(desk.deliver(A, B)) == ["already-active", "active"]


class Lagging(Shelf):
    """Its single gets are behind, too."""

    def _single(self, verb: str, asset_id: str) -> httpx.Response:
        found = self.assets.get(asset_id)
        if verb == "GET" and found is not None and found.created + 15.0 > self.clock():
            return httpx.Response(404, json={"error": {"message": "no such asset", "code": "NotFound"}})
        return super()._single(verb, asset_id)


class TestWhatIsNotKnownYet:
    def test_is_waited_for_as_long_as_is_said(self, desk: Desk) -> None:
        desk.shelf = Lagging(list_lag=20.0)
        options = {"list_lag": 60.0}
        assert endings(desk.deliver(A, options=options)) == ["active"]
        assert endings(desk.deliver(A, options=options)) == ["already-active"]
        assert desk.shelf.creates == 1

    def test_keeps_its_age_when_it_was_missed(self, desk: Desk) -> None:
        desk.shelf = Lagging(list_lag=20.0)
        options = {"list_lag": 60.0}
        assert endings(desk.deliver(A, options={**options, "wait_timeout": 5.0})) == ["not-sent"]
        assert list(history(desk).gone) == ["asset-1"]
        assert endings(desk.deliver(A, options=options)) == ["already-active"]
        assert desk.shelf.creates == 1
        assert history(desk).gone == {}

    def test_is_made_anew_when_it_has_had_its_time(self, desk: Desk) -> None:
        desk.deliver(A, options={"wait": False})
        del desk.shelf.assets["asset-1"]
        desk.shelf.assets["asset-0"] = Kept("asset-0", "x", GROUP.id, "u", "Image", 0.0)
        desk.clock.sleep(60)
        (outcome,) = desk.deliver(A)
        assert (outcome.outcome, desk.shelf.creates) == ("active", 2)
        assert list(history(desk).gone) == ["asset-1"]
        desk.shelf.calls.clear()
        desk.deliver(A)
        assert "GET /asset/files/asset-1" not in desk.shelf.calls


class TestOddAnswers:
    def test_the_id_of_another_files_asset(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[str] = []
        put = desk.shelf.put

        def one(name: str, status: str = "", **said: Any) -> str:
            made.append(put(name, status, **said))
            return made[0]

        monkeypatch.setattr(desk.shelf, "put", one)
        outcomes = desk.deliver(A, B)
        assert [(each.outcome, each.asset_id) for each in outcomes] == [
            ("active", "asset-1"),
            ("not-sent", ""),
        ]
        assert "the id of another file's asset" in outcomes[1].message
        assert history(desk, "b.png").attempt is not None
        desk.clock.sleep(60)
        assert [each.asset_id for each in desk.deliver(A, B)] == ["asset-1", "asset-2"]

    @pytest.mark.parametrize("odd", ["..", "x" * 600, "a b"])
    def test_what_is_listed_under_an_id_that_can_name_nothing_holds_up_nothing(
        self, desk: Desk, odd: str
    ) -> None:
        desk.shelf.assets[odd] = Kept(odd, f"a-{digest('a.png')[:16]}", OTHER.id, "u", "Image", 0.0)
        desk.clock.sleep(60)
        assert endings(desk.deliver(judged("a.png"), B, group=OTHER))[1] == "active"

    def test_one_asset_that_two_entries_of_a_journal_name(self, desk: Desk) -> None:
        desk.shelf.statuses = {"": "Processing"}
        desk.deliver(A, B, options={"wait": False})
        with desk.journal() as journal, desk.shelf.client() as client:
            journal.record(BASE_URL, GROUP.id, digest("b.png"), Step.CREATED, asset_id="asset-1")
            desk.shelf.assets["asset-1"].status = "Active"
            (run,) = journal.unfinished_runs()
            outcomes = wait_for_entries(run.waiting, client=client, journal=journal)
        assert endings(outcomes) == ["active", "active"]

    def test_a_deletion_of_which_the_service_knows_nothing(self, desk: Desk) -> None:
        desk.shelf.statuses = {"a-": "Failed"}
        desk.deliver(A)
        desk.shelf.statuses = {}
        wrong = {"error": {"message": "Invalid URL (DELETE /v1/asset/files/asset-1)"}}
        desk.shelf.answers = {"DELETE": httpx.Response(404, json=wrong)}
        with pytest.raises(NotFound, match="which is a guess, is wrong"):
            desk.deliver(A, options={"retry_failed": True})
        assert desk.shelf.creates == 1
        assert Step.DELETED not in desk.steps()

    def test_what_somebody_else_has_deleted_is_made_anew(self, desk: Desk) -> None:
        desk.shelf.statuses = {"a-": "Failed"}
        desk.deliver(A)
        desk.shelf.statuses = {}

        def delete() -> None:
            desk.shelf.assets["asset-1"].deleted = desk.clock()

        desk.shelf.point = at("before DELETE /asset/files/asset-1", delete)
        assert endings(desk.deliver(A, options={"retry_failed": True})) == ["active"]

    def test_a_refusal_after_a_lost_answer_leaves_the_first_create_in_doubt(self, desk: Desk) -> None:
        refused = httpx.Response(400, json={"error": {"message": "a name twice", "code": "InvalidParameter"}})
        desk.shelf.list_lag = 30.0  # more than was said
        desk.shelf.lose = frozenset({1})

        def refuse() -> None:
            desk.shelf.answers = {"POST": refused}

        desk.shelf.point = at("after POST /asset/files", refuse)
        assert endings(desk.deliver(A)) == ["rejected"]
        assert history(desk).attempt is not None
        assert unfinished(desk) == [("a.png", "creating")]
        desk.clock.sleep(60)
        assert endings(desk.deliver(A)) == ["already-active"]
        assert desk.shelf.creates == 1

    def test_a_look_that_is_refused_is_no_word_on_the_asset(self, desk: Desk) -> None:
        refused = httpx.Response(400, json={"error": {"message": "no such parameter"}})

        def refuse() -> None:
            desk.shelf.answers = {"GET /asset/files": refused}

        desk.bucket.point = at("after publishing", refuse)
        assert endings(desk.deliver(A)) == ["not-sent"]
        assert unfinished(desk) == [("a.png", "published")]

    def test_one_asset_of_which_only_the_vendors_code_is_said(self, desk: Desk) -> None:
        desk.deliver(A)
        desk.clock.sleep(60)
        vendor = {"error": {"message": "upstream: TranscodingFailed: broken"}}
        desk.shelf.answers = {"GET /asset/files/asset-1": httpx.Response(502, json=vendor)}
        outcomes = desk.deliver(A, B)
        assert endings(outcomes) == ["already-active", "active"]  # as the list says
        assert desk.shelf.creates == 2

    def test_the_same_where_no_list_holds_it_either(self, desk: Desk) -> None:
        desk.shelf.list_lag = 1000.0
        desk.deliver(A)
        vendor = {"error": {"message": "upstream: TranscodingFailed: broken"}}
        desk.shelf.answers = {"GET /asset/files/asset-1": httpx.Response(502, json=vendor)}
        outcomes = desk.deliver(A, B, options={"wait_timeout": 20.0})
        assert endings(outcomes) == ["failed", "active"]
        assert outcomes[0].code == "TranscodingFailed"
        assert desk.shelf.creates == 2


class TestRoom:
    @pytest.mark.parametrize("at_a_time", [1, 4])
    def test_what_makes_room_goes_first(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, at_a_time: int
    ) -> None:
        desk.shelf.put(f"z-{digest('z.png')[:16]}", "Failed")
        desk.shelf.put(f"z.2-{digest('z.png')[:16]}", "Failed")
        desk.clock.sleep(60)
        worked = desk.shelf._worked  # noqa: SLF001 - our own
        full = {"error": {"message": "asset quota exceeded", "code": "QuotaExceeded"}}

        def of_two(call: str, request: httpx.Request) -> httpx.Response | None:
            if call == "POST /asset/files" and len(desk.shelf.there) >= 2:
                return httpx.Response(403, json=full)
            return worked(call, request)

        monkeypatch.setattr(desk.shelf, "_worked", of_two)
        options = {"retry_failed": True, "quota": 2, "at_a_time": at_a_time}
        assert endings(desk.deliver(A, judged("z.png"), options=options)) == ["active", "active"]

    def test_the_profile_that_was_linted_with_counts(self, desk: Desk) -> None:
        profile = default_profile()
        rules = tuple(rule for rule in profile.rules if rule.code != "GRP002")
        with pytest.raises(QuotaExceeded):
            desk.deliver(A, B, options={"quota": 1})
        own = msgspec.structs.replace(profile, rules=rules)
        assert endings(desk.deliver(A, B, options={"quota": 1}, profile=own)) == ["active", "active"]


class TestWhatIsForgotten:
    def in_doubt(self, desk: Desk) -> None:
        desk.shelf.list_lag = 500.0
        desk.shelf.lose = frozenset({1, 2, 3})
        (outcome,) = desk.deliver(A)
        assert outcome.outcome == "not-sent"
        assert unfinished(desk) == [("a.png", "creating")]

    @pytest.mark.parametrize(
        "result",
        [
            failing("a.png", code="FIL001"),
            failing("a.png", sha256=digest("changed")),
            AssetReport(
                Asset("a.png", "a.png"), Facts(), not_judged=(NotJudged("FIL005", "x", Severity.ERROR),)
            ),
            judged("a.png", "changed"),
        ],
    )
    def test_never_what_may_have_been_created(self, desk: Desk, result: AssetReport) -> None:
        self.in_doubt(desk)
        desk.deliver(result, options={"list_lag": 600.0})
        assert ("a.png", "creating") in unfinished(desk)

    def test_what_was_not_created_and_has_other_bytes_by_now(self, desk: Desk) -> None:
        desk.shelf.point = at("before POST /asset/files", _die)
        with pytest.raises(Killed):
            desk.deliver(A)
        desk.clock.sleep(60)
        desk.deliver(judged("a.png", "changed"))
        assert unfinished(desk) == []

    def test_what_was_created_and_has_other_bytes_by_now(self, desk: Desk) -> None:
        desk.shelf.point = at("after POST /asset/files", _die)
        with pytest.raises(Killed):
            desk.deliver(A)
        desk.clock.sleep(60)
        desk.deliver(judged("a.png", "changed"))
        with desk.journal() as journal, desk.shelf.client() as client:
            (run,) = journal.unfinished_runs()
            assert [entry.asset_id for entry in run.waiting] == ["asset-1"]
            assert endings(wait_for_entries(run.waiting, client=client, journal=journal)) == ["active"]
            assert journal.unfinished_runs() == ()

    @pytest.mark.parametrize(
        ("result", "left"),
        [
            (failing("a.png", code="FIL001"), 1),
            (
                AssetReport(
                    Asset("a.png", "a.png"),
                    Facts(Kind.IMAGE, FileFacts(sha256=digest("a.png"))),
                    not_judged=(NotJudged("FIL005", "x", Severity.ERROR),),
                ),
                1,
            ),
            (failing("a.png", sha256=digest("changed")), 0),
        ],
    )
    def test_only_what_is_read_and_fails(self, desk: Desk, result: AssetReport, left: int) -> None:
        desk.bucket.broken = {"a.png": NotPublished("no")}
        desk.deliver(A)
        desk.deliver(result)
        assert len(unfinished(desk)) == left

    def test_not_all_urls_with_secrets_because_of_one(self, desk: Desk) -> None:
        url = "https://h.example/a.png?sig=1"
        desk.shelf.answers = {"POST": httpx.Response(402, json={"error": {"message": "no money"}})}
        with pytest.raises(BalanceTooLow):
            desk.deliver(judged(url, url=True, shown="https://h.example/a.png?…"))
        desk.shelf.answers = {}
        other = failing("https://h.example/b.png?sig=2", sha256=digest("b"), url=True)
        assert endings(desk.deliver(other)) == ["not-forwarded"]
        assert len(unfinished(desk)) == 1


class TestWhatIsRemoved:
    def test_not_what_another_put_there_after_ours_was_refused(self, desk: Desk) -> None:
        desk.bucket.broken = {"a.png": NotPublished("the credentials do not allow that")}
        desk.deliver(A, options={"unpublish": True})
        desk.bucket.broken = {}
        desk.bucket.files.add(KEY)
        assert endings(desk.deliver(A, options={"unpublish": True})) == ["active"]
        assert desk.bucket.files == {KEY}

    def test_what_may_have_been_put_is_ours(self, desk: Desk) -> None:
        desk.bucket.broken = {"a.png": MaybePublished("the store did not answer", KEY)}
        desk.deliver(A, options={"unpublish": True})
        desk.bucket.broken = {}
        desk.bucket.files.add(KEY)
        assert endings(desk.deliver(A, options={"unpublish": True})) == ["active"]
        assert desk.bucket.files == set()

    def test_not_what_another_delivery_is_about_to_forward(self, desk: Desk) -> None:
        desk.deliver(A)
        seen: list[set[str]] = []

        def unpublish() -> None:
            other = Desk(desk.folder, shelf=desk.shelf, bucket=Bucket(files=desk.bucket.files))
            other.deliver(A, options={"unpublish": True})

        desk.bucket.point = at("after publishing", unpublish)
        desk.deliver(A, group=OTHER, same_bytes=lambda *_: seen.append(set(desk.bucket.files)))
        assert seen == [{KEY}]

    def test_what_was_about_to_be_is_removed_though_the_file_is_gone(self, desk: Desk) -> None:
        desk.bucket.point = at("before removing", _die)
        with pytest.raises(Killed):
            desk.deliver(A, options={"unpublish": True})
        with desk.journal() as journal, desk.shelf.client() as client:
            (run,) = journal.unfinished_runs()
            outcomes = wait_for_entries(
                run.waiting,
                client=client,
                journal=journal,
                publisher=desk.bucket,
                options=DeliveryOptions(unpublish=True),
            )
            assert endings(outcomes) == ["active"]
            assert journal.unfinished_runs() == ()
        assert desk.bucket.files == set()
