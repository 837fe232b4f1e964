"""Rows 72 and 73: MP3 and WAV between tags, junk and headers that lie. What is heard is measured."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from functools import cache

import pytest

from tests.hostile.judging import Judge, decoders, judge
from tests.hostile.lint import codes, words
from tests.probe import media
from tests.probe.build import PNG, chunk, png_head, replaced, wav
from tests.probe.media import pcm, tone
from validator import AssetReport

__all__ = ["decoders", "judge"]

Build = Callable[[], bytes]

_MILLION = 1_000_000
_BITS_28 = 2**28 - 1
_LENGTH = Fraction(116 * 1152, 44_100)
"""Seconds of the plain MP3: 116 frames of 1,152 samples."""


def _duration(result: AssetReport) -> object:
    return result.facts.values().get("duration")


@cache
def _mp3() -> bytes:
    return media.mp3(3)


@cache
def _with_xing() -> bytes:
    return media.mp3(3, options={"q": "4"}, container={"write_xing": "1"})


def _spread(number: int) -> bytes:
    """28 bits in four bytes, as ID3 has it."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _id3(*frames: bytes, version: int = 4, size: int | None = None) -> bytes:
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, 0]) + _spread(len(body) if size is None else size) + body


def _frame(name: bytes, data: bytes, flags: bytes = b"\0\0", version: int = 4) -> bytes:
    return name + (_spread(len(data)) if version == 4 else struct.pack(">I", len(data))) + flags + data


def _picture(data: bytes) -> bytes:
    return _frame(b"APIC", b"\0image/png\0\3\0" + data)


def _texts(count: int) -> bytes:
    return b"".join(_frame(b"TXXX", b"\0k%06d\0v" % number) for number in range(count))


def _packed(size: int) -> bytes:
    """A text that unpacks to this many bytes."""
    return _frame(b"TXXX", struct.pack(">I", size) + zlib.compress(bytes(size), 9), b"\0\x80", 3)


def _ape(items: int, size: int, body: bytes = b"") -> bytes:
    """An APE tag of version 2, as it stands at the end."""
    return body + b"APETAGEX" + struct.pack("<IIII", 2000, size, items, 0) + bytes(8)


def _lyrics() -> bytes:
    text = b"LYRICSBEGIN" + b"IND0000200" + b"x" * 999_000
    return text + b"%06d" % len(text) + b"LYRICS200" + b"TAG" + b"x" * 125


IN_FRONT: dict[str, Build] = {
    "5 MB": lambda: _id3(bytes(5 * _MILLION)),
    "a picture of 100 MB": lambda: _id3(_picture(bytes(100 * _MILLION))),
    "thousands of pictures": lambda: _id3(_picture(bytes(20)) * 50_000),
    "a picture of giga pixels": lambda: _id3(_picture(PNG + png_head(65_535, 65_535))),
    "half a million texts": lambda: _id3(_texts(500_000)),
    "half a million comments": lambda: _id3(_frame(b"COMM", b"\0eng\0v") * 500_000),
    "chapters": lambda: _id3(_frame(b"CHAP", b"c\0" + bytes(16)) * 100_000),
    "texts that unpack to gigabytes": lambda: _id3(_packed(100 * _MILLION) * 20, version=3),
    "frames that lie": lambda: _id3(b"TXXX" + _spread(_BITS_28) + bytes(50)),
    "ten tags": lambda: _id3(bytes(500)) * 10,
}
BEHIND: dict[str, Build] = {
    "ID3v1": lambda: b"TAG" + b"x" * 125,
    "APE that lies": lambda: _ape(2**32 - 1, 2**32 - 1),
    "20 MB of APE": lambda: _ape(1, 20 * _MILLION + 32, bytes(20 * _MILLION)),
    "a million APE items": lambda: _ape(_MILLION, 12 * _MILLION + 32, b"\1\0\0\0\0\0\0\0k\0v\0" * _MILLION),
    "lyrics": _lyrics,
    "zeros": lambda: bytes(20 * _MILLION),
    "text": lambda: b"junk " * 100_000,
}


class TestMp3:
    @pytest.mark.parametrize("tag", IN_FRONT)
    def test_row_72_tags_in_front_are_passed_over(self, tag: str, judge: Judge) -> None:
        result = judge(IN_FRONT[tag]() + _mp3(), "a.mp3")
        assert _duration(result) == _LENGTH
        assert codes(result) <= {"AUD003"}
        assert result.facts.file.integrity == "whole"

    @pytest.mark.parametrize("tag", BEHIND)
    def test_row_72_tags_and_junk_behind_are_no_sound(self, tag: str, judge: Judge) -> None:
        result = judge(_mp3() + BEHIND[tag](), "a.mp3")
        assert _duration(result) == _LENGTH
        assert codes(result) <= {"AUD003"}
        assert result.facts.file.integrity == "whole"

    def test_row_72_both_ends_at_once(self, judge: Judge) -> None:
        junk = random.Random(1).randbytes(3_000).replace(b"\xff", b"\xfe")  # noqa: S311 - a pattern, no secret
        result = judge(IN_FRONT["5 MB"]() + junk + _mp3() + BEHIND["lyrics"](), "a.mp3")
        assert _duration(result) == _LENGTH
        assert codes(result) == set()

    def test_row_72_a_tag_that_ends_behind_the_file(self, judge: Judge) -> None:
        assert codes(judge(_id3(size=_BITS_28) + _mp3(), "a.mp3")) == {"FIL005"}

    def test_row_72_a_tag_that_ends_inside_the_sound(self, judge: Judge) -> None:
        result = judge(_id3(size=len(_mp3()) // 2) + _mp3(), "a.mp3")
        assert "AUD002" in codes(result)  # what is left after the tag, as every player has it
        assert _duration(result) == _LENGTH / 2

    def test_row_72_more_tags_than_anybody_writes(self, judge: Judge) -> None:
        result = judge(_id3() * 100_000 + _mp3(), "a.mp3")
        assert _duration(result) == _LENGTH

    @pytest.mark.parametrize("seconds", [180, 1])
    def test_row_72_a_xing_header_that_lies(self, seconds: int, judge: Judge) -> None:
        data = _with_xing()
        at = data.index(b"Xing" if b"Xing" in data else b"Info") + 8
        data = data[:at] + struct.pack(">I", seconds * 44_100 // 1152) + data[at + 4 :]
        result = judge(data, "a.mp3")
        assert _duration(result) == _LENGTH
        assert "AUD006" in codes(result, "warning")

    def test_row_72_minutes_over_a_fifth_of_a_second(self, judge: Judge) -> None:
        data = media.mp3(0.2, options={"q": "4"}, container={"write_xing": "1"})
        at = data.index(b"Xing" if b"Xing" in data else b"Info") + 8
        result = judge(data[:at] + struct.pack(">I", 10_000) + data[at + 4 :], "a.mp3")
        assert "AUD002" in codes(result)
        assert "AUD006" in codes(result, "warning")
        measured = _duration(result)
        assert isinstance(measured, Fraction)
        assert measured < Fraction(1, 2)

    @pytest.mark.parametrize("entries", [1, 65_535])
    def test_row_72_a_vbri_header_that_lies(self, entries: int, judge: Judge) -> None:
        table = struct.pack(">HHHIIHHHH", 1, 0, 75, 2**31, 2**31, entries, entries, 4, 65_535)
        first = _mp3()[:36] + b"VBRI" + table
        result = judge(first + _mp3()[len(first) :], "a.mp3")
        measured = _duration(result)
        assert isinstance(measured, Fraction)
        assert abs(measured - _LENGTH) < Fraction(1, 10)

    def test_row_72_free_format(self, judge: Judge) -> None:
        free = bytes.fromhex("fffb0064") + bytes(413)
        assert codes(judge(free * 200, "a.mp3")) == {"FIL004"}  # FFmpeg decodes none of it
        assert "FIL005" in codes(judge(_id3() + free * 200, "a.mp3"))

    def test_row_72_hours_of_frames(self, judge: Judge) -> None:
        tiny = bytes.fromhex("ffe318c4") + bytes(68)  # 72 ms each
        result = judge(tiny * 200_000, "a.mp3")
        assert _duration(result) == Fraction(72, 1000) * 200_000
        assert codes(result) == {"AUD002"}
        longer = judge(tiny * 300_002, "a.mp3")
        assert codes(longer) == {"FIL007", "AUD003"}
        assert "more than 300,000 packets; we read no more than these" in words(longer)
        assert ("AUD002", "it holds more than is read") in {(no.code, no.reason) for no in longer.not_judged}


_SOUND = pcm(tone(3, 16_000))
_HEADER = struct.pack("<II", 16_000, 32_000)


def _named(count: int) -> bytes:
    """As many texts of a LIST chunk."""
    return b"INFO" + b"".join(chunk(b"%04x" % (number % 65_536), b"xx") for number in range(count))


def _lists(depth: int) -> bytes:
    """Lists in lists, all of them whole."""
    return b"".join(b"LIST" + struct.pack("<I", (depth - level) * 12 - 8) + b"INFO" for level in range(depth))


HEADERS: dict[str, Build] = {
    "RIFF of 0": lambda: replaced(wav(_SOUND), wav(_SOUND)[:8], b"RIFF\0\0\0\0", 1),
    "RIFF of 4 GB": lambda: replaced(wav(_SOUND), wav(_SOUND)[:8], b"RIFF\xff\xff\xff\xff", 1),
    "data of 0": lambda: wav(_SOUND, size=0),
    "data of 4 GB": lambda: wav(_SOUND, size=0xFFFFFFFF),
    "data of 2 GB": lambda: wav(_SOUND, size=0x7FFFFFFF),
    "RF64": lambda: wav(
        _SOUND,
        size=0xFFFFFFFF,
        before=chunk(b"ds64", struct.pack("<QQQI", 0, len(_SOUND), 0, 0)),
        form=b"RF64",
    ),
    "odd bytes behind": lambda: wav(_SOUND + b"\1"),
    "lists in lists": lambda: wav(_SOUND, before=_lists(100_000)),
    "100 MB of text": lambda: wav(
        _SOUND, before=chunk(b"LIST", b"INFO" + chunk(b"ICMT", bytes(100_000_000)))
    ),
    "a million texts": lambda: wav(_SOUND, before=chunk(b"LIST", _named(_MILLION))),
    "ID3 inside": lambda: wav(_SOUND, after=chunk(b"id3 ", _id3(_texts(100_000)))),
    "marks": lambda: wav(_SOUND, before=chunk(b"cue ", b"\xff" * 2_400_000)),
    "thousands of chunks": lambda: wav(_SOUND, before=chunk(b"JUNK", b"") * 9_000),
    "a million chunks behind": lambda: wav(_SOUND, after=chunk(b"JUNK", b"") * _MILLION),
    "blocks of 0": lambda: wav(_SOUND, block=0),
    "blocks of 8": lambda: wav(_SOUND, block=8),
    "odd bits": lambda: wav(_SOUND, bits=13, block=2),
    "the format behind": lambda: wav(_SOUND)[:12] + wav(_SOUND)[36:] + wav(_SOUND)[12:36],
}

BROKEN: dict[str, tuple[Build, set[str]]] = {
    "no data": (lambda: wav(_SOUND)[:36], {"FIL005"}),
    "no format": (lambda: wav(_SOUND)[:12] + wav(_SOUND)[36:], {"FIL005"}),
    "nothing": (lambda: b"RIFF\0\0\0\0WAVE", {"FIL005"}),
    "no channels": (lambda: wav(_SOUND, channels=0), {"FIL005", "AUD002"}),
    "65,535 channels": (lambda: wav(_SOUND, channels=65_535, block=65_535), {"FIL005", "AUD002"}),
    "a rate of 0": (lambda: wav(_SOUND, rate=0), {"FIL005"}),
    "a rate of 4 GHz": (
        lambda: replaced(wav(_SOUND), _HEADER, struct.pack("<II", 2**32 - 1, 2**32 - 1)),
        {"FIL005"},
    ),
    "a rate of 2 GHz": (
        lambda: replaced(wav(_SOUND), _HEADER, struct.pack("<II", 2**31 - 1, 2**32 - 1)),
        {"AUD002"},
    ),
    "a rate of 1 Hz": (lambda: wav(_SOUND, rate=1), {"AUD002"}),
    "hours of 1 Hz": (lambda: wav(bytes(20 * _MILLION), rate=1, bits=8), {"AUD002", "AUD003"}),
    "cut off": (lambda: wav(_SOUND)[:-32_000], {"FIL005"}),
    "a list that lies": (lambda: wav(_SOUND, before=b"LIST\xff\xff\xff\xffINFO"), {"FIL005"}),
}

_RARE_TAGS = (0x02, 0x03, 0x11, 0x50, 0x55, 0xFF, 0x160, 0x161, 0x162, 0x163, 0x2000, 0x2001, 0x270, 0x401)


class TestWav:
    @pytest.mark.parametrize("header", HEADERS)
    def test_row_73_what_a_header_says_does_not_change_the_length(self, header: str, judge: Judge) -> None:
        result = judge(HEADERS[header](), "a.wav")
        assert _duration(result) == 3
        assert codes(result) <= {"AUD003"}
        assert result.facts.file.integrity == "whole"

    @pytest.mark.parametrize("header", BROKEN)
    def test_row_73_headers_of_no_sound(self, header: str, judge: Judge) -> None:
        build, expected = BROKEN[header]
        assert codes(judge(build(), "a.wav")) == expected

    def test_row_73_a_million_chunks_in_front(self, judge: Judge) -> None:
        result = judge(wav(_SOUND, before=chunk(b"JUNK", b"") * _MILLION), "a.wav")
        assert codes(result) == {"FIL007"}
        assert result.facts.file.expansion == "metadata"
        assert "more than 10,000 chunks" in words(result)

    @pytest.mark.parametrize("codec", ["adpcm_ms", "adpcm_ima_wav", "pcm_alaw", "pcm_mulaw", "pcm_f32le"])
    def test_row_73_what_is_not_pcm_is_measured(self, codec: str, judge: Judge) -> None:
        result = judge(media.sound(3, codec), "a.wav")
        measured = _duration(result)
        assert isinstance(measured, Fraction)
        assert 3 <= measured < Fraction(31, 10)
        assert (codes(result), codes(result, "warning")) == (set(), {"AUD005"})

    @pytest.mark.parametrize("tag", _RARE_TAGS)
    def test_row_73_noise_under_any_format_tag_is_bounded(self, tag: int, judge: Judge) -> None:
        noise = random.Random(tag).randbytes(200_000)  # noqa: S311 - a pattern, no secret
        result = judge(wav(noise, tag=tag, extra=struct.pack("<H", 32) + bytes(32)), "a.wav")
        assert "AUD005" in codes(result, "warning") or "FIL005" in codes(result)
        assert not result.facts.file.expansion or result.facts.file.expansion == "sane"
