"""Configuration files: found nearest first, refused with file and key in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from validator.config import (
    Config,
    Override,
    check_types,
    load_config,
)
from validator.config_file import read_config
from validator.errors import ConfigError
from validator.judge import Limits
from validator.model import Depth, GroupKind, Role
from validator.profile import load_profile
from validator.settings import ServiceSettings, UploadSettings


class TestFinding:
    def test_without_a_file_everything_is_as_by_default(self, tmp_path: Path) -> None:
        assert load_config(tmp_path) == Config()

    def test_the_nearest_file_wins(self, tmp_path: Path) -> None:
        near = tmp_path / "a" / "b"
        near.mkdir(parents=True)
        (tmp_path / "validator.toml").write_text("workers = 1")
        (tmp_path / "a" / "validator.toml").write_text("workers = 2")
        assert load_config(near).workers == 2
        assert load_config(tmp_path).workers == 1

    def test_starts_at_the_folder_of_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text("workers = 3")
        (tmp_path / "a.png").write_bytes(b"")
        assert load_config(tmp_path / "a.png").workers == 3

    def test_its_own_file_wins_over_pyproject_in_the_same_folder(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text("[tool.validator]\nworkers = 1")
        (tmp_path / "validator.toml").write_text("workers = 2")
        assert load_config(tmp_path).workers == 2

    @pytest.mark.parametrize("content", ["", "[project]\nname = 'x'", "[tool.ruff]", "tool = 3"])
    def test_a_pyproject_without_our_table_is_passed_over(self, tmp_path: Path, content: str) -> None:
        below = tmp_path / "below"
        below.mkdir()
        (tmp_path / "pyproject.toml").write_text("[tool.validator]\nlimits = 'observed'")
        (below / "pyproject.toml").write_text(content)
        assert load_config(below).limits is Limits.OBSERVED

    def test_an_empty_table_ends_the_search(self, tmp_path: Path) -> None:
        below = tmp_path / "below"
        below.mkdir()
        (tmp_path / "validator.toml").write_text("workers = 1")
        (below / "pyproject.toml").write_text("[tool.validator]")
        assert load_config(below).workers == 0

    def test_a_folder_called_like_the_file_is_no_configuration(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").mkdir()
        assert load_config(tmp_path) == Config()

    def test_an_explicit_file_is_taken_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text("workers = 1")
        other = tmp_path / "strict.toml"
        other.write_text("fail-on = 'warning'")
        assert load_config(tmp_path, other).fail_on == "warning"
        assert load_config(tmp_path, other).workers == 0

    def test_an_explicit_pyproject_must_have_our_table(self, tmp_path: Path) -> None:
        path = tmp_path / "pyproject.toml"
        path.write_text("[project]")
        with pytest.raises(ConfigError, match=r"pyproject\.toml: there is no \[tool\.validator\] table"):
            load_config(tmp_path, path)

    def test_remembers_the_folder_that_globs_are_relative_to(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text("")
        assert load_config(tmp_path).folder == tmp_path

    def test_every_key_can_be_given(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text(
            """
            profile = "seedance-2.0"
            limits = "observed"
            depth = "full"
            select = ["ALL"]
            ignore = ["IMG"]
            fail-on = "warning"
            role = "product"
            group = "real-human"
            output-format = "json"
            exit-zero = true
            quiet = true
            workers = 3
            connect-timeout = 1
            read-timeout = 2.5
            download-timeout = 3
            look-timeout = 4.5
            models = "models"
            references = ["ada.png", "faces/ada 2.png"]
            severity = { VID006 = "warning", AUD = "off" }

            [service]
            base-url = "https://library.example/v1"
            api-key-file = "secrets/key"
            operations = { delete-asset = "POST /asset/files/{asset_id}/delete" }

            [upload]
            public-url = "https://cdn.example/assets/"
            publish = "s3://bucket/assets"
            link-life = 3600
            unpublish = true
            quota = 250
            wait-timeout = 600
            list-lag = 0
            journal = "uploads.sqlite3"

            [[overrides]]
            files = ["faces/"]
            role = "close-up"
            group = "virtual"
            select = ["IMG"]
            ignore = ["IMG007"]
            severity = { IMG001 = "note" }
            limits = "documented"
            depth = "header"
            """
        )
        assert load_config(tmp_path, tmp_path / "validator.toml") == Config(
            limits=Limits.OBSERVED,
            depth=Depth.FULL,
            select=("ALL",),
            ignore=("IMG",),
            fail_on="warning",
            role=Role.PRODUCT,
            group=GroupKind.REAL_HUMAN,
            output_format="json",
            exit_zero=True,
            quiet=True,
            workers=3,
            connect_timeout=1,
            read_timeout=2.5,
            download_timeout=3,
            look_timeout=4.5,
            models=str(tmp_path / "models"),
            references=(str(tmp_path / "ada.png"), str(tmp_path / "faces" / "ada 2.png")),
            severity={"VID006": "warning", "AUD": "off"},
            service=ServiceSettings(
                base_url="https://library.example/v1",
                api_key_file=str(tmp_path / "secrets" / "key"),
                operations={"delete-asset": "POST /asset/files/{asset_id}/delete"},
            ),
            upload=UploadSettings(
                public_url="https://cdn.example/assets/",
                publish="s3://bucket/assets",
                link_life=3600,
                unpublish=True,
                quota=250,
                wait_timeout=600,
                list_lag=0,
                journal=str(tmp_path / "uploads.sqlite3"),
            ),
            overrides=(
                Override(
                    files=("faces/",),
                    role=Role.CLOSE_UP,
                    group=GroupKind.VIRTUAL,
                    select=("IMG",),
                    ignore=("IMG007",),
                    severity={"IMG001": "note"},
                    limits=Limits.DOCUMENTED,
                    depth=Depth.HEADER,
                ),
            ),
            folder=tmp_path,
        )


class TestProfile:
    def test_a_path_is_relative_to_the_configuration_file(self, tmp_path: Path) -> None:
        (tmp_path / "ours.toml").write_text(
            '[profile]\nname = "ours"\ntitle = "Ours"\nchecked = 2026-11-22\nsource = "us"\n'
            'extends = "seedance-2.0"\n'
        )
        (tmp_path / "validator.toml").write_text('profile = "ours.toml"')
        assert load_profile(load_config(tmp_path).profile).info.name == "ours"

    def test_a_name_stays_a_name(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text('profile = "seedance-2.0"')
        assert load_config(tmp_path).profile == "seedance-2.0"

    def test_an_absolute_path_stays_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text('profile = "/srv/ours.toml"')
        assert Path(load_config(tmp_path).profile) == Path("/srv/ours.toml")


class TestPeople:
    def test_paths_are_relative_to_the_file_and_the_nearest_file_decides(self, tmp_path: Path) -> None:
        (tmp_path / "below").mkdir()
        (tmp_path / "validator.toml").write_text('models = "../m"\nreferences = ["./ada.png"]')
        config = load_config(tmp_path / "below")
        assert Path(config.models).resolve() == (tmp_path.parent / "m").resolve()
        assert [Path(reference) for reference in config.references] == [tmp_path / "ada.png"]

    def test_an_absolute_path_stays_one(self, tmp_path: Path) -> None:
        elsewhere = tmp_path.parent / "elsewhere"
        (tmp_path / "pyproject.toml").write_text(
            f"[tool.validator]\nmodels = '{elsewhere}'\nreferences = ['{elsewhere / 'a.png'}']"
        )
        config = load_config(tmp_path)
        assert (config.models, config.references) == (str(elsewhere), (str(elsewhere / "a.png"),))

    def test_a_tilde_is_the_home_of_the_user(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        (tmp_path / "validator.toml").write_text('models = "~/m"\nreferences = ["~/ada.png"]')
        config = load_config(tmp_path)
        assert config.models == str(tmp_path / "home" / "m")
        assert config.references == (str(tmp_path / "home" / "ada.png"),)

    def test_the_home_of_somebody_unknown_is_a_path_like_any_other(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text('models = "~nobody-of-this-name/m"')
        assert load_config(tmp_path).models == str(tmp_path / "~nobody-of-this-name" / "m")

    def test_a_key_and_a_journal_are_relative_to_the_file_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        (tmp_path / "validator.toml").write_text(
            '[service]\napi-key-file = "~/key"\n[upload]\njournal = "../j"'
        )
        (tmp_path / "below").mkdir()
        config = load_config(tmp_path / "below")
        assert config.service.api_key_file == str(tmp_path / "home" / "key")
        assert Path(config.upload.journal).resolve() == (tmp_path.parent / "j").resolve()

    def test_without_them_nothing_is_made_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_text("")
        config = load_config(tmp_path)
        assert (config.models, config.references, config.look_timeout) == ("", (), 30)
        assert (config.service, config.upload) == (ServiceSettings(), UploadSettings())


class TestAddresses:
    @pytest.mark.parametrize(
        "address", ["https://ada:s3cret@host/a.png?sig=s3cret", "https:/ada:s3cret@host/a.png"]
    )
    @pytest.mark.parametrize(
        ("content", "key"),
        [
            ("references = ['{}']", "references"),
            ("models = '{}'", "models"),
            ("baseline = '{}'", "baseline"),
            ("profile = '{}'", "profile"),
            ("further-profiles = ['{}']", "further-profiles"),
            ("[service]\napi-key-file = '{}'", "api-key-file"),
            ("[upload]\njournal = '{}'", "journal"),
        ],
    )
    def test_are_no_files(self, tmp_path: Path, content: str, key: str, address: str) -> None:
        (tmp_path / "validator.toml").write_text(content.format(address))
        with pytest.raises(
            ConfigError, match=f": {key}: .*host/a.png.* is a URL, but it has to be a file"
        ) as found:
            load_config(tmp_path)
        assert "s3cret" not in str(found.value)

    def test_no_secret_of_one_is_shown_where_a_file_was_meant(self) -> None:
        with pytest.raises(ConfigError, match=r"host/a\.toml: No such file or directory") as found:
            read_config(Path("https://ada:s3cret@host/a.toml"))
        assert "s3cret" not in str(found.value)


class TestRefusal:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("selct = ['VID']", 'unknown key "selct". Did you mean "select"?'),
            ("fail_on = 'error'", 'unknown key "fail_on". Did you mean "fail-on"?'),
            ("xyzzy = 1", 'unknown key "xyzzy".'),
            ("watch = true", 'unknown key "watch". --watch is an option of the command line alone.'),
            ("write_baseline = 'b.json'", ". --write-baseline is an option of the command line alone."),
            ("output-format = ['text']", "files that they go into, are named on the command line only"),
            ("output-format = 'json=a.json'", "named on the command line only: --output-format NAME=FILE"),
            (
                "profile = ['vidu', 'ltx']",
                "profile: expected the name of one profile; name others in further-",
            ),
            ("profile = 'vidu,ltx'", "profile: expected the name of one profile; name others in further-"),
            ("folder = 'x'", 'unknown key "folder"'),
            ("select = 'VID'", "select: expected a list, got a text"),
            ("select = [1]", "select: number 1: expected a text, got a whole number"),
            ("workers = -1", "workers: expected a whole number of at least 0, got -1"),
            ("workers = 1.5", "workers: expected a whole number, got a number with a point"),
            ("read-timeout = 0", "read-timeout: expected a number of more than 0, got 0"),
            ("read-timeout = inf", "read-timeout: expected a number of at most 86400, got inf"),
            ("read-timeout = nan", "read-timeout: expected a number of more than 0, got nan"),
            ("look-timeout = 0", "look-timeout: expected a number of more than 0, got 0"),
            ("look-timeout = 86401", "look-timeout: expected a number of at most 86400, got 86401"),
            ("models = ['a']", "models: expected a text, got a list"),
            ("references = 'ada.png'", "references: expected a list, got a text"),
            ("references = [3]", "references: number 1: expected a text, got a whole number"),
            ("reference = ['a.png']", 'unknown key "reference". Did you mean "references"?'),
            ("quiet = 'yes'", "quiet: expected true or false, got a text"),
            ("quiet = 2020-01-01", "quiet: expected true or false, got date"),
            (
                "limits = 'observd'",
                'limits: "observd" is none of documented, observed. Did you mean "observed"?',
            ),
            ("role = 'closeup'", 'Did you mean "close-up"?'),
            ("role = 3", "role: expected a text, got a whole number"),
            ("severity = { VID = 'error', IMG = 'warn' }", 'severity: IMG: "warn" is none of'),
            ("severity = 'off'", "severity: expected a table, got a text"),
            ("[tool.validator]\nworkers = 1", "the keys stand by themselves, without [tool.validator]"),
            ("severity = { VID = 1 }", "severity: VID: expected a text, got a whole number"),
            ("overrides = 3", "overrides: expected a list, got a whole number"),
            ("overrides = [3]", "overrides number 1: expected a table, got a whole number"),
            ("[overrides]\nfiles = ['a']", "overrides: expected a list, got a table"),
            ("[[overrides]]\nrole = 'voice'", 'overrides number 1: the key "files" is missing'),
            ("[[overrides]]\nfiles = []", "overrides number 1: files: the list is empty"),
            ("[[overrides]]\nfiles = 'a'", "overrides number 1: files: expected a list, got a text"),
            (
                "[[overrides]]\nfiles = ['a']\n[[overrides]]\nfiles = ['b']\nrol = 'voice'",
                'overrides number 2: unknown key "rol". Did you mean "role"?',
            ),
            (
                "[[overrides]]\nfiles = ['a']\nseverity = { VID = 'of' }",
                'overrides number 1: severity: VID: "of" is none of',
            ),
            ("select = [[1]]", "select: number 1: expected a text, got a list"),
            ("service = 'https://a.example'", "service: expected a table, got a text"),
            ("upload = []", "upload: expected a table, got a list"),
            ("[service]\nbase_url = 'x'", 'service: unknown key "base_url". Did you mean "base-url"?'),
            (
                "[service]\napi-key = 'sk-secret'",
                'service: unknown key "api-key". Did you mean "api-key-file"?',
            ),
            ("[service]\nbase-url = 3", "service: base-url: expected a text, got a whole number"),
            ("[service]\nbase-url = ''", "service: base-url: the text is empty"),
            ("[service]\noperations = 'x'", "service: operations: expected a table, got a text"),
            (
                "[service.operations]\ngroup = 'GET /a'\ndelete-asset = 3",
                "service: operations: delete-asset: expected a text, got a whole number",
            ),
            ("[upload]\nqota = 3", 'upload: unknown key "qota". Did you mean "quota"?'),
            ("[upload]\nworkers = 3", 'upload: unknown key "workers".'),
            ("[upload]\nquota = 0", "upload: quota: expected a whole number of at least 1, got 0"),
            ("[upload]\nquota = 'many'", "upload: quota: expected a whole number, got a text"),
            ("[upload]\nlink-life = 59", "upload: link-life: expected a number of at least 60, got 59"),
            ("[upload]\nlink-life = 604801", "upload: link-life: expected a number of at most 604800"),
            ("[upload]\nwait-timeout = 0", "upload: wait-timeout: expected a number of more than 0, got 0"),
            ("[upload]\nlist-lag = -1", "upload: list-lag: expected a number of at least 0, got -1"),
            ("[upload]\nunpublish = 1", "upload: unpublish: expected true or false, got a whole number"),
            ("[upload]\njournal = ['a']", "upload: journal: expected a text, got a list"),
            ("= 3", "not TOML"),
            ("a = " + "[" * 5000, "not TOML"),
        ],
    )
    def test_names_file_and_key_in_plain_words(self, tmp_path: Path, content: str, words: str) -> None:
        path = tmp_path / "validator.toml"
        path.write_text(content)
        with pytest.raises(ConfigError) as refused:
            load_config(tmp_path)
        assert str(refused.value).startswith(f"{path}: ")
        assert words in str(refused.value)
        assert "$" not in str(refused.value)
        assert "sk-" not in str(refused.value)

    def test_our_table_must_be_a_table(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text("tool.validator = 3")
        with pytest.raises(ConfigError, match=r"\[tool\.validator\] is a whole number, not a table"):
            load_config(tmp_path)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"no\.toml: No such file"):
            load_config(tmp_path, tmp_path / "no.toml")

    def test_a_file_that_is_not_utf8(self, tmp_path: Path) -> None:
        (tmp_path / "validator.toml").write_bytes(b"profile = '\xff'")
        with pytest.raises(ConfigError, match="not TOML"):
            load_config(tmp_path)

    def test_a_broken_pyproject_on_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text("[tool")
        with pytest.raises(ConfigError, match=r"pyproject\.toml: not TOML"):
            load_config(tmp_path)


class TestMadeByHand:
    def test_texts_become_what_they_mean(self) -> None:
        loose: dict[str, Any] = {"limits": "observed", "role": "voice", "select": ["AUD"], "folder": "/x"}
        checked = check_types(Config(**loose))
        assert checked == Config(limits=Limits.OBSERVED, role=Role.VOICE, select=("AUD",), folder=Path("/x"))

    def test_a_path_can_name_the_profile(self) -> None:
        loose: dict[str, Any] = {"profile": Path("a") / "b.toml"}
        assert check_types(Config(**loose)).profile == str(Path("a") / "b.toml")

    @pytest.mark.parametrize(
        ("loose", "words"),
        [
            ({"fail_on": "off"}, 'Config: fail-on: "off" is none of error, warning, note.'),
            ({"workers": -1}, "Config: workers: expected a whole number of at least 0, got -1"),
            (
                {"upload": UploadSettings(quota=0)},
                "Config: upload: quota: expected a whole number of at least 1",
            ),
            ({"service": 3}, "Config: service: expected a table, got a whole number"),
            ({"select": "VID"}, "Config: select: expected a list, got a text"),
            ({"role": object()}, "is nothing that can be configured"),
        ],
    )
    def test_is_refused_as_a_file_would_be(self, loose: Mapping[str, Any], words: str) -> None:
        with pytest.raises(ConfigError) as refused:
            check_types(Config(**loose))
        assert words in str(refused.value)
