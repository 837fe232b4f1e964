"""What the tests' workers do: an order and its operand, as "order:operand" in the request."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from validator.workers import child, wire

Handler = Callable[[memoryview], bytes]


def obey(argument: bytes) -> Handler:
    """Does what the request says."""

    def handler(request: memoryview) -> bytes:
        order, _, operand = bytes(request[:200]).decode().partition(":")
        return ORDERS[order](operand)

    del argument
    return handler


def length(argument: bytes) -> Handler:
    return lambda request: argument + str(request.nbytes).encode()


def reading(argument: bytes) -> Callable[..., bytes]:
    """Answers with what stands in the files that came along, and how many descriptors are open."""

    def handler(_: memoryview, *files: int) -> bytes:
        descriptors = Path("/proc/self/fd")
        count = len(list(descriptors.iterdir())) if descriptors.exists() else 0  # to see that none piles up
        return json.dumps([count, *(os.pread(file, 100, 0).decode() for file in files)]).encode()

    del argument
    return handler


def imported(argument: bytes) -> Handler:
    """Tells whether a module was imported."""
    del argument
    return lambda request: str(bytes(request).decode() in sys.modules).encode()


def nonsense(argument: bytes) -> Callable[..., bytes]:
    """Answers with what no decoder says."""
    del argument
    return lambda *_: b"nonsense"


def writing(argument: bytes) -> Handler:
    """Writes as many bytes as the request says into the file that the argument names."""

    def handler(request: memoryview) -> bytes:
        Path(os.fsdecode(argument)).write_bytes(bytes(int(bytes(request))))
        return b"written"

    return handler


def impatient(argument: bytes) -> Handler:
    """Like `obey`, with next to no time beyond the limit."""
    child.OVERTIME = 0.1
    return obey(argument)


def no_library(argument: bytes) -> Handler:
    """Notes each start in the file that the argument names, and fails."""
    with Path(os.fsdecode(argument)).open("a") as file:
        file.write("start\n")
    raise OSError("libEGL.so.1: cannot open shared object file: No such file or directory")


def while_absent(argument: bytes) -> Handler:
    """Starts as long as the file that the argument names does not exist; else notes the start there."""
    return no_library(argument) if Path(os.fsdecode(argument)).exists() else obey(b"")


def hang_at_start(argument: bytes) -> Handler:
    hang("")
    return obey(argument)


def pid(_: str) -> bytes:
    return str(os.getpid()).encode()


def hang(_: str) -> bytes:
    while True:
        time.sleep(60)


def nap(seconds: str) -> bytes:
    time.sleep(float(seconds))
    return b"slept"


def hold(fifo: str) -> bytes:
    """Opens a named pipe, which stays open as long as the process lives."""
    os.open(fifo, os.O_WRONLY)
    return pid("")


def hold_and_hang(fifo: str) -> bytes:
    hold(fifo)
    return hang("")


def hold_and_freeze(fifo: str) -> bytes:
    """Hangs in native code that never lets any other Python thread run."""
    hold(fifo)
    ctypes.PyDLL(None).pause()
    return b""


def meet(folder: str) -> bytes:
    """Waits until two are here at the same time."""
    (Path(folder) / str(os.getpid())).touch()
    while len(list(Path(folder).iterdir())) < 2:
        time.sleep(0.001)
    return pid("")


def crash(name: str) -> bytes:
    os.kill(os.getpid(), signal.Signals[name])
    return hang("")


def crash_in_real_time(_: str) -> bytes:
    os.kill(os.getpid(), signal.SIGRTMIN + 1)
    return hang("")


def leave(code: str) -> bytes:
    os._exit(int(code))


def leave_politely(_: str) -> bytes:
    sys.exit(3)


def fail(words: str) -> bytes:
    raise ValueError(words)


def fail_without_words(_: str) -> bytes:
    class SpeechlessError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    raise SpeechlessError


def wrong_type(_: str) -> bytes:
    return 7  # type: ignore[return-value]


def eat(size: str) -> bytes:
    return str(len(bytearray(int(size)))).encode()


def many(size: str) -> bytes:
    return bytes(int(size))


def chatter(_: str) -> bytes:
    print("words of Python")  # noqa: T201
    print("words of Python", file=sys.stderr, flush=True)  # noqa: T201
    os.write(1, b"words of C")
    os.write(2, b"words of C")
    return b"heard " + sys.stdin.buffer.read()


def say(what: str) -> bytes:
    """Says something into the pipe that is not for the handler."""
    said = {
        "nothing of that kind": b"?" + bytes(8),
        "half a header": b"A123",
        "half a frame": wire.ANSWER + (100).to_bytes(8, "big") + b"half",
        "endless": wire.ANSWER + b"\xff" * 8,
    }[what]
    for pipe in range(3, 10):
        with contextlib.suppress(OSError):
            os.write(pipe, said)
    os._exit(0)


def deaf(_: str) -> bytes:
    """Closes the pipes and lives on."""
    os.closerange(3, 10)
    return hang("")


def surroundings(_: str) -> bytes:
    import colorsys

    return json.dumps(
        {
            "path": sys.path,
            "colorsys": colorsys.__file__,
            "arguments": sys.argv,
            "main": "__main__" in sys.modules,
        }
    ).encode()


ORDERS: dict[str, Callable[[str], bytes]] = {
    function.__name__: function
    for function in (
        pid, hang, nap, hold, hold_and_hang, hold_and_freeze, meet, crash, crash_in_real_time, leave,
        leave_politely, fail, fail_without_words, wrong_type, eat, many, chatter, say, deaf, surroundings,
    )
}  # fmt: skip
