"""`validator upload --resume` where not all that was left can be taken up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.upload.driving import Asked, item, listed, says, scripted
from validator.cli import main
from validator.errors import QuotaExceeded, ServiceUnavailable
from validator.model import GroupKind, Kind
from validator.upload.ending import hints, text
from validator.upload.forward import Upload
from validator.upload.journal import Journal
from validator.upload.journal_rows import Intended
from validator.upload.outcome import Outcome, Step
from validator.upload.records import AssetGroup

Output = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORCAROUTER_API_KEY", "sk-orca-0123456789abcdef")
    return tmp_path


def configure(folder: Path, url: str) -> None:
    (folder / "validator.toml").write_text(
        f'[service]\nbase-url = "{url}"\n[upload]\njournal = "j.sqlite3"\nlist-lag = 0.1\n'
    )


def begun(
    folder: Path, url: str, number: int, *, created: bool, remembered: Mapping[str, Any], location: str
) -> None:
    """An upload of one picture that was cut short."""
    group = AssetGroup(f"group-{number}", "Ada", GroupKind.VIRTUAL)
    sha256 = str(number) * 64
    shown = f"{number}.png" if location else f"https://h.invalid/{number}.png?…"
    with Journal(folder / "j.sqlite3") as journal:
        picture = Intended(shown, location, not location, None, Kind.IMAGE, sha256, 10)
        journal.begin(url, group, [picture], folder=str(folder), remembered=remembered)
        if created:
            made = {"name": f"a-{sha256[:16]}", "asset_id": f"asset-{number}"}
            journal.record(url, group.id, sha256, Step.CREATED, **made)


def active(asked: Asked) -> bytes:
    """A service whose assets are all Active."""
    if asked.path.endswith("/files"):
        return says(listed())
    return says(item(asked.path.rsplit("/", 1)[1]))


def test_what_cannot_be_taken_up_is_not_active(here: Path, capsys: Output) -> None:
    with scripted(active) as server:
        configure(here, server.url)
        begun(here, server.url, 1, created=False, remembered={}, location="")
        assert main(["upload", "--resume"]) == 2
        captured = capsys.readouterr()
        assert "https://h.invalid/1.png?… cannot be resumed" in captured.err
        assert "nothing to resume" not in captured.err
        begun(here, server.url, 2, created=True, remembered={}, location="/nowhere/2.png")
        assert main(["upload", "--resume"]) == 2
        assert "2.png  Active" in capsys.readouterr().out


def test_one_that_cannot_be_taken_up_does_not_stop_the_others(here: Path, capsys: Output) -> None:
    gone = str(here / "gone.toml")
    with scripted(active) as server:
        configure(here, server.url)
        for number, remembered in ((1, {}), (2, {"choices": {"config": gone}}), (3, {})):
            begun(here, server.url, number, created=True, remembered=remembered, location=f"/no/{number}.png")
        assert main(["upload", "--resume", "--output-format", "json"]) == 2
        captured = capsys.readouterr()
    outcomes = {each["target"]: each["outcome"] for each in json.loads(captured.out)["assets"]}
    assert outcomes == {"1.png": "active", "2.png": "processing", "3.png": "active"}
    assert f"validator: error: group-2 (Ada): {gone}: No such file or directory\n" in captured.err


def test_an_address_with_a_slash_at_its_end_is_the_same_service(here: Path, capsys: Output) -> None:
    with scripted(active) as server:
        configure(here, f"{server.url}/")
        begun(here, server.url, 1, created=True, remembered={}, location="/no/1.png")
        assert main(["upload", "--resume", "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["outcome"] for each in document["assets"]] == ["active"]
    assert document["service"] == server.url


def test_a_quota_is_not_said_to_be_mended_by_running_again() -> None:
    unsent = (Outcome("a.png", "not-sent"),)
    full = Upload(AssetGroup("group-1", "Ada"), (), unsent, error=QuotaExceeded("no room"))
    assert hints([full]) == ("error: no room",)
    down = Upload(AssetGroup("group-2", "Bob"), (), unsent, error=ServiceUnavailable("down"))
    errors = hints([full, down])
    assert errors[:2] == ("error: group-1 (Ada): no room", "error: group-2 (Bob): down")
    assert errors[2].startswith("1 asset was not sent")


def test_a_group_of_which_nothing_is_told_has_no_heading() -> None:
    from validator.report.base import Look

    uploads = [Upload(AssetGroup(f"group-{at}", ""), (), (Outcome("a.png", "active"),) * at) for at in (0, 1)]
    assert "group-0" not in text(uploads, Look())
