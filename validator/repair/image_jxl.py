"""Opens JPEG XL (libjxl, by a plugin of Pillow): its size is read before anything is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from validator.probe.colour import HLG, PQ
from validator.probe.image_open import refuse_pixels
from validator.repair.image_exif import fitted_exif
from validator.repair.image_problem import told_of_panic

if TYPE_CHECKING:
    from PIL.Image import Image

_CODESTREAM = b"\xff\x0a"
_BOX, _LARGE_BOX = 8, 16  # bytes of a box's head
_BOXES_AT_MOST = 1_000
_HEAD = 16  # bytes in which the size lies
_DISTRIBUTED = (9, 13, 18, 30)  # bits that a side takes, by its selector (ISO/IEC 18181-1, size header)
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
# How libjxl ends the names of the profiles that it makes for HDR, and names their colours.
_CURVES = {b"_PeQ": PQ, b"_HLG": HLG}
_PRIMARIES = {b"_SRG_": 1, b"_DCI_": 12}


def open_jxl(file: BinaryIO) -> Image:
    """Read and decode a picture.

    Raises:
        TooMuchError: it announces more pixels than are decoded.
        Exception: one of `damage.DECODER_ERRORS`.
    """
    refuse_pixels(*announced_size(file))
    from pillow_jxl.JpegXLImagePlugin import JXLImageFile

    file.seek(0)
    with told_of_panic():
        opened: Any = JXLImageFile(file)
    image: Image = opened
    exif = image.info.get("exif")
    if exif and not opened.jpeg:  # libjxl has turned it already
        image.info["exif"] = fitted_exif(exif, *image.size)
    _name_hdr(image)
    return image


def announced_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height, before the picture is turned.

    Raises:
        ValueError: the file ends before, or is damaged.

    >>> import io
    >>> announced_size(io.BytesIO(bytes.fromhex("ff0aba21c54052dc080013880200b482")))
    (1920, 1080)
    """
    bits = int.from_bytes(_codestream(file), "little")

    def take(count: int) -> int:
        nonlocal bits
        taken, bits = bits & ((1 << count) - 1), bits >> count
        return taken

    is_small = take(1)

    def side() -> int:
        return (take(5) + 1) * 8 if is_small else take(_DISTRIBUTED[take(2)]) + 1

    height = side()
    ratio = take(3)
    if not ratio:
        return side(), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _codestream(file: BinaryIO) -> bytes:
    """The first bytes behind a codestream's signature."""
    file.seek(0)
    head = file.read(_HEAD)
    position = 0
    for _ in range(_BOXES_AT_MOST):
        if head.startswith(_CODESTREAM):
            return head[2:]
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if kind in (b"jxlc", b"jxlp"):
            start = _BOX + (_BOX if size == 1 else 0) + (4 if kind == b"jxlp" else 0)
            file.seek(position + start)
            head = file.read(_HEAD)
            if not head.startswith(_CODESTREAM):
                break
            continue
        size = int.from_bytes(head[_BOX:_LARGE_BOX], "big") if size == 1 else size
        if size < _BOX or len(head) < _BOX:
            break
        position += size
        file.seek(position)
        head = file.read(_HEAD)
    raise ValueError("there is no picture in it, or the file is truncated")


def _name_hdr(image: Image) -> None:
    """Say of an HDR picture what it is, as pictures of other formats say it."""
    name = (image.info.get("icc_profile") or b"")[:4096].replace(b"\0", b"")
    for sign, curve in _CURVES.items():
        if sign in name:
            colours = next((number for each, number in _PRIMARIES.items() if each in name), 9)
            image.info["nclx_profile"] = {"transfer_characteristics": curve, "color_primaries": colours}
            del image.info["icc_profile"]
            return
