"""The HTML report: one page that loads nothing, in which whatever it was given is text."""

from __future__ import annotations

import base64
import dataclasses
import gc
import hashlib
import re
import weakref
from fractions import Fraction
from pathlib import Path

import html5lib  # type: ignore[import-untyped]  # ships no types
import msgspec
import pytest
from hypothesis import given, settings

from fixtures.catalogue import MEDIA
from tests.report.attacks import ATTACKS, HOSTILE
from tests.report.readers import Page
from tests.report.samples import (
    PROFILE,
    clip,
    header_only,
    known,
    link,
    missing,
    picture,
    portrait,
    report,
    report_by_both,
)
from tests.report.seen import seen_clip, seen_portrait, seen_sound
from validator.cli import main
from validator.findings import AssetReport, NotJudged, Severity, Summary, Tool
from validator.finished import Report
from validator.intake.url import displayed
from validator.report.base import Look, render
from validator.report.escape import printable
from validator.report.html import HtmlFormat

LOADING = frozenset({"iframe", "object", "embed", "base", "audio", "video", "source", "image", "use"})
GOLDEN = Path(__file__).with_name("page.html")
EVERYTHING = (seen_portrait(), seen_clip(), seen_sound(), clip(), picture(), missing(), header_only())


def shown(*assets: AssetReport, **look: object) -> str:
    return render(report(*assets), "html", Look(**look))  # type: ignore[arg-type]  # options by name


def page(*assets: AssetReport) -> Page:
    return Page(shown(*assets))


def strictly_parsed(text: str) -> None:
    """Parse as browsers do, and let nothing pass that they have to mend."""
    html5lib.HTMLParser(strict=True).parse(text)


def without_ours(text: str) -> str:
    """The page without style and scripts, without what Pillow made, and without the texts of the rules."""
    text = re.sub(r"(?s)(<(style|script|dl)>).*?(</\2>)", r"\1…\3", text)
    return re.sub(r"(sha256-|;base64,)[A-Za-z0-9+/=]+", r"\1…", text)


def golden() -> str:
    whole = report_by_both(seen_portrait(), seen_clip(), seen_sound(), missing())
    return without_ours(render(dataclasses.replace(whole, tool=Tool("seedance-validator", "0")), "html"))


class TestPage:
    def test_is_html_that_nothing_has_to_be_mended_in(self) -> None:
        strictly_parsed(shown(*EVERYTHING))
        strictly_parsed(shown())
        strictly_parsed(render(report_by_both(*EVERYTHING), "html"))

    def test_of_several_assets_is_the_golden_one(self) -> None:
        assert golden() == GOLDEN.read_text(encoding="utf-8"), "if meant: python -m tests.report.test_html"

    def test_loads_nothing(self) -> None:
        text = shown(*EVERYTHING, link("https://example.com/a.png"))
        for tag, attributes in Page(text).elements:
            assert tag not in LOADING
            for name, value in attributes.items():
                assert not name.startswith("on"), (tag, name)
                if name in {"src", "srcset", "poster", "xlink:href", "action", "formaction", "background"}:
                    assert value is not None
                    assert value.startswith("data:"), (tag, name, value)
                assert name != "style", (tag, value)  # the policy would not have it
        assert {attributes["rel"] for tag, attributes in Page(text).elements if tag == "link"} == {"icon"}
        style = re.findall(r"(?s)<style>(.*?)</style>", text)
        assert not [address for part in style for address in re.findall(r"url\(\"(?!data:)", part)]
        assert "@import" not in text

    def test_lets_in_its_own_style_and_scripts_alone(self) -> None:
        text = shown(picture())
        (policy,) = (
            attributes["content"] or ""
            for tag, attributes in Page(text).elements
            if attributes.get("http-equiv") == "Content-Security-Policy"
        )
        inline = re.findall(r"(?s)<(?:style|script)>(.*?)</(?:style|script)>", text)
        digests = [base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in inline]
        assert len(digests) == 3
        assert sorted(re.findall(r"'sha256-([^']*)'", policy)) == sorted(digests)
        assert policy.startswith("default-src 'none'; img-src data:; ")
        assert "unsafe" not in policy

    def test_ids_are_given_once_and_links_lead_somewhere(self) -> None:
        for text in (shown(*EVERYTHING), render(report_by_both(*EVERYTHING), "html")):
            elements = Page(text).elements
            ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
            assert len(ids) == len(set(ids))
            for _, attributes in elements:
                for name in ("href", "aria-labelledby", "aria-describedby"):
                    place = attributes.get(name) or ""
                    if name != "href" or place.startswith("#"):
                        assert not place or place.removeprefix("#") in ids

    def test_every_control_and_every_drawing_has_a_name_or_is_hidden_from_those_who_listen(self) -> None:
        for tag, attributes in page(*EVERYTHING).elements:
            if tag == "img":
                assert attributes["alt"]
            if tag == "svg" and "aria-hidden" not in attributes and "viewbox" not in attributes:
                assert attributes.get("aria-label") or attributes.get("x"), attributes

    def test_pictures_are_decoded_when_they_are_seen(self) -> None:
        images = [attributes for tag, attributes in page(*EVERYTHING).elements if tag == "img"]
        assert len(images) == 1 + 5
        assert {(each["loading"], each["decoding"]) for each in images} == {("lazy", "async")}

    def test_comes_card_by_card(self) -> None:
        whole = report(*EVERYTHING)
        output = HtmlFormat(Look())
        pieces = [output.start(whole.tool, whole.profiles)]
        pieces += [output.asset(result) for result in whole]
        pieces.append(output.finish(whole.summary))
        assert "".join(pieces) == shown(*EVERYTHING)
        assert all(piece.count("<article") == 1 for piece in pieces[1:-1])
        assert "<article" not in pieces[0] + pieces[-1]

    def test_keeps_no_asset_once_it_is_written(self) -> None:
        output = HtmlFormat(Look())
        output.start(report().tool, report().profiles)
        result = seen_portrait()
        output.asset(result)
        kept = weakref.ref(result)
        del result
        gc.collect()
        assert kept() is None


class TestHead:
    def test_says_who_made_it_and_what_it_is_judged_by(self) -> None:
        text = shown(picture())
        assert "Seedance 2.0 private asset library" in text
        info = PROFILE.info
        assert f'<a href="{info.source}" rel="noreferrer noopener">{info.source}</a>' in text
        assert f'<time datetime="{info.checked}">' in text

    @pytest.mark.parametrize(
        ("assets", "title"),
        [
            ((), "Nothing to judge"),
            ((picture(),), "1 asset passes"),
            ((clip(),), "1 asset fails"),
            ((clip(), picture()), "1 of 2 assets fails"),
            ((header_only(), picture()), "1 of 2 assets could not be judged"),
        ],
    )
    def test_sums_up(self, assets: tuple[AssetReport, ...], title: str) -> None:
        assert f"<h1>{title}</h1>" in shown(*assets)

    def test_names_what_was_judged(self) -> None:
        assert "<h1>1 request passes</h1>" in shown(picture(), counted="request")

    def test_filters_carry_their_counts(self) -> None:
        text = shown(clip(), clip(target="b.mp4"), picture(), header_only())
        chips = dict(re.findall(r'data-value="([^"]*)">.*<span class="count">(\d+)<', text))
        verdicts = {"fail": "2", "unjudged": "1", "pass": "1"}
        assert chips == verdicts | {"video": "2", "image": "1", "audio": "1", "VID005": "2"}


class TestCard:
    def test_shows_verdict_name_facts_finding_and_help(self) -> None:
        texts = " ".join(" ".join(page(clip()).texts).split())
        assert "fail clips/ phone.mp4 mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB" in texts
        assert "The pixel count is 407,040 px: 2,560 px below the minimum of 409,600 px" in texts
        assert "Export it larger, 1280x720 for example: ffmpeg -i in.mp4" in texts

    def test_says_what_its_owner_said(self) -> None:
        assert "“Ada” as close-up in a real-human group (group-1)" in shown(picture())

    def test_a_long_name_keeps_its_end_and_is_there_as_a_whole(self) -> None:
        name = "photos/" + "a" * 80 + "-close-up-12.png"
        text = shown(picture(target=name))
        assert f'title="{name}"' in text
        assert '<span class="folder">photos/</span>' in text
        assert '<span class="end">se-up-12.png</span>' in text
        (start,) = re.findall(r'<span class="start">([^<]*)</span>', text)
        assert f"photos/{start}se-up-12.png" == name

    def test_a_crop_that_only_a_note_speaks_of_is_not_asked_for(self) -> None:
        result = seen_portrait()
        noted = tuple(msgspec.structs.replace(each, severity=Severity.NOTE) for each in result.findings)
        text = shown(dataclasses.replace(result, findings=noted))
        assert "a crop that could be made" in text
        assert '<span class="mark crop-offered">crop that could be made</span>' in text
        assert "crop to make" not in text

    def test_marks_of_a_picture_are_said_to_those_who_do_not_see_them(self) -> None:
        text = shown(seen_portrait())
        assert 'alt="Thumbnail, marked: 2 faces, the crop to make, the body&#39;s joints"' in text
        assert '<rect class="over" x="16" y="3" width="8" height="9"/>' in text

    def test_of_a_clip_the_frame_with_faces_is_among_those_shown(self) -> None:
        times = re.findall(r"<figcaption>(\d\.\d\d s)</figcaption>", shown(seen_clip()))
        assert times == ["0.00 s", "1.00 s", "2.00 s", "4.00 s", "5.00 s"]

    def test_a_sound_shows_its_waveform_in_the_allowed_band(self) -> None:
        text = shown(seen_sound())
        assert 'aria-label="Waveform. Duration 30 s, allowed are 2 to 15 s"' in text
        assert '<rect class="gap" x="25" width="25" height="100">' in text

    def test_what_has_nothing_to_see_says_what_it_is(self) -> None:
        assert '<p class="blank"><span>mp4</span></p>' in shown(clip())
        assert '<p class="blank"><span>other</span></p>' in shown(missing())

    def test_every_limit_has_its_gauge(self) -> None:
        text = shown(picture())
        for label in ("aspect ratio", "width", "height", "file size", "frame count"):
            row = re.findall(rf"(?m)^<tr [^\n]*>{label}</th>.*$", text)
            assert row, label
            assert '<svg class="gauge inside"' in row[0], label

    def test_notes_of_what_passes_stand_below(self) -> None:
        (noted,) = (result for result in [clip(640, 640)] if result.verdict == "pass")
        text = shown(noted)
        assert "1 note, " in text
        assert text.index("<summary>1 note") < text.index("The resolution is 640p")

    def test_what_is_known_is_called_so(self) -> None:
        text = shown(known(clip(), "VID005"))
        assert '<span class="badge known">known to fail</span>' in text
        assert '<span class="known">known</span>' in text
        assert 'data-group="known"' in text

    @pytest.mark.parametrize(("as_before", "group"), [(True, "known"), (False, "unjudged")])
    def test_what_is_known_to_fail_and_was_judged_before_is_not_judged(
        self, as_before: bool, group: str
    ) -> None:
        result = known(clip(), "VID005")
        skipped = NotJudged("VID003", "it was not looked for", Severity.ERROR, known=as_before)
        text = shown(dataclasses.replace(result, not_judged=(skipped,)))
        assert f'data-group="{group}"' in text
        badge = {"known": "known to fail", "unjudged": "not judged"}[group]
        assert f'<span class="badge {group}">{badge}</span>' in text
        assert ('</a> <span class="known">known</span></li>' in text) == as_before

    def test_of_a_url_no_secret_is_shown(self) -> None:
        text = shown(link("https://ada:pass@example.com/a.png?X-Signature=secret"))
        assert "example.com/a.png?…" in text
        assert "=secret" not in text
        assert "X-Signature" not in text
        assert "pass@" not in text

    def test_a_passing_card_with_warnings_says_them(self) -> None:
        text = shown(picture(300, 400))
        assert 'data-group="warned"' in text
        assert "on a bound that IMG003 lets pass" in text


class TestRules:
    def test_each_that_is_mentioned_is_explained_once(self) -> None:
        text = shown(clip(), clip(target="b.mp4"))
        assert text.count('<details class="rule" id="rule-VID005">') == 1
        assert "480p, 720p and 1080p are labels, not limits" in text
        assert 'id="rule-AUD001"' not in text

    def test_that_differ_between_profiles_are_explained_for_each(self) -> None:
        text = render(report_by_both(picture()), "html")
        assert 'id="rule-IMG003"' in text
        assert 'id="rule-IMG003-2"' in text
        assert 'id="rule-IMG002-2"' not in text
        assert '<a class="code" href="#rule-IMG003-2">' in text

    def test_commands_are_set_as_such(self) -> None:
        assert "<code>ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4</code>" in shown(clip())


class TestSeveralProfiles:
    def test_each_card_says_what_it_fits(self) -> None:
        text = render(report_by_both(picture(), clip()), "html")
        fits = re.findall(r'<li class="(\w+)" data-profile="([^"]*)">', text)
        assert fits[:2] == [("pass", "seedance-2.0"), ("fail", "strict")]
        assert fits[2:] == [("fail", "seedance-2.0"), ("pass", "strict")]

    def test_a_finding_of_one_says_whose_it_is_and_of_all_is_said_once(self) -> None:
        text = render(report_by_both(portrait()), "html")
        assert text.count("portrait-several-faces</span></a></p>") == 1
        assert 'IMG003 <span class="rule-name">image-side</span></a> <span class="of">strict</span>' in text

    def test_values_that_are_limited_alike_are_listed_once(self) -> None:
        text = render(report_by_both(picture()), "html")
        assert text.count(">aspect ratio</th>") == 1
        assert text.count(">width</th>") == 2
        assert re.search(r"<h4>strict <span class=\"of\">\d+ more as above</span></h4>", text)

    def test_what_was_not_judged_says_by_whom_unless_by_all(self) -> None:
        text = render(report_by_both(header_only()), "html")
        (row,) = re.findall(r"<li>Not judged, only the header was read: .*</li>", text)
        assert "strict" not in row

    def test_the_chips_stand_in_the_order_of_the_profiles(self) -> None:
        text = render(report_by_both(clip(), picture(), picture(800, 800)), "html")
        for key in ("fits", "misses"):
            chips = re.findall(rf'data-key="{key}" data-value="([^"]*)"', text)
            assert chips == ["seedance-2.0", "strict"]

    def test_what_fits_with_warnings_says_so(self) -> None:
        text = render(report_by_both(picture(300, 400)), "html")
        assert '<li class="warned" data-profile="strict">' in text
        assert '<span class="fit">fits, with warnings</span>' in text
        assert 'data-key="fits"' not in text

    def test_a_band_of_one_profile_says_whose_it_is(self) -> None:
        rules = tuple(
            msgspec.structs.replace(rule, max=Fraction(10)) if rule.code == "VID002" else rule
            for rule in PROFILE.rules
        )
        info = msgspec.structs.replace(PROFILE.info, name="short")
        short = msgspec.structs.replace(PROFILE, rules=rules, info=info)
        result = dataclasses.replace(clip(), findings=(), profiles=("seedance-2.0", "short"))
        text = render(Report(report().tool, (PROFILE, short), (result,)), "html")
        assert 'aria-label="Duration 5 s, allowed are 2 to 10 s by short"' in text
        assert '<span class="limit">limit 2 to 10 s</span> <span class="of">short</span>' in text


class TestEscaping:
    @pytest.mark.parametrize("name", [each for each in ATTACKS if each.strip()])
    def test_a_name_stays_text(self, name: str) -> None:
        plain, attacked = page(clip(target="a.mp4")), page(clip(target=name))
        assert [tag for tag, _ in attacked.elements if tag not in {"span"}] == [
            tag for tag, _ in plain.elements if tag not in {"span"}
        ]
        assert attacked.others == plain.others
        strictly_parsed(shown(clip(target=name)))

    @given(HOSTILE)
    @settings(max_examples=50)
    def test_any_name_can_be_read_back(self, name: str) -> None:
        text = shown(clip(target=f"a{name}"))
        text.encode()
        titles = [attributes.get("title") for tag, attributes in Page(text).elements if tag == "h3"]
        assert titles == [printable(displayed(f"a{name}"))]

    def test_a_strange_profile_stays_text(self) -> None:
        words = '"><script>alert(1)</script><a href="javascript:alert(1)">javascript:x</a>'
        rules = tuple(
            msgspec.structs.replace(rule, summary=words, help=words, why=words, source=words)
            for rule in PROFILE.rules
        )
        info = msgspec.structs.replace(PROFILE.info, name=words, title=words, source=words, checked=words)
        profile = msgspec.structs.replace(PROFILE, info=info, rules=rules)
        text = render(Report(report().tool, (profile,), (clip(),)), "html")
        strictly_parsed(text)
        assert text.count("<script>") == 2
        assert not [1 for _, given_ in Page(text).elements if "javascript" in (given_.get("href") or "")]


def test_the_command_shows_what_there_is_to_see(tmp_path: Path) -> None:
    page_file = tmp_path / "report.html"
    source = MEDIA / "image-300x400.png"
    formats = ["--output-format", f"html={page_file}", "--output-format", "json"]
    assert main(["lint", str(source), "--ignore", "POR", *formats]) == 0
    text = page_file.read_text(encoding="utf-8")
    strictly_parsed(text)
    assert 'src="data:image/webp;base64,' in text


def test_nothing_is_counted_before_the_first_card() -> None:
    output = HtmlFormat(Look())
    output.start(report().tool, report().profiles)
    assert "0 assets: nothing to judge." in output.finish(Summary())


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8", newline="\n")
