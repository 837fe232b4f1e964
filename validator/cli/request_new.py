"""`validator request new`: write a generation request from assets that were uploaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from validator.cli.options import Choices, options_named
from validator.cli.output import ReaderGone, open_destination
from validator.cli.request_options import JOURNAL, ONLINE, asking, having, settled_here, uploads_of
from validator.cli.session import Session
from validator.config import Config
from validator.errors import UsageError
from validator.findings import AssetReport, Severity
from validator.intake.url import displayed
from validator.model import Kind
from validator.report.base import counts
from validator.report.escape import inert_json
from validator.upload.trust import addressed

if TYPE_CHECKING:
    from validator.request.item import Item
    from validator.request.library import Ask
    from validator.request.uploads import Uploaded

_OF_LINT = ("profile", "fail_on", "quiet", "config", "no_config")
_STANDARD_INPUT = "-"


class NewChoices(Choices, frozen=True, kw_only=True):
    """The command line of `validator request new`, as click hands it over."""

    prompt: str
    roles: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    model: str | None = None
    group_id: str = ""
    online: bool = False
    journal: str | None = None


@click.command("new", short_help="Write a request.")
@click.argument("assets", metavar="ASSET...", nargs=-1, type=click.Path(path_type=str, readable=False))
@click.option(
    "--prompt", metavar="TEXT", required=True, help="What happens, with [Image 1] and so on; - reads it."
)
@click.option(
    "--role",
    "roles",
    metavar="ASSET=ROLE",
    multiple=True,
    help="first_frame or last_frame, for what is no reference.",
)
@click.option(
    "--type",
    "types",
    metavar="ASSET=TYPE",
    multiple=True,
    help="image, video or audio, where no journal here says it.",
)
@click.option("--model", metavar="NAME", help="Another model than the documented one.")
@click.option(
    "--group", "group_id", metavar="ID", default="", help="The group that a file was uploaded into."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=str, readable=False),
    help="Write the request into a file.",
)
@having(ONLINE, JOURNAL, *options_named(_OF_LINT))
@click.pass_obj
def new_request(session: Session, /, assets: tuple[str, ...], **said: Any) -> int:
    """Write a request with this prompt from every ASSET, in this order.

    An ASSET is an id, asset://ID, or a file or a URL that was uploaded from here. The request is judged
    first: where that finds an error, nothing is written.
    """
    from validator.request.lint import lint_request
    from validator.request.uploads import find, knowledge_of
    from validator.request.write import body_of, model_of, text_of
    from validator.upload.connect import service_of

    choices = NewChoices(**said)
    file, config, profile = settled_here(choices, online=choices.online)
    prompt = _prompt(choices.prompt)
    with (
        uploads_of(config, choices.journal) as uploads,
        asking(session, config, file, online=choices.online) as ask,
    ):
        service = service_of(addressed(config, os.environ)).base_url  # which library's uploads count
        lookup = partial(find, uploads=uploads, group_id=choices.group_id, service=service)
        items = _items(session, assets, choices, lookup, ask)
        body = text_of(body_of(prompt, items, choices.model or model_of(profile)))
        known = knowledge_of(uploads, {})
        result = lint_request(body.encode(), config, profile=profile, knowledge=known, ask=ask)
    if not _fits(session, result, config):
        return 1
    destination = session.destination = open_destination(choices.output, assets, "the request")
    try:
        destination.write(inert_json(body))
        destination.commit()
    except ReaderGone:
        session.screen.say("standard output was closed before the request was written")
    except BaseException:  # Ctrl-C too: no half request may stay behind
        destination.abandon()
        raise
    return 0


def _prompt(said: str) -> str:
    if said != _STANDARD_INPUT:
        return said
    if sys.stdin is None:
        raise UsageError("standard input is closed, so there is no prompt to read")
    try:
        return sys.stdin.read().strip()
    except ValueError as error:  # no text in its encoding
        raise UsageError(f"the prompt on standard input cannot be read: {error}") from error


def _items(
    session: Session,
    assets: tuple[str, ...],
    choices: NewChoices,
    lookup: Callable[[str], Uploaded],
    ask: Ask | None,
) -> tuple[Item, ...]:
    from validator.request.write import items_of

    roles = _assigned("--role", choices.roles, assets)
    types = _assigned("--type", choices.types, assets)
    found = []
    for name in assets:
        asset = lookup(name)
        kind = _kind(types[name]) if name in types else asset.kind
        if kind is None and ask is not None:
            kind = ask(asset.asset_id).kind
        if kind is None:
            raise UsageError(
                f"of which type {displayed(name)} is, no journal here says; --type ASSET=image (video, "
                "audio) does, and --online asks the library"
            )
        if not asset.active and ask is None:
            session.screen.say(f"note: {displayed(name)} was not Active when it was last asked for")
        found.append((asset.asset_id, kind, roles.get(name, "")))
    return items_of(found)


def _assigned(option: str, said: tuple[str, ...], assets: tuple[str, ...]) -> dict[str, str]:
    """What `ASSET=WORD` says of each asset, which has to be among those that are named."""
    found: dict[str, str] = {}
    for item in said:
        name, equals, word = item.rpartition("=")
        if not equals or not name or not word:
            raise UsageError(
                f'{option}: "{displayed(item)}" is not ASSET={option.removeprefix("--").upper()}'
            )
        if name not in assets:
            raise UsageError(
                f'{option}: "{name}" is none of the assets that are named; write it the same way'
            )
        found[name] = word
    return found


def _kind(word: str) -> Kind:
    if word.lower() not in tuple(Kind):
        raise UsageError(f'--type: "{word}" is none of {", ".join(Kind)}')
    return Kind(word.lower())


def _fits(session: Session, result: AssetReport, config: Config) -> bool:
    """Say what was found, and whether the request may be written all the same."""
    failing = [found for found in result.findings if counts(found.severity, config.fail_on)]
    for found in result.findings:
        if found in failing or not config.quiet:
            weight = found.severity.value
            session.screen.say(f"{weight}: {found.message} [{found.code}]")
            if found.severity is not Severity.NOTE:
                session.screen.say(f"help: {found.help}")
    if failing:
        session.screen.say("nothing was written")
    return not failing
