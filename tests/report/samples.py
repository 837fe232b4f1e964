"""Judged assets for the tests of reports: made from facts, so that no file is needed."""

from __future__ import annotations

from fractions import Fraction

from validator.findings import AssetReport, Report
from validator.judge import Policy, judge
from validator.model import (
    Asset,
    AudioFacts,
    Facts,
    FileFacts,
    Group,
    GroupKind,
    ImageFacts,
    Kind,
    LinkFacts,
    Role,
    VideoFacts,
)
from validator.profile import default_profile
from validator.run import TOOL

PROFILE = default_profile()


def judged(asset: Asset, facts: Facts) -> AssetReport:
    return AssetReport(asset, facts, *judge(asset, facts, PROFILE, Policy()))


def file_facts(format_name: str, size: int = 1_230_000) -> FileFacts:
    return FileFacts(
        access="readable",
        bytes=size,
        sha256="ab" * 32,
        content="media",
        format=format_name,
        extension=format_name,
        name_agreement="agrees",
        integrity="whole",
        expansion="sane",
        duplicate=False,
    )


def clip(width: int = 848, height: int = 480, target: str = "clips/phone.mp4") -> AssetReport:
    media = VideoFacts(
        duration=Fraction(5),
        frames=150,
        frame_rate=Fraction(30000, 1001),
        frame_rate_mode="constant",
        width=width,
        height=height,
        aspect_ratio=Fraction(width, height),
        pixels=width * height,
        resolution=f"{height}p",
        geometry=False,
        codec_support="usual",
        tracks="one",
    )
    return judged(Asset(target, target), Facts(Kind.VIDEO, file_facts("mp4"), None, media))


def picture(width: int = 1000, height: int = 1000, target: str = "face.png") -> AssetReport:
    media = ImageFacts(
        width=width,
        height=height,
        aspect_ratio=Fraction(width, height),
        pixels=width * height,
        frames=1,
        orientation=False,
        colour=False,
    )
    asset = Asset(
        target, target, name="Ada", role=Role.CLOSE_UP, group=Group(GroupKind.REAL_HUMAN, id="group-1")
    )
    return judged(asset, Facts(Kind.IMAGE, file_facts("png"), None, media))


def missing(target: str = "gone.mp4") -> AssetReport:
    facts = Facts(file=FileFacts(access="missing"), unmeasured={"*": "the file could not be read"})
    return judged(Asset(target, target), facts)


def header_only(target: str = "voice.wav") -> AssetReport:
    sound = AudioFacts(duration=Fraction(39, 8), sample_rate=44100, level="audible", encoding="usual")
    file = FileFacts(
        access="readable",
        bytes=812,
        content="media",
        format="wav",
        name_agreement="agrees",
        expansion="sane",
        duplicate=False,
    )
    reason = {"integrity": "only the header was read", "*": "it was not looked for"}
    return judged(Asset(target, target), Facts(Kind.AUDIO, file, None, sound, reason))


def link(address: str) -> AssetReport:
    facts = Facts(
        file=FileFacts(content="not-media", sha256="cd" * 32, bytes=5, duplicate=False, access="readable"),
        link=LinkFacts(
            scheme="https",
            reach="reached",
            redirects="none",
            page="web-page",
            content_type_agreement="agrees",
            transfer="complete",
        ),
        unmeasured={"*": "the file is no media"},
    )
    return judged(Asset(address, address, is_url=True), facts)


def report(*assets: AssetReport) -> Report:
    return Report(TOOL, PROFILE.info, assets)
