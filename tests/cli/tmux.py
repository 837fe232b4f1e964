"""A terminal of so many columns, whose screen can be read: tmux, on a server of its own."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

TMUX = shutil.which("tmux")
needs_tmux = pytest.mark.skipif(TMUX is None, reason="there is no tmux to look at a terminal with")

_SETTINGS = "set -g history-limit 5000\nset -g status off\n"
_LONGEST = 60  # seconds; a hang is a failure, not a wait


class Terminal:
    """One tmux server, each of whose windows is a terminal."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        assert TMUX is not None
        settings = folder / "tmux.conf"
        settings.write_text(_SETTINGS)
        self._command = (TMUX, "-u", "-f", str(settings), "-S", str(folder / "socket"))
        self._environment = {**environment, "LC_ALL": "C.UTF-8"}

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments],
            env=self._environment,
            check=True,
            capture_output=True,
            timeout=_LONGEST,
        )
        return done.stdout.decode()

    def run(self, commands: Mapping[str, tuple[int, Sequence[str]]], cwd: Path) -> None:
        """Run commands at once, each on a terminal of this name and so many columns, until all have ended."""
        for name, (width, command) in commands.items():
            line = f"{shlex.join(command)}; tmux wait-for -S {name}; exec sleep {_LONGEST}"
            size = ("-x", str(width), "-y", "50")
            self._tmux("new-session", "-d", "-s", name, *size, "-c", str(cwd), line)
        for name in commands:
            self._tmux("wait-for", name)

    def screen(self, name: str, *, colors: bool = False) -> list[str]:
        """The lines of a terminal, those that were scrolled away too, up to the last that is not empty.

        A line that was too long for it is several here.
        """
        text = self._tmux("capture-pane", "-p", "-S", "-", "-t", f"={name}:", *(("-e",) if colors else ()))
        return text.rstrip("\n").split("\n")

    def close(self) -> None:
        """End the server and all that runs on it."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._tmux("kill-server")


@contextlib.contextmanager
def terminal(environment: Mapping[str, str]) -> Iterator[Terminal]:
    """A terminal that is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="tmux-") as folder:  # a socket's path has to be short
        opened = Terminal(Path(folder), environment)
        try:
            yield opened
        finally:
            opened.close()
