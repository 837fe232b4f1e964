"""The format of a file by its first bytes, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, Literal

from validator.model import Kind
from validator.probe import isobmff, mpeg_audio
from validator.probe.sniffed import Sniffed

HEAD_SIZE = 65_536
"""Bytes that are looked at: an ID3 tag, an Ogg page and an EBML header end far earlier."""

_IMAGE, _VIDEO, _AUDIO = Kind.IMAGE, Kind.VIDEO, Kind.AUDIO


def _media(kind: Kind, format_name: str, *, sure: bool = True) -> Sniffed:
    return Sniffed("media", kind, format_name, sure=sure)


# Signatures at the very start that need no second look.
_MAGIC: tuple[tuple[bytes, Kind, str], ...] = (
    (b"\xff\xd8\xff", _IMAGE, "jpeg"),
    (b"GIF87a", _IMAGE, "gif"),
    (b"GIF89a", _IMAGE, "gif"),
    (b"II+\x00", _IMAGE, "bigtiff"),
    (b"MM\x00+", _IMAGE, "bigtiff"),
    (b"8BPS", _IMAGE, "psd"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _IMAGE, "jp2"),
    (b"\xff\x4f\xff\x51", _IMAGE, "jp2"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", _IMAGE, "jxl"),
    (b"II\xbc", _IMAGE, "jxr"),
    (b"v/1\x01", _IMAGE, "exr"),
    (b"#?RADIANCE", _IMAGE, "hdr"),
    (b"#?RGBE", _IMAGE, "hdr"),
    (b"FUJIFILMCCD-RAW", _IMAGE, "raw"),
    (b"IIRO", _IMAGE, "raw"),
    (b"IIRS", _IMAGE, "raw"),
    (b"MMOR", _IMAGE, "raw"),
    (b"IIU\x00", _IMAGE, "raw"),
    (b"gimp xcf", _IMAGE, "xcf"),
    (b"qoif", _IMAGE, "qoi"),
    (b"icns", _IMAGE, "icns"),
    (b"DDS ", _IMAGE, "dds"),
    (b"BPG\xfb", _IMAGE, "bpg"),
    (b"FLIF", _IMAGE, "flif"),
    (b"FLV\x01", _VIDEO, "flv"),
    (b".RMF", _VIDEO, "rm"),
    (b"DKIF", _VIDEO, "ivf"),
    (b"YUV4MPEG2 ", _VIDEO, "y4m"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", _VIDEO, "mxf"),
    (b"\x00\x00\x01\xba", _VIDEO, "mpeg"),
    (b"\x00\x00\x01\xb3", _VIDEO, "mpeg"),
    (b"fLaC", _AUDIO, "flac"),
    (b"#!AMR", _AUDIO, "amr"),
    (b"caff\x00\x01", _AUDIO, "caf"),
    (b".snd\x00", _AUDIO, "au"),
    (b"MAC ", _AUDIO, "ape"),
    (b"wvpk", _AUDIO, "wv"),
    (b"ADIF", _AUDIO, "aac"),
    (b"MP+", _AUDIO, "mpc"),
    (b"MPCK", _AUDIO, "mpc"),
    (b"TTA1", _AUDIO, "tta"),
    (b"tBaK", _AUDIO, "tak"),
    (b"OFR ", _AUDIO, "ofr"),
    (b"DSD ", _AUDIO, "dsf"),
    (b"FRM8", _AUDIO, "dff"),
    (b"MThd", _AUDIO, "midi"),
    (b"riff\x2e\x91\xcf\x11", _AUDIO, "w64"),
)

# Things that are often found under the name of a medium, named so that the message helps.
_NOT_MEDIA: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive (or an office document)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"#EXTM3U", "a playlist, which names media elsewhere"),
    (b"ffconcat version", "a concat script, which names media elsewhere"),
    (b"SQLite format 3\x00", "a database"),
    (b"bplist00", "a property list"),
)

# TIFF tags
_DNG_VERSION, _SUB_DIRECTORIES, _CAMERA_MAKER, _EXIF = 0xC612, 0x014A, 0x010F, 0x8769
_SHORT = 3  # TIFF's type of 16-bit numbers

_LFS = b"version https://git-lfs.github.com/spec/"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_VIDEO_STREAM = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
# Atomic groups: a comment ends at the first "-->", or thousands of them could be divided in endless ways.
_HTML = re.compile(
    rb"\s*(?>(?><!--.*?-->\s*)*)<(!doctype\s+html|html|head|body|title|script|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_SVG = re.compile(rb"<(\w+:)?svg[\s>/]", re.IGNORECASE)


def sniff(file: BinaryIO) -> Sniffed:
    """Look at an open file; its position is left anywhere.

    >>> import io
    >>> sniff(io.BytesIO(b"GIF89a" + bytes(7))).format
    'gif'
    """
    file.seek(0)
    head = file.read(HEAD_SIZE)
    if _is_iso(head):
        return _iso(isobmff.read(file))
    if head[:3] == b"ID3":
        return _after_id3(head, file)
    return sniff_bytes(head)


def sniff_bytes(head: bytes) -> Sniffed:
    """Look at the first bytes alone, where the rest has not come yet."""
    if not head:
        return Sniffed("empty")
    for look in _LOOKS:
        found = look(head)
        if found is not None:
            return found
    return Sniffed("not-media", detail=_describe(head))


def _after_id3(head: bytes, file: BinaryIO) -> Sniffed:
    """An ID3 tag may stand before MP3, and wrongly before others: look behind it."""
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    file.seek(10 + size)
    behind = file.read(16)
    found = _magic(behind)
    if found is not None and found.kind is _AUDIO:
        return found
    if len(behind) >= 4 and behind[0] == 0xFF and behind[1] & 0xF6 == 0xF0:
        return _media(_AUDIO, "aac")
    return _media(_AUDIO, "mp2" if mpeg_audio.frame(behind)[1] in (1, 2) else "mp3")


def _magic(head: bytes) -> Sniffed | None:
    for magic, kind, format_name in _MAGIC:
        if head.startswith(magic):
            return _media(kind, format_name)
    return None


def _png(head: bytes) -> Sniffed | None:
    if not head.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    at = 8
    while (name := head[at + 4 : at + 8]) not in (b"acTL", b"IDAT", b""):
        at += 12 + int.from_bytes(head[at : at + 4], "big")
    return _media(_IMAGE, "apng" if name == b"acTL" else "png")


def _tiff(head: bytes) -> Sniffed | None:
    if head[:4] not in (b"II*\x00", b"MM\x00*"):
        return None
    if head[8:10] == b"CR" or _is_camera_raw(head):
        return _media(_IMAGE, "raw")
    return _media(_IMAGE, "tiff")


def _is_camera_raw(head: bytes) -> bool:
    """Camera raw files are TIFFs: DNG says so by its version tag, the others by how they are built.

    The first directory of a plain TIFF describes the picture; that of a camera raw names the camera
    and points to the raw data by SubIFDs.
    """
    tags = tiff_tags(head).keys()
    return _DNG_VERSION in tags or tags >= {_SUB_DIRECTORIES, _CAMERA_MAKER, _EXIF}


def tiff_tags(head: bytes) -> dict[int, int]:
    """The first directory of a TIFF, as far as it lies in these bytes: each tag's value, or its offset."""
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(head[at : at + length], order)

    directory = number(4, 4)
    last = min(directory + 2 + 12 * number(directory, 2), len(head) - 11)
    return {
        number(at, 2): number(at + 8, 2 if number(at + 2, 2) == _SHORT else 4)
        for at in range(directory + 2, last, 12)
    }


def _bmp(head: bytes) -> Sniffed | None:
    # "BM" alone occurs by chance: the size of the second header tells.
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in (12, 16, 40, 52, 56, 64, 108, 124):
        return _media(_IMAGE, "bmp")
    return None


def _riff(head: bytes) -> Sniffed | None:
    if head[:4] in (b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return _media(_AUDIO, "rf64")
    if head[:4] not in (b"RIFF", b"RIFX"):
        return None
    forms = {b"WEBP": (_IMAGE, "webp"), b"WAVE": (_AUDIO, "wav"), b"AVI ": (_VIDEO, "avi")}
    found = forms.get(head[8:12])
    if found is None:
        return None
    if head[:4] == b"RIFX":
        return _media(found[0], "rifx")
    return _media(*found)


def _aiff(head: bytes) -> Sniffed | None:
    return _media(_AUDIO, "aiff") if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC") else None


def _ogg(head: bytes) -> Sniffed | None:
    if head[:4] != b"OggS":
        return None
    first_page = head[:512]
    if b"\x80theora" in first_page or b"BBCD\x00" in first_page or b"\x01video" in first_page:
        return _media(_VIDEO, "ogv")
    return _media(_AUDIO, "opus" if b"OpusHead" in first_page else "ogg")


def _matroska(head: bytes) -> Sniffed | None:
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    # TrackType (0x83) is 1 for video and 2 for audio.
    audio_only = b"\x83\x81\x02" in head and b"\x83\x81\x01" not in head
    if audio_only:
        return _media(_AUDIO, "mka")
    return _media(_VIDEO, "webm" if b"webm" in head[:64] else "mkv")


def _asf(head: bytes) -> Sniffed | None:
    if head[:16] != _ASF:
        return None
    return _media(_VIDEO, "wmv") if _ASF_VIDEO_STREAM in head else _media(_AUDIO, "wma")


def _iso_head(head: bytes) -> Sniffed | None:
    return _iso(isobmff.read_head(head)) if _is_iso(head) else None


def _is_iso(head: bytes) -> bool:
    return head[4:8] in isobmff.FIRST_BOXES and (
        head[4:8] == b"ftyp"
        or int.from_bytes(head[:4], "big") in (0, 1)
        or int.from_bytes(head[:4], "big") >= 8
    )


def _iso(file: isobmff.IsoFile) -> Sniffed:
    kind, format_name = isobmff.classify(file)
    return _media(kind, format_name)


def _jxl_codestream(head: bytes) -> Sniffed | None:
    return _media(_IMAGE, "jxl", sure=len(head) > 2) if head[:2] == b"\xff\x0a" else None


def _ico(head: bytes) -> Sniffed | None:
    if head[:4] not in (b"\x00\x00\x01\x00", b"\x00\x00\x02\x00"):
        return None
    count = int.from_bytes(head[4:6], "little")
    # In a directory entry the reserved byte is zero and the data lies behind the directory.
    plausible = (
        0 < count <= 256 and head[9:10] in (b"\x00", b"\xff") and int.from_bytes(head[18:22], "little") >= 22
    )
    return _media(_IMAGE, "ico", sure=False) if plausible else None


def _tga(head: bytes) -> Sniffed | None:
    """Targa has no signature at its start, so every field of its header has to make sense."""
    if len(head) < 18:
        return None
    mapped, kind, width, height = head[1], head[2], head[12:14], head[14:16]
    plausible = (
        (mapped, kind) in {(1, 1), (1, 9), (0, 2), (0, 3), (0, 10), (0, 11)}
        and (head[3:8] == bytes(5)) == (mapped == 0)
        and width != b"\0\0"
        and height != b"\0\0"
        and head[16] in (8, 15, 16, 24, 32)
        and not head[17] & 0xC0
    )
    return _media(_IMAGE, "tga", sure=False) if plausible else None


def _mpeg_ts(head: bytes) -> Sniffed | None:
    for size, start in ((188, 0), (192, 4)):
        packets = head[start : start + 5 * size : size]
        if len(packets) >= 3 and set(packets) == {0x47}:
            return _media(_VIDEO, "mpegts", sure=len(packets) >= 5)
    return None


def _mpeg_audio(head: bytes) -> Sniffed | None:
    """A frame header, or one behind up to 4 KB of junk if further frames follow at its length."""
    if len(head) >= 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and len(head) > 6:
        return _media(_AUDIO, "aac", sure=False)
    if head[:2] == b"\x0b\x77":
        return _media(_AUDIO, "ac3", sure=False)
    length, layer = mpeg_audio.frame(head)
    if length:
        return _media(_AUDIO, "mp3" if layer == 3 else "mp2", sure=mpeg_audio.frame(head[length:])[0] > 0)
    # Junk may stand before the first frame: believe it where frames follow one another.
    for match in re.finditer(rb"\xff[\xe2-\xff]", head[:4096]):
        layers = mpeg_audio.chain(head, match.start())
        if len(layers) == mpeg_audio.CHAIN:
            return _media(_AUDIO, "mp3" if layers[0] == 3 else "mp2", sure=False)
    return None


def _text(head: bytes) -> Sniffed | None:
    if head.startswith(_LFS):
        size = re.search(rb"\nsize (\d{1,20})", head[:1024])
        of = f"of {int(size[1]):,} bytes" if size else ""
        return Sniffed("lfs-pointer", detail=of)
    if _HTML.match(head[:4096].removeprefix(b"\xef\xbb\xbf")):
        return Sniffed("not-media", detail="a web page")
    if head[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" and _SVG.search(head[:8192]):
        return _media(_IMAGE, "svg")
    return None


def _named_stranger(head: bytes) -> Sniffed | None:
    for magic, name in _NOT_MEDIA:
        if head.startswith(magic):
            return Sniffed("not-media", detail=name)
    return None


_LOOKS: tuple[Callable[[bytes], Sniffed | None], ...] = (
    _iso_head,
    _magic,
    _png,
    _tiff,
    _bmp,
    _riff,
    _aiff,
    _ogg,
    _matroska,
    _asf,
    lambda head: _media(_AUDIO, "mp3") if head[:3] == b"ID3" else None,
    _text,
    _named_stranger,
    _jxl_codestream,
    _ico,
    _tga,
    _mpeg_ts,
    _mpeg_audio,
)


def _describe(head: bytes) -> str:
    """What a person would call bytes that are no media."""
    start = head[:1024]
    if start.lstrip()[:1] in (b"{", b"["):
        return "text, JSON by its look"
    if start.lstrip()[:5] == b"<?xml":
        return "an XML document"
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:
            return "unknown binary data"
    return "unknown binary data" if b"\x00" in start else "text"
