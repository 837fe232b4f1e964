from __future__ import annotations

import pytest

from validator.errors import RepairError
from validator.repair.ffmpeg_log import Log, RecipeRefusedError, problem_of
from validator.repair.watched import Bounds, End

BOUNDS = Bounds(seconds=60, silence=5, file_bytes=1_000_000)


def log_of(*lines: str) -> Log:
    log = Log(lambda _: None)
    for line in lines:
        log.add(line)
    return log


@pytest.mark.parametrize(
    ("end", "lines", "sentence"),
    [
        (End(0), (), ""),
        (End(0), ("[warning] deprecated", "[h264 @ 0x1] [error] a damaged picture"), ""),
        (End(-9, "seconds"), (), "ffmpeg took more than 60 s and was stopped."),
        (End(-9, "silence"), (), "ffmpeg told no progress for 5 s and was stopped."),
        (
            End(-9),
            (),
            "ffmpeg was ended by SIGKILL before it was done; the system does that where memory is short.",
        ),
        (
            End(187),
            ("[libx264 @ 0x1] [error] ratecontrol_end: stats file could not be written to",),
            "ffmpeg could not write the statistics of its first pass: free some space for temporary files.",
        ),
        (End(-11), (), "ffmpeg was ended by SIGSEGV before it was done."),
        (End(-25), (), "The copy grew beyond 1,000,000 bytes, so ffmpeg was stopped."),
        (End(1), (), "ffmpeg failed (exit code 1): it does not say why."),
        (End(1), ("Unknown option.",), "ffmpeg failed (exit code 1): Unknown option."),
        (
            End(1),
            (
                "[x @ 0x1] [error] first",
                "[fatal] last",
                "[error] Error closing file",
                "[info] Conversion failed!",
            ),
            "ffmpeg failed (exit code 1): first; last.",
        ),
        (
            End(1),
            ("[libx264 @ 0x1] [error] malloc of size 5 failed",),
            "ffmpeg ran out of memory: malloc of size 5 failed.",
        ),
        (
            End(0),
            ("[error] Error closing file file:a.mp4: Input/output error",),
            "ffmpeg could not write the whole copy: Error closing file file:a.mp4: Input/output error.",
        ),
    ],
)
def test_a_failure_is_a_sentence(end: End, lines: tuple[str, ...], sentence: str) -> None:
    assert str(problem_of(end, log_of(*lines), BOUNDS) or "") == sentence


@pytest.mark.parametrize(
    ("end", "line", "kind"),
    [
        (End(1), "[error] muxing mp3 at 11025hz is not standard", RecipeRefusedError),
        (End(-11), "", RecipeRefusedError),
        (End(0), "[error] Error muxing a packet", RecipeRefusedError),
        (End(-9), "", RepairError),
        (End(-9, "seconds"), "", RepairError),
        (End(1), "[error] Cannot allocate memory", RepairError),
        (End(1), "[error] No space left on device", RepairError),
    ],
)
def test_a_recipe_is_refused_for_no_want_of_room_or_time(end: End, line: str, kind: type) -> None:
    assert type(problem_of(end, log_of(line), BOUNDS)) is kind


@pytest.mark.parametrize("code", [0, 1, 228])
@pytest.mark.parametrize(
    "line",
    [
        "[error] Error writing trailer of file:a.mp4: No space left on device",
        "[out#0/mp4 @ 0x55] [error] Error closing file: No space left on device",
        "[error] av_interleaved_write_frame(): Disk quota exceeded",
    ],
)
def test_a_full_disk_is_told_even_where_ffmpeg_ends_well(code: int, line: str) -> None:
    sentence = "The disk is full, so the copy could not be written: free some space, or name another folder."
    assert str(problem_of(End(code), log_of(line), BOUNDS)) == sentence


def test_what_a_file_says_of_itself_is_no_failure() -> None:
    lines = ("[info]     title           : No space left on device", "[info] Error closing file")
    assert not problem_of(End(0), log_of(*lines), BOUNDS)


def test_however_much_is_said_little_is_kept() -> None:
    heard: list[str] = []
    log = Log(heard.append)
    for number in range(5000):
        log.add(f"[error] {number} {'long ' * 100}")
    assert len(heard) == 5000
    assert len(log.last) == 200
    assert len(log.errors) == 20
    assert log.last[-1].startswith("[error] 4999")
    assert len(log.reason) <= 300
