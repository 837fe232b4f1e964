"""One asset before it is judged: how much of it is fetched, and what is said where we are at fault."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from validator.findings import Verdict, verdict_of
from validator.intake.source import Source, open_local
from validator.judge import Limits, Policy, judge
from validator.measure import download_caps, measure
from validator.model import Asset, Depth, Facts, FileFacts, Kind, LinkFacts
from validator.probe import Attention
from validator.profile import Profile, default_profile, load_profile, rules_directory, shipped_profiles

Cancel = Callable[[], bool]
People = Attention | None


def no_probe(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
    raise AssertionError((asset, source, depth, cancelled, people))


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


class TestADiskThatGivesUp:
    def test_is_no_bug_but_makes_the_file_unreadable(self, tmp_path: Path) -> None:
        def probe(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
            del asset, source, depth, cancelled, people
            raise OSError(errno.EIO, "Input/output error")

        path = tmp_path / "a.png"
        path.write_bytes(b"some bytes")
        facts = measure(
            Asset(str(path), str(path)),
            opener=open_local,
            probe=probe,
            depth=Depth.STANDARD,
            cancelled=lambda: False,
        )
        assert facts.file == FileFacts(
            access="unreadable", access_detail="Input/output error", bytes=len(b"some bytes")
        )
        assert facts.unmeasured == {"*": "the file could not be read"}


class TestCaps:
    def test_caps_are_the_largest_size_that_passes_and_a_tenth(self) -> None:
        caps, unknown = download_caps([default_profile()], Limits.DOCUMENTED)
        assert caps == {Kind.IMAGE: 33_000_000, Kind.VIDEO: 55_000_000, Kind.AUDIO: 16_500_000}
        assert unknown == 55_000_000

    def test_observed_limits_need_more_room(self) -> None:
        caps, unknown = download_caps([default_profile()], Limits.OBSERVED)
        assert caps[Kind.VIDEO] == unknown == 220_000_000

    def test_a_size_that_is_only_warned_of_ends_no_download(self) -> None:
        caps, unknown = download_caps([load_profile("hailuo-02")], Limits.DOCUMENTED)
        assert (caps[Kind.IMAGE], caps[Kind.VIDEO], unknown) == (220_000_000,) * 3

    def test_a_warned_size_above_all_others_is_read_and_a_tenth(self, tmp_path: Path) -> None:
        text = (rules_directory() / "hailuo-02.toml").read_text("utf-8").replace("20_000_000", "300_000_000")
        (tmp_path / "mine.toml").write_text(text, "utf-8")
        caps, _ = download_caps([load_profile(tmp_path / "mine.toml")], Limits.DOCUMENTED)
        assert caps[Kind.IMAGE] == 330_000_000

    def test_a_size_that_passes_for_some_assets_is_read_for_all(self) -> None:
        caps, unknown = download_caps([load_profile("seedance-upstream")], Limits.DOCUMENTED)
        assert (caps[Kind.IMAGE], caps[Kind.VIDEO], unknown) == (33_000_000, 220_000_000, 220_000_000)

    @pytest.mark.parametrize("name", shipped_profiles())
    def test_nothing_that_is_shipped_reads_more_than_the_most_that_any_takes(self, name: str) -> None:
        caps, unknown = download_caps([load_profile(name)], Limits.DOCUMENTED)
        assert max(*caps.values(), unknown) <= 220_000_000

    def test_a_profile_without_sizes_still_caps(self) -> None:
        empty = Profile(default_profile().info, ())
        caps, unknown = download_caps([empty], Limits.DOCUMENTED)
        assert set(caps.values()) == {unknown} == {220_000_000}

    def test_what_was_not_read_is_too_large_by_those_alone_who_limit_it(self) -> None:
        asset = Asset("https://a.example/a", "https://a.example/a", is_url=True)
        facts = Facts(link=LinkFacts(scheme="https", transfer="over-cap"), unmeasured={"*": "not downloaded"})
        verdicts = {
            name: verdict_of(*judge(asset, facts, load_profile(name), Policy()))
            for name in shipped_profiles()
        }
        failing = {name for name, verdict in verdicts.items() if verdict is Verdict.FAIL}
        assert failing == {"seedance-2.0", "seedance-upstream", "runway", "ltx"}
        assert set(verdicts.values()) == {Verdict.FAIL, Verdict.UNJUDGED}
