"""The text report: readable at any width, greppable, and silent where there is nothing to say."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.samples import by_both, clip, header_only, link, missing, picture, report
from validator.findings import AssetReport, NotJudged, Severity, Summary
from validator.model import SPARED, SPARED_BYTES
from validator.report.base import Look, render
from validator.report.escape import printable
from validator.report.headline import size
from validator.report.text import TextFormat, sentence

ESCAPE_CODES = re.compile(r"\x1b\[[0-9;]*m")


def shown(*assets: AssetReport, **look: object) -> str:
    return render(report(*assets), "text", Look(**look))  # type: ignore[arg-type]  # options by name


def test_an_asset_that_fails() -> None:
    assert shown(clip()) == (
        "clips/phone.mp4: fail (mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB)\n"
        "  error   VID005 video-pixels  The pixel count is 407,040 px: 2,560 px below the minimum of "
        "409,600 px (848x480).\n"
        "          help: Export it larger, 1280x720 for example: ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4 "
        "(a phone or a chat may have shrunk it: use the original)\n"
        "\n"
        "1 asset: 1 fail (1 error).\n"
    )


def spared(why: str, target: str = "clips/phone.mp4", *codes: str) -> AssetReport:
    """A clip that fails by its header, and was not decoded."""
    result = clip(target=target)
    skipped = tuple(NotJudged(code, why, Severity.ERROR) for code in codes or ("FIL005", "POR001"))
    facts = dataclasses.replace(result.facts, stopped=True)
    return dataclasses.replace(result, facts=facts, not_judged=skipped)


@pytest.mark.parametrize(
    ("why", "line"),
    [
        (SPARED, "  not decoded: it fails by its header already (--all-findings decodes it)"),
        (
            f"{SPARED_BYTES} (not judged: transfer)",
            "  not downloaded whole: it fails by its first bytes already (--all-findings does that)",
        ),
    ],
)
@pytest.mark.parametrize("show_passing", [False, True])
def test_that_nothing_was_decoded_takes_one_line_and_no_codes(
    why: str, line: str, *, show_passing: bool
) -> None:
    text = shown(spared(why), clip(), show_passing=show_passing)
    assert [each for each in text.splitlines() if "already" in each] == [line]
    assert "POR001" not in text
    assert text.endswith("2 assets: 2 fail (2 errors). 1 was not decoded (--all-findings decodes it).\n")


def test_what_else_was_not_judged_is_said_beside_it() -> None:
    result = spared(SPARED)
    busy = NotJudged("URL011", "the host was busy", Severity.WARNING)
    text = shown(dataclasses.replace(result, not_judged=(busy, *result.not_judged)))
    assert "  not judged: URL011: the host was busy\n  not decoded: it fails" in text


def test_by_several_profiles_it_is_said_once() -> None:
    result = by_both(clip(1200, 300))
    names = (*result.profiles, result.profiles[0])
    skipped = tuple(
        NotJudged(code, SPARED, Severity.ERROR, name)
        for code, name in zip(("FIL005", "FIL005", "POR001"), names, strict=True)
    )
    text = shown(dataclasses.replace(result, not_judged=skipped))
    assert text.count("not decoded: ") == 1


def test_a_quiet_report_does_not_say_it() -> None:
    assert "decoded" not in shown(spared(SPARED), quiet=True)


def test_a_narrow_terminal_gets_hanging_lines() -> None:
    assert shown(clip(), width=60) == (
        "clips/phone.mp4: fail (mp4 video, 848x480, 5 s, 29.97 fps,\n"
        "    1.23 MB)\n"
        "  error   VID005 video-pixels  The pixel count is 407,040\n"
        "          px: 2,560 px below the minimum of 409,600 px\n"
        "          (848x480).\n"
        "          help: Export it larger, 1280x720 for example:\n"
        "          ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4 (a phone\n"
        "          or a chat may have shrunk it: use the original)\n"
        "\n"
        "1 asset: 1 fail (1 error).\n"
    )


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = shown(clip(200, 100), picture(300, 300), missing(), header_only(), width=width)
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [None, 20, 60, 140])
def test_colours_change_nothing_but_the_colour(width: int | None) -> None:
    assets = (clip(200, 100), picture(300, 300), missing("x" * 150), header_only(), picture())
    plain = shown(*assets, width=width, show_passing=True)
    coloured = shown(*assets, width=width, show_passing=True, color=True)
    assert coloured != plain
    assert ESCAPE_CODES.sub("", coloured) == plain
    assert "\x1b" not in plain


def test_the_worst_comes_first_and_notes_last() -> None:
    order = re.findall(r"^  (error|warning|note) ", shown(clip(100, 100), picture(300, 300)), re.MULTILINE)
    first_asset = order[: order.index("note") + 1]
    assert first_asset == ["error", "error", "error", "note"]


def test_the_same_help_is_given_once() -> None:
    text = shown(picture(200, 200))
    assert text.count("IMG003 image-side") == 2
    assert text.count("Use a larger original") == 1


def test_what_was_not_judged_is_grouped_by_reason() -> None:
    text = shown(missing())
    codes = ", ".join(f"FIL{number:03}" for number in range(2, 10))
    assert f"  not judged: {codes}: the file could not be read\n" in text
    assert text.count("the file could not be read") == 1


def test_an_asset_that_could_not_be_judged() -> None:
    text = shown(header_only())
    assert text.startswith("voice.wav: not judged (wav audio, 4.88 s, 44.1 kHz, 812 bytes)\n")
    assert "  not judged: FIL005: only the header was read\n" in text
    assert text.endswith("1 asset: 1 not judged.\n")


def test_not_judged_is_never_torn_apart() -> None:
    for length in range(30, 60):
        assert ": not judged" in shown(header_only("x" * length), width=60)


class TestPassing:
    def test_is_counted_and_not_listed(self) -> None:
        assert shown(picture()) == "1 asset: 1 pass.\n"

    def test_is_listed_when_asked_for(self) -> None:
        text = shown(picture(), show_passing=True)
        assert text.startswith("face.png: pass (png image, 1000x1000, 1.23 MB)\n  inside  access ")
        assert text.endswith("\n\n1 asset: 1 pass.\n")

    def test_with_a_warning_is_listed(self) -> None:
        text = shown(picture(300, 400))
        assert text.startswith("face.png: pass (png image, 300x400, 1.23 MB)\n  warning IMG005 ")


class TestQuiet:
    def test_leaves_errors_alone(self) -> None:
        assert shown(clip(), picture(300, 400), picture(), quiet=True) == (
            "clips/phone.mp4: fail (mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB)\n"
            "  error   VID005 video-pixels  The pixel count is 407,040 px: 2,560 px below the minimum of "
            "409,600 px (848x480).\n"
            "\n"
        )

    def test_leaves_warnings_where_they_fail(self) -> None:
        assert "IMG005" in shown(picture(300, 400), quiet=True, fail_on="warning")

    def test_tells_what_kept_an_asset_from_being_judged(self) -> None:
        assert "FIL005: only the header was read" in shown(header_only(), quiet=True)
        assert "not judged" not in shown(missing(), quiet=True)

    def test_is_silent_where_all_is_well(self) -> None:
        assert shown(picture(), quiet=True, show_passing=True) == ""


class TestSafety:
    @given(st.text(st.characters(exclude_categories=()), max_size=20), st.sampled_from([None, 60]))
    def test_no_name_reaches_the_terminal_as_it_is(self, name: str, width: int | None) -> None:
        text = shown(clip(target=f"a{name}"), missing(name), width=width)
        text.encode()
        lines = text.split("\n")
        assert [printable(line) for line in lines] == lines

    def test_urls_are_shown_without_secrets(self) -> None:
        text = shown(link("https://ada:pass@example.com/a.png?X-Signature=secret"))
        assert text.startswith("https://example.com/a.png?…: fail (")
        assert "secret" not in text
        assert "pass@" not in text


class TestSentence:
    @pytest.mark.parametrize(
        ("summary", "words"),
        [
            (
                Summary(assets=12, passed=9, failed=2, unjudged=1, errors=3, warnings=1, notes=2),
                "12 assets: 9 pass, 2 fail, 1 not judged (3 errors, 1 warning, 2 notes).",
            ),
            (Summary(assets=1, passed=1, warnings=2), "1 asset: 1 pass (2 warnings)."),
            (Summary(assets=12345, passed=12345), "12,345 assets: 12,345 pass."),
            (Summary(), "0 assets: nothing to judge."),
        ],
    )
    def test_counts_in_words(self, summary: Summary, words: str) -> None:
        assert sentence(summary) == words

    def test_nothing_is_said_before_the_first_asset(self) -> None:
        whole = report()
        assert TextFormat(Look()).start(whole.tool, whole.profiles) == ""


@pytest.mark.parametrize(
    ("number_of_bytes", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (999_999, "999.999 kB"),
        (15_000_000, "15 MB"),
        (15_000_001, "15.000001 MB"),
        (49_990_000, "49.99 MB"),
    ],
)
def test_a_size_is_never_rounded_onto_a_limit(number_of_bytes: int, words: str) -> None:
    assert size(number_of_bytes) == words
