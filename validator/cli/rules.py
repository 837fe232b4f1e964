"""`validator rules`: the rule table, or one rule explained."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator

import click

from validator.cli.output import ReaderGone, StandardOutput
from validator.errors import UsageError
from validator.profile import Profile, load_profile
from validator.report.rule_page import as_text
from validator.report.rule_paragraphs import severity_words
from validator.rule import Rule
from validator.suggest import closest


@click.command(short_help="List the rules, or explain one.")
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@click.option(
    "--profile",
    metavar="NAME|FILE",
    default="seedance-2.0",
    show_default=True,
    help="Whose rules: a shipped profile, or a TOML file of your own.",
)
def rules(codes: tuple[str, ...], profile: str) -> int:
    """List all rules, or explain one: limit, why, source, example, how to mend.

    CODE is a rule's code (VID005), its name (video-pixels), or a prefix (VID).
    """
    chosen = load_profile(profile)
    width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 0
    pages = [_page(code, chosen, width) for code in codes] or [table(chosen.rules, width)]
    with contextlib.suppress(ReaderGone):  # whoever reads rules has seen enough of them
        StandardOutput(sys.stdout).write("\n".join(pages))
    return 0


def _page(code: str, profile: Profile, width: int) -> str:
    wanted = code.casefold()
    for rule in profile.rules:
        if wanted in (rule.code.casefold(), rule.name):
            return as_text(rule, profile, min(width or 80, 100))
    family = [rule for rule in profile.rules if rule.code.casefold().startswith(wanted) and wanted]
    if not family:
        raise UsageError(f'there is no rule "{code}" in {profile.info.name}.{_did_you_mean(code, profile)}')
    return table(family, width)


def _did_you_mean(code: str, profile: Profile) -> str:
    by_key = {key: rule for rule in profile.rules for key in (rule.code, rule.name)}
    for written in (code.upper(), code.lower()):
        close = closest(written, by_key)
        if close:
            rule = by_key[close]
            return f" Did you mean {rule.code} ({rule.name})?"
    return " `validator rules` lists them all."


def table(rules: Iterable[Rule], width: int = 0) -> str:
    """Rules in columns, one a line; folded to `width` columns where that is not 0.

    >>> from validator.profile import load_profile
    >>> print(table([load_profile()["FIL002"]]), end="")
    code    name        severity  summary
    FIL002  file-empty  error     The file has at least one byte.
    """
    rows = [("code", "name", "severity", "summary")]
    rows += [(rule.code, rule.name, severity_words(rule), rule.summary) for rule in rules]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "".join(f"{line}\n" for row in rows for line in _row(row, widths, width))


def _row(row: tuple[str, str, str, str], widths: list[int], width: int) -> Iterator[str]:
    start = "".join(f"{cell:{size}}  " for cell, size in zip(row[:3], widths, strict=True))
    room = width - len(start)
    if width == 0 or room < 20:
        yield start + row[3]
        return
    first, *others = textwrap.wrap(row[3], room)
    yield start + first
    yield from (" " * len(start) + line for line in others)
