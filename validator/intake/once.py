"""Which names are of one file: each asset is judged once, however often and however it is named."""

from __future__ import annotations

import hashlib
import os

from validator.intake.ledger import KEY, Ledger
from validator.model import Asset

_FOLDERS = 1_000  # remembered at a time; files of one folder mostly come together


class Whereabouts:
    """Where assets lie. Where a folder leads to is looked up once, as long as not too many others are met.

    >>> places = Whereabouts()
    >>> places.of(Asset("a.png", "a.png")) == places.of(Asset("./a.png", "./a.png"))
    True
    """

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, asset: Asset) -> bytes:
        """Where an asset lies, in few bytes: the same for every spelling of a path, and URLs of one answer.

        Those that differ in their fragments are, since no fragment is ever sent.

        A link to a file is an entry of its own beside that file; folders are followed to where they lie.
        """
        place = asset.location
        if asset.is_url:
            place = place.partition("#")[0]
        elif place and not asset.is_glob:
            place = self._entry(place)
        return _digest(f"{asset.is_url:d}{asset.is_glob:d}{place}")

    def _entry(self, path: str) -> str:
        folder, name = os.path.split(path)
        if name in ("", os.curdir, os.pardir):
            folder, name = path, ""
        try:
            return os.path.normcase(os.path.join(self._followed(folder), name))  # noqa: PTH118 - as written
        except (OSError, ValueError):  # no current folder, or a name that none can have
            return path

    def _followed(self, folder: str) -> str:
        known = self._folders.get(folder)
        if known is None:
            if len(self._folders) >= _FOLDERS:
                self._folders.clear()
            known = self._folders[folder] = os.path.realpath(folder)
        return known


class Once:
    """Remembers which assets were met, in the same little memory however many there are.

    >>> once = Once()
    >>> [once.is_new(Asset(name, name)) for name in ("a.png", "b.png", "./a.png")]
    [True, True, False]
    """

    def __init__(self, places: Whereabouts | None = None) -> None:
        self._places = places or Whereabouts()
        self._met = Ledger()

    def is_new(self, asset: Asset, overrides: tuple[int, ...] = ()) -> bool:
        """Whether this is the first asset there, of this name and role, for this group, so overridden.

        Raises:
            OutOfResources: there are very many, and the disk has no room to note them.
        """
        said = repr((asset.role, asset.name, asset.group, overrides))
        return self._met.first(_digest(self._places.of(asset).hex() + said)) is None

    def close(self) -> None:
        """Forget them all."""
        self._met.close()


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY).digest()
