"""A shell in front of the tests' own asset library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.service.fixture import ServiceAccount


@pytest.fixture
def shell(
    tmp_path: Path,
    service: ServiceAccount,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORCAROUTER_API_KEY", service.key)
    made = Shell(tmp_path, service, capsys)
    made.configure()
    return made
