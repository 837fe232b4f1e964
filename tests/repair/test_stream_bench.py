"""Surveys of clips and sounds: what lies in them, and what is measured where no rule is for them."""

from __future__ import annotations

import io
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from tests.probe.media import Clip, encoded, measured
from validator.errors import Cancelled
from validator.model import AudioFacts, Kind, VideoFacts
from validator.probe.sniff import sniff
from validator.repair.demuxers import demuxer_of
from validator.repair.stream_bench import StreamBench
from validator.repair.stream_survey import survey_streams
from validator.repair.streams import Cut, Stream, main_of
from validator.repair.survey import Survey
from validator.workers import can_send_files

FIXTURES = Path(__file__).parents[2] / "fixtures" / "media"
REORDERED = {"preset": "ultrafast", "bf": "3", "g": "12", "qp": "30"}


def surveyed(data: bytes) -> Survey:
    file = io.BytesIO(data)
    found = sniff(file)
    assert found.kind is not None
    assert found.format is not None
    return survey_streams(file, found.kind, found.format, lambda: False)


def fixture(name: str) -> Survey:
    return surveyed((FIXTURES / name).read_bytes())


def picture_of(survey: Survey) -> Stream:
    assert survey.streams is not None, survey.problem
    return next(stream for stream in survey.streams.streams if stream.kind == "video")


def handler(argument: bytes) -> object:
    """A worker that does not survive its first file."""
    del argument
    return _die


def stumbling(argument: bytes) -> object:
    """A worker that meets what it does not expect."""
    del argument
    return _stumble


def _stumble(request: memoryview, descriptor: int) -> bytes:
    raise IndexError((bytes(request), descriptor))


def _die(request: memoryview, descriptor: int) -> bytes:
    del request, descriptor
    os._exit(3)


@pytest.mark.parametrize(
    ("name", "demuxer"),
    [
        ("video.webm", "matroska"),
        ("video.mkv", "matroska"),
        ("video.flv", "flv"),
        ("video.mpg", "mpeg"),
        ("video.mts", "mpegts"),
        ("video.avi", "avi"),
        ("video.3gp", "mov"),
    ],
)
def test_clips_that_are_not_judged_are_measured_as_if_they_were(name: str, demuxer: str) -> None:
    survey = fixture(name)
    assert survey.streams is not None
    assert survey.streams.demuxer == demuxer
    facts = survey.facts
    assert isinstance(facts, VideoFacts)
    assert (facts.width, facts.height, facts.frames) == (854, 480, 72)
    assert facts.duration is not None
    assert abs(facts.duration - 3) < Fraction(1, 8)
    assert facts.tracks == "one"
    assert picture_of(survey).timed


@pytest.mark.parametrize(
    "name", ["audio.m4a", "audio.flac", "audio.ogg", "audio.opus", "audio.aac", "audio.aiff"]
)
def test_sounds_that_are_not_judged_are_measured_as_if_they_were(name: str) -> None:
    survey = fixture(name)
    assert isinstance(survey.facts, AudioFacts)
    assert survey.facts.duration is not None
    assert abs(survey.facts.duration - 3) < Fraction(1, 10)
    assert survey.facts.level == "audible"
    assert survey.streams is not None
    (stream,) = survey.streams.streams
    assert stream.packet_seconds is not None
    assert stream.bit_rate


@pytest.mark.parametrize("name", ["video.mp4", "audio.wav", "audio.mp3", "video.mov"])
def test_of_what_is_judged_the_facts_are_known_already(name: str) -> None:
    survey = fixture(name)
    assert survey.facts is None
    assert survey.streams is not None


def test_a_clip_can_be_cut_where_no_packet_is_missing_and_none_left_over() -> None:
    survey = surveyed(encoded(Clip(frames=30, options=REORDERED)))
    stream = picture_of(survey)
    assert stream.key_frames == (Fraction(0), Fraction(1, 2), Fraction(1))
    assert Cut(12, Fraction(1, 2)) in stream.cuts
    assert Cut(24, Fraction(1)) in stream.cuts
    assert len(stream.cuts) < 29
    assert all(cut.end == Fraction(cut.packets, 24) for cut in stream.cuts)


def test_a_key_frame_with_others_in_front_of_it_is_no_place_to_begin_at() -> None:
    options = {"preset": "medium", "x264-params": "open-gop=1:keyint=12:bframes=3:b-adapt=0:scenecut=0"}
    stream = picture_of(surveyed(encoded(Clip(frames=36, options=options))))
    assert stream.key_frames == (Fraction(0),)


def test_what_an_edit_list_cuts_away_is_never_copied() -> None:
    assert not picture_of(fixture("edit-list.mp4")).timed


def test_colours_and_scan_are_told() -> None:
    hdr = picture_of(fixture("hdr.mp4"))
    assert (hdr.transfer, hdr.primaries, hdr.matrix) == ("smpte2084", "bt2020", "bt2020nc")
    assert picture_of(fixture("interlaced.mp4")).interlaced
    assert not picture_of(fixture("video.mp4")).interlaced
    assert picture_of(fixture("rotated.mp4")).rotation == 90
    full = picture_of(surveyed(encoded(Clip(context={"color_range": 2}))))
    assert (hdr.range, full.range) == ("tv", "pc")


@pytest.mark.parametrize(
    ("codec", "pixels", "container", "alpha"),
    [
        ("qtrle", "argb", "mov", "pixels"),
        ("libvpx-vp9", "yuva420p", "webm", "layer"),
        ("qtrle", "rgb24", "mov", ""),
    ],
)
def test_what_is_transparent_is_told(codec: str, pixels: str, container: str, alpha: str) -> None:
    clip = Clip(codec=codec, pixels=pixels, format=container, frames=2, options={})
    assert picture_of(surveyed(encoded(clip))).alpha == alpha


@pytest.mark.parametrize(
    ("times", "timescale", "rate"),
    [
        ([*range(0, 3000, 100), *range(3000, 6000, 33)], 1000, Fraction(1000, 33)),
        ([at for at in range(60) if not 20 <= at < 50], 30, Fraction(30)),
        ([*range(0, 90, 3), 91, *range(93, 180, 3)], 75, Fraction(25)),
    ],
    ids=["slow, then fast", "a gap", "one that came early"],
)
def test_where_the_rate_varies_the_fastest_that_is_regular_is_told(
    times: list[int], timescale: int, rate: Fraction
) -> None:
    clip = Clip(times=times, timescale=timescale, options={"preset": "ultrafast", "bf": "0"})
    assert picture_of(surveyed(encoded(clip))).usual_rate == rate


def test_what_a_container_rounds_is_not_rounded_away() -> None:
    survey = fixture("video.mkv")
    assert isinstance(survey.facts, VideoFacts)
    assert survey.facts.duration == 3
    assert picture_of(survey).duration == Fraction(2999, 1000)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((FIXTURES / "video.webm").read_bytes()[:2000], "damaged"),
        ((FIXTURES / "audio.flac").read_bytes()[:200], "damaged"),
        ((FIXTURES / "no-index.mp4").read_bytes(), "damaged"),
        (b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk", "score"),
        (b"OFR \x0f\0\0\0", "Nothing here reads ofr"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, words: str) -> None:
    survey = surveyed(data)
    assert words in survey.problem
    assert survey.problem.endswith(".")
    assert survey.streams is None


def test_pictures_without_a_container_have_a_demuxer_of_their_own() -> None:
    assert demuxer_of("mpeg", b"\x00\x00\x01\xb3") == "mpegvideo"
    assert demuxer_of("mpeg", b"\x00\x00\x01\xba") == "mpeg"


def test_workers_see_what_this_process_sees() -> None:
    with StreamBench() as bench:
        for name in ("video.webm", "audio.flac", "hdr.mp4"):
            path = FIXTURES / name
            with path.open("rb") as file:
                found = sniff(file)
                assert found.kind is not None
                assert found.format is not None
                assert bench.survey(file, found.kind, found.format, lambda: False) == fixture(name)


def test_without_workers_it_is_surveyed_here() -> None:
    with StreamBench(processes=0) as bench, (FIXTURES / "video.webm").open("rb") as file:
        assert bench.survey(file, Kind.VIDEO, "webm", lambda: False) == fixture("video.webm")


@pytest.mark.skipif(os.name != "posix", reason="files go to other processes on POSIX alone")
def test_a_worker_that_dies_costs_one_survey() -> None:
    with (
        StreamBench(handler="tests.repair.test_stream_bench:handler") as bench,
        (FIXTURES / "video.webm").open("rb") as file,
    ):
        survey = bench.survey(file, Kind.VIDEO, "webm", lambda: False)
    assert survey.problem.startswith("What lies in it could not be looked at")
    with StreamBench() as bench, (FIXTURES / "video.webm").open("rb") as file:
        bench.close()
        assert "closed" in bench.survey(file, Kind.VIDEO, "webm", lambda: False).problem


@pytest.mark.skipif(not can_send_files(), reason="this system has no stream workers")
def test_no_error_of_python_is_told() -> None:
    with (
        StreamBench(handler="tests.repair.test_stream_bench:stumbling") as bench,
        (FIXTURES / "video.webm").open("rb") as file,
    ):
        survey = bench.survey(file, Kind.VIDEO, "webm", lambda: False)
    assert "makes no sense" in survey.problem
    assert "IndexError" not in survey.problem


@pytest.mark.skipif(not can_send_files(), reason="this system has no stream workers")
def test_a_closed_bench_says_so() -> None:
    bench = StreamBench()
    bench.close()
    with (FIXTURES / "11025-hz.wav").open("rb") as file:
        survey = bench.survey(file, Kind.AUDIO, "wav", lambda: False)
    assert "(the stream workers are closed)" in survey.problem


def test_a_survey_can_be_cancelled() -> None:
    with (
        StreamBench() as bench,
        (FIXTURES / "video.webm").open("rb") as file,
        pytest.raises(Cancelled),
    ):
        bench.survey(file, Kind.VIDEO, "webm", lambda: True)


def test_the_facts_of_a_format_that_is_not_judged_are_those_of_the_same_clip_as_an_mp4() -> None:
    judged = measured(encoded(Clip(frames=24, audio=1))).media
    survey = surveyed(encoded(Clip(frames=24, audio=1, format="mpegts")))
    assert isinstance(judged, VideoFacts)
    assert isinstance(survey.facts, VideoFacts)
    for name in ("width", "height", "frames", "frame_rate", "video_duration", "codec", "audio_codec"):
        assert getattr(survey.facts, name) == getattr(judged, name), name


def with_two_sounds(*, default: bool) -> bytes:
    """A clip with two sounds; players are asked to take the second, or neither."""
    target = io.BytesIO()
    with av.open(target, "w", format="matroska") as container:
        picture: Any = container.add_stream("mpeg4", rate=24)
        picture.width = picture.height = 64
        sounds: list[Any] = [
            container.add_stream(codec, rate=48_000, layout="mono") for codec in ("aac", "ac3")
        ]
        sounds[0].disposition = av.stream.Disposition(0)
        sounds[1].disposition = av.stream.Disposition.default if default else av.stream.Disposition(0)
        sounds[1].metadata["language"] = "deu"
        for number in range(24):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        for sound in sounds:
            for number in range(48):
                tone = av.AudioFrame(format="fltp", layout="mono", samples=1000)
                tone.planes[0].update(bytes(tone.planes[0].buffer_size))
                tone.rate, tone.pts = 48_000, number * 1000
                container.mux(sound.encode(tone))
            container.mux(sound.encode(None))
    return target.getvalue()


@pytest.mark.parametrize(("default", "codec", "index"), [(True, "ac3", 2), (False, "aac", 1)])
def test_the_sound_that_players_take_is_measured(default: bool, codec: str, index: int) -> None:
    survey = surveyed(with_two_sounds(default=default))
    assert isinstance(survey.facts, VideoFacts)
    assert survey.facts.audio_codec == codec
    assert survey.streams is not None
    sound = main_of(survey.streams.streams, "audio")
    assert sound is not None
    assert (sound.index, sound.codec) == (index, codec)
    assert survey.streams.streams[2].language == "deu"
