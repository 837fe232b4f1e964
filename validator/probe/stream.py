"""Demuxing and decoding with FFmpeg's libraries (PyAV), in process, with a named demuxer and nothing else."""

from __future__ import annotations

import errno
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Any, BinaryIO

import av

from validator.errors import Cancelled
from validator.probe.damage import Damage
from validator.probe.index_bounds import MAX_PIXELS

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet

MAX_PACKETS = 300_000
"""Packets that are counted: more than an hour of film with sound, or two of MP3; two seconds of work."""
MAX_CUT_AWAY = 100_000
"""Packets that edit lists cut away: with more of them a seek takes seconds."""

# FFmpeg opens nothing but the file object: no protocol, no external data reference. What follows holds for
# the decoders with which it completes what the header leaves open: they may skip what makes frames prettier.
_OPTIONS = {"protocol_whitelist": "none", "max_pixels": str(MAX_PIXELS), "skip_loop_filter": "all"}
_OF_DEMUXERS: Mapping[str, Mapping[str, str]] = {
    "mov": {"enable_drefs": "0", "use_absolute_path": "0"},
    # Its header says all there is to say of a WAV, but whether the codec is another, which the first packet
    # shows: FFmpeg would go through seconds of sound for that.
    "wav": {"max_probe_packets": "1", "analyzeduration": "1"},
}


DEFAULT, ATTACHED_PICTURE = 0x0001, 0x0400 | 0x0800  # dispositions; cover art and chapter thumbnails

_LARGEST_TIME = 62  # bits of what an array holds


class TooManyPacketsError(Exception):
    """A stream of more packets than are counted, in words."""


class _Anywhere:
    """A file for FFmpeg, which seeks wherever a damaged index points: no file can be read there.

    A disk's own errors go on their way.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read
        self.tell = file.tell
        self._seek = file.seek

    def seek(self, offset: int, whence: int = 0) -> int:
        """The new position; -1, which FFmpeg takes for an error, where there can be none."""
        try:
            return self._seek(offset, whence)
        except (ValueError, OverflowError):
            return -1
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOVERFLOW):
                raise
            return -1

    def seekable(self) -> bool:
        """It is a file."""
        return True


@contextmanager
def opened(file: BinaryIO, demuxer: str) -> Iterator[InputContainer]:
    """Open a file object with the named demuxer; FFmpeg guesses and follows nothing.

    Raises:
        av.error.FFmpegError: the demuxer refuses it.
    """
    file.seek(0)
    options = {**_OPTIONS, **_OF_DEMUXERS.get(demuxer, {})}
    anywhere: Any = _Anywhere(file)
    with av.open(anywhere, mode="r", format=demuxer, options=options, metadata_errors="replace") as container:
        yield container


@dataclass
class Timeline:
    """The packets of one stream, as they were demuxed. Times are in units of `time_base` seconds."""

    time_base: Fraction
    times: array[int] = field(default_factory=lambda: array("q"))
    end: int | None = None
    last_duration: int = 0
    packets: int = 0
    untimed: int = 0
    damaged: int = 0
    total_ticks: int = 0

    def add(self, packet: Packet[Any]) -> None:
        """Count a packet; what an edit list cuts away is not presented."""
        if packet.is_corrupt:
            self.damaged += 1
        if packet.is_discard:
            return
        self.packets += 1
        self.total_ticks += packet.duration or 0
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            self.untimed += 1
            return
        self.times.append(time)
        end = time + (packet.duration or 0)
        if self.end is None or end >= self.end:
            self.end, self.last_duration = end, packet.duration or 0

    def seconds(self, ticks: int) -> Fraction:
        """Ticks as seconds."""
        return ticks * self.time_base

    def evenly(self, frame: Fraction) -> Timeline:
        """The same with each frame shown for exactly `frame` seconds, if the times are rounded from that.

        So they are where none is more than a tick away from it; else nothing changes.

        >>> milliseconds = Timeline(Fraction(1, 1000), array("q", [0, 17, 33]), end=50, last_duration=17)
        >>> milliseconds.evenly(Fraction(1, 60)).last, milliseconds.evenly(Fraction(1, 50)).last
        (Fraction(1, 20), Fraction(1, 20))
        >>> Timeline(Fraction(1, 1000), array("q", [0, 42]), end=83).evenly(Fraction(1, 24)).last
        Fraction(1, 12)
        """
        times = sorted(self.times)
        if not times or self.untimed or frame <= 0:
            return self
        start, step = times[0], frame / self.time_base
        if any(abs(time - start - number * step) > 1 for number, time in enumerate(times)):
            return self
        base = Fraction(
            gcd(self.time_base.numerator * frame.denominator, frame.numerator * self.time_base.denominator),
            self.time_base.denominator * frame.denominator,
        )
        first, ticks = int(self.seconds(start) / base), int(frame / base)
        end = first + len(times) * ticks
        if max(abs(first), abs(end)).bit_length() > _LARGEST_TIME:
            return self
        return replace(
            self,
            time_base=base,
            times=array("q", (first + number * ticks for number in range(len(times)))),
            end=end,
            last_duration=ticks,
            total_ticks=len(times) * ticks,
        )

    @property
    def total(self) -> Fraction:
        """The packets' durations added up, in seconds: right also where timestamps jump."""
        return self.seconds(self.total_ticks)

    @property
    def first(self) -> Fraction | None:
        """When the first packet is presented, in seconds."""
        return self.seconds(min(self.times)) if self.times else None

    @property
    def last(self) -> Fraction | None:
        """When the last packet's presentation ends, in seconds."""
        return None if self.end is None else self.seconds(self.end)


@dataclass(frozen=True)
class MainStreams:
    """The main tracks, and how many there are: cover art is no video track."""

    video: Any | None
    audio: Any | None
    videos: int
    audios: int


def main_streams(container: InputContainer) -> MainStreams:
    """Picture and sound of a container, as players choose them."""
    videos, audios = container.streams.video, container.streams.audio
    covers = sum(bool(each.disposition.value & ATTACHED_PICTURE) for each in videos)
    return MainStreams(main_of(videos), main_sound(audios), len(videos) - covers, len(audios))


def main_sound(streams: Sequence[Any]) -> Any:
    """The sound that players take: one that can be decoded, where there is any."""
    return main_of([each for each in streams if each.codec_context is not None] or streams)


def main_of(streams: Iterable[Any]) -> Any:
    """Of streams of one kind, the one that players take: the first that is marked so, else the first."""
    found = [stream for stream in streams if not stream.disposition.value & ATTACHED_PICTURE]
    marked = (stream for stream in found if stream.disposition.value & DEFAULT)
    return next(marked, next(iter(found), None))


def decoder_damage(error: BaseException, where: str) -> Damage:
    """Word FFmpeg's error without the file object's name that PyAV adds."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    log = getattr(error, "log", None)
    message = f"{where}: {text}" + (f" ({log[2].strip()})" if log and log[2].strip() else "")
    truncated = "end of file" in text.lower()
    return Damage("truncated" if truncated else "corrupt", message)


def demuxed(
    container: InputContainer, streams: list[Any], cancelled: Callable[[], bool]
) -> Iterator[Packet[Any]]:
    """Every packet of these streams, without the empty one that flushes a decoder.

    Raises:
        Cancelled: the run was asked to stop.
        av.error.FFmpegError: the container breaks off.
    """
    if not streams:  # of no streams, PyAV would demux all
        return
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, IndexError):
            # PyAV stumbles at the end over streams that nobody announced and that turned up on the way.
            return
        if cancelled():
            raise Cancelled
        if packet.size:
            yield packet


def counted(
    container: InputContainer, streams: list[Any], cancelled: Callable[[], bool]
) -> Iterator[Packet[Any]]:
    """Every packet of these streams, as `demuxed` gives them, as long as there are not too many.

    Raises:
        Cancelled: the run was asked to stop.
        TooManyPacketsError: there are more than `MAX_PACKETS`, or `MAX_CUT_AWAY`.
        av.error.FFmpegError: the container breaks off.
    """
    cut_away = 0
    for number, packet in enumerate(demuxed(container, streams, cancelled), 1):
        cut_away += packet.is_discard
        if number > MAX_PACKETS:
            raise TooManyPacketsError(f"more than {MAX_PACKETS:,} packets; we read no more than these")
        if cut_away > MAX_CUT_AWAY:
            raise TooManyPacketsError(f"an edit list cuts away more than {MAX_CUT_AWAY:,} packets")
        yield packet
