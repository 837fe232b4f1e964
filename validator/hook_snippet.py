"""The shipped pre-commit hooks as a part of somebody's `.pre-commit-config.yaml`."""

from __future__ import annotations

import json
from pathlib import Path

_HEAD = """\
# validator has to be on PATH; in README.md, "pre-commit" says how to let pre-commit install it.
repos:
"""
_NAME = "pre-commit-hooks.yaml"
_INDENT = " " * 6


def shipped_hooks() -> str:
    """The hooks' own file: inside the installed package, or above it in a checkout."""
    package = Path(__file__).parent
    installed = package / _NAME
    path = installed if installed.is_file() else package.parent / f".{_NAME}"
    return path.read_text(encoding="utf-8")


def snippet(config: str = "") -> str:
    """A whole `.pre-commit-config.yaml` with the hooks, which run the command that is installed.

    `config`: the configuration file, where it does not lie beside the snippet.

    >>> [line.strip() for line in snippet("media/validator.toml").splitlines() if "args" in line][0]
    'args: [--config, "media/validator.toml"]'
    """
    return _HEAD + entry(config)


def entry(config: str = "") -> str:
    """The same without what stands once in such a file: one of its repositories."""
    arguments = f"\n  args: [--config, {json.dumps(config)}]" if config else ""
    hooks = shipped_hooks().replace("language: python", f"language: system{arguments}")
    kept = [line for line in hooks.splitlines() if line and not line.startswith("#")]
    return "  - repo: local\n    hooks:\n" + "".join(f"{_INDENT}{line}\n" for line in kept)
