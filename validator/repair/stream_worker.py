"""What runs in a surveying worker: an open clip or sound comes in, what lies in it goes out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import msgspec

from validator.model import AudioFacts, Kind, VideoFacts
from validator.repair.stream_survey import survey_streams
from validator.repair.streams import Streams
from validator.repair.survey import Survey
from validator.threadsafe import ready


class Ask(msgspec.Struct, frozen=True):
    """What the file that comes with it is, by its first bytes."""

    kind: Kind
    format: str


class _Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `Survey`, whose facts stand under their own kind."""

    video: VideoFacts | None = None
    audio: AudioFacts | None = None
    streams: Streams | None = None
    problem: str = ""


def handler(argument: bytes) -> Callable[[memoryview, int], bytes]:
    """The result turns an encoded `Ask` and a descriptor into an encoded `Survey`."""
    del argument  # nothing is to be known beforehand

    def survey(request: memoryview, descriptor: int) -> bytes:
        ask = msgspec.msgpack.decode(request, type=Ask)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return encoded(survey_streams(file, ask.kind, ask.format, lambda: False))

    return survey


def encoded(survey: Survey) -> bytes:
    """A survey of a clip or a sound as bytes."""
    facts = survey.facts
    answer = _Answer(
        video=facts if isinstance(facts, VideoFacts) else None,
        audio=facts if isinstance(facts, AudioFacts) else None,
        streams=survey.streams,
        problem=survey.problem,
    )
    return msgspec.msgpack.encode(answer, enc_hook=str)


def decoded(answer: bytes) -> Survey:
    """The survey from bytes.

    Raises:
        msgspec.DecodeError: they make no sense.

    >>> decoded(encoded(Survey(problem="It is empty."))).problem
    'It is empty.'
    """
    parts = msgspec.msgpack.decode(answer, type=ready(_Answer), dec_hook=_fraction)
    return Survey(parts.video or parts.audio, parts.streams, parts.problem)


def _fraction(kind: type, text: Any) -> Any:
    return kind(text)  # Fraction is the one type of ours that MessagePack does not know
