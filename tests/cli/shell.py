"""Commands typed in a folder whose configuration names the tests' own asset library."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.process import environment, finish
from tests.nobody import IGNORED
from tests.service.fixture import ServiceAccount
from validator.cli import main

TO_THE_HOST = "validator: the API key goes to 127.0.0.1:"


def briefly(seconds: float) -> None:
    """Wait, but not long: the service on this machine answers within milliseconds."""
    time.sleep(min(seconds, 0.02))


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote. `err` is without the note on where the key goes."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is one document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """A folder, an account, and the command."""

    folder: Path
    account: ServiceAccount
    capsys: pytest.CaptureFixture[str]
    settings: dict[str, Any] = field(default_factory=dict)

    def configure(self, *lines: str, **upload: Any) -> None:
        """Write the configuration anew; `upload` goes into its table."""
        said = {"list-lag": 0.3, "journal": "journal.sqlite3", **self.settings, **upload}
        table = "\n".join(f"{name.replace('_', '-')} = {json.dumps(value)}" for name, value in said.items())
        first = "\n".join(("allow-private-hosts = true", *lines))
        (self.folder / "validator.toml").write_text(
            f'{first}\n[service]\nbase-url = "{self.account.base_url}"\n[upload]\n{table}\n', encoding="utf-8"
        )

    def serve(self) -> str:
        """Give the files of the folder an address, and write that into the configuration."""
        url = self.account.serve(self.folder)
        self.settings["public-url"] = url
        self.configure()
        return url

    def __call__(self, *arguments: str) -> Said:
        """Run the command in this process."""
        self.capsys.readouterr()
        code = main(list(arguments), sleep=briefly)
        captured = self.capsys.readouterr()
        return Said(code, captured.out, _without_note(captured.err))

    def process(self, *arguments: str, **more: str) -> Said:
        """Run the command as a process of its own."""
        code, out, err = finish(*arguments, cwd=self.folder, env=self.environment(**more))
        return Said(code, out.decode(), _without_note(err.decode()))

    def environment(self, **more: str) -> dict[str, str]:
        """What a process needs to know."""
        return environment(**{"ORCAROUTER_API_KEY": self.account.key, **more})

    def upload(self, *arguments: str) -> Said:
        """Upload without looking for people."""
        return self("upload", *IGNORED, *arguments)

    def group(self, name: str = "Ada") -> str:
        """A new group's id."""
        made = self("groups", "create", name).out.strip()
        self.account.configure(list_lag=0)
        return made


def _without_note(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(TO_THE_HOST))
