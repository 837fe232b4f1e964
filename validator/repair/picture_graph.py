"""The filters that draw a clip's picture anew: progressive, upright, of square pixels, at a constant rate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from validator.repair.demuxers import SEEKS
from validator.repair.flat_colour import backdrop, rgb_of
from validator.repair.recipe import Canvas, Colours, VideoRecipe
from validator.repair.seconds import seconds

_WHITE = 203  # candela per square metre of a white that does not glow, by BT.2408
_PEAK = 5  # times that: what glows most, in most films
_LINEAR = Fraction(3, 10)  # of white: what is darker keeps its brightness
_BLUR_AT = 8  # a backdrop is blurred at this part of its size: fast, and smooth
_BLUR = 4  # pixels there
_MOST_FRAMES = 32_767  # of one round: the filter keeps no more
_EDGE = 8  # pixels of a picture's edge whose mean colour a backdrop takes


def drawn(picture: Any, recipe: VideoRecipe) -> Any:
    """A stream of ffmpeg-python with all that the recipe asks of its picture, which ffmpeg has turned."""
    if start := unsought(recipe):
        begin = seconds(start)
        picture = picture.filter("trim", start=begin).filter("setpts", f"PTS-{begin}/TB")
    if recipe.deinterlace:
        picture = picture.filter("bwdif", mode="send_frame", deint="all")
    colours = recipe.colours
    if recipe.flatten:
        picture = _laid_on(picture, recipe)
    if recipe.tone_map:
        picture = _tone_mapped(picture, recipe)
    elif colours is not None and colours.converted:
        picture = picture.filter("scale", out_color_matrix=colours.matrix, out_range="tv")
        picture = _tagged(picture.filter("format", "yuv444p"), colours)
    if recipe.shown is not None and (recipe.crop is not None or recipe.size is None):
        picture = _scaled(picture, recipe.shown)
    if recipe.crop is not None:
        box = recipe.crop
        picture = picture.filter("crop", box.width, box.height, box.x, box.y, exact=1)
    if recipe.size is not None:
        picture = _scaled(picture, recipe.size)
    picture = picture.filter("setsar", 1)
    if recipe.canvas is not None and recipe.size is not None:
        picture = _padded(picture, recipe.canvas, recipe.size, _matrix(recipe))
    # Programs differ in whether they keep the full range that some cameras write: decoders expect the other.
    picture = _timed(picture, recipe).filter("scale", out_range="tv").filter("format", "yuv420p")
    return picture if colours is None else _tagged(picture, colours)


def unsought(recipe: VideoRecipe) -> Fraction:
    """The seconds that are read and left out, since the demuxer cannot be told to begin behind them; or 0.

    >>> unsought(VideoRecipe(demuxer="mpegts", start=Fraction(2))), unsought(VideoRecipe(demuxer="mov"))
    (Fraction(2, 1), Fraction(0, 1))
    """
    return Fraction(0) if recipe.copy_video or recipe.demuxer in SEEKS else recipe.start


def _tagged(picture: Any, colours: Colours) -> Any:
    """With what players need to know of its colours; without it they guess, by its size."""
    return picture.filter(
        "setparams",
        range="tv",
        color_primaries=colours.primaries,
        color_trc=colours.transfer,
        colorspace=colours.matrix,
    )


def _scaled(picture: Any, size: tuple[int, int]) -> Any:
    return picture.filter("scale", *size, flags="lanczos+accurate_rnd")


def _matrix(recipe: VideoRecipe) -> str:
    """By which the pictures that are drawn are YUV."""
    return "" if recipe.colours is None else recipe.colours.matrix


def _laid_on(picture: Any, recipe: VideoRecipe) -> Any:
    """What is transparent shows one colour; what lies hidden under it is not seen."""
    if recipe.colours is not None and recipe.colours.converted:
        red, green, blue = rgb_of(recipe.flatten)
        shares = picture.filter("format", "gbrap").filter_multi_output("split")
        behind = shares[0].filter("format", "gbrp").filter("lutrgb", r=red, g=green, b=blue)
        return behind.overlay(shares[1], format="gbrp")
    shares = picture.filter("scale", out_range="tv").filter("format", "yuva444p").filter_multi_output("split")
    return backdrop(shares[0], recipe.flatten, _matrix(recipe)).overlay(shares[1], format="yuv444")


def _tone_mapped(picture: Any, recipe: VideoRecipe) -> Any:
    """From HDR to what every screen shows. What a stream leaves open of its colours is as HDR mostly is."""
    into: dict[str, Any] = {
        "transferin": recipe.transfer or "smpte2084",
        "primariesin": recipe.primaries or "bt2020",
        "matrixin": recipe.matrix or "bt2020nc",
        "rangein": recipe.range or "tv",
    }
    linear = picture.filter("zscale", transfer="linear", npl=_WHITE, **into).filter("format", "gbrpf32le")
    mapped = linear.filter("zscale", primaries="bt709").filter(
        "tonemap", tonemap="mobius", param=float(_LINEAR), peak=_PEAK, desat=0
    )
    return mapped.filter("zscale", transfer="bt709", matrix="bt709", range="tv").filter("format", "yuv420p")


def _padded(picture: Any, canvas: Canvas, size: tuple[int, int], matrix: str) -> Any:
    """The picture at its place on the canvas, over a backdrop."""
    if canvas.fill not in ("blur", "edge"):
        shares = picture.filter("scale", out_range="tv").filter_multi_output("split")
        behind = backdrop(shares[0], canvas.fill, matrix, (canvas.width, canvas.height))
    else:
        shares = picture.filter_multi_output("split")
        behind = _blurred(shares[0], canvas) if canvas.fill == "blur" else _edge(shares[0], canvas, size)
    return behind.overlay(shares[1], x=canvas.x, y=canvas.y).filter("setsar", 1)


def _blurred(picture: Any, canvas: Canvas) -> Any:
    """The picture itself, so large that it covers the canvas, too blurred to draw the eye."""
    small = (max(2 * _BLUR + 2, canvas.width // _BLUR_AT), max(2 * _BLUR + 2, canvas.height // _BLUR_AT))
    covering = picture.filter("scale", *small, force_original_aspect_ratio="increase", flags="area")
    blurred = covering.filter("crop", *small).filter("gblur", sigma=_BLUR)
    return blurred.filter("scale", canvas.width, canvas.height, flags="bicubic")


def _edge(picture: Any, canvas: Canvas, size: tuple[int, int]) -> Any:
    """The mean colour of the two edges that the backdrop lies beside."""
    width, height = size
    ends = picture.filter_multi_output("split")
    if canvas.width > width:
        strip = min(_EDGE, width)
        sides = [(strip, height, 0, 0), (strip, height, width - strip, 0)]
        stack = "hstack"
    else:
        strip = min(_EDGE, height)
        sides = [(width, strip, 0, 0), (width, strip, 0, height - strip)]
        stack = "vstack"
    strips = [ends[number].filter("crop", *side) for number, side in enumerate(sides)]
    both = _together(strips, stack)
    dot = both.filter("format", "yuv444p").filter("scale", 1, 1, flags="area")
    return dot.filter("scale", canvas.width, canvas.height, flags="neighbor")


def _together(pictures: list[Any], stack: str) -> Any:
    import ffmpeg  # type: ignore[import-untyped, unused-ignore]

    return ffmpeg.filter(pictures, stack)


def frames_of_round(recipe: VideoRecipe) -> int | None:
    """How many frames come again and again where a clip is looped; `None` where it is not.

    >>> times = {"duration": Fraction(1), "lengthened": Fraction(2), "frame_rate": Fraction(30)}
    >>> frames_of_round(VideoRecipe(demuxer="mov", lengthen="loop", **times))
    30
    """
    if recipe.lengthen != "loop" or not (recipe.duration and recipe.lengthened and recipe.frame_rate):
        return None
    return min(max(1, round(recipe.duration * recipe.frame_rate)), _MOST_FRAMES)


def _timed(picture: Any, recipe: VideoRecipe) -> Any:
    """Slowed down where that was asked for, at a constant rate, and of exactly so many frames."""
    if recipe.lengthen == "slow" and recipe.lengthened and recipe.duration:
        slower: Fraction = recipe.lengthened / recipe.duration
        picture = picture.filter("setpts", f"PTS*{seconds(slower)}")
    if recipe.frame_rate is not None:
        rate = f"{recipe.frame_rate.numerator}/{recipe.frame_rate.denominator}"
        if recipe.frames is not None:  # a last picture that is shown for no time must not be left out
            picture = picture.filter("tpad", stop=2, stop_mode="clone")
        picture = picture.filter("fps", fps=rate, start_time=0, eof_action="pass")
        frames = frames_of_round(recipe)
        if frames is not None:
            once = picture.filter("tpad", stop=-1, stop_mode="clone").filter("trim", end_frame=frames)
            picture = once.filter("loop", loop=-1, size=frames).filter("setpts", "N")
    if recipe.frames is not None:
        picture = picture.filter("tpad", stop=-1, stop_mode="clone").filter("trim", end_frame=recipe.frames)
    return picture
