"""Row 81 with real kills: the command is ended by SIGKILL, again and again, while the service fails."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from fixtures.catalogue import MEDIA
from tests.cli.process import finish, start, unmeasured
from tests.service.fixture import ServiceAccount, ServiceProcess
from tests.service.torture import Ordeal, torture

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and process groups")


def test_twelve_files_and_eight_kills(tmp_path: Path) -> None:
    count = torture(tmp_path, Ordeal(assets=12, kills=8, seed=2, bucket=False))
    assert count.wrong == [], "\n".join(count.lines())
    assert (count.creates, count.assets) == (12, 12)
    assert count.kills >= 8


@pytest.mark.slow
def test_two_hundred_files_and_a_hundred_kills(tmp_path: Path) -> None:
    count = torture(tmp_path, Ordeal(assets=200, kills=100))
    sys.stdout.write("".join(f"{line}\n" for line in count.lines()))  # for -s, or -rP
    assert count.wrong == [], "\n".join(count.lines())
    assert (count.creates, count.assets) == (200, 200)
    assert count.kills >= 100


PICTURES = ("image-301x400.png", "image-400x1000.png")
UPLOAD = ("upload", "media", "--new-group", "Ada", "--quiet")


def _prepared(folder: Path, account: ServiceAccount) -> dict[str, str]:
    """Two files on the web, and a configuration; the environment to run in."""
    (folder / "media").mkdir(parents=True)
    for name in PICTURES:
        shutil.copy(MEDIA / name, folder / "media")
    (folder / "validator.toml").write_text(
        f"""ignore = ["POR", "GRP"]
allow-private-hosts = true
workers = 1
[service]
base-url = "{account.base_url}"
[upload]
public-url = "{account.serve(folder)}"
quota = 2
list-lag = 2
wait-timeout = 30
journal = "uploads.sqlite3"
"""
    )
    return {**unmeasured(), "ORCAROUTER_API_KEY": account.key}


def _killed_at_call(number: int, fault: str, folder: Path, account: ServiceAccount) -> bool:
    """Start the command, and kill it when the service has its nth call in hand; whether there was one."""
    env = _prepared(folder, account)
    account.fail(fault, nth=number, seconds=1.0)
    seen = "faults" if fault == "delay" else "faults_worked"
    with start(*UPLOAD, cwd=folder, env=env) as process:
        while process.poll() is None:
            if account.state()[seen].get(fault):
                process.kill()
                return True
            time.sleep(0.005)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["delay", "delay-after"])
def test_killed_at_every_single_call(tmp_path: Path, service_process: ServiceProcess, fault: str) -> None:
    """`delay`: the service does what it was asked when the client is dead; `delay-after`: it has, untold."""
    for number in range(1, 60):
        account = service_process.account(quota=2, processing_seconds=0)
        folder = tmp_path / str(number)
        if not _killed_at_call(number, fault, folder, account):
            break
        env = {**unmeasured(), "ORCAROUTER_API_KEY": account.key}
        code, out, err = finish(*UPLOAD, cwd=folder, env=env)
        state = account.state()
        assert code == 0, (number, out, err)
        assert state["creates"] == 2, number
        assert len(state["groups"]) == 1, number
        assert len({asset["Sha256"] for asset in account.assets()}) == 2, number
    assert number > 8


@pytest.mark.slow
def test_a_bucket_is_left_empty(tmp_path: Path) -> None:
    count = torture(tmp_path, Ordeal(assets=30, kills=20, seed=2, unpublish=True))
    assert count.wrong == [], "\n".join(count.lines())
    assert (count.creates, count.assets) == (30, 30)
