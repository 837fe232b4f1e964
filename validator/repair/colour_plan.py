"""What happens to the colours of a picture's copy: as little as its format, and what is asked, leave."""

from __future__ import annotations

from dataclasses import dataclass, replace

from validator.model import ImageFacts
from validator.repair.colour_modes import choose_mode, is_clear, is_grey
from validator.repair.demands import Demands
from validator.repair.options import RepairOptions

WHITE = "#ffffff"
_OPAQUE = frozenset({"jpeg", "bmp"})
_EIGHT_BIT = frozenset({"jpeg", "webp", "bmp", "gif", "heic", "avif"})
_TAKES_CMYK = frozenset({"jpeg", "tiff"})
_COLOURED = frozenset({"webp", "heic", "avif"})
"""Formats whose greys are read as colours."""
_ALPHA = {"L": "LA", "RGB": "RGBA"}
_OPENED = {"LA": "L", "La": "L", "RGBA": "RGB", "RGBa": "RGB", "PA": "RGB"}
_DEEP = ("I", "F")  # I;16, I;16B ...
_FULL = {"P": "a palette becomes full colours", "PA": "a palette becomes full colours", "1": "1 bit become 8"}
_BECOMES = {
    "L": "colours become greys",
    "LA": "colours become greys with an alpha channel",
    "P": "256 colours stay, in a palette",
    "RGB": "greys are written as colours",
    "RGBA": "an alpha channel comes along",
}
_HDR = "HDR"
_WIDE = ("wide gamut", _HDR)


@dataclass(frozen=True)
class Colours:
    """What is done, as `ImageRecipe` says it, and what the copy's facts are then.

    `target`: the mode that it is converted to at last, where a rule asks for another one; or empty.
    """

    srgb: bool
    depth8: bool
    flatten: str | None
    mode: str
    bit_depth: int
    alpha: bool
    colour: bool
    steps: tuple[str, ...]
    target: str = ""


def choose_colours(
    image: ImageFacts,
    format_name: str,
    demands: Demands,
    options: RepairOptions,
    *,
    mixed: bool = False,
    plain: bool = False,
) -> Colours:
    """The least that is to be done to the colours of a picture that is written in this format.

    `mixed`: its pixels are scaled, or others come beside them. `plain`: as every reader takes them.

    >>> image = ImageFacts(mode="RGBA", bit_depth=8, alpha=True, colour=True, colour_detail="alpha")
    >>> chosen = choose_colours(image, "jpeg", Demands(), RepairOptions())
    >>> chosen.flatten, chosen.mode, chosen.colour, chosen.steps
    ('#ffffff', 'RGB', False, ('what is transparent is laid on #ffffff',))
    """
    plain = plain or (bool(image.colour) and not demands.takes("colour", True))
    colours = _colours(image, format_name, demands, options, mixed=mixed, plain=plain)
    if demands.takes("mode", colours.mode):
        return colours
    target = choose_mode(image, format_name, demands)
    return _colours(image, format_name, demands, options, mixed=mixed, plain=plain, target=target)


def _colours(  # noqa: PLR0913 - as `choose_colours`
    image: ImageFacts,
    format_name: str,
    demands: Demands,
    options: RepairOptions,
    *,
    mixed: bool,
    plain: bool,
    target: str = "",
) -> Colours:
    """As `choose_colours`, for pixels of the mode `target` where that is given."""
    mode, depth, detail = image.mode or "RGB", image.bit_depth or 8, image.colour_detail or ""
    steps = []
    alpha = bool(image.alpha)
    flatten = None
    may_be_clear = format_name not in _OPAQUE and demands.takes("alpha", True)
    if alpha and (not may_be_clear or (not is_clear(target) if target else plain)):
        flatten = options.fill if options.fill.startswith("#") else WHITE
        steps.append(f"what is transparent is laid on {flatten}")
        alpha = False
    is_deep = mode.startswith(_DEEP)  # of other modes Pillow reads 8 bit anyway
    keeps_depth = is_deep and format_name not in _EIGHT_BIT and demands.takes("bit_depth", depth)
    keeps_depth = keeps_depth and not image.alpha  # one grey of a PNG is clear: with 16 bits none is written
    depth8 = depth > 8 and (plain or bool(target) or not keeps_depth)
    if depth8:
        steps.append(f"{depth} bit a sample become 8")
        depth = 8
    is_wide = any(word in detail for word in _WIDE)
    other_space = mode in ("CMYK", "YCCK", "LAB", "HSV")
    turns_grey = bool(target) and is_grey(target) != is_grey(mode)
    srgb = plain and (is_wide or other_space or mode in ("P", "PA", "1"))
    srgb = srgb or turns_grey or (bool(target) and (other_space or mode in ("P", "PA", "1")))
    srgb = srgb or (other_space and not (mode == "CMYK" and format_name in _TAKES_CMYK))
    is_hdr = _HDR in detail  # which is not kept by a writer here: unsaid, its tones would look washed out
    srgb = srgb or is_hdr
    if srgb and (is_hdr or is_wide or other_space or mode in _FULL):
        steps.append("HDR becomes SDR, tone mapped" if is_hdr else _FULL.get(mode, "colours become sRGB"))
    if srgb:
        is_wide = False
    before = mode
    mode = _mode(
        mode, format_name, srgb=srgb, depth=depth, alpha=alpha, mixed=mixed or srgb or flatten is not None
    )
    if before != mode and before in ("P", "1"):
        depth = 8
    if target and mode != target:
        steps.append(_BECOMES.get(target, f"pixels become {target}"))
        mode, alpha = target, alpha or is_clear(target)
    unusual = mode in ("P", "1", "CMYK", "LAB", "F") or depth > 8 or alpha or is_wide
    return Colours(srgb, depth8, flatten, mode, depth, alpha, unusual, tuple(steps), target)


def with_clear_room(colours: Colours, format_name: str, demands: Demands) -> Colours | None:
    """As these, where nothing lies beside the picture; `None` where no part of the copy may be transparent.

    >>> grey = Colours(False, False, None, "L", 8, False, False, ())
    >>> clear = with_clear_room(grey, "png", Demands())
    >>> clear.mode, clear.alpha, with_clear_room(grey, "jpeg", Demands())
    ('LA', True, None)
    """
    if colours.alpha:
        return colours
    may_be = demands.takes("alpha", True) and demands.takes("colour", True)
    mode = "P" if format_name == "gif" else _ALPHA.get(colours.mode, "")
    if colours.target or not mode or format_name in _OPAQUE or not may_be or not demands.takes("mode", mode):
        return None
    steps = (*colours.steps, "what lies beside it is transparent")
    return replace(colours, mode=mode, alpha=True, colour=True, steps=steps)


def why_not_clear(colours: Colours, format_name: str, demands: Demands) -> str:
    """Why nothing of a copy may be transparent, as the end of a sentence.

    >>> deep = Colours(False, False, None, "I;16", 16, False, True, ())
    >>> why_not_clear(deep, "png", Demands())
    'greys of 16 bits a sample are written here without transparency'
    """
    in_eight = replace(colours, mode="L", bit_depth=8)
    if colours.mode.startswith(_DEEP) and with_clear_room(in_eight, format_name, demands) is not None:
        return f"greys of {colours.bit_depth} bits a sample are written here without transparency"
    return f"no {format_name} that passes is transparent"


def _mode(mode: str, format_name: str, *, srgb: bool, depth: int, alpha: bool, mixed: bool) -> str:
    """Pillow's name of the pixels of the copy, as far as that is foreseen."""
    if format_name == "gif":
        return "P"
    if mode.startswith(_DEEP):
        mode = "L" if depth == 8 else mode
    if mode in ("P", "1"):
        if not mixed and format_name in ("png", "tiff", "bmp") and not (mode == "1" and alpha):
            return mode
        mode = "RGB" if mode == "P" else "L"
    mode = _OPENED.get(mode, mode)
    if format_name in _COLOURED or (srgb and mode != "L"):
        mode = "RGB"
    return _ALPHA.get(mode, mode) if alpha else mode
