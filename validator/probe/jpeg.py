"""A JPEG's entropy-coded data: libjpeg fills over damage with grey and only warns, and Pillow stays silent.

FFmpeg's decoder, told to be strict, is the second voice; where the layout is plain, its word is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from validator.probe.damage import Damage
from validator.probe.jpeg_layout import is_plain
from validator.probe.too_much import Tally, TooMuchError

_HUFFMAN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what FFmpeg decodes
_IN_SEVERAL_SCANS = frozenset({0xC2, 0xC6, 0xCA, 0xCE})  # progressive, however coded
_AN_EIGHTH, _ALL = "3", "0"  # of the pixels on each side: all of the data are read, and fewer made of them
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MAX_SEGMENTS = 10_000
_MAX_FILL = 65_536  # bytes that belong to no segment; readers pass over them one by one
_MAX_EXIF = 100  # segments of 65 kB; there is one, and Pillow takes time by the square of their number
_START_OF_SCAN, _END_OF_IMAGE, _COMMENT, _EXIF = 0xDA, 0xD9, 0xFE, 0xE1
_STEP = 1 << 20
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def check(file: BinaryIO) -> Damage:
    """Decode strictly what FFmpeg can decode; of arithmetic or lossless coding nothing is said."""
    if _frame_marker(file) not in _HUFFMAN_FRAMES:
        return Damage()
    file.seek(0)
    data = file.read()
    damaged = _is_damaged(data, _AN_EIGHTH)
    if damaged is None:
        damaged = _is_damaged(data, _ALL)
    return Damage("corrupt", "the picture's data are damaged") if damaged else Damage()


def is_whole(file: BinaryIO) -> bool:
    """Whether it is certain already, without Pillow's word, that the picture can be read to its end."""
    file.seek(0)
    data = file.read()
    return is_plain(data) and _is_damaged(data, _AN_EIGHTH) is False


def _is_damaged(data: bytes, pixels: str) -> bool | None:
    """What FFmpeg says; `None` of a sampling that it does not know: then Pillow's word stands alone."""
    import av  # here, as depth header, PNG and the like do without FFmpeg

    context: Any = av.CodecContext.create("mjpeg", "r")
    context.options = {"err_detect": "explode", "lowres": pixels}
    context.thread_count = 1
    try:
        frames = [*context.decode(av.Packet(data)), *context.decode(None)]
    except av.error.InvalidDataError:
        return True
    except av.error.FFmpegError:
        return None
    return any(frame.is_corrupt for frame in frames)


@dataclass(frozen=True)
class Head:
    """What stands before a picture's data: which sort of frame, and how many components it has."""

    frame: int = 0
    components: int = 0


def weigh(file: BinaryIO, tally: Tally) -> Head:
    """Count what stands before the picture's data: application segments and comments."""
    head = Head()
    file.seek(2)
    fill = exif = 0
    while len(lead := file.read(2)) == 2:
        if lead[0] != 0xFF or lead[1] in (0x00, 0xFF):
            fill += 1
            if fill > _MAX_FILL:
                raise TooMuchError("metadata", f"more than {_MAX_FILL:,} bytes of nothing before the picture")
            file.seek(-1, 1)
            continue
        marker = lead[1]
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            break
        if marker in _WITHOUT_LENGTH:
            tally.part()
            continue
        size = int.from_bytes(file.read(2), "big")
        if marker & 0xF0 == 0xE0 or marker == _COMMENT:
            tally.metadata(size)
        else:
            tally.part()
        start = file.tell()
        if marker in _FRAMES:
            head = Head(marker, int.from_bytes(file.read(6)[5:], "big"))
        exif += marker == _EXIF and file.read(6) == b"Exif\0\0"
        if exif > _MAX_EXIF:
            raise TooMuchError("metadata", f"more than {_MAX_EXIF:,} segments of Exif; we read no more")
        file.seek(start + max(size - 2, 0))
    return head


def scans(file: BinaryIO) -> int:
    """How often a decoder goes over the whole picture: some ten times, where it is progressive.

    Counted are the markers up to the picture's end; in its data, none can occur by chance. Where the first
    scan is of all that there is, no decoder goes on to another one.
    """
    head = weigh(file, Tally())
    start = file.tell() - 2
    if head.frame not in _IN_SEVERAL_SCANS and int.from_bytes(file.read(3)[2:], "big") >= head.components:
        return 1
    file.seek(max(start, 0))
    count, before = 0, b""
    while data := file.read(_STEP):
        data = before + data
        end = data.find(bytes((0xFF, _END_OF_IMAGE)))
        count += data.count(bytes((0xFF, _START_OF_SCAN)), 0, end if end >= 0 else len(data))
        if end >= 0:
            break
        before = data[-1:]
    return count


def _frame_marker(file: BinaryIO) -> int:
    """The marker of the first frame header (SOFn, ITU-T T.81 table B.1); 0 where there is none."""
    file.seek(2)
    for _ in range(_MAX_SEGMENTS):
        lead = file.read(2)
        while lead == b"\xff\xff":  # fill bytes before a marker
            lead = lead[1:] + file.read(1)
        if len(lead) < 2 or lead[0] != 0xFF:
            return 0
        if lead[1] in _FRAMES:
            return lead[1]
        file.seek(int.from_bytes(file.read(2), "big") - 2, 1)
    return 0
