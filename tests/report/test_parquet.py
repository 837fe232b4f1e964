"""The Parquet report: rows in the columns of the contract, exact, written a row group at a time."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from typing import Any

import msgspec
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
from pyarrow import parquet

from tests.report.samples import (
    PROFILE,
    STRICT,
    by_both,
    clip,
    header_only,
    known,
    link,
    missing,
    picture,
    portrait,
    watched,
)
from validator.findings import AssetReport, Summary
from validator.model import Asset, Facts, FileFacts, Group, GroupKind, Role, VideoFacts
from validator.report.findings_table import FINDINGS_SCHEMA, FindingRows, facts_json
from validator.report.parquet import METADATA, ROWS, ParquetFormat
from validator.run import TOOL


def rows(*results: AssetReport) -> list[dict[str, Any]]:
    table = FindingRows()
    for result in results:
        table.add(result)
    return table.batch().to_pylist()  # type: ignore[no-any-return]


def written(*results: AssetReport) -> tuple[list[bytes], Any]:
    """The pieces of a report, and the file that they make."""
    output = ParquetFormat()
    pieces = [output.start(TOOL, (PROFILE, STRICT)), *map(output.asset, results), output.finish(Summary())]
    return pieces, parquet.ParquetFile(io.BytesIO(b"".join(pieces)))


def test_the_columns_are_those_of_the_contract() -> None:
    assert FINDINGS_SCHEMA.names == [
        "target",
        "source",
        "name",
        "role",
        "group",
        "kind",
        "verdict",
        "error",
        "sha256",
        "bytes",
        "facts",
        "findings",
        "not_judged",
        "verdicts",
    ]


def test_a_finding_keeps_all_that_it_says() -> None:
    result = clip()
    (row,) = rows(result)
    (finding,) = result.findings
    assert (row["target"], row["source"], row["kind"]) == ("clips/phone.mp4", "file", "video")
    assert (row["verdict"], row["error"]) == ("fail", None)
    assert (row["bytes"], row["sha256"]) == (result.facts.file.bytes, result.facts.file.sha256)
    assert row["findings"] == [
        {
            "profile": None,
            "severity": "error",
            "code": "VID005",
            "rule": "video-pixels",
            "message": finding.message,
            "help": finding.help,
            "fact": "pixels",
            "measured": "407040",
            "unit": "px",
            "min": "409600",
            "max": "2086876",
            "open": False,
            "one_of": [],
            "side": "below",
            "by": "2560",
            "prevents": list(finding.prevents),
            "limit_source": finding.limit.source,
            "observed": finding.limit.observed,
            "location": None,
            "known": None,
        }
    ]


def test_facts_are_exact() -> None:
    facts = Facts(
        file=FileFacts(bytes=2**63 - 1, duplicate=False),
        media=VideoFacts(width=854, frame_rate=Fraction(24000, 1001), duration=Fraction(15)),
    )
    assert json.loads(facts_json(facts)) == {
        "bytes": 2**63 - 1,
        "duplicate": False,
        "width": 854,
        "frame_rate": "24000/1001",
        "duration": "15",
    }


def test_every_fact_can_be_read_back() -> None:
    for result in (portrait(), watched(), header_only()):
        read = json.loads(rows(result)[0]["facts"])
        values = result.facts.values()
        assert read.keys() == values.keys()
        for name, value in values.items():
            if isinstance(value, Fraction):
                assert Fraction(read[name]) == value
            elif isinstance(value, int):
                assert read[name] == value
        for face, shown in zip(read.get("faces", ()), values.get("faces", ()), strict=True):
            assert Fraction(face["x"]) == shown.x


def test_a_length_that_no_column_holds_is_among_the_facts() -> None:
    (row,) = rows(AssetReport(Asset("a", "a"), Facts(file=FileFacts(bytes=2**64))))
    assert row["bytes"] is None
    assert json.loads(row["facts"]) == {"bytes": 2**64}


def test_facts_beside_what_is_no_text_are_exact_too() -> None:
    result = portrait()
    file = msgspec.structs.replace(result.facts.file, extension="\udce9")
    read = json.loads(facts_json(Facts(file=file, media=result.facts.media, faces=result.facts.faces)))
    plain = json.loads(facts_json(result.facts))
    assert read == {name: plain[name] for name in read} | {"extension": "\\xe9"}
    assert read["faces"] == plain["faces"] != []


def test_what_the_owner_said_is_there() -> None:
    asset = Asset(
        "a\udce9.png", "a", name="n\udce9", role=Role.SCENE, group=Group(GroupKind.VIRTUAL, name="A\udce9")
    )
    (row,) = rows(AssetReport(asset, Facts()))
    assert (row["target"], row["name"], row["role"]) == ("a\\xe9.png", "n\\xe9", "scene")
    assert row["group"] == {"kind": "virtual", "id": None, "name": "A\\xe9"}


def test_secrets_of_urls_are_left_out() -> None:
    (row,) = rows(link("https://ada:pass@h.example/a.png?X-Signature=secret#secret"))
    assert row["target"] == "https://h.example/a.png?…"
    assert "secret" not in str(row)


def test_what_was_not_judged_is_there() -> None:
    (row,) = rows(header_only())
    result = header_only()
    assert row["verdict"] == result.verdict
    assert [(each["code"], each["reason"]) for each in row["not_judged"]] == [
        (each.code, each.reason) for each in result.not_judged
    ]
    assert {each["severity"] for each in row["not_judged"]} <= {"error", "warning", "note"}


def test_several_profiles_are_told_apart() -> None:
    result = by_both(picture(340, 340))
    (row,) = rows(result)
    assert row["verdicts"] == [{"profile": name, "verdict": each} for name, each in result.verdicts]
    assert [each["profile"] for each in row["findings"]] == [each.profile for each in result.findings]


def test_what_a_baseline_knows_is_marked() -> None:
    (row,) = rows(known(clip(), "VID005"))
    assert [each["known"] for each in row["findings"]] == [True]


def test_a_row_that_makes_no_sense_is_not_judged() -> None:
    table = FindingRows()
    table.add_refused("https://h/a.png?key=secret", "role: it is \udce9")
    table.add_refused(None, "it is empty")
    first, second = table.batch().to_pylist()
    assert (first["target"], first["verdict"]) == ("https://h/a.png?…", "unjudged")
    assert first["error"] == "role: it is \\xe9"
    assert (second["target"], second["facts"], second["findings"]) == (None, None, [])


def test_a_report_is_read_as_it_was_written() -> None:
    results = (clip(), picture(), portrait(), missing())
    pieces, file = written(*results)
    assert all(isinstance(piece, bytes) for piece in pieces)
    assert pieces[1:-1] == [b""] * len(results)
    assert file.schema_arrow.equals(FINDINGS_SCHEMA)
    assert file.read().to_pylist() == rows(*results)


def test_a_report_says_who_made_it() -> None:
    _, file = written()
    assert file.metadata.num_rows == 0
    about = json.loads(file.schema_arrow.metadata[METADATA.encode()])
    assert (about["schema_version"], about["tool"]["name"]) == (1, "seedance-validator")
    assert [each["name"] for each in about["profiles"]] == [PROFILE.info.name, STRICT.info.name]


def test_a_row_group_is_written_as_soon_as_it_is_full() -> None:
    pieces, file = written(*[missing()] * (ROWS + 1))
    assert [number for number, piece in enumerate(pieces[1:-1], 1) if piece] == [ROWS]
    groups = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
    assert groups == [ROWS, 1]


def test_no_rows_are_a_batch_too() -> None:
    empty = FindingRows().batch()
    assert (empty.num_rows, empty.schema) == (0, FINDINGS_SCHEMA)
    assert isinstance(empty, pa.RecordBatch)
