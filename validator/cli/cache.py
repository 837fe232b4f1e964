"""`validator cache`: what is remembered of files that were measured, and how to forget it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from validator.cache_folder import ENVIRONMENT_VARIABLE, cache_folder
from validator.cli.family import Family, help_where_none_is_meant
from validator.cli.service import Out, config_options, configured
from validator.errors import UsageError
from validator.report.columns import aligned

_MB = 1_000_000


@click.group("cache", cls=Family, invoke_without_command=True, short_help="Say or forget what is remembered.")
@click.pass_context
def cache(context: click.Context) -> None:
    """Say what is remembered of files that were measured, or forget it: see `validator lint --no-cache`."""
    help_where_none_is_meant(context)


@cache.command(short_help="Say where it is, and how much is in it.")
@config_options
def info(config: Path | None, no_config: bool) -> int:
    """Say where what was measured is remembered, how much it is, and whether it can be used.

    The exit code is 1 where it is wanted and cannot be, or where nothing can be added to it.
    """
    from validator.fact_store import FILE, Contents, Store, StoreError, check

    settings = configured(config, no_config)
    folder, out = _folder(), Out()
    found, use = Contents(0, 0), "" if settings.cache else "as --no-cache or cache = false says, not at all"
    trouble = "it cannot be"
    try:
        if (folder / FILE).exists():
            with closing(Store(folder, settings.cache_size * _MB)) as store:
                found = store.contents()
            trouble = "by lint and upload, which can add nothing"
        check(folder)
        trouble = ""
    except StoreError as error:
        trouble = f"{trouble}: {error.reason}"
    rows = [
        ("file", str(folder / FILE)),
        ("holds", _facts_of(found.rows)),
        ("size", f"{_size(found.bytes)}; at most {settings.cache_size:,} MB"),
        ("used", use or trouble or "by lint and upload"),
    ]
    out.lines(aligned(rows, out.width))
    return 1 if trouble and settings.cache else 0


@cache.command(short_help="Forget all of it.")
def clear() -> int:
    """Forget what was measured, so that it is measured anew. Runs that are under way go on."""
    from validator.fact_store import StoreError, forget_all

    folder, out = _folder(), Out()
    try:
        rows = forget_all(folder)
    except StoreError as error:
        raise UsageError(f"{folder} cannot be cleared: {error.reason}") from error
    out.lines([f"forgot {_facts_of(rows)}"])
    return 0


def _facts_of(rows: int) -> str:
    return "the facts of 1 file or URL" if rows == 1 else f"the facts of {rows:,} files or URLs"


def _size(number_of_bytes: int) -> str:
    unit, name = (_MB, "MB") if number_of_bytes >= _MB else (1_000, "kB")
    return f"{number_of_bytes / unit:,.1f} {name}"


def _folder() -> Path:
    folder = cache_folder()
    if folder is None:
        raise UsageError(f"there is no folder for a cache: name one with {ENVIRONMENT_VARIABLE}")
    return folder
