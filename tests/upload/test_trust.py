"""What a configuration file that was only found may say of where the key and the files go."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
import pytest

from validator.config_file import check_types, load_config, read_found
from validator.errors import ConfigError, UsageError
from validator.settings import Config, ServiceSettings, UploadSettings
from validator.upload.calls import new_client, upload
from validator.upload.connect import elsewhere, notes, otherwise_asked, service_of
from validator.upload.trust import FOR_THE_FILES, FOR_THE_KEY, addressed, check_found, is_strangers

STRANGER = 65534
GATEWAY = "https://gateway.example/v1"
KEY = {"ORCAROUTER_API_KEY": "sk-orca-1"}


def written(folder: Path, text: str) -> Path:
    path = folder / "validator.toml"
    path.write_text(text, encoding="utf-8")
    return path


def check(file: Path, **environ: str) -> None:
    check_found(read_found(file), environ, (*FOR_THE_KEY, *FOR_THE_FILES))


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
            '[upload]\npublic-url = "https://b"',
            "[upload]\nunpublish = true",
        ],
    )
    def test_a_strangers_file_says_not_where_key_and_files_go(self, tmp_path: Path, text: str) -> None:
        file = written(tmp_path, text)
        check(file)
        os.chown(file, STRANGER, STRANGER)
        with pytest.raises(ConfigError) as caught:
            check(file)
        assert str(caught.value).startswith(f"{file} belongs to another user")
        key = text.partition("\n")[2].partition(" = ")[0].replace("delete-asset", "operations")
        assert f" ({key}): name it with --config" in str(caught.value)

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
    @pytest.mark.parametrize(
        "text",
        [
            'limits = "observed"',
            "[upload]\nquota = 9\nlist-lag = 1\nwait-timeout = 9\nlink-life = 99",
            f'[service]\nbase-url = "{ServiceSettings().base_url}"',
        ],
    )
    def test_a_strangers_file_may_still_say_how_to_work(self, tmp_path: Path, text: str) -> None:
        file = written(tmp_path, text)
        os.chown(file, STRANGER, STRANGER)
        check(file)


class TestAddress:
    def test_another_address_needs_the_users_own_word(self, tmp_path: Path) -> None:
        file = written(tmp_path, f'[service]\nbase-url = "{GATEWAY}"')
        with pytest.raises(ConfigError) as caught:
            check(file)
        assert str(caught.value) == (
            f"{file} would send the API key to {GATEWAY}: name the file with --config, or set "
            "ORCAROUTER_BASE_URL to this address, if you trust it"
        )
        check(file, ORCAROUTER_BASE_URL=f" {GATEWAY}/ ")

    @pytest.mark.parametrize(
        "said", ["https://gateway.example/v2", ServiceSettings().base_url, f"{GATEWAY}/", " "]
    )
    def test_where_the_environment_names_one_the_file_is_not_used(self, tmp_path: Path, said: str) -> None:
        file = written(tmp_path, f'[service]\nbase-url = "{GATEWAY}"')
        environ = {"ORCAROUTER_BASE_URL": said}
        if not said.strip():
            with pytest.raises(ConfigError):
                check(file, **environ)
            return
        check(file, **environ)
        config = addressed(read_found(file), environ)
        assert config.service.base_url == said
        note = f"base-url in [service] of {file} is not used: ORCAROUTER_BASE_URL comes before it"
        assert (note in notes(config, file, environ)) is (said != f"{GATEWAY}/")

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


class TestFound:
    """What counts is what a file says that was found, not what a program says, or a file that it named."""

    @pytest.mark.parametrize("text", ['limits = "observed"', '[service]\nbase-url = "https://other.example"'])
    def test_a_program_names_an_address_itself(self, tmp_path: Path, text: str) -> None:
        written(tmp_path, text)
        service = ServiceSettings(base_url=GATEWAY)
        config = check_types(msgspec.structs.replace(load_config(tmp_path), service=service))
        with new_client(config, KEY) as client:
            assert client.service.base_url == GATEWAY

    def test_a_program_names_a_file(self, tmp_path: Path) -> None:
        file = written(tmp_path, f'[service]\nbase-url = "{GATEWAY}"')
        with new_client(load_config(tmp_path, explicit=file), KEY) as client:
            assert client.service.base_url == GATEWAY
        with pytest.raises(ConfigError, match=r"to load_config$"):
            new_client(load_config(tmp_path), KEY)

    def test_the_file_is_the_one_that_was_read(self, tmp_path: Path) -> None:
        shared = tmp_path / "pyproject.toml"
        shared.write_text(f'[tool.validator.service]\nbase-url = "{GATEWAY}"')
        config = load_config(tmp_path)
        written(tmp_path, 'limits = "observed"')
        with pytest.raises(ConfigError, match=rf"^{re.escape(str(shared))} would send"):
            new_client(check_types(config), KEY)

    def test_no_file_says_that_it_was_not_found(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match='unknown key "found"'):
            read_found(written(tmp_path, "found = 1"))

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away")
    def test_a_client_of_ones_own_gives_no_right_to_a_strangers_bucket(self, tmp_path: Path) -> None:
        file = written(tmp_path, '[upload]\npublish = "s3://theirs"\njournal = "theirs.sqlite3"')
        os.chown(file, STRANGER, STRANGER)
        with (
            new_client(Config(), KEY) as client,
            pytest.raises(ConfigError, match=r"belongs to another user.*\(publish, journal\)"),
        ):
            upload("a.png", load_config(tmp_path), new_group="Ada", client=client, environ=KEY)
        with pytest.raises(ConfigError, match="belongs to another user"):
            new_client(load_config(tmp_path), KEY)
        assert list(tmp_path.iterdir()) == [file]


class TestOperations:
    def test_one_that_says_what_is_so_anyway_is_not_worth_a_word(self) -> None:
        config = Config(
            service=ServiceSettings(operations={"delete-asset": "DELETE /asset/files/{asset_id}"})
        )
        assert otherwise_asked(config, Path("validator.toml")) == ""

    def test_nothing_is_said_of_a_bucket_that_nobody_named(self) -> None:
        assert UploadSettings().publish == ""
