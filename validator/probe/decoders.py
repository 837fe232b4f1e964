"""Has media decoded by workers, which are processes of their own: nothing a file does can hurt ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from validator.errors import ConfigError
from validator.model import Depth
from validator.probe.damage import Damage
from validator.probe.measurement import Measurement
from validator.probe.media import facts_type, measure_media
from validator.workers import FileWorkers, WorkerError

_HANDLER = "validator.probe.decode_worker:handler"
_SECONDS = 60.0
_MEMORY = 4_000_000_000
_PROCESSES_AT_MOST = 256
_SECONDS_AT_MOST = 86_400
_MEMORY_AT_LEAST = 1_000_000_000  # the libraries alone take most of it
_ANSWER_AT_MOST = 100_000_000  # bytes: five stills of 1920 x 1920 are half of it
_KILLED = "was ended by SIGKILL"
_FILES = 1_000  # of one process: whatever a native library loses, it does not add up


class Decoders(FileWorkers):
    """Measures media in worker processes that start when they are needed.

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
        )

    def measure(
        self,
        file: BinaryIO,
        format_name: str,
        depth: Depth,
        cancelled: Callable[[], bool],
        *,
        stills: bool,
        sketch: bool = False,
    ) -> Measurement:
        """Measure an open file as `measure_media` does; the worker gets the open file, not its name.

        What the worker does not survive becomes damage, or an expansion that is not sane.

        Raises:
            Cancelled: the run was asked to stop.
        """
        from validator.probe.decode_worker import Ask, decoded

        if self._is_here:
            return measure_media(file, format_name, depth, cancelled, stills=stills, sketch=sketch)
        ask = msgspec.msgpack.encode(Ask(format_name, depth, stills, sketch))
        try:
            try:
                return decoded(self._answer(ask, file, cancelled), format_name)
            except WorkerError as error:
                if error.reason != _KILLED:
                    raise
                # A system short of memory kills whom it likes: that says nothing yet.
                return decoded(self._answer(ask, file, cancelled), format_name)
        except WorkerError as error:
            return self._lost(error, format_name)
        except msgspec.DecodeError as error:
            return _unknown(f"the decoder's answer makes no sense ({error})", format_name)

    def _lost(self, error: WorkerError, format_name: str) -> Measurement:
        """What is known of a file that a worker did not survive."""
        facts = facts_type(format_name)()
        if error.kind == "time":
            detail = f"it was not decoded within {self._seconds:g} s"
            return Measurement(facts, Damage(), "time", detail, decoded=False, unmeasured=_all(detail))
        if error.kind == "memory":
            detail = f"decoding it takes more than {self._memory:,} bytes of memory"
            return Measurement(facts, Damage(), "memory", detail, decoded=False, unmeasured=_all(detail))
        if error.reason == _KILLED:
            detail = "its decoder was killed twice (SIGKILL), as a system short of memory does"
            return Measurement(facts, Damage(), "memory", detail, decoded=False, unmeasured=_all(detail))
        if error.kind == "ended":
            return Measurement(facts, Damage("decoder-crashed", f"the decoder {error.reason}"))
        if error.kind == "start":
            return _unknown(f"no decoding process could be started ({error.reason})", format_name)
        return _unknown(f"internal error: {error.reason}", format_name)


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


def _unknown(reason: str, format_name: str) -> Measurement:
    return Measurement(facts_type(format_name)(), Damage(), decoded=False, unmeasured=_all(reason))


def _all(reason: str) -> dict[str, str]:
    return {"*": reason, "integrity": reason}
