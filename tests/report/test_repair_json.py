"""What `validator fix` prints for programs is what its schema says."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

import validator.schemas
from tests.report.repair_samples import SAMPLES, failed, impossible, mended, passes, planned, written
from validator.model import Asset
from validator.repair.outcome import Repair
from validator.repair.words import INSTALL_FFMPEG, NO_FFMPEG

SCHEMA = validator.schemas.fix_schema()


def document(*repairs: Repair, dry_run: bool = False, profiles: int = 1) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(written("json", *repairs, dry_run=dry_run, profiles=profiles))
    jsonschema.validate(held, SCHEMA)
    return held


@pytest.mark.parametrize("profiles", [1, 2])
def test_every_status_is_as_the_schema_says(profiles: int) -> None:
    held = document(*SAMPLES, profiles=profiles)
    assert [entry["status"] for entry in held["repairs"]] == [repair.status for repair in SAMPLES]
    assert held["summary"] == {
        "assets": 7,
        "passes": 1,
        "mended": 1,
        "present": 0,
        "planned": 1,
        "impossible": 2,
        "failed": 1,
        "unjudged": 1,
    }
    assert (len(held.get("profiles", ())) == 2) is (profiles == 2)


def test_a_copy_is_told_of_as_a_whole() -> None:
    (entry,) = document(mended())["repairs"]
    assert entry["path"] == "mended/clips/phone.mp4"
    assert entry["quality"] == {"ssim": 0.98765, "psnr": 42.13, "of": "the original"}
    assert entry["original"]["verdict"] == "fail"
    assert (entry["copy"]["verdict"], entry["copy"]["facts"]["height"]) == ("pass", 724)
    assert entry["plan"]["changes"][0] == {
        "codes": ["VID005"],
        "what": "size",
        "before": "848x480",
        "after": "1280x724",
        "how": "scaled up 1.51 times",
        "facts": ["pixels"],
    }
    assert (entry["plan"]["recipe"]["type"], entry["plan"]["recipe"]["size"]) == ("video", [1280, 724])
    assert entry["plan"]["commands"][0][:2] == ["ffmpeg", "-nostdin"]
    assert entry["plan"]["predicted"]["width"] == 1280


def test_a_dry_run_says_so() -> None:
    held = document(planned(), dry_run=True)
    assert (held["dry_run"], held["output"]) == (True, "mended")
    assert (held["repairs"][0]["copy"], held["repairs"][0]["path"]) == (None, None)
    assert document()["dry_run"] is False


def test_without_a_copy_there_is_a_reason() -> None:
    one, other = document(impossible(), failed())["repairs"]
    assert one["plan"]["obstacles"][0]["code"] == "VID002"
    assert (one["plan"]["recipe"], one["hints"]) == (None, [])
    assert (one["plan"]["possible"], one["plan"]["predicted"]) == (False, None)
    assert other["reason"] == "the disk is full: no copy of it was written."


def test_what_would_help_is_told_to_programs_too() -> None:
    (entry,) = document(dataclasses.replace(failed(), reason=NO_FFMPEG))["repairs"]
    assert entry["hints"] == [INSTALL_FFMPEG]


def test_what_passes_has_no_plan() -> None:
    (entry,) = document(passes())["repairs"]
    assert (entry["plan"], entry["copy"], entry["quality"], entry["notes"]) == (None, None, None, [])


def test_an_address_keeps_its_secrets() -> None:
    repair = mended()
    url = "https://ada.lovelace:pass@host/a.mp4?key=s3cret"
    asset = Asset(url, url, is_url=True)
    assert repair.plan is not None
    plan = dataclasses.replace(
        repair.plan, asset=asset, target="https://host/a.mp4?…", commands=(("ffmpeg", "-i", url),)
    )
    result = dataclasses.replace(repair.result, asset=asset)
    told = dataclasses.replace(repair, plan=plan, result=result)
    for name in ("json", "text"):
        said = written(name, told, dry_run=True)
        assert "s3cret" not in said
        assert "lovelace" not in said
