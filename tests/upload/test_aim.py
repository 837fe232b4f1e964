"""What targets are judged by on their way into a group."""

from __future__ import annotations

import pytest

from validator.model import Asset, GroupKind
from validator.upload.aim import aimed, can_compare_faces, note_on_likeness
from validator.upload.records import AssetGroup


@pytest.mark.parametrize(
    ("kind", "compared", "is_said"),
    [
        (GroupKind.REAL_HUMAN, False, True),
        (GroupKind.REAL_HUMAN, True, False),
        (GroupKind.VIRTUAL, False, False),
        (None, False, False),
    ],
)
def test_it_is_said_where_faces_of_a_real_person_are_not_compared(
    kind: GroupKind | None, *, compared: bool, is_said: bool
) -> None:
    said = note_on_likeness(AssetGroup("group-1", "Ada", kind), compared=compared)
    assert said.startswith("faces are not compared with each other here") is is_said


def test_what_is_named_twice_is_uploaded_once() -> None:
    targets = ("a.png", "./a.png", "b.png", "https://example.com/a.png", "https://example.com/a.png")
    group = AssetGroup("group-1", "Ada", GroupKind.VIRTUAL)
    found = list(aimed((*targets, Asset("b.png", "b.png")), group, addressed=True, compared=False))
    assert [asset.target for asset in found] == ["a.png", "b.png", "https://example.com/a.png", "b.png"]


def test_faces_are_compared_where_all_of_the_extra_is_installed() -> None:
    assert can_compare_faces(lambda name: name)
    assert not can_compare_faces({"dlib": "dlib"}.get)
