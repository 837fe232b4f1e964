"""Open files: however few are allowed, a run finds its way with them."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import unmeasured

MEDIA = Path(__file__).parents[1] / "fixtures" / "media"
FEW = 64
CODE = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, ({FEW}, {FEW}))
from validator.cli import program
program()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_no_more_workers_than_can_be_open(tmp_path: Path) -> None:
    names = [
        str(path) for ending in ("png", "jpg", "wav", "mp4") for path in sorted(MEDIA.glob(f"*.{ending}"))
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            CODE,
            "lint",
            "--workers=64",
            "--ignore=POR,GRP",
            "--output-format=json",
            *names,
        ],
        cwd=tmp_path,
        env={
            **unmeasured(),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "VALIDATOR_CACHE": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(json.loads(done.stdout)["assets"]) == len(names) > FEW
    assert os.strerror(errno.EMFILE) not in done.stdout
