"""`validator upload --fix`: what fails is mended before it is forwarded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from validator.cli.judging import beside, fetch_models, progress_bar
from validator.cli.lint_fix import line_of
from validator.cli.progress import Shown
from validator.cli.session import Session
from validator.cli.upload_options import UploadChoices
from validator.findings import AssetReport

if TYPE_CHECKING:
    from validator.repair.outcome import Repair
    from validator.upload.forward import Job
    from validator.upload.mended import Copies


def check_copies(job: Job, choices: UploadChoices) -> None:
    """Refuse what no copy could be forwarded by, before any work is done.

    Raises:
        UsageError: copies would have no address, or cannot be written where they should stay.
    """
    from validator.repair.own_folder import check_outside
    from validator.repair.writing import check_output
    from validator.upload.mended import check_addressed

    keep = _kept_in(choices)
    if keep is not None:
        check_output(keep)
        check_outside(job.targets, keep)
    check_addressed(job.manner.config, job.manner.served, keep)


@contextmanager
def mended(
    session: Session, job: Job, results: Sequence[AssetReport], choices: UploadChoices, *, dry_run: bool
) -> Iterator[Copies]:
    """The results, with copies for what fails; these are there as long as the block lasts."""
    from validator.upload.mended import Copies, with_copies

    if not choices.fix or not results:
        yield Copies(tuple(results))
        return
    manner = job.manner
    with tempfile.TemporaryDirectory(prefix="validator-", ignore_cleanup_errors=True) as folder:
        with progress_bar(manner.config, choices) as bar:
            session.bar = bar

            def say(repair: Repair) -> None:
                if repair.status in ("mended", "planned") and manner.config.quiet:
                    return
                with beside(bar):
                    session.screen.say(line_of(repair, named=choices.fix_output is not None))

            copies = with_copies(
                results,
                None if dry_run else Path(folder),
                keep=_kept_in(choices),
                # As it was judged: what other services take does not decide.
                config=msgspec.structs.replace(manner.config, further_profiles=()),
                profile=manner.profile,
                delivery=manner.options,
                on_repair=say,
                on_progress=Shown(bar).show,
                cancel=session.stop.cancel,
                fetch_models=lambda models: fetch_models(models, session, bar),
            )
        yield copies


def _kept_in(choices: UploadChoices) -> Path | None:
    return None if choices.fix_output is None else Path(choices.fix_output)
