"""Standard input, line by line: what a line gave is there before the next line is."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.process import start, unmeasured
from tests.nobody import LINT, NOBODY
from validator.cli.standard_input import lines_of
from validator.errors import UsageError
from validator.intake.targets import arriving
from validator.run import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there, the next line is waited for")


@pytest.fixture
def pipe() -> Iterator[tuple[io.TextIOWrapper, io.FileIO]]:
    """Text that is read, and the other end of it."""
    reading, writing = os.pipe()
    with (
        io.TextIOWrapper(io.BufferedReader(io.FileIO(reading)), encoding="utf-8") as text,
        io.FileIO(writing, "w") as other,
    ):
        yield text, other


def came(lines: Iterator[str | None]) -> str | None:
    """The next line that has come."""
    return next(line for line in lines if line is not None)


def test_a_line_is_there_before_the_next_one_is(pipe: tuple[io.TextIOWrapper, io.FileIO]) -> None:
    text, other = pipe
    lines = iter(lines_of(text) or ())
    assert next(lines) is None
    other.write("é.png\r\nb".encode())
    assert came(lines) == "é.png\n"
    assert next(lines) is None
    other.write(b".png\n\nc.png")
    other.close()
    assert list(lines) == ["b.png\n", "\n", "c.png"]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_lines_are_those_of_the_stream(end: str, tmp_path: Path) -> None:
    file = tmp_path / "names"
    file.write_bytes(("\ufeff" + "\n".join(["ä" * 50_000, "b", "", "c" * 65_000]) + end).encode())
    with file.open(encoding="utf-8") as plain, file.open(encoding="utf-8") as ours:
        assert list(lines_of(ours) or ()) == list(plain)


def test_what_has_no_file_behind_it_is_read_as_it_is() -> None:
    stream = io.StringIO("a\nb")
    assert lines_of(stream) is stream
    memory = io.TextIOWrapper(io.BytesIO(b"a"))
    assert lines_of(memory) is memory
    assert lines_of(None) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\0" * 70_000, "NUL characters"), (b"y" * 70_000, "a line of more than 65,536 characters")],
)
def test_what_never_ends_is_refused_before_it_fills_the_memory(
    data: bytes, words: str, pipe: tuple[io.TextIOWrapper, io.FileIO]
) -> None:
    text, other = pipe
    writer = threading.Thread(target=other.write, args=(data,))
    writer.start()
    with pytest.raises(UsageError, match=words):  # while the other end is still open
        next(asset for asset in arriving(["-"], stdin=lines_of(text)) if asset)
    writer.join(10)


def test_that_cannot_be_read_is_wrong_use(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    raw = io.FileIO(descriptor, "r")
    with (
        io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8") as text,
        pytest.raises(UsageError, match=r"Standard input cannot be read \(.+\)\."),
    ):
        list(arriving(["-"], stdin=lines_of(text)))


def test_a_character_that_is_cut_in_two_is_one(pipe: tuple[io.TextIOWrapper, io.FileIO]) -> None:
    text, other = pipe
    lines = iter(lines_of(text) or ())
    other.write("é".encode()[:1])
    assert next(lines, "") is None or next(lines) is None
    other.write("é".encode()[1:] + b"\n")
    assert came(lines) == "é\n"
    other.write(b"\xff\n")
    with pytest.raises(UnicodeDecodeError):
        came(lines)


def test_a_result_is_given_before_the_next_target_comes(tmp_path: Path) -> None:
    first, second = photo(tmp_path / "a.png"), photo(tmp_path / "b.png")
    is_read = threading.Event()

    def lines() -> Iterator[str | None]:
        yield str(first)
        while not is_read.wait(0.01):
            yield None
        yield str(second)

    results = run("-", NOBODY, stdin=lines())
    assert next(results).target == str(first)
    is_read.set()
    assert [result.target for result in results] == [str(second)]


def test_a_pipe_that_stays_open_keeps_neither_results_nor_ctrl_c_back(tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    arguments = (*LINT, "--no-config", "--output-format", "jsonl", "-")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start(*arguments, cwd=tmp_path, env=unmeasured(), **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"a.png\n")
        process.stdin.flush()
        assert b'"target":"a.png"' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert b"after 1 asset" in process.stderr.read()
