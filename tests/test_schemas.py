"""The checked-in schemas are those of the types, and what we write and ship is valid by them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

import validator.schemas
from tests.report.samples import clip, header_only, link, missing, picture, portrait, report, watched
from validator.profile import load_profile, rules_directory, shipped_profiles
from validator.report.base import render
from validator.report.rule_document import as_json
from validator.run import TOOL
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


@pytest.mark.parametrize("profile", shipped_profiles())
def test_the_rules_of_every_profile_are_as_described(profile: str) -> None:
    loaded = load_profile(profile)
    assert problems("rules", json.loads(as_json(loaded.rules, loaded, TOOL))) == []


class TestReport:
    def test_what_we_write_is_valid(self) -> None:
        everything = report(
            clip(100, 100),
            picture(),
            picture(300, 400),
            missing(),
            header_only(),
            portrait(),
            watched(),
            link("https://h.example/a.png?key=1"),
        )
        assert problems("report", json.loads(render(everything, "json"))) == []
        assert problems("report", json.loads(render(report(), "json"))) == []

    def test_every_fact_we_write_is_described(self) -> None:
        described = schema("report")["$defs"]["Facts"]["properties"]
        for result in (
            clip(),
            picture(),
            missing(),
            header_only(),
            portrait(),
            watched(),
            link("https://h.example/a"),
        ):
            assert set(result.facts.values()) <= set(described)
        assert all(fact["description"] for fact in described.values())

    def test_lists_and_boxes_are_described_to_the_last_number(self) -> None:
        described = schema("report")["$defs"]["Facts"]["properties"]
        face = described["faces"]["items"]
        assert face["properties"] == {
            **{key: {"type": "number"} for key in ("x", "y", "width", "height", "confidence")},
            "height_px": {"type": "integer"},
            "drawn": {"type": ["boolean", "null"]},
        }
        assert set(face["required"]) == set(face["properties"])
        assert described["close_up_crop"]["properties"]["x"] == {"type": "integer"}
        assert described["head_cut"] == {
            "description": "the edges that cut the face",
            "type": "array",
            "items": {"type": "string", "enum": ["left", "right", "top", "bottom"]},
        }
        assert "full-body" in described["shot"]["enum"]

    def test_a_finding_tells_where(self) -> None:
        document = json.loads(render(report(portrait(), watched()), "json"))
        facts = document["assets"][0]["facts"]
        where = {each["code"]: each["location"] for each in document["assets"][0]["findings"]}
        assert {"POR001", "POR003", "POR004", "POR005", "POR006", "POR007", "POR009", "GRP001"} <= set(where)
        assert where["POR001"] == {"faces": facts["faces"]}
        assert where["POR004"] == {"faces": facts["faces"], "close_up_crop": facts["close_up_crop"]}
        assert where["POR003"] is None
        (in_a_clip,) = (each for each in document["assets"][1]["findings"] if each["code"] == "POR001")
        assert in_a_clip["location"] == {"faces": [], "face_time": 2.5}
        assert problems("report", document) == []

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("faces", {"x": 0}),
            ("faces", [{"x": 0}]),
            ("faces", [3]),
            ("close_up_crop", "812x1218"),
            ("close_up_crop", {"x": 1, "y": 2, "width": 3}),
            ("close_up_crop", {"x": 1.5, "y": 2, "width": 3, "height": 4}),
            ("head_cut", ["middle"]),
            ("head_cut", "left"),
            ("shot", "selfie"),
            ("yaw", "left"),
        ],
    )
    def test_a_fact_of_another_shape_is_refused(self, name: str, wrong: object) -> None:
        document = json.loads(render(report(portrait()), "json"))
        assert problems("report", document) == []
        document["assets"][0]["facts"][name] = wrong
        assert problems("report", document)

    @pytest.mark.parametrize("wrong", ["left", 3, []])
    def test_a_location_is_an_object_or_nothing(self, wrong: object) -> None:
        document = json.loads(render(report(portrait()), "json"))
        document["assets"][0]["findings"][0]["location"] = wrong
        assert problems("report", document)

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
            look-timeout = 4
            models = "models"
            references = ["ada.png"]
            severity = { VID = "off" }
            [service]
            api-key-file = "key"
            operations = { delete-asset = "POST /asset/files/{asset_id}/delete" }
            [upload]
            publish = "s3://bucket/assets"
            quota = 3
            list-lag = 0
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
            "fail-on = 'off'",
            "workers = -1",
            "look-timeout = 0",
            "models = 3",
            "references = 'ada.png'",
            "output-format = 'yaml'",
            "[[overrides]]\nfiles = []",
            "[[overrides]]\nrole = 'voice'",
            "folder = 'x'",
            "service = 'x'",
            "[service]\nbase-url = ''",
            "[service]\napi-key = 'x'",
            "[service.operations]\ndelete-asset = 3",
            "[upload]\nquota = 0",
            "[upload]\nlink-life = 1",
            "[upload]\nworkers = 1",
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

    @pytest.mark.parametrize(
        ("more", "valid"),
        [
            ("[rule.bounds.yaw]\nmin = -20\nmax = '20.5'\nabove = 'Far'\nhelp_above = 'Nearer'", True),
            ("[rule.bounds.yaw]\nmax = 20.5", False),
            ("[rule.bounds.yaw]\nmaximum = 20", False),
            ("[rule.bounds]\nyaw = 20", False),
            ("fact = 'shot'\nequals = 'none'\nlocates = ['faces']", True),
            ("fact = 'shot'\nequals = 'none'\nlocates = 'faces'", False),
            ("when = { practice = ['close-up'] }", True),
            ("when = [{ practice = ['close-up'] }, { role = ['portrait'], group = ['virtual'] }]", True),
            ("when = { practice = ['selfie'] }", False),
            ("when = [{ rol = ['portrait'] }]", False),
            ("weighs = [{ group = ['real-human'], severity = 'error' }]", True),
            ("weighs = [{ group = ['real-human'] }]", False),
            ("weighs = { severity = 'error' }", False),
        ],
    )
    def test_what_rules_on_people_may_say(self, more: str, valid: bool) -> None:
        profile = (
            '[profile]\nname = "x"\ntitle = "X"\nchecked = 2026-11-22\nsource = "us"\n[[rule]]\n'
            'code = "POR901"\nname = "portrait-angle"\napplies = "portrait"\nseverity = "note"\n'
            'summary = "s"\nhelp = "h"\n'
        )
        assert (problems("profile", plain(profile + more)) == []) is valid
        change = profile.partition("[[rule]]")[0] + '[[change]]\ncode = "POR006"\n'
        if more.startswith("[rule.bounds"):
            changed = change + more.replace("rule.", "change.")
            assert (problems("profile", plain(changed)) == []) is valid
