"""`validator groups`: the groups of the asset library."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from validator.cli.confirm import confirm
from validator.cli.family import Family, help_where_none_is_meant
from validator.cli.service import Out, configuration, library, service_options, yes_option
from validator.cli.session import Session
from validator.errors import AnswerLost, UsageError
from validator.upload.lookup import KindChoice, an_id, assets_of, groups_of


@click.group(
    "groups", cls=Family, invoke_without_command=True, short_help="List, make, change, delete groups."
)
@click.pass_context
def groups(context: click.Context) -> None:
    """List, make, change and delete the groups of the asset library.

    A virtual group is made by `validator groups create`, a real-human group by the person's own
    verification: `validator session start`.
    """
    help_where_none_is_meant(context)


@groups.command("list", short_help="List groups.")
@click.option(
    "--kind",
    type=click.Choice(get_args(KindChoice)),
    default="all",
    show_default=True,
    help="Which of the two libraries.",
)
@click.option("--name", metavar="TEXT", default="", help="Only those that the service finds by this name.")
@service_options
@click.pass_obj
def list_groups(
    session: Session, kind: KindChoice, name: str, output_format: str, config: Path | None, no_config: bool
) -> int:
    """List the groups of the account, the newest of each kind first."""
    from validator.upload.document import group_entry, listing
    from validator.upload.table import groups_table

    out = Out()
    with library(session, *configuration(config, no_config)) as client:
        found = tuple(groups_of(client, kind, name))
    if output_format == "json":
        out.write(listing("groups", map(group_entry, found)))
    else:
        out.lines(groups_table(found, out.width, narrowed=bool(name) or kind != "all"))
    return 0


@groups.command("create", short_help="Make a virtual group.")
@click.argument("name")
@click.option("--description", metavar="TEXT", default="", help="At most 300 characters.")
@service_options
@click.pass_obj
def create_group(
    session: Session, name: str, description: str, output_format: str, config: Path | None, no_config: bool
) -> int:
    """Make a virtual group of this NAME (at most 64 characters), and print its id."""
    from validator.upload.document import written

    out = Out()
    with library(session, *configuration(config, no_config)) as client:
        try:
            made = client.create_group(name, description)
        except AnswerLost as error:
            raise AnswerLost(
                f"{error}; `validator groups list --name TEXT` tells whether it was made"
            ) from error
    if output_format == "json":
        out.write(written({"id": made, "name": name}))
    else:
        out.lines([made])
    return 0


@groups.command("update", short_help="Change a group's name or description.")
@click.argument("group_id", metavar="ID")
@click.option("--name", metavar="TEXT", help="At most 64 characters.")
@click.option("--description", metavar="TEXT", help="At most 300 characters.")
@service_options
@click.pass_obj
def update_group(  # noqa: PLR0913, PLR0917 - its options
    session: Session,
    group_id: str,
    name: str | None,
    description: str | None,
    output_format: str,
    config: Path | None,
    no_config: bool,
) -> int:
    """Change the name, the description, or both, of the group with this ID."""
    from validator.upload.document import written

    if name is None and description is None:
        raise UsageError("nothing to change: say --name, --description, or both")
    out = Out()
    group = an_id(group_id)
    with library(session, *configuration(config, no_config)) as client:
        client.update_group(group, name=name, description=description)
    if output_format == "json":
        out.write(written({"id": group, "updated": True}))
    else:
        out.lines([f"{group} was updated"])
    return 0


@groups.command("delete", short_help="Delete a group and all its assets.")
@click.argument("group_id", metavar="ID")
@yes_option
@service_options
@click.pass_obj
def delete_group(
    session: Session, group_id: str, yes: bool, output_format: str, config: Path | None, no_config: bool
) -> int:
    """Delete the group with this ID, and all its assets with it.

    Asks for the group's name, unless --yes is said.
    """
    from validator.upload.document import written

    out = Out()
    group_id = an_id(group_id)
    with library(session, *configuration(config, no_config)) as client:
        group = client.group(group_id)
        count = sum(1 for _ in assets_of(client, "all", group_id))
        assets = f"its {count} asset{'' if count == 1 else 's'}"
        confirm(f'the group "{group.name}" ({group_id}) and {assets}', group.name or group_id, yes=yes)
        client.delete_group(group_id)
    if output_format == "json":
        out.write(written({"id": group_id, "deleted": True, "assets": count}))
    else:
        out.lines([f"{group_id} and {assets} were deleted"])
    return 0
