"""Whether the main faces of a group may be of one person: how far each is from the others."""

from __future__ import annotations

import dataclasses
import math
from array import array
from collections.abc import Sequence
from fractions import Fraction

from validator.measure import shown_target
from validator.model import Asset, Facts, Group, GroupKind
from validator.people import LikenessFacts

_FACT = "face_distance"
_Key = tuple[GroupKind, str | None, str | None]


def distance(one: Sequence[float], other: Sequence[float]) -> Fraction:
    """How far two faces are apart, in thousandths: 0 is the same picture, above 0.6 mostly two persons.

    >>> distance((0.0, 0.3), (0.4, 0.0))
    Fraction(1, 2)

    Raises:
        ValueError: they are not of one length.
    """
    return Fraction(round(math.dist(one, other) * 1000), 1000)


class Likenesses:
    """Remembers the faces of a run, and says of each how far it is from the nearest other one.

    The others are the references; without any, those of the same group that came before: an asset is not
    compared with what comes later, so that results can be told as they come. Of two assets that differ, the
    second is told, and names the first. Assets are of one group where kind and id agree, or, where there is
    no id, kind and name; a mere kind makes no group. References are of every asset, whatever its group.

    Where the nearest of several is meant, one wrong picture can excuse a second one of the same person; the
    first is told all the same.

    `references` are what they are called in a message, and their descriptors; `without` says why there are
    fewer of them than there should be.

    >>> from validator.model import Group, GroupKind
    >>> ada = Group(GroupKind.VIRTUAL, name="Ada")
    >>> seen = Likenesses()
    >>> seen.marked(Asset("a.png", "a.png", group=ada), Facts(descriptor=(0.0, 0.0))).likeness is None
    True
    >>> second = seen.marked(Asset("b.png", "b.png", group=ada), Facts(descriptor=(0.0, 0.7)))
    >>> str(second.likeness.face_distance), second.likeness.face_distance_from
    ('7/10', 'a.png')
    """

    def __init__(self, references: Sequence[tuple[str, tuple[float, ...]]] = (), without: str = "") -> None:
        self._without = without and f"the reference could not be compared with: {without}"
        self._references = [(shown, _packed(descriptor)) for shown, descriptor in references]
        self._groups: dict[_Key, _Seen] = {}

    def marked(self, asset: Asset, facts: Facts) -> Facts:
        """The facts, with the distance of the main face. To be called in the order of the targets.

        Nothing is said of an asset without a face, nor where there is no other face to compare with. Where
        there is one, and either of them could not be described, the distance is unmeasured, and says why.
        """
        said = self._said(asset, facts)
        # A face as numbers is nobody's business but ours.
        return said if said.descriptor is None else dataclasses.replace(said, descriptor=None)

    def _said(self, asset: Asset, facts: Facts) -> Facts:
        has_face = facts.faces is not None and bool(facts.faces.face_count)
        if facts.descriptor is None and not facts.no_descriptor and not has_face:
            return facts
        key = _key(asset.group)
        fresh = _Seen(without=self._without)
        seen = fresh if key is None else self._groups.setdefault(key, fresh)
        others = self._references or tuple(seen.faces)
        reason = seen.without
        shown = shown_target(asset)
        if facts.descriptor is None:
            why = facts.no_descriptor or "its face could not be described"
            seen.without = seen.without or f"{shown} could not be compared with: {why}"
            return _unmeasured(facts, why) if others or reason else facts
        mine = _packed(facts.descriptor)
        seen.faces.append((shown, mine))
        if others:
            return _measured(facts, mine, others)
        return _unmeasured(facts, reason) if reason else facts


@dataclasses.dataclass
class _Seen:
    """The faces of a group so far; `without` tells of the first that could not be described."""

    faces: list[tuple[str, array[float]]] = dataclasses.field(default_factory=list)
    without: str = ""


def _key(group: Group | None) -> _Key | None:
    if group is None or not (group.id or group.name):
        return None
    return (group.kind, group.id, None) if group.id else (group.kind, None, group.name)


def _packed(descriptor: Sequence[float]) -> array[float]:
    return array("f", descriptor)  # 512 bytes: the network's numbers are no longer than that


def _measured(facts: Facts, mine: array[float], others: Sequence[tuple[str, array[float]]]) -> Facts:
    nearest, shown = min(
        ((distance(mine, theirs), shown) for shown, theirs in others), key=lambda each: each[0]
    )
    likeness = LikenessFacts(face_distance=nearest, face_distance_from=shown)
    return dataclasses.replace(facts, likeness=likeness)


def _unmeasured(facts: Facts, reason: str) -> Facts:
    return dataclasses.replace(
        facts, likeness=LikenessFacts(), unmeasured={**facts.unmeasured, _FACT: reason}
    )
