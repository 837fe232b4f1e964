"""Asset → facts: what the bytes are, measured and never guessed."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

import msgspec

from validator.errors import Cancelled
from validator.gate import Gate
from validator.intake.source import Source
from validator.model import BYTES_UNREAD, PIXELS_UNREAD, SPARED, Asset, Depth, Facts, FileFacts, Kind
from validator.probe.examine import LARGEST_TAKEN_WHOLE, Ask, Examined, examined
from validator.probe.measurement import Measurement
from validator.probe.naming import extension_of, name_agreement

if TYPE_CHECKING:
    from validator.probe.people import Looks

__all__ = ["LARGEST_TAKEN_WHOLE", "Attention", "Job", "name_agreement", "probe", "probe_many"]

_CHUNK = 1 << 20
_IMAGE_OR_VIDEO = frozenset({Kind.IMAGE, Kind.VIDEO})


class Examiner(Protocol):
    """Examines open files; see `validator.probe.decoders.Decoders`."""

    def examined(
        self,
        files: Sequence[BinaryIO],
        asks: Sequence[Ask],
        sizes: Sequence[int | None],
        cancelled: Callable[[], bool],
    ) -> list[Examined]:
        """What was found in each; raises `Cancelled`."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Attention:
    """Who looks for people in an asset; with `likeness` faces are also made ready to be compared."""

    finder: Looks
    likeness: bool = False


@dataclass(frozen=True)
class Job:
    """One asset whose bytes are open, and how it is to be measured.

    Without `people`, nobody is looked for. What the `gate` stops by its header is not decoded. With `digest`,
    all bytes are read for their digest at depth `header`, too. `of_content` tells by that digest what is
    known of the content; then nothing is decoded.
    """

    asset: Asset
    source: Source
    depth: Depth = Depth.STANDARD
    people: Attention | None = None
    gate: Gate | None = None
    digest: bool = False
    of_content: Callable[[str], Facts | None] | None = None


def probe(  # noqa: PLR0913 - what is measured, how deeply, by whom
    asset: Asset,
    source: Source,
    *,
    depth: Depth = Depth.STANDARD,
    cancelled: Callable[[], bool] = _never,
    people: Attention | None = None,
    gate: Gate | None = None,
    previews: bool = False,
    taken: frozenset[str] = frozenset(),
    decoders: Examiner | None = None,
) -> Facts:
    """Measure one asset whose bytes are open: see `probe_many`.

    Raises:
        Cancelled: the run was asked to stop.
    """
    job = Job(asset, source, depth, people, gate)
    return probe_many([job], cancelled=cancelled, previews=previews, taken=taken, decoders=decoders)[0]


def probe_many(
    jobs: Sequence[Job],
    *,
    cancelled: Callable[[], bool] = _never,
    previews: bool = False,
    taken: frozenset[str] = frozenset(),
    decoders: Examiner | None = None,
) -> list[Facts]:
    """Measure assets whose bytes are open; many at once take less time than one by one.

    With `previews`, what there is to see of them comes with the facts, and no gate stops any. At depth
    `header` no pixels and no samples are read, nor all bytes: then there is no digest, and nothing to see but
    how a clip's frame rate varies. `taken` are formats that profiles take, some of which are opened for that
    alone. `decoders` read the media; without them, that is done in this process.

    Raises:
        Cancelled: the run was asked to stop.
        Exception: one of the files cannot be read to its end, or there is a mistake of ours; nothing is said
            of the others then.
    """
    digests = [_digest(job, cancelled) for job in jobs]
    known = [_known(job, digest) for job, digest in zip(jobs, digests, strict=True)]
    open_ones = [
        (number, file)
        for number, job in enumerate(jobs)
        if (file := job.source.file) is not None and digests[number] != _ENDLESS and known[number] is None
    ]
    asks = _asks([jobs[number] for number, _ in open_ones], taken, previews=previews)
    sizes = [jobs[number].source.access.bytes for number, _ in open_ones]
    files = [file for _, file in open_ones]
    if decoders is None:
        found = [examined(*each, cancelled) for each in zip(files, asks, sizes, strict=True)]
    else:
        found = decoders.examined(files, asks, sizes, cancelled) if files else []
    by_number = {number: each for (number, _), each in zip(open_ones, found, strict=True)}
    return [
        known[number] or _facts(job, digests[number], by_number.get(number), cancelled)
        for number, job in enumerate(jobs)
    ]


def _known(job: Job, digest: str) -> Facts | None:
    """What is known of a content, where anything is."""
    return job.of_content(digest) if job.of_content is not None and digest not in {"", _ENDLESS} else None


def _asks(jobs: Sequence[Job], taken: frozenset[str], *, previews: bool) -> list[Ask]:
    """How the files of these jobs are to be examined; those that are alike share one, which is sent once."""
    shared: dict[tuple[Depth, bool, int], Ask] = {}
    asks = []
    for job in jobs:
        depth = Depth.HEADER if job.source.partial else job.depth
        stills, gate = job.people is not None, None if previews or depth is Depth.HEADER else job.gate
        key = (depth, stills, id(gate))
        if key not in shared:
            shared[key] = Ask(depth, stills, previews, taken, gate)
        asks.append(shared[key])
    return asks


def _facts(job: Job, digest: str, found: Examined | None, cancelled: Callable[[], bool]) -> Facts:
    """All facts of one asset, by what was found in its bytes."""
    asset, source, people = job.asset, job.source, job.people
    if digest == _ENDLESS:
        endless = FileFacts(access="unreadable", access_detail="it holds more bytes than its size says")
        return Facts(file=endless, link=source.link, unmeasured={"*": "the file could not be read"})
    if found is None:
        known = source.access.kind  # by what came of it before it was too much
        kind = None if known is None else Kind(known)
        return Facts(kind, source.access, source.link, unmeasured=source.unmeasured)
    facts = _assembled(asset, source, digest, found)
    if source.partial:
        from validator.probe.partial import of_a_part

        facts = of_a_part(facts, source.partial)
    measurement = found.measurement
    if measurement is None:
        return facts
    if people is not None and facts.kind in _IMAGE_OR_VIDEO:
        from validator.probe.people import with_people

        facts = with_people(
            asset, facts, measurement.stills, people.finder, likeness=people.likeness, cancelled=cancelled
        )
    if measurement.sketch is None:
        return facts
    from validator.probe.previews import preview_of

    return dataclasses.replace(facts, preview=preview_of(measurement.sketch, facts))


def _assembled(asset: Asset, source: Source, digest: str, found: Examined) -> Facts:
    """The facts of the file, its link and its media."""
    sniffed, measurement = found.sniffed, found.measurement
    link = source.link
    if link is not None:
        from validator.probe.link import link_facts

        link = link_facts(link, sniffed, source.url_after_redirects)
    known: dict[str, object] = {
        "sha256": digest or None,
        "content": sniffed.content,
        "content_detail": sniffed.detail or None,
        "kind": None if sniffed.kind is None else sniffed.kind.value,
        "second_format": found.second_format,
        "second_format_detail": found.second_format_detail or None,
    }
    why: dict[str, str] = {}
    if not digest:
        unread = source.partial or BYTES_UNREAD
        why = {"sha256": unread, "duplicate": unread}
    if sniffed.kind is None or sniffed.format is None:
        why["*"] = "the file is no media"
    else:
        format_name = sniffed.format
        if measurement is None:
            why["*"] = found.unopened
        else:
            format_name = measurement.format or format_name
            known |= _of_the_decoding(measurement)
            why |= _why_undecoded(measurement, source.partial)
        extension = extension_of(asset)
        agreement, detail = name_agreement(extension, asset.role, sniffed.kind, format_name)
        known |= {
            "format": format_name,
            "extension": extension,
            "name_agreement": agreement,
            "name_detail": detail or None,
        }
    return Facts(
        sniffed.kind,
        msgspec.structs.replace(source.access, **known),
        link,
        None if measurement is None else measurement.facts,
        {**why, **source.unmeasured},
        stopped=measurement is not None and (measurement.stopped or bool(source.partial)),
        lasting=found.lasting,
    )


def _of_the_decoding(measurement: Measurement) -> Mapping[str, object]:
    damage = measurement.damage
    judged = measurement.decoded or damage.integrity != "whole"
    return {
        "integrity": damage.integrity if judged else None,
        "integrity_detail": damage.detail or None,
        "expansion": measurement.expansion,
        "expansion_detail": measurement.expansion_detail or None,
    }


def _why_undecoded(measurement: Measurement, partial: str) -> Mapping[str, str]:
    return {
        "integrity": partial or (SPARED if measurement.stopped else PIXELS_UNREAD),
        "*": "it could not be measured" if measurement.damage.integrity == "whole" else "the file is damaged",
        **measurement.unmeasured,
    }


_ENDLESS = "endless"  # in place of a digest: the file holds more bytes than its size says


def _digest(job: Job, cancelled: Callable[[], bool]) -> str:
    """The digest of all bytes, in hex; empty where not all are read.

    Where more come than the size says, which might go on for ever, it is `_ENDLESS`.
    """
    file, size = job.source.file, job.source.access.bytes
    if file is None or job.source.partial or (job.depth is Depth.HEADER and not job.digest):
        return ""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        if cancelled():
            raise Cancelled
        if size is not None and file.tell() > size:
            return _ENDLESS
        digest.update(chunk)
    return digest.hexdigest()
