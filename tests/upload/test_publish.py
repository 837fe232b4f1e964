from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from fixtures.catalogue import MEDIA
from tests.cli.process import unmeasured
from tests.intake.servers import answer, serving
from tests.permissions import become_nobody, private_folder
from validator import Config
from validator.errors import FileChanged, NotPublished, UsageError
from validator.model import Kind
from validator.profile import default_profile
from validator.settings import UploadSettings
from validator.upload.publish import Published, ServedFolder, new_publisher, read_judged
from validator.upload.same_bytes import same_bytes_check

BODY = (MEDIA / "image-301x400.png").read_bytes()
SHA256 = hashlib.sha256(BODY).hexdigest()
CDN = "https://cdn.example/assets/"


def written(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(BODY)
    return str(path)


def published(publisher: ServedFolder, path: str) -> Published:
    return publisher.publish(path, SHA256, "name", Kind.IMAGE, "png")


@contextmanager
def static(folder: Path) -> Iterator[str]:
    """The folder, served as a plain web server does: by the bytes of its files' names."""

    def talk(connection: object, head: str) -> None:
        path = os.fsencode(folder) + unquote_to_bytes(urlsplit(head.split(" ")[1]).path)
        reply = answer(Path(os.fsdecode(path)).read_bytes(), "Content-Type: image/png")
        connection.sendall(reply)  # type: ignore[attr-defined]

    with serving(talk) as server:
        yield server


class TestServedFolder:
    @pytest.mark.parametrize(
        ("path", "address"),
        [
            ("a.png", "a.png"),
            ("two words/b c.png", "two%20words/b%20c.png"),
            ("Grüße/顔.png", "Gr%C3%BC%C3%9Fe/%E9%A1%94.png"),
            ("100%25#1?x=y&z.png", "100%2525%231%3Fx%3Dy%26z.png"),
            ("a:b;c,d+e@f~g.png", "a%3Ab%3Bc%2Cd%2Be%40f~g.png"),
            ("back\\slash.png", "back%5Cslash.png"),
            ("bytes\udcff.png", "bytes%FF.png"),
            ("-rf.png", "-rf.png"),
            ("...png", "...png"),
        ],
    )
    def test_every_name_keeps_its_bytes_in_the_address(self, tmp_path: Path, path: str, address: str) -> None:
        assert ServedFolder(CDN, tmp_path).address(str(tmp_path / path)) == CDN + address

    @pytest.mark.parametrize("prefix", ["https://cdn.example/assets", "https://cdn.example/assets/"])
    def test_the_slash_at_the_end_is_ours(self, tmp_path: Path, prefix: str) -> None:
        assert ServedFolder(prefix, tmp_path).address(str(tmp_path / "a.png")) == f"{CDN}a.png"

    def test_a_host_alone_is_a_prefix(self, tmp_path: Path) -> None:
        address = ServedFolder("http://cdn.example", tmp_path).address(str(tmp_path / "a.png"))
        assert address == "http://cdn.example/a.png"

    @pytest.mark.parametrize(
        "name",
        ["a.png", "two words.png", "Grüße.png", "50%.png", "%41.png", "#1.png", "a?b.png", "a&b=c+d.png"],
    )
    def test_what_the_address_serves_is_the_file(self, tmp_path: Path, name: str) -> None:
        path = written(tmp_path / "sub" / name)
        config = Config(allow_private_hosts=True)
        with static(tmp_path) as server, same_bytes_check(config, default_profile()) as same_bytes:
            same_bytes(published(ServedFolder(server, tmp_path), path).url, SHA256)

    def test_a_file_that_lies_there_by_another_hand_is_not_removable(self, tmp_path: Path) -> None:
        publisher = ServedFolder(CDN, tmp_path)
        given = published(publisher, written(tmp_path / "a.png"))
        assert given == Published(f"{CDN}a.png", f"{CDN}a.png", removable=False, reused=True)
        publisher.remove(given)
        assert (tmp_path / "a.png").exists()
        with pytest.raises(NotPublished, match=r"^s3://b/a\.png was not removed: it lies elsewhere"):
            publisher.remove(Published("", "s3://b/a.png", removable=True, key="a.png"))

    def test_paths_are_relative_to_the_folder_whatever_they_are_written_like(self, tmp_path: Path) -> None:
        written(tmp_path / "sub" / "a.png")
        publisher = ServedFolder(CDN, tmp_path)
        with chdir(tmp_path / "sub"):
            for path in ("a.png", "./a.png", "../sub/a.png", f"{tmp_path}/sub/../sub/a.png"):
                assert publisher.address(path) == f"{CDN}sub/a.png"
        with chdir(tmp_path):
            assert ServedFolder(CDN, Path()).address("sub/a.png") == f"{CDN}sub/a.png"
            assert ServedFolder(CDN, Path("sub/..")).address("sub/a.png") == f"{CDN}sub/a.png"

    def test_outside_of_the_folder_there_is_no_address(self, tmp_path: Path) -> None:
        inside = tmp_path / "site"
        inside.mkdir()
        outside = written(tmp_path / "a.png")
        for path in (outside, f"{inside}/../a.png", f"{tmp_path}/site-2/a.png"):
            with pytest.raises(NotPublished, match=r"has no address: it lies outside of .*site, whose"):
                ServedFolder(CDN, inside).address(path)

    def test_a_link_to_a_file_keeps_its_own_name(self, tmp_path: Path) -> None:
        written(tmp_path / "elsewhere" / "b.png")
        site = tmp_path / "site"
        site.mkdir()
        (site / "a.png").symlink_to("../elsewhere/b.png")
        publisher = ServedFolder(CDN, site)
        assert published(publisher, str(site / "a.png")).url == f"{CDN}a.png"
        assert publisher.address(f"{site}/../site/a.png") == f"{CDN}a.png"

    def test_links_to_folders_are_seen_through_where_that_helps(self, tmp_path: Path) -> None:
        written(tmp_path / "real" / "a.png")
        (tmp_path / "link").symlink_to("real")
        # The folder by its own name, the file by the link's, and the other way round.
        for folder, path in (("real", "link/a.png"), ("link", "real/a.png"), ("link", "link/a.png")):
            assert ServedFolder(CDN, tmp_path / folder).address(str(tmp_path / path)) == f"{CDN}a.png"

    def test_dots_behind_a_link_mean_what_the_system_takes_them_for(self, tmp_path: Path) -> None:
        written(tmp_path / "site" / "a.png")
        written(tmp_path / "deep" / "er" / "x.png")
        (tmp_path / "site" / "link").symlink_to("../deep/er")
        # link/.. is deep, and not site.
        with pytest.raises(NotPublished, match="outside"):
            ServedFolder(CDN, tmp_path / "site").address(f"{tmp_path}/site/link/../a.png")

    @pytest.mark.parametrize(
        ("prefix", "words"),
        [
            ("https://cdn.example/assets?token=QZQ", "holds a query"),
            ("https://cdn.example/assets/?", "holds a query"),
            ("https://cdn.example/assets#QZQ", "holds a fragment"),
            ("https://ada:QZQ@cdn.example/", "holds a user or a password"),
            ("ftp://cdn.example/", "its scheme is ftp"),
            ("cdn.example/assets", "does not begin with https://"),
            ("https://", "names no host"),
            ("https://cdn.example/two words", "a space, which is written %20"),
            ("https://cdn.example:0/", "port 0"),
            ("//ada:QZQ@cdn.example", "does not begin with https://"),
        ],
    )
    def test_what_nothing_can_be_appended_to_is_wrong_use(
        self, tmp_path: Path, prefix: str, words: str
    ) -> None:
        with pytest.raises(UsageError, match=words) as refused:
            ServedFolder(prefix, tmp_path)
        assert "QZQ" not in repr(refused.value)


class TestTheFileItself:
    def test_its_bytes_if_they_are_those_that_were_judged(self, tmp_path: Path) -> None:
        assert read_judged(written(tmp_path / "a.png"), SHA256) == BODY

    def test_other_bytes_are_refused(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.png")
        (tmp_path / "a.png").write_bytes(BODY + b"\0")
        with pytest.raises(FileChanged, match=r"a\.png has changed since it was judged .*: lint it again\.$"):
            published(ServedFolder(CDN, tmp_path), path)

    def test_gone(self, tmp_path: Path) -> None:
        with pytest.raises(NotPublished, match=r"a\.png cannot be read any more: missing\.$"):
            published(ServedFolder(CDN, tmp_path), str(tmp_path / "a.png"))

    def test_a_folder_now(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").mkdir()
        with pytest.raises(NotPublished, match="cannot be read any more: directory"):
            read_judged(str(tmp_path / "a.png"), SHA256)

    def test_a_pipe_now_blocks_nothing(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.png")
        with pytest.raises(NotPublished, match="a named pipe"):
            read_judged(str(tmp_path / "a.png"), SHA256)

    def test_forbidden_now(self) -> None:
        with private_folder() as folder:
            path = written(folder / "a.png")
            Path(path).chmod(0)
            become_nobody()
            with pytest.raises(NotPublished, match="Permission denied"):
                read_judged(path, SHA256)

    def test_names_do_nothing_to_a_terminal(self, tmp_path: Path) -> None:
        with pytest.raises(NotPublished) as refused:
            read_judged(str(tmp_path / "\x1b[2J.png"), SHA256)
        assert "\\x1b[2J.png" in str(refused.value)


class TestNewPublisher:
    def test_nobody_where_nothing_is_named(self, tmp_path: Path) -> None:
        assert new_publisher(UploadSettings(), tmp_path, {}) is None

    def test_a_folder_that_is_served(self, tmp_path: Path) -> None:
        publisher = new_publisher(UploadSettings(public_url=CDN), tmp_path, {})
        assert isinstance(publisher, ServedFolder)
        assert publisher.address(str(tmp_path / "a.png")) == f"{CDN}a.png"

    def test_not_both(self, tmp_path: Path) -> None:
        settings = UploadSettings(public_url=CDN, publish="s3://bucket")
        with pytest.raises(UsageError, match="not both"):
            new_publisher(settings, tmp_path, {})


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=unmeasured(),
    )
    return done.stdout.strip()


def test_a_missing_extra_is_wrong_use_with_the_command() -> None:
    said = python(
        "import sys; sys.modules['obstore'] = None\n"
        "from pathlib import Path\n"
        "from validator.settings import UploadSettings\n"
        "from validator.errors import UsageError\n"
        "from validator.upload.publish import new_publisher\n"
        "try: new_publisher(UploadSettings(publish='s3://bucket/x'), Path(), {})\n"
        "except UsageError as error: print(error)\n"
    )
    assert said == (
        'Publishing to s3:// needs more packages: python -m pip install "seedance-validator[publish]"'
    )


def test_nothing_that_costs_time_is_loaded_before_it_is_needed() -> None:
    said = python(
        "import sys\n"
        "import validator.upload.publish, validator.upload.store, validator.upload.same_bytes\n"
        "print(*sorted({'obstore', 'httpx', 'rich', 'av', 'sqlite3'} & set(sys.modules)))\n"
    )
    assert said == ""
