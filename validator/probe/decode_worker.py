"""What runs in a decoding worker: an open file comes in, its measurement goes out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import msgspec

from validator.model import Depth, Expansion
from validator.probe.damage import Damage
from validator.probe.measurement import Measurement
from validator.probe.media import facts_type, measure_media
from validator.probe.sketch import Sketch
from validator.probe.still import Still
from validator.threadsafe import ready


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the file that comes with it is to be measured."""

    format: str
    depth: Depth
    stills: bool
    sketch: bool = False


class _Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `Measurement`, whose facts are encoded by themselves: their type follows from the format."""

    facts: msgspec.Raw
    damage: Damage
    expansion: Expansion
    expansion_detail: str
    format: str | None
    decoded: bool
    unmeasured: dict[str, str]
    stills: tuple[Still, ...]
    sketch: Sketch | None = None


def handler(argument: bytes) -> Callable[[memoryview, int], bytes]:
    """The result turns an encoded `Ask` and a descriptor into an encoded `Measurement`."""
    del argument  # nothing is to be known beforehand

    def measure(request: memoryview, descriptor: int) -> bytes:
        ask = msgspec.msgpack.decode(request, type=Ask)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            measurement = measure_media(
                file, ask.format, ask.depth, lambda: False, stills=ask.stills, sketch=ask.sketch
            )
        return encoded(measurement)

    return measure


def encoded(measurement: Measurement) -> bytes:
    """A measurement as bytes."""
    answer = _Answer(
        facts=msgspec.Raw(_packed(measurement.facts)),
        damage=measurement.damage,
        expansion=measurement.expansion,
        expansion_detail=measurement.expansion_detail,
        format=measurement.format,
        decoded=measurement.decoded,
        unmeasured=dict(measurement.unmeasured),
        stills=measurement.stills,
        sketch=measurement.sketch,
    )
    return _packed(answer)


def decoded(answer: bytes, format_name: str) -> Measurement:
    """The measurement of a file whose sniffed format this is, from bytes.

    Raises:
        msgspec.DecodeError: they make no sense.

    >>> from fractions import Fraction
    >>> from validator.model import VideoFacts
    >>> facts = VideoFacts(duration=Fraction(1, 3))
    >>> decoded(encoded(Measurement(facts, Damage())), "mp4").facts == facts
    True
    """
    parts = msgspec.msgpack.decode(answer, type=ready(_Answer), dec_hook=_fraction)
    facts = msgspec.msgpack.decode(parts.facts, type=ready(facts_type(format_name)), dec_hook=_fraction)
    return Measurement(
        facts,
        parts.damage,
        parts.expansion,
        parts.expansion_detail,
        parts.format,
        parts.decoded,
        parts.unmeasured,
        parts.stills,
        parts.sketch,
    )


def _packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=str)


def _fraction(kind: type, text: Any) -> Any:
    return kind(text)  # Fraction is the one type of ours that MessagePack does not know
