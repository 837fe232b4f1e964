"""Whether what an asset is called, and what it is declared to be for, agree with its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from validator.model import Asset, Kind, NameAgreement, Role
from validator.probe.extensions import EXTENSIONS, FAMILIES

_IMAGE_OR_VIDEO = frozenset({Kind.IMAGE, Kind.VIDEO})
_ROLE_KINDS: Mapping[Role, frozenset[Kind]] = {
    Role.CLOSE_UP: _IMAGE_OR_VIDEO,
    Role.FULL_BODY: _IMAGE_OR_VIDEO,
    Role.PORTRAIT: _IMAGE_OR_VIDEO,
    Role.PRODUCT: _IMAGE_OR_VIDEO,
    Role.SCENE: _IMAGE_OR_VIDEO,
    Role.VOICE: frozenset({Kind.AUDIO}),
}


def extension_of(asset: Asset) -> str:
    """The ending of the name, in lower case and without a dot.

    >>> extension_of(Asset("a", "https://a.example/b.PNG?key=1", is_url=True))
    'png'
    """
    path = asset.location.split("?", 1)[0].split("#", 1)[0] if asset.is_url else asset.location
    return PurePosixPath(path).suffix[1:].lower()


def name_agreement(
    extension: str, role: Role | None, kind: Kind | None, format_name: str
) -> tuple[NameAgreement, str]:
    """Whether a name's ending and a declared role agree with the bytes, and what does not.

    >>> name_agreement("png", None, Kind.IMAGE, "jpeg")
    ('other-format', '.png promises png, the bytes are jpeg')
    """
    needed = _ROLE_KINDS.get(role) if role is not None else None
    if needed is not None and kind not in needed:
        return "other-role", f"the role {role} is no role for {_article(kind)}"
    if extension not in EXTENSIONS:
        return "unknown", ""
    promised_kind, promised = EXTENSIONS[extension]
    if promised_kind is not kind:
        return (
            "other-kind",
            f".{extension} promises {_article(promised_kind)}, the bytes are {_article(kind)}: {format_name}",
        )
    family = next((family for family in FAMILIES if promised in family), frozenset({promised}))
    if format_name != promised and format_name not in family:
        return "other-format", f".{extension} promises {promised}, the bytes are {format_name}"
    return "agrees", ""


def _article(kind: Kind | None) -> str:
    return {Kind.IMAGE: "an image", Kind.VIDEO: "a video", Kind.AUDIO: "a sound", None: "nothing"}[kind]
