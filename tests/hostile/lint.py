"""How the tests of this folder judge one hostile input, and what they ask of every outcome."""

from __future__ import annotations

import os
from typing import Any

import validator
from tests.nobody import NOBODY
from validator import AssetReport, Config


def judged(target: str | os.PathLike[str], config: Config = NOBODY, **seams: Any) -> AssetReport:
    """The one report of one target."""
    (result,) = validator.lint(target, config, **seams)
    return result


def codes(result: AssetReport, severity: str = "error") -> set[str]:
    """The rules that found something of this severity."""
    return {finding.code for finding in result.findings if finding.severity.value == severity}


def words(result: AssetReport) -> str:
    """All that the report says: to look for words in it, or for what must not be there."""
    said = [finding.message for finding in result.findings] + [each.reason for each in result.not_judged]
    return "\n".join([result.asset.target, *said, *map(str, result.facts.values().values())])
