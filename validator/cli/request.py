"""`validator request`: generation requests, judged or written."""

from __future__ import annotations

import click

from validator.cli.family import Family, help_where_none_is_meant
from validator.cli.request_lint import lint_requests
from validator.cli.request_new import new_request


@click.group("request", cls=Family, invoke_without_command=True, short_help="Judge or write video requests.")
@click.pass_context
def request(context: click.Context) -> None:
    """Judge requests for the generation of a video, or write one."""
    help_where_none_is_meant(context)


request.add_command(lint_requests)
request.add_command(new_request)
