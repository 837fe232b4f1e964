"""Facts come back from their bytes as they were."""

from __future__ import annotations

import dataclasses
import typing
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.facts_codec import decoded, encoded
from validator.model import AudioFacts, Facts, FileFacts, ImageFacts, Kind, LinkFacts, VideoFacts
from validator.people import Face, FaceFacts, Joint, LikenessFacts, PortraitFacts
from validator.preview import Preview

_FACE = Face(
    Fraction(1, 3), Fraction(1, 7), Fraction(1, 2), Fraction(2, 3), 211, Fraction(99, 100), drawn=True
)


@given(st.fractions())
def test_fractions_are_exact(value: Fraction) -> None:
    facts = Facts(Kind.VIDEO, media=VideoFacts(duration=value))
    back = decoded(encoded(facts)).media
    assert isinstance(back, VideoFacts)
    assert back.duration == value
    assert isinstance(back.duration, Fraction)


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(
            Kind.IMAGE, FileFacts(access="readable", bytes=0), media=ImageFacts(aspect_ratio=Fraction(16, 9))
        ),
        Facts(Kind.VIDEO, media=VideoFacts(), unmeasured={"*": "why", "integrity": "because — ﬁ\n"}),
        Facts(Kind.AUDIO, media=AudioFacts(peak=Fraction(0), level="silent")),
        Facts(link=LinkFacts(fetch_seconds=Fraction(1, 10**9)), unmeasured={"host": "nobody asked"}),
        Facts(
            Kind.IMAGE,
            faces=FaceFacts(face_count=1, faces=(_FACE, _FACE)),
            portrait=PortraitFacts(head_cut=("top",), body_joints=(Joint("nose", *[Fraction(1, 9)] * 3),)),
            likeness=LikenessFacts(face_distance=Fraction(3, 5), face_distance_from="a.png"),
            descriptor=(0.1, -1e-9),
            no_descriptor="none",
        ),
        Facts(Kind.IMAGE, stopped=True),
        Facts(Kind.IMAGE, lasting=False),
    ],
)
def test_facts_come_back(facts: Facts) -> None:
    back = decoded(encoded(facts))
    assert back == facts
    assert type(back.media) is type(facts.media)


def test_every_part_of_the_facts_has_a_place() -> None:
    hints = typing.get_type_hints(Facts, localns={"Preview": Preview})
    parts: dict[str, typing.Any] = {
        name: kind()
        for name in hints
        for kind in typing.get_args(hints[name])
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind not in {ImageFacts, VideoFacts}
    }
    parts.pop("preview", None)
    assert len(parts) == 8
    simple: dict[str, typing.Any] = {
        "stopped": True,
        "lasting": False,
        "descriptor": (1.0,),
        "no_descriptor": "x",
        "kind": Kind.AUDIO,
    }
    facts = Facts(**parts, **simple, file=FileFacts(bytes=1), unmeasured={"*": "y"})
    left_out = {field.name for field in dataclasses.fields(Facts)} - {*parts, *simple, "file", "unmeasured"}
    assert left_out == {"preview"}
    assert decoded(encoded(facts)) == facts


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x91\x80\x00", msgspec.msgpack.encode([{"bytes": "many"}])])
def test_bytes_that_make_no_sense_are_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decoded(data)


@pytest.mark.parametrize("ratio", ["1/0", "one third", "", 7])
def test_fractions_that_are_none_are_refused(ratio: object) -> None:
    record: list[object] = [{}, "image", {"aspect_ratio": ratio}]
    with pytest.raises(msgspec.DecodeError):
        decoded(msgspec.msgpack.encode(record))


def test_numbers_that_are_too_large_are_refused() -> None:
    with pytest.raises(OverflowError):
        encoded(Facts(file=FileFacts(bytes=2**64)))
