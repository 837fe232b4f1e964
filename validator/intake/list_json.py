"""JSON and JSON Lines to rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from validator.intake.sheet import ASSETS_KEYS, ListSyntaxError, Row, Sheet
from validator.intake.url import redact

_SPACE = re.compile(r"[ \t\n\r]*")


def read_json(text: str) -> Sheet:
    r"""An array of assets, or an object with `assets` and perhaps `group`.

    Raises:
        ListSyntaxError: no JSON, or neither of these.

    >>> [row.line for row in read_json('[{"path": "a"},\n {"path": "b"}]').rows]
    [1, 2]
    """
    reader = _JsonReader(text)
    first = reader.peek()
    if first == "[":
        items = tuple(reader.items())
        reader.finish()
        return Sheet(items)
    if first != "{":
        raise ListSyntaxError(reader.line, "expected an array of assets, or an object with assets")
    rows: tuple[Row, ...] = ()
    group: Row | None = None
    others: dict[str, int] = {}
    seen: set[str] = set()
    for key in reader.object_keys():
        line = reader.line
        if key in seen or (key in ASSETS_KEYS and seen & set(ASSETS_KEYS)):
            raise ListSyntaxError(line, "is written twice", key)
        seen.add(key)
        if key in ASSETS_KEYS:
            if reader.peek() != "[":
                raise ListSyntaxError(line, "expected an array", key)
            rows = tuple(reader.items())
        elif key == "group":
            group = Row(line, reader.value())
        else:
            others[key] = line
            reader.value()
    reader.finish()
    return Sheet(rows, group, others)


class _JsonReader:
    """Walks over the outer array or object and leaves what is inside to the json module."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = 0
        self._line = 1
        self._decoder = json.JSONDecoder(object_pairs_hook=_once_each)

    @property
    def line(self) -> int:
        """The line of the next token. Only ever counted forwards, so that long lists stay fast."""
        self.peek()
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def peek(self) -> str:
        """The next character that is no space."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def value(self) -> object:
        """The next value, whole."""
        line = self.line
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise ListSyntaxError(error.lineno, error.msg) from error
        except ValueError as error:  # a key twice, or a number of thousands of digits
            raise ListSyntaxError(line, str(error)) from error
        return value

    def items(self) -> Iterator[Row]:
        """The values of an array."""
        for _ in self._between("[", "]"):
            line = self.line
            yield Row(line, self.value())

    def object_keys(self) -> Iterator[str]:
        """The keys of an object; the value is to be read before the next one."""
        for _ in self._between("{", "}"):
            key = self.value() if self.peek() == '"' else None
            if not isinstance(key, str) or self.peek() != ":":
                raise ListSyntaxError(self.line, 'expected "key": value')
            self._at += 1
            yield key

    def finish(self) -> None:
        """Nothing may follow."""
        if self.peek():
            raise ListSyntaxError(self.line, "something follows the end of the list")

    def _between(self, opening: str, closing: str) -> Iterator[None]:
        assert self.peek() == opening  # noqa: S101 - looked at by the caller
        self._at += 1
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield
            following = self.peek()
            if following not in (",", closing) or not following:
                raise ListSyntaxError(self.line, f'expected "," or "{closing}"')
            self._at += 1
            if following == closing:
                return


def read_jsonl(text: str) -> Sheet:
    """One asset a line; blank lines are skipped.

    Raises:
        ListSyntaxError: a line that is no JSON.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_once_each)
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(Row(number, decoder.decode(line)))
        except json.JSONDecodeError as error:
            raise ListSyntaxError(number, error.msg) from error
        except ValueError as error:
            raise ListSyntaxError(number, str(error)) from error
    return Sheet(tuple(rows))


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'"{redact(key)[:40]}" is written twice')
        found[key] = value
    return found
