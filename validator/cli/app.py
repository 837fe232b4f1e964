"""The command `validator` itself: what it is, and its subcommands."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

import click

from validator._version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from validator.cli.session import Session

ASKED = "_VALIDATOR_COMPLETE"
"""The environment variable by which a shell asks what could stand at the cursor; its value is its name."""

COMMANDS = {
    "assets": ("assets", "List, show, await, delete assets."),
    "cache": ("cache", "Say or forget what is remembered."),
    "completion": ("completion", "Print what makes a shell complete commands."),
    "config": ("config", "Show the settings that hold."),
    "doctor": ("doctor", "Say what is installed, and what brings the rest."),
    "fix": ("fix", "Make a conforming copy of what fails."),
    "groups": ("groups", "List, make, change, delete groups."),
    "identify": ("identify", "Say what files are, and which profiles they fit."),
    "init": ("init", "Write a configuration to begin with."),
    "lint": ("lint", "Judge files, folders, URLs and asset lists."),
    "request": ("request", "Judge or write video requests."),
    "rules": ("rules", "List the rules, or explain one."),
    "session": ("real_human", "Verify a person: a real-human group."),
    "upload": ("upload", "Lint, and register what passes in the asset library."),
    "uploads": ("uploads", "List what was uploaded, from the journal."),
}
"""Each command: the module of `validator.cli` that defines it, under its own name, and its short help.

So a module is imported when its command is wanted: `--help` and `--version` import none of them.
"""


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Importing makes much, and no garbage: looking for it takes a tenth of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


class Commands(click.Group):
    """Subcommands that are imported when they are wanted, with a hint for whoever names a file first."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order of the help page."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the subcommand, if there is one of this name."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _ = COMMANDS[cmd_name]
        with _collecting_nothing():
            command: click.Command = getattr(import_module(f"validator.cli.{module}"), module)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them on the help page."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What begins like this: commands, and options of `validator` itself."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=about)
            for name, (_, about) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand.

        Raises:
            click.UsageError: there is none of this name.
        """
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            from validator.suggest import closest, did_you_mean

            meant = did_you_mean(closest(args[0], COMMANDS))
            hint = (
                meant
                or f" To judge media, `validator lint {args[0]}`; the commands are {', '.join(COMMANDS)}."
            )
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
