"""Values as TOML writes them: for files that we make, of what we know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from validator.report.escape import toml_string

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: Any) -> str:
    r"""One value on one line: a text, a number, true or false, a list or an inline table.

    Raises:
        TypeError: TOML has no such value.

    >>> print(toml_value({"VID": "off", "a b": [1, 2.5, True]}), toml_value('say "\n"'))
    { VID = "off", "a b" = [1, 2.5, true] } "say \"\n\""
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_key(key)} = {toml_value(held)}" for key, held in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def toml_key(name: str) -> str:
    """A key, in quotes where it needs them.

    >>> toml_key("fail-on"), toml_key("a.b")
    ('fail-on', '"a.b"')
    """
    return name if _BARE.fullmatch(name) else toml_string(name)
