"""What `validator fix` can be told, and how that is laid over a configuration file."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, get_args

import click
import msgspec

from validator.cli import suggested
from validator.cli.options import Choices, options_named
from validator.cli.refused import refused
from validator.cli.synonym import Synonym
from validator.errors import UsageError
from validator.repair.options import Lengthen, RepairOptions
from validator.settings import Config, FailOn

FORMATS = ("text", "json")
"""The forms of a report on repairs."""

_FROM_LINT = (
    *("select", "ignore", "severity", "profiles", "limits", "depth", "role", "group", "reference"),
    *("quiet", "color", "config", "no_config", "allow_private_hosts", "allow_port", "workers", "downloads"),
)
_FILLS = ("blur", "edge", "transparent", "black", "white")
_LARGEST = "largest"


class FixChoices(Choices, frozen=True, kw_only=True):
    """The command line of `validator fix`, as click hands it over. `None`: not said."""

    folder: str | None = None
    dry_run: bool = False
    overwrite: bool = False
    fit: str | None = None
    fill: str | None = None
    metadata: str | None = None
    frame: int | None = None
    face: str | None = None
    start: Fraction | None = None
    scenes: bool = False
    lengthen: str | None = None
    normalise: bool = False
    max_enlarge: Fraction | None = None
    level: str | None = None


def _fit(_context: click.Context, _parameter: click.Parameter, crops: bool | None) -> str | None:
    return None if crops is None else "crop" if crops else "pad"


def _meant(_context: click.Context, parameter: click.Parameter, said: str | None) -> Any:
    """What is said, as the option of `RepairOptions` that has the same name."""
    if said is None:
        return None
    from validator.repair.check_options import meant

    try:
        return meant(str(parameter.name), said)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


_OWN = (
    click.option(
        "-o",
        "--output",
        "folder",
        metavar="DIR",
        type=click.Path(path_type=str, readable=False, file_okay=False),
        help="The folder that copies are written into (mended).",
    ),
    click.option(
        "--dry-run",
        "--diff",
        "dry_run",
        is_flag=True,
        help="Write nothing: show each plan, before and after, and the commands.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace copies that are there already."),
    click.option(
        "--crop/--pad",
        "fit",
        default=None,
        callback=_fit,
        help="Mend a ratio by cutting around faces, or what stands out; or by room beside the picture.",
    ),
    click.option(
        "--fill",
        metavar="blur|edge|COLOUR",
        callback=_meant,
        shell_complete=suggested.words_of(_FILLS),
        help="What lies beside a padded picture (blur); also transparent, black, white.",
    ),
    click.option(
        "--metadata", type=click.Choice(("keep", "drop")), help="Keep Exif, XMP and tags (keep), or not."
    ),
    click.option(
        "--frame",
        metavar="N",
        callback=_meant,
        help="Which picture of an animation stays, from 0 (the one shown first).",
    ),
    click.option(
        "--face",
        metavar="N|largest",
        callback=_meant,
        shell_complete=suggested.words_of((_LARGEST,)),
        help="Crop to a close-up of this person: the largest face, or number N in the report.",
    ),
    click.option(
        "--start",
        metavar="SECONDS",
        callback=_meant,
        help="Where what is cut begins (0).",
    ),
    click.option("--scenes", is_flag=True, help="Cut a clip only where a shot begins or ends."),
    click.option(
        "--lengthen",
        type=click.Choice(get_args(Lengthen)),
        help="Make what is too short longer: played again, its last picture (or silence) held, or slowed "
        "down.",
    ),
    click.option(
        "--normalise",
        "--normalize",
        "normalise",
        cls=Synonym,
        is_flag=True,
        help="Bring sounds that are mended to a usual loudness.",
    ),
    click.option(
        "--max-enlarge",
        metavar="TIMES",
        callback=_meant,
        help="Enlarge a picture at most so many times (16).",
    ),
    click.option(
        "--level",
        type=click.Choice(get_args(FailOn)),
        help="Mend findings from this severity on (error).",
    ),
    click.option(
        "--output-format",
        "--format",
        "outputs",
        cls=Synonym,
        metavar="NAME[=FILE]",
        multiple=True,
        shell_complete=suggested.outputs_of(FORMATS),
        help=f"The form of the report (text), and a file to write it into; said again, several: "
        f"{', '.join(FORMATS)}.",
    ),
)
_NOT_HERE = (
    refused("--fail-on", "say --level for what is to be mended"),
    refused(
        "--exit-zero", "a mending ends with 0 only if everything passes, or has a copy that does", flag=True
    ),
    refused("--show-passing", "what passes is counted", flag=True),
)


def fix_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command all the options of `validator fix`, in the order of the help page."""
    for option in reversed((*_OWN, *options_named(_FROM_LINT), *_NOT_HERE)):
        command = option(command)
    return command


def repair_options(config: Config, choices: FixChoices) -> RepairOptions:
    """How to mend, as the configuration and the command line say.

    >>> from validator.settings import FixSettings
    >>> config = Config(fix=FixSettings(fit="crop", lengthen="loop"))
    >>> options = repair_options(config, FixChoices(fit="pad", start=Fraction(3, 2)))
    >>> options.fit, options.lengthen, options.start
    ('pad', 'loop', Fraction(3, 2))
    """
    from validator.findings import Severity
    from validator.repair.configured import options_of

    said: dict[str, Any] = {
        name: value
        for name in ("fit", "fill", "metadata", "frame", "face", "start", "lengthen", "max_enlarge")
        if (value := getattr(choices, name)) is not None
    }
    said |= {name: True for name in ("scenes", "normalise") if getattr(choices, name)}
    if choices.level is not None:
        said["level"] = Severity(choices.level)
    return msgspec.structs.replace(options_of(config.fix), **said)


def check_fix(choices: FixChoices) -> None:
    """Refuse what contradicts itself.

    Raises:
        UsageError: with what to say instead.
    """
    if choices.folder == "":
        raise UsageError("--output: the name of the folder is empty")
    if choices.dry_run and choices.overwrite:
        raise UsageError("--dry-run and --overwrite exclude each other: a dry run writes nothing")
    if choices.fit == "crop" and choices.fill is not None:
        raise UsageError("--crop and --fill exclude each other: nothing lies beside a picture that is cut")
