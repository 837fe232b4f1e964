"""`validator assets`, against the tests' own asset library."""

from __future__ import annotations

import pytest

from tests.cli.media import photo
from tests.cli.shell import Shell
from tests.cli.test_groups import typing
from validator.model import Kind
from validator.upload import AssetClient, Service


def register(shell: Shell, group: str, *names: str) -> list[str]:
    """Assets of small pictures, by their names; their ids."""
    shell.account.configure(list_lag=0)
    url = shell.account.serve(shell.folder)
    with AssetClient(shell.account.key, service=Service(shell.account.base_url)) as client:
        for at, name in enumerate(names):
            photo(shell.folder / f"{name}.png", (640, 400 + at))
        return [client.create_asset(group, f"{url}{name}.png", Kind.IMAGE, name=name) for name in names]


@pytest.fixture
def group(shell: Shell) -> str:
    return shell.group()


def test_waiting_ends_with_a_table(shell: Shell, group: str) -> None:
    ids = register(shell, group, "ada", "bob")
    said = shell("assets", "wait", *ids)
    assert said.code == 0
    head, *rows = said.out.splitlines()
    assert head.split()[:3] == ["asset", "status", "kind"]
    assert [row.split()[:3] for row in rows] == [[f"asset://{one}", "Active", "image"] for one in ids]
    assert {f"validator: {one}: Active" for one in ids} <= set(said.err.splitlines())


def test_one_that_failed_says_which_rule_would_have_told(shell: Shell, group: str) -> None:
    shell.account.configure(rejects={"bob": "AspectRatioTooLarge"})
    ids = register(shell, group, "ada", "bob")
    said = shell("assets", "wait", *ids, "--format", "json")
    assert said.code == 1
    good, bad = said.json["assets"]
    assert (good["status"], good["code"], good["rules"]) == ("Active", "", [])
    assert (bad["status"], bad["code"]) == ("Failed", "AspectRatioTooLarge")
    assert "IMG002" in bad["rules"]
    text = shell("assets", "show", f"asset://{ids[1]}").out
    assert "AspectRatioTooLarge" in text
    assert "IMG002 (image-aspect-ratio)" in text
    listed = shell("assets", "list", "--status", "failed").out
    assert ids[1] in listed
    assert ids[0] not in listed


def test_one_that_does_not_settle(shell: Shell, group: str) -> None:
    shell.account.configure(stuck=("ada",))
    (one,) = register(shell, group, "ada")
    said = shell("assets", "wait", one, "--timeout", "0.3")
    assert said.code == 2
    assert "Processing" in said.out
    assert one in said.err.splitlines()[-1]


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf"])
def test_no_wait_is_without_an_end(shell: Shell, seconds: str) -> None:
    said = shell("assets", "wait", "asset-1", f"--timeout={seconds}")
    assert (said.code, said.out) == (2, "")
    assert "--timeout" in said.err


def test_the_link_is_shown_only_where_it_is_asked_for(shell: Shell, group: str) -> None:
    (one,) = register(shell, group, "ada")
    shell("assets", "wait", one)
    without = shell("assets", "show", one)
    assert "http" not in without.out
    assert "url" not in shell("assets", "show", one, "--format", "json").json
    assert "http" not in shell("assets", "list", "--format", "json").out
    link = shell("assets", "show", one, "--url", "--format", "json").json["url"]
    assert link.startswith("http")
    assert link in shell("assets", "show", one, "--url").out


def test_a_page_names_what_is_known(shell: Shell, group: str) -> None:
    (one,) = register(shell, group, "ada")
    shell("assets", "wait", one)
    page = dict(line.split(None, 1) for line in shell("assets", "show", one).out.splitlines())
    assert page["asset"] == f"asset://{one}"
    assert (page["status"], page["name"], page["kind"], page["group"]) == ("Active", "ada", "image", group)


def test_a_list_can_be_narrowed(shell: Shell, group: str) -> None:
    (one,) = register(shell, group, "ada")
    shell("assets", "wait", one)
    for narrowed in (["--group", group], ["--kind", "virtual"], ["--name", "ada"], ["--status", "Active"]):
        assert [
            each["id"] for each in shell("assets", "list", "--format", "json", *narrowed).json["assets"]
        ] == [one]
    assert shell("assets", "list", "--kind", "real-human").out == "There is no such asset.\n"
    assert shell("assets", "list", "--status", "Failed,Processing").out == "There is no such asset.\n"


class TestDelete:
    def test_yes_deletes(self, shell: Shell, group: str) -> None:
        ids = register(shell, group, "ada", "bob")
        said = shell("assets", "delete", *ids, "--yes")
        assert (said.code, said.out) == (0, "".join(f"{one} was deleted\n" for one in ids))
        assert shell.account.assets() == []

    def test_without_a_terminal_nothing_is_deleted(self, shell: Shell, group: str) -> None:
        (one,) = register(shell, group, "ada")
        said = shell("assets", "delete", one, "--format", "json")
        assert said.code == 2
        assert said.json["assets"] == [{"id": one, "deleted": False}]
        assert len(shell.account.assets()) == 1

    def test_each_name_is_asked_for(self, shell: Shell, group: str) -> None:
        first, second = register(shell, group, "ada", "bob")
        code, seen = typing(shell, "ada\nno\n", "assets", "delete", first, second)
        assert code == 2, seen
        assert "Type ada to go on:" in seen
        assert "Type bob to go on:" in seen
        assert [each["Id"] for each in shell.account.assets()] == [second]

    def test_one_that_is_not_there_keeps_the_others(self, shell: Shell, group: str) -> None:
        (one,) = register(shell, group, "ada")
        said = shell("assets", "delete", one, "asset-nowhere", "--yes")
        assert said.code == 2
        assert said.err.startswith("validator: error: nothing was deleted: ")
        assert "asset-nowhere" in said.err
        assert len(shell.account.assets()) == 1


@pytest.mark.parametrize("named", ["", "a b", "asset://", "x" * 300, "asset-\x1b[2J"])
def test_what_is_no_id(shell: Shell, named: str) -> None:
    for command in ("show", "wait"):
        said = shell("assets", command, named)
        assert said.code == 2
        assert "is not the id of an asset" in said.err
        assert "\x1b" not in said.err


def test_names_from_the_service_do_nothing_to_a_terminal(shell: Shell, group: str) -> None:
    shell.account.configure(list_lag=0)
    with AssetClient(shell.account.key, service=Service(shell.account.base_url)) as client:
        photo(shell.folder / "a.png")
        url = shell.account.serve(shell.folder)
        client.create_asset(group, f"{url}a.png", Kind.IMAGE, name="x\x1b[2J\u202e::error::x")
    said = shell("assets", "list")
    assert said.code == 0
    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
