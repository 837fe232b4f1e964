"""The client against the whole service of the tests: what is lost is found, and nothing is made twice."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fixtures.catalogue import MEDIA
from tests.service.fixture import ServiceAccount
from tests.upload.driving import Clients, Clock
from validator.errors import (
    AnswerLost,
    AssetRejected,
    AuthenticationError,
    BalanceTooLow,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    ServiceError,
    ServiceUnavailable,
    WaitTimeout,
)
from validator.model import GroupKind, Kind
from validator.upload import AssetClient, RegisteredAsset, Service, explain, rejected

PICTURE = "image-301x400.png"


def connected(clients: Clients, service: ServiceAccount, **seams: Any) -> AssetClient:
    return clients.real(service.base_url, service.key, **seams)


def name(number: int = 0) -> str:
    return f"face-{number:016x}"


class Brisk(Clock):
    """The seconds that are waited for pass at once, and the service gets a moment for its work."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        time.sleep(0.02)


@pytest.fixture
def picture(service: ServiceAccount) -> str:
    return service.serve(MEDIA) + PICTURE


def test_from_a_group_to_an_active_asset_and_back(
    clients: Clients, service: ServiceAccount, picture: str
) -> None:
    service.configure(list_lag=0.0)
    client = connected(clients, service)
    group_id = client.create_group("Ada", "a face")
    group = client.group(group_id)
    assert (group.name, group.kind) == ("Ada", GroupKind.VIRTUAL)
    client.update_group(group_id, name="Ada L.")
    assert client.group(group_id).name == "Ada L."
    ensured = client.ensure_asset(group_id, picture, Kind.IMAGE, name(), look_for=None)
    assert ensured.created
    (asset,) = client.wait_until_active(ensured.asset_id)
    assert asset.is_active
    assert asset.group_id == group_id
    (listed,) = client.assets(group_id=group_id, statuses=["Active"], name="face")
    assert (listed.id, listed.name) == (asset.id, name())
    assert client.count_assets(GroupKind.VIRTUAL) == 1
    assert client.count_assets(GroupKind.REAL_HUMAN) == 0
    client.delete_asset(asset.id)
    with pytest.raises(NotFound):
        client.asset(asset.id)
    client.delete_group(group_id)
    assert list(client.groups(kind=GroupKind.VIRTUAL)) == []


def test_a_real_person_s_group_by_a_session(clients: Clients, service: ServiceAccount) -> None:
    service.configure(list_lag=0.0)
    client = connected(clients, service)
    session = client.start_session()
    assert session.status == "pending"
    assert session.link
    group_id = service.end_session(session.id)
    ended = client.wait_for_session(session.id)
    assert (ended.status, ended.group_id) == ("success", group_id)
    assert client.group(group_id).kind is GroupKind.REAL_HUMAN


@pytest.mark.parametrize(
    "fault", ["lose-answer", "500-after", "502-after", "503-after", "504-after", "unreadable", "truncate"]
)
def test_a_lost_answer_makes_no_second_asset(
    clients: Clients, service: ServiceAccount, picture: str, fault: str
) -> None:
    service.configure(list_lag=0.2)
    client = connected(clients, service)
    group_id = client.create_group("Ada")
    service.fail(fault, "create-asset")
    ensured = client.ensure_asset(group_id, picture, Kind.IMAGE, name(), look_for=None, list_lag=3.0)
    assert ensured.created
    (held,) = service.assets()
    assert held["Id"] == ensured.asset_id
    assert service.state()["calls"]["create-asset"] == 1


@pytest.mark.parametrize("fault", ["drop", "500", "502", "503", "504", "502-vendor"])
def test_a_create_that_was_never_done_is_made_up_for(
    clients: Clients, service: ServiceAccount, picture: str, fault: str
) -> None:
    service.configure(list_lag=0.0)
    client = connected(clients, service)
    group_id = client.create_group("Ada")
    service.fail(fault, "create-asset")
    ensured = client.ensure_asset(group_id, picture, Kind.IMAGE, name(), look_for=None, list_lag=0.1)
    assert [held["Id"] for held in service.assets()] == [ensured.asset_id]
    assert service.state()["calls"]["create-asset"] == 2


def test_one_that_hangs_ends_with_its_time(clients: Clients, service: ServiceAccount, picture: str) -> None:
    service.configure(list_lag=0.0)
    client = connected(clients, service, timeout=0.5)
    group_id = client.create_group("Ada")
    service.fail("hang-after", "create-asset", seconds=20)
    assert client.ensure_asset(group_id, picture, Kind.IMAGE, name(), look_for=None, list_lag=1.0).created
    assert len(service.assets()) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("401", AuthenticationError),
        ("402", BalanceTooLow),
        ("403", PermissionDenied),
        ("403-quota", QuotaExceeded),
        ("404", NotFound),
        ("429", RateLimited),
        ("500", ServiceUnavailable),
        ("502", ServiceUnavailable),
        ("503", ServiceUnavailable),
        ("504", ServiceUnavailable),
        ("drop", ServiceUnavailable),
        ("unreadable", ServiceUnavailable),
        ("truncate", ServiceUnavailable),
        ("200-error", ServiceUnavailable),
        ("502-vendor", ServiceUnavailable),
    ],
)
def test_each_fault_is_its_error(
    clients: Clients, service: ServiceAccount, fault: str, kind: type[ServiceError]
) -> None:
    service.fail(fault, "get-asset", every=True, retry_after="")
    client = connected(clients, service, random=lambda: 0.0)
    with pytest.raises(ServiceError) as error:
        client.asset("asset-1" if fault not in ("unreadable", "truncate") else _made(client, service))
    assert type(error.value) is kind
    assert service.key not in str(error.value)


def _made(client: AssetClient, service: ServiceAccount) -> str:
    service.configure(list_lag=0.0)
    return client.create_asset(client.create_group("Ada"), service.serve(MEDIA) + PICTURE, Kind.IMAGE)


@pytest.mark.parametrize("shape", ["code", "text", "json", "upstream"])
@pytest.mark.parametrize("fault", ["502-vendor", "400-vendor", "200-error"])
def test_a_vendor_s_code_is_kept_however_it_is_wrapped(
    clients: Clients, service: ServiceAccount, fault: str, shape: str, picture: str
) -> None:
    client = connected(clients, service)
    group_id = client.create_group("Ada")
    service.fail(fault, "create-asset", every=True, code="PixelCountTooSmall", shape=shape)
    with pytest.raises(AssetRejected) as error:
        client.create_asset(group_id, picture, Kind.IMAGE)
    assert error.value.code == "PixelCountTooSmall"
    assert error.value.rules == explain("PixelCountTooSmall").rules
    service.heal()
    service.fail(fault, "create-asset", every=True, code="TooTeal", shape=shape)
    with pytest.raises(ServiceError) as unknown:
        client.create_asset(group_id, picture, Kind.IMAGE)
    assert unknown.value.code == "TooTeal"


def test_a_missing_right(clients: Clients, service: ServiceAccount) -> None:
    service.configure(advanced_rights=False)
    with pytest.raises(PermissionDenied) as error:
        connected(clients, service).create_group("Ada")
    assert error.value.code == "SubscriptionRequired"


def test_the_cap(clients: Clients, service: ServiceAccount, picture: str) -> None:
    service.configure(quota=1)
    client = connected(clients, service)
    group_id = client.create_group("Ada")
    client.create_asset(group_id, picture, Kind.IMAGE)
    with pytest.raises(QuotaExceeded):
        client.create_asset(group_id, picture, Kind.IMAGE)


def test_a_key_that_ends(clients: Clients, service: ServiceAccount) -> None:
    client = connected(clients, service)
    client.create_group("Ada")
    service.configure(key_expired=True)
    with pytest.raises(AuthenticationError):
        client.create_group("Ada")


def test_a_rejection_comes_back_explained(clients: Clients, service: ServiceAccount) -> None:
    client = connected(clients, service)
    group_id = client.create_group("Ada")
    url = service.serve(MEDIA)
    wrong = {"image-299x400.png": Kind.IMAGE, "audio-15.01s.wav": Kind.AUDIO, "not-there.png": Kind.IMAGE}
    ids = [client.create_asset(group_id, url + file, kind) for file, kind in wrong.items()]
    errors = [rejected(asset) for asset in client.wait_until_active(ids)]
    assert [error.code for error in errors] == ["WidthTooSmall", "DurationTooLong", "DownloadFailed"]
    assert errors[0].rules[0] == "IMG003"
    assert errors[1].rules[0].startswith("AUD")
    assert [error.asset_id for error in errors] == ids


def test_what_never_settles_is_a_time_out_with_its_id(
    clients: Clients, service: ServiceAccount, picture: str
) -> None:
    service.configure(stuck=["stuck"])
    client = connected(clients, service)
    group_id = client.create_group("Ada")
    stuck = client.create_asset(group_id, picture, Kind.IMAGE, name="stuck")
    fine = client.create_asset(group_id, picture, Kind.IMAGE, name="fine")
    seen: list[RegisteredAsset] = []
    with pytest.raises(WaitTimeout) as error:
        client.wait_until_active([stuck, fine], timeout=1.6, on_change=seen.append)
    assert error.value.asset_ids == (stuck,)
    assert (fine, "Active") in [(asset.id, asset.status) for asset in seen]
    service.configure(stuck=[])
    assert client.wait_until_active(stuck)[0].is_active


def test_every_page_of_a_service_that_caps_them(
    clients: Clients, service: ServiceAccount, picture: str
) -> None:
    service.configure(max_page_size=7, list_lag=0.0, creates_a_second=1000)
    client = connected(clients, service)
    group_id = client.create_group("Ada")
    made = [client.create_asset(group_id, picture, Kind.IMAGE, name=name(each)) for each in range(15)]
    assert {asset.id for asset in client.assets(group_id=group_id)} == set(made)
    assert client.count_assets(GroupKind.VIRTUAL) == 15


def test_the_rate_limits_are_never_met(clients: Clients, service: ServiceAccount) -> None:
    service.configure(quota=1000)
    client = connected(clients, service)
    for number in range(45):
        client.create_group(f"Ada {number}")
    state = service.state()
    assert state["most_a_second"]["creates"] <= 30
    assert state["statuses"] == {"200": 45}


def test_threads_of_one_client_share_its_pace(service: ServiceAccount) -> None:
    service.configure(quota=1000)
    told = threading.Lock()
    made: list[str] = []
    with AssetClient(service.key, service=Service(service.base_url)) as client, ThreadPoolExecutor(6) as pool:

        def make(number: int) -> None:
            group_id = client.create_group(f"Ada {number}")
            with told:
                made.append(group_id)

        list(pool.map(make, range(45)))
    assert len(set(made)) == 45
    # What was sent evenly may come in a bunch; without a pace, a third would be refused.
    assert service.state()["statuses"].get("429", 0) <= 5


@pytest.mark.parametrize(
    ("file", "said"), [(PICTURE, "asset://asset-"), ("image-299x400.png", "WidthTooSmall")]
)
def test_the_readme_s_example_runs(
    service: ServiceAccount, capsys: pytest.CaptureFixture[str], file: str, said: str
) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    example = next(block for block in blocks if "AssetClient" in block)
    example = example.replace("read_key(os.environ)", repr(service.key))
    example = example.replace("Service())", f"Service({service.base_url!r}), clock=clock, sleep=clock.sleep)")
    example = example.replace("https://cdn.example.com/face.png", service.serve(MEDIA) + file)
    exec(compile(example, "README.md", "exec"), {"clock": Brisk()})  # noqa: S102 - our own text
    assert capsys.readouterr().out.startswith(said)


def test_a_lost_group_is_told_of(clients: Clients, service: ServiceAccount) -> None:
    service.fail("lose-answer", "create-group")
    with pytest.raises(AnswerLost):
        connected(clients, service).create_group("Ada")
    assert len(service.state()["groups"]) == 1
