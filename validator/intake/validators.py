"""By what a host can say that a file is still the one that it sent before (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from validator.model import LinkFacts

_STRONG = re.compile(r'"[\x21\x23-\x7e]{1,200}"')
_OLD_ENOUGH = timedelta(seconds=60)  # or a file may have changed twice within the second that a date names
_OF_THE_ANSWER = (
    *("reach", "reach_detail", "content_type", "content_type_agreement", "page", "page_detail"),
    *("content_length", "transfer", "transfer_detail", "fetch_seconds", "ranges", "ranges_detail"),
    *("head", "head_detail"),
)


class Validators(msgspec.Struct, frozen=True):
    """What a host said of a file that it sent: a strong ETag, or a date of change, and its length.

    `place` stands for the address that the file came from, redirects followed, without telling it: nothing is
    asked of another one, whose ETags mean something else.

    >>> Validators("", '"abc"', "", 10).condition
    {'If-None-Match': '"abc"'}
    """

    place: str
    etag: str
    last_modified: str
    length: int

    @property
    def condition(self) -> dict[str, str]:
        """The header of a request that wants the file only if it is another one."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.last_modified}

    def for_place(self, url: str) -> dict[str, str]:
        """The `condition`, if this is the address that the file came from; nothing otherwise."""
        return self.condition if place_of(url) == self.place else {}

    def agree(self, headers: Mapping[str, str]) -> bool:
        """Whether the headers of a 304 are about the same file, as far as they say anything.

        >>> Validators("", '"abc"', "", 10).agree({"etag": '"other"'})
        False
        """
        etag = headers.get("etag", "").strip()
        length = headers.get("content-length", "").strip()
        return (not self.etag or etag in ("", self.etag)) and length in ("", "0", str(self.length))


def place_of(url: str) -> str:
    """What stands for an address, which may hold secrets."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def validators_of(headers: Mapping[str, str], length: int, url: str) -> Validators | None:
    """What an answer with a whole file says of it; `None` where nothing in it can be trusted.

    A weak ETag is none, since other bytes may have the same one.

    >>> validators_of({"etag": 'W/"abc"'}, 10, "https://a.example/b.png") is None
    True
    """
    etag = headers.get("etag", "").strip()
    if _STRONG.fullmatch(etag):
        return Validators(place_of(url), etag, "", length)
    changed = headers.get("last-modified", "").strip()
    if _is_old(changed, headers.get("date", "")):
        return Validators(place_of(url), "", changed, length)
    return None


def _is_old(changed: str, sent: str) -> bool:
    """Whether a file was left alone for long enough, by the host's clock, for its date to mean it alone."""
    from email.utils import parsedate_to_datetime  # for URLs alone

    try:
        return parsedate_to_datetime(sent[:100]) - parsedate_to_datetime(changed[:100]) >= _OLD_ENOUGH
    except (TypeError, ValueError, IndexError, OverflowError):  # what the parser raises for what is no date
        return False


def carried(link: LinkFacts, earlier: LinkFacts) -> LinkFacts:
    """A link that leads to an unmodified file, with what was known of the answer when that came.

    >>> carried(LinkFacts(redirects="none"), LinkFacts(redirects="followed", transfer="complete")).transfer
    'complete'
    """
    return msgspec.structs.replace(link, **{name: getattr(earlier, name) for name in _OF_THE_ANSWER})
