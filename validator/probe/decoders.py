"""Has media decoded by workers, which are processes of their own: nothing a file does can hurt ours."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from validator.errors import ConfigError
from validator.model import Depth, Expansion
from validator.probe.damage import Damage
from validator.probe.examine import Ask, Examined, examined, looked_at
from validator.probe.measurement import Measurement
from validator.probe.media import facts_type
from validator.workers import FileWorkers, WorkerError
from validator.workers.inbox import FILES_AT_MOST

if TYPE_CHECKING:
    from validator.workers.spawn import Spawned

_HANDLER = "validator.probe.decode_worker:handler"
_SECONDS = 60.0
_MEMORY = 4_000_000_000
_PROCESSES_AT_MOST = 256
_SECONDS_AT_MOST = 86_400
_MEMORY_AT_LEAST = 1_000_000_000  # the libraries alone take most of it
_ANSWER_AT_MOST = 100_000_000  # bytes: five stills of 1920 x 1920 are half of it
_KILLED = "was ended by SIGKILL"
_FILES = 10_000  # of one process: whatever a native library loses, it does not add up


class Decoders(FileWorkers):
    """Examines media in worker processes that start when they are needed.

    A run makes its own and closes it at its end. A server that judges one file at a time makes one for all
    of its calls, so that no call waits for a start (a tenth of a second). It may be used by several threads
    at once. Where the system cannot hand open files to another process (Windows), all is measured in this
    one, without limits.

    Args:
        processes: how many files are measured at a time. With 0, all is measured in this process, without
            limits: for where no process may be started, and no file comes from a stranger.
        seconds: for one file; what takes longer is ended, and FIL007.
        memory: bytes of address space of one process, where the system can limit it (Linux).
        handler: what runs in the workers.
        spawned: a worker's process that was started already, to be the first one.

    Raises:
        ConfigError: a number that makes no sense.

    >>> with Decoders() as decoders:
    ...     isinstance(decoders, Decoders)
    True
    """

    def __init__(
        self,
        *,
        processes: int = 1,
        seconds: float = _SECONDS,
        memory: int = _MEMORY,
        handler: str = _HANDLER,
        spawned: Spawned | None = None,
    ) -> None:
        _check(processes, seconds, memory)
        super().__init__(
            handler,
            processes=processes,
            seconds=seconds,
            memory=memory,
            answer_limit=_ANSWER_AT_MOST,
            files=_FILES,
            name="the decoders",
            spawned=spawned,
        )

    def examined(
        self,
        files: Sequence[BinaryIO],
        asks: Sequence[Ask],
        sizes: Sequence[int | None],
        cancelled: Callable[[], bool],
    ) -> list[Examined]:
        """Examine open files, as `examine.examined` does; the worker gets the open files, not their names.

        Many are sent at once, which is faster than one by one. What the worker does not survive is sent again
        alone; what it does not survive then becomes damage, or an expansion that is not sane.

        Raises:
            Cancelled: the run was asked to stop.
        """
        if self._is_here:
            each = zip(files, asks, sizes, strict=True)
            return [examined(file, ask, size, cancelled) for file, ask, size in each]
        found: list[Examined] = []
        together = FILES_AT_MOST
        while len(found) < len(files):
            part = slice(len(found), len(found) + together)
            if len(files[part]) == 1:
                found.append(self._alone(files[part][0], asks[part][0], sizes[part][0], cancelled))
                continue
            try:
                found += self._together(files[part], asks[part], sizes[part], cancelled)
            except (WorkerError, msgspec.DecodeError):
                alone = zip(files[part], asks[part], sizes[part], strict=True)
                found += [self._alone(file, ask, size, cancelled) for file, ask, size in alone]
        return found

    def glimpsed(
        self, file: BinaryIO, ask: Ask, size: int, cancelled: Callable[[], bool], patience: float
    ) -> Examined | None:
        """Examine one open file, if a worker is free within `patience` seconds, and survives it.

        Raises:
            Cancelled: the run was asked to stop.
        """
        if self._is_here:
            return examined(file, ask, size, cancelled)
        try:
            return self._together([file], [ask], [size], cancelled, patience)[0]
        except (WorkerError, msgspec.DecodeError):
            return None

    def _together(
        self,
        files: Sequence[BinaryIO],
        asks: Sequence[Ask],
        sizes: Sequence[int | None],
        cancelled: Callable[[], bool],
        patience: float = math.inf,
    ) -> list[Examined]:
        """What was found of these files, or of the first of them; `WorkerError` where there is no answer."""
        from validator.probe.decode_worker import decoded, request

        found = decoded(self._answer_about(files, request(asks, sizes), cancelled, patience))
        if not 1 <= len(found) <= len(files):
            raise msgspec.DecodeError(f"{len(found)} answers about {len(files)} files")
        return found

    def _alone(self, file: BinaryIO, ask: Ask, size: int | None, cancelled: Callable[[], bool]) -> Examined:
        for again in (True, False):
            try:
                return self._together([file], [ask], [size], cancelled)[0]
            except WorkerError as error:
                if error.reason == _KILLED and again:
                    continue  # a system short of memory kills whom it likes: that says nothing yet
                lost: WorkerError | msgspec.DecodeError = error
            except msgspec.DecodeError as error:
                lost = error
            break
        looked = self._undecoded(file, ask, size, cancelled, lost)
        if looked.sniffed.format is None or looked.unopened:
            return looked
        known = looked.measurement or Measurement(facts_type(looked.sniffed.format)(), Damage())
        return dataclasses.replace(looked, measurement=self._lost(lost, known), lasting=False)

    def _undecoded(
        self,
        file: BinaryIO,
        ask: Ask,
        size: int | None,
        cancelled: Callable[[], bool],
        lost: WorkerError | msgspec.DecodeError,
    ) -> Examined:
        """What the header says, as where a gate stops it; where no worker survives that, what file it is."""
        if ask.depth is not Depth.HEADER and getattr(lost, "kind", "") != "start":
            with contextlib.suppress(WorkerError, msgspec.DecodeError):
                return self._together([file], [Ask(Depth.HEADER, taken=ask.taken)], [size], cancelled)[0]
        return looked_at(file, ask.taken)  # here, which no decoder does

    def _lost(self, error: WorkerError | msgspec.DecodeError, known: Measurement) -> Measurement:
        """What is told of a file that a worker did not survive, of which this much is known."""
        if isinstance(error, msgspec.DecodeError):
            return _undone(known, f"the decoder's answer makes no sense ({error})")
        if error.kind == "time":
            return _undone(known, f"it was not decoded within {self._seconds:g} s", "time")
        if error.kind == "memory":
            return _undone(known, f"decoding it takes more than {self._memory:,} bytes of memory", "memory")
        if error.reason == _KILLED:
            detail = "its decoder was killed twice (SIGKILL), as a system short of memory does"
            return _undone(known, detail, "memory")
        if error.kind == "ended":
            damage = Damage("decoder-crashed", f"the decoder {error.reason}")
            return Measurement(known.facts, damage, format=known.format)
        started = error.kind != "start"
        reason = "internal error: {}" if started else "no decoding process could be started ({})"
        return _undone(known, reason.format(error.reason))


def _check(processes: int, seconds: float, memory: int) -> None:
    """Refuse what a caller cannot mean, such as megabytes for bytes."""
    wishes = (
        ("processes", processes, int, 0, _PROCESSES_AT_MOST, "processes"),
        ("seconds", seconds, (int, float), 0.001, _SECONDS_AT_MOST, "seconds"),
        ("memory", memory, int, _MEMORY_AT_LEAST, 1 << 60, "bytes"),
    )
    for name, value, kind, least, most, unit in wishes:
        if not isinstance(value, kind) or isinstance(value, bool) or not least <= value <= most:
            raise ConfigError(f"Decoders: {name}={value!r} is no number of {unit} from {least:,} to {most:,}")


def _undone(known: Measurement, why: str, expansion: Expansion = "sane") -> Measurement:
    """What is known, where it could not be decoded."""
    return Measurement(
        known.facts,
        Damage(),
        expansion,
        "" if expansion == "sane" else why,
        format=known.format,
        decoded=False,
        unmeasured={"*": why, "integrity": why},
    )
