"""Packed bodies: the same bytes, wherever the pieces of the packed ones end."""

from __future__ import annotations

import gzip
import zlib

import pytest

from validator.intake.decoding import DamagedBodyError, Unpacker

FIRST, SECOND = b"first part " * 9, b"second part " * 9
TWO_PARTS = gzip.compress(FIRST, mtime=0) + gzip.compress(SECOND, mtime=0)  # test names hold it


def unpacked(packed: bytes, *ends: int) -> tuple[bytes, bool]:
    """What comes out where the packed bytes come in pieces that end at `ends`, and whether that is all."""
    unpacker = Unpacker("gzip")
    starts = (0, *ends)
    pieces = (packed[start:end] for start, end in zip(starts, (*ends, len(packed)), strict=True))
    return b"".join(out for piece in pieces for out in unpacker.feed(piece)), unpacker.complete


@pytest.mark.parametrize("end", range(len(TWO_PARTS)))
def test_two_parts_are_one_body_wherever_the_pieces_end(end: int) -> None:
    assert unpacked(TWO_PARTS, end) == (FIRST + SECOND, True)


def test_two_parts_byte_by_byte() -> None:
    assert unpacked(TWO_PARTS, *range(1, len(TWO_PARTS))) == (FIRST + SECOND, True)


def test_half_of_a_second_part_is_not_all() -> None:
    first = len(gzip.compress(FIRST))
    assert unpacked(TWO_PARTS[:-9], first) == (FIRST + SECOND, False)


@pytest.mark.parametrize("junk", [b"\x1f", b"\0" * 40, b"\x1fjunk", b"junk" + TWO_PARTS])
def test_junk_behind_the_last_part_is_no_part(junk: bytes) -> None:
    end = len(TWO_PARTS)
    for ends in ((), (end,), (end + 1,), (end, end + 1), (end, end + 4)):
        assert unpacked(TWO_PARTS + junk, *(min(end, len(TWO_PARTS + junk)) for end in ends)) == (
            FIRST + SECOND,
            True,
        )


def test_a_second_part_that_is_damaged() -> None:
    with pytest.raises(DamagedBodyError):
        unpacked(gzip.compress(FIRST) + b"\x1f\x8bno part", len(gzip.compress(FIRST)))


def test_zlib_comes_in_one_part() -> None:
    assert unpacked(zlib.compress(FIRST), 9) == (FIRST, True)
