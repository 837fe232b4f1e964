"""Choices, applied to the assets that they name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from validator.cli.options import Choices, settled_by
from validator.config import (
    EVERYTHING,
    Config,
    Override,
    check_config,
    depth_for,
    insisting,
    placed,
    policy_for,
    refuse_idle,
)
from validator.errors import ConfigError, UsageError
from validator.findings import Severity
from validator.judge import Limits
from validator.model import Asset, Depth, Group, GroupKind, Role
from validator.profile import default_profile, load_profile

PROFILE = default_profile()
ALL_CODES = frozenset(PROFILE.codes)


def asset(path: str | Path, **said: Any) -> Asset:
    return Asset(str(path), str(path), **said)


def url(address: str) -> Asset:
    return Asset(address, address, is_url=True)


def codes(config: Config, path: str = "a.png") -> frozenset[str]:
    chosen = policy_for(asset(path), config, PROFILE).codes
    assert chosen is not None
    return chosen


OWN = """
[profile]
name = "own"
title = "Own"
checked = 2026-11-23
source = "us"
[[rule]]
code = "IMG990"
name = "own-frames"
applies = "image"
fact = "frames"
max = 1
unit = "frames"
severity = "error"
summary = "One."
help = "Keep one."
"""


def named(*prefixes: str) -> frozenset[str]:
    return frozenset(code for code in ALL_CODES if code.startswith(prefixes))


class TestRefusal:
    @pytest.mark.parametrize(
        ("config", "words"),
        [
            (Config(select=("VID999",)), 'select: "VID999" names no rule of the profile seedance-2.0.'),
            (Config(ignore=("VID05",)), 'Did you mean "VID005"?'),
            (Config(ignore=("al",)), 'Did you mean "ALL"?'),
            (Config(ignore=("video-pixel",)), 'Did you mean "video-pixels"?'),
            (Config(ignore=("IMG33",)), 'Did you mean "IMG003"?'),
            (Config(ignore=("VDI",)), 'Did you mean "VID"?'),
            (Config(ignore=("",)), 'ignore: "" names no rule'),
            (Config(severity={"VIDEO": "off"}), 'severity: "VIDEO" names no rule'),
            (
                Config(overrides=(Override(files=("a",)), Override(files=("b",), ignore=("XYZ",)))),
                'overrides number 2: ignore: "XYZ" names no rule',
            ),
        ],
    )
    def test_selectors_that_name_no_rule(self, config: Config, words: str) -> None:
        with pytest.raises(UsageError) as refused:
            check_config(config, PROFILE)
        assert words in str(refused.value)

    def test_two_weights_of_one_rule(self) -> None:
        for other in ("img003", "image-side"):
            refused = (
                f'^severity: "IMG003" and "{other}" are the same, and weigh off and warning: name it once$'
            )
            with pytest.raises(UsageError, match=refused):
                check_config(Config(severity={"IMG003": "off", other: "warning"}), PROFILE)
        check_config(Config(severity={"IMG003": "off", "IMG": "warning", "img": "warning"}), PROFILE)

    def test_of_other_profiles_rules_may_be_left_out_that_they_do_not_have(self) -> None:
        runway = load_profile("runway")
        check_config(Config(ignore=("POR", "GRP"), severity={"VID006": "off"}), runway)
        with pytest.raises(
            UsageError, match='select: "POR" names no rule of the profile runway: it is of seed'
        ):
            check_config(Config(select=("POR",)), runway)
        with pytest.raises(UsageError, match='ignore: "XYZ" names no rule of the profile runway'):
            check_config(Config(ignore=("XYZ",)), runway)

    def test_what_any_shipped_profile_has_may_be_left_out_anywhere(self) -> None:
        config = Config(ignore=("VID013", "URL015", "url-host-name"), severity={"URL016": "off"})
        for name in ("seedance-2.0", "runway", "ltx", "vidu"):
            assert check_config(config, load_profile(name)).severity == {"URL016": "off"}

    def test_one_profile_of_a_configuration_takes_no_offence_at_rules_of_the_others(
        self, tmp_path: Path
    ) -> None:
        own = tmp_path / "own.toml"
        own.write_text(OWN, encoding="utf-8")
        config = Config(
            further_profiles=(str(own),),
            select=("IMG", "own-frames"),
            severity={"IMG990": "warning"},
            overrides=(Override(files=("a",), ignore=("IMG990", "IMG003")),),
        )
        both = check_config(config, PROFILE, load_profile(own))
        assert (both.select, both.severity) == (("IMG", "IMG990"), {"IMG990": "warning"})
        one = check_config(config, PROFILE)
        assert (one.select, one.severity, one.overrides[0].ignore) == (("IMG",), {}, ("IMG003",))
        assert check_config(one, PROFILE) == one, "and nobody does later"
        named = msgspec.structs.replace(config, further_profiles=())
        with pytest.raises(UsageError, match='"IMG990" names no rule'):
            check_config(named, PROFILE)
        assert check_config(named, PROFILE, named=[str(own), "no/such.toml"]) == msgspec.structs.replace(
            one, further_profiles=()
        )
        with pytest.raises(UsageError, match='select: "IMG990" names no rule of the profile seedance'):
            check_config(msgspec.structs.replace(config, select=("IMG990",)), PROFILE)

    @pytest.mark.parametrize("profile", ["ltx", None])
    def test_a_file_that_names_other_profiles_rules_serves_commands_that_judge_by_one(
        self, tmp_path: Path, profile: str | None
    ) -> None:
        (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
        file = tmp_path / "validator.toml"
        file.write_text(
            'profile = "runway"\nfurther-profiles = ["own.toml"]\nignore = ["VID013", "IMG990"]\n'
            '[severity]\nURL015 = "off"\n',
            encoding="utf-8",
        )
        config, judging = settled_by(file, Choices(profile=profile, config=file))
        assert (judging.info.name, config.ignore) == (profile or "runway", ("VID013",))
        assert config.severity == ({"URL015": "off"} if profile is None else {})

    def test_a_rule_of_another_profile_is_known_as_such(self) -> None:
        with pytest.raises(
            UsageError, match=r"the profile vidu: it is of seedance-2\.0 and seedance-upstream\."
        ):
            check_config(Config(select=("VID005",)), load_profile("vidu"))
        with pytest.raises(UsageError, match=r"of seedance-2\.0, [a-z0-9-]+ and \d+ other profiles\."):
            check_config(
                Config(select=("image-side",)), msgspec.structs.replace(PROFILE, rules=PROFILE.rules[:1])
            )

    def test_names_and_any_case_stand_for_codes(self) -> None:
        chosen = Config(
            select=("all", "image-side"),
            ignore=("Vid00",),
            severity={"Video-Pixels": "off"},
            overrides=(Override(files=("a",), select=("aud",), ignore=("audio-duration",)),),
        )
        checked = check_config(chosen, PROFILE)
        assert (checked.select, checked.ignore) == (("ALL", "IMG003"), ("VID00",))
        assert checked.severity == {"VID005": "off"}
        assert (checked.overrides[0].select, checked.overrides[0].ignore) == (("AUD",), ("AUD002",))

    def test_a_glob_that_makes_no_sense(self) -> None:
        config = Config(overrides=(Override(files=("ok", "!")),))
        with pytest.raises(ConfigError, match='overrides number 1: files: "!" is not a glob'):
            check_config(config, PROFILE)


class TestNothingLeftToRun:
    def test_each_of_several_profiles_has_to_have_something_to_say(self) -> None:
        config = Config(overrides=(Override(files=EVERYTHING, select=("URL013",)),))
        with pytest.raises(UsageError) as refused:
            refuse_idle(config, PROFILE, load_profile("runway"))
        assert str(refused.value) == (
            "no rule on media of the profile seedance-2.0 is left to run: "
            "all are left out by select (URL013), ignore and severity"
        )
        refuse_idle(config, load_profile("runway"))
        with pytest.raises(UsageError, match="of the profile vidu is"):
            refuse_idle(Config(select=("VID005",)), PROFILE, load_profile("vidu"))

    @pytest.mark.parametrize(
        "config",
        [
            Config(ignore=("ALL",)),
            Config(select=("IMG003",), ignore=("IMG003",)),
            Config(select=("IMG003",), severity={"IMG003": "off"}),
            Config(select=("REQ",)),
            Config(
                overrides=(
                    Override(files=("a",), select=("IMG",)),
                    Override(files=EVERYTHING, select=("VID",), ignore=("VID",)),
                )
            ),
        ],
    )
    def test_is_refused(self, config: Config) -> None:
        with pytest.raises(UsageError, match=r"no rule on media of the profile seedance-2\.0 is left to run"):
            refuse_idle(config, PROFILE)

    @pytest.mark.parametrize(
        "config",
        [
            Config(ignore=("ALL",), overrides=(Override(files=("a",), select=("IMG",)),)),
            Config(overrides=(Override(files=("a",), ignore=("ALL",)),)),
            Config(select=("VID",), ignore=("REQ",)),
        ],
    )
    def test_something_for_some_files_is_enough(self, config: Config) -> None:
        refuse_idle(config, PROFILE)

    def test_requests_have_rules_of_their_own(self) -> None:
        refuse_idle(Config(select=("REQ",)), PROFILE, of_requests=True)
        with pytest.raises(UsageError, match="no rule on requests"):
            refuse_idle(Config(select=("IMG",)), PROFILE, of_requests=True)


class TestSelection:
    def test_all_rules_run_by_default(self) -> None:
        assert codes(Config()) == ALL_CODES

    def test_a_prefix_selects_its_rules(self) -> None:
        assert codes(Config(select=("AUD", "VID00"))) == named("AUD", "VID00")

    def test_a_prefix_is_ignored(self) -> None:
        assert codes(Config(ignore=("AUD",))) == ALL_CODES - named("AUD")

    def test_the_more_specific_selector_wins(self) -> None:
        assert codes(Config(select=("ALL", "AUD002"), ignore=("AUD",))) == (
            ALL_CODES - named("AUD") | {"AUD002"}
        )
        assert codes(Config(select=("AUD",), ignore=("AUD002",))) == named("AUD") - {"AUD002"}

    def test_ignore_wins_ties(self) -> None:
        assert codes(Config(select=("AUD",), ignore=("AUD",))) == frozenset()
        assert codes(Config(ignore=("ALL",))) == frozenset()

    def test_an_empty_selection_of_other_rules_is_all(self) -> None:
        assert codes(Config(select=())) == ALL_CODES

    def test_off_switches_a_rule_off(self) -> None:
        assert codes(Config(severity={"AUD": "off", "AUD002": "warning"})) == (
            ALL_CODES - named("AUD") | {"AUD002"}
        )

    def test_severity_of_the_longer_selector_wins(self) -> None:
        config = Config(severity={"VID005": "error", "ALL": "note", "VID": "warning"})
        severities = policy_for(asset("a"), config, PROFILE).severities
        assert severities["VID005"] is Severity.ERROR
        assert severities["VID006"] is Severity.WARNING
        assert severities["IMG001"] is Severity.NOTE


class TestOverrides:
    def test_hold_for_the_files_they_name(self, tmp_path: Path) -> None:
        override = Override(files=("faces/*.png",), limits=Limits.OBSERVED, depth=Depth.FULL)
        config = Config(overrides=(override,), folder=tmp_path)
        face, other = asset(tmp_path / "faces" / "a.png"), asset(tmp_path / "a.png")
        assert policy_for(face, config, PROFILE).limits is Limits.OBSERVED
        assert policy_for(other, config, PROFILE).limits is Limits.DOCUMENTED
        assert depth_for(face, config) is Depth.FULL
        assert depth_for(other, config) is Depth.STANDARD

    @pytest.mark.parametrize(
        ("glob", "path", "covered"),
        [
            ("*.png", "deep/down/a.png", True),
            ("faces/", "faces/deep/a.png", True),
            ("faces/*.png", "faces/deep/a.png", False),
            ("faces/**/*.png", "faces/deep/a.png", True),
            ("/a.png", "faces/a.png", False),
            ("*.png", "caf\udce9/b\n\udce9.png", True),
            ("*.png", "line\nfeed/a.png", True),
            ("*", "anything", True),
            ("[ab].png", "b.png", True),
        ],
    )
    def test_globs_are_those_of_gitignore(self, tmp_path: Path, glob: str, path: str, covered: bool) -> None:
        config = Config(overrides=(Override(files=(glob,), role=Role.SCENE),), folder=tmp_path)
        assert (placed(asset(tmp_path / path), config).role is Role.SCENE) is covered

    def test_globs_are_relative_to_the_working_directory_without_a_file(self) -> None:
        config = Config(overrides=(Override(files=("/faces/*.png",), role=Role.SCENE),))
        assert placed(asset("faces/a.png"), config).role is Role.SCENE
        assert placed(asset("./x/../faces/a.png"), config).role is Role.SCENE

    def test_a_file_outside_the_folder_is_named_by_its_whole_path(self, tmp_path: Path) -> None:
        config = Config(
            overrides=(Override(files=("elsewhere/*.png",), role=Role.SCENE),), folder=tmp_path / "here"
        )
        assert placed(asset(tmp_path / "elsewhere" / "a.png"), config).role is None
        config = Config(overrides=(Override(files=("*.png",), role=Role.SCENE),), folder=tmp_path / "here")
        assert placed(asset(tmp_path / "elsewhere" / "a.png"), config).role is Role.SCENE

    @pytest.mark.parametrize(
        ("address", "covered"),
        [
            ("https://host.example/faces/a.png?name=x.mp4", True),
            ("https://host.example/other/a.png?faces/", False),
            ("https://host.example", False),
            ("https://[broken/faces/a.png", False),
        ],
    )
    def test_a_url_is_matched_by_its_path_alone(self, address: str, covered: bool) -> None:
        config = Config(overrides=(Override(files=("faces/",), role=Role.CLOSE_UP),))
        assert (placed(url(address), config).role is Role.CLOSE_UP) is covered

    def test_a_copy_is_named_by_where_its_original_lies(self) -> None:
        config = Config(overrides=(Override(files=("/faces/*.png",), role=Role.CLOSE_UP),))
        for place in ("faces/a.png", "https://host.example/faces/a.png?key=1"):
            copy = Asset("out/a.png", "out/.validator-1.png", placed_as=place)
            assert placed(copy, config).role is Role.CLOSE_UP
        assert placed(Asset("faces/a.png", "faces/a.png", placed_as="b.png"), config).role is None

    def test_the_later_one_wins(self) -> None:
        config = Config(
            role=Role.OTHER,
            group=GroupKind.VIRTUAL,
            overrides=(
                Override(files=("*.png",), role=Role.SCENE, group=GroupKind.REAL_HUMAN),
                Override(files=("a.*",), role=Role.PRODUCT),
            ),
        )
        assert placed(asset("a.png"), config).role is Role.PRODUCT
        assert placed(asset("a.png"), config).group == Group(GroupKind.REAL_HUMAN)
        assert placed(asset("b.png"), config).role is Role.SCENE
        assert placed(asset("b.mp4"), config).role is Role.OTHER

    def test_what_a_list_says_of_an_asset_stands(self) -> None:
        config = Config(overrides=(Override(files=("*",), role=Role.SCENE, group=GroupKind.VIRTUAL),))
        group = Group(GroupKind.REAL_HUMAN, id="group-1")
        own = asset("a.png", role=Role.PORTRAIT, group=group, name="Ada")
        assert placed(own, config) == own

    def test_ignore_adds_and_select_starts_anew(self) -> None:
        config = Config(
            ignore=("AUD",),
            overrides=(
                Override(files=("*.mp4",), ignore=("IMG",)),
                Override(files=("strict.mp4",), select=("ALL",)),
            ),
        )
        assert codes(config, "a.png") == ALL_CODES - named("AUD")
        assert codes(config, "a.mp4") == ALL_CODES - named("AUD", "IMG")
        assert codes(config, "strict.mp4") == ALL_CODES

    def test_severity_of_a_later_override_wins_even_over_off(self) -> None:
        config = Config(
            severity={"VID": "off"}, overrides=(Override(files=("*.mp4",), severity={"VID005": "note"}),)
        )
        policy = policy_for(asset("a.mp4"), config, PROFILE)
        assert policy.severities == {"VID005": Severity.NOTE}
        assert policy.codes == ALL_CODES - named("VID") | {"VID005"}

    @pytest.mark.parametrize("target", [asset("a.png"), asset("/x/a.png"), url("https://h"), url("ftp://[")])
    def test_nothing_undoes_what_a_command_line_insists_on(self, target: Asset) -> None:
        config = Config(overrides=(Override(files=EVERYTHING, select=("ALL",), depth=Depth.FULL),))
        config = insisting(config, Override(files=EVERYTHING, ignore=("IMG",), depth=Depth.HEADER))
        assert policy_for(target, config, PROFILE).codes == ALL_CODES - named("IMG")
        assert depth_for(target, config) is Depth.HEADER
