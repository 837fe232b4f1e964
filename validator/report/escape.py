"""Names come from anywhere: what must not reach a terminal, a log, a web page or a parser as it is.

One function for each place that text is written to; what each gives is inert there, whatever it was given.
"""

from __future__ import annotations

import re
from functools import cache

# Controls (C0, DEL, C1), line and paragraph separators, what turns the direction of writing or is
# invisible, tags, what is no character, and surrogates: bytes of a file name that are not UTF-8.
_NO_CHARACTERS = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_UNPRINTABLE = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    f"\ufdd0-\ufdef\ufeff\ufff9-\ufffb{_NO_CHARACTERS}\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATE = "[\ud800-\udfff]"

# A line that begins with "::name …::", or has "##[name]" in it, is a command to the runners of GitHub;
# "##vso[…]" and "##teamcity[…]" are to those of others. An IPv6 address begins with "::" too, and stays.
_ADDRESS = r"::[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}|\.[0-9]{1,3})*(?![\w:-])"
_INSIDE = r"(?<=\#)\#(?=\w*\[)"
_COMMAND = rf"(?<!\S)(?!{_ADDRESS}):(?=:[\w-])|{_INSIDE}"
_NOT_IN_JSON = rf"{_UNPRINTABLE}|{_INSIDE}"
_NOT_ASCII = "[^\x00-\x7f]"

# Entities keep the parser of Markdown from seeing marks. Mentions and numbers of issues are found in what was
# parsed, but not in code; "www." begins a link, and so do "://" and "mailto:".
_MARK = r"(?i:[\\`*_\[\]<>&|~$@#]|(?<=www)\.|:(?=//)|(?:(?<=mailto)|(?<=xmpp)):)"
_MARKDOWN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "<code>@</code>", "#": "<code>#</code>"}
_IN_CODE = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "<span>@</span>"}  # else an address is a link

# What spreadsheets take for the start of a formula, also in the wide forms of East Asian keyboards, and for a
# date, a time or a fraction, of which they keep a rounded number: 8/3, 16:9, 2026-11-22.
_FORMULA = "[=+@'\uff1d\uff0b\uff0d\uff20\u2212-]"
_DATE = r"[0-9]+(?:[-/.:][0-9]+)+"
_PLAIN_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"  # of "+1" the sign would be lost

# "{0}" in a message of SARIF is a placeholder. Some readers undo doubled braces, as it asks, and some do not.
_BRACE = "[{}]"


@cache
def _ready(expression: str) -> re.Pattern[str]:
    """Made when it is needed: what writes one kind of report needs few of them."""
    return re.compile(expression)


def printable(text: str) -> str:
    r"""Text that does nothing but show, on a terminal and in the log of a CI job.

    Everything else in it is written as a backslash escape, and of what a CI runner takes for a command,
    one character is.

    >>> print(printable("a\x1b[2Jb\n"), printable("caf\udce9.png"), printable("Grüße 顔.png"))
    a\x1b[2Jb\x0a caf\xe9.png Grüße 顔.png
    >>> print(printable("::error::x"), printable("##[error]x"), printable("at ::1"))
    \x3a:error::x #\x23[error]x at ::1
    """
    if text.isprintable() and "::" not in text and "##" not in text:
        return text  # as nearly all is
    return _ready(_COMMAND).sub(_escaped_match, _ready(_UNPRINTABLE).sub(_escaped_match, text))


def encodable(text: str) -> str:
    r"""Text that can be written as UTF-8: surrogates are written as the byte they stand for.

    >>> print(encodable("caf\udce9.png"))
    caf\xe9.png
    """
    return text if text.isascii() else _ready(_SURROGATE).sub(_escaped_match, text)


def inert_json(document: str) -> str:
    r"""The same JSON document, in which nothing unprintable but line feeds is left, and no command.

    >>> print(inert_json('["a\x9bb", "##[error]"]'))
    ["a\u009bb", "#\u0023[error]"]
    """
    if "##" not in document and document.replace("\n", "").isprintable():
        return document
    return _ready(_NOT_IN_JSON).sub(
        lambda found: found[0] if found[0] == "\n" else _json_escaped(found[0]), document
    )


def toml_string(text: str) -> str:
    r"""A text as TOML writes it, in quotes, in which nothing unprintable is left, and no command.

    >>> print(toml_string('say "a\x9bb"'), toml_string("caf\udce9"), toml_string("\U000e0001"))
    "say \"a\u009bb\"" "caf\\xe9" "\U000e0001"
    """
    # What JSON escapes, TOML reads alike, but for characters that JSON writes as two.
    import json

    quoted = json.dumps(encodable(text), ensure_ascii=False)
    return _ready(_NOT_IN_JSON).sub(lambda found: _toml_escaped(found[0]), quoted)


def json_in_markup(document: str) -> str:
    r"""The same JSON document, to stand inside of `<script>` or of any other element.

    >>> print(json_in_markup('["</script>"]'))
    ["\u003c/script\u003e"]
    """
    return re.sub("[<>&]", lambda found: _json_escaped(found[0]), inert_json(document))


def ascii_json(document: str) -> str:
    r"""The same JSON document in ASCII, so that it reads alike whatever encoding it is written in.

    >>> print(ascii_json('["顔\x9b", "##[error]"]'))
    ["\u9854\u009b", "#\u0023[error]"]
    """
    inert = inert_json(document)
    return inert if inert.isascii() else _ready(_NOT_ASCII).sub(lambda found: _json_escaped(found[0]), inert)


def markup(text: str) -> str:
    """Text for HTML and XML: the content of an element, or a value of an attribute in quotes.

    >>> print(markup('<b title="x">&'))
    &lt;b title=&quot;x&quot;&gt;&amp;
    """
    from html import escape

    return escape(printable(text), quote=True)


def xml_text(text: str) -> str:
    r"""Text for XML in ASCII, so that it reads alike whatever encoding it is written in.

    What XML 1.0 has no characters for is written as a backslash escape, and so is the end of a line.

    >>> print(xml_text("<Grüße>\x01"))
    &lt;Gr&#252;&#223;e&gt;\x01
    """
    return markup(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def markdown(text: str) -> str:
    r"""Text in a paragraph, a list or a table of GitHub's or GitLab's Markdown, not at the start of a line.

    Nothing in it is a mark, an element, a link, or a mention of somebody.

    >>> print(markdown("*a* | <b>"), markdown("hello @ada"))
    &#42;a&#42; &#124; &lt;b&gt; hello <code>@</code>ada
    """
    return _ready(_MARK).sub(lambda found: _MARKDOWN.get(found[0]) or f"&#{ord(found[0])};", printable(text))


def markdown_code(text: str) -> str:
    r"""Text in `<code>` inside of Markdown, where nobody is mentioned.

    >>> print(markdown_code("@ada *a*.png"))
    <span>@</span>ada &#42;a&#42;.png
    """
    return _ready(_MARK).sub(lambda found: _IN_CODE.get(found[0]) or f"&#{ord(found[0])};", printable(text))


def csv_cell(text: str) -> str:
    r"""Text in a cell of a table that a spreadsheet opens: never a formula nor a date, and on one line.

    What begins like a formula, or with an apostrophe, gets an apostrophe in front, and so does what reads
    like a date or a fraction; numbers stay numbers. The commas and quotes in it are left to whoever writes
    the table.

    >>> print(csv_cell("=1+1"), csv_cell("-40.5"), csv_cell("'a'"), csv_cell("a=b"), csv_cell("8/3"))
    '=1+1 -40.5 ''a' a=b '8/3
    """
    shown = printable(text)
    if _ready(_PLAIN_NUMBER).fullmatch(shown):
        return shown
    return f"'{shown}" if _ready(_FORMULA).match(shown) or _ready(_DATE).fullmatch(shown) else shown


def sarif_text(text: str) -> str:
    r"""A plain text message of SARIF, in which `[words](target)` would be a link, and `{0}` a placeholder.

    >>> print(sarif_text("[a](https://example.com) {0}"))
    [a] (https://example.com) \x7b0\x7d
    """
    return sarif_markdown(printable(text).replace("](", "] ("))


def sarif_markdown(document: str) -> str:
    r"""A message of SARIF that is Markdown already, in which `{0}` would be a placeholder.

    >>> print(sarif_markdown("**{0}**"))
    **\x7b0\x7d**
    """
    return _ready(_BRACE).sub(_escaped_match, document)


def github_message(text: str) -> str:
    r"""What stands behind the second `::` of a workflow command; lines stay lines.

    >>> print(github_message("100 %\n::error::x"))
    100 %25%0A\x3a:error::x
    """
    return "%0A".join(printable(line).replace("%", "%25") for line in text.split("\n"))


def github_property(text: str) -> str:
    """The value of a property of a workflow command, such as `file` or `title`.

    >>> print(github_property("a,b::c.png"))
    a%2Cb%3A%3Ac.png
    """
    return github_message(text).replace(":", "%3A").replace(",", "%2C")


def uri_path(path: str) -> str:
    r"""A path as a URI reference, which names no other host and no scheme; all of its bytes stay.

    >>> print(uri_path("concat:a|b.png"), uri_path("caf\udce9 1.png"), uri_path("//host/x"))
    concat%3Aa%7Cb.png caf%E9%201.png /%2Fhost/x
    """
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # surrogates that stand for no byte
        data = encodable(path).encode()
    from urllib.parse import quote

    quoted = quote(data, safe="/")
    return "/%2F" + quoted[2:] if quoted.startswith("//") else quoted


def _escaped_match(found: re.Match[str]) -> str:
    return _escaped(found[0])


def _escaped(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # "surrogateescape": the byte itself
        number -= 0xDC00
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _toml_escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _json_escaped(character: str) -> str:
    pairs = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at : at + 2].hex()}" for at in range(0, len(pairs), 2))
