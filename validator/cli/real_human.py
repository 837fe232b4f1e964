"""`validator session`: a person's own verification, which makes a real-human group."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from validator.cli.countdown import Countdown
from validator.cli.family import Family, help_where_none_is_meant
from validator.cli.progress import wants_bar
from validator.cli.seconds import Seconds
from validator.cli.service import Out, configuration, library, service_options
from validator.cli.session import Session
from validator.errors import WaitTimeout
from validator.upload.lookup import an_id

if TYPE_CHECKING:
    from validator.upload.client import AssetClient
    from validator.upload.records import VerificationSession

_LINK_LIFE = 120.0
"""Seconds, about; third parties say so."""
_LONGEST_WAIT = 86_400
_TIMEOUT = click.option(
    "--timeout",
    metavar="SECONDS",
    type=Seconds(0, _LONGEST_WAIT, min_open=True),
    default=600,
    show_default=True,
    help="How long to wait.",
)


@click.group(
    "session", cls=Family, invoke_without_command=True, short_help="Verify a person: a real-human group."
)
@click.pass_context
def real_human(context: click.Context) -> None:
    """Let a person verify themselves, which makes the real-human group for them."""
    help_where_none_is_meant(context)


@real_human.command("start", short_help="Start a verification, and print its link.")
@click.option("--return-url", metavar="URL", default="", help="Where the person's browser ends up.")
@click.option("--wait", is_flag=True, help="Wait for the person, and print the new group's id.")
@_TIMEOUT
@service_options
@click.pass_obj
def start(  # noqa: PLR0913, PLR0917 - its options
    session: Session,
    return_url: str,
    wait: bool,
    timeout: float,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """Print the link that the person opens on their own device, and on a terminal its QR code.

    The link is secret, and ends after about two minutes. With --wait, the id of the person's group follows;
    as JSON, each of the two is a line.

    Exit code: 0 started, or verified with --wait; 1 the verification failed; 2 wrong use, trouble with
    the service, or the time was up.
    """
    from validator.upload.document import session_entry, written

    out = Out()
    with library(session, *configuration(config, no_config)) as client:
        begun = client.start_session(return_url)
        until = time.monotonic() + _LINK_LIFE
        as_json = output_format == "json"
        if as_json:
            out.write(written(session_entry(begun), on_one_line=True))
        else:
            _show(out, begun)
        if not wait:
            session.screen.say(
                f"the link holds for about {_LINK_LIFE:.0f} s; `validator session wait {begun.id}` waits for "
                "the person"
            )
            return 0
        return _await(session, client, begun.id, timeout, out, as_json=as_json, until=until)


@real_human.command("wait", short_help="Wait for a verification, and print the group's id.")
@click.argument("session_id", metavar="ID")
@_TIMEOUT
@service_options
@click.pass_obj
def wait_for(
    session: Session,
    session_id: str,
    timeout: float,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """Wait for the verification with this ID, and print the id of the group that it made.

    Exit code: 0 verified; 1 the verification failed; 2 wrong use, trouble with the service, or the time
    was up.
    """
    out = Out()
    checked = an_id(session_id, "a session")
    with library(session, *configuration(config, no_config)) as client:
        return _await(session, client, checked, timeout, out, as_json=output_format == "json")


def _show(out: Out, begun: VerificationSession) -> None:
    """The code to be scanned, and the link alone on its line, so that it can be copied.

    The link comes last: on a low terminal the code leaves no room for what stands above it.
    """
    if out.on_terminal and out.width is not None:
        out.write(qr_code(begun.link, out.width))
    out.lines([begun.link])


def qr_code(text: str, width: int) -> str:
    """A QR code of block characters, "" where a line of it would not fit or the text makes none."""
    import io

    import segno

    try:
        code = segno.make(text, error="l", micro=False)
    except ValueError:  # too long, or no text
        return ""
    if code.symbol_size()[0] > width:
        return ""
    drawing = io.StringIO()
    code.terminal(out=drawing, compact=True)
    return drawing.getvalue()


def _await(  # noqa: PLR0913
    session: Session,
    client: AssetClient,
    session_id: str,
    timeout: float,
    out: Out,
    *,
    as_json: bool,
    until: float | None = None,
) -> int:
    from validator.upload.document import session_entry, written

    session.advice = f"the person can go on: `validator session wait {session_id}` waits for them"
    try:
        with Countdown(sys.stderr if wants_bar(sys.stderr) else None, until) as shown:
            session.bar = shown
            ended = client.wait_for_session(session_id, timeout=timeout, cancelled=session.stop.cancel.is_set)
    except WaitTimeout as error:
        raise WaitTimeout(
            f"{error}; `validator session wait {session_id}` goes on waiting", session_id=session_id
        ) from error
    if as_json:
        out.write(written(session_entry(ended), on_one_line=True))
    elif ended.group_id:
        out.lines([ended.group_id])
    if ended.status != "success":
        session.screen.say(f"error: the verification ended with {ended.status}: start another one")
        return 1
    return 0
