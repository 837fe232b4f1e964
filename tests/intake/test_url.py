"""Addresses: what counts as one, what is wrong with one, and that no secret of one is ever shown."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from validator.intake.secrets import credentials_facts
from validator.intake.url import displayed, is_meant_for_url, is_url, parse, redact, shown

# Letters that stand nowhere else in the addresses below, so that finding them proves a leak.
SECRET = st.text("QXZ7", min_size=1, max_size=12).map(lambda text: f"Q{text}Z")
REST = st.text(string.ascii_lowercase + "/-_.%~", max_size=20)


@pytest.mark.parametrize(
    "target", ["https://h/a", "HTTP://h", "ftp://h/a", "file:///a", "s3://b/k", "a+b-c.d://x"]
)
def test_what_begins_with_a_scheme_is_a_url(target: str) -> None:
    assert is_url(target)


@pytest.mark.parametrize(
    "target",
    [
        "-rf.png",
        "concat:a|b",
        "pipe:0",
        "http:x.mp4",
        "http:/x",
        "C:\\a.png",
        "C://a.png",
        "//h/a",
        "a b://c",
        "",
    ],
)
def test_everything_else_is_a_file(target: str) -> None:
    assert not is_url(target)


@given(st.text())
@example("https://[")
@example("https://h:٣/")
@example("https://h\ud800/")
def test_no_text_at_all_makes_parsing_or_redacting_fail(text: str) -> None:
    for url in (text, f"https://{text}", f"https://h{text}", f"ftp://{text}@h"):
        address = parse(url)
        assert bool(address.problem) == (address.scheme in ("other", "malformed"))
        redact(url)
        shown(url)


@given(SECRET, REST, st.sampled_from(["?", "#", "/p?a=1&b=", "/p#", "?#"]))
def test_query_and_fragment_are_never_shown(secret: str, rest: str, before: str) -> None:
    assert secret not in redact(f"https://host{before}{secret}{rest}")
    assert secret not in redact(f"could not fetch <https://host{before}{secret}{rest}>, gave up")


@given(SECRET, REST)
def test_user_and_password_are_never_shown(secret: str, path: str) -> None:
    for url in (
        f"https://{secret}@host/{path}",
        f"https://u:{secret}@host/{path}",
        f"https://{secret}:p@host",
    ):
        assert secret not in redact(url)
        assert secret not in redact(f"in {url} there is")


@pytest.mark.parametrize("password", ["se/cret", "se@cret", "se:cret"])
def test_a_password_that_nobody_encoded_is_not_shown_either(password: str) -> None:
    assert redact(f"https://ada:{password}@host/a.png") == "https://host/a.png"


@pytest.mark.parametrize(
    "url",
    ["https://ada:se?cret@host/a.png", "https://ada:se#cret@host", "https://host:foo/a?mail=x@y&key=secret"],
)
def test_where_a_password_and_a_query_look_alike_nothing_is_shown(url: str) -> None:
    assert redact(url) == "https://…"
    assert redact(f"at {url} it is") == "at https://… it is"


def test_a_broken_url_is_hidden_to_its_end() -> None:
    assert redact("https://host/a.png?sig=one two three") == "https://host/a.png?…"
    assert redact("https://host/a.png?sig=one<two>") == "https://host/a.png?…"


@pytest.mark.parametrize("slash", ["/", "\\"])
def test_what_became_a_path_shows_no_user(slash: str) -> None:
    path = f"there is no /srv/clips{slash}https:{slash}ada:s3cret@host/a.png"
    assert redact(path) == f"there is no /srv/clips{slash}https:{slash}host/a.png"
    assert redact("a/https:/b@c/@d.png") == "a/https:/c/@d.png"
    assert redact("a/mailhttps:/b@c.png") == "a/mailhttps:/b@c.png"


@given(SECRET, REST)
def test_redacting_twice_changes_nothing(secret: str, rest: str) -> None:
    for text in (
        f"https://u:{secret}@h/{rest}?{secret}",
        f"see https://h/{rest}#{secret}, and http://b?{secret}.",
    ):
        assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("no address here: a.png?x=1", "no address here: a.png?x=1"),
        ("https://host/@ada/a.png", "https://host/@ada/a.png"),
        ("https://[2001:db8::1]:80/a?b", "https://[2001:db8::1]:80/a?…"),
        ("https://[2001:db8::1]:80/a@b", "https://[2001:db8::1]:80/a@b"),
        ("https://ada:s3:1//cret@host/a", "https://host/a"),
        ('"https://h/a?b=1"', '"https://h/a?…"'),
        ("(see <https://h/a?b=1>)", "(see <https://h/a?…>)"),
        ("https://h/a?b → https://h/c?d", "https://h/a?… → https://h/c?…"),
    ],
)
def test_secrets_go_and_what_is_none_stays(text: str, safe: str) -> None:
    assert redact(text) == safe


@given(SECRET)
def test_what_was_only_meant_for_a_url_shows_no_secret_either(secret: str) -> None:
    for before in ("host/a.png?key=", "https:/host/a.png?key=", "https:host#", "app:back?code="):
        assert secret not in shown(before + secret)
    for before in ("", "u:", "//", "//u:", "https:u:", "https:/u:", "https:\\\\u:"):
        assert secret not in shown(f"{before}{secret}@host/a.png")


LOOSE = (
    "bucket.s3.amazonaws.com/k.png?X-Amz-Signature={}",
    "//b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={}",
    "/k.png?a=1&X-Tos-Signature={}&b=2",
    "/k?a=1&amp;sig={}",
    "host/k?access_token={}",
    "//cdn.example/k?{}",
    "https%3A%2F%2Fb%2Fk%3FX-Amz-Signature%3D{}",
    "https%3a%2f%2fb%2fk%3fwhatever%3d{}",
    "https%253A%252F%252Fb%252Fk%253Fwhatever%253D{}",
    "https%3A%2F%2Fu%3A{}%40b%2Fk",
    "k.png%3Fw%3D1%26Signature%3D{}",
    "X-Amz-Credential={}",
    "x-goog-signature={}",
)


@given(
    SECRET,
    st.sampled_from(LOOSE),
    st.sampled_from(["{}", "GET {} HTTP/1.1 403", "<{}>", '"{}",', "fetch {}."]),
)
def test_of_a_link_without_a_scheme_no_secret_is_shown(secret: str, link: str, said: str) -> None:
    text = said.format(link.format(secret))
    safe = redact(text)
    assert secret not in safe
    assert redact(safe) == safe
    assert secret not in redact(f"{text} and {text}")
    assert safe.endswith(said.partition("{}")[2])


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("GET /k.png?X-Amz-Signature=QZ HTTP/1.1 403", "GET /k.png?… HTTP/1.1 403"),
        ("see b.example/k?token=QZ, twice", "see b.example/k?…, twice"),
        ("at //cdn.example/k?v=2.", "at //cdn.example/k?…."),
        ("see host/k?x=0123456789abcdefghij", "see host/k?…"),
        ("url=https%3A%2F%2Fb%2Fk%3Fa%3D1&w=2", "url=https%3A%2F%2Fb%2Fk%3F…&w=2"),
    ],
)
def test_what_a_link_without_a_scheme_looks_like(text: str, safe: str) -> None:
    assert redact(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        "no address here: a.png?x=1",
        "clips/a?.mp4: No such file or directory",
        "clips/100%3A50.png",
        "clips/a&b=c.png",
        "clips/face?v=2&w=300.png is no image",
        "is it token=abc? yes; key words: a&b",
        "fps=60, width=300 and duration=2.5 s; sign=-1",
        "https%3A%2F%2Fhost%2Fa.png",
        "//data/a#1.png and //data/a?.png",
        "C:\\clips\\a?b=very-long-but-no-digits-in-it.mp4",
        "[upload] quota=100; see `validator rules VID005`",
    ],
)
def test_words_that_are_no_link_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("start", ["https://", "https:/", "https:", ""])
@pytest.mark.parametrize(
    "rest", ["host/a;token=QZ", "host/b%3FX-Amz-Signature%3DQZ/c", "host/https%3A%2F%2Fb%3Fk%3DQZ"]
)
def test_a_secret_in_the_path_of_a_url_is_not_shown(start: str, rest: str) -> None:
    said = {redact(start + rest), displayed(start + rest, is_url=True), shown(start + rest)}
    assert not any("QZ" in text for text in said)
    assert all(redact(text) == text for text in said)


def test_the_name_of_a_file_that_came_from_a_link_is_shown_whole() -> None:
    assert displayed("clips/a.png?X-Amz-Signature=abc") == "clips/a.png?X-Amz-Signature=abc"


MEANT = ("https:/", "HTTP:", "https:\\\\", "http:////", "Https:\\")


@given(SECRET, REST)
def test_of_a_url_with_too_few_slashes_no_secret_is_shown(secret: str, rest: str) -> None:
    for start in MEANT:
        for text in (
            f"{start}host/{rest}?key={secret}",
            f"{start}host#{secret}",
            f"{start}u:{secret}@host/{rest}",
            f"{start}u@//v:{secret}@host/{rest}",
        ):
            for said in (text, f"in {text} there is", f"{text} and {text}"):
                assert secret not in redact(said)
                assert redact(redact(said)) == redact(said)
            assert secret not in displayed(text)
            assert secret not in displayed(f" {text}")
            assert secret not in displayed(text, is_url=True)


@given(SECRET, REST)
def test_of_a_host_with_a_user_no_secret_is_shown(secret: str, rest: str) -> None:
    for text in (f"//u:{secret}@host/{rest}?{secret}", f"//{secret}@host#{secret}", f"//u:/{secret}@host"):
        assert secret not in redact(text)
        assert redact(redact(text)) == redact(text)
        assert secret not in displayed(text)
    for text in (f"u:{secret}@host/{rest}", f"host/{rest}?{secret}"):  # as a list calls a url
        assert secret not in displayed(text, is_url=True)


@given(st.text("htp:/\\@?#u. a\uff20", max_size=24))
def test_whatever_is_redacted_stays_as_it_is_at_a_second_time(text: str) -> None:
    for said in (text, f"https:{text}", f"//{text}", f"see https:/{text}"):
        assert redact(redact(said)) == redact(said) or not redact(said).isascii()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https:/h.invalid/x?token=QZ", "https:/h.invalid/x?…"),
        ("https:bob:QZ@127.0.0.1/x", "https:127.0.0.1/x"),
        ("//bob:QZ@host/x?k=QZ", "//host/x?…"),
        ("//bob:Q/Z@host/x", "//host/x"),
        ("http:/bob:Q/Z@host/x", "http:/host/x"),
        ("https:/h/x?t=one two", "https:/h/x?…"),
        ("see https:/h/x?t=QZ, and 'http:u:QZ@h'", "see https:/h/x?…, and 'http:h'"),
        ("//bob:QZ@h/ https://h/?QZ", "//h/ https://h/?…"),
    ],
)
def test_what_was_meant_for_a_url_is_shown_as_it_was_written(text: str, safe: str) -> None:
    assert redact(text) == safe
    assert displayed(text) == safe
    assert displayed(text, is_url=True) in (safe, "…")


@pytest.mark.parametrize(
    "name",
    [
        "//data/a#1.png",
        "//data/a?.png",
        "//data/ada@home/a#1.png",
        "/data/http:/mirror/a#1.png",
        "C://clips/a#1.mp4",
        "C:\\u@b\\a#1.mp4",
        "http:x.mp4",
        "concat:a|b",
        "pipe:0",
        "clips/a?#@.mp4",
    ],
)
def test_the_name_of_a_file_is_shown_whole(name: str) -> None:
    assert displayed(name) == name


@pytest.mark.parametrize("target", ["https:/h/a", "HTTP:h/a", "https:u:p@h/a?b", "http:/h/"])
def test_a_url_with_too_few_slashes_is_known(target: str) -> None:
    assert is_meant_for_url(target)
    assert parse(target).problem == "it does not begin with https://"


@pytest.mark.parametrize("target", ["https://h/a", "http:x.mp4", "./http:/a", "ftp:/h/a", "xhttp:/h", "a/b"])
def test_what_is_no_such_url_is_known(target: str) -> None:
    assert not is_meant_for_url(target)


def test_a_very_long_url_is_shortened_where_it_is_shown() -> None:
    assert len(shown("https://host/" + "a" * 10_000)) < 400


def test_a_url_is_taken_apart() -> None:
    address = parse("https://Ada:pw@Host.Example:8443/a/b.png?c=1#d")
    assert (address.scheme, address.host, address.path, address.query) == (
        "https",
        "host.example",
        "/a/b.png",
        "c=1",
    )


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://h/a\tb", "it holds the character U+0009, which no URL may hold"),
        ("https://h/a|b", "it holds the character |, which is written %7C"),
        ("https://h/\udcff", "it holds the character U+DCFF, which no URL may hold"),
        ("https://127.0.0.1.1/", "its host 127.0.0.1.1 ends in a number and is no IPv4 address"),
        (
            "https://[fe80::1%25eth0]/",
            "its address has a zone (%…), which means something on one machine only",
        ),
        ("https://[::1]x/", "its host is malformed"),
        ("https://x[::1]/", "its host is malformed"),
        ("https://[v1.x]/", "its host is malformed"),
        ("https://\u0378.example/", "its host is no valid international name (IDNA)"),
        ("https://h:0/", "port 0 cannot be reached"),
        ("https://h%20x/", "its host holds a percent sign"),
        ("https://:80/", "it names no host"),
        (f"https://{'a' * 64}.example/", "its host has an empty part, or one of more than 63 characters"),
    ],
)
def test_what_is_wrong_is_named(url: str, problem: str) -> None:
    assert parse(url).problem == problem


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://b\u00fccher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://\u0430pple.example:8443/a", "https://xn--pple-43d.example:8443/a"),
        ("https://\uff45xample\u3002com", "https://example.com"),
        ("https://ada:QZ@\u0430pple.example/?QZ", "https://xn--pple-43d.example/?…"),
        ("https://ada:QZ\uff20host/", "https://host/"),
        ("https://\u2028host/", "https://xn--host-zc7a/"),
    ],
)
def test_letters_beyond_ascii_are_shown_as_punycode(url: str, safe: str) -> None:
    assert redact(url) == safe
    assert redact(f"from {url} on") == f"from {safe} on" or "\u2028" in url


@pytest.mark.parametrize(
    ("url", "sendable"),
    [
        ("https://Host.Example./a?b#c", "https://host.example/a?b#c"),
        ("https://b\u00fccher.example:8443?", "https://xn--bcher-kva.example:8443?"),
        ("http://0x7f.1:80//a/../b?X=%2f", "http://127.0.0.1:80//a/../b?X=%2f"),
        ("http://[0:0::1]:8080/", "http://[::1]:8080/"),
        ("HTTP://host:/", "HTTP://host/"),
    ],
)
def test_only_the_host_is_written_anew_where_a_url_is_sent(url: str, sendable: str) -> None:
    assert parse(url).sendable == sendable


@given(st.text("a1.:@/?#[]%&=0x-_\u00e4\u3002\uff11\uff0f\u2488", max_size=24) | st.text(max_size=40))
def test_what_is_sent_goes_to_the_host_that_was_looked_at(text: str) -> None:
    import httpx

    address = parse(f"https://{text}")
    if not address.problem:
        try:
            sent = httpx.URL(address.sendable)
        except (httpx.InvalidURL, UnicodeError):
            return
        assert sent.raw_host.decode("ascii") == address.host
        assert (sent.port or 443) == address.port


@pytest.mark.parametrize(
    "url",
    [
        "https://h/ " + "a" * 50_000,
        "a" * 50_000,
        "see " + "http://a@" * 5_000,
        "https://" + "".join(chr(0x4E00 + number % 5000) for number in range(50_000)),
        "https://" + "\u00e4." * 20_000,
        "https://" + "@:" * 20_000,
        "https://h/?" + "&" * 50_000,
        "https://h/?a=" + "eyJ" * 20_000,
        "https:/" + "u@/" * 20_000,
        "see " + "http:/" * 10_000,
        "see " + "http:" * 10_000 + "@",
        "//" + "a:/" * 20_000 + "@",
        "?a=b" * 20_000,
        "?" + "a" * 50_000,
        "a.b-" * 20_000,
        "https%3A%2F%2F" * 10_000,
        "%25" * 20_000,
        "https" + "%25" * 20_000,
        "//" + "a." * 20_000,
        "//a.bc/" * 10_000,
        "X-Amz-Signature=a " * 5_000,
    ],
)
def test_no_address_takes_long_to_look_at(url: str) -> None:
    began = time.process_time()
    redact(url)
    credentials_facts(parse(url).query)
    assert time.process_time() - began < 1
