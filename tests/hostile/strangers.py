"""The most telling hostile files of all rows, by name: to stand beside honest ones, or to come in thousands.

None takes long: what hangs or eats memory is not among them.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import cycle, islice
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.hostile.boxes import (
    HEAD,
    comment,
    fragments,
    in_movie,
    keyed,
    long_form,
    many_tracks,
    nested,
    packed_index,
    sized,
    tagged,
    with_samples,
    with_table,
)
from tests.hostile.test_references import SCRIPTS
from tests.hostile.test_sounds import BEHIND, BROKEN, HEADERS, IN_FRONT
from tests.probe import clips, media
from tests.probe.build import (
    PNG,
    bmp_head,
    box,
    brands,
    gif,
    png_chunk,
    png_head,
    tiff,
    tiff_page,
    webp_head,
)
from tests.probe.media import noise, saved
from tests.probe.parameters import announcing

_SIDE = 65_535
_MILLION = 1_000_000


def _picture(format_name: str) -> bytes:
    return saved(noise(400, 320), format_name)


def _png(*chunks: bytes) -> bytes:
    end = png_chunk(b"IDAT", zlib.compress(bytes(1_000))) + png_chunk(b"IEND")
    return PNG + png_head(400, 320) + b"".join(chunks) + end


def _mp3(tag: bytes) -> bytes:
    return tag + media.mp3(2)


FILES: Mapping[str, Callable[[], bytes]] = {
    "empty.png": lambda: b"",
    "pointer.mov": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "page.jpg": lambda: b"<!DOCTYPE html><html></html>",
    "noise.jpg": lambda: bytes(range(256)) * 40,
    "giga-pixels.png": lambda: PNG + png_head(_SIDE, _SIDE) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND"),
    "giga-pixels.bmp": lambda: bmp_head(_SIDE, _SIDE),
    "giga-pixels.gif": lambda: gif((_SIDE, _SIDE)),
    "giga-pixels.webp": lambda: webp_head(16_000_000, 16_000_000),
    "giga-pixels.mp4": lambda: announcing(clips.plain(), 65_536, 65_536),
    "texts.png": lambda: _png(*[png_chunk(b"tEXt", b"k\0v")] * 20_000),
    "unpacked-text.png": lambda: _png(png_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(100 * _MILLION), 9))),
    "no-checksum.png": lambda: _png(png_chunk(b"tEXt", b"k\0v", 1)),
    "no-size.png": lambda: PNG + png_head(0, 0) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND"),
    "frames.gif": lambda: gif((10, 10), [(0, 0, 1, 1)] * 20_000),
    "beyond-its-canvas.gif": lambda: gif((10, 10), [(50_000, 50_000, 1, 1)]),
    "loop.tiff": lambda: tiff([tiff_page(400, 320, 8), tiff_page(400, 320, 8)], loop=0),
    "half.jpg": lambda: _picture("JPEG")[: len(_picture("JPEG")) // 2],
    "half.webp": lambda: _picture("WEBP")[: len(_picture("WEBP")) // 2],
    "script.png": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n",
    "loop.heic": lambda: brands(b"heic", b"mif1") + nested(b"meta", 10_000),
    "list.mp4": lambda: SCRIPTS["HLS"][0]("http://127.0.0.1:9/a.ts"),
    "list.mov": lambda: SCRIPTS["concat"][0]("/etc/passwd"),
    "no-index.mp4": lambda: clips.plain()[:1_000],
    "endless.mp4": lambda: long_form(clips.plain(), b"moov", 2**63 + 5),
    "overlap.mp4": lambda: sized(clips.plain(), b"mdia", 300),
    "nested.mp4": lambda: HEAD + nested(b"moov", 100_000),
    "nested-tags.mp4": lambda: in_movie(nested(b"udta", 100_000)),
    "tiny-boxes.mp4": lambda: HEAD + box(b"free") * 200_000,
    "tracks.mp4": lambda: many_tracks(1_000),
    "samples.mp4": lambda: with_samples(_MILLION),
    "empty-samples.mp4": lambda: with_samples(20_000, 0),
    "announced.mp4": lambda: with_table(b"stts", struct.pack(">II", 0, 2**32 - 1)),
    "runs.mp4": lambda: fragments([2**31]),
    "keys.mp4": lambda: keyed(6_000),
    "text.mp4": lambda: tagged(comment(bytes(33 * _MILLION))),
    "packed.mov": lambda: packed_index(16_000_000, bytes(20 * _MILLION)),
    "pictures.mp3": lambda: _mp3(IN_FRONT["thousands of pictures"]()),
    "unpacked.mp3": lambda: _mp3(IN_FRONT["texts that unpack to gigabytes"]()),
    "lies.mp3": lambda: _mp3(b"") + BEHIND["APE that lies"](),
    "lists.wav": HEADERS["lists in lists"],
    "marks.wav": HEADERS["marks"],
    **{f"{name.replace(' ', '-')}.wav": build for name, (build, _) in BROKEN.items()},
}
"""A file's name, and what makes it."""


PASSING = frozenset({"pictures.mp3", "unpacked.mp3", "lies.mp3", "lists.wav", "marks.wav"})
"""Those that pass: their malice lies in tags, which nothing of ours reads."""

SPELLS = ("die", "exit")
"""Pictures that kill the decoder of `tests.hostile.decoder`."""


@cache
def content(name: str) -> bytes:
    """The bytes of one of `FILES`, or of a picture under a spell."""
    return FILES[name]() if name in FILES else _spelled(name.removesuffix(".png"))


def _spelled(spell: str) -> bytes:
    text, out = PngInfo(), io.BytesIO()
    text.add_text("Comment", f"spell:{spell}")
    Image.new("RGB", (400, 401 + len(spell)), "teal").save(out, "PNG", pnginfo=text)
    return out.getvalue()


# What is no file at all, and how it is made.
_OTHERS: Mapping[str, Callable[[Path], object]] = {
    "pipe.mp4": os.mkfifo,
    "circle.png": lambda path: path.symlink_to(path.name),
    "link.mp3": lambda path: path.symlink_to("nowhere"),
    "gone.wav": lambda path: path,
}


def written(folder: Path, count: int, spells: Sequence[str] = ()) -> Iterator[Path]:
    """So many hostile paths in a folder, of as many kinds as there are; all of them if `count` allows it."""
    names = [*(f"{spell}.png" for spell in spells), *_OTHERS, *FILES]
    step = max(1, len(names) // count)
    for number, name in enumerate(islice(cycle(names[::step]), count)):
        path = folder / f"{number}-{name}"
        if name in _OTHERS:
            _OTHERS[name](path)
        else:
            path.write_bytes(content(name))
        yield path
