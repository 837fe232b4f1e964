"""Buckets of S3, Google and Azure: files are put under names that hold their hash, and links are signed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from validator.errors import NotPublished, UsageError
from validator.intake.url import displayed, shown
from validator.model import Kind
from validator.report.escape import printable
from validator.upload.cloud import CLOUDS, Cloud, Trouble, trouble
from validator.upload.publish import MaybePublished, Published, read_judged

INSTALL = 'python -m pip install "seedance-validator[publish]"'
"""The command that brings what buckets need."""

LONGEST_LIFE = 604_800
"""Seconds that S3 and Google let a signed link hold."""

# Ending and Content-Type by the format as it is sniffed.
_TYPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "jpeg": ("jpg", "image/jpeg"),
        "mpo": ("jpg", "image/jpeg"),
        "png": ("png", "image/png"),
        "apng": ("png", "image/png"),
        "webp": ("webp", "image/webp"),
        "bmp": ("bmp", "image/bmp"),
        "tiff": ("tiff", "image/tiff"),
        "gif": ("gif", "image/gif"),
        "heic": ("heic", "image/heic"),
        "heif": ("heif", "image/heif"),
        "mp4": ("mp4", "video/mp4"),
        "mov": ("mov", "video/quicktime"),
        "wav": ("wav", "audio/wav"),
        "mp3": ("mp3", "audio/mpeg"),
    }
)
_ANY_TYPE = ("bin", "application/octet-stream")

_URL = re.compile(r"(?P<scheme>[a-z0-9]+)://(?P<bucket>[A-Za-z0-9][A-Za-z0-9._-]{1,221})(?:/(?P<prefix>.*))?")
_PREFIX = re.compile(r"[A-Za-z0-9!._'()=+,:@/-]*")  # what no store and no link writes in another way
_HEX = 16
_LONGEST_STEM = 100

# Asking takes little time, credentials included; putting takes as long as the line needs.
_ASKING = timedelta(seconds=10)
_PUTTING = timedelta(seconds=600)  # 50 MB at 0.7 Mbit/s


class Bucket:
    """Publishes files by putting them into a bucket; the address is a signed link for reading.

    A file that is there already with the same bytes is not sent again. Each is one single request, so that
    what breaks off leaves nothing behind. What no file of this bucket gets past is remembered, and the next
    one is told so at once.

    Args:
        cloud: whose bucket it is.
        name: of the bucket.
        prefix: what all keys begin with; empty, or without a slash at its end.
        link_life: how long a link holds, in seconds.
        environ: holds the credentials, under the names that the cloud's own programs use.
        asking: how long a request without a file may take.

    Raises:
        UsageError: the extra `publish` is not installed, or the bucket cannot be set up.
    """

    def __init__(
        self,
        cloud: Cloud,
        name: str,
        prefix: str,
        *,
        link_life: float,
        environ: Mapping[str, str],
        asking: timedelta = _ASKING,
    ) -> None:
        try:
            import obstore
        except ImportError as error:
            raise UsageError(f"Publishing to {cloud.scheme}:// needs more packages: {INSTALL}") from error
        self._obstore = obstore
        self._failures = (obstore.exceptions.BaseError, OSError, ValueError)
        self._cloud = cloud
        self._name = name
        self._prefix = prefix
        self._life = timedelta(seconds=link_life)
        try:
            self._asker = cloud.opened(name, environ, asking)
            self._putter = cloud.opened(name, environ, _PUTTING)
        except self._failures:
            said = " and ".join(cloud.named(environ).values())
            why = f"what {said} say cannot be used" if said else cloud.without
            raise UsageError(f"{self} cannot be opened: {why}.") from None
        self._lasting = ""
        self._signs = False

    @classmethod
    def of(cls, url: str, link_life: float, environ: Mapping[str, str]) -> Bucket:
        """A bucket, and a prefix in it, such as `s3://bucket/assets`.

        Raises:
            UsageError: there can be no such bucket, or the extra `publish` is not installed.

        >>> print(Bucket.of("s3://bucket/assets/", 3600, {}))
        s3://bucket/assets
        """
        found = _URL.fullmatch(url)
        cloud = CLOUDS.get(found["scheme"]) if found else None
        if found is None or cloud is None:
            raise UsageError(
                f"publish {printable(shown(url))} names no bucket: "
                "it is written s3://bucket/prefix, gs://bucket/prefix or az://container/prefix."
            )
        prefix = "/".join(part for part in (found["prefix"] or "").split("/") if part)
        if not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/")):
            raise UsageError(
                f"publish {printable(shown(url))} cannot be used: of a prefix, letters of ASCII, digits, "
                "slashes and - _ . = are taken, without a query."
            )
        if not 0 < link_life <= LONGEST_LIFE:
            raise UsageError(
                f"link-life is {link_life:g} s: a signed link holds for up to 604800 s (7 days)."
            )
        return cls(cloud, found["bucket"], prefix, link_life=link_life, environ=environ)

    def __str__(self) -> str:
        return self._shown(self._prefix)

    def _shown(self, key: str) -> str:
        return "/".join(filter(None, (f"{self._cloud.scheme}://{self._name}", key)))

    def publish(self, path: str, sha256: str, name: str, _kind: Kind, format_name: str, /) -> Published:
        """See `Publisher`."""
        what = printable(displayed(path))
        if self._lasting:
            raise NotPublished(f"{what} was not published to {self}: {self._lasting}.")
        data = read_judged(path, sha256)
        extension, content_type = _TYPES.get(format_name, _ANY_TYPE)
        key = "/".join(filter(None, (self._prefix, key_name(name, sha256, extension))))
        if not self._signs:  # before anything is put: what can have no link need not lie there
            self._signed(what, key)
            self._signs = True
        about = {"Content-Type": content_type, "sha256": sha256}
        reused = self._holds(what, key, len(data), about)
        if not reused:
            # In one request, so that what breaks off leaves nothing.
            put = partial(self._putter.put, key, data, attributes=dict(about), use_multipart=False)
            self._put(what, key, put)
        url = self._signed(what, key)
        return Published(url, self._shown(key), removable=True, reused=reused, key=key, sha256=sha256)

    def remove(self, published: Published) -> None:
        """See `Publisher`. What was there before goes too: nobody can tell who put it there, and why.

        A journal says what is to be removed, and whoever writes one could name any object of the bucket: so
        only what is called as a file of these bytes would be goes.
        """
        if not published.removable:
            return
        folder, _, name = published.key.rpartition("/")
        # Put by an earlier run, which had other settings?
        if folder != self._prefix or published.shown != self._shown(published.key):
            raise NotPublished(f"{published.shown} was not removed: it lies elsewhere than in {self}.")
        if not _is_named(name, published.sha256):
            raise NotPublished(
                f"{published.shown} was not removed: its name is not that of a file with these bytes."
            )
        try:
            self._asker.delete(published.key)
        except FileNotFoundError:
            return
        except self._failures as error:
            raise NotPublished(f"{published.shown} was not removed: {trouble(error).words}.") from None

    def _holds(self, what: str, key: str, size: int, about: Mapping[str, str]) -> bool:
        """Whether these very bytes are there; where that is not said, they are put."""
        errors = self._obstore.exceptions
        try:
            found = self._asker.get(key, options={"head": True})
        except (FileNotFoundError, errors.PermissionDeniedError, errors.UnauthenticatedError):
            return False  # what is missing may look forbidden, and only putting says why
        except self._failures as error:
            raise self._problem(what, trouble(error)) from None
        return found.meta["size"] == size and about.items() <= dict(found.attributes).items()

    def _signed(self, what: str, key: str) -> str:
        try:
            return self._obstore.sign(self._asker, "GET", key, self._life)
        except self._failures:
            # Only credentials are looked for meanwhile, never the bucket.
            no_link = f"no credentials were found that can sign a link: {self._cloud.without}"
            raise self._problem(what, Trouble(no_link, lasting=True)) from None

    def _put(self, what: str, key: str, put: Callable[[], object]) -> None:
        try:
            put()
        except self._failures as error:
            met = trouble(error)
            problem = self._problem(what, met)
            raise problem if met.lasting else MaybePublished(str(problem), key) from None

    def _problem(self, what: str, met: Trouble) -> NotPublished:
        if met.lasting:
            self._lasting = met.words
        return NotPublished(f"{what} was not published to {self}: {met.words}.")


def key_name(name: str, sha256: str, extension: str) -> str:
    """A file's name in a bucket: what is plain of its asset's name, its hash, its format.

    >>> key_name("Grüße #1-aaaaaaaaaaaaaaaa", "a" * 64, "png")
    'Grusse-1-aaaaaaaaaaaaaaaa.png'
    >>> key_name("顔", "b" * 64, "jpg")
    'bbbbbbbbbbbbbbbb.jpg'
    """
    short = sha256[:_HEX]
    plain = unicodedata.normalize("NFKD", name.removesuffix(short).replace("ß", "ss"))
    words = re.findall(r"[A-Za-z0-9._]+", "".join(each for each in plain if not unicodedata.combining(each)))
    stem = "-".join(words)[:_LONGEST_STEM].strip("._-")
    return f"{stem}-{short}.{extension}" if stem else f"{short}.{extension}"


def _is_named(name: str, sha256: str) -> bool:
    """Whether `key_name` may have given it to a file with this hash."""
    short = sha256[:_HEX]
    return len(short) == _HEX and bool(
        re.fullmatch(rf"(?:[A-Za-z0-9._-]+-)?{re.escape(short)}\.[a-z0-9]+", name)
    )
