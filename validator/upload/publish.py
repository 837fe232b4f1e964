"""From a file on disk to an address that the service can fetch: who publishes, and what is published."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from validator.errors import UsageError
from validator.model import Kind
from validator.settings import UploadSettings

LARGEST = 1_000_000_000
"""Bytes of a file that is published; what the service takes is far smaller."""

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Published:
    """A file's public address.

    `url` may be signed, so it is secret, and stays out of the representation; `shown` says the same without
    secrets. `removable`: `Publisher.remove` can take it away. `reused`: it was there before. `key`: its
    name in the bucket.
    """

    url: str = field(repr=False)
    shown: str
    removable: bool = False
    reused: bool = False
    key: str = ""


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
        environ: names the credentials of a bucket.

    Raises:
        UsageError: they make no sense, or the extra `publish` is not installed.

    >>> new_publisher(UploadSettings(), Path()) is None
    True
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
    """A folder that something else serves already: the path below it, appended to an address.

    Nothing is looked up: whether the address serves these bytes is for `same_bytes_check`.
    """

    def __init__(self, prefix: str, folder: Path) -> None:
        raise NotImplementedError

    def publish(self, path: str, sha256: str, name: str, kind: Kind, format_name: str, /) -> Published:
        """See `Publisher`."""
        raise NotImplementedError

    def remove(self, published: Published) -> None:
        """Nothing: we did not put it there."""


def read_judged(path: str, sha256: str) -> bytes:
    """A file's bytes, read once, if they are still those that were judged.

    Raises:
        NotPublished: it cannot be read.
        FileChanged: they are not.
    """
    raise NotImplementedError
