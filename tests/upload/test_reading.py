"""Answers as records: odd times, strange fields, and what is kept of them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.model import GroupKind, Kind
from validator.upload.reading import Nonsense, asset, created_id, group, load, moment, session

MOMENT = datetime(2026, 3, 18, 3, 33, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-18T03:33:32Z",
        "2026-03-18T03:33:32+00:00",
        "2026-03-18T11:33:32+08:00",
        "2026-03-18T11:33:32+0800",
        "2026-03-18 03:33:32",
        " 2026-03-18 03:33:32 UTC ",
        "2026-03-18T03:33:32.000000Z",
        "20260318T033332Z",
        1773804812,
        1773804812.0,
        1773804812000,
        "1773804812",
        "1773804812000",
    ],
)
def test_a_time_however_it_is_written(text: Any) -> None:
    found = moment(text)
    assert found == MOMENT
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59x",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        0,
        -5,
        True,
        None,
        [],
        {},
        10**40,
        1e300,
    ],
)
def test_what_is_no_time(value: Any) -> None:
    assert moment(value) is None


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()))
def test_no_time_is_too_odd(value: Any) -> None:
    found = moment(value)
    assert found is None or found.tzinfo is not None


def test_what_is_not_understood_is_kept() -> None:
    found = asset(
        {
            "Id": "a",
            "CreateTime": "soon",
            "AssetType": "Model",
            "Status": 7,
            "Name": None,
            "Error": [],
            "X": 1,
        }
    )
    assert (found.created, found.kind, found.status, found.name, found.failure) == (None, None, "", "", None)
    assert found.extra == {"CreateTime": "soon", "AssetType": "Model", "Status": 7, "Error": [], "X": 1}


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        ({"Code": "A", "Message": "b"}, "A", "b"),
        ({"code": "A", "message": "b"}, "A", "b"),
        ({"Code": "A"}, "A", ""),
        ({"Message": "b"}, "", "b"),
        ({"Code": "A", "Message": None}, "A", ""),
        ("A", "A", ""),
    ],
)
def test_reasons(error: Any, code: str, message: str) -> None:
    failure = asset({"Id": "a", "Status": "Failed", "Error": error}).failure
    assert failure is not None
    assert (failure.code, failure.message) == (code, message)


@pytest.mark.parametrize("written", ["AIGC", "aigc", "Virtual"])
def test_virtual_groups(written: str) -> None:
    assert group({"Id": "g", "GroupType": written}).kind is GroupKind.VIRTUAL


@pytest.mark.parametrize("written", ["LivenessFace", "real_human", "RealHuman", "real-human"])
def test_groups_of_real_people(written: str) -> None:
    assert group({"Id": "g", "GroupType": written}).kind is GroupKind.REAL_HUMAN


def test_a_group_whose_kind_is_not_said_is_of_the_kind_that_was_asked_for() -> None:
    assert group({"Id": "g"}, GroupKind.VIRTUAL).kind is GroupKind.VIRTUAL
    assert group({"Id": "g"}).kind is None
    strange = group({"Id": "g", "GroupType": "Teal"}, GroupKind.VIRTUAL)
    assert strange.extra == {"GroupType": "Teal"}


@pytest.mark.parametrize("written", ["Image", "image", "IMAGE"])
def test_kinds(written: str) -> None:
    assert asset({"Id": "a", "AssetType": written}).kind is Kind.IMAGE


@pytest.mark.parametrize("payload", [None, [], "x", 5, {}, {"Id": None}, {"Id": ""}, {"Id": " "}, {"Id": 5}])
def test_what_has_no_id_is_nonsense(payload: Any) -> None:
    for read in (asset, group, created_id):
        with pytest.raises(Nonsense):
            read(payload)


@pytest.mark.parametrize("payload", [None, {}, {"session_id": "s"}, {"status": "pending"}, {"status": 5}])
def test_a_session_without_id_or_status_is_nonsense(payload: Any) -> None:
    with pytest.raises(Nonsense):
        session(payload)


@pytest.mark.parametrize(
    "body", [b"{", b"nul", b"\xff", b"[" * sys.getrecursionlimit() * 50, b"NaN", b"-Infinity", b"9" * 5000]
)
def test_what_is_no_json_is_nonsense(body: bytes) -> None:
    with pytest.raises(Nonsense, match="no JSON"):
        load(body)


def test_nothing_is_nothing() -> None:
    assert load(b"") is None
    assert load(b" \r\n") is None
