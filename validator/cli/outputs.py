"""Which reports a command line asks for, and where each of them goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from validator.cli.output import Destination, ReaderGone, is_same_file, is_standard_output, open_destination
from validator.errors import UsageError
from validator.report.base import FORMATS, Piece, new_format


@dataclass(frozen=True)
class Wanted:
    """One report: the name of its form, and the file that it goes to; `None`: standard output.

    `what` it is, for messages.
    """

    name: str
    file: str | None = None
    what: str = field(default="the report", repr=False)

    @property
    def previews(self) -> bool:
        """Whether it shows pictures, waveforms and the like."""
        return self.name in FORMATS and FORMATS[self.name].previews

    @property
    def is_binary(self) -> bool:
        """Whether it is no text."""
        return self.name in FORMATS and FORMATS[self.name].is_binary


ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".txt": "text",
        ".json": "json",
        ".jsonl": "jsonl",
        ".csv": "csv",
        ".sarif": "sarif",
        ".xml": "junit",
        ".md": "markdown",
        ".html": "html",
        ".htm": "html",
        ".parquet": "parquet",
        ".pq": "parquet",
    }
)
"""The form of a report by the ending of its file's name, where nothing else says it."""


def wanted(said: Sequence[str], configured: str | None, output: str | None) -> tuple[Wanted, ...]:
    """The reports that `--output-format` and `--output` ask for, of which one at most has no file of its own.

    Args:
        said: each `NAME` or `NAME=FILE`.
        configured: the form where none is said there.
        output: the file of the report that names none itself; its ending says the form where nothing does.

    Raises:
        UsageError: a form that does not exist, two reports for one place, or an empty name of a file.

    >>> wanted(["text", "json=report.json"], None, None)
    (Wanted(name='text', file=None), Wanted(name='json', file='report.json'))
    >>> wanted([], None, "findings.parquet")
    (Wanted(name='parquet', file='findings.parquet'),)
    >>> wanted([], "text", "report.json")
    (Wanted(name='text', file='report.json'),)
    """
    asked = [_split(item) for item in said]
    asked = asked or [Wanted(configured or ENDINGS.get(Path(output or "").suffix.lower(), "text"))]
    bare = [report.name for report in asked if report.file is None]
    if output is not None and not bare:
        raise UsageError(
            f"--output {output} is for a report that names no file, and {asked[0].name} names its own; "
            f"for one more write --output-format NAME={output}"
        )
    if len(bare) > 1:
        one = "" if output is None else f"--output {output} is for one of them: "
        raise UsageError(
            f"two reports cannot go to one place: {' and '.join(bare)} name no file; {one}write "
            f"--output-format {bare[1]}=FILE"
        )
    alone = None if is_standard_output(output) else output
    reports = tuple(Wanted(report.name, report.file or alone) for report in asked)
    taken: set[str] = set()
    for report in reports:
        place = "" if report.file is None else os.path.realpath(report.file)
        if place in taken:
            raise UsageError(f"two reports cannot go to one place: {report.file} is named twice")
        taken.add(place)
    return reports


def _opened(report: Wanted, targets: tuple[str, ...], kept: Mapping[str, str]) -> Destination:
    no_text = "a page for a browser" if report.previews else "a file of bytes" if report.is_binary else ""
    if report.file is None and no_text and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError(
            f"the {report.name} report is {no_text}, not for a terminal: write it into a file by "
            f"--output-format {report.name}=report.{report.name}"
        )
    for name, what in kept.items():
        if report.file is not None and is_same_file(report.file, name):
            raise UsageError(f"cannot write {report.what} to {report.file}: it is {what} of this run")
    # What a profile extends, or a list that standard input names, is not known here by its name.
    if report.file is not None and report.file.endswith(".toml") and os.path.lexists(report.file):
        raise UsageError(
            f"cannot write {report.what} to {report.file}: what ends with .toml is a profile, a "
            "configuration or a list, which is never replaced"
        )
    return open_destination(report.file, targets, report.what)


def _split(item: str) -> Wanted:
    name, equals, file = item.partition("=")
    several = item.split(",")
    if len(several) > 1 and {each.partition("=")[0].strip() for each in several} <= FORMATS.keys():
        each = " ".join(f"--output-format {each.strip()}" for each in several)
        raise UsageError(f"--output-format {item}: say it once for each: {each}")
    new_format(name)
    if equals and not file:
        raise UsageError(f"--output-format {item}: there is no name of a file after the =")
    return Wanted(name, None if not file or is_standard_output(file) else file)


class Destinations:
    """Where several reports go, piece by piece.

    Files take their places together, when all of them lie on the disk; until then, none is there. Whoever
    reads standard output may stop; the files are written all the same.
    """

    def __init__(
        self,
        reports: Sequence[Wanted],
        targets: Iterable[str],
        kept: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Open them all. `kept`: files that none of them may replace, each with what it is.

        Raises:
            UsageError: one cannot be written to, or would take the place of a target or of what is kept.
        """
        named = tuple(targets)
        self._reports = tuple(reports)
        self._places: list[Destination | None] = []
        with ExitStack() as opened:
            for report in reports:
                place = _opened(report, named, kept)
                opened.callback(place.abandon)
                self._places.append(place)
            opened.pop_all()

    def write(self, pieces: Sequence[Piece]) -> None:
        """Write a piece of each report.

        Raises:
            ReaderGone: nobody takes any of them any more.
            UsageError: a disk is full, for example.
        """
        for number, (place, piece) in enumerate(zip(self._places, pieces, strict=True)):
            if place is None or not piece:
                continue
            try:
                place.write(piece)
            except ReaderGone:
                self._places[number] = None
                if not any(self._places):
                    raise

    def commit(self) -> None:
        """The reports are complete: all are finished, and only then does each file take its place.

        Raises:
            UsageError: a disk is full, for example, and no file is there; or a place was taken meanwhile, and
                the message says which files are there all the same.
        """
        for place in self._open():
            place.finish()
        there: list[str] = []
        for report, destination in zip(self._reports, self._places, strict=True):
            if destination is None:
                continue
            try:
                destination.commit()
            except UsageError as error:
                if not there:
                    raise
                raise UsageError(f"{error}; written all the same: {', '.join(there)}") from error
            if report.file is not None:
                there.append(report.file)

    def abandon(self) -> None:
        """The reports will not be complete: leave nothing half done behind."""
        for place in self._open():
            place.abandon()

    def _open(self) -> list[Destination]:
        return [place for place in self._places if place is not None]
