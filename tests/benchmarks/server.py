"""A host on loopback, a process of its own, whose every answer takes a while; it counts what is taken.

    python -m tests.benchmarks.server FOLDER SECONDS

Prints its port, and serves the files of the folder, with Range and ETag, until it is killed. Bytes are
counted as the client's system acknowledged them: what lies in buffers there was transferred, read or not.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import unquote

COUNTS = "/.counts"
_ACKNOWLEDGED = slice(120, 128)  # tcpi_bytes_acked in Linux' struct tcp_info
_PIECE = 1 << 16
_HEAD_AT_MOST = 1 << 16


@dataclass(frozen=True)
class Host:
    """A server that runs, and how to ask it what was taken."""

    port: int

    def url(self, path: str) -> str:
        """Of a file, by its path in the folder."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def counts(self) -> dict[str, int]:
        """Bytes transferred and requests answered since the last time that this was asked."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", COUNTS)
        counts: dict[str, int] = json.loads(connection.getresponse().read())
        connection.close()
        return counts


@contextmanager
def serving(folder: Path, latency: float) -> Iterator[Host]:
    """Serve a folder as long as this lasts."""
    command = [sys.executable, "-m", "tests.benchmarks.server", str(folder), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Host(int(process.stdout.readline()))
        finally:
            process.kill()


class _Server:
    def __init__(self, folder: Path, latency: float) -> None:
        self._folder = folder
        self._latency = latency
        self._open: set[socket.socket] = set()
        self._bytes = 0
        self._requests = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
            listening.setblocking(False)
            print(listening.getsockname()[1], flush=True)
            while True:
                client, _ = await loop.sock_accept(listening)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(client)
                task = asyncio.ensure_future(self._serve(client))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            waiting = b""
            while True:
                while b"\r\n\r\n" not in waiting and len(waiting) < _HEAD_AT_MOST:
                    more = await loop.sock_recv(client, _PIECE)
                    if not more:
                        return
                    waiting += more
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                await self._answer(client, head.decode("latin-1"))
                if re.search(rb"^connection: *close\r?$", head, re.IGNORECASE | re.MULTILINE):
                    return  # as it was asked for
        except OSError:
            return  # the client hung up
        finally:
            if client in self._open:
                self._open.remove(client)
                self._bytes += _acknowledged(client)
            client.close()

    async def _answer(self, client: socket.socket, head: str) -> None:
        loop = asyncio.get_running_loop()
        method, path, *_ = head.split(" ", 2)
        if path == COUNTS:
            self._open.discard(client)  # what is asked about is not what asks
            counts = {"bytes": self._bytes + sum(map(_acknowledged, self._open)), "requests": self._requests}
            self._bytes = self._requests = 0
            content = json.dumps(counts).encode()
            await loop.sock_sendall(
                client, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content)
            )
            return
        self._requests += 1
        await asyncio.sleep(self._latency)
        file = self._folder / unquote(path.partition("?")[0].lstrip("/"))
        if not file.is_file():
            await loop.sock_sendall(client, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        size = file.stat().st_size
        first, last, status, ranged = 0, size - 1, "200 OK", ""
        asked = re.search(r"^range: *bytes=(\d*)-(\d*)\r?$", head, re.IGNORECASE | re.MULTILINE)
        if asked:
            if asked[1]:
                first, last = int(asked[1]), min(int(asked[2] or last), last)
            else:
                first = max(0, size - int(asked[2]))
            status, ranged = "206 Partial Content", f"Content-Range: bytes {first}-{last}/{size}\r\n"
        answer = (
            f"HTTP/1.1 {status}\r\nContent-Length: {last - first + 1}\r\n{ranged}Accept-Ranges: bytes\r\n"
            f'ETag: "{file.name}-{size}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        await loop.sock_sendall(client, answer.encode())
        if method != "HEAD":
            with file.open("rb") as content_of:
                content_of.seek(first)
                left = last - first + 1
                while left > 0:
                    piece = content_of.read(min(_PIECE, left))
                    left -= len(piece)
                    await loop.sock_sendall(client, piece)


def _acknowledged(client: socket.socket) -> int:
    if not hasattr(socket, "TCP_INFO"):
        return 0
    info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return int.from_bytes(info[_ACKNOWLEDGED], sys.byteorder)


if __name__ == "__main__":
    asyncio.run(_Server(Path(sys.argv[1]), float(sys.argv[2])).run())
