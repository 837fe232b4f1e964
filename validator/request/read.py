"""A request's body, as bytes from anywhere, to what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from validator.model import Kind
from validator.request.item import TYPES, Item, quoted

MOST_BYTES = 100_000_000
"""What is larger is measured, but not read: more than any service takes, and less than hurts."""

_MOST_VALUES = 1_000_000
_NAMES = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}


class Unreadable(Exception):
    """This is no JSON object; the message says why, in words that follow "The request cannot be read"."""


@dataclass(frozen=True)
class Request:
    """What a generation request says.

    `prompt` holds texts that stand in the content too, and is `None` where there is none; `malformed` and
    `unusual` say what is not as documented.
    """

    model: str | None = None
    prompt: str | None = None
    items: tuple[Item, ...] = ()
    malformed: tuple[str, ...] = ()
    unusual: tuple[str, ...] = ()

    def count(self, kind: Kind) -> int:
        """How many media of this type it names."""
        return sum(item.kind is kind for item in self.items)


def read_request(body: bytes) -> Request:
    """Read a request.

    Raises:
        Unreadable: it is no JSON object.

    >>> read_request(b'{"model": "m", "prompt": "A cat."}')
    Request(model='m', prompt='A cat.', items=(), malformed=(), unusual=())
    """
    if len(body) > MOST_BYTES:
        raise Unreadable(f"it has {len(body):,} bytes, and no more than {MOST_BYTES:,} are read")
    if not body.strip():
        raise Unreadable("it is empty")
    if body.count(b",") + body.count(b"[") + body.count(b"{") > _MOST_VALUES:
        raise Unreadable(f"it holds more than {_MOST_VALUES:,} values")
    twice: list[str] = []
    value = _json(body, twice)
    if not isinstance(value, dict):
        raise Unreadable(f"it is {_name(value)}, not an object")
    return _Reader(value, twice).request()


def _json(body: bytes, twice: list[str]) -> Any:
    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, held in pairs:
            if key in found:
                twice.append(key)
            found[key] = held
        return found

    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=object_of, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not UTF-8 (byte {error.start:,})") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"no JSON: {error.msg}, line {error.lineno:,}, column {error.colno:,}") from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except ValueError as error:  # of a number
        raise Unreadable("it holds a number that cannot be read") from error


def _no_number(name: str) -> NoReturn:
    raise Unreadable(f"no JSON: {name} is no number there")


class _Reader:
    """Walks over the documented places of a request, and notes what is not as documented."""

    def __init__(self, body: dict[str, Any], twice: list[str]) -> None:
        self._body = body
        self._malformed = [f"the key {quoted(key)} is written twice" for key in twice]
        self._unusual: list[str] = []
        self._texts: list[str] = []

    def request(self) -> Request:
        """All of it."""
        model = self._text("model")
        if "model" not in self._body:
            self._malformed.append("there is no model")
        items = tuple(self._items())
        return Request(model, self._prompt(), items, tuple(self._malformed), tuple(self._unusual))

    def _text(self, key: str) -> str | None:
        value = self._body.get(key)
        if key in self._body and not isinstance(value, str):
            self._malformed.append(f"{key} is {_name(value)}, not a text")
            return None
        return value

    def _prompt(self) -> str | None:
        prompt = self._text("prompt")
        texts = [text for text in (prompt, *self._texts) if text is not None]
        if "prompt" not in self._body:
            self._unusual.append("there is no prompt")
        elif prompt is not None and not prompt.strip():
            self._unusual.append("the prompt is empty")
        return "\n".join(texts) if texts else None

    def _items(self) -> Iterator[Item]:
        where, content = self._content()
        if not isinstance(content, list):
            self._malformed.append(f"{where} is {_name(content)}, not an array")
            return
        counts = dict.fromkeys(Kind, 0)
        for at, entry in enumerate(content):
            kind = self._kind(f"{where}[{at}]", entry)
            if kind is not None:
                counts[kind] += 1
                yield self._item(f"{where}[{at}]", entry, kind, counts[kind])

    def _content(self) -> tuple[str, Any]:
        """The content, and where it stands: not always where it should."""
        metadata = self._body.get("metadata", {})
        if not isinstance(metadata, dict):
            self._malformed.append(f"metadata is {_name(metadata)}, not an object")
            metadata = {}
        if "content" in self._body:
            self._malformed.append("content stands beside the prompt, where the page has metadata.content")
            if "content" not in metadata:
                return "content", self._body["content"]
        return "metadata.content", metadata.get("content", [])

    def _kind(self, where: str, entry: object) -> Kind | None:
        if not isinstance(entry, dict):
            self._malformed.append(f"{where} is {_name(entry)}, not an object")
            return None
        type_ = entry.get("type")
        if not isinstance(type_, str):
            self._malformed.append(f"{where} has no type")
            return None
        if type_ == "text":
            self._unusual.append(f"{where} is a text, where the page has the prompt alone")
            if isinstance(entry.get("text"), str):
                self._texts.append(entry["text"])
            return None
        if type_ not in TYPES:
            self._unusual.append(f"{where}.type is {quoted(type_)}, none of {', '.join(TYPES)}")
            return None
        return TYPES[type_]

    def _item(self, where: str, entry: dict[str, Any], kind: Kind, position: int) -> Item:
        type_ = entry["type"]
        held = entry.get(type_)
        url = held.get("url") if isinstance(held, dict) else None
        if not isinstance(held, dict):
            self._malformed.append(
                f"{where} has no {type_}"
                if type_ not in entry
                else f"{where}.{type_} is {_name(held)}, not an object with url"
            )
        elif not isinstance(url, str) or not url:
            self._malformed.append(f"{where}.{type_} has no url")
        role = entry.get("role")
        if role is not None and not isinstance(role, str):
            self._malformed.append(f"{where}.role is {_name(role)}, not a text")
        return Item(
            kind, position, url if isinstance(url, str) else "", role if isinstance(role, str) else ""
        )


def _name(value: object) -> str:
    return _NAMES.get(type(value), "a number")
