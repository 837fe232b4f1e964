"""`validator upload` against the tests' own asset library: what a person or a program sees."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

import validator.schemas
from tests.cli.media import photo, sound
from tests.cli.process import CHECKOUT
from tests.cli.shell import TO_THE_HOST, Said, Shell
from tests.nobody import IGNORED
from validator.upload.aim import can_compare_faces

SCHEMA = json.loads(
    (Path(validator.schemas.__file__).parent / "upload.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture
def served(shell: Shell) -> Shell:
    """Two pictures that pass and one that does not, in a folder that is on the web already."""
    for at in range(2):
        photo(shell.folder / "photos" / f"ada-{at}.png", (640, 400 + at))
    shell.serve()
    return shell


@pytest.fixture
def group(served: Shell) -> str:
    return served.group()


def document(said: Said) -> dict[str, object]:
    """The JSON report, which is valid."""
    problems = [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(said.json)]
    assert problems == []
    return dict(said.json)


def outcomes(said: Said) -> dict[str, str]:
    """What became of each target."""
    document(said)
    return {each["target"]: each["outcome"] for each in said.json["assets"]}


class TestStory:
    def test_everything_passes(self, served: Shell, group: str) -> None:
        said = served.upload("photos", "--group", group)
        assert said.code == 0
        registered = {each["Name"]: each["Id"] for each in served.account.assets()}
        assert len(registered) == 2
        lines = said.out.splitlines()
        assert lines[0] == "2 assets: 2 pass."
        assert lines[1:3] == ["", f"{group} (Ada):"]
        for line, at in zip(lines[3:5], range(2), strict=True):
            target, status, reference = line.split()
            assert (target, status) == (f"photos/ada-{at}.png", "Active")
            assert reference.removeprefix("asset://") in registered.values()
        assert lines[-1] == "2 assets: 2 Active."
        for one in registered.values():
            assert f"created, asset://{one}\n" in said.err
            assert f": Active, asset://{one}\n" in said.err

    def test_what_another_service_asks_of_addresses_is_asked_of_the_published_one(
        self, served: Shell, group: str
    ) -> None:
        said = served.upload("photos", "--group", group, "--profile", "runway")
        assert said.code == 2
        assert "[URL001]" in said.err
        assert "no public address" in said.out
        assert served.account.assets() == []

    @pytest.mark.parametrize("name", ["vidu", "media", "seedance-upstream"])
    def test_the_profile_may_be_that_of_another_service(self, served: Shell, group: str, name: str) -> None:
        said = served.upload("photos", "--group", group, "--profile", name, "--output-format", "json")
        assert (said.code, set(outcomes(said).values())) == (0, {"active"})

    def test_again_nothing_is_made(self, served: Shell, group: str) -> None:
        first = served.upload("photos", "--group", group, "--output-format", "json")
        again = served.upload("photos", "--group", group, "--output-format", "json")
        assert (first.code, again.code) == (0, 0)
        assert set(outcomes(first).values()) == {"active"}
        assert set(outcomes(again).values()) == {"already-active"}
        references = [[each["reference"] for each in said.json["assets"]] for said in (first, again)]
        assert references[0] == references[1]
        assert first.err.count(": Active, asset://") == 2
        assert again.err.count(": Active already, asset://") == 2
        assert ": Active, " not in again.err
        assert len(served.account.state()["assets"]) == 2

    def test_what_fails_is_not_forwarded_however_well_it_is_known(self, served: Shell, group: str) -> None:
        photo(served.folder / "photos" / "small.png", (200, 200))
        assert served("lint", *IGNORED, "photos", "--write-baseline", "known.json").code == 0
        served.configure('baseline = "known.json"')
        assert "1 known to fail" in served("lint", *IGNORED, "photos").out
        said = served.upload("photos", "--group", group)
        assert said.code == 1
        assert "IMG003 image-side  The width is 200 px" in said.out
        assert re.search(r"^photos/small\.png +not forwarded$", said.out, re.MULTILINE)
        assert "    the lint found errors: IMG003\n" in said.out
        assert said.out.endswith("\n3 assets: 2 Active, 1 not forwarded.\n")
        assert len(served.account.assets()) == 2

    def test_a_new_group_is_made_once(self, served: Shell) -> None:
        for _ in range(2):
            said = served.upload("photos", "--new-group", "Grace", "--output-format", "json")
            assert said.code == 0
            (made,) = said.json["groups"]
            assert (made["name"], made["kind"]) == ("Grace", "virtual")
        assert [each["Name"] for each in served.account.state()["groups"]] == ["Grace"]
        assert f"\n{made['id']} (Grace):\n" in served.upload("photos", "--new-group", "Grace").out

    def test_no_group_is_made_for_nothing(self, served: Shell) -> None:
        photo(served.folder / "small.png", (200, 200))
        said = served.upload("small.png", "--new-group", "Grace", "--output-format", "json")
        assert said.code == 1
        assert outcomes(said) == {"small.png": "not-forwarded"}
        assert served.account.state()["groups"] == []

    def test_a_url_is_forwarded_as_it_is(self, served: Shell, group: str) -> None:
        url = f"{served.settings['public-url']}photos/ada-0.png?Signature=hunter2"
        served.settings.pop("public-url")
        served.configure()
        said = served.upload(url, "--group", group, "--output-format", "json")
        assert said.code == 0
        assert "hunter2" not in said.out + said.err
        (asset,) = served.account.assets()
        assert said.json["assets"][0]["reference"] == f"asset://{asset['Id']}"

    def test_a_refusal_is_explained_by_the_rule_that_would_have_told(self, served: Shell, group: str) -> None:
        served.account.configure(rejects={"ada-1": "AspectRatioTooLarge"})
        said = served.upload("photos", "--group", group, "--output-format", "json")
        assert said.code == 1
        assert outcomes(said) == {"photos/ada-0.png": "active", "photos/ada-1.png": "failed"}
        failed = said.json["assets"][1]
        assert (failed["code"], failed["verdict"]) == ("AspectRatioTooLarge", "pass")
        assert "IMG002" in failed["rules"]
        text = served.upload("photos", "--group", group)
        assert text.code == 1
        assert "Rules that look for this: IMG002 (image-aspect-ratio)" in text.out

    def test_the_report_can_go_into_a_file(self, served: Shell, group: str) -> None:
        said = served.upload("photos", "--group", group, "--output-format", "json", "-o", "report.json")
        assert (said.code, said.out) == (0, "")
        assert json.loads((served.folder / "report.json").read_text())["summary"] == {"active": 2}

    def test_quietly(self, served: Shell, group: str) -> None:
        said = served.upload("photos", "--group", group, "-q")
        assert (said.code, said.err) == (0, "")
        assert [line.split()[:2] for line in said.out.splitlines()] == [
            ["photos/ada-0.png", "Active"],
            ["photos/ada-1.png", "Active"],
        ]


class TestDryRun:
    def test_it_counts_and_creates_nothing(self, served: Shell, group: str) -> None:
        photo(served.folder / "photos" / "small.png", (200, 200))
        config = served.folder / "validator.toml"
        # Without effect here: an upload lists all that passes anyway.
        config.write_text("show-passing = true\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
        said = served.upload("photos", "--group", group, "--dry-run")
        assert said.code == 1
        assert "photos/ada-0.png: pass" not in said.out
        assert "would be created" in said.out
        assert "would not be forwarded" in said.out
        assert said.out.endswith("The account holds 0 of 100 assets, and 2 more would be created.\n")
        assert served.account.assets() == []
        assert not (served.folder / "journal.sqlite3").exists()

    def test_as_json(self, served: Shell) -> None:
        said = served.upload("photos", "--new-group", "Grace", "--dry-run", "--output-format", "json")
        assert said.code == 0
        found = document(said)
        assert found["dry_run"] is True
        assert found["quota"] == {"used": 0, "needed": 2, "quota": 100}
        assert [each["action"] for each in said.json["assets"]] == ["create", "create"]
        assert served.account.state()["groups"] == []

    def test_a_new_group_that_an_earlier_upload_has_made(self, served: Shell) -> None:
        served.account.configure(list_lag=0)
        served.upload("photos/ada-0.png", "--new-group", "Grace")
        said = served.upload("photos", "--new-group", "Grace", "--dry-run", "--output-format", "json")
        assert [each["action"] for each in said.json["assets"]] == ["skip", "create"]
        (group,) = served.account.state()["groups"]
        assert [each["id"] for each in said.json["groups"]] == [group["Id"]]

    def test_a_group_that_would_be_made(self, served: Shell) -> None:
        said = served.upload("photos", "--new-group", "Grace", "--dry-run")
        assert 'Nothing was created. The group "Grace" would be made. The account holds 0 of' in said.out
        assert served.account.state()["groups"] == []

    def test_what_is_there_is_told(self, served: Shell, group: str) -> None:
        served.upload("photos/ada-0.png", "--group", group)
        said = served.upload("photos", "--group", group, "--dry-run", "--output-format", "json")
        assert said.code == 0
        assert [each["action"] for each in said.json["assets"]] == ["skip", "create"]
        assert said.json["quota"] == {"used": 1, "needed": 1, "quota": 100}


class TestRefusal:
    """Silly mistakes: each is one sentence on standard error, and nothing is created."""

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["photos"], "where to? Say --group ID"),
            (["photos", "--group", "g", "--new-group", "n"], "--group and --new-group exclude each other"),
            (["--group", "g"], "there is nothing to upload"),
            (["photos", "--group", "a b"], '"a b" is not the id of a group'),
            (["photos", "--group", ""], '"" is not the id of a group'),
            (["photos", "--group", "asset-1"], '"asset-1" is the id of an asset, and not of a group: `valid'),
            (["photos", "--group", "--new-group", "x"], '"--new-group" is an option, and not the id'),
            (["photos", "--new-group", ""], "a group has a name of 1 to 64 characters"),
            (
                ["photos", "--new-group", "x" * 65],
                "of 1 to 64 characters, and this has 65",
            ),
            (["photos", "--new-group", "a\x1b[2J"], "a group cannot be called a\\x1b[2J"),
            (["photos", "--group", "g", "--exit-zero"], "--exit-zero is for `validator lint`"),
            (["photos", "--group", "g", "--show-passing"], "--show-passing is for `validator lint`"),
            (
                ["photos", "--group", "g", "--public-url", "https://a", "--publish", "s3://b"],
                "exclude each other",
            ),
            (["photos", "--group", "g", "--publish", "ftp://b"], "names no bucket"),
            (["photos", "--group", "g", "--unpublish"], "--unpublish removes what --publish puts"),
            (["photos", "--group", "g", "--public-url", "https://a/?b=c"], "holds a query"),
            (["photos", "--resume"], "--resume goes on with what earlier uploads have left"),
            (["--resume", "--new-group", "x"], "--resume makes no new group"),
            (["--resume", "--dry-run"], "--dry-run and --resume exclude each other"),
            (["photos", "--group", "g", "--select", "XYZ"], "XYZ"),
            (["photos", "--group", "g", "--quota", "0"], "--quota"),
            (["photos", "--group", "g", "--wait-timeout", "30m"], "not a number of seconds: write 1800."),
            (["photos", "--group", "g", "--wait-timeout", "long"], "is not a valid number of seconds"),
            (["photos", "--group", "g", "-o", "/no/such/folder/x"], "cannot write"),
            (["photos", "--group", "g", "--journal", "/proc/x/y"], "/proc/x"),
        ],
    )
    def test_is_one_sentence(self, served: Shell, arguments: list[str], words: str) -> None:
        said = served.upload(*arguments)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("validator: error: ")
        assert said.err.count("\n") == 1
        assert words in said.err
        assert "bug" not in said.err
        assert served.account.state()["assets"] == []

    @pytest.mark.parametrize("words", [["--api-key", "sk-orca-hunter2"], ["--api-key=sk-orca-hunter2"]])
    def test_the_key_has_no_option(self, served: Shell, words: list[str]) -> None:
        for command in (["upload", "photos"], ["groups", "list"]):
            said = served(*command, *words)
            assert (said.code, said.out) == (2, "")
            assert "There is no option for the key" in said.err
            assert "set ORCAROUTER_API_KEY" in said.err
            assert "hunter2" not in said.err

    def test_a_group_that_does_not_exist(self, served: Shell) -> None:
        said = served.upload("photos", "--group", "group-nowhere")
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            "validator: no such group is listed yet; looking for it for up to 0 s\n"
            "validator: error: There is no group group-nowhere.\n"
        )

    def test_a_folder_without_media(self, served: Shell, group: str) -> None:
        (served.folder / "empty").mkdir()
        said = served.upload("empty", "--group", group)
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            "validator: error: Nothing to judge was found in empty: no image, no video, no sound.\n"
        )

    def test_a_file_that_nothing_gives_an_address(self, served: Shell, group: str) -> None:
        served.settings.pop("public-url")
        served.configure()
        said = served.upload("photos", "--group", group)
        assert (said.code, said.out) == (2, "")
        assert "photos/ada-0.png is a file" in said.err
        assert "--public-url" in said.err
        assert "--publish" in said.err

    @pytest.mark.parametrize("key", ["", "sk a"])
    def test_no_key(self, served: Shell, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ORCAROUTER_API_KEY", key)
        said = served.upload("photos", "--new-group", "Ada")
        assert (said.code, said.out) == (2, "")
        assert "ORCAROUTER_API_KEY" in said.err

    def test_the_quota_is_too_small(self, served: Shell, group: str) -> None:
        said = served.upload("photos", "--group", group, "--quota", "1", "--output-format", "json")
        assert said.code == 1
        assert set(outcomes(said).values()) == {"not-sent"}
        assert said.json["error"]["type"] == "QuotaExceeded"
        assert served.account.state()["assets"] == []
        text = served.upload("photos", "--group", group, "--quota", "1")
        assert text.code == 1
        assert "validator: error: " in text.err
        assert "1" in text.err

    def test_for_what_does_not_fit_no_group_is_made(self, served: Shell) -> None:
        said = served.upload("photos", "--new-group", "Grace", "--quota", "1", "--output-format", "json")
        assert said.code == 1
        assert set(outcomes(said).values()) == {"not-sent"}
        assert said.json["error"]["type"] == "QuotaExceeded"
        assert "Nothing was created." in said.err
        assert served.account.state()["groups"] == []

    def test_a_group_made_before_needs_room_for_what_is_new_alone(self, served: Shell) -> None:
        made = served.upload("photos", "--new-group", "Grace", "--quota", "2")
        assert made.code == 0
        assert served.upload("photos", "--new-group", "Grace", "--quota", "2").code == 0

    @pytest.mark.parametrize("dry", [(), ("--dry-run",)])
    def test_a_name_that_is_taken_is_known_before_the_lint(
        self, served: Shell, group: str, dry: tuple[str, ...]
    ) -> None:
        said = served.upload("photos", "--new-group", "Ada", *dry)
        assert (said.code, said.out) == (2, "")
        assert f"upload into it with --group {group}, or choose another name." in said.err

    def test_a_key_that_does_not_hold_is_known_before_the_lint(self, served: Shell) -> None:
        served.account.fail("401", "list-groups")
        said = served.upload("photos", "--new-group", "Grace")
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("validator: error: ")

    def test_an_asset_list_for_another_group(self, served: Shell, group: str) -> None:
        (served.folder / "list.toml").write_text(
            '[group]\nkind = "virtual"\nid = "group-9"\n[[assets]]\npath = "photos/ada-0.png"\n'
        )
        said = served.upload("list.toml", "--group", group)
        assert said.code == 2
        assert f"for the group group-9, and not for the group {group}" in said.err
        (served.folder / "list.toml").write_text(
            '[group]\nkind = "real-human"\n[[assets]]\npath = "photos/ada-0.png"\n'
        )
        said = served.upload("list.toml", "--group", group)
        assert said.code == 2
        assert "for a real-human group, and this one is virtual" in said.err


class TestTrouble:
    def test_the_key_ends_half_way(self, served: Shell, group: str) -> None:
        served.account.fail("401", "create-asset", nth=2, every=False)
        for at in range(3):
            sound(served.folder / "photos" / f"voice-{at}.wav", 3 + at / 10)
        said = served.upload("photos", "--group", group, "--output-format", "json")
        assert said.code == 2
        assert said.json["error"]["type"] == "AuthenticationError"
        assert "not-sent" in outcomes(said).values()
        assert said.err.splitlines()[-1].endswith("run the same command again; nothing is made twice")
        again = served.upload("photos", "--group", group, "--output-format", "json")
        assert again.code == 0
        assert len(served.account.state()["assets"]) == 5

    def test_an_answer_is_lost(self, served: Shell, group: str) -> None:
        served.account.fail("lose-answer", "create-asset")
        said = served.upload("photos", "--group", group)
        assert said.code == 0
        assert len(served.account.state()["assets"]) == 2

    def test_it_does_not_settle(self, served: Shell, group: str) -> None:
        served.account.configure(stuck=("ada-1",))
        said = served.upload("photos", "--group", group, "--wait-timeout", "0.5")
        assert said.code == 2
        assert re.search(r"^photos/ada-1\.png +Processing still +asset://", said.out, re.MULTILINE)
        assert "`validator upload --resume` goes on waiting for it" in said.err
        served.account.configure(stuck=())
        resumed = served("upload", "--resume", "--output-format", "json")
        assert resumed.code == 0
        assert outcomes(resumed) == {"photos/ada-1.png": "active"}
        assert re.search(
            rf'resuming 1 asset of an upload of 20\S+ \S+ UTC into "Ada" \({group}\)', resumed.err
        )
        assert "there is nothing to resume: an upload that" in served("upload", "--resume").err

    def test_without_waiting(self, served: Shell, group: str) -> None:
        served.account.configure(processing_seconds=0.5)
        said = served.upload("photos", "--group", group, "--no-wait", "--output-format", "json")
        assert said.code == 2
        assert set(outcomes(said).values()) == {"processing"}
        assert served("upload", "--resume").code == 0

    def test_a_file_that_was_changed_since_it_was_published(self, served: Shell, group: str) -> None:
        elsewhere = served.folder / "elsewhere"
        photo(elsewhere / "photos" / "ada-0.png", (700, 500))
        url = served.account.serve(elsewhere)
        said = served.upload("photos", "--group", group, "--public-url", url, "--output-format", "json")
        assert said.code == 1
        assert outcomes(said) == {"photos/ada-0.png": "changed", "photos/ada-1.png": "not-published"}
        assert served.account.state()["assets"] == []

    def test_the_service_is_down(self, served: Shell) -> None:
        config = served.folder / "validator.toml"
        config.write_text(config.read_text().replace(f":{served.account.service.port}/v1", ":9/v1"))
        said = served.upload("photos", "--group", "group-1")
        assert (said.code, said.out) == (2, "")
        assert said.err.splitlines()[-1].startswith("validator: error: ")
        assert "Traceback" not in said.err

    def test_what_failed_is_made_anew_only_if_asked_for(self, served: Shell, group: str) -> None:
        served.account.configure(rejects={"ada-1": "InternalError"})
        assert served.upload("photos", "--group", group).code == 1
        served.account.configure(rejects={})
        assert served.upload("photos", "--group", group).code == 1
        said = served.upload("photos", "--group", group, "--retry-failed", "--output-format", "json")
        assert said.code == 0
        assert outcomes(said) == {"photos/ada-0.png": "already-active", "photos/ada-1.png": "active"}
        assert len(served.account.assets()) == 2


class TestJudging:
    def test_warnings_hold_back_where_that_is_asked_for(self, served: Shell, group: str) -> None:
        photo(served.folder / "bound.png", (300, 400))
        said = served.upload("bound.png", "--group", group, "--fail-on", "warning", "--output-format", "json")
        assert said.code == 1
        assert outcomes(said) == {"bound.png": "not-forwarded"}
        assert served.upload("bound.png", "--group", group).code == 0

    def test_what_could_not_be_judged_is_not_forwarded(self, served: Shell, group: str) -> None:
        arguments = ("photos", "--group", group, "--depth", "header", "--output-format", "json")
        said = served.upload(*arguments)
        assert said.code == 2
        assert set(outcomes(said).values()) == {"not-forwarded"}
        assert {each["verdict"] for each in said.json["assets"]} == {"unjudged"}
        assert served.upload(*arguments, "--allow-unjudged").code == 0

    def test_the_kind_of_the_group_decides(self, served: Shell) -> None:
        session = served("session", "start", "--format", "json").json["id"]
        group = served.account.end_session(session, name="Ada")
        said = served.upload("photos", "--group", group, "--dry-run", "--output-format", "json")
        assert said.json["groups"][0]["kind"] == "real-human"
        assert ("faces are not compared with each other here" in said.err) is not can_compare_faces()

    def test_what_the_configuration_says_holds(self, served: Shell, group: str) -> None:
        served.configure('ignore = ["IMG003"]', "exit-zero = true", 'output-format = "json"')
        photo(served.folder / "small.png", (290, 300))
        said = served.upload("small.png", "--group", group)
        assert said.code == 1  # the service rejects it, and no exit-zero makes that good
        assert outcomes(said) == {"small.png": "failed"}
        assert "IMG003" in said.json["assets"][0]["rules"]


class TestReadme:
    def test_its_screen_is_what_is_printed(self, shell: Shell) -> None:
        text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
        screen = text.partition("$ export ORCAROUTER_API_KEY")[2].partition("```")[0]
        command, expected = screen.partition("\n$ ")[2].partition("$ validator request")[0].split("\n", 1)
        photo(shell.folder / "cast" / "ada.png", (768, 1024))
        photo(shell.folder / "cast" / "rain.png", (1280, 720))
        photo(shell.folder / "cast" / "small.png", (280, 420))
        sound(shell.folder / "cast" / "voice.wav")
        shell.account.configure(rejects={"rain": "ContentRestricted"})
        url = shell.account.serve(shell.folder)
        words = shlex.split(command.replace("https://cdn.example.com/", url))
        said = shell(*words[1:], *IGNORED)
        assert said.code == 1
        assert _without_ids(said.out) == _without_ids(expected)


def _without_ids(text: str) -> str:
    return re.sub(r"(asset|group)-\d{14}-\w{5}", r"\1-…", text)


class TestSecrets:
    def test_the_key_is_nowhere(self, served: Shell, group: str) -> None:
        said = served.process("upload", "photos", *IGNORED, "--group", group, "--output-format", "json")
        assert said.code == 0
        assert served.account.key not in said.out + said.err
        for path in served.folder.rglob("*"):
            if path.is_file():
                assert served.account.key.encode() not in path.read_bytes(), path

    def test_it_is_said_where_the_key_goes(self, served: Shell, group: str) -> None:
        del group
        from validator.cli import main

        assert main(["upload", "photos", "--group", "x"]) == 2
        assert TO_THE_HOST in served.capsys.readouterr().err

    def test_the_journal_is_for_the_user_alone(self, served: Shell, group: str) -> None:
        served.upload("photos", "--group", group)
        assert os.stat(served.folder / "journal.sqlite3").st_mode & 0o077 == 0  # noqa: PTH116
