"""A JPEG's layout: what all readers expect is plain, whatever else is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.probe import media
from validator.probe.jpeg_layout import is_plain

BASELINE = media.saved(media.noise(64, 64), "JPEG")
PROGRESSIVE = media.saved(media.noise(64, 64), "JPEG", progressive=True)

END = b"\xff\xd9"
Change = Callable[[bytes], bytes]


def changed(marker: int, offset: int, value: int) -> Change:
    """One byte of the first segment with this marker; its length is at offset 2."""

    def change(data: bytes) -> bytes:
        at = data.index(bytes((0xFF, marker))) + offset
        return data[:at] + bytes((value,)) + data[at + 1 :]

    return change


def without(marker: int) -> Change:
    def change(data: bytes) -> bytes:
        at = data.index(bytes((0xFF, marker)))
        return data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]

    return change


def twice(marker: int) -> Change:
    def change(data: bytes) -> bytes:
        at = data.index(bytes((0xFF, marker)))
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        return data[:end] + data[at:end] + data[end:]

    return change


@pytest.mark.parametrize(
    "data",
    [
        BASELINE,
        PROGRESSIVE,
        media.saved(media.noise(64, 64, "L"), "JPEG"),
        media.saved(media.noise(64, 64, "CMYK"), "JPEG"),
        media.saved(media.noise(33, 17), "JPEG", subsampling=2, optimize=True),
        media.saved(media.noise(64, 64), "JPEG", restart_marker_blocks=2, comment=b"words"),
        BASELINE + b"junk behind its end",
        BASELINE + PROGRESSIVE,
        twice(0xDB)(BASELINE),
    ],
)
def test_plain_ones(data: bytes) -> None:
    assert is_plain(data)


# name: the picture, and what is changed in it
STRANGE: dict[str, tuple[bytes, Change]] = {
    "nothing": (BASELINE, lambda _: b""),
    "no picture": (BASELINE, lambda data: b"junk" + data),
    "headers alone": (BASELINE, lambda data: data[: data.index(b"\xff\xda")]),
    "no end": (BASELINE, lambda data: data[:-2]),
    "half an end": (BASELINE, lambda data: data[:-1]),
    "an end before the data": (BASELINE, lambda data: data[:2] + END + data[2:]),
    "a scan that is missing": (PROGRESSIVE, lambda data: data[: data.index(b"\xff\xda")] + END),
    "another start": (BASELINE, lambda data: data[:-2] + data[:2] + END),
    "an unknown segment": (BASELINE, lambda data: data[:2] + b"\xff\xf0\0\2" + data[2:]),
    "a cut segment": (BASELINE, lambda data: data[:30]),
    "restarts of a strange length": (BASELINE, lambda data: data[:2] + b"\xff\xdd\0\5abc" + data[2:]),
    "no frame": (BASELINE, without(0xC0)),
    "two frames": (BASELINE, twice(0xC0)),
    "an arithmetic frame": (BASELINE, changed(0xC0, 1, 0xC9)),
    "12 bits": (BASELINE, changed(0xC0, 4, 12)),
    "a frame without components": (BASELINE, lambda data: data[:2] + b"\xff\xc0\0\3\x08" + data[2:]),
    "two components": (BASELINE, changed(0xC0, 9, 2)),
    "a component twice": (BASELINE, changed(0xC0, 13, 1)),
    "a sampling by three": (BASELINE, changed(0xC0, 11, 0x31)),
    "a quantisation that is nowhere": (BASELINE, changed(0xC0, 12, 3)),
    "no quantisation": (BASELINE, without(0xDB)),
    "a quantisation of strange precision": (BASELINE, changed(0xDB, 4, 0x20)),
    "a quantisation with a strange number": (BASELINE, changed(0xDB, 4, 4)),
    "no codes": (BASELINE, without(0xC4)),
    "codes with a strange number": (BASELINE, changed(0xC4, 4, 4)),
    "codes of a strange kind": (BASELINE, changed(0xC4, 4, 0x20)),
    "more codes than there can be": (BASELINE, changed(0xC4, 5, 2)),
    "more codes than stand there": (BASELINE, changed(0xC4, 20, 200)),
    "a difference of too many bits": (BASELINE, changed(0xC4, 21, 16)),
    "a scan of nothing": (BASELINE, changed(0xDA, 4, 0)),
    "a scan of a component twice": (BASELINE, changed(0xDA, 7, 1)),
    "a scan of an unknown component": (BASELINE, changed(0xDA, 5, 9)),
    "a scan by codes that are nowhere": (BASELINE, changed(0xDA, 6, 0x33)),
    "a scan of some coefficients": (BASELINE, changed(0xDA, 12, 5)),
    "a first scan of all coefficients": (PROGRESSIVE, changed(0xDA, 12, 63)),
    "a scan that skips a bit": (PROGRESSIVE, changed(0xDA, 13, 0x31)),
    "a scan that is shifted too far": (PROGRESSIVE, changed(0xDA, 13, 14)),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_ones(name: str) -> None:
    data, change = STRANGE[name]
    assert is_plain(data)
    assert not is_plain(change(data))
