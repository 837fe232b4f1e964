"""How many cores may be used: what a container grants counts, wherever its control group lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from validator.cores import usable_cores

MANY = frozenset(range(64))


@pytest.fixture(autouse=True)
def large_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: MANY, raising=False)


class Process:
    """What Linux would tell of a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "self"
        self.folder.mkdir()
        self.mounts: list[str] = []

    def is_in(self, *groups: str) -> None:
        (self.folder / "cgroup").write_text("".join(f"{group}\n" for group in groups))

    def mounted(self, place: Path, root: str = "/", system: str = "cgroup2 cgroup2 rw") -> None:
        written = str(place).replace(" ", "\\040")
        self.mounts.append(f"36 25 0:30 {root} {written} rw,nosuid - {system}\n")
        (self.folder / "mountinfo").write_text("".join(self.mounts))


@pytest.fixture
def process(tmp_path: Path) -> Process:
    return Process(tmp_path)


def grants(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


@pytest.mark.parametrize(
    ("granted", "cores"),
    [
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("10000 100000\n", 1),
        ("max 100000\n", 64),
        ("9900000 100000\n", 64),
        ("100000 0\n", 64),
        ("strange\n", 64),
        ("", 64),
    ],
)
def test_a_quota(process: Process, tmp_path: Path, granted: str, cores: int) -> None:
    process.is_in("0::/")
    process.mounted(tmp_path / "cg")
    grants(tmp_path / "cg", cpu__max=granted)
    assert usable_cores(process.folder) == cores


def test_the_smallest_of_those_around_it_counts(process: Process, tmp_path: Path) -> None:
    place = tmp_path / "control groups"
    process.is_in("0::/pod/box")
    process.mounted(place)
    grants(place, cpu__max="800000 100000")
    grants(place / "pod", cpu__max="300000 100000")
    grants(place / "pod" / "box", cpu__max="max 100000")
    assert usable_cores(process.folder) == 3


@pytest.mark.parametrize(("group", "root"), [("/pod/box", "/pod"), ("/../box", "/"), ("/other", "/pod")])
def test_a_hierarchy_that_is_seen_in_part(process: Process, tmp_path: Path, group: str, root: str) -> None:
    process.is_in(f"0::{group}")
    process.mounted(tmp_path / "cg", root)
    grants(tmp_path / "cg", cpu__max="500000 100000")
    assert usable_cores(process.folder) == 5


@pytest.mark.parametrize(
    ("quota", "cores"), [({"quota": "250000", "period": "100000"}, 3), ({"quota": "-1", "period": "9"}, 64)]
)
def test_of_the_first_version(process: Process, tmp_path: Path, quota: dict[str, str], cores: int) -> None:
    process.is_in("5:memory:/box", "4:cpu,cpuacct:/box", "0::/")
    process.mounted(tmp_path / "memory", system="cgroup cgroup rw,memory")
    process.mounted(tmp_path / "cpu", system="cgroup cgroup rw,cpu,cpuacct")
    files = {f"cpu__cfs_{name}_us": text for name, text in quota.items()}
    grants(tmp_path / "memory" / "box", cpu__cfs_quota_us="1", cpu__cfs_period_us="1")
    grants(tmp_path / "cpu" / "box", **files)
    assert usable_cores(process.folder) == cores


def test_where_nothing_is_told_the_affinity_counts(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable_cores(process.folder) == 64
    process.is_in("nonsense")
    process.mounted(process.folder)
    assert usable_cores(process.folder) == 64
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    assert usable_cores(process.folder) == 1


def test_on_systems_that_know_no_affinity_all_cores_are_usable(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert usable_cores(process.folder) == 8
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores(process.folder) == 1
