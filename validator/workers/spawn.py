"""Starts the process of a worker: all that can be done before it is known what it will be asked."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import IO, cast

from validator.workers import interpreter
from validator.workers.error import WorkerError
from validator.workers.inbox import can_send_files

Requests = socket.socket | io.FileIO
"""Where the requests to a worker are written."""

Started = tuple[subprocess.Popen[bytes], Requests]
"""A worker's process, and where its requests are written."""

_GOODBYE = 1.0  # seconds, for a process that was killed
_PIPE = 1 << 20  # bytes: fewer changes between the two processes than with the usual 64 KiB


class Spawned:
    """A worker's process that nobody has told yet what to do: a `Worker` takes it over, or it is ended.

    `ahead` names modules that it imports meanwhile; one that it cannot import is left to the handler that
    needs it.

    Raises:
        WorkerError: the system starts no further process.
    """

    def __init__(self, ahead: Iterable[str] = ()) -> None:
        self._lock = threading.RLock()  # a signal may end it while its thread takes it over
        self._started: Started | None = started(ahead)

    def taken(self) -> Started | None:
        """The process and where its requests are written, for who ends it then; once, and while it runs."""
        started = self._let_go()
        if started is not None and started[0].poll() is not None:
            _ended(*started)
            return None
        return started

    def end(self) -> None:
        """End it, unless somebody took it over; what it is at is not waited for."""
        started = self._let_go()
        if started is not None:
            started[0].kill()
            _ended(*started)

    def _let_go(self) -> Started | None:
        with self._lock:
            started, self._started = self._started, None
        return started


def _ended(process: subprocess.Popen[bytes], requests: Requests) -> None:
    requests.close()
    if process.stdout is not None:
        process.stdout.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GOODBYE)


def started(ahead: Iterable[str] = ()) -> Started:
    """A process, and where its requests are written; see `Spawned`.

    Raises:
        WorkerError: the system starts no further process.
    """
    command = interpreter.command(ahead)
    if not command:
        raise WorkerError("no Python program is known to this one (sys.executable is empty)", "start")
    ours, theirs = _socket_pair() if can_send_files() else (None, None)
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, with our own code
            command,
            bufsize=0,
            stdin=subprocess.PIPE if theirs is None else theirs.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=interpreter.environment(os.environ),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError) as error:
        if ours is not None:
            ours.close()
        raise WorkerError(f"no process could be started: {error}", "start") from error
    finally:
        if theirs is not None:
            theirs.close()
    _widen(process.stdout)
    if ours is not None:
        return process, ours
    _widen(process.stdin)
    return process, cast("io.FileIO", process.stdin)


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    """Requests go through a socket, since it can carry open files; a pipe cannot."""
    try:
        pair = socket.socketpair()
    except OSError as error:
        raise WorkerError(f"no process could be started: {error}", "start") from error
    for end in pair:
        os.set_blocking(end.fileno(), True)  # which socket.setdefaulttimeout() of the caller had changed
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _PIPE)
    return pair


def _widen(stream: IO[bytes] | None) -> None:
    if sys.platform == "linux" and stream is not None:
        import fcntl

        with contextlib.suppress(OSError):  # the system lends only so much
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, _PIPE)
