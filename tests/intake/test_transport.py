"""The way onto the network: to the addresses that were checked, one connection a request."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from contextlib import closing
from typing import NoReturn

import httpcore
import httpx
import pytest

from tests.hostile.network import Names, connections, lenient, names, nobody_comes, server, showing, strict
from tests.intake.servers import answer, saying, saying_nothing
from validator.intake.address import AddressRefused, Checked, HostGuard
from validator.intake.answer import network_problem
from validator.intake.transport import NetworkTransport

TIMES = {"connect": 0.5, "read": 0.5, "write": 0.5}


def ask(transport: NetworkTransport, url: str, **headers: str) -> bytes:
    request = httpx.Request("GET", url, headers=headers, extensions={"timeout": TIMES})
    with closing(transport.handle_request(request)) as response:
        return response.read()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def test_by_default_nothing_but_public_hosts_is_reached() -> None:
    transport = NetworkTransport()
    assert transport.guard == HostGuard()
    with nobody_comes() as port, pytest.raises(AddressRefused):
        ask(transport, f"http://127.0.0.1:{port}/")
    with connections() as tried, pytest.raises(AddressRefused):
        ask(transport, "http://127.0.0.1/")
    assert tried == []
    transport.close()


def test_each_address_is_tried_in_turn() -> None:
    with server(saying(answer(b"here"))) as port, connections() as tried:
        resolve = Names({"a.example": [["127.0.0.9", "127.0.0.8", "127.0.0.1"]]})
        assert ask(lenient(resolve), f"http://a.example:{port}/") == b"here"
    assert tried == [("127.0.0.9", port), ("127.0.0.8", port), ("127.0.0.1", port)]
    assert resolve.asked == ["a.example"]


def test_where_none_answers_the_last_error_is_told(free_port: int) -> None:
    resolve = Names({"a.example": [["127.0.0.9", "127.0.0.1"]]})
    with pytest.raises(httpx.ConnectError, match="refused"):
        ask(lenient(resolve), f"http://a.example:{free_port}/")


def test_one_that_does_not_answer_leaves_time_for_the_next() -> None:
    # A queue of connections that is full: whoever comes next hears nothing.
    with socket.create_server(("127.0.0.2", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.2", port))
        with socket.create_server(("127.0.0.1", port)):
            resolve = Names({"a.example": [["127.0.0.2", "127.0.0.1"]]})
            with connections() as tried, pytest.raises(httpx.ReadTimeout):
                ask(lenient(resolve), f"http://a.example:{port}/")
        for each in waiting:
            each.close()
    assert tried == [("127.0.0.2", port), ("127.0.0.1", port)]


def test_a_name_without_an_address_says_why() -> None:
    with pytest.raises(httpx.ConnectError, match="not known") as error:
        ask(lenient(names()), "http://a.example/")
    facts = network_problem(error.value, TIMES).facts
    assert facts == {"reach": "dns-failure", "reach_detail": "Name or service not known"}


def test_a_machine_that_is_short_of_something_says_nothing_of_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def short(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket, "socket", short)
    looking_up = NetworkTransport(HostGuard(allow_private=True, resolve=short))
    for transport, url in ((looking_up, "http://a.example/"), (lenient(names()), "http://127.0.0.1/")):
        with pytest.raises(httpx.ConnectError) as error:
            ask(transport, url)
        end = network_problem(error.value, TIMES)
        assert not end.facts
        assert end.unmeasured["reach"] == "this machine could make no connection (Too many open files)"
        assert end.again is not None


def test_a_name_is_looked_up_once_and_judged_whatever_it_means_later() -> None:
    resolve = Names({"a.example": [["127.0.0.1"], ["169.254.169.254"]]})
    transport = lenient(resolve)
    with server(saying(answer(b"here"))) as port:
        assert ask(transport, f"http://a.example:{port}/") == b"here"
        with connections() as tried, pytest.raises(AddressRefused, match="metadata"):
            ask(transport, f"http://a.example:{port}/")
    assert tried == []


def test_no_connection_is_kept_even_if_both_sides_would_keep_it() -> None:
    transport = lenient(names(a="127.0.0.1"))
    with server(showing(None, "Connection: keep-alive")) as port, connections() as tried:
        for _ in range(3):
            ask(transport, f"http://a.example:{port}/", Connection="keep-alive")
    assert len(tried) == 3
    transport.close()


def test_a_broken_resolver_is_heard_of() -> None:
    def broken(_host: str, _port: int) -> Sequence[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(strict(broken), "http://a.example/")


def test_a_socket_of_this_machine_is_never_reached() -> None:
    transport = NetworkTransport()
    backend = transport._pool._network_backend  # noqa: SLF001 - no URL leads here
    with pytest.raises(httpcore.ConnectError):
        backend.connect_unix_socket("/var/run/docker.sock")


def test_a_connection_knows_what_was_checked() -> None:
    seen: list[object] = []

    def trace(event: str, info: dict[str, httpcore.NetworkStream]) -> None:
        if event == "connection.connect_tcp.complete":
            seen.append(info["return_value"].get_extra_info("checked"))

    with server(saying_nothing) as port:
        request = httpx.Request(
            "GET", f"http://a.example:{port}/", extensions={"timeout": TIMES | {"read": 0.05}, "trace": trace}
        )
        with pytest.raises(httpx.ReadTimeout):
            lenient(names(a="127.0.0.1")).handle_request(request)
    assert seen == [Checked(("127.0.0.1",), "a.example → 127.0.0.1, loopback (RFC 1122)")]
