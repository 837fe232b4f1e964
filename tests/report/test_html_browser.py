"""The HTML report as a browser shows it: filters, keyboard, widths, contrast, and names that mean harm."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.report.samples import (
    PROFILE,
    clip,
    header_only,
    known,
    missing,
    picture,
    portrait,
    report,
    report_by_both,
)
from tests.report.seen import busy, drawn, seen_clip, seen_portrait, seen_sound
from validator.findings import AssetReport
from validator.finished import Report
from validator.report.base import render
from validator.run import TOOL

pytest.importorskip("selenium")

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService, Keys

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="needs Debian's chromium and chromium-driver"
)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HARM = (
    "<script>window.harmed = 1</script>.png",
    '"><img src=x onerror="window.harmed = 1">.png',
    "</title></style></script><svg onload=window.harmed=1>.png",
    "{{ 7 * 7 }}{% raw %}.png",
    "javascript:window.harmed=1",
)
LONG = "a-folder-with-a-long-name/" * 6 + "picture" * 20 + "-0123456789.png"
CJK = "顔写真/" + "とても長い名前" * 8 + ".png"

Opens = Callable[[Report], None]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One browser for all tests, with a profile of its own."""
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    try:
        driver = Chrome(options=options, service=ChromeService(executable_path=DRIVER))
    except WebDriverException as error:
        pytest.skip(f"the browser does not start: {error.msg}")
    yield driver
    driver.quit()


@pytest.fixture
def opens(browser: Chrome, tmp_path: Path) -> Iterator[Opens]:
    """Opens a report from disk; what the browser complains about fails the test."""

    def open_(whole: Report) -> None:
        page = tmp_path / "report.html"
        page.write_text(render(whole, "html"), encoding="utf-8")
        browser.get(page.as_uri())

    looks(browser)
    yield open_
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # selenium's


def looks(browser: Chrome, width: int = 1400, theme: str = "light", height: int = 1000) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": theme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def everything() -> Report:
    harmful = (picture(200, 200, target=name) for name in HARM)
    return report(
        *(seen_portrait(), seen_clip(), seen_sound(), picture(), picture(300, 400, target="on-bound.png")),
        *(
            missing(),
            header_only(),
            known(clip(target="old.mp4"), "VID005"),
            clip(640, 640, target="square.mp4"),
        ),
        *(seen_portrait(LONG), seen_clip(CJK), *harmful),
        *(passing(seen_clip("tall.mp4", drawn(135, 240))), passing(seen_sound("long.wav", Fraction(90_000)))),
        *(seen_portrait("point.png", drawn(1, 1)), passing(seen_portrait("line.png", drawn(320, 1)))),
        *(dataclasses.replace(seen_clip(f"{seconds}.mp4"), preview=None) for seconds in (1, 2)),
    )


def watched_clip() -> AssetReport:
    """A clip with a face in one of its frames."""
    faces = portrait().facts.faces
    result = seen_clip("watched.mp4")
    return dataclasses.replace(result, facts=dataclasses.replace(result.facts, faces=faces))


def passing(result: AssetReport) -> AssetReport:
    """The same asset, of which nothing is said."""
    return dataclasses.replace(result, findings=(), not_judged=())


def by_six(*assets: AssetReport) -> Report:
    """Judged by six profiles that say the same: an asset has passed in those that say nothing of it."""
    infos = [msgspec.structs.replace(PROFILE.info, name=f"a-profile-{number}") for number in range(6)]
    profiles = tuple(msgspec.structs.replace(PROFILE, info=info) for info in infos)
    names = tuple(info.name for info in infos)
    return Report(
        TOOL, profiles, tuple(dataclasses.replace(_by(names, each), profiles=names) for each in assets)
    )


def _by(names: tuple[str, ...], result: AssetReport) -> AssetReport:
    findings = [msgspec.structs.replace(each, profile=name) for name in names for each in result.findings]
    skipped = [msgspec.structs.replace(each, profile=name) for name in names for each in result.not_judged]
    return dataclasses.replace(result, findings=tuple(findings), not_judged=tuple(skipped))


def ask(browser: Chrome, script: str, *values: object) -> Any:
    return browser.execute_script(script, *values)


def visible(browser: Chrome) -> list[str]:
    return list(
        ask(
            browser,
            "return [...document.querySelectorAll('.card')].filter(card => card.checkVisibility())"
            ".map(card => card.querySelector('.name').title)",
        )
    )


def press(browser: Chrome, *keys: str) -> None:
    browser.switch_to.active_element.send_keys(*keys)


UNFOLDED = """
document.querySelectorAll('details').forEach(each => { each.open = true; });
document.querySelectorAll('.card').forEach(each => { each.style.contentVisibility = 'visible'; });
const images = [...document.images];
images.forEach(each => { each.loading = 'eager'; });
Promise.all(images.map(each => each.decode())).then(() => arguments[0]());
"""


def unfold(browser: Chrome) -> None:
    """Open all that opens, and lay out what is not in sight, too."""
    browser.execute_async_script(UNFOLDED)


def click(browser: Chrome, selector: str) -> None:
    ask(browser, "document.querySelector(arguments[0]).click()", selector)


def focused(browser: Chrome) -> str:
    return str(ask(browser, "const at = document.activeElement; return at.id || at.className || at.tagName"))


class TestOpening:
    def test_the_outcome_stands_at_the_top_and_what_fails_comes_first(
        self, browser: Chrome, opens: Opens
    ) -> None:
        opens(report(picture(), clip(), header_only(), picture(300, 400, target="on-bound.png")))
        assert browser.title == "1 of 4 assets fails – Report of seedance-validator"
        assert visible(browser) == ["clips/phone.mp4", "voice.wav", "on-bound.png", "face.png"]
        headings = ask(browser, "return [...document.querySelectorAll('h1, h2')].map(each => each.innerText)")
        assert headings[:5] == [
            "1 of 4 assets fails",
            "Fail 1",
            "Not judged 1",
            "Pass, with warnings 1",
            "Pass 1",
        ]

    def test_an_empty_report_opens_too(self, browser: Chrome, opens: Opens) -> None:
        opens(report())
        assert visible(browser) == []
        assert "Nothing to judge" in browser.title

    def test_without_scripts_all_is_there(self, browser: Chrome, opens: Opens) -> None:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            opens(report(picture(), clip()))
        finally:
            browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        assert visible(browser) == ["face.png", "clips/phone.mp4"]
        assert ask(browser, "return document.querySelector('h1').checkVisibility()")
        top = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
        assert ask(browser, top, "h1") < ask(browser, top, ".card")
        assert not ask(browser, "return document.querySelector('.filters').checkVisibility()")
        buttons = "return [...document.querySelectorAll('button')].filter(each => each.checkVisibility())"
        assert ask(browser, buttons) == []

    def test_what_is_known_is_not_set_in_bold_on_blue(self, browser: Chrome, opens: Opens) -> None:
        opens(report(known(clip(), "VID005"), header_only()))
        look = (
            "return ['.card', '.group', '.chip'].map(part => [...arguments].map(group => {"
            "const style = getComputedStyle(document.querySelector(part + '.' + group));"
            "return [style.fontWeight, style.backgroundColor, style.borderRadius]}))"
        )
        for one, other in ask(browser, look, "known", "unjudged"):
            assert one == other

    @pytest.mark.parametrize("group", [0, 1])
    def test_marks_lie_on_frames_and_on_what_is_hardly_larger_than_a_point(
        self, browser: Chrome, opens: Opens, group: int
    ) -> None:
        tiny = [seen_portrait("point.png", drawn(1, 1)), seen_portrait("line.png", drawn(320, 1))]
        tiny += [seen_portrait("post.png", drawn(1, 320)), watched_clip()]
        opens(report(*(passing(each) if group else each for each in tiny)))
        boxes = ask(
            browser,
            "return [...document.querySelectorAll('.overlay')].map(each => [each, each.parentElement"
            ".querySelector('img')].map(part => { const box = part.getBoundingClientRect();"
            "return [box.x, box.y, box.width, box.height] }))",
        )
        assert len(boxes) == 4
        for over, image in boxes:
            assert over == pytest.approx(image, abs=0.6)
            assert min(image[2:]) >= 12
        assert boxes[0][1][2] > 90

    def test_pictures_are_shown_with_their_marks_on_them(self, browser: Chrome, opens: Opens) -> None:
        opens(report(seen_portrait()))
        boxes = ask(
            browser,
            "const image = document.querySelector('.shot img');"
            "const face = document.querySelector('.face.main .over').getBoundingClientRect();"
            "const seen = image.getBoundingClientRect();"
            "return [image.naturalWidth, (face.left - seen.left) / seen.width, face.height / seen.height]",
        )
        assert boxes[0] == 40
        assert boxes[1:] == pytest.approx([0.4, 0.3], abs=0.05)
        assert ask(browser, "return document.querySelector('#legend').innerText.includes('main face')")
        click(browser, "#marks")
        assert not ask(browser, "return document.querySelector('.overlay').checkVisibility()")


class TestFilters:
    def test_by_verdict_kind_and_rule_narrow_down_together(self, browser: Chrome, opens: Opens) -> None:
        opens(report(picture(), clip(), clip(100, 100, target="tiny.mp4"), seen_sound()))
        click(browser, "[data-value=fail]")
        assert visible(browser) == ["clips/phone.mp4", "tiny.mp4", "voice.wav"]
        assert ask(browser, "return document.querySelector('#shown').textContent") == "3 of 4 shown"
        click(browser, "[data-value=video]")
        assert visible(browser) == ["clips/phone.mp4", "tiny.mp4"]
        click(browser, "[data-value=VID004]")
        assert visible(browser) == ["tiny.mp4"]
        assert browser.current_url.endswith("#verdict=fail&kind=video&rule=VID004")
        click(browser, "#clear")
        assert len(visible(browser)) == 4
        assert "#" not in browser.current_url

    def test_several_of_one_row_widen(self, browser: Chrome, opens: Opens) -> None:
        opens(report(picture(), clip(), header_only()))
        click(browser, "[data-value=pass]")
        click(browser, "[data-value=unjudged]")
        assert visible(browser) == ["voice.wav", "face.png"]

    def test_words_are_searched_in_names_and_findings(self, browser: Chrome, opens: Opens) -> None:
        opens(report(picture(), clip(), header_only()))
        click(browser, "#search")
        ask(browser, "document.querySelector('#search').focus()")
        press(browser, "PIXEL count")
        assert visible(browser) == ["clips/phone.mp4"]
        press(browser, "x")
        assert visible(browser) == []
        assert ask(browser, "return document.querySelector('#nothing').checkVisibility()")
        click(browser, "#nothing button")
        assert len(visible(browser)) == 3
        press(browser, "face.png")
        assert visible(browser) == ["face.png"]

    def test_are_kept_in_the_address(self, browser: Chrome, opens: Opens) -> None:
        opens(report(picture(), clip(), header_only()))
        browser.get(browser.current_url + "#kind=audio&kind=image&q=a")
        assert visible(browser) == ["voice.wav", "face.png"]
        pressed = "return document.querySelector('[data-value=audio]').ariaPressed"
        assert ask(browser, pressed) == "true"
        browser.refresh()
        assert visible(browser) == ["voice.wav", "face.png"]

    @pytest.mark.parametrize("fragment", ["#kind=nonsense", "#rule-VID005", "#%E0%A4%A", "#=&&", "#asset-2"])
    def test_a_strange_address_hides_nothing(self, browser: Chrome, opens: Opens, fragment: str) -> None:
        opens(report(picture(), clip()))
        browser.get(browser.current_url + fragment)
        assert len(visible(browser)) == 2

    def test_by_what_fits_which_profile(self, browser: Chrome, opens: Opens) -> None:
        opens(report_by_both(picture(), clip(), picture(800, 800, target="fits-both.png")))
        click(browser, "[data-key=fits][data-value=strict]")
        assert visible(browser) == ["clips/phone.mp4", "fits-both.png"]
        click(browser, "[data-key=misses][data-value='seedance-2.0']")
        assert visible(browser) == ["clips/phone.mp4"]

    def test_what_fits_with_warnings_or_was_not_judged_is_neither_fit_nor_misfit(
        self, browser: Chrome, opens: Opens
    ) -> None:
        opens(by_six(picture(), clip(), header_only(), picture(300, 400, target="on-bound.png")))
        found = {}
        for key in ("fits", "warned", "misses", "unjudged"):
            chip = f"[data-key={key}][data-value=a-profile-3]"
            click(browser, chip)
            found[key] = visible(browser)
            click(browser, chip)
        assert found == {
            "fits": ["face.png"],
            "warned": ["on-bound.png"],
            "misses": ["clips/phone.mp4"],
            "unjudged": ["voice.wav"],
        }
        click(browser, "[data-key=fits][data-value=a-profile-3]")
        click(browser, "[data-key=warned][data-value=a-profile-3]")
        assert visible(browser) == ["on-bound.png", "face.png"]
        assert browser.current_url.endswith("#fits=a-profile-3&warned=a-profile-3")

    @pytest.mark.parametrize("height", [700, 1400])
    def test_what_is_jumped_to_lies_below_them(self, browser: Chrome, opens: Opens, height: int) -> None:
        looks(browser, 1000, height=height)
        opens(by_six(*(clip(target=f"{at}.mp4") for at in range(9)), picture(), header_only()))
        for place in ("asset-9", "rule-VID005", "asset-4"):
            ask(browser, "location.hash = arguments[0]", place)
            browser.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 50))")
            top, edge, scrolled = ask(
                browser,
                "return [document.getElementById(arguments[0]).getBoundingClientRect().top,"
                "document.querySelector('#tools').getBoundingClientRect().bottom, scrollY]",
                place,
            )
            assert scrolled > 100
            assert top >= max(edge, 0)

    def test_give_way_to_a_link_to_an_asset(self, browser: Chrome, opens: Opens) -> None:
        opens(report(clip(), picture()))
        browser.get(browser.current_url + "#verdict=pass")
        assert visible(browser) == ["face.png"]
        ask(browser, "location.hash = 'asset-1'")
        browser.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 50))")
        assert len(visible(browser)) == 2
        assert browser.current_url.endswith("#asset-1")

    @pytest.mark.parametrize("width", [1000, 1400])
    def test_the_rules_open_below_their_button_and_close_by_escape(
        self, browser: Chrome, opens: Opens, width: int
    ) -> None:
        looks(browser, width)
        opens(report(clip(), portrait(), header_only()))
        browser.get(browser.current_url + "#rule=VID005")
        assert not ask(browser, "return document.querySelector('.by-rule').open")
        assert ask(browser, "return document.querySelector('#rules-chosen').textContent") == "VID005"
        ask(browser, "document.querySelector('.by-rule summary').focus()")
        press(browser, Keys.ENTER)
        browser.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 50))")
        button, panel = ask(
            browser,
            "return ['summary', 'fieldset'].map(part => {"
            "const box = document.querySelector('.by-rule ' + part).getBoundingClientRect();"
            "return [box.left, box.right, box.top, box.bottom]})",
        )
        assert panel[0] <= button[0] + 1
        assert panel[1] >= button[1]
        assert panel[1] <= width
        assert 0 <= panel[2] - button[3] < 12
        press(browser, Keys.TAB, Keys.ESCAPE)
        assert not ask(browser, "return document.querySelector('.by-rule').open")
        assert focused(browser) == "SUMMARY"


class TestKeyboard:
    def test_reaches_everything_in_the_order_of_the_page(self, browser: Chrome, opens: Opens) -> None:
        opens(report(clip(), picture()))
        met: list[str] = []
        for _ in range(12):
            browser.switch_to.active_element.send_keys(Keys.TAB)
            met.append(focused(browser))
        assert met[:3] == ["skip", "theme", "A"]
        assert "search" in met
        assert met.index("search") < met.index("chip fail")

    def test_chips_are_pressed_by_space(self, browser: Chrome, opens: Opens) -> None:
        opens(report(clip(), picture()))
        ask(browser, "document.querySelector('[data-value=fail]').focus()")
        press(browser, Keys.SPACE)
        assert visible(browser) == ["clips/phone.mp4"]
        press(browser, Keys.SPACE)
        assert len(visible(browser)) == 2

    def test_a_rule_is_opened_read_and_closed_where_one_is(self, browser: Chrome, opens: Opens) -> None:
        opens(report(clip(), picture()))
        ask(browser, "document.querySelector('.finding a.code').focus()")
        press(browser, Keys.ENTER)
        assert ask(browser, "return document.querySelector('#explained').open")
        said = ask(browser, "return document.querySelector('#explained').innerText")
        assert "VID005 video-pixels" in said
        assert "480p, 720p and 1080p are labels, not limits" in said
        press(browser, Keys.ESCAPE)
        assert not ask(browser, "return document.querySelector('#explained').open")
        assert focused(browser) == "code"

    def test_what_has_the_focus_can_be_seen(self, browser: Chrome, opens: Opens) -> None:
        opens(report(clip(), picture()))
        unseen = []
        for _ in range(25):
            browser.switch_to.active_element.send_keys(Keys.TAB)
            style = ask(
                browser,
                "const style = getComputedStyle(document.activeElement);"
                "return [style.outlineStyle, parseFloat(style.outlineWidth)]",
            )
            if focused(browser) != "BODY" and (style[0] == "none" or style[1] < 1):
                unseen.append(focused(browser))
        assert unseen == []

    def test_a_name_is_copied_whole(self, browser: Chrome, opens: Opens) -> None:
        opens(report(seen_portrait(LONG)))
        browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]})
        ask(browser, "document.querySelector('.copy').focus()")
        press(browser, Keys.ENTER)
        deadline = time.monotonic() + 5
        while not (said := ask(browser, "return document.querySelector('#announced').textContent")):
            assert time.monotonic() < deadline
        assert said == "The name was copied."
        assert browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])") == LONG

    def test_of_a_name_with_escapes_it_is_said_that_they_are_copied(
        self, browser: Chrome, opens: Opens
    ) -> None:
        opens(report(picture(target="caf\udce9\n.png")))
        browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite"]})
        ask(browser, "document.querySelector('.copy').focus()")
        assert ask(browser, "return document.activeElement.ariaLabel").endswith("with its escapes")
        press(browser, Keys.ENTER)
        deadline = time.monotonic() + 5
        while not (said := ask(browser, "return document.querySelector('#announced').textContent")):
            assert time.monotonic() < deadline
        assert said == "The name was copied as it is shown."
        copied = browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
        assert copied == r"caf\xe9\x0a.png"

    def test_the_theme_goes_round(self, browser: Chrome, opens: Opens) -> None:
        opens(report(picture()))
        ground = "return getComputedStyle(document.body).backgroundColor"
        light = ask(browser, ground)
        name = "return document.querySelector('#theme').innerText"
        said = []
        for _ in range(3):
            click(browser, "#theme")
            said.append((ask(browser, name), ask(browser, ground)))
        (first, first_ground), (second, dark), (third, third_ground) = said
        assert (first, second, third) == ("Theme: light", "Theme: dark", "Theme: system")
        assert first_ground == third_ground == light != dark


OVERFLOWING = """
const wide = document.documentElement.clientWidth;
const clipped = (element) => {
  for (let at = element; at && at !== document.body; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.overflowX !== 'visible' || style.position === 'absolute') return true;
  }
  return false;
};
return [...document.body.querySelectorAll('*')]
  .filter((each) => each.checkVisibility())
  .filter((each) => each.getBoundingClientRect().right > wide + 0.5 && !clipped(each.parentElement))
  .map((each) => each.tagName + '.' + (each.getAttribute('class') ?? ''));
"""
CUT = """
return [...document.querySelectorAll('.card, .card *')]
  .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .filter((each) => getComputedStyle(each).overflowX === 'hidden' && !each.closest('.name'))
  .map((each) => each.tagName + '.' + (each.getAttribute('class') ?? ''));
"""

SPILLED = """
const spilled = [];
for (const outer of document.querySelectorAll('.stage, .words, .layout, .strip')) {
  const box = outer.getBoundingClientRect();
  for (const inner of outer.querySelectorAll('figure, figcaption, img, .seen, p, header, .name, li')) {
    const own = inner.getBoundingClientRect();
    if (own.height && (own.bottom > box.bottom + 0.6 || own.top < box.top - 0.6)) {
      spilled.push([outer.className, inner.tagName, inner.className, own.bottom - box.bottom]);
    }
  }
}
return spilled;
"""
RUN_TOGETHER = """
return [...document.querySelectorAll('.ticks')].filter((ticks) => {
  const boxes = [...ticks.querySelectorAll('text')].map((each) => each.getBoundingClientRect());
  return boxes.some((box, at) => at && box.left < boxes[at - 1].right + 2);
}).map((ticks) => ticks.textContent);
"""


class TestWidth:
    @pytest.mark.parametrize("width", [320, 400, 700, 1000, 1400])
    def test_nothing_overflows(self, browser: Chrome, opens: Opens, width: int) -> None:
        looks(browser, width)
        opens(everything())
        unfold(browser)
        wide, scrolled = ask(
            browser,
            "return [document.documentElement.clientWidth, document.documentElement.scrollWidth]",
        )
        assert scrolled <= wide
        assert ask(browser, OVERFLOWING) == []
        assert ask(browser, CUT) == []
        assert ask(browser, SPILLED) == []
        assert ask(browser, RUN_TOGETHER) == []

    @pytest.mark.parametrize("width", [320, 360, 400])
    def test_labels_of_values_have_room(self, browser: Chrome, opens: Opens, width: int) -> None:
        looks(browser, width)
        opens(everything())
        unfold(browser)
        rooms = ask(
            browser,
            "return [...document.querySelectorAll('.values tbody :is(th, td:nth-child(2))')]"
            ".map(each => each.getBoundingClientRect().width)",
        )
        assert min(rooms) >= 75

    def test_the_end_of_a_long_name_is_seen(self, browser: Chrome, opens: Opens) -> None:
        looks(browser, 400)
        opens(report(seen_portrait(LONG), picture(target=LONG)))
        rooms = ask(
            browser,
            "return [...document.querySelectorAll('.name .end')].map(each =>"
            "[each.scrollWidth <= each.clientWidth, each.getBoundingClientRect().right,"
            " each.closest('.card').getBoundingClientRect().right])",
        )
        assert len(rooms) == 2
        for whole, right, edge in rooms:
            assert whole
            assert right <= edge

    def test_a_rule_that_is_read_fits_too(self, browser: Chrome, opens: Opens) -> None:
        looks(browser, 320)
        opens(report(clip()))
        click(browser, ".finding a.code")
        assert ask(
            browser,
            "const box = document.querySelector('#explained');"
            "return box.scrollWidth <= box.clientWidth && box.getBoundingClientRect().right <= 320",
        )


CONTRAST = """
const parsed = (colour) => {
  const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
  return [r, g, b, a];
};
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
const ground = (element) => {
  if (!element) return [255, 255, 255, 1];
  const own = parsed(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own : over(own, ground(element.parentElement));
};
const luminance = ([r, g, b]) => {
  const linear = [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const ratio = (one, other) => {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Map();
let count = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
  if (element.closest('script, style, title')) continue;
  const style = getComputedStyle(element);
  const back = ground(element);
  const front = over(parsed(element.closest('svg') ? style.fill : style.color), back);
  count += 1;
  if (ratio(front, back) < 4.5) {
    seen.set(`${element.tagName}.${element.getAttribute('class')} ${front} on ${back}`, ratio(front, back));
  }
}
const field = document.querySelector('#search');
const hint = parsed(getComputedStyle(field, '::placeholder').color);
if (ratio(hint, ground(field)) < 4.5) seen.set('placeholder', ratio(hint, ground(field)));
return [count, [...seen]];
"""


class TestColours:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_all_text_can_be_read(self, browser: Chrome, opens: Opens, theme: str) -> None:
        looks(browser, 1400, theme)
        for whole in (everything(), report_by_both(*everything())):
            opens(whole)
            unfold(browser)
            for pressed in ("[data-value=fail]", "[data-value=video]", "#clear"):
                click(browser, pressed)
                count, faint = ask(browser, CONTRAST)
                assert faint == []
                assert count > 100
            click(browser, ".finding a.code")
            assert ask(browser, CONTRAST)[1] == []

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_marks_of_gauges_stand_out_from_their_ground(
        self, browser: Chrome, opens: Opens, theme: str
    ) -> None:
        looks(browser, 1400, theme)
        opens(report(portrait()))
        ground, dot = ask(
            browser,
            "return [getComputedStyle(document.querySelector('.card')).backgroundColor,"
            " getComputedStyle(document.querySelector('.gauge.outside circle')).fill]",
        )
        assert ground != dot


def test_names_that_mean_harm_do_nothing(browser: Chrome, opens: Opens) -> None:
    opens(report(*(picture(200, 200, target=name) for name in HARM)))
    assert sorted(visible(browser)) == sorted(HARM)
    assert ask(browser, "return window.harmed") is None
    assert ask(browser, "return document.querySelectorAll('.card img, .card script').length") == 0
    ask(browser, "document.querySelectorAll('.copy, .finding a.code').forEach(each => each.click())")
    ask(browser, "document.querySelector('#explained').close()")
    assert ask(browser, "return window.harmed") is None


@contextmanager
def printed(browser: Chrome) -> Iterator[None]:
    """The page as it is laid out on paper."""
    looks(browser, 718)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    ask(browser, "window.dispatchEvent(new Event('beforeprint'))")
    try:
        yield
    finally:
        ask(browser, "window.dispatchEvent(new Event('afterprint'))")
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


class TestPaper:
    def test_the_tools_are_gone_and_the_rules_are_open(self, browser: Chrome, opens: Opens) -> None:
        opens(report(clip(), picture()))
        with printed(browser):
            assert ask(browser, "return document.querySelector('.rule dl').checkVisibility()")
            for selector in (".filters", "#theme", ".copy", ".values"):
                seen = "return document.querySelector(arguments[0]).checkVisibility()"
                assert not ask(browser, seen, selector), selector
        assert not ask(browser, "return document.querySelector('.rule').open")

    def test_nothing_lies_over_anything(self, browser: Chrome, opens: Opens) -> None:
        opens(everything())
        unfold(browser)
        ask(browser, "document.querySelectorAll('details').forEach(each => { each.open = false; })")
        with printed(browser):
            assert ask(browser, OVERFLOWING) == []
            assert ask(browser, SPILLED) == []
            assert ask(browser, RUN_TOGETHER) == []

    def test_notes_of_what_passes_are_there_and_values_that_were_opened(
        self, browser: Chrome, opens: Opens
    ) -> None:
        opens(report(clip(640, 640), picture()))
        seen = "return [...document.querySelectorAll('.values table, .values .findings, .values summary')]"
        seen += ".filter(each => each.checkVisibility()).map(each => each.tagName)"
        with printed(browser):
            assert ask(browser, seen) == ["UL"]
        assert ask(browser, seen) == ["SUMMARY", "SUMMARY"]
        ask(browser, "document.querySelector('.card.image .values').open = true")
        with printed(browser):
            assert ask(browser, seen) == ["UL", "SUMMARY", "TABLE"]

    def test_what_is_tall_may_go_on_on_the_next_page(self, browser: Chrome, opens: Opens) -> None:
        opens(report(portrait(), clip()))
        inside = "return getComputedStyle(document.querySelector(arguments[0])).breakInside"
        with printed(browser):
            assert ask(browser, inside, ".rule") == "auto"
            assert ask(browser, inside, ".card.image") == "auto"
            assert ask(browser, inside, ".card.video") == "avoid"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pictures", "clips"])
def test_500_assets_are_small_enough_and_open_quickly(browser: Chrome, tmp_path: Path, kind: str) -> None:
    assets = (
        seen_portrait(f"photos/{at}.png", busy(19_000, at % 5))
        if kind == "pictures"
        else seen_clip(f"clips/{at}.mp4", busy(5_900, at % 5))
        for at in range(500)
    )
    page = tmp_path / "report.html"
    page.write_text(render(report(*assets), "html"), encoding="utf-8")
    assert page.stat().st_size < 25_000_000
    took = []
    for _ in range(3):
        begin = time.monotonic()
        browser.get(page.as_uri())
        assert len(visible(browser)) == 500
        took.append(time.monotonic() - begin)
    assert min(took) < 2
