"""Plans for clips: packets as they are where that is enough, else one encoding; on paper."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import pytest

from tests.repair import cases
from tests.repair.cases import broken_by, reason_of
from tests.repair.films import SOUND, case_on, paper
from validator.findings import Severity
from validator.model import Facts, FileFacts, VideoFacts
from validator.people import Face, FaceFacts
from validator.repair.plan import Case, Draft
from validator.repair.recipe import Colours, VideoRecipe
from validator.repair.streams import Stream, Streams
from validator.repair.video_plan import plan_video
from validator.repair.video_source import HIDDEN

HD = Colours("bt709", "bt709", "bt709")


def recipe_of(draft: Draft) -> VideoRecipe:
    return cases.recipe_of(draft, VideoRecipe)


def mended(case: Case) -> tuple[VideoRecipe, VideoFacts, Draft]:
    """A plan after which nothing is wrong, on paper."""
    draft = plan_video(case)
    assert not broken_by(case, draft)
    assert isinstance(draft.predicted, VideoFacts)
    return recipe_of(draft), draft.predicted, draft


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize(
    ("demuxer", "format_name"), [("matroska", "mkv"), ("mov", "3gp"), ("flv", "flv"), ("mpegts", "mpegts")]
)
def test_where_only_the_container_is_wrong_packets_are_copied(
    codec: str, demuxer: str, format_name: str
) -> None:
    made = paper(demuxer=demuxer, format_name=format_name, sound=SOUND, codec=codec)
    recipe, facts, draft = mended(case_on(made))
    assert recipe.copy_video
    assert recipe.copy_audio
    assert recipe.duration is None
    assert facts.codec == codec
    assert recipe.tag == ("hvc1" if codec == "hevc" else "")
    assert [change.what for change in draft.changes] == ["format"]


def test_what_no_mp4_may_hold_is_encoded() -> None:
    opus = Stream(index=1, kind="audio", codec="opus", duration=Fraction(10), bit_rate=96_000, channels=6)
    made = paper(demuxer="matroska", format_name="webm", codec="vp9", codec_support="unusual", sound=opus)
    recipe, facts, draft = mended(case_on(made))
    assert not recipe.copy_video
    assert not recipe.copy_audio
    assert recipe.channels == 2
    assert (facts.codec, facts.audio_codec) == ("h264", "aac")
    assert facts.width == 1280
    assert {change.what for change in draft.changes} == {"format", "video codec", "audio codec"}


def test_a_sound_that_no_mp4_may_hold_leaves_the_picture_as_it_is() -> None:
    opus = Stream(index=1, kind="audio", codec="opus", duration=Fraction(10), bit_rate=96_000)
    recipe, facts, _ = mended(case_on(paper(demuxer="matroska", format_name="mkv", sound=opus)))
    assert recipe.copy_video
    assert not recipe.copy_audio
    assert facts.audio_codec == "aac"


def test_a_clip_that_is_too_long_is_cut_between_packets() -> None:
    recipe, facts, draft = mended(case_on(paper(20, sound=SOUND)))
    assert recipe.copy_video
    assert recipe.packets == 359
    assert facts.duration == Fraction(359, 24)
    assert [change.what for change in draft.changes] == ["duration"]


def test_without_a_sound_the_cut_uses_all_that_is_taken() -> None:
    recipe, facts, _ = mended(case_on(paper(20)))
    assert recipe.packets == 360
    assert facts.duration == 15


@pytest.mark.parametrize("picture", [{"cuts": ()}, {"timed": False}])
def test_where_packets_cannot_be_cut_the_clip_is_encoded(picture: dict[str, Any]) -> None:
    recipe, facts, _ = mended(case_on(paper(20, picture=picture, sound=SOUND)))
    assert not recipe.copy_video
    assert not recipe.copy_audio
    assert recipe.frames == 360
    assert facts.duration == facts.audio_duration == 15


def test_a_cut_of_odd_frame_rates_has_whole_frames_and_ends_in_time() -> None:
    made = paper(20, rate=Fraction(30000, 1001), picture={"timed": False})
    recipe, facts, _ = mended(case_on(made))
    assert recipe.frames == 449
    assert facts.duration == Fraction(449 * 1001, 30000)


def test_a_start_begins_the_cut() -> None:
    recipe, facts, _ = mended(case_on(paper(20), start=Fraction(7)))
    assert recipe.start == 7
    assert facts.duration == 13


def test_a_start_at_a_key_frame_needs_no_encoding() -> None:
    recipe, facts, draft = mended(case_on(paper(20), start=Fraction(1)))
    assert recipe.copy_video
    assert (recipe.start, recipe.packets, facts.duration) == (Fraction(1), 360, Fraction(15))
    assert "from 1 s" in draft.changes[0].how
    between = recipe_of(plan_video(case_on(paper(20), start=Fraction(5, 4))))
    assert not between.copy_video
    unsure = recipe_of(plan_video(case_on(paper(20, demuxer="matroska"), start=Fraction(1))))
    assert not unsure.copy_video


def test_a_start_is_nothing_to_a_clip_that_needs_no_cut() -> None:
    recipe, facts, _ = mended(case_on(paper(10, size=(640, 360)), start=Fraction(7)))
    assert recipe.start == 0
    assert facts.duration == 10


@pytest.mark.parametrize(("start", "words"), [(19, "less than the 2 s"), (30, "would begin at 30 s")])
def test_a_start_that_leaves_too_little_is_refused(start: int, words: str) -> None:
    assert words in reason_of(plan_video(case_on(paper(20), start=Fraction(start))))


def test_cuts_keep_whole_shots() -> None:
    shots = (Fraction(4), Fraction(9), Fraction(17))
    recipe, facts, draft = mended(case_on(paper(20), scenes=True, changes=shots))
    assert (recipe.start, facts.duration) == (Fraction(0), Fraction(9))
    assert not draft.warnings
    recipe, facts, _ = mended(case_on(paper(20), scenes=True, changes=(Fraction(18),)))
    assert (recipe.start, facts.duration) == (Fraction(18), Fraction(2))
    _, _, draft = mended(case_on(paper(40), scenes=True, changes=(Fraction(20),)))
    assert "whole shots" in draft.warnings[0]


def test_the_end_of_a_shot_is_kept_to_the_frame() -> None:
    made = paper(20, sound=SOUND)
    recipe, facts, _ = mended(case_on(made, scenes=True, changes=(Fraction(9), Fraction(17))))
    assert (recipe.copy_video, recipe.packets, facts.video_duration) == (True, 216, Fraction(9))


def test_what_is_too_short_is_lengthened_only_when_asked() -> None:
    assert "--lengthen" in reason_of(plan_video(case_on(paper(1))))


def test_a_picture_without_a_length_lasts_as_long_as_the_header_says() -> None:
    lone = paper(
        4, format_name="mkv", demuxer="matroska", duration=Fraction(0), claimed_duration=Fraction(4), frames=1
    )
    recipe, facts, _ = mended(case_on(lone))
    assert not recipe.copy_video
    assert (recipe.frames, facts.duration) == (96, Fraction(4))


@pytest.mark.parametrize("way", ["loop", "hold", "slow"])
def test_what_is_too_short_is_lengthened(way: str) -> None:
    recipe, facts, _ = mended(case_on(paper(1, sound=SOUND), lengthen=way))
    assert recipe.lengthen == way
    assert recipe.duration == 1
    assert recipe.lengthened == facts.duration
    assert facts.duration is not None
    assert 2 <= facts.duration <= Fraction(21, 10)
    assert not recipe.copy_audio


def test_a_size_alone_changes_no_length_and_no_sound() -> None:
    recipe, facts, draft = mended(case_on(paper(size=(848, 480), sound=SOUND)))
    assert recipe.copy_audio
    assert recipe.frames == 240
    assert (facts.duration, facts.frame_rate) == (Fraction(10), Fraction(24))
    assert facts.width is not None
    assert facts.width % 2 == 0
    assert draft.changes[0].codes == ("VID005",)


def test_a_ratio_is_padded_or_cropped() -> None:
    recipe, facts, _ = mended(case_on(paper(size=(1920, 600)), fill="edge"))
    assert recipe.canvas is not None
    assert recipe.canvas.fill == "edge"
    assert recipe.size == (1920, 600)
    assert facts.aspect_ratio == Fraction(5, 2)
    recipe, facts, _ = mended(case_on(paper(size=(1920, 600)), fit="crop"))
    assert recipe.crop is not None
    assert recipe.size is None
    assert (facts.width, facts.height) == (1500, 600)


def test_beside_a_clip_it_is_black_where_nothing_was_asked_for() -> None:
    recipe, _, _ = mended(case_on(paper(size=(1500, 500)), fill="transparent"))
    assert recipe.canvas is not None
    assert recipe.canvas.fill == "#000000"


def face(left: int, height: int = 30, size: tuple[int, int] = (1000, 100)) -> Face:
    """A face in a very wide picture, in pixels."""
    x, y, side = Fraction(left, size[0]), Fraction(40, size[1]), Fraction(height, size[1])
    return Face(x, y, Fraction(height, size[0]), side, 10 * height, Fraction(1))


@pytest.mark.parametrize(
    ("faces", "expected", "around", "warning"),
    [
        ((face(10),), range(11), "around the face seen at 1.5 s", None),
        ((face(910),), range(740, 751), "around the face seen at 1.5 s", None),
        ((face(400), face(500)), range(280, 381), "around 2 faces seen at 1.5 s", None),
        ((face(10), face(900, 25)), range(11), "around the face", "the smaller ones lie outside"),
        ((), range(370, 381), "", None),
    ],
)
def test_a_crop_is_laid_around_the_faces_that_are_known(
    faces: tuple[Face, ...], expected: range, around: str, warning: str | None
) -> None:
    facts, streams = paper(size=(10_000, 1000))
    found = FaceFacts(face_count=len(faces), faces=faces, face_time=Fraction(3, 2))
    _, _, draft = mended(case_on((dataclasses.replace(facts, faces=found), streams), fit="crop"))
    box = recipe_of(draft).crop
    assert box is not None
    assert (box.width, box.height) == (2500, 1000)
    assert box.x // 10 in expected
    (how,) = [change.how for change in draft.changes if change.what == "size"]
    assert around in how
    assert ("around" in how) == bool(around)
    assert any((warning or " ") in each for each in draft.warnings) == (warning is not None)


def test_a_crop_that_cuts_a_face_says_so() -> None:
    facts, streams = paper(size=(10_000, 1000))
    wide = Face(Fraction(1, 10), Fraction(1, 10), Fraction(8, 10), Fraction(8, 10), 800, Fraction(1))
    found = FaceFacts(face_count=1, faces=(wide,))
    draft = plan_video(case_on((dataclasses.replace(facts, faces=found), streams), fit="crop"))
    assert "The crop cuts off part of the face: no ratio that is taken leaves all of it." in draft.warnings
    padded = plan_video(case_on((dataclasses.replace(facts, faces=found), streams)))
    assert [text[:29] for text in padded.warnings] == ["75 % of the copy is padding, "]


def test_an_enlargement_is_told() -> None:
    _, _, draft = mended(case_on(paper(size=(320, 240))))
    assert draft.warnings == ("The picture is enlarged 2.3 times, so it will look soft.",)


@pytest.mark.parametrize(("rate", "expected"), [(12, 24), (Fraction(24000, 1001), 24), (90, 60)])
def test_a_frame_rate_becomes_the_nearest_usual_one(rate: Fraction, expected: int) -> None:
    recipe, facts, _ = mended(case_on(paper(rate=rate)))
    assert recipe.frame_rate == expected
    assert facts.duration == 10


def test_an_uneven_rate_is_evened_out_on_the_way() -> None:
    made = paper(size=(640, 360), rate=Fraction(297, 10), frame_rate_mode="variable")
    recipe, facts, _ = mended(case_on(made))
    assert recipe.frame_rate == Fraction(30000, 1001)
    assert facts.frame_rate_mode == "constant"


@pytest.mark.parametrize(("fastest", "expected"), [(Fraction(30), 30), (Fraction(1000, 33), 30), (90, 60)])
def test_a_rate_that_varies_keeps_the_frames_of_its_fast_part(fastest: Fraction, expected: int) -> None:
    made = paper(rate=20, frame_rate_mode="variable", picture={"usual_rate": Fraction(fastest)})
    recipe, _, _ = mended(case_on(made))
    assert recipe.frame_rate == expected
    even = paper(size=(640, 360), rate=25, picture={"usual_rate": Fraction(fastest)})
    assert mended(case_on(even))[0].frame_rate == 25


@pytest.mark.parametrize(("fill", "colour"), [("blur", "#000000"), ("#204080", "#204080")])
def test_what_is_transparent_is_laid_on_a_colour_and_that_is_told(fill: str, colour: str) -> None:
    made = paper(codec="qtrle", codec_support="unusual", picture={"alpha": "pixels"})
    recipe, _, draft = mended(case_on(made, fill=fill))
    assert recipe.flatten == colour
    (change,) = [each for each in draft.changes if each.what == "transparency"]
    assert colour in change.how


def test_a_layer_of_transparency_that_is_not_read_is_a_warning() -> None:
    layer = {"alpha": "layer"}
    made = paper(demuxer="matroska", format_name="webm", codec="av1", codec_support="unusual", picture=layer)
    recipe, _, draft = mended(case_on(made))
    assert (recipe.flatten, recipe.decoder) == ("", "")
    assert HIDDEN in draft.warnings
    known = paper(demuxer="matroska", format_name="webm", codec="vp9", codec_support="unusual", picture=layer)
    recipe, _, draft = mended(case_on(known))
    assert (recipe.flatten, recipe.decoder) == ("#000000", "libvpx-vp9")
    assert not draft.warnings


def test_what_hdr_says_of_its_colours_is_what_tone_mapping_starts_from() -> None:
    told = {"transfer": "smpte2084", "primaries": "smpte432", "matrix": "bt2020c", "range": "pc"}
    recipe, _, _ = mended(case_on(paper(rate=12, picture=told)))
    assert (recipe.transfer, recipe.primaries, recipe.matrix, recipe.range) == tuple(told.values())


def test_a_round_of_a_loop_is_as_long_as_the_picture() -> None:
    made = paper(1, sound=SOUND, video_duration=Fraction(9, 10))
    assert recipe_of(plan_video(case_on(made, lengthen="loop"))).duration == Fraction(9, 10)
    assert recipe_of(plan_video(case_on(made, lengthen="slow"))).duration == 1


def test_a_round_of_a_loop_reaches_to_the_end_of_a_picture_that_begins_late() -> None:
    late = {"start": Fraction(1, 2)}
    made = paper("1.25", sound=SOUND, video_duration=Fraction(7, 10), picture=late)
    assert recipe_of(plan_video(case_on(made, lengthen="loop"))).duration == Fraction(6, 5)
    made = paper("1.15", sound=SOUND, video_duration=Fraction(7, 10), picture=late)
    assert recipe_of(plan_video(case_on(made, lengthen="loop"))).duration == Fraction(23, 20)


@pytest.mark.parametrize(
    ("container", "pixels", "is_copied"),
    [
        (("matroska", "mkv"), "yuv420p", True),
        (("matroska", "mkv"), "yuv444p", False),
        (("matroska", "mkv"), "gbrp", False),
        (("matroska", "mkv"), "yuv420p10le", False),
        (("mov", "mov"), "yuv444p", True),
    ],
)
def test_pixels_that_few_players_take_are_not_copied_from_elsewhere(
    container: tuple[str, str], pixels: str, is_copied: bool
) -> None:
    demuxer, format_name = container
    made = paper(20, demuxer=demuxer, format_name=format_name, picture={"pixel_format": pixels})
    assert recipe_of(plan_video(case_on(made))).copy_video is is_copied


def test_a_file_that_is_too_large_is_encoded_in_two_passes() -> None:
    recipe, facts, draft = mended(case_on(paper(15, total=80_000_000, sound=SOUND)))
    assert recipe.max_bytes == draft.predicted_bytes == 50_000_000
    assert recipe.bit_rate is not None
    assert 24_000_000 < recipe.bit_rate + 128_000 < 50_000_000 * 8 / 15
    assert (facts.width, facts.frame_rate) == (1280, Fraction(24))
    again = recipe_of(plan_video(case_on(paper(15, total=80_000_000, sound=SOUND), attempt=1)))
    assert again.bit_rate is not None
    assert again.bit_rate < recipe.bit_rate
    assert recipe.max_bit_rate == 2 * recipe.bit_rate
    assert again.max_bit_rate == again.bit_rate  # what overshot once is held more tightly


def test_two_passes_are_not_spent_on_what_scaling_has_made_small() -> None:
    made = paper(600, size=(3840, 2160), total=2_690_000_000, codec_support="unusual", picture={"cuts": ()})
    recipe, _, draft = mended(case_on(made))
    assert recipe.size == (1920, 1080)
    assert (recipe.max_bytes, recipe.bit_rate) == (None, None)
    assert recipe.max_bit_rate is not None
    (size,) = [each for each in draft.changes if each.what == "file size"]
    assert size.how == "what stays is shorter and smaller"


def test_a_file_that_a_cut_makes_small_enough_is_only_cut() -> None:
    recipe, _, draft = mended(case_on(paper(60, total=80_000_000)))
    assert recipe.copy_video
    assert draft.predicted_bytes is not None
    assert draft.predicted_bytes < 50_000_000


def test_extra_tracks_that_make_it_too_large_are_dropped() -> None:
    large = Stream(index=1, kind="video", codec="h264", duration=Fraction(10), bit_rate=40_000_000)
    facts, streams = paper(10, total=10_000_000, others=(large,))
    heavy = Facts(kind=facts.kind, file=FileFacts(format="mp4", bytes=60_000_000), media=facts.media)
    recipe, _, draft = mended(case_on((heavy, streams)))
    assert recipe.copy_video
    assert draft.changes[0].what == "container"


def test_a_clip_that_is_encoded_anyway_never_grows_too_large() -> None:
    recipe, _, _ = mended(case_on(paper(15, size=(640, 360))))
    assert recipe.max_bytes is None
    assert recipe.max_bit_rate is not None
    assert recipe.max_bit_rate * 16 / 8 < 50_000_000


def test_warnings_are_answered_only_when_asked() -> None:
    hdr = {"transfer": "smpte2084"}
    made = paper(codec="hevc", codec_support="hdr", hdr="PQ", pixel_format="yuv420p10le", picture=hdr)
    recipe, facts, draft = mended(case_on(made, level=Severity.WARNING))
    assert recipe.tone_map
    assert recipe.transfer == "smpte2084"
    assert facts.hdr == "none"
    assert "colours" in [change.what for change in draft.changes]
    facts_, streams = made
    foreign = Facts(kind=facts_.kind, file=FileFacts(format="mkv", bytes=5_000_000), media=facts_.media)
    kept = recipe_of(plan_video(case_on((foreign, Streams("matroska", streams.streams)))))
    assert kept.copy_video


def test_a_turned_clip_is_turned_and_not_scaled() -> None:
    recipe, facts, draft = mended(case_on(paper(rotation=90), level=Severity.NOTE))
    assert recipe.size is None
    assert recipe.crop is None
    assert recipe.canvas is None
    assert (facts.width, facts.height, facts.rotation) == (720, 1280, 0)
    assert [change.what for change in draft.changes if change.codes] == ["rotation"]


@pytest.mark.parametrize(
    ("size", "picture", "expected"),
    [
        ((640, 360), {}, Colours("smpte170m", "smpte170m", "smpte170m")),
        ((480, 576), {}, Colours("bt470bg", "smpte170m", "bt470bg")),
        ((640, 360), {"primaries": "bt709", "transfer": "bt709", "matrix": "bt709"}, HD),
        ((640, 360), {"matrix": "bt709"}, Colours("smpte170m", "smpte170m", "bt709")),
        ((3840, 2160), {}, HD),
        ((1280, 544), {"pixel_format": "gbrp"}, Colours("bt709", "bt709", "bt709", converted=True)),
        ((3840, 2160), {"transfer": "smpte2084", "primaries": "bt2020", "matrix": "bt2020nc"}, HD),
    ],
)
def test_colours_are_told_as_they_are_or_were_taken_for(
    size: tuple[int, int], picture: dict[str, str], expected: Colours
) -> None:
    recipe, _, _ = mended(case_on(paper(size=size, rate=12, picture=picture)))
    assert recipe.colours == expected


@pytest.mark.parametrize(
    ("size", "picture", "expected"),
    [((320, 680), {}, ["BT.601"]), ((320, 680), {"matrix": "smpte170m"}, []), ((640, 360), {}, [])],
)
def test_tags_are_announced_where_players_would_guess_others(
    size: tuple[int, int], picture: dict[str, str], expected: list[str]
) -> None:
    _, _, draft = mended(case_on(paper(size=size, picture=picture)))
    assert [change.after for change in draft.changes if change.what == "colour tags"] == expected


def test_pixels_become_square() -> None:
    recipe, facts, _ = mended(case_on(paper(size=(854, 480), pixel=Fraction(4, 3)), level=Severity.NOTE))
    assert recipe.size == (1140, 480)
    assert facts.sample_aspect_ratio == 1


def test_interlaced_pictures_become_whole_ones() -> None:
    made = paper(codec_support="interlaced", picture={"interlaced": True})
    recipe, _, _ = mended(case_on(made, level=Severity.WARNING))
    assert recipe.deinterlace


def test_a_resolution_without_a_name_gets_one_when_asked() -> None:
    _, facts, _ = mended(case_on(paper(size=(640, 640)), level=Severity.NOTE))
    assert facts.resolution == "720p"


def test_second_tracks_are_dropped_and_the_packets_stay() -> None:
    second = Stream(index=1, kind="video", codec="h264", duration=Fraction(10))
    made = paper(tracks="several", others=(second,))
    recipe, facts, _ = mended(case_on(made, level=Severity.WARNING))
    assert recipe.copy_video
    assert facts.video_tracks == 1


@pytest.mark.parametrize(("sound", "is_copied"), [(Fraction(12), True), (Fraction(5), False)])
def test_a_sound_is_brought_to_the_length_of_the_picture(sound: Fraction, is_copied: bool) -> None:
    made = paper(
        sound=SOUND,
        tracks="durations-disagree",
        duration=max(sound, Fraction(10)),
        audio_duration=sound,
        tracks_detail="they disagree",
    )
    recipe, facts, _ = mended(case_on(made, level=Severity.WARNING))
    assert recipe.copy_video
    assert recipe.copy_audio == is_copied
    assert recipe.duration == facts.audio_duration == 10


def test_an_attempt_after_a_copy_that_did_not_pass_encodes_and_ends_earlier() -> None:
    first, second = (recipe_of(plan_video(case_on(paper(20), attempt=number))) for number in (1, 2))
    assert not first.copy_video
    assert (first.frames, second.frames) == (359, 358)


def test_a_mov_stays_a_mov() -> None:
    recipe, _, draft = mended(case_on(paper(20, format_name="mov")))
    assert recipe.format == "mov"
    assert [change.what for change in draft.changes] == ["duration"]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (case_on(paper(codec_support="encrypted")), "encrypted"),
        (case_on(paper(20), problem="It is a riddle."), "riddle"),
        (case_on((paper(20)[0], None)), "not known"),
        (case_on((paper(20)[0], Streams("mov", (SOUND,)))), "no picture"),
        (case_on((paper(20)[0], Streams("mov", (Stream(index=0, kind="video"),)))), "No decoder"),
        (case_on(paper(20, shown_width=None)), "The size of its pictures could not be measured"),
        (case_on(paper(20, duration=None, claimed_duration=None)), "how long it lasts: export it again"),
        (case_on(paper(20, duration=None, frames=None)), "how long it lasts: export it again"),
        (case_on(paper(10, size=(30, 20))), "times"),
    ],
)
def test_what_cannot_be_mended_says_why(case: Case, words: str) -> None:
    reason = reason_of(plan_video(case))
    assert words in reason
    assert reason.endswith(".")
