"""The checked-in schemas are those of the types, and what we write and ship is valid by them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

import validator.schemas
from tests.report.samples import clip, header_only, link, missing, picture, report
from validator.profile import rules_directory
from validator.report.base import render
from validator.schemas import SCHEMAS, text_of, write

FOLDER = Path(validator.schemas.__file__).parent


def schema(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


def problems(name: str, value: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema(name)).iter_errors(value)]


def plain(toml: str) -> Any:
    """TOML as an editor's schema check sees it: dates are texts."""
    return json.loads(json.dumps(tomllib.loads(toml), default=str))


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_fresh(name: str) -> None:
    held = (FOLDER / name).read_text(encoding="utf-8")
    assert held == text_of(name), "run: python -m validator.schemas"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(text_of(name)))


def test_they_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(SCHEMAS)


class TestReport:
    def test_what_we_write_is_valid(self) -> None:
        everything = report(
            clip(100, 100),
            picture(),
            picture(300, 400),
            missing(),
            header_only(),
            link("https://h.example/a.png?key=1"),
        )
        assert problems("report", json.loads(render(everything, "json"))) == []
        assert problems("report", json.loads(render(report(), "json"))) == []

    def test_every_fact_we_write_is_described(self) -> None:
        described = schema("report")["$defs"]["Facts"]["properties"]
        for result in (clip(), picture(), missing(), header_only(), link("https://h.example/a")):
            assert set(result.facts.values()) <= set(described)
        assert all(fact["description"] for fact in described.values())

    @pytest.mark.parametrize(
        ("key", "wrong"),
        [
            ("verdict", "ok"),
            ("source", "disk"),
            ("bytes", "12"),
            ("facts", {"duration": "5"}),
            ("findings", [{}]),
        ],
    )
    def test_what_is_wrong_is_not(self, key: str, wrong: object) -> None:
        document = json.loads(render(report(clip()), "json"))
        document["assets"][0][key] = wrong
        assert problems("report", document)


class TestConfig:
    def test_what_is_read_is_valid(self) -> None:
        config = """
            select = ["VID"]
            fail-on = "warning"
            read-timeout = 2.5
            severity = { VID = "off" }
            [[overrides]]
            files = ["a/"]
            role = "close-up"
        """
        assert problems("config", plain(config)) == []

    @pytest.mark.parametrize(
        "wrong",
        [
            "selct = []",
            "fail_on = 'error'",
            "fail-on = 'note'",
            "workers = -1",
            "output-format = 'yaml'",
            "[[overrides]]\nfiles = []",
            "[[overrides]]\nrole = 'voice'",
            "folder = 'x'",
        ],
    )
    def test_what_is_refused_is_not(self, wrong: str) -> None:
        assert problems("config", plain(wrong))


class TestProfile:
    @pytest.mark.parametrize("path", sorted(rules_directory().glob("*.toml")), ids=lambda path: path.stem)
    def test_shipped_profiles_are_valid(self, path: Path) -> None:
        assert problems("profile", plain(path.read_text(encoding="utf-8"))) == []

    @pytest.mark.parametrize("wrong", ["max = 15.2", "max = 'many'", "colour = 'red'", "severity = 'fatal'"])
    def test_what_is_refused_is_not(self, wrong: str) -> None:
        profile = f"""
            [profile]
            name = "x"
            title = "X"
            checked = 2026-11-22
            source = "us"
            [[rule]]
            code = "VID902"
            name = "video-length"
            applies = "video"
            fact = "duration"
            min = 1
            summary = "s"
            help = "h"
            {wrong}
            {"" if wrong.startswith("severity") else 'severity = "error"'}
        """
        assert problems("profile", plain(profile))
