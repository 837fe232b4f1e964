"""What ffmpeg logs, and why it failed, in a sentence."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from validator.errors import RepairError
from validator.repair.watched import Bounds, End

_LINES_KEPT = 200
_ERRORS_KEPT = 20
_REASON_AT_MOST = 300  # characters

_PREFIX = re.compile(r"^(?:\[[^\]]*\] )*\[(error|fatal|panic)\] ?")
_FULL = re.compile(r"No space left on device|Disk quota exceeded")
_NO_STATISTICS = re.compile(r"stats file could not be written")
# Version 5.1 ends with 0 where only the last bytes could not be written.
_NOT_WRITTEN = re.compile(
    r"Error writing trailer|Error closing file|av_interleaved_write_frame|packet to the muxer|Error muxing"
)
_NO_MEMORY = re.compile(r"Cannot allocate memory|Out of memory|[Mm]alloc|Resource temporarily unavailable")
_NO_REASON = re.compile(  # what is said after the reason was
    r"Conversion failed!|Error closing file|Error writing trailer|Task finished with|Terminating thread|"
    r"Nothing was written|Could not open encoder before EOF|^\s*$"
)


class Log:
    """What ffmpeg logs: its last lines, and its first errors, whatever it says and however much."""

    def __init__(self, on_log: Callable[[str], object]) -> None:
        self.last: deque[str] = deque(maxlen=_LINES_KEPT)
        self.errors: list[str] = []
        self.is_full = False
        self.is_short_of_memory = False
        self.is_without_statistics = False
        self.unwritten: list[str] = []
        self._on_log = on_log

    def add(self, line: str) -> None:
        """One line, with the level that it begins with."""
        self.last.append(line)
        if _PREFIX.match(line):
            words = _PREFIX.sub("", line)
            self.is_full |= bool(_FULL.search(words))
            self.is_without_statistics |= bool(_NO_STATISTICS.search(words))
            self.is_short_of_memory |= bool(_NO_MEMORY.search(words))
            if _NOT_WRITTEN.search(words):
                self.unwritten = [*self.unwritten[:1], words]
            if len(self.errors) < _ERRORS_KEPT and not _NO_REASON.search(words) and words not in self.errors:
                self.errors.append(words)
        self._on_log(line)

    @property
    def reason(self) -> str:
        """Why it failed, in its own words: what it said first and last of errors."""
        others = [line for line in self.last if not _NO_REASON.search(line)]
        said = self.errors or self.unwritten or others[-1:]
        words = "; ".join(dict.fromkeys(said[:1] + said[-1:]))
        return " ".join(words.split())[:_REASON_AT_MOST].rstrip(". ") or "it does not say why"


class RecipeRefusedError(RepairError):
    """ffmpeg does not do what a recipe asks for, whatever room and time it has: another recipe may do."""


def problem_of(end: End, log: Log, bounds: Bounds) -> RepairError | None:
    """Why there is no copy, as a sentence; `None` where there is one.

    >>> str(problem_of(End(-9), Log(print), Bounds(60, 60)))
    'ffmpeg was ended by SIGKILL before it was done; the system does that where memory is short.'
    """
    lacks = {  # the first that holds
        f"ffmpeg took more than {bounds.seconds:g} s and was stopped.": end.late == "seconds",
        f"ffmpeg told no progress for {bounds.silence:g} s and was stopped.": end.late == "silence",
        "The disk is full, so the copy could not be written: free some space, or name another folder.": (
            log.is_full
        ),
        "ffmpeg could not write the statistics of its first pass: free some space for temporary files.": (
            log.is_without_statistics
        ),
        f"The copy grew beyond {bounds.file_bytes or 0:,} bytes, so ffmpeg was stopped.": (
            end.signal_name == "SIGXFSZ"
        ),
        f"ffmpeg ran out of memory: {log.reason}.": end.code != 0 and log.is_short_of_memory,
        "ffmpeg was ended by SIGKILL before it was done; the system does that where memory is short.": (
            end.signal_name == "SIGKILL"
        ),
    }
    refusals = {
        f"ffmpeg was ended by {end.signal_name} before it was done.": bool(end.signal_name),
        f"ffmpeg failed (exit code {end.code}): {log.reason}.": end.code != 0,
        f"ffmpeg could not write the whole copy: {log.reason}.": bool(log.unwritten),
    }
    for kind, known in ((RepairError, lacks), (RecipeRefusedError, refusals)):
        for sentence, holds in known.items():
            if holds:
                return kind(sentence)
    return None
