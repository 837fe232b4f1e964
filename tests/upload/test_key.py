"""The API key: which are read, from where, and that none shows."""

from __future__ import annotations

import os
import pickle
import stat
from pathlib import Path

import pytest

from tests.permissions import become_nobody, private_folder
from validator.errors import UsageError
from validator.upload import ApiKey, read_key

KEY = "sk-orca-0123456789abcdef"
NONE: dict[str, str] = {}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "key", f"{KEY}\n".encode())


def written(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as error:
        read_key(NONE, path)
    message = str(error.value)
    assert message.count("\n") == 0
    assert "0123456789" not in message + repr(error.value.__context__)
    assert error.value.__cause__ is None
    return message


class TestAKey:
    def test_hides(self) -> None:
        key = ApiKey(KEY)
        assert KEY not in f"{key} {key!r} {[key]} {key!s:>40}"
        assert key.reveal() == KEY
        with pytest.raises(TypeError):
            pickle.dumps(key)
        with pytest.raises(TypeError):
            vars(key)

    @pytest.mark.parametrize("text", ["", " ", "sk- x", "sk-\n", "sk-é", "sk-\0", "x" * 501, "sk-a\r\nX: b"])
    def test_is_visible_ascii(self, text: str) -> None:
        with pytest.raises(UsageError, match="one line of visible ASCII") as error:
            ApiKey(text)
        assert text.strip() == "" or text not in str(error.value)


class TestTheEnvironment:
    @pytest.mark.parametrize("quoted", [f'"{KEY}"', f"'{KEY}'", f'{KEY}"'])
    def test_of_a_key_in_quotation_marks_says_so(self, quoted: str) -> None:
        with pytest.raises(UsageError, match=r"^ORCAROUTER_API_KEY: .*leave the quotation") as error:
            read_key({"ORCAROUTER_API_KEY": quoted})
        assert KEY not in str(error.value)

    def test_comes_first(self, tmp_path: Path) -> None:
        assert read_key({"ORCAROUTER_API_KEY": f" {KEY}\n"}, tmp_path / "none").reveal() == KEY

    def test_that_holds_no_key_is_named(self) -> None:
        with pytest.raises(UsageError, match=r"^ORCAROUTER_API_KEY: ") as error:
            read_key({"ORCAROUTER_API_KEY": f"{KEY} {KEY}"})
        assert KEY not in str(error.value)

    @pytest.mark.parametrize("environ", [{}, {"ORCAROUTER_API_KEY": ""}, {"ORCAROUTER_API_KEY": "  "}])
    def test_without_one_says_what_to_do(self, environ: dict[str, str]) -> None:
        with pytest.raises(UsageError, match="set ORCAROUTER_API_KEY, or name a file"):
            read_key(environ)


class TestAFile:
    @pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
    @pytest.mark.parametrize("mode", [0o600, 0o400])
    def test_of_ones_own_is_read(self, tmp_path: Path, end: bytes, mode: int) -> None:
        path = written(tmp_path / "key", KEY.encode() + end, mode)
        assert read_key(NONE, path).reveal() == KEY
        assert read_key({"ORCAROUTER_API_KEY": ""}, path).reveal() == KEY

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o644, 0o610])
    def test_that_others_may_touch_is_not(self, file: Path, mode: int) -> None:
        file.chmod(mode)
        message = refused(file)
        assert f"mode {mode:04o}" in message
        assert "chmod 600" in message

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\n",
            b"root:x:0:0:root:/root:/bin/bash\n",
            b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\n",
            f"{KEY}\n{KEY}\n".encode(),
            f"{KEY}\n\n".encode(),
            f" {KEY}".encode(),
            f"API_KEY={KEY}".encode(),
            KEY.upper().encode(),
            b"sk-",
            b"sk-orca-",
            b"sk-orca-\xff",
            b"sk-orca-" + b"x" * 493,
            b"sk-0123456789abcdef",
            b"sk-proj-0123456789abcdef",
            b"sk-ant-0123456789abcdef",
            b"sk-orca0123456789abcdef",
            b"\xef\xbb\xbf" + KEY.encode(),
        ],
    )
    def test_that_holds_something_else_is_not_a_key(self, tmp_path: Path, content: bytes) -> None:
        assert "holds no API key" in refused(written(tmp_path / "key", content))

    def test_of_the_longest_key(self, tmp_path: Path) -> None:
        key = "sk-orca-" + "x" * 492
        assert read_key(NONE, written(tmp_path / "key", key.encode())).reveal() == key

    def test_that_is_not_there(self, tmp_path: Path) -> None:
        assert "No such file" in refused(tmp_path / "none")

    def test_with_a_name_that_no_file_has(self) -> None:
        assert "cannot be read" in refused(Path("a\x00b"))

    def test_that_is_none(self, tmp_path: Path) -> None:
        assert "no plain file" in refused(tmp_path)
        os.mkfifo(tmp_path / "pipe", 0o600)
        assert "no plain file" in refused(tmp_path / "pipe")
        assert "no plain file" in refused(Path("/dev/zero"))

    def test_by_a_link_of_ones_own(self, file: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(file)
        assert read_key(NONE, tmp_path / "link").reveal() == KEY

    def test_in_a_folder_that_anybody_may_write_to(self, tmp_path: Path) -> None:
        folder = tmp_path / "open"
        folder.mkdir()
        path = written(folder / "key", KEY.encode())
        folder.chmod(0o777)
        assert "anybody may put another file" in refused(path)
        (tmp_path / "link").symlink_to(path)
        assert "anybody may put another file" in refused(tmp_path / "link")
        folder.chmod(0o777 | stat.S_ISVTX)
        assert read_key(NONE, path).reveal() == KEY

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_of_another_user(self) -> None:
        with private_folder() as folder:
            mine = written(folder / "mine", KEY.encode())
            other = written(folder / "other", KEY.encode())
            os.chown(other, 12345, 12345)
            mine.chmod(0o600)
            assert "belongs to another user" in refused(other)
            (folder / "link").symlink_to(mine)
            os.chown(folder / "link", 12345, 12345, follow_symlinks=False)
            assert "a link that another user made" in refused(folder / "link")
            become_nobody()
            assert "Permission denied" in refused(mine)
