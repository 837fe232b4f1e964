"""The report as a Parquet file: a row for each asset, in the columns that `validator.batch` gives, too.

It is written a row group at a time, so that a run of a million assets has flat memory. What made it, and by
which profiles it judges, is in the file's metadata, as JSON under "seedance-validator".
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
from pyarrow import parquet  # type: ignore[import-untyped, unused-ignore]

from validator.findings import AssetReport, Summary, Tool
from validator.profile import Profile
from validator.report.findings_table import FINDINGS_SCHEMA, FindingRows
from validator.report.json import SCHEMA_VERSION, compact

METADATA = "seedance-validator"
"""The key of what is said of the whole report."""

ROWS = 4_096
"""Assets of a row group."""


class ParquetFormat:
    """A file in pieces of bytes, each with a row group."""

    def __init__(self) -> None:
        self._rows = FindingRows()
        self._pieces = _Pieces()
        self._writer: Any = None

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> bytes:
        """How the file begins."""
        about = {
            "schema_version": SCHEMA_VERSION,
            "tool": tool,
            "profiles": [profile.info for profile in profiles],
        }
        schema = FINDINGS_SCHEMA.with_metadata({METADATA: compact(about)})
        self._writer = parquet.ParquetWriter(
            pa.PythonFile(self._pieces, mode="w"), schema, compression="zstd"
        )
        return self._pieces.taken()

    def asset(self, result: AssetReport) -> bytes:
        """A row group, where there are enough assets for one."""
        self._rows.add(result)
        return self._row_group() if len(self._rows) >= ROWS else b""

    def finish(self, summary: Summary) -> bytes:  # noqa: ARG002 - counts are for whoever reads the rows
        """The last rows, and the file's index."""
        last = self._row_group() if len(self._rows) else b""
        self._writer.close()
        return last + self._pieces.taken()

    def _row_group(self) -> bytes:
        self._writer.write_batch(self._rows.batch())
        return self._pieces.taken()


class _Pieces:
    """A file that is only written, and taken away piece by piece; as much of one as Arrow asks for."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0
        self.closed = False

    def write(self, data: Any) -> int:
        """Keep it until it is taken."""
        size = memoryview(data).nbytes
        self._held += data
        self._at += size
        return size

    def taken(self) -> bytes:
        """What was written since the last time."""
        held, self._held = bytes(self._held), bytearray()
        return held

    def tell(self) -> int:
        """How much was written, taken or not."""
        return self._at
