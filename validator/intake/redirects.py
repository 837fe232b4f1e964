"""The hops from a URL to the answer that is no redirect."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urldefrag, urljoin

import httpx

from validator.intake.address import AddressRefused
from validator.intake.answer import NotDownloaded
from validator.intake.secrets import credentials_facts
from validator.intake.url import is_url, parse, shown
from validator.model import ADDRESS_REFUSED, Redirects

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_MAY_STAND = "!#$%&'()*+,/:;=?@[]~"  # what quote() must leave alone in a Location


def follow(
    url: str, ask: Callable[[str], httpx.Response], facts: dict[str, str], at_most: int
) -> tuple[httpx.Response, str]:
    """Ask for `url` and for each address that it redirects to.

    What is met is written into `facts` hop by hop, so that it stands even if the way ends early.

    Raises:
        NotDownloaded: the redirects lead nowhere, or to an address that nothing is sent to.
    """
    hops = [url]
    facts.update(credentials_facts(parse(url).query))
    while True:
        try:
            response = ask(hops[-1])
        except AddressRefused as refused:
            raise _refused(refused, hops) from refused
        if response.status_code not in REDIRECT_STATUSES:
            facts.setdefault("redirects", "none")
            return response, hops[-1]
        locations = response.headers.get_list("location")
        response.close()
        hops.append(_next(hops, locations, at_most))
        facts["redirects"] = "followed"
        facts["redirects_detail"] = _trail(hops)


def _next(hops: list[str], locations: list[str], at_most: int) -> str:
    if not locations or not locations[0].strip():
        raise _ended("broken", f"{_trail(hops)}, which names no further address")
    try:
        location = quote(locations[0].strip(), safe=_MAY_STAND)
        # urljoin takes "http://" for the address that it was found at.
        target = location if is_url(location) else urljoin(hops[-1], location)
    except ValueError:
        raise _ended("broken", f"{_trail(hops)}, which names an address that is malformed") from None
    address = parse(target)
    trail = _trail([*hops, target])
    if address.problem:
        raise _ended("broken", f"{trail}: {address.problem}")
    if address.scheme == "http" and parse(hops[-1]).scheme == "https":
        raise _ended("downgrade", trail)
    if urldefrag(target).url in (urldefrag(hop).url for hop in hops):
        raise _ended("loop", trail)
    if len(hops) > at_most:
        raise _ended("too-many", trail)
    return target


def _refused(refused: AddressRefused, hops: list[str]) -> NotDownloaded:
    """Which address it is, and by which way it was come to."""
    detail = ": ".join(part for part in (_trail(hops) if len(hops) > 1 else "", refused.detail) if part)
    facts = {refused.fact: refused.value, f"{refused.fact}_detail": detail}
    return NotDownloaded(
        {fact: words for fact, words in facts.items() if words},
        dict.fromkeys(("*", "reach", "transfer"), ADDRESS_REFUSED),
    )


def _trail(hops: list[str]) -> str:
    return " → ".join(shown(hop) for hop in hops)


def _ended(redirects: Redirects, detail: str) -> NotDownloaded:
    reason = "the redirects do not lead to a file"
    facts = {"redirects": redirects, "redirects_detail": detail}
    return NotDownloaded(facts, {"reach": reason, "transfer": reason})
