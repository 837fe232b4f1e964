"""One asset before it is judged: how much of it is fetched, and what is said where we are at fault."""

from __future__ import annotations

from collections.abc import Callable

from validator.intake.source import Source
from validator.judge import Limits
from validator.measure import download_caps, measure
from validator.model import Asset, Depth, Facts, Kind
from validator.profile import Profile, default_profile

Cancel = Callable[[], bool]


def no_probe(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel) -> Facts:
    raise AssertionError((asset, source, depth, cancelled))


class TestBugs:
    def test_of_a_url_are_told_without_its_secrets(self) -> None:
        address = "https://ada:pass@example.com/a b.png?token=secret"

        def opener(asset: Asset) -> Source:
            raise RuntimeError(f"cannot fetch {asset.location} or https://h/x?key=secret")

        facts = measure(
            Asset(address, address, is_url=True),
            opener=opener,
            probe=no_probe,
            depth=Depth.STANDARD,
            cancelled=lambda: False,
        )
        assert facts.link is not None
        assert "cannot fetch https://" in facts.unmeasured["*"]
        assert "secret" not in facts.unmeasured["*"]
        assert "pass" not in facts.unmeasured["*"]


class TestCaps:
    def test_caps_are_the_largest_size_that_passes_and_a_tenth(self) -> None:
        caps, unknown = download_caps(default_profile(), Limits.DOCUMENTED)
        assert caps == {Kind.IMAGE: 33_000_000, Kind.VIDEO: 55_000_000, Kind.AUDIO: 16_500_000}
        assert unknown == 55_000_000

    def test_observed_limits_need_more_room(self) -> None:
        caps, unknown = download_caps(default_profile(), Limits.OBSERVED)
        assert caps[Kind.VIDEO] == unknown == 220_000_000

    def test_a_profile_without_sizes_still_caps(self) -> None:
        empty = Profile(default_profile().info, ())
        caps, unknown = download_caps(empty, Limits.DOCUMENTED)
        assert set(caps.values()) == {unknown} == {1_000_000_000}
