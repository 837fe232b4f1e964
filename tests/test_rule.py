"""One rule by itself: whom it concerns, and what it compares with what."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.findings import Severity
from validator.model import GroupKind, Role
from validator.profile import default_profile
from validator.rule import ABOUT_PEOPLE, PLACEHOLDER, Bounds, Rule, Weighs, When

VIRTUAL, REAL = GroupKind.VIRTUAL, GroupKind.REAL_HUMAN
PRACTICES = ("close-up", "full-body", "half-body", "other", "none")
RULE = default_profile()["VID002"]

ROLES = st.none() | st.sampled_from(Role)
GROUPS = st.none() | st.sampled_from(GroupKind)
MEASURED = st.none() | st.sampled_from(PRACTICES)
WHENS = st.builds(
    When,
    role=st.lists(st.sampled_from(Role), unique=True).map(tuple),
    group=st.lists(st.sampled_from(GroupKind), unique=True).map(tuple),
    practice=st.lists(st.sampled_from(PRACTICES), unique=True).map(tuple),
)


def changed(**changes: object) -> Rule:
    return msgspec.structs.replace(RULE, **changes)


class TestWhen:
    @pytest.mark.parametrize(
        ("when", "role", "group", "practice", "fits"),
        [
            (When(), None, None, None, True),
            (When(role=(Role.PORTRAIT,)), None, None, None, False),
            (When(role=(Role.PORTRAIT, Role.CLOSE_UP)), Role.CLOSE_UP, None, None, True),
            (When(group=(REAL,)), None, VIRTUAL, None, False),
            (When(group=(REAL,)), Role.PRODUCT, REAL, "none", True),
            (When(practice=("close-up",)), None, None, "close-up", True),
            (When(practice=("close-up",)), None, None, "full-body", False),
            (When(practice=("close-up",)), None, None, None, True),  # not measured: then it is not judged
            (When(role=(Role.PORTRAIT,), practice=("close-up",)), Role.PORTRAIT, None, "close-up", True),
            (When(role=(Role.PORTRAIT,), practice=("close-up",)), None, None, "close-up", False),
            (When(role=(Role.PORTRAIT,), practice=("close-up",)), Role.PORTRAIT, None, "other", False),
        ],
    )
    def test_all_that_is_given_has_to_fit(
        self, when: When, role: Role | None, group: GroupKind | None, practice: str | None, fits: bool
    ) -> None:
        assert when.fits(role, group, practice) is fits

    @given(ROLES, GROUPS, MEASURED)
    def test_what_is_left_out_does_not_matter(
        self, role: Role | None, group: GroupKind | None, practice: str | None
    ) -> None:
        assert When().fits(role, group, practice)

    @given(WHENS, ROLES, GROUPS, MEASURED)
    def test_each_part_counts_for_itself(
        self, when: When, role: Role | None, group: GroupKind | None, practice: str | None
    ) -> None:
        parts = (When(role=when.role), When(group=when.group), When(practice=when.practice))
        alone = [part.fits(role, group, practice) for part in parts]
        assert when.fits(role, group, practice) is all(alone)

    @given(WHENS, ROLES, GROUPS, MEASURED)
    def test_a_practice_that_was_not_measured_leaves_nobody_out(
        self, when: When, role: Role | None, group: GroupKind | None, practice: str | None
    ) -> None:
        if when.fits(role, group, practice):
            assert when.fits(role, group, None)

    def test_a_format_that_is_asked_for_has_to_be_known(self) -> None:
        when = When(format=("png", "apng"))
        assert when.fits(None, None, None, "png")
        assert not when.fits(None, None, None, "webp")
        assert not when.fits(None, None, None)

    def test_what_a_rule_weighs_fits_like_any_other(self) -> None:
        weighs = Weighs(severity=Severity.NOTE, role=(Role.PORTRAIT,))
        assert weighs.fits(Role.PORTRAIT, None, None)
        assert not weighs.fits(None, None, None)


class TestAlternatives:
    def test_none_one_or_several(self) -> None:
        one, other = When(role=(Role.PORTRAIT,)), When(group=(REAL,))
        assert changed(when=()).alternatives == ()
        assert changed(when=one).alternatives == (one,)
        assert changed(when=(one, other)).alternatives == (one, other)


class TestBounds:
    def test_min_and_max_are_the_bounds_of_each_fact(self) -> None:
        rule = changed(fact=("duration", "audio_duration"), help_below="Longer.", help_above="Shorter.")
        for name in rule.facts:
            assert rule.bounds_of(name) == Bounds(
                Fraction(2), Fraction(15), help_below="Longer.", help_above="Shorter."
            )

    @pytest.mark.parametrize("end", ["min", "max"])
    def test_one_end_is_enough(self, end: str) -> None:
        bounds = changed(**{end: None}).bounds_of("duration")
        assert bounds is not None
        assert (bounds.min is None, bounds.max is None) == (end == "min", end == "max")

    def test_each_fact_has_its_own(self) -> None:
        low, high = Bounds(min=Fraction(1)), Bounds(max=Fraction(9))
        rule = changed(fact=(), min=None, max=None, bounds={"width": low, "height": high})
        assert rule.facts == ("width", "height")
        assert (rule.bounds_of("width"), rule.bounds_of("height")) == (low, high)
        assert rule.bounds_of("duration") is None

    def test_a_rule_that_compares_otherwise_has_none(self) -> None:
        rule = default_profile()["VID001"]
        assert rule.facts == ("format",)
        assert rule.bounds_of("format") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Crop to {close_up_crop}.", ["close_up_crop"]),
        ("{yaw} and {roll}", ["yaw", "roll"]),
        ("{} and { yaw } and {yaw!r}", []),
        ("nothing", []),
    ],
)
def test_placeholders_are_names_in_braces(text: str, names: list[str]) -> None:
    assert PLACEHOLDER.findall(text) == names


def test_rules_about_people_are_those_of_the_families_of_people() -> None:
    about = {rule.code for rule in default_profile().rules if rule.applies in ABOUT_PEOPLE}
    of_families = {code for code in default_profile().codes if code.startswith(("POR", "GRP"))}
    assert about == of_families - {"GRP002"}, "of a group, the quota alone has nothing to do with people"
