"""The boxes of ISO base media files: brands, tracks, times and matrices, and boxes that lie."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction

import pytest

from tests.probe import build, media
from tests.probe.build import box, brands, full_box, movie_header, track, track_header, visual_entry
from validator.model import Kind
from validator.probe import isobmff
from validator.probe.isobmff import Edit, IsoFile, Track, classify

_IMAGE, _VIDEO, _AUDIO = Kind.IMAGE, Kind.VIDEO, Kind.AUDIO
_PICTURE = track(b"vide", visual_entry(b"avc1"))
_SOUND = track(b"soun", box(b"mp4a", bytes(28)))


def _read(data: bytes) -> IsoFile:
    return isobmff.read(io.BytesIO(data))


def _movie(*parts: bytes) -> bytes:
    return box(b"moov", movie_header(), *parts)


def _track(data: bytes) -> Track:
    (found,) = _read(_movie(data)).tracks
    return found


def _item(kind: bytes, *others: bytes) -> bytes:
    """A meta box with one item of this type, and whatever else."""
    entry = full_box(b"infe", struct.pack(">HH", 1, 0), kind, b"\0", version=2)
    items = full_box(b"pitm", b"\0\1"), full_box(b"iinf", struct.pack(">H", 1), entry)
    return full_box(b"meta", *items, *others)


def _items(*others: bytes) -> IsoFile:
    return _read(brands(b"heic", b"mif1") + _item(b"hvc1", *others))


@pytest.mark.parametrize(
    ("kind", "format_name", "data"),
    [
        (_VIDEO, "mp4", brands(b"isom", b"isom", b"mp41") + _movie(_PICTURE)),
        (_VIDEO, "mp4", brands(b"mp42") + _movie(_PICTURE, _SOUND)),
        (_VIDEO, "mp4", brands(b"dash") + _movie(_PICTURE)),
        (_VIDEO, "mp4", brands(b"isom") + _movie(_SOUND)),  # an mp4 without picture is VID012
        (_VIDEO, "mp4", brands(b"XXXX")),
        (_VIDEO, "mov", brands(b"qt  ") + _movie(_PICTURE)),
        (_VIDEO, "mov", brands(b"qt  ") + _movie(_SOUND)),
        (_VIDEO, "mov", _movie(_PICTURE)),
        (_VIDEO, "mov", box(b"wide") + box(b"mdat", bytes(8)) + _movie(_PICTURE)),
        (_VIDEO, "mov", box(b"skip") + _movie(_PICTURE)),
        (_VIDEO, "m4v", brands(b"M4V ") + _movie(_PICTURE)),
        (_VIDEO, "m4v", brands(b"M4VH") + _movie(_PICTURE)),
        (_VIDEO, "3gp", brands(b"3gp5") + _movie(_PICTURE)),
        (_VIDEO, "3gp", brands(b"3gs7") + _movie(_PICTURE)),
        (_VIDEO, "3g2", brands(b"3g2a") + _movie(_PICTURE)),
        (_VIDEO, "f4v", brands(b"F4V ") + _movie(_PICTURE)),
        (_AUDIO, "m4a", brands(b"M4A ") + _movie(_SOUND)),
        (_AUDIO, "m4a", brands(b"isom", b"M4A ") + _movie(_SOUND)),
        (_AUDIO, "m4b", brands(b"M4B ") + _movie(_SOUND, track(b"text", box(b"text", bytes(8))))),
        (_VIDEO, "mp4", brands(b"isom", b"M4A ") + _movie(_PICTURE)),
        (_IMAGE, "heic", brands(b"heic", b"mif1", b"heic") + _item(b"hvc1")),
        (_IMAGE, "heic", brands(b"heix", b"mif1", b"heix") + _item(b"hvc1")),
        (_IMAGE, "heif", brands(b"mif1", b"mif1", b"heic") + _item(b"hvc1")),
        (_IMAGE, "heif", brands(b"mif1")),
        (_IMAGE, "heif-sequence", brands(b"msf1", b"hevc") + _movie(track(b"pict", visual_entry(b"hvc1")))),
        (_IMAGE, "heif-sequence", brands(b"hevc", b"msf1") + _movie(track(b"pict", visual_entry(b"hev1")))),
        (_IMAGE, "avif", brands(b"avif", b"mif1") + _item(b"av01")),
        (_IMAGE, "avif", brands(b"mif1", b"avif") + _item(b"av01")),
        (_IMAGE, "avif", brands(b"mif1", b"heic") + _item(b"av01")),
        (_IMAGE, "avif", brands(b"mif1", b"avif")),
        (_IMAGE, "avif", brands(b"avis", b"avif") + _movie(track(b"pict", visual_entry(b"av01")))),
        (_IMAGE, "avif", brands(b"avis")),
        (_IMAGE, "heif with jpeg", brands(b"mif1") + _item(b"jpeg")),
        (_IMAGE, "heif with unci", brands(b"mif2") + _item(b"unci")),
        (_IMAGE, "heif with avc1", brands(b"avci", b"mif1") + _item(b"avc1")),
        (_IMAGE, "heif with vvc1", brands(b"heic", b"mif1") + _item(b"vvc1")),
        (_IMAGE, "heif with avc1", brands(b"msf1") + _movie(track(b"pict", visual_entry(b"avc1")))),
        (_IMAGE, "heif", brands(b"XXXX", b"mif1") + _item(b"hvc1")),
        (_VIDEO, "mp4", brands(b"isom", b"mif1") + _movie(_PICTURE) + _item(b"hvc1")),
        (_IMAGE, "raw", brands(b"crx ", b"isom") + _movie(_PICTURE)),
    ],
)
def test_kind_and_format_by_items_tracks_and_brands(kind: Kind, format_name: str, data: bytes) -> None:
    assert classify(_read(data)) == (kind, format_name)


def test_chapter_pictures_do_not_make_a_sound_a_video() -> None:
    chapters = track(b"vide", visual_entry(b"jpeg"), head=track_header(2, flags=0))
    assert classify(_read(brands(b"M4A ", b"isom") + _movie(_SOUND, chapters))) == (_AUDIO, "m4a")


def test_brands_are_listed() -> None:
    found = _read(brands(b"isom", b"iso2", b"avc1"))
    assert (found.major_brand, found.brands) == ("isom", ("iso2", "avc1"))


def test_only_the_first_of_each_box_counts() -> None:
    twice = brands(b"isom") + brands(b"qt  ") + _movie(_PICTURE) + _movie(_PICTURE, _SOUND)
    found = _read(twice)
    assert (found.major_brand, found.handlers()) == ("isom", ("vide",))


@pytest.mark.parametrize("version", [0, 1])
def test_the_movie_header_in_both_versions(version: int) -> None:
    found = _read(box(b"moov", movie_header(600, 3001, version=version)))
    assert found.claimed_duration == Fraction(3001, 600)


@pytest.mark.parametrize(("version", "unknown"), [(0, 2**32 - 1), (1, 2**64 - 1)])
def test_all_ones_are_an_unknown_duration(version: int, unknown: int) -> None:
    assert _read(box(b"moov", movie_header(600, unknown, version=version))).claimed_duration is None
    media_header = build.media_header(600, unknown, version=version)
    assert _track(track(b"vide", visual_entry(b"avc1"), media=media_header)).media_duration is None


def test_a_duration_of_no_timescale_is_unknown() -> None:
    assert _read(box(b"moov", movie_header(0, 5))).claimed_duration is None


@pytest.mark.parametrize(("version", "form"), [(0, ">I"), (1, ">Q")])
def test_the_duration_of_all_fragments_goes_before_that_of_the_header(version: int, form: str) -> None:
    extends = box(
        b"mvex", full_box(b"trex", bytes(20)), full_box(b"mehd", struct.pack(form, 7500), version=version)
    )
    found = _read(_movie(_PICTURE, extends) + box(b"moof"))
    assert (found.claimed_duration, found.has_fragments) == (Fraction(15, 2), True)
    assert _read(_movie(_PICTURE, box(b"mvex"))).claimed_duration == 5


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize(
    ("turn", "rotation", "mirrored"),
    [
        ((1, 0, 0, 1), 0, False),
        ((0, 1, -1, 0), 90, False),
        ((-1, 0, 0, -1), 180, False),
        ((0, -1, 1, 0), 270, False),
        ((-1, 0, 0, 1), 180, True),
        ((1, 0, 0, -1), 0, True),
        ((0, 1, 1, 0), 90, True),
        ((2, 1, -1, 2), 0, False),
    ],
)
def test_rotation_and_mirroring_by_the_matrix(
    version: int, turn: tuple[int, int, int, int], rotation: int, mirrored: bool
) -> None:
    found = _track(track(b"vide", visual_entry(b"avc1"), head=track_header(3, turn, version=version)))
    assert (found.id, found.rotation, found.mirrored) == (3, rotation, mirrored)


def test_pixels_that_are_not_square() -> None:
    shape = box(b"pasp", struct.pack(">II", 4, 3))
    assert _track(track(b"vide", visual_entry(b"avc1", box(b"avcC"), shape))).sample_aspect_ratio == Fraction(
        4, 3
    )
    nothing = box(b"pasp", struct.pack(">II", 4, 0))
    assert _track(track(b"vide", visual_entry(b"avc1", nothing))).sample_aspect_ratio is None


@pytest.mark.parametrize("entry", [b"encv", b"enca", b"drms", b"drmi"])
def test_encrypted_sample_entries(entry: bytes) -> None:
    found = _track(track(b"vide", visual_entry(entry)))
    assert (found.encrypted, found.sample_entries) == (True, (entry.decode(),))
    assert not _track(_PICTURE).encrypted


@pytest.mark.parametrize(("version", "form"), [(0, ">Iii"), (1, ">Qqi")])
def test_edit_lists(version: int, form: str) -> None:
    entries = struct.pack(form, 500, -1, 1 << 16) + struct.pack(form, 2000, 1024, 1 << 16)
    edits = box(b"edts", full_box(b"elst", struct.pack(">I", 2), entries, version=version))
    found = _track(track(b"vide", visual_entry(b"avc1"), extra=[edits]))
    assert found.edits == (Edit(Fraction(1, 2), None), Edit(Fraction(2), 1024))
    assert found.edited_duration == Fraction(5, 2)


def test_an_edit_without_a_duration_leaves_the_length_open() -> None:
    edits = box(b"edts", box(b"elst", build.edit_list((500, -1), (0, 1024))))
    assert _track(track(b"vide", visual_entry(b"avc1"), extra=[edits])).edited_duration == 0


def test_an_edit_list_that_announces_more_than_it_has() -> None:
    edits = box(
        b"edts", full_box(b"elst", struct.pack(">I", 2**32 - 1), struct.pack(">Iii", 500, 0, 1 << 16))
    )
    assert len(_track(track(b"vide", visual_entry(b"avc1"), extra=[edits])).edits) == 1
    assert _track(track(b"vide", visual_entry(b"avc1"), extra=[box(b"edts")])).edits == ()


def test_a_header_before_the_movie_header_still_gets_its_times() -> None:
    edits = box(b"edts", full_box(b"elst", struct.pack(">I", 1), struct.pack(">Iii", 500, 0, 1 << 16)))
    moved = track(b"vide", visual_entry(b"avc1"), extra=[edits])
    found = _read(box(b"moov", moved, movie_header(1000)))
    assert found.tracks[0].edited_duration == Fraction(1, 2)


def test_a_compressed_movie_header() -> None:
    inner = _movie(_PICTURE)
    packed = box(
        b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", struct.pack(">I", len(inner)), zlib.compress(inner))
    )
    found = _read(box(b"moov", packed))
    assert (found.claimed_duration, found.handlers()) == (Fraction(5), ("vide",))


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\x08garbage",
        b"",
        b"\0\0\0\x08" + zlib.compress(b"no box at all"),
        b"\0\0\0\x08" + zlib.compress(box(b"free")),
    ],
)
def test_a_broken_compressed_movie_header_is_a_movie_of_nothing(data: bytes) -> None:
    found = _read(box(b"moov", box(b"cmov", box(b"cmvd", data))))
    assert (found.has_movie, found.tracks) == (True, ())


def test_a_compressed_movie_header_is_unpacked_once() -> None:
    inner = _movie(_PICTURE)
    for _ in range(3):
        packed = box(b"cmvd", struct.pack(">I", len(inner)), zlib.compress(inner))
        inner = box(b"moov", box(b"cmov", packed))
    assert _read(inner).tracks == ()


def test_a_compressed_movie_header_that_is_a_bomb_stays_small() -> None:
    packed = box(b"cmvd", bytes(4), zlib.compress(bytes(100_000_000), 9))
    assert _read(box(b"moov", box(b"cmov", packed))).has_movie


@pytest.mark.parametrize("size", [2, 7])
def test_a_size_smaller_than_the_box_ends_the_walk(size: int) -> None:
    assert not _read(brands(b"isom") + struct.pack(">I", size) + b"free" + _movie(_PICTURE)).has_movie


def test_a_size_of_0_reaches_to_the_end() -> None:
    found = _read(brands(b"isom") + struct.pack(">I", 0) + _movie(_PICTURE)[4:])
    assert found.handlers() == ("vide",)


def test_a_size_of_1_stands_for_64_bits() -> None:
    movie = _movie(_PICTURE)
    assert _read(struct.pack(">I4sQ", 1, b"moov", len(movie) + 8) + movie[8:]).handlers() == ("vide",)
    assert not _read(struct.pack(">I4sQ", 1, b"free", 15) + movie).has_movie
    assert not _read(struct.pack(">I4s", 1, b"moov")).has_movie


@pytest.mark.parametrize("size", [2**31, 2**32 - 1])
def test_a_size_behind_the_end_is_told(size: int) -> None:
    found = _read(brands(b"isom") + struct.pack(">I", size) + b"mdat" + bytes(100))
    assert found.truncated_box == "mdat"
    long = _read(brands(b"isom") + struct.pack(">I4sQ", 1, b"mdat", 2**64 - 1) + bytes(100))
    assert long.truncated_box == "mdat"


def test_boxes_in_boxes_are_not_followed_without_end() -> None:
    nested = b""
    for _ in range(10_000):
        nested = box(b"trak", nested)
    assert len(_read(_movie(nested)).tracks) == 1
    nested = b""
    for _ in range(10_000):
        nested = box(b"moov", nested)
    assert _read(nested).has_movie


def test_a_million_boxes_are_not_all_read() -> None:
    found = list(isobmff.boxes(io.BytesIO(box(b"free") * 200_000), 0, 1_600_000))
    assert len(found) == 100_000


def test_many_sample_entries_are_not_all_read() -> None:
    entries = full_box(b"stsd", struct.pack(">I", 1000), *[visual_entry(b"avc1")] * 1000)
    inner = box(b"mdia", build.handler(b"vide"), box(b"minf", box(b"stbl", entries)))
    assert len(_track(box(b"trak", inner)).sample_entries) == 65


@pytest.mark.parametrize(
    "name", [b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"elst", b"stsd", b"stsz", b"pasp", b"mehd"]
)
def test_empty_boxes_say_nothing_and_break_nothing(name: bytes) -> None:
    empty = box(name)
    for wrapped in (
        box(b"moov", empty),
        box(b"moov", box(b"mvex", empty)),
        box(
            b"moov",
            box(b"trak", empty, box(b"edts", empty), box(b"mdia", empty, box(b"minf", box(b"stbl", empty)))),
        ),
    ):
        assert _read(wrapped).claimed_duration is None


def test_what_ffmpeg_writes_reads_the_same() -> None:
    data = media.encoded(media.Clip(rate=Fraction(30_000, 1001), frames=30, audio=1))
    found = _read(data)
    assert found.handlers() == ("vide", "soun")
    assert found.tracks[0].sample_entries == ("avc1",)
    assert found.tracks[0].media_duration == Fraction(30 * 1001, 30_000)


def test_the_extents_of_an_item_end_where_its_data_do() -> None:
    extents = struct.pack(">HHHIIII", 1, 0, 2, 100, 20, 500, 30)
    items = _items(full_box(b"iloc", b"\x44\0", struct.pack(">H", 1), extents)).items
    assert items is not None
    assert items.data_end == 530


@pytest.mark.parametrize("sizes", [b"\0\0", b"\x44\0"])
def test_extents_and_references_that_are_only_announced_cost_nothing(sizes: bytes) -> None:
    many = range(20_000)
    announced = b"".join(struct.pack(">HHH", number, 0, 0xFFFF) for number in many)
    places = full_box(b"iloc", sizes, struct.pack(">H", 20_000), announced)
    grids = full_box(b"iref", *(box(b"dimg", struct.pack(">HH", number, 0xFFFF)) for number in many))
    assert _items(places, grids).items is not None  # in a fraction of a second, not in minutes
