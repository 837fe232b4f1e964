"""The rows of an Arrow table to assets: which columns count, and what their cells may say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from validator.errors import UsageError
from validator.intake.targets import LONGEST_LINE
from validator.intake.url import is_meant_for_url, is_url, redact, shown
from validator.model import Asset, Group, GroupKind, Role
from validator.suggest import aside, closest

ADDRESSES = ("target", "path", "url")
"""The columns of which one names a row's asset: a path or a URL, a path alone, a URL alone."""

COLUMNS = (*ADDRESSES, "name", "role", "group", "group_kind", "group_id", "group_name")
"""All columns that count."""

_PARTS = ("kind", "id", "name")  # of a group
_FLAT = ("group_kind", "group_id", "group_name")
_ROLES: Mapping[str, Role] = MappingProxyType({role.value: role for role in Role})
_KINDS: Mapping[str, GroupKind] = MappingProxyType({kind.value: kind for kind in GroupKind})
_LONGEST_TYPE = 80  # characters of it that are shown
_GROUPS_KEPT = 1_000  # made once each, however many rows are of them
_AT_ONCE = 1 << 26  # bytes of a column that are made Python texts whatever they are
MOST_CHARACTERS = 1 << 28
"""Of a column of one batch, whose cells may all be one text in memory."""


class TableError(UsageError):
    """What is wrong with a table as a whole."""


class Rows:
    """Reads the rows of batches that have one schema; what columns there are beside those that count is free.

    `folder` is where relative paths begin; empty: in the current one. `name` may be a whole number, too.

    Raises:
        TableError: no column names assets, or one that counts is of a type that it cannot have.

    >>> batch = pa.record_batch({"target": ["a.png", None], "role": ["scene", None]})
    >>> first, second = Rows(batch.schema).assets(batch)
    >>> first.role.value, second
    ('scene', 'the row names no asset (target is empty)')
    """

    def __init__(self, schema: pa.Schema, folder: str = "") -> None:
        self._folder = "" if folder == os.curdir else folder
        self.columns = tuple(name for name in COLUMNS if name in schema.names)
        self._addresses = tuple(name for name in ADDRESSES if name in self.columns)
        if not self._addresses:
            near = next((found for name in schema.names if (found := closest(name, ADDRESSES))), None)
            raise TableError(f"no column names the assets: call it target, path or url{aside(near)}")
        for name in self.columns:
            _check_type(schema, name)
        whole = "group" in self.columns and pa.types.is_struct(schema.field("group").type)
        twice = next((name for name in (_FLAT if whole else _FLAT[:1]) if name in self.columns), None)
        if "group" in self.columns and twice:
            raise TableError(f"the columns group and {twice} both say the group: keep one of them")
        self._groups: dict[tuple[str | None, ...], Group | str | None] = {}

    def assets(self, batch: pa.RecordBatch) -> Iterator[Asset | str]:
        """The asset of each row; in place of one that makes no sense, the words that say why.

        Raises:
            TableError: a column holds what is no text, or more of it than memory should.
        """
        cells = {name: _cells(batch, name) for name in self.columns}
        nothing = [None] * batch.num_rows
        columns = [cells.get(name, nothing) for name in ("name", "role", "group", *_FLAT)]
        addresses = zip(*(cells[name] for name in self._addresses), strict=True)
        for said, name, role, *group in zip(addresses, *columns, strict=True):
            yield self._asset(said, name or None, role or None, self._group(*group))

    def _asset(
        self, said: tuple[str | None, ...], name: str | None, role: str | None, group: Group | str | None
    ) -> Asset | str:
        named = [(text, column) for text, column in zip(said, self._addresses, strict=True) if text]
        if len(named) != 1:
            return _not_one([column for _, column in named], self._addresses)
        ((place, column),) = named
        for text, where in ((place, column), (name or "", "name")):
            if len(text) > LONGEST_LINE:
                return _too_long(where)
        if role is not None and role not in _ROLES:
            return _no_choice("role", role, Role)
        if isinstance(group, str):
            return group
        is_web = self._is_web(column, place)
        if is_web and column == "path":
            return f'path: {shown(place)} is no path (did you mean "url"?)'
        if self._folder and not is_web:
            place = os.path.join(self._folder, place)  # noqa: PTH118 - as written
        return Asset(place, place, is_web, name, None if role is None else _ROLES[role], group)

    def _is_web(self, column: str, text: str) -> bool:
        if column == "url" or is_url(text):
            return True
        return is_meant_for_url(text) and not _is_there(os.path.join(self._folder, text))  # noqa: PTH118

    def _group(self, cell: Mapping[str, str | None] | str | None, *flat: str | None) -> Group | str | None:
        """The group of a row, which one column holds as a struct, or several do."""
        if isinstance(cell, Mapping):
            said = tuple(cell.get(part) or None for part in _PARTS)
        else:
            said = (cell or flat[0] or None, flat[1] or None, flat[2] or None)
        if said not in self._groups:
            if len(self._groups) >= _GROUPS_KEPT:
                self._groups.clear()
            self._groups[said] = _made(*said)
        return self._groups[said]


def _made(kind: str | None, id_: str | None, name: str | None) -> Group | str | None:
    """A group, none, or why there can be none like this."""
    if any(text is not None and len(text) > LONGEST_LINE for text in (id_, name)):
        return _too_long("group")
    if kind is None:
        return f"a group needs its kind: {', '.join(GroupKind)}" if id_ or name else None
    return Group(_KINDS[kind], id_, name) if kind in _KINDS else _no_choice("group", kind, GroupKind)


def _no_choice(column: str, value: str, choices: type[StrEnum]) -> str:
    hint = aside(closest(value.lower().replace("_", "-"), tuple(choices)))
    return f'{column}: "{redact(value)[:40]}" is none of {", ".join(choices)}{hint}'


def _too_long(column: str) -> str:
    return f"{column}: a text of more than {LONGEST_LINE:,} characters"


def _not_one(said: list[str], columns: tuple[str, ...]) -> str:
    if said:
        return f"the row has both a {said[0]} and a {said[1]}, and takes one"
    empty = "is empty" if len(columns) == 1 else "are empty"
    return f"the row names no asset ({' and '.join(columns)} {empty})"


def _is_there(path: str) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:  # a name that no file can have
        return False


def _check_type(schema: pa.Schema, name: str) -> None:
    if schema.names.count(name) > 1:
        raise TableError(f"the column {name} is there twice")
    held = schema.field(name).type
    if _is_text(held) or (name in _ALSO and _ALSO[name][0](held)):
        return
    wanted = f"text{_ALSO[name][1] if name in _ALSO else ''}"
    raise TableError(f"the column {name} holds {str(held)[:_LONGEST_TYPE]}, and not {wanted}")


def _is_text(held: pa.DataType) -> bool:
    if pa.types.is_dictionary(held):
        held = held.value_type
    return pa.types.is_string(held) or pa.types.is_large_string(held) or held in (pa.null(), pa.string_view())


def _is_group(held: pa.DataType) -> bool:
    parts = list(held) if pa.types.is_struct(held) else []
    return bool(parts) and all(part.name in _PARTS and _is_text(part.type) for part in parts)


_ALSO: Mapping[str, tuple[Callable[[pa.DataType], bool], str]] = MappingProxyType(
    {
        "group": (_is_group, ", or a struct of the texts kind, id and name"),
        "name": (pa.types.is_integer, ", or whole numbers"),
    }
)
"""What columns may hold beside text."""


def _cells(batch: pa.RecordBatch, name: str) -> list[Any]:
    column = batch.column(name)
    try:
        if pa.types.is_string(column.type) and column.nbytes <= _AT_ONCE:
            return column.to_pylist()  # type: ignore[no-any-return]
        return list(_one_by_one(column, name))
    except UnicodeDecodeError as error:
        raise TableError(f"the column {name} holds what is no UTF-8 text") from error


def _one_by_one(column: pa.Array, name: str) -> Iterator[Any]:
    """The cells of a column that may be a little in memory, and much as Python's texts; long ones are cut."""
    characters = 0
    for cell in column:
        held = cell.as_py()
        if isinstance(held, Mapping):
            held = {part: _cut(text) for part, text in held.items()}
            characters += sum(len(text) for text in held.values() if text)
        else:
            held = _cut(held)
            characters += len(held or "")
        if characters > MOST_CHARACTERS:
            raise TableError(
                f"the column {name} holds more than {MOST_CHARACTERS:,} characters in one batch: slice it"
            )
        yield held


def _cut(held: str | int | None) -> str | None:
    """A text, no longer than what is known for too long."""
    return None if held is None else str(held)[: LONGEST_LINE + 1]
