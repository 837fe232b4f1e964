"""From a file on disk to an address that the service can fetch: who publishes, and what is published."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Protocol

from validator.errors import FileChanged, NotPublished, UsageError
from validator.intake.source import open_local
from validator.intake.url import displayed, parse, shown
from validator.model import Asset, Kind
from validator.report.escape import printable, uri_path
from validator.settings import UploadSettings

LARGEST = 500_000_000
"""Bytes of a file that is published: it is held in memory, and what the service takes is far smaller."""

_DIGITS = 12  # of two hashes, so that a reader sees that they differ


@dataclass(frozen=True)
class Published:
    """A file's public address.

    `url` may be signed, so it is secret, and stays out of the representation; `shown` says where the file
    lies, without secrets. `removable`: `Publisher.remove` can take it away. `reused`: it was there before.
    `key`: its name in a bucket. `sha256`: of its bytes; nothing else is taken away.
    """

    url: str = field(repr=False)
    shown: str
    removable: bool = False
    reused: bool = False
    key: str = ""
    sha256: str = ""


class MaybePublished(NotPublished):
    """It was sent, and whether it was taken is not known: it may lie there under this key."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


class Publisher(Protocol):
    """Gives files a public address. Safe from several threads at once."""

    def publish(self, path: str, sha256: str, name: str, kind: Kind, format_name: str, /) -> Published:
        """The address of a file that was judged when it had these bytes.

        Raises:
            NotPublished: it has none; the message says why.
            FileChanged: the file holds other bytes than those that were judged.
        """

    def remove(self, published: Published) -> None:
        """Take away what was published; without a word where that is not `removable`, or is gone.

        Raises:
            NotPublished: it could not be removed.
        """


def new_publisher(
    settings: UploadSettings, relative_to: Path, environ: Mapping[str, str] = os.environ
) -> Publisher | None:
    """Who publishes as the settings say; `None` where they name nothing.

    Args:
        settings: `public_url`, or `publish` and `link_life`.
        relative_to: the folder that `public_url` serves.
        environ: holds the credentials of a bucket.

    Raises:
        UsageError: they make no sense, or the extra `publish` is not installed.

    >>> new_publisher(UploadSettings(), Path()) is None
    True
    >>> new_publisher(UploadSettings(public_url="https://cdn.example/assets?v=1"), Path())
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: public-url https://cdn.example/assets?… holds a query: a path cannot be \
appended to it.
    """
    if settings.public_url and settings.publish:
        raise UsageError("Either public-url or publish says where files get their address, not both.")
    if settings.public_url:
        return ServedFolder(settings.public_url, relative_to)
    if settings.publish:
        from validator.upload.store import Bucket

        return Bucket.of(settings.publish, settings.link_life, environ)
    return None


class ServedFolder:
    """A folder that something else serves already: a file's path below it is appended to an address.

    Whether the address serves these bytes is for `same_bytes_check` to say; nothing is looked up here.

    >>> ServedFolder("https://cdn.example/assets", Path("/srv")).address("/srv/a b/ü#1.png")
    'https://cdn.example/assets/a%20b/%C3%BC%231.png'

    Raises:
        UsageError: nothing can be appended to the address.
    """

    def __init__(self, prefix: str, folder: Path) -> None:
        problem = _prefix_problem(prefix)
        if problem:
            raise UsageError(f"public-url {printable(shown(prefix))} {problem}.")
        self._prefix = prefix if prefix.endswith("/") else f"{prefix}/"
        self._folder = folder.absolute()

    def address(self, path: str) -> str:
        """The address of a file.

        Raises:
            NotPublished: it does not lie in the folder.
        """
        relative = _below(Path(path), self._folder)
        if relative is None:
            raise NotPublished(
                f"{_named(path)} has no address: it lies outside of {printable(str(self._folder))}, "
                f"whose files are those at {shown(self._prefix)}."
            )
        return self._prefix + uri_path(relative.as_posix())

    def publish(self, path: str, sha256: str, _name: str, _kind: Kind, _format_name: str, /) -> Published:
        """See `Publisher`."""
        url = self.address(path)
        read_judged(path, sha256)
        return Published(url, shown(url), reused=True)

    def remove(self, published: Published) -> None:
        """See `Publisher`. What lies in the folder was not put there by us, and is never removed."""
        if published.removable:  # put into a bucket, by an earlier run
            raise NotPublished(f"{published.shown} was not removed: it lies elsewhere than {self._prefix}.")


def read_judged(path: str, sha256: str) -> bytes:
    """A file's bytes, read once, if they are still those that were judged.

    Raises:
        NotPublished: it cannot be read.
        FileChanged: they are not.
    """
    with open_local(Asset(path, path)) as source:
        if source.file is None:
            why = source.access.access_detail or source.access.access
            raise NotPublished(f"{_named(path)} cannot be read any more: {why}.")
        try:
            data = source.file.read(LARGEST + 1)
        except OSError as error:
            raise NotPublished(f"{_named(path)} cannot be read: {error.strerror or error}.") from error
    if len(data) > LARGEST:
        raise NotPublished(f"{_named(path)} has more than {LARGEST:,} bytes, the most that is published.")
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise FileChanged(
            f"{_named(path)} has changed since it was judged ({differing(sha256, found)}): lint it again."
        )
    return data


def differing(judged: str, found: str) -> str:
    """Two hashes in words.

    >>> differing("a" * 64, "b" * 64)
    'its sha256 was aaaaaaaaaaaa…, and is bbbbbbbbbbbb… now'
    """
    return f"its sha256 was {judged[:_DIGITS]}…, and is {found[:_DIGITS]}… now"


def _named(path: str) -> str:
    return printable(displayed(path))


def _prefix_problem(prefix: str) -> str:
    address = parse(prefix)
    if address.problem:
        return f"cannot be used: {address.problem}"
    if address.credentials:
        return "holds a user or a password, which the service would not send"
    if "?" in prefix:
        return "holds a query: a path cannot be appended to it"
    return "holds a fragment: a path cannot be appended to it" if "#" in prefix else ""


def _below(path: Path, folder: Path) -> PurePath | None:
    """The path relative to the folder, as it is written or, failing that, behind symbolic links to folders.

    A link to a file keeps its own name, as that is what a server of the folder knows.
    """
    for file, base in (
        (path.absolute(), folder),
        (path.parent.resolve() / path.name, folder.resolve()),
    ):
        if ".." not in file.parts and ".." not in base.parts:
            with suppress(ValueError):
                return file.relative_to(base)
    return None
