"""`validator rules`: the rule table, or one rule explained."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import click
import msgspec

from validator.cli import suggested
from validator.cli.output import ReaderGone, StandardOutput
from validator.cli.synonym import Synonym
from validator.errors import UsageError
from validator.profile import Profile, load_profile
from validator.report.rule_page import as_markdown, as_text, of_profile
from validator.report.rule_paragraphs import severity_words
from validator.rule import Rule
from validator.suggest import closest

_NARROWEST = 24  # columns for what is folded


class _Asked(msgspec.Struct, frozen=True):
    """What one CODE names: a rule, or with `is_family` all whose codes begin so."""

    rules: tuple[Rule, ...]
    is_family: bool = True


def _text(asked: list[_Asked], profile: Profile, width: int) -> str:
    return "\n".join(
        table(each.rules, width) if each.is_family else as_text(each.rules[0], profile, min(width or 80, 100))
        for each in asked
    )


def _json(asked: list[_Asked], profile: Profile, _: int) -> str:
    from validator.report.rule_document import as_json
    from validator.run import TOOL

    codes = {rule.code for each in asked for rule in each.rules}
    return as_json((rule for rule in profile.rules if rule.code in codes), profile, TOOL)


def _markdown(asked: list[_Asked], profile: Profile, _: int) -> str:
    return "\n".join(
        of_profile(profile, each.rules) if each.is_family else as_markdown(each.rules[0], profile)
        for each in asked
    )


_FORMATS: Mapping[str, Callable[[list[_Asked], Profile, int], str]] = MappingProxyType(
    {"text": _text, "json": _json, "markdown": _markdown}
)


@click.command(short_help="List the rules, or explain one.")
@click.argument("codes", metavar="[CODE]...", nargs=-1, shell_complete=suggested.rules)
@click.option(
    "--profile",
    metavar="NAME|FILE",
    default="seedance-2.0",
    show_default=True,
    shell_complete=suggested.profiles,
    help="Whose rules: a shipped profile, or a TOML file of your own.",
)
@click.option(
    "--format",
    "--output-format",
    "output_format",
    cls=Synonym,
    type=click.Choice(tuple(_FORMATS)),
    default="text",
    show_default=True,
    help="For people, for programs (all that is known of each rule), or for a page of your own.",
)
def rules(codes: tuple[str, ...], profile: str, output_format: str) -> int:
    """List all rules, or explain one: limit, why, source, example, how to mend.

    CODE is a rule's code (VID005), its name (video-pixels), or a prefix (VID).
    """
    chosen = load_profile(profile)
    width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 0
    asked = [_asked(code, chosen) for code in codes] or [_Asked(chosen.rules)]
    text = _FORMATS[output_format](asked, chosen, width)
    with contextlib.suppress(ReaderGone):  # whoever reads rules has seen enough of them
        StandardOutput(sys.stdout, "the rules").write(text)
    return 0


def _asked(code: str, profile: Profile) -> _Asked:
    wanted = code.casefold()
    for rule in profile.rules:
        if wanted in (rule.code.casefold(), rule.name):
            return _Asked((rule,), is_family=False)
    family = tuple(rule for rule in profile.rules if rule.code.casefold().startswith(wanted) and wanted)
    if not family:
        raise UsageError(f'there is no rule "{code}" in {profile.info.name}.{_did_you_mean(code, profile)}')
    return _Asked(family)


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
    if width == 0 or width < _NARROWEST:  # the terminal folds by itself
        yield start + row[3]
        return
    below = room < _NARROWEST  # then the summary stands there, under the name
    indent = " " * (widths[0] + 2 if below else len(start))
    if below:
        yield start.rstrip()
    first, *others = textwrap.wrap(row[3], width - len(indent))
    yield indent + first if below else start + first
    yield from (indent + line for line in others)
