"""A finding keeps its fingerprint as long as the file's bytes and the rule are the same."""

from __future__ import annotations

import dataclasses

import msgspec

from tests.report.samples import by_both, clip, header_only, known, link, missing, picture
from validator.findings import AssetReport
from validator.report.fingerprint import Fingerprints


def prints(*results: AssetReport, profile: str = "seedance-2.0") -> list[tuple[str, int]]:
    fingerprints = Fingerprints(profile)
    return [each for result in results for each in fingerprints.of(result)]


def with_digest(result: AssetReport, digest: str | None) -> AssetReport:
    file = msgspec.structs.replace(result.facts.file, sha256=digest)
    return dataclasses.replace(result, facts=dataclasses.replace(result.facts, file=file))


def test_it_goes_by_bytes_rule_fact_and_profile() -> None:
    (one,) = prints(clip())
    assert prints(clip(target="elsewhere/b.mp4")) == prints(known(clip(), "VID005")) == [one]
    assert prints(with_digest(clip(), "cd" * 32)) != [one]
    assert prints(clip(), profile="other") != [one]
    assert len({digest for digest, _ in prints(picture(200, 200))}) == 2
    assert prints(by_both(clip())) == [one]


def test_without_bytes_it_goes_by_the_target() -> None:
    assert prints(missing("a.png")) == prints(missing("./a.png")) != prints(missing("b.png"))
    assert prints(with_digest(clip(), None)) != prints(with_digest(clip(target="b.mp4"), None))


def test_what_is_wrong_with_an_address_is_not_wrong_with_its_bytes() -> None:
    one, two = link("https://host.example/a.png"), link("https://host.example/b.png")
    changed = [before == after for before, after in zip(prints(one), prints(two), strict=True)]
    assert changed == [True, False]  # FIL004 is about the bytes, URL005 about the address


def test_copies_are_counted() -> None:
    assert [number for _, number in prints(clip(), clip(target="b.mp4"), clip(target="c.mp4"))] == [1, 2, 3]


def test_assets_that_were_not_judged_have_one_too() -> None:
    fingerprints = Fingerprints("seedance-2.0")
    first = fingerprints.of_unjudged(header_only(), "only the header was read")
    assert fingerprints.of_unjudged(header_only(), "another reason") != first
    assert fingerprints.of_unjudged(header_only(), "only the header was read") == (first[0], 2)
