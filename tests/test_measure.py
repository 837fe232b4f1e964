"""One asset before it is judged: how much of it is fetched, and what is said where we are at fault."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

from validator.intake.source import Source, open_local
from validator.judge import Limits
from validator.measure import download_caps, measure
from validator.model import Asset, Depth, Facts, FileFacts, Kind
from validator.probe import Attention
from validator.profile import Profile, default_profile, load_profile

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
        profile = load_profile("seedance-upstream")  # errors for real people, warnings for all others
        caps, unknown = download_caps([profile], Limits.DOCUMENTED)
        assert (caps[Kind.IMAGE], caps[Kind.VIDEO], unknown) == (33_000_000, 1_000_000_000, 1_000_000_000)

    def test_a_profile_without_sizes_still_caps(self) -> None:
        empty = Profile(default_profile().info, ())
        caps, unknown = download_caps([empty], Limits.DOCUMENTED)
        assert set(caps.values()) == {unknown} == {1_000_000_000}
