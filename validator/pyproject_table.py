"""Puts the table `[tool.validator]` into the text of a `pyproject.toml`, and changes nothing else of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from validator.errors import ConfigError

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?")
_OURS = ("tool", "validator")


def has_table(text: str) -> bool:
    """Whether there is a table `[tool.validator]`.

    Raises:
        ConfigError: the text is not TOML.

    >>> has_table("[tool.validator]"), has_table("[tool.ruff]")
    (True, False)
    """
    return _table(_parsed(text)) is not None


def with_table(text: str, table: str) -> str:
    r"""The text with our table at its end, or in place of the one that it has; its line ends are kept.

    Raises:
        ConfigError: the text is not TOML, or is written so that the table cannot be put into it.

    >>> with_table('[project]\r\nname = "x"\r\n', "[tool.validator]\nworkers = 1\n")
    '[project]\r\nname = "x"\r\n\r\n[tool.validator]\r\nworkers = 1\r\n'
    """
    before, end = _parsed(text), "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    start, stop = _span(lines) if _table(before) is not None else (len(lines), len(lines))
    head, tail = "".join(lines[:start]), "".join(lines[stop:])
    if head and not head.endswith(("\n", "\r")):
        head += end
    gap = end if head.strip() and not head.endswith(end * 2) else ""
    new = head + gap + table.replace("\n", end) + (end if tail.strip() else "") + tail
    try:
        after = tomllib.loads(new)
    except (ValueError, RecursionError):
        after = {}
    if _table(after) != _table(tomllib.loads(table)) or _without(after) != _without(before):
        raise ConfigError(
            "pyproject.toml writes [tool] so that no table can be put into it: write it there by hand "
            "(`validator init --pyproject --dry-run` prints it), or use a validator.toml"
        )
    return new


def _span(lines: Sequence[str]) -> tuple[int, int]:
    """The lines of our table and of those below it; comments right above the next table are that table's."""
    headers = [(number, _keys(line)) for number, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip())]
    ours = [number for number, keys in headers if keys[:2] == _OURS]
    if not ours:
        return len(lines), len(lines)
    later = [number for number, keys in headers if number > ours[0] and keys[:2] != _OURS]
    if not later:
        return ours[0], len(lines)
    stop = later[0]
    while lines[stop - 1].lstrip().startswith("#"):
        stop -= 1
    return ours[0], stop


def _keys(line: str) -> tuple[str, ...]:
    found = _HEADER.fullmatch(line.rstrip())
    return tuple(key.strip().strip("\"'") for key in found[1].split(".")) if found else ()


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"pyproject.toml: not TOML: {error}") from error


def _table(data: dict[str, Any]) -> Any:
    tool = data.get("tool")
    return tool.get("validator") if isinstance(tool, dict) else None


def _without(data: dict[str, Any]) -> dict[str, Any]:
    """All that is not ours."""
    tool = data.get("tool")
    if not isinstance(tool, dict):
        return data
    others = {name: held for name, held in tool.items() if name != "validator"}
    rest = {name: held for name, held in data.items() if name != "tool"}
    return {**rest, "tool": others} if others else rest
