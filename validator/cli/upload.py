"""`validator upload`: lint, forward what passes, and wait until it is Active."""

from __future__ import annotations

import dataclasses
import os
import sys
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.folder import current_folder
from validator.cli.judging import begun, beside, fetch_models, look_of, progress_bar, show_in
from validator.cli.options import configuration_file, settled_by
from validator.cli.output import Destination, ReaderGone, open_destination
from validator.cli.progress import wants_bar
from validator.cli.screen import wants_color
from validator.cli.service import library, trusted
from validator.cli.session import Session
from validator.cli.upload_options import (
    UploadChoices,
    check_where,
    delivery_options,
    recalled,
    served_folder,
    to_remember,
    upload_options,
    with_upload_choices,
)
from validator.errors import Cancelled, UsageError, ValidatorError
from validator.findings import AssetReport
from validator.profile import Profile
from validator.report.base import new_format, written
from validator.settings import Config
from validator.upload.trust import FOR_THE_FILES, FOR_THE_KEY

if TYPE_CHECKING:
    from validator.cli.board import Board, Lines
    from validator.upload.client import AssetClient
    from validator.upload.entry import UnfinishedRun
    from validator.upload.forward import Job, Manner, Upload
    from validator.upload.journal import Journal

_GO_ON = (
    "what was created is in the journal: run the same command again, or `validator upload --resume`, "
    "and nothing is made twice"
)


@click.command(short_help="Lint, and register what passes in the asset library.")
@click.argument("targets", metavar="[TARGET]...", nargs=-1, type=click.Path(path_type=str, readable=False))
@upload_options
@click.pass_obj
def upload(session: Session, /, targets: tuple[str, ...], **said: Any) -> int:
    """Lint every TARGET, register what passes in a group, and wait until it is Active.

    A TARGET is what `validator lint` takes. The library fetches addresses only, so a file needs --public-url
    or --publish. The key comes from ORCAROUTER_API_KEY, or from the file that the configuration names
    (api-key-file in [service]); it goes to the documented service, or to the address in ORCAROUTER_BASE_URL.
    Run it again after whatever went wrong: nothing is made twice.

    Exit code: 0 every asset is Active; 1 one did not pass, was refused or has changed, or there is no room
    for all; 2 wrong use, trouble with the key or the service, or not settled yet.
    """
    choices = UploadChoices(**said)
    check_where(choices, targets)
    config, profile, file = _settled(choices, current_folder())
    if choices.unpublish and not choices.resume and not config.upload.publish:
        raise UsageError("--unpublish removes what --publish puts into a bucket, and nothing is put into one")
    destination = open_destination(choices.output, targets)
    session.destination, session.judged = destination, 0
    try:
        with library(session, config, file) as client, _journal(config, choices) as journal:
            sink = _Sink(destination, session)
            work = _Work(session, choices, config, profile, file, client, journal, sink)
            return work.resume() if choices.resume else work.upload(targets)
    except BaseException:  # Ctrl-C too: no half report may stay behind, whatever ended the upload
        destination.abandon()
        raise


def _settled(choices: UploadChoices, start: Path) -> tuple[Config, Profile, Path | None]:
    """All that is chosen, the profile, and the configuration file that holds."""
    file = configuration_file(choices, start)
    config, profile = settled_by(file, choices)
    config = trusted(with_upload_choices(config, choices), (*FOR_THE_KEY, *FOR_THE_FILES))
    return config, profile, file


def _painted(word: str, color: str) -> str:
    return click.style(word, fg=color)


def _journal(config: Config, choices: UploadChoices) -> AbstractContextManager[Journal | None]:
    """The journal; a dry run makes none."""
    from validator.upload.journal import Journal, journal_path

    path = journal_path(config)
    if choices.dry_run and not path.exists():
        return nullcontext()
    return Journal(path, of_others=choices.journal is not None or choices.config is not None)


@dataclass
class _Sink:
    """Where the report goes. An upload goes on where nobody reads it any more: the journal keeps it."""

    destination: Destination
    session: Session
    closed: bool = False

    def write(self, text: str | bytes) -> None:
        """Write a piece, if anybody reads it."""
        if self.closed or not text:
            return
        try:
            self.destination.write(text)
        except ReaderGone:
            self.closed = True
            self.session.screen.say(
                "standard output was closed; the upload goes on, and `validator uploads` lists it"
            )


@dataclass
class _Work:
    """One call of `validator upload`."""

    session: Session
    choices: UploadChoices
    config: Config
    profile: Profile
    file: Path | None
    client: AssetClient
    journal: Journal | None
    sink: _Sink

    def upload(self, targets: tuple[str, ...]) -> int:
        """Upload what was named."""
        from validator.upload.forward import new_job

        job = new_job(
            targets,
            group_id=self.choices.group_id,
            new_group=self.choices.new_group,
            client=self.client,
            manner=self._manner(self.config, self.profile, self.choices, current_folder()),
            remember=to_remember(self.choices),
            journal=self.journal,
            on_wait=lambda seconds: self.session.screen.say(
                f"no such group is listed yet; looking for it for up to {seconds:.0f} s"
            ),
        )
        return self._finish([self._done(job, self.choices, self.file)])

    def resume(self) -> int:
        """Go on with what earlier uploads have left."""
        from validator.upload.forward import resumable

        assert self.journal is not None  # noqa: S101 - only a dry run has none
        service = self.client.service.base_url  # as the journal has it
        found = resumable(self.journal, service=service, group_id=self.choices.group_id)
        for note in found.notes:
            self.session.screen.say(note)
        if not found.runs and not found.notes:
            self.session.screen.say(
                "there is nothing to resume: an upload that was stopped while it linted is run again, and "
                "what is Failed is made anew by --retry-failed"
            )
        # What is noted is not Active, as far as anybody knows.
        return self._finish([self._resumed(run) for run in found.runs]) or (2 if found.notes else 0)

    def _resumed(self, run: UnfinishedRun) -> Upload:
        """Go on with one upload; what stands in its way does not stand in the way of the others."""
        from validator.upload.forward import left_alone, resumed_job
        from validator.upload.table import shown_time

        few = f"{len(run.entries)} asset{'' if len(run.entries) == 1 else 's'}"
        name = f'"{run.group_name}" ({run.group_id})' if run.group_name else run.group_id
        self.session.screen.say(
            f"resuming {few} of an upload of {shown_time(run.started, ' UTC')} into {name}"
        )
        try:
            # With what is said now laid over what was said then.
            choices, start = recalled(run.remembered, self.choices), Path(run.folder)
            config, profile, file = _settled(choices, start)
            manner = self._manner(config, profile, choices, start)
            return self._done(resumed_job(run, manner), choices, file)
        except Cancelled:
            raise
        except ValidatorError as error:
            return left_alone(run, error)

    def _manner(self, config: Config, profile: Profile, choices: UploadChoices, start: Path) -> Manner:
        from validator.upload.forward import Manner

        options, served = delivery_options(config, choices), served_folder(config, choices, start)
        return Manner(config, profile, options, served, os.environ)

    def _done(self, job: Job, choices: UploadChoices, file: Path | None) -> Upload:
        """Lint and deliver, or say what would be delivered; `choices` and `file` say how and where to."""
        from validator.cli.upload_fix import check_copies, mended
        from validator.upload.aim import can_compare_faces, note_on_likeness
        from validator.upload.connect import bucket_named
        from validator.upload.forward import forwarded, planned, publishes

        note = note_on_likeness(job.group, compared=can_compare_faces())
        if note:
            self.session.screen.say(note)
        if choices.fix:
            check_copies(job, choices)
        results = self._judged(job)
        with mended(self.session, job, results, choices, dry_run=self.choices.dry_run) as copies:
            if self.choices.dry_run:
                return copies.told_in(planned(job, copies.results, self.client, self.journal))
            assert self.journal is not None  # noqa: S101 - only a dry run has none
            if choices.publish is None and publishes(job, copies.results):
                self.session.screen.say(bucket_named(job.manner.config, file))
            self.session.judged, self.session.advice = None, _GO_ON
            with self._watch() as watch:
                self.session.bar = watch
                upload = forwarded(
                    job,
                    copies.results,
                    client=self.client,
                    journal=self.journal,
                    on_event=watch.tell,
                    cancelled=self.session.stop.cancel.is_set,
                )
            return copies.told_in(upload)

    def _judged(self, job: Job) -> tuple[AssetReport, ...]:
        """Lint; a text report is written as the results come in."""
        from validator.run import TOOL
        from validator.upload.forward import judged

        if not job.targets:
            return ()
        kept: list[AssetReport] = []
        look = look_of(self.config, self.choices, self.choices.output)
        look = dataclasses.replace(look, show_passing=False)  # what passes is listed in the end
        output = new_format("text", look)
        with (
            progress_bar(self.config, self.choices, job.targets) as bar,
            closing(
                judged(
                    job,
                    stdin=sys.stdin,
                    cancel=self.session.stop.cancel,
                    on_progress=lambda progress: show_in(bar, progress),
                    fetch_models=lambda folder: fetch_models(folder, self.session, bar),
                )
            ) as results,
        ):
            self.session.bar = bar

            def keeping() -> Any:
                for result in begun(results):
                    kept.append(result)
                    self.session.judged = len(kept)
                    yield result

            for (piece,), _ in written(keeping(), TOOL, (job.manner.profile,), (output,)):
                if self.config.output_format != "json":
                    with beside(bar if piece else None):
                        self.sink.write(piece)
        return tuple(kept)

    def _finish(self, uploads: list[Upload]) -> int:
        """Write how it ended, and return the exit code."""
        from validator.upload.ending import exit_code_of, hints, text

        look = look_of(self.config, self.choices, self.choices.output)
        if self.config.output_format == "json":
            from validator.upload.document import upload_document
            from validator.upload.document import written as as_json

            self.sink.write(
                as_json(
                    upload_document(uploads, profile=self.profile.info, service=self.client.service.base_url)
                )
            )
        else:
            gap = "" if look.quiet or not any(upload.results for upload in uploads) else "\n"
            self.sink.write(gap + text(uploads, look, _painted if look.color else None))
        if not self.sink.closed:
            self.sink.destination.commit()
        for hint in hints(uploads):
            self.session.screen.say(hint)
        return exit_code_of(uploads)

    def _watch(self) -> Board | Lines:
        from validator.cli.board import Board, Lines, Silence

        if self.config.quiet:
            return Silence()
        if wants_bar(sys.stderr):
            return Board(sys.stderr, color=wants_color(self.choices.color, sys.stderr))
        return Lines(self.session.screen.say)
