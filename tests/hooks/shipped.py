"""The hooks as shipped, made runnable without an installation: only how they get onto PATH is changed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.nobody import IGNORED

CHECKOUT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())


def hook(identifier: str) -> dict[str, Any]:
    """A hook as it stands in the shipped file."""
    return next(entry for entry in HOOKS if entry["id"] == identifier)


class Repository:
    """A user's repository with one of the hooks in its `.pre-commit-config.yaml`.

    Unless `people` are of interest, the user has nobody looked for. Where none is named, it has none yet.
    """

    def __init__(self, folder: Path, identifier: str | None, *arguments: str, people: bool = False) -> None:
        self.folder = folder / "repository"
        self.folder.mkdir()
        self._environment = _environment(folder)
        self.git("init", "--quiet")
        if identifier is None:
            return
        local = {**hook(identifier), "language": "system"}
        if arguments or not people:
            local["args"] = [*(() if people else IGNORED), *arguments]
        config = {"repos": [{"repo": "local", "hooks": [local]}]}
        (self.folder / ".pre-commit-config.yaml").write_text(json.dumps(config))  # JSON is YAML

    def git(self, *arguments: str) -> None:
        """Run git in here."""
        subprocess.run(["git", *arguments], cwd=self.folder, env=self._environment, check=True)

    def run(self) -> tuple[int, str]:
        """Stage everything and run the hook on it: exit code and output of pre-commit."""
        self.git("add", "--all")
        return self.pre_commit("run", "--all-files")

    def pre_commit(self, *arguments: str) -> tuple[int, str]:
        """Run pre-commit in here: its exit code and its output."""
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", *arguments, "--color", "never"],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


def _environment(folder: Path) -> dict[str, str]:
    """With the checkout's command on PATH, and nothing of this machine's git and pre-commit settings."""
    programs = folder / "bin"
    programs.mkdir()
    shim = programs / "validator"
    python = f"PYTHONPATH={shlex.quote(str(CHECKOUT))} exec {shlex.quote(sys.executable)}"
    shim.write_text(f'#!/bin/sh\n{python} -m validator "$@"\n')
    shim.chmod(0o755)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **ours,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
