"""Host names: one form for every spelling, and none that can be taken for another."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.intake.host import canonical, in_ascii

NUMBER = "its host {} ends in a number and is no IPv4 address"
IDNA = "its host is no valid international name (IDNA)"


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("\u0430pple.example", "xn--pple-43d.example"),
        ("example\u3002com", "example.com"),
        ("example\uff0ecom\uff61", "example.com"),
        ("\uff45xample.com", "example.com"),
        ("a_b.example", "a_b.example"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0X7F000001", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0x", "0.0.0.0"),  # noqa: S104 - the text, not a server
        ("4294967295", "255.255.255.255"),
        ("\uff11\uff12\uff17\u30020.0.1", "127.0.0.1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("::FFFF:127.0.0.1", str(IPv6Address("::ffff:7f00:1"))),
        ("1.2.3.4.example", "1.2.3.4.example"),
    ],
)
def test_every_spelling_has_one_form(written: str, host: str) -> None:
    assert canonical(written) == host
    assert canonical(canonical(written)) == host


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("256.1.1.1", NUMBER.format("256.1.1.1")),
        ("1.1.1.256", NUMBER.format("1.1.1.256")),
        ("1.2.3.4.5", NUMBER.format("1.2.3.4.5")),
        ("4294967296", NUMBER.format("4294967296")),
        ("127.0.0.08", NUMBER.format("127.0.0.08")),
        ("example.1", NUMBER.format("example.1")),
        ("a.0x7f", NUMBER.format("a.0x7f")),
        ("127..1", "its host has an empty part, or one of more than 63 characters"),
        ("example..", "its host has an empty part, or one of more than 63 characters"),
        (".", "its host has an empty part, or one of more than 63 characters"),
        ("a" * 64, "its host has an empty part, or one of more than 63 characters"),
        (".".join(["a" * 60] * 5), "its host has more than 253 characters"),
        ("a b", "its host holds a character that no name may hold"),
        ("a%62", "its host holds a character that no name may hold"),
        ("xn--0.example", IDNA),
        ("\u0378.example", IDNA),
        ("fe80::1%eth0", "its address has a zone (%…), which means something on one machine only"),
        ("1::2::3", "its host is malformed"),
        ("a:b", "its host is malformed"),
    ],
)
def test_what_is_no_host_is_said_so(written: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"^its ") as error:
        canonical(written)
    assert str(error.value) == problem


@given(st.ip_addresses(v=4), st.sampled_from([hex, oct, str]))
def test_an_address_as_one_number_is_that_address(address: ipaddress.IPv4Address, base: object) -> None:
    text = {hex: hex(int(address)), oct: f"0{int(address):o}", str: str(int(address))}[base]
    assert canonical(text) == str(address)


@given(st.ip_addresses(v=6))
def test_an_address_of_ipv6_stays_the_same_one(address: ipaddress.IPv6Address) -> None:
    assert canonical(address.exploded) == str(address)


@given(st.text(max_size=80))
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    assert in_ascii(text).isascii()
    assert in_ascii(in_ascii(text)) == in_ascii(text)
    try:
        host = canonical(text)
    except ValueError:
        return
    assert host.isascii()
    assert canonical(host) == host
