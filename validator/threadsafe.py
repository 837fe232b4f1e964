"""Typed decoding by msgspec, from several threads at once."""

from __future__ import annotations

import threading
from typing import TypeVar

import msgspec

_T = TypeVar("_T")
_TURN = threading.Lock()


def ready(type_: type[_T]) -> type[_T]:
    """The same type, which may now be decoded to by any number of threads.

    What msgspec knows of a type's fields it gathers at the type's first use, and keeps with the type. Two
    threads that do so at once crash the interpreter (msgspec 0.22), so one goes first.

    >>> msgspec.convert("3", ready(int), strict=False)
    3
    """
    with _TURN:
        msgspec.json.Decoder(type_)
    return type_
