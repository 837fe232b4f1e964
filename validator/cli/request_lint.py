"""`validator request lint`: judge the bodies of generation requests."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from typing import TYPE_CHECKING, Any

import click

from validator.cli.judging import look_of
from validator.cli.options import Choices, options_named
from validator.cli.output import ReaderGone
from validator.cli.outputs import Destinations, wanted
from validator.cli.request_options import JOURNAL, ONLINE, asking, having, settled_here, uploads_of
from validator.cli.session import Session
from validator.config import refuse_idle
from validator.errors import UsageError
from validator.findings import AssetReport, Summary
from validator.profile import Profile
from validator.report.base import Format, exit_code, new_format, written

if TYPE_CHECKING:
    from validator.request.lint import Body

_OF_LINT = (
    *("select", "ignore", "severity", "profile", "fail_on", "exit_zero", "outputs", "output"),
    *("quiet", "show_passing", "explain", "color", "config", "no_config"),
)
_STANDARD_INPUT = "-"


class RequestChoices(Choices, frozen=True, kw_only=True):
    """The command line of `validator request lint`, as click hands it over."""

    durations: tuple[str, ...] = ()
    online: bool = False
    journal: str | None = None


@click.command("lint", short_help="Judge requests.")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=str, readable=False)
)
@click.option(
    "--durations",
    metavar="ID=SECONDS",
    multiple=True,
    help="How long an asset runs that was not uploaded from here.",
)
@having(ONLINE, JOURNAL, *options_named(_OF_LINT))
@click.pass_obj
def lint_requests(session: Session, /, files: tuple[str, ...], **said: Any) -> int:
    """Judge every FILE, the JSON body of a request to generate a video; - is standard input.

    How long videos and sounds run is in the journal of uploads. Nothing is sent, but for the question
    whether assets are Active where --online asks it.
    """
    from validator.request.lint import check_profile, lint_request
    from validator.request.uploads import knowledge_of, parse_durations

    choices = RequestChoices(**said)
    file, config, profile = settled_here(choices, online=choices.online)
    check_profile(profile)
    refuse_idle(config, profile, of_requests=True)
    lengths, used = parse_durations(choices.durations), set[str]()
    if files.count(_STANDARD_INPUT) > 1:
        raise UsageError("standard input can be read once, so name - once")
    reports = wanted(choices.outputs, config.output_format, choices.output)
    looks = [
        dataclasses.replace(look_of(config, choices, report.file), counted="request") for report in reports
    ]
    formats = [new_format(report.name, look) for report, look in zip(reports, looks, strict=True)]
    kept = {config.profile: "a profile"} | ({} if file is None else {str(file): "the configuration"})
    destinations = session.destination = Destinations(reports, files, kept)
    try:
        with (
            uploads_of(config, choices.journal) as uploads,
            asking(session, config, file, online=choices.online) as ask,
        ):
            known = knowledge_of(uploads, lengths, used)
            results = [
                lint_request(_body(name), config, target=name, profile=profile, knowledge=known, ask=ask)
                for name in files
            ]
        summary = _report(results, profile, formats, destinations)
    except BaseException:  # Ctrl-C too: no half report may stay behind
        destinations.abandon()
        raise
    for name in sorted(lengths.keys() - used):
        session.screen.say(f"--durations: no request here holds {name}")
    return 0 if config.exit_zero else exit_code(summary, config.fail_on)


def _body(name: str) -> Body:
    from validator.request.lint import read_file, read_stream

    if name != _STANDARD_INPUT:
        return read_file(name)
    if sys.stdin is None:
        raise UsageError("standard input is closed, so there is no request to read")
    return read_stream(sys.stdin.buffer)


def _report(
    results: list[AssetReport], profile: Profile, formats: list[Format], destinations: Destinations
) -> Summary:
    from validator.run import TOOL

    summary = Summary()
    for result in results:
        summary = summary.add(result)
    with contextlib.suppress(ReaderGone):
        for pieces, _ in written(results, TOOL, (profile,), formats):
            destinations.write(pieces)
        destinations.commit()
    return summary
