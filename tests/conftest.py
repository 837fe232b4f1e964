"""What all tests may ask for, and what none of them may touch."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.service.fixture import service, service_process

__all__ = ["service", "service_process"]


def pytest_configure() -> None:
    """Whoever is started in the background ignores Ctrl-C, and so would the commands that tests interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def nobodys_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Journals and their locks lie in a folder of this run, also those of commands that tests start."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield
