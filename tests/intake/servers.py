"""Real HTTP servers on loopback that say exactly what a test tells them to, byte by byte."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress

Talk = Callable[[socket.socket, str], None]
"""What a server does with one connection, once the request's head was read."""


@contextmanager
def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that treats every connection the same way; yields its address, without a slash."""
    listener = socket.create_server(("127.0.0.1", 0))
    workers: list[threading.Thread] = []

    def converse(plain: socket.socket) -> None:
        # A client that hangs up in the middle is what some tests are about.
        with (
            plain,
            suppress(OSError),
            nullcontext(plain) if tls is None else tls.wrap_socket(plain, server_side=True) as connection,
        ):
            head = b""
            while b"\r\n\r\n" not in head:
                data = connection.recv(4096)
                if not data:
                    return
                head += data
            talk(connection, head.decode("latin-1"))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                worker = threading.Thread(target=converse, args=(connection,), daemon=True)
                worker.start()
                workers.append(worker)

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        scheme = "http" if tls is None else "https"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(5)
        for worker in workers:
            worker.join(5)


def saying(*pieces: bytes) -> Talk:
    """Send these pieces, one behind the other, and hang up."""

    def talk(connection: socket.socket, _: str) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return talk


def saying_nothing(connection: socket.socket, _: str) -> None:
    """Wait for the client to hang up."""
    connection.recv(1)


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer; `length` is announced in place of the true one, and none at all if negative."""
    announced = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *headers]
    if announced >= 0:
        lines.append(f"Content-Length: {announced}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def ranging(body: bytes, *headers: str) -> Talk:
    """A host as it should be: it gives the file, or the part that is asked for."""

    def talk(connection: socket.socket, head: str) -> None:
        asked = asked_range(head)
        if asked is None:
            connection.sendall(answer(body, *headers))
            return
        start, end = asked
        part = f"Content-Range: bytes {start}-{end}/{len(body)}"
        connection.sendall(answer(body[start : end + 1], part, *headers, status="206 Partial Content"))

    return talk


def asked_range(head: str) -> tuple[int, int] | None:
    """The first and the last byte that a request asks for, if it asks for a part."""
    found = re.search(r"\r\nrange: bytes=(\d+)-(\d+)\r\n", head, re.IGNORECASE)
    return (int(found[1]), int(found[2])) if found else None


def second(talk: Talk, otherwise: Talk) -> Talk:
    """Treat requests for a part of the file in one way, and all others in another."""

    def either(connection: socket.socket, head: str) -> None:
        (otherwise if asked_range(head) is None else talk)(connection, head)

    return either


def in_turn(*talks: Talk) -> Talk:
    """Treat each connection by the next of these, and those after the last by the last."""
    left = list(talks)

    def talk(connection: socket.socket, head: str) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection, head)

    return talk


def remembering(heads: list[str], talk: Talk) -> Talk:
    """The same, and the head of each request is kept."""

    def kept(connection: socket.socket, head: str) -> None:
        heads.append(head)
        talk(connection, head)

    return kept
