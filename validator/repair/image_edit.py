"""Edits a decoded picture by its recipe: turned, cropped, scaled, recoloured, padded (Pillow)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL.Image import Transpose

from validator.repair.image_colour import (
    comparable,
    editable,
    fits,
    flattened,
    has_alpha,
    in_eight_bits,
    in_mode,
    in_srgb,
    is_grey,
    scaled,
)
from validator.repair.image_fill import padded
from validator.repair.image_problem import ImageProblemError

if TYPE_CHECKING:
    from PIL.Image import Image

    from validator.repair.image_save import Container
    from validator.repair.recipe import ImageRecipe

TURNED = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""How a picture is turned upright, by Exif's orientation."""

_WHITE = "#ffffff"
_GREYS = frozenset({"L", "LA", "I;16"})


@dataclass(frozen=True)
class Edited:
    """`profile`: that of the colours, where it stays; `content`: what of the original is shown, in sRGB.

    `place`: where in the picture that lies, as left, top, right and bottom; `ground`: the colour behind what
    is transparent.
    """

    image: Image
    profile: bytes | None
    content: Image
    place: tuple[int, int, int, int]
    ground: str
    notes: tuple[str, ...] = ()


def edit(
    image: Image, recipe: ImageRecipe, container: Container, *, orientation: int, profile: bytes | None
) -> Edited:
    """Carry out a recipe on a decoded frame that is to be turned as `orientation` says (1 to 8).

    What the copy's format cannot hold is converted, though the recipe does not say so.

    Raises:
        ImageProblemError: the recipe is not one for this picture.
    """
    image = _with_own_pixels(image, recipe, container)
    if orientation in TURNED:
        image = image.transpose(TURNED[orientation])
    image = _cropped(image, recipe)
    if recipe.size is not None:
        image = scaled(image, recipe.size)
    ground = recipe.flatten or _ground_of(recipe)
    content = comparable(image, profile, ground)
    image, profile, notes = _recoloured(image, recipe, container, profile)
    left, top = 0, 0
    width, height = image.size
    if recipe.canvas is not None:
        canvas = recipe.canvas
        left, top = canvas.x, canvas.y
        if left < 0 or top < 0 or left + width > canvas.width or top + height > canvas.height:
            raise ImageProblemError(
                f"The plan lays {width}x{height} px at ({left}, {top}) of a canvas of "
                f"{canvas.width}x{canvas.height} px, where there is no room for it."
            )
        if canvas.fill.startswith("#"):
            image, profile = _ready_for(canvas.fill, image, profile)
        image = padded(image, canvas, profile)
    if recipe.mode and image.mode != recipe.mode:
        image = in_mode(image, recipe.mode)
        profile = profile if fits(image, profile) else None
    return Edited(image, profile, content, (left, top, left + width, top + height), ground, notes)


def _with_own_pixels(image: Image, recipe: ImageRecipe, container: Container) -> Image:
    """A palette stays only where no pixel is mixed from others."""
    is_mixed = recipe.size is not None and recipe.size != image.size
    is_laid = recipe.flatten is not None and has_alpha(image)
    is_clear = "transparency" in image.info
    holds_clear = container.clear_palette and image.mode == "P"
    is_held = image.mode in container.modes and not recipe.srgb and (holds_clear or not is_clear)
    keeps = is_held and not is_mixed and not is_laid and recipe.canvas is None
    return editable(image, keep_palette=keeps)


def _cropped(image: Image, recipe: ImageRecipe) -> Image:
    if recipe.crop is None:
        return image
    crop = recipe.crop
    right, bottom = crop.x + crop.width, crop.y + crop.height
    if min(crop.x, crop.y) < 0 or right > image.width or bottom > image.height:
        raise ImageProblemError(
            f"The plan keeps {crop}, which lies outside of the picture of {image.width}x{image.height} px."
        )
    return image.crop((crop.x, crop.y, right, bottom))


def _recoloured(
    image: Image, recipe: ImageRecipe, container: Container, profile: bytes | None
) -> tuple[Image, bytes | None, tuple[str, ...]]:
    notes = []
    if recipe.depth8 or "I;16" not in container.modes:
        image = in_eight_bits(image)
    must_convert = recipe.srgb or (profile is not None and not container.icc) or image.mode == "CMYK"
    if image.mode == "CMYK" and "CMYK" in container.modes and not recipe.srgb:
        must_convert = profile is not None and not container.icc
    if must_convert:
        if image.mode == "CMYK" and not fits(image, profile):
            notes.append("Its CMYK colours name no profile: they are turned into RGB by arithmetic.")
        image, profile = in_srgb(image, profile), None
    if profile is not None and not fits(image, profile):
        notes.append("Its colour profile is not of its colours, or cannot be read: it is left out.")
        profile = None
    if has_alpha(image) and (recipe.flatten is not None or not container.alpha):
        ground = recipe.flatten or _ground_of(recipe)
        image, profile = _ready_for(ground, image, profile)
        image = flattened(image, ground, profile)
        if recipe.flatten is None:
            notes.append(f"{recipe.format} holds no transparency: what was transparent is {ground}.")
    return image, profile, tuple(notes)


def _ready_for(colour: str, image: Image, profile: bytes | None) -> tuple[Image, bytes | None]:
    """Greys beside a colour are to be sRGB's: a profile of greys knows no colour."""
    if profile is None or image.mode not in _GREYS or is_grey(colour):
        return image, profile
    return in_srgb(image, profile), None


def _ground_of(recipe: ImageRecipe) -> str:
    """The colour behind what is transparent: that of the padding, where it has one."""
    fill = recipe.canvas.fill if recipe.canvas is not None else ""
    return fill if fill.startswith("#") else _WHITE
