"""A JPEG's entropy-coded data: libjpeg fills over damage with grey and only warns, and Pillow stays silent.

FFmpeg's decoder, told to be strict, is the second voice.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from validator.probe.damage import Damage
from validator.probe.too_much import Tally, TooMuchError

_HUFFMAN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what FFmpeg decodes
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
    import av  # here, as depth header, PNG and the like do without FFmpeg

    file.seek(0)
    context = av.CodecContext.create("mjpeg", "r")
    context.options = {"err_detect": "explode"}
    try:
        frames = [*context.decode(av.Packet(file.read())), *context.decode(None)]
    except av.error.InvalidDataError:
        return Damage("corrupt", "the picture's data are damaged")
    except av.error.FFmpegError:
        return Damage()  # a sampling that FFmpeg does not know: Pillow's word stands alone
    if any(frame.is_corrupt for frame in frames):
        return Damage("corrupt", "the picture's data are damaged")
    return Damage()


def weigh(file: BinaryIO, tally: Tally) -> None:
    """Count what stands before the picture's data: application segments and comments."""
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
            return
        if marker in _WITHOUT_LENGTH:
            tally.part()
            continue
        size = int.from_bytes(file.read(2), "big")
        if marker & 0xF0 == 0xE0 or marker == _COMMENT:
            tally.metadata(size)
        else:
            tally.part()
        start = file.tell()
        exif += marker == _EXIF and file.read(6) == b"Exif\0\0"
        if exif > _MAX_EXIF:
            raise TooMuchError("metadata", f"more than {_MAX_EXIF:,} segments of Exif; we read no more")
        file.seek(start + max(size - 2, 0))


def scans(file: BinaryIO) -> int:
    """How often a decoder goes over the whole picture: some ten times, where it is progressive.

    Counted are the markers up to the picture's end; in its data, none can occur by chance.
    """
    weigh(file, Tally())
    file.seek(-2, io.SEEK_CUR)
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
