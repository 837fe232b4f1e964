"""Command lines as they can be copied into a shell, whatever the names in them are."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence

from validator.intake.url import redact
from validator.model import Asset
from validator.report.columns import columns_of
from validator.report.escape import printable

_INDENT = " " * 4
_GO_ON = " \\"
_OF_COMMANDS = ":#"  # see `printable`: what a runner takes for a command
_OPTION = re.compile(r"-[A-Za-z]")


def redacted(command: Sequence[str], asset: Asset) -> tuple[str, ...]:
    """The arguments without the secrets of a URL.

    >>> redacted(["ffmpeg", "-i", "https://host/a.mp4?key=1"], Asset("https://host/", "…", is_url=True))
    ('ffmpeg', '-i', 'https://host/a.mp4?…')
    """
    return tuple(map(redact, command)) if asset.is_url else tuple(command)


def shell_word(argument: str, *, windows: bool = os.name == "nt") -> str:
    r"""An argument as a shell reads it; what does not show is written as bash, zsh and ksh undo it.

    >>> print(shell_word("a b.mp4", windows=False), shell_word("a\nb.mp4", windows=False))
    'a b.mp4' $'a\x0ab.mp4'
    """
    if windows:
        return printable(subprocess.list2cmdline([argument]))
    if printable(argument) == argument:
        return shlex.quote(argument)
    return "$'" + "".join(map(_escaped, argument)) + "'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return "\\" + character
    if character not in _OF_COMMANDS and printable(character) == character:
        return character
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", errors))


def shell_lines(command: Sequence[str], width: int | None = None) -> list[str]:
    r"""A command on one line; where a width is given, each line but the last ends as a shell goes on by.

    An option stands with its value, and no word is broken: a long one makes a line long.

    >>> for line in shell_lines(["ffmpeg", "-i", "file:in.mp4", "-t", "15", "out.mp4"], 24): print(line)
    ffmpeg -i file:in.mp4 \
        -t 15 out.mp4
    """
    words = [shell_word(argument) for argument in command]
    if width is None or os.name == "nt":
        return [" ".join(words)]
    lines, line = [], ""
    for group in _groups(words):
        longer = f"{line} {group}" if line.strip() else line + group
        if line.strip() and columns_of(longer) > width - len(_GO_ON):
            lines.append(line + _GO_ON)
            line = _INDENT + group
        else:
            line = longer
    return [*lines, line]


def _groups(words: Sequence[str]) -> list[str]:
    """An option together with its value; other words by themselves."""
    groups: list[str] = []
    option = False
    for word in words:
        is_option = _OPTION.match(word) is not None
        if option and not is_option:
            groups[-1] += f" {word}"
        else:
            groups.append(word)
        option = is_option
    return groups
