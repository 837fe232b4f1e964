"""What a configuration file that was only found may say of where the key and the files go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from validator.config_file import read_config
from validator.errors import ConfigError, UsageError
from validator.settings import Config, ServiceSettings, UploadSettings
from validator.upload.connect import elsewhere, otherwise_asked, service_of
from validator.upload.trust import addressed, check_found, is_strangers

STRANGER = 65534
GATEWAY = "https://gateway.example/v1"


def written(folder: Path, text: str) -> Path:
    path = folder / "validator.toml"
    path.write_text(text, encoding="utf-8")
    return path


def check(file: Path, **environ: str) -> None:
    check_found(read_config(file), file, environ)


class TestOwner:
    def test_only_this_user_and_root_are_no_strangers(self, tmp_path: Path) -> None:
        status = tmp_path.stat()
        assert not is_strangers(status, status.st_uid)
        assert is_strangers(os.stat_result((0o100644, 0, 0, 1, 1000, 0, 0, 0, 0, 0)), 1001)
        assert not is_strangers(os.stat_result((0o100644, 0, 0, 1, 0, 0, 0, 0, 0, 0)), 1001)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away")
    @pytest.mark.parametrize(
        "text",
        [
            '[service]\nbase-url = "http://127.0.0.1:1/v1"',
            '[service]\napi-key-file = "k"',
            '[service.operations]\ndelete-asset = "POST /asset/files/{asset_id}/delete"',
            '[upload]\njournal = "j"',
            '[upload]\npublish = "s3://b"',
        ],
    )
    def test_a_strangers_file_says_nothing_of_service_and_uploads(self, tmp_path: Path, text: str) -> None:
        file = written(tmp_path, text)
        check(file)
        os.chown(file, STRANGER, STRANGER)
        with pytest.raises(ConfigError) as caught:
            check(file)
        assert str(caught.value).startswith(f"{file} belongs to another user")
        assert "name it with --config if you trust it" in str(caught.value)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away")
    def test_a_strangers_link_neither(self, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        mine = written(tmp_path / "mine", '[upload]\npublish = "s3://b"')
        link = tmp_path / "validator.toml"
        link.symlink_to(mine)
        check(link)
        os.chown(link, STRANGER, STRANGER, follow_symlinks=False)
        with pytest.raises(ConfigError, match="belongs to another user"):
            check(link)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away")
    def test_a_strangers_file_may_still_say_how_to_lint(self, tmp_path: Path) -> None:
        file = written(tmp_path, 'limits = "observed"')
        os.chown(file, STRANGER, STRANGER)
        check(file)


class TestAddress:
    def test_another_address_needs_the_users_own_word(self, tmp_path: Path) -> None:
        file = written(tmp_path, f'[service]\nbase-url = "{GATEWAY}"')
        for environ in ({}, {"ORCAROUTER_BASE_URL": "https://gateway.example/v2"}):
            with pytest.raises(ConfigError) as caught:
                check(file, **environ)
            assert str(caught.value) == (
                f"{file} would send the API key to {GATEWAY}: name the file with --config, or set "
                "ORCAROUTER_BASE_URL to this address, if you trust it"
            )
        check(file, ORCAROUTER_BASE_URL=f" {GATEWAY}/ ")

    @pytest.mark.parametrize(
        "address",
        [
            ServiceSettings().base_url,
            ServiceSettings().base_url + "/",
            "http://127.0.0.1:8000/v1",
            "http://[::1]:8000/v1",
            "http://localhost:1/",
        ],
    )
    def test_the_documented_one_and_this_machine_do_not(self, tmp_path: Path, address: str) -> None:
        check(written(tmp_path, f'[service]\nbase-url = "{address}"'))

    @pytest.mark.parametrize(
        "address", ["https://127.0.0.1.evil.example/v1", "https://api.orcarouter.ai.evil.example/v1"]
    )
    def test_what_only_looks_like_them_does(self, tmp_path: Path, address: str) -> None:
        with pytest.raises(ConfigError, match="would send the API key to"):
            check(written(tmp_path, f'[service]\nbase-url = "{address}"'))

    def test_the_environment_alone_sets_it_too(self) -> None:
        environ = {"ORCAROUTER_BASE_URL": GATEWAY}
        for config in (Config(), Config(service=ServiceSettings(base_url="https://other.example"))):
            said = addressed(config, environ)
            assert service_of(said).base_url == GATEWAY
            assert elsewhere(said, Path("validator.toml"), environ) == (
                "the API key goes to gateway.example: ORCAROUTER_BASE_URL says so"
            )
        assert addressed(Config(), {"ORCAROUTER_BASE_URL": " "}) == Config()

    def test_one_that_cannot_be_used_is_blamed_on_the_environment(self) -> None:
        with pytest.raises(UsageError, match=r"^ORCAROUTER_BASE_URL: .*https alone"):
            addressed(Config(), {"ORCAROUTER_BASE_URL": "http://gateway.example"})


class TestOperations:
    def test_one_that_says_what_is_so_anyway_is_not_worth_a_word(self) -> None:
        config = Config(
            service=ServiceSettings(operations={"delete-asset": "DELETE /asset/files/{asset_id}"})
        )
        assert otherwise_asked(config, Path("validator.toml")) == ""

    def test_nothing_is_said_of_a_bucket_that_nobody_named(self) -> None:
        assert UploadSettings().publish == ""
