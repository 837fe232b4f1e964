"""Names come from anywhere: what must not reach a terminal, a log or a JSON parser as it is."""

from __future__ import annotations

import re

# Controls (C0, DEL, C1), line and paragraph separators, what turns the direction of writing or is
# invisible, tags, and surrogates: bytes of a file name that are not UTF-8.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Text that does nothing but show: everything else in it is written as a backslash escape.

    >>> print(printable("a\x1b[2Jb\n"), printable("caf\udce9.png"), printable("Grüße 顔.png"))
    a\x1b[2Jb\x0a caf\xe9.png Grüße 顔.png
    """
    return _UNPRINTABLE.sub(lambda found: _escaped(found[0]), text)


def encodable(text: str) -> str:
    r"""Text that can be written as UTF-8: surrogates are written as the byte they stand for.

    >>> print(encodable("caf\udce9.png"))
    caf\xe9.png
    """
    return _SURROGATE.sub(lambda found: _escaped(found[0]), text)


def inert_json(document: str) -> str:
    r"""The same JSON document, in which nothing unprintable but line feeds is left.

    >>> print(inert_json('["a\x9bb"]'))
    ["a\u009bb"]
    """
    return _UNPRINTABLE.sub(lambda found: found[0] if found[0] == "\n" else _json_escaped(found[0]), document)


def _escaped(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # "surrogateescape": the byte itself
        number -= 0xDC00
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _json_escaped(character: str) -> str:
    pairs = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at : at + 2].hex()}" for at in range(0, len(pairs), 2))
