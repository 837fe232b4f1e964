"""action.yml as GitHub would run it: its own lines, in bash, with what a workflow says as variables alone."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.cli.media import photo
from tests.github_action.checkouts import Origin, git
from tests.nobody import IGNORED
from validator.cli import main

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}

needs_bash = pytest.mark.skipif(os.name != "posix", reason="needs a shell")


def example(start: str) -> str:
    """A block of the README, by its first line."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return str(next(block for block in blocks if block.startswith(start)))


def checked(schema: str, path: Path) -> str:
    """What the schema that GitHub or GitLab publish for such a file has against it."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def given(step: dict[str, Any], inputs: dict[str, str]) -> dict[str, str]:
    """The variables of a step, in which each input has its value, or its default."""
    values = {name: inputs.get(name, each["default"]) for name, each in ACTION["inputs"].items()}
    known = {f"${{{{ inputs.{name} }}}}": value for name, value in values.items()}
    return {name: known[value] for name, value in step["env"].items()}


class Job:
    """A job on a runner, in which this package is installed already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = folder / "seedance-validator" / "environment"
        venv.create(environment)
        (packages,) = environment.glob("lib/*/site-packages")
        (packages / "installed.pth").write_text(f"{CHECKOUT}\n{sysconfig.get_path('purelib')}\n")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "RUNNER_TEMP": str(folder),
            "GITHUB_ACTION_PATH": str(CHECKOUT),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
        }

    def lint(self, origin: Origin, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Check the pull request out into a folder of the workspace, and lint it."""
        (self.folder / "event.json").write_text(json.dumps(origin.pull_request()))
        checkout = origin.checkout(self.folder / "checkout", origin.merged())
        inputs = {"working-directory": checkout.name, **inputs}
        step = STEPS["Lint"]
        assert step["shell"] == "bash"
        assert step["working-directory"] == "${{ inputs.working-directory }}"
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder / inputs["working-directory"],
            env={**self.environment, **given(step, {"args": " ".join(IGNORED), **inputs})},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def outputs(self) -> dict[str, str]:
        """What the workflow can read."""
        return dict(line.split("=", 1) for line in (self.folder / "output").read_text().splitlines())


def test_github_takes_the_file() -> None:
    assert checked("vendor.github-actions", CHECKOUT / "action.yml") == ""


@pytest.mark.parametrize(
    ("start", "schema"),
    [("# .github/workflows", "vendor.github-workflows"), ("# .gitlab-ci.yml", "vendor.gitlab-ci")],
)
def test_the_readme_s_examples_are_taken(start: str, schema: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yml"
    path.write_text(example(start))
    assert checked(schema, path) == ""


def test_the_readme_s_workflow_says_what_the_action_knows() -> None:
    (job,) = yaml.safe_load(example("# .github/workflows"))["jobs"].values()
    assert set(job["steps"][-1]["with"]) <= set(ACTION["inputs"])
    section = README.partition("## GitHub Action")[2].partition("\n## ")[0]
    assert [name for name in (*ACTION["inputs"], *ACTION["outputs"]) if f"`{name}`" not in section] == []


def test_the_readme_s_pipeline_leaves_the_reports_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = yaml.safe_load(example("# .gitlab-ci.yml"))["media"]
    monkeypatch.chdir(tmp_path)
    photo(tmp_path / "cast" / "ada.png")
    (command,) = job["script"]
    assert main([*shlex.split(command)[1:], *IGNORED]) == 0
    left = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert left == set(job["artifacts"]["reports"].values())


def test_no_shell_sees_what_a_workflow_says() -> None:
    lines = [step["run"] for step in STEPS.values() if "run" in step]
    assert len(lines) == 2
    assert not [line for line in lines if "${{" in line]


def test_every_input_reaches_a_step_and_every_output_is_told() -> None:
    text = (CHECKOUT / "action.yml").read_text()
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in text] == []
    outputs = {name: output["value"] for name, output in ACTION["outputs"].items()}
    assert outputs == {name: f"${{{{ steps.lint.outputs.{name} }}}}" for name in outputs}


def test_code_scanning_tells_jobs_and_matrices_apart() -> None:
    """GitHub's own action does, unless it is told a category."""
    assert STEPS["Upload SARIF"]["with"]["category"] == "${{ inputs.category }}"
    assert ACTION["inputs"]["category"]["default"] == ""


@needs_bash
@pytest.mark.parametrize(("size", "code", "verdict"), [((640, 480), 0, "pass"), ((299, 400), 1, "fail")])
def test_a_pull_request(tmp_path: Path, size: tuple[int, int], code: int, verdict: str) -> None:
    origin = Origin.new(tmp_path / "origin")
    # A package and a module that lie in wait for whoever starts Python in the checkout.
    trap = b"raise SystemExit('imported from the checkout')"
    picture = photo(tmp_path / "x.png", size).read_bytes()
    origin.commit({"$(touch pwned)": b"named, and of no change"}, "main")
    git(origin.folder, "checkout", "--quiet", "topic")
    origin.commit({"validator/__init__.py": trap, "json.py": trap, "$(touch pwned) `id`\n-.png": picture})
    job = Job(tmp_path / "job")
    done = job.lint(origin, paths=".\n$(touch pwned)")
    assert (done.returncode, done.stderr) == (code, "")
    assert {"verdict": verdict, "assets": "1"}.items() <= job.outputs.items()
    assert set(job.outputs) == set(ACTION["outputs"])
    assert json.loads(Path(job.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert (job.folder / "summary").stat().st_size
    assert not list(tmp_path.rglob("pwned"))


@needs_bash
def test_it_is_installed_away_from_the_workflow_s_python(tmp_path: Path) -> None:
    """The step's own lines, with a Python that writes down what it is asked."""
    asked = tmp_path / "asked"
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{asked}"\n'
        f'[ "$3" != venv ] || {{ mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; }}\n'
    )
    python.chmod(0o755)
    subprocess.run(
        [
            "bash",
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            "-c",
            STEPS["Install seedance-validator"]["run"],
        ],
        env={
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(tmp_path / "a b"),
            "GITHUB_ACTION_PATH": str(CHECKOUT),
            "PYTHON": str(python),
        },
        cwd=tmp_path,
        check=True,
    )
    new, install = asked.read_text().splitlines()
    assert new == f"-I -m venv {tmp_path}/a b/seedance-validator/environment"
    assert install.startswith("-I -m pip install ")
    assert install.endswith(str(CHECKOUT))
