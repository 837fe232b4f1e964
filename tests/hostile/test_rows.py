"""Every row of the list of hostile inputs has a test that is named by its number."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.hostile.rows import ROWS, row_of


def test_every_row_has_a_test() -> None:
    covered = {
        row_of(node.name)
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert set(ROWS) - covered == set()
