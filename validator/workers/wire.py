"""What goes through the pipes between the program and a worker: frames of a kind and a length."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Sequence
from typing import Protocol

READY, ANSWER, RAISED, MEMORY, REQUEST = b"R", b"A", b"X", b"M", b"Q"
"""Kinds of frames: the worker has started; an answer; an exception, in words; no memory left; a request."""

GREETING = b"\0validator worker\0"
"""The first that a worker says. What a start-up file of the environment printed before is skipped."""

_NOISE_AT_MOST = 1 << 20
_HEADER = struct.Struct(">cQ")


class BrokenWireError(Exception):
    """The pipe ended early, or what came through it is no frame."""


class Stream(Protocol):
    """What frames are read from."""

    def read(self, size: int, /) -> bytes:
        """As many bytes, or fewer at the end."""


def send(pipe: int, kind: bytes, *parts: bytes | memoryview, files: Sequence[int] = ()) -> None:
    """Write one frame, whose content is all parts in a row, without copying them.

    The open `files` (descriptors) go with it, which only a Unix socket can carry.

    Raises:
        OSError: nobody reads the pipe any more.
    """
    views = [memoryview(part).cast("B") for part in parts]
    header = _HEADER.pack(kind, sum(view.nbytes for view in views))
    if files:
        with socket.socket(fileno=os.dup(pipe)) as carrier:
            carrier.setblocking(True)  # whatever socket.setdefaulttimeout() says: the pipe is the same
            socket.send_fds(carrier, [header[:1]], files)
        header = header[1:]
    for view in (memoryview(header), *views):
        written = 0
        while written < view.nbytes:
            written += os.write(pipe, view[written:])


def receive(stream: Stream, limit: int | None = None) -> tuple[bytes, bytes]:
    """Read one frame: its kind and its content.

    Raises:
        BrokenWireError: the stream ended early, or the content is longer than `limit` bytes.
        EOFError: the stream ended before the frame began.
    """
    header = stream.read(_HEADER.size)
    if not header:
        raise EOFError("the pipe was closed")
    if len(header) < _HEADER.size:
        raise BrokenWireError("the pipe ended within a header")
    kind, length = _HEADER.unpack(header)
    if limit is not None and length > limit:
        raise BrokenWireError(f"the answer is longer than {limit} bytes")
    content = stream.read(length)  # for a large one, the stream reads straight into what it returns
    if len(content) < length:
        raise BrokenWireError("the pipe ended within a frame")
    return kind, content


def skip_to_greeting(stream: Stream) -> None:
    """Read up to the end of the greeting.

    Raises:
        BrokenWireError: something else was said, at great length.
        EOFError: the stream ended before.
    """
    heard = b""
    for _ in range(_NOISE_AT_MOST):
        byte = stream.read(1)
        if not byte:
            raise EOFError("the pipe was closed")
        heard = (heard + byte)[-len(GREETING) :]
        if heard == GREETING:
            return
    raise BrokenWireError("something other than a worker answered")
