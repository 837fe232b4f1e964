"""A copy takes its place whole or not at all, and nothing else stays."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.permissions import become_nobody, private_folder
from validator import RepairError, UsageError
from validator.repair.writing import Folders, NewFile, check_free, check_output, reason_of


def put(place: Path, content: bytes = b"new", *, overwrite: bool = False) -> None:
    with NewFile(place, overwrite=overwrite) as new, new.told():
        new.file.write(content)
        new.commit()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestNewFile:
    def test_it_takes_its_place_when_it_is_finished(self, tmp_path: Path) -> None:
        place = tmp_path / "a.png"
        with NewFile(place) as new:
            new.file.write(b"new")
            assert (new.path.suffix, new.path.parent, place.exists()) == (".png", tmp_path, False)
            new.commit()
            assert place.read_bytes() == b"new"
        assert [each.name for each in tmp_path.iterdir()] == ["a.png"]

    def test_another_program_may_write_to_its_path(self, tmp_path: Path) -> None:
        with NewFile(tmp_path / "a.png") as new:
            other = tmp_path / "other"
            other.write_bytes(b"whole")
            other.replace(new.path)
            new.commit()
        assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.png": b"whole"}

    def test_what_is_not_finished_leaves_nothing(self, tmp_path: Path) -> None:
        def interrupted() -> None:
            with NewFile(tmp_path / "a.png") as new:
                new.file.write(b"half")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert not list(tmp_path.iterdir())

    def test_an_empty_copy_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(RepairError, match=r"a\.png could not be written: nothing came\."):
            put(tmp_path / "a.png", b"")
        assert not list(tmp_path.iterdir())

    def test_a_file_gives_way_only_where_it_may(self, tmp_path: Path) -> None:
        place = tmp_path / "a.png"
        place.write_bytes(b"old")
        with pytest.raises(RepairError, match="is there already: it is only replaced with --overwrite"):
            put(place)
        assert place.read_bytes() == b"old"
        put(place, overwrite=True)
        assert place.read_bytes() == b"new"

    def test_a_file_that_appears_meanwhile_stays(self, tmp_path: Path) -> None:
        place = tmp_path / "a.png"
        with NewFile(place) as new:
            new.file.write(b"new")
            place.write_bytes(b"theirs")
            with pytest.raises(RepairError, match="is there already"):
                new.commit()
        assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.png": b"theirs"}

    def test_a_folder_is_never_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").mkdir()
        with pytest.raises(RepairError, match="is no file: it is never replaced"):
            put(tmp_path / "a.png", overwrite=True)

    def test_a_link_in_the_place_gives_way_and_not_what_it_leads_to(self, tmp_path: Path) -> None:
        original = tmp_path / "original.png"
        original.write_bytes(b"old")
        place = tmp_path / "a.png"
        place.symlink_to(original)
        with pytest.raises(RepairError, match="is there already"):
            put(place)
        put(place, overwrite=True)
        assert (original.read_bytes(), place.read_bytes(), place.is_symlink()) == (b"old", b"new", False)

    def test_a_link_that_leads_nowhere_is_there_too(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").symlink_to(tmp_path / "nowhere")
        with pytest.raises(RepairError, match="is there already"):
            check_free(tmp_path / "a.png", overwrite=False)

    def test_a_file_that_grows_too_large_is_told_and_removed(self, tmp_path: Path) -> None:
        said = r"could not be written: the file would be larger than the system"
        with files_of_at_most(10_000), pytest.raises(RepairError, match=said):
            put(tmp_path / "a.png", bytes(20_000))
        assert not list(tmp_path.iterdir())

    def test_a_name_that_no_file_can_have(self, tmp_path: Path) -> None:
        with pytest.raises(RepairError, match="its path is too long"):
            put(tmp_path / f"{'a' * 300}.png")

    def test_the_mode_is_that_of_new_files(self, tmp_path: Path) -> None:
        (tmp_path / "usual").touch()
        put(tmp_path / "a.png")
        assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "usual").stat().st_mode

    def test_a_folder_that_may_not_be_written_to(self) -> None:
        with private_folder() as folder:
            folder.chmod(0o555)
            become_nobody()
            with pytest.raises(RepairError, match="the folder may not be written to"):
                put(folder / "a.png")


FULL = """
import sys
from pathlib import Path
from validator import RepairError
from validator.repair.writing import NewFile
folder = Path(sys.argv[1])
try:
    with NewFile(folder / "a.png") as new, new.told():
        for _ in range(100):
            new.file.write(bytes(10_000))
        new.commit()
except RepairError as error:
    print(str(error).replace(sys.argv[1], "out"))
print([each.name for each in folder.iterdir()])
"""


NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run([*NAMESPACE, "true"], check=False).returncode:
        pytest.skip("mounts a disk of its own")
    mounted = 'mount -t tmpfs -o size=100k none "$1" && exec "$2" -c "$3" "$1"'
    command = [*NAMESPACE, "sh", "-c", mounted, "sh", str(tmp_path), sys.executable, FULL]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["out/a.png could not be written: the disk is full.", "[]"]


class TestFolders:
    def test_what_was_made_in_vain_goes_again(self, tmp_path: Path) -> None:
        output = tmp_path / "new" / "out"
        with Folders(output).holding(output / "sub" / "sub"):
            assert (output / "sub" / "sub").is_dir()
        assert not list(tmp_path.iterdir())

    def test_what_holds_a_copy_stays_and_so_does_what_was_there(self, tmp_path: Path) -> None:
        output = tmp_path / "out"
        (output / "there").mkdir(parents=True)
        folders = Folders(output)
        with folders.holding(output / "sub"):
            put(output / "sub" / "a.png")
        with folders.holding(output / "there"), folders.holding(output / "there" / "in-vain"):
            pass
        assert sorted(each.relative_to(output).as_posix() for each in output.rglob("*")) == [
            "sub",
            "sub/a.png",
            "there",
        ]

    def test_a_folder_that_others_still_use_stays(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "out")
        inner = tmp_path / "out" / "sub"
        with folders.holding(inner):
            with folders.holding(inner), folders.holding(tmp_path / "out"):
                pass
            put(inner / "a.png")
        assert (inner / "a.png").exists()

    def test_many_threads_share_them(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path / "out")
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                for turn in range(20):
                    with folders.holding(tmp_path / "out" / "sub" / str(turn % 3)):
                        put(tmp_path / "out" / "sub" / str(turn % 3) / f"{number}-{turn}", b"x")
                        (tmp_path / "out" / "sub" / str(turn % 3) / f"{number}-{turn}").unlink()
            except BaseException as error:  # told below, in the test's own thread
                failures.append(error)
                raise

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert not list(tmp_path.iterdir())

    def test_a_link_out_of_the_output_folder_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        output = tmp_path / "out"
        output.mkdir()
        (output / "sub").symlink_to(tmp_path / "elsewhere")
        with (
            pytest.raises(RepairError, match=r"is a link out of .*out, and copies lie nowhere else"),
            Folders(output).holding(output / "sub"),
        ):
            put(output / "sub" / "a.png")
        assert not list((tmp_path / "elsewhere").iterdir())

    def test_nothing_is_made_behind_a_link_out_of_the_output_folder(self, tmp_path: Path) -> None:
        output, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
        output.mkdir()
        elsewhere.mkdir()
        (output / "sub").symlink_to(elsewhere)
        os.utime(elsewhere, (0, 0))
        with (
            pytest.raises(RepairError, match=r"sub/deep is a link out of .*out, and copies lie nowhere else"),
            Folders(output).holding(output / "sub" / "deep"),
        ):
            pass
        assert elsewhere.stat().st_mtime == 0  # as every folder's that nothing was put into or taken from

    def test_a_link_may_stand_for_the_output_folder_itself(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
        with Folders(tmp_path / "out").holding(tmp_path / "out"):
            put(tmp_path / "out" / "a.png")
        assert (tmp_path / "elsewhere" / "a.png").exists()

    def test_a_file_lies_where_a_folder_is_needed(self, tmp_path: Path) -> None:
        (tmp_path / "sub").write_bytes(b"")
        with (
            pytest.raises(RepairError, match=r"could not be made: a file lies where a folder is needed\."),
            Folders(tmp_path).holding(tmp_path / "sub" / "sub"),
        ):
            pass


class TestOutput:
    def test_a_folder_that_is_there_or_may_be_made(self, tmp_path: Path) -> None:
        check_output(tmp_path)
        check_output(tmp_path / "new" / "newer")
        assert not list(tmp_path.iterdir())

    def test_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(UsageError, match=r"cannot go into .*/file/sub: .*/file is no folder"):
            check_output(tmp_path / "file" / "sub")

    @pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
    def test_one_that_may_be_written_to_and_takes_nothing(self) -> None:
        with pytest.raises(UsageError, match="cannot go into /proc/mended: "):
            check_output(Path("/proc/mended"))

    def test_a_link_that_leads_nowhere(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        with pytest.raises(UsageError, match="it is no folder"):
            check_output(tmp_path / "link")

    def test_one_that_may_not_be_written_to(self) -> None:
        with private_folder() as folder:
            folder.chmod(0o555)
            become_nobody()
            with pytest.raises(UsageError, match="the folder may not be written to; name another one"):
                check_output(folder / "new")

    def test_a_name_that_is_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"caf\\xe9: its name is not UTF-8 text"):
            check_output(tmp_path / "caf\udce9")

    def test_a_name_that_none_can_have(self) -> None:
        with pytest.raises(UsageError, match="no folder can have such a name"):
            check_output(Path("a\0b"))


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.EROFS, "the file system can only be read"), (errno.EIO, "Input/output error")],
)
def test_reasons(number: int, reason: str) -> None:
    assert reason_of(OSError(number, os.strerror(number))) == reason
