"""Asset lists: a file that names assets, with what their owner says about each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from validator.errors import AssetListError
from validator.intake.list_formats import FORMATS
from validator.intake.sheet import ListSyntaxError, Row
from validator.intake.source import Source, open_local
from validator.intake.url import displayed, is_meant_for_url, is_url, redact, shown
from validator.model import Asset, Group, GroupKind, Role
from validator.suggest import aside, closest
from validator.threadsafe import ready

LARGEST_LIST = 64_000_000
"""Bytes of a list that are read."""

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class ListedAsset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One asset of a list: exactly one of `path` and `url`; `path` is relative to the list."""

    path: str | None = None
    url: str | None = None
    name: str | None = None
    role: Role | None = None
    group: Group | None = None


def read_asset_list(path: Path) -> tuple[Asset, ...]:
    """Read a TOML, JSON, JSONL or CSV list, told apart by the ending of its name.

    An asset's own group overrides that of the whole list. A target is the list's folder joined with
    the path as written.

    Raises:
        AssetListError: the list cannot be read, or says something that makes no sense; the message
            names file, line and field.

    >>> read_asset_list(Path("no/such.toml"))
    Traceback (most recent call last):
    validator.errors.AssetListError: no/such.toml: there is no such list
    """
    return _Reader(path).assets()


def open_list(path: Path) -> Source:
    """Open a list, which is a file.

    Raises:
        AssetListError: it is none, or may not be read.
    """
    name = str(path)
    source = open_local(Asset(name, name))
    if source.file is None:
        access = {"missing": "there is no such list", "denied": "it may not be read"}
        what = access.get(source.access.access or "", "it is not a regular file that can be read")
        raise AssetListError(f"{displayed(name)}: {what}")
    return source


@dataclass(frozen=True)
class _Reader:
    path: Path

    @property
    def _shown(self) -> str:
        return displayed(str(self.path))

    def assets(self) -> tuple[Asset, ...]:
        reader = FORMATS.get(self.path.suffix.lower())
        if reader is None:
            raise AssetListError(f"{self._shown}: an asset list ends in {', '.join(FORMATS)}")
        text = self._text()
        try:
            sheet = reader(text)
        except ListSyntaxError as error:
            self._fail(Row(error.line, None), error.field_name, error.what)
        except RecursionError:
            raise AssetListError(f"{self._shown}:1: it is nested too deeply") from None
        for key, line in sheet.others.items():
            self._fail(Row(line, None), key, _unknown(key, ("assets", "group")))
        if not sheet.rows:
            self._fail(Row(1, None), "assets", "the list names no asset")
        shared = None if sheet.group is None else self._group(sheet.group, sheet.group.data, "group")
        return tuple(self._asset(row, shared) for row in sheet.rows)

    def _text(self) -> str:
        with open_list(self.path) as source:
            assert source.file is not None  # noqa: S101 - or it would not be open
            if (source.access.bytes or 0) > LARGEST_LIST:
                raise AssetListError(f"{self._shown}: it is larger than {LARGEST_LIST:,} bytes")
            try:
                data = source.file.read(LARGEST_LIST)
            except OSError as error:
                raise AssetListError(f"{self._shown}: it could not be read ({error.strerror})") from error
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise AssetListError(f"{self._shown}:{line}: the list is not UTF-8 text") from error

    def _asset(self, row: Row, shared: Group | None) -> Asset:
        data = self._table(row, row.data, "", ListedAsset)
        self._choice(row, data, "role", Role)
        group = None if data.get("group") is None else self._group(row, data["group"], "group")
        rest = {key: value for key, value in data.items() if key != "group"}
        listed = self._converted(row, rest, "", ListedAsset)
        url, path = self._address(row, listed)
        target = url or self._beside(path)
        return Asset(
            target, target, is_url=bool(url), name=listed.name, role=listed.role, group=group or shared
        )

    def _address(self, row: Row, listed: ListedAsset) -> tuple[str, str]:
        if listed.path is not None and listed.url is not None:
            self._fail(row, "url", "an asset has a path or a url, not both")
        if listed.url is not None:
            if not listed.url:
                self._fail(row, "url", "is empty")
            return listed.url, ""
        if not listed.path:
            self._fail(row, "path", "is empty" if listed.path == "" else "an asset needs a path or a url")
        if is_url(listed.path) or (is_meant_for_url(listed.path) and not self._is_there(listed.path)):
            self._fail(row, "path", f'{shown(listed.path)} is no path (did you mean "url"?)')
        return "", listed.path

    def _is_there(self, path: str) -> bool:
        try:
            return os.path.lexists(self._beside(path))
        except ValueError:  # a name that no file can have
            return False

    def _beside(self, path: str) -> str:
        folder = str(self.path.parent)
        return path if folder == os.curdir else os.path.join(folder, path)  # noqa: PTH118 - as written

    def _group(self, row: Row, data: object, where: str) -> Group:
        table = self._table(row, data, where, Group)
        if table.get("kind") is None:
            self._fail(row, f"{where}.kind", f"a group needs its kind: {_listed(GroupKind)}")
        self._choice(row, table, "kind", GroupKind, where)
        return self._converted(row, table, where, Group)

    def _table(self, row: Row, data: object, where: str, wanted: type[msgspec.Struct]) -> Mapping[str, Any]:
        known = wanted.__struct_fields__
        if not isinstance(data, dict):
            self._fail(row, where, f"expected {' / '.join(known)} with their values, not {_named(data)}")
        for key in data:
            if key not in known:
                self._fail(row, f"{where}.{key}" if where else str(key), _unknown(str(key), known))
        return data

    def _choice(
        self, row: Row, data: Mapping[str, Any], key: str, choices: type[StrEnum], where: str = ""
    ) -> None:
        value = data.get(key)
        if isinstance(value, str) and value not in tuple(choices):
            said = f'"{redact(value)[:40]}" is none of {_listed(choices)}{_hint(value, tuple(choices))}'
            self._fail(row, f"{where}.{key}" if where else key, said)

    def _converted(self, row: Row, data: Mapping[str, Any], where: str, wanted: type[_Struct]) -> _Struct:
        for key, value in data.items():
            if value is not None and not isinstance(value, str):
                field = f"{where}.{key}" if where else key
                self._fail(row, field, f"expected a text, not {_named(value)}")
        return msgspec.convert(data, ready(wanted))

    def _fail(self, row: Row, field: str, what: str) -> NoReturn:
        # Where columns or keys are mixed up, a URL may stand in for any of them.
        place = redact(".".join(part for part in (row.place, field) if part))
        raise AssetListError(f"{self._shown}:{row.line}: {place}{': ' if place else ''}{what}")


def _unknown(key: str, known: Iterable[str]) -> str:
    names = tuple(known)
    return f"unknown field{_hint(key, names)}; known: {', '.join(names)}"


def _hint(word: str, known: Iterable[str]) -> str:
    return aside(closest(word.lower().replace("_", "-"), known))


def _listed(choices: type[StrEnum]) -> str:
    return ", ".join(choices)


def _named(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "an array"}
    names |= {dict: "a table", type(None): "null"}
    return names.get(type(value), "a date or time")
