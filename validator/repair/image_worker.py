"""What runs in an image worker: an open picture comes in, what was measured or made of it goes out."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import msgspec

from validator.model import ImageFacts
from validator.repair.image_problem import ImageProblemError
from validator.repair.image_time import end_when_late
from validator.repair.plan import Made
from validator.repair.recipe import ImageRecipe
from validator.repair.survey import Share, Survey
from validator.threadsafe import ready

_LENGTH = 4  # bytes that say how long the head of an answer is


class SurveyAsk(msgspec.Struct, frozen=True, tag="survey"):
    """The picture that comes with it is to be measured; see `image_survey.survey_image`."""

    format: str
    salience: bool = False
    frame: int | None = None


class MakeAsk(msgspec.Struct, frozen=True, tag="make"):
    """A copy of the picture that comes with it is to be made."""

    recipe: ImageRecipe


class _Surveyed(msgspec.Struct, frozen=True, omit_defaults=True):
    facts: ImageFacts | None = None
    salient: Share | None = None
    packed: Fraction | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()


class _Made(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is said of a copy; its bytes come behind. `problem`: why there is none."""

    made: Made
    problem: str = ""


def handler(argument: bytes) -> Callable[[memoryview, int], bytes]:
    """The result turns an encoded ask and a descriptor into an encoded answer."""
    del argument  # nothing is to be known beforehand
    end_when_late()

    def answer(request: memoryview, descriptor: int) -> bytes:
        ask = msgspec.msgpack.decode(request, type=SurveyAsk | MakeAsk)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            if isinstance(ask, SurveyAsk):
                from validator.repair.image_survey import survey_image

                return encoded_survey(
                    survey_image(file, ask.format, lambda: False, salience=ask.salience, frame=ask.frame)
                )
            from validator.repair.image_make import make_image

            try:
                content, made = make_image(ask.recipe, file, lambda: False)
            except ImageProblemError as problem:
                return encoded_copy(b"", Made(), str(problem))
            return encoded_copy(content, made)

    return answer


def encoded_survey(survey: Survey) -> bytes:
    """What was measured, as bytes."""
    facts = survey.facts if isinstance(survey.facts, ImageFacts) else None
    return _packed(_Surveyed(facts, survey.salient, survey.packed, survey.problem, survey.notes))


def decoded_survey(answer: bytes) -> Survey:
    """What was measured, from bytes.

    Raises:
        msgspec.DecodeError: they make no sense.

    >>> decoded_survey(encoded_survey(Survey(problem="It is cut off."))).problem
    'It is cut off.'
    """
    said = msgspec.msgpack.decode(answer, type=ready(_Surveyed), dec_hook=_fraction)
    return Survey(
        facts=said.facts,
        salient=said.salient,
        packed=said.packed,
        problem=said.problem,
        notes=said.notes,
    )


def encoded_copy(content: bytes, made: Made, problem: str = "") -> bytes:
    """A copy's bytes and what is said of it, or why there is none, as bytes."""
    head = _packed(_Made(made, problem))
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, content))


def decoded_copy(answer: bytes) -> tuple[memoryview, Made]:
    """A copy's bytes and what is said of it, from bytes.

    Raises:
        ImageProblemError: there is no copy; says why.
        msgspec.DecodeError: they make no sense.

    >>> content, made = decoded_copy(encoded_copy(b"...", Made(notes=("Smaller.",))))
    >>> bytes(content), made.notes
    (b'...', ('Smaller.',))
    """
    end = _LENGTH + int.from_bytes(answer[:_LENGTH], "big")
    said = msgspec.msgpack.decode(answer[_LENGTH:end], type=ready(_Made))
    if said.problem:
        raise ImageProblemError(said.problem)
    return memoryview(answer)[end:], said.made


def _packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=str)


def _fraction(kind: type, text: Any) -> Any:
    return kind(text)  # Fraction is the one type of ours that MessagePack does not know
