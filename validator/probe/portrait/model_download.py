"""The official download of the models: checked before anything is written, and written all at once."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from validator._version import __version__
from validator.errors import Cancelled
from validator.intake.answer import network_problem, status_name
from validator.probe.portrait.models import (
    FACE_LANDMARKER,
    MODELS,
    POSE_LANDMARKER,
    Model,
    ModelDownloadError,
    ModelFiles,
    Place,
    sight,
)

_TICK = 0.05  # seconds between two looks at the clock and at the caller's wish to stop
_HEADERS = {"User-Agent": f"seedance-validator/{__version__}", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Patience:
    """How long a download may take, in seconds.

    `answer` includes the look-up of the host's name, which no time limit of a socket ends.
    """

    connect: float = 5.0
    answer: float = 10.0
    read: float = 20.0
    total: float = 600.0


def download_models(
    folder: Path,
    *,
    transport: httpx.BaseTransport | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    patience: Patience | None = None,
) -> ModelFiles:
    """Download those of the models (13 MB) that the folder does not hold yet.

    A model takes its place when it is complete and its bytes are right, so that several processes may
    do this at once. Proxies are those of the environment. Prints nothing.

    Args:
        folder: made where it does not exist.
        transport: replaces the network. Not closed.
        on_progress: called in the caller's thread, about twenty times a second, with the bytes received
            and the bytes of all that is downloaded.
        cancelled: asked as often.
        patience: time limits.

    Raises:
        ModelDownloadError: host, bytes or disk; nothing half done is left in the folder.
        Cancelled: `cancelled()` said so.
    """
    place = Place("cache", "the cache", folder)
    wanted = [model for model in MODELS if sight(model, place).state != "right"]
    total, before = sum(model.bytes for model in wanted), 0
    if wanted:
        _make(folder)
    for model in wanted:
        job = _Job(model, transport, patience or Patience())
        for received in job.run(cancelled):
            if on_progress is not None:
                on_progress(before + received, total)
        before += model.bytes
        _put(job.body, folder / model.file)
    return ModelFiles(folder / FACE_LANDMARKER.file, folder / POSE_LANDMARKER.file)


class _Job:
    """One model on its way into memory, in a thread that nobody has to wait for."""

    def __init__(self, model: Model, transport: httpx.BaseTransport | None, patience: Patience) -> None:
        self.body = b""
        self._model = model
        self._transport = transport
        self._patience = patience
        self._host = httpx.URL(model.url).host
        self._received = 0
        self._answered = False
        self._dropped = False
        self._done = threading.Event()
        self._error: BaseException | None = None

    def run(self, cancelled: Callable[[], bool]) -> Iterator[int]:
        """Download; yields the bytes so far, again and again, at last all of them."""
        started = time.monotonic()
        threading.Thread(target=self._work, daemon=True, name="model-download").start()
        try:
            while not self._done.wait(_TICK):
                if cancelled():
                    raise Cancelled("the download was cancelled")
                self._check_clock(time.monotonic() - started)
                yield self._received
        finally:
            self._dropped = True
        if self._error is not None:
            raise self._error
        yield self._received

    def _check_clock(self, seconds: float) -> None:
        if not self._answered and seconds > self._patience.answer:
            raise ModelDownloadError(f"{self._host} did not answer within {self._patience.answer:g} s")
        if seconds > self._patience.total:
            raise ModelDownloadError(
                f"{self._host} did not send {self._model.file} within {self._patience.total:g} s"
            )

    def _work(self) -> None:
        try:
            self.body = self._fetch()
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread, by run()
            self._error = error
        finally:
            self._done.set()

    def _fetch(self) -> bytes:
        timeouts: dict[str, Any] = {
            "connect": self._patience.connect,
            "read": self._patience.read,
            "write": self._patience.read,
        }
        client = _client(self._transport, httpx.Timeout(self._patience.read, **timeouts))
        try:
            with client.stream("GET", self._model.url, headers=_HEADERS) as response:
                self._answered = True
                if response.status_code != 200:
                    raise ModelDownloadError(f"{self._host} answered {status_name(response.status_code)}")
                return self._checked(response)
        except (httpx.HTTPError, UnicodeError) as error:
            raise ModelDownloadError(self._words(error, timeouts)) from error
        finally:
            if self._transport is None:
                client.close()

    def _checked(self, response: httpx.Response) -> bytes:
        model, chunks = self._model, []
        for chunk in response.iter_raw():
            if self._dropped:
                break
            chunks.append(chunk)
            self._received += len(chunk)
            if self._received > model.bytes:
                raise ModelDownloadError(
                    f"{self._host} sent more than the {model.bytes:,} bytes of {model.file}"
                )
        body = b"".join(chunks)
        found = hashlib.sha256(body).hexdigest()
        if len(body) != model.bytes:
            raise ModelDownloadError(
                f"{self._host} sent {len(body):,} bytes of {model.file} instead of {model.bytes:,}"
            )
        if found != model.sha256:
            raise ModelDownloadError(
                f"what {self._host} sent as {model.file} has the sha256 {found} instead of {model.sha256}"
            )
        return body

    def _words(self, error: Exception, timeouts: dict[str, float]) -> str:
        if self._answered:
            return (
                f"the connection to {self._host} broke after {self._received:,} bytes of {self._model.file}"
            )
        problem = network_problem(error, timeouts)
        detail = problem.facts.get("reach_detail") or problem.unmeasured.get("reach", "")
        return f"{self._host} cannot be reached ({detail})"


def _client(transport: httpx.BaseTransport | None, timeout: httpx.Timeout) -> httpx.Client:
    try:
        return httpx.Client(transport=transport, timeout=timeout)
    except (ValueError, ImportError, OSError) as error:  # a strange proxy, SOCKS without its package, no file
        what = "the proxy or the certificates that the environment names"
        raise ModelDownloadError(f"{what} cannot be used ({error})") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelDownloadError(f"{folder} cannot be made ({error.strerror or error})") from error


def _put(body: bytes, path: Path) -> None:
    """Write the file beside its place, then move it there: nobody ever sees a part of it."""
    temporary = path.with_name(f".validator-{secrets.token_hex(6)}.tmp")
    try:
        try:
            temporary.write_bytes(body)
            temporary.replace(path)
        except BaseException:  # Ctrl-C too: nothing half done stays
            with suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        # On Windows a file that somebody reads cannot be replaced; another process may have been faster.
        model = next(model for model in MODELS if model.file == path.name)
        if sight(model, Place("cache", "the cache", path.parent)).state != "right":
            raise ModelDownloadError(f"{path} cannot be written ({error.strerror or error})") from error
