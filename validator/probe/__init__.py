"""Asset → facts: what the bytes are, measured and never guessed."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol

import msgspec

from validator.errors import Cancelled
from validator.intake.source import Source
from validator.model import (
    PIXELS_UNREAD,
    Asset,
    Depth,
    Facts,
    FileFacts,
    Kind,
    LinkFacts,
    NameAgreement,
    Role,
)
from validator.probe.extensions import EXTENSIONS, FAMILIES
from validator.probe.link import link_facts
from validator.probe.measurement import Measurement
from validator.probe.media import measure_media, why_unopened
from validator.probe.second_format import second_format
from validator.probe.sniff import Sniffed, sniff

if TYPE_CHECKING:
    from validator.probe.people import Looks

_CHUNK = 1 << 20
_TAKEN_WHOLE = frozenset({"jpeg", "webp", "heic", "heif", "heif-sequence", "mp3"})
LARGEST_TAKEN_WHOLE = 200_000_000
"""Bytes of a file that a decoder may take into memory as a whole; the service takes far smaller ones."""

_IMAGE_OR_VIDEO = frozenset({Kind.IMAGE, Kind.VIDEO})
_ROLE_KINDS: Mapping[Role, frozenset[Kind]] = {
    Role.CLOSE_UP: _IMAGE_OR_VIDEO,
    Role.FULL_BODY: _IMAGE_OR_VIDEO,
    Role.PORTRAIT: _IMAGE_OR_VIDEO,
    Role.PRODUCT: _IMAGE_OR_VIDEO,
    Role.SCENE: _IMAGE_OR_VIDEO,
    Role.VOICE: frozenset({Kind.AUDIO}),
}


class Measure(Protocol):
    """Measures the media itself; see `validator.probe.media.measure_media`."""

    def __call__(
        self,
        file: BinaryIO,
        format_name: str,
        depth: Depth,
        cancelled: Callable[[], bool],
        *,
        stills: bool,
        sketch: bool = False,
    ) -> Measurement:
        """What was measured; raises `Cancelled`."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Attention:
    """Who looks for people in an asset; with `likeness` faces are also made ready to be compared."""

    finder: Looks
    likeness: bool = False


def probe(  # noqa: PLR0913 - what is measured, how deeply, by whom
    asset: Asset,
    source: Source,
    *,
    depth: Depth = Depth.STANDARD,
    cancelled: Callable[[], bool] = _never,
    people: Attention | None = None,
    previews: bool = False,
    taken: frozenset[str] = frozenset(),
    measure: Measure = measure_media,
) -> Facts:
    """Measure one asset whose bytes are open; without `people`, nobody is looked for.

    With `previews`, what there is to see of it comes with the facts. At depth `header` no pixels and no
    samples are read: then there is nothing to see but how a clip's frame rate varies. `taken` are formats
    that profiles take, some of which are opened for that alone. `measure` reads the media itself: here,
    unless it is that of `validator.probe.decoders.Decoders`.

    Raises:
        Cancelled: the run was asked to stop.
    """
    if source.file is None:
        return Facts(file=source.access, link=source.link, unmeasured=source.unmeasured)
    file = source.file
    digest = _digest(file, source.access.bytes, cancelled)
    if digest is None:
        endless = FileFacts(access="unreadable", access_detail="it holds more bytes than its size says")
        return Facts(file=endless, link=source.link, unmeasured={"*": "the file could not be read"})
    sniffed = sniff(file)
    link = link_facts(source.link, sniffed, source.url_after_redirects) if source.link is not None else None
    known = msgspec.structs.replace(
        source.access,
        sha256=digest,
        content=sniffed.content,
        content_detail=sniffed.detail or None,
        kind=None if sniffed.kind is None else sniffed.kind.value,
    )
    if sniffed.kind is None or sniffed.format is None:
        reason = {"*": "the file is no media"}
        return Facts(file=known, link=link, unmeasured={**reason, **source.unmeasured})
    second, second_detail = second_format(file)
    known = msgspec.structs.replace(known, second_format=second, second_format_detail=second_detail or None)
    unopened = _why_unopened(file, sniffed.format, taken)
    if unopened:
        known = _named(known, asset, sniffed, sniffed.format)
        return Facts(sniffed.kind, known, link, None, {"*": unopened, **source.unmeasured})
    wanted = people is not None and sniffed.kind in _IMAGE_OR_VIDEO
    measurement = measure(file, sniffed.format, depth, cancelled, stills=wanted, sketch=previews)
    facts = _assembled(asset, known, link, sniffed, measurement, source.unmeasured)
    if people is not None and wanted:
        from validator.probe.people import with_people

        facts = with_people(
            asset, facts, measurement.stills, people.finder, likeness=people.likeness, cancelled=cancelled
        )
    if measurement.sketch is None:
        return facts
    from validator.probe.previews import preview_of

    return dataclasses.replace(facts, preview=preview_of(measurement.sketch, facts))


def _why_unopened(file: BinaryIO, format_name: str, taken: frozenset[str]) -> str:
    """Why no parser is called at all; empty where one is."""
    why = why_unopened(format_name, taken)
    if why:
        return why
    if format_name in _TAKEN_WHOLE and file.seek(0, io.SEEK_END) > LARGEST_TAKEN_WHOLE:
        return f"a {format_name} of more than {LARGEST_TAKEN_WHOLE:,} bytes is not opened"
    return ""


def _assembled(
    asset: Asset,
    known: FileFacts,
    link: LinkFacts | None,
    sniffed: Sniffed,
    measurement: Measurement,
    unmeasured: Mapping[str, str],
) -> Facts:
    format_name = measurement.format or sniffed.format or ""
    damage = measurement.damage
    judged = measurement.decoded or damage.integrity != "whole"
    known = msgspec.structs.replace(
        _named(known, asset, sniffed, format_name),
        integrity=damage.integrity if judged else None,
        integrity_detail=damage.detail or None,
        expansion=measurement.expansion,
        expansion_detail=measurement.expansion_detail or None,
    )
    reasons = {
        "integrity": PIXELS_UNREAD,
        "*": "the file is damaged" if damage.integrity != "whole" else "it could not be measured",
        **measurement.unmeasured,
        **unmeasured,
    }
    return Facts(sniffed.kind, known, link, measurement.facts, reasons)


def _digest(file: BinaryIO, size: int | None, cancelled: Callable[[], bool]) -> str | None:
    """The digest of all bytes; `None` where more come than the size says, which might go on for ever."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        if cancelled():
            raise Cancelled
        if size is not None and file.tell() > size:
            return None
        digest.update(chunk)
    return digest.hexdigest()


def _named(known: FileFacts, asset: Asset, sniffed: Sniffed, format_name: str) -> FileFacts:
    """Compare the name's ending and the declared role with the bytes."""
    extension = _extension(asset)
    agreement, detail = name_agreement(extension, asset.role, sniffed.kind, format_name)
    return msgspec.structs.replace(
        known,
        format=format_name,
        extension=extension,
        name_agreement=agreement,
        name_detail=detail or None,
    )


def _extension(asset: Asset) -> str:
    path = asset.location.split("?", 1)[0].split("#", 1)[0] if asset.is_url else asset.location
    return PurePosixPath(path).suffix[1:].lower()


def name_agreement(
    extension: str, role: Role | None, kind: Kind | None, format_name: str
) -> tuple[NameAgreement, str]:
    """Whether a name's ending and a declared role agree with the bytes, and what does not.

    >>> name_agreement("png", None, Kind.IMAGE, "jpeg")
    ('other-format', '.png promises png, the bytes are jpeg')
    """
    needed = _ROLE_KINDS.get(role) if role is not None else None
    if needed is not None and kind not in needed:
        return "other-role", f"the role {role} is no role for {_article(kind)}"
    if extension not in EXTENSIONS:
        return "unknown", ""
    promised_kind, promised = EXTENSIONS[extension]
    if promised_kind is not kind:
        return (
            "other-kind",
            f".{extension} promises {_article(promised_kind)}, the bytes are {_article(kind)}: {format_name}",
        )
    family = next((family for family in FAMILIES if promised in family), frozenset({promised}))
    if format_name != promised and format_name not in family:
        return "other-format", f".{extension} promises {promised}, the bytes are {format_name}"
    return "agrees", ""


def _article(kind: Kind | None) -> str:
    return {Kind.IMAGE: "an image", Kind.VIDEO: "a video", Kind.AUDIO: "a sound", None: "nothing"}[kind]
