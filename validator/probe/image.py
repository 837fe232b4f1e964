"""Pictures: stored and shown size, frames, colour, and whether they decode to their end (Pillow)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
from PIL.Image import DecompressionBombError

from validator.errors import Cancelled
from validator.model import Depth, ExifState, Expansion, ImageFacts
from validator.probe import exif, isobmff, jpeg, png, second_voice, tiff
from validator.probe.colour import describe_colour
from validator.probe.copies import Copies
from validator.probe.damage import DECODER_ERRORS, Damage, damage_of
from validator.probe.image_open import bomb_detail, open_image
from validator.probe.measurement import Measurement, Proceed, always
from validator.probe.orientation import orientation
from validator.probe.quiet import quiet
from validator.probe.too_much import MAX_FRAMES, Tally, TooMuchError

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_TOTAL_PIXELS = 2_000_000_000
"""Pixels over all frames that are decoded: half a minute of work."""

_TURNS = {
    2: "mirrored left to right",
    3: "turned by 180°",
    4: "mirrored top to bottom",
    5: "mirrored and turned by 270°",
    6: "turned by 90°",
    7: "mirrored and turned by 90°",
    8: "turned by 270°",
}


@dataclass(frozen=True)
class _Geometry:
    """Sizes in pixels, how the stored picture is turned, and the orientation left for us to apply."""

    stored: tuple[int, int]
    shown: tuple[int, int]
    turn: str = ""
    to_apply: int = 1


def probe_image(  # noqa: PLR0913 - what else is wanted, all by name
    file: BinaryIO,
    format_name: str,
    depth: Depth,
    cancelled: Callable[[], bool],
    *,
    stills: bool = False,
    sketch: bool = False,
    proceed: Proceed = always,
    open_picture: Callable[[BinaryIO, str], Image] = open_image,
) -> Measurement:
    """Measure a picture of a documented format or one of its variants (see `sniff`).

    With `stills`, the first picture that is shown is kept as a small copy, with `sketch` as a smaller one.
    What `open_picture` opens beyond those formats is measured as they are.

    Raises:
        Cancelled: the run was asked to stop.
    """
    with quiet:
        try:
            image = open_picture(file, format_name)
        except TooMuchError as bomb:
            facts = ImageFacts() if bomb.size is None or not all(bomb.size) else _sizes(bomb.size)
            facts = msgspec.structs.replace(facts, frames=bomb.frames)
            return Measurement(facts, Damage(), bomb.expansion, bomb.detail, decoded=False)
        except DECODER_ERRORS as error:
            return _unopened(file, format_name, depth, error)
        with image:
            copies_of = partial(Copies, stills=stills, sketch=sketch)
            return _measure(image, file, format_name, depth, cancelled, copies_of, proceed)


def _unopened(file: BinaryIO, format_name: str, depth: Depth, error: Exception) -> Measurement:
    """A picture that Pillow refuses: another decoder may know it, or at least its size."""
    if format_name.startswith("hei"):
        items = isobmff.read(file).items
        if items is not None and items.stored_width and items.stored_height:
            facts = ImageFacts(stored_width=items.stored_width, stored_height=items.stored_height)
            return Measurement(facts, damage_of(error))
    announced = second_voice.announced_size(file, format_name)
    facts = ImageFacts() if announced is None else _sizes(announced)
    reason = ""
    has_second = second_voice.knows(format_name) and (
        format_name != "png" or png.check(file).integrity == "whole"
    )
    if has_second and depth is Depth.HEADER:
        reason = f"one decoder refuses its header ({error}), and no other was asked to read its pixels"
    elif has_second and (size := second_voice.decoded_size(file, format_name)) is not None:
        return Measurement(msgspec.structs.replace(_sizes(size), frames=1), Damage())
    if second_voice.is_refusal(error):
        reason = f"no decoder here knows this variant of {format_name} ({error})"
    if reason:
        return Measurement(facts, Damage(), decoded=False, unmeasured={"*": reason, "integrity": reason})
    return Measurement(facts, _cut_webp(file) if format_name == "webp" else damage_of(error))


def _cut_webp(file: BinaryIO) -> Damage:
    """Libwebp does not say what is wrong; the RIFF header tells whether the file ends too early."""
    size = file.seek(0, io.SEEK_END)
    file.seek(4)
    announced = int.from_bytes(file.read(4), "little") + 8
    if announced > size:
        return Damage("truncated", f"{announced:,} bytes announced, the file has {size:,}")
    return Damage("corrupt", "the WebP decoder refuses it")


def _measure(  # noqa: PLR0911, PLR0913, PLR0917 - what `probe_image` was asked
    image: Image,
    file: BinaryIO,
    format_name: str,
    depth: Depth,
    cancelled: Callable[[], bool],
    copies_of: Callable[[int], Copies],
    proceed: Proceed,
) -> Measurement:
    try:
        block = _exif_block(image, file, format_name)
        geometry = _geometry(image, file, format_name, block)
        frames = int(getattr(image, "n_frames", 1))
        colour = describe_colour(image, file, format_name)
        exif_state, exif_detail = _exif(block)
    except DECODER_ERRORS as error:
        return Measurement(ImageFacts(), damage_of(error, "header"))
    width, height = geometry.shown
    facts = ImageFacts(
        width=width,
        height=height,
        short_side=min(width, height),
        stored_width=geometry.stored[0],
        stored_height=geometry.stored[1],
        aspect_ratio=Fraction(width, height) if height else None,
        pixels=width * height,
        frames=frames,
        orientation=bool(geometry.turn),
        orientation_detail=_orientation_detail(geometry) if geometry.turn else None,
        exif=exif_state,
        exif_detail=exif_detail or None,
        mode=image.mode,
        bit_depth=colour.bit_depth,
        colour=bool(colour.remarks),
        colour_detail=", ".join(colour.remarks) or None,
        alpha=colour.alpha,
    )
    refined = "mpo" if image.format == "MPO" else None
    if not width or not height:
        return Measurement(facts, Damage("corrupt", f"a size of {width}x{height}"), format=refined)
    expansion, detail = _expansion(geometry.stored, frames)
    if format_name == "jpeg" and expansion == "sane":
        expansion, detail = _passes(geometry.stored, file)
    if expansion != "sane":
        return Measurement(facts, Damage(), expansion, detail, format=refined, decoded=False)
    if depth is Depth.HEADER:
        return Measurement(facts, Damage(), format=refined, decoded=False)
    if not proceed(facts):
        return Measurement(facts, Damage(), format=refined, decoded=False, stopped=True)
    copies = copies_of(geometry.to_apply)
    try:
        damage = _decode(image, file, format_name, frames, cancelled, copies)
    except DecompressionBombError as bomb:  # a frame that makes the canvas grow
        return Measurement(facts, Damage(), "pixels", bomb_detail(bomb), format=refined, decoded=False)
    return Measurement(facts, damage, format=refined, stills=copies.stills, sketch=copies.sketch)


def _sizes(size: tuple[int, int]) -> ImageFacts:
    """A picture of which nothing but its announced size in pixels is known."""
    width, height = size
    ratio = Fraction(width, height)
    return ImageFacts(
        width=width,
        height=height,
        short_side=min(width, height),
        stored_width=width,
        stored_height=height,
        aspect_ratio=ratio,
        pixels=width * height,
    )


def _expansion(size: tuple[int, int], frames: int) -> tuple[Expansion, str]:
    width, height = size
    if frames > MAX_FRAMES:
        return "frames", f"{frames:,} frames; we decode at most {MAX_FRAMES:,}"
    if frames * width * height > MAX_TOTAL_PIXELS:
        total = frames * width * height
        return (
            "frames",
            f"{frames:,} frames of {width}x{height}, {total:,} px; we decode at most {MAX_TOTAL_PIXELS:,}",
        )
    return "sane", ""


def _passes(size: tuple[int, int], file: BinaryIO) -> tuple[Expansion, str]:
    """A progressive JPEG may go over all of its pixels a thousand times, for fifty bytes each time."""
    position = file.tell()  # Pillow goes on reading where it stopped
    scans, pixels = jpeg.scans(file), size[0] * size[1]
    file.seek(position)
    if scans * pixels <= MAX_TOTAL_PIXELS:
        return "sane", ""
    detail = f"{scans:,} scans over {size[0]}x{size[1]}, {scans * pixels:,} px"
    return "pixels", f"{detail}; we decode at most {MAX_TOTAL_PIXELS:,}"


def _geometry(image: Image, file: BinaryIO, format_name: str, block: bytes) -> _Geometry:
    if format_name.startswith("hei"):
        return _heif_geometry(image, file)
    asked = orientation(image, file, format_name, block)
    turn, sideways = _TURNS.get(asked, ""), asked >= 5
    if format_name in ("tiff", "bigtiff"):
        shown = image.size  # Pillow applies a TIFF's own orientation tag by itself
        return _Geometry(shown[::-1] if sideways else shown, shown, turn)
    return _Geometry(image.size, image.size[::-1] if sideways else image.size, turn, asked)


def _heif_geometry(image: Image, file: BinaryIO) -> _Geometry:
    """HEIF: libheif shows the picture as `clap`, `irot` and `imir` ask; EXIF's orientation does not count."""
    items = isobmff.read(file).items
    if items is None or not items.stored_width or not items.stored_height:
        return _Geometry(image.size, image.size)
    turns = [f"turned by {items.rotation}°"] if items.rotation else []
    if items.mirrored:
        turns.append("mirrored")
    stored = (items.stored_width, items.stored_height)
    if items.cropped and sorted(stored) != sorted(image.size):
        turns.append("cropped to its clean aperture")
    return _Geometry(stored, image.size, ", ".join(turns))


def _exif_block(image: Image, file: BinaryIO, format_name: str) -> bytes:
    """The picture's Exif; a TIFF's is the file itself."""
    if format_name not in {"png", "apng"}:
        return image.info.get("exif") or b""
    position = file.tell()  # Pillow goes on reading where it stopped
    block = png.exif(file)
    file.seek(position)
    return block


def _exif(block: bytes) -> tuple[ExifState, str]:
    """Whether there is Exif, and what is wrong with it."""
    if not block:
        return "none", ""
    problem = exif.problem(block)
    return ("broken", problem) if problem else ("readable", "")


def _orientation_detail(geometry: _Geometry) -> str:
    (stored_width, stored_height), (width, height) = geometry.stored, geometry.shown
    return f"{geometry.turn}: stored {stored_width}x{stored_height}, shown {width}x{height}"


def _decode(
    image: Image,
    file: BinaryIO,
    format_name: str,
    frames: int,
    cancelled: Callable[[], bool],
    copies: Copies,
) -> Damage:
    """Decode every frame to its end; of an MPO only the first, which is all that most readers know of.

    `copies` are made of the first picture as soon as it is decoded. Where nobody wants any, and it is certain
    without Pillow that all can be decoded, Pillow decodes nothing.
    """
    if image.format == "MPO":
        frames = 1
    if (
        frames == 1
        and not copies.are_wanted
        and format_name in _CERTAIN
        and _CERTAIN[format_name](image, file)
    ):
        return Damage()
    shown = number = image.tell()
    try:
        for number in (shown, *(other for other in range(frames) if other != shown)):
            if cancelled():
                raise Cancelled
            image.seek(number)
            image.load()
            if number == shown:
                copies.keep(image)
            damage = _checked(image, file, format_name, once=number == shown)
            if damage.integrity != "whole":
                return damage
    except DECODER_ERRORS as error:
        if number == shown:
            copies.rescue(image)
        return damage_of(error, f"frame {number + 1} of {frames}" if frames > 1 else "")
    return Damage()


def _checked(image: Image, file: BinaryIO, format_name: str, *, once: bool) -> Damage:
    """What Pillow passes over: in each frame, and `once` in the file."""
    damage = Damage()
    for table in (_FILE_CHECKS, _FRAME_CHECKS) if once else (_FRAME_CHECKS,):
        if format_name in table and damage.integrity == "whole":
            position = file.tell()  # Pillow goes on reading where it stopped
            damage = table[format_name](image, file)
            file.seek(position)
    return damage


def _check_jpeg(_image: Any, file: BinaryIO) -> Damage:
    return jpeg.check(file)


def _check_png(_image: Any, file: BinaryIO) -> Damage:
    return png.check(file)


def _check_gif(image: Any, file: BinaryIO) -> Damage:
    """Pillow enlarges the canvas for a frame that lies outside of it; other readers refuse."""
    file.seek(6)
    screen = file.read(4)
    width, height = int.from_bytes(screen[:2], "little"), int.from_bytes(screen[2:], "little")
    if width and height and image.size != (width, height):
        size = f"{image.size[0]}x{image.size[1]}"
        frame = image.tell() + 1
        return Damage("corrupt", f"frame {frame} reaches to {size}, outside the canvas of {width}x{height}")
    return Damage()


def _check_tiff(_image: Any, file: BinaryIO) -> Damage:
    """Readers end a circle where they notice it, if they do."""
    circle = tiff.weigh(file, Tally())
    return Damage("corrupt", f"its pages have no end: {circle}") if circle else Damage()


def _check_heif(image: Any, file: BinaryIO) -> Damage:
    """pillow-heif leaves out pictures that it cannot read, and shows another one as the first."""
    found = isobmff.read(file)
    items, size = found.items, file.seek(0, 2)
    if items is not None and items.listed and not image.info.get("primary", False):
        return Damage("corrupt", "the primary picture cannot be read")
    if items is not None and items.data_end > size:
        return Damage(
            "truncated", f"the picture's data reach to byte {items.data_end:,}, the file ends at {size:,}"
        )
    from validator.probe import heif_voice  # with FFmpeg, which no other picture needs

    return heif_voice.check(file, sequence=found.has_movie)


def _is_whole_heif(image: Any, file: BinaryIO) -> bool:
    from validator.probe import heif_voice

    items = isobmff.read(file).items
    if items is None or not items.is_plain or image.mode not in _OPAQUE or not image.info.get("primary"):
        return False
    if items.data_end > file.seek(0, io.SEEK_END) or not items.stored_width or not items.stored_height:
        return False
    size = (items.stored_width, items.stored_height)
    return heif_voice.is_whole(file, size, int(image.info.get("bit_depth", 8)))


_OPAQUE = frozenset({"RGB", "L", "RGB;16", "L;16", "I;16"})
_Check = Callable[[Any, BinaryIO], Damage]
_FILE_CHECKS: Mapping[str, _Check] = {
    "jpeg": _check_jpeg,
    "png": _check_png,
    "apng": _check_png,
    "tiff": _check_tiff,
    "bigtiff": _check_tiff,
    "heic": _check_heif,
    "heif": _check_heif,
    "heif-sequence": _check_heif,
}
_FRAME_CHECKS: Mapping[str, _Check] = {"gif": _check_gif}
_CERTAIN: Mapping[str, Callable[[Any, BinaryIO], bool]] = {
    "jpeg": lambda _image, file: jpeg.is_whole(file),
    "heic": _is_whole_heif,
    "heif": _is_whole_heif,
}
