"""Targets: which assets each thing that a user can name stands for, and in which order."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.errors import AssetListError, UsageError
from validator.intake.targets import LIST_EXTENSIONS, LONGEST_LINE, expand
from validator.intake.url import is_url

PNG = b"\x89PNG\r\n\x1a\n"


def make(folder: Path, *names: str, content: bytes = b"") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def targets(*named: str | Path, stdin: str | None = None) -> list[str]:
    return [asset.target for asset in expand(named, stdin=None if stdin is None else io.StringIO(stdin))]


def inside(folder: Path, *named: str | Path) -> list[str]:
    """The targets, relative to the folder."""
    return [os.path.relpath(target, folder) for target in targets(*(named or (folder,)))]


class TestAFile:
    def test_is_an_asset_whatever_it_is_called(self, tmp_path: Path) -> None:
        make(tmp_path, "notes.txt", ".hidden.png")
        for name in ("notes.txt", ".hidden.png"):
            assert targets(tmp_path / name) == [str(tmp_path / name)]

    def test_is_an_asset_even_if_it_is_ignored(self, tmp_path: Path) -> None:
        repository(tmp_path, "*.png")
        make(tmp_path, "a.png")
        assert targets(tmp_path / "a.png") == [str(tmp_path / "a.png")]

    def test_that_is_missing_is_an_asset_all_the_same(self) -> None:
        (asset,) = expand(["no/such.png"])
        assert (asset.target, asset.location, asset.is_url) == ("no/such.png", "no/such.png", False)

    @pytest.mark.parametrize(
        "name", ["-rf.png", "concat:a|b", "pipe:0", "http:x.mp4", "C:\\a.png", "C://a.png"]
    )
    def test_with_an_odd_name_is_a_file(self, name: str) -> None:
        (asset,) = expand([name])
        assert asset.target == name
        assert not asset.is_url

    def test_with_a_nul_in_its_name_is_no_pattern(self) -> None:
        assert targets("a*\0.png") == ["a*\0.png"]

    def test_with_brackets_in_its_name_is_no_pattern(self, tmp_path: Path) -> None:
        make(tmp_path, "face[1].jpg", "face1.jpg")
        assert inside(tmp_path, tmp_path / "face[1].jpg") == ["face[1].jpg"]

    def test_of_undecodable_bytes_keeps_its_name(self, tmp_path: Path) -> None:
        name = os.fsdecode(b"\xff.png")
        make(tmp_path, name)
        assert inside(tmp_path) == [name]


class TestAUrl:
    @pytest.mark.parametrize("url", ["https://h/a.png?b=*", "http://h", "ftp://h/a", "file:///a.png"])
    def test_is_an_asset_of_any_scheme(self, url: str) -> None:
        (asset,) = expand([url])
        assert asset.is_url
        assert (asset.target, asset.location) == (url, url)

    @pytest.mark.parametrize(
        "target", ["https:/h/a.png?b=*", "HTTP:h/a", "https:u:p@h/a", "https:/h/a.json", "http:/h?b/c.toml"]
    )
    def test_with_too_few_slashes_is_one_all_the_same(self, target: str) -> None:
        (asset,) = expand([target])
        assert (asset.target, asset.is_url, asset.is_glob) == (target, True, False)

    @pytest.mark.parametrize("name", ["http:/a.png", "https:/h/x/b[1].png"])
    def test_with_too_few_slashes_is_a_file_where_there_is_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        make(tmp_path, name)
        for target in (name, name.replace("b[1]", "?[[]1]")):
            (asset,) = expand([target])
            assert (asset.target, asset.is_url) == (name, False)


class TestAFolder:
    def test_is_walked_in_the_order_of_names(self, tmp_path: Path) -> None:
        make(tmp_path, "b.png", "a/z.mp4", "a/b/c.wav", "c.JPG", "a.png")
        assert inside(tmp_path) == ["a/b/c.wav", "a/z.mp4", "a.png", "b.png", "c.JPG"]

    def test_keeps_the_users_spelling(self, tmp_path: Path) -> None:
        make(tmp_path, "a/b.png")
        assert targets(f"{tmp_path}/") == [f"{tmp_path}/a/b.png"]
        assert targets(f"{tmp_path}/./a") == [f"{tmp_path}/./a/b.png"]

    def test_gives_only_media(self, tmp_path: Path) -> None:
        make(tmp_path, "a.png", "readme.md", "list.toml", "empty", "code.ts")
        make(tmp_path, "photo", "photo.bak", content=PNG)
        make(tmp_path, "page.html", content=b"<html>")
        assert inside(tmp_path) == ["a.png", "photo", "photo.bak"]

    def test_without_media_gives_nothing(self, tmp_path: Path) -> None:
        make(tmp_path, "readme.md")
        assert inside(tmp_path) == []

    def test_does_not_take_bytes_for_media_that_may_be_so_by_chance(self, tmp_path: Path) -> None:
        make(tmp_path, "chance.bin", content=b"\xff\xfb\x90\x00")
        assert inside(tmp_path) == []

    def test_hides_what_is_hidden(self, tmp_path: Path) -> None:
        make(tmp_path, ".a.png", ".hg/b.png", ".cache/c.png", "d.png", "node_modules/e.png")
        assert inside(tmp_path) == ["d.png", "node_modules/e.png"]

    def test_that_is_hidden_itself_is_walked_when_it_is_named(self, tmp_path: Path) -> None:
        make(tmp_path, ".cache/c.png")
        assert inside(tmp_path, tmp_path / ".cache") == [".cache/c.png"]

    def test_takes_linked_files_and_leaves_linked_folders(self, tmp_path: Path) -> None:
        make(tmp_path, "real/a.png")
        (tmp_path / "b.png").symlink_to("real/a.png")
        (tmp_path / "around").symlink_to(".")
        (tmp_path / "folder.png").symlink_to("real")
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "gone.png").symlink_to("nowhere")
        assert inside(tmp_path) == ["b.png", "gone.png", "real/a.png"]

    def test_opens_no_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        os.mkfifo(tmp_path / "pipe.mp4")
        assert inside(tmp_path) == ["pipe.mp4"]

    def test_that_is_a_link_is_walked_when_it_is_named(self, tmp_path: Path) -> None:
        make(tmp_path, "real/a.png")
        (tmp_path / "link").symlink_to("real")
        assert inside(tmp_path, tmp_path / "link") == ["link/a.png"]

    def test_may_be_deeper_than_python_can_call(self, tmp_path: Path) -> None:
        folders = [tmp_path]
        for _ in range(1200):
            folders.append(Path(f"{folders[-1]}/d"))
            folders[-1].mkdir()
        make(folders[-1], "a.png")
        try:
            assert targets(tmp_path) == [f"{folders[-1]}/a.png"]
        finally:
            # Folders this deep would overwhelm pytest when it tidies up.
            (folders[-1] / "a.png").unlink()
            for folder in reversed(folders[1:]):
                folder.rmdir()

    def test_that_may_not_be_listed_comes_out_itself(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            make(folder, "a.png", "closed/b.png", "open/c.png")
            (folder / "closed").chmod(0o000)
            is_root = os.geteuid() == 0
            if is_root:
                os.seteuid(65534)
            try:
                assert inside(folder) == ["a.png", "closed", "open/c.png"]
            finally:
                if is_root:
                    os.seteuid(0)
                (folder / "closed").chmod(0o700)


def repository(folder: Path, *ignored: str) -> None:
    (folder / ".git" / "info").mkdir(parents=True)
    (folder / ".gitignore").write_text("\n".join(ignored))


class TestARepository:
    def test_hides_what_it_ignores(self, tmp_path: Path) -> None:
        repository(tmp_path, "build/", "*.tmp.png", "/top.png")
        make(tmp_path, "a.png", "b.tmp.png", "build/c.png", "sub/build/d.png", "top.png", "sub/top.png")
        assert inside(tmp_path) == ["a.png", "sub/top.png"]

    def test_obeys_the_nearest_file(self, tmp_path: Path) -> None:
        repository(tmp_path, "*.png")
        make(tmp_path, "a.png", "sub/b.png", "sub/c.jpg")
        (tmp_path / "sub" / ".gitignore").write_text("!*.png\nc.*\n")
        assert inside(tmp_path) == ["sub/b.png"]

    def test_obeys_its_files_above_the_folder_named(self, tmp_path: Path) -> None:
        repository(tmp_path, "*.png", "/sub/d.jpg")
        make(tmp_path, "sub/b.png", "sub/c.jpg", "sub/d.jpg")
        assert inside(tmp_path, tmp_path / "sub") == ["sub/c.jpg"]

    def test_obeys_its_private_exclude_file(self, tmp_path: Path) -> None:
        repository(tmp_path)
        (tmp_path / ".git" / "info" / "exclude").write_text("a.png\n")
        make(tmp_path, "a.png", "b.png")
        assert inside(tmp_path) == ["b.png"]

    def test_that_is_a_worktree_obeys_the_exclude_file_of_the_whole(self, tmp_path: Path) -> None:
        main, tree = tmp_path / "main", tmp_path / "tree"
        repository(main)
        (main / ".git" / "info" / "exclude").write_text("a.png\n")
        (main / ".git" / "worktrees" / "tree").mkdir(parents=True)
        (main / ".git" / "worktrees" / "tree" / "commondir").write_text("../..\n")
        make(tree, "a.png", "b.png")
        (tree / ".git").write_text(f"gitdir: {main}/.git/worktrees/tree\n")
        assert inside(tree) == ["b.png"]

    def test_walks_a_folder_that_it_ignores_when_that_is_named(self, tmp_path: Path) -> None:
        repository(tmp_path, "build/")
        make(tmp_path, "build/a.png", "build/deep/b.png")
        assert inside(tmp_path, tmp_path / "build") == ["build/a.png", "build/deep/b.png"]
        assert inside(tmp_path, tmp_path / "build" / "deep") == ["build/deep/b.png"]

    def test_inside_another_has_rules_of_its_own(self, tmp_path: Path) -> None:
        repository(tmp_path, "*.png")
        repository(tmp_path / "inner", "*.jpg")
        make(tmp_path, "inner/a.png", "inner/b.jpg")
        assert inside(tmp_path) == ["inner/a.png"]

    def test_does_without_lines_that_mean_nothing(self, tmp_path: Path) -> None:
        repository(tmp_path)
        (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbf!\n[z-a].png\r\na.png\r\n\xff\n")
        make(tmp_path, "a.png", "b.png")
        assert inside(tmp_path) == ["b.png"]

    def test_outside_of_one_gitignore_means_nothing(self, tmp_path: Path) -> None:
        make(tmp_path, "a.png")
        (tmp_path / ".gitignore").write_text("*.png\n")
        assert inside(tmp_path) == ["a.png"]

    @pytest.mark.parametrize(
        "lines",
        [
            ["*", "!*/", "!*.png"],
            ["a/*", "!a/b.png"],
            ["a/**", "!a/b.png"],
            ["**/b.png"],
            ["a/**/b.png"],
            ["a", "!a/b.png"],
            ["/*", "!/a", "/a/*", "!/a/b.png"],
            ["b.png/", "# c.png", "\\#c.png"],
            ["*.png", "!b.png"],
            ["[ab].png", "?.jpg", "a/c"],
            ["c/", "!c/", "c/b.png"],
            ["[[:alpha:]].png", "[!a].jpg", "[^c]"],
            ["\\b.png", "c.png ", "a.jpg\\ ", "a*/*g"],
            ["a**/c.png", "**", "!**/"],
            ["**/c/", "!a/c/", "a/c/*"],
            ["a/**/a", "[", "b.png\\", "[]-b].png"],
        ],
    )
    def test_is_read_as_git_reads_it(self, tmp_path: Path, lines: list[str]) -> None:
        git = ["git", "-C", str(tmp_path), "-c", "core.excludesFile=/dev/null"]
        subprocess.run([*git, "init", "-q"], check=True)
        (tmp_path / ".gitignore").write_text("\n".join(lines) + "\n")
        names = ("b.png", "c.png", "#c.png", "a.jpg")
        make(tmp_path, *(folder + name for folder in ("", "a/", "c/", "a/c/", "a/c/a/") for name in names))
        listing = subprocess.run(
            [*git, "ls-files", "-z", "--others", "--exclude-standard"],
            check=True,
            capture_output=True,
            text=True,
        )
        expected = {name for name in listing.stdout.split("\0") if name and name != ".gitignore"}
        assert set(inside(tmp_path)) == expected


class TestAPattern:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        make(
            tmp_path, "a.png", "b.jpg", "notes.txt", "x/c.png", "x/y/d.png", "x/.h/e.png", ".f.png", "z/c.png"
        )
        return tmp_path

    @pytest.mark.parametrize(
        ("pattern", "found"),
        [
            ("*.png", ["a.png"]),
            ("?.jpg", ["b.jpg"]),
            ("[ab].*", ["a.png", "b.jpg"]),
            ("*", ["a.png", "b.jpg", "x/c.png", "x/y/d.png", "z/c.png"]),
            ("*/c.png", ["x/c.png", "z/c.png"]),
            ("**/*.png", ["a.png", "x/c.png", "x/y/d.png", "z/c.png"]),
            ("x/**", ["x/c.png", "x/y/d.png"]),
            ("**/y/*", ["x/y/d.png"]),
            ("**/**/d.png", ["x/y/d.png"]),
            (".*.png", [".f.png"]),
            ("x/.*/*", ["x/.h/e.png"]),
        ],
    )
    def test_finds_media(self, folder: Path, pattern: str, found: list[str]) -> None:
        assert inside(folder, f"{folder}/{pattern}") == found

    @pytest.mark.parametrize("pattern", ["*.txt", "no/such/*.png", "x/c.png/*", "nope[1].png"])
    def test_without_media_is_an_asset_itself(self, folder: Path, pattern: str) -> None:
        named = f"{folder}/{pattern}"
        first, asset = expand([folder / "a.png", named])
        assert (asset.target, asset.location, asset.is_glob) == (named, named, True)
        assert not first.is_glob

    def test_obeys_a_repository(self, folder: Path) -> None:
        repository(folder, "x/", "b.jpg")
        assert inside(folder, f"{folder}/**/*") == ["a.png", "z/c.png"]
        assert inside(folder, f"{folder}/x/*.png") == ["x/c.png"]

    def test_does_not_run_in_circles(self, folder: Path) -> None:
        for name in ("one", "two"):
            (folder / "x" / name).symlink_to("..")
        assert inside(folder, f"{folder}/**/d.png") == ["x/y/d.png"]

    def test_goes_through_a_link_that_it_spells_out(self, folder: Path) -> None:
        (folder / "link").symlink_to("x")
        assert inside(folder, f"{folder}/li*/*.png") == ["link/c.png"]

    def test_relative_to_where_we_are_keeps_its_spelling(self) -> None:
        for pattern in ("validator/**/*.png", "*.nothing"):
            assert targets(pattern) == [pattern]


class TestACurrentFolderThatIsGone:
    @pytest.fixture(autouse=True)
    def gone(self, tmp_path: Path) -> Iterator[None]:
        (tmp_path / "gone").mkdir()
        with chdir(tmp_path):
            os.chdir("gone")
            (tmp_path / "gone").rmdir()
            yield
            os.chdir(tmp_path)

    @pytest.mark.parametrize("target", [".", "*.png", "../*.png"])
    def test_is_wrong_use_where_it_is_searched(self, target: str) -> None:
        with pytest.raises(UsageError, match=r"current folder cannot be used .*: name targets"):
            targets(target)

    def test_is_no_matter_for_others(self, tmp_path: Path) -> None:
        make(tmp_path, "a.png")
        assert inside(tmp_path, tmp_path, tmp_path / "*.png") == ["a.png"] * 2
        assert targets("b.png", "https://h/c.png") == ["b.png", "https://h/c.png"]


class TestStandardInput:
    def test_holds_one_target_a_line(self, tmp_path: Path) -> None:
        make(tmp_path, "f/a.png")
        text = f"b .png\n\nhttps://h/c.png\r\n{tmp_path}/f\n-"
        assert targets("first.png", "-", "last.png", stdin=text) == [
            "first.png",
            "b .png",
            "https://h/c.png",
            f"{tmp_path}/f/a.png",
            "-",
            "last.png",
        ]

    def test_may_hold_globs(self, tmp_path: Path) -> None:
        make(tmp_path, "a.png")
        text = f"{tmp_path}/*.png\n{tmp_path}/*.mp4\n"
        assert targets("-", stdin=text) == [f"{tmp_path}/a.png", f"{tmp_path}/*.mp4"]

    def test_is_read_as_it_comes(self) -> None:
        reading, writing = os.pipe()
        with open(reading) as stdin, open(writing, "w") as other_side:  # noqa: PTH123 - descriptors
            other_side.write("a.png\n")
            other_side.flush()
            assert next(expand(["-"], stdin=stdin)).target == "a.png"

    def test_that_is_not_there_is_wrong_use(self) -> None:
        with pytest.raises(UsageError, match="standard input"):
            targets("-")

    def test_may_begin_with_a_byte_order_mark(self) -> None:
        assert targets("-", stdin="\ufeffa.png\nb.png\n") == ["a.png", "b.png"]

    def test_of_print0_is_refused_with_what_to_write(self) -> None:
        with pytest.raises(UsageError, match="-print, not -print0"):
            targets("-", stdin="a.png\0[b].png\0")

    @pytest.mark.parametrize(("piece", "words"), [("\0", "NUL"), ("y", "more than 65,536 characters")])
    def test_that_never_ends_is_not_read_to_its_end(self, piece: str, words: str) -> None:
        stdin = io.StringIO(piece * 1_000_000)
        with pytest.raises(UsageError, match=words):
            list(expand(["-"], stdin=stdin))
        assert stdin.tell() < 70_000

    @pytest.mark.parametrize("end", ["", "\n", "\r\n"])
    def test_may_hold_a_line_as_long_as_is_allowed(self, end: str) -> None:
        name = "y" * LONGEST_LINE
        assert targets("-", stdin=f"{name}{end}b.png\n" if end else name)[0] == name

    @pytest.mark.parametrize(
        "start", [b"\x89PNG\r\n", b"\xff\xd8\xff\xe0\n", b"RIFF\x01\x02\x03\x04WEBPVP8\n"]
    )
    def test_that_is_a_medium_is_refused_before_anything_is_judged(self, start: bytes) -> None:
        for encoding, errors in (("utf-8", "surrogateescape"), ("utf-8", "strict"), ("latin-1", "strict")):
            stdin = io.TextIOWrapper(io.BytesIO(start + b"\x1a\n"), encoding=encoding, errors=errors)
            with pytest.raises(UsageError, match="name the file"):
                next(expand(["-"], stdin=stdin))

    def test_that_is_no_text_is_wrong_use(self) -> None:
        stdin = io.TextIOWrapper(io.BytesIO(b"\xff.png\n"), encoding="utf-8")
        with pytest.raises(UsageError, match="utf-8"):
            list(expand(["-"], stdin=stdin))


class TestAList:
    def test_gives_its_assets(self, tmp_path: Path) -> None:
        (tmp_path / "list.toml").write_text('[[assets]]\npath = "a.png"\n')
        assert inside(tmp_path, tmp_path / "list.toml") == ["a.png"]

    def test_that_is_missing_is_wrong_use(self) -> None:
        with pytest.raises(AssetListError, match=r"^no\.json: there is no such list$"):
            targets("no.json")


@given(st.text(max_size=30))
def test_any_other_text_is_one_file_that_keeps_its_name(text: str) -> None:
    special = text == "-" or is_url(text) or text.lower().endswith(LIST_EXTENSIONS)
    name = f"no-such-folder/{text}"
    if not special and not any(character in text for character in "*?["):
        (asset,) = expand([name])
        assert (asset.target, asset.is_url) == (name, False)


@given(st.text(max_size=30))
def test_no_text_makes_expanding_fail(text: str) -> None:
    try:
        list(expand([f"no-such-folder/{text}", f"no-such-folder/*{text}"]))
    except AssetListError:
        assert text.lower().endswith(LIST_EXTENSIONS)
