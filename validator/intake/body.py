"""The body of an answer on its way into a file: counted, capped, unpacked where it came packed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import BinaryIO

import httpcore
import httpx

from validator.intake.answer import NotDownloaded, announced_bytes
from validator.intake.connection import HELD, MOST, connection_of
from validator.intake.decoding import DamagedBodyError, Unpacker
from validator.intake.download import DownloadLimits
from validator.intake.first_part import ENOUGH, FirstPart, bytes_needed, index_start, kind_at_once
from validator.intake.retry import Again
from validator.intake.wire import Wire
from validator.model import FileFacts, Transfer
from validator.probe.sniff import HEAD_SIZE, sniff_bytes

_GLANCE = 3.0  # seconds in which the first bytes of what is too large have to come
_BYTES_AT_MOST = 1 << 60  # what announces more is believed nothing
_GRACE = 0.25  # seconds in which a host that was to close the connection may still send too much


class Body:
    """The body of an answer on its way into a file; `first` says whether all of it is wanted."""

    def __init__(
        self,
        response: httpx.Response,
        limits: DownloadLimits,
        wire: Wire,
        file: BinaryIO,
        clock: Callable[[], float],
        first: FirstPart | None = None,
    ) -> None:
        self._response = response
        self._connection = connection_of(response.extensions)
        self._limits = limits
        self._wire = wire
        self._file = file
        self._announced = announced_bytes(response.headers)
        self._encoding = response.headers.get("content-encoding", "").strip().lower()
        # Of what has no length, or is packed, nobody knows which part of it has come.
        self._size = None if self._encoding not in ("", "identity") else self._announced
        self._raw = 0
        self._unpacked = 0
        self._head = b""
        self._cap = 0
        self._clock = clock
        self._first = first
        self._needed = HELD
        self._was_looked_at = False
        self._is_decided = False
        self._paused = 0.0
        self.is_partial = False
        """Whether no more than the first part was wanted; set by `receive`."""
        self.ended = 0.0
        """When its last byte came, by the clock, without the time in which nobody read; set by `receive`."""

    def receive(self, timeouts: dict[str, float]) -> dict[str, str]:
        """Write the whole body into the file; returns the facts of its transfer.

        Raises:
            NotDownloaded: it is too large, broke off, or took too long.
        """
        if not Unpacker.knows(self._encoding):
            raise NotDownloaded(_transfer("packed", f"Content-Encoding {self._encoding[:40]}"))
        self._glance()
        self._check(self._limits.largest)
        if self._announced is not None and self._announced <= MOST:
            self._decided()
        unpacker = Unpacker(self._encoding)
        try:
            self.is_partial = not self._reads_all(unpacker)
        except httpx.TimeoutException as error:
            raise NotDownloaded(
                {},
                {"transfer": f"the host sent nothing for {timeouts['read']:g} s in the middle of the file"},
            ) from error
        except httpx.TransportError as error:
            raise self._ended("short") from error
        except DamagedBodyError as error:
            raise NotDownloaded(_transfer("damaged", f"sent as {self._encoding}")) from error
        if self.is_partial:
            return {}
        self.ended = self._clock() - self._paused
        self._look()
        if self._announced is not None and self._raw < self._announced:
            raise self._ended("short")
        if self._raw and not unpacker.complete:
            if self._announced is None:
                raise self._ended("short")
            raise NotDownloaded(_transfer("damaged", f"sent as {self._encoding}, which ends too early"))
        return self._whole()

    def _reads_all(self, unpacker: Unpacker) -> bool:
        """Whether the body was read to its end; not where no more than its first part is wanted."""
        for chunk in self._chunks():
            self._raw += len(chunk)
            for piece in unpacker.feed(chunk):
                self._keep(piece)
            if not self._goes_on():
                return False
        return True

    def _glance(self) -> None:
        """Read the first bytes of what is too large, as far as they come soon: they say what it is."""
        if self._size is None or self._size <= self._limits.largest:
            return
        until = self._clock() + _GLANCE
        if self._connection is not None:
            self._connection.hurry(_GLANCE)
        with suppress(httpx.TransportError):  # its length was announced all the same
            for chunk in self._chunks():
                self._head += chunk
                if len(self._head) >= ENOUGH or self._clock() >= until:
                    break

    def _chunks(self) -> Iterable[bytes]:
        stream = self._response.stream
        assert isinstance(stream, httpx.SyncByteStream)  # noqa: S101 - from a synchronous transport
        for chunk in stream:
            if self._wire.is_cut:
                # Nobody waits any more; what is raised here is seen by nobody either.
                raise NotDownloaded({}, {"transfer": "the download was given up"})
            yield chunk

    def _keep(self, piece: bytes) -> None:
        self._unpacked += len(piece)
        self._file.write(piece)
        if not self._cap or not (self._is_decided or self._size is None):
            self._head += piece
            if len(self._head) >= HEAD_SIZE:
                self._look()
        self._check(self._cap or self._limits.largest)

    def _goes_on(self) -> bool:
        """Whether more is read than the first part, which is decided once, as soon as that says enough."""
        connection = self._connection
        is_time = self._raw >= self._needed if connection is None else connection.is_held
        if self._is_decided or not (is_time or (self._raw >= ENOUGH and not self._was_looked_at)):
            return True
        self._was_looked_at = True
        kind = kind_at_once(self._head)
        if kind is not None:
            self._check(self._limits.cap(kind))
        size = self._size
        is_clip = size is not None and index_start(self._head, size) is not None
        if not is_time and not (is_clip and self._first is not None):
            return True
        if is_time and self._first is not None and size is not None and self._waits_for_more(size):
            return True
        if self._first is not None and size is not None:
            before = self._clock()
            is_wanted = self._first.is_wanted(self._file, self._head, size)
            self._paused = self._clock() - before
            if not is_wanted:
                return False
            self._file.seek(self._unpacked)
        self._decided()
        return True

    def _decided(self) -> None:
        """All of it is wanted."""
        self._is_decided = True
        if self._connection is not None:
            self._connection.let_go()

    def _waits_for_more(self, size: int) -> bool:
        """Whether the beginning of the file tells more once a little more of it has come."""
        self._needed = bytes_needed(self._head, size)
        missing = self._needed - len(self._head)
        if missing > 0 and self._connection is not None:
            self._connection.hold_for(missing)
        return missing > 0

    def _look(self) -> None:
        """Now that the first bytes are there, hold the file to the limit of its kind."""
        if not self._cap:
            self._cap = self._limits.cap(sniff_bytes(self._head).kind)
        self._check(self._cap)

    def _check(self, cap: int) -> None:
        if self._announced is not None and self._announced > cap:
            announced = _transfer("over-cap", f"{self._announced:,} bytes announced, {_read(cap)}")
            raise NotDownloaded(announced, file=self._as_announced())
        if max(self._raw, self._unpacked) > cap:
            raise NotDownloaded(_transfer("over-cap", f"no end after {cap:,} bytes, {_read(cap)}"))

    def _as_announced(self) -> FileFacts:
        """What is known of a file of which no more than the first bytes are read."""
        if self._size is None or self._size > _BYTES_AT_MOST:
            return FileFacts()
        sniffed = sniff_bytes(self._head)
        kind = sniffed.kind if sniffed.sure else None
        return FileFacts(bytes=self._size, kind=None if kind is None else kind.value)

    def _ended(self, transfer: Transfer) -> NotDownloaded:
        announced = "" if self._announced is None else f"{self._announced:,} bytes announced, "
        # What broke off may come whole when it is asked for once more.
        return NotDownloaded(
            _transfer(transfer, f"{announced}{self._raw:,} received"), again=Again(once=True)
        )

    def _whole(self) -> dict[str, str]:
        more = self._too_much()
        if more:
            return more
        if self._unpacked != self._raw:
            return _transfer("complete", f"sent as {self._encoding}")
        return {"transfer": "complete"}

    def surplus(self) -> dict[str, str]:
        """Facts of a body that goes on behind its announced end, for which this waits a moment."""
        connection = self._connection
        if connection is None or connection.body_bytes != self._announced:
            return {}
        with suppress(httpcore.ReadTimeout, httpcore.ReadError):
            connection.read(1, timeout=_GRACE)
        return self._too_much()

    def _too_much(self) -> dict[str, str]:
        connection = self._connection
        if connection is None or self._announced is None or connection.body_bytes <= self._announced:
            return {}
        detail = f"{self._announced:,} bytes announced, at least {connection.body_bytes:,} received"
        return _transfer("long", detail)

    def close(self) -> None:
        """Close the connection."""
        self._response.close()


def _transfer(transfer: Transfer, detail: str) -> dict[str, str]:
    return {"transfer": transfer, "transfer_detail": detail}


def _read(cap: int) -> str:
    return f"at most {cap:,} are read"
