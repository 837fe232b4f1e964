"""What an IP address stands for: public, of some special use, or one that clouds give secrets away at."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from types import MappingProxyType
from typing import Literal

Level = Literal["public", "private", "forbidden"]
_IP = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network
_RANKS: Mapping[Level, int] = MappingProxyType({"public": 0, "private": 1, "forbidden": 2})


@dataclass(frozen=True)
class Standing:
    """How public an address is, and in words what it is."""

    level: Level
    words: str

    @property
    def rank(self) -> int:
        """The higher, the less it may be reached."""
        return _RANKS[self.level]


METADATA_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "metadata": "Google Cloud",
        "metadata.goog": "Google Cloud",
        "metadata.google.internal": "Google Cloud",
        "metadata.azure.internal": "Azure",
        "metadata.oraclecloud.com": "Oracle Cloud",
        "metadata.packet.net": "Equinix Metal",
        "metadata.platformequinix.com": "Equinix Metal",
        "metadata.tencentyun.com": "Tencent Cloud",
        "instance-data": "AWS",
        "instance-data.ec2.internal": "AWS",
        "rancher-metadata": "Rancher",
    }
)
"""Names that mean a metadata service wherever they mean anything."""

# What gives credentials to whoever asks from inside a cloud. The narrower network stands first.
_FORBIDDEN: tuple[tuple[str, str], ...] = (
    (
        "169.254.169.254/32",
        "the metadata service of AWS, Google Cloud, Azure, Oracle, DigitalOcean and others",
    ),
    ("169.254.170.2/32", "the credentials of AWS ECS tasks"),
    ("169.254.170.23/32", "the credentials of AWS EKS pods"),
    ("169.254.169.250/32", "the metadata service of Rancher"),
    ("169.254.0.23/32", "the metadata service of Tencent Cloud"),
    ("169.254.42.42/32", "the metadata service of Scaleway"),
    ("169.254.0.0/16", "link-local (RFC 3927), where clouds keep their metadata services"),
    ("100.100.100.200/32", "the metadata service of Alibaba Cloud"),
    ("100.96.0.96/32", "the metadata service of Volcengine"),
    ("100.80.80.80/32", "the metadata service of UCloud"),
    ("168.63.129.16/32", "the platform service of Azure"),
    ("192.0.0.192/32", "the metadata service of Oracle Cloud"),
    ("192.80.8.124/32", "the metadata service of Equinix Metal"),
    ("fd00:ec2::254/128", "the metadata service of AWS"),
    ("fd00:ec2::23/128", "the credentials of AWS EKS pods"),
    ("fd00:ec2::/32", "a platform service of AWS"),
    ("fd20:ce::254/128", "the metadata service of Google Cloud"),
    ("fd00:c1::a9fe:a9fe/128", "the metadata service of Oracle Cloud"),
    ("fd00:42::42/128", "the metadata service of Scaleway"),
    ("fd00:a9fe:a9fe::1/128", "the metadata service of Akamai (Linode)"),
    ("fe80::a9fe:a9fe/128", "the metadata service of OpenStack"),
    ("fe80::/10", "link-local (RFC 4291)"),
    # Wherever a network puts its prefix in here, an IPv4 address follows: any, metadata services too.
    ("64:ff9b:1::/48", "a translation to IPv4 inside one network (RFC 8215)"),
)

# The special-purpose registries of IANA, and what else is no host on the internet.
_PRIVATE: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network (RFC 1122)"),
    ("10.0.0.0/8", "a private network (RFC 1918)"),
    ("100.64.0.0/10", "carrier-grade NAT (RFC 6598)"),
    ("127.0.0.0/8", "loopback (RFC 1122)"),
    ("172.16.0.0/12", "a private network (RFC 1918)"),
    ("192.0.0.0/24", "protocol assignments (RFC 6890)"),
    ("192.0.2.0/24", "documentation (RFC 5737)"),
    ("192.88.99.0/24", "6to4 relays (RFC 7526)"),
    ("192.168.0.0/16", "a private network (RFC 1918)"),
    ("198.18.0.0/15", "benchmarking (RFC 2544)"),
    ("198.51.100.0/24", "documentation (RFC 5737)"),
    ("203.0.113.0/24", "documentation (RFC 5737)"),
    ("224.0.0.0/4", "multicast (RFC 5771)"),
    ("255.255.255.255/32", "broadcast (RFC 919)"),
    ("240.0.0.0/4", "reserved (RFC 1112)"),
    ("::/128", "no address (RFC 4291)"),
    ("::1/128", "loopback (RFC 4291)"),
    ("::ffff:0:0/96", "IPv4-mapped (RFC 4291)"),
    ("::ffff:0:0:0/96", "IPv4-translated (RFC 2765)"),
    ("::/96", "IPv4-compatible (RFC 4291)"),
    ("100::/64", "a black hole (RFC 6666)"),
    ("100:0:0:1::/64", "a dummy prefix (RFC 9780)"),
    ("2001::/32", "Teredo (RFC 4380)"),
    ("2001:2::/48", "benchmarking (RFC 5180)"),
    ("2001:10::/28", "ORCHID (RFC 4843)"),
    ("2001:20::/28", "ORCHIDv2 (RFC 7343)"),
    ("2001::/23", "protocol assignments (RFC 2928)"),
    ("2001:db8::/32", "documentation (RFC 3849)"),
    ("3fff::/20", "documentation (RFC 9637)"),
    ("3ffe::/16", "the former 6bone (RFC 3701)"),
    ("5f00::/16", "segment routing (RFC 9602)"),
    ("fc00::/7", "unique local (RFC 4193)"),
    ("fec0::/10", "site-local (RFC 3879)"),
    ("ff00::/8", "multicast (RFC 4291)"),
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # a resolver for hosts without IPv4 gives these out for any name
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_LAST_32_BITS = tuple(
    IPv6Network(network) for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def _networks(table: tuple[tuple[str, str], ...]) -> tuple[tuple[_Network, str], ...]:
    return tuple((ipaddress.ip_network(network), words) for network, words in table)


_TABLES: tuple[tuple[Level, tuple[tuple[_Network, str], ...]], ...] = (
    ("forbidden", _networks(_FORBIDDEN)),
    ("private", _networks(_PRIVATE)),
)


def standing(address: _IP) -> Standing:
    """What an address is. IPv4 addresses inside an IPv6 address count as well: the worst decides.

    >>> standing(ipaddress.ip_address("1.1.1.1")).level
    'public'
    >>> standing(ipaddress.ip_address("64:ff9b::a00:5")).words
    '10.0.0.5 inside IPv6, a private network (RFC 1918)'
    """
    worst = _own(address)
    if isinstance(address, IPv6Address):
        for inner in _embedded(address):
            found = _own(inner)
            if found.rank > worst.rank or (found.rank == worst.rank and found.level != "public"):
                worst = Standing(found.level, f"{inner} inside IPv6, {found.words}")
    return worst


def _own(address: _IP) -> Standing:
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return Standing("forbidden", "an address with a zone, which means something on one machine only")
    for level, table in _TABLES:
        for network, words in table:
            if address.version == network.version and address in network:
                return Standing(level, words)
    if isinstance(address, IPv4Address):
        public = address.is_global
    else:
        public = address in _NAT64 or (address in _GLOBAL_UNICAST and address.is_global)
    return Standing("public", "public") if public else Standing("private", "reserved (IANA)")


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """Every IPv4 address that a router on the way may take this one for."""
    value = int(address)
    last = value & 0xFFFFFFFF
    if value > 1 and any(address in network for network in _LAST_32_BITS):
        yield IPv4Address(last)
    if address in _SIX_TO_FOUR:
        yield IPv4Address(value >> 80 & 0xFFFFFFFF)
    if address in _TEREDO:
        yield IPv4Address(value >> 64 & 0xFFFFFFFF)  # its server
        yield IPv4Address(last ^ 0xFFFFFFFF)  # its client
    if value >> 32 & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(last)
