"""Colours of pictures that are mended: modes, depths and profiles, brought to what a copy can hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import PIL.Image
from PIL.Image import Resampling

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile

_SPACES = {
    "1": "GRAY",
    "L": "GRAY",
    "LA": "GRAY",
    "I;16": "GRAY",
    "P": "RGB ",
    "RGB": "RGB ",
    "RGBA": "RGB ",
    "CMYK": "CMYK",
}
"""What ICC calls the colours of each mode that is edited here."""

_WIDE_GREY = frozenset({"I;16L", "I;16B", "I;16N"})
_WITH_ALPHA = frozenset({"LA", "RGBA"})
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA", "PA": "RGBA"}
_BRIGHTEST = 65_535
_COLOURS, _OPAQUE = 256, 128
_RELATIVE_COLORIMETRIC = 1  # ICC.1:2022, 7.2.15


def editable(image: Image, *, keep_palette: bool = False) -> Image:
    """The picture in a mode whose pixels can be averaged and laid over each other.

    That is L, LA, I;16, RGB, RGBA or CMYK; with `keep_palette`, black and white and palettes stay.

    >>> editable(PIL.Image.new("P", (1, 1))).mode, editable(PIL.Image.new("1", (1, 1))).mode
    ('RGB', 'L')
    """
    mode = image.mode
    if keep_palette and mode in ("1", "P"):
        return image
    if "transparency" in image.info and mode in ("1", "L", "P", "RGB"):
        return image.convert("RGBA" if mode in ("P", "RGB") else "LA")
    if mode == "I;16" or mode in _WIDE_GREY:
        return _from_wide(image)
    if mode == "LAB":
        return _from_lab(image)
    if mode in ("I", "F"):
        return _from_numbers(image)
    wanted = _PREMULTIPLIED.get(mode, "L" if mode == "1" else mode if mode in _SPACES else "RGB")
    if mode == "P":
        wanted = "RGB"
    return image if wanted == mode else image.convert(wanted)


def has_alpha(image: Image) -> bool:
    """Whether parts of it may be transparent."""
    return image.mode in _WITH_ALPHA or (image.mode == "P" and "transparency" in image.info)


def in_eight_bits(image: Image) -> Image:
    """Samples of 16 bits, rounded to 8; other pictures as they are.

    >>> in_eight_bits(PIL.Image.new("I;16", (1, 1), 65_535)).getpixel((0, 0))
    255
    """
    if image.mode != "I;16":
        return image
    return image.convert("F").point(lambda sample: sample / 257 + 0.5).convert("L")


def in_mode(image: Image, mode: str) -> Image:
    """The picture in 8 bits, as colours, greys or a palette, with an alpha channel or without.

    >>> [in_mode(PIL.Image.new("LA", (1, 1)), mode).mode for mode in ("L", "RGB", "RGBA", "P")]
    ['L', 'RGB', 'RGBA', 'P']
    """
    image = in_eight_bits(editable(image))
    if mode != "P":
        return image.convert(mode)
    return in_palette(image.convert("RGBA" if has_alpha(image) else "RGB"))


def in_sixteen_bits(image: Image) -> Image:
    """Grey of 8 bits in 16.

    >>> in_sixteen_bits(PIL.Image.new("L", (1, 1), 255)).getpixel((0, 0))
    65535
    """
    return image.convert("I").point(lambda sample: sample * 257).convert("I;16")


def flattened(image: Image, colour: str, profile: bytes | None = None) -> Image:
    """Laid on a colour of sRGB where it is transparent; the result is grey if both are.

    >>> flattened(PIL.Image.new("LA", (1, 1), (0, 0)), "white").getpixel((0, 0))
    255
    >>> flattened(PIL.Image.new("LA", (1, 1), (0, 0)), "#f00").getpixel((0, 0))
    (255, 0, 0)
    """
    if not has_alpha(image):
        return image
    grey = image.mode == "LA" and is_grey(colour)
    pixel = colour_in(colour, "L" if grey else "RGB", profile)
    ground = PIL.Image.new("RGBA", image.size, pixel * 3 if grey else pixel)
    laid = PIL.Image.alpha_composite(ground, image.convert("RGBA"))
    return laid.convert("RGB").getchannel(0) if grey else laid.convert("RGB")


def in_palette(image: Image) -> Image:
    """As a GIF has it: at most 256 colours, one of which may be clear; what is half clear is not.

    >>> clear = in_palette(PIL.Image.new("RGBA", (1, 1)))
    >>> clear.mode, clear.info["transparency"] == clear.getpixel((0, 0))
    ('P', True)
    """
    if image.mode in ("1", "L"):
        return image
    if image.mode == "P" and not isinstance(image.info.get("transparency"), bytes):
        return _same_palette(image)
    if not has_alpha(image):
        return image.convert("RGB").quantize(_COLOURS)
    image = image.convert("RGBA")
    reduced = image.convert("RGB").quantize(_COLOURS - 1)
    palette = (reduced.getpalette() or [])[: 3 * (_COLOURS - 1)]
    clear = len(palette) // 3
    reduced.putpalette([*palette, 0, 0, 0])
    reduced.paste(clear, (0, 0), image.getchannel("A").point(lambda alpha: 255 * (alpha < _OPAQUE)))
    reduced.info["transparency"] = clear
    return reduced


def is_grey(colour: str) -> bool:
    """Whether this colour is a grey.

    >>> is_grey("#202020"), is_grey("#202021")
    (True, False)
    """
    from PIL import ImageColor

    return len(set(ImageColor.getrgb(colour)[:3])) == 1


def colour_in(colour: str, mode: str, profile: bytes | None) -> tuple[int, ...]:
    """A colour of sRGB as an opaque pixel of a picture of 8 bits, by the profile of its colours.

    Without a profile, or with one that is not of such colours, by arithmetic.

    >>> colour_in("#ff8000", "RGBA", None), colour_in("#808080", "L", None)
    ((255, 128, 0, 255), (128,))
    """
    from PIL import ImageCms

    pixel = PIL.Image.new("RGB", (1, 1), colour)
    plain = {"LA": "L", "RGBA": "RGB"}.get(mode, mode)
    converted = None
    if fits(PIL.Image.new(plain, (1, 1)), profile) and (target := _opened(profile)) is not None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        converted = _converted(pixel, srgb, plain, target)
    found = (converted or pixel.convert(plain)).tobytes()
    return (*found, 255) if plain != mode else tuple(found)


def fits(image: Image, profile: bytes | None) -> bool:
    """Whether a colour profile is one of the colours that this picture has."""
    opened = _opened(profile)
    return opened is not None and opened.profile.xcolor_space == _SPACES.get(image.mode)


def in_srgb(image: Image, profile: bytes | None) -> Image:
    """The picture in sRGB, or grey as sRGB's, by the intent that its profile names.

    Without a profile, or with one that is not of its colours, CMYK becomes RGB by arithmetic, and all else
    stays as it is: that is taken for sRGB everywhere.

    >>> in_srgb(PIL.Image.new("CMYK", (1, 1)), None).getpixel((0, 0))
    (255, 255, 255)
    """
    source = _opened(profile) if fits(image, profile) else None
    if source is None:
        return image.convert("RGB") if image.mode == "CMYK" else image
    if image.mode in ("1", "P"):
        image = editable(image)
    if image.mode == "LA":
        grey = in_srgb(image.getchannel("L"), profile)
        return PIL.Image.merge("LA", (grey, image.getchannel("A")))
    if image.mode == "I;16":
        image = in_eight_bits(image)
    wanted = "RGB" if image.mode != "RGBA" else "RGBA"
    converted = _converted(image, source, wanted)
    if converted is None:
        return image.convert("RGB") if image.mode == "CMYK" else image
    return converted.convert("L") if image.mode == "L" else converted


def comparable(image: Image, profile: bytes | None, ground: str) -> Image:
    """As a screen shows it, in 8-bit RGB, with a colour behind what is transparent."""
    shown = in_srgb(in_eight_bits(editable(image)), profile)
    return flattened(shown, ground).convert("RGB")


def scaled(image: Image, size: tuple[int, int]) -> Image:
    """The picture in another size, by the filter that keeps most of it."""
    if image.size == size:
        return image
    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _same_palette(image: Image) -> Image:
    """The same pixels with a palette of RGB: one that was shown with alpha is written as if it had none."""
    same = PIL.Image.frombytes("P", image.size, image.tobytes())
    same.putpalette(image.getpalette("RGB") or [])
    same.info = {name: value for name, value in image.info.items() if name == "transparency"}
    return same


def _from_wide(image: Image) -> Image:
    """Grey of 16 bits; where one grey is clear, in 8 with an alpha channel: Pillow has none of 16."""
    wide = image if image.mode == "I;16" else image.convert("I;16")
    if "transparency" not in image.info:
        return wide
    import numpy

    clear = numpy.asarray(wide) == image.info["transparency"]
    wide = wide.copy()
    wide.info = {}
    alpha = PIL.Image.fromarray(numpy.where(clear, 0, 255).astype("uint8"))
    return PIL.Image.merge("LA", (in_eight_bits(wide), alpha))


def _from_lab(image: Image) -> Image:
    from PIL import ImageCms

    converted = _converted(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), "RGB")
    return image.getchannel(0) if converted is None else converted


def _from_numbers(image: Image) -> Image:
    """Grey of 16 bits where the samples fit, else of 8: from 0 to 1, from 0 to 255, or what there is."""
    extrema: Any = image.getextrema()
    least, most = extrema
    if image.mode == "I" and least >= 0 and most <= _BRIGHTEST:
        return image.convert("I;16")
    samples = image.convert("F")
    if least < 0 or most > 255:
        span = (most - least) or 1
        return samples.point(lambda sample: sample * (255 / span) + (0.5 - least * 255 / span)).convert("L")
    factor = 255 if image.mode == "F" and most <= 1 else 1
    return samples.point(lambda sample: sample * factor + 0.5).convert("L")


def _opened(profile: bytes | None) -> ImageCmsProfile | None:
    if not profile:
        return None
    from PIL import ImageCms

    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, TypeError):
        return None


def _converted(
    image: Image, source: ImageCmsProfile, mode: str, target: ImageCmsProfile | None = None
) -> Image | None:
    """The picture in sRGB, or in the colours of `target`, by the intent that its profile names."""
    from PIL import ImageCms

    intent = ImageCms.Intent((target or source).profile.rendering_intent & 3)
    into = target or ImageCms.createProfile("sRGB")
    flags = ImageCms.Flags.NONE
    if intent == _RELATIVE_COLORIMETRIC:
        flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    for wanted in (intent, ImageCms.Intent.PERCEPTUAL):
        try:
            return ImageCms.profileToProfile(image, source, into, wanted, mode, flags=flags)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            continue
    return None
