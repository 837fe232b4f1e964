"""`validator doctor`: what is there of all that judging needs, and what brings the rest."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from validator._version import __version__
from validator.cli.folder import current_folder
from validator.cli.output import ReaderGone, StandardOutput
from validator.cli.session import Session
from validator.cli.synonym import Synonym
from validator.config import load_config
from validator.report.escape import encodable, inert_json, printable

if TYPE_CHECKING:
    from validator.doctor import Check

_SCHEMA_VERSION = 1
_NARROWEST = 24  # columns for what is folded; with less, the terminal does it
_INDENT = " " * 9


@click.command(short_help="Say what is installed, and what brings the rest.")
@click.option(
    "--format",
    "--output-format",
    "output_format",
    cls=Synonym,
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A table for people, or JSON for programs.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Look for models where this file says, not the nearest validator.toml or pyproject.toml.",
)
@click.pass_obj
def doctor(session: Session, /, output_format: str, config: Path | None) -> int:
    """Look for the decoders, models, programs and system libraries that judging uses.

    Below each missing one stands the command that brings it. Nothing is changed, and no network is used.

    Exit code: 0 all that is needed is there; 1 something needed is missing or broken. What is optional
    does not count.
    """
    from validator.doctor import Surroundings, examine, is_fit

    models = load_config(current_folder(), config).models
    checks = examine(
        Surroundings(models=Path(models) if models else None, cancelled=session.stop.cancel.is_set)
    )
    fit = is_fit(checks)
    if output_format == "json":
        text = as_json(checks, fit=fit)
    else:
        width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 0
        text = table(checks, width)
    with contextlib.suppress(ReaderGone):  # whoever reads it has seen enough
        StandardOutput(sys.stdout).write(text)
    return 0 if fit else 1


def as_json(checks: Sequence[Check], *, fit: bool) -> str:
    """One JSON document, a line feed at its end."""
    import msgspec

    report = {
        "schema_version": _SCHEMA_VERSION,
        "tool": {"name": "seedance-validator", "version": __version__},
        "fit": fit,
        "checks": [
            {name: encodable(value) if isinstance(value, str) else value for name, value in each.items()}
            for each in map(msgspec.structs.asdict, checks)
        ],
    }
    return inert_json(msgspec.json.format(msgspec.json.encode(report), indent=2).decode()) + "\n"


def table(checks: Sequence[Check], width: int = 0) -> str:
    """One line for each, what mends it below, and a sentence; details folded to `width` columns if not 0.

    >>> from validator.doctor import Check
    >>> ffmpeg = Check(
    ...     name="ffmpeg", kind="program", state="missing", needed=False, detail="for repairs",
    ...     mend="apt-get install ffmpeg",
    ... )
    >>> print(table([ffmpeg]), end="")
    missing  ffmpeg (optional)  for repairs
             help: apt-get install ffmpeg
    <BLANKLINE>
    All that is needed is there; 1 optional thing is missing or broken.
    """
    names = [_title(check) for check in checks]
    room = max(map(len, names), default=0)
    lines = [
        line
        for check, name in zip(checks, names, strict=True)
        for line in _lines(check, f"{check.state:7}  {name:{room}}  ", width)
    ]
    return "".join(f"{line}\n" for line in [*lines, "", _summary(checks)])


def _title(check: Check) -> str:
    optional = "" if check.needed or check.state == "ok" else " (optional)"
    return printable(f"{check.name} {check.version}".rstrip() + optional)


def _lines(check: Check, start: str, width: int) -> Iterator[str]:
    detail = printable(check.detail)
    if width == 0 or len(start) + len(detail) <= width:
        yield (start + detail).rstrip()
    else:
        yield start.rstrip()
        yield from (_INDENT + line for line in _folded(detail, width - len(_INDENT)))
    if check.mend:
        # Never folded here: a terminal folds a command so that it can still be copied.
        yield f"{_INDENT}help: {printable(check.mend)}"


def _folded(text: str, room: int) -> list[str]:
    if room < _NARROWEST:
        return [text]
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)


def _summary(checks: Sequence[Check]) -> str:
    bad = [check for check in checks if check.state != "ok"]
    needed = sum(check.needed for check in bad)
    start = "All that is needed is there" if not needed else f"Needed, and missing or broken: {needed}"
    optional = len(bad) - needed
    if not optional:
        return f"{start}."
    return f"{start}; {optional} optional thing{' is' if optional == 1 else 's are'} missing or broken."
