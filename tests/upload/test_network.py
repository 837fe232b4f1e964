"""The client's way onto the network: encrypted, to whom is trusted, and no longer than its time."""

from __future__ import annotations

import ssl

import httpcore
import httpx
import pytest
import trustme

from tests.intake.servers import saying, serving
from tests.upload.driving import KEY, Clients, Clock, item, says
from validator.errors import ServiceUnavailable
from validator.upload import OPERATIONS, AssetClient, Service
from validator.upload.exchange import Send
from validator.upload.network import NetworkTransport
from validator.upload.wire import no_reply


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_encrypted_to_whom_is_trusted(authority: trustme.CA) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with serving(saying(says(item())), server_side(authority)) as url:
        transport = NetworkTransport(2.0, context)
        with AssetClient(KEY, service=Service(url), transport=transport) as client:
            assert client.asset("asset-1").id == "asset-1"


def test_a_stranger_is_not_told_the_key_nor_asked_again(
    authority: trustme.CA, clients: Clients, clock: Clock
) -> None:
    with serving(saying(says(item())), server_side(authority)) as url:
        with pytest.raises(ServiceUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            clients(url).asset("asset-1")
        assert clock.slept == []


def test_what_is_over_is_over() -> None:
    with NetworkTransport(2.0) as transport:
        transport._end.moment = 0.0  # noqa: SLF001 - the moment that a drip reaches
        with pytest.raises(httpcore.ReadTimeout):
            transport._end.within(None, httpcore.ReadTimeout)  # noqa: SLF001


SENT = Send(OPERATIONS["list-groups"], "https://library.example/v1/asset/groups?name=QZQ", timeout=5)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            httpx.ConnectError("[Errno -2] Name or service not known"),
            "(Name or service not known); see whether",
        ),
        (httpx.ConnectError(""), "(ConnectError); see whether"),
        (httpx.ConnectTimeout("timed out"), "(none within 5 s); see whether"),
        (
            httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] no"),
            "[SSL: WRONG_VERSION_NUMBER] no); see whether",
        ),
        (httpx.ReadTimeout(""), "nothing came within 5 s from library.example"),
        (httpx.ReadError("[Errno 104] Connection reset by peer"), "(Connection reset by peer)"),
    ],
)
def test_without_an_answer_the_host_is_named_and_no_number(error: httpx.HTTPError, said: str) -> None:
    reply = no_reply(error, SENT)
    assert said in reply.reason
    assert "library.example" in reply.reason
    assert "Errno" not in reply.reason
    assert "QZQ" not in reply.reason
    assert reply.sent is not reply.reason.startswith("no connection to library.example (")
    assert ("base-url in [service]" in reply.reason) is not reply.sent


def test_of_proxies_it_is_said_that_none_is_used() -> None:
    assert "proxies" in no_reply(httpx.ConnectError("refused"), SENT).reason
