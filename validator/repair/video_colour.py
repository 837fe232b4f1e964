"""What is written of a clip's colours: its own tags, or what players took them for while it had none."""

from __future__ import annotations

from validator.repair.recipe import Colours
from validator.repair.video_source import Source

HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
"""Curves of pictures that are brighter than most screens are."""

_LARGE = (1280, 720)  # a side from which on players take pictures without tags for BT.709
_HD = Colours("bt709", "bt709", "bt709")
_SD = Colours("smpte170m", "smpte170m", "smpte170m")
_PAL = Colours("bt470bg", "smpte170m", "bt470bg")
_PAL_LINES = (288, 576)
_RGB = ("rgb", "bgr", "gbr", "pal8")


def colours_of(source: Source) -> Colours:
    """The colours of the pixels that are written, where a clip is encoded anew.

    Only red, green and blue, and HDR, become other numbers. All else keeps its own, and so it has to say how
    they are to be read: whoever is told nothing guesses that by the size, which may be another in the copy.
    """
    video, pixels = source.video, source.video.pixel_format or source.facts.pixel_format or ""
    if video.transfer in HDR_TRANSFERS:
        return _HD
    if any(order in pixels for order in _RGB):
        return Colours("bt709", "bt709", "bt709", converted=True)
    usual = usual_colours((source.facts.stored_width or 0, source.facts.stored_height or 0))
    return Colours(
        video.primaries or usual.primaries, video.transfer or usual.transfer, video.matrix or usual.matrix
    )


def usual_colours(stored: tuple[int, int]) -> Colours:
    """What players take a picture of this size for that does not say what its colours are.

    >>> usual_colours((1280, 720)).matrix, usual_colours((720, 576)).matrix, usual_colours((854, 480)).matrix
    ('bt709', 'bt470bg', 'smpte170m')
    """
    width, height = stored
    if width >= _LARGE[0] or height >= _LARGE[1]:
        return _HD
    return _PAL if height in _PAL_LINES else _SD
