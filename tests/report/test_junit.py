"""JUnit XML: valid against the schema of Jenkins' plugin, with counts that are right."""

from __future__ import annotations

import re

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from tests.report.documents import JUNIT, junit_tests
from tests.report.samples import (
    clip,
    header_only,
    known,
    missing,
    picture,
    portrait,
    report,
    report_by_both,
    watched,
)
from validator.findings import AssetReport
from validator.report.base import render
from validator.run import TOOL


def written(*assets: AssetReport) -> list[etree._Element]:
    return junit_tests(render(report(*assets), "junit"))


def outcome(test: etree._Element) -> tuple[str, ...]:
    return tuple(child.tag for child in test)


def test_the_schema_is_one_that_can_fail() -> None:
    text = render(report(clip()), "junit").replace(' tests="1"', "", 2)
    with pytest.raises(etree.DocumentInvalid, match="'tests' is required"):
        JUNIT.assertValid(etree.fromstring(text.encode()))


def test_the_whole_document() -> None:
    assert render(report(clip(), picture()), "junit") == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="seedance-validator" tests="2" failures="1" errors="0">\n'
        '  <testsuite name="seedance-validator" tests="2" failures="1" errors="0" skipped="0">\n'
        "    <properties>\n"
        '      <property name="version" value="' + TOOL.version + '"/>\n'
        '      <property name="profile" value="seedance-2.0: Seedance 2.0 private asset library (checked '
        '2026-11-22, https://docs.orcarouter.ai/seedance-video/asset-library)"/>\n'
        "    </properties>\n"
        '    <testcase classname="seedance-2.0.video" name="clips/phone.mp4">\n'
        '      <failure type="VID005" message="VID005 video-pixels: The pixel count is 407,040 px: 2,560 px '
        'below the minimum of 409,600 px (848x480).">error VID005 video-pixels: The pixel count is 407,040 '
        "px: 2,560 px below the minimum of 409,600 px (848x480).\n"
        "  help: Export it larger, 1280x720 for example: ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4 (a phone "
        "or a chat may have shrunk it: use the original)</failure>\n"
        "    </testcase>\n"
        '    <testcase classname="seedance-2.0.image" name="face.png"/>\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_all_errors_of_an_asset_are_one_failure_and_the_rest_is_output() -> None:
    (test,) = written(portrait())
    failure, output = test
    assert (failure.tag, failure.get("type"), output.tag) == ("failure", "POR001", "system-out")
    assert failure.get("message").endswith("(and 1 more error)")
    assert re.findall("^error ([A-Z0-9]+) ", failure.text, re.MULTILINE) == ["POR001", "GRP001"]
    assert re.findall("^warning ([A-Z0-9]+) ", output.text, re.MULTILINE)[:2] == ["POR003", "POR004"]
    assert output.text.splitlines()[-1] == "not judged: IMG007: it could not be measured"


def test_what_could_not_be_judged_is_no_passed_test() -> None:
    first, second = written(header_only(), watched())
    assert outcome(first) == ("error",)
    assert first[0].get("message") == "not judged: FIL005: only the header was read"
    assert first[0].text.splitlines()[1] == "not judged: AUD006: it was not looked for"
    assert outcome(second) == ("error", "system-out")


def test_a_warning_lets_a_test_pass() -> None:
    (test,) = written(picture(300, 400))
    assert outcome(test) == ("system-out",)


def test_a_file_of_no_kind_has_a_class_too() -> None:
    (test,) = written(missing())
    assert test.get("classname") == "seedance-2.0.file"


def test_what_a_baseline_knows_is_skipped_and_never_passed() -> None:
    first, second = written(known(clip(), "VID005"), known(portrait(), "POR001"))
    assert outcome(first) == ("skipped",)
    assert "(known)" in first[0].text
    assert outcome(second)[0] == "failure"
    assert second[0].get("type") == "GRP001"
    assert second[0].get("message").endswith("(ada.png).")
    assert "POR001" in second[0].text


def test_each_profile_has_tests_of_its_own() -> None:
    found = junit_tests(render(report_by_both(clip(), picture(), header_only()), "junit"))
    told = [(test.get("classname"), outcome(test)[:1]) for test in found]
    assert told == [
        ("seedance-2.0.video", ("failure",)),
        ("strict.video", ()),
        ("seedance-2.0.image", ()),
        ("strict.image", ("failure",)),
        ("seedance-2.0.audio", ("error",)),
        ("strict.audio", ("error",)),
    ]


def test_a_run_of_nothing_is_valid() -> None:
    assert written() == []
