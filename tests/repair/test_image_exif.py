"""Exif that is changed in place: only what a new size makes wrong, and nothing outside of the block."""

from __future__ import annotations

import io
import struct

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.repair.image_exif import fitted_exif

MAKER_NOTES = b"maker's notes at a place of their own"
THUMBNAIL = b"\xff\xd8" + b"small picture" * 9 + b"\xff\xd9"


def camera_exif(order: str, *, behind: bytes = b"") -> bytes:
    """Two directories, one below the first, and a thumbnail, laid out as cameras do."""

    def directory(following: int, *entries: tuple[int, int, int, int]) -> bytes:
        packed = b"".join(
            struct.pack(order + "HHI", tag, kind, count)
            + (struct.pack(order + "Hxx", value) if kind == 3 else struct.pack(order + "I", value))
            for tag, kind, count, value in entries
        )
        return struct.pack(order + "H", len(entries)) + packed + struct.pack(order + "I", following)

    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    first, below, second = 8, 8 + 30, 8 + 30 + 42
    notes = second + 30
    thumbnail = notes + len(MAKER_NOTES)
    return (
        head
        + directory(second, (0x0112, 3, 1, 8), (0x8769, 4, 1, below))
        + directory(0, (0x927C, 7, len(MAKER_NOTES), notes), (0xA002, 4, 1, 4000), (0xA003, 3, 1, 3000))
        + directory(0, (0x0201, 4, 1, thumbnail), (0x0202, 4, 1, len(THUMBNAIL)))
        + MAKER_NOTES
        + THUMBNAIL
        + behind
    )[first - 8 :]


def next_directory(data: bytes, order: str) -> int:
    """Where the first directory says that the second lies."""
    first = struct.unpack_from(order + "I", data, 4)[0]
    entries = struct.unpack_from(order + "H", data, first)[0]
    return int(struct.unpack_from(order + "I", data, first + 2 + 12 * entries)[0])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("behind", [b"", b"something else behind it"])
def test_orientation_sizes_and_thumbnail_are_brought_into_line(order: str, behind: bytes) -> None:
    fitted = fitted_exif(b"Exif\0\0" + camera_exif(order, behind=behind), 300, 400)
    exif = PIL.Image.Exif()
    exif.load(fitted)
    camera = exif.get_ifd(0x8769)
    assert (exif[0x0112], camera[0xA002], camera[0xA003]) == (1, 300, 400)
    assert camera[0x927C] == MAKER_NOTES
    assert not exif.get_ifd(1)
    assert next_directory(fitted, order) == 0
    assert b"small picture" not in fitted
    assert fitted.endswith(behind)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    fitted = fitted_exif(data, 300, 400)
    assert len(fitted) <= len(data)


@given(st.data())
def test_damaged_exif_is_survived(data: st.DataObject) -> None:
    block = bytearray(camera_exif(data.draw(st.sampled_from("<>"))))
    for at in data.draw(st.lists(st.integers(0, len(block) - 1), max_size=6)):
        block[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(block)))
    assert len(fitted_exif(bytes(block[:cut]), 300, 400)) <= cut


def test_pillow_reads_what_it_wrote_itself() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = 3, "Maker"
    file = io.BytesIO()
    PIL.Image.new("L", (4, 4)).save(file, "JPEG", exif=exif)
    block = PIL.Image.open(file).info["exif"]
    again = PIL.Image.Exif()
    again.load(fitted_exif(block, 4, 4))
    assert (again[0x0112], again[0x010F]) == (1, "Maker")
