"""`validator assets`: the assets of the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from validator.cli.confirm import confirm
from validator.cli.family import Family, help_where_none_is_meant
from validator.cli.seconds import Seconds
from validator.cli.service import Out, configuration, library, service_options, yes_option
from validator.cli.session import Session
from validator.errors import NotFound, WaitTimeout
from validator.upload.lookup import KindChoice, an_id, asset_ids, assets_of, statuses, with_name

if TYPE_CHECKING:
    from validator.upload.records import RegisteredAsset

_LONGEST_WAIT = 86_400


@click.group(
    "assets", cls=Family, invoke_without_command=True, short_help="List, show, await, delete assets."
)
@click.pass_context
def assets(context: click.Context) -> None:
    """List, show, await and delete the assets of the library.

    An ID may be written as asset://… too.
    """
    help_where_none_is_meant(context)


@assets.command("list", short_help="List assets.")
@click.option("--group", "group_id", metavar="ID", default="", help="Only those of this group.")
@click.option(
    "--kind",
    type=click.Choice(get_args(KindChoice)),
    default="all",
    show_default=True,
    help="Which of the two libraries.",
)
@click.option(
    "--status", metavar="STATUS", multiple=True, help="Only these: Active, Processing, Failed; with commas."
)
@click.option("--name", metavar="TEXT", default="", help="Only those that the service finds by this name.")
@service_options
@click.pass_obj
def list_assets(  # noqa: PLR0913, PLR0917 - its options
    session: Session,
    group_id: str,
    kind: KindChoice,
    status: tuple[str, ...],
    name: str,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """List the assets of the account, the oldest first."""
    out = Out()
    group_id = an_id(group_id) if group_id else ""
    with library(session, *configuration(config, no_config)) as client:
        found = tuple(assets_of(client, kind, group_id, states=statuses(status), name=name))
    _put(out, found, output_format, narrowed=bool(group_id or status or name) or kind != "all")
    return 0


@assets.command("show", short_help="Show one asset.")
@click.argument("asset_id", metavar="ID")
@click.option("--url", "with_url", is_flag=True, help="With the link to the file, which is secret.")
@service_options
@click.pass_obj
def show_asset(
    session: Session,
    asset_id: str,
    with_url: bool,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """Show the asset with this ID: its status and, where it failed, why, and which rule would have told.

    Whoever has its link (--url) can open the file, for about 12 hours.
    """
    from validator.upload.document import library_entry, written
    from validator.upload.table import asset_page

    out = Out()
    (one,) = asset_ids([asset_id])
    with library(session, *configuration(config, no_config)) as client:
        asset = with_name(client, one)
    if output_format == "json":
        out.write(written(library_entry(asset, with_url=with_url)))
    else:
        out.lines(asset_page(asset, with_url=with_url))
    return 0


@assets.command("wait", short_help="Wait until assets are Active.")
@click.argument("named", metavar="ID...", nargs=-1, required=True)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=Seconds(0, _LONGEST_WAIT, min_open=True),
    help="How long, for all of them together (1800).",
)
@service_options
@click.pass_obj
def wait_for_assets(
    session: Session,
    named: tuple[str, ...],
    timeout: float | None,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """Wait until every asset with one of these IDs is Active or has failed.

    Exit code: 0 all are Active; 1 one has failed; 2 wrong use, or the time was up.
    """
    out = Out()
    ids = asset_ids(named)
    settings, file = configuration(config, no_config)

    def tell(asset: RegisteredAsset) -> None:
        session.screen.say(f"{asset.id}: {asset.status}")

    late: WaitTimeout | None = None
    with library(session, settings, file) as client:
        try:
            found = client.wait_until_active(
                ids,
                timeout=settings.upload.wait_timeout if timeout is None else timeout,
                on_change=tell,
                cancelled=session.stop.cancel.is_set,
            )
        except WaitTimeout as error:
            late = error
            found = tuple(client.asset(one) for one in ids)
    _put(out, found, output_format)
    if late is not None:
        session.screen.say(f"error: {late}")
    if any(asset.failure or asset.status == "Failed" for asset in found):
        return 1
    active = {asset.id for asset in found if asset.is_active}
    return 0 if active.issuperset(ids) else 2


@assets.command("delete", short_help="Delete assets.")
@click.argument("named", metavar="ID...", nargs=-1, required=True)
@yes_option
@service_options
@click.pass_obj
def delete_assets(
    session: Session,
    named: tuple[str, ...],
    yes: bool,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """Delete the assets with these IDs.

    Asks for the name of each, unless --yes is said.
    """
    from validator.upload.document import listing

    out = Out()
    ids = asset_ids(named)
    gone: list[str] = []
    with library(session, *configuration(config, no_config)) as client:
        try:
            held = [with_name(client, one) for one in ids]  # all of them, before the first is deleted
        except NotFound as error:
            raise NotFound(f"nothing was deleted: {error}", status=error.status, code=error.code) from error
        try:
            for one, asset in zip(ids, held, strict=True):
                confirm(f'the asset "{asset.name}" ({one})', asset.name or one, yes=yes)
                client.delete_asset(one)
                gone.append(one)
                if output_format == "text":
                    out.lines([f"{one} was deleted"])
        finally:
            if output_format == "json":
                out.write(listing("assets", ({"id": one, "deleted": one in gone} for one in ids)))
    return 0


def _put(out: Out, found: tuple[RegisteredAsset, ...], output_format: str, *, narrowed: bool = True) -> None:
    from validator.upload.document import library_entry, listing
    from validator.upload.table import assets_table, failure_lines

    if output_format == "json":
        out.write(listing("assets", map(library_entry, found)))
        return
    out.lines(assets_table(found, out.width, narrowed=narrowed))
    for asset in found:
        if asset.failure is not None:
            out.lines(["", asset.id, *failure_lines(asset)])
