"""Judged assets with something to see: made from facts and drawn pictures, so that no file is needed."""

from __future__ import annotations

import dataclasses
import io
import random
from fractions import Fraction
from functools import cache

import msgspec
import PIL.Image

from tests.report.samples import clip, file_facts, judged, portrait
from validator.findings import AssetReport
from validator.model import Asset, AudioFacts, Facts, Kind, VideoFacts
from validator.people import Joint
from validator.preview import Preview, RateSpan, SmallPicture, StripFrame

JOINTS = (
    Joint("nose", Fraction("0.5"), Fraction("0.2"), Fraction("0.99")),
    Joint("left-shoulder", Fraction("0.6"), Fraction("0.4"), Fraction("0.9")),
    Joint("right-shoulder", Fraction("0.4"), Fraction("0.4"), Fraction("0.9")),
    Joint("left-hip", Fraction("0.58"), Fraction("1.1"), Fraction("0.2")),
    Joint("right-hip", Fraction("0.42"), Fraction(9), Fraction("0.1")),
)
"""A person whose hips lie below the picture, one of them far below."""


@cache
def drawn(width: int = 32, height: int = 24, colour: str = "teal") -> SmallPicture:
    """A small picture of one colour."""
    return _encoded(PIL.Image.new("RGB", (width, height), colour))


@cache
def busy(size: int, seed: int = 0) -> SmallPicture:
    """A picture of so many bytes, about: noise, as no photograph is."""
    side = max(int((size / 0.8) ** 0.5), 1)
    noise = random.Random(seed).randbytes(side * side * 3)  # noqa: S311 - a picture, no secret
    return _encoded(PIL.Image.frombytes("RGB", (side, side), noise))


def _encoded(image: PIL.Image.Image) -> SmallPicture:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80)
    return SmallPicture(out.getvalue(), "image/webp", image.width, image.height)


def seen_portrait(target: str = "half.png", picture: SmallPicture | None = None) -> AssetReport:
    """Two people of whom one is a poster, a crop that is asked for, and the joints of one."""
    result = portrait(target)
    assert result.facts.portrait is not None
    framing = msgspec.structs.replace(result.facts.portrait, body_joints=JOINTS)
    facts = dataclasses.replace(result.facts, portrait=framing)
    small = picture or drawn(40, 30, "gray")
    return dataclasses.replace(judged(result.asset, facts), preview=Preview(picture=small))


def seen_clip(target: str = "clips/phone.mp4", picture: SmallPicture | None = None) -> AssetReport:
    """A clip of two frame rates, with six frames."""
    result = clip(target=target)
    media = result.facts.media
    assert isinstance(media, VideoFacts)
    uneven = msgspec.structs.replace(media, frame_rate_mode="variable")
    facts = dataclasses.replace(result.facts, media=uneven)
    frames = tuple(StripFrame(Fraction(at), picture or drawn(), faces=at == 4) for at in range(6))
    rates = (
        RateSpan(Fraction(0), Fraction(2), Fraction(60)),
        RateSpan(Fraction(2), Fraction(5), Fraction(15)),
    )
    return dataclasses.replace(judged(result.asset, facts), preview=Preview(strip=frames, frame_rates=rates))


def seen_sound(target: str = "voice.wav", duration: Fraction = Fraction(30)) -> AssetReport:
    """A sound of which the middle was not decoded."""
    media = AudioFacts(
        duration=duration, sample_rate=44100, level="audible", encoding="usual", header_agreement="agrees"
    )
    result = judged(Asset(target, target), Facts(Kind.AUDIO, file_facts("wav"), None, media))
    peaks = (*range(0, 100, 4), *[-1] * 25, *range(100, 0, -4))
    return dataclasses.replace(result, preview=Preview(waveform=peaks))
