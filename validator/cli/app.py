"""The command `validator` itself: what it is, and its subcommands."""

from __future__ import annotations

from typing import Any

import click

from validator._version import __version__
from validator.cli.assets import assets
from validator.cli.completion import completion
from validator.cli.config import config
from validator.cli.doctor import doctor
from validator.cli.fix import fix
from validator.cli.groups import groups
from validator.cli.identify import identify
from validator.cli.init import init
from validator.cli.lint import lint
from validator.cli.real_human import real_human
from validator.cli.request import request
from validator.cli.rules import rules
from validator.cli.session import Session
from validator.cli.upload import upload
from validator.cli.uploads import uploads
from validator.suggest import closest, did_you_mean


class Commands(click.Group):
    """Subcommands, with a hint for whoever names a file first."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand.

        Raises:
            click.UsageError: there is none of this name.
        """
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = ", ".join(self.list_commands(ctx))
            meant = did_you_mean(closest(args[0], self.list_commands(ctx)))
            hint = meant or f" To judge media, `validator lint {args[0]}`; the commands are {known}."
            raise click.UsageError(f'there is no command "{args[0]}".{hint}')
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Exit code: 0 all is well; 1 findings; 2 wrong use, or something could not be judged.",
)
@click.version_option(__version__, prog_name="validator", message="%(prog)s %(version)s")
@click.option(
    "--debug", is_flag=True, envvar="VALIDATOR_DEBUG", help="Show a traceback where validator fails."
)
@click.pass_context
def application(context: click.Context, debug: bool) -> None:
    """Check images, videos and sounds against what Seedance 2.0's asset library takes, mend and register.

    No file is changed: `validator fix` makes copies. Nothing leaves this machine but what `validator upload`
    and the commands on groups, assets and sessions send to the library; all others fetch, and send nothing.
    """
    session: Session = context.obj
    session.screen.debug = debug
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(2)


def _add(*commands: Any) -> None:
    for command in commands:
        application.add_command(command)


_add(
    lint,
    fix,
    upload,
    uploads,
    groups,
    assets,
    real_human,
    request,
    rules,
    identify,
    doctor,
    config,
    init,
    completion,
)
