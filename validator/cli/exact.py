"""A number on the command line that stays exact, as the limits are."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import click

from validator.quantity import exact, parse_number

Taken = Callable[[click.Context, click.Parameter, str | None], Fraction | None]
"""What click calls with a value of an option."""


def exact_number(low: int = 0, high: int | None = None, unit: str = "") -> Taken:
    """A number from `low` on, and up to `high` where there is one: 4, 1.5 or 24000/1001.

    `unit` may stand behind it, as people write it.

    >>> exact_number(unit="s")(click.Context(click.Command("x")), click.Option(["--start"]), "1.5s")
    Fraction(3, 2)
    """

    def taken(_context: click.Context, _parameter: click.Parameter, said: str | None) -> Fraction | None:
        if said is None:
            return None
        try:
            number = parse_number(said.strip().removesuffix(unit).rstrip())
        except ValueError as error:
            raise click.BadParameter(f"{said!r} is not a number such as 4, 1.5 or 24000/1001.") from error
        if number < low or (high is not None and number > high):
            most = "" if high is None else f" and at most {high}"
            raise click.BadParameter(f"{exact(number)} is out of bounds: it is at least {low}{most}.")
        return number

    return taken
