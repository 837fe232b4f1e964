"""Web addresses as text: telling them from file names, taking them apart, showing them without secrets."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

import msgspec

from validator.intake.host import canonical, in_ascii
from validator.intake.loose import without_loose_secrets
from validator.model import Scheme

# Inside a text, no more than the end of a scheme is looked for: from each letter on, all the rest of a long
# word would be.
_SCHEME = r"[A-Za-z0-9+.\-]://"
# One letter before "://" is a Windows drive, not a scheme.
_URL_START = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://")
# What was meant for a URL: "https:/host", "https:host". In a text, no part of a path is taken for it.
_MEANT_START = re.compile(r"https?:(?!//)", re.IGNORECASE)
_MEANT = r"(?<![\w/\\])[Hh][Tt][Tt][Pp][Ss]?:(?!//)[/\\]*"
_URL_IN_TEXT = re.compile(rf"({_MEANT})(\S*)|({_SCHEME})(\S*)")
_LATER_URL = re.compile(rf"\s\S*(?:{_SCHEME}|{_MEANT})")
# Of a URL that was taken for a path, and has lost a slash.
_USER_IN_PATH = re.compile(r"(?<=[/\\])(https?:[/\\])[^/\\?#\s@]*@", re.IGNORECASE)
_LATER_USER = re.compile(r"://[^/?#]*@")  # of a URL inside a path, as a proxy or an archive writes them
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_AT = re.compile("[@\uff20\ufe6b]")  # and what some programs take for it
_CLOSERS = "\"'`>)]},.;:!"
_OPENERS = re.compile(r"[(<\[{]")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\"<>\\^`{|}\ud800-\udfff\u2028\u2029\u00a0\u3000]")
_SHOWN_AT_MOST = 300
_PORTS = {"http": 80, "https": 443}


class Address(msgspec.Struct, frozen=True):
    """A URL, looked at but not visited.

    `problem` says in words why it cannot be fetched; it is empty for a well-formed http(s) URL. `host` is
    as it is looked up, without brackets, and `written` as it was written, but in ASCII, no dot at the end.
    `credentials`: whether it holds user or password. `sendable` is the same URL with its host as it is
    looked up.
    """

    scheme: Scheme
    host: str = ""
    written: str = ""
    port: int = 0
    path: str = ""
    query: str = ""
    credentials: bool = False
    sendable: str = ""
    problem: str = ""


def is_url(target: str) -> bool:
    """Whether a target is an address rather than a file name: it begins with `scheme://`.

    >>> is_url("https://host/a.png"), is_url("ftp://host/a.png")
    (True, True)
    >>> is_url("concat:a|b"), is_url("http:x.mp4"), is_url("C://clips/a.mp4")
    (False, False, False)
    """
    return _URL_START.match(target) is not None


def is_meant_for_url(target: str) -> bool:
    """Whether a target that names no file is a URL gone wrong: `http:` and a slash somewhere behind it.

    >>> is_meant_for_url("https:/host/a.png"), is_meant_for_url("HTTPS:host/a.png")
    (True, True)
    >>> is_meant_for_url("https://host/a.png"), is_meant_for_url("http:x.mp4")
    (False, False)
    """
    return _MEANT_START.match(target) is not None and "/" in target


def parse(url: str) -> Address:
    """Take a URL apart, or say what is wrong with it. Never raises.

    >>> parse("https://host:8443/a.png").host
    'host'
    >>> parse("https:///a.png").problem
    'it names no host'
    >>> parse("ftp://host/a.png").scheme
    'other'
    """
    if not is_url(url):
        return Address("malformed", problem="it does not begin with https://")
    forbidden = _FORBIDDEN.search(url)
    if forbidden:
        return Address("malformed", problem=_name_character(forbidden[0]))
    try:
        parts = urlsplit(url)
        port = parts.port  # raises where it is not a number up to 65535
    except ValueError as error:
        return Address("malformed", problem=_why(error))
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        return Address("other", problem=f"its scheme is {scheme[:20]}")
    try:
        host = _host(parts, port)
    except ValueError as error:
        return Address("malformed", path=parts.path, query=parts.query, problem=str(error))
    user_info, at, _ = parts.netloc.rpartition("@")
    return Address(
        _web(scheme),
        host=host,
        written=in_ascii(parts.hostname or "").removesuffix("."),
        port=port or _PORTS[scheme],
        path=parts.path,
        query=parts.query,
        credentials=bool(at),
        sendable=_with_host(url, user_info + at, host, port),
    )


def redact(text: str) -> str:
    """Remove user, password, query and fragment from each URL inside a text, or from one that is the text.

    So also from what was meant for a URL: `https:/host`, `https:host`, and a text that is `//user@host`. Of
    one that was taken for a path, as `folder/https:/user@host`, the user goes.

    Of links without a scheme, or that are percent-encoded as a whole, the parameters that sign or give access
    go, and all behind them.

    A text that begins with a URL and holds no other is taken for one URL to its end, since a broken
    URL may hold spaces.

    >>> redact("https://ada:secret@host/a.png?X-Signature=1#frag")
    'https://host/a.png?…'
    >>> redact("from http://host/a?token=1 to http://host/b#c.")
    'from http://host/a?… to http://host/b#….'
    >>> redact("https://archive/2026/https://ada:secret@host/a.png")
    'https://archive/2026/https://host/a.png'
    >>> redact("GET /k.png?X-Amz-Signature=1 is refused"), redact("no address: a.png?x=1")
    ('GET /k.png?… is refused', 'no address: a.png?x=1')
    """
    return without_loose_secrets(_USER_IN_PATH.sub(r"\1", _redacted_urls(text)))


def displayed(target: str, *, is_url: bool = False) -> str:
    """What the user named, as it may be shown; the name of a file is left as it is.

    >>> displayed("https://host/a.png?key=1", is_url=True), displayed("clips/a?.mp4")
    ('https://host/a.png?…', 'clips/a?.mp4')
    >>> displayed("https:/ada:secret@host/a.png?key=1"), displayed("//ada:secret@host/a.png")
    ('https:/host/a.png?…', '//host/a.png')
    """
    if is_url and not _URL_START.match(target) and not _MEANT_START.match(target):
        return without_loose_secrets(_meant_without_secrets(target))
    if _DRIVE.match(target):
        return target
    is_url = _URL_START.match(target) is not None or _MEANT_START.match(target) is not None
    return redact(target) if is_url else _redacted_urls(target)


def shown(url: str) -> str:
    """A URL for a message: without secrets, and no longer than a reader can take in.

    What was only meant for a URL, or is one without a host, is treated as one.

    >>> shown("https://host/a.png?token=1"), shown("//ada:secret@host/a.png"), shown("app:back?code=1")
    ('https://host/a.png?…', 'host/a.png', 'app:back?…')
    """
    url = url.lstrip()
    safe = redact(url) if is_url(url) else without_loose_secrets(_without_secrets(url.lstrip("/\\")))
    return safe if len(safe) <= _SHOWN_AT_MOST else safe[:_SHOWN_AT_MOST] + "…"


def _redacted_urls(text: str) -> str:
    """Without the secrets of URLs that begin as such."""
    whole = not _LATER_URL.search(text)
    if whole and is_url(text):
        scheme, separator, rest = text.partition("://")
        return scheme + separator + _after_scheme(rest)
    if whole and _MEANT_START.match(text):
        scheme, separator, rest = text.partition(":")
        return scheme + separator + _meant_without_secrets(rest)
    if text.startswith("//") and _has_user(text[2:]):
        return _meant_without_secrets(text)
    return _URL_IN_TEXT.sub(_redacted, text)


def _redacted(found: re.Match[str]) -> str:
    if found[1]:
        return found[1] + _meant_without_secrets(found[2])
    return found[3] + _after_scheme(found[4])


def _after_scheme(rest: str) -> str:
    """What follows `scheme://`, without its secrets, also behind slashes too many."""
    too_many = rest.startswith(("/", "\\")) and _has_user(rest.lstrip("/\\"))
    return _meant_without_secrets(rest) if too_many else _without_secrets(rest)


def _meant_without_secrets(text: str) -> str:
    """What was meant for a URL, from its host on or from the slashes before it, without its secrets."""
    rest = text.lstrip("/\\")
    slashes = text[: len(text) - len(rest)]
    rest = _without_secrets(rest)
    if not rest.startswith(("/", "\\")):
        return slashes + rest
    # Nothing stood where the host does: it may come after a later "@".
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    return slashes + _AT.split(path)[-1].lstrip("/\\") + rest[len(path) :]


def _without_secrets(rest: str) -> str:
    """What follows `scheme://`, without user, password, query and fragment."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    host = _AT.split(authority)[-1]
    start = len(authority) - len(host)
    if _odd_port(host):
        # A password that was not percent-encoded may hold "/", "?" or "#": then the "@" comes later.
        start = max(start, rest.rfind("@") + 1)
        if re.search(r"[?#]", rest[:start]):
            return "…"  # or that "@" stands in the query, of which more would follow
    rest = _LATER_USER.sub("://", _with_plain_host(rest[start:]))
    secret = re.search(r"[?#]", rest)
    if secret is None:
        return rest
    hidden = rest[secret.end() :]
    opened = _OPENERS.search(hidden)  # then what closes may belong to it
    closing = "" if opened else hidden[len(hidden.rstrip(_CLOSERS)) :]
    return f"{rest[: secret.end()]}…{closing}"


def _has_user(rest: str) -> bool:
    """Whether what follows `//` is a user at a host, rather than a path."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return _AT.search(authority) is not None or (_odd_port(authority) and "@" in rest)


def _with_plain_host(rest: str) -> str:
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if authority.isascii():
        return rest
    host, colon, port = authority.partition(":")
    return in_ascii(host) + colon + in_ascii(port) + rest[len(authority) :]


def _odd_port(host: str) -> bool:
    _, colon, port = host.rpartition("]")[2].partition(":")  # what is behind an IPv6 address
    return bool(colon) and not port.isdigit()


def _host(parts: SplitResult, port: int | None) -> str:
    """The host as it is looked up; raises ValueError with what is wrong."""
    host, netloc = parts.hostname, parts.netloc.rpartition("@")[2]
    if not host:
        raise ValueError("it names no host")
    if port == 0:
        raise ValueError("port 0 cannot be reached")
    if "[" in netloc:
        if not re.fullmatch(r"\[[^\[\]]*\](:[0-9]*)?", netloc) or ":" not in host:
            raise ValueError("its host is malformed")
    elif "%" in host:
        raise ValueError("its host holds a percent sign")
    return canonical(host)


def _with_host(url: str, user_info: str, host: str, port: int | None) -> str:
    """The URL with another spelling of its host; nothing else of it changes, as it may be signed."""
    scheme, separator, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    bracketed = f"[{host}]" if ":" in host else host
    colon = "" if port is None else f":{port}"
    return f"{scheme}{separator}{user_info}{bracketed}{colon}{rest[len(authority) :]}"


def _web(scheme: str) -> Scheme:
    return "https" if scheme == "https" else "http"


def _name_character(character: str) -> str:
    if character == " ":
        return "it holds a space, which is written %20"
    if character.isprintable():
        return f"it holds the character {character}, which is written %{ord(character):02X}"
    return f"it holds the character U+{ord(character):04X}, which no URL may hold"


def _why(error: ValueError) -> str:
    if "port" in str(error).lower():
        return "its port is not a number from 1 to 65535"
    return "its host is malformed"
