"""What each fuzz target begins with: small fixtures, and smaller files made here so that a try is quick."""

from __future__ import annotations

import gzip
import io
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pillow_heif
from PIL import Image

from fixtures import heif
from fixtures.bits import box, boxes, png_chunk, riff_chunk, triangle, wav
from fixtures.catalogue import MEDIA
from fixtures.encode import Picture, Sound, encode
from validator import Kind
from validator.probe.sniff import sniff
from validator.profile import rules_directory

Seeds = Iterator[bytes]

_LARGEST = 8_000  # bytes of a fixture; encoded pictures of more take long to decode for what they show


def seeds(target: str) -> tuple[bytes, ...]:
    """The first inputs of a target."""
    return tuple(_SEEDS[target]())


def _fixtures(kind: Kind | None = None) -> Seeds:
    for path in sorted(MEDIA.iterdir()):
        data = path.read_bytes()
        if len(data) <= _LARGEST and (kind is None or sniff(io.BytesIO(data)).kind is kind):
            yield data


def _saved(image: Image.Image, format_name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def _gradient(mode: str, width: int = 24, height: int = 18) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB").convert(mode)


def _images() -> Seeds:
    exif = Image.Exif()
    exif[0x0112] = 6
    colours, more = _gradient("RGB"), [_gradient("RGB").rotate(90), _gradient("RGB").rotate(180)]
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield _saved(Image.new("I;16", (24, 18), 999) if mode == "I;16" else _gradient(mode), "PNG")
    yield _saved(colours, "PNG", exif=exif, icc_profile=b"Display P3" * 9)
    yield _saved(colours, "PNG", save_all=True, append_images=more)
    for mode in ("L", "RGB", "CMYK"):
        yield _saved(_gradient(mode), "JPEG", quality=30)
    yield _saved(colours, "JPEG", progressive=True, exif=exif, icc_profile=bytes(99))
    yield _saved(colours, "JPEG", restart_marker_blocks=1, comment=b"words")
    yield _saved(colours, "MPO", save_all=True, append_images=more)
    for mode in ("P", "L"):
        yield _saved(_gradient(mode), "GIF", save_all=True, append_images=more, loop=0, comment=b"words")
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield _saved(_gradient(mode), "BMP")
    yield from _tiffs()
    yield _saved(colours, "WEBP", quality=10, exif=exif)
    yield _saved(_gradient("RGBA"), "WEBP", lossless=True)
    yield _saved(colours, "WEBP", save_all=True, append_images=more, duration=40)
    yield heif.heic(64, 64)
    yield heif.grid(heif.coded(heif.heic(64, 64)), 2, 2)
    yield heif.turned(heif.coded(heif.heic(64, 64)), 1)
    yield heif.cropped(heif.coded(heif.heic(64, 64)), 32, 48)
    yield _heif_of_two()
    yield from _fixtures(Kind.IMAGE)


def _heif_of_two() -> bytes:
    file = io.BytesIO()
    pictures: Any = pillow_heif.HeifFile()  # type: ignore[no-untyped-call]
    for picture in (_gradient("RGB", 64, 64), _gradient("RGBA", 64, 48)):
        pictures.add_from_pillow(picture)
    pictures.save(file, quality=20)
    return file.getvalue()


def _tiffs() -> Seeds:
    colours = _gradient("RGB")
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield _saved(colours, "TIFF", compression=compression)
    for compression in ("group3", "group4", "tiff_ccitt"):
        yield _saved(_gradient("1"), "TIFF", compression=compression)
    for mode in ("L", "P", "CMYK", "LAB", "F", "I;16"):
        picture = Image.new(mode, (24, 18)) if mode in ("F", "I;16", "LAB") else _gradient(mode)
        yield _saved(picture, "TIFF")
    yield _saved(colours, "TIFF", save_all=True, append_images=[_gradient("L")])
    yield _saved(colours, "TIFF", big_tiff=True)


def _videos() -> Seeds:
    small = Picture(64, 48, durations=(1,) * 6, options={"g": "3"})
    second = Sound(9_600)
    for container in ("mp4", "mov"):
        yield encode(container, [small])
    yield encode("mp4", [small, second])
    yield encode("mp4", [second])
    yield encode("mp4", [small, Picture(32, 32, durations=(1,) * 3)])
    yield encode("mp4", [small, second], {"movflags": "frag_keyframe+empty_moov"})
    yield encode("mp4", [Picture(64, 48, Fraction(1, 600), (5, 9, 30, 7, 1, 600))])
    yield encode("mp4", [Picture(64, 48, durations=(1,) * 6, options={"bf": "2"})])
    yield encode("mp4", [Picture(64, 64, durations=(1,) * 3, codec="libx265", tag="hvc1")])
    yield encode("mp4", [Picture(64, 48, durations=(1,) * 3, codec="mpeg4")])
    yield encode("mov", [Picture(64, 48, durations=(1,) * 3, codec="mjpeg", pixel_format="yuvj420p")])
    yield box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", box(b"mvhd", bytes(100)))
    yield _compressed_index(encode("mov", [small]))
    fragments = box(b"mvex", box(b"mehd", bytes(4), (9).to_bytes(4, "big")))
    yield box(b"ftyp", b"iso6\0\0\2\0iso6") + box(
        b"moov", box(b"mvhd", bytes(12) + b"\0\0\1\0" * 22), fragments
    )
    for data in _fixtures(Kind.VIDEO):
        if len(data) < 3_600:  # the larger ones take long to decode
            yield data


def _compressed_index(data: bytes) -> bytes:
    """The same clip with its index compressed, as QuickTime once wrote it."""
    (_, start, end) = next(found for found in boxes(data) if found[0] == b"moov")
    packed = (end - start).to_bytes(4, "big") + zlib.compress(data[start:end])
    index = box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", packed)))
    return data[:start] + index + data[end:]


def _sounds() -> Seeds:
    for bits, channels, tag in (
        (8, 1, 1),
        (16, 2, 1),
        (24, 1, 1),
        (32, 6, 1),
        (32, 1, 3),
        (8, 1, 6),
        (4, 1, 2),
    ):
        yield wav(triangle(600), 8_000, channels=channels, bits=bits, tag=tag)
    plain = wav(triangle(600), 16_000)
    sizes = (len(plain) - 8).to_bytes(8, "little") + (1200).to_bytes(8, "little") + bytes(12)
    yield b"RF64\xff\xff\xff\xffWAVE" + riff_chunk(b"ds64", sizes) + plain[12:]
    yield (
        plain[:12]
        + riff_chunk(b"LIST", b"INFOISFT\4\0\0\0word")
        + riff_chunk(b"bext", bytes(602))
        + plain[12:]
    )
    for codec in ("adpcm_ms", "adpcm_ima_wav", "pcm_alaw", "pcm_f64le"):
        yield encode("wav", [Sound(2_000, 8_000, codec)])
    for rate, channels in ((8_000, 1), (24_000, 1), (44_100, 2)):
        yield encode("mp3", [Sound(rate // 4, rate, "libmp3lame", channels, bit_rate=32_000)])
    bare = encode("mp3", [Sound(6_000, 24_000, "libmp3lame")], {"id3v2_version": "0", "write_xing": "0"})
    yield bare
    yield bytes(33) + bare + b"TAG" + bytes(125)
    yield b"APETAGEX" + bytes(24) + bare
    yield from _fixtures(Kind.AUDIO)


def _anything() -> Seeds:
    yield b""
    for data in itertools.chain(_fixtures(), _images(), _videos(), _sounds()):
        yield data[:2_000]
    yield from (b"PK\3\4", b"%PDF-1.7", b"#EXTM3U\nhttp://host/a.ts", b"ffconcat version 1.0\nfile a.mp4")
    yield from (b'{"a": 1}', b"<?xml version='1.0'?><svg/>", b"<!-- a --> <!doctype html><html>", b"words")
    yield b"\0\0\0\x10ftypcrx " + bytes(9)
    yield png_chunk(b"IHDR", bytes(13))


def _lists() -> Seeds:
    yield b"""[group]
kind = "real-human"
id = "ada"

[[assets]]
path = "a.png"
name = "Ada"
role = "close-up"

[[assets]]
url = "https://host/b.mp4?token=1"
group = { kind = "virtual" }
"""
    yield b"assets = [{path = 'a'}, {path = '''\n[[assets]]\n'''}]\ndate = 1979-05-27T07:32:00Z\n"
    yield b'[{"path": "a.png", "role": "product"},\n {"url": "https://host/a", "name": "\\ud83d\\ude00"}]'
    yield b'{"group": {"kind": "virtual", "name": "x"},\n "assets": [{"path": "a", "group": null}]}'
    yield b'{"path": "a.png"}\n\n{"url": "http://host/b", "group": {"kind": "real-human"}}\n'
    yield b'path,url,name,role,group_kind,group_id,group_name\r\na.png,,"A, ""b""",voice,virtual,1,x\r\n,http://h/b,,,,,\r\n'
    yield b"\xef\xbb\xbfurl;name\nhttp://host/a;b\n"


def _profiles() -> Seeds:
    header = (
        b'[profile]\nname = "mine"\ntitle = "Mine"\nchecked = 2026-01-02\nsource = "https://host/limits"\n'
    )
    files = [(rules_directory() / f"{name}.toml").read_bytes() for name in ("media", "seedance-2.0")]
    rules = [b"", *(rule for file in files for rule in file.split(b"\n[[rule]]")[1:])]
    for rule in rules[1:]:
        yield header + b"\n[[rule]]" + rule
    for at in range(1, len(rules) - 3, 3):
        yield header + b"\n[[rule]]" + b"\n[[rule]]".join(rules[at : at + 3])
    extending = header + b'extends = "seedance-2.0"\n'
    yield extending
    yield (
        extending
        + b'[[change]]\ncode = "VID002"\nmin = "3/2"\nmax = "60.5"\nseverity = "note"\nhelp = "{duration}"\n'
    )
    yield (
        extending
        + b'[[change]]\ncode = "IMG001"\none_of = ["png"]\n\n[[change]]\ncode = "FIL008"\nremove = true\n'
    )
    for change in files[1].partition(b"\n[[rule]]")[0].split(b"\n[[change]]")[1:]:
        yield header + b'extends = "media"\n[[change]]' + change


def _configs() -> Seeds:
    yield b"""profile = "seedance-2.0"
limits = "observed"
depth = "full"
select = ["ALL"]
ignore = ["POR", "IMG008"]
severity = { VID = "warning", VID006 = "off" }
fail-on = "warning"
role = "close-up"
group = "real-human"
workers = 4
connect-timeout = 2.5
references = ["~/ada.png"]

[[overrides]]
files = ["faces/", "!*.gif", "https://host/*"]
depth = "header"
severity = { FIL = "note" }
"""
    yield b'[tool.validator]\nquiet = true\nexit-zero = false\nmodels = "~nobody/models"\n'
    yield b'[tool.other]\nvalidator = 1\n[[overrides]]\nfiles = "*"\n'
    yield b'workers = 1e400\nseverity = {"" = "off"}\noverrides = [{files = ["[a", "{b"]}]\n'


def _urls() -> Seeds:
    for url in (
        "https://host:8443/a.png",
        "https://ada:secret@host/a.png?X-Signature=1#frag",
        "http://[::1]:80/a",
        "http://[fe80::1%25eth0]/a",
        "https://2130706433/a",
        "https://b\u00fccher.example./\u00e4?\u00f6",
        "//host/a?b",
        "../a;b?c#d",
        "https://",
        "from http://host/a?token=1 to http://host/b#c.",
        "HTTPS\tada\tpass\thost:80\ta/b.png\tkey=\tsee",
        "https\ta:b\t\t[::1]\t\t\t(see",
    ):
        yield url.encode()
    yield b"http://host/\xff\x00\r\nLocation: x"


def _addresses() -> Seeds:
    for host, port, *found in (
        ("host.example", 443, "1.1.1.1", "2606:4700::1111"),
        ("host.example", 8080, "1.1.1.1", "10.0.0.1"),
        ("0x7f.1", 80),
        ("0177.0.0.01", 80),
        ("2130706433", 99999),
        ("[::ffff:127.0.0.1]", 443),
        ("2002:7f00:1::", 443),
        ("64:ff9b::7f00:1", 443),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", 443),
        ("fe80::1%eth0", 443, "fe80::1%2"),
        ("metadata.google.internal", 80, "169.254.169.254"),
        ("b\u00fccher.example.", 443, "\uff11.1.1.1"),
        ("xn--bcher-kva.example", 443, "100.64.0.1"),
    ):
        yield "\t".join((host, str(port), *found)).encode()


def _expiries() -> Seeds:
    signature = "0123456789abcdef0123456789abcdef"
    for query in (
        "X-Amz-Date=20261122T231000Z&X-Amz-Expires=60&X-Amz-Signature=s",
        f"Expires=1795389000&Signature={signature}",
        f"expires=1795389000000&sig={signature}",
        "se=2026-11-22T23:10:00Z&st=2026-11-22&sv=2022&sig=s&ske=2027-01-01T00:00:00+09:00",
        "q-signature=s&q-sign-time=1795389000;1795389999&q-key-time=1795389000;1795389001",
        "authorization=bce-auth-v1/key/2026-11-22T23:10:00Z/1800/host/s",
        "ex=6903f1c2&is=6903f1c1&hm=s",
        "oe=6903f1c2&oh=s",
        "hdnts=st=1~exp=1795389000~acl=/*~hmac=s",
        "token=eyJh.eyJleHAiOjE3OTUzODkwMDB9.s",
        "Policy=eyJTdGF0ZW1lbnQiOlt7IkNvbmRpdGlvbiI6eyJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTc5NX19fV19"
        "&Key-Pair-Id=k",
        "120",
        "Sun, 22 Nov 2026 23:10:00 GMT",
        "1" * 400,
    ):
        yield query.encode()


def _answers() -> Seeds:
    picture = _saved(_gradient("RGB"), "PNG")
    yield b"200\nContent-Type: image/png\nContent-Length: %d\n\n%b" % (len(picture), picture)
    yield b"200\nContent-Length: 10000000000\n\nshort"
    yield b"200\nContent-Encoding: gzip\nAccept-Ranges: bytes\n\n" + gzip.compress(picture, mtime=0)
    yield b'200\nContent-Encoding: deflate, br\nETag: "a"\n\n' + zlib.compress(bytes(200_000))
    yield b"302\nLocation: /b\n\n\n%%\n302\nLocation: //host/c\n\n\n%%\n200\n\n" + picture
    yield b"301\nLocation: http://host/b\n\n\n%%\n404\n\n"
    yield (
        b"429\nRetry-After: 3\n\n\n%%\n503\nRetry-After: Sun, 22 Nov 2026 00:00:05 GMT\n\n\n%%\n200\n\n"
        + picture
    )
    whole = (
        b'200\nAccept-Ranges: bytes\nETag: W/"x"\nLast-Modified: Sun, 22 Nov 2026 00:00:05 GMT\n\n' + picture
    )
    yield whole + b"\n%%\n206\nContent-Range: bytes 0-9/%d\n\n%b" % (len(picture), picture[:10])
    yield whole + b"\n%%\n206\nContent-Type: multipart/byteranges; boundary=x\n\n--x\n\n"
    yield whole + b"\n%%\n416\nContent-Range: bytes */0\n\n"
    yield b"200\nContent-Type: text/html; charset=x\n\n<!doctype html><title>Sign in</title>"


def _reports() -> Seeds:
    yield b"a.png\tname\tmessage\tdetail\tcode"
    yield b"::error::\t\x1b[31m\t</script>\t\xff\xfe\t\r\n"
    yield "\u202e\u2028\t\U000e0001\t\u200b\t\x9b\t{bytes}".encode()
    yield b"https://host/a?b\thttps://ada:secret@host/\t"


_SEEDS: Mapping[str, Callable[[], Seeds]] = MappingProxyType(
    {
        "sniff": _anything,
        "image": _images,
        "video": _videos,
        "audio": _sounds,
        "asset-list": _lists,
        "profile": _profiles,
        "config": _configs,
        "url": _urls,
        "address": _addresses,
        "expiry": _expiries,
        "answer": _answers,
        "report": _reports,
    }
)


def write_seeds(target: str, folder: Path) -> None:
    """Put a target's first inputs into a folder."""
    for number, data in enumerate(seeds(target)):
        (folder / f"seed-{number:03}").write_bytes(data)
