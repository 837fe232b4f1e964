"""Rows of tables: what each column may say, and what is said of a row that makes no sense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest

from validator.intake.table import MOST_CHARACTERS, Rows, TableError
from validator.intake.targets import LONGEST_LINE
from validator.model import Asset, Group, GroupKind, Role

REAL = GroupKind.REAL_HUMAN


def assets(folder: str = "", **columns: Any) -> list[Asset | str]:
    batch = pa.record_batch(columns)
    return list(Rows(batch.schema, folder).assets(batch))


def test_a_target_is_a_path_or_a_url() -> None:
    first, second, third = assets(target=["a.png", "https://h/b.png", "https:/h/c.png"])
    assert first == Asset("a.png", "a.png")
    assert second == Asset("https://h/b.png", "https://h/b.png", is_url=True)
    assert isinstance(third, Asset)
    assert third.is_url  # and a malformed one


def test_what_looks_like_a_url_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "https:").mkdir()
    (tmp_path / "https:" / "a.png").touch()
    (asset,) = assets(str(tmp_path), target=["https:/a.png"])
    assert asset == Asset(f"{tmp_path}/https:/a.png", f"{tmp_path}/https:/a.png")


def test_what_no_file_can_be_called_is_no_file() -> None:
    (asset,) = assets(target=["https:/a\0.png"])
    assert asset == Asset("https:/a\0.png", "https:/a\0.png", is_url=True)


def test_paths_and_urls_may_have_columns_of_their_own() -> None:
    first, second = assets("list", path=["a.png", None], url=["", "https://h/b.png"])
    assert first == Asset("list/a.png", "list/a.png")
    assert second == Asset("https://h/b.png", "https://h/b.png", is_url=True)


def test_what_a_row_says_of_its_asset() -> None:
    (asset,) = assets(target=["a.png"], name=["Ada"], role=["close-up"], group=["real-human"], other=[7])
    assert asset == Asset("a.png", "a.png", name="Ada", role=Role.CLOSE_UP, group=Group(REAL))


@pytest.mark.parametrize(
    "columns",
    [
        {"group": [{"kind": "real-human", "id": "g1", "name": None}]},
        {"group": [{"kind": "real-human", "id": "g1"}]},
        {"group": ["real-human"], "group_id": ["g1"]},
        {"group_kind": ["real-human"], "group_id": ["g1"], "group_name": [""]},
    ],
)
def test_a_group_is_written_in_several_ways(columns: dict[str, Any]) -> None:
    (asset,) = assets(target=["a.png"], **columns)
    assert isinstance(asset, Asset)
    assert asset.group == Group(REAL, "g1")


def test_empty_cells_say_nothing() -> None:
    found = assets(target=["a.png"] * 2, name=["", None], role=["", None], group=["", None])
    assert found == [Asset("a.png", "a.png")] * 2
    assert assets(target=["a.png"], role=pa.nulls(1)) == [Asset("a.png", "a.png")]


@pytest.mark.parametrize(
    "type_", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_texts_come_in_several_types(type_: Any) -> None:
    batch = pa.record_batch({"target": pa.array(["a.png"]).cast(type_)})
    assert list(Rows(batch.schema).assets(batch)) == [Asset("a.png", "a.png")]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"target": [None]}, "the row names no asset (target is empty)"),
        ({"path": [""], "url": [None]}, "the row names no asset (path and url are empty)"),
        ({"path": ["a.png"], "url": ["https://h/a.png"]}, "the row has both a path and a url, and takes one"),
        ({"path": ["https://h/a.png?k=1"]}, 'path: https://h/a.png?… is no path (did you mean "url"?)'),
        ({"path": ["https:/h/a.png?k=1"]}, 'path: https:/h/a.png?… is no path (did you mean "url"?)'),
        ({"target": ["a"], "group_id": ["g1"]}, "a group needs its kind: virtual, real-human"),
        (
            {"target": ["a"], "role": ["close_up"]},
            'role: "close_up" is none of close-up, full-body, portrait, product, scene, voice, other '
            '(did you mean "close-up"?)',
        ),
        (
            {"target": ["a"], "role": ["https://h/?key=secret"]},
            'role: "https://h/?…" is none of close-up, full-body, portrait, product, scene, voice, other',
        ),
        (
            {"target": ["a"], "group": [{"kind": "person"}]},
            'group: "person" is none of virtual, real-human',
        ),
    ],
)
def test_a_row_that_makes_no_sense_says_why(columns: dict[str, Any], why: str) -> None:
    assert assets(**columns) == [why]


def test_a_key_may_be_a_whole_number() -> None:
    found = assets(target=["a.png"] * 3, name=[0, 2**53 + 1, None])
    assert [asset.name for asset in found if isinstance(asset, Asset)] == ["0", "9007199254740993", None]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("target", "x"),
        ("name", "x"),
        ("group", {"kind": "virtual", "id": "x"}),
        ("group", {"kind": "virtual", "name": "x"}),
    ],
)
@pytest.mark.parametrize("type_", [None, pa.large_string(), pa.string_view(), "dictionary"])
def test_no_text_is_longer_than_a_line(column: str, cell: Any, type_: Any) -> None:
    def cells(length: int) -> Any:
        text = "x" * length
        made = pa.array([text if cell == "x" else {k: v if v != "x" else text for k, v in cell.items()}])
        if type_ is None or cell != "x":
            return made
        return made.dictionary_encode() if type_ == "dictionary" else made.cast(type_)

    beside = {} if column == "target" else {"target": ["a.png"]}
    assert isinstance(assets(**{**beside, column: cells(LONGEST_LINE)})[0], Asset)
    found = assets(**{**beside, column: cells(LONGEST_LINE + 1)})
    assert found == [f"{column}: a text of more than 65,536 characters"]


def test_a_text_that_many_rows_share_is_not_made_anew_for_each() -> None:
    numbers = pa.array([0] * (MOST_CHARACTERS // LONGEST_LINE + 1), pa.int16())
    shared = pa.DictionaryArray.from_arrays(numbers, pa.array(["x" * LONGEST_LINE * 4]))
    with pytest.raises(TableError, match="target holds more than 268,435,456 characters in one batch: slice"):
        assets(target=shared)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"id": [1]}, "no column names the assets: call it target, path or url$"),
        ({"Target": ["a"]}, r'call it target, path or url \(did you mean "target"\?\)'),
        ({"target": [1]}, "the column target holds int64, and not text$"),
        ({"target": ["a"], "name": [1.5]}, "the column name holds double, and not text, or whole numbers"),
        ({"target": ["a"], "role": [[1]]}, "the column role holds list<.*>, and not text"),
        (
            {"target": ["a"], "group": [1]},
            "group holds int64, and not text, or a struct of the texts kind, id",
        ),
        ({"target": ["a"], "group": [{"kind": 1}]}, "group holds struct<kind: int64>, and not text, or a"),
        ({"target": ["a"], "group": [{"sort": "x"}]}, "group holds struct<sort: string>, and not text, or a"),
        ({"target": ["a"], "group": ["virtual"], "group_kind": ["virtual"]}, "group and group_kind both say"),
        ({"target": ["a"], "group": [{"kind": "x"}], "group_id": ["x"]}, "group and group_id both say"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(columns: dict[str, Any], why: str) -> None:
    with pytest.raises(TableError, match=why):
        assets(**columns)


def test_a_column_is_there_once() -> None:
    with pytest.raises(TableError, match="the column target is there twice"):
        Rows(pa.schema([("target", pa.string()), ("target", pa.string())]))


def test_what_is_no_text_is_refused() -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")]
    )
    batch = pa.record_batch({"target": broken})
    with pytest.raises(TableError, match="target holds what is no UTF-8 text"):
        list(Rows(batch.schema).assets(batch))


def test_groups_without_end_are_forgotten() -> None:
    names = [f"g{number}" for number in range(10_002)]
    found = assets(target=["a"] * len(names), group=["virtual"] * len(names), group_name=names)
    assert [asset.group.name for asset in found if isinstance(asset, Asset) and asset.group] == names
