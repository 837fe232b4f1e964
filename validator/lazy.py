"""Packages whose names are imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(
    package: dict[str, Any], homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a package.

    `package` is its `globals()`; `homes` says which names, with spaces between them, each module defines. A
    module of the package that is named so itself stands for that name.

    >>> find, names = lazily({"__name__": "shop"}, {"fractions": "Fraction", "decimal": "Decimal Context"})
    >>> find("Fraction")(1, 2), names()
    (Fraction(1, 2), ['__name__', 'Fraction', 'Decimal', 'Context'])
    >>> find("Fractoin")
    Traceback (most recent call last):
        ...
    AttributeError: module 'shop' has no attribute 'Fractoin'
    """
    home_of = {name: module for module, names in homes.items() for name in names.split()}

    def find(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        home = import_module(home_of[name])
        value = home if home.__name__ == f"{package['__name__']}.{name}" else getattr(home, name)
        package[name] = value
        return value

    def names() -> list[str]:
        return list(dict.fromkeys([*package, *home_of]))

    return find, names
