"""What must hold of every outcome: asked when fuzzing, and when the inputs that were kept are replayed."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from urllib.parse import urlsplit

from validator import AssetReport, Depth, Verdict
from validator.finished import Report
from validator.intake.url import redact
from validator.judge import Policy, judge
from validator.model import Asset, Facts, ImageFacts, VideoFacts
from validator.profile import Profile, default_profile
from validator.report.base import Look, render
from validator.report.escape import (
    github_message,
    github_property,
    json_in_markup,
    markup,
    printable,
    uri_path,
)
from validator.run import TOOL

SLOW = 8.0
"""Seconds of work for one small input, on any machine that tests run on."""
_COMMAND = re.compile(r"\s*::[A-Za-z][\w-]*( .*)?::")  # as GitHub's runners read it
_LONGEST_MESSAGE = 20_000  # characters: a trail of redirects is the longest that is ever said


class BrokenPromiseError(AssertionError):
    """The tool did not crash, but what it said must never be said."""


def require(promise: object, broken: str) -> None:
    """Raise unless the promise holds."""
    if not promise:
        raise BrokenPromiseError(broken)


@contextmanager
def quick(at_most: float = SLOW) -> Iterator[None]:
    """Require that what is inside takes no more processor time than so many seconds."""
    begun = time.process_time()
    yield
    taken = time.process_time() - begun
    require(taken <= at_most, f"{taken:.1f} s of work for one input")


def check_message(text: str, *, of_urls: bool = True) -> None:
    """What is said of something that cannot be used: not endless, and without the secrets of assets' URLs."""
    require(text.strip(), "nothing is said")
    require(len(text) <= _LONGEST_MESSAGE, f"a message of {len(text):,} characters")
    # Where a long host was cut short, the mark of that would make another host of it.
    whole = re.sub("(?<![?#])…", "", text)
    require(not of_urls or redact(whole) == whole, "a message holds a URL's secrets")


def check_facts(asset: Asset, facts: Facts, depth: Depth = Depth.STANDARD) -> AssetReport:
    """Facts make sense, can be judged by the default profile, and shown in each format."""
    _check_media(facts)
    result = judged(asset, facts, default_profile())
    if result.verdict is Verdict.PASS:
        require(depth is not Depth.HEADER, "passed, but the pixels and samples were never read")
        require(facts.file.integrity == "whole", f"passed, but the file is {facts.file.integrity}")
        require(facts.media is not None, "passed, but nothing was measured")
    check_report(result)
    return result


def judged(asset: Asset, facts: Facts, profile: Profile) -> AssetReport:
    """What a profile says of these facts."""
    findings, not_judged = judge(asset, facts, profile, Policy())
    for said in (*(finding.message for finding in findings), *(skipped.reason for skipped in not_judged)):
        require(len(said) <= _LONGEST_MESSAGE, f"a message of {len(said):,} characters")
        require("internal error" not in said, said)
    return AssetReport(asset, facts, findings, not_judged)


def check_report(result: AssetReport, profile: Profile | None = None) -> None:
    """Each format can show it: as JSON that can be read again, and as text that does nothing but show."""
    report = Report(TOOL, (profile or default_profile(),), (result,))
    document = json.loads(render(report, "json"), parse_constant=_no_number)
    (entry,) = document["assets"]
    require(entry["verdict"] == result.verdict.value, "the JSON report says another verdict")
    require(len(entry["findings"]) == len(result.findings), "the JSON report has other findings")
    for width in (None, 80):
        text = render(report, "text", Look(width=width, show_passing=True))
        for line in text.split("\n"):
            plain = line.replace(":", "")  # two may come together where a piece ends in one
            require(printable(plain) == plain, "the text report holds what does more than show")
            require(not _COMMAND.match(line), "a line of the text report is a workflow command")


def check_escapes(text: str) -> None:
    """Each escaping function gives what is inert in its place, and what can be read back."""
    require(printable(printable(text)) == printable(text), "escaped twice, shown two texts")
    require(html.unescape(markup(text)) == printable(text), "markup is read as another text")
    require(not set("<>\"'") & set(markup(text)), "markup holds what ends an element or a value")
    document = json_in_markup(json.dumps(text, ensure_ascii=False))
    require(json.loads(document) == text, "JSON in markup is read as another text")
    require(not set("<>&") & set(document), "JSON in markup holds what ends an element")
    require(not set("\n\r") & set(github_message(text)), "a command of several lines")
    require(not set("\n\r:,") & set(github_property(text)), "a property holds what ends it")
    parts = urlsplit(uri_path(text))
    require(not parts.scheme and not parts.netloc, "a path is read as a URL")


def _no_number(name: str) -> None:
    raise BrokenPromiseError(f"the JSON report holds {name}")


def _check_media(facts: Facts) -> None:
    media = facts.media
    for name, value in facts.values().items():
        if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
            require(value >= 0, f"{name} is {value}")
    if isinstance(media, (ImageFacts, VideoFacts)) and media.aspect_ratio is not None:
        width, height = media.width or 0, media.height or 0
        require(width and height, "an aspect ratio of a size that is not known")
        require(media.aspect_ratio == Fraction(width, height), "an aspect ratio of another size")
        require(media.pixels == width * height, "pixels of another size")
    if isinstance(media, VideoFacts) and media.frame_rate_min and media.frame_rate_max:
        require(media.frame_rate_min <= media.frame_rate_max, "the slowest rate is faster than the fastest")
    require((facts.kind is None) == (facts.file.format is None), "a kind without a format, or none of both")
