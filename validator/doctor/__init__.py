"""What is there of all that judging needs, and the command that brings what is missing."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from validator._version import __version__
from validator.doctor.check import Check, Surroundings
from validator.doctor.decoders import decoders
from validator.doctor.faces import faces
from validator.doctor.ffmpeg import ffmpeg
from validator.doctor.tools import batch, cache, likeness, publish
from validator.workers import Workers

__all__ = ["Check", "Surroundings", "examine", "is_fit"]


def examine(where: Surroundings | None = None) -> tuple[Check, ...]:
    """Look for everything, in the order in which it is of interest. Changes nothing, uses no network.

    Raises:
        Cancelled: asked to stop while waiting for a worker process.
    """
    where = where or Surroundings()
    first = msgspec.json.encode([str(folder) for folder in where.first])
    with Workers("validator.doctor.trial:start", first, limit=1, seconds=where.seconds) as workers:
        return (
            *_ourselves(),
            *decoders(),
            *faces(where, workers),
            cache(where),
            ffmpeg(where),
            *likeness(where, workers),
            *publish(where, workers),
            *batch(where, workers),
        )


def _ourselves() -> Iterator[Check]:
    where, home = sys.executable or "", str(Path(__file__).parents[1])
    yield Check(name="Python", kind="program", needed=True, version=platform.python_version(), detail=where)
    yield Check(name="validator", kind="package", needed=True, version=__version__, detail=home)


def is_fit(checks: Iterable[Check]) -> bool:
    """Whether all that is needed is there.

    >>> is_fit([Check(name="ffmpeg", kind="program", state="missing", needed=False)])
    True
    """
    return all(check.state == "ok" for check in checks if check.needed)
