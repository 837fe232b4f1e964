"""`validator lint`: judge targets, and write the report as the results come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from validator.cli.lint_run import carried_out, planned
from validator.cli.options import Choices, lint_options
from validator.cli.session import Session
from validator.errors import UsageError


@click.command(short_help="Judge files, folders, URLs and asset lists.")
@click.argument("targets", metavar="[TARGET]...", nargs=-1, type=click.Path(path_type=str, readable=False))
@lint_options
@click.pass_obj
def lint(session: Session, /, targets: tuple[str, ...], **said: Any) -> int:
    """Judge every TARGET by the documented limits; the current folder where there is none.

    A TARGET is a file, a folder, a glob, an http(s) URL, an asset list (TOML, JSON, JSONL, CSV or
    Parquet), or - for one target a line from standard input.
    """
    choices = Choices(**said)
    named = targets or (".",)
    if choices.watch:
        from validator.cli.watch import watched

        return watched(session, choices, named)
    plan = planned(choices)
    return plan.exit_code(carried_out(plan, session, named, targets))


def choices_of(options: Sequence[str]) -> Choices | None:
    """What the options of `validator lint` say, without judging; `None` where they only ask for help.

    Raises:
        UsageError: one of them makes no sense.

    >>> choices_of(["--fail-on", "warning"]).fail_on
    'warning'
    """
    try:
        said = lint.make_context("lint", list(options)).params
    except click.exceptions.Exit:
        return None
    except click.ClickException as error:
        raise UsageError(error.format_message()) from error
    return Choices(**{name: value for name, value in said.items() if name != "targets"})
