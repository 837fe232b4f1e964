"""One run, several profiles: measured once, judged by each, passed where all of them let it pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from validator import Config, Severity, Verdict, lint
from validator.attention import People
from validator.config import check_config, profiles_of
from validator.errors import ConfigError, UsageError
from validator.intake.source import Source
from validator.judge import Limits, Policy
from validator.measure import download_caps
from validator.model import Asset, Depth, Facts, FileFacts, ImageFacts, Kind, LinkFacts, VideoFacts
from validator.probe import Attention
from validator.probe.media import as_if_only
from validator.profile import Profile, load_profile
from validator.run import run

OTHER = """
[profile]
name = "other"
title = "Another service"
checked = 2026-11-22
source = "https://example.com/limits"

[[rule]]
code = "IMG003"
name = "image-side"
applies = "image"
fact = ["width", "height"]
min = 100
max = 500
unit = "px"
severity = "warning"
summary = "A side is 100 to 500 px."
help = "Scale it."

[[rule]]
code = "IMG090"
name = "image-frames"
applies = "image"
fact = "frames"
max = 1
unit = "frames"
severity = "error"
summary = "An image has one frame."
help = "Keep one."
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "other.toml").write_text(OTHER, encoding="utf-8")
    (tmp_path / "a.png").write_bytes(b"no matter")
    return Config(
        further_profiles=(str(tmp_path / "other.toml"),), select=("IMG003", "IMG090"), folder=tmp_path
    )


def picture_of(width: int, frames: int | None = 1) -> tuple[Callable[..., Facts], list[str]]:
    """A probe that knows the picture, and keeps what it was asked to measure."""
    asked: list[str] = []

    def probe(
        asset: Asset, source: Source, *, depth: Depth, cancelled: Callable[[], bool], people: Attention | None
    ) -> Facts:
        del depth, cancelled, people
        asked.append(asset.target)
        return Facts(Kind.IMAGE, source.access, None, ImageFacts(width=width, height=400, frames=frames))

    return probe, asked


def test_what_is_measured_once_is_judged_by_each(config: Config, tmp_path: Path) -> None:
    probe, asked = picture_of(600)
    (result,) = run(tmp_path / "a.png", config, probe=probe)
    assert len(asked) == 1
    assert result.profiles == ("seedance-2.0", "other")
    assert [(finding.profile, finding.code, finding.severity) for finding in result.findings] == [
        ("other", "IMG003", Severity.WARNING)
    ]
    assert result.findings[0].limit.source == "https://example.com/limits"
    assert result.verdicts == (("seedance-2.0", Verdict.PASS), ("other", Verdict.PASS))


@pytest.mark.parametrize(
    ("width", "frames", "verdicts", "verdict"),
    [
        (400, 1, (Verdict.PASS, Verdict.PASS), Verdict.PASS),
        (200, 1, (Verdict.FAIL, Verdict.PASS), Verdict.FAIL),
        (400, 2, (Verdict.PASS, Verdict.FAIL), Verdict.FAIL),
        (200, 2, (Verdict.FAIL, Verdict.FAIL), Verdict.FAIL),
        (400, None, (Verdict.PASS, Verdict.UNJUDGED), Verdict.UNJUDGED),
        (200, None, (Verdict.FAIL, Verdict.UNJUDGED), Verdict.FAIL),
    ],
)
def test_an_asset_passes_where_it_passes_in_all(
    config: Config,
    tmp_path: Path,
    width: int,
    frames: int | None,
    verdicts: tuple[Verdict, Verdict],
    verdict: Verdict,
) -> None:
    (result,) = run(tmp_path / "a.png", config, probe=picture_of(width, frames)[0])
    assert tuple(each for _, each in result.verdicts) == verdicts
    assert result.verdict is verdict


def test_with_one_profile_nothing_is_said_of_it(config: Config, tmp_path: Path) -> None:
    alone = msgspec.structs.replace(config, further_profiles=(), select=("IMG003",))
    (result,) = run(tmp_path / "a.png", alone, probe=picture_of(200)[0])
    assert (result.profiles, result.verdicts) == ((), ())
    assert [finding.profile for finding in result.findings] == [UNSET]


def test_a_report_knows_all_its_profiles(config: Config, tmp_path: Path) -> None:
    report = lint(tmp_path / "a.png", config)
    assert [profile.info.name for profile in report.profiles] == ["seedance-2.0", "other"]
    assert report.profile.name == "seedance-2.0"


def test_a_selector_may_name_a_rule_of_one_of_them(config: Config) -> None:
    profiles = profiles_of(config)
    check_config(Config(ignore=("IMG090", "VID")), *profiles)
    with pytest.raises(UsageError, match=r"IMG091.* no rule of the profiles seedance-2.0, other\..*IMG090"):
        check_config(Config(ignore=("IMG091",)), *profiles)


MKV = Path(__file__).parents[1] / "fixtures" / "media" / "video.mkv"


@pytest.mark.parametrize("beside", ["ltx", "kling-omni"])
@pytest.mark.parametrize("name", ["runway", "seedance-2.0", "wan-2.7", "vidu", "media", "ltx"])
def test_a_verdict_does_not_depend_on_who_else_judges(name: str, beside: str) -> None:
    """An mkv is opened for ltx."""
    if name == beside:
        return
    ignoring = ("POR", "GRP")
    alone = lint(MKV, Config(profile=name, ignore=ignoring)).assets[0]
    together = lint(MKV, Config(profile=beside, further_profiles=(name,), ignore=ignoring)).assets[0]
    assert dict(together.verdicts)[name] == alone.verdict
    assert [(each.code, each.message) for each in together.findings if each.profile == name] == [
        (each.code, each.message) for each in alone.findings
    ]
    assert [(each.code, each.reason) for each in together.not_judged if each.profile == name] == [
        (each.code, each.reason) for each in alone.not_judged
    ]


def test_what_a_link_lacks_is_said_of_what_was_not_opened_too() -> None:
    file = FileFacts(format="mkv", integrity="whole", sha256="ab", duplicate=True)
    why = {"integrity": "no matter", "duration": "no matter", "head": "it took too long"}
    seen = as_if_only(frozenset(), Facts(Kind.VIDEO, file, LinkFacts(), VideoFacts(), why))
    assert seen.file == FileFacts(format="mkv", sha256="ab", duplicate=True)
    assert (seen.kind, seen.media) == (Kind.VIDEO, None)
    assert seen.unmeasured == {"*": "mkv is none of the formats that are opened", "head": "it took too long"}


def test_a_profile_is_read_once(tmp_path: Path) -> None:
    """What a report says of a profile is what was judged by, whatever becomes of the file meanwhile."""
    own, picture = tmp_path / "own.toml", tmp_path / "a.png"
    own.write_text(OTHER, encoding="utf-8")
    picture.write_bytes(b"no matter")
    loaded = profiles_of(Config(profile=str(own)))
    own.unlink()
    (result,) = run(picture, Config(profile=str(own)), probe=picture_of(600)[0], profiles=loaded)
    assert [each.code for each in result.findings] == ["IMG003"]


def test_a_library_call_reads_each_profile_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, read = tmp_path / "own.toml", []
    own.write_text(OTHER, encoding="utf-8")
    (tmp_path / "a.png").write_bytes(b"no matter")
    original = Path.read_text

    def counting(path: Path, *args: Any, **said: Any) -> str:
        read.append(path)
        return original(path, *args, **said)

    monkeypatch.setattr(Path, "read_text", counting)
    lint(tmp_path / "a.png", Config(profile=str(own)))
    assert read.count(own) == 1


def test_two_of_the_same_name_are_refused() -> None:
    with pytest.raises(ConfigError, match=r'the name "seedance-2\.0"'):
        profiles_of(Config(further_profiles=("seedance-2.0",)))


def test_what_the_most_generous_takes_is_downloaded(config: Config) -> None:
    strict, no_limit = profiles_of(config)
    assert download_caps([strict, no_limit], Limits.DOCUMENTED) == download_caps(
        [no_limit], Limits.DOCUMENTED
    )
    assert download_caps([strict], Limits.DOCUMENTED)[1] < download_caps([no_limit], Limits.DOCUMENTED)[1]


def test_faces_are_looked_for_where_any_of_them_asks(config: Config) -> None:
    default, other = profiles_of(config)
    asset = Asset("a.png", "a.png")

    def looked_for(*profiles: Profile, codes: frozenset[str] | None = None) -> bool:
        people = People(Config(), profiles)
        try:
            return people.attention(asset, tuple(Policy(codes) for _ in profiles)) is not None
        finally:
            people.close()

    assert looked_for(other, default)
    assert not looked_for(other)
    assert not looked_for(other, default, codes=frozenset({"IMG003"}))


def test_paths_of_a_configuration_file_start_at_it(tmp_path: Path) -> None:
    from validator.config import load_config

    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "other.toml").write_text(OTHER, encoding="utf-8")
    (folder / "validator.toml").write_text('further-profiles = ["other.toml"]\n', encoding="utf-8")
    config = load_config(folder)
    assert [load_profile(name).info.name for name in config.further_profiles] == ["other"]
