"""Opens pictures that are to be mended: those that are judged, and others that a decoder here reads."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from validator.probe import second_voice
from validator.probe.damage import DECODER_ERRORS
from validator.probe.image_open import open_image, refuse_pixels
from validator.probe.media import is_opened
from validator.repair.image_format import VECTOR
from validator.repair.image_problem import ImageProblemError

if TYPE_CHECKING:
    from PIL.Image import Image

    from validator.people import Box

# One named plugin for each format, as for those that are judged: nothing is guessed.
_FOREIGN = {
    "avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "jp2": ("PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "ico": ("PIL.IcoImagePlugin", "IcoImageFile"),
    "icns": ("PIL.IcnsImagePlugin", "IcnsImageFile"),
    "psd": ("PIL.PsdImagePlugin", "PsdImageFile"),
    "tga": ("PIL.TgaImagePlugin", "TgaImageFile"),
    "qoi": ("PIL.QoiImagePlugin", "QoiImageFile"),
    "dds": ("PIL.DdsImagePlugin", "DdsImageFile"),
    "jxl": ("validator.repair.image_jxl", "open_jxl"),
    "svg": ("validator.repair.image_drawing", "open_drawn"),
}
_EXTRA = {"jxl": "pillow_jxl", "svg": "resvg_py"}
"""Modules that the extra `formats` installs."""
_LAYERED = frozenset({"psd"})  # what Pillow calls frames are layers: the picture is all of them together
_HINTS = {
    "raw": "It is a camera's raw file, which has to be developed: export it as JPEG or PNG.",
}


def is_installed(module: str) -> bool:
    """Whether a module can be imported, which is not done.

    >>> is_installed("PIL"), is_installed("no_such_module")
    (True, False)
    """
    return importlib.util.find_spec(module) is not None


def why_unreadable(format_name: str, has: Callable[[str], bool] = is_installed) -> str:
    """Why no picture of this format can be mended, a whole sentence; empty where it can.

    `has` tells whether a module is installed.

    >>> why_unreadable("xcf"), why_unreadable("webp")
    ('There is no decoder here for pictures of the format xcf: export it as PNG.', '')
    """
    if is_opened(format_name):
        return ""
    if format_name in _EXTRA and not has(_EXTRA[format_name]):
        return (
            f"What reads pictures of the format {format_name} is not installed: pip install"
            ' "seedance-validator[formats]", or export it as PNG.'
        )
    if format_name not in _FOREIGN or not _has_decoder(format_name):
        nobody = f"There is no decoder here for pictures of the format {format_name}: export it as PNG."
        return _HINTS.get(format_name, nobody)
    return ""


def open_picture(file: BinaryIO, format_name: str) -> Image:
    """Read a picture's header; of a format that `why_unreadable` has nothing to say of.

    Raises:
        ImageProblemError: there is no decoder for it.
        TooMuchError: it announces more than is decoded.
        Exception: one of `damage.DECODER_ERRORS`.
    """
    if is_opened(format_name):
        return _judged(file, format_name)
    if problem := why_unreadable(format_name):
        raise ImageProblemError(problem)
    module, opener = _FOREIGN[format_name]  # ours check by themselves what is announced
    file.seek(0)
    image: Image = getattr(importlib.import_module(module), opener)(file)
    refuse_pixels(*image.size)
    return image.copy() if format_name in _LAYERED else image


def drawing_notes(file: BinaryIO) -> tuple[str, ...]:
    """What a person should know of an open vector drawing that can be drawn.

    Raises:
        ImageProblemError: it cannot.
    """
    from validator.repair.image_drawing import open_drawing

    return open_drawing(file).notes


def open_part(
    file: BinaryIO, format_name: str, crop: Box | None, size: tuple[int, int] | None
) -> Image | None:
    """A part of a vector drawing, drawn in the size that is wanted; `None` of what has pixels of its own.

    Raises:
        ImageProblemError: it cannot be drawn.
    """
    if format_name not in VECTOR:
        return None
    if problem := why_unreadable(format_name):
        raise ImageProblemError(problem)
    from validator.repair.image_drawing import drawn, open_drawing

    return drawn(open_drawing(file), crop, size)


def _judged(file: BinaryIO, format_name: str) -> Image:
    """A picture of a format that is judged; of a variant that Pillow does not know, as FFmpeg decodes it."""
    try:
        return open_image(file, format_name)
    except DECODER_ERRORS as error:
        if not second_voice.is_refusal(error):
            raise
        frame = second_voice.decoded_frame(file, format_name)
        if frame is None:
            raise
        return _picture(frame)


def _picture(frame: Any) -> Image:
    """A decoded frame (PyAV) in 8 bits a sample, with its alpha."""
    from PIL import Image

    is_clear = any(component.is_alpha for component in frame.format.components)
    layout, mode = ("rgba", "RGBA") if is_clear else ("rgb24", "RGB")
    plane = frame.reformat(format=layout).planes[0]
    return Image.frombytes(mode, (frame.width, frame.height), bytes(plane), "raw", mode, plane.line_size, 1)


def _has_decoder(format_name: str) -> bool:
    """Whether Pillow was built with the library that it takes."""
    from PIL import features

    library = {"avif": "avif", "jp2": "jpg_2000"}.get(format_name)
    return library is None or bool(features.check(library))
