"""Whether an address serves, at this moment, the bytes that were judged."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from validator.profile import Profile
from validator.settings import Config

if TYPE_CHECKING:
    import httpx

SameBytes = Callable[[str, str], None]
"""Given a URL and the sha256 of what was judged, raises NotPublished or FileChanged."""


class SameBytesCheck:
    """Fetches anew and compares; a context manager, safe from several threads. See `same_bytes_check`."""

    def __enter__(self) -> SameBytesCheck:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""

    def __call__(self, url: str, sha256: str) -> None:
        """Fetch a URL and compare.

        Raises:
            NotPublished: it cannot be fetched, or breaks a rule for URLs that weighs as an error.
            FileChanged: it serves other bytes than those that were judged.
            Cancelled: the caller's `cancelled` said so.
        """
        raise NotImplementedError


def same_bytes_check(
    config: Config,
    profile: Profile,
    transport: httpx.BaseTransport | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SameBytesCheck:
    """A check with the limits, the hosts and the rules for URLs that `lint` has."""
    raise NotImplementedError
