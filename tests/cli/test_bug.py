from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import environment

# A profile folder that cannot be listed is no use of ours that could go wrong: this stands for any bug.
_WITH_A_BUG = """
import sys
from validator.cli import app, main
@app.application.command()
def broken() -> None:
    raise LookupError("no such thing")
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("arguments", "env", "traced"),
    [
        (["broken"], {}, False),
        (["--debug", "broken"], {}, True),
        (["broken"], {"VALIDATOR_DEBUG": "1"}, True),
    ],
)
def test_a_bug_is_owned_up_to_in_one_sentence(
    arguments: list[str], env: dict[str, str], traced: bool, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITH_A_BUG, *arguments],
        cwd=tmp_path,
        env=environment(**env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    first, *others = done.stderr.splitlines()
    assert first.startswith("validator: error: this is a bug in validator, please report it")
    assert first.endswith("LookupError: no such thing")
    assert bool(others) is traced
