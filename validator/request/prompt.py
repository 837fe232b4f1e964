"""What a prompt points to: [Image 1] and its kin, what was meant for such, and ids of assets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from validator.model import Kind
from validator.request.item import WORDS, label, quoted

Place = tuple[Kind, int]
"""A type, and a position among the media of this type."""

# What people and other services write in place of Image, Video and Audio.
_MEANT: Mapping[str, Kind] = MappingProxyType(
    {
        word: kind
        for kind, words in (
            (Kind.IMAGE, "image img picture pic photo 图片 图像 图"),
            (Kind.VIDEO, "video vid clip 视频"),
            (Kind.AUDIO, "audio sound 音频"),
        )
        for word in words.split()
    }
)
_TYPE = "|".join(sorted((f"{word}s?" if word.isascii() else word for word in _MEANT), key=len, reverse=True))
_EXACT = re.compile(r"\[(Image|Video|Audio) ([1-9][0-9]{0,8})\]")
_BY_WORD = {word: kind for kind, word in WORDS.items()}
_OPENING, _CLOSING = r"[\[［【〔]", r"[\]］】〕]"
_BRACKET = re.compile(
    rf"{_OPENING}\s{{0,5}}@?\s{{0,5}}({_TYPE})([^\[\]［］【】〔〕]{{0,60}}){_CLOSING}", re.IGNORECASE
)
# Behind the type stand numbers and what joins them, or a number's placeholder; else it is prose in brackets.
_NUMBERS = re.compile(
    rf"(?:[\s\d#№@_.,;:&/~+=–—\u200b\ufeff-]|\b(?:and|to|or|no|number)\b|[和与到至]|{_TYPE})*", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"[\s#_-]{0,3}(?:[nxi]|one|two|three|four|five|six|seven|eight|nine)\s{0,3}", re.I)
_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:-|–|—|~|\bto\b|[到至])\s*(\d{1,9})\s*", re.IGNORECASE)
_TOKEN = re.compile(rf"({_TYPE})|(\d+)", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@/-])@?(image|img|video|audio)\s{0,2}[#_-]?\s{0,2}(\d{1,9})(?![\w]|\.\d)"
    r"|@?(图片|图像|图|视频|音频)\s{0,2}(\d{1,9})(?!\d)",
    re.IGNORECASE,
)
_ID = re.compile(r"asset://[\w.-]*|(?<![\w-])asset-\d{8,}[\w-]*", re.IGNORECASE)
_WORD = re.compile(r"[\w.-]+")
_SHORTEST_ID = 6  # characters: a shorter one may be a word of the prompt
_WIDEST = 12


@dataclass(frozen=True)
class Mentions:
    """What a prompt points to. `pointed` holds what was meant, however it was written.

    The others are in words: `nowhere` is what points to nothing, `misspelt` and `bare` what is not written as
    documented, in brackets or without them, and `ids` the ids of assets.
    """

    pointed: frozenset[Place] = frozenset()
    nowhere: tuple[str, ...] = ()
    misspelt: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


def mentions(prompt: str, count: Callable[[Kind], int], ids: frozenset[str] = frozenset()) -> Mentions:
    """What a prompt points to, where so many media of each type are there, and assets of these ids.

    >>> mentions("The girl in [Image 1] and [Image 2]", lambda kind: 1).nowhere
    ('[Image 2] (the content holds 1 image)',)
    >>> mentions("[image1] sings [Audio 1]", lambda kind: 1).misspelt
    ('"[image1]" for [Image 1]',)
    """
    return _Scan(prompt, count).all(ids)


class _Scan:
    """One walk over a prompt."""

    def __init__(self, prompt: str, count: Callable[[Kind], int]) -> None:
        self._prompt = prompt
        self._counts = {kind: count(kind) for kind in Kind}
        self._pointed: set[Place] = set()
        self._nowhere: dict[str, None] = {}  # dictionaries keep the prompt's order
        self._misspelt: dict[str, None] = {}
        self._bare: dict[str, None] = {}

    def all(self, ids: frozenset[str]) -> Mentions:
        """Everything."""
        rest = _ID.sub(" ", _BRACKET.sub(self._bracket, self._prompt))
        for found in _BARE.finditer(rest):
            place = _place(found[1] or found[3], found[2] or found[4])
            if self._is_there(place):
                self._pointed.add(place)
                self._bare[f"{quoted(found[0])} for {label(*place)}"] = None
        return Mentions(
            frozenset(self._pointed),
            tuple(self._nowhere),
            tuple(self._misspelt),
            tuple(self._bare),
            tuple(dict.fromkeys(_ids(self._prompt, ids))),
        )

    def _bracket(self, found: re.Match[str]) -> str:
        """Note what is in brackets; what was meant to point is not looked at again."""
        text, exact = found[0], _EXACT.fullmatch(found[0])
        if exact is not None:
            place = (_BY_WORD[exact[1]], int(exact[2]))
            self._point(place, label(*place))
            return " "
        if _PLACEHOLDER.fullmatch(found[2]):
            self._misspelt[f"{quoted(text)} holds no number"] = None
            return " "
        if not _NUMBERS.fullmatch(found[2]):
            return text
        places = tuple(_places(found[1], found[2]))
        if not places:
            self._misspelt[f"{quoted(text)} holds no number"] = None
        elif all(map(self._is_there, places)):
            self._pointed.update(places)
            self._misspelt[f"{quoted(text)} for {' '.join(label(*place) for place in places)}"] = None
        else:
            for place in places:
                self._point(place, quoted(text))
        return " "

    def _point(self, place: Place, written: str) -> None:
        if self._is_there(place):
            self._pointed.add(place)
            return
        kind, number = place
        here = self._counts[kind]
        held = f"{here} {kind.value}{'' if here == 1 else 's'}" if here else f"no {kind.value}"
        why = f"the content holds {held}" if number else "positions count from 1"
        self._nowhere[f"{written} ({why})"] = None

    def _is_there(self, place: Place) -> bool:
        return 1 <= place[1] <= self._counts[place[0]]


def _places(word: str, rest: str) -> Iterator[Place]:
    """What is meant by a type and the numbers behind it, which may name further types."""
    span = _RANGE.fullmatch(rest)
    if span is not None and 0 <= int(span[2]) - int(span[1]) < _WIDEST:
        yield from (_place(word, str(number)) for number in range(int(span[1]), int(span[2]) + 1))
        return
    for token in _TOKEN.finditer(rest):
        word = token[1] or word
        if token[2]:
            yield _place(word, token[2])


def _place(word: str, digits: str) -> Place:
    known = word.casefold()
    kind = _MEANT.get(known) or _MEANT[known.removesuffix("s")]
    return kind, int(digits[:9])


def _ids(prompt: str, ids: frozenset[str]) -> Iterator[str]:
    for found in _ID.finditer(prompt):
        yield quoted(found[0])
    long = {name for name in ids if len(name) >= _SHORTEST_ID and not _ID.match(name)}
    if long:
        for found in _WORD.finditer(prompt):
            word = found[0].strip(".-")
            if word in long:
                yield quoted(word)
