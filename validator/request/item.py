"""One entry of a request's content: which media it names, how, and as what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from validator.generation import Address
from validator.intake.url import is_url, parse, redact
from validator.model import Kind

SCHEME = "asset://"
"""How a request names an asset of the library: this, and its id."""

TYPES: Mapping[str, Kind] = MappingProxyType(
    {"image_url": Kind.IMAGE, "video_url": Kind.VIDEO, "audio_url": Kind.AUDIO}
)
"""The types of entries that name media."""

WORDS: Mapping[Kind, str] = MappingProxyType({Kind.IMAGE: "Image", Kind.VIDEO: "Video", Kind.AUDIO: "Audio"})
"""How the prompt writes the type of what it points to."""

FRAMES = ("first_frame", "last_frame")
REFERENCES: Mapping[Kind, str] = MappingProxyType({kind: f"reference_{kind.value}" for kind in Kind})
ROLES: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.IMAGE: (REFERENCES[Kind.IMAGE], *FRAMES),
        Kind.VIDEO: (REFERENCES[Kind.VIDEO],),
        Kind.AUDIO: (REFERENCES[Kind.AUDIO],),
    }
)
"""The roles that media of a type can have."""

_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
_BARE_ID = re.compile(r"asset-[A-Za-z0-9-]{4,100}")
_LONGEST = 60
_MOST_NAMED = 4


@dataclass(frozen=True)
class Item:
    """Media that a request names. `position` counts those of its type from 1, in the order of the content.

    `url` may hold secrets, or the media itself; `role` is "" where there is none.

    >>> Item(Kind.IMAGE, 1, "asset://asset-1", "reference_image").label
    '[Image 1]'
    """

    kind: Kind
    position: int
    url: str = field(repr=False)
    role: str = ""

    @property
    def label(self) -> str:
        """How the prompt points to it."""
        return label(self.kind, self.position)

    @property
    def asset_id(self) -> str:
        """The id of the asset in the library; "" where it names none.

        >>> Item(Kind.IMAGE, 1, "asset://asset-1").asset_id, Item(Kind.IMAGE, 1, "https://host/a.png").asset_id
        ('asset-1', '')
        """
        named = self.url.removeprefix(SCHEME) if self.url.startswith(SCHEME) else ""
        return named if _ID.fullmatch(named) else ""

    @property
    def is_frame(self) -> bool:
        """Whether the video is to begin or to end with it."""
        return self.role in FRAMES

    @property
    def address(self) -> tuple[Address, str]:
        """How it names its media, and what there is to say of that; nothing of an asset in the library.

        >>> Item(Kind.IMAGE, 1, "asset-20260318071009-xy98z").address
        ('unusable', '"asset-20260318071009-xy98z" is a bare id: write asset://asset-20260318071009-xy98z')
        """
        if self.asset_id:
            return "library", ""
        if self.url[:5].casefold() == "data:":
            return "embedded", "the bytes stand in the request"
        problem = _unusable(self.url)
        return ("unusable", f"{quoted(self.url)} {problem}") if problem else ("web", quoted(self.url))


def _unusable(url: str) -> str:
    """Why the service can do nothing with an address; "" where it may."""
    if url[: len(SCHEME)].casefold() == SCHEME:
        return f"is not {SCHEME} and the id of an asset"
    if _BARE_ID.fullmatch(url):
        return f"is a bare id: write {SCHEME}{url}"
    if not is_url(url):
        return "is no address that the service can fetch"
    problem = parse(url).problem
    return f"cannot be fetched: {problem}" if problem else ""


def label(kind: Kind, position: int) -> str:
    """How a prompt points to media.

    >>> label(Kind.AUDIO, 2)
    '[Audio 2]'
    """
    return f"[{WORDS[kind]} {position}]"


def quoted(text: str, longest: int = _LONGEST) -> str:
    r"""A text from outside in quotation marks: short, without secrets, with spaces that can be told apart.

    >>> quoted("https://host/a.png?token=1"), quoted("[Image\u00a01]")
    ('"https://host/a.png?…"', '"[Image\\u00a01]"')
    """
    short = text if len(text) <= 4 * longest else text[: 4 * longest]  # what is redacted only becomes shorter
    safe = re.sub(r"[^\S ]", lambda found: f"\\u{ord(found[0]):04x}", redact(short))
    return f'"{safe}"' if len(safe) <= longest else f'"{safe[:longest]}…"'


def named(texts: Iterable[str]) -> str:
    """The first few of these, and how many there are beside.

    >>> named(str(number) for number in range(7))
    '0; 1; 2; 3; and 3 more'
    """
    every = tuple(dict.fromkeys(texts))
    more = len(every) - _MOST_NAMED
    return "; ".join((*every[:_MOST_NAMED], *((f"and {more:,} more",) if more > 0 else ())))
