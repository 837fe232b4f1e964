"""Whether an address serves, at this moment, the bytes that were judged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from validator.config import policy_for
from validator.downloads import new_downloader
from validator.errors import FileChanged, NotPublished
from validator.findings import Severity
from validator.intake.download import Downloader
from validator.intake.settled import settled
from validator.intake.source import Source
from validator.intake.url import shown
from validator.judge import Policy, judge
from validator.model import Asset, Facts
from validator.probe.link import link_facts
from validator.probe.sniff import sniff
from validator.profile import Profile
from validator.report.escape import printable
from validator.settings import Config
from validator.upload.publish import differing

if TYPE_CHECKING:
    import httpx

SameBytes = Callable[[str, str], None]
"""Given a URL and the sha256 of what was judged, raises NotPublished or FileChanged."""

_CHUNK = 1 << 20
_WHY = ("transfer", "reach", "*")


def same_bytes_check(
    config: Config,
    profile: Profile,
    transport: httpx.BaseTransport | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SameBytesCheck:
    """A check with the limits, the hosts and the rules for URLs that `lint` has with this configuration."""
    downloader = new_downloader(config, profile, transport=transport, cancelled=cancelled)
    return SameBytesCheck(config, profile, downloader)


class SameBytesCheck:
    """Fetches a URL anew, and compares; a context manager, safe from several threads at once.

    What was published is a URL that nobody has judged, so those rules of the profile that are about URLs are
    applied to it, as far as the user lets them run: a web page, a 404 or a host that is not public is
    refused, and the message says so.

    >>> from validator.profile import default_profile
    >>> with same_bytes_check(Config(), default_profile()) as same_bytes:
    ...     same_bytes("http://127.0.0.1/a.png?key=1", "0" * 64)
    Traceback (most recent call last):
        ...
    validator.errors.NotPublished: http://127.0.0.1/a.png?… is not forwarded: The host is not public, and \
nothing was sent to it (127.0.0.1, loopback (RFC 1122)). [URL002]
    """

    def __init__(self, config: Config, profile: Profile, downloader: Downloader) -> None:
        self._config = config
        self._profile = profile
        self._downloader = downloader

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
        self._downloader.close()

    def __call__(self, url: str, sha256: str) -> None:
        """Fetch and compare.

        Raises:
            NotPublished: it cannot be fetched, or breaks a rule for URLs that weighs as an error.
            FileChanged: it serves other bytes than those that were judged.
            Cancelled: it was asked to stop.
        """
        asset = Asset(url, url, is_url=True)
        with self._downloader.fetch(asset) as source:
            facts = settled(_facts(source), source)
        named = printable(shown(url))
        if facts.link is not None and facts.link.transfer == "changed":
            raise FileChanged(f"{named} serves other bytes each time it is asked.")
        problem = self._broken_rule(asset, facts)
        found = facts.file.sha256
        if problem or found is None:
            raise NotPublished(f"{named} is not forwarded: {printable(problem or _why_not_fetched(facts))}")
        if found != sha256:
            raise FileChanged(f"{named} does not serve what was judged ({differing(sha256, found)}).")

    def _broken_rule(self, asset: Asset, facts: Facts) -> str:
        chosen = policy_for(asset, self._config, self._profile)
        about_urls = {rule.code for rule in self._profile.rules if rule.applies == "url"}
        codes = about_urls if chosen.codes is None else about_urls & chosen.codes
        policy = Policy(frozenset(codes), chosen.severities, chosen.limits)
        findings, _ = judge(asset, facts, self._profile, policy)
        errors = (each for each in findings if each.severity is Severity.ERROR)
        return next((f"{each.message} [{each.code}]" for each in errors), "")


def _facts(source: Source) -> Facts:
    """What the way to the file tells, and its digest; the media itself was looked at before."""
    if source.file is None or source.link is None:
        return Facts(file=source.access, link=source.link, unmeasured=source.unmeasured)
    link = link_facts(source.link, sniff(source.file), source.url_after_redirects)
    file = msgspec.structs.replace(source.access, sha256=_digest(source.file))
    return Facts(file=file, link=link, unmeasured=source.unmeasured)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _why_not_fetched(facts: Facts) -> str:
    details = (facts.link.reach_detail, facts.link.scheme_detail) if facts.link is not None else ()
    said = [facts.unmeasured[name] for name in _WHY if name in facts.unmeasured]
    return f"{next((each for each in (*details, *said) if each), 'it could not be fetched')}."
