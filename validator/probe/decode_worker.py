"""What runs in a decoding worker: open files come in, what they are and hold goes out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from validator.model import Expansion, SecondFormat
from validator.probe.damage import Damage
from validator.probe.examine import Ask, Examined, examined
from validator.probe.measurement import Measurement
from validator.probe.media import facts_type
from validator.probe.sketch import Sketch
from validator.probe.sniffed import Sniffed
from validator.probe.still import Still
from validator.threadsafe import ready

_SECONDS = 0.1  # of one request, after which no further file is begun
_BYTES = 16 << 20  # of one answer, likewise: stills are large


class _Request(msgspec.Struct, frozen=True, array_like=True):
    """How the files that come with it are to be examined: each by the `ask` of its number."""

    asks: tuple[Ask, ...]
    files: tuple[tuple[int, int | None], ...]
    """Of each file the number of its `ask`, and its size in bytes."""


class _Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `Measurement`, whose facts are encoded by themselves: their type follows from the format."""

    facts: msgspec.Raw
    damage: Damage = Damage()
    expansion: Expansion = "sane"
    expansion_detail: str = ""
    format: str | None = None
    decoded: bool = True
    unmeasured: dict[str, str] = {}
    stills: tuple[Still, ...] = ()
    sketch: Sketch | None = None
    stopped: bool = False


class _Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one file: an `Examined`."""

    sniffed: Sniffed
    second_format: SecondFormat | None = None
    second_format_detail: str = ""
    unopened: str = ""
    measured: _Measured | None = None


def handler(argument: bytes) -> Callable[..., bytes]:
    """The result turns an encoded request and descriptors into encoded answers: one, or some more."""
    del argument  # nothing is to be known beforehand
    return answered


def answered(
    request: bytes | memoryview, *descriptors: int, clock: Callable[[], float] = time.monotonic
) -> bytes:
    """The encoded answers about the first of these open files, and as many more as go quickly.

    The others have to be sent again: so no answer takes much longer than that about one file.
    """
    wanted = msgspec.msgpack.decode(request, type=_Request)
    until = clock() + _SECONDS
    answers: list[msgspec.Raw] = []
    size = 0
    for descriptor, (number, length) in zip(descriptors, wanted.files, strict=True):
        if answers and (size > _BYTES or clock() > until):
            break
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            found = examined(file, wanted.asks[number], length, lambda: False)
        answers.append(msgspec.Raw(_packed(_answer(found))))
        size += len(answers[-1])
    return _packed(answers)


def request(asks: Sequence[Ask], sizes: Sequence[int | None]) -> bytes:
    """What is sent along with as many open files."""
    numbers: dict[int, int] = {}
    distinct: list[Ask] = []
    for ask in asks:
        if id(ask) not in numbers:
            numbers[id(ask)] = len(distinct)
            distinct.append(ask)
    files = tuple((numbers[id(ask)], size) for ask, size in zip(asks, sizes, strict=True))
    return msgspec.msgpack.encode(_Request(tuple(distinct), files))


def encoded(found: Sequence[Examined]) -> bytes:
    """What was found, as bytes."""
    return _packed([_answer(each) for each in found])


def decoded(answer: bytes) -> list[Examined]:
    """What was found of one file, or of some more, from bytes.

    Raises:
        msgspec.DecodeError: they make no sense.

    >>> from fractions import Fraction
    >>> from validator.model import Kind, VideoFacts
    >>> facts = VideoFacts(duration=Fraction(1, 3))
    >>> found = Examined(Sniffed("media", Kind.VIDEO, "mp4"), measurement=Measurement(facts, Damage()))
    >>> decoded(encoded([found])) == [found]
    True
    """
    answers = msgspec.msgpack.decode(answer, type=ready(list[_Answer]), dec_hook=_fraction)
    return [_examined(each) for each in answers]


def _answer(found: Examined) -> _Answer:
    measurement = found.measurement
    measured = None
    if measurement is not None:
        measured = _Measured(
            facts=msgspec.Raw(_packed(measurement.facts)),
            damage=measurement.damage,
            expansion=measurement.expansion,
            expansion_detail=measurement.expansion_detail,
            format=measurement.format,
            decoded=measurement.decoded,
            unmeasured=dict(measurement.unmeasured),
            stills=measurement.stills,
            sketch=measurement.sketch,
            stopped=measurement.stopped,
        )
    return _Answer(found.sniffed, found.second_format, found.second_format_detail, found.unopened, measured)


def _examined(answer: _Answer) -> Examined:
    parts, measurement = answer.measured, None
    if parts is not None:
        kind = ready(facts_type(answer.sniffed.format or ""))
        measurement = Measurement(
            msgspec.msgpack.decode(parts.facts, type=kind, dec_hook=_fraction),
            parts.damage,
            parts.expansion,
            parts.expansion_detail,
            parts.format,
            parts.decoded,
            parts.unmeasured,
            parts.stills,
            parts.sketch,
            parts.stopped,
        )
    return Examined(
        answer.sniffed, answer.second_format, answer.second_format_detail, answer.unopened, measurement
    )


def _packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=_pair)


def _pair(fraction: Any) -> tuple[int, int]:
    pair: tuple[int, int] = fraction.as_integer_ratio()
    return pair


def _fraction(kind: type, pair: Any) -> Any:
    """Fraction is the one type of ours that MessagePack does not know."""
    numerator, denominator = pair
    if not denominator:
        raise ValueError("a fraction of nothing")
    return kind(numerator, denominator)
