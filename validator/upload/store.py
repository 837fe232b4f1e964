"""Buckets of S3, Google and Azure: files are put under names that hold their hash, and links are signed."""

from __future__ import annotations

from collections.abc import Mapping

from validator.model import Kind
from validator.upload.publish import Published


class Bucket:
    """Publishes files by putting them into a bucket; the address is a signed link for reading."""

    @classmethod
    def of(cls, url: str, link_life: float, environ: Mapping[str, str]) -> Bucket:
        """A bucket, and a prefix in it, such as `s3://bucket/assets`.

        Raises:
            UsageError: there can be no such bucket, or the extra `publish` is not installed.
        """
        raise NotImplementedError

    def publish(self, path: str, sha256: str, name: str, kind: Kind, format_name: str, /) -> Published:
        """See `Publisher`."""
        raise NotImplementedError

    def remove(self, published: Published) -> None:
        """See `Publisher`."""
        raise NotImplementedError
