"""A whole number on the command line."""

from __future__ import annotations

from typing import Any

import click


class Whole(click.IntRange):
    """A whole number within bounds, which are said in words where it is none, or outside."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number.

        Raises:
            click.BadParameter: it is none, or out of bounds.

        >>> Whole(1, 64).convert("8", None, None)
        8
        """
        try:
            number: int = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no whole number {self._bounds}.", param, ctx)
        return number

    @property
    def _bounds(self) -> str:
        if self.max is None:
            return f"from {self.min:,}"
        return f"from {self.min:,} to {self.max:,}"
