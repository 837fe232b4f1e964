"""Copies lie in the output folder, whatever their originals are called, and no two in one place."""

from __future__ import annotations

import threading
import time
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator import Asset
from validator.repair.naming import LONGEST, Names, ending_of, plain_name


def places(names: Names, *paths: str, format_name: str = "mp4") -> list[str]:
    return [names.place(Asset(path, path), format_name).as_posix() for path in paths]


class TestPaths:
    def test_what_lies_in_a_named_folder_keeps_its_path_from_there_on(self, tmp_path: Path) -> None:
        names = Names(Path("out"), [str(tmp_path)])
        assert places(names, f"{tmp_path}/a.webm", f"{tmp_path}/b/c/d.mp4") == ["out/a.mp4", "out/b/c/d.mp4"]

    def test_folders_of_several_that_are_named_do_not_mix(self, tmp_path: Path) -> None:
        names = Names(Path("out"), [f"{tmp_path}/faces", f"{tmp_path}/clips/"])
        found = places(names, f"{tmp_path}/faces/a.mp4", f"{tmp_path}/clips/a.mp4")
        assert found == ["out/faces/a.mp4", "out/clips/a.mp4"]

    def test_a_file_keeps_its_path_from_the_current_folder_on(self, tmp_path: Path) -> None:
        with chdir(tmp_path):
            assert places(Names(Path("out")), "clips/./a.mp4", str(tmp_path / "b.mp4")) == [
                "out/clips/a.mp4",
                "out/b.mp4",
            ]

    def test_what_lies_elsewhere_keeps_its_name(self, tmp_path: Path) -> None:
        with chdir(tmp_path):
            assert places(Names(Path("out")), "../../etc/a.mp4", "/b.mp4") == ["out/a.mp4", "out/b.mp4"]

    def test_the_current_folder_may_be_named(self, tmp_path: Path) -> None:
        with chdir(tmp_path):
            assert places(Names(Path("out"), ["."]), "./sub/a.mp4") == ["out/sub/a.mp4"]

    def test_of_a_folder_that_is_named_by_its_parent(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        with chdir(tmp_path / "in"):
            assert places(Names(Path("out"), [".."]), "../a.mp4") == ["out/a.mp4"]

    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("https://host/faces/ada.webm?key=secret#part", "ada.mp4"),
            ("https://host/..%2F..%2Fetc%2Fpasswd", "passwd.mp4"),
            ("https://host/%2e%2e", "copy.mp4"),
            ("https://host/", "copy.mp4"),
            ("https://host/a%00b%0ac.mp4", "a_b_c.mp4"),
            ("https://host/..\\..\\a.mp4", "copy.mp4"),  # malformed: it is not even sent
        ],
    )
    def test_a_url_keeps_the_end_of_its_path(self, url: str, name: str) -> None:
        assert Names(Path("out")).place(Asset(url, url, is_url=True), "mp4") == Path("out", name)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "copy"),
        [
            ("-y.mp4", "-y.mp4"),
            ("a%03d.mp4", "a%03d.mp4"),
            ("concat:a|b.mp4", "concat:a|b.mp4"),
            ("a\nb.mp4", "a_b.mp4"),
            ("caf\udce9.mp4", "caf_.mp4"),
            (".mp4", ".mp4.mp4"),
            ("clip.final", "clip.final.mp4"),
            ("clip.tar.webm", "clip.tar.mp4"),
            ("CLIP.MP4", "CLIP.MP4"),
            ("clip.m4v", "clip.mp4"),
            ("clip.ts", "clip.mp4"),
            ("clip.RMVB", "clip.mp4"),
            ("a\\..\\b.mp4", "a_.._b.mp4"),
        ],
    )
    def test_a_name_stays_as_far_as_it_can(self, name: str, copy: str, tmp_path: Path) -> None:
        with chdir(tmp_path):
            assert places(Names(Path("out")), name) == [f"out/{copy}"]

    def test_a_long_name_leaves_room_for_its_ending(self, tmp_path: Path) -> None:
        with chdir(tmp_path):
            first, second = places(Names(Path("out")), "顔" * 80 + ".webm", "顔" * 80 + ".mkv")
        assert first.endswith("顔.mp4")
        assert second.endswith("顔-mkv.mp4")
        assert max(len(Path(each).name.encode()) for each in (first, second)) <= LONGEST

    def test_of_two_that_one_ending_brings_together_the_second_names_its_own(self, tmp_path: Path) -> None:
        names = ["i.avif", "i.bmp", "i.PSD", "i.png", "i-psd.tga", "x/i.bmp", "../i.bmp", "i.BMP", "i"]
        with chdir(tmp_path):
            found = places(Names(Path("out")), *names, format_name="png")
        assert [each.removeprefix("out/") for each in found] == [
            *("i.png", "i-bmp.png", "i-PSD.png", "i-png.png", "i-psd-tga.png"),
            *("x/i.png", "i-bmp-2.png", "i-BMP-3.png", "i-2.png"),
        ]

    def test_the_name_of_another_original_is_left_to_its_copy(self, tmp_path: Path) -> None:
        (tmp_path / "a.mp4").touch()
        one, other = (str(tmp_path / name) for name in ("a.mkv", "a.mp4"))
        assert places(Names(Path("out"), [str(tmp_path)]), one, other) == ["out/a-mkv.mp4", "out/a.mp4"]
        assert places(Names(Path("out"), [str(tmp_path)]), other) == ["out/a.mp4"]

    def test_names_that_some_file_systems_take_for_one_are_told_apart(self, tmp_path: Path) -> None:
        with chdir(tmp_path):
            found = places(
                Names(Path("out")), "a.webm", "A.mkv", "a-2.avi", "e\u0301.mp4", "\xe9.webm", "sub/a.webm"
            )
        assert found == [
            "out/a.mp4",
            "out/A-mkv.mp4",
            "out/a-2.mp4",
            "out/e\u0301.mp4",
            "out/\xe9-webm.mp4",
            "out/sub/a.mp4",
        ]

    def test_other_formats_of_one_name_are_no_collision(self) -> None:
        names = Names(Path("out"))
        assert [names.place(Asset("a.x", "a.bmp"), each).name for each in ("png", "jpeg")] == [
            "a.png",
            "a.jpg",
        ]

    @pytest.mark.parametrize(
        ("format_name", "extension", "ending"),
        [("jpeg", "jpe", "jpe"), ("png", "jpg", "png"), ("wav", "", "wav"), ("new-format", "", "new-format")],
    )
    def test_endings(self, format_name: str, extension: str, ending: str) -> None:
        assert ending_of(format_name, extension) == ending

    @pytest.mark.parametrize(
        ("name", "plain"),
        [("a:b?.png", "a_b_.png"), ("CON", "_CON"), ("Com1.mp4", "_Com1.mp4"), ("a. ", "a._")],
    )
    def test_windows_has_names_of_its_own(self, name: str, plain: str) -> None:
        assert plain_name(name, windows=True) == plain


class Slow(dict[str, str]):
    """Tells what it holds a little late, so that another thread may have come meanwhile."""

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        time.sleep(0.01)
        return found


def test_no_two_threads_get_one_place() -> None:
    names, start, found = Names(Path("out")), threading.Barrier(3), list[Path]()

    names._taken = Slow()  # noqa: SLF001 - the moment between looking and taking is too short to be met

    def ask() -> None:
        start.wait(30)
        found.append(names.place(Asset("a.png", "a.png"), "png"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.name for each in found) == ["a-2.png", "a-3.png", "a.png"]


@given(st.text(max_size=30), st.booleans())
def test_no_name_leads_out_of_the_folder(name: str, is_url: bool) -> None:
    location = f"https://host/{name}" if is_url else f"/elsewhere/{name}"
    place = Names(Path("/out")).place(Asset(location, location, is_url=is_url), "png")
    assert place.parent == Path("/out")
    assert place.suffix.lower() == ".png"
    assert place.name not in {"", ".", ".."}
    assert not {"\0", "/", "\n"} & set(place.name)
    place.name.encode()
