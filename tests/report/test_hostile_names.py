"""Names that mean harm go through every output, and are read back by who reads it."""

from __future__ import annotations

import json
import os
import re
import urllib.parse
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from tests.report.attacks import ATTACKS, HOSTILE
from tests.report.documents import GitHubPage, junit_tests, problems_of_gitlab, problems_of_sarif, table
from tests.report.readers import commands, harm
from tests.report.samples import PROFILE, judged, link, missing, picture, report
from validator.findings import AssetReport, ProfileInfo
from validator.finished import Report
from validator.intake.url import displayed
from validator.model import Asset, Facts, FileFacts
from validator.report.base import FORMATS, render
from validator.report.escape import encodable, printable
from validator.report.findings_table import FindingRows
from validator.run import TOOL

OWN = {
    "h3",
    "p",
    "strong",
    "em",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "code",
    "span",
    "br",
    "ul",
    "li",
}
FOLDED = {"details", "summary"}


TEXTS = sorted(name for name, output in FORMATS.items() if not output.is_binary)
"""The outputs that are printed."""


def damaged(name: str, words: str) -> AssetReport:
    """A file of this name, of which the operating system says these words."""
    facts = Facts(file=FileFacts(access="unreadable", access_detail=words or "nothing"))
    return judged(Asset(name, name), facts)


def of_a_strange_profile(words: str) -> Report:
    """A report by a profile that somebody else wrote."""
    words = words.replace("{", "(")  # it would name a fact, which the profile's own check looks at
    rules = tuple(
        msgspec.structs.replace(rule, summary=words, help=words, why=words, source=words)
        for rule in PROFILE.rules
    )
    info = ProfileInfo(words, words, "2026-11-23", words)
    profiles = (PROFILE, msgspec.structs.replace(PROFILE, info=info, rules=rules))
    (result,) = (damaged("a.png", words),)
    findings = tuple(msgspec.structs.replace(each, profile=words, help=words) for each in result.findings)
    names = (PROFILE.info.name, words)
    return Report(TOOL, profiles, (AssetReport(result.asset, result.facts, findings, profiles=names),))


def shown(name: str) -> str:
    return printable(displayed(name))


def is_inert(name: str, text: str) -> None:
    """It does nothing where it is printed, and can be written in any encoding that has ASCII."""
    assert harm(text, name) == []
    text.encode()
    if name in ("sarif", "gitlab", "jsonl", "junit"):
        assert text.isascii()


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=30, deadline=None)
@given(target=HOSTILE, words=HOSTILE)
def test_nothing_gets_out_of_any_output(name: str, target: str, words: str) -> None:
    is_inert(name, render(report(damaged(target, words), picture(target=target)), name))
    is_inert(name, render(of_a_strange_profile(words), name))


@given(target=HOSTILE, words=HOSTILE)
def test_github_sees_our_commands_alone(target: str, words: str) -> None:
    text = render(report(damaged(target, words)), "github")
    found = commands(text)
    assert (
        [each.name for each in found]
        == ["error", "notice"]
        == [each[2:].split(" ")[0] for each in text.splitlines()]
    )
    path = os.path.normpath(displayed(target)) if displayed(target) else ""
    path = os.path.abspath(path) if path.startswith("../") else path  # noqa: PTH100 - as text
    assert found[0].properties.get("file", "") == "\n".join(map(printable, path.split("\n")))
    assert found[0].properties["title"] == "FIL001 file-unreadable"
    assert found[0].data.startswith(f"{shown(target)}: The file could not be read")


@given(target=HOSTILE, words=HOSTILE)
def test_a_table_has_a_row_for_each_finding_and_no_formula(target: str, words: str) -> None:
    text = render(report(damaged(target, words), picture(target=target)), "csv")
    rows = table(text)
    assert [row["target"] for row in rows] == [shown(target)] * 2
    assert [row["code"] for row in rows] == ["FIL001", ""]
    for line in text.split("\r\n"):
        for cell in re.split(',(?=(?:[^"]*"[^"]*")*[^"]*$)', line):
            assert not re.match('["]?[=+@\t\r-]', cell) or re.fullmatch(r"-?[0-9./]+", cell)
            assert "\n" not in cell


@given(target=HOSTILE, words=HOSTILE)
def test_xml_has_the_names_as_they_are_shown(target: str, words: str) -> None:
    first, second = junit_tests(render(report(damaged(target, words), picture(target=target)), "junit"))
    assert first.get("name") == second.get("name") == shown(target)
    assert first.find("failure").text.startswith("error FIL001 file-unreadable: The file could not be read")


@settings(deadline=None)
@given(target=HOSTILE, words=HOSTILE)
def test_markdown_is_ours_alone(target: str, words: str) -> None:
    page = GitHubPage(render(report(damaged(target, words), picture(target=target)), "markdown"))
    assert page.tags <= OWN | FOLDED
    assert not any(attributes for tag, attributes in page.elements)
    assert page.cells[:3] == ["asset", "verdict", "why"]
    target_cell, verdict, why = page.cells[3:]
    assert (target_cell.strip(), verdict) == (shown(target).strip(), "fail")
    assert why.startswith("FIL001 file-unreadable: The file could not be read")
    assert page.others == []
    assert [text for text in page.mentionable if re.search(r"[@#]\w", text)] == []


@settings(deadline=None)
@given(words=HOSTILE)
def test_markdown_of_a_strange_profile_is_ours_alone(words: str) -> None:
    page = GitHubPage(render(of_a_strange_profile(words), "markdown"))
    assert page.tags <= OWN | FOLDED
    assert len(page.cells) == 8
    assert not any(attributes for tag, attributes in page.elements)


@settings(max_examples=40, deadline=None)
@given(target=HOSTILE, words=HOSTILE)
def test_sarif_names_files_by_uri_references(target: str, words: str) -> None:
    log = json.loads(render(report(damaged(target, words)), "sarif"))
    assert problems_of_sarif(log) == []
    (run,) = log["runs"]
    (place,) = run["results"][0]["locations"]
    uri = place["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:%[0-9A-F]{2}|[A-Za-z0-9/._~:-])*", uri)
    parts = urllib.parse.urlsplit(uri)
    assert (parts.netloc, parts.query, parts.fragment) == ("", "", "")
    outside = os.path.normpath(target).startswith(("/", "../"))
    assert parts.scheme == ("file" if outside else "")
    assert ".." not in parts.path.split("/")
    assert "](" not in run["results"][0]["message"]["text"]


@given(target=HOSTILE, words=HOSTILE)
def test_gitlab_has_the_path(target: str, words: str) -> None:
    (element,) = json.loads(render(report(damaged(target or ".", words)), "gitlab"))
    assert problems_of_gitlab([element]) == []
    assert element["location"]["path"] == encodable(os.path.normpath(displayed(target or ".")))
    assert element["description"] == printable(element["description"])


@given(target=HOSTILE, words=HOSTILE)
def test_json_lines_are_one_line_each(target: str, words: str) -> None:
    lines = render(report(damaged(target, words), picture(target=target)), "jsonl").splitlines()
    assert [json.loads(line)["target"] for line in lines] == [encodable(displayed(target))] * 2


@given(target=HOSTILE, words=HOSTILE)
def test_rows_of_a_table_have_the_names_as_they_are(target: str, words: str) -> None:
    rows = FindingRows()
    for result in (damaged(target, words), picture(target=target), *of_a_strange_profile(words)):
        rows.add(result)
    first, second, third = rows.batch().to_pylist()
    assert first["target"] == second["target"] == encodable(displayed(target))
    assert json.loads(first["facts"])["access_detail"] == encodable(words or "nothing")
    assert {each["help"] for each in third["findings"]} == {encodable(words.replace("{", "("))}


WITH_SECRETS = "https://ada:pass@host.example/a b.png?X-Signature=hush#hush"


@pytest.mark.parametrize("name", TEXTS)
def test_no_output_tells_the_secrets_of_a_url(name: str) -> None:
    text = render(report(link(WITH_SECRETS)), name)
    assert "hush" not in text
    assert "pass@" not in text
    assert "host.example/a" in text


@pytest.mark.parametrize(
    "address",
    [
        WITH_SECRETS,
        "https://[::1]/a.png",
        "http://exämple.com/%zz/a.png",
        "https:/host/a.png",
        "https://",
        "https://[/a",
    ],
)
def test_urls_are_uris_in_sarif(address: str) -> None:
    log: Any = json.loads(render(report(link(address)), "sarif"))
    assert problems_of_sarif(log) == []
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9!$&'()*+,;=:@/._~-])*", uri)
    parts = urllib.parse.urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("", "")


def test_every_attack_that_there_is_goes_through_all() -> None:
    """So that none of them hangs on what is drawn by chance."""
    whole = report(*(each for words in ATTACKS for each in (damaged(words, words), missing(words))))
    for name in TEXTS:
        is_inert(name, render(whole, name))
    junit_tests(render(whole, "junit"))
    assert GitHubPage(render(whole, "markdown")).tags <= OWN | FOLDED
