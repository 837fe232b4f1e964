from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from validator import __version__
from validator.cli import main
from validator.cli.options import Choices

Output = pytest.CaptureFixture[str]

HEAVY = (
    *("av", "PIL", "pillow_heif", "httpx", "rich", "numpy", "mediapipe", "mutagen"),
    *("platformdirs", "validator.workers", "validator.probe.portrait"),
)


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"], ["rules", "-h"], []])
def test_the_help_page_fits_into_80_columns(arguments: list[str], capsys: Output) -> None:
    main(arguments)
    captured = capsys.readouterr()
    text = captured.out + captured.err
    assert "Usage: validator" in text
    assert max(map(len, text.splitlines())) <= 80


def test_every_option_of_lint_is_explained(capsys: Output) -> None:
    assert main(["lint", "--help"]) == 0
    text = capsys.readouterr().out
    for field in Choices.__struct_fields__:
        assert re.search(rf"--{field.replace('_', '-')}[ ,]", text), field


def test_the_version(capsys: Output) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"validator {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"], ["rules"], ["--version"]])
def test_what_measures_nothing_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from validator.cli import main; main(sys.argv[1:]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True, env=environment
    )
    assert done.stderr == "[]\n"
