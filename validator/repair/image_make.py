"""Makes a copy of a picture by its recipe: opened, edited, written, compared with the original."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from validator.model import Kind
from validator.probe.colour import describe_colour, hdr_of
from validator.probe.damage import DECODER_ERRORS, damage_of
from validator.probe.orientation import UPRIGHT, orientation
from validator.probe.quiet import quiet
from validator.probe.sniff import sniff
from validator.probe.too_much import TooMuchError
from validator.repair import position
from validator.repair.image_blocks import BLOCK
from validator.repair.image_colour import comparable, scaled
from validator.repair.image_edit import Edited, edit
from validator.repair.image_encode import original_of
from validator.repair.image_hdr import hdr_profile
from validator.repair.image_metadata import (
    Metadata,
    has_directories,
    metadata_of,
    short_exif,
    too_long_for_jpeg,
)
from validator.repair.image_problem import ImageProblemError
from validator.repair.image_read import open_part, open_picture
from validator.repair.image_save import CONTAINERS, Saved, save
from validator.repair.plan import Made, Quality
from validator.repair.recipe import ImageRecipe
from validator.repair.similarity import quality_of
from validator.repair.words import against

if TYPE_CHECKING:
    from PIL.Image import Image

_TURNED_BY_DECODER = ("tiff", "bigtiff", "heic", "heif", "heif-sequence")
_USUAL_DEPTH = 8  # bits
_MAPPED = {"RGB": b"RGB ", "RGBA": b"RGB ", "L": b"GRAY", "LA": b"GRAY", "I;16": b"GRAY"}
"""What ICC calls the colours of modes that HDR may have."""
_NAMES = {"exif": "Exif", "xmp": "XMP", "iptc": "IPTC", "comment": "comment", "texts": "texts"}


def make_image(recipe: ImageRecipe, source: BinaryIO, cancelled: Callable[[], bool]) -> tuple[bytes, Made]:
    """The bytes of a copy of an open picture, and what is to be said of it.

    Raises:
        ImageProblemError: no copy can be made; says why.
        Cancelled: the run was asked to stop.
    """
    if recipe.format not in CONTAINERS:
        raise ImageProblemError(f"No picture can be written here in the format {recipe.format}.")
    found = sniff(source)
    if found.kind is not Kind.IMAGE or found.format is None:
        raise ImageProblemError("The original is no picture.")
    with quiet:
        try:
            part = open_part(source, found.format, recipe.crop, recipe.size)
            if part is not None:  # drawn as it is to be
                recipe = msgspec.structs.replace(recipe, crop=None, size=None)
            with part or open_picture(source, found.format) as image:
                return _made(image, source, found.format, recipe, cancelled)
        except TooMuchError as error:
            raise ImageProblemError(f"The picture is larger than what is decoded: {error.detail}.") from error
        except DECODER_ERRORS as error:
            detail = damage_of(error).detail
            raise ImageProblemError(
                f"The picture could not be read, changed or written: {detail}."
            ) from error


def _made(
    image: Image, source: BinaryIO, format_name: str, recipe: ImageRecipe, cancelled: Callable[[], bool]
) -> tuple[bytes, Made]:
    _choose_frame(image, recipe.frame)
    turn = UPRIGHT if format_name in _TURNED_BY_DECODER else orientation(image, source, format_name)
    image.load()
    if not _is_to_be_turned(recipe, format_name):
        turn = UPRIGHT
    metadata, notes = metadata_of(image, source, format_name)
    hdr = hdr_of(image, source, format_name)
    if hdr is not None and metadata.icc is None and image.mode in _MAPPED:
        metadata = replace(metadata, icc=hdr_profile(hdr, _MAPPED[image.mode]))
        recipe = msgspec.structs.replace(recipe, srgb=True)
        notes = (*notes, "It is HDR, and the copy is not: what glows became white, and bright tones darker.")
    container = CONTAINERS[recipe.format]
    original = original_of(image, source, format_name, orientation=turn, mixed=_is_mixed(recipe))
    stored, depth = image.size, describe_colour(image, source, format_name).bit_depth
    edited = edit(image, recipe, container, orientation=turn, profile=metadata.icc)
    is_as_before = turn == UPRIGHT and edited.image.size == stored and format_name not in _TURNED_BY_DECODER
    if not is_as_before:
        metadata = metadata.fitted(*edited.image.size, turned=turn != UPRIGHT)
    taken, lost = _taken(metadata, recipe, edited.profile)
    if depth > _USUAL_DEPTH and edited.image.mode != "I;16" and not recipe.depth8:
        lost = (f"Its {depth} bits a sample became {_USUAL_DEPTH}: no more can be written here.", *lost)
    saved = save(edited.image, recipe.format, taken, original, cancelled, max_bytes=recipe.max_bytes)
    quality = _compared(saved, edited, was_scaled=recipe.size is not None)
    told = (*notes, *edited.notes, *lost, *saved.notes)
    exif = b"" if recipe.format == "tiff" else taken.exif  # of which a TIFF has no room for the place
    says_where = position.is_in_picture(exif, taken.xmp, taken.texts)
    return saved.content, Made(quality, (*told, position.KEPT) if says_where else told)


def _choose_frame(image: Image, frame: int | None) -> None:
    """Go to the frame of this number; a picture is opened at the one that is shown first."""
    frames = int(getattr(image, "n_frames", 1))
    if frame is None or frame == image.tell():
        return
    if not 0 <= frame < frames:
        raise ImageProblemError(f"It has {frames} frames: there is none with the number {frame}.")
    image.seek(frame)


def _is_to_be_turned(recipe: ImageRecipe, format_name: str) -> bool:
    """A picture stays as it lies only where a copy in the same format will say how it is to be turned."""
    is_moved = recipe.crop is not None or recipe.size is not None or recipe.canvas is not None
    stays = format_name == recipe.format == "jpeg" and recipe.metadata == "keep"
    return recipe.turn or is_moved or not stays


def _is_mixed(recipe: ImageRecipe) -> bool:
    """Whether a JPEG's blocks do not lie in the copy as they lay in the original."""
    moved = (0, 0) if recipe.crop is None else (recipe.crop.x, recipe.crop.y)
    laid = (0, 0) if recipe.canvas is None else (recipe.canvas.x, recipe.canvas.y)
    return recipe.size is not None or any(place % BLOCK for place in (*moved, *laid))


def _taken(
    metadata: Metadata, recipe: ImageRecipe, profile: bytes | None
) -> tuple[Metadata, tuple[str, ...]]:
    """What goes along into the copy, and sentences on what its format has no room for."""
    container = CONTAINERS[recipe.format]
    held, notes = set(container.metadata), []
    if recipe.metadata == "no-exif":
        metadata = replace(metadata, exif=b"")
    if recipe.metadata == "drop":
        held &= {"dpi"}
    elif recipe.format == "jpeg":
        if "exif" in too_long_for_jpeg(metadata):
            metadata = replace(metadata, exif=short_exif(metadata.exif))
            notes.append("jpeg has no room for all of its Exif: the camera maker's own notes are left out.")
        held -= set(too_long_for_jpeg(metadata))
    elif recipe.format == "tiff" and has_directories(metadata.exif):
        notes.append(
            "tiff has no room here for the camera's settings and place in its Exif: they are left out."
        )
    held.discard("icc")
    lost = [
        name
        for key, name in _NAMES.items()
        if recipe.metadata != "drop" and key not in held and getattr(metadata, key)
    ]
    if lost:
        notes.append(f"{recipe.format} has no room for what is left out: {', '.join(lost)}.")
    return replace(metadata.kept(*held), icc=profile), tuple(notes)


def _compared(saved: Saved, edited: Edited, *, was_scaled: bool) -> Quality:
    """How near the copy, decoded again, is to what it shows of the original."""
    file = io.BytesIO(saved.content)
    format_name = sniff(file).format or ""
    with open_picture(file, format_name) as image:
        image.load()
        profile = image.info.get("icc_profile")
        place, content = edited.place, edited.content
        if saved.size != edited.image.size:
            whole = comparable(edited.image, edited.profile, edited.ground)
            place = _shrunk(place, edited.image.size, saved.size)
            content = scaled(whole, saved.size).crop(place)
        copy = comparable(image.crop(place), profile, edited.ground)
    return quality_of(copy, content, against(scaled=was_scaled or saved.size != edited.image.size))


def _shrunk(
    place: tuple[int, int, int, int], before: tuple[int, int], after: tuple[int, int]
) -> tuple[int, int, int, int]:
    """A part of a picture that was scaled down: the pixels that lie in it as a whole."""
    left, top, right, bottom = place
    (width, height), (new_width, new_height) = before, after
    first = -(-left * new_width // width), -(-top * new_height // height)
    last = right * new_width // width, bottom * new_height // height
    return *first, max(last[0], first[0] + 1), max(last[1], first[1] + 1)
