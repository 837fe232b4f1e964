"""TOML and CSV to rows, and the table of all formats. What the rows mean is `asset_list`'s matter."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from validator.intake.list_json import read_json, read_jsonl
from validator.intake.sheet import ASSETS_KEYS, ListSyntaxError, Row, Sheet

_TOML_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG_NUMBER = re.compile(r"[0-9_]{4000}")  # Python converts no more than 4,300 digits
_TOML_HEADER = re.compile(r"[ \t]*\[\[[ \t]*(?:assets?|\"assets?\"|'assets?')[ \t]*\]\]")
# Strings and comments: what is in one begins no other. One that does not end goes on to the end of the list
# (or of its line), and nothing is looked at twice.
_TOML_TEXT = re.compile(
    r'''"""(?:[^"\\]++|\\.|"(?!""))*+"{0,5}|'{3}(?:[^']++|'(?!''))*+'{0,5}|'''
    r""""(?:[^"\\\n]++|\\.)*+"?|'[^'\n]*+'?|\#[^\n]*+""",
    re.DOTALL,
)
_LONG_KEY = re.compile(
    r'(?<![\w-])(?:(?:[\w-]++|"")[ \t]*+\.[ \t]*+){100}'
)  # tomllib takes their square in time
_CSV_COLUMNS = ("path", "url", "name", "role", "group_kind", "group_id", "group_name")


def read_toml(text: str) -> Sheet:
    r"""`[[assets]]` tables, and `[group]` for all of them.

    Raises:
        ListSyntaxError: no TOML, or assets that are no array of tables.

    >>> read_toml('# mine\n[[assets]]\npath = "a.png"').rows[0].line
    2
    """
    deep = _LONG_KEY.search(_TOML_TEXT.sub(_masked, text))
    if deep:
        raise ListSyntaxError(deep.string.count("\n", 0, deep.start()) + 1, "a key of more than 100 parts")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_POSITION.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise ListSyntaxError(line, _TOML_POSITION.sub("", str(error))) from error
    except ValueError as error:  # a number of thousands of digits
        line = next((at for at, held in enumerate(text.split("\n"), 1) if _LONG_NUMBER.search(held)), 1)
        raise ListSyntaxError(line, "a number of thousands of digits") from error
    lines = text.split("\n")
    keys = [key for key in ASSETS_KEYS if key in document]
    if len(keys) > 1:
        raise ListSyntaxError(_key_line(lines, "asset"), "write [[assets]] everywhere, not [[asset]] too")
    assets: object = document.get(keys[0], []) if keys else []
    if not isinstance(assets, list):
        raise ListSyntaxError(_key_line(lines, keys[0]), f"write [[{keys[0]}]], in double brackets", keys[0])
    starts = _header_lines(text, len(assets))
    rows = [
        Row(starts[index], data) if starts else Row(_key_line(lines, keys[0]), data, f"{keys[0]}[{index}]")
        for index, data in enumerate(assets)
    ]
    group = Row(_key_line(lines, "group"), document["group"]) if "group" in document else None
    stranger = next((key for key in document if key not in (*ASSETS_KEYS, "group")), None)
    others = {} if stranger is None else {stranger: _key_line(lines, stranger)}
    return Sheet(tuple(rows), group, others)


def _header_lines(text: str, count: int) -> list[int]:
    """The line of each `[[assets]]`; none where the assets are written as an inline array."""
    found = _headers(text)
    if len(found) > count:  # then some stand inside a string of several lines
        found = _headers(_TOML_TEXT.sub(lambda held: _masked(held) if "\n" in held[0] else held[0], text))
    return found if len(found) == count else []


def _masked(held: re.Match[str]) -> str:
    """An empty string in place of a string or a comment, on the same lines."""
    return '""' + "\n" * held[0].count("\n")


def _headers(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if _TOML_HEADER.match(line)]


def _key_line(lines: list[str], key: str) -> int:
    pattern = re.compile(rf"[ \t]*(\[{{1,2}}[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[\].=]")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)


def read_csv(text: str) -> Sheet:
    """A header line and one asset a line; empty cells count as not written.

    Raises:
        ListSyntaxError: no CSV, or a header that names columns that there are not.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    header: list[str] | None = None
    last_line = 0
    try:
        for cells in reader:
            line, last_line = last_line + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _csv_header(cells, line)
                continue
            if len(cells) > len(header):
                raise ListSyntaxError(line, f"has {len(cells)} cells under {len(header)} columns")
            rows.append(Row(line, _csv_asset(dict(zip(header, cells, strict=False)))))
    except csv.Error as error:
        raise ListSyntaxError(last_line + 1, str(error)) from error
    return Sheet(tuple(rows))


def _csv_header(cells: list[str], line: int) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        raise ListSyntaxError(line, "columns are separated by commas here")
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise ListSyntaxError(line, "the column is there twice", twice)
    if not {"path", "url"} & set(header):
        raise ListSyntaxError(
            line, f"the header names neither path nor url; columns: {', '.join(_CSV_COLUMNS)}"
        )
    return header


def _csv_asset(cells: Mapping[str, str]) -> dict[str, object]:
    # A path may well begin with a space; nothing else may.
    written = {key: cell if key == "path" else cell.strip() for key, cell in cells.items()}
    found: dict[str, object] = {key: cell for key, cell in written.items() if cell}
    group = {
        name: found.pop(column)
        for column, name in (("group_kind", "kind"), ("group_id", "id"), ("group_name", "name"))
        if column in found
    }
    return {**found, "group": group} if group else found


FORMATS: Mapping[str, Callable[[str], Sheet]] = MappingProxyType(
    {".toml": read_toml, ".json": read_json, ".jsonl": read_jsonl, ".csv": read_csv}
)
"""The reader for each ending of an asset list's name."""
