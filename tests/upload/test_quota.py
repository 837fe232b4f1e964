from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from validator.findings import Severity
from validator.profile import default_profile, load_profile
from validator.upload.quota import judge_quota

PROFILE = default_profile()


@pytest.mark.parametrize(
    ("used", "needed", "cap", "by"),
    [
        (0, 100, 100, None),
        (0, 101, 100, "1"),
        (99, 1, 100, None),
        (100, 1, 100, "1"),
        (85, 30, 100, "15"),
        (85, 30, 200, None),
        (0, 1, 0, "1"),
        (300, 0, 100, None),
        (300, 1, 100, "201"),
        (90, 11, None, "1"),
        (90, 10, None, None),
    ],
)
def test_an_upload_fits_or_is_too_large_by_so_many(
    used: int, needed: int, cap: int | None, by: str | None
) -> None:
    found = judge_quota(used, needed, cap, PROFILE)
    assert (None if found is None else found.limit.by) == by


def test_the_finding_says_all_there_is_to_know() -> None:
    found = judge_quota(85, 30, 100, PROFILE)
    assert found is not None
    assert (found.code, found.name, found.severity) == ("GRP002", "group-quota", Severity.ERROR)
    assert found.message == (
        "The number of assets is 115: 15 above the maximum of 100 (held already 85, to be created 30)."
    )
    assert "quota" in found.help


def test_a_profile_can_have_another_cap_or_none() -> None:
    wide = msgspec.structs.replace(
        PROFILE, rules=(msgspec.structs.replace(PROFILE["GRP002"], max=Fraction(500)),)
    )
    assert judge_quota(400, 100, None, wide) is None
    assert judge_quota(400, 101, None, wide) is not None
    without = msgspec.structs.replace(PROFILE, rules=(PROFILE["VID002"], PROFILE["REQ008"]))
    assert judge_quota(400, 100, 100, without) is None


@pytest.mark.parametrize("name", ["media", "runway", "vidu"])
def test_a_profile_of_another_service_leaves_the_account_its_cap(name: str) -> None:
    profile = load_profile(name)
    assert judge_quota(70, 30, None, profile) is None
    for cap in (100, None):
        found = judge_quota(85, 30, cap, profile)
        assert found is not None
        assert (found.code, found.limit.by) == ("GRP002", "15")
