"""Rows 35 to 43: files and folders. A name is only a name, and nobody waits for whatever stands there."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import validator
from tests.cli.media import photo
from tests.cli.process import finish
from tests.hostile.lint import codes, judged, words
from tests.nobody import IGNORED, NOBODY, PEOPLE
from tests.permissions import become_nobody, private_folder
from tests.report.readers import commands, moves_a_terminal
from validator import Config, Verdict
from validator.probe.decoders import Decoders

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
LINT = ("lint", "--no-config", *IGNORED)
AS_JSON = (*LINT, "--output-format", "json")


@contextmanager
def soon(seconds: float = 5) -> Iterator[None]:
    """What is done here takes no long time: something to wait for would never end."""
    before = time.monotonic()
    yield
    assert time.monotonic() - before < seconds


def document(out: bytes) -> dict[str, Any]:
    """A JSON report; it is UTF-8, and does nothing to a terminal or a CI log."""
    text = out.decode("utf-8")
    assert moves_a_terminal(text) == []
    assert commands(text) == []
    return dict(json.loads(text))


# ── 35 and 36 ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["empty.png", "empty.mp4", "empty.wav", "empty"])
def test_row_35_an_empty_file_fails(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    result = judged(tmp_path / name)
    assert (result.verdict, codes(result)) == (Verdict.FAIL, {"FIL002"})
    assert "The file is empty (0 bytes)" in words(result)


@pytest.mark.parametrize("name", ["clip.mp4", "photo.png", "voice.mp3"])
def test_row_36_a_pointer_of_git_lfs_says_what_to_run(name: str, tmp_path: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 12345678\n"
    (tmp_path / name).write_text(pointer)
    result = judged(tmp_path / name)
    assert (result.verdict, codes(result)) == (Verdict.FAIL, {"FIL003"})
    (finding,) = result.findings
    assert "12,345,678 bytes" in finding.message
    assert "git lfs pull" in finding.help


# ── 37 ───────────────────────────────────────────────────────────────────────────────────────────


def test_row_37_a_pipe_is_told_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clip.mp4")
    with soon():
        result = judged(tmp_path / "clip.mp4")
    assert codes(result) == {"FIL001"}
    assert "a named pipe" in words(result)


def test_row_37_a_socket_is_told() -> None:
    # A folder of its own: the path of a socket may only be short.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/face.png")
        with soon():
            result = judged(f"{folder}/face.png")
    assert codes(result) == {"FIL001"}
    assert "a socket" in words(result)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/random", "/dev/null", "/dev/tty"])
def test_row_37_a_device_is_told_and_not_read(device: str, tmp_path: Path) -> None:
    link = tmp_path / "endless.png"
    link.symlink_to(device)
    for path in (device, link):
        with soon():
            result = judged(path)
        assert codes(result) == {"FIL001"}
        assert "a character device" in words(result)


def test_row_37_what_stands_in_a_folder_is_told_too(tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    os.mkfifo(tmp_path / "b.mp4")
    os.mkfifo(tmp_path / "c.fifo")  # no name of media: it is not even looked at
    (tmp_path / "d.png").symlink_to("/dev/zero")
    with soon():
        report = validator.lint(tmp_path, NOBODY)
    found = {Path(result.target).name: codes(result) for result in report}
    assert found == {"a.png": set(), "b.mp4": {"FIL001"}, "d.png": {"FIL001"}}


# ── 38 ───────────────────────────────────────────────────────────────────────────────────────────


def test_row_38_a_folder_in_a_list_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "assets.csv").write_text("path\nfolder.png\n")
    result = judged(tmp_path / "assets.csv")
    assert codes(result) == {"FIL001"}
    assert "This is a folder, not a file" in words(result)


def test_row_38_links_in_a_circle_are_not_walked(tmp_path: Path) -> None:
    photo(tmp_path / "a" / "one.png")
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "here").symlink_to(".")
    (tmp_path / "a" / "first.png").symlink_to("second.png")
    (tmp_path / "a" / "second.png").symlink_to("first.png")
    for target in (tmp_path, f"{tmp_path}/**/*.png", f"{tmp_path}/a"):
        with soon():
            report = validator.lint(target, NOBODY)
        found = {Path(result.target).name: result for result in report}
        assert len(report) == len(found) == 3
        assert codes(found["one.png"]) == set()
        assert codes(found["first.png"]) == codes(found["second.png"]) == {"FIL001"}
        assert "symbolic links that lead in a circle" in words(found["first.png"])


def test_row_38_of_what_leaves_the_tree_files_are_taken_and_folders_are_not(tmp_path: Path) -> None:
    photo(tmp_path / "outside" / "far.png")
    photo(tmp_path / "tree" / "near.png", (700, 500))
    (tmp_path / "tree" / "linked.png").symlink_to("../outside/far.png")
    (tmp_path / "tree" / "folder").symlink_to("../outside")
    (tmp_path / "tree" / "everything").symlink_to("/")
    with soon():
        report = validator.lint(tmp_path / "tree", NOBODY)
    assert [Path(result.target).relative_to(tmp_path / "tree").as_posix() for result in report] == [
        "linked.png",
        "near.png",
    ]


@pytest.fixture
def deep() -> Iterator[Path]:
    """Folders in folders to beyond the longest path; a picture on the way, and one at the end."""
    top = Path(tempfile.mkdtemp())
    at = os.open(top, os.O_RDONLY)
    for depth in range(1_500):
        os.mkdir("aaa", dir_fd=at)
        inner = os.open("aaa", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
        if depth in (900, 1_499):
            picture = os.open("face.png", os.O_CREAT | os.O_WRONLY, dir_fd=at)
            os.write(picture, (MEDIA / "image.png").read_bytes())
            os.close(picture)
    os.close(at)
    yield top
    program = shutil.which("rm")
    assert program is not None
    subprocess.run(
        [program, "-rf", str(top)], check=True
    )  # Python's own way down ends at its recursion limit


def test_row_38_a_tree_deeper_than_any_path_is_walked_as_far_as_paths_reach(deep: Path) -> None:
    with soon(10):
        report = validator.lint(deep, NOBODY)
    found = sorted((len(result.target), sorted(codes(result))) for result in report)
    assert [errors for _, errors in found] == [[], ["FIL001"]]  # the picture, and the folder that is too deep
    assert found[1][0] > 4_090
    assert "File name too long" in "".join(map(words, report))


def test_row_38_a_glob_goes_as_deep(deep: Path) -> None:
    with soon(10):
        report = validator.lint(f"{deep}/**/**/**/*.png", NOBODY)
    assert [codes(result) for result in report] == [set()]


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_row_38_a_folder_of_many_entries_is_no_matter(count: int, tmp_path: Path) -> None:
    for number in range(count):
        os.close(os.open(f"{tmp_path}/{number}.txt", os.O_CREAT | os.O_WRONLY))
    photo(tmp_path / "zz.png")
    with soon(10):
        (result,) = validator.lint(tmp_path, NOBODY)
    assert Path(result.target).name == "zz.png"


# ── 39 to 41: names ──────────────────────────────────────────────────────────────────────────────

NAMES = (
    "-rf.png",
    "--help.png",
    "--output=x.png",
    "-.png",
    "new\nline.png",
    "back\rspace\x08\x7f.png",
    "\x1b[31mred\x1b[0m.png",
    "\x1b]0;title\x07.png",
    "\x9b2J\x9d.png",
    "\n::error file=a::x.png",
    "::add-mask::x.png",
    "##[error]x.png",
    "%0A::error::x.png",
    "<script>alert(1)<\u2215script>.png",
    "gpj.\u202egnp.png",
    "*?[a].png",
    "$(touch owned).png",
    "`touch owned`.png",
    "; touch owned;.png",
    " leading and trailing .png",
    "\u2028\u2029\u200b.png",
    "a\\..\\b.png",
    "nul\ufeff.png",
    "e\u0301\U0001f469\u200d\U0001f680.png",
)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of its own under each of these names."""
    folder = tmp_path_factory.mktemp("names")
    for number, name in enumerate(NAMES):
        photo(folder / name, (400 + number, 400))
    return folder


def test_row_39_hostile_names_are_files_in_a_folder(named: Path) -> None:
    code, out, err = finish(*AS_JSON, ".", cwd=named)
    assert (code, err) == (0, b"")
    assets = document(out)["assets"]
    sizes = {asset["facts"]["width"]: asset["verdict"] for asset in assets}
    assert sizes == dict.fromkeys(range(400, 400 + len(NAMES)), "pass")
    told = {asset["facts"]["width"]: asset["target"] for asset in assets}
    assert [told[400 + number] for number in range(len(NAMES))] == [f"./{name}" for name in NAMES]
    assert not (named / "owned").exists()


def test_row_39_they_are_escaped_in_the_text_report(named: Path) -> None:
    code, out, err = finish(*LINT, "--show-passing", ".", cwd=named)
    assert (code, err) == (0, b"")
    text = out.decode("utf-8")
    assert moves_a_terminal(text) == []
    assert commands(text) == []
    assert text.count("./") == len(NAMES)
    assert len([line for line in text.splitlines() if ": pass (png image" in line]) == len(NAMES)
    for shown in ("./-rf.png", "new\\x0aline.png", "\\x1b[31mred\\x1b[0m.png", "gpj.\\u202egnp.png"):
        assert shown in text


@pytest.mark.parametrize("name", NAMES)
def test_row_39_they_are_files_where_the_library_gets_them(name: str, named: Path) -> None:
    result = judged(named / name)
    assert (result.verdict, result.target) == (Verdict.PASS, str(named / name))


def test_row_39_they_are_files_behind_two_dashes_on_standard_input_and_in_a_list(
    named: Path, tmp_path: Path
) -> None:
    lined = [name for name in NAMES if not set(name) & set("\n\r")]
    code, out, _ = finish(*AS_JSON, "--", *NAMES, cwd=named)
    assert (code, [asset["target"] for asset in document(out)["assets"]]) == (0, list(NAMES))
    code, out, _ = finish(*AS_JSON, "-", cwd=named, input="\n".join(lined).encode(), stdin=subprocess.PIPE)
    assert (code, [asset["target"] for asset in document(out)["assets"]]) == (0, lined)
    listed = tmp_path / "assets.json"
    listed.write_text(json.dumps([{"path": str(named / name), "name": name} for name in NAMES]))
    code, out, _ = finish(*AS_JSON, str(listed), cwd=tmp_path)
    assert (code, [asset["name"] for asset in document(out)["assets"]]) == (0, list(NAMES))


def test_row_39_what_is_not_there_is_escaped_too(tmp_path: Path) -> None:
    names = [name for name in NAMES if not set(name) & set("*?[")]
    code, out, err = finish(*LINT, "--", *names, cwd=tmp_path)
    text = (out + err).decode("utf-8")
    assert code == 1
    assert moves_a_terminal(text) == []
    assert commands(text) == []
    assert text.count("There is no such file") == len(names)


PROTOCOLS = (
    "concat:a.mp4|b.mp4",
    "http:x.mp4",
    "https:x.mp4",
    "pipe:0",
    "file:a.mp4",
    "data:video,a.mp4",
    "subfile,,start,0,end,100,,:a.mp4",
    "crypto:a.mp4",
    "async:a.mp4",
    "C:a.mp4",
    "a.mp4%00.mp4",
)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_row_40_a_name_is_a_file_and_never_a_protocol(name: str, tmp_path: Path) -> None:
    shutil.copy(MEDIA / "video-2s.mp4", tmp_path / "a.mp4")
    shutil.copy(MEDIA / "video-2s.mp4", tmp_path / "b.mp4")
    shutil.copy(MEDIA / "sound-only.mp4", tmp_path / name)
    piped = (MEDIA / "video-2s.mp4").read_bytes()
    code, out, _ = finish(*AS_JSON, "--", name, cwd=tmp_path, input=piped, stdin=subprocess.PIPE)
    (asset,) = document(out)["assets"]
    assert (code, asset["target"], asset["source"]) == (1, name, "file")
    assert asset["sha256"] == hashlib.sha256((MEDIA / "sound-only.mp4").read_bytes()).hexdigest()
    assert "VID012" in {finding["code"] for finding in asset["findings"]}
    (tmp_path / name).unlink()
    code, out, _ = finish(*AS_JSON, "--", name, cwd=tmp_path, input=piped, stdin=subprocess.PIPE)
    (asset,) = document(out)["assets"]
    assert (code, [finding["code"] for finding in asset["findings"]]) == (1, ["FIL001"])
    assert asset["facts"]["access"] == "missing"


def test_row_41_a_name_that_is_no_utf_8_gives_valid_json(tmp_path: Path) -> None:
    names = (b"\xff\xfe.png", b"caf\xe9.png", b"\xed\xa0\x80.png", b"\xc0\xaf.png", b"a\x80\x9b31m.png")
    for number, name in enumerate(names):
        photo(tmp_path / f"{number}.png", (400 + number, 400)).rename(
            os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
        )
    code, out, err = finish(*AS_JSON, ".", cwd=tmp_path)
    assert (code, err) == (0, b"")
    told = {asset["facts"]["width"]: asset["target"] for asset in document(out)["assets"]}
    assert told[400] == "./\\xff\\xfe.png"
    assert told[401] == "./caf\\xe9.png"
    assert len(told) == len(names)
    code, out, err = finish(*LINT, "--show-passing", ".", cwd=tmp_path)
    assert (code, err) == (0, b"")
    assert moves_a_terminal(out.decode("utf-8")) == []


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes no such names")
def test_row_41_the_library_takes_them_as_bytes_decoded_or_as_they_are(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")
    photo(tmp_path / "a.png").rename(path)
    result = judged(path)
    assert (result.verdict, result.target) == (Verdict.PASS, path)


# ── 42 and 43: what changes meanwhile ────────────────────────────────────────────────────────────


class Meanwhile(Decoders):
    """Decoders that have something happen between the digest of a file and its decoding."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens

    def examined(self, *arguments: Any, **options: Any) -> Any:
        self._happens()
        return super().examined(*arguments, **options)


def test_row_42_a_file_replaced_by_another_is_judged_and_hashed_as_what_was_opened(tmp_path: Path) -> None:
    path, other = photo(tmp_path / "a.png", (640, 480)), photo(tmp_path / "b.png", (100, 100))
    first = hashlib.sha256(path.read_bytes()).hexdigest()
    with Meanwhile(lambda: other.replace(path)) as decoders:
        result = judged(path, decoders=decoders)
    assert not other.exists()
    assert (result.verdict, result.facts.file.sha256) == (Verdict.PASS, first)
    assert result.facts.values()["width"] == 640
    assert codes(judged(path)) == {"IMG003"}  # the next run sees the other


def test_row_42_a_file_deleted_meanwhile_is_judged_all_the_same(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    with Meanwhile(path.unlink) as decoders:
        assert judged(path, decoders=decoders).verdict is Verdict.PASS


@pytest.mark.parametrize("how", ["grows", "is cut", "is overwritten"])
def test_row_42_a_file_written_to_meanwhile_fails(how: str, tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    os.utime(path, (1, 1))  # a write within a clock's tick would leave no trace

    def write() -> None:
        with path.open("r+b") as file:
            if how == "is cut":
                file.truncate(100)
            else:
                file.seek(0, io.SEEK_END if how == "grows" else io.SEEK_SET)
                file.write(b"other bytes")

    with Meanwhile(write) as decoders:
        result = judged(path, decoders=decoders)
    assert codes(result) == {"FIL001"}
    assert "it was written to while it was judged" in words(result)
    assert result.facts.file.sha256 is None


def test_row_43_a_file_that_vanishes_between_walk_and_open_fails_alone(tmp_path: Path) -> None:
    photo(tmp_path / "a.png"), photo(tmp_path / "b.png", (700, 500))
    one_by_one = Config(ignore=PEOPLE, workers=1)
    with Meanwhile((tmp_path / "b.png").unlink) as decoders:
        first, second = validator.lint(tmp_path, one_by_one, decoders=decoders)
    assert (first.verdict, codes(second)) == (Verdict.PASS, {"FIL001"})
    assert "There is no such file" in words(second)


@pytest.fixture
def private() -> Iterator[Path]:
    with private_folder() as folder:
        yield folder


def test_row_43_what_may_not_be_read_fails_alone(private: Path) -> None:
    photo(private / "open.png").chmod(0o644)
    photo(private / "secret.png", (700, 500)).chmod(0)
    photo(private / "closed" / "a.png", (800, 500))
    (private / "closed").chmod(0)
    targets = [
        private / "open.png",
        private / "secret.png",
        private / "closed" / "a.png",
        private / "gone.png",
    ]
    with Decoders() as decoders:
        judged(private / "open.png", decoders=decoders)  # its worker starts as root, where that is who we are
        become_nobody()
        results = list(validator.lint(targets, NOBODY, decoders=decoders))
        walked = list(validator.lint(private, NOBODY, decoders=decoders))
        if os.getuid() == 0:
            os.seteuid(0)
    assert [codes(result) for result in results] == [set(), {"FIL001"}, {"FIL001"}, {"FIL001"}]
    assert "The file may not be read" in words(results[1])
    assert "There is no such file" in words(results[3])
    found = {Path(result.target).name: codes(result) for result in walked}
    assert found == {"open.png": set(), "secret.png": {"FIL001"}, "closed": {"FIL001"}}
