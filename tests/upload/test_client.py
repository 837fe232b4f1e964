"""What each method sends, what it makes of the answer, and what neither client ever does."""

from __future__ import annotations

import inspect
import logging
import pickle
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.cli.process import unmeasured
from tests.intake.servers import answer, saying_nothing, serving
from tests.upload.driving import (
    GROUP,
    KEY,
    LOST,
    NAME,
    URL,
    Asked,
    Clients,
    item,
    listed,
    refuses,
    says,
    scripted,
)
from validator.errors import (
    AnswerLost,
    NotFound,
    PermissionDenied,
    ServiceError,
    ServiceUnavailable,
    UsageError,
    WaitTimeout,
)
from validator.model import GroupKind, Kind
from validator.upload import AssetClient, AsyncAssetClient, Service, rejected

SIGNED = f"{URL}?X-Amz-Signature=sig123"
DAY = datetime(2026, 3, 18, 3, 33, 32, tzinfo=UTC)


def group_item(group_id: str = GROUP, **more: Any) -> dict[str, Any]:
    return {
        "Id": group_id,
        "Name": "Ada",
        "GroupType": "AIGC",
        "ProjectName": "default",
        "CreateTime": "2026-03-18T03:33:32Z",
        "UpdateTime": "2026-03-18T03:33:32Z",
        **more,
    }


class TestGroups:
    def test_create(self, clients: Clients) -> None:
        with scripted(says({"Id": GROUP})) as server:
            assert clients(server.url).create_group("Ada", "a face") == GROUP
        (asked,) = server.asked
        assert str(asked) == "POST /v1/asset/groups"
        assert asked.body == {"Name": "Ada", "Description": "a face"}
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        assert asked.headers["content-type"] == "application/json"

    def test_a_description_is_optional(self, clients: Clients) -> None:
        with scripted(says({"Id": GROUP})) as server:
            clients(server.url).create_group("Ada")
        assert server.asked[0].body == {"Name": "Ada"}

    @pytest.mark.parametrize(("kind", "sent"), [("virtual", "aigc"), ("real-human", "real_human")])
    def test_list(self, clients: Clients, kind: str, sent: str) -> None:
        with scripted(says(listed(group_item(Colour="teal")))) as server:
            (group,) = clients(server.url).groups(kind=GroupKind(kind), name="Ada", sort_by="UpdateTime")
        (asked,) = server.asked
        assert str(asked) == "GET /v1/asset/groups"
        assert asked.query == {
            "group_type": sent,
            "name": "Ada",
            "sort_by": "UpdateTime",
            "sort_order": "Desc",
            "page_number": "1",
            "page_size": "100",
        }
        assert (group.id, group.name, group.kind, group.project) == (
            GROUP,
            "Ada",
            GroupKind.VIRTUAL,
            "default",
        )
        assert group.created == DAY
        assert group.extra == {"Colour": "teal"}

    def test_one_is_found_in_the_lists_of_both_kinds(self, clients: Clients) -> None:
        def answers(asked: Asked) -> bytes:
            real = asked.query["group_type"] == "real_human"
            return says(listed(group_item("group-2", GroupType="LivenessFace") if real else group_item()))

        with scripted(answers) as server:
            client = clients(server.url)
            assert client.group("group-2").kind is GroupKind.REAL_HUMAN
            assert client.group(GROUP).kind is GroupKind.VIRTUAL
            with pytest.raises(NotFound, match=r"There is no group group-3\.$"):
                client.group("group-3")

    def test_who_may_not_see_real_people_still_finds_virtual_groups(self, clients: Clients) -> None:
        def answers(asked: Asked) -> bytes:
            real = asked.query["group_type"] == "real_human"
            return refuses(403, "invited accounts only") if real else says(listed(group_item()))

        with scripted(answers) as server:
            client = clients(server.url)
            assert client.group(GROUP).name == "Ada"
            with pytest.raises(NotFound, match="in the library that the account may see"):
                client.group("group-3")

    def test_who_may_see_neither_library_is_told_so(self, clients: Clients) -> None:
        with scripted(refuses(403, "SubscriptionRequired")) as server, pytest.raises(PermissionDenied):
            clients(server.url).group(GROUP)

    def test_update(self, clients: Clients) -> None:
        with scripted(says({})) as server:
            clients(server.url).update_group(GROUP, description="")
        assert server.calls == [f"PATCH /v1/asset/groups/{GROUP}"]
        assert server.asked[0].body == {"Description": ""}

    def test_delete(self, clients: Clients) -> None:
        with scripted(answer(b"", status="204 No Content")) as server:
            clients(server.url).delete_group(GROUP)
        assert server.calls == [f"DELETE /v1/asset/groups/{GROUP}"]


class TestAssets:
    def test_create(self, clients: Clients) -> None:
        with scripted(says({"Id": "asset-1"})) as server:
            client = clients(server.url)
            assert client.create_asset(GROUP, URL, Kind.IMAGE) == "asset-1"
            client.create_asset(GROUP, URL, Kind.VIDEO, name=NAME, skip_moderation=True)
        assert server.calls == ["POST /v1/asset/files"] * 2
        assert server.asked[0].body == {"GroupId": GROUP, "URL": URL, "AssetType": "Image"}
        assert server.asked[1].body == {
            "GroupId": GROUP,
            "URL": URL,
            "AssetType": "Video",
            "Name": NAME,
            "Moderation": {"Strategy": "Skip"},
        }

    def test_get(self, clients: Clients) -> None:
        with scripted(says(item(Error=None, Reviewer=["x"]))) as server:
            asset = clients(server.url).asset("asset-1")
        assert server.calls == ["GET /v1/asset/files/asset-1"]
        assert (asset.id, asset.kind, asset.status, asset.group_id) == (
            "asset-1",
            Kind.IMAGE,
            "Active",
            GROUP,
        )
        assert asset.created == DAY
        assert asset.extra == {"Reviewer": ["x"]}
        assert asset.failure is None
        assert "Signature" not in repr(asset)

    def test_a_failed_one_says_why(self, clients: Clients) -> None:
        failed = item(status="Failed", Error={"Code": "FpsTooHigh", "Message": "at most 60"})
        with scripted(says(failed)) as server:
            failure = clients(server.url).asset("asset-1").failure
        assert failure is not None
        assert (failure.code, failure.message) == ("FpsTooHigh", "at most 60")

    def test_why_one_failed_is_told_without_secrets(self, clients: Clients) -> None:
        signed = "bucket.s3.example/a.png?X-Amz-Signature=sig123"
        texts = [
            f"https://{signed}",
            signed,
            f"https%3A%2F%2Fb%2Fa%3FX-Amz-Signature%3Dsig123 {KEY}",
            f"\x1b{KEY}",
        ]
        errors = [{"Code": text, "Message": text} for text in texts]
        for error in [*errors, texts[0], [errors[0]], {"Inner": errors[1]}]:
            failed = item(status="Failed", Error=error, Reviewer=f"of {KEY}")
            with scripted(says(failed), says(failed), says(listed(failed))) as server:
                client = clients(server.url)
                found = [
                    client.asset("asset-1"),
                    *client.wait_until_active("asset-1"),
                    *client.assets(group_id=GROUP),
                ]
            for asset in found:
                refusal = rejected(asset)
                told = f"{asset} {asset.failure} {asset.extra} {refusal} {refusal!r} {vars(refusal)}"
                assert "sig123" not in told
                assert KEY not in told
                assert "\x1b" not in told

    def test_why_one_failed_is_told_shortly(self, clients: Clients) -> None:
        failed = item(status="Failed", Error={"Code": "x" * 5000, "Message": "y" * 5000})
        with scripted(says(failed)) as server:
            failure = clients(server.url).asset("asset-1").failure
        assert failure is not None
        assert (len(failure.code), len(failure.message)) == (81, 501)

    def test_another_than_was_asked_for_is_not_believed(self, clients: Clients) -> None:
        with scripted(says(item("asset-2"))) as server:
            with pytest.raises(ServiceUnavailable, match="makes no sense: it is about another asset"):
                clients(server.url).asset("asset-1")
            with pytest.raises(WaitTimeout) as late:
                clients(server.url).wait_until_active(["asset-1", "asset-2"], timeout=30)
        assert late.value.asset_ids == ("asset-1",)

    @pytest.mark.parametrize(
        "odd", ["..", ".", "a/b", "a b", "a?b", "a%2Fb", "x" * 201, "\ud800", "\x1b[2J", "é", "a\n", KEY]
    )
    def test_an_id_that_can_name_nothing_is_none(self, clients: Clients, odd: str) -> None:
        with scripted(says({"Id": odd})) as server:
            client = clients(server.url)
            with pytest.raises(AnswerLost, match="makes no sense: its Id can name nothing") as error:
                client.create_asset(GROUP, URL, Kind.IMAGE)
            assert KEY not in str(error.value)
            with pytest.raises(AnswerLost, match="its Id can name nothing"):
                client.create_group("Ada")

    def test_list_with_every_filter(self, clients: Clients) -> None:
        with scripted(says(listed(item()))) as server:
            found = clients(server.url).assets(
                group_kind=GroupKind.VIRTUAL,
                group_id=GROUP,
                statuses=("Active", "Failed"),
                name="fa ce&x",
                page_size=7,
                sort_by="GroupId",
                ascending=False,
            )
            assert [asset.name for asset in found] == [NAME]
        assert server.asked[0].query == {
            "group_type": "aigc",
            "group_id": GROUP,
            "statuses": "Active,Failed",
            "name": "fa ce&x",
            "sort_by": "GroupId",
            "sort_order": "Desc",
            "page_number": "1",
            "page_size": "7",
        }

    def test_a_group_alone_needs_no_type(self, clients: Clients) -> None:
        with scripted(says(listed(item()))) as server:
            list(clients(server.url).assets(group_id=GROUP))
        assert "group_type" not in server.asked[0].query

    def test_without_a_filter_both_libraries_are_listed(self, clients: Clients) -> None:
        def answers(asked: Asked) -> bytes:
            return says(listed(item(asked.query["group_type"])))

        with scripted(answers) as server:
            assert [asset.id for asset in clients(server.url).assets()] == ["aigc", "real_human"]

    def test_without_a_filter_a_library_that_is_closed_to_the_account_is_an_empty_one(
        self, clients: Clients
    ) -> None:
        def answers(asked: Asked) -> bytes:
            return refuses(403) if asked.query["group_type"] == "real_human" else says(listed(item()))

        with scripted(answers) as server:
            client = clients(server.url)
            assert len(list(client.assets())) == 1
            with pytest.raises(PermissionDenied):
                list(client.assets(group_kind=GroupKind.REAL_HUMAN))

    def test_count(self, clients: Clients) -> None:
        with scripted(says(listed(item(), total=42, size=1))) as server:
            assert clients(server.url).count_assets(GroupKind.REAL_HUMAN) == 42
        assert server.asked[0].query["group_type"] == "real_human"
        assert len(server.asked) == 1

    @pytest.mark.parametrize("total", [None, -1, "many", 3.5, True])
    def test_what_the_service_does_not_count_is_counted(self, clients: Clients, total: Any) -> None:
        page = {"Items": [item("asset-1"), item("asset-2")], "TotalCount": total}
        with scripted(says(page)) as server:
            assert clients(server.url).count_assets(GroupKind.VIRTUAL) == 2

    def test_delete(self, clients: Clients) -> None:
        with scripted(says({})) as server:
            clients(server.url).delete_asset("asset-1")
        assert server.calls == ["DELETE /v1/asset/files/asset-1"]


class TestSessions:
    def test_start(self, clients: Clients) -> None:
        started = {"session_id": "s-1", "h5_link": "https://h5.example/x?token=abc", "status": "pending"}
        with scripted(says(started)) as server:
            session = clients(server.url).start_session("https://shop.example/back?order=1")
        assert server.calls == ["POST /v1/asset/real-human/sessions"]
        assert server.asked[0].body == {"return_url": "https://shop.example/back?order=1"}
        assert (session.id, session.status) == ("s-1", "pending")
        assert session.link == "https://h5.example/x?token=abc"
        assert "abc" not in repr(session)

    def test_start_without_a_way_back(self, clients: Clients) -> None:
        started = {"session_id": "s-1", "h5_link": "https://h5.example/x", "status": "pending"}
        with scripted(says(started)) as server:
            clients(server.url).start_session()
        assert server.asked[0].body == {}

    @pytest.mark.parametrize(
        "odd", [{"h5_link": None}, {"h5_link": ""}, {"h5_link": " "}, {"h5_link": 5}, {"session_id": "../s"}]
    )
    def test_one_that_nobody_can_open_is_none(self, clients: Clients, odd: dict[str, Any]) -> None:
        started = {"session_id": "s-1", "h5_link": "https://h5.example/x", "status": "pending", **odd}
        with scripted(says(started)) as server, pytest.raises(AnswerLost, match="makes no sense: it"):
            clients(server.url).start_session()

    def test_that_of_another_is_not_believed(self, clients: Clients) -> None:
        other = says({"session_id": "s-2", "status": "success", "group_id": GROUP})
        with scripted(other) as server, pytest.raises(ServiceUnavailable, match="another session"):
            clients(server.url).session("s-1")

    def test_poll(self, clients: Clients) -> None:
        with scripted(says({"status": "success", "group_id": GROUP, "face": 1})) as server:
            session = clients(server.url).session("s/1")
        assert server.calls == ["GET /v1/asset/real-human/sessions/s%2F1"]
        assert (session.id, session.status, session.group_id, session.extra) == (
            "s/1",
            "success",
            GROUP,
            {"face": 1},
        )


class TestWhatIsSent:
    @pytest.mark.parametrize(
        ("asset_id", "path"),
        [
            ("a/b", "a%2Fb"),
            ("../groups", "..%2Fgroups"),
            ("a?b#c", "a%3Fb%23c"),
            ("a%2Fb", "a%252Fb"),
            ("a b\n", "a%20b%0A"),
            ("顔", "%E9%A1%94"),
            ("{session_id}", "%7Bsession_id%7D"),
        ],
    )
    def test_an_id_names_one_thing_whatever_it_holds(
        self, clients: Clients, asset_id: str, path: str
    ) -> None:
        with scripted(says({})) as server:
            clients(server.url).delete_asset(asset_id)
        assert server.calls == [f"DELETE /v1/asset/files/{path}"]

    @pytest.mark.parametrize("asset_id", ["", " ", ".", "..", "x" * 501, "\udce9"])
    def test_what_is_no_id_is_not_sent(self, clients: Clients, asset_id: str) -> None:
        with scripted(says({})) as server:
            client = clients(server.url)
            for call in (client.delete_asset, client.delete_group, client.asset, client.session):
                with pytest.raises(UsageError):
                    call(asset_id)
            with pytest.raises(UsageError):
                client.create_asset(asset_id, URL, Kind.IMAGE)
            with pytest.raises(UsageError):
                client.wait_until_active(["asset-1", asset_id])
            assert server.calls == []

    def test_what_makes_no_sense_is_not_sent(self, clients: Clients) -> None:
        with scripted(says({})) as server:
            client = clients(server.url)
            senseless = (
                lambda: client.create_group(""),
                lambda: client.create_group("x" * 65),
                lambda: client.create_group("Ada\udce9"),
                lambda: client.create_group("Ada", "x" * 301),
                lambda: client.update_group(GROUP),
                lambda: client.create_asset(GROUP, "file:///etc/passwd", Kind.IMAGE),
                lambda: client.create_asset(GROUP, "face.png", Kind.IMAGE),
                lambda: client.ensure_asset(GROUP, URL, Kind.IMAGE, "face"),
                lambda: list(client.groups(kind=GroupKind.VIRTUAL, sort_by="GroupId")),
                lambda: list(client.assets(sort_by="Size")),
                lambda: list(client.assets(page_size=0)),
                lambda: list(client.assets(statuses=("Active,Failed",))),
                lambda: client.start_session("back"),
            )
            for call in senseless:
                with pytest.raises(UsageError) as refused:
                    call()
                assert "\n" not in str(refused.value)
            assert server.calls == []

    def test_wrong_guesses_are_mended_by_the_configuration(self, clients: Clients) -> None:
        overrides = {
            "delete-asset": "POST /asset/files/{asset_id}/delete",
            "get-session": "GET /asset/sessions/{session_id}/state",
        }
        with scripted(says({"status": "pending"})) as server:
            client = clients(server.url, service=Service(server.url, overrides))
            client.delete_asset("asset-1")
            client.session("s-1")
        assert server.calls == [
            "POST /v1/asset/files/asset-1/delete",
            "GET /v1/asset/sessions/s-1/state",
        ]

    def test_no_variable_of_the_environment_has_a_say(
        self, clients: Clients, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        with scripted(says(item())) as server:
            assert clients(server.url).asset("asset-1").id == "asset-1"


class TestWhatComesBack:
    def test_a_redirect_is_not_followed(self, clients: Clients) -> None:
        with scripted(says(item())) as other:
            away = f"Location: {other.url}/asset/files/asset-1?token=abc"
            with scripted(says({}, 307, away)) as server:
                client = clients(server.url)
                with pytest.raises(ServiceUnavailable, match=r"redirects \(307\) to http://127") as error:
                    client.asset("asset-1")
                assert "abc" not in str(error.value)
                with pytest.raises(ServiceUnavailable) as refused:
                    client.create_asset(GROUP, URL, Kind.IMAGE)
                assert not isinstance(refused.value, AnswerLost)
                assert len(server.asked) == 2
            assert other.asked == []

    def test_an_answer_without_end_is_not_read_to_its_end(self, clients: Clients) -> None:
        piece = b"[" + b" " * 1_000_000
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
        with (
            scripted(head + chunk * 12) as server,
            pytest.raises(ServiceUnavailable, match="more than 10,000,000"),
        ):
            clients(server.url, timeout=20).asset("asset-1")

    def test_a_packed_answer_is_unpacked_within_bounds(self, clients: Clients) -> None:
        import gzip
        import json

        small = gzip.compress(json.dumps(item()).encode())
        large = gzip.compress(b" " * 30_000_000)
        packed = "Content-Encoding: gzip"
        with scripted(answer(small, packed), answer(large, packed)) as server:
            client = clients(server.url)
            assert client.asset("asset-1").id == "asset-1"
            with pytest.raises(ServiceUnavailable, match="more than 10,000,000 bytes"):
                client.asset("asset-1")

    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (b"\x1f\x8b rubbish", ("Content-Encoding: gzip",)),
            (b"{}", ("Content-Encoding: br",)),
            (b"{}", ("Content-Encoding: gzip",)),
        ],
    )
    def test_what_cannot_be_unpacked_is_no_answer(
        self, clients: Clients, body: bytes, headers: tuple[str, ...]
    ) -> None:
        with scripted(answer(body, *headers)) as server, pytest.raises(ServiceUnavailable):
            clients(server.url).asset("asset-1")

    def test_an_answer_that_drips_ends_with_its_time(self, clients: Clients) -> None:
        with serving(_dripping) as url, pytest.raises(ServiceUnavailable, match="in time"):
            clients.real(f"{url}/v1", timeout=0.3, random=lambda: 0.0).asset("asset-1")

    @pytest.mark.parametrize("drip", [b"X", b"HTTP/1.1 100 Continue\r\n\r\n"])
    def test_a_head_that_drips_ends_too(self, clients: Clients, drip: bytes) -> None:
        with serving(lambda connection, _: _dripped(connection, drip)) as url:
            client = clients.real(f"{url}/v1", timeout=0.2, random=lambda: 0.0)
            with pytest.raises(AnswerLost, match="came within"):
                client.create_asset(GROUP, URL, Kind.IMAGE)

    def test_silence_ends_with_its_time(self, clients: Clients) -> None:
        with serving(_silent) as url:
            client = clients.real(f"{url}/v1", timeout=0.1, random=lambda: 0.0)
            with pytest.raises(AnswerLost, match=r"nothing came within 0\.1 s"):
                client.create_asset(GROUP, URL, Kind.IMAGE)

    def test_cookies_are_not_kept(self, clients: Clients) -> None:
        with scripted(says(item(), 200, "Set-Cookie: a=b")) as server:
            client = clients(server.url)
            client.asset("asset-1")
            client.asset("asset-1")
        assert all("cookie" not in asked.headers for asked in server.asked)


def _silent(connection: Any, _: str) -> None:
    while connection.recv(4096):
        pass


def _dripping(connection: Any, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    _dripped(connection, b" ")


def _dripped(connection: Any, drip: bytes) -> None:
    pause = threading.Event()
    for _ in range(200):
        connection.sendall(drip)
        pause.wait(0.02)


class TestTheKey:
    def test_shows_nowhere(
        self, clients: Clients, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.DEBUG)
        echo = f"Incorrect API key provided: {KEY}. Header was: Bearer {KEY[:10]}***cdef"
        answers = (
            refuses(401, echo, KEY),
            refuses(400, f"https://h.example/a?token=abc {KEY}", "InvalidParameter"),
            says({"error": echo}),
            answer(echo.encode(), status="500 X"),
            says(KEY),
            LOST,
        )
        for each in answers:
            with scripted(each) as server:
                client = clients(server.url)
                with pytest.raises(ServiceError) as error:
                    client.create_asset(GROUP, SIGNED, Kind.IMAGE)
                seen = "".join(traceback.format_exception(error.value)) + repr(vars(error.value))
                seen += repr(client) + repr(error.value)
                assert KEY not in seen
                assert KEY[:10] not in seen
                assert "sig123" not in seen
                assert "abc" not in seen
        printed = capfd.readouterr()
        assert KEY not in caplog.text + printed.out + printed.err
        assert "sig123" not in caplog.text

    @pytest.mark.parametrize("header", [f"X-Request-Id: {KEY}", f"Location: https://h.example/{KEY}?k={KEY}"])
    def test_is_not_taken_from_headers_either(self, clients: Clients, header: str) -> None:
        with scripted(says({}, 302, header)) as server:
            with pytest.raises(ServiceError) as error:
                clients(server.url).asset("asset-1")
            assert KEY not in str(error.value) + repr(vars(error.value))

    def test_is_not_in_the_client_that_is_looked_at(self, clients: Clients) -> None:
        client = clients("http://127.0.0.1:1/v1")
        assert "AssetClient('http://127.0.0.1:1/v1')" in repr(client)
        assert KEY not in repr(client) + repr(vars(client))

    def test_what_the_service_says_does_nothing_on_a_terminal(self, clients: Clients) -> None:
        with scripted(refuses(400, "\x1b[2J::error::" + "x" * 5000, "Bad\x1bCode" * 40)) as server:
            with pytest.raises(ServiceError) as error:
                clients(server.url).create_group("Ada")
            assert "\x1b" not in str(error.value) + error.value.code
            assert len(str(error.value)) < 900
            assert len(error.value.code) <= 81


class TestManyAtOnce:
    def test_threads_share_a_client(self) -> None:
        def answers(asked: Asked) -> bytes:
            return says(item(asked.path.rpartition("/")[2]))

        with scripted(answers) as server:
            with AssetClient(KEY, service=Service(server.url)) as client, ThreadPoolExecutor(8) as pool:
                found = list(pool.map(lambda number: client.asset(f"asset-{number}").id, range(40)))
            assert found == [f"asset-{number}" for number in range(40)]

    @pytest.mark.parametrize("backend", ["asyncio"])
    def test_tasks_share_a_client(self, backend: str) -> None:
        import anyio

        def answers(asked: Asked) -> bytes:
            return says(item(asked.path.rpartition("/")[2]))

        found: list[str] = []

        async def main(url: str) -> None:
            async with (
                AsyncAssetClient(KEY, service=Service(url)) as client,
                anyio.create_task_group() as tasks,
            ):

                async def one(number: int) -> None:
                    found.append((await client.asset(f"asset-{number}")).id)

                for number in range(20):
                    tasks.start_soon(one, number)

        with scripted(answers) as server:
            anyio.run(main, server.url, backend=backend)
        assert sorted(found) == sorted(f"asset-{number}" for number in range(20))

    def test_a_task_that_is_cancelled_leaves_nothing_open(self) -> None:
        import anyio

        async def main(url: str) -> None:
            async with AsyncAssetClient(KEY, service=Service(url)) as client:
                with anyio.move_on_after(0.1) as scope:
                    await client.asset("asset-1")
                assert scope.cancelled_caught

        with serving(saying_nothing) as url:
            anyio.run(main, f"{url}/v1")


class TestBothClients:
    def test_have_the_same_methods_with_the_same_arguments(self) -> None:
        def methods(client: type) -> dict[str, list[tuple[str, Any, Any]]]:
            return {
                name: [
                    (each.name, each.kind, each.default)
                    for each in inspect.signature(method).parameters.values()
                ]
                for name, method in vars(client).items()
                if inspect.isfunction(method) and not name.startswith("_") and "close" not in name
            }

        assert methods(AssetClient) == methods(AsyncAssetClient)

    def test_say_the_same_in_their_documentation(self) -> None:
        for name, method in vars(AssetClient).items():
            if not name.startswith("_") and name != "close":
                assert inspect.getdoc(method) == inspect.getdoc(getattr(AsyncAssetClient, name))

    def test_take_another_transport(self) -> None:
        def handle(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json=item(request.url.path.rpartition("/")[2]))

        transport = httpx.MockTransport(handle)
        with AssetClient(KEY, transport=transport) as client:
            assert client.asset("asset-7").id == "asset-7"

    def test_the_key_is_sent_over_https_unless_to_this_machine(self) -> None:
        for allowed in (
            "https://gateway.example/v1",
            "http://127.0.0.1:8/v1",
            "http://[::1]/v1",
            "http://localhost",
        ):
            assert Service(allowed).base_url == allowed
        for refused in ("http://gateway.example/v1", "http://127.0.0.1.example", "http://10.0.0.1/v1"):
            with pytest.raises(UsageError, match="https alone"):
                Service(refused)


def test_the_package_gives_all_that_it_names_and_loads_it_when_it_is_asked_for() -> None:
    import validator.upload as package

    assert all(getattr(package, name) is not None for name in package.__all__)
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'AssetClientt'"):
        _ = package.AssetClientt
    quick = (
        "import sys, validator.upload as u; u.Service, u.read_key, u.explain, u.NotFound; print(*sys.modules)"
    )
    command = [sys.executable, "-c", quick]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=unmeasured())
    assert {"httpx", "anyio", "asyncio", "sqlite3", "rich"}.isdisjoint(done.stdout.split())


def test_nothing_of_a_client_can_be_pickled() -> None:
    with AssetClient(KEY) as client, pytest.raises((TypeError, pickle.PicklingError, AttributeError)):
        pickle.dumps(client)
