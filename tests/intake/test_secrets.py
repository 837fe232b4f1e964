"""Secrets in a query: named where they last, and left alone where the link that they sign ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.intake.secrets import credentials_facts, secrets_in


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("token=abc", ("token",)),
        ("w=1&access_token=abc&x=2", ("access_token",)),
        ("api_key=a&API-Key=b&apikey=c", ("api_key", "API-Key", "apikey")),
        ("api_key=a&api_key=b", ("api_key",)),
        ("password=a;pwd=b", ("password", "pwd")),
        ("client_secret=a", ("client_secret",)),
        ("key=AIza" + "x" * 35, ("key",)),
        ("anything=ghp_" + "x" * 36, ("anything",)),
        ("v=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.abc", ("v",)),
        ("sig=abc", ("sig",)),
        ("Signature=abc&OSSAccessKeyId=x", ("Signature",)),
        ("tok%65n=abc", ("token",)),
        ("X-Amz-Security-Token=abc&token=def", ("token",)),
        ("Expires=1795302600&Signature=s&token=t", ("token",)),
    ],
)
def test_what_lasts_is_named(query: str, names: tuple[str, ...]) -> None:
    assert secrets_in(query) == names


@pytest.mark.parametrize(
    "query",
    [
        "",
        "w=300&h=400",
        "token=",
        "key=face",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20261122&X-Amz-Date=20261122T000000Z"
        "&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=abc&X-Amz-Signature=abc",
        "AWSAccessKeyId=AKIA&Expires=1795302600&Signature=abc&x-amz-security-token=abc",
        "GoogleAccessId=a%40b.iam&Expires=1795302600&Signature=abc",
        "X-Goog-Algorithm=GOOG4&X-Goog-Credential=a&X-Goog-Date=2&X-Goog-Expires=60&X-Goog-Signature=a",
        "sv=2024-11-04&sr=b&sig=abc%3D&se=2026-11-23T00%3A00%3A00Z&sp=r",
        "X-Tos-Algorithm=TOS4&X-Tos-Credential=a&X-Tos-Expires=60&X-Tos-Signature=a&X-Tos-Security-Token=a",
        "x-oss-signature-version=OSS4&x-oss-credential=a&x-oss-expires=60&x-oss-signature=a"
        "&x-oss-security-token=a",
        "OSSAccessKeyId=a&Expires=1795302600&Signature=a&security-token=a",
        "q-sign-algorithm=sha1&q-ak=a&q-sign-time=1;2&q-key-time=1;2&q-signature=a&x-cos-security-token=a",
        "Policy=a&Signature=a&Key-Pair-Id=a",
    ],
)
def test_what_ends_or_is_no_secret_is_not(query: str) -> None:
    assert secrets_in(query) == ()
    assert credentials_facts(query) == {"credentials": "none"}


@given(st.text(max_size=200))
def test_no_query_makes_it_fail(query: str) -> None:
    assert credentials_facts(query)["credentials"] in ("none", "query")


@given(st.text("QXZ7", min_size=5, max_size=12).map(lambda text: f"Q{text}Z"))
def test_values_are_never_said(secret: str) -> None:
    assert secret not in str(credentials_facts(f"token={secret}&a=1&key=AIza{secret}{'x' * 35}"))


def test_many_names_are_cut_short() -> None:
    query = "&".join(f"{'_' * number}token=x" for number in range(300))
    detail = credentials_facts(query)["credentials_detail"]
    assert detail == "token, _token, __token, ___token, ____token, …"
