"""Decoding to find damage: everything where that is cheap, else the start, the middle and the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

from validator.probe.damage import Damage
from validator.probe.index_bounds import MAX_PIXELS
from validator.probe.stream import decoder_damage, demuxed

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.frame import Frame

SAMPLE_SECONDS = 1
"""Decoded at the start and in the middle of a long stream; at its end, all from the last key frame."""


@dataclass
class Decoded:
    """What came out of the decoders: the damage met first, how many frames, and the first of each stream.

    `doubt` says what was met that could neither be confirmed as damage nor ruled out.
    """

    damage: Damage = field(default_factory=Damage)
    frames: dict[int, int] = field(default_factory=dict)
    first: dict[int, Frame] = field(default_factory=dict)
    entry: dict[int, int] = field(default_factory=dict)
    doubt: str = ""
    damaged: int = 0

    def enter(self, packet: Any) -> None:
        """Remember where decoding began: frames shown before that key frame refer to what was never read."""
        if packet.is_keyframe and packet.pts is not None:
            self.entry.setdefault(packet.stream_index, packet.pts)

    def leads(self, index: int, time: int | None) -> bool:
        """Whether a frame is shown before the key frame that decoding began with."""
        return time is not None and time < self.entry.get(index, time)

    def add(self, index: int, frame: Any) -> None:
        """Count a frame."""
        if self.leads(index, frame.pts):
            return
        self.frames[index] = self.frames.get(index, 0) + 1
        self.first.setdefault(index, frame)
        if frame.is_corrupt:
            self.spoil(Damage("corrupt", f"a frame{_at(frame.time)} is damaged"))

    def spoil(self, damage: Damage) -> None:
        """Remember the damage that was met first."""
        self.damaged += 1
        if self.damage.integrity == "whole":
            self.damage = damage


_GLANCE = 0.05  # seconds: a frame at the least

MAX_DAMAGED = 10
"""Packets that cannot be decoded, after which nothing more is tried."""

CONFIRMED_SECONDS = 120
"""Of streams up to this length, damage that was met behind a seek is looked for from the start."""

Visit = Callable[[int, Any], None]
"""Called with the stream's index and each decoded frame."""


def strict(stream: Any) -> None:
    """Have the decoder report what it would conceal, at the packet concerned; to be called before the first.

    In one thread: frame threads report it some packets later, where a leading frame is no longer known as
    one, and with slice threads H.264 reports most damage not at all.
    """
    stream.codec_context.options = {"err_detect": "explode", "max_pixels": str(MAX_PIXELS)}
    stream.codec_context.thread_count = 1


@dataclass(frozen=True)
class Decoder:
    """Decodes streams of an opened container; `visit` sees every frame.

    What follows after `end` seconds, if that is given, is no part of the streams.
    """

    container: InputContainer
    cancelled: Callable[[], bool]
    visit: Visit | None = None
    end: Fraction | None = None

    def all(self, streams: list[Any]) -> Decoded:
        """Decode every frame of these streams.

        Raises:
            Cancelled: the run was asked to stop.
        """
        decoded = Decoded()
        self._decode(streams, decoded, start=None, until=self.end)
        return decoded

    def samples(self, stream: Any, seconds: float) -> Decoded:
        """Decode a second at the start, a second in the middle, and the end of a stream of this length.

        For a `visit`, a glance is taken at a quarter and at three quarters of it too.

        What comes soon after an entry may refer to what was never read, and look damaged. So damage that is
        met counts only if decoding from the start meets some; of what lasts too long for that, it stays a
        doubt.

        Raises:
            Cancelled: the run was asked to stop.
        """
        decoded = Decoded()
        glances = (0.25, 0.75) if self.visit is not None else ()
        begin = float((stream.start_time or 0) * stream.time_base)
        windows = ((0.0, SAMPLE_SECONDS), (0.5, SAMPLE_SECONDS), *((share, _GLANCE) for share in glances))
        for start, length in (
            *((share * seconds, length) for share, length in sorted(windows)),
            (seconds - SAMPLE_SECONDS, None),
        ):
            decoded.entry.pop(stream.index, None)
            until = self.end if length is None else begin + start + length
            self._decode([stream], decoded, start=start, until=until)
        if decoded.damage.integrity != "whole":
            self._confirm(stream, seconds, decoded)
        return decoded

    def _confirm(self, stream: Any, seconds: float, decoded: Decoded) -> None:
        met, decoded.damage = decoded.damage, Damage()
        if seconds > CONFIRMED_SECONDS:
            decoded.doubt = f"{met.detail}, which may only refer to what was not read: full depth decides"
            return
        again = Decoded()
        self._decode([stream], again, start=0.0, until=self.end, confirming=True)
        decoded.damage = again.damage

    def _seek(self, stream: Any, seconds: float | None) -> None:
        if seconds is None:
            self.container.seek(0)
            return
        begin = stream.start_time or 0
        self.container.seek(begin + int(max(0.0, seconds) / stream.time_base), stream=stream, backward=True)

    def _decode(
        self,
        streams: list[Any],
        decoded: Decoded,
        *,
        start: float | None,
        until: float | Fraction | None,
        confirming: bool = False,
    ) -> None:
        """Decode from `start` seconds into the first stream, or from where the file begins.

        Until too much is damaged; `confirming` stops at the first, and shows no frame again.
        """
        visit = None if confirming else self.visit
        try:
            self._seek(streams[0], start)
            for packet in demuxed(self.container, streams, self.cancelled):
                if until is not None and _is_decoded_after(packet, until):
                    return
                if decoded.damaged > (0 if confirming else MAX_DAMAGED):
                    return
                decoded.enter(packet)
                _take(packet.stream_index, _frames(packet, decoded), decoded, visit)
        except av.error.FFmpegError as error:
            decoded.spoil(decoder_damage(error, "reading"))
            return
        for stream in streams:
            _flush(stream, decoded, visit)


def _take(index: int, frames: Iterable[Any], decoded: Decoded, visit: Visit | None) -> None:
    for frame in frames:
        decoded.add(index, frame)
        if visit is not None:
            visit(index, frame)


def _flush(stream: Any, decoded: Decoded, visit: Visit | None) -> None:
    """Take the frames that the decoder holds back for reordering."""
    try:
        _take(stream.index, [_timed(frame, stream) for frame in stream.decode(None)], decoded, visit)
    except av.error.EOFError:
        return  # nothing was ever fed into it
    except av.error.FFmpegError as error:
        decoded.spoil(decoder_damage(error, f"{stream.type} at its end"))


def _is_decoded_after(packet: Any, seconds: float | Fraction) -> bool:
    """Not by when it is shown: frames that are shown earlier may come after it."""
    time = packet.dts if packet.dts is not None else packet.pts
    return time is not None and time * packet.time_base >= seconds


def _timed(frame: Any, stream: Any) -> Any:
    """PyAV takes a frame's time base from the packet, and here there is none."""
    if frame.time_base is None:
        frame.time_base = stream.time_base
    return frame


def _frames(packet: Any, decoded: Decoded) -> Iterator[Any]:
    try:
        yield from packet.decode()
    except av.error.FFmpegError as error:
        if decoded.leads(packet.stream_index, packet.pts):
            return
        time = None if packet.pts is None else float(packet.pts * packet.time_base)
        decoded.spoil(decoder_damage(error, f"{packet.stream.type}{_at(time)}"))


def _at(seconds: float | None) -> str:
    return "" if seconds is None else f" at {seconds:.2f} s"
