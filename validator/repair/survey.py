"""What is measured of an original beyond its verdict, so that a copy of it can be planned."""

from __future__ import annotations

from dataclasses import dataclass

from validator.model import MediaFacts
from validator.repair.streams import Streams


@dataclass(frozen=True)
class Survey:
    """`facts`: the media's, where its format is not one that is judged; `None` where the verdict's hold.

    `streams`: of a clip or a sound. `problem`: why no copy can be made of it, a whole sentence; or empty.
    """

    facts: MediaFacts | None = None
    streams: Streams | None = None
    problem: str = ""
