"""The example of a rule's message is what the judge says, of facts as fixtures have them."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.report.samples import PROFILE
from validator.findings import Finding, Side
from validator.model import GroupKind, Role
from validator.profile import Profile, load_profile, shipped_profiles
from validator.report.rule_example import example_finding
from validator.rule import Bounds, Rule, When

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROFILES = {name: load_profile(name) for name in shipped_profiles()}


def example(rule: Rule, profile: Profile = PROFILE) -> Finding:
    found = example_finding(rule, profile)
    assert found is not None
    return found


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_shipped_rule_has_one(profile: Profile) -> None:
    assert [rule.code for rule in profile.rules if example(rule, profile).code != rule.code] == []


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_it_is_a_whole_sentence(profile: Profile) -> None:
    for rule in profile.rules:
        message = example(rule, profile).message
        assert re.fullmatch(r"(?:\w|\[).*\.", message), message
        assert not re.search(r"[{}]|\(\)| is true| is false", message), message


def golden_findings(*folders: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if {"code", "message", "measured"} <= value.keys():
                found.append(value)
            for held in value.values():
                look(held)
        elif isinstance(value, list):
            for held in value:
                look(held)

    for folder in folders:
        for path in sorted((FIXTURES / folder).glob("*.json")):
            look(json.loads(path.read_text(encoding="utf-8")))
    return found


def test_what_it_says_of_a_value_is_built_as_in_the_reports_of_fixtures() -> None:
    """Where a fixture has the same finding, it tells as much: the same facts in the same places."""
    golden = golden_findings("golden", "requests/golden")
    compared = 0
    for rule in PROFILE.rules:
        made = example(rule)
        said = {
            shape(each["message"])
            for each in golden
            if (each["code"], each["measured"]["fact"]) == (rule.code, made.measured.fact)
            and (not isinstance(made.measured.value, str) or each["measured"]["value"] == made.measured.value)
            and each["limit"].get("side", "") == made.limit.side
        }
        if said:
            compared += 1
            assert shape(made.message) in said, made.message
    assert compared >= 40


def shape(message: str) -> str:
    """A message without what differs from file to file: what stands in brackets behind it, and numbers."""
    message = re.sub(r" (At most|We read MB|\d\S*–\d).*$", "", message)
    message = re.sub(r": (\[|\").*", ": …", message)  # what a request's prompt or content holds
    message = re.sub(r"\(.*\)", "(…)", message)
    message = re.sub(r" is [a-z0-9.-]+, not ", " is …, not ", message)
    message = re.sub(r"(?<![A-Z])[\d,.–/]*\d", "0", message)
    return re.sub(r"0 (byte|frame)s", r"0 \1", message)


@pytest.mark.parametrize(
    ("bounds", "side", "value"),
    [
        (Bounds(Fraction(24), Fraction(60)), "above", "66"),
        (Bounds(Fraction(24), None), "below", "21.6"),
        (Bounds(Fraction(0), None), "below", "-1"),
    ],
)
def test_a_number_lies_a_tenth_outside_the_limits(bounds: Bounds, side: Side, value: str) -> None:
    rule = msgspec.structs.replace(PROFILE["VID006"], min=bounds.min, max=bounds.max)
    found = example(rule)
    assert (found.limit.side, found.measured.exact) == (side, value)


def test_size_and_number_of_pixels_agree() -> None:
    message = example(PROFILE["VID005"]).message
    pixels, width, height = re.search(r"is ([\d,]+) px.*\((\d+)x(\d+)\)", message).groups()  # type: ignore[union-attr]
    assert int(pixels.replace(",", "")) == int(width) * int(height)


def test_the_asset_is_one_that_the_rule_concerns() -> None:
    when = When(role=(Role.PORTRAIT,), group=(GroupKind.REAL_HUMAN,), practice=("full-body",))
    assert example(msgspec.structs.replace(PROFILE["POR008"], when=when)).code == "POR008"


def test_a_changed_limit_changes_it() -> None:
    assert "18.7 s" in example(msgspec.structs.replace(PROFILE["VID002"], max=Fraction(17))).message


def test_what_is_unknown_has_none() -> None:
    rule = msgspec.structs.replace(PROFILE["VID008"], fact="codec_profile", one_of=("Main",))
    assert example_finding(rule, PROFILE) is None
