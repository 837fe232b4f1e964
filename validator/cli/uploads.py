"""`validator uploads`: what the journal remembers."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from validator.cli.service import Out, configured, service_options
from validator.cli.session import Session
from validator.cli.whole import Whole
from validator.errors import UsageError
from validator.upload.entry import Entry
from validator.upload.lookup import an_id
from validator.upload.trust import check_found


@click.command(short_help="List what was uploaded, from the journal.")
@click.option("--group", "group_id", metavar="ID", default="", help="Only into this group.")
@click.option("--unfinished", is_flag=True, help="Only what has not come to its end.")
@click.option(
    "--limit",
    metavar="N",
    type=Whole(1),
    default=100,
    show_default=True,
    help="The newest so many.",
)
@click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="This journal, not the one in the user's data folder.",
)
@service_options
@click.pass_obj
def uploads(  # noqa: PLR0913, PLR0917 - its options
    session: Session,
    /,
    group_id: str,
    unfinished: bool,
    limit: int,
    journal: str | None,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """List what this machine has uploaded, the newest first; no network is used.

    `validator upload --resume` goes on with what is unfinished.
    """
    from validator.upload.document import journal_entry, listing
    from validator.upload.journal import Journal, journal_path
    from validator.upload.table import entries_table

    out = Out()
    settings = configured(config, no_config)
    if journal is not None:
        settings = msgspec.structs.replace(
            settings, upload=msgspec.structs.replace(settings.upload, journal=journal)
        )
    check_found(settings, os.environ, ["journal"])
    path = journal_path(settings)
    group_id = an_id(group_id) if group_id else ""
    entries: tuple[Entry, ...] = ()
    if journal is not None and not path.exists():
        raise UsageError(f"there is no journal {path}")
    if path.exists():
        with Journal(path, of_others=journal is not None or config is not None) as held:
            entries = tuple(held.entries(group_id=group_id, unfinished=unfinished, limit=limit))
    if output_format == "json":
        out.write(listing("uploads", map(journal_entry, entries)))
    else:
        out.lines(entries_table(entries, out.width, narrowed=bool(group_id) or unfinished))
        if not entries:
            session.screen.say(f"the journal is {path}")
    return 0
