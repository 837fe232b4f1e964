"""The README's recipes run as they stand, and each of an engine's processes loads the models once.

`python -m pip install "ray[data]" pyspark` brings the engines, and Spark needs a Java; what is missing is
skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest
from PIL import Image
from pyarrow import parquet

from fixtures.catalogue import MEDIA
from tests.engines.counted import NOTES
from tests.probe.portrait.astronaut import astronaut
from validator.batch import FINDINGS_SCHEMA

pytestmark = pytest.mark.engines

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = 24
_SECONDS = 300

ENGINES = [
    pytest.param("ray", marks=pytest.mark.skipif(find_spec("ray") is None, reason="there is no ray")),
    pytest.param(
        "spark",
        marks=pytest.mark.skipif(
            find_spec("pyspark") is None or shutil.which("java") is None,
            reason="there is no pyspark, or no java",
        ),
    ),
]
RECIPES = {"ray": "# with Ray Data", "spark": "# with Spark"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with a list of assets, one of which shows a face."""
    Image.fromarray(astronaut()).save(tmp_path / "astronaut.png")
    targets = [str(tmp_path / "astronaut.png"), str(MEDIA / "audio-1.99s.wav"), "/no/such.png", None]
    table = pa.table({"id": range(ROWS), "target": targets * (ROWS // len(targets))})
    parquet.write_table(table, tmp_path / "urls.parquet", row_group_size=6)
    (tmp_path / "notes").mkdir()
    (tmp_path / "home").mkdir()
    sockets = tempfile.mkdtemp(dir="/tmp")  # the path of a socket has little room
    (tmp_path / "sockets").symlink_to(sockets)
    yield tmp_path
    shutil.rmtree(sockets, ignore_errors=True)


def run(place: Path, *arguments: str) -> None:
    """Run a program as it would be with the engine's environment active, on this machine alone."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": str(ROOT),
        "HOME": str(place / "home"),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(place / "home"),
        "RAY_TMPDIR": str((place / "sockets").readlink()),
        "RAY_OVERRIDE_RESOURCES": '{"CPU": 3}',
        "RAY_USAGE_STATS_ENABLED": "0",
        NOTES: str(place / "notes"),
    }
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr[-5_000:]


def found(place: Path) -> list[dict[str, Any]]:
    table = parquet.read_table(place / "findings")
    assert table.schema.names == [*FINDINGS_SCHEMA.names, "id"]
    return sorted(table.to_pylist(), key=lambda row: row["id"])


@pytest.mark.parametrize("engine", ENGINES)
def test_the_recipe_judges_every_row(engine: str, place: Path) -> None:
    (recipe,) = re.findall(rf"^```python\n({RECIPES[engine]}.*?)^```$", README, re.DOTALL | re.MULTILINE)
    (place / "recipe.py").write_text(recipe, encoding="utf-8")
    run(place, "recipe.py")
    rows = found(place)
    assert [row["id"] for row in rows] == list(range(ROWS))
    assert [row["verdict"] for row in rows] == ["pass", "fail", "fail", "unjudged"] * (ROWS // 4)
    assert {row["error"] for row in rows if row["target"]} == {None}
    assert [
        [each["code"] for each in row["findings"] if each["severity"] == "error"] for row in rows[:4]
    ] == [
        [],
        ["AUD002"],
        ["FIL001"],
        [],
    ]
    assert '"face_count":1' in rows[0]["facts"]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_process_loads_the_models_once_and_leaves_none_behind(engine: str, place: Path) -> None:
    run(place, "-m", f"tests.engines.with_{engine}")
    assert len(found(place)) == ROWS
    notes = [note.name.split(".")[:2] for note in (place / "notes").iterdir()]
    loaded = Counter(what for what, _ in notes)
    linters = len({process for what, process in notes if what == "linter"})
    assert 1 <= linters <= 3  # of the engine's processes, for six batches or more
    assert loaded["linter"] == linters
    assert 1 <= loaded["models"] <= linters
    assert 1 <= loaded["decoders"] <= linters
    deadline = time.monotonic() + 30
    while (left := [process for _, process in notes if Path("/proc", process).exists()]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.2)  # the engine ends its processes when it has answered
    assert left == []
