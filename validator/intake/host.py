"""Host names as text: in the one form that is looked up, sent and printed, whatever they are written like."""

from __future__ import annotations

import ipaddress
import re

_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_OF_A_NAME = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=\-]*")  # what RFC 3986 lets stand in a name, but for "%"
_PUNYCODE = "xn--"
_LONGEST = 253  # characters of a name; in other scripts they are never more than in ASCII
_TOO_LONG = "its host has more than 253 characters"


def canonical(host: str) -> str:
    r"""A host the way it is looked up: IDNA in ASCII, numbers as a dotted address, no dot at the end.

    A host whose last part is a number is an IPv4 address, in any of the spellings that C libraries and
    browsers take. Brackets of IPv6 are not part of a host.

    Raises:
        ValueError: in words, why this is no host.

    >>> canonical("Bücher.example."), canonical("0x7f.1"), canonical("\uff11\u30020.0.1"), canonical("0:0::1")
    ('xn--bcher-kva.example', '127.0.0.1', '1.0.0.1', '::1')
    """
    if ":" in host:
        return _ipv6(host)
    name = (host if host.isascii() else _in_ascii(host)).lower().removesuffix(".")
    if any(not 0 < len(label) <= 63 for label in name.split(".")):
        raise ValueError("its host has an empty part, or one of more than 63 characters")
    if len(name) > _LONGEST:
        raise ValueError(_TOO_LONG)
    if not _OF_A_NAME.fullmatch(name):
        raise ValueError("its host holds a character that no name may hold")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        return _ipv4(name)
    if _PUNYCODE in name:
        _check_punycode(name)
    return name


def in_ascii(host: str) -> str:
    r"""A host for printing: letters beyond ASCII as punycode, so that none passes for another. Never raises.

    >>> in_ascii("\u0430pple.example"), in_ascii("apple.example"), in_ascii("\u2603.example")
    ('xn--pple-43d.example', 'apple.example', 'xn--n3h.example')
    """
    if host.isascii():
        return host
    try:
        return _in_ascii(host)
    except ValueError:
        return ".".join(_label_in_ascii(label) for label in host.split("."))


def _in_ascii(host: str) -> str:
    import idna

    if len(host) > _LONGEST:
        raise ValueError(_TOO_LONG)
    try:
        # With the mapping that browsers apply: letters and dots of full width are plain ones.
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError as error:  # idna's own errors are among these
        raise ValueError("its host is no valid international name (IDNA)") from error


def _label_in_ascii(label: str) -> str:
    if label.isascii():
        return label
    if len(label) > _LONGEST:  # punycode takes its time
        return label.encode("ascii", "backslashreplace").decode("ascii")
    try:
        return _PUNYCODE + label.lower().encode("punycode").decode("ascii")
    except UnicodeError:
        return label.encode("ascii", "backslashreplace").decode("ascii")


def _check_punycode(name: str) -> None:
    import idna

    try:
        for label in name.split("."):
            if label.startswith(_PUNYCODE):
                idna.decode(label)
    except UnicodeError as error:
        raise ValueError("its host is no valid international name (IDNA)") from error


def _ipv6(host: str) -> str:
    if "%" in host:
        raise ValueError("its address has a zone (%…), which means something on one machine only")
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise ValueError("its host is malformed") from None


def _ipv4(name: str) -> str:
    """An IPv4 address in any spelling: one to four numbers, each decimal, octal (0…) or hexadecimal (0x…)."""
    problem = f"its host {name[:40]} ends in a number and is no IPv4 address"
    *bytes_, rest = (_number(part, problem) for part in name.split("."))
    if len(bytes_) > 3 or any(byte > 255 for byte in bytes_) or rest >= 256 ** (4 - len(bytes_)):
        raise ValueError(problem)
    value = rest + sum(byte << 8 * (3 - position) for position, byte in enumerate(bytes_))
    return str(ipaddress.IPv4Address(value))


def _number(part: str, problem: str) -> int:
    if not _NUMBER.fullmatch(part):
        raise ValueError(problem)
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    if part[0] == "0":
        if not re.fullmatch("[0-7]+", part):
            raise ValueError(problem)
        return int(part, 8)
    return int(part)
