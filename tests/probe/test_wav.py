"""A WAV's chunks: what its header announces, and how much of it is there."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.build import chunk, extensible, wav
from validator.probe.wav import WavHeader, read_header

_SECOND = bytes(32_000)  # 16-bit mono at 16,000 Hz


def _read(data: bytes) -> WavHeader:
    return read_header(io.BytesIO(data))


def test_a_plain_header() -> None:
    header = _read(wav(_SECOND))
    assert (header.tag, header.channels, header.sample_rate, header.block, header.bits) == (
        1,
        1,
        16_000,
        2,
        16,
    )
    assert (header.announced, header.present, header.truncated) == (32_000, 32_000, False)
    assert (header.duration(), header.claimed_duration()) == (Fraction(1), Fraction(1))
    assert (header.is_pcm, header.encoding, header.has_format, header.has_data) == (True, "PCM", True, True)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        (1, "PCM"),
        (2, "MS ADPCM"),
        (3, "IEEE float"),
        (6, "A-law"),
        (7, "mu-law"),
        (0x11, "IMA ADPCM"),
        (0x55, "MP3"),
        (0x1234, "format 0x1234"),
    ],
)
def test_encodings_have_names(tag: int, name: str) -> None:
    assert _read(wav(_SECOND, tag=tag)).encoding == name
    assert _read(wav(_SECOND, tag=0xFFFE, extra=extensible(tag))).encoding == name


def test_an_extensible_header_without_its_end_stays_unknown() -> None:
    assert _read(wav(_SECOND, tag=0xFFFE)).encoding == "format 0xfffe"


@pytest.mark.parametrize("tag", [2, 0x11, 0x55])
def test_samples_of_no_fixed_size_have_no_duration_here(tag: int) -> None:
    header = _read(wav(_SECOND, tag=tag))
    assert (header.duration(), header.claimed_duration()) == (None, None)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x7FFFF000, 0xFFFFF000])
def test_writers_that_could_not_seek_leave_the_size_open(size: int) -> None:
    header = _read(wav(_SECOND, size=size))
    assert (header.announced, header.present, header.truncated) == (None, 32_000, False)
    assert (header.duration(), header.claimed_duration()) == (Fraction(1), None)


def test_a_size_of_0_is_right_where_nothing_follows() -> None:
    header = _read(wav(b""))
    assert (header.announced, header.present) == (0, 0)
    assert header.duration() == 0


def test_a_file_that_is_cut_off() -> None:
    header = _read(wav(_SECOND)[:-12_000])
    assert (header.announced, header.present, header.truncated) == (32_000, 20_000, True)
    assert (header.duration(), header.claimed_duration()) == (Fraction(5, 8), Fraction(1))


@pytest.mark.parametrize("extra", [b"", b"a", b"ab", b"abc"])
def test_chunks_before_and_behind_are_passed_over(extra: bytes) -> None:
    data = wav(_SECOND, before=chunk(b"JUNK", extra) + chunk(b"LIST", b"INFO"), after=chunk(b"LIST", extra))
    assert _read(data).announced == 32_000
    assert _read(data).duration() == 1


def test_an_odd_size_is_padded() -> None:
    header = _read(wav(bytes(31_999), after=chunk(b"LIST", b"INFO")))
    assert (header.announced, header.truncated, header.duration()) == (
        31_999,
        False,
        Fraction(15_999, 16_000),
    )


@pytest.mark.parametrize("form", [b"RF64", b"BW64"])
def test_long_files_have_their_size_in_another_chunk(form: bytes) -> None:
    sizes = chunk(b"ds64", struct.pack("<QQQI", 0, 32_000, 16_000, 0))
    assert _read(wav(_SECOND, size=0xFFFFFFFF, before=sizes, form=form)).announced == 32_000
    huge = chunk(b"ds64", struct.pack("<QQQI", 0, 2**40, 0, 0))
    header = _read(wav(_SECOND, size=0xFFFFFFFF, before=huge, form=form))
    assert (header.announced, header.truncated) == (2**40, True)


def test_what_is_missing_is_missing() -> None:
    whole = wav(_SECOND)
    assert not _read(whole[:12]).has_format
    assert not _read(whole[:36]).has_data
    assert not _read(whole[:12] + whole[36:]).has_format
    assert not _read(whole[:25]).has_format
    assert _read(b"") == WavHeader(parts=((0, 12),))


@pytest.mark.parametrize("block", [0, 1, 8])
def test_a_block_that_is_not_that_of_the_samples_does_not_count(block: int) -> None:
    header = _read(wav(_SECOND, block=block))
    assert header.duration() == 1
    assert header.claimed_duration() == (Fraction(2, block) if block else None)


@pytest.mark.parametrize("zero", ["rate", "block"])
def test_zeros_are_no_reason_to_fail(zero: str) -> None:
    data = wav(_SECOND, rate=0) if zero == "rate" else wav(_SECOND, block=0)
    assert _read(data).claimed_duration() is None


def test_a_file_of_chunks_only_comes_to_an_end() -> None:
    header = _read(b"RIFF\0\0\0\0WAVE" + chunk(b"JUNK", b"") * 20_000 + wav(_SECOND)[12:])
    assert not header.has_data


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(data: bytes) -> None:
    header = _read(b"RIFF\0\0\0\0WAVE" + data)
    assert header.present >= 0


@given(
    st.integers(1, 8), st.sampled_from([8, 16, 24, 32]), st.sampled_from([8_000, 44_100]), st.integers(0, 500)
)
def test_duration_is_frames_over_rate(channels: int, bits: int, rate: int, frames: int) -> None:
    data = wav(bytes(frames * channels * bits // 8), channels=channels, bits=bits, rate=rate)
    assert _read(data).duration() == Fraction(frames, rate)
