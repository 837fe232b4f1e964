"""Asset lists in Parquet: read piece by piece, so that a list may have millions of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from validator.arrow import check_arrow
from validator.errors import AssetListError
from validator.intake.asset_list import open_list
from validator.intake.parquet_pages import pages_of
from validator.intake.url import displayed
from validator.model import Asset

LARGEST_PAGES = 1 << 27
"""Bytes that one page of each column may take together, unpacked: each is unpacked as a whole."""

_ROWS = 1_024  # read at a time, and fewer where they could take more than this:
_READ = 1 << 26  # bytes; of a column whose texts repeat, or begin alike, each may be as long as a page
_BUFFER = 1 << 20  # bytes of a column that are read at a time, however long its pieces are


def read_parquet_list(path: Path) -> Iterator[Asset]:
    """The assets of a list, each when it is asked for; relative paths begin at the list's folder.

    The whole list is looked through before the first is given, so that what makes no sense in its last row is
    said before any work is done. The columns are those of a batch: see `validator.intake.table`.

    Raises:
        AssetListError: the list cannot be read, or a row makes no sense; the message names file and row.
        UsageError: pyarrow is missing.

    >>> next(read_parquet_list(Path("no/such.parquet")))
    Traceback (most recent call last):
    validator.errors.AssetListError: no/such.parquet: there is no such list
    """
    name = displayed(str(path))
    with open_list(path) as source:
        check_arrow(f"{name}: a Parquet list")
        assert source.file is not None  # noqa: S101 - or it would not be open
        for _ in _assets(source.file, path, name):
            pass
        yield from _assets(source.file, path, name)


def _assets(file: BinaryIO, path: Path, name: str) -> Iterator[Asset]:
    """All rows, from the first on."""
    from validator.intake.table import Rows, TableError

    table = _opened(file, name)
    number = 0
    try:
        rows = Rows(table.schema_arrow, str(path.parent))
        for batch in _batches(file, table, rows.columns, name):
            for asset in rows.assets(batch):
                number += 1
                yield _usable(asset, f"{name}: row {number:,}")
    except TableError as error:
        raise AssetListError(f"{name}: {error}") from error
    if not number:
        raise AssetListError(f"{name}: the list names no asset")


def _usable(asset: Asset | str, place: str) -> Asset:
    if isinstance(asset, str):
        raise AssetListError(f"{place}: {asset}")
    return asset


def _opened(file: BinaryIO, name: str) -> Any:
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
    from pyarrow import parquet

    file.seek(0)
    try:
        return parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(name, error) from error


def _batches(file: BinaryIO, table: Any, columns: tuple[str, ...], name: str) -> Iterator[Any]:
    import pyarrow as pa

    try:
        for number in range(table.metadata.num_row_groups):
            group = table.metadata.row_group(number)
            if not group.num_rows:
                continue
            largest = pages_of(file, group, columns)
            if largest > LARGEST_PAGES:
                raise AssetListError(
                    f"{name}: its pages unpack to {largest:,} bytes at a time, and at most {LARGEST_PAGES:,} "
                    "are taken: write it with smaller pages"
                )
            yield from table.iter_batches(
                max(1, min(_ROWS, _READ // max(largest, 1))),
                row_groups=[number],
                columns=list(columns),
                use_threads=False,
            )
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> AssetListError:
    reason = " ".join(str(error).split())[:200]
    return AssetListError(f"{name}: it could not be read as Parquet ({reason})")
