"""`validator uploads`: what the journal remembers, without a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.shell import Shell


@pytest.fixture
def uploaded(shell: Shell) -> Shell:
    """Two pictures that are Active, each in a group of its own."""
    for at in range(2):
        photo(shell.folder / f"ada-{at}.png", (640, 400 + at))
    shell.serve()
    for at in range(2):
        assert shell.upload(f"ada-{at}.png", "--group", shell.group(f"Ada {at}")).code == 0
    return shell


def test_the_newest_comes_first(uploaded: Shell) -> None:
    said = uploaded("uploads")
    assert (said.code, said.err) == (0, "")
    head, *rows = said.out.splitlines()
    assert head.split() == ["when", "(UTC)", "state", "asset", "group", "target"]
    assert [row.split()[-1] for row in rows] == ["ada-1.png", "ada-0.png"]
    assert [row.split()[2] for row in rows] == ["active", "active"]


def test_as_json(uploaded: Shell) -> None:
    newest, oldest = uploaded("uploads", "--format", "json").json["uploads"]
    assert (newest["target"], oldest["target"]) == ("ada-1.png", "ada-0.png")
    assert newest["location"] == str(uploaded.folder / "ada-1.png")
    assert newest["finished"] is True
    assert newest["reference"] == f"asset://{newest['asset_id']}"
    assert newest["kind"] == "image"
    assert newest["created"].endswith("Z")
    assert newest["service"] == uploaded.account.base_url
    assert uploaded.account.key not in json.dumps([newest, oldest])


def test_it_can_be_narrowed(uploaded: Shell) -> None:
    newest, oldest = uploaded("uploads", "--format", "json").json["uploads"]
    only = uploaded("uploads", "--group", oldest["group_id"], "--format", "json").json["uploads"]
    assert only == [oldest]
    assert uploaded("uploads", "--limit", "1", "--format", "json").json["uploads"] == [newest]
    assert uploaded("uploads", "--unfinished").out == "Nothing of this kind was uploaded.\n"


def test_no_key_and_no_network_are_needed(uploaded: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORCAROUTER_API_KEY")
    calls = uploaded.account.state()["calls"]
    assert uploaded("uploads").code == 0
    assert uploaded.account.state()["calls"] == calls


def test_a_journal_that_is_not_there_is_not_made(shell: Shell) -> None:
    said = shell("uploads")
    path = shell.folder / "journal.sqlite3"
    assert (said.code, said.out) == (0, "Nothing was uploaded.\n")
    assert said.err == f"validator: the journal is {path}\n"
    assert not path.exists()


def test_another_journal(uploaded: Shell, tmp_path: Path) -> None:
    said = uploaded("uploads", "--journal", str(tmp_path / "other.sqlite3"))
    assert (said.code, said.out) == (2, "")
    assert said.err == f"validator: error: there is no journal {tmp_path / 'other.sqlite3'}\n"
    (tmp_path / "broken.sqlite3").write_bytes(b"no journal at all" * 100)
    said = uploaded("uploads", "--journal", "broken.sqlite3")
    assert (said.code, said.out) == (2, "")
    assert "broken.sqlite3" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--limit", "0"], ["--group", "a b"], ["ada"]])
def test_what_makes_no_sense(shell: Shell, arguments: list[str]) -> None:
    said = shell("uploads", *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("validator: error: ")


def test_names_do_nothing_to_a_terminal(shell: Shell) -> None:
    name = "a\x1b[2J.png"
    photo(shell.folder / name)
    shell.serve()
    shell.upload(name, "--group", shell.group())
    said = shell("uploads")
    assert "\x1b" not in said.out
    assert "a\\x1b[2J.png" in said.out
