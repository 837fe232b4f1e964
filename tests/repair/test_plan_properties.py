"""Plans hold on paper: whatever fails, the facts of the copy break no rule, by one profile or by several."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.repair.cases import file_of
from validator.findings import AssetReport, Finding, NotJudged, Severity
from validator.judge import Policy, judge
from validator.model import Asset, AudioFacts, CodecSupport, Facts, ImageFacts, Kind, VideoFacts
from validator.probe.frame_size import size_facts
from validator.profile import Profile, load_profile
from validator.repair.options import RepairOptions
from validator.repair.plan import Case, RepairPlan
from validator.repair.planning import case_of, plan_case
from validator.repair.recipe import AudioRecipe, ImageRecipe, VideoRecipe
from validator.repair.streams import Cut, Stream, Streams
from validator.repair.survey import Survey

SHIPPED: Mapping[str, Profile] = MappingProxyType(
    {name: load_profile(name) for name in ("seedance-2.0", "kling-omni", "wan-2.7")}
)
TOGETHER = (
    ("seedance-2.0",),
    ("kling-omni",),
    ("wan-2.7",),
    ("seedance-2.0", "kling-omni"),
    ("seedance-2.0", "wan-2.7"),
    ("kling-omni", "wan-2.7"),
)
SUPPORT: tuple[CodecSupport, ...] = ("usual", "usual", "usual", "ten-bit", "hdr", "interlaced")
OPTIONS = st.builds(
    RepairOptions,
    level=st.sampled_from((Severity.ERROR, Severity.WARNING)),
    fit=st.sampled_from(("pad", "crop")),
    lengthen=st.sampled_from((None, "loop", "hold", "slow")),
)
ATTEMPTS = st.integers(0, 2)
MOST_TIMES = 16
STRIP = 20
"""A ratio from which on a copy may be nothing but padding."""
SECONDS = st.one_of(
    st.sampled_from((Fraction(5), Fraction(8), Fraction(2), Fraction(15))),
    st.fractions(min_value=Fraction(1, 10), max_value=600, max_denominator=90_000),
)
SIDES = st.one_of(
    st.integers(1, 9000),
    st.sampled_from(
        (16, 239, 240, 299, 300, 301, 480, 719, 720, 721, 848, 1080, 1920, 2160, 6000, 6001, 8001)
    ),
)
SHAPES = st.one_of(
    st.sampled_from(((1280, 720), (720, 1280), (1920, 1080), (854, 480))), st.tuples(SIDES, SIDES)
)
"""Sizes, of which some are what everything takes, so that other faults come alone."""
RATES = st.one_of(
    st.sampled_from([Fraction(each) for each in ("25", "30000/1001", "30", "60")]),
    st.sampled_from([Fraction(each) for each in ("24000/1001", "12", "15", "24", "120")]),
    st.fractions(min_value=1, max_value=240, max_denominator=1001),
)


@dataclass(frozen=True)
class Judged:
    """An asset on paper, and what it was judged by."""

    facts: Facts
    profiles: Sequence[Profile]
    survey: Survey

    def case(self, options: RepairOptions) -> Case:
        policies = [Policy()] * len(self.profiles)
        result = AssetReport(Asset("asset", "asset"), self.facts)
        return case_of(result, self.profiles, policies, options, self.survey)

    def left(self, facts: Facts, level: Severity) -> list[Finding | NotJudged]:
        """What weighs so much in these facts, found or not judged."""
        both = (judge(Asset("copy", "copy"), facts, profile, Policy()) for profile in self.profiles)
        return [each for pair in both for one in pair for each in one if each.severity.rank >= level.rank]


@st.composite
def pictures(draw: st.DrawFn) -> Facts:
    """A picture of any size, ratio, format and weight."""
    width, height = draw(SHAPES)
    alpha, turned = draw(st.booleans()), draw(st.booleans())
    deep = draw(st.booleans())
    media = ImageFacts(
        width=width,
        height=height,
        short_side=min(width, height),
        stored_width=height if turned else width,
        stored_height=width if turned else height,
        aspect_ratio=Fraction(width, height),
        pixels=width * height,
        frames=draw(st.sampled_from((1, 1, 1, 12))),
        orientation=turned,
        exif=draw(st.sampled_from(("none", "readable", "broken"))),
        mode="RGBA" if alpha else "RGB",
        bit_depth=16 if deep else 8,
        colour=alpha or deep,
        colour_detail="alpha" if alpha else None,
        alpha=alpha,
    )
    formats = (
        "jpeg",
        "png",
        "webp",
        "bmp",
        "tiff",
        "gif",
        "heic",
        "heif",
        "avif",
        "mpo",
        "apng",
        "jp2",
        "ico",
    )
    return Facts(Kind.IMAGE, file_of(Kind.IMAGE, draw(st.sampled_from(formats)), draw(sizes())), media=media)


def sizes() -> st.SearchStrategy[int]:
    """Bytes of files, small ones as often as large ones."""
    return st.floats(3, 8.5).map(lambda power: int(10**power))


@st.composite
def clips(draw: st.DrawFn) -> tuple[Facts, Survey]:
    """A clip of any size, shape of pixels, length, rate and codec, in any container."""
    width, height = draw(SHAPES)
    stored = (max(width, 16), max(height, 16))
    seconds, rate = draw(SECONDS), draw(RATES)
    frames = max(1, math.ceil(seconds * rate))
    seconds = frames / rate
    has_sound = draw(st.booleans())
    sound = seconds + draw(
        st.fractions(min_value=Fraction(-1, 3), max_value=Fraction(1, 3), max_denominator=1000)
    )
    sound = max(sound, Fraction(1, 10))
    pixel = draw(st.sampled_from((Fraction(1), Fraction(1), Fraction(1), Fraction(4, 3), Fraction(8, 9))))
    codec = draw(st.sampled_from(("h264", "h264", "hevc", "vp9", "mpeg4")))
    demuxer, format_name = draw(
        st.sampled_from(
            (("mov", "mp4"), ("mov", "mov"), ("matroska", "webm"), ("avi", "avi"), ("mpegts", "mpegts"))
        )
    )
    support: CodecSupport = draw(st.sampled_from(SUPPORT)) if codec in {"h264", "hevc"} else "unusual"
    even = frames == 1 or draw(st.sampled_from((True, True, False)))
    bit_rate = draw(st.one_of(st.just(2_000_000), st.integers(10_000, 80_000_000)))
    media = VideoFacts(
        duration=max(seconds, sound) if has_sound else seconds,
        claimed_duration=seconds,
        video_duration=seconds,
        audio_duration=sound if has_sound else None,
        frames=frames,
        frame_rate=rate,
        frame_rate_min=rate if even else rate / 2,
        frame_rate_max=rate if even else rate * 2,
        frame_rate_mode="single-frame" if frames == 1 else "constant" if even else "variable",
        codec=codec,
        pixel_format="yuv420p10le" if support in {"ten-bit", "hdr"} else "yuv420p",
        bit_depth=10 if support in {"ten-bit", "hdr"} else 8,
        hdr="PQ" if support == "hdr" else "none",
        codec_support=support,
        tracks="one",
        video_tracks=1,
        audio_tracks=int(has_sound),
        audio_codec="aac" if has_sound else None,
        audio_sample_rate=48_000 if has_sound else None,
        audio_channels=2 if has_sound else None,
        **size_facts(stored, draw(st.sampled_from((0, 0, 0, 90, 180, 270))), pixel, mirrored=False),
    )
    every = max(1, frames // 20)
    video = Stream(
        index=0,
        kind="video",
        codec=codec,
        duration=seconds,
        key_frames=tuple(number / rate for number in range(0, frames, every)),
        bit_rate=bit_rate,
        pixel_format=media.pixel_format or "",
        transfer="smpte2084" if support == "hdr" else "bt709",
        interlaced=support == "interlaced",
        cuts=tuple(Cut(number, number / rate) for number in range(every, frames, every)),
        timed=demuxer != "avi",
    )
    audio = Stream(
        index=1, kind="audio", codec="aac", duration=sound, bit_rate=128_000, sample_rate=48_000, channels=2
    )
    survey = Survey(streams=Streams(demuxer, (video, audio) if has_sound else (video,)))
    size = int(bit_rate * seconds / 8) + 5_000
    return Facts(Kind.VIDEO, file_of(Kind.VIDEO, format_name, size), media=media), survey


@st.composite
def sounds(draw: st.DrawFn) -> tuple[Facts, Survey]:
    """A sound of any length, rate and number of channels, in any format."""
    demuxer, format_name, codec = draw(
        st.sampled_from(
            (
                ("wav", "wav", "pcm_s16le"),
                ("wav", "wav", "pcm_f32le"),
                ("mp3", "mp3", "mp3"),
                ("mov", "m4a", "aac"),
                ("flac", "flac", "flac"),
                ("ogg", "opus", "opus"),
            )
        )
    )
    seconds, rate, channels = (
        draw(SECONDS),
        draw(st.sampled_from((8000, 44_100, 48_000, 96_000))),
        draw(st.integers(1, 8)),
    )
    media = AudioFacts(
        duration=seconds,
        claimed_duration=seconds,
        header_agreement="agrees",
        codec=codec,
        sample_rate=rate,
        channels=channels,
        bit_depth=16,
        peak=Fraction(1, 2),
        clipped=Fraction(0),
        level="audible",
        encoding="many-channels" if channels > 2 else "usual",
    )
    stream = Stream(index=0, kind="audio", codec=codec, duration=seconds, sample_rate=rate, channels=channels)
    survey = Survey(streams=Streams(demuxer, (stream,)))
    size = int(seconds * rate * channels * 2)
    return Facts(Kind.AUDIO, file_of(Kind.AUDIO, format_name, size), media=media), survey


def planned(judged: Judged, options: RepairOptions, attempt: int) -> tuple[Case, RepairPlan]:
    """The plan, which holds on paper where there is one, or says why there is none."""
    case = replace(judged.case(options), attempt=attempt)
    plan = plan_case(case)
    if not case.findings:
        assert plan.recipe is None
    elif plan.recipe is None:
        assert plan.obstacles
        assert all(each.code and each.reason.endswith(".") for each in plan.obstacles)
    else:
        assert plan.changes
        assert plan.predicted is not None
        assert judged.left(plan.predicted, options.level) == []
    return case, plan


def hopeless_size(case: Case, width: int, height: int) -> bool:
    """Whether no copy reaches the least size, enlarged as often as is allowed, or it is a mere strip."""
    if max(width, height) > STRIP * min(width, height):
        return True
    demands = case.demands
    side = max(demands.range_of(fact).min or 1 for fact in ("width", "height", "short_side"))
    pixels = demands.range_of("pixels").min or 1
    return min(width, height) * MOST_TIMES < side * 2 or width * height * MOST_TIMES**2 < pixels * 4


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
@given(facts=pictures(), options=OPTIONS, attempt=ATTEMPTS)
@settings(max_examples=40)
def test_pictures(names: tuple[str, ...], facts: Facts, options: RepairOptions, attempt: int) -> None:
    judged = Judged(facts, [SHIPPED[name] for name in names], Survey())
    case, plan = planned(judged, options, attempt)
    if case.findings and plan.recipe is None:
        assert isinstance(facts.media, ImageFacts)
        assert hopeless_size(case, facts.media.width or 0, facts.media.height or 0), plan.obstacles
    if plan.recipe is not None:
        assert isinstance(plan.recipe, ImageRecipe)
        broken = {finding.measured.fact for finding in case.findings}
        of_size = broken & {"width", "height", "short_side", "pixels", "aspect_ratio"}
        assert of_size or (plan.recipe.canvas, plan.recipe.crop) == (None, None)
        assert of_size or "bytes" in broken or plan.recipe.size is None


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
@given(clip=clips(), options=OPTIONS, attempt=ATTEMPTS)
@settings(max_examples=40)
def test_clips(
    names: tuple[str, ...], clip: tuple[Facts, Survey], options: RepairOptions, attempt: int
) -> None:
    facts, survey = clip
    media = facts.media
    assert isinstance(media, VideoFacts)
    judged = Judged(facts, [SHIPPED[name] for name in names], survey)
    case, plan = planned(judged, options, attempt)
    if case.findings and plan.recipe is None:
        least = case.demands.range_of("duration").min
        is_short = least is not None and (media.duration or 0) < least + Fraction(1, 20)
        shown = (media.shown_width or 0, media.shown_height or 0)
        assert is_short or hopeless_size(case, *shown), plan.obstacles
    if plan.recipe is not None:
        assert isinstance(plan.recipe, VideoRecipe)
        broken = {finding.measured.fact for finding in case.findings}
        only_the_container = broken == {"format"} and media.codec in {"h264", "hevc"}
        assert not only_the_container or attempt or plan.recipe.copy_video or facts.file.format == "avi"
        if not broken & {"width", "height", "pixels", "aspect_ratio", "geometry", "resolution"}:
            assert (plan.recipe.canvas, plan.recipe.size) == (None, None) or media.geometry


@given(sound=sounds(), options=OPTIONS, attempt=ATTEMPTS)
def test_sounds(sound: tuple[Facts, Survey], options: RepairOptions, attempt: int) -> None:
    facts, survey = sound
    judged = Judged(facts, [SHIPPED["seedance-2.0"]], survey)
    assert isinstance(facts.media, AudioFacts)
    _, plan = planned(judged, options, attempt)
    if plan.obstacles:
        assert (facts.media.duration or 0) < 2
    assert plan.recipe is None or isinstance(plan.recipe, AudioRecipe)
