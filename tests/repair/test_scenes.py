from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.repair.ffmpegs import any_ffmpeg, made, program
from validator.errors import Cancelled, RepairError
from validator.repair.demands import Range
from validator.repair.ffmpeg import Program
from validator.repair.scenes import changes_near_the_cut, scene_changes
from validator.repair.video_length import whole_shots

__all__ = ["program"]

RATE = 25


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shots that move, 20, 15 and 10 pictures long; a flash of light in the first. It starts late."""
    sources = (
        f"testsrc2=size=160x90:rate={RATE}:duration=0.8,drawbox=c=white:t=fill:enable='eq(n,8)'",
        f"mandelbrot=size=160x90:rate={RATE},trim=end_frame=15",
        f"life=size=160x90:rate={RATE}:mold=10:life_color=#804020:seed=1,format=yuv420p,trim=end_frame=10",
    )
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    joined = "[0:v][1:v][2:v]concat=n=3,format=yuv420p"
    target = tmp_path_factory.mktemp("shots") / "100%d: it's.mkv"
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-output_ts_offset", "7", "-f", "matroska")
    return made(any_ffmpeg(), target, *inputs, "-filter_complex", joined, *options)


def test_cuts_are_found_where_they_are(program: Program, shots: Path) -> None:
    found = scene_changes(program, shots, demuxer="matroska", cancelled=lambda: False)
    cuts = {Fraction(20, RATE), Fraction(35, RATE)}
    assert {time.limit_denominator(RATE) for time in found} >= cuts
    assert len(found) <= len(cuts) + 1  # the flash is one event at most
    assert sorted(found) == list(found)


def test_as_much_is_looked_at_as_was_asked_for(program: Program, shots: Path) -> None:
    found = scene_changes(
        program, shots, demuxer="matroska", until=Fraction(30, RATE), cancelled=lambda: False
    )
    assert found
    assert found[-1].limit_denominator(RATE) == Fraction(20, RATE)


def test_a_search_goes_on_where_another_ended(program: Program, shots: Path) -> None:
    def look(since: Fraction, until: Fraction | None = None) -> tuple[Fraction, ...]:
        found = scene_changes(
            program, shots, demuxer="matroska", since=since, until=until, cancelled=lambda: False
        )
        return tuple(change.limit_denominator(RATE) for change in found)

    middle, second = Fraction(30, RATE), Fraction(35, RATE)
    assert look(middle) == (second,)
    assert look(second) == ()
    assert (*look(Fraction(0), middle), *look(middle)) == look(Fraction(0))


def test_a_search_goes_on_where_no_demuxer_finds_the_place(program: Program, tmp_path: Path) -> None:
    sources = (f"testsrc2=size=160x90:rate={RATE}:duration=2", f"mandelbrot=size=160x90:rate={RATE}")
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    filters = "[1:v]trim=end_frame=50[b];[0:v][b]concat=n=2,format=yuv420p"
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "90", "-sc_threshold", "0", "-f", "mpegts")
    film = made(any_ffmpeg(), tmp_path / "a.ts", *inputs, "-filter_complex", filters, *coded)
    since, until = Fraction(3, 2), Fraction(3)
    found = scene_changes(program, film, demuxer="mpegts", since=since, until=until, cancelled=lambda: False)
    assert [time.limit_denominator(RATE) for time in found] == [2]


class Film:
    """Shots that are only told of; `parts` are those that were looked at."""

    def __init__(self, *changes: int) -> None:
        self.changes = changes
        self.parts: list[tuple[int, int | None]] = []

    def look(self, since: Fraction, until: Fraction | None) -> tuple[Fraction, ...]:
        self.parts.append((int(since), None if until is None else int(until)))
        return tuple(
            Fraction(change)
            for change in self.changes
            if since < change and (until is None or change <= until)
        )


@pytest.mark.parametrize(
    ("film", "start", "parts"),
    [
        (Film(4, 9, 17, 300), None, [(0, 16)]),
        (Film(4, 9, 17, 110, 300), 100, [(100, 116)]),
        (Film(20, 30, 300), None, [(0, 16), (16, 48)]),  # the first shot is too long
        (Film(), None, [(0, 16), (16, 48), (48, 112), (112, 240), (240, 496), (496, None)]),
        (Film(40, 595), 590, [(590, None)]),
    ],
)
def test_no_more_of_a_long_clip_is_looked_at_than_decides(
    film: Film, start: int | None, parts: list[tuple[int, int | None]]
) -> None:
    taken, begin = Range(Fraction(2), Fraction(15)), None if start is None else Fraction(start)
    found = changes_near_the_cut(film.look, Fraction(600), taken, begin)
    assert film.parts == parts
    everything = tuple(map(Fraction, film.changes))
    assert whole_shots(found, Fraction(600), taken, begin) == whole_shots(
        everything, Fraction(600), taken, begin
    )


@pytest.mark.parametrize(("seconds", "taken"), [(10, Range(max=Fraction(15))), (600, Range())])
def test_what_is_not_cut_is_not_looked_at(seconds: int, taken: Range) -> None:
    film = Film(3, 6)
    assert changes_near_the_cut(film.look, Fraction(seconds), taken, None) == ()
    assert film.parts == []


def test_one_shot_has_no_cut(program: Program, tmp_path: Path) -> None:
    source = f"testsrc2=size=160x90:rate={RATE}:duration=1"
    clip = made(program, tmp_path / "a.mp4", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p")
    assert scene_changes(program, clip, demuxer="mov", cancelled=lambda: False) == ()


def test_what_cannot_be_read_is_told(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no clip")
    with pytest.raises(RepairError, match=r"^ffmpeg failed"):
        scene_changes(program, tmp_path / "a.mp4", demuxer="mov", cancelled=lambda: False)


def test_a_search_can_be_cancelled(program: Program, shots: Path) -> None:
    with pytest.raises(Cancelled):
        scene_changes(program, shots, demuxer="matroska", cancelled=lambda: True)
