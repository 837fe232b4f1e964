"""`validator groups`, against the tests' own asset library."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.process import all_shown, start
from tests.cli.shell import TO_THE_HOST, Shell
from validator.cli import main


def names(shell: Shell) -> dict[str, str]:
    """Names of the groups that there are, by id."""
    return {each["Id"]: each["Name"] for each in shell.account.state()["groups"] if not each.get("Deleted")}


def typing(shell: Shell, typed: str, *arguments: str) -> tuple[int, str]:
    """Exit code and what a terminal shows on which this is typed."""
    ours, theirs = pty.openpty()
    with start(
        *arguments, cwd=shell.folder, env=shell.environment(), stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        seen = all_shown(ours)
    os.close(ours)
    return process.returncode, seen.decode()


def test_a_group_is_made_and_listed(shell: Shell) -> None:
    made = shell("groups", "create", "Ada 顔", "--description", "the first")
    assert (made.code, made.err) == (0, "")
    group = made.out.strip()
    assert names(shell) == {group: "Ada 顔"}
    shell.account.configure(list_lag=0)
    listed = shell("groups", "list")
    assert listed.code == 0
    head, row = listed.out.splitlines()
    assert head.split() == ["group", "kind", "created", "(UTC)", "name"]
    assert row.split()[:2] == [group, "virtual"]
    assert row.endswith("  Ada 顔")
    assert head.index("name") == row.index("Ada")


def test_as_json(shell: Shell) -> None:
    made = shell("groups", "create", "Ada", "--format", "json").json
    shell.account.configure(list_lag=0)
    listed = shell("groups", "list", "--format", "json").json
    assert listed["schema_version"] == 1
    (group,) = listed["groups"]
    assert (group["id"], group["name"], group["kind"]) == (made["id"], "Ada", "virtual")
    assert group["created"].endswith("Z")
    assert shell("groups", "list", "--format", "json", "--kind", "real-human").json["groups"] == []


def test_an_account_without_groups(shell: Shell) -> None:
    said = shell("groups", "list")
    assert (said.code, said.out) == (0, "There is no group.\n")
    assert shell("groups", "list", "--kind", "virtual").out == "There is no such group.\n"


def test_name_and_description_are_changed(shell: Shell) -> None:
    group = shell.group()
    said = shell("groups", "update", group, "--name", "Grace")
    assert (said.code, said.out) == (0, f"{group} was updated\n")
    assert names(shell) == {group: "Grace"}
    nothing = shell("groups", "update", group)
    assert nothing.code == 2
    assert "nothing to change: say --name, --description, or both" in nothing.err


class TestDelete:
    def test_without_a_terminal_nothing_is_deleted(self, shell: Shell) -> None:
        group = shell.group()
        shell.account.configure(list_lag=0)
        said = shell("groups", "delete", group)
        assert said.code == 2
        assert "nothing was deleted: there is no terminal to ask on; say --yes" in said.err
        assert names(shell) == {group: "Ada"}

    def test_yes_deletes(self, shell: Shell) -> None:
        group = shell.group()
        shell.account.configure(list_lag=0)
        said = shell("groups", "delete", group, "--yes", "--format", "json")
        assert (said.code, said.json) == (0, {"id": group, "deleted": True, "assets": 0})
        assert names(shell) == {}

    @pytest.mark.parametrize(("typed", "code"), [("Ada\n", 0), ("ada\n", 2), ("\n", 2), ("\x04", 2)])
    def test_the_name_is_asked_for(self, shell: Shell, typed: str, code: int) -> None:
        group = shell.group()
        shell.account.configure(list_lag=0)
        ended, seen = typing(shell, typed, "groups", "delete", group)
        assert ended == code, seen
        assert "Type Ada to go on:" in seen
        assert bool(names(shell)) is bool(code)
        if code:
            assert "nothing was deleted" in seen

    def test_a_name_that_commands_a_terminal_is_shown_and_can_be_typed(self, shell: Shell) -> None:
        group = shell.group("\x1b[2Jx")
        shell.account.configure(list_lag=0)
        ended, seen = typing(shell, "\\x1b[2Jx\n", "groups", "delete", group)
        assert ended == 0, seen
        assert "\x1b[2J" not in seen


class TestRefusal:
    def test_a_group_that_does_not_exist(self, shell: Shell) -> None:
        for command in (["delete", "group-x", "--yes"], ["update", "group-x", "--name", "y"]):
            said = shell("groups", *command)
            assert said.code == 2
            assert said.out == ""
            assert said.err.startswith("validator: error: ")
            assert said.err.count("\n") == 1

    @pytest.mark.parametrize("name", ["", " ", "x" * 65])
    def test_a_name_that_the_service_does_not_take(self, shell: Shell, name: str) -> None:
        said = shell("groups", "create", name)
        assert said.code == 2
        assert said.err.count("\n") == 1
        assert names(shell) == {}

    def test_an_answer_that_was_lost_says_how_to_find_out(self, shell: Shell) -> None:
        shell.account.fail("lose-answer", "create-group")
        said = shell("groups", "create", "Ada")
        assert said.code == 2
        assert "validator groups list --name" in said.err
        assert list(names(shell).values()) == ["Ada"]

    @pytest.mark.parametrize("arguments", [[], ["lst"], ["list", "--kind", "virtua"]])
    def test_what_is_not_understood(self, shell: Shell, arguments: list[str]) -> None:
        said = shell("groups", *arguments)
        assert (said.code, said.out) == (2, "")
        assert "list" in said.err or "'virtual'" in said.err

    @pytest.mark.parametrize("key", ["", "sk-a b", "sk-a\nb"])
    def test_a_key_that_is_none(self, shell: Shell, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ORCAROUTER_API_KEY", key)
        said = shell("groups", "list")
        assert said.code == 2
        assert "ORCAROUTER_API_KEY" in said.err
        assert not key or key not in said.err

    def test_a_key_that_is_wrong(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ORCAROUTER_API_KEY", "sk-orca-wrong")
        said = shell("groups", "list")
        assert said.code == 2
        assert "does not accept the API key" in said.err
        assert "sk-orca-wrong" not in said.err

    def test_a_service_that_is_down(self, shell: Shell) -> None:
        text = (shell.folder / "validator.toml").read_text()
        port = str(shell.account.service.port)
        (shell.folder / "validator.toml").write_text(text.replace(port, "9"))
        said = shell("groups", "list")
        assert said.code == 2
        assert said.err.count("\n") == 1
        assert "Traceback" not in said.err


class TestKeyFile:
    def test_it_is_read_where_the_environment_holds_none(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("ORCAROUTER_API_KEY")
        path = shell.folder / "key"
        path.touch(0o600)
        path.write_text(shell.account.key + "\n")
        text = (shell.folder / "validator.toml").read_text()
        (shell.folder / "validator.toml").write_text(
            text.replace("[service]", '[service]\napi-key-file = "key"')
        )
        assert shell("groups", "list").code == 0
        path.chmod(0o644)
        said = shell("groups", "list")
        assert said.code == 2
        assert "chmod 600" in said.err
        assert shell.account.key not in said.err


class TestWhereTheKeyGoes:
    def test_it_is_said_with_the_file_that_says_so(self, shell: Shell) -> None:
        assert main(["groups", "list"]) == 0
        said = shell.capsys.readouterr().err
        assert said == f"{TO_THE_HOST}{shell.account.service.port}: base-url in [service] of " + (
            f"{shell.folder / 'validator.toml'} says so\n"
        )

    def test_an_address_that_makes_no_sense_names_the_file(self, shell: Shell) -> None:
        config = shell.folder / "validator.toml"
        for base_url in ("http://library.example/v1", "ftp://x", "https://user:hunter2@library.example"):
            config.write_text(f'[service]\nbase-url = "{base_url}"\n')
            said = shell("groups", "list")
            assert said.code == 2
            assert said.err.startswith(f"validator: error: {config}: ")
            assert "hunter2" not in said.err

    def test_an_operation_can_be_told_anew(self, shell: Shell) -> None:
        config = shell.folder / "validator.toml"
        config.write_text(config.read_text() + '[service.operations]\ndelete-group = "DELETE /x/{group}"\n')
        said = shell("groups", "list")
        assert said.code == 2
        assert f"{config}: " in said.err
        assert "delete-group" in said.err


def test_a_reader_who_has_seen_enough(shell: Shell) -> None:
    shell.group()
    with start(
        "groups",
        "list",
        cwd=shell.folder,
        env=shell.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        err = process.stderr.read() if process.stderr else b""
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


def test_without_standard_output_nothing_is_made(shell: Shell, tmp_path: Path) -> None:
    with start(
        "groups", "create", "Ada", cwd=tmp_path, env=shell.environment(),
        preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        err = process.stderr.read() if process.stderr else b""
    assert process.returncode == 2
    assert b"standard output is closed" in err
    assert names(shell) == {}
