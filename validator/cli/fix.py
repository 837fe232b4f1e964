"""`validator fix`: a conforming copy of what fails."""

from __future__ import annotations

from typing import Any

import click

from validator.cli.fix_options import FixChoices, check_fix, fix_options
from validator.cli.session import Session


@click.command(short_help="Make a conforming copy of what fails.")
@click.argument("targets", metavar="[TARGET]...", nargs=-1, type=click.Path(path_type=str, readable=False))
@fix_options
@click.pass_obj
def fix(session: Session, /, targets: tuple[str, ...], **said: Any) -> int:
    """Judge every TARGET, and make a copy that passes of what does not: by the fewest and gentlest steps.

    A TARGET is what `validator lint` takes; the current folder where there is none. No original is touched.
    A copy lies in the folder of --output, under its original's path and name, and only once it was judged by
    the same rules and passed. Videos and sounds need ffmpeg (`validator doctor` says whether it is there).

    Exit code: 0 everything passes, or has a copy that does (in a dry run: would have); 1 something has none;
    2 wrong use, or something could not be judged.
    """
    choices = FixChoices(**said)
    check_fix(choices)
    from validator.cli.fix_run import carried_out

    return carried_out(session, choices, targets)
