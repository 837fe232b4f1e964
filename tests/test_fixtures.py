"""Every fixture says what the documented limits say of it, and its report is the one kept beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from fixtures import build, golden, matrix
from fixtures.catalogue import FIXTURES, GOLDEN, HERE, MANIFEST, MEDIA, PADDED
from fixtures.padding import Padded
from fixtures.recipe import Fixture
from validator.finished import Report
from validator.profile import default_profile, shipped_profiles
from validator.report.base import FORMATS, render

EVERY: tuple[Fixture | Padded, ...] = (*FIXTURES, *PADDED)
NAMES = [fixture.name for fixture in EVERY]
FAMILIES = ("FIL", "IMG", "VID", "AUD")
SCHEMA = HERE.parent / "validator" / "schemas" / "report.schema.json"

Entries = Mapping[str, dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files too large to keep are made."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def report(made: Path) -> Report:
    """One run over all fixtures."""
    found = golden.report(made)
    for path in made.iterdir():
        path.unlink()
    return found


@pytest.fixture(scope="module")
def entries(report: Report) -> Entries:
    return golden.entries(golden.document(report))


def test_every_fixture_has_an_entry(entries: Entries) -> None:
    assert list(entries) == NAMES


def test_the_report_keeps_its_schema(report: Report) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(golden.document(report))


@pytest.mark.parametrize("fixture", EVERY, ids=NAMES)
def test_findings_are_those_that_the_documented_limits_ask_for(
    entries: Entries, fixture: Fixture | Padded
) -> None:
    found = {finding["code"]: finding["severity"] for finding in entries[fixture.name]["findings"]}
    assert found == dict(fixture.expected)


@pytest.mark.parametrize("fixture", EVERY, ids=NAMES)
def test_the_verdict_follows_from_the_findings(entries: Entries, fixture: Fixture | Padded) -> None:
    unjudged = set(fixture.unjudged) if isinstance(fixture, Fixture) else set()
    assert unjudged <= {skipped["code"] for skipped in entries[fixture.name]["not_judged"]}
    expected = "fail" if "error" in fixture.expected.values() else "unjudged" if unjudged else "pass"
    assert entries[fixture.name]["verdict"] == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_the_golden_one(entries: Entries, name: str) -> None:
    kept = json.loads(golden.path(name).read_text(encoding="utf-8"))
    assert entries[name] == kept, "if this is meant: python fixtures/build.py --golden, and read the diff"


@pytest.mark.parametrize("name", golden.WHOLE_REPORTS)
def test_the_report_of_all_is_the_golden_one(report: Report, name: str) -> None:
    kept = (golden.WHOLE / golden.WHOLE_REPORTS[name]).read_bytes().decode()
    assert golden.whole(report, name) == kept, (
        "if meant: python fixtures/build.py --golden, and read the diff"
    )


def test_json_lines_hold_the_same(report: Report, entries: Entries) -> None:
    assert list(map(json.loads, render(report, "jsonl").splitlines())) == list(entries.values())


def test_the_fixtures_fit_the_profiles_that_they_are_said_to_fit(report: Report) -> None:
    kept = matrix.PATH.read_text(encoding="utf-8")
    assert matrix.matrix(report) == kept, (
        "if this is meant: python fixtures/build.py --golden, and read the diff"
    )


@pytest.mark.parametrize("name", sorted(set(shipped_profiles()) - {"media", "seedance-2.0"}))
def test_each_profile_has_fixtures_that_fit_it_and_others_that_do_not(name: str) -> None:
    head, *rows = [line for line in matrix.PATH.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    column = head.split().index(name) + 1
    found = {row.split()[column] for row in rows}
    assert {"pass", "fails", "warns"} <= found


def gaps(
    codes: Iterable[str], fixtures: Iterable[Fixture | Padded], entries: Entries
) -> tuple[set[str], set[str]]:
    """Rules without a passing fixture, and rules without a failing one, among those that show them."""
    passing, failing = set(), set()
    for fixture in fixtures:
        found = {finding["code"] for finding in entries[fixture.name]["findings"]}
        not_judged = {skipped["code"] for skipped in entries[fixture.name]["not_judged"]}
        failing |= found & set(fixture.shows)
        passing |= set(fixture.shows) - found - not_judged
    return set(codes) - passing, set(codes) - failing


RULES = tuple(code for code in default_profile().codes if code.startswith(FAMILIES))


def test_every_rule_has_a_passing_and_a_failing_fixture(entries: Entries) -> None:
    assert gaps(RULES, EVERY, entries) == (set(), set())


def test_a_missing_fixture_would_be_noticed(entries: Entries) -> None:
    fewer = [fixture for fixture in EVERY if fixture.name not in ("lfs-pointer.mov", "silence.wav")]
    assert gaps(RULES, fewer, entries) == (set(), {"FIL003"})
    assert gaps(("VID999",), EVERY, entries) == ({"VID999"}, {"VID999"})


def test_fixtures_show_only_rules_that_there_are() -> None:
    for fixture in EVERY:
        assert set(fixture.shows) | set(fixture.expected) <= set(RULES), fixture.name
        assert fixture.shows


def test_the_manifest_tells_what_lies_there() -> None:
    assert MANIFEST.read_text(encoding="utf-8") == build.manifest(), "python fixtures/build.py writes it anew"


def test_no_file_lies_around_that_the_manifest_does_not_name() -> None:
    assert {path.name for path in MEDIA.iterdir()} == {each.name for each in FIXTURES if each.make}
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.json" for name in NAMES}
    assert {path.name for path in golden.WHOLE.iterdir()} == set(golden.WHOLE_REPORTS.values())
    texts = {name for name, output in FORMATS.items() if not output.is_binary}
    assert {*golden.WHOLE_REPORTS, "json", "jsonl"} >= texts - {"html"}


def test_fixtures_stay_small() -> None:
    assert sum(path.stat().st_size for path in MEDIA.iterdir()) < 5_000_000


@pytest.mark.parametrize(
    "fixture", [each for each in FIXTURES if each.portable and each.make], ids=lambda each: each.name
)
def test_what_depends_on_no_library_is_built_byte_for_byte(fixture: Fixture, tmp_path: Path) -> None:
    build.main(["--only", fixture.name, "--into", str(tmp_path)])
    assert (tmp_path / fixture.name).read_bytes() == (MEDIA / fixture.name).read_bytes()


def test_the_build_runs_as_a_script(tmp_path: Path) -> None:
    script = [sys.executable, str(HERE / "build.py"), "--only", "lfs-pointer.mov", "--into", str(tmp_path)]
    subprocess.run(script, cwd=tmp_path, check=True, timeout=60)
    assert [path.name for path in tmp_path.iterdir()] == ["lfs-pointer.mov"]


def test_the_build_refuses_what_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["--only", "nothing.png", "--into", str(tmp_path)])
    assert "there is no fixture nothing.png" in capsys.readouterr().err
