"""A command that is nothing but the name of several: what it says where none of them is meant."""

from __future__ import annotations

import click

from validator.suggest import closest, did_you_mean


class Family(click.Group):
    """Subcommands that belong together, with a sentence for whoever names none of them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand.

        Raises:
            click.UsageError: there is none of this name.
        """
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            names = self.list_commands(ctx)
            known = ", ".join(f"`{ctx.command_path} {name}`" for name in names)
            meant = did_you_mean(closest(args[0], names))
            raise click.UsageError(f'there is no command "{args[0]}" here: use one of {known}.{meant}')
        return super().resolve_command(ctx, args)


def help_where_none_is_meant(context: click.Context) -> None:
    """The help page on standard error, and exit code 2, where no subcommand was named."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(2)
