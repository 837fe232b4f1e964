from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from tests.repair.ffmpegs import any_ffmpeg, made, needs_scripts, pattern, program, script
from validator.errors import Cancelled, RepairError
from validator.repair.ffmpeg import Program, seconds_for
from validator.repair.plan import Made
from validator.repair.recipe import Canvas, VideoRecipe
from validator.repair.video_make import make_video
from validator.repair.video_source import HIDDEN

__all__ = ["program"]

SOUND = ("-f", "lavfi", "-i", "sine=duration=1:sample_rate=44100")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """H.264 and AAC, where no model takes it: in Matroska."""
    source, *coded = _split(pattern("160x90"))
    target = tmp_path_factory.mktemp("original") / "a.mkv"
    return made(
        any_ffmpeg(), target, *source, *SOUND, *(word for each in coded for word in each), "-c:a", "aac"
    )


def _split(arguments: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return arguments[:4], arguments[4:]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def make(
    recipe: VideoRecipe, program: Program, source: Path, target: Path, told: list[Fraction] | None = None
) -> Made:
    return make_video(
        recipe,
        program,
        source,
        target,
        duration=Fraction(1),
        cancelled=lambda: False,
        on_progress=(told if told is not None else []).append,
    )


def packets(path: Path, demuxer: str) -> dict[str, list[bytes]]:
    with path.open("rb") as file, av.open(file, "r", format=demuxer) as container:
        found: dict[str, list[bytes]] = {"video": [], "audio": []}
        for packet in container.demux():
            if packet.size:
                found[packet.stream.type].append(bytes(packet))
        return found


def test_a_container_is_changed_and_no_packet_of_it(program: Program, original: Path, tmp_path: Path) -> None:
    recipe = VideoRecipe(demuxer="matroska", audio=1, copy_video=True, copy_audio=True)
    said = make(recipe, program, original, tmp_path / "copy.mp4")
    assert said == Made()  # what differs says that packets are copied
    assert packets(tmp_path / "copy.mp4", "mov") == packets(original, "matroska")
    content = (tmp_path / "copy.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_picture_alone_may_be_kept(program: Program, original: Path, tmp_path: Path) -> None:
    recipe = VideoRecipe(demuxer="matroska", audio=1, copy_video=True)
    said = make(recipe, program, original, tmp_path / "copy.mp4")
    assert said.notes == ("The picture was not encoded anew: its packets are the original's.",)
    assert packets(tmp_path / "copy.mp4", "mov")["video"] == packets(original, "matroska")["video"]


def test_a_clip_is_drawn_anew_and_its_quality_told(
    program: Program, original: Path, tmp_path: Path, temporary: Path
) -> None:
    told: list[Fraction] = []
    canvas = Canvas(96, 96, 0, 20, "blur")
    recipe = VideoRecipe(
        demuxer="matroska", audio=1, frame_rate=Fraction(24), frames=24, size=(96, 54), canvas=canvas
    )
    said = make(recipe, program, original, tmp_path / "copy.mp4", told)
    assert said.quality is not None
    assert said.quality.ssim > 0.95
    assert said.notes == ()
    assert told == sorted(set(told))
    assert told[-1] == 1
    assert not list(temporary.iterdir())
    with av.open(str(tmp_path / "copy.mp4"), format="mov") as container:
        picture = container.streams.video[0]
        assert (picture.width, picture.height, picture.average_rate) == (96, 96, Fraction(24))
        assert sum(1 for _ in container.decode(video=0)) == 24


def test_each_run_may_take_as_long_as_the_copy_needs(original: Path, tmp_path: Path) -> None:
    limits: list[float] = []

    def run(command: Sequence[str], *, seconds: float, on_log: Any = None, **_: object) -> None:
        assert command
        limits.append(seconds)
        (tmp_path / "copy.mp4").write_bytes(b"a copy")
        if on_log is not None:
            on_log("SSIM Y:1 All:1.0 (inf)")
            on_log("PSNR y:inf average:inf")

    recipe = VideoRecipe(
        demuxer="mov", frame_rate=Fraction(24), frames=60 * 24, max_bytes=20_000, bit_rate=80_000
    )
    said = make_video(
        recipe,
        Program("ffmpeg", "9"),
        original,
        tmp_path / "copy.mp4",
        duration=Fraction(60),
        cancelled=lambda: False,
        on_progress=lambda _: None,
        run=run,
    )
    assert said.quality is not None
    assert limits == [seconds_for(Fraction(60))] * 3  # two passes, and a comparison
    assert limits[0] > seconds_for(None)


def test_without_a_decoder_of_what_is_transparent_a_sentence_says_so(
    program: Program, original: Path, tmp_path: Path
) -> None:
    recipe = VideoRecipe(
        demuxer="matroska", frame_rate=Fraction(25), frames=2, flatten="#000000", decoder="libnone"
    )
    assert HIDDEN in make(recipe, program, original, tmp_path / "copy.mp4").notes


def test_two_passes_leave_no_statistics(
    program: Program, original: Path, tmp_path: Path, temporary: Path
) -> None:
    told: list[Fraction] = []
    recipe = VideoRecipe(
        demuxer="matroska", frame_rate=Fraction(25), frames=25, max_bytes=20_000, bit_rate=80_000
    )
    make(recipe, program, original, tmp_path / "copy.mp4", told)
    assert 0 < (tmp_path / "copy.mp4").stat().st_size <= 20_000
    assert {Fraction(1, 3), Fraction(2, 3), Fraction(1)} <= set(told)
    assert not list(temporary.iterdir())
    assert {each.name for each in tmp_path.iterdir()} == {"copy.mp4", "temporary"}


@needs_scripts  # where names may hold all but a slash
def test_names_are_never_interpreted(
    program: Program, original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = VideoRecipe(demuxer="matroska", copy_video=True)
    for name in ("-y", "100%d.mkv", "concat:a|b", "a'b\"c\\:,;[x].mkv", "pipe:1", "http:", "\n"):
        Path(name).write_bytes(original.read_bytes())
        make(recipe, program, Path(name), Path(f"{name}.copy"))
        assert packets(Path(f"{name}.copy"), "mov")["video"]


@pytest.mark.parametrize(
    ("recipe", "lack"),
    [
        (VideoRecipe(demuxer="mov"), "encoder libx264"),
        (VideoRecipe(demuxer="mov", copy_video=True, audio=1), "encoder aac"),
        (VideoRecipe(demuxer="mov", tone_map=True), "filter zscale"),
        (VideoRecipe(demuxer="mov", deinterlace=True), "filter bwdif"),
    ],
)
def test_what_the_program_lacks_is_told_before_it_is_called(
    tmp_path: Path, recipe: VideoRecipe, lack: str
) -> None:
    others = frozenset({"other"} | ({"libx264"} - {lack.split()[1]}))
    program = Program("/opt/ffmpeg", "7", filters=frozenset({"tonemap"}), encoders=others)
    with pytest.raises(RepairError) as caught:
        make(recipe, program, tmp_path / "a.mp4", tmp_path / "b.mp4")
    assert str(caught.value) == (
        f"/opt/ffmpeg (version 7) was built without the {lack}: install another ffmpeg, or take the one of "
        "imageio-ffmpeg."
    )


def test_a_program_that_is_gone_meanwhile_is_told(program: Program, original: Path, tmp_path: Path) -> None:
    gone = dataclasses.replace(program, path=str(tmp_path / "ffmpeg"))
    with pytest.raises(RepairError, match=r"^ffmpeg could not be started: No such file"):
        make(VideoRecipe(demuxer="matroska", copy_video=True), gone, original, tmp_path / "copy.mp4")


@needs_scripts
@pytest.mark.parametrize("wrote", [False, True])
def test_a_copy_that_did_not_come_is_told(
    program: Program, original: Path, tmp_path: Path, wrote: bool
) -> None:
    if wrote:
        (tmp_path / "copy.mp4").touch()
    idle = dataclasses.replace(program, path=script(tmp_path / "idle", "exit 0"))
    with pytest.raises(RepairError, match=r"wrote no copy\.$"):
        make(VideoRecipe(demuxer="matroska", copy_video=True), idle, original, tmp_path / "copy.mp4")


def working_once(was: Path, program: Program) -> tuple[str, ...]:
    """A script that is the program the first time, and is killed the second."""
    return f"[ -e '{was}' ] && kill -9 $$", f": > '{was}'", f"exec '{program.path}' \"$@\""


@needs_scripts
def test_a_copy_is_none_the_worse_where_its_quality_cannot_be_measured(
    program: Program, original: Path, tmp_path: Path
) -> None:
    once = script(tmp_path / "once", *working_once(tmp_path / "was", program))
    recipe = VideoRecipe(demuxer="matroska", frame_rate=Fraction(25), frames=5)
    said = make(recipe, dataclasses.replace(program, path=once), original, tmp_path / "copy.mp4")
    assert said.quality is None
    assert said.notes == (
        "How near the copy is to the original could not be measured: ffmpeg was ended by SIGKILL before it "
        "was done; the system does that where memory is short.",
    )


@needs_scripts
def test_an_ffmpeg_that_is_killed_in_the_second_pass_leaves_nothing(
    program: Program, original: Path, tmp_path: Path, temporary: Path
) -> None:
    once = script(tmp_path / "once", *working_once(tmp_path / "was", program))
    recipe = VideoRecipe(
        demuxer="matroska", frame_rate=Fraction(25), frames=5, max_bytes=20_000, bit_rate=80_000
    )
    with pytest.raises(RepairError, match=r"^ffmpeg was ended by SIGKILL"):
        make(recipe, dataclasses.replace(program, path=once), original, tmp_path / "copy.mp4")
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("looks", [1, 12])
def test_a_cancelled_run_leaves_no_temporary_file(
    program: Program, original: Path, tmp_path: Path, temporary: Path, looks: int
) -> None:
    asked = iter(range(looks))
    recipe = VideoRecipe(
        demuxer="matroska", frame_rate=Fraction(60), max_bytes=20_000, bit_rate=80_000, size=(1920, 1080)
    )
    with pytest.raises(Cancelled):
        make_video(
            recipe,
            program,
            original,
            tmp_path / "copy.mp4",
            duration=None,
            cancelled=lambda: next(asked, None) is None,
            on_progress=lambda _: None,
        )
    assert not list(temporary.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="folders have no permissions there")
def test_without_a_temporary_folder_a_sentence_says_so(
    program: Program, original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(
        RepairError, match=r"^No temporary folder could be made: No such file or directory\.$"
    ):
        make(VideoRecipe(demuxer="matroska", copy_video=True), program, original, tmp_path / "copy.mp4")
