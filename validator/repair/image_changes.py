"""What differs in a picture's copy, for a person: one line for each thing, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from validator.model import ImageFacts
from validator.quantity import shown
from validator.repair.colour_plan import Colours
from validator.repair.geometry import Framing
from validator.repair.image_format import VECTOR
from validator.repair.options import CLEAR
from validator.repair.plan import Case, Change
from validator.repair.portrait_plan import about_people
from validator.repair.recipe import ImageRecipe
from validator.repair.words import padded, scaled

_SIZE = ("width", "height", "short_side", "pixels")


def changes_of(
    case: Case, image: ImageFacts, framing: Framing, recipe: ImageRecipe, colours: Colours
) -> Iterator[Change]:
    """All that differs, in the order in which it is done; what a portrait's crop changes is not among it."""
    yield from _frame(case, image, recipe)
    if recipe.turn:
        detail = image.orientation_detail or "turned"
        yield Change(_codes(case, "orientation"), "orientation", detail.partition(":")[0], "upright")
    yield from _sides(case, image, framing, recipe, colours)
    before = case.facts.file.format or "unknown"
    if recipe.format != before:
        codes = _codes(case, "format") or _codes(case, "colour", "bytes", "frames", "second_format")
        codes = codes or _codes(case, "aspect_ratio", *_SIZE)
        yield Change(codes, "format", before, recipe.format, "converted")
    if colours.steps:
        codes = _codes(case, "colour", "alpha", "bit_depth", "mode")
        was = image.colour_detail or image.mode or "unusual"
        yield Change(codes, "colour", was, _colour_after(colours), "; ".join(colours.steps))
    yield from _metadata(case, image, recipe)
    if codes := _codes(case, "second_format"):
        yield Change(codes, "hidden archive", "there", "none", "left out")
    if recipe.max_bytes is not None and (codes := _codes(case, "bytes")):
        size = case.facts.file.bytes
        was = "unknown" if size is None else f"{size:,} bytes"
        yield Change(codes, "file size", was, f"at most {recipe.max_bytes:,} bytes", "with the least loss")


def which_frame(recipe: ImageRecipe) -> str:
    """The picture that stays, in words.

    >>> which_frame(ImageRecipe(format="png", frame=2)), which_frame(ImageRecipe(format="png"))
    ('number 2', 'the one shown first')
    """
    return "the one shown first" if recipe.frame is None else f"number {recipe.frame}"


def _frame(case: Case, image: ImageFacts, recipe: ImageRecipe) -> Iterator[Change]:
    frames = image.frames or 1
    if frames > 1:
        how = f"only {which_frame(recipe)} stays"
        yield Change(_codes(case, "frames"), "pictures in the file", f"{frames:,}", "1", how)


def _metadata(case: Case, image: ImageFacts, recipe: ImageRecipe) -> Iterator[Change]:
    codes, before = _codes(case, "exif"), image.exif_detail or image.exif or "none"
    if recipe.metadata == "drop":
        yield Change(codes, "metadata", "as it is", "none", "Exif, XMP and IPTC are left out")
    elif recipe.metadata == "no-exif":
        yield Change(codes, "Exif", before, "none", "it is left out, and all other metadata stays")
    elif codes and image.exif == "broken":
        how = "its orientation is set upright, or it is left out alone where more of it is broken"
        yield Change(codes, "Exif", before, "readable or none", how)


def _sides(
    case: Case, image: ImageFacts, framing: Framing, recipe: ImageRecipe, colours: Colours
) -> Iterator[Change]:
    """The sides and their ratio: before, as the findings measured them, and in the copy."""
    original = image.width or 1, image.height or 1
    before, after = (_ratio(case, size) for size in (original, framing.size))
    size = framing.source
    broken = _codes(case, "aspect_ratio") or _codes(case, *_SIZE)
    if not framing.is_scaled:  # then it answers both
        broken = _codes(case, "aspect_ratio", *_SIZE)
    codes = broken or _asked(case, "aspect_ratio")
    if framing.crop is not None:
        how = f"cropped to {framing.crop}"
        yield Change(codes, "aspect ratio", before, after, how)
        size = framing.cropped
    if framing.is_scaled:
        yield Change(
            _codes(case, *_SIZE) or _of_ratio(case) or _asked(case, *_SIZE),
            "size",
            _pixels(original),
            _pixels(framing.content),
            _how(case, framing) + (f" from {_pixels(size)}" if size != original else ""),
        )
        size = framing.content
    if recipe.canvas is not None:
        fill = recipe.canvas.fill
        is_clear = colours.alpha and fill != CLEAR and not fill.startswith("#")
        how = padded(size, framing.size, fill) + "; transparent, if the picture is" * is_clear
        yield Change(codes, "aspect ratio", before, after, how)


def _how(case: Case, framing: Framing) -> str:
    if case.facts.file.format in VECTOR:
        return f"drawn at {_pixels(framing.content)}"
    return scaled(framing.factor)


def _codes(case: Case, *facts: str) -> tuple[str, ...]:
    """The rules whose findings about these facts are answered."""
    return tuple(dict.fromkeys(found.code for found in case.findings if found.measured.fact in facts))


def _of_ratio(case: Case) -> tuple[str, ...]:
    """As `_codes`, of the ratio; a portrait's is brought about by a crop, not by scaling."""
    about = (found for found in case.findings if found.measured.fact == "aspect_ratio")
    return tuple(dict.fromkeys(found.code for found in about if not about_people(found)))


def _asked(case: Case, *facts: str) -> tuple[str, ...]:
    """The rules that ask for such a copy, where the original breaks none of them."""
    return tuple(dict.fromkeys(code for fact in facts for code in case.demands.codes.get(fact, ())))


def _ratio(case: Case, size: tuple[int, int]) -> str:
    """As findings say it: never rounded onto a limit."""
    asked = case.demands.range_of("aspect_ratio")
    limits = tuple(limit for limit in (asked.min, asked.max) if limit is not None)
    return shown(Fraction(*size), limits)


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _colour_after(colours: Colours) -> str:
    return f"{colours.mode}, {colours.bit_depth} bit"
