"""Command lines for clips: what they say, and what the copies are like that they make."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import msgspec
import pytest
from PIL import Image

from tests.probe.media import Clip, encoded
from tests.repair.ffmpegs import made, program
from tests.repair.films import made_by, packets, picture
from validator.people import Box
from validator.repair.ffmpeg import Program
from validator.repair.recipe import Canvas, Colours, VideoRecipe
from validator.repair.video_graph import commands
from validator.repair.video_quality import video_quality

__all__ = ["program"]

RED = (200, 30, 30)
RED_IN_BT709 = (73, 111, 203)  # by its formula: 16 + 219 Y', 128 + 224 Pb, 128 + 224 Pr
REORDERED = {"preset": "ultrafast", "bf": "2", "g": "12", "qp": "30"}
FRESH = VideoRecipe(demuxer="mov", frame_rate=Fraction(24), frames=24)


def written(folder: Path, clip: Clip, name: str = "original") -> Path:
    path = folder / name
    path.write_bytes(encoded(clip))
    return path


def line(recipe: VideoRecipe, source: str = "in", target: str = "out") -> list[str]:
    (only,) = commands(recipe, "ffmpeg", source, target, pass_log="log")  # noqa: S106 - a path
    return list(only)


@pytest.mark.parametrize("name", ["-i.mp4", "%d.mp4", "concat:a|b", "http://x", "a\nb", "a'b[0:1];c", "*"])
def test_names_are_never_interpreted(name: str) -> None:
    for recipe in (FRESH, VideoRecipe(demuxer="mov", copy_video=True)):
        words = line(recipe, name, name)
        assert words[words.index("-i") + 1] == words[-1] == f"file:{name}"


def test_the_original_is_read_by_the_demuxer_that_was_named_and_from_nowhere_else() -> None:
    words = line(VideoRecipe(demuxer="matroska", copy_video=True))
    assert words[1:5] == ["-f", "matroska", "-protocol_whitelist", "file"]


def test_tracks_are_named_and_nothing_else_comes_along() -> None:
    words = line(VideoRecipe(demuxer="mov", copy_video=True, copy_audio=True, video=2, audio=5))
    assert [words[at + 1] for at, word in enumerate(words) if word == "-map"] == ["0:2", "0:5"]
    assert words[words.index("-map_chapters") + 1] == "-1"
    assert words[words.index("-map_metadata") + 1] == "0"


def test_metadata_go_where_that_is_asked_for() -> None:
    words = line(VideoRecipe(demuxer="mov", copy_video=True, metadata="drop"))
    assert words[words.index("-map_metadata") + 1] == words[words.index("-map_metadata:s") + 1] == "-1"


def test_the_first_of_two_passes_writes_no_copy() -> None:
    recipe = msgspec.structs.replace(FRESH, max_bytes=1000, bit_rate=900, audio=1)
    first, second = commands(recipe, "ffmpeg", "in", "out", pass_log="the log")  # noqa: S106 - a path
    assert first[-1] == "-"
    assert "file:out" not in first
    assert first[first.index("-passlogfile") + 1] == second[second.index("-passlogfile") + 1] == "the log"
    assert "-crf" not in second
    assert "-maxrate" not in second
    held = msgspec.structs.replace(recipe, max_bit_rate=1800)
    for words in commands(held, "ffmpeg", "in", "out", pass_log="log"):  # noqa: S106 - a path
        assert (words[words.index("-maxrate") + 1], words[words.index("-bufsize") + 1]) == ("1800", "1800")


@pytest.mark.parametrize("container", ["matroska", "mp4"])
def test_packets_are_copied_bit_by_bit(container: str, program: Program, tmp_path: Path) -> None:
    source = written(tmp_path, Clip(frames=48, audio=2, format=container, options=REORDERED))
    demuxer = "mov" if container == "mp4" else container
    recipe = VideoRecipe(demuxer=demuxer, copy_video=True, copy_audio=True, audio=1)
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert packets(tmp_path / "copy.mp4") == packets(source)
    assert packets(tmp_path / "copy.mp4", "audio") == packets(source, "audio")
    assert facts.duration is not None
    assert abs(facts.duration - 2) < Fraction(2 * 1024, 16_000)  # what a decoder needs in front of the sound


def test_a_cut_between_packets_keeps_the_first_and_ends_in_time(program: Program, tmp_path: Path) -> None:
    source = written(tmp_path, Clip(frames=72, audio=3, options=REORDERED))
    recipe = VideoRecipe(
        demuxer="mov", copy_video=True, copy_audio=True, audio=1, packets=36, duration=Fraction(3, 2)
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert packets(tmp_path / "copy.mp4") == packets(source)[:36]
    assert (facts.frames, facts.video_duration) == (36, Fraction(3, 2))
    assert facts.duration is not None
    assert facts.duration <= Fraction(3, 2) + Fraction(1024, 16_000)


def test_a_cut_from_a_key_frame_begins_with_it(program: Program, tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    source = written(tmp_path, Clip(frames=72, rate=rate, audio=3, options=REORDERED))
    recipe = VideoRecipe(
        demuxer="mov",
        copy_video=True,
        copy_audio=True,
        audio=1,
        start=24 / rate,
        packets=36,
        duration=36 / rate,
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert packets(tmp_path / "copy.mp4") == packets(source)[24:60]
    assert facts.video_duration == 36 / rate


def test_what_is_encoded_has_exactly_the_frames_and_the_sound_that_were_planned(
    program: Program, tmp_path: Path
) -> None:
    source = written(tmp_path, Clip(frames=60, rate=Fraction(25), audio=3, size=(96, 64)))
    recipe = VideoRecipe(
        demuxer="mov",
        audio=1,
        start=Fraction(1, 2),
        duration=Fraction(1001, 750),
        frame_rate=Fraction(30000, 1001),
        frames=40,
        crop=Box(16, 0, 64, 64),
        size=(48, 48),
        canvas=Canvas(96, 48, 24, 0, "blur"),
        channels=2,
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert (facts.frames, facts.frame_rate) == (40, Fraction(30000, 1001))
    assert facts.video_duration == Fraction(1001, 750)
    assert facts.audio_duration is not None
    assert facts.video_duration is not None
    assert abs(facts.audio_duration - facts.video_duration) <= Fraction(1, 16_000)
    assert (facts.width, facts.height) == (96, 48)
    assert (facts.frame_rate_mode, facts.codec_support) == ("constant", "usual")
    assert facts.audio_channels == 2


@pytest.mark.parametrize("way", ["loop", "hold", "slow"])
def test_what_is_too_short_becomes_as_long_as_planned(way: str, program: Program, tmp_path: Path) -> None:
    source = written(tmp_path, Clip(frames=12, audio=0.5))
    recipe = msgspec.structs.replace(
        FRESH,
        audio=1,
        frames=60,
        duration=Fraction(1, 2),
        lengthened=Fraction(5, 2),
        lengthen=way,
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert facts.frames == 60
    assert facts.video_duration == facts.audio_duration == Fraction(5, 2)


@pytest.mark.parametrize("way", ["", "loop", "hold", "slow"])
def test_a_picture_that_does_not_say_how_long_it_is_shown_is_not_lost(
    way: str, program: Program, tmp_path: Path
) -> None:
    source = written(tmp_path, Clip(frames=1, rate=Fraction(1000), format="matroska"))
    recipe = msgspec.structs.replace(
        FRESH,
        demuxer="matroska",
        frames=36,
        duration=Fraction(1),
        lengthen=way,
        lengthened=Fraction(3, 2) if way else None,
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert (facts.frames, facts.video_duration) == (36, Fraction(3, 2))


@pytest.mark.parametrize("fill", ["blur", "edge", "#204080"])
@pytest.mark.parametrize("canvas", [(96, 48), (48, 96)])
def test_what_lies_beside_the_picture(
    fill: str, canvas: tuple[int, int], program: Program, tmp_path: Path
) -> None:
    red = [Image.new("RGB", (48, 48), (200, 30, 30))] * 3
    source = written(tmp_path, Clip(size=(48, 48), frames=3, pictures=red))
    x, y = (canvas[0] - 48) // 2, (canvas[1] - 48) // 2
    recipe = msgspec.structs.replace(
        FRESH, frames=3, size=(48, 48), canvas=Canvas(*canvas, x=x, y=y, fill=fill)
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert (facts.width, facts.height) == canvas
    shown = picture(tmp_path / "copy.mp4")
    beside, middle = shown.getpixel((2, 2)), shown.getpixel((canvas[0] // 2, canvas[1] // 2))
    expected = (32, 64, 128) if fill.startswith("#") else middle
    assert all(abs(one - other) < 25 for one, other in zip(beside, expected, strict=True))


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m"])
def test_a_colour_beside_the_picture_is_that_colour_by_any_matrix(
    matrix: str, program: Program, tmp_path: Path
) -> None:
    red = [Image.new("RGB", (48, 48), RED)] * 2
    source = written(tmp_path, Clip(size=(48, 48), frames=2, pictures=red, pixels="yuvj420p"))
    canvas = Canvas(96, 48, 48, 0, "#c81e1e")
    colours = Colours(matrix, matrix, matrix)
    recipe = msgspec.structs.replace(FRESH, frames=2, size=(48, 48), canvas=canvas, colours=colours)
    made_by(program, recipe, source, tmp_path / "copy.mp4")
    expected = {"bt709": RED_IN_BT709, "smpte170m": (85, 103, 203)}[matrix]
    with av.open(str(tmp_path / "copy.mp4")) as container:
        stored = next(container.decode(video=0)).reformat(format="yuv444p").to_ndarray()
    assert all(abs(int(stored[part][4, 4]) - value) < 3 for part, value in enumerate(expected))


@pytest.mark.parametrize(
    ("codec", "pixels", "demuxer"),
    [
        ("qtrle", "argb", "mov"),
        ("ffv1", "yuva420p", "matroska"),
        ("libvpx-vp9", "yuva420p", "matroska"),
        ("libvpx", "yuva420p", "matroska"),
    ],
)
def test_what_is_transparent_shows_one_colour_and_nothing_that_lay_hidden(
    codec: str, pixels: str, demuxer: str, program: Program, tmp_path: Path
) -> None:
    alpha = "if(lt(X,32),255,if(lt(X,48),128,0))"
    red = f"color=black:size=64x48:rate=24:duration=0.1,format=rgba,geq=r=200:g=30:b=30:a='{alpha}'"
    coded = ("-f", "lavfi", "-i", red, "-c:v", codec, "-pix_fmt", pixels, "-auto-alt-ref", "0", "-f", demuxer)
    source = made(program, tmp_path / "original", *coded)
    colours = Colours("smpte170m", "smpte170m", "smpte170m", converted=pixels == "argb")
    decoder = codec if codec.startswith("libvpx") else ""
    recipe = msgspec.structs.replace(
        FRESH, demuxer=demuxer, frames=2, flatten="#204080", colours=colours, decoder=decoder
    )
    made_by(program, recipe, source, tmp_path / "copy.mp4")
    copy = picture(tmp_path / "copy.mp4")
    for at, colour in ((16, RED), (40, (116, 47, 79)), (58, (32, 64, 128))):
        assert all(abs(one - other) < 8 for one, other in zip(copy.getpixel((at, 20)), colour, strict=True))


def test_each_round_is_as_long_as_the_picture_whatever_the_sound_is(program: Program, tmp_path: Path) -> None:
    greys = [Image.new("RGB", (64, 48), (20 * number,) * 3) for number in range(12)]
    source = written(tmp_path, Clip(frames=12, pictures=greys, audio=0.6))
    recipe = msgspec.structs.replace(
        FRESH,
        audio=1,
        frames=36,
        duration=Fraction(1, 2),
        lengthened=Fraction(3, 2),
        lengthen="loop",
        max_bytes=500_000,
        bit_rate=2_000_000,
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert facts.video_duration == facts.audio_duration == Fraction(3, 2)
    with av.open(str(tmp_path / "copy.mp4")) as container:
        means = [float(each.to_ndarray()[:48].mean()) for each in container.decode(video=0)]
    assert len(means) == 36
    assert all(abs(mean - means[number % 12]) < 6 for number, mean in enumerate(means))
    assert means[12] < means[11] - 100


def test_a_start_that_no_demuxer_finds_is_cut_to(program: Program, tmp_path: Path) -> None:
    greys = [Image.new("RGB", (64, 48), (5 * number,) * 3) for number in range(48)]
    long_run = {"preset": "ultrafast", "g": "40", "keyint_min": "40", "sc_threshold": "0", "bf": "0"}
    source = written(tmp_path, Clip(frames=48, pictures=greys, audio=2, format="mpegts", options=long_run))
    recipe = msgspec.structs.replace(
        FRESH, demuxer="mpegts", audio=1, start=Fraction(1, 2), duration=Fraction(1)
    )
    facts = made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert facts.video_duration == facts.audio_duration == 1
    with av.open(str(tmp_path / "copy.mp4")) as shown, av.open(str(source)) as original:
        means = [float(each.to_ndarray()[:48].mean()) for each in shown.decode(video=0)]
        expected = [float(each.to_ndarray()[:48].mean()) for each in original.decode(video=0)]
    runs = zip(means, expected[12:36], strict=True)
    assert all(abs(mean - other) < 3 * (expected[1] - expected[0]) for mean, other in runs)
    quality = video_quality(recipe, program, source, tmp_path / "copy.mp4", cancelled=lambda: False)
    assert quality is not None
    assert quality.ssim is not None
    assert quality.ssim > 0.95


def test_two_passes_stay_within_the_size(program: Program, tmp_path: Path) -> None:
    source = written(tmp_path, Clip(size=(160, 120), frames=48, noise=True))
    assert source.stat().st_size > 60_000
    recipe = msgspec.structs.replace(FRESH, frames=48, max_bytes=60_000, bit_rate=220_000)
    made_by(program, recipe, source, tmp_path / "copy.mp4")
    assert 40_000 < (tmp_path / "copy.mp4").stat().st_size <= 60_000


def test_the_full_range_of_some_cameras_becomes_the_usual_one(program: Program, tmp_path: Path) -> None:
    grey = [Image.new("RGB", (48, 48), (120, 120, 120))] * 3
    options = {"preset": "ultrafast", "qp": "10"}
    clip = Clip(size=(48, 48), frames=3, pixels="yuvj420p", pictures=grey, options=options)
    facts = made_by(
        program, msgspec.structs.replace(FRESH, frames=3), written(tmp_path, clip), tmp_path / "copy.mp4"
    )
    assert facts.pixel_format == "yuv420p"
    shown = picture(tmp_path / "copy.mp4").getpixel((20, 20))
    original = picture(tmp_path / "original").getpixel((20, 20))
    assert all(abs(one - other) < 4 for one, other in zip(shown, original, strict=True))


@pytest.mark.parametrize("fill", ["", "blur"])
@pytest.mark.parametrize("matrix", ["smpte170m", "bt709"])
def test_colours_are_told_and_stay_the_same_numbers(
    matrix: str, fill: str, program: Program, tmp_path: Path
) -> None:
    source = written(tmp_path, Clip(size=(64, 48), frames=2, pictures=[Image.new("RGB", (64, 48), RED)] * 2))
    recipe = msgspec.structs.replace(
        FRESH,
        frames=2,
        size=(96, 72),
        canvas=Canvas(128, 72, 16, 0, fill) if fill else None,
        colours=Colours(matrix, matrix, matrix),
    )
    made_by(program, recipe, source, tmp_path / "copy.mp4")
    number = {"smpte170m": 6, "bt709": 1}[matrix]
    assert told(tmp_path / "copy.mp4") == (number, number, number, 1)
    means = zip(planes(source), planes(tmp_path / "copy.mp4"), strict=True)
    assert all(abs(one - other) < 2 for one, other in means)


def test_red_green_and_blue_become_what_is_told(program: Program, tmp_path: Path) -> None:
    red = f"color=0x{bytes(RED).hex()}:size=64x48:rate=24:duration=0.1,format=gbrp"
    source = made(program, tmp_path / "rgb.mp4", "-f", "lavfi", "-i", red, "-c:v", "libx264rgb", "-qp", "0")
    recipe = msgspec.structs.replace(FRESH, frames=2, colours=Colours("bt709", "bt709", "bt709", True))
    for fill in ("", "blur"):
        canvas = Canvas(128, 48, 32, 0, fill) if fill else None
        recipe = msgspec.structs.replace(recipe, size=(64, 48), canvas=canvas)
        made_by(program, recipe, source, tmp_path / "copy.mp4")
        assert told(tmp_path / "copy.mp4") == (1, 1, 1, 1)
        means = zip(planes(tmp_path / "copy.mp4"), RED_IN_BT709, strict=True)
        assert all(abs(one - other) < 2 for one, other in means)


def told(path: Path) -> tuple[int, int, int, int]:
    """Primaries, transfer, matrix and range, as a decoder finds them."""
    with av.open(str(path)) as container:
        frame, context = next(container.decode(video=0)), container.streams.video[0].codec_context
        numbers = (context.color_primaries, context.color_trc, frame.colorspace, frame.color_range)
        return tuple(map(int, numbers))  # type: ignore[return-value]


def planes(path: Path) -> list[float]:
    """The mean of luma and of each chroma of the first picture, as they are stored."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert frame.format.name == "yuv420p"
        return [float(frame.to_ndarray()[rows].mean()) for rows in _rows(frame.height)]


def _rows(height: int) -> list[slice]:
    return [
        slice(height),
        slice(height, height + height // 4),
        slice(height + height // 4, height + height // 2),
    ]


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_becomes_what_every_screen_shows(transfer: str, program: Program, tmp_path: Path) -> None:
    number = {"smpte2084": 16, "arib-std-b67": 18}[transfer]
    context = {"color_trc": number, "color_primaries": 9, "colorspace": 9}
    options = {"preset": "ultrafast", "x265-params": "log-level=none"}
    clip = Clip(frames=3, codec="libx265", pixels="yuv420p10le", options=options, context=context)
    recipe = msgspec.structs.replace(FRESH, frames=3, tone_map=True, transfer=transfer)
    facts = made_by(program, recipe, written(tmp_path, clip), tmp_path / "copy.mp4")
    assert (facts.hdr, facts.bit_depth, facts.codec_support) == ("none", 8, "usual")


def test_the_full_range_of_hdr_is_not_taken_for_the_usual_one(program: Program, tmp_path: Path) -> None:
    context = {"color_trc": 16, "color_primaries": 9, "colorspace": 9, "color_range": 2}
    options = {"preset": "ultrafast", "x265-params": "log-level=none"}
    grey = [Image.new("RGB", (64, 48), (140, 140, 140))] * 2
    clip = Clip(
        frames=2, codec="libx265", pixels="yuv420p10le", options=options, context=context, pictures=grey
    )
    source, lumas = written(tmp_path, clip), {}
    for told in ("pc", "tv", ""):
        recipe = msgspec.structs.replace(FRESH, frames=2, tone_map=True, transfer="smpte2084", range=told)
        made_by(program, recipe, source, tmp_path / "copy.mp4")
        lumas[told] = planes(tmp_path / "copy.mp4")[0]
    assert lumas["pc"] < lumas["tv"] - 2
    assert lumas[""] == lumas["tv"]


def test_what_is_stored_turned_is_turned_once(program: Program, tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "fixtures" / "media" / "rotated.mp4"
    facts = made_by(program, msgspec.structs.replace(FRESH, frames=3), source, tmp_path / "copy.mp4")
    assert (facts.width, facts.height, facts.rotation) == (480, 854, 0)
    copied = VideoRecipe(demuxer="mov", copy_video=True)
    assert made_by(program, copied, source, tmp_path / "same.mp4").rotation == 90
