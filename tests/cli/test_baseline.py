"""`validator lint --write-baseline` and `--baseline`: what was known does not count, and stays in sight."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.media import photo
from tests.cli.process import CHECKOUT
from tests.nobody import IGNORED
from validator.cli import main

Lint = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lint(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lint:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["lint", *IGNORED, *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def broken(path: str, text: str = "one") -> None:
    """A file that is no picture, whatever its name says: the quickest fault there is."""
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def entries(path: str = "known.json") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(path).read_text(encoding="utf-8"))["entries"]
    return found


def test_what_is_written_no_longer_counts(lint: Lint) -> None:
    broken("clips/small.png", "200")
    photo(Path("clips/right.png"))
    code, out, err = lint("clips", "--write-baseline", "known.json")
    assert (code, err) == (0, "validator: 1 finding became the baseline known.json\n")
    assert "FIL004" in out
    assert [(entry["target"], entry["code"], entry["fact"]) for entry in entries()] == [
        ("clips/small.png", "FIL004", "content")
    ]
    code, out, err = lint("clips", "--baseline", "known.json")
    assert (code, err) == (0, "")
    assert out == "2 assets: 1 pass, 1 known to fail. 1 known finding is in the baseline.\n"


def test_what_is_known_can_be_listed(lint: Lint) -> None:
    broken("small.png", "200")
    lint("small.png", "--write-baseline", "known.json")
    _, out, _ = lint("small.png", "--baseline", "known.json", "--show-passing")
    assert out.startswith("small.png: known to fail (")
    assert "(known)\n" in out


def test_a_new_fault_counts_and_a_changed_file_is_new(lint: Lint) -> None:
    broken("small.png", "200")
    lint(".", "--write-baseline", "known.json")
    Path("small.png").rename("renamed.png")
    assert lint(".", "--baseline", "known.json")[0] == 0
    broken("new.png", "201")
    code, out, err = lint(".", "--baseline", "known.json")
    assert (code, err) == (1, "")
    assert "new.png: fail" in out
    assert "2 assets: 1 fail, 1 known to fail (1 error). 1 known finding is in the baseline." in out
    broken("renamed.png", "202")
    assert "2 assets: 2 fail (2 errors)." in lint(".", "--baseline", "known.json")[1]


def test_warnings_are_known_too(lint: Lint) -> None:
    photo(Path("on-bound.png"), (300, 400))
    assert lint(".", "--fail-on", "warning")[0] == 1
    lint(".", "--write-baseline", "known.json")
    code, out, _ = lint(".", "--fail-on", "warning", "--baseline", "known.json")
    assert (code, out) == (0, "1 asset: 1 pass. 1 known finding is in the baseline.\n")


def test_a_known_warning_is_no_excuse_for_an_error(lint: Lint) -> None:
    broken("small.png", "200")
    lint(".", "--severity", "FIL004=warning", "--write-baseline", "known.json")
    assert lint(".", "--baseline", "known.json")[0] == 1


def test_what_is_not_judged_is_never_known(lint: Lint) -> None:
    photo(Path("right.png"))
    assert lint(".", "--depth", "header", "--write-baseline", "known.json")[0] == 2
    assert entries() == []
    code, out, _ = lint(".", "--depth", "header", "--baseline", "known.json")
    assert code == 2
    assert "1 not judged" in out


def test_what_is_newly_not_judged_decides_also_beside_a_known_error(lint: Lint) -> None:
    photo(Path("small.png"), (200, 200))
    assert lint("small.png", "--write-baseline", "known.json")[0] == 0
    assert lint("small.png", "--baseline", "known.json")[0] == 0
    code, out, _ = lint("small.png", "--baseline", "known.json", "--depth", "header")
    assert code == 2
    assert "small.png: not judged (" in out
    assert "not judged: FIL005" in out
    assert "1 asset: 1 not judged" in out
    assert lint("small.png", "--depth", "header", "--write-baseline", "header.json")[0] == 2
    assert lint("small.png", "--baseline", "header.json", "--depth", "header")[0] == 2
    assert json.loads(Path("header.json").read_text(encoding="utf-8"))["not_judged"] == []


def test_what_a_known_error_keeps_from_being_judged_is_known_with_it(lint: Lint) -> None:
    broken("text.png", "200")
    assert lint("text.png", "--write-baseline", "known.json")[0] == 0
    (entry,) = json.loads(Path("known.json").read_text(encoding="utf-8"))["not_judged"]
    assert (entry["target"], entry["reason"]) == ("text.png", "the file is no media")
    assert "FIL005" in entry["codes"]
    Path("text.png").rename("renamed.png")
    code, out, _ = lint("renamed.png", "--baseline", "known.json", "--show-passing")
    assert code == 0
    assert re.search(r"not judged: .*FIL005.*: the file is no media \(known\)", out)
    without = json.loads(Path("known.json").read_text(encoding="utf-8")) | {"not_judged": []}
    Path("known.json").write_text(json.dumps(without), encoding="utf-8")
    assert lint("renamed.png", "--baseline", "known.json")[0] == 2


def test_a_new_finding_of_a_known_asset_is_listed(lint: Lint) -> None:
    broken("one.png", "200")
    lint("one.png", "--write-baseline", "known.json")
    broken("two.png", "200")
    arguments = ("one.png", "two.png", "--baseline", "known.json", "--fail-on", "warning")
    for name, said in (
        ("text", "  warning FIL008"),
        ("github", "::warning file=two.png,title=FIL008"),
        ("markdown", "- warning **FIL008**"),
    ):
        code, out, _ = lint(*arguments, "--output-format", name)
        assert code == 1
        assert said in out
        assert "FIL004" not in out


def test_another_place_of_the_same_bytes_is_a_new_duplicate(lint: Lint) -> None:
    for name in ("a.png", "b.png"):
        photo(Path(name))
    lint(".", "--write-baseline", "known.json")
    assert [entry["target"] for entry in entries()] == ["b.png"]
    assert lint(".", "--baseline", "known.json", "--fail-on", "warning")[0] == 0
    photo(Path("c.png"))
    code, out, err = lint(".", "--baseline", "known.json", "--fail-on", "warning")
    assert (code, err) == (1, "")
    assert "c.png: pass" in out
    assert "b.png: pass" not in out


def test_a_part_of_it_is_not_written_in_silence(lint: Lint) -> None:
    for number in range(3):
        broken(f"{number}.png", f"{number}00")
    lint(".", "--write-baseline", "known.json")
    _, _, err = lint("0.png", "--write-baseline", "known.json")
    assert err == (
        "validator: 1 finding became the baseline known.json; 2 entries of the one before are not in it\n"
    )


@pytest.mark.parametrize(
    ("report", "what"),
    [("known.json", "the baseline"), ("./mine.toml", "the configuration"), ("house.toml", "a profile")],
)
def test_no_report_replaces_what_the_run_goes_by(lint: Lint, report: str, what: str) -> None:
    broken("small.png", "200")
    Path("house.toml").write_text(
        '[profile]\nname = "house"\ntitle = "House"\nchecked = 2026-11-22\nsource = "https://a.example"\n'
        'extends = "seedance-2.0"\n',
        encoding="utf-8",
    )
    Path("mine.toml").write_text('baseline = "known.json"\nprofile = "house.toml"\n', encoding="utf-8")
    lint(".", "--config", "mine.toml", "--write-baseline", "known.json")
    before = Path(report).read_bytes()
    code, out, err = lint(".", "--config", "mine.toml", "--output-format", f"json={report}")
    assert (code, out) == (2, "")
    assert err == f"validator: error: cannot write the report to {report}: it is {what} of this run\n"
    assert Path(report).read_bytes() == before


def test_programs_see_what_is_known(lint: Lint) -> None:
    broken("small.png", "200")
    broken("new.png", "201")
    lint("small.png", "--write-baseline", "known.json")
    without = json.loads(lint(".", "--output-format", "json")[1])
    assert "baseline" not in without["summary"]
    assert not [each for result in without["assets"] for each in result["findings"] if "known" in each]
    report = json.loads(lint(".", "--output-format", "json", "--baseline", "known.json")[1])
    assert {
        result["target"]: (result["verdict"], [each["known"] for each in result["findings"]])
        for result in report["assets"]
    } == {"./new.png": ("fail", [False]), "./small.png": ("fail", [True])}
    assert report["summary"]["failed"] == 1
    assert report["summary"]["baseline"] == {"findings": 1, "assets": 1}


def test_it_is_written_anew_with_what_is_left(lint: Lint) -> None:
    broken("a.png", "200")
    broken("b.png", "201")
    lint(".", "--write-baseline", "known.json")
    photo(Path("a.png"))
    code, _, err = lint(".", "--baseline", "known.json")
    assert code == 0
    assert err == (
        "validator: 1 entry of the baseline known.json is no longer found: write it anew with "
        "--write-baseline\n"
    )
    code, out, err = lint(".", "--baseline", "known.json", "--write-baseline", "known.json")
    assert (code, err) == (
        0,
        "validator: 1 finding became the baseline known.json; 1 entry of the one before is not in it\n",
    )
    assert "1 known finding" in out
    assert [entry["target"] for entry in entries()] == ["b.png"]


@pytest.mark.parametrize("more", [("--select", "IMG004"), ("--ignore", "FIL004")])
def test_what_nobody_looked_for_is_not_said_to_be_gone(lint: Lint, more: tuple[str, ...]) -> None:
    broken("a.png", "200")
    lint(".", "--write-baseline", "known.json")
    assert lint(".", "--baseline", "known.json", *more)[2] == ""


def test_a_configuration_names_it_beside_itself(lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    broken("clips/small.png", "200")
    Path("validator.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    monkeypatch.chdir("clips")
    code, _, err = lint(".")
    assert code == 2
    assert "known.json: there is no such baseline: write it with --write-baseline" in err
    assert lint(".", "--write-baseline", "../known.json")[0] == 0
    assert lint(".")[0] == 0
    assert lint(".", "--no-config")[0] == 1


def test_it_is_of_its_profile(lint: Lint) -> None:
    broken("small.png", "200")
    Path("house.toml").write_text(
        '[profile]\nname = "house"\ntitle = "House"\nchecked = 2026-11-22\nsource = "https://a.example"\n'
        'extends = "seedance-2.0"\n',
        encoding="utf-8",
    )
    lint(".", "--write-baseline", "known.json")
    code, _, err = lint(".", "--baseline", "known.json", "--profile", "house.toml")
    assert (code, err) == (
        1,
        "validator: nothing of the baseline known.json counts here: it is of the profile seedance-2.0\n",
    )
    both = ("--profile", "seedance-2.0", "--profile", "house.toml")
    code, out, _ = lint(".", "--baseline", "known.json", *both)
    assert code == 1
    assert "1 error" in out
    lint(".", "--write-baseline", "known.json", *both)
    assert [entry["profile"] for entry in entries()] == ["house", "seedance-2.0"]
    assert lint(".", "--baseline", "known.json", *both)[0] == 0


def test_a_run_that_fails_leaves_the_baseline_as_it_was(lint: Lint, tmp_path: Path) -> None:
    broken("small.png", "200")
    lint(".", "--write-baseline", "known.json")
    before = Path("known.json").read_bytes()
    Path("empty").mkdir()
    assert lint("empty", "--write-baseline", "known.json")[0] == 2
    assert Path("known.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "known.json", "small.png"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--write-baseline", "-"), "--write-baseline needs a file"),
        (("--write-baseline", "a.png"), "a.png is there and is no baseline, so it is not replaced by one"),
        (("--write-baseline", "none/known.json"), "cannot write the baseline to none/known.json"),
        (("--write-baseline", ".."), "cannot write the baseline to ..: it is a folder"),
        (("--write-baseline", "x", "-o", "./x"), "a report and the baseline cannot go to one place"),
        (("--write-baseline", ""), "--write-baseline: the name of the file is empty"),
        (("--baseline", ""), "--baseline: the name of the file is empty"),
        (("-o", ""), "--output: the name of the file is empty"),
        (("--severity", ""), "--severity names no rule: write CODE=LEVEL"),
        (("--baseline", "a.png"), "a.png: this is no baseline, since it is not JSON"),
        (("--baseline", "none.json"), "none.json: there is no such baseline"),
        (("--baseline", "none.json", "--write-baseline", "known.json"), "none.json: there is no such"),
    ],
)
def test_silly_mistakes_cost_a_sentence(lint: Lint, arguments: tuple[str, ...], said: str) -> None:
    picture = photo(Path("a.png")).read_bytes()
    code, out, err = lint(".", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("validator: error: ")
    assert said in err
    assert len(err.splitlines()) == 1
    assert Path("a.png").read_bytes() == picture
    assert [path.name for path in Path().iterdir()] == ["a.png"]


def test_the_readme_shows_what_happens(lint: Lint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(
        r"^```console\n(\$ validator lint [^\n]*--write-baseline .*?)^```$", readme, re.S | re.M
    )
    monkeypatch.chdir(CHECKOUT)
    for shown in block.split("$ validator lint ")[1:]:
        command, expected = shown.split("\n", 1)
        assert lint(*command.replace("known.json", str(tmp_path / "known.json")).split())[1] == expected


def test_a_report_is_no_baseline(lint: Lint) -> None:
    photo(Path("a.png"))
    lint("a.png", "--output-format", "json", "-o", "report.json")
    code, _, err = lint("a.png", "--baseline", "report.json")
    assert code == 2
    assert "report.json: this is a report, and no baseline: write one with --write-baseline" in err


def test_what_could_not_be_read_is_never_known(lint: Lint) -> None:
    code, _, said = lint("nope.png", "--write-baseline", "known.json")
    assert code == 1
    assert "0 findings became the baseline known.json; 1 of what could not be read never will be" in said
    assert lint("nope.png", "--baseline", "known.json")[0] == 1


def test_an_address_that_is_refused_is_known_with_what_it_keeps_from_being_judged(lint: Lint) -> None:
    assert lint("http://127.0.0.1/a.png", "--write-baseline", "known.json")[0] == 0
    assert lint("http://127.0.0.1/a.png", "--baseline", "known.json")[0] == 0


def test_a_host_that_is_too_busy_is_never_known(lint: Lint) -> None:
    class Busy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = str(server.server_port)
        url = f"http://127.0.0.1:{port}/a.png"
        arguments = (url, "--allow-private-hosts", "--allow-port", port, "--profile", "runway")
        code = lint(*arguments, "--write-baseline", "known.json")[0]
        server.shutdown()
    assert code == 2
    assert json.loads(Path("known.json").read_text(encoding="utf-8"))["not_judged"] == []


def test_of_what_is_known_to_fail_by_its_header_the_pixels_are_read_all_the_same(lint: Lint) -> None:
    photo(Path("small.png"), (200, 200))
    lint("small.png", "--write-baseline", "known.json")
    whole = Path("small.png").read_bytes()
    Path("small.png").write_bytes(whole[:-40])

    code, out, _ = lint("small.png", "--baseline", "known.json")

    assert code == 1
    assert "FIL005" in out
