"""Rows 77 to 82: what only an upload meets. The asset library is a server of its own here: tests/service."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from fixtures.catalogue import MEDIA
from tests.service.fixture import ServiceAccount
from validator.errors import (
    AnswerLost,
    AssetRejected,
    AuthenticationError,
    QuotaExceeded,
    RequestRefused,
    ServiceError,
    WaitTimeout,
)
from validator.model import Kind
from validator.upload import AssetClient, Service, rejected

PICTURE = "image-301x400.png"
NAME = "ada-0123456789abcdef"

# Those that the service is known to use, each with one of the ways in which gateways wrap it.
CODES = (
    *("DownloadFailed", "TypeMismatch", "FormatUnsupported", "FormatUndetectable", "DurationTooShort"),
    *("DurationTooLong", "WidthTooSmall", "WidthTooLarge", "HeightTooSmall", "HeightTooLarge"),
    *("AspectRatioTooSmall", "AspectRatioTooLarge", "FileSizeTooLarge", "PixelCountTooSmall"),
    *("PixelCountTooLarge", "FpsTooLow", "FpsTooHigh", "AudioTrackRequired", "AudioTrackForbidden"),
    *("TranscodingFailed", "FaceMismatch", "ContentRestricted", "InputTextSensitiveContentDetected"),
    *("InputImageSensitiveContentDetected", "InputVideoSensitiveContentDetected"),
    "InputAudioSensitiveContentDetected",
)
SHAPES = ("code", "text", "json", "upstream")

NewClient = Callable[..., AssetClient]


@pytest.fixture
def new_client(service: ServiceAccount) -> Iterator[NewClient]:
    """Makes clients that wait no longer than a test can bear."""
    made: list[AssetClient] = []
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which is quicker than to load whom to trust

    def new(**seams: Any) -> AssetClient:
        transport = httpx.HTTPTransport(verify=nobody, trust_env=False)
        quick = {"random": lambda: 0.0, "timeout": 5.0, "transport": transport, **seams}
        made.append(AssetClient(service.key, service=Service(service.base_url), **quick))
        return made[-1]

    yield new
    for client in made:
        client.close()


@pytest.fixture
def client(new_client: NewClient) -> AssetClient:
    return new_client()


@pytest.fixture
def group(client: AssetClient) -> str:
    return client.create_group("Ada")


@pytest.fixture
def url(service: ServiceAccount) -> str:
    return service.serve(MEDIA) + PICTURE


@pytest.mark.parametrize("fault", ["200-error", "502-vendor", "400-vendor"])
@pytest.mark.parametrize("code", CODES)
def test_row_77_a_vendor_error_keeps_its_code(
    service: ServiceAccount, client: AssetClient, group: str, url: str, code: str, fault: str
) -> None:
    service.fail(fault, "create-asset", code=code, shape=SHAPES[CODES.index(code) % len(SHAPES)])
    with pytest.raises(AssetRejected) as refused:
        client.create_asset(group, url, Kind.IMAGE)
    assert refused.value.code == code
    assert refused.value.rules or refused.value.why
    assert service.state()["calls"]["create-asset"] == 1  # an answer that is certain is not asked for again


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fault", ["200-error", "502-vendor", "400-vendor"])
def test_row_77_however_it_is_wrapped(
    service: ServiceAccount, client: AssetClient, group: str, url: str, fault: str, shape: str
) -> None:
    service.fail(fault, "create-asset", code="PixelCountTooSmall", message="360x640 is few", shape=shape)
    with pytest.raises(AssetRejected, match="360x640 is few") as refused:
        client.create_asset(group, url, Kind.VIDEO)
    assert (refused.value.code, refused.value.rules) == ("PixelCountTooSmall", ("VID005",))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fault", ["200-error", "502-vendor"])
def test_row_77_in_a_list_too(service: ServiceAccount, client: AssetClient, fault: str, shape: str) -> None:
    service.fail(fault, "list-assets", code="ContentRestricted", shape=shape)
    with pytest.raises(RequestRefused) as refused:
        list(client.assets(group_id=client.create_group("Ada")))
    assert refused.value.code == "ContentRestricted"


@pytest.mark.parametrize(
    ("code", "error"), [("invalid_api_key", AuthenticationError), ("QuotaExceeded", QuotaExceeded)]
)
def test_row_77_an_error_of_the_account_inside_a_200_is_its_own_error(
    service: ServiceAccount, client: AssetClient, group: str, code: str, error: type[Exception]
) -> None:
    service.fail("200-error", "create-asset", code=code)
    with pytest.raises(error):
        client.create_asset(group, "https://cdn.example/a.png", Kind.IMAGE)
    assert service.state()["creates"] == 0


def test_row_77_a_vendor_that_is_out_of_order_has_rejected_nothing(
    service: ServiceAccount, client: AssetClient, group: str, url: str
) -> None:
    service.fail("502-vendor", "create-asset", code="InternalError")
    found = client.ensure_asset(group, url, Kind.IMAGE, NAME, look_for=None, list_lag=0.5)
    assert [asset["Id"] for asset in service.assets()] == [found.asset_id]


DONE = (
    *("lose-answer", "truncate", "unreadable", "hang-after"),
    *("500-after", "502-after", "503-after", "504-after"),
)
NOT_DONE = ("drop", "hang", "429", "500", "502", "503", "504", "502-vendor")


@pytest.mark.parametrize("fault", [*DONE, *NOT_DONE])
def test_row_78_a_create_without_an_answer_makes_one_asset(
    service: ServiceAccount, new_client: NewClient, group: str, url: str, fault: str
) -> None:
    service.fail(fault, "create-asset")
    client = new_client(timeout=0.8 if "hang" in fault else 5.0)
    found = client.ensure_asset(group, url, Kind.IMAGE, NAME, look_for=None, list_lag=0.5)
    assert found.created
    assert [asset["Id"] for asset in service.assets()] == [found.asset_id]
    state = service.state()
    assert state["creates"] == 1
    assert state["calls"]["create-asset"] == (1 if fault in DONE else 2)


@pytest.mark.parametrize("fault", [fault for fault in DONE if fault != "hang-after"])
def test_row_78_a_create_by_itself_says_that_its_answer_is_lost(
    service: ServiceAccount, client: AssetClient, group: str, url: str, fault: str
) -> None:
    service.fail(fault, "create-asset")
    with pytest.raises(AnswerLost):
        client.create_asset(group, url, Kind.IMAGE)
    assert service.state()["calls"]["create-asset"] == 1


@pytest.mark.parametrize("fault", ["drop", "500", "503", "hang"])
def test_row_78_the_look_for_it_fails_too(
    service: ServiceAccount, new_client: NewClient, group: str, url: str, fault: str
) -> None:
    service.fail("lose-answer", "create-asset")
    service.fail(fault, "list-assets")
    found = new_client(timeout=0.4).ensure_asset(group, url, Kind.IMAGE, NAME, look_for=None, list_lag=0.5)
    assert [asset["Id"] for asset in service.assets()] == [found.asset_id]


def test_row_78_no_list_can_be_had_so_nothing_is_made_again(
    service: ServiceAccount, new_client: NewClient, group: str, url: str
) -> None:
    service.fail("lose-answer", "create-asset")
    service.fail("503", "list-assets", every=True)
    hasty = new_client(sleep=lambda _: None)
    with pytest.raises(AnswerLost):
        hasty.ensure_asset(group, url, Kind.IMAGE, NAME, look_for=None, list_lag=0.5)
    service.heal()
    found = new_client().ensure_asset(group, url, Kind.IMAGE, NAME, look_for=1.0, list_lag=0.5)
    assert not found.created
    assert service.state()["creates"] == 1


def test_row_78_the_lists_come_late(
    service: ServiceAccount, client: AssetClient, group: str, url: str
) -> None:
    service.configure(list_lag=1.0)
    service.fail("lose-answer", "create-asset")
    found = client.ensure_asset(group, url, Kind.IMAGE, NAME, look_for=None, list_lag=2.0)
    assert [asset["Id"] for asset in service.assets()] == [found.asset_id]


def test_row_78_the_create_goes_on_when_the_client_is_gone(
    service: ServiceAccount, new_client: NewClient, group: str, url: str
) -> None:
    service.configure(create_seconds=0.9)
    client = new_client(timeout=0.3)
    found = client.ensure_asset(group, url, Kind.IMAGE, NAME, look_for=None, list_lag=2.0)
    assert [asset["Id"] for asset in service.assets()] == [found.asset_id]


def test_row_78_others_of_almost_that_name_are_not_it(
    service: ServiceAccount, client: AssetClient, group: str, url: str
) -> None:
    service.configure(max_page_size=3, list_lag=0, processing_seconds=0)
    others = {
        client.create_asset(group, url, Kind.IMAGE, name=name)
        for name in (f"ada-{number:016x}" for number in range(8))
    }
    elsewhere = client.create_asset(client.create_group("Eve"), url, Kind.IMAGE, name=NAME)
    service.fail("lose-answer", "create-asset")
    found = client.ensure_asset(group, url, Kind.IMAGE, NAME, look_for=None, list_lag=0.5)
    assert found.asset_id not in {*others, elsewhere}
    assert service.state()["creates"] == 10


def test_row_78_it_was_deleted_and_lists_still_name_it(
    service: ServiceAccount, client: AssetClient, group: str, url: str
) -> None:
    service.configure(list_lag=0)
    before = client.create_asset(group, url, Kind.IMAGE, name=NAME)
    service.configure(list_lag=5)
    client.delete_asset(before)
    found = client.ensure_asset(group, url, Kind.IMAGE, NAME, look_for=0, list_lag=0.5)
    assert found.created
    assert [asset["Id"] for asset in service.assets()] == [found.asset_id]


def test_row_79_polling_that_never_ends_is_a_time_out_with_the_asset_ids(
    service: ServiceAccount, client: AssetClient, group: str, url: str
) -> None:
    service.configure(stuck=["slow"], processing_seconds=0)
    quick = client.create_asset(group, url, Kind.IMAGE, name="quick")
    slow = client.create_asset(group, url, Kind.IMAGE, name="slow")
    before = time.monotonic()
    with pytest.raises(WaitTimeout, match=slow) as late:
        client.wait_until_active([quick, slow], timeout=1.0)
    assert time.monotonic() - before < 5
    assert (late.value.asset_id, late.value.asset_ids) == (slow, (slow,))
    service.configure(stuck=[])
    assert [asset.is_active for asset in client.wait_until_active([quick, slow], timeout=20)] == [True, True]


@pytest.mark.parametrize("fault", ["drop", "503", "unreadable", "truncate"])
def test_row_79_no_answer_at_all_is_a_time_out_too(
    service: ServiceAccount, new_client: NewClient, group: str, url: str, fault: str
) -> None:
    client = new_client()
    asset = client.create_asset(group, url, Kind.IMAGE)
    service.fail(fault, "get-asset", every=True)
    before = time.monotonic()
    with pytest.raises(WaitTimeout) as late:
        client.wait_until_active(asset, timeout=0.8)
    assert time.monotonic() - before < 8
    assert late.value.asset_id == asset


def test_row_79_an_answer_that_never_comes_ends_with_the_time(
    service: ServiceAccount, new_client: NewClient, group: str, url: str
) -> None:
    client = new_client(timeout=60.0)
    asset = client.create_asset(group, url, Kind.IMAGE)
    service.fail("hang", "get-asset", every=True, seconds=30)
    before = time.monotonic()
    with pytest.raises(WaitTimeout):
        client.wait_until_active(asset, timeout=0.5)
    assert time.monotonic() - before < 8  # 0.5 s, and 5 s that the last look may take


def test_row_79_polls_that_fail_now_and_then_end_nothing(
    service: ServiceAccount, new_client: NewClient, group: str, url: str
) -> None:
    client = new_client(sleep=lambda seconds: time.sleep(seconds / 10))
    asset = client.create_asset(group, url, Kind.IMAGE)
    service.fail(["drop", "503", "429", "unreadable"], "get-asset", nth=2, every=True, retry_after="0")
    (found,) = client.wait_until_active(asset, timeout=20)
    assert found.is_active


SIGNATURE = "X-Amz-Signature=0123456789abcdef0123456789abcdef"


SAYING = ("200-error", "400-vendor", "502-vendor", "500", "503-after", "401", "402", "403", "404")
SILENT = ("unreadable", "truncate", "lose-answer")  # of which no word is repeated, or none comes


@pytest.mark.parametrize("fault", [*SAYING, *SILENT])
@pytest.mark.parametrize("link", ["https://cdn.example/a?", "GET /a?", "cdn.example/a?b=1&"])
def test_row_82_an_error_tells_neither_the_key_nor_a_signature(
    service: ServiceAccount, client: AssetClient, group: str, url: str, fault: str, link: str
) -> None:
    message = f"see 4711: no such key: {service.key}, or Bearer {service.key}, for {link}{SIGNATURE}"
    service.fail(fault, "create-asset", code="FpsTooLow", message=message)
    with pytest.raises(ServiceError) as failed:
        client.create_asset(group, f"{url}?{SIGNATURE}", Kind.IMAGE)
    told = _told(failed.value)
    assert ("see 4711" in told) == (fault in SAYING)
    assert service.key not in told
    assert SIGNATURE not in told


@pytest.mark.parametrize("link", ["https://cdn.example/a?", "GET /a?", "cdn.example/a?b=1&"])
def test_row_82_a_failed_asset_tells_neither(
    service: ServiceAccount, client: AssetClient, group: str, url: str, link: str
) -> None:
    message = f"see 4711: {service.key}, or Bearer {service.key}, for {link}{SIGNATURE}"
    service.configure(rejects={"ada": "DownloadFailed"}, reject_message=message)
    asset_id = client.create_asset(group, url, Kind.IMAGE, name=NAME)
    (waited,) = client.wait_until_active(asset_id)
    for asset in (waited, client.asset(asset_id)):
        told = f"{asset!r} {asset.failure} {asset.extra}" + _told(rejected(asset))
        assert "see 4711" in told
        assert service.key not in told
        assert SIGNATURE not in told


def _told(error: BaseException | None) -> str:
    """All that an exception and those behind it say of themselves."""
    said = []
    while error is not None:
        said += [str(error), repr(error), repr(error.args), repr(vars(error))]
        request = getattr(error, "request", None) if isinstance(error, httpx.HTTPError) else None
        said.append(repr(request))
        error = error.__cause__ or error.__context__
    return "\n".join(said)


def test_row_82_a_client_does_not_show_its_key(service: ServiceAccount, client: AssetClient) -> None:
    shown = [repr(client), str(client), repr(vars(client)) if hasattr(client, "__dict__") else ""]
    assert service.key not in "\n".join(shown)
