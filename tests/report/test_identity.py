"""What `validator identify` prints, for people and for programs."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

import validator.schemas
from tests.report.samples import (
    PROFILE,
    STRICT,
    by_both,
    clip,
    header_only,
    judged,
    link,
    missing,
    picture,
    portrait,
    watched,
)
from validator.fact_words import fact_words
from validator.findings import AssetReport, Verdict
from validator.identify import Fit, fits
from validator.model import Asset, Facts, FileFacts, ImageFacts, Kind, LinkFacts, VideoFacts
from validator.profile import Profile
from validator.report.base import Format, Look, written
from validator.report.columns import columns_of
from validator.report.fact_rows import fact_groups
from validator.report.identity import IdentityText
from validator.report.identity_json import IdentityJson
from validator.run import TOOL

BOTH = (PROFILE, STRICT)
SAMPLES = (
    clip(),
    picture(),
    portrait(),
    watched(),
    missing(),
    header_only(),
    link("https://h.example/a?k=1"),
)


def rendered(output: Format, *results: AssetReport, profiles: tuple[Profile, ...] = BOTH) -> str:
    told = results if len(profiles) == 1 else map(by_both, results)
    return "".join(str(piece) for (piece,), _ in written(told, TOOL, profiles, (output,)))


def text(*results: AssetReport, width: int | None = None, profiles: tuple[Profile, ...] = BOTH) -> str:
    return rendered(IdentityText(Look(width=width)), *results, profiles=profiles)


class TestFits:
    def test_each_profile_speaks_for_itself(self) -> None:
        result = by_both(picture(1000, 1000))
        lenient, strict = fits(result, BOTH)
        assert (lenient.profile, lenient.verdict, lenient.errors) == ("seedance-2.0", Verdict.PASS, ())
        assert strict == Fit("strict", Verdict.FAIL, ("IMG003",), (), (), strict.not_judged)

    def test_a_code_is_named_once(self) -> None:
        (fit,) = fits(picture(100, 100), (PROFILE,))
        assert fit.errors.count("IMG003") == 1

    def test_what_could_not_be_judged(self) -> None:
        (fit,) = fits(header_only(), (PROFILE,))
        assert (fit.verdict, "FIL005" in fit.not_judged) == (Verdict.UNJUDGED, True)


class TestRows:
    def rows(self, facts: Facts) -> dict[str, dict[str, str]]:
        return {group: dict(rows) for group, rows in fact_groups(facts)}

    def test_sizes_stand_together(self) -> None:
        media = VideoFacts(
            width=480, height=854, stored_width=854, stored_height=480, shown_width=960, shown_height=854
        )
        assert self.rows(Facts(Kind.VIDEO, media=media)) == {
            "video": {"size": "480x854 px", "stored size": "854x480 px", "shown size": "960x854 px"}
        }

    def test_half_a_size_is_told_too(self) -> None:
        assert self.rows(Facts(Kind.IMAGE, media=ImageFacts(width=3))) == {"image": {"width": "3 px"}}

    def test_numbers_are_exact_where_they_were_rounded(self) -> None:
        media = VideoFacts(
            duration=Fraction(3003, 1000), frame_rate=Fraction(24000, 1001), aspect_ratio=Fraction(16, 9)
        )
        assert self.rows(Facts(Kind.VIDEO, FileFacts(bytes=1_234_567), media=media)) == {
            "file": {"file size": "1,234,567 bytes (1.23 MB)"},
            "video": {
                "duration": "3.003 s",
                "frame rate": "23.976 fps (24000/1001)",
                "aspect ratio": "1.778 (16/9)",
            },
        }

    def test_what_tells_more_stands_beside(self) -> None:
        file = FileFacts(integrity="truncated", integrity_detail="ends in IDAT", name_detail="says jpeg")
        assert self.rows(Facts(file=file)) == {
            "file": {"name": "says jpeg", "integrity": "cut short (ends in IDAT)"}
        }
        media = VideoFacts(codec="h264", codec_support="usual", codec_detail="h264, High")
        assert self.rows(Facts(Kind.VIDEO, media=media))["video"] == {
            "video codec": "h264",
            "codec": "usual (h264, High)",
        }

    def test_people(self) -> None:
        rows = self.rows(portrait().facts)
        assert rows["faces"] == {
            "face count": "2 faces (one of 58 px at the left edge)",
        }
        assert rows["portrait"]["crop"] == "812x1218 at (402, 96)"
        assert rows["portrait"]["body parts"] == "head, shoulders, hips"
        assert rows["portrait"]["turn of the head"] == "-40.5°"
        assert rows["portrait"]["face's height"] == "270 px"
        assert rows["portrait"]["face's share of the height"] == "31 %"
        assert rows["likeness"]["nearest face"] == "ada.png"

    @pytest.mark.parametrize("result", SAMPLES, ids=lambda result: result.target)
    def test_every_fact_that_words_can_tell_is_told(self, result: AssetReport) -> None:
        told = str(self.rows(result.facts))
        for name, value in result.facts.values().items():
            if isinstance(value, str):
                assert fact_words(name, value) in told, name


class TestText:
    def test_a_block_for_each(self) -> None:
        one, two = text(picture(), missing()).split("\n\n")[:2]
        assert one.splitlines()[:4] == [
            "face.png: png image, 1000x1000, 1.23 MB",
            "  file",
            "    access          readable",
            "    file size       1,230,000 bytes (1.23 MB)",
        ]
        assert one.splitlines()[-3:] == [
            "  profiles",
            "    seedance-2.0  fits",
            "    strict        does not fit  IMG003",
        ]
        assert two.splitlines() == [
            "gone.mp4: There is no such file.",
            "  help: Check how it is spelt, and in which folder you are.",
        ]

    def test_what_is_no_media_is_told_in_a_sentence(self) -> None:
        file = FileFacts(access="readable", bytes=22, content="not-media", content_detail="a PDF document")
        assert text(judged(Asset("a.png", "a.png"), Facts(file=file))) == (
            "a.png: This is no image, video or sound that we know (a PDF document).\n"
            "  help: Save or export the media itself under this name.\n\n"
        )

    def test_what_no_host_is_asked_for_too(self) -> None:
        asset = Asset("http://10.0.0.1/a.png", "http://10.0.0.1/a.png", is_url=True)
        facts = LinkFacts(scheme="http", host_kind="address", host="private", host_detail="10.0.0.1")
        told = text(judged(asset, Facts(link=facts)))
        assert told.startswith(
            "http://10.0.0.1/a.png: The host is not public, and nothing was sent to it (10.0.0.1).\n  help: "
        )
        assert "does not fit" not in told
        rows = dict(dict(fact_groups(Facts(link=facts)))["address"])
        assert (rows["host's form"], rows["host"]) == ("an IP address", "not public (10.0.0.1)")

    def test_errors_of_one_profile_alone_are_told_where_there_are_no_others(self) -> None:
        asset = Asset("ftp://h.example/a.png", "ftp://h.example/a.png", is_url=True)
        result = by_both(judged(asset, Facts(link=LinkFacts(scheme="other"))))
        ours = tuple(finding for finding in result.findings if finding.profile == "strict")
        assert text(dataclasses.replace(result, findings=ours)).startswith(
            "ftp://h.example/a.png: The service"
        )

    def test_of_one_profile(self) -> None:
        assert "    seedance-2.0  fits, with warnings  IMG005\n" in text(
            picture(300, 400), profiles=(PROFILE,)
        )

    def test_what_could_not_be_judged_is_named(self) -> None:
        assert "    strict        not judged  FIL005" in text(header_only())

    @pytest.mark.parametrize("width", [40, 60, 80, 140])
    def test_fits_on_a_screen(self, width: int) -> None:
        long = picture(target="photos/" + "very-long-name-" * 12 + ".png")
        shown = text(*SAMPLES, long, width=width)
        assert max(map(columns_of, shown.splitlines())) <= width
        assert "ab" * 32 in shown.replace("\n", "").replace(" ", "")

    def test_in_colour(self) -> None:
        shown = rendered(IdentityText(Look(color=True)), picture())
        assert "\x1b[32mfits\x1b[0m" in shown
        assert "\x1b[31m\x1b[1mdoes not fit\x1b[0m  IMG003" in shown

    def test_secrets_and_commands_are_left_out(self) -> None:
        shown = text(link("https://ada:pw@h.example/a.png?key=5ecret"), missing("::error::\x1b[2J.png"))
        assert "5ecret" not in shown
        assert "pw@" not in shown
        assert "\x1b" not in shown
        assert "\n::error" not in shown


class TestJson:
    def document(self, *results: AssetReport, profiles: tuple[Profile, ...] = BOTH) -> Any:
        document = json.loads(rendered(IdentityJson(), *results, profiles=profiles))
        folder = Path(validator.schemas.__file__).parent
        schema = json.loads((folder / "identify.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(document)
        return document

    def test_is_valid_whatever_was_found(self) -> None:
        document = self.document(*SAMPLES)
        assert [each["name"] for each in document["profiles"]] == ["seedance-2.0", "strict"]
        assert len(document["assets"]) == len(SAMPLES)
        assert self.document()["assets"] == []
        assert len(self.document(picture(), profiles=(PROFILE,))["assets"][0]["fits"]) == 1

    def test_says_what_is_measured_and_what_fits(self) -> None:
        (asset,) = self.document(picture())["assets"]
        assert (asset["kind"], asset["bytes"], asset["facts"]["width"]) == ("image", 1_230_000, 1000)
        assert [(fit["profile"], fit["verdict"], fit["errors"]) for fit in asset["fits"]] == [
            ("seedance-2.0", "pass", []),
            ("strict", "fail", ["IMG003"]),
        ]

    def test_no_media_has_no_kind(self) -> None:
        (asset,) = self.document(missing())["assets"]
        assert (asset["kind"], asset["sha256"], asset["bytes"]) == (None, None, None)

    def test_secrets_are_left_out(self) -> None:
        written_ = rendered(IdentityJson(), link("https://h.example/a.png?key=5ecret"))
        assert "5ecret" not in written_
        assert json.loads(written_)["assets"][0]["target"] == "https://h.example/a.png?…"


def test_facts_alone_name_no_asset() -> None:
    result = AssetReport(Asset("a\udce9.png", "a"), Facts())
    assert rendered(IdentityText(Look()), result, profiles=(PROFILE,)).startswith(
        "a\\xe9.png: not identified\n"
    )
    json.loads(rendered(IdentityJson(), result, profiles=(PROFILE,)))
