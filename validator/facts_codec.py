"""Facts as bytes, and back: exact, and as quick to read as they come."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import msgspec

from validator.generation import LibraryFacts, ReferenceFacts, RequestFacts
from validator.model import AudioFacts, Facts, FileFacts, ImageFacts, Kind, LinkFacts, MediaFacts, VideoFacts
from validator.people import FaceFacts, LikenessFacts, PortraitFacts
from validator.threadsafe import ready


class _Record(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """`Facts`, with a place of its own for each kind of media: what is not tagged is told by its place."""

    file: FileFacts
    kind: Kind | None = None
    image: ImageFacts | None = None
    video: VideoFacts | None = None
    audio: AudioFacts | None = None
    unmeasured: dict[str, str] = {}
    stopped: bool = False
    lasting: bool = True
    link: LinkFacts | None = None
    faces: FaceFacts | None = None
    portrait: PortraitFacts | None = None
    likeness: LikenessFacts | None = None
    descriptor: tuple[float, ...] | None = None
    no_descriptor: str = ""
    request: RequestFacts | None = None
    references: ReferenceFacts | None = None
    library: LibraryFacts | None = None


def encoded(facts: Facts) -> bytes:
    """All facts of an asset but its preview, which is no fact.

    Raises:
        OverflowError: a number is too large (2⁶⁴ and more).

    >>> decoded(encoded(Facts(Kind.IMAGE, FileFacts(bytes=10)))).file.bytes
    10
    """
    media = facts.media
    record = _Record(
        facts.file,
        facts.kind,
        media if isinstance(media, ImageFacts) else None,
        media if isinstance(media, VideoFacts) else None,
        media if isinstance(media, AudioFacts) else None,
        dict(facts.unmeasured),
        facts.stopped,
        facts.lasting,
        facts.link,
        facts.faces,
        facts.portrait,
        facts.likeness,
        facts.descriptor,
        facts.no_descriptor,
        facts.request,
        facts.references,
        facts.library,
    )
    return msgspec.msgpack.encode(record, enc_hook=str)


def _as_it_is(file: FileFacts, _kind: Kind | None) -> FileFacts:
    return file


def decoded(data: bytes, told: Callable[[FileFacts, Kind | None], FileFacts] = _as_it_is) -> Facts:
    """The facts that were encoded so; `told` may say more of the file.

    Raises:
        msgspec.DecodeError: the bytes make no sense.

    >>> facts = Facts(Kind.VIDEO, FileFacts(bytes=10), None, VideoFacts(duration=Fraction(1, 3)))
    >>> decoded(encoded(facts)) == facts
    True
    """
    try:
        record = _decoder().decode(data)
    except (ValueError, ArithmeticError, AttributeError) as error:  # a fraction that is none
        raise msgspec.DecodeError(str(error)) from error
    media: MediaFacts | None = record.image or record.video or record.audio
    return Facts(
        kind=record.kind,
        file=told(record.file, record.kind),
        link=record.link,
        media=media,
        unmeasured=record.unmeasured,
        faces=record.faces,
        portrait=record.portrait,
        likeness=record.likeness,
        descriptor=record.descriptor,
        no_descriptor=record.no_descriptor,
        request=record.request,
        references=record.references,
        library=record.library,
        stopped=record.stopped,
        lasting=record.lasting,
    )


def _fraction(_kind: type, text: Any) -> Fraction:
    """The one type of ours that MessagePack does not know; `Fraction(text)` takes thrice as long."""
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator or 1))


@cache
def _decoder() -> msgspec.msgpack.Decoder[_Record]:
    """Made when it is needed: looking through all types takes longer than a run over one new file."""
    return msgspec.msgpack.Decoder(ready(_Record), dec_hook=_fraction)
