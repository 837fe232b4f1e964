"""Small copies of pictures: upright, as shown, in sRGB, within their bounds; and of damage what there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.probe import build
from tests.probe.icc import display_p3, grey
from tests.probe.media import heif, noise, saved
from tests.probe.previewing import Finder, facts_of, picture, preview_of, seen, still_of
from tests.probe.quarters import BLUE, GREEN, RED, STORED, corners_of, quartered
from validator.model import Depth, Role
from validator.probe import Attention
from validator.probe.previews import PICTURE_BYTES
from validator.probe.sketch import PICTURE_SIDE

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"


def colour_at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


def middle(image: Image.Image) -> tuple[int, ...]:
    return colour_at(image, image.width // 2, image.height // 2)


class TestUpright:
    @pytest.mark.parametrize("format_name", ["jpeg", "png", "tiff", "webp"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_turned_by_exif(self, format_name: str, orientation: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        size = (300, 400) if orientation >= 5 else (400, 300)
        small = picture(saved(quartered(size, STORED[orientation]), format_name, exif=exif))
        assert small.size == (320, 240)
        assert corners_of(still_of(small)) == STORED[1]

    def test_turned_by_a_heif(self) -> None:
        small = picture((MEDIA / "turned.heic").read_bytes())
        facts = facts_of((MEDIA / "turned.heic").read_bytes()).media
        assert facts is not None
        assert small.height > small.width
        assert facts.width / facts.height == pytest.approx(small.width / small.height, abs=0.01)  # type: ignore[union-attr, operator]

    @pytest.mark.parametrize("convert", ["RGB", "RGBA", "L", "P", "CMYK", "1"])
    def test_whatever_the_mode(self, convert: str) -> None:
        data = saved(Image.linear_gradient("L").resize((640, 640)).convert(convert), "TIFF")
        small = picture(data)
        assert small.size == (320, 320)
        assert sum(middle(small)) / 3 == pytest.approx(128, abs=140 if convert == "1" else 12)
        assert sum(colour_at(small, 160, 8)) < sum(colour_at(small, 160, 312))

    @pytest.mark.parametrize("size", [(300, 200), (900, 600)])
    def test_of_wide_samples_the_upper_half_is_seen(self, size: tuple[int, int]) -> None:
        assert middle(picture(saved(Image.new("I;16", size, 40_000), "PNG"))) == pytest.approx(
            (156, 156, 156), abs=3
        )

    def test_the_first_of_several(self) -> None:
        red, blue = (quartered((32, 32), (colour,) * 4) for colour in (RED, BLUE))
        for format_name in ("GIF", "PNG", "WEBP"):
            data = saved(red, format_name, save_all=True, append_images=[blue])
            assert corners_of(still_of(picture(data))) == (RED,) * 4

    def test_heic(self) -> None:
        assert corners_of(still_of(picture(heif(quartered((640, 320)))))) == STORED[1]


class TestTransparent:
    def test_what_is_clear_shows_a_chequer(self) -> None:
        small = picture(saved(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))
        light, dark = colour_at(small, 4, 4), colour_at(small, 12, 4)
        assert min(light) > 248
        assert 215 < min(dark) <= max(dark) < 235
        assert colour_at(small, 12, 12) == pytest.approx(light, abs=4)
        assert colour_at(small, 4, 12) == pytest.approx(dark, abs=4)

    def test_what_covers_it_hides_it(self) -> None:
        image = Image.new("RGBA", (640, 640), (0, 0, 0, 0))
        image.paste((0, 0, 255, 255), (0, 0, 320, 640))
        small = picture(saved(image, "PNG"))
        assert colour_at(small, 60, 160) == pytest.approx((0, 0, 255), abs=6)
        assert min(colour_at(small, 260, 160)) > 215

    def test_the_clear_colour_of_a_palette(self) -> None:
        image = quartered((640, 640)).convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
        clear = image.getpixel((10, 10))
        small = picture(saved(image, "PNG", transparency=clear))
        assert min(colour_at(small, 20, 20)) > 215
        assert corners_of(still_of(small))[1:] == (GREEN, *STORED[1][2:])


class TestColour:
    @pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP"])
    def test_a_wide_gamut_becomes_srgb(self, format_name: str) -> None:
        image = Image.new("RGB", (64, 64), (200, 100, 100))
        red, green, blue = middle(picture(saved(image, format_name, icc_profile=display_p3())))
        assert red > 210
        assert max(green, blue) < 99

    def test_grey_stays_grey(self) -> None:
        image = Image.new("RGB", (64, 64), (128, 128, 128))
        assert middle(picture(saved(image, "PNG", icc_profile=display_p3()))) == pytest.approx(
            (128, 128, 128), abs=3
        )

    def test_with_alpha(self) -> None:
        image = Image.new("RGBA", (64, 64), (200, 100, 100, 255))
        assert middle(picture(saved(image, "PNG", icc_profile=display_p3())))[0] > 210

    @pytest.mark.parametrize(
        "profile",
        [
            display_p3("sRGB built-in"),
            display_p3(space=b"CMYK"),
            b"no profile at all",
            display_p3()[:200],
            display_p3()[:-120],
            bytes(5_000_000),
        ],
        ids=["srgb by name", "of other colours", "nonsense", "cut off", "without curves", "huge"],
    )
    def test_a_profile_that_cannot_be_applied_changes_nothing(self, profile: bytes) -> None:
        image = Image.new("RGB", (64, 64), (200, 100, 100))
        small = picture(saved(image, "TIFF", icc_profile=profile))
        assert middle(small) == pytest.approx((200, 100, 100), abs=4)

    def test_srgb_in_other_texts_of_a_profile_does_not_count(self) -> None:
        image = Image.new("RGB", (64, 64), (200, 100, 100))
        profile = display_p3(copyrighted="Made from sRGB")
        assert middle(picture(saved(image, "PNG", icc_profile=profile)))[0] > 210

    @pytest.mark.parametrize(("mode", "grey_value"), [("L", 50), ("LA", (50, 255)), ("I;16", 50 << 8)])
    def test_a_profile_of_grey(self, mode: str, grey_value: int | tuple[int, ...]) -> None:
        data = saved(Image.new(mode, (64, 64), grey_value), "TIFF", icc_profile=grey(1.0))
        assert middle(picture(data)) == pytest.approx((122, 122, 122), abs=4)  # by the curve of sRGB

    def test_a_profile_of_grey_beside_a_clear_value(self) -> None:
        image = Image.new("L", (64, 64), 50)
        data = saved(image, "PNG", icc_profile=grey(1.0), transparency=200)
        assert middle(picture(data)) == pytest.approx((122, 122, 122), abs=4)

    @pytest.mark.parametrize("profile", [display_p3(space=b"GRAY"), display_p3()])
    def test_a_profile_that_cannot_be_applied_to_grey_changes_nothing(self, profile: bytes) -> None:
        data = saved(Image.new("L", (64, 64), 100), "PNG", icc_profile=profile)
        assert middle(picture(data)) == pytest.approx((100, 100, 100), abs=3)


class TestBounds:
    @pytest.mark.parametrize(
        ("size", "small"),
        [
            ((1, 1), (1, 1)),
            ((10, 6), (10, 6)),
            ((320, 320), (320, 320)),
            ((321, 100), (320, 100)),
            ((6000, 2400), (320, 128)),
            ((1, 20_000), (1, 320)),
            ((20_000, 3), (320, 1)),
        ],
    )
    def test_no_side_is_longer_than_320_and_nothing_is_enlarged(
        self, size: tuple[int, int], small: tuple[int, int]
    ) -> None:
        assert picture(saved(Image.new("L", size, 90), "PNG")).size == small

    @pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
    def test_a_picture_that_does_not_compress_has_few_bytes_too(self, mode: str) -> None:
        preview = seen(saved(noise(700, 700, mode), "PNG"))
        assert preview.picture is not None
        assert 5_000 < len(preview.picture.data) <= PICTURE_BYTES
        assert (preview.picture.width, preview.picture.height) in {
            (PICTURE_SIDE,) * 2,
            (PICTURE_SIDE // 2,) * 2,
        }


class TestDamage:
    def test_of_a_picture_that_is_cut_off_the_beginning_is_seen(self) -> None:
        data = saved(Image.new("RGB", (800, 800), (0, 200, 0)), "JPEG", quality=95, restart_marker_rows=1)
        facts = facts_of(data[: len(data) // 2])
        assert facts.file.integrity == "truncated"
        small = picture(data[: len(data) // 2])
        assert colour_at(small, 160, 20) == pytest.approx((0, 200, 0), abs=8)
        assert max(colour_at(small, 160, 310)) < 8

    @pytest.mark.parametrize("format_name", ["png", "jpeg"])
    def test_it_is_turned_as_shown(self, format_name: str) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        data = saved(noise(600, 400), format_name, exif=exif)
        small = picture(data[: len(data) * 2 // 3])
        assert small.size == (213, 320)
        assert max(colour_at(small, 20, 160)) < 30  # what is stored last is shown on the left
        assert len(small.crop((120, 0, 213, 320)).getcolors(1_000_000) or ()) > 1000

    @pytest.mark.parametrize("format_name", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"])
    def test_nothing_is_shown_where_nothing_was_decoded(self, format_name: str) -> None:
        data = saved(noise(300, 300), format_name)
        head = {"JPEG": data.find(b"\xff\xda") + 14}.get(format_name, 60)
        assert preview_of(data[:head]) is None

    @pytest.mark.parametrize(
        "name", ["bomb.png", "no-data.png", "empty.jpg", "one-byte.jpg", "web-page.png", "image.avif"]
    )
    def test_files_of_which_there_is_nothing_to_see(self, name: str) -> None:
        facts = facts_of((MEDIA / name).read_bytes(), name)
        assert facts.preview is None
        assert facts.file.sha256 is not None

    def test_a_canvas_that_nobody_could_hold(self) -> None:
        head = build.png_head(60_000, 60_000)
        data = (
            build.PNG + build.png_chunk(b"IHDR", head) + build.png_chunk(b"IDAT") + build.png_chunk(b"IEND")
        )
        facts = facts_of(data)
        assert (facts.file.expansion, facts.preview) == ("pixels", None)

    def test_a_wrong_checksum_hides_nothing(self) -> None:
        data = (MEDIA / "wrong-checksum.png").read_bytes()
        assert facts_of(data).file.integrity == "corrupt"
        assert picture(data).size == (320, 256)


class TestWhetherAtAll:
    def test_not_unless_asked_for(self) -> None:
        data = saved(quartered((32, 32)), "PNG")
        facts = facts_of(data, previews=False)
        assert facts.preview is None
        assert "preview" not in facts.values()

    def test_no_pixels_are_read_at_depth_header(self) -> None:
        assert preview_of(saved(quartered((32, 32)), "PNG"), Depth.HEADER) is None

    @pytest.mark.parametrize("role", [None, Role.PRODUCT])
    def test_whether_anybody_is_looked_for_does_not_matter(self, role: Role | None) -> None:
        data = saved(quartered((400, 300)), "PNG")
        alone = facts_of(data, role=role)
        finder = Finder(lambda _: True)
        with_people = facts_of(data, role=role, people=Attention(finder))
        assert alone.preview == with_people.preview is not None
        assert alone.faces is None
        assert with_people.faces is not None
        assert with_people.faces.face_count == 1
