"""Real HTTP servers on loopback that say exactly what a test tells them to, byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket, str], None]
"""What a server does with one connection, once the request's head was read."""


@contextmanager
def serving(talk: Talk) -> Iterator[str]:
    """A server that treats every connection the same way; yields its address, without a slash."""
    listener = socket.create_server(("127.0.0.1", 0))
    workers: list[threading.Thread] = []

    def converse(connection: socket.socket) -> None:
        # A client that hangs up in the middle is what some tests are about.
        with connection, suppress(OSError):
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
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
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
