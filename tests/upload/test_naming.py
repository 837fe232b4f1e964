"""Names of assets: printable, short, and never without the digits that tell the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator import Asset
from validator.upload.naming import LONGEST, asset_name, mark_in, mark_of, stem_of

SHA256 = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2


@given(st.text(max_size=200), st.integers(1, 50))
def test_a_name_is_printable_short_and_marked(stem: str, attempt: int) -> None:
    name = asset_name(stem, SHA256, attempt)
    assert name.isprintable()
    assert name == name.strip()
    assert len(name) <= LONGEST
    assert len(name) > 17
    assert mark_in(name) == mark_of(SHA256)


@given(st.text(max_size=40), st.integers(1, 9), st.integers(1, 9))
def test_attempts_never_share_a_name(stem: str, first: int, second: int) -> None:
    same = asset_name(stem, SHA256, first) == asset_name(stem, SHA256, second)
    assert same == (first == second)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("face", "face"),
        ("  a \n b\t", "a b"),
        ("\x1b[31mred", "[31mred"),
        ("\u202egnp.exe", "gnp.exe"),
        ("caf\udce9", "caf"),
        ("e\u0301", "é"),
        ("\x00", "asset"),
        ("顔", "顔"),
        ("x" * 200, "x" * 47),
        ("x" * 46 + " y", "x" * 46),
    ],
)
def test_what_becomes_of_a_stem(stem: str, name: str) -> None:
    assert asset_name(stem, SHA256) == f"{name}-0f1e2d3c4b5a6978"


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("face-0f1e2d3c4b5a6978", "0f1e2d3c4b5a6978"),
        ("face-0F1E2D3C4B5A6978", ""),
        ("face-0f1e2d3c4b5a697", ""),
        ("face-0f1e2d3c4b5a6978\n", ""),
        ("face-0f1e2d3c4b5a6978.png", ""),
        ("", ""),
    ],
)
def test_only_names_of_ours_tell_bytes(name: str, mark: str) -> None:
    assert mark_in(name) == mark


@pytest.mark.parametrize(
    ("asset", "stem"),
    [
        (Asset("a/b.c.png", "a/b.c.png"), "b.c"),
        (Asset("a.png", "a.png", name="Ada"), "Ada"),
        (Asset("x", "https://host/a%2Fb/c%20d.png?name=secret", is_url=True), "c d"),
        (Asset("x", "https://host/", is_url=True), ""),
    ],
)
def test_stems(asset: Asset, stem: str) -> None:
    assert stem_of(asset) == stem
