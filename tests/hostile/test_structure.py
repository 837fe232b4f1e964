"""Rows 62 and 63: indexes that are missing, or that announce more than any clip has."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from tests.hostile.boxes import (
    HEAD,
    TABLE,
    TRACK,
    comment,
    cover,
    edited,
    fragments,
    in_movie,
    keyed,
    long_form,
    many_tracks,
    nested,
    packed_index,
    sized,
    tagged,
    with_samples,
    with_table,
)
from tests.hostile.judging import Judge, decoders, judge
from tests.hostile.lint import codes, judged, words
from tests.intake.servers import answer, ranging, saying, serving
from tests.probe import clips
from tests.probe.build import box, edit_list, full_box, rewritten, visual_entry
from tests.probe.media import Clip, encoded
from tests.probe.parameters import announcing
from validator import AssetReport, Config

__all__ = ["decoders", "judge"]

Build = Callable[[], bytes]
"""Makes a file when its test runs: many of them are large."""

_HERE = Config(allow_private_hosts=True, ignore=("POR", "GRP"), all_findings=True)
_MILLION = 1_000_000
_FOUR_BILLION = 2**32 - 1


def _refused(result: AssetReport, expansion: str, said: str) -> None:
    """It is refused for what it announces, and for nothing else but its size."""
    assert codes(result) - {"VID007"} == {"FIL007"}
    assert result.facts.file.expansion == expansion
    assert said in words(result)


def _measured(result: AssetReport, **facts: object) -> None:
    """It is what it is all the same."""
    assert not codes(result) & {"FIL004", "FIL005", "FIL007"}
    assert {name: result.facts.values().get(name) for name in facts} == facts


class TestNoIndex:
    def test_row_62_a_clip_without_its_index(self, judge: Judge) -> None:
        data = clips.plain()
        result = judge(data[: data.index(b"moov") - 4], "a.mp4")
        assert codes(result) == {"FIL005"}
        assert "there is no index (moov): the file was not finished" in words(result)

    @pytest.mark.parametrize("honest", [True, False], ids=["ranges", "whole file only"])
    @pytest.mark.parametrize("data", [clips.plain(), clips.index_first()], ids=["at its end", "at its start"])
    def test_row_62_over_a_url_the_place_of_the_index_does_not_matter(
        self, data: bytes, honest: bool, judge: Judge
    ) -> None:
        on_disk = judge(data, "a.mp4").facts.values()
        talk = ranging(data, "Content-Type: video/mp4") if honest else saying(answer(data))
        with serving(talk) as host:
            fetched = judged(f"{host}/a.mp4", _HERE).facts.values()
        for name in ("sha256", "duration", "frames", "frame_rate", "width", "height", "integrity"):
            assert fetched[name] == on_disk[name], name
        assert fetched["integrity"] == "whole"

    def test_row_62_over_a_url_a_clip_without_its_index(self) -> None:
        data = clips.plain()
        with serving(ranging(data[: data.index(b"moov") - 4], "Content-Type: video/mp4")) as host:
            result = judged(f"{host}/a.mp4", _HERE)
        assert "FIL005" in codes(result)
        assert "there is no index (moov)" in words(result)


class TestSizes:
    @pytest.mark.parametrize(
        "data",
        [sized(clips.plain(), b"moov", 0), long_form(clips.plain(), b"moov")],
        ids=["0: to the end", "1: in 64 bits"],
    )
    def test_row_63_sizes_that_are_allowed_are_read(self, data: bytes, judge: Judge) -> None:
        _measured(judge(data, "a.mp4"), duration=1, frames=24, integrity="whole")

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (sized(clips.plain(), b"mdat", 0), "there is no index"),
            (sized(clips.plain(), b"moov", 2**31), "the file ends inside its index (moov)"),
            (long_form(clips.plain(), b"moov", 2**63 + 5), "the file ends inside its index (moov)"),
            (long_form(clips.plain(), b"moov", 3), "there is no index"),
            (sized(clips.plain(), b"moov", 7), "there is no index"),
            (sized(clips.plain(), b"mdia", 300), "the tracks hold no samples"),
            (sized(clips.plain(), b"ftyp", 2**31), "there is no index"),
        ],
    )
    def test_row_63_sizes_beyond_the_end_or_into_each_other(
        self, data: bytes, said: str, judge: Judge
    ) -> None:
        result = judge(data, "a.mp4")
        assert "FIL005" in codes(result)
        assert said in words(result)

    def test_row_63_a_box_that_reaches_beyond_the_one_that_holds_it(self, judge: Judge) -> None:
        _measured(judge(sized(clips.plain(), b"trak", 2**31), "a.mp4"), duration=1, frames=24)


class TestNesting:
    @pytest.mark.parametrize("kind", [b"moov", b"trak", b"udta", b"meta", b"wave", b"moof", b"edts"])
    @pytest.mark.parametrize("depth", [10_000, _MILLION])
    def test_row_63_boxes_nested_without_end(self, kind: bytes, depth: int, judge: Judge) -> None:
        assert codes(judge(HEAD + nested(kind, depth), "a.mp4")) & {"FIL005", "FIL007"}
        inside = judge(in_movie(nested(kind, depth)), "a.mp4")
        assert codes(inside) & {"FIL005", "FIL007", "VID002"}
        assert "memory" not in words(inside)

    @pytest.mark.parametrize(
        "build",
        [
            lambda: HEAD + box(b"free") * _MILLION,
            lambda: HEAD + box(b"free") * _MILLION + clips.plain(),
            lambda: in_movie(box(b"free") * _MILLION),
            lambda: clips.plain() + box(b"moof", full_box(b"mfhd", bytes(4))) * 100_000,
            lambda: clips.plain() + full_box(b"sidx", bytes(24)) * 100_000,
            lambda: in_movie(box(b"udta", box(b"\xa9nam") * _MILLION)),
        ],
        ids=["alone", "in front", "in the index", "fragments", "segment indexes", "tags"],
    )
    def test_row_63_a_million_tiny_boxes(self, build: Build, judge: Judge) -> None:
        said = "50,001 boxes or more; we read at most 50,000"
        _refused(judge(build(), "a.mp4"), "metadata", said)

    def test_row_63_a_hundred_thousand_tracks(self, judge: Judge) -> None:
        _refused(judge(many_tracks(100_000), "a.mp4"), "metadata", "101 tracks or more; we read at most 100")
        _refused(judge(in_movie(box(b"trak") * 100_000), "a.mp4"), "metadata", "101 tracks or more")

    @pytest.mark.parametrize("times", [1, 50])
    def test_row_63_an_index_packed_in_itself(self, times: int, judge: Judge) -> None:
        bomb = packed_index(16_000_000, bytes(100_000_000))
        assert "FIL005" in codes(judge(bomb, "a.mov"))
        _refused(judge(packed_index(2**31, bytes(100)), "a.mov"), "metadata", "a packed index (cmov)")
        inner = clips.plain()[clips.plain().index(b"moov") - 4 :]
        for _ in range(times):
            inner = packed_index(len(inner), inner)[len(HEAD) - 4 :]
        assert codes(judge(HEAD + inner, "a.mov")) & {"FIL005", "VID002"}


class TestTables:
    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            (b"stts", struct.pack(">II", 0, _FOUR_BILLION)),
            (b"ctts", struct.pack(">II", 0, _FOUR_BILLION)),
            (b"stsc", struct.pack(">II", 0, _FOUR_BILLION)),
            (b"stss", struct.pack(">II", 0, _FOUR_BILLION)),
            (b"stco", struct.pack(">II", 0, _FOUR_BILLION)),
            (b"stsd", struct.pack(">II", 0, _FOUR_BILLION) + visual_entry(b"avc1") * 10_000),
        ],
    )
    def test_row_63_tables_that_announce_more_than_they_hold(
        self, kind: bytes, body: bytes, judge: Judge
    ) -> None:
        result = judge(with_table(kind, body), "a.mp4")
        assert "FIL005" in codes(result)
        assert "memory of" not in words(result)

    @pytest.mark.parametrize(
        ("build", "said"),
        [
            (lambda: with_table(b"stsz", struct.pack(">III", 0, 0, _FOUR_BILLION)), "4,294,967,295 samples"),
            (lambda: with_table(b"stsz", struct.pack(">III", 0, 1, 50 * _MILLION)), "50,000,000 samples"),
            (lambda: with_table(b"stts", struct.pack(">IIII", 0, 1, 2**31, 512)), "2,147,483,648 samples"),
            (lambda: with_samples(_MILLION), "1,000,000 samples"),
            (lambda: with_samples(_MILLION, 0), "1,000,000 samples"),
            (lambda: fragments([_FOUR_BILLION]), "4,294,967,295 samples"),
            (lambda: fragments([50 * _MILLION]), "50,000,000 samples"),
            (lambda: fragments(*[[100_000]] * 1_000), "400,000 samples"),
        ],
        ids=["sizes", "one size", "times", "tiny", "empty", "run", "run of millions", "many runs"],
    )
    def test_row_63_billions_of_samples(self, build: Build, said: str, judge: Judge) -> None:
        _refused(judge(build(), "a.mp4"), "frames", f"{said} or more; we read at most 300,000")

    def test_row_63_as_many_samples_as_are_read(self, judge: Judge) -> None:
        assert "FIL005" in codes(judge(with_samples(300_000), "a.mp4"))
        assert "FIL005" in codes(judge(with_samples(300_000, 0), "a.mp4"))

    def test_row_63_edits_by_the_million(self, judge: Judge) -> None:
        edits = edit_list(*[(1000, 0)] * _MILLION)
        million = rewritten(clips.plain(), (*TRACK, b"edts", b"elst"), lambda _: edits)
        _refused(judge(million, "a.mp4"), "metadata", "1,000,000 edits or more; we read at most 1,000")
        _refused(judge(edited(count=_FOUR_BILLION), "a.mp4"), "metadata", "4,294,967,295 edits")
        again = edited(*[struct.pack(">IiI", 1000, 0, 1 << 16)] * 1_000)
        _measured(judge(again, "a.mp4"), duration=1000, frames=24_000)

    def test_row_63_an_edit_that_cuts_away_what_is_endless(self, judge: Judge) -> None:
        data = with_samples(200_000)
        movie = data.index(b"moov") - 4
        edits = box(b"edts", box(b"elst", edit_list((1000, 0))))
        size = struct.unpack(">I", data[movie : movie + 4])[0]
        index = rewritten(data[movie : movie + size], TRACK, lambda body: edits + body)
        result = judge(data[:movie] + index + data[movie + size :], "a.mp4")
        _refused(result, "frames", "an edit list cuts away more than 100,000 packets")


class TestTags:
    @pytest.mark.parametrize(
        ("build", "said"),
        [
            (lambda: tagged(comment(bytes(100 * _MILLION))), "bytes of index and tags or more"),
            (lambda: tagged(*[comment(bytes(1_000))] * 30_000), "30,001 tags or more; we read at most 5,000"),
            (lambda: tagged(cover(10_000)), "tags or more"),
            (lambda: keyed(10_000), "tags or more"),
            (lambda: in_movie(full_box(b"keys", struct.pack(">I", _FOUR_BILLION))), "tags or more"),
            (lambda: in_movie(full_box(b"pssh", bytes(20)) * 6_000), "5,001 tags"),
            (lambda: in_movie(full_box(b"pssh", bytes(90 * _MILLION))), "bytes of index and tags"),
        ],
        ids=["100 MB of text", "30,000 texts", "covers", "keys", "keys announced", "licences", "a licence"],
    )
    def test_row_63_tags_without_end(self, build: Build, said: str, judge: Judge) -> None:
        _refused(judge(build(), "a.mp4"), "metadata", said)

    def test_row_63_a_description_of_100_mb(self, judge: Judge) -> None:
        def change(body: bytes) -> bytes:
            return body[:8] + box(body[12:16], body[16:], box(b"glbl", bytes(100 * _MILLION)))

        data = rewritten(clips.plain(), (*TABLE, b"stsd"), change)
        _refused(judge(data, "a.mp4"), "metadata", "bytes of index and tags or more")

    def test_row_63_what_no_decoder_reads_may_be_as_large_as_it_likes(self, judge: Judge) -> None:
        data = clips.plain() + box(b"free", bytes(40 * _MILLION)) + box(b"uuid", bytes(40 * _MILLION))
        _measured(judge(data, "a.mp4"), duration=1, integrity="whole")

    def test_row_63_a_few_tags_are_harmless(self, judge: Judge) -> None:
        _measured(judge(tagged(comment(b"x" * 60_000), cover(20)), "a.mp4"), duration=1, video_tracks=1)


class TestPixels:
    """A few bytes that announce a picture of gigabytes: refused before any decoder is asked."""

    @pytest.mark.parametrize("side", [16_384, 65_536])
    def test_row_63_a_parameter_set_of_giga_pixels(self, side: int, judge: Judge) -> None:
        result = judge(announcing(clips.plain(), side, side), "a.mp4")
        assert codes(result) == {"FIL007", "VID004", "VID005"}
        assert f"{side}x{side}, {side * side:,} px; we decode at most 36,000,000 px of a clip" in words(
            result
        )

    def test_row_63_a_description_of_giga_pixels(self, judge: Judge) -> None:
        def change(body: bytes) -> bytes:
            return body[:40] + struct.pack(">HH", 65_535, 65_535) + body[44:]

        result = judge(rewritten(clips.plain(), (*TABLE, b"stsd"), change), "a.mp4")
        assert codes(result) == {"FIL007", "VID004", "VID005"}

    def test_row_63_a_picture_as_large_as_is_decoded(self, judge: Judge) -> None:
        result = judge(announcing(clips.plain(), 5_984, 5_984), "a.mp4")
        assert codes(result) & {"FIL005", "VID005"} == {"FIL005", "VID005"}
        assert "memory" not in words(result)

    def test_row_63_giga_pixels_of_which_no_header_speaks(self, judge: Judge) -> None:
        small = Clip(size=(64, 48), frames=1, codec="mjpeg", pixels="yuvj420p", format="mov")
        large = Clip(size=(6_400, 6_400), frames=1, codec="mjpeg", pixels="yuvj420p", format="mov")

        def change(body: bytes) -> bytes:
            return body[:40] + struct.pack(">HH", 64, 48) + body[44:]

        liar = rewritten(encoded(large), (*TABLE, b"stsd"), change)
        assert "FIL005" in codes(judge(liar, "a.mov"))
        _measured(judge(encoded(small), "a.mov"), frames=1, width=64)
