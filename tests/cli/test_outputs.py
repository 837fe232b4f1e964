"""Several reports of one run, each in its place."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.process import finish
from validator.cli import main
from validator.cli.outputs import ENDINGS, Destinations, Wanted, wanted
from validator.errors import UsageError
from validator.report.base import FORMATS


def test_one_report_goes_to_standard_output() -> None:
    assert wanted([], "text", None) == (Wanted("text"),)
    assert wanted(["json"], "text", None) == (Wanted("json"),)
    assert wanted(["json"], "text", "-") == (Wanted("json"),)
    assert wanted(["json=-"], "text", None) == (Wanted("json"),)


def test_output_names_the_file_of_the_report_that_has_none() -> None:
    assert wanted([], "json", "a.json") == (Wanted("json", "a.json"),)
    assert wanted(["json", "text=b.txt"], "text", "a") == (Wanted("json", "a"), Wanted("text", "b.txt"))


@pytest.mark.parametrize(
    ("output", "name"),
    [
        ("r.json", "json"),
        ("r.JSONL", "jsonl"),
        ("r.csv", "csv"),
        ("r.sarif", "sarif"),
        ("r.xml", "junit"),
        ("r.md", "markdown"),
        ("r.html", "html"),
        ("r.htm", "html"),
        ("r.txt", "text"),
        ("r.parquet", "parquet"),
        ("r.PQ", "parquet"),
        ("folder.json/r", "text"),
        ("r.log", "text"),
        (".json", "text"),
        ("-", "text"),
        (None, "text"),
    ],
)
def test_the_ending_of_a_file_says_the_form_where_nothing_else_does(output: str | None, name: str) -> None:
    (report,) = wanted([], None, output)
    assert (report.name, report.file) == (name, None if output == "-" else output)
    assert [report.name for report in wanted([], "sarif", output)] == ["sarif"]
    assert [report.name for report in wanted(["gitlab"], None, output)] == ["gitlab"]


def test_every_ending_stands_for_a_form_that_there_is() -> None:
    assert {*ENDINGS.values()} <= FORMATS.keys()


def test_a_configured_form_wins_over_the_ending(tmp_path: Path) -> None:
    picture, report = str(photo(tmp_path / "a.png")), tmp_path / "r.json"
    settings = tmp_path / "validator.toml"
    settings.write_text('output-format = "text"', encoding="utf-8")
    said = ["lint", "--ignore", "POR", picture, "-o", str(report)]
    assert main([*said, "--config", str(settings)]) == 0
    assert "1 asset: 1 pass" in report.read_text(encoding="utf-8")
    assert main([*said, "--no-config"]) == 0
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["passed"] == 1


def test_nothing_more_is_written_than_what_is_asked_for() -> None:
    assert wanted(["json=a.json"], "text", None) == (Wanted("json", "a.json"),)


@pytest.mark.parametrize(
    ("said", "output", "why"),
    [
        (["text", "json"], None, "text and json name no file; write --output-format json=FILE"),
        (["text", "json"], "a", "no file; --output a is for one of them: write --output-format json=FILE"),
        (["json=a"], "b", "--output b is for a report that names no file, and json names its own; .*NAME=b"),
        (["text,json=a"], None, "once for each: --output-format text --output-format json=a"),
        (["HTML"], None, 'Did you mean "html"'),
        (["json=a", "text=./a"], None, "./a is named twice"),
        (["json=a", "text"], "a", "a is named twice"),
        (["json="], None, "no name of a file"),
        (["jsno=a"], None, 'Did you mean "json"'),
    ],
)
def test_what_makes_no_sense_is_refused(said: list[str], output: str | None, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        wanted(said, "text", output)


def test_a_run_writes_all_that_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = photo(tmp_path / "a.png", (200, 400))
    file = tmp_path / "report.json"
    arguments = ["lint", "--no-config", "--ignore", "POR", str(picture)]
    assert main([*arguments, "--output-format", "text", "--output-format", f"json={file}"]) == 1
    assert "1 asset: 1 fail" in capsys.readouterr().out
    assert json.loads(file.read_text(encoding="utf-8"))["summary"]["failed"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "report.json"]


def test_of_several_none_is_there_where_one_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = photo(tmp_path / "a.png")
    asked = [f"--output-format=json={tmp_path / 'a.json'}", f"--output-format=text={tmp_path / 'no' / 'a'}"]
    assert main(["lint", "--no-config", str(picture), *asked]) == 2
    assert "cannot write the report" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def two_reports(folder: Path, *places: str) -> Destinations:
    destinations = Destinations([Wanted("text", str(folder / place)) for place in places], ())
    destinations.write(["text"] * len(places))
    return destinations


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_no_file_takes_its_place_before_all_are_written(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    destinations = two_reports(tmp_path, "a.txt", "full")
    with pytest.raises(UsageError, match=r"full: No space left on device$"):
        destinations.commit()
    destinations.abandon()
    assert list(tmp_path.iterdir()) == [tmp_path / "full"]


def test_where_a_place_is_taken_meanwhile_it_is_said_what_is_there(tmp_path: Path) -> None:
    destinations = two_reports(tmp_path, "a.txt", "b.txt", "c.txt")
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(UsageError) as raised:
        destinations.commit()
    destinations.abandon()
    assert str(raised.value).endswith(f"Is a directory; written all the same: {tmp_path / 'a.txt'}")
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "a.txt", tmp_path / "b.txt"]


def test_files_are_written_where_nobody_reads_standard_output(tmp_path: Path) -> None:
    for number in range(4):
        photo(tmp_path / f"{number}.png", (200, 400))
    nobody, ours = os.pipe()
    os.close(nobody)
    asked = ("--output-format", "text", "--output-format", "json=report.json")
    code, _, err = finish("lint", "--no-config", "--ignore", "POR", ".", *asked, cwd=tmp_path, stdout=ours)
    os.close(ours)
    assert (code, err) == (1, b"")
    assert json.loads((tmp_path / "report.json").read_bytes())["summary"]["assets"] == 4


def test_several_profiles_judge_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lenient = tmp_path / "lenient.toml"
    lenient.write_text(
        """
        [profile]
        name = "lenient"
        title = "Nearly everything"
        checked = 2026-11-22
        source = "https://example.com"
        extends = "seedance-2.0"

        [[change]]
        code = "IMG003"
        min = 100
        """,
        encoding="utf-8",
    )
    picture = photo(tmp_path / "a.png", (200, 400))
    both = ["--profile", "seedance-2.0", "--profile", str(lenient)]
    assert (
        main(["lint", "--no-config", "--select", "IMG003", str(picture), *both, "--output-format", "json"])
        == 1
    )
    document = json.loads(capsys.readouterr().out)
    assert [profile["name"] for profile in document["profiles"]] == ["seedance-2.0", "lenient"]
    (asset,) = document["assets"]
    assert asset["verdicts"] == {"seedance-2.0": "fail", "lenient": "pass"}
    assert [(finding["code"], finding["profile"]) for finding in asset["findings"]] == [
        ("IMG003", "seedance-2.0")
    ]


def test_a_profile_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--no-config", "--profile", "seedance-2.0", "--profile", "seedance-2.0"]) == 2
    assert 'two of the profiles have the name "seedance-2.0": name each once' in capsys.readouterr().err


def test_requests_have_several_reports_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = tmp_path / "request.json"
    body.write_text("{}", encoding="utf-8")
    file = tmp_path / "report.json"
    asked = ["--output-format", "text", "--output-format", f"json={file}"]
    assert main(["request", "lint", "--no-config", str(body), *asked]) == 1
    assert "1 request: 1 fail" in capsys.readouterr().out
    assert json.loads(file.read_text(encoding="utf-8"))["summary"]["failed"] == 1


def test_a_page_is_not_poured_into_a_terminal(tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    ours, terminal = os.openpty()
    code, _, err = finish(
        "lint", "--no-config", "a.png", "--output-format", "html", cwd=tmp_path, stdout=terminal
    )
    os.close(terminal)
    os.close(ours)
    assert code == 2
    assert b"--output-format html=report.html" in err


def test_what_a_run_goes_by_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, key, settings = tmp_path / "base.toml", tmp_path / "key", tmp_path / "validator.toml"
    base.write_text("# extended by a profile", encoding="utf-8")
    key.write_text("sk-orca-no-key", encoding="utf-8")
    settings.write_text('[service]\napi-key-file = "key"\n', encoding="utf-8")
    picture = str(photo(tmp_path / "a.png"))
    for place, why in ((base, "which is never replaced"), (key, "it is the file with the key of this run")):
        before = place.read_bytes()
        assert main(["lint", "--config", str(settings), picture, "-o", str(place)]) == 2
        assert why in capsys.readouterr().err
        assert place.read_bytes() == before
