"""The journal of uploads: every step is in it before and after it is taken, so that any run can go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from validator.errors import UsageError
from validator.report.escape import encodable
from validator.settings import Config
from validator.upload.entry import Entry, UnfinishedRun
from validator.upload.history import MENDED, GroupHistory, History, Moment, Recorded
from validator.upload.journal_file import in_words, open_journal
from validator.upload.journal_rows import (
    FROM_PLACE,
    GROUP_STEPS,
    KNOWN_GROUP,
    LATEST_FIRST,
    STEPS,
    TARGETS,
    TRIED,
    WHICH_ASSET,
    Intended,
    as_bytes,
    as_json,
    entry_in,
    insertion,
    moment_in,
    recorded_in,
    run_in,
)
from validator.upload.lock import all_held, data_folder, lock_folder
from validator.upload.outcome import FINISHED, Step
from validator.upload.records import AssetGroup


class Journal:
    """A file of steps, which only grows. A context manager, safe from several threads and processes.

    What may be read is in `Entry`. Never in it: the API key, a query string, a signed link.

    Args:
        path: the file; made, with its folder, for the user's eyes only, where there is none.
        now: the time of day, with a time zone.
        uptime: seconds since this machine was started.
        locks: the folder of the files that `locked` locks, besides the journal's own; by default one for all
            journals of the user.
        of_others: whether the file may belong to another user: where the user has named it.

    Raises:
        JournalError: it cannot be read or written, is no journal, or one of a newer version.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "uploads.sqlite3")) as journal:
    ...     list(journal.entries())
    []
    """

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        uptime: Callable[[], float] = time.monotonic,
        locks: Path | None = None,
        of_others: bool = False,
    ) -> None:
        self.path = path
        self._now = now
        self._uptime = uptime
        self._locks = locks
        self._alone = threading.RLock()
        self._connection = open_journal(path, of_others=of_others)

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
        with self._alone, in_words(self.path):
            self._connection.close()

    def locked(self, group_scope: str) -> AbstractContextManager[None]:
        """Hold a group alone; the operating system frees it, however this process ends.

        Neither another delivery with this journal, wherever its user's data folder is, nor one of this user
        with another journal can hold it meanwhile.

        Raises:
            UploadBusy: somebody else holds it.
        """
        return all_held((self.path.resolve().parent, self._locks or lock_folder(self.path)), group_scope)

    def moment(self) -> Moment:
        """This moment, as it would be recorded."""
        return Moment(self._now(), self._uptime())

    # What was recorded.

    def entries(
        self, *, group_id: str = "", unfinished: bool = False, limit: int | None = None
    ) -> Iterator[Entry]:
        """What was delivered, what changed last first."""
        found = self._entries("group_id = ?" if group_id else "1", (group_id,) if group_id else ())
        chosen = [entry for entry in found if not (unfinished and entry.is_finished)]
        yield from chosen[:limit]

    def of_asset(self, asset_id: str) -> Entry | None:
        """What this asset was made of, if it was made here."""
        had_it = "assets.number IN (SELECT asset FROM steps WHERE asset_id = ?)"
        found = self._entries(had_it, (asset_id,)) if asset_id else []
        return next((entry for entry in found if entry.asset_id == asset_id), None)

    def of_bytes(self, sha256: str) -> tuple[Entry, ...]:
        """Where these bytes were delivered, what changed last first."""
        return tuple(self._entries("sha256 = ?", (sha256,)))

    def unfinished_runs(self, *, service: str = "") -> tuple[UnfinishedRun, ...]:
        """Deliveries that were cut short, the newest first: what can be resumed."""
        by_run: dict[int, list[Entry]] = {}
        for entry in self.entries(unfinished=True):
            if service in ("", entry.service):
                by_run.setdefault(entry.run, []).append(entry)
        rows = {row[0]: row for row in self._read("SELECT * FROM runs") if row[0] in by_run}
        return tuple(run_in(rows[number], reversed(by_run[number])) for number in sorted(rows, reverse=True))

    def history(self, service: str, group_id: str, sha256: str) -> History:
        """All that is known of these bytes in this group."""
        return History.of(self._steps(self._asset(service, group_id, sha256)))

    def in_doubt(self, service: str, group_id: str) -> tuple[str, ...]:
        """The hashes of the bytes in this group of which nobody knows whether there is an asset."""
        tried = (
            (digest, History.of(self._steps(asset)))
            for asset, digest in self._read(TRIED, (service, group_id))
        )
        return tuple(digest for digest, history in tried if history.attempt is not None and not history.made)

    def knows_group(self, service: str, group_id: str) -> bool:
        """Whether anything was delivered into this group, or it was created, with this journal."""
        return any(self._read(query, (service, group_id)) for query in KNOWN_GROUP)

    def group_history(self, service: str, name: str) -> GroupHistory:
        """All that is known of the groups of this name."""
        rows = self._read(GROUP_STEPS, (service, name))
        return GroupHistory.of((Step(step), moment_in(at, up), group_id) for step, at, up, group_id in rows)

    # What is to be recorded.

    def begin(
        self,
        service: str,
        group: AssetGroup,
        intended: Iterable[Intended],
        *,
        folder: str,
        remembered: Mapping[str, Any],
    ) -> int:
        """Begin a run; each target is in the journal from now on, or is of this run from now on.

        What was to be delivered from the same place, and has other bytes by now, is no longer to be.
        """
        with self._writing() as write:
            run = write(
                "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._now().isoformat(),
                    service,
                    group.id,
                    encodable(group.name),
                    group.kind or "",
                    as_bytes(folder),
                    as_json(remembered),
                ),
            )
            for one in intended:
                self._add(write, run, service, group.id, one)
        return run

    def record(self, service: str, group_id: str, sha256: str, step: Step, **said: Any) -> None:
        """One step more; `said` are fields of `Recorded`. On the disk when this returns."""
        recorded = Recorded(step, self.moment(), **said)
        with self._writing() as write:
            (asset,) = self._found(WHICH_ASSET, (service, group_id, sha256))
            write(*insertion(asset, recorded))

    def record_group(self, service: str, name: str, step: Step, group_id: str = "") -> None:
        """One step more on the way to a group of this name."""
        moment = self.moment()
        with self._writing() as write:
            write(
                "INSERT INTO group_steps VALUES (NULL, ?, ?, ?, ?, ?, ?)",
                (service, name, step, moment.at.isoformat(), moment.uptime, group_id),
            )

    def drop(self, service: str, group_id: str, location: str, *, but: str = "") -> None:
        """What was to be delivered from this place and surely never was created no longer is to be.

        `but`: the sha256 of what still is to be delivered from there.
        """
        with self._writing() as write:
            self._drop(write, service, group_id, location, but)

    def _add(
        self, write: Callable[..., int], run: int, service: str, group_id: str, intended: Intended
    ) -> None:
        if intended.location:
            self._drop(write, service, group_id, intended.location, intended.sha256)
        duration = "" if intended.duration is None else str(intended.duration)
        write(
            "INSERT OR IGNORE INTO assets VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (service, group_id, intended.sha256, intended.kind, intended.bytes, duration),
        )
        (asset,) = self._found(WHICH_ASSET, (service, group_id, intended.sha256))
        write(
            "INSERT INTO targets VALUES (NULL, ?, ?, ?, ?, ?, ?, 0) "
            "ON CONFLICT DO UPDATE SET run = excluded.run, role = excluded.role, dropped = 0",
            (
                asset,
                run,
                as_bytes(intended.target),
                as_bytes(intended.location),
                intended.is_url,
                intended.role or "",
            ),
        )
        state = History.of(self._steps(asset)).state
        if state is None or (intended.anew and state in FINISHED):
            message = MENDED if intended.mended else ""
            write(*insertion(asset, Recorded(Step.JUDGED, self.moment(), message=message, run=run)))

    def _drop(self, write: Callable[..., int], service: str, group_id: str, location: str, but: str) -> None:
        for target, asset in self._read(FROM_PLACE, (service, group_id, as_bytes(location), but)):
            history = History.of(self._steps(asset))
            if not history.made and history.attempt is None:
                write("UPDATE targets SET dropped = 1 WHERE number = ?", (target,))

    # The file.

    def _entries(self, which: str, values: tuple[Any, ...]) -> list[Entry]:
        rows = self._read(f"{TARGETS} WHERE {which} {LATEST_FIRST}", values)
        histories = {asset: History.of(self._steps(asset)) for asset in {row[0] for row in rows}}
        return [entry_in(row, histories[row[0]]) for row in rows]

    def _asset(self, service: str, group_id: str, sha256: str) -> int | None:
        found = self._read(WHICH_ASSET, (service, group_id, sha256))
        return found[0][0] if found else None

    def _steps(self, asset: int | None) -> list[Recorded]:
        return [recorded_in(row) for row in self._read(STEPS, (asset,))]

    def _read(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._alone, in_words(self.path):
            return self._connection.execute(query, values).fetchall()

    def _found(self, query: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
        found = self._read(query, values)
        if not found:
            raise LookupError("the journal was asked to go on with what it never began")
        return found[0]

    @contextmanager
    def _writing(self) -> Iterator[Callable[..., int]]:
        """All of it is written, or nothing."""
        with self._alone, in_words(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._written
                self._connection.execute("COMMIT")
            except BaseException:  # Ctrl-C too: half a step would be a step that was never taken
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _written(self, statement: str, values: tuple[Any, ...]) -> int:
        return self._connection.execute(statement, values).lastrowid or 0


def journal_path(config: Config) -> Path:
    """Where the journal is: what the setting `journal` names, or in the user's data folder.

    Raises:
        UsageError: there is neither.

    >>> from validator.settings import UploadSettings
    >>> journal_path(Config(upload=UploadSettings(journal="/srv/uploads.sqlite3"))).name
    'uploads.sqlite3'
    """
    if config.upload.journal:
        return Path(config.upload.journal)
    folder = data_folder()
    if folder is None:
        raise UsageError(
            "There is no folder for the journal of uploads, as this user has no home: name a file with "
            "--journal."
        )
    return folder / "uploads.sqlite3"
