"""Judged assets for the tests of reports: made from facts, so that no file is needed."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import msgspec

from validator.findings import AssetReport, Finding, NotJudged, ProfileInfo
from validator.finished import Report
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
from validator.people import Box, Face, FaceFacts, LikenessFacts, PortraitFacts
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
        second_format="none",
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
        exif="none",
        colour=False,
    )
    asset = Asset(
        target, target, name="Ada", role=Role.CLOSE_UP, group=Group(GroupKind.REAL_HUMAN, id="group-1")
    )
    return judged(asset, Facts(Kind.IMAGE, file_facts("png"), None, media))


def portrait(target: str = "half.png") -> AssetReport:
    """A picture of two people, in which everything about people was measured, and most is wrong."""
    media = ImageFacts(
        width=1200,
        height=900,
        aspect_ratio=Fraction(4, 3),
        pixels=1_080_000,
        frames=1,
        exif="none",
        colour=False,
    )
    main = Face(Fraction("0.4"), Fraction("0.1"), Fraction("0.2"), Fraction("0.3"), 270, Fraction("0.98"))
    poster = Face(
        Fraction(0), Fraction("0.2"), Fraction("0.05"), Fraction("0.064"), 58, Fraction("0.7"), drawn=True
    )
    faces = FaceFacts(
        face_count=2, faces=(main, poster), faces_detail="2 faces (one of 58 px at the left edge)"
    )
    framing = PortraitFacts(
        shot="half-body",
        practice="close-up",
        face_height=270,
        head_height=Fraction("0.31"),
        head_center_x=Fraction("0.1"),
        head_center_y=Fraction("0.25"),
        head_cut=("left",),
        head_cut_detail="left edge",
        cut_edges=1,
        yaw=Fraction("-40.5"),
        pitch=Fraction(2),
        roll=Fraction(0),
        smile=Fraction("0.8"),
        jaw_open=Fraction("0.1"),
        sharpness=Fraction("0.5"),
        brightness=Fraction("0.5"),
        body_parts=("head", "shoulders", "hips"),
        body_frontal=True,
        full_body="cut",
        full_body_detail="Knees and ankles lie outside the picture",
        close_up_crop=Box(402, 96, 812, 1218),
    )
    likeness = LikenessFacts(face_distance=Fraction("0.71"), face_distance_from="ada.png")
    asset = Asset(target, target, role=Role.CLOSE_UP, group=Group(GroupKind.REAL_HUMAN, name="Ada"))
    facts = Facts(
        Kind.IMAGE, file_facts("png"), None, media, faces=faces, portrait=framing, likeness=likeness
    )
    return judged(asset, facts)


def watched(target: str = "clips/two.mp4") -> AssetReport:
    """A clip with two people in one of its frames."""
    faces = FaceFacts(face_count=2, faces=(), faces_detail="2 faces", face_time=Fraction(5, 2), face_frames=5)
    return judged(Asset(target, target), Facts(Kind.VIDEO, file_facts("mp4"), faces=faces))


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
        second_format="none",
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


STRICT = msgspec.structs.replace(
    PROFILE,
    info=ProfileInfo("strict", "A strict service", "2026-11-23", "https://strict.example/limits"),
    rules=tuple(
        msgspec.structs.replace(rule, max=Fraction(900)) if rule.code == "IMG003" else rule
        for rule in PROFILE.rules
        if rule.code != "VID005"
    ),
)
"""Another profile: smaller pictures, and clips of any size."""


def by_both(result: AssetReport) -> AssetReport:
    """The same asset, judged by the default profile and by the strict one."""
    findings: list[Finding] = []
    not_judged: list[NotJudged] = []
    profiles = (PROFILE, STRICT)
    for profile in profiles:
        found, skipped = judge(result.asset, result.facts, profile, Policy())
        name = profile.info.name
        findings += [msgspec.structs.replace(each, profile=name) for each in found]
        not_judged += [msgspec.structs.replace(each, profile=name) for each in skipped]
    names = tuple(profile.info.name for profile in profiles)
    return AssetReport(
        result.asset,
        result.facts,
        tuple(findings),
        tuple(not_judged),
        profiles=names,
        preview=result.preview,
    )


def report_by_both(*assets: AssetReport) -> Report:
    return Report(TOOL, (PROFILE, STRICT), tuple(map(by_both, assets)))


def known(result: AssetReport, *codes: str) -> AssetReport:
    """The same asset with a baseline that knows the findings of these rules."""
    findings = (msgspec.structs.replace(each, known=each.code in codes) for each in result.findings)
    return dataclasses.replace(result, findings=tuple(findings))


def report(*assets: AssetReport) -> Report:
    return Report(TOOL, (PROFILE,), assets)
