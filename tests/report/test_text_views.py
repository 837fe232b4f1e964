"""What else the text report shows when it is asked to: every value, reasons, counts."""

from __future__ import annotations

import dataclasses
import re

import msgspec
import pytest

from tests.report.samples import PROFILE, clip, header_only, missing, picture, portrait, report, watched
from validator.findings import AssetReport, NotJudged, Severity, Summary
from validator.model import VideoFacts
from validator.profile import load_profile
from validator.report.base import Look, render
from validator.report.columns import columns_of
from validator.report.explain import explained
from validator.report.paint import Page
from validator.report.statistics import OTHER_REASONS, Statistics
from validator.report.text import TextFormat
from validator.run import TOOL

EVERYTHING = (clip(), picture(300, 400), portrait(), watched(), missing(), header_only())


def shown(*assets: AssetReport, **look: object) -> str:
    return render(report(*assets), "text", Look(**look))  # type: ignore[arg-type]  # options by name


class TestEveryValue:
    def test_stands_beside_its_limit_and_what_has_none_below(self) -> None:
        assert shown(header_only(), show_passing=True) == (
            "voice.wav: not judged (wav audio, 4.88 s, 44.1 kHz, 812 bytes)\n"
            "  not judged: FIL005: only the header was read\n"
            "  not judged: AUD006: it was not looked for\n"
            "  inside  access          readable               readable (FIL001)\n"
            "  inside  content         media                  media (FIL002, FIL003, FIL004)\n"
            "  inside  name            agrees with the bytes  "
            "agrees with the bytes or says nothing of the format (FIL006)\n"
            "  inside  expansion       within bounds          within bounds (FIL007)\n"
            "  inside  duplicate       no                     no (FIL008)\n"
            "  inside  hidden archive  none                   none (FIL009)\n"
            "  inside  format          wav                    wav or mp3 (AUD001)\n"
            "  inside  duration        4.875 s                2 to 15 s (AUD002)\n"
            "  inside  file size       812 bytes              at most 15,000,000 bytes (AUD003)\n"
            "  inside  level           audible                audible (AUD004)\n"
            "  inside  encoding        usual                  usual (AUD005)\n"
            "  also measured\n"
            "    sample rate  44,100 Hz\n"
            "\n"
            "1 asset: 1 not judged.\n"
        )

    def test_what_lies_outside_is_coloured_as_its_finding(self) -> None:
        text = shown(portrait(), show_passing=True, color=True)
        assert "  \x1b[31moutside\x1b[0m  face count " in text  # an error: the group is of a real person
        assert "  \x1b[33moutside\x1b[0m  smile " in text
        assert "  \x1b[32minside\x1b[0m  " in text

    def test_cells_go_on_below_each_other_where_it_is_narrow(self) -> None:
        text = shown(picture(), show_passing=True, width=60)
        assert (
            "  inside  format          png               jpeg, png, webp,\n"
            "                                            bmp, tiff, gif,\n"
            "                                            heic or heif\n"
            "                                            (IMG001)\n"
        ) in text

    def test_of_a_digest_there_is_as_much_as_tells_files_apart(self) -> None:
        assert "\n    sha256       abababababab…\n" in shown(picture(), show_passing=True)

    def test_nothing_of_another_value_is_left_out(self) -> None:
        asset = picture()
        file = msgspec.structs.replace(asset.facts.file, duplicate_of="a" * 90)
        long = dataclasses.replace(asset, facts=dataclasses.replace(asset.facts, file=file))
        for width in (None, 40, 60, 80, 140):
            assert "a" * 90 in "".join(shown(long, show_passing=True, width=width).split())

    def test_nothing_is_said_twice(self) -> None:
        asset = clip()
        media = VideoFacts(
            width=848,
            height=480,
            stored_width=848,
            stored_height=481,
            codec="h264",
            codec_profile="High",
            codec_support="usual",
            codec_detail="h264, profile High",
        )
        facts = dataclasses.replace(asset.facts, media=media)
        lines = shown(dataclasses.replace(asset, facts=facts), show_passing=True).splitlines()
        assert [line.split()[:2] for line in lines if line.startswith("    ")][-1] == ["stored", "height"]
        assert any(re.match(r"  inside +codec +usual \(h264, profile High\) ", line) for line in lines)
        assert not [line for line in lines if "stored width" in line or "codec profile" in line]

    def test_names_of_other_files_do_nothing_to_the_terminal(self) -> None:
        asset = picture()
        facts = dataclasses.replace(
            asset.facts,
            file=msgspec.structs.replace(asset.facts.file, duplicate=True, duplicate_of="a\x1b[2J.png"),
        )
        text = shown(dataclasses.replace(asset, facts=facts), show_passing=True)
        assert "\x1b" not in text
        assert "a\\x1b[2J.png" in text


class TestExplanation:
    def test_stands_below_the_finding(self) -> None:
        assert shown(clip(), explain=True, width=80) == (
            "clips/phone.mp4: fail (mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB)\n"
            "  error   VID005 video-pixels  The pixel count is 407,040 px: 2,560 px below the\n"
            "          minimum of 409,600 px (848x480).\n"
            "          help: Export it larger, 1280x720 for example: ffmpeg -i in.mp4 -vf\n"
            "          scale=-2:720 out.mp4 (a phone or a chat may have shrunk it: use the\n"
            "          original)\n"
            '          why: 480p, 720p and 1080p are labels, not limits: 848x480 is "480p"\n'
            '          and too small, 1920x1088 is "1080p" and too large.\n'
            "          limit: pixel count: 409,600 to 2,086,876 px\n"
            "          source: https://docs.orcarouter.ai/seedance-video/asset-library\n"
            "          (checked 2026-11-22)\n"
            "\n"
            "1 asset: 1 fail (1 error).\n"
        )

    def test_of_two_findings_of_a_rule_it_is_said_after_the_last(self) -> None:
        text = shown(picture(200, 200), explain=True)
        assert text.count("IMG003 image-side") == 2
        assert text.count("limit: width and height: ") == 1
        assert text.index("limit: width and height: ") > text.rindex("IMG003 image-side")

    def test_of_each_rule_that_found_something_there_is_one(self) -> None:
        text = shown(portrait(), explain=True)
        found = {finding.code for finding in portrait().findings}
        assert text.count(" why: ") == text.count(" limit: ") == text.count(" source: ") == len(found)

    def test_quiet_explains_nothing(self) -> None:
        assert shown(clip(), explain=True, quiet=True) == shown(clip(), quiet=True)

    def test_an_address_is_whole(self) -> None:
        text = shown(clip(), explain=True, width=40)
        assert PROFILE.info.source in "".join(text.split())

    def test_of_a_rule_that_is_not_in_the_profile_nothing_is_said(self) -> None:
        assert list(explained("OUR001", [PROFILE], Page(Look()), 2)) == []

    def test_what_several_profiles_say_alike_is_said_once(self) -> None:
        profiles = [load_profile(name) for name in ("seedance-2.0", "runway", "ltx")]
        runway, ltx = (profile.info for profile in profiles[1:])
        assert runway.checked == ltx.checked
        lines = list(explained("URL012", profiles, Page(Look()), 2))
        assert [line.split(":")[0].strip() for line in lines].count("why") == 1
        sources = [line for line in lines if line.startswith("  source: ")]
        assert len(sources) == len(
            {(profile["URL012"].source or profile.info.source) for profile in profiles}
        )
        assert sum(f"runway, ltx: checked {runway.checked}" in line for line in sources) == 1
        assert sum(f"seedance-2.0: checked {profiles[0].info.checked}" in line for line in sources) == 1

    def test_what_only_some_say_names_them(self) -> None:
        profiles = [load_profile(name) for name in ("seedance-2.0", "runway")]
        lines = list(explained("VID007", profiles, Page(Look()), 2))
        limits = [line for line in lines if line.startswith("  limit")]
        assert [line.split(":")[0] for line in limits] == ["  limit [seedance-2.0]", "  limit [runway]"]


class TestStatistics:
    def test_the_most_frequent_comes_first_and_no_asset_is_listed(self) -> None:
        text = shown(
            *(picture(200, 200, f"{number}.png") for number in range(6)),
            clip(),
            picture(300, 400),
            missing(),
            header_only(),
            statistics=True,
        )
        assert text == (
            "12  IMG003 image-side       error    6 assets\n"
            " 1  FIL001 file-unreadable  error    1 asset\n"
            " 1  VID005 video-pixels     error    1 asset\n"
            " 1  IMG005 image-on-bound   warning  1 asset\n"
            " 8 rules not judged: the file could not be read (1 asset; "
            "FIL002, FIL003, FIL004, FIL005, FIL006, FIL007, FIL008, FIL009)\n"
            " 1 rule not judged: it was not looked for (1 asset; AUD006)\n"
            " 1 rule not judged: only the header was read (1 asset; FIL005)\n"
            "\n"
            "10 assets: 1 pass, 8 fail, 1 not judged (14 errors, 1 warning).\n"
        )

    def test_severities_of_one_rule_are_counted_each(self) -> None:
        lines = shown(portrait(), watched(), statistics=True).splitlines()
        (line,) = (line for line in lines if "POR001" in line)
        assert re.fullmatch(r" *2  POR001 portrait-several-faces +1 error, 1 warning +2 assets", line)

    def test_with_nothing_found_the_sentence_is_left(self) -> None:
        assert shown(picture(), statistics=True) == "1 asset: 1 pass.\n"
        assert shown(statistics=True) == "0 assets: nothing to judge.\n"

    def test_quiet_leaves_what_decides(self) -> None:
        look = {"statistics": True, "quiet": True}
        assert shown(clip(), picture(300, 400), missing(), **look) == (
            "1  FIL001 file-unreadable  error  1 asset\n1  VID005 video-pixels     error  1 asset\n"
        )
        assert "IMG005" in shown(picture(300, 400), **look, fail_on="warning")
        assert shown(header_only(), **look) == (
            # AUD006 is a warning, and decides nothing
            "1 rule not judged: only the header was read (1 asset; FIL005)\n"
        )
        assert shown(picture(), **look) == ""

    def test_with_explain_each_rule_is_explained_once(self) -> None:
        text = shown(clip(), clip(target="b.mp4"), statistics=True, explain=True)
        assert text.startswith(
            "2  VID005 video-pixels  error  2 assets\n   why: 480p, 720p and 1080p are labels, not limits: "
        )
        assert text.count("why: ") == 1

    def test_what_a_baseline_knows_is_not_counted(self) -> None:
        known = dataclasses.replace(
            clip(), findings=tuple(msgspec.structs.replace(each, known=True) for each in clip().findings)
        )
        assert shown(known, statistics=True) == (
            "1 asset: 1 known to fail. 1 known finding is in the baseline.\n"
        )

    def test_reasons_without_end_take_no_memory_without_end(self) -> None:
        counted = Statistics(Look())
        asset = picture()
        for number in range(1000):
            skipped = NotJudged("FIL005", f"internal error: {number}", Severity.ERROR)
            counted.add(dataclasses.replace(asset, not_judged=(skipped,)))
        reasons = list(counted.reasons())
        assert len(reasons) == 51
        assert (reasons[0].reason, reasons[0].assets) == (OTHER_REASONS, 950)

    def test_nothing_is_written_before_the_end(self) -> None:
        output = TextFormat(Look(statistics=True))
        output.start(TOOL, (PROFILE,))
        assert output.asset(clip()) == ""
        assert output.finish(Summary().add(clip())).startswith("1  VID005")


class TestNames:
    NAME = "photos/2026/november/" + "a-long-folder/" * 12 + "ada-close-up.png"

    @pytest.mark.parametrize("width", [60, 80, 140])
    def test_a_long_one_is_shortened_in_the_middle(self, width: int) -> None:
        first, *_ = shown(missing(self.NAME), width=width).splitlines()
        assert columns_of(first) == width
        assert re.fullmatch(r"photos/.*….*ada-close-up\.png: fail", first)

    def test_a_wide_one_takes_two_columns_a_character(self) -> None:
        first, *_ = shown(missing("顔" * 100 + ".png"), width=60).splitlines()
        assert columns_of(first) in (59, 60)
        assert first.endswith("顔.png: fail")

    def test_in_a_message_too(self) -> None:
        asset = picture()
        finding = msgspec.structs.replace(clip().findings[0], message=f"The same as ({self.NAME}).")
        text = shown(dataclasses.replace(asset, findings=(finding,)), width=60)
        assert max(map(columns_of, text.splitlines())) <= 60
        assert re.search(r"^ {10}\(photos/\S*…\S*/ada-close-up\.png\)\.$", text, re.MULTILINE)

    def test_in_a_pipe_it_is_whole(self) -> None:
        assert shown(missing(self.NAME)).startswith(f"{self.NAME}: fail\n")


@pytest.mark.parametrize("width", [40, 60, 80, 140])
@pytest.mark.parametrize("view", ["show_passing", "explain", "statistics"])
def test_no_line_is_wider_than_the_terminal_and_colours_change_nothing_else(width: int, view: str) -> None:
    plain = shown(*EVERYTHING, width=width, **{view: True})
    assert max(map(columns_of, plain.splitlines())) <= width
    coloured = shown(*EVERYTHING, width=width, color=True, **{view: True})
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
