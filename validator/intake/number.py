"""How many assets targets name, counted beside a run for whoever waits for its end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from validator.intake.targets import found_in, is_parquet
from validator.model import Asset

_LARGEST_LIST = 4_000_000  # bytes of a list that is read whole: the run does it, too, and has it in memory
_FOUND_AT_A_TIME = 256
_PAUSE = 0.005  # seconds, in which the run has the processor


def number_of(targets: Iterable[str | os.PathLike[str] | Asset], stop: threading.Event) -> int | None:
    """How many assets the targets name, what is named twice counted twice; `None`: it cannot be told.

    Only the end of standard input tells how much there is in it, and a long list that is no table of a known
    number of rows is not read a second time. Nothing is kept, and `stop` ends it soon.

    >>> number_of(["no/such.png", "https://host/a.png"], threading.Event())
    2
    """
    number = 0
    try:
        for target in targets:
            if isinstance(target, Asset):
                number += 1
                continue
            name = os.fspath(target)
            if name == "-":
                return None
            for found in found_in(name, _rows):
                if isinstance(found, int):
                    number += found
                    continue
                number += 1
                if number % _FOUND_AT_A_TIME == 0 and stop.wait(_PAUSE):
                    return None
    except Exception:  # noqa: BLE001 - whatever it is, the run meets it as well, and says so
        return None
    return number


def _rows(target: str) -> Iterable[int]:
    """How many rows a list has."""
    from validator.intake.asset_list import open_list, read_asset_list

    path = Path(target)
    if not is_parquet(target):
        if path.stat().st_size > _LARGEST_LIST:
            raise ValueError("it would have to be read whole")
        return (len(read_asset_list(path)),)
    with open_list(path) as source:
        from pyarrow import parquet  # type: ignore[import-untyped, unused-ignore]

        return (int(parquet.ParquetFile(source.file).metadata.num_rows),)
