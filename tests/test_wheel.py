"""What is built and installed works without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.cli.media import photo, sound
from validator import __version__

pytestmark = pytest.mark.wheel

CHECKOUT = Path(__file__).parents[1]
STEM = f"seedance_validator-{__version__}"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in which nothing points back at the checkout."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    return subprocess.run([*command], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--outdir", folder, CHECKOUT, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    wheel = dist / f"{STEM}-py3-none-any.whl"
    done = run(programs / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return programs


def test_the_wheel_holds_the_rules_the_types_and_the_licence(dist: Path) -> None:
    with zipfile.ZipFile(dist / f"{STEM}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
    assert {
        "validator/rules/media.toml",
        "validator/rules/seedance-2.0.toml",
        "validator/pre-commit-hooks.yaml",
        "validator/cli/shells/validator.bash",
        "validator/py.typed",
        "validator/report/templates/card.html",
        "validator/report/templates/report.css",
        "validator/report/templates/report.js",
        "validator/schemas/report.schema.json",
        f"{STEM}.dist-info/licenses/LICENSE",
    } <= names
    assert not {name.split("/")[0] for name in names} - {"validator", f"{STEM}.dist-info"}


def test_the_sdist_holds_what_is_tested_and_nothing_left_over(dist: Path) -> None:
    with tarfile.open(dist / f"{STEM}.tar.gz") as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "rules/media.toml",
        "rules/seedance-2.0.toml",
        "tests/test_wheel.py",
        ".pre-commit-hooks.yaml",
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
    } <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_installed_command_judges_files_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    media, empty = tmp_path / "media", tmp_path / "empty"
    empty.mkdir()
    good, small, voice = (
        photo(media / "good.png"),
        photo(media / "small.png", (299, 400)),
        sound(media / "a.wav"),
    )
    done = run(installed / "validator", "lint", good, voice, cwd=empty)
    assert (done.returncode, done.stderr) == (0, "")
    done = run(installed / "validator", "lint", "--output-format", "json", small, voice, cwd=empty)
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    assert [asset["verdict"] for asset in report["assets"]] == ["fail", "pass"]
    assert [finding["code"] for finding in report["assets"][0]["findings"]] == ["IMG003"]


def test_the_installed_command_knows_its_rules_and_its_version(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "validator", "rules", "VID005", cwd=tmp_path)
    assert done.returncode == 0
    assert "409,600 to 2,086,876 px" in done.stdout
    done = run(installed / "python", "-m", "validator", "--version", cwd=tmp_path)
    assert done.stdout == f"validator {__version__}\n"
