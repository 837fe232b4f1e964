"""What tests see of the network: who was connected to, under which name, by whose certificate."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import trustme

from fixtures.catalogue import MEDIA
from tests.intake.servers import Talk, answer, serving
from validator.intake.address import PORTS, HostGuard, Resolver
from validator.intake.transport import NetworkTransport

PICTURE = (MEDIA / "image-301x400.png").read_bytes()
"""A picture that passes."""

_listening: list[list[Any]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        for heard in _listening:
            heard.append(arguments[1][:2])


sys.addaudithook(_hear)  # for the whole process, as it cannot be taken away; it hears nothing unless asked to


@contextmanager
def connections() -> Iterator[list[tuple[str, int]]]:
    """Every address and port that this process tries to connect to meanwhile, even if nothing is there."""
    heard: list[tuple[str, int]] = []
    _listening.append(heard)
    try:
        yield heard
    finally:
        _listening.remove(heard)


@contextmanager
def nobody_comes(host: str = "127.0.0.1") -> Iterator[int]:
    """The port of a server to which no connection may be made as long as this lasts."""
    with socket.create_server((host, 0)) as listener:
        listener.setblocking(False)
        yield listener.getsockname()[1]
        try:
            connection, address = listener.accept()
        except BlockingIOError:
            return
        connection.close()
        raise AssertionError(f"somebody came from {address}")


@dataclass
class Names:
    """A resolver that answers from a table: of several lists of a name, each look-up takes the next one."""

    table: dict[str, list[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        earlier = self.asked.count(host)
        self.asked.append(host)
        if host not in self.table:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        lists = self.table[host]
        return lists[min(earlier, len(lists) - 1)]


def names(**hosts: str) -> Names:
    """Every host by one address: `names(cdn="127.0.0.1")` knows `cdn.example`."""
    return Names({f"{host}.example": [[address]] for host, address in hosts.items()})


def strict(resolve: Resolver, *ports: int) -> NetworkTransport:
    """The way onto the network as it is by default, but for the look-up and for more ports."""
    return NetworkTransport(HostGuard(ports=frozenset({*PORTS, *ports}), resolve=resolve))


def lenient(resolve: Resolver, ca: trustme.CA | None = None) -> NetworkTransport:
    """A way to servers on this machine, trusting one certificate authority of our own."""
    trusting = None
    if ca is not None:
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        ca.configure_trust(trusting)
    return NetworkTransport(HostGuard(allow_private=True, resolve=resolve), ssl_context=trusting)


def certified(
    ca: trustme.CA,
    *hosts: str,
    until: datetime | None = None,
    asked_for: list[str | None] | None = None,
) -> ssl.SSLContext:
    """What a server of these hosts speaks TLS with; names that it is asked for (SNI) go to `asked_for`."""
    since = None if until is None else datetime(2020, 1, 1, tzinfo=UTC)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*hosts, not_before=since, not_after=until).configure_cert(context)
    if asked_for is not None:
        context.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    return context


def header(head: str, name: str) -> str | None:
    """A header of a request; `None` where it is not there."""
    for line in head.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return None


def redirecting(location: str, heads: list[str] | None = None) -> Talk:
    """Answers every request with a redirect."""

    def talk(connection: socket.socket, head: str) -> None:
        if heads is not None:
            heads.append(head)
        connection.sendall(answer(b"", f"Location: {location}", "Set-Cookie: who=ada", status="302 Found"))

    return talk


def showing(heads: list[str] | None = None, *headers: str) -> Talk:
    """Answers every request with the picture."""

    def talk(connection: socket.socket, head: str) -> None:
        if heads is not None:
            heads.append(head)
        connection.sendall(answer(PICTURE, "Content-Type: image/png", *headers))

    return talk


@contextmanager
def server(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server on this machine."""
    with serving(talk, tls) as url:
        yield int(url.rpartition(":")[2])
