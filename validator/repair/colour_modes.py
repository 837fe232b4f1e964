"""Which pixels, by Pillow's names of modes, a picture can be brought to where a rule asks for some."""

from __future__ import annotations

from collections.abc import Mapping

from validator.model import ImageFacts
from validator.repair.demands import Demands

HELD: Mapping[str, frozenset[str]] = {
    "jpeg": frozenset({"L", "RGB", "CMYK"}),
    "png": frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"}),
    "webp": frozenset({"RGB", "RGBA"}),
    "bmp": frozenset({"1", "L", "P", "RGB"}),
    "tiff": frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA", "CMYK"}),
    "gif": frozenset({"P"}),
    "heic": frozenset({"RGB", "RGBA"}),
    "avif": frozenset({"RGB", "RGBA"}),
}
"""What a picture of a format has when it is opened again."""
_MADE = ("RGB", "RGBA", "L", "LA", "P")
"""What any picture can be turned into, without a profile of a printer or a threshold."""
_GREY = frozenset({"1", "L", "LA", "La"})
_DEEP = ("I", "F")  # I;16, I;16B ...
_CLEAR = frozenset({"RGBA", "LA"})
_KEEP_OPAQUE = frozenset({"png", "tiff", "heic"})
"""Formats that keep an alpha channel in which nothing is transparent."""


def is_grey(mode: str) -> bool:
    """Whether pixels of this mode have no colour.

    >>> is_grey("I;16"), is_grey("P")
    (True, False)
    """
    return mode in _GREY or mode.startswith(_DEEP)


def is_clear(mode: str) -> bool:
    """Whether pixels of this mode have an alpha channel."""
    return mode in _CLEAR


def choose_mode(image: ImageFacts, format_name: str, demands: Demands) -> str:
    """The mode that is taken, and loses least of this picture in this format; empty where none can be had.

    >>> grey = Demands(allowed={"mode": ("L",)})
    >>> [choose_mode(ImageFacts(mode="RGB"), name, grey) for name in ("jpeg", "webp")]
    ['L', '']
    """
    opaque = not demands.takes("alpha", True)
    asked = demands.allowed.get("mode", _MADE)
    possible = [
        mode
        for mode in asked
        if mode in _MADE and mode in HELD.get(format_name, frozenset()) and demands.takes("mode", mode)
    ]
    was_grey, was_clear = is_grey(image.mode or ""), bool(image.alpha)
    opaque = opaque or not (was_clear or format_name in _KEEP_OPAQUE)
    possible = [mode for mode in possible if not (opaque and is_clear(mode))]
    return min(
        possible,
        key=lambda mode: (
            is_grey(mode) and not was_grey,
            was_clear and not is_clear(mode),
            mode == "P",
            is_clear(mode) and not was_clear,
            was_grey and not is_grey(mode),
        ),
        default="",
    )


def can_have_mode(image: ImageFacts, format_name: str, demands: Demands) -> bool:
    """Whether a copy in this format can have pixels of a mode that is taken.

    >>> can_have_mode(ImageFacts(mode="RGB"), "gif", Demands(allowed={"mode": ("RGB",)}))
    False
    """
    stays = image.mode in HELD.get(format_name, frozenset()) and demands.takes("mode", image.mode or "")
    return stays or bool(choose_mode(image, format_name, demands))
