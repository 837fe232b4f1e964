"""What all tests may ask for, and what none of them may touch."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.service.fixture import service, service_process

if TYPE_CHECKING:
    from validator.probe.decoders import Decoders

__all__ = ["service", "service_process"]


# How long an example takes tells of the other work on the machine, too.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

_COVERAGE_OF_PROCESSES = "COVERAGE_PROCESS_CONFIG"
_AT_ONCE = 3 / 2
"""Test processes for each core where their number is left open (-n auto): half of the time they wait."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many processes run the tests."""
    from validator.cores import usable_cores  # not before coverage is measured

    return int(usable_cores() * _AT_ONCE)


def pytest_configure() -> None:
    """See that Ctrl-C is heard.

    Whoever is started in the background ignores it, and so would the commands that tests interrupt.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def coverage_of_processes() -> Iterator[str]:
    """What lets processes be measured; they are not, since it doubles what starting one of them costs."""
    with pytest.MonkeyPatch.context() as environment:
        wanted = os.environ.get(_COVERAGE_OF_PROCESSES, "")
        environment.delenv(_COVERAGE_OF_PROCESSES, raising=False)
        yield wanted


@pytest.fixture(scope="module")
def measured_processes(coverage_of_processes: str) -> Iterator[None]:
    """For modules that are about processes: what they start is measured, if anything is."""
    with pytest.MonkeyPatch.context() as environment:
        if coverage_of_processes:
            environment.setenv(_COVERAGE_OF_PROCESSES, coverage_of_processes)
        yield


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    """Processes that decode, for the tests of a module: starting one takes longer than what it is asked."""
    from validator.probe.decoders import Decoders

    with Decoders(processes=2) as warm:
        yield warm


@pytest.fixture(scope="session", autouse=True)
def folders_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Journals, their locks and temporary files lie in folders of this run, those of its commands too.

    Where several processes run the tests, each has its own: what one leaves behind is not found by another.
    """
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory() as temporary:
        Path(temporary).chmod(0o711)  # tests become somebody else, who has to get at what is below
        environment.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        environment.setenv("TMPDIR", temporary)
        environment.setattr(tempfile, "tempdir", None)
        yield
