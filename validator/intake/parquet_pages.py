"""How large the pages of a Parquet file are once they are unpacked, which the file's own index may hide."""

from __future__ import annotations

import os
from typing import Any, BinaryIO

_UNPACKED, _PACKED = 2, 3  # fields of the header that stands before each page
_TRUE, _FALSE, _BYTE, _BINARY, _STRUCT = 1, 2, 3, 8, 12  # types of fields in Thrift's compact protocol
_INTEGERS = (4, 5, 6)
_DEEPEST = 8  # structs in one another; a header has two
_LONGEST_INTEGER = 70  # bits of one, of which each byte holds seven


def largest_page(file: BinaryIO, start: int, size: int) -> int:
    r"""The most bytes that a page of a column takes, whose pages lie one after the other in this range.

    Raises:
        ValueError: what stands there is no page.

    >>> import io
    >>> largest_page(io.BytesIO(b"\x15\x00\x15\x80\x02\x15\x04\x00ab"), 0, 10)
    128
    """
    largest, at = 0, start
    while at < start + size:
        file.seek(at)
        header = _struct(file)
        packed = header.get(_PACKED, -1)
        if packed < 0:
            raise ValueError("a page says no size")
        largest = max(largest, header.get(_UNPACKED, 0))
        at = file.tell() + packed
    return largest


def pages_of(file: BinaryIO, group: Any, columns: tuple[str, ...]) -> int:
    """The most bytes that the pages take together of which one of each column is unpacked at a time.

    `group` is what pyarrow says of a row group.

    Raises:
        ValueError: it names what is no page.
    """
    most = 0
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema.partition(".")[0] in columns:
            start = column.data_page_offset
            if column.has_dictionary_page and 0 < column.dictionary_page_offset < start:
                start = column.dictionary_page_offset
            most += largest_page(file, start, column.total_compressed_size)
    return most


def _struct(file: BinaryIO, depth: int = 0) -> dict[int, int]:
    """The whole numbers of a struct by their fields' numbers; the rest of it is skipped."""
    if depth > _DEEPEST:
        raise ValueError("a page's header is nested too deeply")
    found: dict[int, int] = {}
    field = 0
    while head := _byte(file):
        ahead, kind = head >> 4, head & 15
        field = field + ahead if ahead else _signed(file)
        if kind in _INTEGERS:
            found[field] = _signed(file)
        elif kind == _BYTE:
            _byte(file)
        elif kind == _BINARY:
            file.seek(_integer(file), os.SEEK_CUR)
        elif kind == _STRUCT:
            _struct(file, depth + 1)
        elif kind not in (_TRUE, _FALSE):
            raise ValueError("a page's header holds what is not known")
    return found


def _signed(file: BinaryIO) -> int:
    value = _integer(file)
    return (value >> 1) ^ -(value & 1)


def _integer(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, _LONGEST_INTEGER, 7):
        byte = _byte(file)
        value |= (byte & 127) << shift
        if byte < 128:  # the highest bit says that more follows
            return value
    raise ValueError("a page's header holds a number without end")


def _byte(file: BinaryIO) -> int:
    data = file.read(1)
    if not data:
        raise ValueError("the file ends inside of a page's header")
    return data[0]
