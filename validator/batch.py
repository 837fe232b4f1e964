"""Judges the rows of Arrow record batches, for engines that spread a table over processes and machines.

import pyarrow as pa
from validator.batch import lint_batch

findings = lint_batch(pa.record_batch({"target": ["clips/a.mp4", "https://example.com/face.png"]}))

It needs the extra `batch`. Nothing here knows of an engine: `BatchLinter` is a class for Ray Data's
`map_batches`, `lint_batches` a function for Spark's `mapInArrow`; the README shows both.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from validator.arrow import INSTALL
from validator.attention import faces_for
from validator.config import Config, check_config, check_types, profiles_of
from validator.errors import UsageError
from validator.findings import AssetReport
from validator.model import Asset
from validator.run import decoders_for, run

try:
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
except ImportError as missing:
    raise ImportError(f"validator.batch needs pyarrow ({missing}): {INSTALL} brings it") from missing

from validator.intake.table import ADDRESSES, Rows
from validator.intake.targets import LONGEST_LINE
from validator.report.findings_table import FINDINGS_SCHEMA, FindingRows
from validator.suggest import closest, did_you_mean

if TYPE_CHECKING:
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder

__all__ = ["FINDINGS_SCHEMA", "SPARK_SCHEMA", "BatchLinter", "findings_schema", "lint_batch", "lint_batches"]

ROWS_AT_MOST = 100_000
"""Of one batch: its findings are in memory all at once, and a column of texts has at most 2 GB."""

_Table = TypeVar("_Table", "pa.RecordBatch", "pa.Table")


class BatchLinter:
    """Judges batches, one after the other or from several threads, with workers that it keeps between them.

    The decoding processes and the models of the face detectors are loaded when the first batch needs them,
    and once. Close it, or use it as a context manager. `keep` names columns that are copied from each batch
    behind those of `FINDINGS_SCHEMA`, such as a key of your own. `decoders` and `faces` are a caller's own,
    and not closed here. With `config.workers = 0`, all usable cores are taken: where an engine runs a
    process for each core, say 1.

    Raises:
        UsageError: a configuration, or a profile, that cannot be used.

    >>> with BatchLinter(keep=["id"]) as linter:
    ...     judged = linter(pa.record_batch({"id": [7], "target": ["no/such.mp4"]}))
    >>> judged.column("verdict").to_pylist(), judged.column("id").to_pylist()
    (['fail'], [7])
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        keep: Sequence[str] = (),
        decoders: Decoders | None = None,
        faces: FaceFinder | None = None,
    ) -> None:
        config = check_types(config or Config())
        self._profiles = profiles_of(config)
        self._config = check_config(config, *self._profiles)
        self._keep = _names(keep)
        self._decoders = decoders or decoders_for(self._config)
        self._faces = faces or faces_for(self._config, _download)
        self._own = [
            mine for mine, theirs in ((self._decoders, decoders), (self._faces, faces)) if mine is not theirs
        ]

    def __enter__(self) -> BatchLinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, batch: _Table) -> _Table:
        """The findings of a record batch, or of a table: a row for each of its rows, in their order.

        A row that makes no sense is "unjudged", and `error` says why; it takes no other row down. Rows are
        compared with each other (duplicates, faces of a group) within a batch; those of a table within each
        100,000.

        Raises:
            UsageError: no column names the assets, one is of the wrong type, or a batch has too many rows.
            OutOfResources: the system starts no further thread.
        """
        if isinstance(batch, pa.Table):
            schema = findings_schema(batch.schema, self._keep)
            pieces = batch.combine_chunks().to_batches(max_chunksize=ROWS_AT_MOST)
            return pa.Table.from_batches([self._judged(piece) for piece in pieces], schema)
        if not isinstance(batch, pa.RecordBatch):
            raise UsageError(
                f"A record batch or a table of Arrow is taken, and no {type(batch).__name__}: "
                'pyarrow.table({"target": [...]}) makes one.'
            )
        return self._judged(batch)

    def close(self) -> None:
        """End the workers."""
        for each in self._own:
            each.close()

    def _judged(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.num_rows > ROWS_AT_MOST:
            raise UsageError(
                f"A batch has {batch.num_rows:,} rows, and at most {ROWS_AT_MOST:,} are taken: slice it."
            )
        schema = findings_schema(batch.schema, self._keep)
        rows = list(Rows(batch.schema).assets(batch))
        found = FindingRows()
        with closing(self._results([row for row in rows if isinstance(row, Asset)])) as results:
            for number, row in enumerate(rows):
                if isinstance(row, str):
                    target, column = _named(batch, number)
                    found.add_refused(target, row, is_url=column == "url")
                else:
                    found.add(next(results))
        kept = [batch.column(name) for name in self._keep]
        return pa.RecordBatch.from_arrays([*found.batch().columns, *kept], schema=schema)

    def _results(self, assets: list[Asset]) -> Generator[AssetReport, None, None]:
        if assets:
            yield from run(
                assets,
                self._config,
                profiles=self._profiles,
                decoders=self._decoders,
                faces=self._faces,
            )


def lint_batch(batch: _Table, config: Config | None = None, *, keep: Sequence[str] = ()) -> _Table:
    """The findings of a record batch, or of a table: a row for each of its rows, in their order.

    The assets are in the column `target` (a path or a URL), or in `path` and `url`, of which a row says one.
    `role` and `group` are what they are for, and the kind of their asset group; `group` may be a struct of
    `kind`, `id` and `name`, or these are in columns of their own (`group_kind`, …). `name` is your own name
    for an asset. Other columns are free: those that `keep` names are copied, and others are not.

    The workers that it needs are kept for the next batch, and end with this process; a `BatchLinter` is for
    whoever wants to end them before.

    Raises:
        UsageError: a configuration or a column that cannot be used; a row that cannot is no exception: it is
            "unjudged", and `error` says why.

    >>> batch = pa.record_batch({"target": ["no/such.mp4", "a.png"], "role": ["scene", "scenery"]})
    >>> judged = lint_batch(batch)
    >>> judged.column("verdict").to_pylist(), judged.column("error").to_pylist()[1][:24]
    (['fail', 'unjudged'], 'role: "scenery" is none ')
    """
    return _LINTERS.linter(BatchLinter, config or Config(), _names(keep))(batch)


def lint_batches(
    batches: Iterable[pa.RecordBatch],
    config: Config | None = None,
    *,
    keep: Sequence[str] = (),
    linter: Callable[..., BatchLinter] = BatchLinter,
) -> Iterator[pa.RecordBatch]:
    """The findings of batches, each as soon as it is judged, by workers that this process keeps.

    `linter` makes what judges them, of a configuration and `keep`: one for each process.

    Raises:
        UsageError: see `lint_batch`.

    >>> batches = [pa.record_batch({"target": ["no/such.mp4"]})] * 2
    >>> [judged.num_rows for judged in lint_batches(batches)]
    [1, 1]
    """
    judge = _LINTERS.linter(linter, config or Config(), _names(keep))
    for batch in batches:
        yield judge(batch)


def findings_schema(schema: pa.Schema, keep: Sequence[str] = ()) -> pa.Schema:
    """The columns of the findings of batches that have this schema.

    Raises:
        UsageError: a column that is to be kept is not there, or is called like one of the findings.

    >>> findings_schema(pa.schema([("target", pa.string()), ("id", pa.int64())]), ["id"]).names[-1]
    'id'
    """
    found = FINDINGS_SCHEMA
    for name in _names(keep):
        if name in FINDINGS_SCHEMA.names:
            raise UsageError(
                f"The column {name} cannot be kept: the findings have one of that name; rename yours before."
            )
        if schema.names.count(name) > 1:
            raise UsageError(f"The column {name} cannot be kept: it is there twice; rename one of them.")
        if name not in schema.names:
            near = did_you_mean(closest(name, schema.names))
            raise UsageError(f"The column {name} cannot be kept: there is none.{near}")
        found = found.append(schema.field(name))
    return found


def _names(keep: Sequence[str]) -> tuple[str, ...]:
    """The columns that are to be kept."""
    if isinstance(keep, str):
        raise UsageError(f'keep is a list of names of columns: write keep=["{keep}"].')
    return tuple(keep)


def _spark(type_: pa.DataType) -> str:
    """A type of the schema, as Spark writes it."""
    if pa.types.is_list(type_):
        return f"array<{_spark(type_.value_type)}>"
    if pa.types.is_struct(type_):
        return f"struct<{', '.join(f'`{part.name}`: {_spark(part.type)}' for part in type_)}>"
    return {"int64": "bigint", "bool": "boolean"}.get(str(type_), str(type_))


SPARK_SCHEMA = ", ".join(f"`{column.name}` {_spark(column.type)}" for column in FINDINGS_SCHEMA)
"""`FINDINGS_SCHEMA` in the words of Spark; columns that are kept are to be written behind it."""


def _named(batch: pa.RecordBatch, number: int) -> tuple[str | None, str]:
    """What a row that makes no sense names, if it does and is not too long, and the column that says so."""
    said = ((batch.column(name)[number].as_py(), name) for name in ADDRESSES if name in batch.schema.names)
    return next((each for each in said if each[0] and len(each[0]) <= LONGEST_LINE), (None, ""))


def _download(folder: Path) -> object:
    from validator.probe.portrait.model_download import download_models

    return download_models(folder)


class _Linters:
    """The linters of this process, each with its workers, until it ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[tuple[object, ...], BatchLinter] = {}
        atexit.register(self.close)

    def linter(self, make: Callable[..., BatchLinter], config: Config, keep: tuple[str, ...]) -> BatchLinter:
        """The one for this configuration, made when it is first asked for."""
        key = (make, repr(config), keep)
        with self._lock:
            if key not in self._made:
                self._made[key] = make(config, keep=keep)
            return self._made[key]

    def close(self) -> None:
        """End their workers."""
        with self._lock:
            while self._made:
                self._made.popitem()[1].close()


_LINTERS = _Linters()  # an engine gives a function no other place for what outlives a call
