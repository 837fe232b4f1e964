"""Whatever a text holds, it breaks out of nothing that it is written into: read back by who would read it."""

from __future__ import annotations

import json
import re
import sys
import tomllib
import unicodedata
import urllib.parse
import xml.etree.ElementTree as ET  # the texts are ours

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.report.attacks import HOSTILE, WRITTEN
from tests.report.documents import GitHubPage
from tests.report.readers import Command, Page, commands, moves_a_terminal
from validator.report.escape import (
    encodable,
    github_message,
    github_property,
    inert_json,
    json_in_markup,
    markdown,
    markdown_code,
    markup,
    printable,
    sarif_markdown,
    sarif_text,
    toml_string,
    uri_path,
    xml_text,
)

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def shown(text: str) -> str:
    """What all formats make of a text that has to be looked at."""
    return printable(text)


class TestTerminalsAndLogs:
    @given(HOSTILE)
    def test_no_control_and_no_surrogate_survives(self, text: str) -> None:
        printable(text).encode()
        assert not [each for each in printable(text) if unicodedata.category(each) in ("Cc", "Cs")]
        assert not set(printable(text)) & {*BIDI, "\u2028", "\u2029"}
        assert printable(text).splitlines() in ([printable(text)], [])
        assert moves_a_terminal(printable(text)) == []

    @given(HOSTILE, HOSTILE)
    @example("::error:", "")
    @example("a ::error", ":x")
    def test_no_ci_runner_takes_it_for_a_command(self, text: str, other: str) -> None:
        name, words = printable(text), printable(other)
        for line in (name, f"{name}: fail ({words})", f"  error  FIL006  {words}", f"{words} {name}::"):
            assert commands(line) == []
        for word in f"{name} {words}".split(" "):  # wrapping breaks lines between words
            assert commands(f"          {word}") == []
            assert commands(f"          {word} ::") == []

    @given(HOSTILE)
    def test_it_is_stable(self, text: str) -> None:
        assert printable(printable(text)) == printable(text)

    @given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters=":#")))
    def test_what_shows_is_left_alone(self, text: str) -> None:
        assert printable(text) == encodable(text) == text

    def test_what_python_calls_printable_needs_no_second_look(self) -> None:
        every = (chr(number) for number in range(sys.maxunicode + 1))
        shows = "".join(character for character in every if character.isprintable()).replace(":", "")
        assert printable(f"\x07{shows}") == f"\\x07{shows}"  # looked at, for what does not show

    @given(
        st.ip_addresses(v=6),
        st.sampled_from(("{}", "at {}", "({})", "[{}]:443", "{}, then", "{} is private")),
    )
    def test_addresses_stay_readable(self, address: object, around: str) -> None:
        assert printable(around.format(address)) == around.format(address)

    @pytest.mark.parametrize(
        "text",
        ["::1", "::", "::ffff:127.0.0.1", "64:ff9b::1 is one", "std::vector", "a::b::c", "#1 [x]", "12:30"],
    )
    def test_colons_that_are_no_command_stay(self, text: str) -> None:
        assert printable(text) == text

    @pytest.mark.parametrize(
        ("text", "escaped"),
        [
            ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
            ("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"),
            ("\x9b31m", "\\x9b31m"),
            ("gpj.\u202eexe", "gpj.\\u202eexe"),
            ("\udcff", "\\xff"),
            ("\ud800", "\\ud800"),
            ("\U000e0041", "\\U000e0041"),
            ("👩\u200d🚀 naïve 顔", "👩\u200d🚀 naïve 顔"),
            ("::error::x", "\\x3a:error::x"),
            ("a ::debug::x", "a \\x3a:debug::x"),
            ("::deadbeef::x", "\\x3a:deadbeef::x"),
            ("x##[error]y", "x#\\x23[error]y"),
            ("##vso[task.complete]", "#\\x23vso[task.complete]"),
        ],
    )
    def test_escapes_read_like_those_of_python(self, text: str, escaped: str) -> None:
        assert printable(text) == escaped

    def test_the_model_knows_a_command_when_it_sees_one(self) -> None:
        assert commands("x\n  ::error file=a%2Cb,line=1::broken%0Atwice") == [
            Command("error", {"file": "a,b", "line": "1"}, "broken\ntwice")
        ]
        assert [each.name for each in commands("a ##[group]b\n##vso[task]")] == ["group", "##vso["]
        assert commands("::\n::: x\n::1::\nplain") == []
        assert moves_a_terminal("a\x1b[2J\n\u202e") == ["\x1b", "\u202e"]


class TestJson:
    @given(HOSTILE)
    def test_encodable_text_is_utf8_and_changes_nothing_else(self, text: str) -> None:
        encodable(text).encode()
        if text.isascii():
            assert encodable(text) == text

    @given(st.dictionaries(WRITTEN, WRITTEN | st.integers() | st.lists(WRITTEN)))
    def test_inert_json_says_the_same(self, value: dict[str, object]) -> None:
        document = json.dumps(value, ensure_ascii=False, indent=1)
        inert = inert_json(document)
        assert json.loads(inert) == value
        inert.encode()
        assert moves_a_terminal(inert) == []
        assert commands(inert) == []

    @given(WRITTEN)
    def test_a_text_in_toml_is_the_same_text(self, text: str) -> None:
        quoted = toml_string(text)
        assert tomllib.loads(f"a = {quoted}") == {"a": text}
        quoted.encode()
        assert moves_a_terminal(quoted) == []
        assert commands(quoted) == []

    @given(st.dictionaries(WRITTEN, WRITTEN))
    def test_json_inside_of_a_script_is_one_script(self, value: dict[str, str]) -> None:
        document = json_in_markup(json.dumps(value, ensure_ascii=False))
        page = Page(f'<script type="application/json">{document}</script><p>after</p>')
        assert [name for name, _ in page.elements] == ["script", "p"]
        assert json.loads(page.texts[0]) == value
        assert (page.texts[1:], page.others) == (["after"], [])


class TestMarkup:
    @given(HOSTILE)
    def test_text_is_one_text(self, text: str) -> None:
        page = Page(f"<p>{markup(text)}</p>")
        assert (page.elements, page.others) == ([("p", {})], [])
        assert "".join(page.texts) == shown(text)

    @given(HOSTILE, st.sampled_from("'\""))
    def test_a_value_is_one_attribute(self, text: str, quote: str) -> None:
        page = Page(f"<p title={quote}{markup(text)}{quote} id=x>y</p>")
        assert page.elements == [("p", {"title": shown(text), "id": "x"})]
        assert (page.texts, page.others) == (["y"], [])

    @given(HOSTILE)
    def test_xml_takes_it_too(self, text: str) -> None:
        root = ET.fromstring(f'<a b="{markup(text)}">{markup(text)}</a>')  # noqa: S314 - the text is ours
        assert (root.get("b"), root.text or "", len(root)) == (shown(text), shown(text), 0)

    @given(HOSTILE)
    def test_as_ascii_it_is_the_same(self, text: str) -> None:
        shown_as = xml_text(text)
        root = ET.fromstring(f'<a b="{shown_as}">{shown_as}</a>')  # noqa: S314 - the text is ours
        assert (root.get("b"), root.text or "") == (shown(text), shown(text))
        assert shown_as.isascii()


class TestMarkdown:
    @given(HOSTILE)
    def test_it_is_a_text_and_nothing_else(self, text: str) -> None:
        page = GitHubPage(f"a{markdown(text)}")
        assert page.tags <= {"p", "code"}
        assert "".join(page.texts).strip() == f"a{shown(text)}".strip()
        assert not [each for each in page.mentionable if re.search(r"[@#]\w", each)]

    @given(HOSTILE)
    def test_in_code_it_is_a_text_and_nothing_else(self, text: str) -> None:
        page = GitHubPage(f"a<code>{markdown_code(text)}</code>")
        assert [tag for tag, _ in page.elements if tag != "span"] == ["p", "code"]
        assert "".join(page.texts) == f"a{shown(text)}\n"
        assert page.mentionable == ["a", "\n"]

    def test_what_is_no_mark_stays_readable(self) -> None:
        plain = "photos/Ada-1 (2).png: 2,560 px; 50 % = 'half'? x+y, 12:30"
        assert markdown(plain) == plain


class TestSarif:
    @given(HOSTILE)
    def test_no_message_has_a_link(self, text: str) -> None:
        assert not re.search(r"\[[^\]]*\]\(", sarif_text(text))
        assert moves_a_terminal(sarif_text(text)) == []

    @given(HOSTILE)
    def test_no_message_has_a_placeholder_or_what_a_reader_would_halve(self, text: str) -> None:
        assert not {"{", "}"} & {*sarif_text(text), *sarif_markdown(text)}
        assert sarif_markdown(text).replace("\\x7b", "{").replace("\\x7d", "}") == text.replace(
            "\\x7b", "{"
        ).replace("\\x7d", "}")


class TestGitHub:
    @given(HOSTILE, HOSTILE, HOSTILE)
    def test_a_command_stays_one_command(self, name: str, title: str, message: str) -> None:
        # Some number comes last: the runner trims what stands behind the last property.
        properties = f"file={github_property(name)},title={github_property(title)},line=1"
        line = f"::error {properties}::{github_message(message)}"
        (found,) = commands(line)
        told = {"file": github_property_read(name), "title": github_property_read(title), "line": "1"}
        assert found.name == "error"
        assert found.properties == {key: value for key, value in told.items() if value}
        assert found.data == "\n".join(map(shown, message.split("\n")))
        assert moves_a_terminal(line) == []


def github_property_read(text: str) -> str:
    """What comes back of a property."""
    return "\n".join(map(shown, text.split("\n")))


class TestUri:
    @given(HOSTILE)
    def test_a_path_is_a_path(self, path: str) -> None:
        uri = uri_path(path)
        parts = urllib.parse.urlsplit(uri)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert uri.isascii()
        assert moves_a_terminal(uri) == []
        assert commands(uri) == []
        try:
            data = path.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            data = encodable(path).encode()
        assert urllib.parse.unquote_to_bytes(uri) == data

    def test_folders_stay_folders(self) -> None:
        assert uri_path("a b/c.png") == "a%20b/c.png"
