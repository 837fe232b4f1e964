"""How the service treats one account, and how it is told to fail."""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an account meets. Times are seconds; the limits are those that the service documents or shows."""

    quota: int = 100
    list_lag: float = 0.2
    """Lists show what is done, changed or deleted that much later; single gets at once."""
    processing_seconds: float = 0.1
    """Of an image or a sound; a video takes twice as long."""
    create_seconds: float = 0.0
    """How long a create takes, answered or not."""
    download_seconds: float = 10.0
    fuzzy: bool = True
    """Searching a name finds whatever shares a word with it; else what contains it."""
    max_page_size: int = 100
    creates_a_second: int = 30
    lists_a_second: int = 30
    """Lists and updates."""
    gets_a_second: int = 100
    key_expired: bool = False
    advanced_rights: bool = True
    real_human: bool = True
    balance: bool = True
    link_seconds: float = 120.0
    """The life of a session's link."""
    session_seconds: float = 1800.0
    stuck: tuple[str, ...] = ()
    """Assets with one of these in their name stay Processing as long as this is so; "" is in every name."""
    rejects: dict[str, str] = {}
    """Part of a name to the code with which such an asset turns Failed."""
    reject_message: str = "the asset was rejected"
    """What such an asset says why."""
    refuses: dict[str, str] = {}
    """Part of a name to the code with which its create is answered (400)."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Fails the nth call of an operation ("*": of any) that is made from now on; `every`: each nth.

    `fault` is one name or several, of which each time the next is taken. Names: see tests.service.faults.
    """

    fault: str | tuple[str, ...]
    operation: str = "*"
    nth: int = 1
    every: bool = False
    code: str = "InternalError"
    """Of a vendor, where the fault says one."""
    message: str = ""
    """In place of what the fault says of itself."""
    shape: str = "code"
    """How a vendor's error is wrapped: "code", "text", "json" or "upstream"."""
    retry_after: str = "1"
    """Of a 429; "" sends none."""
    seconds: float = 60.0
    """How long a hang or a delay lasts; a hang ends with a closed connection."""
