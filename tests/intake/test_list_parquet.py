"""Lists in Parquet: read piece by piece, and looked through before the first asset is given."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest
from pyarrow import parquet

from validator.errors import AssetListError
from validator.intake.list_parquet import read_parquet_list
from validator.intake.targets import LONGEST_LINE, expand
from validator.model import Asset, Group, GroupKind, Role


def write(path: Path, rows_of_a_group: int = 1_000, /, **columns: Any) -> Path:
    parquet.write_table(pa.table(columns), path, row_group_size=rows_of_a_group)
    return path


def complaint(path: Path) -> str:
    with pytest.raises(AssetListError) as caught:
        next(read_parquet_list(path))
    return str(caught.value).removeprefix(str(path.parent) + "/")


def test_a_list_is_read_in_its_order(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(10_000)]
    path = write(tmp_path / "l.parquet", 3_000, target=names, role=["scene"] * len(names), other=names)
    found = list(read_parquet_list(path))
    assert [asset.target for asset in found] == [f"{tmp_path}/{name}" for name in names]
    assert {asset.role for asset in found} == {Role.SCENE}


@pytest.mark.parametrize("name", ["urls.parquet", "URLS.PARQUET", "urls.pq"])
def test_a_target_that_is_a_list_is_expanded(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, url=["https://h/a.png"], path=[None])
    assert list(expand([path])) == [Asset("https://h/a.png", "https://h/a.png", is_url=True)]


def test_nothing_is_given_before_the_last_row_is_known(tmp_path: Path) -> None:
    path = write(tmp_path / "l.parquet", 100, target=["a.png"] * 5_000, role=[None] * 4_999 + ["scenery"])
    assert complaint(path).startswith('l.parquet: row 5,000: role: "scenery" is none of close-up, ')


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"id": [1]}, "l.parquet: no column names the assets: call it target, path or url"),
        ({"target": pa.array([], pa.string())}, "l.parquet: the list names no asset"),
        ({"target": ["a", None]}, "l.parquet: row 2: the row names no asset (target is empty)"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(tmp_path: Path, columns: dict[str, Any], why: str) -> None:
    assert complaint(write(tmp_path / "l.parquet", **columns)) == why


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "l.parquet").write_bytes(b"PAR1 this is none PAR1")
    assert complaint(tmp_path / "l.parquet").startswith("l.parquet: it could not be read as Parquet (")
    (tmp_path / "folder.parquet").mkdir()
    assert complaint(tmp_path / "folder.parquet") == (
        "folder.parquet: it is not a regular file that can be read"
    )
    assert complaint(tmp_path / "gone.parquet") == "gone.parquet: there is no such list"


MILLION = "x" * 1_000_000


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"use_dictionary": ["target"]}, "row 2: target: a text of more than 65,536 characters"),
        (
            {"use_dictionary": False, "column_encoding": {"target": "DELTA_BYTE_ARRAY"}},
            "row 2: target: a text of more than 65,536 characters",
        ),
        (
            {"use_dictionary": False, "data_page_size": 1 << 30},
            "its pages unpack to 300,001,216 bytes at a time, and at most 134,217,728 are taken: write it "
            "with smaller pages",
        ),
    ],
)
def test_a_small_list_does_not_fill_the_memory(tmp_path: Path, options: dict[str, Any], why: str) -> None:
    path = tmp_path / "l.parquet"
    parquet.write_table(
        pa.table({"target": ["a.png", *[MILLION] * 300]}), path, compression="zstd", **options
    )
    assert path.stat().st_size < 50_000
    code = (
        "import sys; from pathlib import Path\n"
        "from validator.errors import AssetListError\n"
        "from validator.intake.list_parquet import read_parquet_list\n"
        "try: next(read_parquet_list(Path(sys.argv[1])))\n"
        "except AssetListError as error: print(error)\n"
        "import pyarrow; print(pyarrow.default_memory_pool().max_memory())"
    )
    ended = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    said, most = ended.stdout.splitlines()
    assert said == f"{path}: {why}"
    assert int(most) < 200_000_000


def test_the_longest_texts_are_read_in_small_pieces(tmp_path: Path) -> None:
    names = ["x" * LONGEST_LINE, "y" * LONGEST_LINE] * 2_000
    path = write(tmp_path / "l.parquet", 4_000, url=names)
    assert [asset.target[0] for asset in read_parquet_list(path)] == ["x", "y"] * 2_000


def test_pages_of_every_kind_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "l.parquet"
    group = [{"kind": "virtual", "id": f"{number}"} for number in range(300)]
    table = pa.table({"target": [f"{number}.png" for number in range(300)], "group": group})
    for options in (
        {},
        {"compression": "none", "data_page_version": "2.0"},
        {"compression": "gzip", "data_page_size": 100, "write_page_checksum": True},
        {"use_dictionary": False, "compression": "snappy", "row_group_size": 7},
    ):
        parquet.write_table(table, path, **options)
        found = list(read_parquet_list(path))
        assert [asset.target for asset in found] == [f"{tmp_path}/{number}.png" for number in range(300)]
        assert found[-1].group == Group(GroupKind.VIRTUAL, "299")


def outcome(path: Path) -> list[Asset] | str:
    """What a list holds, or why it is refused."""
    try:
        return list(read_parquet_list(path))
    except AssetListError as error:
        return str(error)


def test_a_damaged_list_is_refused_or_read(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(500)]
    whole = write(tmp_path / "whole.parquet", 100, target=names, role=["scene"] * 500).read_bytes()
    chance = random.Random(1)  # noqa: S311 - no secret
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / "l.parquet"
        path.write_bytes(damaged[: chance.choice([len(damaged), chance.randrange(len(damaged))])])
        said = outcome(path)
        refused += isinstance(said, str)
        assert len(said) <= 500
    assert refused > 50


def test_without_pyarrow_the_extra_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "l.parquet", target=["a.png"])
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from validator.cli import main\n"
        "sys.exit(main(['lint', '--no-config', *sys.argv[1:]]))"
    )
    for arguments, what in (
        ([str(path)], f"{path}: a Parquet list"),
        (["a.png", "--output", str(tmp_path / "f.parquet")], "the parquet report"),
    ):
        ended = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 2
        assert f"{what} needs pyarrow (" in ended.stderr
        assert 'python -m pip install "seedance-validator[batch]" brings it' in ended.stderr
    assert not (tmp_path / "f.parquet").exists()
    gone = str(tmp_path / "gone.parquet")
    ended = subprocess.run([sys.executable, "-c", code, gone], capture_output=True, text=True, check=False)
    assert "there is no such list" in ended.stderr
    assert "needs pyarrow" not in ended.stderr
