"""`validator.check_url`: the guard alone, for whoever fetches by himself."""

from __future__ import annotations

import dataclasses
import pickle
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import validator
from tests.hostile.network import Names, connections, names
from validator import CheckedUrl, UrlRefused, ValidatorError, check_url

SECRET = "QXZ7SECRET"  # noqa: S105 - a word to look for


def nowhere(host: str, _port: int) -> Sequence[str]:
    raise AssertionError(host)


def test_a_public_url_comes_back_taken_apart_with_all_addresses() -> None:
    resolve = Names({"xn--bcher-kva.example": [["1.1.1.1", "2606:4700::1111"]]})
    url = f"https://B\u00fccher.example.:8443/a.png?key={SECRET}"
    checked = check_url(url, resolve=resolve)
    assert checked == CheckedUrl(url, "https", "xn--bcher-kva.example", 8443, ("1.1.1.1", "2606:4700::1111"))
    assert SECRET not in repr(checked)
    with pytest.raises(dataclasses.FrozenInstanceError):
        checked.host = "other.example"  # type: ignore[misc]


def test_nothing_is_sent_and_an_address_is_not_looked_up() -> None:
    with connections() as tried:
        assert check_url("http://1.1.1.1/a.png", resolve=nowhere).addresses == ("1.1.1.1",)
        assert check_url("http://0x1.1/a.png", ports=[80], resolve=lambda *_: ()).host == "1.0.0.1"
    assert tried == []


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("ftp://host.example/a", "URL001", "its scheme is ftp"),
        ("a.png", "URL001", "it does not begin with https://"),
        ("https://host.example/a b", "URL001", "a space"),
        ("https://1.2.3.4.5/", "URL001", "no IPv4 address"),
        ("https://inside.example/", "URL002", "inside.example → 10.0.0.5, a private network (RFC 1918)"),
        ("https://2130706433/", "URL002", "2130706433 → 127.0.0.1, loopback (RFC 1122)"),
        ("http://169.254.169.254/", "URL002", "nothing is ever sent to (169.254.169.254, the metadata"),
        ("https://nowhere.example/", "URL003", "its host could not be looked up (Name or service not known)"),
        (f"https://ada:{SECRET}@cdn.example/", "URL007", "a user or a password"),
        ("https://cdn.example:25/", "URL012", "25, not one of 80, 443, 8080, 8443"),
    ],
)
def test_what_is_refused_carries_the_rules_code(url: str, code: str, said: str) -> None:
    resolve = names(inside="10.0.0.5", cdn="1.1.1.1")
    with pytest.raises(UrlRefused) as error:
        check_url(f"{url}?key={SECRET}" if code != "URL001" else url, resolve=resolve)
    assert error.value.code == code
    assert said in str(error.value)
    assert str(error.value).endswith(f"[{code}]")
    assert SECRET not in str(error.value) + repr(error.value)
    assert isinstance(error.value, ValidatorError)
    again = pickle.loads(pickle.dumps(error.value))  # noqa: S301 - as a process pool does
    assert (again.code, str(again)) == (code, str(error.value))


def test_what_is_permitted_passes_but_for_metadata() -> None:
    resolve = names(here="127.0.0.1", metadata="169.254.169.254")
    assert check_url("http://here.example:5000/", allow_private_hosts=True, resolve=resolve).port == 5000
    assert check_url("http://1.1.1.1:9000/", ports={9000}).port == 9000
    with pytest.raises(UrlRefused, match="metadata"):
        check_url("http://metadata.example/", allow_private_hosts=True, resolve=resolve)


@given(st.text(max_size=60), st.lists(st.ip_addresses().map(str) | st.text(max_size=5), max_size=3))
def test_it_never_fails_in_another_way(text: str, records: list[str]) -> None:
    for url in (text, f"https://{text}", f"http://a{text}.example/"):
        with suppress(UrlRefused):
            assert check_url(url, resolve=lambda *_: records).addresses


@pytest.mark.parametrize(
    "error", [UnicodeError("too long"), OSError("odd"), socket.gaierror(), ValueError("\0")]
)
def test_a_look_up_that_fails_oddly_is_a_refusal(error: Exception) -> None:
    def fail(_host: str, _port: int) -> Sequence[str]:
        raise error

    with pytest.raises(UrlRefused, match="could not be looked up") as refused:
        check_url("https://host.example/", resolve=fail)
    assert refused.value.code == "URL003"


def test_what_it_says_does_nothing_to_a_log_or_a_terminal() -> None:
    for url in ("http://8.8.8.8/x\r\n::error::pwn", "http://8.8.8.8/\x1b[31m", "http://10.0.0.1/\u202ex"):
        with pytest.raises(UrlRefused) as refused:
            check_url(url)
        assert str(refused.value).isprintable()


def test_it_loads_no_http_library_and_no_decoder() -> None:
    code = (
        "import sys, validator; validator.check_url('https://1.1.1.1/');"
        "print(*sorted(set(sys.modules) & {'httpx', 'httpcore', 'ssl', 'av', 'PIL', 'numpy', 'click'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_it_says_what_lint_says() -> None:
    (result,) = validator.lint("http://10.1/a.png")
    with pytest.raises(UrlRefused) as refused:
        check_url("http://10.1/a.png")
    assert refused.value.code in {finding.code for finding in result.findings}
    (detail,) = (found.message for found in result.findings if found.code == refused.value.code)
    assert "10.1 → 10.0.0.1, a private network (RFC 1918)" in detail
    assert "10.1 → 10.0.0.1, a private network (RFC 1918)" in str(refused.value)
