"""When signed URLs end: every kind of signature that is known, and queries that only look like one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.intake.expiry import expiry

NOW = datetime(2026, 11, 22, 23, 6, tzinfo=UTC)
UNIX = int(NOW.timestamp())
LONG = "zXl0Hh8sWkZq1b2c3d4e5f6g"


def facts(query: str, now: datetime = NOW) -> dict[str, str]:
    return expiry(f"https://bucket.example/face.png?{query}", now)


def epoch(minutes: float) -> int:
    return UNIX + int(minutes * 60)


def policy(before: object, after: object = None) -> str:
    condition = {"DateLessThan": {"AWS:EpochTime": before}}
    if after is not None:
        condition["DateGreaterThan"] = {"AWS:EpochTime": after}
    text = json.dumps({"Statement": [{"Resource": "https://x/*", "Condition": condition}]})
    encoded = base64.b64encode(text.encode()).decode()
    return encoded.replace("+", "-").replace("=", "_").replace("/", "~")


def token(**claims: object) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{body}.c2lnbmF0dXJl"


# Each ends at 23:10, four minutes from now.
IN_FOUR_MINUTES = {
    "AWS, Cloudflare R2, MinIO": f"X-Amz-Date=20261122T230000Z&X-Amz-Expires=600&X-Amz-Signature={LONG}",
    "AWS, lower case": f"x-amz-date=20261122T230000Z&x-amz-expires=600&x-amz-signature={LONG}",
    "AWS, version 2": f"AWSAccessKeyId=AKIA&Expires={epoch(4)}&Signature={LONG}",
    "CloudFront": f"Expires={epoch(4)}&Signature={LONG}&Key-Pair-Id=K1",
    "CloudFront, of any length": f"Expires={epoch(4)}&Signature=abc&Key-Pair-Id=K1",
    "CloudFront with a policy": f"Policy={policy(epoch(4), epoch(-60))}&Signature={LONG}&Key-Pair-Id=K1",
    "Google": f"X-Goog-Date=20261122T230000Z&X-Goog-Expires=600&X-Goog-Signature={LONG}",
    "Google, version 2": f"GoogleAccessId=a@b&Expires={epoch(4)}&Signature={LONG}",
    "Azure": f"sv=2024-11-04&st=2026-11-22T22%3A00%3A00Z&se=2026-11-22T23%3A10%3A00Z&sr=b&sp=r&sig={LONG}",
    "Azure, without seconds": f"sv=2024-11-04&se=2026-11-22T23:10Z&sig={LONG}",
    "Azure, a key that ends first": f"sv=1&se=2026-12-24T00:00Z&ske=2026-11-22T23:10:00Z&sig={LONG}",
    "Volcengine": f"X-Tos-Date=20261122T230000Z&X-Tos-Expires=600&X-Tos-Signature={LONG}",
    "Alibaba": f"OSSAccessKeyId=L&Expires={epoch(4)}&Signature={LONG}",
    "Alibaba, version 4": f"x-oss-date=20261122T230000Z&x-oss-expires=600&x-oss-signature={LONG}",
    "Tencent": f"q-sign-time={epoch(-60)};{epoch(4)}&q-key-time={epoch(-60)};{epoch(9)}&q-signature=ab",
    "Tencent, encoded": f"q-sign-time={epoch(-60)}%3B{epoch(4)}&q-signature=ab",
    "Baidu": f"authorization=bce-auth-v1%2FAK%2F2026-11-22T23%3A00%3A00Z%2F600%2Fhost%2F{LONG}",
    "TikTok, ImageX": f"x-expires={epoch(4)}&x-signature={quote(LONG)}",
    "imgix": f"w=100&expires={epoch(4)}&s={LONG}",
    "Cloudflare Images": f"exp={epoch(4)}&sig={LONG}",
    "Qiniu": f"e={epoch(4)}&token=AK:{LONG}",
    "milliseconds": f"expires={epoch(4)}000&signature={LONG}",
    "Discord": f"ex={epoch(4):x}&is={epoch(-60):x}&hm={LONG}&",
    "Facebook": f"oh={LONG}&oe={epoch(4):X}",
    "Akamai": f"hdnts=st={epoch(-60)}~exp={epoch(4)}~acl=/*~hmac={LONG}",
    "Supabase": f"token={token(url='a/b.png', exp=epoch(4))}",
    "two signatures": f"sv=1&se=2026-11-23&sig={LONG}&exp={epoch(4)}",
}


@pytest.mark.parametrize("query", IN_FOUR_MINUTES.values(), ids=IN_FOUR_MINUTES)
def test_each_kind_of_signature_says_when_it_ends(query: str) -> None:
    assert facts(query) == {"expiry": "soon", "expiry_detail": "expires 2026-11-22 23:10 UTC, in 4 min"}


@pytest.mark.parametrize(
    ("minutes", "state", "detail"),
    [
        (-3 * 24 * 60, "expired", "expired 2026-11-19 23:06 UTC, 3 d ago"),
        (-90, "expired", "expired 2026-11-22 21:36 UTC, 1 h ago"),
        (0, "expired", "expired 2026-11-22 23:06 UTC, 0 s ago"),
        (0.5, "soon", "expires 2026-11-22 23:06 UTC, in 30 s"),
        (59.99, "soon", "expires 2026-11-23 00:05 UTC, in 59 min"),
        (60, "later", "expires 2026-11-23 00:06 UTC, in 1 h"),
        (30 * 60, "later", "expires 2026-11-24 05:06 UTC, in 30 h"),
        (7 * 24 * 60, "later", "expires 2026-11-29 23:06 UTC, in 7 d"),
    ],
)
def test_an_hour_is_the_bound_between_soon_and_later(minutes: float, state: str, detail: str) -> None:
    found = facts(f"Expires={epoch(minutes)}&Signature={LONG}")
    assert found == {"expiry": state, "expiry_detail": detail}


@pytest.mark.parametrize(
    "query",
    [
        f"sv=1&st=2026-11-22T23:36Z&se=2026-12-01&sig={LONG}",
        f"q-sign-time={epoch(30)};{epoch(900)}&q-signature=ab",
        f"X-Amz-Date=20261122T233600Z&X-Amz-Expires=6000&X-Amz-Signature={LONG}",
        f"Policy={policy(epoch(900), epoch(30))}&Signature={LONG}&Key-Pair-Id=K1",
    ],
)
def test_what_does_not_hold_yet_is_said_so(query: str) -> None:
    assert facts(query) == {
        "expiry": "not-yet",
        "expiry_detail": "valid from 2026-11-22 23:36 UTC, in 30 min",
    }


def test_clocks_that_differ_a_little_make_nothing_begin_too_late() -> None:
    found = facts(f"X-Amz-Date=20261122T231000Z&X-Amz-Expires=604800&X-Amz-Signature={LONG}")
    assert found["expiry"] == "later"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "v=2",
        f"Expires={epoch(4)}",  # a time alone is no signature
        f"Signature={LONG}",  # and neither is a signature a time
        "s=200&e=5",
        f"expires=3600&token={LONG}",  # a span, not a moment
        f"exp=never&sig={LONG}",
        f"token={token(url='a')}",
        "X-Amz-Expires=600",
        "ex=tomorrow",
        f"token=eyJ.{base64.b64encode(b'[' * 5000).decode()}.x",
        f"token={token(exp='x')}",
    ],
)
def test_what_is_not_signed_does_not_end(query: str) -> None:
    assert facts(query) == {"expiry": "unsigned"}


@pytest.mark.parametrize(
    "query",
    [
        f"X-Amz-Signature={LONG}",
        f"X-Amz-Date=20261322T230000Z&X-Amz-Expires=600&X-Amz-Signature={LONG}",
        f"X-Amz-Date=20261122T230000Z&X-Amz-Expires=-5&X-Amz-Signature={LONG}",
        f"X-Amz-Date=20261122T230000Z&X-Amz-Expires={'9' * 15}&X-Amz-Signature={LONG}",
        f"X-Amz-Date=20261122T230000Z&X-Amz-Expires={'9' * 5000}&X-Amz-Signature={LONG}",
        f"Expires=never&Signature={LONG}",
        f"sv=1&si=policy&sig={LONG}",  # a policy that is stored at the host
        f"sv=1&se=soon&sig={LONG}",
        f"q-sign-time=1&q-signature={LONG}",
        f"Policy=%00&Signature={LONG}&Key-Pair-Id=K1",
        f"Policy={policy('x')}&Signature={LONG}&Key-Pair-Id=K1",
        f"Policy={'W' * 100_000}&Signature={LONG}&Key-Pair-Id=K1",
        f"ex=zz&hm={LONG}",
        "&".join(f"x{number}=1" for number in range(1000)),
        f"token={token(exp=1e300)}",
    ],
)
def test_what_is_signed_and_says_no_time_is_not_judged(query: str) -> None:
    assert facts(query) == {}


def test_nothing_of_the_query_is_said() -> None:
    for query in IN_FOUR_MINUTES.values():
        said = " ".join(facts(query).values())
        assert LONG not in said
        assert "AK" not in said


NAMES = [
    *(
        "Expires",
        "Signature",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Signature",
        "X-Goog-Date",
        "X-Tos-Expires",
    ),
    *("se", "st", "sv", "sig", "ske", "Policy", "Key-Pair-Id", "q-sign-time", "q-key-time", "q-signature"),
    *("authorization", "ex", "is", "hm", "oe", "oh", "hdnts", "token", "exp", "e", "s"),
]
VALUES = st.one_of(
    st.text(),
    st.integers().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.datetimes().map(lambda moment: moment.strftime("%Y%m%dT%H%M%SZ")),
    st.sampled_from([LONG, "bce-auth-v1/a/2026-11-22T23:10:00Z/600", "st=1~exp=99999999999999"]),
    st.dictionaries(st.sampled_from(["exp", "nbf"]), st.floats() | st.integers()).map(lambda x: token(**x)),
    st.floats().map(policy),
    st.integers().map(policy),
)


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8),
    st.datetimes(timezones=st.just(UTC)),
    st.text(),
)
def test_no_query_and_no_time_of_day_is_too_odd(
    pairs: list[tuple[str, str]], now: datetime, more: str
) -> None:
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs])
    for url in (f"https://host/a?{query}", f"https://host/a?{query}&{more}", more):
        found = expiry(url, now)
        assert found == {} or found["expiry"] in {"unsigned", "later", "soon", "expired", "not-yet"}


@given(st.timedeltas(min_value=timedelta(days=-20_000), max_value=timedelta(days=20_000)))
def test_what_has_ended_is_never_called_valid(distance: timedelta) -> None:
    end = NOW.replace(microsecond=0) + distance
    found = facts(f"sv=1&se={quote(end.isoformat())}&sig={LONG}")
    assert (found["expiry"] == "expired") == (end <= NOW)
