"""What a run says of the faces of a group holds for the copies, which are judged one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from fixtures.catalogue import MEDIA
from tests.cli.media import photo
from tests.test_attention import FACE, Finder, face
from validator.config import Config
from validator.findings import Severity
from validator.model import Asset, Group, GroupKind
from validator.probe.decoders import Decoders
from validator.probe.portrait.look import FoundFace, Look
from validator.probe.portrait.looker import FaceFinder
from validator.probe.still import Still
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair
from validator.repair.work import run_repairs

VIRTUAL = Group(GroupKind.VIRTUAL, name="Ada")
REAL = Group(GroupKind.REAL_HUMAN, name="Ada")
ONLY_THESE = ("IMG", "POR001", "GRP001")
NOTE = "Whether its face is that of its group's person was not compared (GRP001): "


class Watcher(Finder):
    """Sees one face, of one person, in whatever it was told nothing of."""

    def look(self, still: Still, **asked: Any) -> Look:
        super().look(still, **asked)
        return self.looks.get(still.width, face(0, 0))


@pytest.fixture
def mend(decoders: Decoders, tmp_path: Path) -> Callable[..., list[Repair]]:
    def mend(looks: dict[int, Look], group: Group | None, *paths: Path, **choices: Any) -> list[Repair]:
        options = RepairOptions(face=choices.pop("face", None))
        assets = [Asset(str(path), str(path), group=group) for path in paths]
        config = Config(select=ONLY_THESE, workers=1, **choices)
        faces = cast("FaceFinder", Watcher(looks))
        return list(run_repairs(assets, tmp_path / "out", config, options, faces=faces, decoders=decoders))

    return mend


GOOD, SMALL = MEDIA / "image-301x400.png", MEDIA / "image-299x400.png"
UNDESCRIBED = Look((FACE,), no_descriptor="the models are not there")


def test_who_was_not_compared_is_not_compared_by_being_copied(mend: Callable[..., list[Repair]]) -> None:
    _, second = mend({299: UNDESCRIBED}, REAL, GOOD, SMALL)
    assert second.status == "failed"
    assert "GRP001 could not be judged: the models are not there" in second.reason


def test_a_copy_is_as_far_from_the_others_as_its_original(mend: Callable[..., list[Repair]]) -> None:
    first, second = mend({299: face(0, 0.75)}, VIRTUAL, GOOD, SMALL)
    assert (first.status, second.status) == ("passes", "mended")
    assert second.copy is not None
    assert [(each.code, each.severity) for each in second.copy.findings if each.code == "GRP001"] == [
        ("GRP001", Severity.WARNING)
    ]
    assert second.copy.facts.likeness == second.result.facts.likeness
    assert not second.notes


LEFT, RIGHT = FoundFace(0.15, 0.2, 0.1, 0.2, 0.9), FoundFace(0.7, 0.2, 0.1, 0.2, 0.9)
BOTH = Look((LEFT, RIGHT), descriptor=(0, 0))


@pytest.mark.parametrize(
    ("group", "number", "references", "is_said"),
    [
        (REAL, "2", (), True),
        (REAL, "largest", (), False),
        (REAL, "2", (str(GOOD),), False),
        (None, "2", (), False),
    ],
)
def test_of_another_face_it_is_said_that_nobody_compared_it(
    mend: Callable[..., list[Repair]],
    tmp_path: Path,
    group: Group | None,
    number: str,
    references: tuple[str, ...],
    is_said: bool,
) -> None:
    picture = photo(tmp_path / "two.png", (1200, 900))
    (repair,) = mend({1200: BOTH}, group, picture, face=number, references=references)
    assert repair.status == "mended", repair.reason
    assert [note.startswith(NOTE) for note in repair.notes] == [True] * is_said
