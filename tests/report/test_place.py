"""Where an asset lies, as other tools name it."""

from __future__ import annotations

import os
from contextlib import chdir
from pathlib import Path

import pytest

from tests.report.samples import link, missing
from validator.cli import main
from validator.report.place import artifact_uri, checkout_of, checkout_path, is_relative, named, path_within


@pytest.mark.parametrize(
    ("target", "path", "uri"),
    [
        ("a.png", "a.png", "a.png"),
        ("./a.png", "a.png", "a.png"),
        ("clips//./b/../a.png", "clips/a.png", "clips/a.png"),
        ("..a/b.png", "..a/b.png", "..a/b.png"),
        ("/media/a b.png", "/media/a b.png", "file:///media/a%20b.png"),
        ("//media/a.png", "//media/a.png", "file:///media/a.png"),
        ("c:a.png", "c:a.png", "c%3Aa.png"),
        ("back\\slash.png", "back\\slash.png", "back%5Cslash.png"),
        ("caf\udce9.png", "caf\udce9.png", "caf%E9.png"),
        ("", "", ""),
    ],
)
def test_files(target: str, path: str, uri: str) -> None:
    result = missing(target)
    assert (checkout_path(result), artifact_uri(result)) == (path, uri)
    assert is_relative(uri) is not uri.startswith("file:")


@pytest.mark.parametrize(
    ("target", "path"),
    [("../a b.png", "../a b.png"), ("clips/../../a b.png", "../a b.png"), ("..", "..")],
)
def test_a_file_outside_of_the_current_folder_has_its_whole_path(
    target: str, path: str, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    with chdir(tmp_path / "in"):
        result = missing(target)
        assert checkout_path(result) == path
        assert path_within(result) == os.path.normpath(tmp_path / "in" / path)
        assert artifact_uri(result) == Path(os.path.normpath(tmp_path / "in" / path)).as_uri()


@pytest.mark.parametrize("target", ["clips/a 1.png", "./clips/a 1.png", "{here}/clips/a 1.png"])
def test_paths_start_at_the_checkout_that_the_current_folder_lies_in(target: str, tmp_path: Path) -> None:
    (tmp_path / "work" / ".git").mkdir(parents=True)
    here = tmp_path / "work" / "media"
    here.mkdir()
    with chdir(here):
        checkout = checkout_of(Path.cwd())
        result = missing(target.format(here=here))
        assert checkout == tmp_path / "work"
        assert checkout_path(result, checkout) == path_within(result, checkout) == "media/clips/a 1.png"
        assert artifact_uri(result, checkout) == "media/clips/a%201.png"
        outside = missing("../../a.png")
        assert artifact_uri(outside, checkout) == (tmp_path / "a.png").as_uri()


def test_reports_for_machines_name_files_from_the_checkout_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "work" / ".git").mkdir(parents=True)
    here = tmp_path / "work" / "media"
    here.mkdir()
    (here / "a.png").write_bytes(b"")
    asked = [
        "--output-format",
        "github",
        "--output-format",
        "sarif=r.sarif",
        "--output-format",
        "gitlab=r.json",
    ]
    with chdir(here):
        assert main(["lint", "--no-config", "--select", "FIL002", "a.png", *asked]) == 1
    assert "file=media/a.png" in capsys.readouterr().out
    assert '"uri":"media/a.png"' in (here / "r.sarif").read_text(encoding="utf-8")
    assert '"path":"media/a.png"' in (here / "r.json").read_text(encoding="utf-8")


def test_where_the_current_folder_is_gone_the_path_stays(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with chdir(tmp_path):
        os.chdir("in")
        (tmp_path / "in").rmdir()
        assert (path_within(missing("../a.png")), artifact_uri(missing("../a.png"))) == ("../a.png",) * 2


@pytest.mark.parametrize(
    ("address", "shown", "uri"),
    [
        ("https://a:b@host/x.png?key=1#c", "https://host/x.png?…", "host/x.png"),
        ("https://host/ä%20b%.png", "https://host/ä%20b%.png", "host/%C3%A4%20b%25.png"),
        ("https://[::1]:8443/a[1].png", "https://[::1]:8443/a[1].png", "%5B%3A%3A1%5D%3A8443/a%5B1%5D.png"),
        ("HTTP://host", "HTTP://host", "host"),
        ("https:/host/a.png", "https:/host/a.png", "https%3A/host/a.png"),
    ],
)
def test_urls(address: str, shown: str, uri: str) -> None:
    result = link(address)
    assert (named(result), checkout_path(result), artifact_uri(result)) == (shown, None, uri)
