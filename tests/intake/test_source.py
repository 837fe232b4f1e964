"""Opening what is on disk: whatever stands there, the answer is a fact and never a wait or an exception."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.permissions import become_nobody, private_folder
from validator.intake.source import Source, open_local
from validator.model import Asset


def opened(path: Path | str) -> Source:
    return open_local(Asset(str(path), str(path)))


@pytest.fixture
def folder() -> Iterator[Path]:
    with private_folder() as folder:
        yield folder


def test_a_file_is_open_and_measured(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"12345")
    with opened(tmp_path / "a.png") as source:
        assert source.file is not None
        assert source.file.read() == b"12345"
        assert (source.access.access, source.access.bytes) == ("readable", 5)
        assert source.link is None
    assert source.file.closed


def test_a_link_to_a_file_is_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"12345")
    (tmp_path / "b.png").symlink_to("a.png")
    with opened(tmp_path / "b.png") as source:
        assert source.access.bytes == 5


@pytest.mark.parametrize("name", ["no.png", "-rf.png", "concat:a|b", "pipe:0", "http:x.mp4", "a.txt/b.png"])
def test_what_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").touch()
    source = opened(tmp_path / name)
    assert source.access.access == "missing"
    assert source.file is None
    assert source.unmeasured["*"] == "the file could not be read"


@pytest.mark.parametrize("name", ["a\0b.png", "a\ud800.png"])
def test_a_name_that_no_file_can_have_is_missing(name: str) -> None:
    assert opened(name).access.access == "missing"


def test_an_empty_name_is_no_file_and_not_the_current_folder() -> None:
    access = open_local(Asset("", "")).access
    assert (access.access, access.access_detail) == ("missing", "its name is empty")


def test_a_name_of_undecodable_bytes_is_opened(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    Path(os.fsdecode(path)).write_bytes(b"1")
    with opened(os.fsdecode(path)) as source:
        assert source.access.access == "readable"


def test_a_name_that_is_too_long_cannot_be_read(tmp_path: Path) -> None:
    source = opened(tmp_path / ("a" * 300))
    assert (source.access.access, source.access.access_detail) == ("unreadable", "File name too long")


def test_a_link_to_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("nowhere")
    source = opened(tmp_path / "a.png")
    assert source.access.access == "missing"
    assert source.access.access_detail == "a symbolic link to what does not exist"


def test_links_in_a_circle_say_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("b.png")
    (tmp_path / "b.png").symlink_to("a.png")
    source = opened(tmp_path / "a.png")
    assert source.access.access == "unreadable"
    assert source.access.access_detail == "symbolic links that lead in a circle"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert opened(tmp_path).access.access == "directory"


def test_a_pipe_is_reported_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")
    source = opened(tmp_path / "a.mp4")
    assert (source.access.access, source.access.access_detail) == ("special", "a named pipe")


def test_a_socket_is_reported() -> None:
    # A folder of its own: the path of a socket may only be short.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/s.png")
        source = opened(f"{folder}/s.png")
    assert (source.access.access, source.access.access_detail) == ("special", "a socket")


def test_a_device_is_reported_and_not_read() -> None:
    source = opened("/dev/zero")
    assert (source.access.access, source.access.access_detail) == ("special", "a character device")


def test_what_may_not_be_read_is_denied(folder: Path) -> None:
    (folder / "a.png").touch(0o000)
    (folder / "closed").mkdir(0o000)
    become_nobody()
    assert opened(folder / "a.png").access.access == "denied"
    assert opened(folder / "closed" / "a.png").access.access == "denied"
