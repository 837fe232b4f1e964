"""An option of `validator lint` that another command refuses, with the reason."""

from __future__ import annotations

from typing import Any

import click


def refused(name: str, reason: str, *, flag: bool = False) -> Any:
    """The option, which no help page shows."""

    def refuse(context: click.Context, _: click.Parameter, value: object) -> None:
        if value and not context.resilient_parsing:
            raise click.UsageError(f"{name} is for `validator lint`: {reason}.")

    return click.option(name, hidden=True, expose_value=False, is_flag=flag, callback=refuse)
