"""The pages of Parquet files: their sizes, by their own headers."""

from __future__ import annotations

import io
import random

import pytest

from validator.intake.parquet_pages import largest_page

PAGE = bytes.fromhex("1500 15c801 1504 25aa01 2c 1502 1500 1c 1800 1802ffff 00 12 00 33ff 00")
"""A header: 100 bytes, 2 when packed, a checksum; a struct with statistics, a flag and a byte."""


def test_the_largest_of_several_pages_counts() -> None:
    larger = PAGE.replace(b"\x15\xc8\x01", b"\x15\x90\x03") + b"ab"
    data = b"PAR1" + PAGE + b"ab" + larger + PAGE + b"ab"
    assert largest_page(io.BytesIO(data), 4, len(data) - 4) == 200
    assert largest_page(io.BytesIO(data), 4, len(PAGE) + 2) == 100
    assert largest_page(io.BytesIO(data), 4, 0) == 0


def test_a_field_may_say_its_number() -> None:
    assert largest_page(io.BytesIO(bytes.fromhex("0504c801 0506 04 00 0000")), 0, 8) == 100


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file ends inside"),
        (PAGE[:9], "the file ends inside"),
        (b"\0" * 9, "a page says no size"),
        (b"\x15\x00\x15\x04\x15\x03\x00", "a page says no size"),
        (b"\x19\x00\x00", "holds what is not known"),
        (b"\x15" + b"\xff" * 20, "a number without end"),
        (b"\x1c" * 5_000, "nested too deeply"),
    ],
)
def test_what_is_no_page_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        largest_page(io.BytesIO(data), 0, 100)


def test_damage_is_refused_or_measured() -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    refused = 0
    for _ in range(2_000):
        damaged = bytearray((PAGE + b"ab") * 3)
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            largest_page(io.BytesIO(damaged), 0, len(damaged))
        except ValueError:
            refused += 1
    assert 100 < refused < 2_000
