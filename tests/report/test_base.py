"""The table of outputs, and what a run's outcome is worth to a shell."""

from __future__ import annotations

import pytest

from tests.report.samples import clip, picture, report
from validator.errors import UsageError
from validator.findings import Summary
from validator.report.base import FORMATS, Look, exit_code, new_format, render, written
from validator.settings import FailOn


@pytest.mark.parametrize("name", sorted(name for name in FORMATS if not FORMATS[name].is_binary))
def test_every_format_writes_a_report(name: str) -> None:
    text = render(report(clip()), name)
    assert "VID005" in text
    assert text.endswith("\n")


def test_what_is_no_text_is_not_rendered() -> None:
    with pytest.raises(UsageError, match="the parquet report is no text: write it by --output-format"):
        render(report(clip()), "parquet")


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match='no output format "yaml": it is one of text, json, '):
        new_format("yaml")


def test_pieces_come_with_the_counts_so_far() -> None:
    whole = report(clip(), picture())
    outputs = (new_format("text", Look()), new_format("json", Look()))
    pieces = list(written(iter(whole.assets), whole.tool, whole.profiles, outputs))
    assert [summary.assets for _, summary in pieces] == [0, 1, 2, 2]
    assert pieces[-1][1] == whole.summary
    for number, name in enumerate(("text", "json")):
        assert "".join(str(each[number]) for each, _ in pieces) == render(whole, name)


@pytest.mark.parametrize(
    ("summary", "fail_on", "code"),
    [
        (Summary(assets=3, passed=3), "error", 0),
        (Summary(assets=3, passed=3, warnings=1), "error", 0),
        (Summary(assets=3, passed=3, warnings=1), "warning", 1),
        (Summary(assets=3, passed=3, notes=1), "warning", 0),
        (Summary(assets=3, passed=2, failed=1, errors=1), "error", 1),
        (Summary(assets=3, passed=2, unjudged=1), "error", 2),
        (Summary(assets=3, passed=1, failed=1, unjudged=1, errors=1), "error", 1),
        (Summary(assets=3, passed=2, unjudged=1, warnings=1), "error", 2),
        (Summary(assets=3, passed=2, unjudged=1, warnings=1), "warning", 1),
    ],
)
def test_exit_codes(summary: Summary, fail_on: FailOn, code: int) -> None:
    assert exit_code(summary, fail_on) == code
