"""The service for tests: one process for all of them, an account for each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.process import unmeasured

_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ServiceProcess:
    """The service in a process of its own."""

    port: int
    control: httpx.Client

    def account(self, **settings: Any) -> ServiceAccount:
        """A new account with a key of its own; for `settings` see tests.service.settings."""
        answer = self.control.post("/_control/accounts", json=settings)
        return ServiceAccount(self, answer.raise_for_status().json()["key"])

    def serve(self, folder: Path) -> str:
        """A public address for the files below a folder; ends with a slash."""
        answer = self.control.post("/_control/folders", json={"path": str(folder)})
        return str(answer.raise_for_status().json()["url"])


@dataclass(frozen=True)
class ServiceAccount:
    """One account, and the hand that rules its fate."""

    service: ServiceProcess
    key: str

    @property
    def base_url(self) -> str:
        """What a client takes for the service's address."""
        return f"http://127.0.0.1:{self.service.port}/v1"

    def configure(self, **settings: Any) -> None:
        """Change some settings; see tests.service.settings."""
        self._control("PATCH", "settings", settings)

    def fail(self, fault: str | Sequence[str], operation: str = "*", **how: Any) -> None:
        """Plan a fault beside those there are; see tests.service.settings and tests.service.faults."""
        self._control("POST", "faults", [{"fault": fault, "operation": operation, **how}])

    def heal(self) -> None:
        """Plan no faults any more."""
        self._control("PUT", "faults", [])

    def state(self) -> dict[str, Any]:
        """All that the account holds, and the calls it made."""
        found: dict[str, Any] = self._control("GET", "state").json()
        return found

    def assets(self) -> list[dict[str, Any]]:
        """The assets that are not deleted."""
        return [asset for asset in self.state()["assets"] if not asset["Deleted"]]

    def wait_for_calls(
        self, count: int, operation: str = "*", *, phase: str = "worked", wait: float = 10.0
    ) -> int:
        """Wait until so many calls have "arrived", or are "worked" on; how many that were meanwhile."""
        query = f"seen?count={count}&operation={operation}&phase={phase}&wait={wait}"
        return int(self._control("GET", query).json()["count"])

    def end_session(
        self, session_id: str, *, status: str = "success", person: str = "ada", name: str = ""
    ) -> str:
        """Let a person come; returns the new group's id, "" where the status is not "success"."""
        said = {"status": status, "person": person, "name": name}
        return str(self._control("POST", f"sessions/{session_id}", said).json().get("group_id", ""))

    def serve(self, folder: Path) -> str:
        """A public address for the files below a folder; ends with a slash."""
        return self.service.serve(folder)

    def _control(self, verb: str, path: str, body: Any = None) -> httpx.Response:
        url = f"/_control/accounts/{self.key}/{path}"
        return self.service.control.request(verb, url, json=body).raise_for_status()


@contextmanager
def running_service(settings: str = "{}") -> Iterator[ServiceProcess]:
    """The service, which ends with this, or with the process that started it."""
    command = [sys.executable, "-m", "tests.service", "--until-input-ends", "--settings", settings]
    with subprocess.Popen(
        command, cwd=_CHECKOUT, env=unmeasured(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            base = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=base, trust_env=False, timeout=60) as control:
                yield ServiceProcess(port, control)
        finally:
            process.stdin.close()
            try:
                process.wait(10)
            finally:
                process.kill()


@pytest.fixture(scope="session")
def service_process() -> Iterator[ServiceProcess]:
    """The service, for all tests."""
    with running_service() as process:
        yield process


@pytest.fixture
def service(service_process: ServiceProcess) -> ServiceAccount:
    """A fresh account of the service."""
    return service_process.account()
