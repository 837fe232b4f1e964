"""The worker's end of what the program sends: bytes, and open files that come with them."""

from __future__ import annotations

import array
import os
import socket

FILES_AT_MOST = 64
"""Open files that may come with one request."""


def can_send_files() -> bool:
    """Whether this system can hand an open file to another process (`SCM_RIGHTS` on Unix sockets)."""
    return hasattr(socket, "send_fds") and hasattr(socket, "AF_UNIX")


class Inbox:
    """Reads from a Unix socket, which it then owns; what came with the bytes is kept until it is taken.

    >>> ours, theirs = socket.socketpair()
    >>> with Inbox(theirs.detach()) as inbox, ours:
    ...     _ = socket.send_fds(ours, [b"file:"], [0])
    ...     inbox.read(5), len(files := inbox.taken())
    (b'file:', 1)
    >>> os.close(files[0])
    """

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._files: list[int] = []

    def __enter__(self) -> Inbox:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.taken():
            os.close(file)
        self._socket.close()

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, or fewer where the program hung up."""
        content = bytearray(size)
        view = memoryview(content)
        done = 0
        while done < size:
            count = self._received(view[done:])
            if not count:
                break
            done += count
        return bytes(view[:done])

    def taken(self) -> tuple[int, ...]:
        """The descriptors that came since the last time; they belong to the caller."""
        files, self._files = tuple(self._files), []
        return files

    def _received(self, view: memoryview) -> int:
        # Not recv_into: that would throw away what comes with the bytes.
        room = socket.CMSG_LEN(FILES_AT_MOST * array.array("i").itemsize)
        count, extras, _, _ = self._socket.recvmsg_into([view], room)
        for level, kind, data in extras:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                files = array.array("i")
                files.frombytes(data[: len(data) - len(data) % files.itemsize])
                self._files.extend(files)
        return count
