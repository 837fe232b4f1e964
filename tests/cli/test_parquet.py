"""Tables on the command line: a list in Parquet in, findings in Parquet out."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest
from pyarrow import parquet

from fixtures.catalogue import MEDIA
from tests.cli.process import finish
from tests.nobody import LINT
from validator.cli import main
from validator.report.findings_table import FINDINGS_SCHEMA

COMMAND = (*LINT, "--no-config")


@pytest.fixture
def urls(tmp_path: Path) -> Path:
    """A list of three assets, one of which is there twice."""
    table = pa.table(
        {
            "id": [1, 2, 3, 4],
            "name": ["first", "second", "third", "second"],
            "target": [
                str(MEDIA / "image-300x400.png"),
                "gone.png",
                str(MEDIA / "audio-1.99s.wav"),
                "gone.png",
            ],
            "role": ["scene", None, "voice", None],
        }
    )
    parquet.write_table(table, tmp_path / "urls.parquet")
    return tmp_path / "urls.parquet"


def rows(source: Any) -> list[tuple[str, str, str]]:
    table = parquet.read_table(source)
    assert table.schema.equals(FINDINGS_SCHEMA)
    return [(row["name"], row["role"], row["verdict"]) for row in table.to_pylist()]


JUDGED = [("first", "scene", "pass"), ("second", None, "fail"), ("third", "voice", "fail")]


@pytest.mark.parametrize("ending", ["parquet", "PARQUET"])
def test_the_ending_of_the_output_asks_for_the_form(
    ending: str, urls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = urls.with_name(f"findings.{ending}")
    assert main([*COMMAND, str(urls), "--output", str(findings)]) == 1
    assert rows(findings) == JUDGED
    assert capsys.readouterr() == ("", "")
    assert sorted(path.name for path in urls.parent.iterdir()) == sorted([findings.name, urls.name])


def test_what_is_said_of_the_form_counts_more_than_the_ending(urls: Path) -> None:
    findings = urls.with_name("findings.parquet")
    assert main([*COMMAND, str(urls), "--output-format", "jsonl", "--output", str(findings)]) == 1
    assert len(findings.read_text(encoding="utf-8").splitlines()) == 3


def test_it_is_one_report_of_several(urls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings = urls.with_name("findings")
    formats = ("--output-format", "text", "--output-format", f"parquet={findings}")
    assert main([*COMMAND, str(urls), *formats]) == 1
    assert rows(findings) == JUDGED
    assert "3 assets: 1 pass, 2 fail" in capsys.readouterr().out


def test_a_pipe_takes_bytes(urls: Path) -> None:
    code, out, err = finish(*COMMAND, str(urls), "--output-format", "parquet", cwd=urls.parent)
    assert (code, err) == (1, b"")
    assert rows(io.BytesIO(out)) == JUDGED


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_a_terminal_does_not(urls: Path) -> None:
    ours, theirs = os.openpty()
    code, _, err = finish(*COMMAND, str(urls), "--output-format", "parquet", cwd=urls.parent, stdout=theirs)
    os.close(theirs)
    os.close(ours)
    assert code == 2
    assert b"the parquet report is a file of bytes, not for a terminal: write it into a file by" in err


def test_the_list_is_not_replaced(urls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, str(urls), "--output", str(urls)]) == 2
    assert "it is one of the targets" in capsys.readouterr().err
    assert parquet.read_table(urls).num_rows == 4


def test_findings_are_written_anew(urls: Path) -> None:
    findings = urls.with_name("findings.parquet")
    for _ in range(2):
        assert main([*COMMAND, str(urls), "--output", str(findings)]) == 1
    assert rows(findings) == JUDGED


def test_a_list_that_makes_no_sense_leaves_no_report(urls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parquet.write_table(pa.table({"target": ["gone.png", None]}), urls)
    findings = urls.with_name("findings.parquet")
    assert main([*COMMAND, str(urls), "--output", str(findings)]) == 2
    assert "urls.parquet: row 2: the row names no asset (target is empty)" in capsys.readouterr().err
    assert not findings.exists()
