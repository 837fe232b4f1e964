"""The sides of a picture's copy: around whom it is cropped, and what portraits alone are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from validator.findings import Finding
from validator.model import ImageFacts
from validator.people import Box, Face
from validator.quantity import shown
from validator.repair.demands import Demands
from validator.repair.geometry import Framing, NoFraming, framed
from validator.repair.image_blocks import on_blocks
from validator.repair.options import RepairOptions
from validator.repair.plan import Case
from validator.repair.portrait_plan import Portrait, about_people, is_made_by_naming

SHARPLY_ENLARGED = 2
"""From this factor on, three of four pixels and more are made up: that is said, and good advice on framing,
which is given so that more is seen of a person, is not followed beyond it."""
FACES_LEFT_OUT = "Not all faces fit into a crop of a ratio that is taken: the smaller ones lie outside of it."
"""Said of a crop that is laid around the largest faces alone."""
_MUCH_ADDED = Fraction(1, 2)
"""From this share of a copy on, its padding is told of."""


def picture_framing(
    case: Case, portrait: Portrait, size: tuple[int, int], *, even: bool = False
) -> tuple[Portrait, Framing | NoFraming]:
    """The sides of the copy; a portrait that cannot be had is done without, and said."""
    base = portrait.crop or Box(0, 0, *size)
    keep = _kept(case, portrait, base, size)
    demands = case.demands if portrait.crop is not None else demands_on_sides(case, size)
    found, fewer = framed_around(keep, (base.width, base.height), demands, case.options, even=even)
    if isinstance(found, NoFraming) and portrait.crop is not None and portrait.change is not None:
        problems = dict.fromkeys(portrait.change.codes, found.reason)
        return picture_framing(case, Portrait(person=portrait.person, problems=problems), size)
    if isinstance(found, Framing) and (problem := _not_worth_it(case, portrait, found)):
        problems = dict.fromkeys(() if portrait.change is None else portrait.change.codes, problem)
        return picture_framing(case, Portrait(person=portrait.person, problems=problems), size)
    if fewer and isinstance(found, Framing):
        portrait = Portrait(
            portrait.crop, portrait.change, portrait.person, {**portrait.problems, "": FACES_LEFT_OUT}
        )
    if isinstance(found, Framing) and not fewer and _is_on_blocks(case, portrait):
        found = on_blocks(found, keep)
    return portrait, found


def framed_around(
    keep: Sequence[Box], size: tuple[int, int], demands: Demands, options: RepairOptions, *, even: bool
) -> tuple[Framing | NoFraming, bool]:
    """The gentlest frame around as many of these as fit into it, the first ones; and whether some do not."""
    for number in range(len(keep), -1, -1):
        found = framed(
            size,
            demands,
            fit=options.fit,
            keep=keep[:number],
            even=even,
            max_enlarge=options.max_enlarge,
            fill=options.fill,
        )
        if number <= 1 or isinstance(found, NoFraming) or not found.cuts_kept:
            break
    return found, number < len(keep)


def told_of_padding(found: Framing) -> Iterator[str]:
    """What a person should know of the room beside a picture: that it is much, or no crop; sentences.

    >>> from validator.repair.recipe import Canvas
    >>> next(told_of_padding(Framing((600, 150), None, (600, 150), Canvas(600, 301, 0, 75, "blur"))))
    '50.2 % of the copy is padding, beside 600x150 pixels of picture: --crop would cut the picture instead.'
    """
    if found.instead:
        yield found.instead
    if found.added >= _MUCH_ADDED:
        share = shown(found.added * 100, (100 * _MUCH_ADDED,), places=1)
        width, height = found.content
        advice = "" if found.instead else ": --crop would cut the picture instead"
        yield f"{share} % of the copy is padding, beside {width}x{height} pixels of picture{advice}."


def heads_of(faces: Sequence[Face], size: tuple[int, int]) -> list[Box]:
    """What a crop is laid around, in pixels as shown: faces, with hair and neck, the largest first."""
    return [_head_of(face, size) for face in sorted(faces, key=lambda face: -face.height_px)]


def _is_on_blocks(case: Case, portrait: Portrait) -> bool:
    """Whether the copy is likely to be a JPEG again, of the same blocks where these may lie as they lay."""
    image = case.facts.media
    is_upright = isinstance(image, ImageFacts) and not image.orientation
    is_jpeg = case.facts.file.format in ("jpeg", "mpo") and case.demands.takes("format", "jpeg")
    return is_jpeg and is_upright and portrait.crop is None


def _not_worth_it(case: Case, portrait: Portrait, found: Framing) -> str:
    """Why a crop that nobody insists on is not made, or nothing; a whole sentence."""
    if portrait.change is None or case.options.face is not None or found.factor <= SHARPLY_ENLARGED:
        return ""
    if any(is_heavy(case, finding) for finding in case.findings if finding.code in portrait.change.codes):
        return ""
    width, height = found.cropped
    all_the_same = ", or have it all the same with --face largest" if is_made_by_naming(case) else ""
    return (
        f"It is not {portrait.change.how}: that would be {width}x{height} pixels, to be enlarged"
        f" {float(found.factor):.3g} times, more than {SHARPLY_ENLARGED}: choose a larger"
        f" original{all_the_same}."
    )


def demands_on_sides(case: Case, size: tuple[int, int]) -> Demands:
    """What is asked of the sides, but for a ratio that only portraits are asked for, as good advice.

    A crop brings it about, and room above and below a wide picture makes no portrait of it.
    """
    asked = case.demands.ranges.get("aspect_ratio")
    about = [found for found in case.findings if found.measured.fact == "aspect_ratio"]
    advice = [found for found in about if about_people(found) and not is_heavy(case, found)]
    if asked is None or not advice or case.options.fit == "crop":
        return case.demands
    others = [found for found in about if found not in advice and found.limit.max is not None]
    most = min((Fraction(found.limit.max or 0) for found in others), default=Fraction(*size))
    is_open = any(found.limit.open for found in others)
    relaxed = replace(asked, max=most, open_max=is_open, shy_max=bool(others) and asked.shy_min)
    return replace(case.demands, ranges={**case.demands.ranges, "aspect_ratio": relaxed})


def is_heavy(case: Case, finding: Finding) -> bool:
    """Whether it weighs so much that a copy without an answer to it is none."""
    return finding.severity.rank >= case.options.level.rank


def _kept(case: Case, portrait: Portrait, base: Box, size: tuple[int, int]) -> list[Box]:
    """What a crop is laid around, in pixels of `base`: faces, with hair and neck; else what draws the eye."""
    faces = () if case.facts.faces is None else case.facts.faces.faces or ()
    if portrait.crop is not None:
        faces = faces[portrait.person : portrait.person + 1]
    boxes = heads_of(faces, size)
    if not boxes and case.salient is not None:
        x, y, width, height = case.salient
        boxes = [_pixels(x, y, width, height, size)]
    return [inside for box in boxes if (inside := within(box, base)) is not None]


def _head_of(face: Face, size: tuple[int, int]) -> Box:
    left, top = face.x - face.width / 4, face.y - face.height * 2 / 5
    return _pixels(left, top, face.width * 3 / 2, face.height * Fraction(9, 5), size)


def _pixels(x: Fraction, y: Fraction, width: Fraction, height: Fraction, size: tuple[int, int]) -> Box:
    return Box(
        round(x * size[0]),
        round(y * size[1]),
        max(1, round(width * size[0])),
        max(1, round(height * size[1])),
    )


def within(box: Box, base: Box) -> Box | None:
    """What of a box lies in another, in pixels of that; `None` where nothing does."""
    left, top = max(box.x, base.x), max(box.y, base.y)
    right = min(box.x + box.width, base.x + base.width)
    bottom = min(box.y + box.height, base.y + base.height)
    if right <= left or bottom <= top:
        return None
    return Box(left - base.x, top - base.y, right - left, bottom - top)
