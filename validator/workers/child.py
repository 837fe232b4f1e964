"""The worker's side: makes the handler once, and answers one request after the other.

Runs in a process of its own, started by `validator.workers.process`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import io
import os
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from validator.workers import wire
from validator.workers.inbox import Inbox
from validator.workers.order import Order

Handler = Callable[..., bytes]
"""Answers a request, a memoryview; behind it come the descriptors of the files that were sent along."""

OVERTIME = 5.0
"""Seconds beyond the limit, after which a worker ends itself: the program, which should have, is gone."""

_WORDS_AT_MOST = 500
_LOOK_AFTER_PARENT = 0.5  # seconds
# Ctrl-C, a terminal that closes, a service that is stopped: these reach all processes, and are for the
# program, which may still want its answers. It ends its workers; and they end where it is gone.
_FOR_THE_PROGRAM = ("SIGINT", "SIGHUP", "SIGTERM")
_FILE_AT_MOST = 64 << 20  # bytes: a worker has little to write; a library that is led astray fills no disk


class _HandlerError(Exception):
    """The handler raised an exception: the cause of this one. Ours stay what they are."""


def main(ahead: Iterable[str] = ()) -> None:
    """Answer requests until the program hangs up, or until something goes wrong. Does not return.

    `ahead` names modules that are imported while nobody has said yet what is to be done.
    """
    try:
        with contextlib.suppress(OSError, EOFError, wire.BrokenWireError):  # the program is gone
            _serve(*_private_pipes(), ahead)
    finally:
        os._exit(0)  # without the last words of native libraries, which can hang or crash


def _private_pipes() -> tuple[wire.Stream, int]:
    """Take the pipes to the program for ourselves: whoever prints or reads gets the null device."""
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    if stat.S_ISSOCK(os.fstat(requests).st_mode):
        return Inbox(requests), answers
    return io.BufferedReader(io.FileIO(requests)), answers


def _serve(requests: wire.Stream, answers: int, ahead: Iterable[str]) -> None:
    for name in _FOR_THE_PROGRAM:
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    gc.disable()  # importing makes much, and no garbage
    os.write(answers, wire.GREETING)
    for module in ahead:
        with contextlib.suppress(Exception):  # what needs it says so
            importlib.import_module(module)
    order = Order.decoded(wire.receive(requests)[1])
    if os.name == "posix":  # elsewhere, a process keeps the number of a parent that is gone
        threading.Thread(target=_outlive_nobody, args=(order.parent,), daemon=True).start()
    _limit_resources(order.memory)
    try:
        argument = bytes(wire.receive(requests)[1])
        with _handling(order.start_seconds):
            handler = _made(order.handler, argument)
        gc.freeze()
        gc.enable()
        wire.send(answers, wire.READY)
        while True:
            request = wire.receive(requests)[1]
            files = requests.taken() if isinstance(requests, Inbox) else ()
            try:
                with _handling(order.seconds):
                    answer = memoryview(handler(memoryview(request), *files))
            finally:
                for file in files:
                    os.close(file)
            wire.send(answers, wire.ANSWER, answer)
            del request, answer  # megabytes that nobody needs while we wait
    except MemoryError:
        wire.send(answers, wire.MEMORY)
    except _HandlerError as error:
        wire.send(answers, wire.RAISED, _words(error.__cause__))


def _made(name: str, argument: bytes) -> Handler:
    module, _, function = name.partition(":")
    handler: Handler = getattr(importlib.import_module(module), function)(argument)
    return handler


@contextlib.contextmanager
def _handling(seconds: float) -> Iterator[None]:
    """Set the handler's exceptions apart, and end this process if it takes far too long.

    The program ends a worker that is late. Where the program is gone, and native code holds the
    interpreter for ever, no Python thread can look after that: faulthandler's clock needs no interpreter.
    """
    faulthandler.dump_traceback_later(seconds + OVERTIME, exit=True, file=2)
    try:
        yield
    except MemoryError:
        raise
    except BaseException as error:  # also SystemExit: whatever a handler does, the reason is told
        raise _HandlerError from error
    finally:
        faulthandler.cancel_dump_traceback_later()


def _words(error: BaseException | None) -> bytes:
    name = type(error).__name__
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - an exception that cannot even be printed
        text = ""
    words = f"{name}: {text}" if text else name
    return words[:_WORDS_AT_MOST].encode(errors="backslashreplace")


def _limit_resources(memory: int | None) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(OSError, ValueError):  # a crash leaves no file of hundreds of megabytes
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limits = [(resource.RLIMIT_FSIZE, _FILE_AT_MOST)]
    if memory is not None:
        limits.append((resource.RLIMIT_AS, memory))
    for kind, wanted in limits:
        with contextlib.suppress(OSError, ValueError):  # macOS knows RLIMIT_AS, and refuses it
            _, most = resource.getrlimit(kind)
            limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
            resource.setrlimit(kind, (limit, most))


def _outlive_nobody(parent: int) -> None:
    """End this process soon after its parent ended, even while the handler is busy."""
    while os.getppid() == parent:
        time.sleep(_LOOK_AFTER_PARENT)
    os._exit(0)
