"""A HEIF's second voice: of one plain picture its word is enough, and libheif decodes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO

import pytest

from tests.probe import media
from tests.probe.media import measured
from validator.model import Depth
from validator.probe.image import probe_image
from validator.probe.image_open import open_image

PLAIN = media.heif(media.noise(64, 64))
CONFIGURATION = PLAIN.index(b"hvcC") + 4
DATA = PLAIN.index(b"mdat") + 4
UNITS = CONFIGURATION + 23  # of each kind: the kind, how many there are, and the length of each before it


class Watched:
    """A picture as Pillow opens it, and how often it was decoded."""

    def __init__(self, image: Any, decoded: list[str]) -> None:
        self._image = image
        self._decoded = decoded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._image, name)

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._image.close()

    def load(self) -> Any:
        self._decoded.append("load")
        return self._image.load()


def decoded_by_pillow(data: bytes, *, stills: bool = False) -> bool:
    decoded: list[str] = []

    def opened(file: BinaryIO, format_name: str) -> Any:
        return Watched(open_image(file, format_name), decoded)

    probe_image(io.BytesIO(data), "heic", Depth.STANDARD, media.never, open_picture=opened, stills=stills)
    return bool(decoded)


def changed(at: int, value: int) -> bytes:
    return PLAIN[:at] + bytes((value,)) + PLAIN[at + 1 :]


@pytest.mark.parametrize("data", [PLAIN, media.heif(media.noise(128, 64)), PLAIN + b"junk behind its end"])
def test_libheif_decodes_nothing_of_what_is_certain(data: bytes) -> None:
    assert not decoded_by_pillow(data)
    assert measured(data).file.integrity == "whole"


def test_where_pixels_are_wanted_it_does() -> None:
    assert decoded_by_pillow(PLAIN, stills=True)


UNCERTAIN: dict[str, Callable[[], bytes]] = {
    "several pictures": lambda: media.heif(media.noise(64, 64), media.noise(64, 64)),
    "transparency": lambda: media.heif(media.noise(64, 64, "RGBA")),
    "a size that is cut to": lambda: media.heif(media.noise(61, 47)),
    "damaged data": lambda: PLAIN[:DATA] + b"\xff" * 20 + PLAIN[DATA + 20 :],
    "data that are missing": lambda: PLAIN[:-100],
    "greys, by its configuration": lambda: changed(CONFIGURATION + 16, 0xFC),
    "ten bits, by its configuration": lambda: changed(CONFIGURATION + 17, 0xFA),
    "a unit of another kind": lambda: changed(UNITS, PLAIN[UNITS] ^ 1),
    "a unit of another layer": lambda: changed(UNITS + 6, PLAIN[UNITS + 6] ^ 8),
    "an unknown property": lambda: PLAIN.replace(b"pixi", b"what"),
}


@pytest.mark.parametrize("name", UNCERTAIN)
def test_where_it_is_not_certain_it_does(name: str) -> None:
    data = UNCERTAIN[name]()
    assert data != PLAIN
    assert decoded_by_pillow(data)
