"""Parts of a file, read as one."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.probe.splice import Splice

_DATA = bytes(range(100))
_PARTS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=5)


@given(_PARTS, st.integers(0, 120), st.integers(0, 120))
def test_it_reads_as_its_parts_do(parts: list[tuple[int, int]], at: int, count: int) -> None:
    joined = b"".join(_DATA[start:end] for start, end in parts)
    file = io.BufferedReader(Splice(io.BytesIO(_DATA), parts))
    assert file.seek(at) == at
    assert file.read(count) == joined[at : at + count]
    assert file.seek(0, io.SEEK_END) == len(joined)


def test_a_position_counts_from_where_it_is_asked_to() -> None:
    file = Splice(io.BytesIO(_DATA), [(10, 20), (50, 60)])
    assert (file.readable(), file.seekable(), file.writable()) == (True, True, False)
    assert (file.seek(-3, io.SEEK_END), file.read(), file.tell()) == (17, b"\x39\x3a\x3b", 20)
    assert (file.seek(-11, io.SEEK_CUR), file.read(1)) == (9, b"\x13")
    assert file.seek(-50, io.SEEK_CUR) == 0


@pytest.mark.parametrize("parts", [[], [(5, 5)], [(9, 3)]])
def test_nothing_is_an_empty_file(parts: list[tuple[int, int]]) -> None:
    assert Splice(io.BytesIO(_DATA), parts).read() == b""
