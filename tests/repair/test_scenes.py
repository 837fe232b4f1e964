from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.repair.ffmpegs import any_ffmpeg, made, program
from validator.errors import Cancelled, RepairError
from validator.repair.ffmpeg import Program
from validator.repair.scenes import scene_changes

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
