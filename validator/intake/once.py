"""Which names are of one file: each asset is judged once, however often and however it is named."""

from __future__ import annotations

import hashlib
import os

from validator.model import Asset

_BYTES = 16  # of a digest: a set of a million of them stays small, and no two assets share one by chance


def whereabouts(asset: Asset) -> bytes:
    """Where an asset lies, in few bytes: the same for every spelling of one path, and for URLs of one answer.

    Those that differ in their fragments are, since no fragment is ever sent.

    A link to a file is an entry of its own beside that file; folders are followed to where they lie.

    >>> whereabouts(Asset("a.png", "a.png")) == whereabouts(Asset("./a.png", "./a.png"))
    True
    """
    place = asset.location
    if asset.is_url:
        place = place.partition("#")[0]
    elif place and not asset.is_glob:
        place = _entry(place)
    return _digest(f"{asset.is_url:d}{asset.is_glob:d}{place}")


class Once:
    """Remembers which assets were met.

    >>> once = Once()
    >>> [once.is_new(Asset(name, name)) for name in ("a.png", "b.png", "./a.png")]
    [True, True, False]
    """

    def __init__(self) -> None:
        self._met: set[bytes] = set()

    def is_new(self, asset: Asset, overrides: tuple[int, ...] = ()) -> bool:
        """Whether this is the first asset there, of this name and role, for this group, so overridden."""
        said = repr((asset.role, asset.name, asset.group, overrides))
        key = _digest(whereabouts(asset).hex() + said)
        if key in self._met:
            return False
        self._met.add(key)
        return True


def _entry(path: str) -> str:
    folder, name = os.path.split(path)
    if name in ("", os.curdir, os.pardir):
        folder, name = path, ""
    try:
        return os.path.normcase(os.path.join(os.path.realpath(folder), name))  # noqa: PTH118 - as written
    except (OSError, ValueError):  # no current folder, or a name that none can have
        return path


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
