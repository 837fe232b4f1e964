"""Row 81 with real kills: the command is ended by SIGKILL, again and again, while the service fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
    assert count.wrong == [], "\n".join(count.lines())
    assert (count.creates, count.assets) == (200, 200)
    assert count.kills >= 100
