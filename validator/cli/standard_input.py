"""Lines of standard input as they come: nobody waits for the next one to see what the last one gave."""

from __future__ import annotations

import codecs
import io
import select
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from validator.intake.targets import LONGEST_LINE

_SECONDS = 0.1  # between two looks at whether a line has come
_CHUNK = 65_536


def lines_of(stream: TextIO | None) -> Iterable[str | None] | None:
    """The lines of a stream that nobody has read from yet; in between `None`, as often as none has come.

    A line that is no target, by its length or by a NUL, is given as far as it has come: what reads on until
    its end may never stop.

    Where nobody can tell whether one has come (on Windows, or without a file behind the stream), it is the
    stream itself: its next line is waited for.

    >>> list(lines_of(io.StringIO("a.png")))
    ['a.png']
    """
    if not isinstance(stream, io.TextIOWrapper) or sys.platform == "win32":
        return stream
    try:
        stream.fileno()
    except (OSError, ValueError):
        return stream
    return _arriving(stream)


def _arriving(stream: io.TextIOWrapper) -> Iterator[str | None]:
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(stream.encoding)(stream.errors or "strict"), translate=True
    )
    begun: list[str] = []  # a line whose end has not come
    length = 0  # of that
    while True:
        if not select.select([stream], (), (), _SECONDS)[0]:
            yield None
            continue
        data = stream.buffer.read1(_CHUNK)  # type: ignore[attr-defined]  # buffered, and so it has one
        *ends, start = decoder.decode(data, final=not data).split("\n")
        for end in ends:
            yield "".join((*begun, end, "\n"))
            begun.clear()
        begun.append(start)
        length = length + len(start) if len(begun) > 1 else len(start)
        if length > LONGEST_LINE or "\0" in start:
            yield "".join(begun)
            begun.clear()
        if not data:
            break
    if any(begun):
        yield "".join(begun)
