"""Copies of pictures by a recipe: what is asked for is done, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import PIL.Image
import pytest
from PIL import ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from tests.repair.image_files import HEIGHT, WIDTH, copied, far, gamma_profile, open_copy, scene, stored
from validator.errors import Cancelled
from validator.model import Depth, ImageFacts
from validator.people import Box
from validator.probe.image import probe_image
from validator.probe.sniff import sniff
from validator.repair.colour_modes import HELD, choose_mode
from validator.repair.colour_plan import choose_colours
from validator.repair.demands import Demands
from validator.repair.image_make import make_image
from validator.repair.image_problem import ImageProblemError
from validator.repair.image_save import CONTAINERS
from validator.repair.image_texts import exif_in, xmp_in
from validator.repair.options import RepairOptions
from validator.repair.recipe import Canvas, ImageRecipe

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6" dc:title="A"/></x:xmpmeta>'


def opened(name: str) -> io.BytesIO:
    return io.BytesIO((MEDIA / name).read_bytes())


def facts_of(content: bytes) -> ImageFacts:
    file = io.BytesIO(content)
    found = probe_image(file, str(sniff(file).format), Depth.FULL, lambda: False)
    assert found.damage.integrity == "whole"
    assert isinstance(found.facts, ImageFacts)
    return found.facts


@pytest.mark.parametrize("format_name", sorted(CONTAINERS))
@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "P", "RGB", "RGBA", "CMYK"])
def test_each_mode_is_written_in_each_format(mode: str, format_name: str) -> None:
    if mode == "I;16":
        image = scene().convert("L").convert("I").point(lambda sample: sample * 257).convert("I;16")
    else:
        image = scene().convert(mode)
    source = stored(image, "TIFF" if mode == "CMYK" else "PNG")
    _, made, content = copied(source, ImageRecipe(format=format_name))
    file = io.BytesIO(content)
    sniffed = sniff(file).format
    assert sniffed == {"heif": "heic"}.get(format_name, format_name)
    assert made.quality is not None
    assert made.quality.ssim > 0.95
    if format_name in ("png", "tiff", "bmp") and not (format_name == "bmp" and mode == "I;16"):
        assert made.quality.psnr is None  # nothing is lost


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "P", "RGB", "RGBA"])
def test_a_mode_that_the_format_holds_stays(mode: str) -> None:
    copy, _, _ = copied(stored(scene().convert(mode), "PNG"), ImageRecipe(format="png"))
    assert copy.mode == mode


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("plugin", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_is_turned_upright_and_its_exif_says_so(plugin: str, orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker"
    options: dict[str, Any] = {"lossless": True} if plugin == "WEBP" else {"quality": 95}
    source = stored(scene(), plugin, exif=exif, **options)
    upright = ImageOps.exif_transpose(PIL.Image.open(source))
    copy, _, content = copied(source, ImageRecipe(format="png", turn=True))
    assert copy.size == ((WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH))
    assert far(copy, upright) == 0
    assert not facts_of(content).orientation
    assert copy.getexif().get(0x010F) == "Maker"


def test_a_jpeg_that_is_only_turned_loses_almost_nothing() -> None:
    source = opened("orientation-6.jpg")
    copy, made, _ = copied(source, ImageRecipe(format="jpeg", turn=True))
    before: Any = PIL.Image.open(source)
    table, turned = before.quantization[0], copy.quantization[0]  # type: ignore[attr-defined]
    assert [table[8 * row + column] for column in range(8) for row in range(8)] == list(turned)
    assert made.quality is not None
    assert made.quality.ssim > 0.999


def test_a_jpeg_stays_as_it_lies_where_nothing_is_moved() -> None:
    copy, _, content = copied(opened("orientation-6.jpg"), ImageRecipe(format="jpeg", max_bytes=10**6))
    assert copy.getexif().get(0x0112) == 6
    assert facts_of(content).orientation


def test_without_its_exif_a_picture_has_to_be_turned() -> None:
    source = opened("orientation-6.jpg")
    upright = ImageOps.exif_transpose(PIL.Image.open(source))
    copy, _, _ = copied(source, ImageRecipe(format="jpeg", metadata="drop"))
    assert copy.size == upright.size
    assert "exif" not in copy.info


def test_crop_scale_and_canvas_are_applied_in_this_order() -> None:
    recipe = ImageRecipe(
        format="png",
        crop=Box(WIDTH // 2, HEIGHT // 2, 24, 16),  # all of one colour
        size=(48, 32),
        canvas=Canvas(60, 40, 6, 4, "#010203"),
    )
    copy, made, _ = copied(stored(scene(), "PNG"), recipe)
    assert copy.size == (60, 40)
    assert copy.getpixel((0, 0)) == (1, 2, 3) == copy.getpixel((59, 39))
    assert {copy.getpixel(at) for at in ((6, 4), (53, 35), (30, 20))} == {(250, 250, 240)}
    assert made.quality is not None
    assert made.quality.of == "the original scaled alike"
    assert made.quality.psnr is None  # padding does not count


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (ImageRecipe(format="png", crop=Box(90, 0, 10, 10)), "lies outside of the picture of 96x64 px"),
        (ImageRecipe(format="png", canvas=Canvas(90, 90, 0, 0, "blur")), "no room for it"),
        (ImageRecipe(format="png", frame=1), "It has 1 frames: there is none with the number 1."),
        (ImageRecipe(format="xcf"), "No picture can be written here in the format xcf."),
        (ImageRecipe(format="png", max_bytes=60), "It cannot be brought to 60 bytes"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(recipe: ImageRecipe, reason: str) -> None:
    with pytest.raises(ImageProblemError, match=reason):
        make_image(recipe, stored(scene(), "PNG"), lambda: False)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("truncated-50.jpg", "could not be read, changed or written: image file is truncated"),
        ("image.svg", "Nothing comes out when the drawing is drawn here"),
        ("video.mp4", "The original is no picture."),
        ("bomb.png", "larger than what is decoded"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, reason: str) -> None:
    with pytest.raises(ImageProblemError, match=reason):
        make_image(ImageRecipe(format="png"), opened(name), lambda: False)


def test_a_run_that_was_asked_to_stop_stops() -> None:
    with pytest.raises(Cancelled):
        make_image(ImageRecipe(format="png"), stored(scene(), "PNG"), lambda: True)


@pytest.mark.parametrize("frame", [0, 2])
@pytest.mark.parametrize("name", ["animated.gif", "animated.webp", "animated.png", "pages.tiff"])
def test_the_frame_that_is_asked_for_is_kept(name: str, frame: int) -> None:
    source = opened(name)
    original = PIL.Image.open(source)
    frame = min(frame, original.n_frames - 1)  # type: ignore[attr-defined]
    original.seek(frame)
    copy, _, content = copied(source, ImageRecipe(format="png", frame=frame))
    assert far(copy, original) == 0
    assert facts_of(content).frames == 1


@pytest.mark.parametrize(("frame", "colour"), [(None, "blue"), (0, "red"), (1, "blue")])
def test_without_a_number_the_picture_that_is_shown_first_stays(frame: int | None, colour: str) -> None:
    from pillow_heif import from_pillow

    both = from_pillow(PIL.Image.new("RGB", (64, 64), "red"))
    both.add_from_pillow(PIL.Image.new("RGB", (64, 64), "blue"))
    file = io.BytesIO()
    both.save(file, primary_index=1)
    copy, _, _ = copied(file, ImageRecipe(format="png", frame=frame))
    assert far(copy, PIL.Image.new("RGB", (64, 64), colour)) <= 2


@pytest.mark.parametrize("name", ["image.avif", "image.jp2", "image.ico", "image.heic", "grid.heic"])
def test_other_formats_become_what_is_taken(name: str) -> None:
    _, made, content = copied(opened(name), ImageRecipe(format="png"))
    assert facts_of(content).width
    assert made.quality is not None
    assert made.quality.psnr is None


def test_what_is_transparent_gets_a_colour_behind_it() -> None:
    image = scene()
    image.putalpha(PIL.Image.new("L", image.size, 0))
    copy, made, _ = copied(stored(image, "PNG"), ImageRecipe(format="png", flatten="#0a141e"))
    assert (copy.mode, copy.getpixel((3, 3))) == ("RGB", (10, 20, 30))
    assert made.notes == ()
    copy, made, _ = copied(stored(image, "PNG"), ImageRecipe(format="jpeg"))
    assert copy.getpixel((3, 3)) == (255, 255, 255)
    assert made.notes == ("jpeg holds no transparency: what was transparent is #ffffff.",)


def test_wide_samples_stay_or_are_rounded() -> None:
    wide = PIL.Image.new("I;16", (8, 8), 32896)  # 128 of 255
    assert copied(stored(wide, "PNG"), ImageRecipe(format="png"))[0].getpixel((0, 0)) == 32896
    copy, made, _ = copied(stored(wide, "PNG"), ImageRecipe(format="png", depth8=True))
    assert (copy.mode, copy.getpixel((0, 0)), made.notes) == ("L", 128, ())
    _, made, _ = copied(stored(wide, "PNG"), ImageRecipe(format="jpeg"))
    assert made.notes == ("Its 16 bits a sample became 8: no more can be written here.",)


def test_colours_are_converted_by_their_profile_or_keep_it() -> None:
    profile = gamma_profile(1.0)
    source = stored(PIL.Image.new("RGB", (9, 9), (55, 55, 55)), "PNG", icc_profile=profile)
    kept, _, _ = copied(source, ImageRecipe(format="png"))
    assert kept.info["icc_profile"] == profile
    assert kept.getpixel((0, 0)) == (55, 55, 55)
    converted, made, _ = copied(source, ImageRecipe(format="png", srgb=True))
    assert "icc_profile" not in converted.info
    assert converted.getpixel((0, 0)) == pytest.approx((128, 128, 128), abs=1)  # 0.2157 in linear light
    assert made.quality is not None
    assert made.quality.psnr is None  # the same colours
    unable, _, _ = copied(source, ImageRecipe(format="bmp"))  # which holds no profile
    assert unable.getpixel((0, 0)) == converted.getpixel((0, 0))


def test_a_profile_of_grey_does_not_stay_with_colours() -> None:
    grey = stored(PIL.Image.new("L", (9, 9), 55), "PNG", icc_profile=gamma_profile(1.0, b"GRAY"))
    stays, _, _ = copied(grey, ImageRecipe(format="png", canvas=Canvas(20, 9, 5, 0, "#808080")))
    assert (stays.mode, "icc_profile" in stays.info) == ("L", True)
    goes, _, _ = copied(grey, ImageRecipe(format="png", canvas=Canvas(20, 9, 5, 0, "#ff0000")))
    assert (goes.mode, "icc_profile" in goes.info) == ("RGB", False)
    wrong = stored(scene(), "PNG", icc_profile=gamma_profile(1.0, b"GRAY"))
    copy, made, _ = copied(wrong, ImageRecipe(format="png"))
    assert "icc_profile" not in copy.info
    assert made.notes == ("Its colour profile is not of its colours, or cannot be read: it is left out.",)


def test_cmyk_is_kept_where_it_may_be() -> None:
    source = stored(scene().convert("CMYK"), "JPEG")
    assert copied(source, ImageRecipe(format="jpeg"))[0].mode == "CMYK"
    copy, made, _ = copied(source, ImageRecipe(format="jpeg", srgb=True))
    assert copy.mode == "RGB"
    assert made.notes == ("Its CMYK colours name no profile: they are turned into RGB by arithmetic.",)


def test_lab_and_floating_point_become_what_a_screen_shows() -> None:
    srgb, space = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(scene(), srgb, space, outputMode="LAB")
    assert lab is not None
    back = ImageCms.profileToProfile(lab, space, srgb, outputMode="RGB")
    assert back is not None
    copy, _, _ = copied(stored(lab, "TIFF"), ImageRecipe(format="png"))
    assert far(copy, back) == 0
    floats = scene().convert("L").convert("F").point(lambda sample: sample * (1 / 255) + 0.0)
    copy, _, _ = copied(stored(floats, "TIFF"), ImageRecipe(format="png"))
    assert far(copy, scene().convert("L")) <= 1


@pytest.mark.parametrize("format_name", ["jpeg", "png", "webp", "tiff", "heic"])
def test_metadata_go_along_or_are_dropped(format_name: str) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "Maker", {1: "N"}
    exif[0x8769] = {0x9003: "2026:01:02 03:04:05", 0xA002: WIDTH, 0xA003: HEIGHT}
    source = stored(scene(), "JPEG", exif=exif, xmp=XMP, icc_profile=gamma_profile(2.0), dpi=(300, 300))
    content, made = make_image(ImageRecipe(format=format_name, turn=True), source, lambda: False)
    with open_copy(bytes(content)) as copy:
        kept = copy.getexif()
        assert kept[0x010F] == "Maker"
        assert kept.get(0x0112, 1) == 1
        if format_name == "tiff":
            assert "settings and place" in made.notes[0]
        else:
            camera = kept.get_ifd(0x8769)
            assert (camera[0x9003], camera[0xA002], camera[0xA003]) == ("2026:01:02 03:04:05", HEIGHT, WIDTH)
            assert kept.get_ifd(0x8825)[1] == "N"
            assert made.notes == ()
        assert copy.info["icc_profile"] == gamma_profile(2.0)
        xmp = copy.info["xmp"]
        assert b'tiff:Orientation="1" dc:title="A"' in (xmp.encode() if isinstance(xmp, str) else xmp)
    bare = ImageRecipe(format=format_name, turn=True, metadata="drop")
    content, _ = make_image(bare, source, lambda: False)
    with open_copy(bytes(content)) as copy:
        assert not copy.getexif().get(0x010F)
        assert not copy.info.get("xmp")
        assert copy.info["icc_profile"]  # without it, the colours would be others


IPTC = b"\x1c\x02\x78\x00\x05Title"


def full_jpeg() -> io.BytesIO:
    """With all that a JPEG carries beside its pixels."""
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    resource = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(IPTC).to_bytes(4, "big") + IPTC
    segment = b"\xff\xed" + (len(resource) + 2).to_bytes(2, "big") + resource
    return stored(scene(), "JPEG", exif=exif, xmp=XMP, comment=b"secret", extra=segment)


@pytest.mark.parametrize("format_name", ["png", "tiff"])
@pytest.mark.parametrize(
    "recipe",
    [
        ImageRecipe(format=""),
        ImageRecipe(format="", size=(48, 32)),
        ImageRecipe(format="", canvas=Canvas(WIDTH, 128, 0, 32, "blur")),
        ImageRecipe(format="", flatten="#ffffff", size=(48, 32)),
    ],
)
@pytest.mark.parametrize(("mode", "clear"), [("I;16", 0x4040), ("1", 0)])
def test_the_one_grey_that_is_clear_stays_clear(
    mode: str, clear: int, recipe: ImageRecipe, format_name: str
) -> None:
    picture = PIL.Image.new(mode, (WIDTH, HEIGHT), 50_000 if clear else 1)
    picture.paste(clear, (0, 0, WIDTH // 2, HEIGHT))
    file = stored(picture, "PNG", transparency=clear)
    before = facts_of(file.getvalue())
    assert before.alpha
    colours = choose_colours(
        before,
        format_name,
        Demands(allowed={} if recipe.flatten is None else {"alpha": ()}),
        RepairOptions(),
        mixed=recipe != ImageRecipe(format=""),
    )
    recipe = msgspec.structs.replace(recipe, format=format_name, depth8=colours.depth8)
    copy, _, content = copied(file, recipe)
    shown = copy.convert("RGBA")
    middle = copy.height // 2
    left, right = shown.getpixel((2, middle)), shown.getpixel((copy.width - 3, middle))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[3] == (0 if recipe.flatten is None else 255)
    assert right == ((195, 195, 195, 255) if mode == "I;16" else (255, 255, 255, 255))
    if recipe.flatten is None:
        after = facts_of(content)
        assert (after.mode, after.bit_depth, after.alpha) == (colours.mode, colours.bit_depth, colours.alpha)
        assert after.mode == "LA"


@pytest.mark.parametrize("name", ["exif", "APP1"])
def test_a_png_s_texts_turn_with_it(name: str) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A maker"
    block, texts = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0"), PngInfo()
    texts.add_text(f"Raw profile type {name}", f"\n{name}\n{len(block):8}\n{block.hex()}\n")
    texts.add_text("Raw profile type xmp", f"\nxmp\n{len(XMP):8}\n{XMP.hex()}\n")
    texts.add_text("exif:Orientation", "6")
    texts.add_text("Author", "6")
    turned: Any = copied(stored(scene(), "PNG", pnginfo=texts, exif=exif), ImageRecipe(format="png"))[0]
    assert turned.size == (HEIGHT, WIDTH)
    assert (turned.text["exif:Orientation"], turned.text["Author"]) == ("1", "6")
    assert PIL.Image.Exif.get(turned.getexif(), 0x0112) == 1
    inside = PIL.Image.Exif()
    inside.load(exif_in(f"Raw profile type {name}", turned.text[f"Raw profile type {name}"]))
    assert (inside[0x0112], inside[0x010F]) == (1, "A maker")
    packet = xmp_in("Raw profile type xmp", turned.text["Raw profile type xmp"])
    assert packet == XMP.replace(b'"6"', b'"1"')


def test_by_its_texts_alone_no_png_is_turned() -> None:
    exif, texts = PIL.Image.Exif(), PngInfo()
    exif[0x0112] = 6
    block = exif.tobytes()
    text = f"\nexif\n{len(block):8}\n{block.hex()}\n"
    texts.add_text("Raw profile type exif", text)
    copy: Any = copied(stored(scene(), "PNG", pnginfo=texts), ImageRecipe(format="png", size=(48, 32)))[0]
    assert copy.size == (48, 32)
    assert copy.text == {"Raw profile type exif": text}


def test_nothing_of_the_metadata_stays_where_none_are_wanted() -> None:
    copy, made, content = copied(full_jpeg(), ImageRecipe(format="jpeg", turn=True, metadata="drop"))
    assert not {"exif", "xmp", "comment", "photoshop"} & set(copy.info)
    for part in (b"Maker", b"Title", b"secret", b"adobe"):
        assert part not in content
    assert made.notes == ()
    texts = PngInfo()
    texts.add_text("Author", "secret")
    texts.add_itxt("Comment", "secret")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    bare = ImageRecipe(format="png", metadata="drop")
    _, _, content = copied(stored(scene(), "PNG", pnginfo=texts), bare)
    for chunk in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
        assert chunk not in content


def test_exif_alone_may_be_left_out() -> None:
    copy, made, content = copied(full_jpeg(), ImageRecipe(format="jpeg", turn=True, metadata="no-exif"))
    assert "exif" not in copy.info
    assert facts_of(content).exif == "none"
    assert copy.size == (HEIGHT, WIDTH)  # upright, as nothing says any more how it is to be turned
    assert (copy.info["comment"], copy.info["photoshop"][0x0404]) == (b"secret", IPTC)
    assert b"adobe" in content
    assert made.notes == ()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P"])
@pytest.mark.parametrize("before", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pixels_become_what_is_asked_for(before: str, mode: str) -> None:
    picture = PIL.Image.new("I;16", (WIDTH, HEIGHT), 40_000) if before == "I;16" else scene().convert(before)
    source = stored(picture, "TIFF" if before == "CMYK" else "PNG")
    recipe = ImageRecipe(format="png", mode=mode, srgb=True, canvas=Canvas(120, 120, 0, 0, "blur"))
    copy, made, content = copied(source, recipe)
    assert (copy.mode, copy.size) == (mode, (120, 120))
    assert facts_of(content).mode == mode
    assert made.quality is not None


@pytest.mark.parametrize("format_name", sorted(HELD.keys() - {"avif"}))  # which is not judged
@pytest.mark.parametrize("alpha", [255, 128])
def test_what_a_format_is_said_to_hold_is_what_is_read_again(format_name: str, alpha: int) -> None:
    picture = scene()
    if alpha != 255:
        picture.putalpha(alpha)
    facts = ImageFacts(mode=picture.mode, alpha=alpha != 255)
    for wanted in ("RGB", "RGBA", "L", "LA", "P"):
        mode = choose_mode(facts, format_name, Demands(allowed={"mode": (wanted,)}))
        recipe = ImageRecipe(format=format_name, mode=mode, srgb=True)
        _, _, content = copied(stored(picture, "PNG"), recipe)
        assert mode in ("", facts_of(content).mode)


def test_captions_of_photo_agencies_go_along() -> None:
    source = stored(scene(), "TIFF", tiffinfo={33723: b"\x1c\x02\x78\x00\x05Title"}, dpi=(72, 72))
    jpeg, made, content = copied(source, ImageRecipe(format="jpeg"))
    assert jpeg.info["photoshop"][0x0404] == b"\x1c\x02\x78\x00\x05Title"
    assert jpeg.info["dpi"] == pytest.approx((72, 72), abs=0.1)
    tiff, _, _ = copied(io.BytesIO(content), ImageRecipe(format="tiff"))
    assert tiff.tag_v2[33723].startswith(b"\x1c\x02\x78\x00\x05Title")  # type: ignore[attr-defined]
    _, made, _ = copied(source, ImageRecipe(format="png"))
    assert made.notes == ("png has no room for what is left out: IPTC.",)


def test_exif_with_an_orientation_that_there_is_not_is_mended() -> None:
    copy, made, content = copied(opened("orientation-9.jpg"), ImageRecipe(format="jpeg", turn=True))
    assert made.notes == ()
    assert copy.getexif()[0x0112] == 1
    assert facts_of(content).exif == "readable"


def test_exif_that_cannot_be_read_is_left_out() -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x09\0"  # nine entries, and none there
    copy, made, _ = copied(stored(scene(), "JPEG", exif=exif), ImageRecipe(format="jpeg"))
    assert "exif" not in copy.info
    assert made.notes == ("Its Exif is left out, since it cannot be read: its directory is cut off.",)


def test_a_palette_keeps_its_clear_colour() -> None:
    image = scene().quantize(16)
    image.info["transparency"] = image.getpixel((0, 0))
    source = stored(image, "GIF", transparency=image.info["transparency"])
    for format_name in ("gif", "png", "tiff", "webp"):
        copy, made, _ = copied(source, ImageRecipe(format=format_name))
        clear: Any = copy.convert("RGBA").getpixel((0, 0))
        assert clear[3] == 0, format_name
        assert made.quality is not None
        assert made.quality.ssim > 0.95, format_name


def test_a_lossless_webp_stays_lossless() -> None:
    _, made, content = copied(stored(scene(), "WEBP", lossless=True), ImageRecipe(format="webp"))
    assert b"VP8L" in content
    assert made.quality is not None
    assert made.quality.psnr is None
    _, _, content = copied(stored(scene(), "WEBP", quality=80), ImageRecipe(format="webp"))
    assert b"VP8L" not in content


def test_a_comment_becomes_a_text_of_a_png_and_no_text_is_lost_in_silence() -> None:
    source = stored(scene(), "JPEG", comment="café".encode())
    copy, made, content = copied(source, ImageRecipe(format="png"))
    assert copy.info["Comment"] == "café"
    assert made.notes == ()
    _, made, _ = copied(io.BytesIO(content), ImageRecipe(format="jpeg"))
    assert made.notes == ("jpeg has no room for what is left out: texts.",)
