"""Face workers do without matplotlib, which leaves folders behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from validator.probe.portrait.no_plots import leave_out_plots

CODE = f"""
from {leave_out_plots.__module__} import leave_out_plots
leave_out_plots()
import mediapipe.tasks.python.vision, sys
print(getattr(sys.modules["matplotlib"], "__file__", "not loaded"))
"""


def test_mediapipe_can_be_imported_without_it_and_leaves_nothing(tmp_path: Path) -> None:
    pytest.importorskip("mediapipe", exc_type=ImportError)
    home = {"HOME": "/nonexistent", "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env={**os.environ, **home}, capture_output=True, text=True, check=False
    )
    if "cannot open shared object" in done.stderr:
        pytest.skip("libraries of the system are missing")
    assert done.stdout.strip() == "not loaded", done.stderr
    assert list(tmp_path.iterdir()) == []
