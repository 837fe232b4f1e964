"""Whether a URL may be fetched on a stranger's word: what `lint` asks before it sends a byte, alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from validator.errors import UrlRefused
from validator.intake.address import PORTS, AddressRefused, HostGuard, Resolver, system_resolver
from validator.intake.url import parse, shown
from validator.report.escape import printable

_REFUSALS = {
    ("host", "private"): ("URL002", "its host is not public ({})"),
    ("host", "forbidden"): ("URL002", "its host is one that nothing is ever sent to ({})"),
    ("credentials", "user-info"): ("URL007", "it holds a user or a password before its host"),
    ("port", "refused"): ("URL012", "its port is none of those that are used ({})"),
}


@dataclass(frozen=True)
class CheckedUrl:
    """A URL that may be fetched, and every address that its host had when it was checked.

    `url` is as it was given, and left out where this is printed, since its query may hold secrets. `host` is
    as it is looked up: in ASCII, a number as an address, without brackets and without a dot at the end.
    """

    url: str = field(repr=False)
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]


def check_url(
    url: str,
    *,
    allow_private_hosts: bool = False,
    ports: Iterable[int] = PORTS,
    resolve: Resolver | None = None,
) -> CheckedUrl:
    """Look at a URL, and look up its host, before anything is sent to it.

    Whoever fetches it has to connect to one of the `addresses`, as at a second look-up the name may mean
    another one, and to check each redirect in the same way. `lint` does both. The look-up takes as long as
    the system lets it. `resolve(host, port)` replaces it: it gives addresses as texts, or raises OSError.

    Args:
        url: http or https; plain http is not refused.
        allow_private_hosts: let hosts pass that are not public, on any port, but for metadata services of
            clouds and link-local addresses.
        ports: what its port may be.
        resolve: asked once, and not at all where the host is an address.

    Raises:
        UrlRefused: it is malformed or neither http nor https (URL001), its host is not public in all of its
            addresses (URL002) or has none (URL003), it holds user or password (URL007), or its port is not
            among `ports` (URL012).

    >>> check_url("https://cdn.example.com/a.png", resolve=lambda host, port: ["1.1.1.1"]).addresses
    ('1.1.1.1',)
    >>> check_url("http://10.1/a.png?key=secret")
    Traceback (most recent call last):
        ...
    validator.errors.UrlRefused: http://10.1/a.png?… is refused: its host is not public (10.1 → 10.0.0.1, a \
private network (RFC 1918)) [URL002]
    """
    guard = HostGuard(allow_private_hosts, frozenset(ports), resolve or system_resolver)
    address = parse(url)
    if address.problem:
        raise _refused("URL001", url, address.problem)
    try:
        guard.check(address)
        addresses = guard.addresses(address.host, address.port)
    except AddressRefused as refused:
        code, words = _REFUSALS[refused.fact, refused.value]
        raise _refused(code, url, words.format(refused.detail)) from None
    except OSError as error:
        reason = error.strerror or "it has no address"
        raise _refused("URL003", url, f"its host could not be looked up ({reason})") from error
    return CheckedUrl(url, address.scheme, address.host, address.port, addresses)


def _refused(code: str, url: str, reason: str) -> UrlRefused:
    """Without secrets, and without what a log or a terminal would act upon."""
    return UrlRefused(code, printable(f"{shown(url)} is refused: {reason}"))
