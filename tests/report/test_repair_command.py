"""A command line that is shown is the one that a shell runs, whatever is in it."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as some

from validator.report.columns import columns_of
from validator.report.escape import printable
from validator.report.repair_command import shell_lines, shell_word

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None or sys.platform == "win32", reason="there is no bash")
NASTY = (
    "a b.mp4",
    "it's mine.mp4",
    "line\nfeed.mp4",
    "$(touch x);`y`.mp4",
    "-y.mp4",
    "caf\udce9.mp4",
    "顔\u202egpj.mp4",
    "::error::.mp4",
    "back\\slash\t'.mp4",
    "##[error]x.mp4",
    "",
)


def read_by_bash(lines: list[str]) -> list[str]:
    assert BASH is not None
    script = "\n".join(lines).replace("ffmpeg ", 'printf "%s\\0" ffmpeg ', 1) + "\n"
    done = subprocess.run(
        [BASH, "-c", script], check=True, capture_output=True, env={"LC_ALL": "C.UTF-8", "PATH": ""}
    )
    return done.stdout.decode(errors="surrogateescape").split("\0")[:-1]


@needs_bash
@pytest.mark.parametrize("width", [None, 20, 60])
def test_a_shell_reads_what_was_meant(width: int | None) -> None:
    command = ["ffmpeg", "-i", *NASTY, "-t", "15", "-vf", "scale=2:2"]
    lines = shell_lines(command, width)
    assert read_by_bash(lines) == command
    assert all(printable(line) == line for line in lines)


@given(some.text(some.characters(exclude_characters="\0"), max_size=20))
def test_whatever_is_in_it_is_printable(text: str) -> None:
    word = shell_word(text, windows=False)
    assert printable(word) == word
    assert "\n" not in word


def test_an_option_stands_with_its_value() -> None:
    lines = shell_lines(["ffmpeg", "-hide_banner", "-i", "in.mp4", "-c:v", "libx264", "out.mp4"], 26)
    assert lines == ["ffmpeg -hide_banner \\", "    -i in.mp4 \\", "    -c:v libx264 out.mp4"]
    assert max(map(columns_of, lines)) <= 26


def test_on_windows_it_is_quoted_as_there() -> None:
    assert shell_word("a b.mp4", windows=True) == '"a b.mp4"'
