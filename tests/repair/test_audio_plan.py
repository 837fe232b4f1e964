"""Plans for sounds: the least that answers all rules, and what the copy will be like, on paper."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.repair import cases
from tests.repair.cases import broken_by, reason_of
from tests.repair.sounds import case_on, paper
from validator.findings import Severity
from validator.model import Facts, FileFacts, Kind, VideoFacts
from validator.profile import Profile, load_profile
from validator.repair.audio_plan import plan_audio
from validator.repair.demands import Demands
from validator.repair.options import Lengthen, RepairOptions
from validator.repair.plan import Draft
from validator.repair.recipe import AudioRecipe
from validator.repair.streams import Stream, Streams

COVER = Stream(index=1, kind="video", codec="mjpeg", is_cover=True)
LOSSY = ("aac", "opus", "vorbis", "mp3", "wmav2", "amr_nb", "adpcm_ima_wav")
LOSSLESS = ("pcm_s16le", "pcm_s24le", "pcm_s16be", "pcm_f32le", "pcm_u8", "flac", "alac", "pcm_mulaw")


def recipe_of(draft: Draft) -> AudioRecipe:
    return cases.recipe_of(draft, AudioRecipe)


def test_a_wav_that_is_too_long_keeps_its_samples_and_fades() -> None:
    facts, streams = paper(20, codec="pcm_s24le", rate=48_000, channels=6, bit_depth=24)
    draft = plan_audio(case_on(facts, streams))
    recipe = recipe_of(draft)
    assert (recipe.format, recipe.codec, recipe.channels, recipe.sample_rate) == (
        "wav",
        "pcm_s24le",
        6,
        48_000,
    )
    assert recipe.duration == 15
    assert 0 < recipe.fade <= Fraction(30, 1000)
    assert [change.what for change in draft.changes] == ["duration"]


def test_an_mp3_that_is_too_long_is_cut_between_packets() -> None:
    facts, streams = paper(20, format_name="mp3", codec="mp3", rate=44_100, demuxer="mp3", bit_rate=128_000)
    draft = plan_audio(case_on(facts, streams))
    recipe = recipe_of(draft)
    assert recipe.copy
    assert not recipe.fade
    assert recipe.duration is not None
    assert (recipe.duration * 44_100 / 1152).denominator == 1
    assert 15 - Fraction(1152, 44_100) < recipe.duration <= 15
    assert [change.what for change in draft.changes] == ["duration"]


def test_an_mp3_that_does_not_begin_at_its_beginning_is_encoded_once_more() -> None:
    facts, streams = paper(20, format_name="mp3", codec="mp3", rate=44_100, demuxer="mp3", bit_rate=128_000)
    recipe = recipe_of(plan_audio(case_on(facts, streams, options=RepairOptions(start=Fraction(4)))))
    assert not recipe.copy
    assert recipe.start == 4
    assert recipe.fade


@pytest.mark.parametrize(
    ("format_name", "codec", "expected"),
    [
        ("flac", "flac", ("wav", False)),
        ("aiff", "pcm_s16be", ("wav", False)),
        ("mka", "pcm_s16le", ("wav", True)),
        ("mka", "mp3", ("mp3", True)),
        ("m4a", "aac", ("mp3", False)),
        ("m4a", "alac", ("wav", False)),
        ("opus", "opus", ("mp3", False)),
    ],
)
def test_what_loses_nothing_becomes_a_wav_and_what_lost_something_an_mp3(
    format_name: str, codec: str, expected: tuple[str, bool]
) -> None:
    facts, streams = paper(10, format_name=format_name, codec=codec, rate=48_000, demuxer="x")
    recipe = recipe_of(plan_audio(case_on(facts, streams)))
    assert (recipe.format, recipe.copy) == expected
    assert not recipe.fade
    assert recipe.duration is None


def test_what_is_written_anew_is_written_as_is_usual() -> None:
    facts, streams = paper(10, format_name="au", codec="pcm_mulaw", rate=44_100, demuxer="au")
    recipe = recipe_of(plan_audio(case_on(facts, streams)))
    assert (recipe.copy, recipe.codec) == (False, "pcm_s16le")
    facts, streams = paper(
        10, format_name="mka", codec="pcm_f32le", rate=44_100, channels=6, demuxer="matroska"
    )
    recipe = recipe_of(plan_audio(case_on(facts, streams)))
    assert (recipe.copy, recipe.codec, recipe.channels) == (False, "pcm_s24le", 2)
    facts, streams = paper(10, format_name="mka", codec="mp3", rate=11_025, demuxer="matroska")
    assert recipe_of(plan_audio(case_on(facts, streams))).copy  # to encode it once more would cost quality
    facts, streams = paper(16, codec="pcm_mulaw", rate=44_100)  # a WAV already: only its length is wrong
    assert recipe_of(plan_audio(case_on(facts, streams))).codec == "pcm_mulaw"


def test_deep_samples_stay_deep() -> None:
    facts, streams = paper(10, format_name="flac", codec="flac", rate=96_000, bit_depth=24)
    assert recipe_of(plan_audio(case_on(facts, streams))).codec == "pcm_s24le"


def test_a_sound_on_the_bound_is_not_cut_where_a_form_needs_no_cut() -> None:
    facts, streams = paper(15, format_name="m4a", codec="aac", rate=44_100, demuxer="mov")
    draft = plan_audio(case_on(facts, streams))
    assert recipe_of(draft).format == "wav"  # an MP3 would be a frame too long
    assert recipe_of(draft).duration == 15  # whatever a decoder finds
    assert not recipe_of(draft).fade


@pytest.mark.parametrize(
    ("how", "seconds"), [("loop", Fraction(21, 10)), ("hold", Fraction(2)), ("slow", Fraction(2))]
)
def test_what_is_too_short_is_lengthened_where_that_is_allowed(
    how: Lengthen, seconds: Fraction | int
) -> None:
    facts, streams = paper("0.7")
    assert "allow it to be lengthened" in reason_of(plan_audio(case_on(facts, streams)))
    draft = plan_audio(case_on(facts, streams, options=RepairOptions(lengthen=how)))
    recipe = recipe_of(draft)
    assert (recipe.lengthen, recipe.duration) == (how, seconds)
    assert recipe.tempo == (Fraction(7, 20) if how == "slow" else None)
    (warning,) = draft.warnings if how == "loop" else ("",)
    assert ("3 times" in warning) == (how == "loop")


def test_nothing_is_slowed_beyond_recognition() -> None:
    facts, streams = paper("0.3")
    draft = plan_audio(case_on(facts, streams, options=RepairOptions(lengthen="slow")))
    assert "15% of its speed" in reason_of(draft)


def test_a_cut_that_begins_too_late_is_none() -> None:
    facts, streams = paper(20)
    draft = plan_audio(case_on(facts, streams, options=RepairOptions(start=Fraction(19))))
    assert reason_of(draft) == "The cut begins at 19 s, where 1 s of the sound are left; 2 s is the least."


@pytest.mark.parametrize("level", ["silent", "clipped"])
def test_what_was_never_recorded_does_not_come_back(level: str) -> None:
    facts, streams = paper(5, level=level)
    draft = plan_audio(case_on(facts, streams, options=RepairOptions(level=Severity.WARNING)))
    assert f"The sound is {level}" in reason_of(draft)
    assert draft.obstacles[0].code == "AUD004"


def test_what_is_beyond_full_scale_is_written_as_integers_that_hold_it() -> None:
    facts, streams = paper(5, codec="pcm_f32le", rate=48_000, level="clipped", bit_depth=32)
    beyond = msgspec.structs.replace(streams.streams[0], peak=Fraction(9, 5))
    case = case_on(facts, Streams("wav", (beyond,)), options=RepairOptions(level=Severity.WARNING))
    draft = plan_audio(case)
    recipe = recipe_of(draft)
    assert (recipe.codec, recipe.softer) == ("pcm_s24le", Fraction("5.3"))
    assert broken_by(case, draft) == []
    taken = replace(case, demands=Demands())  # though floating point were
    assert recipe_of(plan_audio(taken)).codec == "pcm_s24le"
    full = msgspec.structs.replace(beyond, peak=Fraction(1))  # cut off before it was saved
    lost = case_on(facts, Streams("wav", (full,)), options=RepairOptions(level=Severity.WARNING))
    assert "cannot be brought back" in reason_of(plan_audio(lost))


def test_what_is_merely_soft_is_made_louder_where_that_is_asked_for() -> None:
    facts, streams = paper(5, level="silent", peak=Fraction(1, 2000))
    options = RepairOptions(level=Severity.WARNING, normalise=True)
    case = case_on(facts, streams, options=options)
    draft = plan_audio(case)
    assert recipe_of(draft).normalise
    assert broken_by(case, draft) == []
    unasked = plan_audio(case_on(facts, streams, options=RepairOptions(level=Severity.WARNING)))
    assert "--normalise" in reason_of(unasked)


def test_a_header_that_lies_is_written_anew_around_the_same_packets() -> None:
    lie: dict[str, Any] = {"claimed_duration": Fraction(180), "header_agreement": "disagrees"}
    facts, streams = paper(5, format_name="mp3", codec="mp3", rate=24_000, demuxer="mp3", **lie)
    draft = plan_audio(case_on(facts, streams, options=RepairOptions(level=Severity.WARNING)))
    assert recipe_of(draft).copy
    assert [(change.what, change.codes) for change in draft.changes if change.codes] == [
        ("header", ("AUD006",))
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"codec": "pcm_f32le"}, ("pcm_s24le", 2, 48_000)),
        ({"codec": "adpcm_ima_wav"}, ("pcm_s16le", 2, 48_000)),
        ({"channels": 6}, ("pcm_s16le", 2, 48_000)),
        ({"rate": 11_025}, ("pcm_s16le", 2, 22_050)),
    ],
)
def test_an_unusual_encoding_becomes_a_usual_one(
    change: dict[str, object], expected: tuple[str, int, int]
) -> None:
    said = {"codec": "pcm_s16le", "channels": 2, "rate": 48_000, **change}
    facts, streams = paper(5, **said)  # type: ignore[arg-type]
    media = msgspec.structs.replace(facts.media, encoding="not-pcm")  # type: ignore[type-var]
    case = case_on(replace(facts, media=media), streams, options=RepairOptions(level=Severity.WARNING))
    draft = plan_audio(case)
    recipe = recipe_of(draft)
    assert (recipe.codec, recipe.channels, recipe.sample_rate) == expected
    assert broken_by(case, draft) == []


def test_what_has_too_many_bytes_loses_bits_before_rates_and_rates_before_all_else() -> None:
    loud = {"codec": "pcm_s32le", "bit_depth": 32, "rate": 96_000, "channels": 2, "size": 99_000_000}
    sizes = {
        50: ("wav", "pcm_s24le", 96_000),
        80: ("wav", "pcm_s16le", 96_000),
        160: ("wav", "pcm_s16le", 48_000),
    }
    runway = load_profile("runway")  # 32 MB, and no rule on the length
    for seconds, expected in sizes.items():
        facts, streams = paper(seconds, **loud)  # type: ignore[arg-type]
        recipe = recipe_of(plan_audio(case_on(facts, streams, profile=runway)))
        assert (recipe.format, recipe.codec, recipe.sample_rate) == expected, seconds
        assert recipe.metadata == "keep"
    facts, streams = paper(1000, **loud)  # type: ignore[arg-type]
    recipe = recipe_of(plan_audio(case_on(facts, streams, profile=runway)))
    assert (recipe.format, recipe.bit_rate) == ("mp3", 192_000)


def test_an_hour_in_few_bytes_says_what_it_loses_and_a_day_is_too_much() -> None:
    runway = load_profile("runway")
    facts, streams = paper(2 * 3600, size=800_000_000, rate=44_100)
    draft = plan_audio(case_on(facts, streams, profile=runway))
    assert recipe_of(draft).bit_rate == 32_000
    assert "32 kbit/s" in draft.warnings[0]
    facts, streams = paper(24 * 3600, size=8_000_000_000, rate=44_100)
    draft = plan_audio(case_on(facts, streams, profile=runway))
    assert "choose a shorter cut" in reason_of(draft)
    assert draft.obstacles[0].code == "AUD003"


def test_a_wav_that_is_large_by_what_lies_beside_its_sound_is_only_written_anew() -> None:
    facts, streams = paper(10, size=20_000_000, bit_rate=256_000)
    draft = plan_audio(case_on(facts, streams))
    assert recipe_of(draft).copy
    assert recipe_of(draft).metadata == "drop"
    assert [(each.codes, each.after) for each in draft.changes if each.what == "tags"] == [
        (("AUD003",), "left out")
    ]


def test_tags_and_a_cover_stay_as_long_as_the_size_allows() -> None:
    facts, streams = paper(40, size=23_000_000, rate=48_000, channels=6, bit_rate=4_608_000)
    draft = plan_audio(case_on(facts, streams))  # cutting it is enough
    assert recipe_of(draft).metadata == "keep"
    assert "tags" not in [change.what for change in draft.changes]

    said: dict[str, Any] = {"format_name": "mp3", "codec": "mp3", "demuxer": "mp3", "rate": 44_100}
    facts, streams = paper(1200, size=33_200_000, bit_rate=220_000, others=(COVER,), **said)
    draft = plan_audio(case_on(facts, streams, profile=load_profile("runway")))
    recipe = recipe_of(draft)  # 33 MB of sound and a small picture: both stay, the picture goes first
    assert (recipe.copy, recipe.metadata, recipe.cover) == (False, "keep", 1)
    facts, streams = paper(1200, size=45_000_000, bit_rate=200_000, others=(COVER,), **said)
    draft = plan_audio(case_on(facts, streams, profile=load_profile("runway")))
    recipe = recipe_of(draft)  # 30 MB of sound, and 15 MB of a picture
    assert (recipe.copy, recipe.metadata, recipe.cover) == (True, "keep", None)
    assert "tracks" in [change.what for change in draft.changes]


def _asks(facts: str, **limits: int) -> str:
    lines = [f"{name} = {value}" for name, value in limits.items()]
    return "\n".join(
        (
            "[[rule]]",
            f'code = "XAA{len(facts):03}"',
            f'name = "of-{facts.replace("_", "-")}"',
            'applies = "audio"',
            f'fact = "{facts}"',
            'severity = "error"',
            *lines,
            f'unit = "{"Hz" if facts == "sample_rate" else "channels"}"',
            'summary = "It is so."',
            'help = "Make it so."',
        )
    )


def _profile_of(folder: Path, *rules: str) -> Profile:
    path = folder / "asks.toml"
    head = '[profile]\nname = "asks"\ntitle = "T"\nchecked = 2026-11-22\nsource = "https://example.com/"\n'
    path.write_text("\n".join((head, *rules)))
    return load_profile(str(path))


@pytest.mark.parametrize("has", ["pcm_s16le", "mp3"])
@pytest.mark.parametrize(
    ("rates", "channels", "before", "after"),
    [
        ({"min": 16_000}, {"max": 1}, (8_000, 2), (16_000, 1)),
        ({"min": 44_100}, {"min": 2, "max": 2}, (16_000, 1), (44_100, 2)),
        ({"max": 16_000}, {"min": 1}, (48_000, 1), (16_000, 1)),
        ({"min": 24_000, "max": 24_000}, {"min": 2}, (11_025, 6), (24_000, 2)),
    ],
)
def test_a_rate_and_a_number_of_channels_that_are_asked_for_are_no_obstacle(
    rates: dict[str, int],
    channels: dict[str, int],
    before: tuple[int, int],
    after: tuple[int, int],
    has: str,
    tmp_path: Path,
) -> None:
    profile = _profile_of(tmp_path, _asks("sample_rate", **rates), _asks("channels", **channels))
    name = "wav" if has.startswith("pcm") else "mp3"
    facts, streams = paper(
        5, format_name=name, demuxer=name, codec=has, rate=before[0], channels=before[1], bit_rate=96_000
    )
    case = case_on(facts, streams, profile=profile)
    draft = plan_audio(case)
    recipe = recipe_of(draft)
    assert (recipe.format, recipe.sample_rate, recipe.channels) == (name, *after)
    assert recipe.doubled == (before[1] < after[1])
    asked = {code for change in draft.changes for code in change.codes}
    assert asked == {finding.code for finding in case.findings} != set()
    assert broken_by(case, draft, profile) == []


def test_what_no_form_has_is_named(tmp_path: Path) -> None:
    facts, streams = paper(5, bit_rate=96_000)
    profile = _profile_of(tmp_path, _asks("channels", min=5))
    why = reason_of(plan_audio(case_on(facts, streams, profile=profile)))
    assert why.endswith("its channels would not be as asked (XAA008).")


def test_a_cover_stays_with_the_tags() -> None:
    facts, streams = paper(20, format_name="mp3", codec="mp3", rate=44_100, demuxer="mp3", others=(COVER,))
    assert recipe_of(plan_audio(case_on(facts, streams))).cover == 1
    bare = plan_audio(case_on(facts, streams, options=RepairOptions(metadata="drop")))
    assert recipe_of(bare).cover is None
    assert [change.what for change in bare.changes] == ["duration", "tracks"]


def test_a_clip_without_a_picture_is_mended_as_the_sound_that_it_is() -> None:
    media = VideoFacts(
        tracks="none",
        audio_duration=Fraction(5),
        audio_codec="aac",
        audio_sample_rate=48_000,
        audio_channels=1,
    )
    facts = Facts(kind=Kind.VIDEO, file=FileFacts(content="media", format="mp4", bytes=99_000), media=media)
    streams = Streams("mov", (Stream(index=0, kind="audio", codec="aac", sample_rate=48_000, channels=1),))
    draft = plan_audio(case_on(facts, streams))
    assert recipe_of(draft).format == "mp3"
    assert draft.changes[0].codes == ("VID012",)


def test_what_cannot_be_heard_or_read_is_an_obstacle_in_words() -> None:
    facts, streams = paper(20)
    assert reason_of(plan_audio(case_on(facts, streams, problem="It is locked."))) == "It is locked."
    silent = Streams("wav", (COVER,))
    assert "There is no sound in it" in reason_of(plan_audio(case_on(facts, silent)))
    unknown = replace(
        facts,
        media=msgspec.structs.replace(facts.media, duration=None),  # type: ignore[type-var]
        unmeasured={"*": "no decoder here knows it"},
    )
    assert "no decoder here knows it" in reason_of(plan_audio(case_on(unknown, streams)))
    empty, streams = paper(0)
    assert "There are no samples" in reason_of(plan_audio(case_on(empty, streams)))


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_did_not_pass_is_tried_in_another_way(attempt: int) -> None:
    facts, streams = paper(20, format_name="mp3", codec="mp3", rate=44_100, demuxer="mp3")
    draft = plan_audio(case_on(facts, streams, attempt=attempt))
    recipe = recipe_of(draft)
    assert not recipe.copy
    assert recipe.duration is not None
    assert recipe.duration <= 15 - attempt * Fraction(1, 20)


def test_what_a_decoder_finds_too_short_is_filled_up_with_silence_at_last() -> None:
    facts, streams = paper(2, format_name="m4a", codec="aac", rate=44_100)
    assert recipe_of(plan_audio(case_on(facts, streams))).lengthen == ""
    recipe = recipe_of(plan_audio(case_on(facts, streams, attempt=1)))
    assert recipe.lengthen == "hold"
    assert recipe.duration == 2


SECONDS = st.fractions(Fraction(1, 100), Fraction(10**4), max_denominator=192_000)


@given(
    duration=SECONDS,
    codec=st.sampled_from(LOSSY + LOSSLESS),
    rate=st.integers(4_000, 400_000),
    channels=st.integers(1, 24),
    size=st.integers(1, 10**9),
    form=st.sampled_from(["wav", "mp3", "m4a", "flac", "ogg", "rf64"]),
    bits=st.sampled_from([None, 8, 16, 24, 32]),
    profile=st.sampled_from(["seedance-2.0", "runway", "ltx"]),
    level=st.sampled_from([Severity.ERROR, Severity.WARNING]),
    how=st.sampled_from([None, "loop", "hold", "slow"]),
    attempt=st.integers(0, 2),
)
def test_no_plan_breaks_a_rule_on_paper(
    *,
    duration: Fraction,
    codec: str,
    rate: int,
    channels: int,
    size: int,
    form: str,
    bits: int | None,
    profile: str,
    level: Severity,
    how: Lengthen | None,
    attempt: int,
) -> None:
    facts, streams = paper(
        duration, format_name=form, codec=codec, rate=rate, channels=channels, size=size, bit_depth=bits
    )
    options = RepairOptions(level=level, lengthen=how)
    case = case_on(facts, streams, options=options, profile=load_profile(profile), attempt=attempt)
    draft = plan_audio(case)
    if draft.recipe is None:
        assert draft.obstacles
        too_short = profile == "seedance-2.0" and duration < 2 and how in (None, "slow")
        too_large = duration > 1800 and profile != "seedance-2.0"
        assert too_short or too_large, draft.obstacles
        return
    assert broken_by(case, draft, load_profile(profile)) == []
    recipe = recipe_of(draft)
    assert recipe.format in ("wav", "mp3")
    assert recipe.duration is None or recipe.duration > 0
