"""Face detectors of the tests, which run in face workers: most pictures show one face, some do harm."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from validator.probe.portrait.look import Ask, FoundFace, Head, Look
from validator.probe.portrait.worker import LENGTH, Setup

Handler = Callable[[memoryview], bytes]

HARMFUL = 402
"""Pictures of this width do harm."""

LOOK = Look(
    (FoundFace(0.3, 0.2, 0.4, 0.6, 0.9),),
    Head(0.3, 0.18, 0.4, 0.62, (), 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.5),
    None,
    "close-up",
)


def answering(harm: Callable[[], bytes]) -> Handler:
    """Answers `LOOK`, and for harmful pictures what `harm` does."""

    def look(request: memoryview) -> bytes:
        length = int.from_bytes(request[:LENGTH], "big")
        ask = msgspec.msgpack.decode(request[LENGTH : LENGTH + length], type=Ask)
        if request.nbytes != LENGTH + length + ask.width * ask.height * 3:
            raise ValueError("the pixels do not fill the picture")
        return harm() if ask.width == HARMFUL else msgspec.msgpack.encode(LOOK)

    return look


def calm(argument: bytes) -> Handler:
    del argument
    return answering(lambda: msgspec.msgpack.encode(Look(())))


def hang(argument: bytes) -> Handler:
    """Notes in the file that stands in the face model's place that it is at it, and hangs."""
    setup = msgspec.msgpack.decode(argument, type=Setup)

    def harm() -> bytes:
        Path(setup.face_landmarker).touch()
        while True:
            time.sleep(60)

    return answering(harm)


def crash(argument: bytes) -> Handler:
    del argument

    def harm() -> bytes:
        os.kill(os.getpid(), signal.SIGSEGV)
        return b""

    return answering(harm)


def leave(argument: bytes) -> Handler:
    del argument

    def harm() -> bytes:
        os._exit(7)

    return answering(harm)


def fail(argument: bytes) -> Handler:
    del argument

    def harm() -> bytes:
        raise RuntimeError("the graph\n is broken")

    return answering(harm)


def starve(argument: bytes) -> Handler:
    del argument

    def harm() -> bytes:
        raise MemoryError

    return answering(harm)


def nonsense(argument: bytes) -> Handler:
    del argument
    return answering(lambda: b"no look at all")


def another_type(argument: bytes) -> Handler:
    del argument
    return answering(lambda: msgspec.msgpack.encode({"faces": "many"}))


def chatty(argument: bytes) -> Handler:
    """Writes to where a library in C++ would write its warnings."""
    del argument

    def harm() -> bytes:
        os.write(1, b"words of C")
        os.write(2, b"W0000 words of C++")
        return msgspec.msgpack.encode(LOOK)

    return answering(harm)


def _noted(argument: bytes) -> None:
    """Adds a line to the file that stands in the face model's place."""
    with Path(msgspec.msgpack.decode(argument, type=Setup).face_landmarker).open("a") as file:
        file.write("start\n")


def no_library(argument: bytes) -> Handler:
    _noted(argument)
    raise OSError("libEGL.so.1: cannot open shared object file: No such file or directory")


def second_time(argument: bytes) -> Handler:
    """Starts where it has been tried before, as after a want of memory."""
    note = Path(msgspec.msgpack.decode(argument, type=Setup).face_landmarker)
    if not note.exists():
        _noted(argument)
        raise OSError("Cannot allocate memory")
    return calm(argument)


def no_opengl(argument: bytes) -> Handler:
    _noted(argument)
    raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")


def no_module(argument: bytes) -> Handler:
    _noted(argument)
    raise ModuleNotFoundError("No module named 'numpy.core'")


def no_opencv(argument: bytes) -> Handler:
    _noted(argument)
    raise ModuleNotFoundError("No module named 'cv2'")


def broken_model(argument: bytes) -> Handler:
    _noted(argument)
    raise RuntimeError("Unable to open zip archive.")
