"""What an index announces is counted before anybody builds it."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

from tests.probe import build, clips
from tests.probe.build import box, descriptions, full_box, handler, rewritten, track_header, visual_entry
from tests.probe.media import Clip, encoded, sound
from tests.probe.parameters import announcing, avc_record, h264_unit
from validator.probe import index_bounds
from validator.probe.index_bounds import excess
from validator.probe.isobmff import MAX_INFLATED

_TABLE = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def _found(data: bytes) -> tuple[str, str]:
    found = excess(io.BytesIO(data))
    return ("", "") if found is None else (found.expansion, found.detail)


def _track(*tables: bytes, kind: bytes = b"vide", edits: bytes = b"") -> bytes:
    media = box(b"mdia", handler(kind), box(b"minf", box(b"stbl", *tables)))
    return box(b"trak", track_header(), box(b"edts", edits) if edits else b"", media)


def _sizes(count: int, each: int = 1) -> bytes:
    return full_box(b"stsz", struct.pack(">II", each, count))


def _durations(*entries: tuple[int, int]) -> bytes:
    return full_box(
        b"stts", struct.pack(">I", len(entries)), *(struct.pack(">II", *each) for each in entries)
    )


def _runs(*entries: tuple[int, int]) -> bytes:
    listed = (struct.pack(">III", first, count, 1) for first, count in entries)
    return full_box(b"stsc", struct.pack(">I", len(entries)), *listed)


@pytest.mark.parametrize(
    "data",
    [
        clips.plain(),
        clips.with_sound(),
        clips.fragmented(),
        clips.index_first(),
        encoded(Clip(frames=2, codec="libx265", options=clips.X265)),
        sound(60, "pcm_s16le", rate=48_000, format_name="mov"),
        b"",
        b"\0\0\0\1moov",
    ],
)
def test_honest_files_stay_within_every_bound(data: bytes) -> None:
    assert excess(io.BytesIO(data)) is None


@pytest.mark.parametrize(
    "table",
    [
        _sizes(2**32 - 1),
        _sizes(2**32 - 1, 0),
        full_box(b"stz2", struct.pack(">II", 8, 2**32 - 1)),
        _durations((2**31, 512)),
        _durations((200_000, 1), (100_001, 1)),
    ],
)
def test_samples_are_counted_as_they_are_announced(table: bytes) -> None:
    kind, words = _found(box(b"moov", _track(table)))
    assert kind == "frames"
    assert words.endswith("samples or more; we read at most 300,000")


def test_samples_of_all_tracks_are_added_up() -> None:
    assert _found(box(b"moov", *[_track(_sizes(100_000))] * 3)) == ("", "")
    assert _found(box(b"moov", *[_track(_sizes(100_000))] * 4))[0] == "frames"


def test_fragments_are_added_up() -> None:
    runs = [full_box(b"trun", struct.pack(">I", count)) for count in (200_000, 100_001)]
    assert _found(box(b"moof", box(b"traf", *runs)))[1].startswith("300,001 samples")
    assert _found(box(b"moof", box(b"traf", full_box(b"trun", struct.pack(">I", 2**32 - 1)))))[0] == "frames"


class TestSoundOfOneTickASample:
    """FFmpeg hands out a thousand samples of it at once."""

    _HOUR = 3600 * 48_000

    def _track(self, *tables: bytes, kind: bytes = b"soun") -> bytes:
        chunks = full_box(b"stco", struct.pack(">I", 3600), bytes(4 * 3600))
        return box(b"moov", _track(_sizes(self._HOUR, 4), chunks, *tables, kind=kind))

    def test_an_hour_of_it_is_no_bomb(self) -> None:
        whole = self._track(_durations((self._HOUR, 1)), _runs((1, 48_000)))
        assert _found(whole) == ("", "")
        assert _found(whole.replace(b"soun", b"vide"))[0] == "frames"

    def test_a_handler_of_data_does_not_make_it_another_kind(self) -> None:
        data = self._track(_durations((self._HOUR, 1)), _runs((1, 48_000)), handler(b"alis"))
        assert _found(data) == ("", "")

    def test_runs_that_announce_more_are_one(self) -> None:
        assert _found(self._track(_durations((self._HOUR, 1)), _runs((1, 2**32 - 1))))[0] == "frames"
        assert _found(self._track(_durations((self._HOUR, 1)), _runs((1, 1), (2, 2**31))))[0] == "frames"
        assert _found(self._track(_durations((self._HOUR, 2)), _runs((1, 1))))[0] == "frames"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (box(b"free") * 50_001, "50,001 boxes or more; we read at most 50,000"),
        (
            box(b"moov", box(b"udta", *[box(b"name")] * 50_000)),
            "50,001 boxes or more; we read at most 50,000",
        ),
        (box(b"moov", *[box(b"trak")] * 101), "101 tracks or more; we read at most 100"),
        (box(b"moov", box(b"meta", handler(b"mdir"), box(b"ilst", *[box(b"----")] * 5_001))), "5,001 tags"),
        (
            box(b"moov", box(b"meta", bytes(4), full_box(b"keys", struct.pack(">I", 2**32 - 1)))),
            "4,294,967,2",
        ),
        (box(b"moov", *[full_box(b"pssh", bytes(20))] * 5_001), "5,001 tags"),
        (box(b"moov", box(b"udta", bytes(32_000_000))), "32,000,008 bytes of index and tags"),
        (_track(edits=full_box(b"elst", struct.pack(">I", 1_001))), "1,001 edits"),
        (
            box(b"moov", box(b"cmov", box(b"cmvd", struct.pack(">I", MAX_INFLATED + 1)))),
            "a packed index (cmov) that announces more than we unpack, 16,000,000 bytes",
        ),
    ],
)
def test_structure_is_bounded(data: bytes, words: str) -> None:
    kind, found = _found(data)
    assert kind == "metadata"
    assert found.startswith(words)


def test_samples_and_free_space_are_no_structure() -> None:
    assert _found(box(b"mdat", bytes(33_000_000)) + box(b"free", bytes(33_000_000))) == ("", "")


def test_each_edit_goes_through_all_samples() -> None:
    edits = full_box(b"elst", struct.pack(">I", 500))
    assert _found(_track(_sizes(6_000), edits=edits)) == ("", "")
    words = "500 edits of 6,001 samples; we follow at most 3,000,000 in all"
    assert _found(_track(_sizes(6_001), edits=edits)) == ("frames", words)


def test_what_is_packed_is_counted_too() -> None:
    inner = box(b"moov", _track(_sizes(10**6)))
    packed = box(b"cmov", box(b"cmvd", struct.pack(">I", len(inner)), zlib.compress(inner)))
    assert _found(box(b"moov", packed))[0] == "frames"


def test_tables_of_more_entries_than_samples_are_not_read() -> None:
    count = index_bounds.MAX_SAMPLES + 1
    table = full_box(b"stts", struct.pack(">I", count), bytes(8 * count))
    assert _found(_track(table))[1] == "300,001 entries of a sample table or more; we read at most 300,000"


@pytest.mark.parametrize(
    "data",
    [
        announcing(clips.plain(), 16384, 16384),
        box(
            b"stsd",
            bytes(8),
            visual_entry(b"hvc1", box(b"avcC", avc_record(h264_unit(64, 48), h264_unit(16384, 16384)))),
        ),
    ],
)
def test_a_parameter_set_of_giga_pixels(data: bytes) -> None:
    found = excess(io.BytesIO(data))
    assert found is not None
    assert (found.expansion, found.size) == ("pixels", (16384, 16384))
    assert found.detail == "16384x16384, 268,435,456 px; we decode at most 36,000,000 px of a clip"


def test_a_container_that_announces_giga_pixels() -> None:
    def change(body: bytes) -> bytes:
        return body[:40] + struct.pack(">HH", 65535, 65535) + body[44:]

    assert _found(rewritten(clips.plain(), (*_TABLE, b"stsd"), change))[0] == "pixels"
    assert _found(descriptions(build.visual_entry(b"avc1"))) == ("", "")


def test_nesting_ends() -> None:
    nested = b""
    for _ in range(1_000):
        nested = box(b"trak", nested)
    assert _found(nested) == ("", "")
