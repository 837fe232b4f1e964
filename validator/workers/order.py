"""What a worker is told when it starts."""

from __future__ import annotations

import os

import msgspec


class Order(msgspec.Struct, frozen=True):
    """What a worker is to do, and within which limits.

    `handler` names a function as "package.module:function"; it gets an argument once, and returns what
    answers each request. `seconds` and `start_seconds` limit a request and the start, `memory` the address
    space in bytes. `parent` is the number of the process that the worker must not outlive.
    """

    handler: str
    seconds: float
    start_seconds: float
    memory: int | None = None
    parent: int = 0

    def encoded(self) -> bytes:
        """The order as it is sent; whoever sends it is the parent."""
        return msgspec.json.encode(msgspec.structs.replace(self, parent=os.getpid()))

    @classmethod
    def decoded(cls, sent: bytes) -> Order:
        """The order as it was sent.

        >>> Order.decoded(Order("a.b:c", seconds=30.0, start_seconds=60.0).encoded()).handler
        'a.b:c'
        """
        return msgspec.json.decode(sent, type=cls)
