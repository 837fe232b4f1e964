"""What `validator upload` can be told, and how that is laid over a configuration file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from validator.cli.options import Choices, options_named
from validator.cli.refused import refused
from validator.cli.seconds import Seconds
from validator.cli.synonym import Synonym
from validator.cli.whole import Whole
from validator.errors import UsageError
from validator.settings import Config, FailOn
from validator.upload.outcome import DeliveryOptions

_FROM_LINT = (
    *("role", "select", "ignore", "severity", "limits", "profile", "depth", "all_findings"),
    "reference",
    *("allow_private_hosts", "allow_port", "workers", "downloads", "output", "quiet", "color"),
    *("no_cache", "config", "no_config"),
)
_HERE_AND_NOW = (
    "output_format",
    "output",
    "quiet",
    "color",
    "workers",
    "downloads",
    "no_cache",
    "all_findings",
    "dry_run",
    "no_wait",
    "resume",
    "group_id",
    "new_group",
)
"""What is said of one call, and not remembered for the next."""


class UploadChoices(Choices, frozen=True, kw_only=True):
    """The command line of `validator upload`, as click hands it over. `None`: not said."""

    group_id: str | None = None
    new_group: str | None = None
    public_url: str | None = None
    publish: str | None = None
    link_life: float | None = None
    unpublish: bool = False
    quota: int | None = None
    wait_timeout: float | None = None
    no_wait: bool = False
    allow_unjudged: bool = False
    retry_failed: bool = False
    skip_moderation: bool = False
    journal: str | None = None
    dry_run: bool = False
    resume: bool = False


_WHERE = (
    click.option("--group", "group_id", metavar="ID", help="The group that they go into."),
    click.option(
        "--new-group",
        metavar="NAME",
        help="Make a virtual group of this name; said again, it is the same group.",
    ),
    click.option(
        "--public-url",
        metavar="URL",
        help="Files are on the web already: their path, from here, is appended to URL.",
    ),
    click.option(
        "--publish",
        metavar="URL",
        help="Put files into a bucket: s3://bucket/prefix, gs:// or az:// (extra publish).",
    ),
    click.option(
        "--link-life",
        metavar="SECONDS",
        type=Seconds(60, 604_800),
        help="How long the signed link to a published file holds (43200).",
    ),
    click.option(
        "--unpublish", is_flag=True, help="Remove a published file from the bucket when its asset is Active."
    ),
    click.option(
        "--quota",
        metavar="N",
        type=Whole(1, 1_000_000),
        help="How many assets the account may hold (100).",
    ),
    click.option(
        "--wait-timeout",
        metavar="SECONDS",
        type=Seconds(0, 86_400, min_open=True),
        help="How long to wait until all are Active (1800).",
    ),
    click.option("--no-wait", is_flag=True, help="Do not wait until they are Active."),
    click.option(
        "--output-format",
        "--format",
        "output_format",
        cls=Synonym,
        type=click.Choice(("text", "json")),
        help="The form of the report (text).",
    ),
    click.option("--allow-unjudged", is_flag=True, help="Forward what could not be judged, too."),
    click.option(
        "--fail-on",
        type=click.Choice(get_args(FailOn)),
        help="warning: forward only what has no warnings either; note: and no notes (error).",
    ),
    click.option("--fix", is_flag=True, help="Mend what fails, and forward the copies that pass."),
    click.option(
        "--fix-output",
        metavar="DIR",
        type=click.Path(path_type=str, readable=False),
        help="Keep the copies of --fix in this folder; required with --public-url, which has to serve it.",
    ),
    click.option("--retry-failed", is_flag=True, help="Delete assets that are Failed, and make them anew."),
    click.option(
        "--skip-moderation", is_flag=True, help="Ask the service not to moderate, where the account may."
    ),
    click.option(
        "--journal",
        metavar="FILE",
        type=click.Path(path_type=str),
        help="Remember in this file what was done, not in the user's data folder.",
    ),
    click.option("--dry-run", is_flag=True, help="Lint, count, say what would be done, and create nothing."),
    click.option("--resume", is_flag=True, help="Go on with what earlier uploads have left."),
)
_NOT_HERE = (
    refused("--exit-zero", "an upload ends with 0 only if every asset is Active", flag=True),
    refused("--show-passing", "an upload lists every asset", flag=True),
)


def upload_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command all the options of `validator upload`, in the order of the help page."""
    for option in reversed((*_WHERE, *options_named(_FROM_LINT), *_NOT_HERE)):
        command = option(command)
    return command


def check_where(choices: UploadChoices, targets: tuple[str, ...]) -> None:
    """Refuse what does not say where to, or says it twice.

    Raises:
        UsageError: with what to say instead.
    """
    if choices.group_id is not None and choices.new_group is not None:
        raise UsageError("--group and --new-group exclude each other: an asset is in one group")
    if choices.resume:
        if targets:
            raise UsageError(
                "--resume goes on with what earlier uploads have left: name no target with it, or leave "
                "--resume out (what was uploaded before is found, and not made twice)"
            )
        if choices.new_group is not None:
            raise UsageError("--resume makes no new group: leave --new-group out")
    elif choices.group_id is None and choices.new_group is None:
        raise UsageError(
            "where to? Say --group ID (`validator groups list` shows them) or --new-group NAME for a new one"
        )
    elif not targets:
        raise UsageError("there is nothing to upload: name files, folders, globs, URLs or asset lists")
    if choices.public_url and choices.publish:
        raise UsageError("--public-url and --publish exclude each other: a file gets one address")
    if choices.dry_run and choices.resume:
        raise UsageError("--dry-run and --resume exclude each other")


def with_upload_choices(config: Config, choices: UploadChoices) -> Config:
    """The configuration with the command line's words on uploading laid over it.

    Either of --public-url and --publish takes the place of both in the file.
    """
    said: dict[str, Any] = {
        name: value
        for name in ("public_url", "publish", "link_life", "quota", "wait_timeout", "journal")
        if (value := getattr(choices, name)) is not None
    }
    if choices.public_url is not None or choices.publish is not None:
        said = {"public_url": "", "publish": "", **said}
    if choices.unpublish:
        said["unpublish"] = True
    return msgspec.structs.replace(config, upload=msgspec.structs.replace(config.upload, **said))


def delivery_options(config: Config, choices: UploadChoices) -> DeliveryOptions:
    """How to deliver, as configuration and command line say."""
    return DeliveryOptions.of(
        config,
        allow_unjudged=choices.allow_unjudged,
        retry_failed=choices.retry_failed,
        skip_moderation=choices.skip_moderation,
        wait=not choices.no_wait,
    )


def to_remember(choices: UploadChoices) -> dict[str, Any]:
    """What a later `--resume` needs of this command line, as plain data; paths are absolute."""
    said = {
        name: value
        for name in choices.__struct_fields__
        if name not in _HERE_AND_NOW and (value := getattr(choices, name)) != _default(name)
    }
    for name in ("config", "journal", "fix_output"):
        if name in said:
            said[name] = os.path.abspath(said[name])  # noqa: PTH100 - a link stays a link
    if "reference" in said:
        said["reference"] = [os.path.abspath(path) for path in said["reference"]]  # noqa: PTH100
    if "profile" in said and os.path.exists(said["profile"]):  # noqa: PTH110
        said["profile"] = os.path.abspath(said["profile"])  # noqa: PTH100
    return {"choices": said}


def recalled(remembered: Mapping[str, Any], now: UploadChoices) -> UploadChoices:
    """The command line of an earlier run, with what is said now laid over it.

    Raises:
        UsageError: it was written by a version that has other options.
    """
    try:
        before = msgspec.convert(
            remembered.get("choices", {}), UploadChoices, dec_hook=lambda type_, value: type_(value)
        )
    except (msgspec.ValidationError, TypeError) as error:
        raise UsageError(
            f"what the journal remembers of an earlier upload makes no sense to this version: {error}"
        ) from error
    said = {name: value for name in now.__struct_fields__ if (value := getattr(now, name)) != _default(name)}
    return msgspec.structs.replace(before, **said)


def _default(name: str) -> object:
    return getattr(UploadChoices(), name)


def served_folder(config: Config, choices: UploadChoices, start: Path) -> Path:
    """The folder that the public URL serves: that of the file which names it, else the working directory."""
    named_here = choices.public_url is not None
    return start if named_here or config.folder is None else config.folder
