"""A time on the command line, in seconds."""

from __future__ import annotations

import math
import re
from typing import Any

import click

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_WITH_UNIT = re.compile(r"(\d{1,6}(?:\.\d+)?) ?([a-z]+)", re.IGNORECASE)


class Seconds(click.FloatRange):
    """A number of seconds within bounds; what has a unit is refused, and told which number is meant."""

    name = "number of seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number.

        Raises:
            click.BadParameter: it is none, or out of bounds.
        """
        if isinstance(value, str):
            written = _WITH_UNIT.fullmatch(value.strip())
            size = _UNITS.get(written[2].lower()) if written else None
            if written and size:
                self.fail(
                    f"{value!r} is not a number of seconds: write {float(written[1]) * size:g}.", param, ctx
                )
        found: float = super().convert(value, param, ctx)
        if not math.isfinite(found):  # not a number is within any bounds
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return found
