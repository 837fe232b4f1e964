"""A file is what its bytes say, whatever its name says."""

from __future__ import annotations

import ast
import inspect
import io
import struct
from importlib import import_module

import pytest
from PIL import Image

from tests.probe import build, media
from validator.intake.walk import has_media_name
from validator.media_formats import MEDIA_FORMATS
from validator.model import Kind
from validator.probe.extensions import BY_BYTES_ALONE, EXTENSIONS, FAMILIES
from validator.probe.sniff import sniff, sniff_bytes
from validator.probe.sniffed import Sniffed

_IMAGE, _VIDEO, _AUDIO = Kind.IMAGE, Kind.VIDEO, Kind.AUDIO


def _sniffed(data: bytes) -> Sniffed:
    return sniff(io.BytesIO(data))


def _tiff_of(tags: tuple[int, ...], order: str = "<") -> bytes:
    start = b"II*\0" if order == "<" else b"MM\0*"
    entries = b"".join(struct.pack(order + "HHII", tag, 4, 1, 1) for tag in tags)
    return start + struct.pack(order + "IH", 8, len(tags)) + entries + bytes(4)


def _ogg(first: bytes) -> bytes:
    return b"OggS" + bytes(22) + b"\x01" + bytes([len(first)]) + first


def _frames(count: int, header: bytes, length: int) -> bytes:
    return (header + bytes(length - 4)) * count


_MP3 = _frames(5, b"\xff\xfb\x90\x64", 417)  # MPEG-1 layer 3, 128 kbit/s, 44,100 Hz
_EBML = b"\x1a\x45\xdf\xa3"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")

BY_HAND: dict[str, tuple[Kind, str, bytes]] = {
    "jpeg": (_IMAGE, "jpeg", b"\xff\xd8\xff\xe0" + bytes(20)),
    "gif87a": (_IMAGE, "gif", b"GIF87a" + bytes(7)),
    "gif89a": (_IMAGE, "gif", b"GIF89a" + bytes(7)),
    "tiff, little": (_IMAGE, "tiff", _tiff_of((256, 257))),
    "tiff, big": (_IMAGE, "tiff", _tiff_of((256, 257), ">")),
    "tiff with Exif and a camera's name": (_IMAGE, "tiff", _tiff_of((256, 0x010F, 0x8769))),
    "bigtiff, little": (_IMAGE, "bigtiff", b"II+\0\x08\0\0\0" + bytes(8)),
    "bigtiff, big": (_IMAGE, "bigtiff", b"MM\0+\0\x08\0\0" + bytes(8)),
    "dng": (_IMAGE, "raw", _tiff_of((256, 0xC612))),
    "nef": (_IMAGE, "raw", _tiff_of((256, 0x010F, 0x014A, 0x8769), ">")),
    "cr2": (_IMAGE, "raw", b"II*\0\x10\0\0\0CR\x02\0" + bytes(20)),
    "cr3": (_IMAGE, "raw", build.brands(b"crx ", b"crx ", b"isom")),
    "raf": (_IMAGE, "raw", b"FUJIFILMCCD-RAW 0201"),
    "orf": (_IMAGE, "raw", b"IIRO\x08\0\0\0"),
    "rw2": (_IMAGE, "raw", b"IIU\0\x18\0\0\0"),
    "psd": (_IMAGE, "psd", b"8BPS\0\x01"),
    "jp2": (_IMAGE, "jp2", b"\0\0\0\x0cjP  \r\n\x87\n"),
    "j2k": (_IMAGE, "jp2", b"\xff\x4f\xff\x51\0\x29"),
    "jxl container": (_IMAGE, "jxl", b"\0\0\0\x0cJXL \r\n\x87\n"),
    "jxl codestream": (_IMAGE, "jxl", b"\xff\x0a\xfa\x7f"),
    "jxr": (_IMAGE, "jxr", b"II\xbc\x01"),
    "exr": (_IMAGE, "exr", b"v/1\x01\x02\0\0\0"),
    "hdr": (_IMAGE, "hdr", b"#?RADIANCE\n"),
    "hdr, old": (_IMAGE, "hdr", b"#?RGBE\n"),
    "svg": (_IMAGE, "svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "svg behind a prologue": (
        _IMAGE,
        "svg",
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<svg:svg a="b">',
    ),
    "ico": (_IMAGE, "ico", b"\0\0\x01\0\x01\0" + b"\x10\x10\0\0\x01\0\x20\0" + struct.pack("<II", 100, 22)),
    "cur": (_IMAGE, "ico", b"\0\0\x02\0\x01\0" + b"\x10\x10\0\0\x01\0\x20\0" + struct.pack("<II", 100, 22)),
    "webp": (_IMAGE, "webp", build.webp_head(10, 10)),
    "bmp": (_IMAGE, "bmp", build.bmp_head(2, 2)),
    "bmp by OS/2": (_IMAGE, "bmp", b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 1, 1, 1, 24)),
    "flv": (_VIDEO, "flv", b"FLV\x01\x05\0\0\0\x09"),
    "mxf": (_VIDEO, "mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01"),
    "mpeg program": (_VIDEO, "mpeg", b"\0\0\x01\xba\x44"),
    "mpeg video": (_VIDEO, "mpeg", b"\0\0\x01\xb3\x14"),
    "mpeg transport": (_VIDEO, "mpegts", (b"\x47" + bytes(187)) * 6),
    "mpeg transport on a disc": (_VIDEO, "mpegts", (bytes(4) + b"\x47" + bytes(187)) * 6),
    "avi": (_VIDEO, "avi", b"RIFF\0\0\0\0AVI LIST"),
    "mkv": (_VIDEO, "mkv", _EBML + b"\x42\x82\x88matroska\x83\x81\x01"),
    "webm": (_VIDEO, "webm", _EBML + b"\x42\x82\x84webm\x83\x81\x02\x83\x81\x01"),
    "mka": (_AUDIO, "mka", _EBML + b"\x42\x82\x88matroska\x83\x81\x02"),
    "wmv": (_VIDEO, "wmv", _ASF + bytes(30) + bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")),
    "wma": (_AUDIO, "wma", _ASF + bytes(60)),
    "ogv": (_VIDEO, "ogv", _ogg(b"\x80theora\x03\x02")),
    "ogg": (_AUDIO, "ogg", _ogg(b"\x01vorbis")),
    "opus": (_AUDIO, "opus", _ogg(b"OpusHead\x01")),
    "wav": (_AUDIO, "wav", build.wav(bytes(4))),
    "wav, big-endian": (_AUDIO, "rifx", build.wav(bytes(4), form=b"RIFX")),
    "rf64": (_AUDIO, "rf64", b"RF64\xff\xff\xff\xffWAVEds64"),
    "bw64": (_AUDIO, "rf64", b"BW64\xff\xff\xff\xffWAVEds64"),
    "aiff": (_AUDIO, "aiff", b"FORM\0\0\0\x04AIFF"),
    "aifc": (_AUDIO, "aiff", b"FORM\0\0\0\x04AIFC"),
    "flac": (_AUDIO, "flac", b"fLaC\0\0\0\x22"),
    "amr": (_AUDIO, "amr", b"#!AMR\n"),
    "caf": (_AUDIO, "caf", b"caff\0\x01\0\0"),
    "au": (_AUDIO, "au", b".snd\0\0\0\x18"),
    "ape": (_AUDIO, "ape", b"MAC \x96\x0f"),
    "wavpack": (_AUDIO, "wv", b"wvpk\x10\0"),
    "aac, adif": (_AUDIO, "aac", b"ADIF\0\0"),
    "aac, adts": (_AUDIO, "aac", b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(10)),
    "ac3": (_AUDIO, "ac3", b"\x0b\x77\x12\x34"),
    "mp3": (_AUDIO, "mp3", _MP3),
    "mp3, one frame": (_AUDIO, "mp3", _MP3[:417]),
    "mp3 behind junk": (_AUDIO, "mp3", b"junk" * 100 + _MP3),
    "mp3 behind an ID3 tag": (_AUDIO, "mp3", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + _MP3),
    "flac behind an ID3 tag": (_AUDIO, "flac", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + b"fLaC"),
    "aac behind an ID3 tag": (_AUDIO, "aac", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + b"\xff\xf1\x50\x80"),
    "mp2 behind an ID3 tag": (
        _AUDIO,
        "mp2",
        b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + _frames(5, b"\xff\xfd\x80\x04", 417),
    ),
    "mp2": (_AUDIO, "mp2", _frames(5, b"\xff\xfd\x80\x04", 417)),
    "mpeg layer 1": (_AUDIO, "mp2", _frames(5, b"\xff\xff\x40\x04", 136)),
    "mp3, MPEG-2": (_AUDIO, "mp3", _frames(5, b"\xff\xf3\x40\x64", 104)),
    "mp3, MPEG-2.5": (_AUDIO, "mp3", _frames(5, b"\xff\xe3\x40\x64", 208)),
}


@pytest.mark.parametrize(("kind", "format_name", "data"), BY_HAND.values(), ids=BY_HAND.keys())
def test_the_first_bytes_name_kind_and_format(kind: Kind, format_name: str, data: bytes) -> None:
    found = _sniffed(data)
    assert (found.content, found.kind, found.format) == ("media", kind, format_name)


@pytest.mark.parametrize(
    ("format_name", "data"),
    [
        ("jpeg", media.saved(media.noise(8, 8), "JPEG")),
        ("png", media.saved(media.noise(8, 8), "PNG")),
        (
            "apng",
            media.saved(media.noise(8, 8), "PNG", save_all=True, append_images=[media.noise(8, 8, seed=2)]),
        ),
        ("webp", media.saved(media.noise(8, 8), "WEBP")),
        ("bmp", media.saved(media.noise(8, 8), "BMP")),
        ("tiff", media.saved(media.noise(8, 8), "TIFF")),
        ("bigtiff", media.saved(media.noise(8, 8), "TIFF", big_tiff=True)),
        ("gif", media.saved(media.noise(8, 8), "GIF")),
        ("ico", media.saved(media.noise(16, 16), "ICO")),
        ("jp2", media.saved(media.noise(16, 16), "JPEG2000")),
        ("avif", media.saved(media.noise(16, 16), "AVIF")),
        ("heic", media.heif(media.noise(16, 16))),
    ],
)
def test_what_pillow_writes_is_known(format_name: str, data: bytes) -> None:
    found = _sniffed(data)
    assert (found.kind, found.format, found.sure) == (_IMAGE, format_name, format_name != "ico")


@pytest.mark.parametrize(
    ("format_name", "codec", "muxer"),
    [
        ("mp4", "mpeg4", "mp4"),
        ("mov", "mpeg4", "mov"),
        ("mkv", "mpeg4", "matroska"),
        ("webm", "libvpx", "webm"),
        ("avi", "mpeg4", "avi"),
        ("flv", "flv", "flv"),
        ("mpegts", "mpeg4", "mpegts"),
        ("mpeg", "mpeg1video", "mpeg"),
        ("wmv", "wmv2", "asf"),
        ("3gp", "mpeg4", "3gp"),
        ("3g2", "mpeg4", "3g2"),
        ("m4v", "mpeg4", "ipod"),
    ],
)
def test_what_ffmpeg_writes_is_a_video(format_name: str, codec: str, muxer: str) -> None:
    found = _sniffed(media.encoded(media.Clip(codec=codec, format=muxer, frames=3, options={})))
    assert (found.kind, found.format) == (_VIDEO, format_name)


@pytest.mark.parametrize(
    ("format_name", "codec", "muxer"),
    [
        ("wav", "pcm_s16le", "wav"),
        ("mp3", "libmp3lame", "mp3"),
        ("mp2", "mp2", "mp2"),
        ("m4a", "aac", "ipod"),
        ("ogg", "flac", "ogg"),
        ("opus", "libopus", "opus"),
        ("flac", "flac", "flac"),
        ("aiff", "pcm_s16be", "aiff"),
        ("aac", "aac", "adts"),
        ("wma", "wmav2", "asf"),
        ("mka", "flac", "matroska"),
        ("caf", "pcm_s16le", "caf"),
        ("au", "pcm_s16be", "au"),
        ("ac3", "ac3", "ac3"),
        ("wv", "wavpack", "wv"),
    ],
)
def test_what_ffmpeg_writes_is_a_sound(format_name: str, codec: str, muxer: str) -> None:
    found = _sniffed(media.sound(0.5, codec, rate=48_000, format_name=muxer))
    assert (found.kind, found.format) == (_AUDIO, format_name)


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ("a web page", b"<!DOCTYPE html><html>"),
        ("a web page", b"\xef\xbb\xbf\n <!-- sorry --> <HTML lang='en'>"),
        ("a web page", b"<html><body><svg></svg></body></html>"),
        ("a zip archive (or an office document)", b"PK\x03\x04\x14\0"),
        ("a PDF document", b"%PDF-1.7\n"),
        ("a gzip archive", b"\x1f\x8b\x08\0"),
        ("a program", b"\x7fELF\x02"),
        ("a playlist, which names media elsewhere", b"#EXTM3U\n/etc/passwd\n"),
        ("a concat script, which names media elsewhere", b"ffconcat version 1.0\nfile /etc/passwd\n"),
        ("text, JSON by its look", b' {"error": "not found"}'),
        ("an XML document", b'<?xml version="1.0"?><Error/>'),
        ("text", b"Not Found"),
        ("text", "Nicht gefunden – é".encode()),
        ("unknown binary data", b"\x00\x01\x02\x03" * 10),
        ("unknown binary data", bytes(range(128, 256)) * 4),
        ("unknown binary data", b"\0"),
    ],
)
def test_what_is_no_media_gets_a_name(words: str, data: bytes) -> None:
    assert _sniffed(data) == Sniffed("not-media", detail=words)


def test_thousands_of_comments_before_a_web_page_take_no_longer_than_one() -> None:
    comments = b"<!---->" * 500
    assert _sniffed(comments + b"<html>").detail == "a web page"
    assert _sniffed(comments + b"text").detail == "text"


def test_a_text_about_animation_does_not_animate_a_png() -> None:
    chunks = build.png_chunks(media.saved(media.noise(4, 4), "PNG"))
    chunks.insert(1, (b"tEXt", b"Comment\0acTL"))
    assert _sniffed(build.png_of(chunks)).format == "png"
    chunks.insert(2, (b"acTL", bytes(8)))
    assert _sniffed(build.png_of(chunks)).format == "apng"


def test_nothing_is_empty() -> None:
    assert _sniffed(b"") == Sniffed("empty")


def test_a_cut_utf8_character_at_the_end_of_the_look_is_still_text() -> None:
    assert _sniffed(b"a" * 1023 + "é".encode() + b"b" * 5000).detail == "text"


def test_a_git_lfs_pointer_tells_the_size_of_what_is_missing() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1234567\n"
    assert _sniffed(pointer) == Sniffed("lfs-pointer", detail="of 1,234,567 bytes")
    assert _sniffed(pointer.split(b"size")[0]) == Sniffed("lfs-pointer", detail="")


@pytest.mark.parametrize(
    "data",
    [
        b"BM, the letters that a text begins with",
        b"\0\0\x01\0" + bytes(40),  # an icon directory of no icons
        b"\0\0\x01\0\x01\0" + b"\x10\x10\0\x07" + bytes(20),  # its reserved byte is set
        b"RIFF\0\0\0\0ACON",  # an animated cursor
        b"FORM\0\0\0\x04ILBM",
        b"\x47" + bytes(187) + b"\x47" + bytes(187) + b"\x48" + bytes(400),
        b"\xff\xfb\x90",  # too short for a frame header
        b"\xff\xe8\x90\x64" + bytes(500),  # the version that is reserved
        b"\xff\xfb\xf0\x64" + bytes(500),  # a bit rate that is none
        b"\xff\xfb\x9c\x64" + bytes(500),  # a sample rate that is none
        b"junk" * 10 + _MP3[:834],  # two frames behind junk may be chance
        b"\0\0\0\x04wide" + bytes(8),  # too small to be a box
    ],
)
def test_what_occurs_by_chance_is_not_believed(data: bytes) -> None:
    assert _sniffed(data).content == "not-media"


@pytest.mark.parametrize(
    ("sure", "data"),
    [
        (True, _MP3),
        (False, _MP3[:417]),
        (False, b"junk" * 100 + _MP3),
        (False, b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(10)),
        (False, b"\x0b\x77\x12\x34"),
        (True, (b"\x47" + bytes(187)) * 6),
        (False, (b"\x47" + bytes(187)) * 3),
        (False, b"\xff\x0a"),
    ],
)
def test_a_short_signature_is_not_sure(sure: bool, data: bytes) -> None:
    assert _sniffed(data).sure is sure


def test_a_header_behind_what_is_looked_at_first_is_still_found() -> None:
    movie = build.box(b"moov", build.movie_header(), build.track(b"soun", build.box(b"mp4a", bytes(28))))
    data = build.brands(b"isom", b"M4A ") + build.box(b"mdat", bytes(200_000)) + movie
    assert _sniffed(data).format == "m4a"
    assert sniff_bytes(data[:65_536]).format == "mp4"  # where the rest has not come yet


def test_an_id3_tag_without_an_end_is_an_mp3() -> None:
    assert _sniffed(b"ID3\x04\0\0\x7f\x7f\x7f\x7f").format == "mp3"
    assert _sniffed(b"ID3").format == "mp3"
    assert sniff_bytes(b"ID3\x04").format == "mp3"


def test_endings_promise_formats_that_can_be_found() -> None:
    found = {format_name for _, format_name, _ in BY_HAND.values()}
    found |= {
        "png",
        "apng",
        "mpo",
        "heic",
        "heif",
        "avif",
        "mp4",
        "mov",
        "m4v",
        "f4v",
        "3gp",
        "3g2",
        "m4a",
        "m4b",
    }
    promised = {format_name for _, format_name in EXTENSIONS.values()}
    assert promised - found == {"tga"}  # tested below


def test_every_name_that_is_given_is_a_format_that_rules_may_name() -> None:
    sniffing, boxes = (import_module(f"validator.probe.{name}") for name in ("sniff", "isobmff"))
    tables = (vars(sniffing)["_MAGIC"], vars(boxes)["_VIDEO_BRANDS"], vars(boxes)["_AUDIO_BRANDS"].items())
    given = {row[-1] for table in tables for row in table}
    given |= {format_name for _, format_name in EXTENSIONS.values()}.union(*FAMILIES)
    for node in ast.walk(ast.parse(inspect.getsource(sniffing))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_media":
            constants = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
            given |= {value for value in constants if isinstance(value, str) and value}
    given |= {"heif", "heic", "heif-sequence", "avif", "mpo"}  # by their items; by Pillow
    assert given == MEDIA_FORMATS


def test_families_do_not_overlap() -> None:
    members = [member for family in FAMILIES for member in family]
    assert len(members) == len(set(members))


@pytest.mark.parametrize("compression", [None, "tga_rle"])
@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA"])
def test_a_targa_is_known_by_a_header_that_makes_sense_but_not_for_sure(
    mode: str, compression: str | None
) -> None:
    found = _sniffed(media.saved(Image.new(mode, (8, 8)), "TGA", compression=compression))
    assert (found.kind, found.format, found.sure) == (_IMAGE, "tga", False)


def test_a_targa_without_width_is_unknown() -> None:
    data = bytearray(media.saved(Image.new("RGB", (8, 8)), "TGA"))
    data[12:14] = bytes(2)
    assert _sniffed(bytes(data)).content == "not-media"


def test_an_ending_that_promises_nothing_is_no_promise() -> None:
    assert not BY_BYTES_ALONE & set(EXTENSIONS)
    assert not has_media_name("program.ts")
