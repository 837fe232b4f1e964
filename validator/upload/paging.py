"""Lists that come in pages, from services that cap them, miscount, repeat or leave gaps; they always end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from validator.errors import PermissionDenied, ServiceUnavailable
from validator.upload.asking import Asker, Request
from validator.upload.exchange import Steps
from validator.upload.reading import Page, page

_MOST_PAGES = 2000
_FRUITLESS = 2  # pages without anything new that are passed over while the service says there is more


class Listed(Protocol):
    """What a list holds."""

    @property
    def id(self) -> str:
        """By which it is told from the others."""


_T = TypeVar("_T", bound=Listed)


@dataclass(frozen=True)
class Listing(Generic[_T]):
    """What is listed, and how its items are read.

    Args:
        operation: of the table.
        query: without the number of the page and its size.
        item: reads one item.
        optional: an account that may not see this list holds nothing in it.
    """

    operation: str
    query: Sequence[tuple[str, str]]
    item: Callable[[Any], _T]
    optional: bool = False


@dataclass
class Pages(Generic[_T]):
    """Goes through one or several lists, page by page; each item comes once.

    Args:
        asker: asks.
        listings: one behind the other.
        page_size: how many items a page is to hold; the service may give fewer.
    """

    asker: Asker
    listings: Sequence[Listing[_T]]
    page_size: int
    _seen: set[str] = field(default_factory=set, init=False)
    _at: int = field(default=0, init=False)
    _number: int = field(default=0, init=False)
    _here: set[str] = field(default_factory=set, init=False)
    _fruitless: int = field(default=0, init=False)

    def next_page(self) -> Steps[tuple[_T, ...] | None]:
        """The next items that were not there yet, perhaps none; `None`: that was all.

        Raises:
            ServiceError: as its kinds say.
        """
        if self._at >= len(self.listings):
            return None
        listing = self.listings[self._at]
        self._number += 1
        if self._number > _MOST_PAGES:
            raise ServiceUnavailable(f"The service's list does not end after {_MOST_PAGES} pages.")
        try:
            found = yield from self.asker.ask(
                self._request(listing), lambda payload: page(payload, listing.item)
            )
        except PermissionDenied:
            if not listing.optional:
                raise
            found = Page(())
        return self._taken(found)

    def _request(self, listing: Listing[_T]) -> Request:
        numbers = (("page_number", str(self._number)), ("page_size", str(self.page_size)))
        return Request(listing.operation, query=(*listing.query, *numbers))

    def _taken(self, found: Page[_T]) -> tuple[_T, ...]:
        named = {item.id: item for item in found.items}
        self._fruitless = self._fruitless + 1 if named.keys() <= self._here else 0
        self._here |= named.keys()
        new = tuple(item for item in named.values() if item.id not in self._seen)
        self._seen |= named.keys()
        if self._ends(found):
            self._at += 1
            self._number = self._fruitless = 0
            self._here = set()
        return new

    def _ends(self, found: Page[_T]) -> bool:
        """Whether this list is at its end, believing neither a count nor a short page alone."""
        says_more = found.total is not None and len(self._here) < found.total
        if self._fruitless:
            return not says_more or self._fruitless > _FRUITLESS
        # A count that is exceeded is wrong, and none says nothing: then an empty page alone is the end.
        full = len(found.items) >= min(found.size or self.page_size, self.page_size)
        return not full and found.total == len(self._here)
