"""When a signed URL ends, read from its own query: no network, and nothing secret in what is said."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec

from validator.intake.url import parse
from validator.model import Expiry
from validator.threadsafe import ready

SOON = timedelta(hours=1)
"""What ends within this time may have ended when the service comes to fetch it."""

_SKEW = timedelta(minutes=5)  # clocks differ: what begins within this time has begun
_LONGEST_QUERY = 20_000  # characters; signed queries have some hundred
_MOST_FIELDS = 200
_LONGEST_DOCUMENT = 8192  # characters of a policy or a token

_Query = Mapping[str, str]
_Document = TypeVar("_Document")


class _UnreadableError(Exception):
    """The query is signed, and its times are not what they should be."""


@dataclass(frozen=True)
class Span:
    """Until when a signed URL holds, and from when on if it says so."""

    end: datetime
    start: datetime | None = None


def expiry(url: str, now: datetime) -> dict[str, str]:
    """The facts on a URL's expiry at the time `now` (with time zone). Empty where they cannot be told.

    >>> signed = "https://host/a.png?Expires=1795389000&Signature=zXl0Hh8sWkZq1b2c"
    >>> expiry(signed, datetime(2026, 11, 22, 23, 6, tzinfo=UTC))
    {'expiry': 'soon', 'expiry_detail': 'expires 2026-11-22 23:10 UTC, in 4 min'}
    >>> expiry("https://host/a.png", datetime(2026, 11, 22, tzinfo=UTC))
    {'expiry': 'unsigned'}
    """
    try:
        span = signed_span(parse(url).query)
    except _UnreadableError:
        return {}
    if span is None:
        return {"expiry": "unsigned"}
    state, detail = _judged(span, now)
    return {"expiry": state, "expiry_detail": detail}


UNREADABLE = "the URL is signed, and its signature does not say when it ends, or not in a form that is known"
"""Why `expiry` has nothing to say."""


def signed_span(query: str) -> Span | None:
    """From when until when the signature in a query holds; `None` where there is no signature that ends.

    Raises:
        _UnreadableError: it is signed, but times are missing or malformed.

    >>> signed_span("X-Amz-Date=20261122T231000Z&X-Amz-Expires=60&X-Amz-Signature=s").end
    datetime.datetime(2026, 11, 22, 23, 11, tzinfo=datetime.timezone.utc)
    """
    fields = _fields(query)
    # Of several signatures, as on an address that a proxy signed once more, the first to end decides.
    spans = [span for read in _READERS if (span := read(fields)) is not None]
    return min(spans, key=lambda span: span.end, default=None)


def _fields(query: str) -> dict[str, str]:
    """The query by lower-case names; of a repeated name, the first value."""
    if len(query) > _LONGEST_QUERY:
        raise _UnreadableError
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise _UnreadableError from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name.lower(), value)
    return fields


def _judged(span: Span, now: datetime) -> tuple[Expiry, str]:
    if span.end <= now:
        return "expired", f"expired {_shown(span.end)}, {_lasting(now - span.end)} ago"
    if span.start is not None and span.start > now + _SKEW:
        return "not-yet", f"valid from {_shown(span.start)}, in {_lasting(span.start - now)}"
    state: Expiry = "soon" if span.end - now < SOON else "later"
    return state, f"expires {_shown(span.end)}, in {_lasting(span.end - now)}"


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _lasting(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for name, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length or (name != "d" and seconds >= length):
            return f"{seconds // length:,} {name}"
    return f"{seconds} s"


# ── what each kind of signature says ─────────────────────────────────────────────────────────────

# Date and seconds, as AWS defined it and others took it over: SigV4 and its kin.
_DATED = ("x-amz-", "x-goog-", "x-tos-", "x-oss-", "x-obs-", "x-bos-", "x-cos-")

# A time in the query counts only beside one of these, which has to look like a signature.
_SIGNATURES = (
    "signature",
    "sig",
    "sign",
    "s",
    "token",
    "hmac",
    "hash",
    "md5",
    "digest",
    "x-signature",
    "lsig",
)
_SIGNERS = ("awsaccesskeyid", "googleaccessid", "ossaccesskeyid", "accesskeyid", "key-pair-id")
_SHORTEST_SIGNATURE = 16  # characters; "s" and "token" have many meanings
_UNIX_TIMES = ("expires", "expire", "exp", "expiry", "x-expires", "expires_at", "e")
_UNIX_TIME = re.compile(r"[1-9][0-9]{9}|[1-9][0-9]{12}")  # seconds or milliseconds since 1970, from 2001 on


def _dated(query: _Query) -> Span | None:
    for prefix in _DATED:
        if f"{prefix}signature" in query or f"{prefix}credential" in query:
            start = _compact(_of(query, f"{prefix}date"))
            return Span(_later(start, _number(_of(query, f"{prefix}expires"))), start)
    return None


def _unix(query: _Query) -> Span | None:
    """`Expires` beside a signature: SigV2, CloudFront, GCS, OSS, OBS, imgix, Bunny, TikTok and others."""
    signed = any(len(query.get(name, "")) >= _SHORTEST_SIGNATURE for name in _SIGNATURES)
    signed = signed or ("signature" in query and any(name in query for name in _SIGNERS))
    name = next((name for name in _UNIX_TIMES if name in query), None)
    if not signed or name is None:
        return None
    if not _UNIX_TIME.fullmatch(query[name]):
        if name == "expires" and "signature" in query:
            raise _UnreadableError
        return None  # anything may be called so
    return Span(_moment(int(query[name])))


def _cloudfront_policy(query: _Query) -> Span | None:
    if "policy" not in query or "key-pair-id" not in query:
        return None
    encoded = query["policy"].replace(" ", "+").replace("-", "+").replace("_", "=").replace("~", "/")
    statements = _document(encoded, _Policy).statements
    if not statements:
        raise _UnreadableError
    condition = statements[0].condition
    start = condition.after
    return Span(_moment(condition.before.epoch), _moment(start.epoch) if start else None)


def _azure(query: _Query) -> Span | None:
    if "sig" not in query or "sv" not in query:
        return None
    ends = [_iso(query[name]) for name in ("se", "ske") if name in query]
    if "se" not in query:  # then a stored policy decides, which only the host knows
        raise _UnreadableError
    return Span(min(ends), _iso(query["st"]) if "st" in query else None)


def _tencent(query: _Query) -> Span | None:
    if "q-signature" not in query:
        return None
    spans = [query[name].partition(";") for name in ("q-sign-time", "q-key-time") if name in query]
    if not spans:
        raise _UnreadableError
    ends = [_moment(_number(end)) for _, _, end in spans]
    return Span(min(ends), _moment(_number(spans[0][0])))


def _baidu(query: _Query) -> Span | None:
    parts = query.get("authorization", "").split("/")
    if parts[0] != "bce-auth-v1" or len(parts) < 4:
        return None
    start = _iso(parts[2])
    return Span(_later(start, _number(parts[3])), start)


def _hexadecimal(query: _Query) -> Span | None:
    """Discord (`ex`, `is`, `hm`) and Facebook (`oe`, `oh`) write seconds in base 16."""
    for end, start, signature in (("ex", "is", "hm"), ("oe", "", "oh")):
        if end in query and signature in query:
            begins = _moment(_number(query[start], 16)) if start in query else None
            return Span(_moment(_number(query[end], 16)), begins)
    return None


def _akamai(query: _Query) -> Span | None:
    for name in ("hdnts", "hdnea", "__token__"):
        found = re.search(r"(?:^|~)exp=(\d+)", query.get(name, ""))
        if found:
            start = re.search(r"(?:^|~)st=(\d+)", query[name])
            return Span(_moment(_number(found[1])), _moment(_number(start[1])) if start else None)
    return None


def _web_token(query: _Query) -> Span | None:
    """A JSON Web Token, as Supabase signs with."""
    for name in ("token", "jwt", "access_token"):
        parts = query.get(name, "").split(".")
        if len(parts) != 3 or not parts[0].startswith("eyJ"):
            continue
        try:
            claims = _document(parts[1].replace("-", "+").replace("_", "/"), _Claims)
        except _UnreadableError:  # something else with two dots in it
            continue
        if claims.exp is not None:
            return Span(_moment(claims.exp), None if claims.nbf is None else _moment(claims.nbf))
    return None


_READERS: tuple[Callable[[_Query], Span | None], ...] = (
    _dated,
    _unix,
    _cloudfront_policy,
    _azure,
    _tencent,
    _baidu,
    _hexadecimal,
    _akamai,
    _web_token,
)


class _Epoch(msgspec.Struct, frozen=True):
    epoch: int = msgspec.field(name="AWS:EpochTime")


class _Condition(msgspec.Struct, frozen=True):
    before: _Epoch = msgspec.field(name="DateLessThan")
    after: _Epoch | None = msgspec.field(name="DateGreaterThan", default=None)


class _Statement(msgspec.Struct, frozen=True):
    condition: _Condition = msgspec.field(name="Condition")


class _Policy(msgspec.Struct, frozen=True):
    statements: tuple[_Statement, ...] = msgspec.field(name="Statement")


class _Claims(msgspec.Struct, frozen=True):
    exp: float | None = None
    nbf: float | None = None


def _document(encoded: str, type_: type[_Document]) -> _Document:
    """A base64 JSON document of this type."""
    if len(encoded) > _LONGEST_DOCUMENT:
        raise _UnreadableError
    try:
        text = base64.b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4), validate=True)
        return msgspec.json.decode(text, type=ready(type_))
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError) as error:
        raise _UnreadableError from error


def _of(query: _Query, name: str) -> str:
    if name not in query:
        raise _UnreadableError
    return query[name]


def _number(text: str, base: int = 10) -> int:
    digits = text.strip()
    if not re.fullmatch(r"[0-9]{1,15}" if base == 10 else r"[0-9A-Fa-f]{1,12}", digits):
        raise _UnreadableError
    return int(digits, base)


def _moment(seconds: float) -> datetime:
    if seconds > 30_000_000_000:  # no second until the year 2900: milliseconds
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise _UnreadableError from error


def _later(start: datetime, seconds: int) -> datetime:
    try:
        return start + timedelta(seconds=seconds)
    except OverflowError as error:
        raise _UnreadableError from error


def _compact(text: str) -> datetime:
    """A time such as 20261122T231000Z."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise _UnreadableError from error


def _iso(text: str) -> datetime:
    """A time such as 2026-11-22T23:10:00Z, or a date alone; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise _UnreadableError from error
