"""The items of a HEIF: which one is shown, and how it is turned."""

from __future__ import annotations

import io
import struct
from functools import cache

import pytest

from tests.probe import build, media
from tests.probe.build import Item, box, extent, full_box, heif_file, heif_meta, inside, reference
from tests.probe.media import image_facts, measured, told
from validator.model import Depth
from validator.probe import isobmff
from validator.probe.heif import Items


def _items(*arguments: object, **options: object) -> Items:
    items = isobmff.read(io.BytesIO(heif_meta(*arguments, **options))).items  # type: ignore[arg-type]
    assert items is not None
    return items


_TURN = box(b"irot", b"\x01")
_MIRROR = box(b"imir", b"\0")


class TestTables:
    @pytest.mark.parametrize("wide", [False, True])
    def test_the_primary_item_and_its_properties(self, wide: bool) -> None:
        others = [Item(1, b"hvc1", b"x" * 10, (1,)), Item(2, b"hvc1", b"y" * 20, (2, 3, 4))]
        properties = [extent(1, 1), extent(640, 480), _TURN, _MIRROR]
        found = _items(others, properties, primary=2, wide=wide, offset=1000)
        assert (found.stored_width, found.stored_height, found.coding) == (640, 480, "hvc1")
        assert (found.rotation, found.mirrored, found.cropped, found.listed) == (270, True, False, True)
        assert found.data_end == 1030

    @pytest.mark.parametrize(("turns", "rotation"), [(0, 0), (1, 270), (2, 180), (3, 90)])
    def test_irot_turns_against_the_clock(self, turns: int, rotation: int) -> None:
        found = _items([Item(1, b"hvc1", properties=(1,))], [box(b"irot", bytes([turns]))])
        assert found.rotation == rotation

    def test_a_clean_aperture(self) -> None:
        clap = box(b"clap", struct.pack(">8i", 10, 1, 10, 1, 0, 1, 0, 1))
        assert _items([Item(1, b"hvc1", properties=(1,))], [clap]).cropped

    def test_a_grid_is_coded_as_its_parts(self) -> None:
        parts = [Item(1, b"grid", b"g" * 8), Item(2, b"av01", b"a" * 5), Item(3, b"av01", b"b" * 7)]
        found = _items(parts, references=[reference(b"dimg", 1, 2, 3)], offset=100)
        assert (found.coding, found.data_end) == ("av01", 120)

    def test_data_that_lie_in_another_place_do_not_count(self) -> None:
        assert _items([Item(1, b"hvc1", b"x" * 10)], wide=True, construction=1, offset=1000).data_end == 0

    @pytest.mark.parametrize("wide", [False, True])
    def test_a_loop_of_references_ends(self, wide: bool) -> None:
        parts = [Item(1, b"grid"), Item(2, b"iovl")]
        links = [reference(b"dimg", 1, 2, 1, wide=wide), reference(b"dimg", 2, 1, wide=wide)]
        assert _items(parts, references=links, wide=wide).coding == ""

    def test_a_grid_of_nothing(self) -> None:
        assert _items([Item(1, b"grid")]).coding == ""

    def test_a_primary_that_is_no_item_or_a_thumbnail(self) -> None:
        assert not _items([Item(1, b"hvc1")], primary=7).listed
        thumbnails = [reference(b"thmb", 1, 2)]
        assert not _items([Item(1, b"hvc1"), Item(2, b"hvc1")], references=thumbnails).listed

    def test_indexes_of_no_property_are_passed_over(self) -> None:
        found = _items([Item(1, b"hvc1", properties=(0, 9, 1))], [extent(4, 4)])
        assert found.stored_width == 4

    def test_a_meta_box_of_no_items(self) -> None:
        assert isobmff.read(io.BytesIO(full_box(b"meta", build.handler(b"mdir")))).items is None

    @pytest.mark.parametrize("name", [b"pitm", b"iinf", b"iprp", b"iref", b"iloc"])
    @pytest.mark.parametrize("length", [0, 3, 4, 5, 9])
    def test_tables_that_break_off(self, name: bytes, length: int) -> None:
        whole = heif_meta([Item(1, b"hvc1", b"x", (1,))], [extent(4, 4)], [reference(b"dimg", 1, 2)])
        cut = [
            box(kind, body[: length if kind == name else None])
            for kind, body in build.parsed(inside(whole, b"meta"))
        ]
        assert isobmff.read(io.BytesIO(full_box(b"meta", *cut))).brands == ()

    def test_tables_without_end_are_not_all_read(self) -> None:
        many = [box(b"free")] * 25_000
        whole = heif_meta([Item(1, b"hvc1", properties=(1,))], [extent(4, 4), *many], [box(b"cdsc")] * 25_000)
        found = isobmff.read(io.BytesIO(whole)).items
        assert found is not None
        assert found.stored_width == 4

    @pytest.mark.parametrize("name", [b"iinf", b"iloc", b"ipma", b"dimg"])
    def test_tables_that_announce_what_they_do_not_hold(self, name: bytes) -> None:
        whole = heif_meta(
            [Item(1, b"hvc1", b"x", (1,))], [extent(4, 4)], [reference(b"dimg", 1, 2)], wide=True
        )
        at = whole.index(name) + {b"iinf": 8, b"iloc": 10, b"ipma": 8, b"dimg": 8}[name]
        size = 2 if name == b"dimg" else 4
        lying = whole[:at] + b"\xff" * size + whole[at + size :]
        assert isobmff.read(io.BytesIO(lying)).items is not None


@cache
def _coded() -> tuple[bytes, bytes]:
    """A decoder configuration and the coded bytes of a picture of 64x64."""
    data = media.heif(media.noise(64, 64))
    properties = inside(data, b"meta", b"iprp", b"ipco")
    config = next(box(kind, body) for kind, body in build.parsed(properties) if kind == b"hvcC")
    return config, inside(data, b"mdat")


def _picture(*properties: bytes) -> bytes:
    config, data = _coded()
    indexes = tuple(range(1, 3 + len(properties)))
    return heif_file([Item(1, b"hvc1", data, indexes)], [config, extent(64, 64), *properties])


class TestPictures:
    def test_one_that_pillow_wrote(self) -> None:
        found = measured(media.heif(media.noise(64, 128)), "a.heic")
        assert told(image_facts(found), "width", "height", "frames", "mode") == (64, 128, 1, "RGB")
        assert (found.file.format, found.file.integrity, found.file.name_agreement) == (
            "heic",
            "whole",
            "agrees",
        )
        assert image_facts(found).orientation is False

    def test_one_that_is_turned(self) -> None:
        crop = box(b"clap", struct.pack(">8i", 32, 1, 64, 1, 0, 1, 0, 1))
        found = measured(_picture(crop, _TURN))
        assert found.file.integrity == "whole"
        facts = image_facts(found)
        assert told(facts, "width", "height", "stored_width", "stored_height") == (64, 32, 64, 64)
        assert facts.orientation_detail == (
            "turned by 270°, cropped to its clean aperture: stored 64x64, shown 64x32"
        )

    def test_one_that_is_mirrored(self) -> None:
        facts = image_facts(measured(_picture(_MIRROR)))
        assert (facts.orientation, facts.orientation_detail) == (True, "mirrored: stored 64x64, shown 64x64")

    def test_exif_does_not_turn_it(self) -> None:
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        turned = media.heif(media.noise(64, 128), exif=exif)  # pillow-heif writes it as irot
        assert told(image_facts(measured(turned)), "width", "height") == (128, 64)
        upright = build.replaced(turned, b"irot\x03", b"irot\0")
        assert told(image_facts(measured(upright)), "width", "height") == (64, 128)

    @pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"\xff\xff\xff\xff"])
    def test_exif_that_cannot_be_read_is_no_damage(self, exif: bytes) -> None:
        assert measured(media.heif(media.noise(64, 64), exif=exif)).file.integrity == "whole"

    def test_a_grid(self) -> None:
        config, data = _coded()
        layout = struct.pack(">BBBBHH", 0, 0, 0, 1, 128, 64)
        items = [
            Item(1, b"grid", layout, (3,)),
            Item(2, b"hvc1", data, (1, 2)),
            Item(3, b"hvc1", data, (1, 2)),
        ]
        properties = [config, extent(64, 64), extent(128, 64)]
        found = measured(heif_file(items, properties, [reference(b"dimg", 1, 2, 3)]))
        assert told(image_facts(found), "width", "height") == (128, 64)
        assert (found.file.format, found.file.integrity) == ("heic", "whole")

    def test_a_sequence_counts_its_pictures(self) -> None:
        data = media.heif(media.noise(64, 64), media.noise(64, 64, seed=2))
        assert image_facts(measured(data)).frames == 2

    @pytest.mark.parametrize("part", [0.5, 0.99])
    def test_a_file_that_is_cut_off(self, part: float) -> None:
        data = _picture()
        found = measured(data[: int(len(data) * part)])
        assert found.file.integrity == "truncated"

    def test_a_primary_picture_that_cannot_be_read(self) -> None:
        config, data = _coded()
        broken = Item(1, b"hvc1", b"\xff" * len(data), (1, 2))
        found = measured(heif_file([broken, Item(2, b"hvc1", data, (1, 2))], [config, extent(64, 64)]))
        assert found.file.integrity in ("corrupt", "truncated")

    def test_one_that_cannot_be_opened_still_has_a_size(self) -> None:
        found = measured(heif_file([Item(1, b"hvc1", b"x", (1,))], [extent(640, 480)]))
        assert found.file.integrity not in (None, "whole")
        assert told(image_facts(found), "stored_width", "stored_height", "width") == (640, 480, None)

    def test_a_file_of_no_items(self) -> None:
        found = measured(build.brands(b"heic", b"mif1"))
        assert (found.file.format, found.file.integrity) == ("heic", "corrupt")
        assert image_facts(found).stored_width is None

    @pytest.mark.parametrize("depth", list(Depth))
    def test_other_codecs_are_not_opened(self, depth: Depth) -> None:
        found = measured(heif_file([Item(1, b"jpeg", b"x", (1,))], [extent(4, 4)]), depth=depth)
        assert (found.file.format, found.media, found.file.integrity) == ("heif with jpeg", None, None)
