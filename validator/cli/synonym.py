"""An option that may be spelled in two ways, of which the help page shows one."""

from __future__ import annotations

import copy

import click


class Synonym(click.Option):
    """An option whose help page shows the first of its names alone.

    >>> option = Synonym(["--format", "--output-format", "form"], help="How it looks.")
    >>> option.get_help_record(click.Context(click.Command("x")))
    ('--format TEXT', 'How it looks.')
    """

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """What the help page says of it."""
        shown = copy.copy(self)
        shown.opts = self.opts[:1]
        return click.Option.get_help_record(shown, ctx)
