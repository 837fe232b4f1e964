"""Links without a scheme, or percent-encoded as a whole: what is secret in them, inside of any text."""

from __future__ import annotations

import re

from validator.intake.secrets import is_secret_name

# The name of a parameter up to its "=". What stands before it tells how sure it is that it is one of a link.
_ENCODED = "%(?:25)*"
_PARAMETER = re.compile(
    rf"(?P<lead>[?&;]|{_ENCODED}(?:3[FB]|26)|(?<![\w.\-%]))(?P<name>[A-Za-z][\w.\-]{{0,63}})(?:=|{_ENCODED}3D)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[\w+/=~.%\-]{0,20}")
_REST = re.compile(r"[^\s\"'`<>]*")
_LONG = 20  # characters: so long a value is a secret, whatever its parameter is called, if it holds a digit
# Of clouds that sign links, in lower case, without "-", "_" and ".".
_SIGNED = re.compile(r"x(?:amz|goog|tos|oss|cos|obs|bce|ms)[a-z0-9]+|x[a-z0-9]*signature")
_ENCODED_LINK = re.compile(rf"(https?{_ENCODED}3A(?:{_ENCODED}2F){{1,2}})([^\s\"'`<>&?#]*)", re.IGNORECASE)
_ENCODED_USER = re.compile(rf"{_ENCODED}40", re.IGNORECASE)
_ENCODED_QUERY = re.compile(rf"{_ENCODED}(?:3F|23)", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(
    r"(?<![\w:/\\.])(//[\w\-]+(?:\.[\w\-]+)*\.[A-Za-z]{2,20}(?::\d+)?/[^\s\"'`<>?#]*[?#])[^\s\"'`<>]*"
)
_CLOSERS = ",.;:!)]}"


def without_loose_secrets(text: str) -> str:
    """The same text; of parameters that sign or give access, no value is left, nor what follows it.

    >>> without_loose_secrets("fetch bucket.s3.amazonaws.com/k.png?X-Amz-Signature=5ecret, 403")
    'fetch bucket.s3.amazonaws.com/k.png?…, 403'
    >>> without_loose_secrets("url=https%3A%2F%2Fhost%2Fk%3Fkey%3D5ecret"), without_loose_secrets("a.png?v=2")
    ('url=https%3A%2F%2Fhost%2Fk%3F…', 'a.png?v=2')
    """
    text = _ENCODED_LINK.sub(_without_query, text)
    text = _WITHOUT_SCHEME.sub(lambda found: f"{found[1]}…{_closing(found[0])}", text)
    kept, at = [], 0
    for found in _PARAMETER.finditer(text):
        if found.start() >= at and _gives_access(found, text):
            rest = _REST.match(text, found.end())
            assert rest is not None  # noqa: S101 - it matches anything
            kept += [text[at : found.end("lead")], "…", _closing(rest[0])]
            at = rest.end()
    return "".join([*kept, text[at:]])


def _gives_access(found: re.Match[str], text: str) -> bool:
    name = re.sub(r"[-_.]", "", found["name"]).lower()
    if _SIGNED.fullmatch(name):
        return True
    if not found["lead"]:  # a word and a sign in a sentence
        return False
    value = _VALUE.match(text, found.end())
    long = value is not None and len(value[0]) == _LONG and any(letter.isdigit() for letter in value[0])
    return long or is_secret_name(name)


def _without_query(found: re.Match[str]) -> str:
    start, rest = found[1], found[2]
    if _ENCODED_USER.search(rest):
        return f"{start}…{_closing(rest)}"
    query = _ENCODED_QUERY.search(rest)
    return f"{start}{rest[: query.end()]}…{_closing(rest)}" if query else found[0]


def _closing(hidden: str) -> str:
    return hidden[len(hidden.rstrip(_CLOSERS)) :]
