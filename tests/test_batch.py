"""Batches: a row for each row, whatever it says, by workers that are kept."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest

import validator
from fixtures.catalogue import MEDIA
from tests.nobody import NOBODY
from validator import Asset, Config, Decoders, Group, GroupKind, Role
from validator.batch import (
    FINDINGS_SCHEMA,
    ROWS_AT_MOST,
    SPARK_SCHEMA,
    BatchLinter,
    findings_schema,
    lint_batch,
    lint_batches,
)
from validator.errors import ConfigError, ProfileError, UsageError

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are told by /proc")
FILES = [
    str(MEDIA / name)
    for name in ("video-848x480.mp4", "image-300x400.png", "audio-1.99s.wav", "wrong-checksum.png")
]
AS_LISTED = {"role": ["scene", None, "voice", "product"], "group": ["virtual", None, None, "real-human"]}


@pytest.fixture(scope="module")
def linter(decoders: Decoders) -> Iterator[BatchLinter]:
    with BatchLinter(NOBODY, decoders=decoders) as made:
        yield made


def batch(targets: Sequence[str | None], **columns: Any) -> Any:
    return pa.record_batch({"target": pa.array(targets, pa.string()), **columns})


def test_a_batch_says_what_a_report_says(linter: BatchLinter, decoders: Decoders) -> None:
    found = linter(batch(FILES, **AS_LISTED))
    assert found.schema.equals(FINDINGS_SCHEMA)
    roles = (Role.SCENE, None, Role.VOICE, Role.PRODUCT)
    groups = (Group(GroupKind.VIRTUAL), None, None, Group(GroupKind.REAL_HUMAN))
    assets = [
        Asset(name, name, role=role, group=group)
        for name, role, group in zip(FILES, roles, groups, strict=True)
    ]
    report = validator.lint(assets, NOBODY, decoders=decoders)
    for row, result in zip(found.to_pylist(), report, strict=True):
        assert (row["target"], row["verdict"], row["role"]) == (
            result.target,
            result.verdict,
            result.asset.role,
        )
        assert [(each["code"], each["message"]) for each in row["findings"]] == [
            (each.code, each.message) for each in result.findings
        ]
        assert [each["code"] for each in row["not_judged"]] == [each.code for each in result.not_judged]
        assert json.loads(row["facts"]).keys() == result.facts.values().keys()
    assert [row["verdict"] for row in found.to_pylist()] == ["fail", "pass", "fail", "fail"]


def test_a_row_that_makes_no_sense_takes_no_other_down(linter: BatchLinter) -> None:
    found = linter(batch([FILES[1], None, "b.png", FILES[1]], role=[None, None, "scenery", "scene"]))
    assert found.column("verdict").to_pylist() == ["pass", "unjudged", "unjudged", "pass"]
    errors = found.column("error").to_pylist()
    assert errors[0] is errors[3] is None
    assert errors[1] == "the row names no asset (target is empty)"
    assert errors[2].startswith('role: "scenery" is none of close-up, ')
    assert found.column("target").to_pylist() == [FILES[1], None, "b.png", FILES[1]]


def test_of_a_row_that_makes_no_sense_no_secret_is_shown(linter: BatchLinter) -> None:
    for column, url in (
        ("url", "example.com/a.png?token=SECRET"),
        ("url", "user:SECRET@example.com/a.png"),
        ("target", "https://u:SECRET@example.com/a.png?token=SECRET"),
    ):
        (row,) = linter(pa.record_batch({column: [url], "role": ["nope"]})).to_pylist()
        assert (row["verdict"], "example.com/a.png" in row["target"]) == ("unjudged", True)
        assert "SECRET" not in str(row)


def test_nothing_is_judged_where_no_row_makes_sense(linter: BatchLinter) -> None:
    assert linter(batch([None, ""])).column("verdict").to_pylist() == ["unjudged"] * 2


def test_no_rows_make_no_rows(linter: BatchLinter) -> None:
    assert linter(batch([])).schema.equals(FINDINGS_SCHEMA)
    table = pa.table({"target": pa.array([], pa.string())})
    assert (linter(table).num_rows, linter(table).schema) == (0, FINDINGS_SCHEMA)


def test_each_row_is_judged_each_time_and_duplicates_are_told(linter: BatchLinter, tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(Path(FILES[1]).read_bytes())
    found = linter(batch([FILES[1], FILES[1], str(copy)])).to_pylist()
    assert [[each["code"] for each in row["findings"] if each["code"] == "FIL008"] for row in found] == [
        [],
        [],
        ["FIL008"],
    ]


def test_tables_go_in_and_out(linter: BatchLinter) -> None:
    table = pa.concat_tables([pa.table({"target": [name]}) for name in FILES[:2]])
    found = linter(table)
    assert isinstance(found, pa.Table)
    assert found.column("target").to_pylist() == FILES[:2]


def test_columns_are_kept_where_that_is_asked_for(decoders: Decoders) -> None:
    with BatchLinter(NOBODY, keep=["id", "tags"], decoders=decoders) as linter:
        found = linter(batch([None, "no.png"], id=[7, 8], tags=[["a"], None], other=[1, 2]))
    assert found.schema.names == [*FINDINGS_SCHEMA.names, "id", "tags"]
    assert (found.column("id").to_pylist(), found.column("tags").to_pylist()) == ([7, 8], [["a"], None])


@pytest.mark.parametrize(
    ("names", "keep", "why"),
    [
        (["id"], "ids", r'The column ids cannot be kept: there is none. Did you mean "id"\?'),
        (["id"], "xxxxx", r"The column xxxxx cannot be kept: there is none.$"),
        (["verdict"], "verdict", "verdict cannot be kept: the findings have one of that name; rename yours"),
        (["id", "id"], "id", "The column id cannot be kept: it is there twice; rename one of them."),
    ],
)
def test_what_cannot_be_kept_is_refused(names: list[str], keep: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        findings_schema(pa.schema([(name, pa.int64()) for name in names]), [keep])


@pytest.mark.parametrize(
    ("config", "error"),
    [
        (Config(profile="no-such"), ProfileError),
        (Config(select=("XYZ",)), UsageError),
        (Config(workers=-1), ConfigError),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused_before_any_batch(
    config: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        BatchLinter(config)


def test_a_batch_without_targets_is_refused(linter: BatchLinter) -> None:
    with pytest.raises(UsageError, match="no column names the assets"):
        linter(pa.record_batch({"id": [1]}))


def test_a_batch_has_no_more_rows_than_memory_holds(linter: BatchLinter) -> None:
    many = batch([None] * (ROWS_AT_MOST + 1))
    with pytest.raises(UsageError, match="A batch has 100,001 rows, and at most 100,000 are taken: slice it"):
        linter(many)
    found = linter(pa.Table.from_batches([many]))
    assert [len(chunk) for chunk in found.column("verdict").chunks] == [ROWS_AT_MOST, 1]


def test_what_is_no_batch_is_refused(linter: BatchLinter) -> None:
    for wrong in ([], [{"target": "a.png"}], "a.png"):
        with pytest.raises(
            UsageError, match=f"table of Arrow is taken, and no {type(wrong).__name__}: pyarr"
        ):
            linter(wrong)


def test_what_is_no_configuration_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected a Config, such as .*, not a dict"):
        lint_batch(batch([None]), {"depth": "header"})  # type: ignore[arg-type]


def test_names_to_keep_are_a_list() -> None:
    with pytest.raises(UsageError, match=r'write keep=\["id"\]'):
        lint_batch(batch([None], id=[1]), keep="id")


def test_a_text_that_is_too_long_is_not_repeated(linter: BatchLinter) -> None:
    found = linter(batch([FILES[1], "x" * 70_000])).to_pylist()
    assert [(row["target"], row["error"]) for row in found] == [
        (FILES[1], None),
        (None, "target: a text of more than 65,536 characters"),
    ]


@on_linux
def test_workers_are_started_once_and_ended() -> None:
    linter = BatchLinter(Config(ignore=NOBODY.ignore, workers=1))
    before = processes()
    linter(batch(FILES[1:2]))
    first = processes() - before
    linter(batch(FILES[1:3]))
    assert len(first) == 1
    assert processes() - before == first
    linter.close()
    assert processes() == before


def processes() -> set[int]:
    """The processes that this one has started, and that still run."""
    children = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has just ended
            continue
        if int(parent) == os.getpid() and state != "Z":
            children.add(int(status.parent.name))
    return children


def test_workers_of_a_caller_are_not_ended(decoders: Decoders) -> None:
    with BatchLinter(NOBODY, decoders=decoders) as first:
        first(batch(FILES[1:2]))
    with BatchLinter(NOBODY, decoders=decoders) as second:
        assert second(batch(FILES[1:2])).column("verdict").to_pylist() == ["pass"]


class Counted(BatchLinter):
    """Remembers how often one was made."""

    made: list[tuple[Config, tuple[str, ...]]] = []  # noqa: RUF012 - of the class

    def __init__(self, config: Config, *, keep: tuple[str, ...]) -> None:
        self.made.append((config, keep))
        super().__init__(config, keep=keep)


def test_a_process_makes_one_linter_for_each_configuration() -> None:
    Counted.made.clear()
    config = Config(ignore=("POR", "GRP", "IMG008"))
    batches = [batch([None]), batch([""])]
    for _ in range(2):
        assert [found.num_rows for found in lint_batches(batches, config, linter=Counted)] == [1, 1]
    same = Config(ignore=("POR", "GRP", "IMG008"))
    assert len(list(lint_batches(batches, same, keep=[], linter=Counted))) == 2
    assert Counted.made == [(config, ())]
    list(lint_batches([batch([None], id=[1])], config, keep=["id"], linter=Counted))
    assert Counted.made == [(config, ()), (config, ("id",))]


def test_threads_share_a_linter() -> None:
    Counted.made.clear()
    config, start = Config(ignore=("POR", "GRP", "IMG001")), threading.Barrier(4)
    found: list[int] = []

    def judge() -> None:
        start.wait()
        found.extend(each.num_rows for each in lint_batches([batch([None])], config, linter=Counted))

    threads = [threading.Thread(target=judge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(Counted.made)) == ([1] * 4, 1)


@on_linux
def test_a_program_that_ends_leaves_no_worker_behind() -> None:
    code = (
        "import pyarrow as pa, sys\n"
        "from validator import Config\n"
        "from validator.batch import lint_batch\n"
        "config = Config(ignore=('POR', 'GRP'), workers=1)\n"
        "batch = pa.record_batch({'target': sys.argv[1:]})\n"
        "print(lint_batch(batch, config).column('verdict').to_pylist())\n"
        "from pathlib import Path\n"
        "print(Path('/proc/self/task').joinpath(Path('/proc/self').resolve().name, 'children').read_text())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, FILES[1]], capture_output=True, text=True, check=True, timeout=120
    )
    verdicts, children = ended.stdout.splitlines()
    assert (verdicts, ended.stderr) == ("['pass']", "")
    assert children.split()
    assert not [child for child in children.split() if Path("/proc", child).exists()]


def test_without_pyarrow_the_extra_is_named() -> None:
    code = "import sys; sys.modules['pyarrow'] = None; import validator.batch"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.splitlines()[-1].startswith("ImportError: validator.batch needs pyarrow (")
    assert 'python -m pip install "seedance-validator[batch]" brings it' in ended.stderr


def test_the_package_does_not_import_pyarrow() -> None:
    code = "import sys, validator.library, validator.cli.lint_run; print('pyarrow' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"


def test_a_configuration_can_be_sent_to_another_process() -> None:
    config = Config(workers=1, ignore=("POR",), severity={"VID006": "warning"}, folder=Path("a"))
    assert pickle.loads(pickle.dumps(config)) == config  # noqa: S301 - our own


def test_spark_reads_the_schema() -> None:
    assert SPARK_SCHEMA.startswith("`target` string, `source` string, ")
    assert "`group` struct<`kind`: string, `id`: string, `name`: string>, " in SPARK_SCHEMA
    assert "`bytes` bigint, " in SPARK_SCHEMA
    assert "`open`: boolean, `one_of`: array<string>, " in SPARK_SCHEMA


def test_a_function_is_enough() -> None:
    found = lint_batch(pa.table({"target": ["no/such.png"]}), NOBODY)
    assert found.column("verdict").to_pylist() == ["fail"]
