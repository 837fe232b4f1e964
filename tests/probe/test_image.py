"""Pictures: sizes, frames, and whether they decode to their end."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from typing import Any

import pytest
from PIL import Image

from tests.effort import at_most
from tests.probe import build
from tests.probe.build import (
    bmp_head,
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
from tests.probe.media import image_facts, measured, never, noise, saved, told
from validator.errors import Cancelled
from validator.model import Depth
from validator.probe.image import probe_image

_PICTURE = noise(64, 48)
_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("JPEG", {}),
    "progressive jpeg": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {}),
    "lossless webp": ("WEBP", {"lossless": True}),
    "bmp": ("BMP", {}),
    "tiff": ("TIFF", {}),
    "lzw tiff": ("TIFF", {"compression": "tiff_lzw"}),
    "deflate tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "jpeg tiff": ("TIFF", {"compression": "jpeg"}),
    "bigtiff": ("TIFF", {"big_tiff": True}),
    "gif": ("GIF", {}),
}


def _saved(name: str, image: Image.Image = _PICTURE, **options: Any) -> bytes:
    format_name, usual = _FORMATS[name]
    return saved(image.copy(), format_name, **usual, **options)


def _animated(name: str, count: int = 3) -> bytes:
    others = [noise(64, 48, seed=seed + 2) for seed in range(count - 1)]
    return _saved(name, save_all=True, append_images=others)


class TestWhole:
    @pytest.mark.parametrize("depth", list(Depth))
    @pytest.mark.parametrize("name", _FORMATS)
    def test_size_and_frames(self, name: str, depth: Depth) -> None:
        found = measured(_saved(name), depth=depth)
        facts = image_facts(found)
        assert told(facts, "width", "height", "stored_width", "stored_height") == (64, 48, 64, 48)
        assert told(facts, "aspect_ratio", "pixels", "frames", "orientation") == (
            Fraction(4, 3),
            3072,
            1,
            False,
        )
        assert found.file.integrity == (None if depth is Depth.HEADER else "whole")
        assert found.file.expansion == "sane"
        if depth is Depth.HEADER:
            assert found.why_unmeasured("integrity") == "the pixels and samples were not read"

    @pytest.mark.parametrize("name", _FORMATS)
    def test_junk_behind_the_end_does_no_harm(self, name: str) -> None:
        assert measured(_saved(name) + b"junk" * 100).file.integrity == "whole"

    @pytest.mark.parametrize("name", ["png", "webp", "gif", "tiff", "bigtiff"])
    def test_frames_are_counted_and_all_decoded(self, name: str) -> None:
        found = measured(_animated(name))
        assert (image_facts(found).frames, found.file.integrity) == (3, "whole")

    def test_an_animated_png_has_another_name(self) -> None:
        assert measured(_animated("png")).file.format == "apng"

    def test_an_mpo_is_a_jpeg_of_several_pictures(self) -> None:
        data = saved(noise(64, 48), "MPO", save_all=True, append_images=[noise(64, 48, seed=2)])
        found = measured(data, "a.jpg")
        assert (found.file.format, found.file.name_agreement) == ("mpo", "agrees")
        assert (image_facts(found).frames, found.file.integrity) == (2, "whole")

    @pytest.mark.parametrize("size", [(1, 1), (1, 500), (4000, 1)])
    def test_extreme_shapes(self, size: tuple[int, int]) -> None:
        facts = image_facts(measured(_saved("png", Image.new("RGB", size))))
        assert (facts.width, facts.height, facts.aspect_ratio) == (*size, Fraction(*size))


class TestOrientation:
    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (2, "mirrored left to right"),
            (3, "turned by 180°"),
            (4, "mirrored top to bottom"),
            (5, "mirrored and turned by 270°"),
            (6, "turned by 90°"),
            (7, "mirrored and turned by 90°"),
            (8, "turned by 270°"),
        ],
    )
    @pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff", "bigtiff"])
    def test_a_picture_is_measured_as_it_is_shown(self, name: str, number: int, words: str) -> None:
        exif = Image.Exif()
        exif[0x0112] = number
        facts = image_facts(measured(_saved(name, exif=exif)))
        shown = (48, 64) if number >= 5 else (64, 48)
        assert told(facts, "width", "height", "stored_width", "stored_height") == (*shown, 64, 48)
        assert facts.aspect_ratio == Fraction(*shown)
        assert facts.orientation is True
        assert facts.orientation_detail == f"{words}: stored 64x48, shown {shown[0]}x{shown[1]}"

    @pytest.mark.parametrize("number", [0, 1, 9, 65_535])
    def test_other_numbers_turn_nothing(self, number: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = number
        found = measured(_saved("jpeg", exif=exif))
        assert told(image_facts(found), "width", "orientation", "orientation_detail") == (64, False, None)
        assert found.file.integrity == "whole"

    @pytest.mark.parametrize(
        "exif",
        [
            b"garbage",
            b"",
            b"II*\0",
            b"II*\0\x08\0\0\0\xff\xff",
            b"II*\0\xff\xff\xff\x7f",
            b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x05\0\0\0\xff\xff\xff\x7f",  # its value lies outside
            b"II*\0\x08\0\0\0\x01\0\x12\x01\x05\0\x01\0\0\0\x08\0\0\0",  # its value is a fraction
            b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x02\0\0\0a\0\0\0",  # its value is text
        ],
    )
    @pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
    def test_exif_that_cannot_be_read_is_no_damage(self, name: str, exif: bytes) -> None:
        found = measured(_saved(name, exif=b"Exif\0\0" + exif))
        assert found.file.integrity == "whole"
        assert told(image_facts(found), "width", "height", "orientation") == (64, 48, False)

    def test_exif_behind_the_picture(self) -> None:
        exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        *rest, end = png_chunks(_saved("png"))
        found = measured(png_of([*rest, (b"eXIf", exif), end]))
        assert told(image_facts(found), "width", "height") == (48, 64)
        assert found.file.integrity == "whole"


class TestDamage:
    @pytest.mark.parametrize("name", _FORMATS)
    @pytest.mark.parametrize("part", [0.2, 0.5, 0.99])
    def test_a_file_that_is_cut_off(self, name: str, part: float) -> None:
        data = _saved(name)
        found = measured(data[: int(len(data) * part)])
        assert found.file.integrity in ("truncated", "corrupt")
        assert found.file.integrity_detail
        assert found.why_unmeasured("nothing") == "the file is damaged"

    @pytest.mark.parametrize("name", ["png", "webp", "gif"])
    def test_a_later_frame_that_is_cut_off(self, name: str) -> None:
        data = _animated(name)
        found = measured(data[: int(len(data) * 0.9)])
        assert found.file.integrity in ("truncated", "corrupt")

    @pytest.mark.parametrize("name", ["jpeg", "png", "lzw tiff", "deflate tiff"])
    def test_damage_in_the_middle(self, name: str) -> None:
        data = _saved(name)
        half = len(data) // 2
        assert measured(data[:half] + b"\xff" * 100 + data[half + 100 :]).file.integrity == "corrupt"

    def test_more_frames_announced_than_there_are(self) -> None:
        data = _animated("png", 2)
        chunks = [
            (name, struct.pack(">II", 5, 0) if name == b"acTL" else body) for name, body in png_chunks(data)
        ]
        found = measured(png_of(chunks))
        assert found.file.integrity in ("truncated", "corrupt")

    def test_pages_that_lead_in_a_circle(self) -> None:
        pages = [tiff_page(4, 4, 500), tiff_page(4, 4, 500)]
        for loop in (0, 1):
            found = measured(tiff(pages, loop=loop) + bytes(600))
            assert (image_facts(found).frames, found.file.integrity) == (2, "corrupt")
            circle = f"directory 2 leads back to directory {loop + 1}"
            assert found.file.integrity_detail == f"its pages have no end: {circle}"

    @pytest.mark.parametrize("before", [0, 1, 2])
    def test_a_frame_outside_of_the_canvas(self, before: int) -> None:
        found = measured(gif((2, 2), [*[(0, 0, 1, 1)] * before, (5, 5, 1, 1)]))
        assert found.file.integrity == "corrupt"
        place = f"frame {before + 1} reaches to 6x6"
        assert found.file.integrity_detail == f"{place}, outside the canvas of 2x2"

    @pytest.mark.parametrize("size", [(0, 10), (10, 0), (0, 0)])
    @pytest.mark.parametrize("name", ["png", "bmp", "tiff", "jpeg"])
    def test_a_side_of_nothing(self, name: str, size: tuple[int, int]) -> None:
        found = measured(_announcing(name, *size))
        assert found.file.integrity == "corrupt"

    @pytest.mark.parametrize(
        "data",
        [
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"\xff\xd8\xff",
            b"II*\0",
            b"II+\0",
            b"RIFF\0\0\0\0WEBP",
            bmp_head(1, 1)[:20],
        ],
    )
    def test_signatures_without_a_file(self, data: bytes) -> None:
        assert measured(data).file.integrity in ("truncated", "corrupt")


def _announcing(name: str, width: int, height: int) -> bytes:
    """A header that announces a size, and next to nothing behind it."""
    if name == "png":
        return build.PNG + png_head(width, height) + png_chunk(b"IDAT", b"x\x9c") + png_chunk(b"IEND")
    if name == "gif":
        return gif((width, height))
    if name == "bmp":
        return bmp_head(width, height)
    if name == "webp":
        return webp_head(width, height)
    if name == "tiff":
        return tiff([tiff_page(width, height, 200)]) + bytes(100)
    data = bytearray(_saved("jpeg"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


class TestBombs:
    @pytest.mark.parametrize("name", ["png", "gif", "bmp", "webp", "tiff", "jpeg"])
    @pytest.mark.parametrize("depth", list(Depth))
    def test_sizes_beyond_all_sense_are_refused_before_decoding(self, name: str, depth: Depth) -> None:
        with at_most(1):
            found = measured(_announcing(name, 65_535, 65_535), depth=depth)
        assert (found.file.expansion, found.file.integrity) == ("pixels", None)
        assert "65535x65535, 4,294,836,225 px" in (found.file.expansion_detail or "")
        assert told(image_facts(found), "width", "height") == (65_535, 65_535)

    def test_a_canvas_of_few_but_endless_rows(self) -> None:
        data = bytearray(_animated("webp"))
        at = data.index(b"VP8X") + 12
        data[at : at + 3] = (3_000_000 - 1).to_bytes(3, "little")
        found = measured(bytes(data))
        assert (found.file.expansion, found.file.integrity) == ("pixels", None)
        assert found.file.expansion_detail == "3000000x48; no side of a WebP is longer than 16,383 px"

    def test_more_frames_than_we_decode(self) -> None:
        found = measured(gif((1, 1), [(0, 0, 1, 1)] * 6000))
        assert (found.file.expansion, image_facts(found).frames) == ("frames", 6000)
        assert found.file.expansion_detail == "6,000 frames; we decode at most 5,000"
        assert found.file.integrity is None

    def test_more_pixels_over_all_frames_than_we_decode(self) -> None:
        found = measured(gif((10_000, 10_000), [(0, 0, 1, 1)] * 30))
        assert (found.file.expansion, found.file.integrity) == ("frames", None)
        assert (found.file.expansion_detail or "").startswith("30 frames of 10000x10000, 3,000,000,000 px")

    def test_a_later_frame_that_makes_the_canvas_grow(self) -> None:
        found = measured(gif((1, 1), [(0, 0, 1, 1), (65_000, 65_000, 1, 1)]))
        assert found.file.expansion == "pixels" or found.file.integrity == "corrupt"

    def test_words_that_inflate(self) -> None:
        import zlib

        words = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
        head, *rest = png_chunks(_saved("png"))
        found = measured(png_of([head, (b"zTXt", words), *rest]))
        assert (found.file.expansion, found.file.integrity) == ("metadata", None)


@pytest.mark.parametrize("name", ["png", "webp", "gif", "tiff"])
def test_a_run_that_is_asked_to_stop_stops(name: str) -> None:
    format_name = "apng" if name == "png" else name
    with pytest.raises(Cancelled):
        probe_image(io.BytesIO(_animated(name)), format_name, Depth.STANDARD, lambda: True)
    assert probe_image(io.BytesIO(_animated(name)), format_name, Depth.STANDARD, never).decoded


def test_bytes_of_another_format_are_never_given_to_another_plugin() -> None:
    found = probe_image(io.BytesIO(_saved("png")), "tiff", Depth.STANDARD, never)
    assert found.damage.integrity == "corrupt"


def test_a_webp_that_is_cut_off_is_told_from_one_that_is_damaged() -> None:
    data = _saved("webp")
    cut = probe_image(io.BytesIO(data[: len(data) // 2]), "webp", Depth.STANDARD, never)
    assert (cut.damage.integrity, cut.damage.detail) == (
        "truncated",
        f"{len(data):,} bytes announced, the file has {len(data) // 2:,}",
    )
    damaged = probe_image(io.BytesIO(data[:12] + bytes(len(data) - 12)), "webp", Depth.STANDARD, never)
    assert (damaged.damage.integrity, damaged.damage.detail) == ("corrupt", "the WebP decoder refuses it")


def test_a_webp_of_the_wrong_size_in_its_head() -> None:
    data = _saved("webp", noise(64, 48, "RGBA"))
    canvas = replaced(
        data, b"VP8X\x0a\0\0\0" + data[20:24] + b"\x3f\0\0", b"VP8X\x0a\0\0\0" + data[20:24] + b"\x1f\0\0"
    )
    assert measured(canvas).file.integrity == "corrupt"
