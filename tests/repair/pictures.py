"""Pictures on paper: cases for planners, without a file behind them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from validator.findings import AssetReport
from validator.judge import Policy
from validator.model import Asset, Facts, FileFacts, ImageFacts, Kind, Role
from validator.people import Face, FaceFacts, PortraitFacts
from validator.probe.portrait.facts import faces_in_words, practice_of
from validator.profile import Profile, default_profile
from validator.repair.options import RepairOptions
from validator.repair.plan import Case
from validator.repair.planning import case_of
from validator.repair.survey import Share, Survey


def image(width: int, height: int, **others: Any) -> ImageFacts:
    """An opaque picture of 8 bit, upright, alone in its file."""
    usual = {"frames": 1, "mode": "RGB", "bit_depth": 8, "alpha": False, "colour": False, "exif": "none"}
    sizes = {
        "short_side": min(width, height),
        "stored_width": width,
        "stored_height": height,
        "aspect_ratio": Fraction(width, height),
        "pixels": width * height,
    }
    return ImageFacts(width=width, height=height, **{**usual, **sizes, "orientation": False, **others})


def face(x: float, y: float, width: float, height: float, tall: int) -> Face:
    """A face whose box is given in shares of a picture that is so `tall`."""
    left, top, wide, high = (Fraction(round(share * 1000), 1000) for share in (x, y, width, height))
    return Face(left, top, wide, high, round(height * tall), Fraction(1))


def portrait(main: Face, *, shot: Any, role: Role | None = None, **others: Any) -> PortraitFacts:
    """How a picture with this main face is framed; the mesh is as high as the box."""
    usual = {
        "shot": shot,
        "practice": practice_of(shot, role),
        "face_height": main.height_px,
        "head_height": main.height,
        "head_center_x": main.x + main.width / 2,
        "head_center_y": main.y + main.height / 2,
        "head_cut": (),
        "cut_edges": 0,
        "yaw": Fraction(0),
        "pitch": Fraction(0),
        "roll": Fraction(0),
        "smile": Fraction(0),
        "jaw_open": Fraction(0),
        "sharpness": Fraction(1, 2),
        "brightness": Fraction(1, 2),
        "full_body": "whole" if shot == "full-body" else "cut",
    }
    return PortraitFacts(**{**usual, **others})


def case(
    media: ImageFacts,
    *,
    format_name: str = "png",
    size: int = 1000,
    role: Role | None = None,
    faces: tuple[Face, ...] | None = None,
    framing: PortraitFacts | None = None,
    salient: Share | None = None,
    packed: Fraction | None = None,
    profile: Profile | None = None,
    extension: str | None = None,
    agreement: Any = "agrees",
    hidden: Any = "none",
    **options: Any,
) -> Case:
    """A picture that was measured, judged by a profile (ours), to be mended with these options."""
    file = FileFacts(
        access="readable",
        bytes=size,
        content="media",
        kind="image",
        format=format_name,
        extension=extension or format_name,
        name_agreement=agreement,
        integrity="whole",
        expansion="sane",
        second_format=hidden,
        duplicate=False,
    )
    seen = None
    if faces is not None:
        seen = FaceFacts(face_count=len(faces), faces=faces, faces_detail=faces_in_words(faces))
    facts = Facts(Kind.IMAGE, file, None, media, faces=seen, portrait=framing)
    result = AssetReport(Asset("a", "a", role=role), facts)
    survey = Survey(salient=salient, packed=packed)
    return case_of(result, [profile or default_profile()], [Policy()], RepairOptions(**options), survey)
