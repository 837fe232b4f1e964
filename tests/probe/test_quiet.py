"""Decoders warn nobody, and nobody else is silenced for good."""

from __future__ import annotations

import logging
import threading
import warnings

import pytest

from validator.probe.quiet import quiet


def test_warnings_are_silenced_inside_and_heard_outside() -> None:
    with quiet:
        warnings.warn("inside", stacklevel=1)
    with pytest.warns(UserWarning, match="outside"):
        warnings.warn("outside", stacklevel=1)


def test_they_come_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="x"), quiet:
        raise ValueError("x")
    with pytest.warns(UserWarning, match="outside"):
        warnings.warn("outside", stacklevel=1)


def test_threads_that_overlap_leave_everything_as_it_was() -> None:
    before = list(warnings.filters), list(logging.getLogger("PIL").handlers)
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with quiet:
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=first)
    with quiet:
        thread.start()
        entered.wait(5)
    warnings.warn("still inside, by the other thread", stacklevel=1)
    leave.set()
    thread.join()
    assert (list(warnings.filters), list(logging.getLogger("PIL").handlers)) == before


def test_the_log_of_the_decoders_is_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet:
        logging.getLogger("PIL.TiffImagePlugin").error("words")
    assert capfd.readouterr().err == ""
