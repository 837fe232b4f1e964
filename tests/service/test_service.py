"""The service of the tests does what the asset library documents, and fails as it is told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.catalogue import FIXTURES, MEDIA
from fixtures.recipe import Fixture
from tests.service.faults import FAULTS
from tests.service.fixture import ServiceAccount, running_service
from tests.service.review import Rejected, marked, review
from validator.profile import default_profile

PICTURE = "image-301x400.png"


@pytest.fixture
def http(service: ServiceAccount) -> Iterator[httpx.Client]:
    with _client(service) as client:
        yield client


@pytest.fixture
def media(service: ServiceAccount) -> str:
    return service.serve(MEDIA)


def _client(account: ServiceAccount) -> httpx.Client:
    headers = {"Authorization": f"Bearer {account.key}"}
    return httpx.Client(base_url=account.base_url, headers=headers, trust_env=False, verify=False)  # noqa: S501 - http


def _group(http: httpx.Client, name: str = "Ada") -> str:
    return str(http.post("/asset/groups", json={"Name": name}).raise_for_status().json()["Id"])


def _asset(http: httpx.Client, group: str, url: str, name: str = "", kind: str = "Image") -> httpx.Response:
    return http.post("/asset/files", json={"GroupId": group, "URL": url, "AssetType": kind, "Name": name})


def _settled(http: httpx.Client, asset: str) -> dict[str, Any]:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        found: dict[str, Any] = http.get(f"/asset/files/{asset}").raise_for_status().json()
        if found["Status"] != "Processing":
            return found
        time.sleep(0.02)
    raise AssertionError(f"{asset} does not settle")


def _listed(http: httpx.Client, count: int, path: str = "/asset/files", **query: Any) -> dict[str, Any]:
    """What a list shows once it holds so many."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        found: dict[str, Any] = http.get(path, params=query).raise_for_status().json()
        if found["TotalCount"] == count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"there are {found['TotalCount']}")


def test_an_asset_goes_from_a_url_to_active(http: httpx.Client, service: ServiceAccount, media: str) -> None:
    service.configure(processing_seconds=0.4)
    group = _group(http)
    answer = _asset(http, group, media + PICTURE, "face")
    assert answer.json().keys() == {"Id"}
    first = http.get(f"/asset/files/{answer.json()['Id']}").json()
    assert first["Status"] == "Processing"
    last = _settled(http, answer.json()["Id"])
    assert last["Status"] == "Active"
    assert "Name" not in last  # as documented: only lists tell it
    assert {"Id", "GroupId", "AssetType", "URL", "CreateTime", "UpdateTime"} < last.keys()
    (kept,) = service.assets()
    assert kept["Name"] == "face"
    assert service.state()["creates"] == 1


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("image-299x400.png", "Image", "WidthTooSmall"),
        ("image-400x299.png", "Image", "HeightTooSmall"),
        ("image-1001x400.png", "Image", "AspectRatioTooLarge"),
        ("image-400x1001.png", "Image", "AspectRatioTooSmall"),
        ("audio.flac", "Audio", "FormatUnsupported"),
        ("web-page.png", "Image", "FormatUndetectable"),
        ("audio-1.99s.wav", "Audio", "DurationTooShort"),
        ("audio-15.01s.wav", "Audio", "DurationTooLong"),
        (PICTURE, "Video", "TypeMismatch"),
        ("not-there.png", "Image", "DownloadFailed"),
    ],
)
def test_what_is_outside_the_limits_turns_failed(
    http: httpx.Client, media: str, name: str, kind: str, code: str
) -> None:
    found = _settled(http, _asset(http, _group(http), media + name, kind=kind).json()["Id"])
    assert found["Status"] == "Failed"
    assert found["Error"]["Code"] == code


_UNSEEN = {  # what the service's own look at a file does not find; each is an error of ours
    "encrypted.mp4",
    "mp4-called.mp3",
    "shortened.wav",
    "truncated.mp4",
    "wav-called.png",
    "wrong-checksum.png",
    "bomb.png",  # refused for its pixels, before anybody asks for its sides
}
_NEVER_PLAYED = {"unknown-codec.mp4", "unknown-codec.wav"}  # not judged by us, refused by it


@pytest.mark.parametrize(
    "fixture",
    [each for each in FIXTURES if each.make is not None and each.name not in _UNSEEN | _NEVER_PLAYED],
    ids=lambda fixture: fixture.name,
)
def test_its_limits_are_the_documented_ones(fixture: Fixture) -> None:
    path = MEDIA / fixture.name
    if not path.exists():
        pytest.skip("this fixture is made when it is asked for")
    golden = json.loads((MEDIA.parent / "golden" / f"{fixture.name}.json").read_text())
    errors = [code for code, severity in fixture.expected.items() if severity == "error"]
    prevented = {code for error in errors for code in default_profile()[error].prevents}
    kind = (_first_asset(golden).get("kind") or "image").capitalize()
    if errors:
        with pytest.raises(Rejected) as refused:
            review(path.read_bytes(), kind)
        assert refused.value.code in prevented
    else:
        review(path.read_bytes(), kind)


def _first_asset(report: dict[str, Any]) -> dict[str, Any]:
    assets = report.get("assets")
    return report if assets is None else assets[0]


def test_lists_default_to_the_real_human_library_and_to_ten_the_newest_first(
    http: httpx.Client, service: ServiceAccount, media: str
) -> None:
    service.configure(list_lag=0)
    group = _group(http)
    for number in range(12):
        _asset(http, group, media + PICTURE, f"face-{number}")
    assert http.get("/asset/files").json()["TotalCount"] == 0
    assert http.get("/asset/groups").json()["TotalCount"] == 0
    assert http.get("/asset/groups", params={"group_type": "aigc"}).json()["TotalCount"] == 1
    shown = http.get("/asset/files", params={"group_id": group}).json()  # its type overrides the default
    assert (shown["TotalCount"], len(shown["Items"]), shown["PageNumber"], shown["PageSize"]) == (
        12,
        10,
        1,
        10,
    )
    times = [item["CreateTime"] for item in shown["Items"]]
    assert times == sorted(times, reverse=True)
    rest = http.get("/asset/files", params={"group_type": "aigc", "page_number": 2}).json()
    assert len(rest["Items"]) == 2
    assert {item["Name"] for item in shown["Items"] + rest["Items"]} == {f"face-{n}" for n in range(12)}


def test_pages_hold_no_more_than_the_service_gives(http: httpx.Client, service: ServiceAccount) -> None:
    service.configure(list_lag=0, max_page_size=2)
    for number in range(3):
        _group(http, f"group {number}")
    shown = http.get("/asset/groups", params={"group_type": "aigc", "page_size": 50}).json()
    assert (shown["TotalCount"], len(shown["Items"]), shown["PageSize"]) == (3, 2, 2)


def test_lists_lag_behind(http: httpx.Client, service: ServiceAccount, media: str) -> None:
    service.configure(list_lag=0.8, processing_seconds=0)
    group = _group(http)
    asset = _asset(http, group, media + PICTURE).json()["Id"]
    assert http.get("/asset/files", params={"group_id": group}).json()["TotalCount"] == 0
    _listed(http, 1, group_id=group)
    http.delete(f"/asset/files/{asset}").raise_for_status()
    assert http.get(f"/asset/files/{asset}").status_code == 404
    assert http.get("/asset/files", params={"group_id": group}).json()["TotalCount"] == 1
    _listed(http, 0, group_id=group)


def test_lists_lag_behind_a_status_too(http: httpx.Client, service: ServiceAccount, media: str) -> None:
    service.configure(list_lag=0.6, processing_seconds=0.6)
    group = _group(http)
    _settled(http, _asset(http, group, media + PICTURE).json()["Id"])
    _listed(http, 1, group_id=group, statuses="Processing")
    _listed(http, 1, group_id=group, statuses="Active,Failed")


def test_names_are_searched_fuzzily(http: httpx.Client, service: ServiceAccount) -> None:
    service.configure(list_lag=0)
    for name in ("Ada in red", "Bob in blue", "Eve"):
        _group(http, name)
    query = {"group_type": "aigc", "name": "ADA-IN"}
    assert http.get("/asset/groups", params=query).json()["TotalCount"] == 2
    service.configure(fuzzy=False)
    assert http.get("/asset/groups", params=query).json()["TotalCount"] == 0


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"Name": "x" * 65}, "Name"),
        ({"Name": "x", "Description": "x" * 301}, "Description"),
        ({"name": "x"}, "name"),
        ({}, "Name"),
        ({"Name": 7}, "Name"),
    ],
)
def test_a_group_that_is_not_as_documented_is_refused(http: httpx.Client, body: Any, param: str) -> None:
    answer = http.post("/asset/groups", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "code", "param"}
    assert error["param"] == param


@pytest.mark.parametrize(
    "changes",
    [{"AssetType": "image"}, {"URL": "file:///etc/passwd"}, {"Moderation": "Skip"}, {"GroupID": "x"}],
)
def test_an_asset_that_is_not_as_documented_is_refused(
    http: httpx.Client, service: ServiceAccount, changes: dict[str, Any]
) -> None:
    body = {"GroupId": _group(http), "URL": "https://cdn.example/a.png", "AssetType": "Image", **changes}
    assert http.post("/asset/files", json=body).status_code == 400
    assert service.state()["creates"] == 0


@pytest.mark.parametrize(
    "query", [{"group_type": "virtual"}, {"GroupType": "aigc"}, {"sort_order": "asc"}, {"page_number": "0"}]
)
def test_a_list_that_is_asked_for_otherwise_is_refused(http: httpx.Client, query: dict[str, str]) -> None:
    assert http.get("/asset/files", params=query).status_code == 400


@pytest.mark.parametrize("path", ["/asset/files/asset-1", "/asset/real-human/sessions/session-1"])
def test_what_is_not_there_is_not_found(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_moderation_may_be_skipped(http: httpx.Client, service: ServiceAccount, media: str) -> None:
    body = {
        "GroupId": _group(http),
        "URL": media + PICTURE,
        "AssetType": "Image",
        "Moderation": {"Strategy": "Skip"},
    }
    http.post("/asset/files", json=body).raise_for_status()
    assert service.assets()[0]["Moderated"] is False


def test_both_libraries_share_one_quota(http: httpx.Client, service: ServiceAccount, media: str) -> None:
    service.configure(quota=2)
    session = http.post("/asset/real-human/sessions").json()["session_id"]
    real, virtual = service.end_session(session), _group(http)
    kept = [_asset(http, group, media + PICTURE).json()["Id"] for group in (real, virtual)]
    refused = _asset(http, virtual, media + PICTURE)
    assert refused.status_code == 403
    assert "quota" in refused.json()["error"]["message"]
    http.delete(f"/asset/files/{kept[0]}").raise_for_status()
    assert _asset(http, virtual, media + PICTURE).status_code == 200


def test_creates_lists_and_gets_have_a_rate_each(http: httpx.Client, service: ServiceAccount) -> None:
    service.configure(creates_a_second=1, lists_a_second=2, gets_a_second=1)
    assert http.post("/asset/groups", json={"Name": "a"}).status_code == 200
    limited = http.post("/asset/groups", json={"Name": "b"})
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "1")
    assert [http.get("/asset/groups").status_code for _ in range(3)] == [200, 200, 429]
    assert service.state()["most_a_second"] == {"creates": 2, "lists": 3, "gets": 0}


def test_a_group_is_renamed_and_deleted_with_its_assets(
    http: httpx.Client, service: ServiceAccount, media: str
) -> None:
    group = _group(http)
    asset = _asset(http, group, media + PICTURE).json()["Id"]
    http.patch(f"/asset/groups/{group}", json={"Name": "Eve", "Description": "new"}).raise_for_status()
    (kept,) = service.state()["groups"]
    assert (kept["Name"], kept["Description"]) == ("Eve", "new")
    http.delete(f"/asset/groups/{group}").raise_for_status()
    assert http.get(f"/asset/files/{asset}").status_code == 404
    assert _asset(http, group, media + PICTURE).status_code == 404


@pytest.mark.parametrize(
    ("settings", "status", "code"),
    [
        ({"key_expired": True}, 401, "invalid_api_key"),
        ({"balance": False}, 402, "InsufficientBalance"),
        ({"advanced_rights": False}, 403, "SubscriptionRequired"),
    ],
)
def test_an_account_that_may_not(
    http: httpx.Client, service: ServiceAccount, settings: dict[str, Any], status: int, code: str
) -> None:
    service.configure(**settings)
    answer = http.post("/asset/groups", json={"Name": "a"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert service.state()["groups"] == []


@pytest.mark.parametrize("header", ["", "Bearer sk-orca-wrong", "Basic sk-orca-wrong"])
def test_nobody_comes_in_without_a_key(service: ServiceAccount, header: str) -> None:
    answer = httpx.get(f"{service.base_url}/asset/files", headers={"Authorization": header}, trust_env=False)
    assert answer.status_code == 401


def test_accounts_know_nothing_of_each_other(service: ServiceAccount, http: httpx.Client) -> None:
    service.configure(list_lag=0)
    group = _group(http)
    with _client(service.service.account(list_lag=0)) as other:
        assert other.get("/asset/groups", params={"group_type": "aigc"}).json()["TotalCount"] == 0
        assert _asset(other, group, "https://cdn.example/a.png").status_code == 404


def test_a_person_opens_the_link_and_the_browser_comes_back(
    http: httpx.Client, service: ServiceAccount
) -> None:
    started = http.post("/asset/real-human/sessions", json={"return_url": "https://me.example/back"}).json()
    assert started.keys() == {"session_id", "h5_link", "status"}
    poll = f"/asset/real-human/sessions/{started['session_id']}"
    assert http.get(poll).json()["status"] == "pending"
    assert httpx.get(started["h5_link"], trust_env=False).status_code == 200
    back = httpx.get(f"{started['h5_link']}?outcome=success", trust_env=False)
    ended = http.get(poll).json()
    assert ended["status"] == "success"
    query = httpx.URL(back.headers["Location"]).params
    assert (query["status"], query["group_id"]) == ("success", ended["group_id"])
    assert httpx.get(f"{started['h5_link']}?outcome=success", trust_env=False).status_code == 409  # once
    (group,) = service.state()["groups"]
    assert (group["Id"], group["GroupType"]) == (ended["group_id"], "real_human")


def test_a_link_and_a_session_end(http: httpx.Client, service: ServiceAccount) -> None:
    service.configure(link_seconds=0, session_seconds=0)
    started = http.post("/asset/real-human/sessions").json()
    assert httpx.get(f"{started['h5_link']}?outcome=success", trust_env=False).status_code == 410
    assert http.get(f"/asset/real-human/sessions/{started['session_id']}").json()["status"] == "failed"


@pytest.mark.parametrize(
    ("people", "status"),
    [((), "Active"), (("ada",), "Active"), (("bob",), "Failed"), (("ada", "bob"), "Failed")],
)
def test_faces_are_compared_in_a_real_human_group(
    http: httpx.Client, service: ServiceAccount, tmp_path: Path, people: tuple[str, ...], status: str
) -> None:
    (tmp_path / "face.png").write_bytes(marked((MEDIA / PICTURE).read_bytes(), *people))
    session = http.post("/asset/real-human/sessions").json()["session_id"]
    group = service.end_session(session, person="ada")
    found = _settled(http, _asset(http, group, service.serve(tmp_path) + "face.png").json()["Id"])
    assert found["Status"] == status
    assert found.get("Error", {}).get("Code") == ("FaceMismatch" if status == "Failed" else None)


def test_an_asset_may_stay_processing_or_fail_by_its_name(
    http: httpx.Client, service: ServiceAccount, media: str
) -> None:
    service.configure(stuck=["slow"], rejects={"bad": "ContentRestricted"}, processing_seconds=0)
    group = _group(http)
    slow = _asset(http, group, media + PICTURE, "slow one").json()["Id"]
    bad = _asset(http, group, media + PICTURE, "bad one").json()["Id"]
    assert _settled(http, bad)["Error"]["Code"] == "ContentRestricted"
    assert http.get(f"/asset/files/{slow}").json()["Status"] == "Processing"


def test_a_create_may_be_refused_by_its_name(http: httpx.Client, service: ServiceAccount, media: str) -> None:
    service.configure(refuses={"bad": "FormatUnsupported"})
    answer = _asset(http, _group(http), media + PICTURE, "bad one")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "FormatUnsupported")


_SEEN = {
    "drop": (False, "RemoteProtocolError"),
    "hang": (False, "ReadTimeout"),
    "delay": (True, "200"),
    "lose-answer": (True, "RemoteProtocolError"),
    "hang-after": (True, "ReadTimeout"),
    "delay-after": (True, "200"),
    "truncate": (True, "RemoteProtocolError"),
    "unreadable": (True, "200"),
    "200-error": (False, "200"),
    "400-vendor": (False, "400"),
    "502-vendor": (False, "502"),
    "403-quota": (False, "403"),
    **{status: (False, status) for status in ("401", "402", "403", "404", "429", "500", "502", "503", "504")},
    **{f"{status}-after": (True, status) for status in ("500", "502", "503", "504")},
}


def test_every_fault_is_tried() -> None:
    assert set(_SEEN) == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_shows_and_the_work_is_done_or_not(
    http: httpx.Client, service: ServiceAccount, fault: str
) -> None:
    done, shown = _SEEN[fault]
    timeout = 0.3 if fault.startswith("hang") else 10
    service.fail(fault, "create-group", seconds=0.05 if fault.startswith("delay") else 5)
    try:
        seen = str(http.post("/asset/groups", json={"Name": "a"}, timeout=timeout).status_code)
    except httpx.TransportError as error:
        seen = type(error).__name__
    assert seen == shown
    state = service.state()
    assert len(state["groups"]) == done
    assert state["faults"] == {fault: 1}
    assert http.post("/asset/groups", json={"Name": "b"}).status_code == 200  # and no other call is met


def test_a_hang_ends(http: httpx.Client, service: ServiceAccount) -> None:
    service.fail("hang", seconds=0.1)
    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/asset/groups")


def test_faults_come_every_nth_time_and_take_turns(http: httpx.Client, service: ServiceAccount) -> None:
    service.fail(["503", "429"], "list-groups", nth=3, every=True, retry_after="7")
    http.post("/asset/groups", json={"Name": "a"})  # another operation does not count
    answers = [http.get("/asset/groups") for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200, 200, 503, 200, 200, 429, 200, 200, 503]
    assert answers[5].headers["Retry-After"] == "7"
    service.heal()
    assert {http.get("/asset/groups").status_code for _ in range(3)} == {200}


@pytest.mark.parametrize("shape", ["code", "text", "json", "upstream"])
@pytest.mark.parametrize(("fault", "status"), [("200-error", 200), ("502-vendor", 502), ("400-vendor", 400)])
def test_a_vendor_error_is_wrapped(
    http: httpx.Client, service: ServiceAccount, fault: str, status: int, shape: str
) -> None:
    service.fail(fault, code="PixelCountTooSmall", message="too few", shape=shape)
    answer = http.get("/asset/groups")
    assert answer.status_code == status
    assert "PixelCountTooSmall" in answer.text
    assert "error" in answer.text.lower()


@pytest.mark.parametrize(("fault", "operation"), [("explode", "*"), ("500", "make-coffee")])
def test_an_unknown_fault_is_refused(service: ServiceAccount, fault: str, operation: str) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        service.fail(fault, operation)


def test_calls_can_be_waited_for(http: httpx.Client, service: ServiceAccount) -> None:
    http.get("/asset/groups")
    assert service.wait_for_calls(1, "list-groups") == 1
    assert service.wait_for_calls(2, wait=0.01) == 1


def test_the_process_ends_with_its_parent() -> None:
    with running_service('{"quota": 1}') as process:
        account = process.account()
        assert account.state()["creates"] == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(account.base_url, trust_env=False)
