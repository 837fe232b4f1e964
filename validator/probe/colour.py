"""What is unusual about a picture's colour: undocumented, so only ever a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from validator.probe import isobmff

if TYPE_CHECKING:
    from PIL.Image import Image

_BITS_PER_SAMPLE = 258  # TIFF tag
_WIDE_GAMUTS = (
    "Display P3",
    "Adobe RGB",
    "AdobeRGB",
    "ProPhoto",
    "Rec. 2020",
    "Rec2020",
    "BT.2020",
    "DCI-P3",
)
PQ, HLG = 16, 18
"""Curves of HDR, by their number in ISO/IEC 23091-2, TransferCharacteristics."""
_HDR_REMARKS = {PQ: "HDR (PQ)", HLG: "HDR (HLG)"}
_BT2020 = 9
_WITH_ALPHA = frozenset({"RGBA", "LA", "RGBa", "La", "PA"})
_UNUSUAL_MODES = {
    "CMYK": "CMYK",
    "YCCK": "CMYK",
    "LAB": "Lab colour",
    "P": "a palette",
    "PA": "a palette with alpha",
    "F": "floating point",
    "1": "black and white, 1 bit",
}


@dataclass(frozen=True)
class Colour:
    """`bit_depth` in bits a sample; `alpha`: it may be transparent; `remarks` in words."""

    bit_depth: int
    alpha: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Hdr:
    """`transfer`: `PQ` or `HLG`; `primaries`: of its colours, by their number in ISO/IEC 23091-2."""

    transfer: int
    primaries: int = _BT2020


def describe_colour(image: Image, file: BinaryIO, format_name: str) -> Colour:
    """Read mode, depth, alpha, gamut and transfer from an opened picture's header."""
    depth = _bit_depth(image, file, format_name)
    remarks = []
    if image.mode in _UNUSUAL_MODES:
        remarks.append(_UNUSUAL_MODES[image.mode])
    if depth > 8:
        remarks.append(f"{depth} bit a sample")
    alpha = image.mode in _WITH_ALPHA or "transparency" in image.info
    if alpha and image.mode != "PA":  # which says so by itself
        remarks.append("alpha")
    gamut = _wide_gamut(image.info.get("icc_profile"))
    if gamut:
        remarks.append(f"wide gamut ({gamut})")
    hdr = hdr_of(image, file, format_name)
    if hdr is not None:
        remarks.append(_HDR_REMARKS[hdr.transfer])
    return Colour(depth, alpha, tuple(remarks))


def hdr_of(image: Image, file: BinaryIO, format_name: str) -> Hdr | None:
    """The curve and the colours of an HDR picture; `None` where it is none, or nobody says."""
    if format_name == "avif":  # Pillow does not tell
        position = file.tell()  # it goes on reading where it stopped
        items = isobmff.read(file).items
        file.seek(position)
        transfer, primaries = (None, None) if items is None else (items.transfer, items.primaries)
    else:
        nclx = image.info.get("nclx_profile")
        said = nclx if isinstance(nclx, dict) else {}
        transfer, primaries = said.get("transfer_characteristics"), said.get("color_primaries")
    return Hdr(int(transfer), int(primaries or _BT2020)) if transfer in _HDR_REMARKS else None


def _bit_depth(image: Any, file: BinaryIO, format_name: str) -> int:
    if format_name in ("png", "apng"):
        position = file.tell()  # Pillow goes on reading where it stopped
        file.seek(24)  # IHDR's third field
        depth = file.read(1)
        file.seek(position)
        return depth[0]
    if format_name in ("tiff", "bigtiff"):
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, 1)
        return max(bits) if isinstance(bits, tuple) else int(bits)
    if format_name.startswith("hei"):
        return int(image.info.get("bit_depth", 8))
    return 8


def _wide_gamut(profile: object) -> str:
    """The gamut that an ICC profile names in its description, in ASCII or in UTF-16."""
    if not isinstance(profile, bytes):
        return ""
    head = profile[:65_536]
    for name in _WIDE_GAMUTS:
        if name.encode() in head or name.encode("utf-16-be") in head:
            return name
    return ""
