"""What a program calls to have copies made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import validator
from fixtures.catalogue import MEDIA
from tests.nobody import NOBODY
from validator import Decoders, RepairReport, UsageError, plan_repair, repair_iter


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(shutil.copy(MEDIA / "image-299x400.png", tmp_path / "small.png"))


def test_repair(small: Path, tmp_path: Path, decoders: Decoders) -> None:
    report = validator.repair(
        [small, MEDIA / "image-301x400.png"], tmp_path / "out", NOBODY, decoders=decoders
    )
    assert isinstance(report, RepairReport)
    assert (report.summary.mended, report.summary.passes, report.summary.is_clean) == (1, 1, True)
    assert [each.name for each in (tmp_path / "out").rglob("*.png")] == ["small.png"]


def test_one_target_needs_no_list_and_may_be_a_result(
    small: Path, tmp_path: Path, decoders: Decoders
) -> None:
    (result,) = validator.lint(small, NOBODY, decoders=decoders)
    for target in (small, str(small), result):
        (repair,) = repair_iter(target, tmp_path / "out", NOBODY, dry_run=True, decoders=decoders)
        assert repair.status == "planned"
    assert not (tmp_path / "out").exists()


class TestPlan:
    def test_of_what_fails(self, small: Path, decoders: Decoders) -> None:
        plan = plan_repair(small, NOBODY, decoders=decoders)
        assert plan.is_possible
        assert {code for change in plan.changes for code in change.codes} == {"IMG003"}

    def test_of_what_passes(self, decoders: Decoders) -> None:
        plan = plan_repair(MEDIA / "image-301x400.png", NOBODY, decoders=decoders)
        assert (plan.recipe, plan.changes, plan.obstacles) == (None, (), ())

    def test_of_what_cannot_be_mended(self, decoders: Decoders) -> None:
        plan = plan_repair("no/such.png", NOBODY, decoders=decoders)
        assert not plan.is_possible
        assert plan.obstacles

    @pytest.mark.parametrize("given", [None, ["a.png"], b"a.png", 3])
    def test_of_what_is_no_target(self, given: Any, decoders: Decoders) -> None:
        with pytest.raises(UsageError, match=f"and this is a {type(given).__name__}"):
            plan_repair(given, NOBODY, decoders=decoders)

    def test_of_several_assets(self, small: Path, decoders: Decoders) -> None:
        shutil.copy(small, small.with_name("other.png"))
        with pytest.raises(UsageError, match="a plan is for one asset, and the target holds 2"):
            plan_repair(small.parent, NOBODY, decoders=decoders)


@pytest.mark.parametrize("first", ["", "import validator.repair.options;", "from validator import repair;"])
def test_the_package_is_the_call_whichever_is_asked_for_first(first: str) -> None:
    code = (
        f"import validator; {first}"
        "import validator.repair.plan as plan;"
        "print(validator.repair('no/such.png', None).summary.impossible, validator.repair.plan is plan)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1 True\n"
