"""Judges as ever, by workers that each leave a note when they load: the engines' processes import this."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from validator import Config, Decoders, FaceFinder
from validator.batch import BatchLinter
from validator.probe.decode_worker import handler as decode
from validator.probe.portrait.worker import handler as look

NOTES = "TESTS_ENGINES_NOTES"
"""The environment names the folder of the notes; each is called after what was loaded, and its process."""


def note(what: str) -> None:
    """One file for each time that something was loaded."""
    number = len(list(Path(os.environ[NOTES]).iterdir()))
    Path(os.environ[NOTES], f"{what}.{os.getpid()}.{number}").touch()


def decoding(argument: bytes) -> Callable[..., bytes]:
    """What runs in a decoding process."""
    note("decoders")
    return decode(argument)


def looking(argument: bytes) -> Callable[[memoryview], bytes]:
    """What runs in a process that looks for faces: it loads the models."""
    note("models")
    return look(argument)


class CountedLinter(BatchLinter):
    """The same linter, whose workers leave notes."""

    def __init__(self, config: Config, *, keep: Sequence[str] = ()) -> None:
        note("linter")
        super().__init__(
            config,
            keep=keep,
            decoders=Decoders(processes=1, handler=f"{__name__}:decoding"),
            faces=FaceFinder(handler=f"{__name__}:looking"),
        )
