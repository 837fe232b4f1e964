"""What is said, and what is refused, where a configuration file decides where the key and the files go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.shell import Shell
from tests.nobody import IGNORED
from tests.upload.driving import Scripted, refuses, scripted
from tests.upload.store_server import StoreServer, store_server
from validator.cli import main

__all__ = ["store_server"]  # a fixture

KEY = "sk-orca-0123456789abcdef"
STRANGER = 65534
GATEWAY = "https://gateway.invalid/v1"
COMMANDS = [
    ["groups", "list"],
    ["assets", "show", "asset-1"],
    ["session", "wait", "s-1"],
    ["upload", "https://a.invalid/a.png", "--group", "group-1"],
    ["upload", "--resume"],
    ["request", "lint", "--online", "request.json"],
    ["request", "new", "--online", "--prompt", "x", "asset-1"],
]

Output = pytest.CaptureFixture[str]


@pytest.fixture
def library() -> Iterator[Scripted]:
    with scripted(refuses(401, "no")) as server:
        yield server


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORCAROUTER_API_KEY", KEY)
    monkeypatch.delenv("ORCAROUTER_BASE_URL", raising=False)
    (tmp_path / "request.json").write_text("{}")
    return tmp_path


def configured(folder: Path, base_url: str, *lines: str) -> Path:
    text = "\n".join((f'[service]\nbase-url = "{base_url}"', *lines))
    file = folder / "validator.toml"
    file.write_text(f'{text}\n[upload]\njournal = "journal.sqlite3"\n')
    return file


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_was_found_sends_the_key_to_no_other_host(
    here: Path, capsys: Output, command: list[str]
) -> None:
    configured(here, GATEWAY)
    assert main(command) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"validator: error: {here / 'validator.toml'} would send the API key to {GATEWAY}: name the file "
        "with --config, or set ORCAROUTER_BASE_URL to this address, if you trust it\n"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_strangers_file_says_nothing_unless_it_is_named(
    here: Path, capsys: Output, library: Scripted, command: list[str]
) -> None:
    file = configured(here, library.url)
    os.chown(file, STRANGER, STRANGER)
    assert main(command) == 2
    assert "belongs to another user" in capsys.readouterr().err
    assert library.calls == []
    main([*command[:2], "--config", "validator.toml", *command[2:]])
    assert "belongs to another user" not in capsys.readouterr().err
    assert library.calls or "--resume" in command or "request.json" in command


def test_a_named_file_says_where_the_key_goes(here: Path, capsys: Output, library: Scripted) -> None:
    configured(here, library.url)
    assert main(["groups", "list", "--config", "validator.toml"]) == 2
    note, error = capsys.readouterr().err.splitlines()
    host = library.url.removeprefix("http://").removesuffix("/v1")
    assert note == f"validator: the API key goes to {host}: base-url in [service] of validator.toml says so"
    assert error.startswith("validator: error: ")
    configured(here, GATEWAY)
    assert main(["groups", "list", "--config", "validator.toml"]) == 2
    assert "would send the API key" not in capsys.readouterr().err


def test_the_environment_says_it_alone(
    here: Path, capsys: Output, library: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    del here
    monkeypatch.setenv("ORCAROUTER_BASE_URL", library.url)
    assert main(["groups", "list"]) == 2
    assert library.calls == ["GET /v1/asset/groups"]
    assert capsys.readouterr().err.splitlines()[0].endswith(": ORCAROUTER_BASE_URL says so")


@pytest.mark.parametrize("said", ["nonsense", "https://staging.invalid/v1", ""])
@pytest.mark.parametrize("command", [["uploads"], ["request", "lint", "request.json"]], ids=" ".join)
def test_who_asks_nobody_does_not_look_where_the_key_goes(
    here: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch, command: list[str], said: str
) -> None:
    configured(here, GATEWAY)
    monkeypatch.setenv("ORCAROUTER_BASE_URL", said)
    assert main(command) == (0 if command == ["uploads"] else 1)  # {} is no request
    captured = capsys.readouterr()
    assert "error: " not in captured.err
    assert "ORCAROUTER" not in captured.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away")
@pytest.mark.parametrize("command", [["uploads"], ["request", "lint", "request.json"]], ids=" ".join)
def test_a_strangers_file_names_no_journal(here: Path, capsys: Output, command: list[str]) -> None:
    file = configured(here, GATEWAY)
    os.chown(file, STRANGER, STRANGER)
    assert main(command) == 2
    assert f"{file} belongs to another user, and says where the key or files go (journal)" in (
        capsys.readouterr().err
    )
    file.write_text(f'[service]\nbase-url = "{GATEWAY}"\n[upload]\nquota = 9\n')
    here.joinpath("mine.sqlite3").touch(mode=0o600)
    main([*command, "--journal", "mine.sqlite3"])
    assert "another user" not in capsys.readouterr().err


def test_an_operation_that_is_asked_for_in_another_way_is_told(
    here: Path, capsys: Output, library: Scripted
) -> None:
    changed = '[service.operations]\ndelete-asset = "POST /asset/files/{asset_id}/delete"'
    file = configured(here, library.url, changed)
    assert main(["groups", "list"]) == 2
    assert capsys.readouterr().err.splitlines()[1] == (
        'validator: delete-asset is "POST /asset/files/{asset_id}/delete" here: [service.operations] of '
        f"{file} says so"
    )
    configured(here, library.url)
    assert main(["groups", "list"]) == 2
    assert "here:" not in capsys.readouterr().err


def test_it_is_told_into_which_bucket_files_are_put(shell: Shell, store_server: StoreServer) -> None:
    photo(shell.folder / "cast" / "ada.png", (640, 400))
    bucket = store_server.make_bucket()
    shell.configure(publish=f"s3://{bucket}/a")
    note = (
        f"validator: files are put into s3://{bucket}/a: publish in [upload] of "
        f"{shell.folder / 'validator.toml'} says so\n"
    )
    where = ("upload", *IGNORED, "cast", "--new-group", "Ada")
    dry = shell.process(*where, "--dry-run", **store_server.environ())
    assert (dry.code, note in dry.err) == (0, False)
    said = shell.process(*where, **store_server.environ())
    assert (said.code, note in said.err) == (0, True)
    shell.configure()
    named = shell.process(*where, "--publish", f"s3://{bucket}/a", **store_server.environ())
    assert (named.code, "files are put" in named.err) == (0, False)
