"""The journal of uploads: every step is in it before and after it is taken, so that any run can go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from validator.settings import Config
from validator.upload.entry import Entry, UnfinishedRun


class Journal:
    """A file of steps, which only grows. A context manager, safe from several threads and processes.

    What may be read is in `Entry`. Never in it: the API key, a query string, a signed link.

    Args:
        path: the file; made, with its folder, for the user's eyes only, where there is none.
        now: the time of day, with a time zone.
        locks: the folder of the files that `locked` locks; by default one for all journals of the user.

    Raises:
        JournalError: it cannot be read or written, is no journal, or one of a newer version.
    """

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        locks: Path | None = None,
    ) -> None:
        raise NotImplementedError

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        raise NotImplementedError

    def locked(self, group_scope: str) -> AbstractContextManager[None]:
        """Hold a group alone; the operating system frees it, however this process ends.

        Raises:
            UploadBusy: somebody else holds it.
        """
        raise NotImplementedError

    def entries(
        self, *, group_id: str = "", unfinished: bool = False, limit: int | None = None
    ) -> Iterator[Entry]:
        """What was delivered, the newest first."""
        raise NotImplementedError

    def of_asset(self, asset_id: str) -> Entry | None:
        """What this asset was made of, if it was made here."""
        raise NotImplementedError

    def of_bytes(self, sha256: str) -> tuple[Entry, ...]:
        """Where these bytes were delivered, the newest first."""
        raise NotImplementedError

    def unfinished_runs(self, *, service: str = "") -> tuple[UnfinishedRun, ...]:
        """Deliveries that were cut short, the newest first: what can be resumed."""
        raise NotImplementedError


def journal_path(config: Config) -> Path:
    """Where the journal is: what the setting `journal` names, or in the user's data folder.

    Raises:
        UsageError: there is neither.
    """
    raise NotImplementedError
