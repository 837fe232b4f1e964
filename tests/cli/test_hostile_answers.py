"""Whatever the service answers, in whatever field: no terminal is commanded, and nothing else is deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import briefly
from tests.upload.driving import Asked, item, listed, says, scripted
from validator.cli import main
from validator.cli.service import Out

ESCAPES = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e\n::error::x"
REQUEST = {
    "model": "m",
    "prompt": "[Image 1]",
    "metadata": {
        "content": [
            {
                "type": "image_url",
                "role": "reference_image",
                "image_url": {"url": "asset://asset-20260318071009-xy98z"},
            }
        ]
    },
}
COMMANDS = [
    ["groups", "list"],
    ["groups", "create", "Ada"],
    ["groups", "update", "group-1", "--name", "Bob"],
    ["groups", "delete", "group-1", "--yes"],
    ["assets", "list"],
    ["assets", "show", "asset-1"],
    ["assets", "show", "asset-1", "--url"],
    ["assets", "wait", "asset-1", "--timeout", "1"],
    ["assets", "delete", "asset-1", "--yes"],
    ["session", "start"],
    ["session", "wait", "s-1", "--timeout", "1"],
    ["upload", "https://a.invalid/a.png", "--group", "group-1"],
    ["request", "lint", "--online", "request.json"],
    ["request", "new", "--online", "--prompt", "x", "asset-1"],
]

Output = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORCAROUTER_API_KEY", "sk-orca-0123456789abcdef")
    (tmp_path / "request.json").write_text(json.dumps(REQUEST))
    return tmp_path


def configure(folder: Path, url: str) -> None:
    (folder / "validator.toml").write_text(
        f'[service]\nbase-url = "{url}"\n[upload]\njournal = "j.sqlite3"\nlist-lag = 0.1\n'
    )


def hostile(*, ids: bool) -> Any:
    """A service whose every text holds escapes, ids too or all but them."""
    more = ESCAPES if ids else ""

    def answer(asked: Asked) -> bytes:
        failed = {"Code": f"X{ESCAPES}", "Message": f"m{ESCAPES}"}
        texts = {"Name": f"n{ESCAPES}", "ProjectName": ESCAPES, "Description": ESCAPES}
        asset = {
            **item(f"asset-1{more}", status="Failed", Error=failed),
            **texts,
            "URL": f"https://x/{ESCAPES}",
        }
        group = {"Id": f"group-1{more}", "GroupType": "AIGC", **texts}
        session = {
            "session_id": f"s-1{more}",
            "status": "success",
            "group_id": f"group-1{more}",
            "h5_link": f"https://x/{ESCAPES}",
        }
        if "session" in asked.path:
            return says(session)
        if asked.verb != "GET":
            return says({"Id": f"group-1{more}"})
        if asked.path.endswith("/groups"):
            return says(listed(group))
        return says(listed(asset) if asked.path.endswith("/files") else asset)

    return answer


@pytest.mark.parametrize("ids", [True, False], ids=["ids too", "texts"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_answer_commands_the_terminal(
    here: Path, capsys: Output, command: list[str], *, ids: bool
) -> None:
    with scripted(hostile(ids=ids)) as server:
        configure(here, server.url)
        main(command, sleep=briefly)
    captured = capsys.readouterr()
    assert server.calls
    for text in (captured.out, captured.err):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "bug" not in captured.err


def test_lines_are_made_safe_whatever_they_hold(capsys: Output) -> None:
    Out().lines([f"group-1{ESCAPES}", "  ::error::y"])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("group-1\\x1b]0;pwned\\x07")
    assert second == "  \\x3a:error::y"


def test_only_what_was_asked_for_is_deleted(here: Path, capsys: Output) -> None:
    with scripted(says(item("asset-2"))) as server:
        configure(here, server.url)
        main(["assets", "delete", "asset-1", "--yes"], sleep=briefly)
    assert not any("asset-2" in call for call in server.calls)
    assert "asset-2 was deleted" not in capsys.readouterr().out


def test_another_asset_that_is_active_is_not_the_one_that_was_waited_for(here: Path) -> None:
    with scripted(says(item("asset-2"))) as server:
        configure(here, server.url)
        assert main(["assets", "wait", "asset-1", "--timeout", "1"], sleep=briefly) == 2
