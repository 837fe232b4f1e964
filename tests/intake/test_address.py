"""Which hosts may be reached: the table of networks, IPv4 inside IPv6, and what a look-up may bring."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from validator.intake.address import AddressRefused, Checked, HostGuard, Resolver, system_resolver
from validator.intake.networks import standing
from validator.intake.url import parse

SPECIAL = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "a private network",
    "100.64.0.0/10": "carrier-grade NAT",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "a private network",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.168.0.0/16": "a private network",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
SPECIAL_6 = {
    "100::/64": "a black hole",
    "2001:2::/48": "benchmarking",
    "2001:20::/28": "ORCHIDv2",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "unique local",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
METADATA = {
    "169.254.169.254": "AWS",
    "169.254.170.2": "AWS ECS",
    "169.254.170.23": "AWS EKS",
    "169.254.0.23": "Tencent",
    "100.100.100.200": "Alibaba",
    "100.96.0.96": "Volcengine",
    "168.63.129.16": "Azure",
    "192.0.0.192": "Oracle",
    "fd00:ec2::254": "AWS",
    "fd00:ec2::23": "AWS EKS",
    "fd20:ce::254": "Google",
    "fd00:42::42": "Scaleway",
    "fd00:c1::a9fe:a9fe": "Oracle",
    "fe80::a9fe:a9fe": "OpenStack",
}
PUBLIC = ("1.1.1.1", "8.8.8.8", "9.9.9.9", "223.5.5.5", "2606:4700:4700::1111", "2a00:1450:4001:82f::200e")


def high(prefix: str) -> int:
    return int(IPv6Address(prefix))


# How a router may come to an IPv4 address from one of IPv6.
FORMS: dict[str, Callable[[int], int]] = {
    "mapped": lambda v4: high("::ffff:0:0") | v4,
    "translated": lambda v4: high("::ffff:0:0:0") | v4,
    "compatible": lambda v4: v4,
    "6to4": lambda v4: high("2002::") | v4 << 80 | 1,
    "Teredo server": lambda v4: high("2001::") | v4 << 64 | 0x01010101,
    "Teredo client": lambda v4: high("2001::") | 0x01010101 << 64 | v4 ^ 0xFFFFFFFF,
    "NAT64": lambda v4: high("64:ff9b::") | v4,
    "local NAT64": lambda v4: high("64:ff9b:1::") | v4,
    "ISATAP": lambda v4: high("2606:4700::") | 0x5EFE << 32 | v4,
    "global ISATAP": lambda v4: high("2606:4700::") | 0x02005EFE << 32 | v4,
}
HIDDEN = st.sampled_from(sorted(FORMS))


def inside(network: str) -> st.SearchStrategy[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    return st.ip_addresses(network=network)


def answering(*addresses: str) -> Resolver:
    return lambda _host, _port: addresses


def refused(guard: HostGuard, host: str, port: int = 443) -> AddressRefused:
    with pytest.raises(AddressRefused) as error:
        guard.addresses(host, port)
    return error.value


class TestTheTable:
    @given(st.data(), st.sampled_from(sorted(SPECIAL.items()) + sorted(SPECIAL_6.items())))
    def test_no_address_of_a_special_network_is_public(
        self, data: st.DataObject, special: tuple[str, str]
    ) -> None:
        network, words = special
        address = data.draw(inside(network))
        found = standing(address)
        assert found.level != "public"
        if str(address) not in METADATA and found.level == "private" and words != "reserved":
            assert words in found.words

    @given(st.data(), st.sampled_from(sorted(SPECIAL)), HIDDEN)
    def test_no_special_address_is_public_inside_ipv6(
        self, data: st.DataObject, network: str, form: str
    ) -> None:
        v4 = data.draw(inside(network))
        found = standing(IPv6Address(FORMS[form](int(v4))))
        assert found.rank >= standing(v4).rank >= 1
        assert refused(HostGuard(), str(IPv6Address(FORMS[form](int(v4))))).fact == "host"

    @pytest.mark.parametrize(("address", "provider"), METADATA.items())
    def test_metadata_services_are_forbidden_whatever_is_permitted(self, address: str, provider: str) -> None:
        refusal = refused(HostGuard(allow_private=True), address)
        assert refusal.value == "forbidden"
        assert provider in refusal.detail

    @given(st.sampled_from([text for text in METADATA if ":" not in text]), HIDDEN)
    def test_metadata_services_are_forbidden_inside_ipv6_too(self, address: str, form: str) -> None:
        hidden = IPv6Address(FORMS[form](int(IPv4Address(address))))
        assert refused(HostGuard(allow_private=True), str(hidden)).value == "forbidden"

    @pytest.mark.parametrize("address", PUBLIC)
    def test_well_known_public_addresses_pass(self, address: str) -> None:
        assert HostGuard().addresses(address, 443) == (address,)

    @given(st.ip_addresses(v=4))
    def test_what_is_public_is_global_and_what_is_global_is_public(self, address: IPv4Address) -> None:
        found = standing(address)
        ours = ("Azure", "Equinix", "6to4", "protocol assignments")  # stricter than the registry
        assume(not any(word in found.words for word in ours))
        assert (found.level == "public") == (address.is_global and not address.is_multicast)

    @given(st.ip_addresses(v=6, network="2000::/3"))
    def test_of_ipv6_only_global_unicast_is_public(self, address: IPv6Address) -> None:
        if standing(address).level == "public":
            assert address.is_global
        elif standing(address).words == "reserved (IANA)":
            assert not address.is_global

    @given(st.ip_addresses(v=6))
    def test_nothing_else_of_ipv6_is_public(self, address: IPv6Address) -> None:
        assume(address not in ipaddress.ip_network("2000::/3"))
        assume(address not in ipaddress.ip_network("64:ff9b::/96"))
        assert standing(address).level != "public"

    def test_a_translated_public_address_passes_as_networks_without_ipv4_need_it(self) -> None:
        assert standing(IPv6Address("64:ff9b::1.1.1.1")).level == "public"

    def test_an_address_with_a_zone_is_forbidden(self) -> None:
        assert standing(IPv6Address("2606:4700::1%eth0")).level == "forbidden"


class TestALookUp:
    @pytest.mark.parametrize("bad", ["10.0.0.5", "::1", "fe80::1%eth0", "::ffff:192.168.0.1"])
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_with_one_bad_record_is_refused(self, bad: str, place: int) -> None:
        records = ["1.1.1.1", "2606:4700::1111"]
        records.insert(place, bad)
        refusal = refused(HostGuard(resolve=answering(*records)), "internal.example")
        assert refusal.fact == "host"
        assert refusal.detail.startswith(f"internal.example → {bad}, ")

    def test_names_the_worst_record(self) -> None:
        guard = HostGuard(allow_private=True, resolve=answering("10.0.0.5", "169.254.169.254"))
        assert refused(guard, "a.example").detail.startswith("a.example → 169.254.169.254, the metadata")

    def test_says_what_it_is(self) -> None:
        refusal = refused(HostGuard(resolve=answering("10.0.0.5")), "internal.example")
        assert refusal.detail == "internal.example → 10.0.0.5, a private network (RFC 1918)"

    def test_is_permitted_with_its_words_kept(self) -> None:
        guard = HostGuard(allow_private=True, resolve=answering("127.0.0.1"))
        assert guard.checked("a.example", 12345) == Checked(
            ("127.0.0.1",), "a.example → 127.0.0.1, loopback (RFC 1122)"
        )

    def test_of_an_address_is_not_made(self) -> None:
        def never(host: str, _port: int) -> Sequence[str]:
            raise AssertionError(host)

        assert HostGuard(resolve=never).addresses("0x01.0x01.1.1", 443) == ("1.1.1.1",)
        assert refused(HostGuard(resolve=never), "2130706433").value == "private"

    @pytest.mark.parametrize(
        "error",
        [
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            OSError(5, "Input/output error"),
            OSError(),
            TimeoutError("timed out"),
            UnicodeError("label too long"),
            UnicodeEncodeError("idna", "x", 0, 1, "label too long"),
            ValueError("embedded null byte"),
        ],
    )
    def test_that_fails_in_any_way_is_one_kind_of_error(self, error: Exception) -> None:
        def fail(_host: str, _port: int) -> Sequence[str]:
            raise error

        with pytest.raises(socket.gaierror) as raised:
            HostGuard(resolve=fail).addresses("a.example", 443)
        assert raised.value.strerror

    @pytest.mark.parametrize(
        "records",
        [(), ("",), ("nonsense",), ("1.1.1.1", "a.example"), ("1.1.1.1%eth0",), (b"\1\1\1\1",), (None,)],
    )
    def test_that_brings_nothing_or_nonsense_is_the_same(self, records: tuple[str, ...]) -> None:
        with pytest.raises(socket.gaierror):
            HostGuard(resolve=answering(*records)).addresses("a.example", 443)

    @given(st.text(max_size=300), st.lists(st.text(max_size=20) | st.ip_addresses().map(str), max_size=4))
    def test_never_fails_in_another_way(self, host: str, records: list[str]) -> None:
        guard = HostGuard(resolve=lambda _host, _port: records)
        try:
            addresses = guard.addresses(host, 443)
        except (AddressRefused, OSError):
            return
        assert all(standing(ipaddress.ip_address(address)).level == "public" for address in addresses)

    def test_by_the_system_asks_for_names_too(self) -> None:
        assert set(system_resolver("localhost", 80)) <= {"127.0.0.1", "::1"}
        with pytest.raises(socket.gaierror):
            system_resolver("no-such-host.invalid", 80)


class TestPorts:
    @pytest.mark.parametrize("port", [80, 443, 8080, 8443])
    def test_in_use_pass(self, port: int) -> None:
        assert HostGuard().addresses("1.1.1.1", port)

    @pytest.mark.parametrize("port", [22, 25, 6379, 8000])
    def test_others_are_refused_unless_named(self, port: int) -> None:
        refusal = refused(HostGuard(), "1.1.1.1", port)
        assert (refusal.fact, refusal.detail) == ("port", f"{port}, not one of 80, 443, 8080, 8443")
        assert HostGuard(ports=frozenset({port})).addresses("1.1.1.1", port)

    def test_of_a_permitted_private_host_are_all_fine_and_of_a_public_one_are_not(self) -> None:
        guard = HostGuard(allow_private=True)
        assert guard.addresses("127.0.0.1", 6379)
        assert refused(guard, "1.1.1.1", 6379).fact == "port"

    def test_of_a_host_that_is_both_are_not_fine(self) -> None:
        guard = HostGuard(allow_private=True, resolve=answering("127.0.0.1", "1.1.1.1"))
        assert refused(guard, "a.example", 6379).fact == "port"


class TestAUrlsText:
    @pytest.mark.parametrize(
        ("url", "fact", "detail"),
        [
            ("https://ada:pw@1.1.1.1/", "credentials", ""),
            ("https://ada@1.1.1.1/", "credentials", ""),
            ("https://@1.1.1.1/", "credentials", ""),
            ("https://host.example:25/", "port", "25, not one of 80, 443, 8080, 8443"),
            ("http://2130706433/", "host", "2130706433 → 127.0.0.1, loopback (RFC 1122)"),
            ("http://127.0.0.1./", "host", "127.0.0.1, loopback (RFC 1122)"),
            (
                "http://METADATA.google.internal./",
                "host",
                "metadata.google.internal, the metadata service of ",
            ),
            ("http://[::]/", "host", "::, no address (RFC 4291)"),
        ],
    )
    def test_gives_much_away(self, url: str, fact: str, detail: str) -> None:
        with pytest.raises(AddressRefused) as error:
            HostGuard().check(parse(url))
        assert error.value.fact == fact
        assert error.value.detail.startswith(detail)
        assert "pw" not in str(error.value)

    def test_is_not_looked_up(self) -> None:
        def never(host: str, _port: int) -> Sequence[str]:
            raise AssertionError(host)

        HostGuard(resolve=never).check(parse("https://internal.example/a.png"))
