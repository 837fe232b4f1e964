"""Which hosts may be reached: every address of a host is looked at before anything is sent to it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from validator.intake.host import canonical
from validator.intake.networks import METADATA_NAMES, Standing, standing
from validator.intake.url import Address

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to the host's IP addresses; raises OSError where there are none."""

PORTS = (80, 443, 8080, 8443)
"""The ports that are used unless others are configured."""

_SHOWN_AT_MOST = 100


class AddressRefused(Exception):
    """A URL that nothing is sent to: which fact says so, its value, and the words for it."""

    def __init__(self, fact: Literal["host", "port", "credentials"], value: str, detail: str) -> None:
        self.fact = fact
        self.value = value
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True)
class Checked:
    """Addresses of a host that may be connected to.

    `permitted` says in words which of them is not public, where the guard lets such a host pass.
    """

    addresses: tuple[str, ...]
    permitted: str = ""


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """The addresses that this machine knows for a host, in the order in which it would try them.

    >>> system_resolver("127.0.0.1", 80)
    ('127.0.0.1',)
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class HostGuard:
    """Decides which hosts may be reached: public ones, on a few ports.

    Args:
        allow_private: let hosts pass that are not public, such as a server on this machine, on any port.
            Metadata services of clouds and link-local addresses are never reached.
        ports: what a URL's port may be.
        resolve: asked once for each connection, which then goes to one of the addresses that it named.

    >>> HostGuard().addresses("1.1.1.1", 443)
    ('1.1.1.1',)
    >>> HostGuard().addresses("127.0.0.1", 443)
    Traceback (most recent call last):
        ...
    validator.intake.address.AddressRefused: 127.0.0.1, loopback (RFC 1122)
    """

    allow_private: bool = False
    ports: frozenset[int] = frozenset(PORTS)
    resolve: Resolver = system_resolver

    def check(self, address: Address) -> None:
        """Refuse what a well-formed URL's text alone gives away. Nothing is looked up.

        Raises:
            AddressRefused: for user and password, for its port, or for an address in place of a name.
        """
        if address.credentials:
            raise AddressRefused("credentials", "user-info", "")
        try:
            self._check_name(address.host)
            if is_ip(address.host):
                self._judged(address.host, address.port, [address.host])
            elif not self.allow_private:
                self._check_port(address.port)
        except AddressRefused as refused:
            if refused.fact != "host" or address.written in refused.detail:
                raise
            detail = f"{address.written[:_SHOWN_AT_MOST]} → {refused.detail}"
            raise AddressRefused(refused.fact, refused.value, detail) from None

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses of a host, every one of which may be connected to.

        Raises:
            AddressRefused: one of them may not, or the port may not.
            socket.gaierror: the host has none.
        """
        return self.checked(host, port).addresses

    def checked(self, host: str, port: int) -> Checked:
        """The addresses of a host, and whether any is reached only because the guard was told so.

        Raises:
            AddressRefused: one of them may not be reached, or the port may not.
            socket.gaierror: the host has none.
        """
        try:
            host = canonical(host)
        except ValueError as error:
            raise socket.gaierror(socket.EAI_NONAME, str(error)) from error
        self._check_name(host)
        if is_ip(host):
            return self._judged(host, port, [host])
        if not self.allow_private:
            self._check_port(port)
        return self._judged(host, port, self._looked_up(host, port))

    def _looked_up(self, host: str, port: int) -> list[str]:
        try:
            found = list(self.resolve(host, port))
        except socket.gaierror:
            raise
        except (OSError, ValueError) as error:  # ValueError: names that the system cannot even ask for
            words = str(getattr(error, "strerror", None) or error)[:_SHOWN_AT_MOST]
            raise socket.gaierror(socket.EAI_FAIL, words or "the look-up failed") from error
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        if not all(isinstance(text, str) and is_ip(text) for text in found):
            raise socket.gaierror(socket.EAI_FAIL, "the look-up brought something that is no address")
        return found

    def _judged(self, host: str, port: int, found: list[str]) -> Checked:
        """Every address counts: which of them a fetcher takes is chance."""
        standings = [standing(ipaddress.ip_address(text)) for text in found]
        worst = max(standings, key=lambda each: each.rank)
        words = _words(host, found[standings.index(worst)], worst)
        if worst.level == "forbidden":
            raise AddressRefused("host", "forbidden", words)
        if worst.level == "private" and not self.allow_private:
            raise AddressRefused("host", "private", words)
        if any(each.level == "public" for each in standings):
            self._check_port(port)
        addresses = tuple(str(ipaddress.ip_address(text)) for text in found)
        return Checked(addresses, words if worst.level == "private" else "")

    def _check_port(self, port: int) -> None:
        if port not in self.ports:
            allowed = ", ".join(str(port) for port in sorted(self.ports))
            raise AddressRefused("port", "refused", f"{port}, not one of {allowed}")

    @staticmethod
    def _check_name(host: str) -> None:
        provider = METADATA_NAMES.get(host)
        if provider is not None:
            raise AddressRefused("host", "forbidden", f"{host}, the metadata service of {provider}")


def checked_facts(checked: Checked, before: Mapping[str, str]) -> dict[str, str]:
    """What a connection that stands says about the host; what is known of earlier hops comes first.

    >>> checked_facts(Checked(("1.1.1.1",)), {})
    {'host': 'public'}
    """
    if "host" in before and (before["host"] != "public" or not checked.permitted):
        return {}
    if checked.permitted:
        return {"host": "permitted", "host_detail": checked.permitted}
    return {"host": "public"}


def unchecked_facts(address: Address) -> dict[str, str]:
    """What is known of a host that a transport of the caller's own connects to, which is not asked where.

    >>> unchecked_facts(Address("https", host="a.example"))["host"]
    'permitted'
    """
    return {
        "host": "permitted",
        "host_detail": f"{address.host[:_SHOWN_AT_MOST]}, through a transport of the caller's own",
    }


def _words(host: str, address: str, standing: Standing) -> str:
    shown = address if address == host else f"{host[:_SHOWN_AT_MOST]} → {address}"
    return f"{shown}, {standing.words}"


def is_ip(host: str) -> bool:
    """Whether a host is an IP address in place of a name.

    >>> is_ip("127.0.0.1"), is_ip("::1"), is_ip("localhost")
    (True, True, False)
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
