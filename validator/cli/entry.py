"""One call of the command, from its arguments to its exit code."""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

import click

from validator.cli.app import ASKED, application
from validator.cli.screen import Screen
from validator.cli.session import Session
from validator.cli.stop import Stop, Stopped
from validator.errors import Cancelled, ValidatorError

if TYPE_CHECKING:
    from validator.workers.spawn import Spawned

_WRONG_USE = 2
_SIGNALLED = 128
_CHOICES_BELOW = r"([:,])\n\t"  # each on a line of its own, as click tells what can be chosen
_KEY = frozenset({"--api-key", "--apikey", "--key", "--token"})


def main(
    argv: Sequence[str] | None = None,
    *,
    sleep: Callable[[float], object] = time.sleep,
    screen: Screen | None = None,
) -> int:
    """Run the command with these arguments (else those of the process) and return its exit code.

    `sleep` waits between two questions to the asset library, in seconds; `screen` is told what is not report.

    0: nothing at or above the failing severity. 1: findings. 2: wrong use, or something could not be
    judged and nothing failed. 130, 143: stopped by Ctrl-C or SIGTERM. Raises nothing.

    >>> main(["--version"])
    validator 0.1.0
    0
    """
    session = Session(Stop(), screen or Screen(), sleep=sleep)
    with session.stop:
        return _run(argv, session)


def carry_out(spawned: Spawned | None) -> NoReturn:
    """Run the command with the arguments of the process, and end it.

    A worker's process that is `spawned` already is ended where nobody took it over.
    """

    def leave(stopped: Stopped) -> NoReturn:
        if session.bar is not None:
            session.bar.vanish()
        os._exit(session.give_up(stopped))

    session = Session(Stop(leave))
    session.spawned = spawned
    try:
        with session.stop:
            code = _run(None, session)
    except Stopped as stopped:  # before the command began, or when it was done
        code = session.give_up(stopped)
    if spawned is not None:
        spawned.end()
    if code > _SIGNALLED:
        os._exit(code)
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End the program, at once where no thread is left: taking an interpreter apart takes its time."""
    others = (each for each in threading.enumerate() if each is not threading.main_thread())
    if all(each.daemon for each in others):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
        atexit._run_exitfuncs()  # noqa: SLF001 - temporary files and the like, as at every end
        os._exit(code)
    sys.exit(code)


def _run(argv: Sequence[str] | None, session: Session) -> int:
    arguments = None if argv is None else list(argv)
    try:
        code = _called(arguments, session)
    except Stopped as stopped:
        return session.give_up(stopped)
    except (Cancelled, click.Abort):
        return session.give_up(session.stop.reason)
    except click.ClickException as error:
        said = re.sub(_CHOICES_BELOW, r"\1 ", error.format_message())
        session.screen.say(f"error: {said}{_meant(error, arguments)}")
    except ValidatorError as error:
        session.screen.say(f"error: {error}")
    except SystemExit:  # click: nobody reads the help page to its end
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            session.screen.bug(error)
        else:  # the help page, into a full disk
            from validator.cli.output import to_nowhere

            to_nowhere(sys.stdout)
            session.screen.say(f"error: cannot write to standard output: {error.strerror}")
    except Exception as error:  # noqa: BLE001 - the last resort: a bug is owned up to, not thrown at the user
        session.screen.bug(error)
    else:
        return code if isinstance(code, int) else 0
    return _WRONG_USE


def _called(arguments: list[str] | None, session: Session) -> object:
    if ASKED in os.environ:
        from validator.cli.completion import answered

        return answered(application, os.environ)
    return application.main(arguments, "validator", standalone_mode=False, obj=session)


def _meant(error: click.ClickException, arguments: Sequence[str] | None) -> str:
    """What to write for a file that was taken for an option, or instead of an option for the key."""
    if not isinstance(error, click.NoSuchOption):
        return ""
    if error.option_name in _KEY:
        return (
            " There is no option for the key, since all users of this machine see the options: set "
            "ORCAROUTER_API_KEY, or name a file as api-key-file in [service] of the configuration."
        )
    given = sys.argv[1:] if arguments is None else arguments
    name = next((name for name in given if name.startswith("-") and os.path.lexists(name)), None)
    return "" if name is None else f" For the file {name}, write ./{name}."
