"""Names in the asset library: they tell the bytes, so that what was created is found again."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from validator.intake.url import parse
from validator.model import Asset

LONGEST = 64
"""Characters of a name."""

_DIGITS = 16
_MARKED = re.compile(r"-([0-9a-f]{16})\Z")
_NOT_PLAIN = re.compile(r"[\x00-\x1f\x7f]+")


def asset_name(stem: str, sha256: str, attempt: int = 1) -> str:
    r"""The name of an asset: what it is called, and the first 16 hex digits of its bytes' sha256.

    At most 64 characters, printable, never without something before the digits. `attempt`: the how manieth
    asset of these bytes it is, where earlier ones have failed or are gone.

    >>> asset_name("Ada's face", "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2)
    "Ada's face-0f1e2d3c4b5a6978"
    >>> asset_name("\x1b[2J", "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2, attempt=2)
    '[2J.2-0f1e2d3c4b5a6978'
    >>> asset_name("", "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2)
    'asset-0f1e2d3c4b5a6978'
    """
    ending = ("" if attempt == 1 else f".{attempt}") + f"-{mark_of(sha256)}"
    printable = "".join(
        character if _is_plain(character) else " " for character in unicodedata.normalize("NFC", stem)
    )
    plain = " ".join(printable.split())[: LONGEST - len(ending)].strip()
    return (plain or "asset") + ending


def mark_of(sha256: str) -> str:
    """What a name ends in, for these bytes.

    >>> mark_of("0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2)
    '0f1e2d3c4b5a6978'
    """
    return sha256[:_DIGITS].lower()


def mark_in(name: str) -> str:
    """The 16 digits that a name ends in, or "" where it was not made by `asset_name`.

    >>> mark_in("face-0f1e2d3c4b5a6978"), mark_in("face.png")
    ('0f1e2d3c4b5a6978', '')
    """
    found = _MARKED.search(name)
    return found[1] if found else ""


def stem_of(asset: Asset) -> str:
    """What an asset is called: as its owner does, or as its file is, without the ending.

    >>> stem_of(Asset("a/face.png", "/srv/a/face.png"))
    'face'
    >>> stem_of(Asset("https://host/b/a%20face.png?key=1", "https://host/b/a%20face.png?key=1", is_url=True))
    'a face'
    """
    if asset.name:
        return asset.name
    path = unquote(parse(asset.location).path) if asset.is_url else Path(asset.location).name
    return PurePosixPath(path).stem


def _is_plain(character: str) -> bool:
    """Whether it shows, and does nothing else: no control, no formatting, nothing unassigned, no half."""
    return not unicodedata.category(character).startswith(("C", "Zl", "Zp"))
