"""Rows 44 to 58: pictures. What bursts a bound is refused by its structure; the rest is decoded whole."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fixtures import heif as made
from fixtures.bits import flat_png
from fixtures.pictures import colours, sixteen_bit
from tests.cli.process import CHECKOUT
from tests.effort import at_most
from tests.hostile.lint import codes, judged, words
from tests.probe.build import (
    PNG,
    bmp_head,
    chunk,
    gif,
    png_chunk,
    png_chunks,
    png_head,
    png_of,
    replaced,
    tiff,
    tiff_page,
    webp_head,
)
from tests.probe.media import heif, noise, saved
from validator import AssetReport, Verdict
from validator.probe.decoders import Decoders

Judge = Callable[..., AssetReport]
_PICTURE = noise(400, 320)
_MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    """Little memory: what a row says is refused must be so for its own reason, not for want of it."""
    with Decoders(seconds=20, memory=1_200_000_000) as warm:
        yield warm


@pytest.fixture
def judge(tmp_path: Path, decoders: Decoders) -> Judge:
    """Judges bytes as a file of this name, and takes no long time for it."""

    def judging(data: bytes, name: str) -> AssetReport:
        (tmp_path / name).write_bytes(data)
        with at_most(5):  # seconds; mostly a fraction of one
            return judged(tmp_path / name, decoders=decoders)

    return judging


def file_facts(result: AssetReport) -> tuple[object, object]:
    return result.facts.file.expansion, result.facts.file.integrity


def size(result: AssetReport) -> tuple[int | None, int | None]:
    """Width and height as shown, in pixels."""
    values = result.facts.values()
    return values.get("width"), values.get("height")


def message(result: AssetReport, code: str) -> str:
    (found,) = (finding.message for finding in result.findings if finding.code == code)
    return found


# ── 44: announced sizes ──────────────────────────────────────────────────────────────────────────


def _announcing(name: str, width: int, height: int) -> bytes:
    """A header that announces a size, and next to nothing behind it."""
    if name == "png":
        return PNG + png_head(width, height) + png_chunk(b"IDAT", zlib.compress(b"")) + png_chunk(b"IEND")
    if name == "gif":
        return gif((width, height))
    if name == "bmp":
        return bmp_head(width, height)
    if name == "webp":
        return webp_head(width, height)
    if name == "tiff":
        return tiff([tiff_page(width, height, 200)]) + bytes(100)
    data = bytearray(saved(_PICTURE, "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("name", ["png", "gif", "bmp", "webp", "tiff", "jpeg"])
def test_row_44_a_header_of_65535_by_65535_is_refused_before_decoding(name: str, judge: Judge) -> None:
    result = judge(_announcing(name, 65_535, 65_535), f"bomb.{name}")
    assert codes(result) == {"FIL007", "IMG003"}
    assert size(result) == (65_535, 65_535)
    assert "65535x65535, 4,294,836,225 px; we decode at most 178,956,970 px" in message(result, "FIL007")
    assert file_facts(result) == ("pixels", None)


def test_row_44_scans_count_as_pixels(judge: Judge) -> None:
    picture = saved(Image.new("L", (3_000, 3_000)), "JPEG", progressive=True)
    last = picture.rindex(b"\xff\xda")
    again = picture[last:-2]
    result = judge(picture[:-2] + again * 10 + picture[-2:], "a-few.jpg")
    assert codes(result) == set()
    result = judge(picture[:-2] + again * 1_000 + picture[-2:], "scans.jpg")
    assert codes(result) == {"FIL007"}
    assert "scans over 3000x3000, 9,0" in message(result, "FIL007")
    assert file_facts(result) == ("pixels", None)


# ── 45: metadata ─────────────────────────────────────────────────────────────────────────────────


def _png(*chunks: tuple[bytes, bytes], behind: bool = False) -> bytes:
    head, *rest, end = png_chunks(saved(_PICTURE, "PNG"))
    return png_of([head, *rest, *chunks, end] if behind else [head, *chunks, *rest, end])


def _jpeg(*segments: bytes) -> bytes:
    data = saved(_PICTURE, "JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def _segment(marker: int, data: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _webp(*chunks: bytes) -> bytes:
    canvas = b"\x2c\0\0\0" + (399).to_bytes(3, "little") + (319).to_bytes(3, "little")
    before = b"".join(each for each in chunks if each.startswith(b"ICCP"))
    behind = b"".join(each for each in chunks if not each.startswith(b"ICCP"))
    body = b"WEBP" + chunk(b"VP8X", canvas) + before + saved(_PICTURE, "WEBP")[12:] + behind
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(extension: bytes) -> bytes:
    data = saved(_PICTURE.convert("P"), "GIF")
    behind_colours = 13 + 3 * 256
    return data[:behind_colours] + extension + data[behind_colours:]


def _blocks(data: bytes) -> bytes:
    """Data in sub-blocks of a GIF."""
    parts = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _tiff(*tags: tuple[int, int, int, int], room: int = 0, pages: int = 1) -> bytes:
    page = [*tiff_page(400, 320, 8), *tags]
    return tiff([page] * pages) + bytes(400 * 320 + room)


def _heic(**info: Any) -> bytes:
    picture = _PICTURE.copy()
    picture.info.update(info)
    return heif(picture)


_BOMB = zlib.compress(bytes(200 * _MEGABYTE), 9)
_MANY: dict[str, Callable[[], bytes]] = {
    "texts.png": lambda: _png(*[(b"tEXt", b"Comment\0x")] * 5_000),
    "texts-behind.png": lambda: _png(*[(b"tEXt", b"Comment\0x")] * 5_000, behind=True),
    "applications.jpg": lambda: _jpeg(_segment(0xE4, b"x") * 5_000),
    "comments.jpg": lambda: _jpeg(_segment(0xFE) * 1_000_000),
    "profile-in-1600-parts.jpg": lambda: _jpeg(_segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(65_000)) * 1_600),
    "chunks.webp": lambda: _webp(chunk(b"ABCD", b"") * 1_000_000),
    "comments.gif": lambda: _gif((b"!\xfe" + _blocks(b"hi")) * 1_000_000),
}
_LARGE: dict[str, Callable[[], bytes]] = {
    "text.png": lambda: _png((b"tEXt", b"Comment\0" + b"x" * 100 * _MEGABYTE)),
    "text-behind.png": lambda: _png((b"iTXt", b"a\0\0\0\0\0" + b"x" * 100 * _MEGABYTE), behind=True),
    "exif.png": lambda: _png((b"eXIf", b"MM\0*" + bytes(100 * _MEGABYTE))),
    "private.png": lambda: _png((b"prVt", bytes(100 * _MEGABYTE))),
    "resources.jpg": lambda: _jpeg(_segment(0xED, b"Photoshop 3.0\0" + bytes(65_000)) * 900),
    "profile.webp": lambda: _webp(chunk(b"ICCP", bytes(100 * _MEGABYTE))),
    "exif.webp": lambda: _webp(chunk(b"EXIF", bytes(40 * _MEGABYTE))),
    "xmp.webp": lambda: _webp(chunk(b"XMP ", bytes(40 * _MEGABYTE))),
    "comment.gif": lambda: _gif(b"!\xfe" + _blocks(bytes(40 * _MEGABYTE))),
    "profile.tif": lambda: _tiff((34_675, 7, 100 * _MEGABYTE, 500), room=100 * _MEGABYTE),
    "one-value-many-times.tif": lambda: _tiff(
        *((40_000 + tag, 7, 2 * _MEGABYTE, 500) for tag in range(20)), room=2 * _MEGABYTE
    ),
    "one-value-on-many-pages.tif": lambda: _tiff((40_000, 7, _MEGABYTE, 500), room=_MEGABYTE, pages=50),
    "millions-of-numbers.tif": lambda: _tiff((40_000, 3, 8 * _MEGABYTE, 500), room=16 * _MEGABYTE),
    "profile.heic": lambda: _heic(icc_profile=bytes(40 * _MEGABYTE)),  # of more, writing takes long
    "exif.heic": lambda: _heic(exif=b"Exif\0\0II*\0" + bytes(40 * _MEGABYTE)),
    "xmp.heic": lambda: _heic(xmp=bytes(40 * _MEGABYTE)),
    "profile-unpacked.png": lambda: _png((b"iCCP", b"p\0\0" + _BOMB)),
    "text-unpacked.png": lambda: _png((b"zTXt", b"p\0\0" + _BOMB)),
    "text-unpacked-behind.png": lambda: _png((b"zTXt", b"p\0\0" + _BOMB), behind=True),
    "international-unpacked.png": lambda: _png((b"iTXt", b"p\0\1\0\0\0" + _BOMB)),
    "each-unpacked-a-little.png": lambda: _png(
        *[(b"zTXt", b"p\0\0" + zlib.compress(bytes(900_000), 9))] * 100
    ),
}


@pytest.mark.parametrize("name", _MANY)
def test_row_45_metadata_in_thousands_of_pieces_is_refused(name: str, judge: Judge) -> None:
    result = judge(_MANY[name](), name)
    assert "FIL007" in codes(result)
    assert file_facts(result) == ("metadata", None)
    assert "more metadata than we read (more than 1,000 pieces; we read no more)" in message(result, "FIL007")


@pytest.mark.parametrize("name", _LARGE)
def test_row_45_large_metadata_is_refused_with_its_size_and_the_cap(name: str, judge: Judge) -> None:
    result = judge(_LARGE[name](), name)
    assert "FIL007" in codes(result)
    assert file_facts(result) == ("metadata", None)
    detail = result.facts.file.expansion_detail or ""
    measured, cap = detail.removeprefix("at least ").split(" bytes of metadata; we read at most ")
    assert int(measured.replace(",", "")) > 32_000_000
    assert cap == "32,000,000"


def test_row_45_tags_by_the_thousand_are_refused(judge: Judge) -> None:
    result = judge(_tiff(*((10_000 + tag, 3, 1, 0) for tag in range(5_000))), "tags.tif")
    assert codes(result) == {"FIL007"}
    assert "5,010 tags in a directory; we read at most 1,000" in message(result, "FIL007")


@pytest.mark.parametrize("count", [101, 1_600])
def test_row_45_exif_in_many_segments_is_refused(count: int, judge: Judge) -> None:
    result = judge(_jpeg(_segment(0xE1, b"Exif\0\0" + bytes(65_000)) * count), "exif.jpg")
    assert "FIL007" in codes(result)
    assert "more than 100 segments of Exif; we read no more" in message(result, "FIL007")


@pytest.mark.parametrize("fill", [b"\xff", b"\x00"])
def test_row_45_nothing_by_the_million_is_refused(fill: bytes, judge: Judge) -> None:
    result = judge(_jpeg(_segment(0xE0, b"JFIF\0"), fill * 20 * _MEGABYTE), "fill.jpg")
    assert codes(result) == {"FIL007"}
    assert "more than 65,536 bytes of nothing before the picture" in message(result, "FIL007")


def test_row_45_blocks_of_one_byte_take_no_time(judge: Judge) -> None:
    result = judge(_gif(b"!\xfe" + b"\1a" * 14 * _MEGABYTE + b"\0"), "blocks.gif")
    assert codes(result) == {"FIL007"}
    assert "more than 10,000,000 blocks" in message(result, "FIL007")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("text-3-mb.png", lambda some: _png((b"zTXt", b"p\0\0" + zlib.compress(some)))),
        ("profile-3-mb.png", lambda some: _png((b"iCCP", b"p\0\0" + zlib.compress(some)))),
        ("text-behind.png", lambda some: _png((b"zTXt", b"p\0\0" + zlib.compress(some)), behind=True)),
        ("text-20-mb.png", lambda some: _png((b"tEXt", b"p\0" + some * 7))),
        ("profile.jpg", lambda some: _jpeg(*[_segment(0xE2, some[:65_000])] * 100)),
        ("layers.tif", lambda some: _tiff((37_724, 7, 9 * len(some), 500), room=9 * len(some))),
        ("profile.webp", lambda some: _webp(chunk(b"ICCP", some))),
        ("profile.heic", lambda some: _heic(icc_profile=some)),
        ("comment.gif", lambda some: _gif(b"!\xfe" + _blocks(some))),
    ],
)
def test_row_45_what_editors_leave_is_no_bomb(
    name: str, make: Callable[[bytes], bytes], judge: Judge
) -> None:
    some = random.Random(1).randbytes(3 * _MEGABYTE)  # noqa: S311 - a pattern, no secret
    result = judge(make(some), name)
    assert codes(result) <= {"IMG004"}  # it may be too large a file, and is told so
    assert file_facts(result) == ("sane", "whole")
    assert size(result) == (400, 320)


# ── 46 and 47: frames ────────────────────────────────────────────────────────────────────────────


def _animated_webp(count: int) -> bytes:
    pixel = saved(Image.new("RGB", (1, 1)), "WEBP", lossless=True)[12:]
    frame = chunk(b"ANMF", bytes(12) + b"\x0a\0\0\0" + pixel)
    canvas = b"\2\0\0\0" + (299).to_bytes(3, "little") * 2
    body = b"WEBP" + chunk(b"VP8X", canvas) + chunk(b"ANIM", bytes(6)) + frame * count
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _animated_png(announced: int, count: int) -> bytes:
    pixels = zlib.compress(bytes(301 * 300))
    one = zlib.compress(b"\0\0")
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 300, 300, 8, 0, 0, 0, 0))]
    chunks.append((b"acTL", struct.pack(">II", announced, 0)))
    chunks += [(b"fcTL", struct.pack(">IIIIIHHBB", 0, 300, 300, 0, 0, 1, 10, 0, 0)), (b"IDAT", pixels)]
    for number in range(1, count):
        chunks.append((b"fcTL", struct.pack(">IIIIIHHBB", 2 * number - 1, 1, 1, 0, 0, 1, 10, 0, 0)))
        chunks.append((b"fdAT", struct.pack(">I", 2 * number) + one))
    return png_of([*chunks, (b"IEND", b"")])


def _chain(count: int) -> bytes:
    """A TIFF of many pages that share their pixels."""
    page = sorted(tiff_page(300, 300, 8))
    body = struct.pack("<H", len(page)) + b"".join(struct.pack("<HHII", *entry) for entry in page)
    length = len(body) + 4
    pages = (body + struct.pack("<I", 8 + length * (at + 1)) for at in range(count - 1))
    return b"II*\0\x08\0\0\0" + b"".join(pages) + body + bytes(4) + bytes(90_000)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("frames.gif", lambda: gif((300, 300), [(0, 0, 1, 1)] * 100_000)),
        ("frames.webp", lambda: _animated_webp(100_000)),
        ("frames.png", lambda: _animated_png(100_000, 100_000)),
        ("announced.png", lambda: _animated_png(100_000, 1)),
        ("pages.tif", lambda: _chain(100_000)),
    ],
)
def test_row_46_a_hundred_thousand_frames_are_counted_and_refused(
    name: str, make: Callable[[], bytes], judge: Judge
) -> None:
    result = judge(make(), name)
    assert codes(result) == {"FIL007"}
    assert result.facts.values()["frames"] == 100_000
    assert "(100,000 frames; we decode at most 5,000)" in message(result, "FIL007")
    assert file_facts(result) == ("frames", None)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("frames.gif", lambda: gif((300, 300), [(0, 0, 1, 1)] * 1_000_000)),
        ("frames.webp", lambda: _animated_webp(400_000)),
        ("pages.tif", lambda: _chain(300_000)),
    ],
)
def test_row_46_counting_ends(name: str, make: Callable[[], bytes], judge: Judge) -> None:
    result = judge(make(), name)
    assert "FIL007" in codes(result)
    assert "at least 2" in message(result, "FIL007")
    assert "frames; we decode at most 5,000" in message(result, "FIL007")


def test_row_46_frames_that_are_not_announced_take_no_time(judge: Judge) -> None:
    result = judge(_animated_png(2, 100_000), "hidden.png")
    assert result.facts.values()["frames"] == 2
    assert codes(result) == set()


def test_row_47_a_gif_frame_beyond_the_canvas_is_damage(judge: Judge) -> None:
    others = [colours(300, 300, shift=shift).convert("P") for shift in (40, 80)]
    picture = saved(others[0], "GIF", save_all=True, append_images=others[1:], disposal=2)
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 300, 300)
    assert picture.count(frame) == 2
    before, behind = picture.rsplit(frame, 1)
    whole = judge(picture, "inside.gif")
    assert (codes(whole), whole.facts.values()["frames"]) == (set(), 2)
    result = judge(before + b"\x2c" + struct.pack("<HHHH", 5, 7, 300, 300) + behind, "beyond.gif")
    assert codes(result) == {"FIL005"}
    assert "frame 2 reaches to 305x307, outside the canvas of 300x300" in message(result, "FIL005")


def test_row_47_far_beyond_it_too(judge: Judge) -> None:
    result = judge(gif((300, 300), [(0, 0, 1, 1), (65_000, 65_000, 500, 500)]), "beyond.gif")
    assert codes(result) & {"FIL005", "FIL007"}
    assert result.verdict is Verdict.FAIL


# ── 48 to 51: damage ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sides", [(0, 400), (400, 0), (0, 0)])
@pytest.mark.parametrize("name", ["png", "gif", "bmp", "tiff", "jpeg"])
def test_row_48_a_side_of_nothing_is_damage(name: str, sides: tuple[int, int], judge: Judge) -> None:
    result = judge(_announcing(name, *sides), f"nothing.{name}")
    assert result.verdict is Verdict.FAIL
    assert codes(result) & {"FIL005", "IMG003"}
    assert "internal error" not in words(result)


@pytest.mark.parametrize("sides", [(0, 400), (400, 0), (0, 0)])
def test_row_48_of_a_webp_frame(sides: tuple[int, int], judge: Judge) -> None:
    data = saved(_PICTURE, "WEBP")
    at = data.index(b"\x9d\x01\x2a") + 3  # behind the start code of a key frame
    result = judge(data[:at] + struct.pack("<HH", *sides) + data[at + 4 :], "nothing.webp")
    assert codes(result) == {"FIL005"}
    assert "internal error" not in words(result)


@pytest.mark.parametrize("sides", [(0, 320), (400, 0), (0, 0)])
def test_row_48_of_a_heic(sides: tuple[int, int], judge: Judge) -> None:
    data = heif(_PICTURE)
    nothing = replaced(data, struct.pack(">II", 400, 320), struct.pack(">II", *sides))
    result = judge(nothing, "nothing.heic")
    assert "internal error" not in words(result)
    assert "FIL005" in codes(result) or size(result) == (400, 320)  # what libheif decodes is what is shown


_JPEGS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "optimised": {"optimize": True, "quality": 95, "subsampling": 0},
    "restarting": {"restart_marker_rows": 1},
}


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(99, 100)])
@pytest.mark.parametrize("kind", _JPEGS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_row_49_a_jpeg_that_is_cut_is_found_by_decoding(
    kind: str, mode: str, share: Fraction, judge: Judge
) -> None:
    data = saved(colours().convert(mode), "JPEG", **_JPEGS[kind])
    assert codes(judge(data, "whole.jpg")) == set()
    result = judge(data[: int(len(data) * share)], "cut.jpg")
    assert codes(result) == {"FIL005"}
    assert size(result) == (400, 320)


@pytest.mark.parametrize("which", [0, -1])
def test_row_50_a_wrong_checksum_in_the_data_is_damage(which: int, judge: Judge) -> None:
    chunks = png_chunks(saved(_PICTURE, "PNG"))
    data = [at for at, (name, _) in enumerate(chunks) if name == b"IDAT"]
    assert len(data) > 1
    wrong = data[which]
    parts = (png_chunk(name, body, 0 if at == wrong else None) for at, (name, body) in enumerate(chunks))
    result = judge(PNG + b"".join(parts), "checksum.png")
    assert codes(result) == {"FIL005"}
    assert "wrong checksum in its IDAT chunk" in message(result, "FIL005")


@pytest.mark.parametrize(("pages", "back"), [(1, 0), (2, 0), (3, 1), (40, 39)])
def test_row_51_directories_that_loop_are_damage(pages: int, back: int, judge: Judge) -> None:
    result = judge(tiff([tiff_page(400, 320, 8)] * pages, loop=back) + bytes(400 * 320), "loop.tif")
    assert codes(result) == {"FIL005"}
    circle = f"its pages have no end: directory {pages} leads back to directory {back + 1}"
    assert circle in message(result, "FIL005")


@pytest.mark.parametrize("tag", [330, 34_665, 34_853, 40_965])
def test_row_51_directories_inside_that_loop_are_not_followed(tag: int, judge: Judge) -> None:
    result = judge(_tiff((tag, 4, 1, 8)), "inside.tif")
    assert codes(result) == set()
    assert file_facts(result) == ("sane", "whole")


@pytest.mark.parametrize("name", ["jpg", "webp", "png"])
def test_row_51_nor_are_those_of_exif(name: str, judge: Judge) -> None:
    looping = tiff([[(274, 3, 1, 6), (34_665, 4, 1, 8), (34_853, 4, 1, 8), (330, 4, 1, 8)]], loop=0)
    made_with = {"jpg": "JPEG", "webp": "WEBP", "png": "PNG"}
    result = judge(saved(_PICTURE, made_with[name], exif=b"Exif\0\0" + looping), f"loop.{name}")
    assert codes(result) == set()
    assert size(result) == (320, 400)


# ── 52: what is no documented format ─────────────────────────────────────────────────────────────

_EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 320\n/Times findfont showpage\n%%EOF\n"
_STRANGERS: dict[str, tuple[bytes, str]] = {
    "eps": (_EPS, "FIL004"),
    "eps-with-preview": (
        b"\xc5\xd0\xd3\xc6" + struct.pack("<IIIIIIH", 32, len(_EPS), 0, 0, 0, 0, 0xFFFF) + _EPS,
        "FIL004",
    ),
    "pdf": (b"%PDF-1.7\n%%EOF\n", "FIL004"),
    "svg": (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="320"><image href="file:///etc/passwd"/></svg>',
        "IMG001",
    ),
    "psd": (b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 320, 400, 8, 3) + bytes(400), "IMG001"),
    "ico": (b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x18\0" + struct.pack("<II", 40, 22) + bytes(40), "IMG001"),
    "jp2": (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), "IMG001"),
    "tga": (bytes(2) + b"\2" + bytes(9) + struct.pack("<HHBB", 400, 320, 24, 0) + bytes(400), "IMG001"),
    "dds": (b"DDS " + struct.pack("<I", 124) + bytes(120), "IMG001"),
    "icns": (b"icns" + struct.pack(">I", 8), "IMG001"),
    "xcf": (b"gimp xcf file\0" + bytes(40), "IMG001"),
    "hdr": (b"#?RADIANCE\n\n-Y 320 +X 400\n", "IMG001"),
    "exr": (b"v/1\x01" + bytes(40), "IMG001"),
    "avif": (saved(colours(), "AVIF"), "IMG001"),
    "fits": (b"SIMPLE  =                    T".ljust(2_880), "FIL004"),
    "wmf": (b"\xd7\xcd\xc6\x9a" + bytes(40), "FIL004"),
    "pcx": (b"\x0a\5\1\x08" + bytes(124), "FIL004"),
}


@pytest.mark.parametrize("name", _STRANGERS)
def test_row_52_another_format_named_png_is_refused(name: str, judge: Judge) -> None:
    data, code = _STRANGERS[name]
    result = judge(data, "picture.png")
    assert code in codes(result)
    assert result.verdict is Verdict.FAIL
    assert result.facts.file.integrity is None


def test_row_52_no_parser_for_them_is_ever_called(tmp_path: Path) -> None:
    """In a process that decodes by itself, so that all that is imported is seen; with a `gs` on its PATH."""
    for name, (data, _) in _STRANGERS.items():
        (tmp_path / f"{name}.png").write_bytes(data)
    for name in ("gs", "ghostscript", "inkscape", "rsvg-convert"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/called\n")
        program.chmod(0o755)
    script = f"""
import sys
from pathlib import Path
from validator.intake.source import open_local
from validator.model import Asset
from validator.probe import probe
for path in sorted(Path({str(tmp_path)!r}).glob("*.png")):
    asset = Asset(str(path), str(path))
    with open_local(asset) as source:
        probe(asset, source)
print(*(name for name in sys.modules if name.partition(".")[0] in ("PIL", "av", "pillow_heif", "subprocess")))
"""
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(CHECKOUT)}
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert run.stdout.split() == []
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize("name", ["png", "jpeg", "gif", "webp", "bmp", "tiff"])
def test_row_52_what_is_decoded_is_decoded_by_its_own_plugin_alone(name: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.eps"
    path.write_bytes(saved(_PICTURE.convert("P") if name == "gif" else _PICTURE, name))
    script = f"""
import sys
from pathlib import Path
from validator.model import Depth
from validator.probe.media import measure_media
with Path({str(path)!r}).open("rb") as file:
    assert measure_media(file, {name!r}, Depth.FULL, lambda: False, stills=False).damage.integrity == "whole"
print(*(name for name in sys.modules if name.endswith("ImagePlugin")))
"""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    plugins = [
        module.removeprefix("PIL.").removesuffix("ImagePlugin").lower() for module in run.stdout.split()
    ]
    assert plugins == [name]


# ── 53 to 55: what is told ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff"])
def test_row_53_orientation_gives_both_sizes(name: str, turn: int, judge: Judge) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    result = judge(saved(_PICTURE, name, exif=exif), f"turned.{name}")
    assert codes(result) == set()
    values = result.facts.values()
    assert (values["stored_width"], values["stored_height"]) == (400, 320)
    assert size(result) == ((320, 400) if turn >= 5 else (400, 320))
    assert codes(result, "note") == ({"IMG007"} if turn > 1 else set())
    if turn > 1:
        shown = "320x400" if turn >= 5 else "400x320"
        assert f"stored 400x320, shown {shown}" in message(result, "IMG007")


@pytest.mark.parametrize(
    ("exif", "problem"),
    [
        (b"garbage, garbage", "it does not begin as Exif does"),
        (b"II*\0", "it does not begin as Exif does"),
        (b"II*\0\xff\xff\xff\x7f", "its directory lies behind its end"),
        (b"II*\0\x08\0\0\0\xff\xff", "its directory is cut off"),
        (tiff([[(274, 3, 1, 9)]]), "its orientation is 9, none of 1 to 8"),
        (tiff([[(274, 2, 2, 65)]]), "its orientation is not one number of 16 bits"),
        (tiff([[(274, 3, 1, 1), (315, 2, 500, 0x7FFFFFFF)]]), "a value lies behind its end (tag 0x013b)"),
    ],
)
@pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
def test_row_53_broken_exif_is_a_note_with_both_sizes(
    name: str, exif: bytes, problem: str, judge: Judge
) -> None:
    result = judge(saved(_PICTURE, name, exif=b"Exif\0\0" + exif), f"broken.{name}")
    assert result.verdict is Verdict.PASS
    assert (codes(result), codes(result, "note")) == (set(), {"IMG009"})
    assert f"({problem}, 400x320, stored 400x320)" in message(result, "IMG009")


def _zip(**entries: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in entries.items():
            file.writestr(name, text)
    return out.getvalue()


_WHOLE: dict[str, bytes] = {
    "jpeg": saved(colours(), "JPEG"),
    "png": saved(colours(), "PNG"),
    "gif": saved(colours().convert("P"), "GIF"),
    "webp": saved(colours(), "WEBP"),
    "bmp": saved(colours(), "BMP"),
    "tiff": saved(colours(), "TIFF"),
}


@pytest.mark.parametrize("name", _WHOLE)
def test_row_54_a_picture_that_is_also_a_zip_is_a_note(name: str, judge: Judge) -> None:
    result = judge(_WHOLE[name] + _zip(a="1", b="2"), f"two.{name}")
    assert codes(result) == set()
    assert "FIL009" in codes(result, "note")
    assert "The file is a zip archive too (a directory of 2 entries ends it)" in message(result, "FIL009")


def test_row_54_one_in_a_comment_is_one_too(judge: Judge) -> None:
    """What follows it is read as the archive's own comment."""
    picture = _WHOLE["jpeg"]
    result = judge(picture[:2] + _segment(0xFE, _zip(a="1")) + picture[2:], "comment.jpg")
    assert (codes(result), codes(result, "note")) == (set(), {"FIL009"})


@pytest.mark.parametrize(
    "trailing",
    [
        b"\0" * 1_000,
        b"SEFH" + bytes(40) + b"SEFT",  # what Samsung's phones append
        saved(colours(), "JPEG"),
        b"\0\0\0\x18ftypmp42" + bytes(4_000),  # a motion photo's clip
        b"PK\5\6" + bytes(18),  # the end of an archive without any entry
        b"PK\5\6" * 30_000,
        b"PK\3\4 is how a zip begins",
    ],
)
def test_row_54_other_trailing_bytes_are_no_zip(trailing: bytes, judge: Judge) -> None:
    result = judge(_WHOLE["jpeg"] + trailing, "trailing.jpg")
    assert (codes(result), codes(result, "note")) == (set(), set())
    assert result.facts.file.second_format == "none"


@pytest.mark.parametrize(
    ("name", "make", "told"),
    [
        ("cmyk.jpg", lambda: saved(colours().convert("CMYK"), "JPEG"), "CMYK"),
        ("deep.png", sixteen_bit, "16 bit a sample"),
        ("alpha.png", lambda: saved(colours().convert("RGBA"), "PNG"), "alpha"),
        ("alpha.webp", lambda: saved(noise(400, 320, "RGBA"), "WEBP"), "alpha"),
        ("palette.gif", lambda: saved(colours().convert("P"), "GIF"), "a palette"),
        ("cmyk.tif", lambda: saved(colours().convert("CMYK"), "TIFF"), "CMYK"),
    ],
)
def test_row_55_colours_are_facts_and_notes(
    name: str, make: Callable[[], bytes], told: str, judge: Judge
) -> None:
    result = judge(make(), name)
    assert (codes(result), codes(result, "note")) == (set(), {"IMG008"})
    assert told in str(result.facts.values()["colour_detail"])
    assert told in message(result, "IMG008")


def test_row_55_an_mpo_is_a_warning_and_counts_its_pictures(judge: Judge) -> None:
    result = judge(saved(colours(), "MPO", save_all=True, append_images=[colours(shift=3)]), "two.jpg")
    assert (codes(result), codes(result, "warning")) == (set(), {"IMG001", "IMG006"})
    assert (result.facts.file.format, result.facts.values()["frames"]) == ("mpo", 2)


def test_row_55_an_mpo_that_announces_what_is_not_there(judge: Judge) -> None:
    data = saved(colours(), "MPO", save_all=True, append_images=[colours(shift=3)])
    count = struct.pack("<HHII", 0xB001, 4, 1, 2)
    result = judge(replaced(data, count, struct.pack("<HHII", 0xB001, 4, 1, 4_000_000_000)), "many.jpg")
    assert "internal error" not in words(result)
    assert size(result) == (400, 320)


# ── 56 and 57: bounds ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("width", "height", "errors", "on_bound"),
    [
        (299, 400, {"IMG003"}, 0),
        (300, 400, set(), 1),
        (301, 400, set(), 0),
        (400, 299, {"IMG003"}, 0),
        (400, 300, set(), 1),
        (5_999, 2_401, set(), 0),
        (6_000, 2_401, set(), 1),
        (6_001, 2_401, {"IMG003"}, 0),
        (2_401, 6_000, set(), 1),
        (2_401, 6_001, {"IMG003"}, 0),
    ],
)
def test_row_56_sides_are_exact(
    width: int, height: int, errors: set[str], on_bound: int, judge: Judge
) -> None:
    result = judge(flat_png(width, height), "side.png")
    assert size(result) == (width, height)
    assert codes(result) == errors
    assert sum(finding.code == "IMG005" for finding in result.findings) == on_bound
    if errors:
        assert "1 px " in message(result, "IMG003")


@pytest.mark.parametrize(
    ("width", "height", "errors", "warnings"),
    [
        (400, 1_000, set(), {"IMG005"}),  # exactly 0.4
        (400, 1_001, {"IMG002"}, set()),
        (401, 1_000, set(), set()),
        (1_000, 400, set(), {"IMG005"}),  # exactly 2.5
        (1_001, 400, {"IMG002"}, set()),
        (1_000, 401, set(), set()),
        (2_399, 5_998, {"IMG002"}, set()),  # 0.39996…: a hair's breadth
        (5_998, 2_399, {"IMG002"}, set()),
    ],
)
def test_row_57_ratios_are_exact(
    width: int, height: int, errors: set[str], warnings: set[str], judge: Judge
) -> None:
    result = judge(flat_png(width, height), "ratio.png")
    assert result.facts.values()["aspect_ratio"] == Fraction(width, height)
    assert (codes(result), codes(result, "warning")) == (errors, warnings)


# ── 58: HEIC ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_row_58_a_turned_heic_is_measured_as_shown(quarters: int, judge: Judge) -> None:
    data = made.turned(made.coded(made.heic(400, 320)), quarters)
    result = judge(data, "turned.heic")
    shown = (320, 400) if quarters % 2 else (400, 320)
    assert (codes(result), codes(result, "note")) == (set(), {"IMG007"})
    assert size(result) == shown
    assert f"stored 400x320, shown {shown[0]}x{shown[1]}" in message(result, "IMG007")


def test_row_58_exif_does_not_turn_a_heic_twice(judge: Judge) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    result = judge(heif(_PICTURE, exif=exif.tobytes()), "turned.heic")  # written with `irot`, and in the Exif
    values = result.facts.values()
    assert size(result) == (320, 400)
    assert (values["stored_width"], values["stored_height"]) == (400, 320)
    assert codes(result, "note") == {"IMG007"}


def test_row_58_a_grid_is_one_picture(judge: Judge) -> None:
    result = judge(made.grid(made.coded(made.heic(256, 256)), 2, 3), "grid.heic")
    assert (codes(result), result.facts.values()["frames"]) == (set(), 1)
    assert sorted(size(result)) == [512, 768]  # type: ignore[type-var]  # both are measured


def test_row_58_a_sequence_is_a_warning(judge: Judge) -> None:
    data = heif(colours(), colours(shift=5), colours(shift=9))
    result = judge(data, "several.heic")
    assert (codes(result), codes(result, "warning")) == (set(), {"IMG006"})
    assert (size(result), result.facts.values()["frames"]) == ((400, 320), 3)


@pytest.mark.parametrize("share", [Fraction(1, 10), Fraction(1, 2), Fraction(99, 100)])
def test_row_58_a_heic_that_is_cut_is_damage(share: Fraction, judge: Judge) -> None:
    data = heif(_PICTURE)
    result = judge(data[: int(len(data) * share)], "cut.heic")
    assert result.verdict is Verdict.FAIL
    assert codes(result) & {"FIL005"}


def test_row_58_a_grid_without_its_last_tile_is_damage(judge: Judge) -> None:
    data = made.grid(made.coded(made.heic(256, 256)), 2, 2)
    result = judge(data[:-40], "grid.heic")
    assert "FIL005" in codes(result)
    assert size(result) in {(512, 512), (None, None)}


@pytest.mark.parametrize("kind", ["zeros", "noise", "zeros in the second half", "flipped bits"])
def test_row_58_a_heic_whose_data_are_damaged_is_damage(kind: str, judge: Judge) -> None:
    data = heif(_PICTURE)
    start = data.index(b"mdat") + 4
    length = len(data) - start
    damaged = {
        "zeros": data[:start] + bytes(length),
        "noise": data[:start] + random.Random(2).randbytes(length),  # noqa: S311 - a pattern, no secret
        "zeros in the second half": data[: start + length // 2] + bytes(length - length // 2),
        "flipped bits": data[: start + 100] + bytes(byte ^ 0x55 for byte in data[start + 100 :]),
    }
    result = judge(damaged[kind], "damaged.heic")
    assert codes(result) == {"FIL005"}
    assert size(result) == (400, 320)
