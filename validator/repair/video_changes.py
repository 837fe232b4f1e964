"""Says what will differ in the copy of a clip, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from validator.people import Box
from validator.quantity import shown
from validator.repair.geometry import Framing
from validator.repair.image_framing import FACES_LEFT_OUT, told_of_padding
from validator.repair.plan import Case, Change
from validator.repair.recipe import VideoRecipe
from validator.repair.streams import which_of
from validator.repair.video_colour import usual_colours
from validator.repair.video_copy import Copied
from validator.repair.video_length import Length
from validator.repair.video_size import SIZE_FACTS, faces_around
from validator.repair.video_source import HIDDEN, READS_ALPHA, Source, codes_of
from validator.repair.words import AS_IS, LOOPED, kept, padded, scaled, slowed

_COLOURS = {"bt709": "BT.709", "smpte170m": "BT.601", "bt470bg": "BT.601"}
_MANY_TIMES = 2
_MORE_THAN_A_LINE = 2
_CUTS_A_FACE = "The crop cuts off part of the face: no ratio that is taken leaves all of it."


def changes_of(
    case: Case, source: Source, recipe: VideoRecipe, frame: Framing | None, found: Copied | None
) -> Iterator[Change]:
    """What will differ, what was asked for first; `frame` of a clip that is encoded, else `found`."""
    changes = [*_times(case, source, recipe, found), *_container(case, source, recipe)]
    if frame is not None:
        changes += [*_picture(case, source, recipe, frame), *_encoding(case, source, recipe, frame)]
    changes += _tracks(case, source, recipe)
    yield from sorted(changes, key=lambda change: not change.codes)


def warnings_of(case: Case, source: Source, length: Length, frame: Framing | None) -> Iterator[str]:
    """What a person should know of the copy, as sentences."""
    if length.warning:
        yield length.warning
    if frame is not None and source.video.alpha == "layer" and source.video.codec not in READS_ALPHA:
        yield HIDDEN
    if frame is not None and frame.factor >= _MANY_TIMES:
        yield f"The picture is enlarged {shown(frame.factor, places=1)} times, so it will look soft."
    if frame is not None:
        yield from told_of_padding(frame)
    if frame is None or frame.crop is None:
        return
    whole, all_of_them = faces_around(case, source, frame)
    if whole < all_of_them:
        yield _CUTS_A_FACE if all_of_them == 1 or not whole else FACES_LEFT_OUT


def _times(case: Case, source: Source, recipe: VideoRecipe, found: Copied | None) -> Iterator[Change]:
    before, limits = source.duration, case.demands.range_of("duration").bounds
    after = found.seconds if found is not None else recipe.lengthened or recipe.duration or before
    cut = codes_of(case, "duration")
    if cut:
        was, now = (shown(each, limits, places=2) for each in (before, after))
        ways = {"loop": LOOPED, "hold": "its last picture held", "slow": slowed(before / after)}
        how = ways.get(recipe.lengthen) or kept(recipe.start, now) + f", {AS_IS}" * (found is not None)
        yield Change(cut, "duration", f"{was} s", f"{now} s", how)
    if recipe.frame_rate is None:
        return
    rate, mode = source.facts.frame_rate, source.facts.frame_rate_mode
    codes = codes_of(case, "frame_rate", "frame_rate_mode", "frame_rate_min", "frame_rate_max")
    if codes or mode == "variable" or rate is None or shown(rate) != shown(recipe.frame_rate):
        words = (
            "single picture" if rate is None else f"{shown(rate)} fps" + (", variable" * (mode == "variable"))
        )
        yield Change(
            codes, "frame rate", words, f"{shown(recipe.frame_rate)} fps", "pictures repeated or left out"
        )


def _container(case: Case, source: Source, recipe: VideoRecipe) -> Iterator[Change]:
    codes = codes_of(case, "format")
    if codes or source.format != recipe.format:
        how = AS_IS if recipe.copy_video else "encoded as H.264"
        yield Change(codes, "format", source.format, recipe.format, how)
    elif recipe.copy_video and recipe.packets is None:
        codes = codes_of(case, "tracks", "bytes")
        yield Change(codes, "container", source.format, recipe.format, f"written anew, {AS_IS}")


def _picture(case: Case, source: Source, recipe: VideoRecipe, frame: Framing) -> Iterator[Change]:
    facts = source.facts
    stored = f"{facts.width}x{facts.height}"
    after = "{}x{}".format(*frame.size)
    codes = codes_of(case, *SIZE_FACTS)
    ways = ", ".join(_ways(recipe, frame, _around(case, source, frame)))
    if codes or ways:
        yield Change(codes, "size", stored, after, ways or "square pixels")
    turned = codes_of(case, "geometry")
    if facts.rotation:
        yield Change(turned, "rotation", f"{facts.rotation}°", "0°", "turned upright")
    pixel = facts.sample_aspect_ratio or Fraction(1)
    if pixel != 1:
        was = f"{pixel.numerator}:{pixel.denominator}"
        yield Change(turned, "pixels", was, "1:1", f"shown {source.size[0]}x{source.size[1]}, as before")


def _around(case: Case, source: Source, frame: Framing) -> str:
    """Whom a crop is laid around: as they are at one time of the clip, since it does not follow them."""
    whole, _ = faces_around(case, source, frame)
    crop = frame.crop or Box(0, 0, *source.size)
    is_odd_line = max(source.size[0] - crop.width, source.size[1] - crop.height) < _MORE_THAN_A_LINE
    if is_odd_line or not whole or case.facts.faces is None:
        return ""
    when = case.facts.faces.face_time
    words = "the face" if whole == 1 else f"{whole} faces"
    return f" around {words}" + ("" if when is None else f" seen at {shown(when, places=2)} s")


def _ways(recipe: VideoRecipe, frame: Framing, around: str) -> Iterator[str]:
    if frame.crop is not None:
        yield f"cropped to {frame.crop}{around}"
    if frame.is_scaled:
        yield scaled(frame.factor)
    if recipe.canvas is not None:
        yield padded(frame.content, frame.size, recipe.canvas.fill)


def _is_guessed_anew(recipe: VideoRecipe, frame: Framing) -> bool:
    """Whether players that guess colours by the size would take the copy's for others than the original's."""
    return recipe.colours is not None and usual_colours(frame.size).matrix != recipe.colours.matrix


def _encoding(case: Case, source: Source, recipe: VideoRecipe, frame: Framing) -> Iterator[Change]:
    facts, codes = source.facts, codes_of(case, "codec_support")
    if recipe.tone_map:
        yield Change(codes, "colours", f"HDR by {facts.hdr or 'PQ'}", "SDR", "tone mapped to BT.709")
    elif recipe.colours is not None and not source.video.matrix and _is_guessed_anew(recipe, frame):
        name = _COLOURS.get(recipe.colours.matrix, recipe.colours.matrix)
        yield Change((), "colour tags", "none", name, "so that no player guesses others at the new size")
    if recipe.flatten:
        yield Change(codes, "transparency", "some", "none", f"laid on {recipe.flatten}")
    if recipe.deinterlace:
        yield Change(codes, "scan", "interlaced", "progressive", "two fields become one picture")
    before = ", ".join(word for word in (facts.codec or source.video.codec, facts.pixel_format) if word)
    yield Change(codes, "video codec", before, "h264, yuv420p", "encoded anew")
    asked = codes_of(case, "bytes")
    if asked and recipe.max_bytes is not None:
        after = f"at most {recipe.max_bytes:,} bytes"
        yield Change(asked, "file size", f"{source.bytes:,} bytes", after, "encoded in two passes")
    elif asked and recipe.max_bit_rate is not None:
        yield Change(asked, "file size", f"{source.bytes:,} bytes", "fewer bytes", _left(case, recipe))


def _left(case: Case, recipe: VideoRecipe) -> str:
    """Why what stays takes fewer bytes."""
    ways = {"shorter": codes_of(case, "duration"), "smaller": recipe.size}
    return "what stays is " + (" and ".join(word for word, is_so in ways.items() if is_so) or "less")


def _tracks(case: Case, source: Source, recipe: VideoRecipe) -> Iterator[Change]:
    codes = codes_of(case, "tracks")
    if source.audio is not None and not recipe.copy_audio:
        how = "encoded anew" + (", two channels" if recipe.channels else "")
        yield Change((), "audio codec", source.audio.codec, "aac", how)
    kept = 1 if source.audio is None else 2
    if len(source.streams.streams) > kept:
        stay = [which_of(source.streams.streams, each) for each in (source.video, source.audio) if each]
        how = f"{' and '.join(stay)} stay{'s' * (kept == 1)}"
        yield Change(codes, "tracks", str(len(source.streams.streams)), str(kept), how)
    elif codes and source.facts.tracks == "durations-disagree":
        before, after = source.facts.tracks_detail or "", "as long as each other"
        yield Change(codes, "tracks", before, after, "the sound is brought to the picture's length")
