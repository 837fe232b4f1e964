"""Rows 78 to 82 for a whole upload: linted, published, created, waited for, and taken up again."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.catalogue import MEDIA
from tests.cli.process import environment, finish, start
from tests.hostile.uploading import Forwarder, forwarding
from tests.intake.servers import answer, in_turn, saying, serving
from tests.service.fixture import ServiceAccount
from validator.errors import ServiceError
from validator.upload.outcome import Event

PICTURE, OTHER, THIRD = "image-301x400.png", "image-400x1000.png", "image-1000x400.png"
PNG = "Content-Type: image/png"


@pytest.fixture
def forward(service: ServiceAccount, tmp_path: Path) -> Iterator[Forwarder]:
    with forwarding(service, tmp_path) as forwarder:
        yield forwarder


@pytest.fixture
def picture(forward: Forwarder) -> Path:
    return Path(shutil.copy(MEDIA / PICTURE, forward.folder / "ada.png"))


def test_row_78_a_delivery_whose_creates_are_never_answered_makes_each_once(
    service: ServiceAccount, forward: Forwarder
) -> None:
    for name in (PICTURE, OTHER, THIRD):
        shutil.copy(MEDIA / name, forward.folder)
    service.fail(["lose-answer", "500-after", "truncate"], "create-asset", nth=1, every=True)
    outcomes = forward()
    assert [outcome.outcome for outcome in outcomes] == ["active"] * 3
    assert {asset["Id"] for asset in service.assets()} == {outcome.asset_id for outcome in outcomes}
    assert service.state()["creates"] == 3


def test_row_79_what_is_late_is_waited_for_by_the_next_run(
    service: ServiceAccount, forward: Forwarder, picture: Path
) -> None:
    service.configure(stuck=["ada"])
    (late,) = forward(picture, wait_timeout=0.3)
    assert late.outcome == "timed-out"
    assert late.asset_id == service.assets()[0]["Id"]
    service.configure(stuck=[])
    (found,) = forward(picture)
    assert (found.is_active, found.asset_id) == (True, late.asset_id)
    assert service.state()["calls"]["create-asset"] == 1


def test_row_80_a_file_that_changed_since_it_was_judged_is_refused(
    service: ServiceAccount, forward: Forwarder, picture: Path
) -> None:
    (outcome,) = forward(picture, between=lambda: shutil.copy(MEDIA / OTHER, picture))
    assert outcome.outcome == "changed"
    assert service.state()["calls"].get("create-asset", 0) == 0


def test_row_80_another_file_under_the_public_address_is_refused(
    service: ServiceAccount, forward: Forwarder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(MEDIA / PICTURE, elsewhere / "ada.png")
    shutil.copy(MEDIA / OTHER, forward.folder / "ada.png")
    stale = Forwarder(**{**vars(forward), "folder": elsewhere})
    (outcome,) = stale()
    assert outcome.outcome == "changed"
    assert service.state()["calls"].get("create-asset", 0) == 0


def test_row_80_a_file_that_is_not_on_the_web_is_refused(
    service: ServiceAccount, forward: Forwarder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(MEDIA / PICTURE, elsewhere / "ada.png")
    (outcome,) = Forwarder(**{**vars(forward), "folder": elsewhere})()
    assert outcome.outcome == "not-published"
    assert service.state()["calls"].get("create-asset", 0) == 0


def test_row_80_a_url_that_serves_something_else_when_it_is_forwarded_is_refused(
    service: ServiceAccount, forward: Forwarder
) -> None:
    now = [saying(answer((MEDIA / PICTURE).read_bytes(), PNG))]
    later = saying(answer((MEDIA / OTHER).read_bytes(), PNG))

    def talk(connection: socket.socket, head: str) -> None:
        now[-1](connection, head)

    with serving(talk) as host:
        (outcome,) = forward(f"{host}/ada.png", between=lambda: now.append(later))
    assert outcome.outcome == "changed"
    assert service.state()["calls"].get("create-asset", 0) == 0


def test_row_80_a_url_that_serves_a_page_after_it_was_judged_is_refused(
    service: ServiceAccount, forward: Forwarder
) -> None:
    good = saying(answer((MEDIA / PICTURE).read_bytes(), PNG))
    page = saying(answer(b"<!DOCTYPE html><html><title>Sign in</title></html>", "Content-Type: text/html"))
    with serving(in_turn(good, good, page)) as host:
        (outcome,) = forward(f"{host}/ada.png")
    assert outcome.outcome in ("changed", "not-published")
    assert service.state()["calls"].get("create-asset", 0) == 0


def test_row_80_the_others_go_on(service: ServiceAccount, forward: Forwarder, picture: Path) -> None:
    for name in (OTHER, THIRD):
        shutil.copy(MEDIA / name, forward.folder)
    outcomes = forward(between=lambda: picture.write_bytes(b"no picture"))
    ended = {Path(outcome.target).name: outcome.outcome for outcome in outcomes}
    assert ended == {"ada.png": "changed", OTHER: "active", THIRD: "active"}
    assert len(service.assets()) == 2


class Killed(BaseException):
    """The process is gone, as far as the delivery can see."""


def test_row_81_ended_behind_any_step_and_run_again_loses_and_doubles_nothing(
    service: ServiceAccount, forward: Forwarder, picture: Path
) -> None:
    shutil.copy(MEDIA / OTHER, forward.folder)
    service.configure(processing_seconds=0)
    for last in range(1, 50):
        told: list[Event] = []

        def die(event: Event, told: list[Event] = told, last: int = last) -> None:
            told.append(event)
            if len(told) == last:
                raise Killed

        try:
            outcomes = forward(on_event=die)
        except Killed:
            continue
        break
    else:
        pytest.fail("no run came to its end")
    assert last > 2
    assert all(outcome.is_active for outcome in outcomes)
    assert {asset["Id"] for asset in service.assets()} == {outcome.asset_id for outcome in outcomes}
    assert service.state()["creates"] == 2
    assert picture.exists()


def test_row_81_without_its_journal_what_the_library_holds_is_found(
    service: ServiceAccount, forward: Forwarder, picture: Path, tmp_path: Path
) -> None:
    service.configure(list_lag=0)
    (before,) = forward(picture)
    for path in tmp_path.glob("uploads.sqlite3*"):
        path.unlink()
    (found,) = forward(picture)
    assert (found.outcome, found.asset_id) == ("already-active", before.asset_id)
    assert service.state()["creates"] == 1


def test_row_81_the_same_bytes_under_two_names_are_one_asset(
    service: ServiceAccount, forward: Forwarder, picture: Path
) -> None:
    shutil.copy(picture, forward.folder / "again.png")
    outcomes = forward()
    assert [outcome.is_active for outcome in outcomes] == [True, True]
    assert {outcome.asset_id for outcome in outcomes} == {service.assets()[0]["Id"]}
    assert service.state()["creates"] == 1


def test_row_81_two_at_once_make_nothing_twice(configured: Path, service: ServiceAccount) -> None:
    service.configure(create_seconds=0.3)
    shutil.copy(MEDIA / OTHER, configured / "eve.png")
    command = ("upload", "ada.png", "eve.png", "--new-group", "Ada")
    env = environment(ORCAROUTER_API_KEY=service.key)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with (
        start(*command, cwd=configured, env=env, **quiet) as one,
        start(*command, cwd=configured, env=env, **quiet) as other,
    ):
        codes = sorted([one.wait(60), other.wait(60)])
    assert codes[0] == 0
    assert codes[1] in (0, 2)  # it came when the first had ended, or was told that it is busy
    state = service.state()
    assert (state["creates"], len(state["groups"])) == (2, 1)


@pytest.fixture
def configured(service: ServiceAccount, tmp_path: Path) -> Path:
    """A folder with a picture on the web, and a configuration that leads to the service."""
    shutil.copy(MEDIA / PICTURE, tmp_path / "ada.png")
    (tmp_path / "validator.toml").write_text(
        f"""ignore = ["POR", "GRP"]
allow-private-hosts = true
workers = 1
[service]
base-url = "{service.base_url}"
[upload]
public-url = "{service.serve(tmp_path)}"
list-lag = 0.5
wait-timeout = 20
journal = "journal/uploads.sqlite3"
"""
    )
    return tmp_path


def _uploaded(folder: Path, key: str) -> tuple[int, bytes]:
    """The exit code, and all that was written anywhere."""
    command = ("upload", "ada.png", "--new-group", "Ada", "--output-format", "json", "-o", "report.json")
    code, out, err = finish(*command, cwd=folder, env=environment(ORCAROUTER_API_KEY=key))
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".png", ".toml")]
    return code, b"\n".join([out, err, *(path.read_bytes() for path in files)])


SIGNED = "5ecret5ecret"
LEAKS = (  # by what a service may tell of the request that it got, and of the link that it fetched
    "see request 4711: the key {key} and https://cdn.example/a?X-Amz-Signature=5ecret5ecret",
    "see request 4711: Bearer {key} and GET cdn.example/a?X-Amz-Signature=5ecret5ecret",
    "see request 4711: key={key} and https%3A%2F%2Fcdn.example%2Fa%3FX-Amz-Signature%3D5ecret5ecret",
)


def _tells_nothing(written: bytes, key: str) -> None:
    assert key.encode() not in written
    assert key[-20:].encode() not in written
    assert SIGNED.encode() not in written
    assert b"Traceback" not in written


@pytest.mark.parametrize("message", LEAKS)
@pytest.mark.parametrize(
    ("operation", "fault", "code"),
    [
        ("list-groups", "401", 2),
        ("create-asset", "403", 2),
        ("create-asset", "404", 2),
        ("create-asset", "502-vendor", 1),
        ("create-asset", "200-error", 1),
        ("get-asset", "401", 2),
    ],
)
def test_row_82_a_key_in_the_environment_is_in_no_report_log_error_or_journal(
    configured: Path, service: ServiceAccount, operation: str, fault: str, code: int, message: str
) -> None:
    text = message.format(key=service.key)
    service.fail(fault, operation, every=True, code="FormatUnsupported", message=text)
    ended, written = _uploaded(configured, service.key)
    assert ended == code, written.decode()
    assert b"see request 4711" in written  # the message came through, and what is secret in it did not
    _tells_nothing(written, service.key)


@pytest.mark.parametrize("message", LEAKS)
def test_row_82_nor_is_one_that_the_reason_of_a_failed_asset_names(
    configured: Path, service: ServiceAccount, message: str
) -> None:
    service.configure(rejects={"ada": "DownloadFailed"}, reject_message=message.format(key=service.key))
    ended, written = _uploaded(configured, service.key)
    assert ended == 1, written.decode()
    assert b"DownloadFailed" in written
    assert written.count(b"see request 4711") >= 2  # the report and the journal
    _tells_nothing(written, service.key)
    asset_id = service.assets()[0]["Id"]
    for command in (
        ("assets", "show", asset_id),
        ("assets", "wait", asset_id, "--format", "json"),
        ("uploads", "--format", "json"),
    ):
        _, out, err = finish(*command, cwd=configured, env=environment(ORCAROUTER_API_KEY=service.key))
        assert b"DownloadFailed" in out + err
        _tells_nothing(out + err, service.key)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("get-asset", "delay"),
        ("get-asset", "503"),
        ("create-asset", "lose-answer"),
        ("create-asset", "500-after"),
        ("create-asset", "unreadable"),
        ("create-asset", "429"),
    ],
)
def test_row_82_nor_where_what_failed_is_mended(
    configured: Path, service: ServiceAccount, operation: str, fault: str
) -> None:
    text = LEAKS[0].format(key=service.key)
    service.fail(fault, operation, message=text, seconds=0.0, retry_after="0")
    ended, written = _uploaded(configured, service.key)
    assert ended == 0, written.decode()
    assert service.state()["faults"][fault]
    _tells_nothing(written, service.key)


def test_row_82_the_journal_is_for_its_owner_alone(configured: Path, service: ServiceAccount) -> None:
    ended, _ = _uploaded(configured, service.key)
    assert ended == 0
    (journal,) = configured.glob("journal/uploads.sqlite3")
    with sqlite3.connect(journal) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    if os.name == "posix":
        for path in configured.glob("journal/**/*"):
            assert path.stat().st_mode & 0o077 == 0, path


def test_row_82_the_query_of_a_url_is_in_no_journal(
    service: ServiceAccount, forward: Forwarder, picture: Path, tmp_path: Path
) -> None:
    signed = f"{forward.served}{picture.name}?access_token=5ecret5ecret"
    (outcome,) = forward(signed)
    assert outcome.is_active
    assert service.assets()[0]["GivenURL"] == signed  # the service got all of it
    assert "5ecret5ecret" not in repr(outcome)
    for path in tmp_path.glob("uploads.sqlite3*"):
        assert b"5ecret5ecret" not in path.read_bytes()


def test_row_82_an_error_with_outcomes_tells_no_key(
    service: ServiceAccount, forward: Forwarder, picture: Path
) -> None:
    service.fail("401", "create-asset", every=True)
    with pytest.raises(ServiceError) as refused:
        forward(picture)
    assert service.key not in f"{refused.value!r} {refused.value} {vars(refused.value)}"
