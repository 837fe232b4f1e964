"""Which format a picture's copy has, and how large its file may get."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType

from validator.model import ImageFacts
from validator.repair.colour_modes import can_have_mode
from validator.repair.demands import Demands

_WRITTEN = MappingProxyType(
    {
        "jpeg": "jpeg",
        "mpo": "jpeg",
        "png": "png",
        "apng": "png",
        "webp": "webp",
        "tiff": "tiff",
        "bigtiff": "tiff",
        "bmp": "bmp",
        "gif": "gif",
        "heic": "heic",
        "heif": "heic",
        "heif-sequence": "heic",
        "avif": "avif",
    }
)
"""What a single picture of a format is written as, where that format stays."""
LOSSLESS = frozenset(
    ["png", "apng", "bmp", "tiff", "bigtiff", "gif", "ico", "icns", "tga", "psd", "qoi", "dds", "svg"]
)
"""Formats whose pictures have lost nothing yet."""
VECTOR = frozenset({"svg"})
"""Those that have no pixels of their own: they are drawn in the size that is wanted."""
_PACKED = frozenset({"png", "apng", "gif", "qoi"})
"""Those of them whose samples are compressed already."""
_WITHOUT_LOSS = ("png", "tiff", "bmp", "webp", "heic", "jpeg", "gif", "avif")
_WITH_LOSS = ("jpeg", "webp", "heic", "png", "tiff", "bmp", "gif", "avif")
_KEEPS_SAMPLES = frozenset({"png", "tiff", "bmp"})
_OPAQUE = frozenset({"jpeg", "bmp"})
_SMALL = 250_000
"""Pixels up to which a picture is kept without loss: it takes less than a megabyte."""
_PHOTOGRAPH = Fraction(3, 4)
"""What a photograph takes of its bare samples where it is compressed without loss, on the safe side."""
_UNEVEN, _STORED = Fraction(21, 20), Fraction(1001, 1000)
"""How much more than its measured part a picture may take; and than its samples, however it is packed."""
_LARGE = 8_000_000
"""Bytes of bare samples up to which a picture is taken however it is packed."""
_CHANNELS = MappingProxyType(
    {"LA": 2, "La": 2, "RGBA": 4, "RGBa": 4, "CMYK": 4, "PA": 4, "P": 1, "L": 1, "1": 1}
)
_GREY = "I"  # and I;16, I;16B ...
_BESIDE = 65_536
"""Bytes of headers, beside the samples and metadata no larger than the original file."""


@dataclass(frozen=True)
class Source:
    """A picture that is to be written anew, in a size that was found for it.

    `share`: what its samples take where they are compressed without loss, if that was measured.
    """

    format: str
    image: ImageFacts
    bytes: int | None
    size: tuple[int, int]
    share: Fraction | None = None

    @property
    def bare(self) -> int:
        """The samples of the copy as they are, in bytes.

        >>> Source("png", ImageFacts(mode="RGB", bit_depth=8), 2000, (100, 10)).bare
        3000
        """
        return self.size[0] * self.size[1] * self._sample

    @property
    def packed(self) -> int:
        """What they may take where they are compressed without loss."""
        before = (self.image.width or 1) * (self.image.height or 1) * self._sample
        share = _PHOTOGRAPH
        if self.share is not None:
            share = min(self.share * _UNEVEN, _STORED)
        elif self.format in _PACKED and self.bytes is not None:
            share = Fraction(self.bytes, before)
        return ceil(self.bare * share)

    @property
    def _sample(self) -> int:
        """Bytes of one pixel."""
        mode = self.image.mode or "RGB"
        channels = 1 if mode.startswith(_GREY) else _CHANNELS.get(mode, 3)
        return channels * ceil(Fraction(self.image.bit_depth or 8, 8))


def choose_format(
    source: Source, demands: Demands, *, plain: bool = False, mixed: bool = False
) -> str | None:
    """The format of the copy; `None` where none that can be written is taken.

    The original's stays where it is taken, and can be made as small as is asked for without giving up pixels.
    Else it is one without loss where the original is without, may be transparent, has a palette, or is small.
    `plain`: only those that every reader knows. `mixed`: its pixels are scaled, or others come beside them,
    which takes more colours than a palette has.

    >>> demands = Demands(allowed={"format": ("jpeg", "png")})
    >>> photo = ImageFacts(width=4000, height=3000, mode="RGB", alpha=False)
    >>> names = ("webp", "tiff", "jpeg")
    >>> [choose_format(Source(name, photo, 10**6, (4000, 3000)), demands) for name in names]
    ['jpeg', 'png', 'jpeg']
    """
    image = source.image
    most = most_bytes(demands)
    taken = [name for name in _WITH_LOSS if demands.takes("format", name)]
    if plain:
        taken = [name for name in taken if name in ("jpeg", "png")] or taken
    taken = [name for name in taken if can_have_mode(image, name, demands)] or taken
    if any(side % 2 for side in source.size) and not demands.takes("orientation", True):
        taken = [name for name in taken if name != "heic"]  # it is stored with even sides, and cropped again
    kept = _WRITTEN.get(source.format, "")
    opaque = not demands.takes("alpha", True) or not demands.takes("colour", True)
    if kept == "gif" and (not demands.takes("colour", True) or (mixed and "png" in taken)):
        kept = ""  # it has a palette, whatever is written into it
    if kept in taken and (most is None or _fits(kept, source, most)):
        return kept
    has_alpha = bool(image.alpha) and not opaque
    is_small = source.size[0] * source.size[1] <= _SMALL
    lossless = source.format in LOSSLESS or has_alpha or image.mode in ("P", "1") or is_small
    fitting = [name for name in taken if most is None or _fits(name, source, most)]
    lossless = lossless and (has_alpha or bool(_KEEPS_SAMPLES.intersection(fitting)))
    order = [name for name in (_WITHOUT_LOSS if lossless else _WITH_LOSS) if name in taken]
    order.sort(key=lambda name: (has_alpha and name in _OPAQUE, name not in fitting))
    return next(iter(order), None)


def is_worth_packing(format_name: str, image: ImageFacts) -> bool:
    """Whether it matters how small a picture gets without loss.

    >>> photo = ImageFacts(width=4000, height=3000, mode="RGB", bit_depth=8)
    >>> is_worth_packing("bmp", photo), is_worth_packing("jpeg", photo)
    (True, False)
    """
    size = image.width or 0, image.height or 0
    return format_name in LOSSLESS and Source(format_name, image, None, size).bare > _LARGE


def most_bytes(demands: Demands) -> int | None:
    """The largest file that is taken, in bytes.

    >>> from validator.repair.demands import Range
    >>> most_bytes(Demands(ranges={"bytes": Range(max=Fraction(30_000_000), open_max=True)}))
    29999999
    """
    asked = demands.range_of("bytes")
    if asked.max is None:
        return None
    most = floor(asked.max)
    return most - 1 if asked.open_max and most == asked.max else most


def at_most(source: Source, format_name: str) -> int:
    """How large the copy's file can be, in bytes, if nothing is done about it."""
    samples = source.bare if format_name in _KEEPS_SAMPLES else source.size[0] * source.size[1] * 4
    return samples + samples // 50 + source.size[1] * 8 + (source.bytes or 0) + _BESIDE


def _fits(name: str, source: Source, most: int) -> bool:
    """Whether the samples get small enough in this format, or its quality can give way."""
    if name in ("png", "tiff"):
        return source.packed <= most
    if name in ("bmp", "gif"):
        return source.bare + _BESIDE <= most
    return True
