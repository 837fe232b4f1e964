"""What is drawn over a small picture: boxes of faces, the crop that is asked for, the joints of a body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from validator.findings import Finding, Severity
from validator.model import Facts, ImageFacts
from validator.people import Face, Joint
from validator.preview import SmallPicture
from validator.quantity import shown

_SURE = Fraction(1, 2)  # joints below this confidence are guesses, mostly of what is hidden
_CROPS = MappingProxyType({"asked": "the crop to make", "offered": "a crop that could be made"})
_OUTSIDE = Fraction(1, 2)  # how far outside of the picture a joint still gives a limb its direction


@dataclass(frozen=True)
class Rectangle:
    """A box in pixels of the small picture, and what it is around."""

    x: str
    y: str
    width: str
    height: str
    kind: str
    title: str


@dataclass(frozen=True)
class Limb:
    """A line between two joints, in pixels of the small picture."""

    x1: str
    y1: str
    x2: str
    y2: str
    kind: str


@dataclass(frozen=True)
class Dot:
    """A joint, in pixels of the small picture."""

    x: str
    y: str
    kind: str
    title: str


@dataclass(frozen=True)
class Overlay:
    """All that is drawn over one picture, and what it shows in words."""

    faces: tuple[Rectangle, ...] = ()
    crop: Rectangle | None = None
    limbs: tuple[Limb, ...] = ()
    dots: tuple[Dot, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.faces or self.crop or self.dots)

    @property
    def kinds(self) -> frozenset[str]:
        """What sorts of marks there are, for the legend."""
        kinds = {f"face-{face.kind}" for face in self.faces}
        kinds |= {f"crop-{self.crop.kind}"} if self.crop else set()
        return frozenset(kinds | ({"body"} if self.dots else set()))

    @property
    def words(self) -> str:
        """What is drawn, for people who do not see it, and as a legend.

        >>> Overlay(crop=Rectangle("0", "0", "9", "9", "asked", "")).words
        'the crop to make'
        """
        count = len(self.faces)
        parts = [f"{count} faces" if count > 1 else "the face"] if count else []
        parts += [_CROPS[self.crop.kind]] if self.crop else []
        parts += ["the body's joints"] if self.dots else []
        return ", ".join(parts)


def over_picture(picture: SmallPicture, facts: Facts, findings: Iterable[Finding]) -> Overlay:
    """What is drawn over an image: the crop only where a finding asks for it."""
    faces = facts.faces.faces if facts.faces is not None else None
    joints = facts.portrait.body_joints if facts.portrait is not None else None
    limbs, dots = _body(joints or (), picture)
    return Overlay(
        faces=_faces(faces or (), picture),
        crop=_crop(facts, findings, picture),
        limbs=tuple(limbs),
        dots=tuple(dots),
    )


def over_frame(picture: SmallPicture, facts: Facts) -> Overlay:
    """What is drawn over the frame of a clip in which its faces were found."""
    faces = facts.faces.faces if facts.faces is not None else None
    return Overlay(faces=_faces(faces or (), picture))


def _faces(faces: Sequence[Face], picture: SmallPicture) -> tuple[Rectangle, ...]:
    return tuple(
        Rectangle(
            *_placed(face.x, face.y, face.width, face.height, picture),
            kind="drawn" if face.drawn else "main" if number == 0 else "other",
            title=_face_title(face, main=number == 0 and len(faces) > 1),
        )
        for number, face in enumerate(faces)
    )


def _face_title(face: Face, *, main: bool) -> str:
    what = "the main face" if main else "a face"
    drawn = ", drawn or printed" if face.drawn else ""
    return f"{what}{drawn}, {face.height_px:,} px high, confidence {shown(face.confidence, places=2)}"


def _crop(facts: Facts, findings: Iterable[Finding], picture: SmallPicture) -> Rectangle | None:
    """The crop, where a finding's help names it."""
    media, box = facts.media, facts.portrait.close_up_crop if facts.portrait is not None else None
    if box is None or not isinstance(media, ImageFacts) or not media.width or not media.height:
        return None
    asking = [each for each in findings if str(box) in each.help]
    if not asking:
        return None
    asked = any(each.severity is not Severity.NOTE for each in asking)
    across, down = Fraction(1, media.width), Fraction(1, media.height)
    place = _placed(box.x * across, box.y * down, box.width * across, box.height * down, picture)
    return Rectangle(*place, kind="asked" if asked else "offered", title=f"crop to {box}")


def _placed(
    x: Fraction, y: Fraction, width: Fraction, height: Fraction, picture: SmallPicture
) -> tuple[str, str, str, str]:
    across, down = picture.width, picture.height
    return _pixels(x * across), _pixels(y * down), _pixels(width * across), _pixels(height * down)


def _pixels(number: Fraction) -> str:
    """A number for a drawing: a tenth of a pixel is enough, and what is far away is only far away.

    >>> _pixels(Fraction(1, 3)), _pixels(Fraction(12)), _pixels(Fraction(10**12))
    ('0.3', '12', '9999')
    """
    near = max(min(number, Fraction(9999)), Fraction(-9999))
    return f"{float(near):.1f}".removesuffix(".0")


_SIDE = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("shoulder", "hip"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "toe"),
)
_LIMBS = (
    ("left-shoulder", "right-shoulder"),
    ("left-hip", "right-hip"),
    *((f"{side}-{one}", f"{side}-{other}") for side in ("left", "right") for one, other in _SIDE),
)


def _body(joints: Sequence[Joint], picture: SmallPicture) -> tuple[Iterator[Limb], Iterator[Dot]]:
    named: Mapping[str, Joint] = {joint.name: joint for joint in joints if _near(joint)}
    return _limbs(named, picture), _dots(named, picture)


def _near(joint: Joint) -> bool:
    return all(-_OUTSIDE <= share <= 1 + _OUTSIDE for share in (joint.x, joint.y))


def _limbs(named: Mapping[str, Joint], picture: SmallPicture) -> Iterator[Limb]:
    for one, other in _LIMBS:
        if one in named and other in named:
            first, last = named[one], named[other]
            start, end = _point(first, picture), _point(last, picture)
            yield Limb(*start, *end, kind=_kind(first, last))


def _dots(named: Mapping[str, Joint], picture: SmallPicture) -> Iterator[Dot]:
    for joint in named.values():
        if 0 <= joint.x <= 1 and 0 <= joint.y <= 1:
            title = f"{joint.name.replace('-', ' ')}, confidence {shown(joint.confidence, places=2)}"
            yield Dot(*_point(joint, picture), kind=_kind(joint), title=title)


def _kind(*joints: Joint) -> str:
    return "sure" if all(joint.confidence >= _SURE for joint in joints) else "guessed"


def _point(joint: Joint, picture: SmallPicture) -> tuple[str, str]:
    return _pixels(joint.x * picture.width), _pixels(joint.y * picture.height)
