"""Decoding to find damage: everything where that is cheap, else the start, the middle and the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

from validator.probe.damage import Damage
from validator.probe.stream import decoder_damage, demuxed

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.frame import Frame

SAMPLE_SECONDS = 1
"""Decoded at the start and in the middle of a long stream; at its end, all from the last key frame."""


@dataclass
class Decoded:
    """What came out of the decoders: the damage met first, how many frames, and the first of each stream."""

    damage: Damage = field(default_factory=Damage)
    frames: dict[int, int] = field(default_factory=dict)
    first: dict[int, Frame] = field(default_factory=dict)
    entry: dict[int, int] = field(default_factory=dict)

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
        if self.damage.integrity == "whole":
            self.damage = damage


Visit = Callable[[int, Any], None]
"""Called with the stream's index and each decoded frame."""


def strict(stream: Any) -> None:
    """Have the decoder report what it would conceal, at the packet concerned; to be called before the first.

    In one thread: frame threads report it some packets later, where a leading frame is no longer known as
    one, and with slice threads H.264 reports most damage not at all.
    """
    stream.codec_context.options = {"err_detect": "explode"}
    stream.codec_context.thread_count = 1


def decode_all(
    container: InputContainer,
    streams: list[Any],
    cancelled: Callable[[], bool],
    visit: Visit | None = None,
    end: Fraction | None = None,
) -> Decoded:
    """Decode every frame of these streams, from where the container stands, up to `end` seconds."""
    decoded = Decoded()
    _decode(container, streams, decoded, cancelled, visit, until=end)
    return decoded


def decode_samples(
    container: InputContainer,
    stream: Any,
    seconds: float,
    cancelled: Callable[[], bool],
    visit: Visit | None = None,
    end: Fraction | None = None,
) -> Decoded:
    """Decode a second at the start, a second in the middle, and the end of a stream that lasts `seconds`.

    What follows after `end` seconds, if that is given, is no part of the stream.
    What comes soon after an entry may refer to what was never read, and look damaged. So damage that is met
    counts only if decoding all from the start meets some.
    """
    decoded = Decoded()
    for start, length in (
        (0.0, SAMPLE_SECONDS),
        (seconds / 2, SAMPLE_SECONDS),
        (seconds - SAMPLE_SECONDS, None),
    ):
        _seek(container, stream, start)
        decoded.entry.pop(stream.index, None)
        _decode(
            container, [stream], decoded, cancelled, visit, until=end if length is None else start + length
        )
    if decoded.damage.integrity != "whole":
        _seek(container, stream, 0.0)
        decoded.damage = decode_all(container, [stream], cancelled, end=end).damage
    return decoded


def _seek(container: InputContainer, stream: Any, seconds: float) -> None:
    begin = stream.start_time or 0
    container.seek(begin + int(max(0.0, seconds) / stream.time_base), stream=stream, backward=True)


def _decode(
    container: InputContainer,
    streams: list[Any],
    decoded: Decoded,
    cancelled: Callable[[], bool],
    visit: Visit | None,
    until: float | Fraction | None = None,
) -> None:
    try:
        for packet in demuxed(container, streams, cancelled):
            if until is not None and packet.pts is not None and packet.pts * packet.time_base >= until:
                return
            decoded.enter(packet)
            for frame in _frames(packet, decoded):
                decoded.add(packet.stream_index, frame)
                if visit is not None:
                    visit(packet.stream_index, frame)
    except av.error.FFmpegError as error:
        decoded.spoil(decoder_damage(error, "reading"))
        return
    for stream in streams:
        _flush(stream, decoded, visit)


def _frames(packet: Any, decoded: Decoded) -> Iterator[Any]:
    try:
        yield from packet.decode()
    except av.error.FFmpegError as error:
        if decoded.leads(packet.stream_index, packet.pts):
            return
        time = None if packet.pts is None else float(packet.pts * packet.time_base)
        decoded.spoil(decoder_damage(error, f"{packet.stream.type}{_at(time)}"))


def _flush(stream: Any, decoded: Decoded, visit: Visit | None) -> None:
    """Take the frames that the decoder holds back for reordering."""
    try:
        for frame in stream.decode(None):
            decoded.add(stream.index, frame)
            if visit is not None:
                visit(stream.index, frame)
    except av.error.EOFError:
        return  # nothing was ever fed into it
    except av.error.FFmpegError as error:
        decoded.spoil(decoder_damage(error, f"{stream.type} at its end"))


def _at(seconds: float | None) -> str:
    return "" if seconds is None else f" at {seconds:.2f} s"
