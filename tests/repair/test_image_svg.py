"""Vector drawings: nothing in them is loaded or run, none grows, and they are drawn in the size asked for."""

from __future__ import annotations

import base64
import io
import socket
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import PIL.Image
import pytest

from tests.repair.image_files import copied, far, scene, stored
from validator import RepairOptions, repair
from validator.model import ImageFacts
from validator.people import Box
from validator.repair.image_drawing import drawn, open_drawing
from validator.repair.image_problem import ImageProblemError, told_of_panic
from validator.repair.image_read import why_unreadable
from validator.repair.image_survey import survey_image
from validator.repair.image_svg import HTML_LEFT_OUT, OWN_FONTS, SYSTEM_FONTS, read_svg
from validator.repair.recipe import ImageRecipe

SQUARES = '<rect width="50%" height="100%" fill="#f00"/><rect x="50%" width="50%" height="50%" fill="#00f"/>'


def svg(content: str = SQUARES, attributes: str = 'width="100" height="50" viewBox="0 0 10 5"') -> io.BytesIO:
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return io.BytesIO(f"{head} {attributes}>{content}</svg>".encode())


def problem(file: io.BytesIO) -> str:
    return survey_image(file, "svg", lambda: False).problem


@pytest.mark.parametrize(
    ("attributes", "size", "note"),
    [
        ('width="301" height="400"', (301, 400), ""),
        ('width="301.4px" height=" 4e2 "', (301, 400), ""),
        ('width="1in" height="25.4mm"', (96, 96), ""),
        ('width="200" viewBox="0 0 10 5"', (200, 100), ""),
        ('height="200" viewBox="0,0,10,5"', (400, 200), ""),
        ('viewBox="-5 -5 24 48"', (24, 48), "It names no size in pixels: that of its coordinates"),
        ('width="100%" height="100%" viewBox="0 0 24 48"', (24, 48), "It names no size in pixels"),
        ("", (300, 150), "It names no size: 300x150 pixels are taken, as browsers do."),
        ('style="width:400px; HEIGHT : 3in !important;max-width:9px"', (400, 288), ""),
        ('width="10" height="10" style="width:90px;height:auto"', (90, 10), ""),
        (
            'viewBox="0 0 1.4 1"',
            (7, 5),
            "It names no size in pixels: that of its coordinates is taken, 1.4x1.",
        ),
        ('width="3.4" height="2.5"', (34, 25), ""),
        ('width="0.2" height="0.1"', (2, 1), ""),
        ('width="1e-310" height="2e-310"', (1, 1), ""),
        ('width="9000" height="0.3"', (9000, 1), ""),
        ('width="1e9" height="5e6"', (4096, 20), "It names a size of 1e+09x5e+06 pixels: 4096x20 is"),
    ],
)
def test_the_size_is_the_one_it_names_or_has_by_its_shape(
    attributes: str, size: tuple[int, int], note: str
) -> None:
    found = survey_image(svg(attributes=attributes), "svg", lambda: False)
    assert not found.problem
    assert isinstance(found.facts, ImageFacts)
    assert (found.facts.width, found.facts.height, found.facts.frames) == (*size, 1)
    assert [each.startswith(note) for each in found.notes] == ([True] if note else [])


def test_a_size_in_its_style_is_the_one_it_is_drawn_in() -> None:
    image = drawn(open_drawing(svg(attributes='style="width:40px;height:20px" width="9" viewBox="0 0 10 5"')))
    assert image.size == (40, 20)
    assert image.getpixel((0, 0)) == image.getpixel((19, 19)) == (255, 0, 0, 255)


def test_a_circle_in_a_small_size_stays_round() -> None:
    circle = svg('<circle cx=".7" cy=".5" r=".5"/>', 'width="3.4" height="2.5" viewBox="0 0 1.4 1"')
    drawing = open_drawing(circle)
    box = drawn(drawing, None, (drawing.size[0] * 20, drawing.size[1] * 20)).getchannel("A").getbbox()
    assert box is not None
    assert abs((box[2] - box[0]) / (box[3] - box[1]) - 1) < 0.01


@pytest.mark.parametrize("attributes", ['width="0" height="5"', 'width="-3" height="5"', 'width="1e999"'])
def test_a_size_in_which_nothing_can_be_drawn_is_no_size(attributes: str) -> None:
    assert problem(svg(attributes=attributes)).startswith("The drawing names a size of ")


def test_it_is_transparent_only_where_something_is_seen_through_it() -> None:
    for content, is_clear in ((SQUARES, True), ('<path d="M0 0h10v5h-10z"/>', False)):
        facts = survey_image(svg(content), "svg", lambda: False).facts
        assert isinstance(facts, ImageFacts)
        assert (facts.alpha, facts.mode) == (is_clear, "RGBA" if is_clear else "RGB")


def test_it_is_drawn_in_the_size_of_the_copy_and_not_enlarged() -> None:
    circle = '<circle cx="5" cy="2.5" r="2" fill="#080"/>'
    copy, made, _ = copied(svg(circle), ImageRecipe(format="png", size=(1000, 500)))
    assert copy.size == (1000, 500)
    across = [copy.getpixel((x, 250)) for x in range(1000)]
    edges = [pixel for pixel in across if pixel not in ((0, 0, 0, 0), (0, 136, 0, 255))]
    assert len(edges) <= 2  # enlarged from 100 pixels, it would have soft edges
    assert made.quality is not None
    assert made.quality.ssim == 1


def test_a_part_is_drawn_as_it_lies_in_the_whole() -> None:
    drawing = open_drawing(svg())
    whole = drawn(drawing, None, (400, 200))
    part = drawn(drawing, Box(25, 10, 50, 30), (200, 120))
    assert far(part, whole.crop((100, 40, 300, 160))) == 0
    assert part.getpixel((0, 0)) == (255, 0, 0, 255)
    assert part.getpixel((199, 119)) == (0, 0, 0, 0)


def test_a_part_is_cropped_once() -> None:
    copy, _, _ = copied(svg(), ImageRecipe(format="png", crop=Box(50, 0, 50, 25), size=(200, 100)))
    assert copy.size == (200, 100)
    assert copy.convert("RGB").getcolors() == [(20_000, (0, 0, 255))]


def test_where_it_would_lie_in_another_drawing_is_nothing_to_it() -> None:
    beside = svg(attributes='x="50" y="9" width="100" height="50" viewBox="0 0 10 5"')
    assert far(drawn(open_drawing(beside)), drawn(open_drawing(svg()))) == 0


@pytest.mark.skipif(not any(Path("/usr/share/fonts").rglob("*.ttf")), reason="no fonts here")
def test_text_is_drawn() -> None:
    image = drawn(open_drawing(svg('<text x="0" y="5" font-size="5">MMM</text>')))
    assert image.getchannel("A").getbbox() is not None


def test_coordinates_of_another_ratio_lie_in_the_middle() -> None:
    image = drawn(
        open_drawing(svg('<path d="M0 0h10v10h-10z"/>', 'width="300" height="100" viewBox="0 0 10 10"'))
    )
    assert image.size == (300, 100)
    assert image.getchannel("A").getbbox() == (100, 0, 200, 100)


@pytest.mark.parametrize("level", ["small", "wide"])
def test_a_drawing_becomes_a_picture_of_the_least_size_without_a_warning(level: str, tmp_path: Path) -> None:
    content = svg() if level == "small" else svg(attributes='width="4" height="1" viewBox="0 0 10 5"')
    (tmp_path / "logo.svg").write_bytes(content.getvalue())
    options = RepairOptions(max_enlarge=Fraction(2))
    (mended,) = repair(tmp_path / "logo.svg", tmp_path / "out", options=options)
    assert mended.status == "mended", mended.reason
    assert mended.path == tmp_path / "out" / "logo.png"
    assert mended.plan is not None
    assert not any("enlarged" in warning for warning in mended.plan.warnings)
    hows = [change.how for change in mended.plan.changes if change.what == "size"]
    with PIL.Image.open(mended.path) as image:
        width, height = image.size
    assert min(width, height) >= 300
    assert len(hows) == 1
    assert hows[0].startswith("drawn at ")


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a picture in the current folder, which no drawing may show."""
    PIL.Image.new("RGB", (8, 8), "#0f0").save(tmp_path / "canary.png")
    monkeypatch.chdir(tmp_path)
    return "canary.png"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """An address on this machine, and who came to it."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def wait() -> None:
            while not over.is_set():
                try:
                    came.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/canary.png", came
        finally:
            over.set()
            thread.join()


LOADING = (
    '<image href="{}" width="10" height="5"/>',
    '<image xlink:href=" {}" width="10" height="5"/>',
    '<image xlink:href="#a" href="{}" width="10" height="5"/>',
    '<use href="{}#part"/>',
    '<filter id="f"><feImage href="{}"/></filter><rect width="9" height="5" filter="url(#f)"/>',
    '<rect width="9" height="5" fill="url({})"/>',
    '<rect width="9" height="5" style="fill: URL( \'{}\' )"/>',
    '<style>rect {{ fill: url("{}") }}</style><rect width="9" height="5"/>',
    '<style><![CDATA[ rect {{ fill: u\\72l({}) }} ]]></style><rect width="9" height="5"/>',
    '<g xmlns:x="http://www.w3.org/1999/xlink"><image x:href="{}" width="10" height="5"/></g>',
    '<linearGradient id="g" href="{}"/><rect width="9" height="5" fill="url(#g)"/>',
)


@pytest.mark.parametrize("content", LOADING)
def test_nothing_is_loaded(content: str, canary: str, listener: tuple[str, list[object]]) -> None:
    address, came = listener
    for name in (
        canary,
        f"./{canary}",
        str(Path(canary).absolute()),
        Path(canary).absolute().as_uri(),
        address,
    ):
        assert problem(svg(content.format(name))).startswith(
            "The drawing refers to something that does not lie in it ("
        )
    assert not came


@pytest.mark.parametrize(
    "content",
    [
        '<a href="{}">' + SQUARES + "</a>",
        SQUARES + '<script href="{}">load("{}")</script>',
        "<style>@import url({}); rect {{ opacity: 1 }}</style>" + SQUARES,
        "<g onload=\"load('{}')\">" + SQUARES + "</g>",
        SQUARES + '<foreignObject><img src="{}" xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<g xml:base="{}">' + SQUARES + "</g>",
    ],
)
def test_what_is_not_drawn_anyway_is_left_out(
    content: str, canary: str, listener: tuple[str, list[object]]
) -> None:
    address, came = listener
    for name in (canary, address):
        read = read_svg(svg(content.format(name, name)))
        assert "canary" not in read.content + repr(read.root)
        assert far(drawn(open_drawing(svg(content.format(name, name)))), drawn(open_drawing(svg()))) == 0
    assert not came


def test_a_style_sheet_beside_it_is_not_read(canary: str) -> None:
    file = io.BytesIO(b'<?xml-stylesheet href="%s"?>' % canary.encode() + svg().getvalue())
    assert "canary" not in read_svg(file).content


def embedded(image: PIL.Image.Image, plugin: str = "PNG", kind: str = "png") -> str:
    content = base64.b64encode(stored(image, plugin).getvalue()).decode()
    return (
        f'<image width="10" height="5" preserveAspectRatio="none" href="data:image/{kind};base64,{content}"/>'
    )


def test_a_picture_within_it_is_drawn() -> None:
    image = drawn(open_drawing(svg(embedded(PIL.Image.new("RGB", (2, 1), "#0f0")))))
    assert image.getpixel((50, 25)) == (0, 255, 0)


def test_a_picture_within_it_is_what_its_bytes_say() -> None:
    inner = base64.b64encode(svg('<image href="/etc/hostname" width="5" height="5"/>').getvalue()).decode()
    for kind in ("svg+xml", "png"):
        found = problem(svg(f'<image href="data:image/{kind};base64,{inner}" width="9" height="9"/>'))
        assert found == "The drawing holds a picture of an unusual format: export it as PNG."
    assert "unusual format" in problem(svg(embedded(scene(), "TIFF", "png")))
    assert "cannot be read" in problem(svg('<image href="data:image/png;base64,iVBORw0KGgo="/>'))
    assert "data:" in problem(svg('<use href="data:image/png;base64,AAAA"/>'))


def test_a_picture_within_it_may_not_be_too_large() -> None:
    bomb = bytearray(stored(PIL.Image.new("1", (8, 8)), "PNG").getvalue())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    inner = base64.b64encode(bomb).decode()
    found = problem(svg(f'<image href="data:image/png;base64,{inner}" width="9" height="9"/>'))
    assert found.startswith("The drawing holds a picture larger than what is decoded: 60000x60000")


def test_entities_are_refused_and_a_bare_document_type_is_not() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    for head in (bomb, outside):
        found = problem(io.BytesIO(head.encode() + svg("<text>&a;</text>").getvalue()))
        assert found == "The drawing declares entities, which are not read: export it as PNG."
    usual = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert not problem(io.BytesIO(usual + svg().getvalue()))
    assert "entities" in problem(io.BytesIO(usual + svg("<text>&nbsp;</text>").getvalue()))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<g>" * 300 + SQUARES + "</g>" * 300, "nests more than 256 elements"),
        ("<g/>" * 200_001, "more than 200,000 elements"),
        ("<!--" + " " * 16_000_000 + "-->", "at most 16,000,000 are read"),
    ],
)
def test_what_is_too_much_is_refused(content: str, reason: str) -> None:
    assert reason in problem(svg(content))


def test_parts_that_repeat_each_other_are_counted_as_often_as_they_are_drawn() -> None:
    def nested(levels: int, reference: str) -> str:
        each = (
            f'<g id="p{level}">' + reference.format(level - 1) * 10 + "</g>" for level in range(1, levels + 1)
        )
        return '<rect id="p0" width="1" height="1"/>' + "".join(each)

    for reference in ('<use href="#p{}"/>', '<rect width="1" height="1" fill="url(#p{})"/>'):
        assert "repeats its parts" in problem(svg(nested(9, reference)))
    assert not problem(svg(nested(2, '<use href="#p{}"/>')))


def test_parts_that_use_themselves_are_no_endless_work() -> None:
    around = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>' + SQUARES
    assert read_svg(svg(around)).content.count("<use") == 2


def test_noise_has_no_more_octaves_than_are_seen() -> None:
    noise = '<filter id="f"><feTurbulence baseFrequency=".1" numOctaves="{}"/></filter>'
    for named, taken in (("100000", "10"), (" 3", "3"), ("many", "1"), ("9" * 5000, "1")):
        assert f'numOctaves="{taken}"' in read_svg(svg(noise.format(named))).content


@pytest.mark.parametrize("name", ["image", "use"])
def test_what_refers_to_nothing_is_left_out(name: str) -> None:
    drawing = open_drawing(svg(SQUARES + f'<{name} href="" width="9" height="9"/>'))
    assert far(drawn(drawing), drawn(open_drawing(svg()))) == 0


def test_fonts_and_html_are_told_of() -> None:
    words = "<text>a</text>"
    assert survey_image(svg(SQUARES + words), "svg", lambda: False).notes == (SYSTEM_FONTS,)
    fonts = "<style>@font-face { font-family: x; src: url(data:font/woff2;base64,AA==) }</style>"
    assert survey_image(svg(SQUARES + fonts + words), "svg", lambda: False).notes == (OWN_FONTS,)
    assert not survey_image(svg(SQUARES + fonts), "svg", lambda: False).notes
    html = "<foreignObject><p/></foreignObject>"
    assert survey_image(svg(SQUARES + html), "svg", lambda: False).notes == (HTML_LEFT_OUT,)


@pytest.mark.parametrize("content", ["", "<rect/>", '<rect width="9" height="9" opacity="0"/>'])
def test_what_shows_nothing_is_no_picture(content: str) -> None:
    assert problem(svg(content)).startswith("Nothing comes out when the drawing is drawn here: ")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg", "The drawing is damaged (as XML, "),
        (b'<svg a="<"/>', "The drawing is damaged (as XML, "),
        (b"<html/>", "The file holds no drawing: "),
        (b'<svg xmlns="http://www.w3.org/1999/xhtml"/>', "The file holds no drawing: "),
        (b'<?xml version="1.0" encoding="x-none"?><svg/>', "The drawing's text cannot be read ("),
        (b'<?xml version="1.0" encoding="shift-jis"?><svg/>', "The drawing's text cannot be read ("),
    ],
)
def test_what_is_no_drawing_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(ImageProblemError) as caught:
        read_svg(io.BytesIO(content))
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("format_name", ["svg", "jxl"])
def test_what_is_not_installed_is_named(format_name: str) -> None:
    reason = why_unreadable(format_name, lambda _: False)
    assert reason == (
        f"What reads pictures of the format {format_name} is not installed: pip install"
        ' "seedance-validator[formats]", or export it as PNG.'
    )
    assert why_unreadable(format_name, lambda _: True) == ""


class PanicException(BaseException):  # as PyO3 names it
    """What a library in Rust raises where it gives up."""


def test_a_library_that_gives_up_is_a_problem_of_the_picture() -> None:
    with pytest.raises(ImageProblemError, match=r"gave up \(unreachable\)"), told_of_panic():
        raise PanicException("unreachable")
    with pytest.raises(KeyboardInterrupt), told_of_panic():
        raise KeyboardInterrupt
