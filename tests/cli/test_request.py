"""`validator request`, with a journal of uploads and against the tests' own asset library."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from tests.cli.process import CHECKOUT, environment, finish
from tests.cli.shell import Shell
from tests.cli.test_assets import register
from tests.permissions import become_nobody, private_folder
from tests.request.bodies import body, item
from tests.request.desk import Desk
from validator.cli import main
from validator.model import Kind
from validator.upload.journal import Journal
from validator.upload.outcome import Step

GOOD = body("The girl in [Image 1] arranges items.", item("image", "asset://asset-20260318071009-xy98z"))
BAD = body("The girl in [Image 2] arranges items.", item("image"))
WARNED = body("The girl in [image 1] arranges items.", item("image"))
SCHEMA = json.loads((CHECKOUT / "validator" / "schemas" / "report.schema.json").read_text(encoding="utf-8"))

Output = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORCAROUTER_API_KEY", raising=False)
    (tmp_path / "validator.toml").write_text(
        '[service]\nbase-url = "https://library.example/v1"\n[upload]\njournal = "uploads.sqlite3"\n',
        encoding="utf-8",
    )
    with Journal(tmp_path / "uploads.sqlite3", locks=tmp_path) as journal:
        yield Desk(tmp_path, journal)


def typed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def written(desk: Desk, name: str, data: bytes) -> str:
    desk.file(name, data)
    return name


class TestLint:
    @pytest.mark.parametrize(
        ("data", "options", "code"),
        [
            (GOOD, (), 0),
            (BAD, (), 1),
            (BAD, ("--exit-zero",), 0),
            (BAD, ("--ignore", "REQ001"), 0),
            (BAD, ("--severity", "REQ001=warning"), 0),
            (WARNED, (), 0),
            (WARNED, ("--fail-on", "warning"), 1),
            (b"no json", (), 1),
            (b"", (), 1),
        ],
    )
    def test_the_exit_code_is_that_of_lint(
        self, desk: Desk, data: bytes, options: tuple[str, ...], code: int, capsys: Output
    ) -> None:
        assert main(["request", "lint", written(desk, "request.json", data), *options]) == code
        captured = capsys.readouterr()
        assert captured.out.startswith("request.json: ")
        assert captured.err == ""

    def test_the_text_counts_requests(self, desk: Desk, capsys: Output) -> None:
        assert main(["request", "lint", written(desk, "a.json", GOOD), written(desk, "b.json", BAD)]) == 1
        out = capsys.readouterr().out
        assert out == (
            "a.json: pass (request, 1 image, 238 bytes)\n"
            "  not judged: REQ005: the library was not asked (--online asks it)\n\n"
            "b.json: fail (request, 1 image, 225 bytes)\n"
            "  error   REQ001 request-reference  The prompt points to what is not in the request: [Image 2] "
            "(the content holds 1 image).\n"
            "  note    REQ001 request-reference  The prompt does not point to every reference: [Image 1].\n"
            "          help: Write [Image 1], [Video 1] or [Audio 1]: one bracket for each asset, counted by "
            "type in the order of metadata.content.\n"
            "  not judged: REQ005: the library was not asked (--online asks it)\n\n"
            "2 requests: 1 pass, 1 fail (1 error, 1 note).\n"
        )

    def test_the_json_keeps_the_schema_of_reports(self, desk: Desk, capsys: Output) -> None:
        for name, data in (("a.json", GOOD), ("b.json", BAD), ("c.json", b"[")):
            written(desk, name, data)
        arguments = ["a.json", "b.json", "c.json", "--output-format", "json"]
        assert main(["request", "lint", *arguments]) == 1
        report = json.loads(capsys.readouterr().out)
        jsonschema.Draft202012Validator(SCHEMA).validate(report)
        good, bad, broken = report["assets"]
        assert (good["verdict"], good["facts"]["image_count"], good["bytes"]) == ("pass", 1, len(GOOD))
        assert [finding["measured"]["value"] for finding in bad["findings"]] == ["nowhere", "unmentioned"]
        assert broken["facts"]["form"] == "unreadable"

    def test_from_standard_input_and_into_a_file(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        typed(monkeypatch, GOOD)
        assert main(["request", "lint", "-", "-o", "report.txt"]) == 0
        assert capsys.readouterr() == ("", "")
        assert (desk.folder / "report.txt").read_text(encoding="utf-8").startswith("-: pass")

    def test_durations_come_from_the_journal(self, desk: Desk, capsys: Output) -> None:
        for number in (1, 2):
            desk.uploaded(
                f"/clips/{number}.mp4",
                b"clip %d" % number,
                asset_id=f"asset-{number}",
                kind=Kind.VIDEO,
                duration=Fraction(8),
            )
        clips = [item("video", f"asset://asset-{number}") for number in (1, 2)]
        written(desk, "request.json", body("[Video 1] [Video 2]", *clips))
        assert main(["request", "lint", "request.json"]) == 0
        assert "The videos run 16 s together: 1 s above the maximum of 15 s." in capsys.readouterr().out
        assert main(["request", "lint", "request.json", "--durations", "asset-1=7"]) == 0
        assert "REQ002" not in capsys.readouterr().out

    def test_a_journal_that_is_named_is_read_and_none_is_made(self, desk: Desk, capsys: Output) -> None:
        written(desk, "request.json", GOOD)
        assert main(["request", "lint", "request.json", "--journal", "none.sqlite3"]) == 2
        assert "there is no journal none.sqlite3" in capsys.readouterr().err
        (desk.folder / "validator.toml").write_text('[upload]\njournal = "none.sqlite3"\n', encoding="utf-8")
        assert main(["request", "lint", "request.json"]) == 0
        assert not (desk.folder / "none.sqlite3").exists()

    def test_a_user_without_a_home_has_uploaded_nothing(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        def homeless(*_: object, **__: object) -> Path:
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.setattr("platformdirs.user_data_path", homeless)
        assert main(["request", "lint", written(desk, "r.json", GOOD), "--no-config"]) == 0
        assert capsys.readouterr().err == ""

    @pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs permissions")
    def test_a_journal_that_is_out_of_reach_is_none(self, capsys: Output) -> None:
        with private_folder() as folder:
            closed = folder / "closed"
            closed.mkdir()
            (closed / "uploads.sqlite3").write_bytes(b"")
            (folder / "validator.toml").write_text('[upload]\njournal = "closed/uploads.sqlite3"\n')
            (folder / "r.json").write_bytes(GOOD)
            for path in (folder / "validator.toml", folder / "r.json"):
                path.chmod(0o644)
            closed.chmod(0)
            become_nobody()
            arguments = [
                "request",
                "lint",
                str(folder / "r.json"),
                "--config",
                str(folder / "validator.toml"),
            ]
            code = main(arguments)
        assert (code, capsys.readouterr().err) == (0, "")

    def test_a_duration_of_nothing_here_is_said(self, desk: Desk, capsys: Output) -> None:
        assert main(["request", "lint", written(desk, "r.json", GOOD), "--durations", "asset-9=4"]) == 0
        assert capsys.readouterr().err == "validator: --durations: no request here holds asset-9\n"

    @pytest.mark.parametrize("name", ["runway", "media", "vidu"])
    def test_a_profile_that_says_nothing_of_requests_passes_none(
        self, desk: Desk, capsys: Output, name: str
    ) -> None:
        assert main(["request", "lint", written(desk, "r.json", GOOD), "--profile", name]) == 2
        said = f"the profile {name} has no rules on requests: name one that has, such as seedance-2.0"
        assert capsys.readouterr() == ("", f"validator: error: {said}\n")

    def test_a_selection_that_says_nothing_of_requests_passes_none(self, desk: Desk, capsys: Output) -> None:
        assert main(["request", "lint", written(desk, "r.json", GOOD), "--select", "VID"]) == 2
        assert "no rule on requests of the profile seedance-2.0 is left to run" in capsys.readouterr().err

    def test_the_newest_upstream_asks_of_requests_what_is_documented(
        self, desk: Desk, capsys: Output
    ) -> None:
        arguments = ["request", "lint", written(desk, "r.json", GOOD), "--profile", "seedance-upstream"]
        assert main(arguments) == 0
        assert "1 request: 1 pass" in capsys.readouterr().out

    def test_a_profile_of_one_s_own_has_other_limits(self, desk: Desk, capsys: Output) -> None:
        (desk.folder / "house.toml").write_text(
            '[profile]\nname = "house"\ntitle = "House"\nchecked = 2026-11-22\nsource = "us"\n'
            'extends = "seedance-2.0"\n[[change]]\ncode = "REQ002"\nseverity = "error"\n'
            "[change.bounds.image_count]\nmax = 1\n",
            encoding="utf-8",
        )
        written(desk, "r.json", body("[Image 1] [Image 2]", item("image"), item("image", "asset://asset-2")))
        assert main(["request", "lint", "r.json"]) == 0
        assert main(["request", "lint", "r.json", "--profile", "house.toml"]) == 1
        assert "The number of images is 2: 1 above the maximum of 1." in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("none.json",), "the request none.json cannot be read: there is no such file"),
            (
                ("https://h.example/r.json?token=s3cret",),
                "the request https://h.example/r.json?… cannot be read",
            ),
            ((".",), "the request . cannot be read: it is a folder"),
            (("-", "-"), "standard input can be read once, so name - once"),
            (("r.json", "--durations", "x"), '--durations: "x" is not ID=SECONDS'),
            (("r.json", "--select", "REQ9"), "names no rule of the profile"),
            (("r.json", "-o", "r.json"), "it is one of the targets"),
            (("r.json", "--online"), "would send the API key to https://library.example/v1"),
            (("r.json", "--online", "--config", "validator.toml"), "There is no API key"),
            ((), "Missing argument 'FILE...'"),
        ],
    )
    def test_wrong_use_is_a_sentence_and_no_report(
        self, desk: Desk, arguments: tuple[str, ...], said: str, capsys: Output
    ) -> None:
        written(desk, "r.json", GOOD)
        assert main(["request", "lint", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert said in captured.err
        assert "s3cret" not in captured.err
        assert (desk.folder / "r.json").read_bytes() == GOOD

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_a_pipe_that_nobody_writes_to_does_not_block(self, desk: Desk, capsys: Output) -> None:
        os.mkfifo(desk.folder / "pipe")
        assert main(["request", "lint", "pipe"]) == 2
        assert "the request pipe cannot be read: a named pipe" in capsys.readouterr().err

    def test_what_the_request_says_does_nothing_to_a_terminal(self, desk: Desk, capsys: Output) -> None:
        odd = "\x1b[2J\n::error::x ::error::y\u202e"
        written(desk, "r.json", body(f"[Image 9] {odd}", item("image", odd, role=odd), model=odd))
        for output in ("text", "json"):
            assert main(["request", "lint", "r.json", "--output-format", output]) == 1
            out = capsys.readouterr().out
            assert not {"\x1b", "\u202e"} & set(out)
            assert not re.search(r"(?m)^\s*::error::", out)


class TestOnline:
    def test_assets_have_to_be_active(self, shell: Shell) -> None:
        group = shell.group()
        shell.account.configure(stuck=("bob",))
        ada, bob = register(shell, group, "ada", "bob")
        assert shell("assets", "wait", ada).code == 0

        def lint(*ids: str) -> Any:
            prompt = " ".join(f"[Image {at}]" for at in range(1, len(ids) + 1))
            data = body(prompt, *(item("image", f"asset://{one}") for one in ids))
            (shell.folder / "request.json").write_bytes(data)
            return shell("request", "lint", "--online", "request.json", "--show-passing")

        good = lint(ada)
        assert (good.code, good.err) == (0, "")
        assert good.out.startswith("request.json: pass")
        bad = lint(ada, bob, "asset-none")
        assert bad.code == 1
        assert (
            'Not every asset is Active: [Image 3] is not in the library; [Image 2] is "Processing".'
            in bad.out
        )

    def test_the_library_knows_types(self, shell: Shell) -> None:
        (ada,) = register(shell, shell.group(), "ada")
        assert shell("assets", "wait", ada).code == 0
        offline = shell("request", "new", "--prompt", "[Image 1] waves.", ada)
        assert offline.code == 2
        assert "--type ASSET=image" in offline.err
        made = shell("request", "new", "--prompt", "[Image 1] waves.", ada, "--online")
        assert (made.code, made.err) == (0, "")
        assert made.json["metadata"]["content"] == [item("image", f"asset://{ada}")]
        wrong = shell("request", "new", "--prompt", "[Video 1]", ada, "--online", "--type", f"{ada}=video")
        assert (wrong.code, wrong.out) == (1, "")
        assert "[Video 1] is registered as an image" in wrong.err

    def test_an_asset_that_is_not_there_is_a_sentence(self, shell: Shell) -> None:
        said = shell("request", "new", "--prompt", "[Image 1] waves.", "asset-none", "--online")
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("validator: error: ")

    def test_without_an_answer_the_request_is_not_judged(self, shell: Shell) -> None:
        (shell.folder / "request.json").write_bytes(GOOD)
        shell.account.configure(key_expired=True)
        said = shell("request", "lint", "--online", "request.json")
        assert said.code == 2
        assert "not judged: REQ005: the library could not be asked: " in said.out
        assert shell.account.key not in said.out + said.err


def test_a_report_of_requests_does_not_replace_the_configuration(desk: Desk, capsys: Output) -> None:
    configuration = desk.folder / "validator.toml"
    before = configuration.read_bytes()
    desk.file("r.json", b"{}")
    assert main(["request", "lint", "r.json", "--output-format", "json=validator.toml"]) == 2
    assert "cannot write the report to validator.toml: it is the configuration of this run" in (
        capsys.readouterr().err
    )
    assert configuration.read_bytes() == before


@pytest.mark.usefixtures("desk")
class TestNew:
    def test_files_that_were_uploaded_become_a_request(self, desk: Desk, capsys: Output) -> None:
        face = desk.file("face.png", b"face")
        desk.uploaded(face, b"face", asset_id="asset-face")
        walk = desk.file("walk.mp4", b"walk")
        desk.uploaded(walk, b"walk", asset_id="asset-walk", kind=Kind.VIDEO, duration=Fraction(4))
        prompt = "[Image 1] walks as in [Video 1]. 顔"
        assert main(["request", "new", "--prompt", prompt, "face.png", "walk.mp4", "-o", "r.json"]) == 0
        assert capsys.readouterr() == ("", "")
        request = json.loads((desk.folder / "r.json").read_text(encoding="utf-8"))
        assert request["prompt"] == prompt
        assert request["metadata"]["content"] == [
            item("image", "asset://asset-face"),
            item("video", "asset://asset-walk"),
        ]
        assert main(["request", "lint", "r.json"]) == 0

    def test_where_it_cannot_be_written_it_is_said_what_it_is(self, desk: Desk, capsys: Output) -> None:
        where = desk.folder / "none" / "r.json"
        arguments = ["asset-1", "--type", "asset-1=image", "--prompt", "[Image 1]", "-o", str(where)]
        assert main(["request", "new", *arguments]) == 2
        said = f"validator: error: cannot write the request to {where}: No such file or directory\n"
        assert capsys.readouterr().err.endswith(said)

    def test_roles_are_those_that_are_said(self, capsys: Output) -> None:
        arguments = ["asset-first1", "asset://asset-last1", "--prompt", "A door opens."]
        for name, role in (("asset-first1", "first-frame"), ("asset://asset-last1", "last_frame")):
            arguments += ["--type", f"{name}=image", "--role", f"{name}={role}"]
        assert main(["request", "new", *arguments]) == 0
        content = json.loads(capsys.readouterr().out)["metadata"]["content"]
        assert [entry["role"] for entry in content] == ["first_frame", "last_frame"]

    def test_without_assets_it_is_a_prompt(self, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
        typed(monkeypatch, "A cat on a röof.\n".encode())
        assert main(["request", "new", "--prompt", "-", "--model", "other/model"]) == 0
        captured = capsys.readouterr()
        assert json.loads(captured.out) == {
            "model": "other/model",
            "prompt": "A cat on a röof.",
            "metadata": {"content": []},
        }
        assert "[REQ008]" in captured.err

    def test_a_prompt_that_points_nowhere_is_not_written(self, desk: Desk, capsys: Output) -> None:
        arguments = ["asset-1", "--type", "asset-1=image", "--prompt", "[Image 2]", "-o", "r.json"]
        assert main(["request", "new", *arguments]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "validator: error: The prompt points to what is not in the request: [Image 2]" in captured.err
        assert captured.err.endswith("validator: nothing was written\n")
        assert not (desk.folder / "r.json").exists()

    def test_a_warning_is_said_and_counts_as_the_user_says(self, capsys: Output) -> None:
        arguments = ["asset-1", "--type", "asset-1=image", "--prompt", "[image1]"]
        assert main(["request", "new", *arguments]) == 0
        captured = capsys.readouterr()
        assert json.loads(captured.out)["prompt"] == "[image1]"
        assert "warning: The prompt writes positions in another form" in captured.err
        assert main(["request", "new", *arguments, "--fail-on", "warning"]) == 1
        assert capsys.readouterr().out == ""
        assert main(["request", "new", *arguments, "--quiet"]) == 0
        assert capsys.readouterr().err == ""

    def test_of_what_is_not_active_yet_it_is_said_so(self, desk: Desk, capsys: Output) -> None:
        desk.uploaded(desk.file("face.png", b"face"), b"face", step=Step.CREATED)
        assert main(["request", "new", "--prompt", "[Image 1]", "face.png"]) == 0
        assert "note: face.png was not Active when it was last asked for" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("face.png",), '"face.png" is neither a file here nor an asset'),
            (("asset-1",), "of which type asset-1 is, no journal here says"),
            (("asset-1", "--type", "asset-1=picture"), '--type: "picture" is none of image, video, audio'),
            (("asset-1", "--type", "asset-1"), '--type: "asset-1" is not ASSET=TYPE'),
            (
                ("asset-1", "--type", "asset-2=image"),
                '--type: "asset-2" is none of the assets that are named',
            ),
            (
                ("asset-1", "--type", "asset-1=video", "--role", "asset-1=hero"),
                '"hero" is no role that [Video 1]',
            ),
            (("https://h.example/a.png?key=s3cret",), "https://h.example/a.png?… was not uploaded"),
        ],
    )
    def test_wrong_use_is_a_sentence(self, arguments: tuple[str, ...], said: str, capsys: Output) -> None:
        assert main(["request", "new", "--prompt", "x", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert said in captured.err
        assert "s3cret" not in captured.err

    def test_what_is_printed_does_nothing_to_a_terminal(self, capsys: Output) -> None:
        prompt = "a \x9b31m ##[error]x\u202e cat"
        assert main(["request", "new", "--prompt", prompt]) == 0
        out = capsys.readouterr().out
        assert not {"\x9b", "\u202e"} & set(out)
        assert "##[error]" not in out
        assert json.loads(out)["prompt"] == prompt


@pytest.mark.parametrize("arguments", [("lint", "-"), ("new", "--prompt", "-")])
def test_a_closed_standard_input_is_a_sentence(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["request", *arguments, "--no-config"]) == 2
    assert "standard input is closed" in capsys.readouterr().err


def test_a_prompt_that_is_no_text_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    typed(monkeypatch, b"caf\xe9")
    assert main(["request", "new", "--prompt", "-", "--no-config"]) == 2
    assert "the prompt on standard input cannot be read" in capsys.readouterr().err


def test_without_a_command_the_help_is_shown(capsys: Output) -> None:
    assert main(["request"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "lint" in captured.err
    assert main(["request", "lnit"]) == 2
    assert 'Did you mean "lint"?' in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"], ["new", "--help"]])
def test_the_help_fits_into_80_columns(arguments: list[str], capsys: Output) -> None:
    assert main(["request", *arguments]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_process_of_its_own_reads_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"{" * 10_000)
    code, out, err = finish("request", "lint", "--no-config", "bad.json", cwd=tmp_path)
    assert (code, err) == (1, b"")
    assert b"REQ006" in out


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"], ["new", "--help"], ["lint", "r.json"]])
def test_nothing_heavy_is_loaded(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(GOOD)
    heavy = (
        "av",
        "PIL",
        "httpx",
        "rich",
        "numpy",
        "mediapipe",
        "mutagen",
        "obstore",
        "segno",
        "validator.workers",
    )
    code = (
        "import sys; from validator.cli import main; main(['request', *sys.argv[1:]]); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment()
    )
    assert done.stderr == "[]\n"
