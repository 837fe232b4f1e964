"""What a run does for one asset before it is judged: open, probe, and compare with what came before."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import msgspec

from validator.errors import Cancelled
from validator.findings import Severity
from validator.intake.ledger import KEY, Ledger
from validator.intake.once import Whereabouts
from validator.intake.settled import settled
from validator.intake.source import Source
from validator.intake.url import displayed, redact
from validator.judge import Limits, Policy
from validator.model import Asset, Depth, Facts, FileFacts, Kind, LinkFacts
from validator.profile import Profile
from validator.rule import Rule

if TYPE_CHECKING:
    from validator.probe import Attention

_MARGIN = Fraction(11, 10)
_LONGEST_REASON = 300
_AS_NAMED = ("utf-8", "surrogatepass")  # a file's name may be no text
# A disk or a network drive that gives up in the middle of a file.
_BROKEN_OFF = frozenset({errno.EIO, errno.ENXIO, errno.ESTALE, errno.ETIMEDOUT})
_WITHOUT_LIMIT = 220_000_000
"""Bytes where no size is an error: the most that any shipped profile takes, of any kind, and a tenth more.

A host must not fill the disk: each download under way may take as much, beside what waits to be measured
(`validator.room`).
"""

CHANGED = Facts(
    file=FileFacts(access="unreadable", access_detail="it was written to while it was judged"),
    unmeasured={"*": "the file changed while it was judged"},
    lasting=False,
)
"""What is said of a file that somebody writes to meanwhile."""


class Probe(Protocol):
    """Measures an asset; see `validator.probe.probe`."""

    def __call__(
        self,
        asset: Asset,
        source: Source,
        *,
        depth: Depth,
        cancelled: Callable[[], bool],
        people: Attention | None,
    ) -> Facts:
        """All facts of the asset, but for whether it is a duplicate."""


def measure(
    asset: Asset,
    *,
    opener: Callable[[Asset], Source],
    probe: Probe,
    depth: Depth,
    cancelled: Callable[[], bool],
    people: Attention | None = None,
) -> Facts:
    """Open one asset and measure it. Whatever goes wrong in here is said of this asset alone.

    Raises:
        Cancelled: the run was asked to stop.
    """
    if cancelled():
        raise Cancelled("the run was asked to stop")
    met = Source(None, FileFacts(), LinkFacts() if asset.is_url else None)
    try:
        with opener(asset) as source:
            met = source
            facts = probe(asset, source, depth=depth, cancelled=cancelled, people=people)
            return settled(facts, source) if source.is_unchanged() else CHANGED
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - a bug must not take the other assets down; the report tells
        return mishap(error, asset, met)


def mishap(error: Exception, asset: Asset, met: Source) -> Facts:
    """What is said of an asset in whose measuring something went wrong; `met` is what was met on the way.

    >>> mishap(ValueError("no"), Asset("a.png", "a.png"), Source(None, FileFacts())).unmeasured["*"]
    'internal error: ValueError: no'
    """
    if isinstance(error, OSError) and error.errno in _BROKEN_OFF and not asset.is_url:
        broken_off = FileFacts(access="unreadable", access_detail=error.strerror, bytes=met.access.bytes)
        return Facts(file=broken_off, unmeasured={"*": "the file could not be read"}, lasting=False)
    return Facts(
        file=met.access,
        link=met.link,
        unmeasured={**met.unmeasured, "*": _internal_error(error, asset)},
        lasting=False,
    )


def _internal_error(error: Exception, asset: Asset) -> str:
    text = " ".join(str(error).split())
    if asset.location:
        text = text.replace(asset.location, displayed(asset.location, is_url=asset.is_url))
    text = redact(text)[:_LONGEST_REASON]
    return (
        f"internal error: {type(error).__name__}: {text}"
        if text
        else f"internal error: {type(error).__name__}"
    )


class Duplicates:
    """Remembers the digests of a run, so that the second asset with the same bytes can be told so.

    A file that is named for two roles or groups is no duplicate of itself.

    >>> from validator.model import FileFacts
    >>> facts = Facts(file=FileFacts(sha256="ab"))
    >>> seen = Duplicates()
    >>> seen.marked(Asset("a.png", "a.png"), facts).file.duplicate
    False
    >>> seen.marked(Asset("b.png", "b.png"), facts).file.duplicate_of
    'a.png'
    """

    def __init__(self, places: Whereabouts | None = None) -> None:
        self._places = places or Whereabouts()
        self._first = Ledger()

    def marked(self, asset: Asset, facts: Facts) -> Facts:
        """The facts, with what earlier assets say of them. To be called in the order of the targets.

        Raises:
            OutOfResources: there are very many, and the disk has no room to note them.
        """
        if facts.file.sha256 is None:
            return facts
        digest = hashlib.blake2b(facts.file.sha256.encode(), digest_size=KEY).digest()
        place = self._places.of(asset)
        first = self._first.first(digest, place + shown_target(asset).encode(*_AS_NAMED))
        again = first is not None and first[: len(place)] != place
        name = first[len(place) :].decode(*_AS_NAMED) if first is not None and again else None
        file = msgspec.structs.replace(facts.file, duplicate=again, duplicate_of=name)
        return dataclasses.replace(facts, file=file)

    def close(self) -> None:
        """Forget them all."""
        self._first.close()


def shown_target(asset: Asset) -> str:
    """What the user named, without a URL's secrets.

    >>> shown_target(Asset("https://a.example/b.png?key=1", "https://a.example/b.png?key=1", is_url=True))
    'https://a.example/b.png?…'
    """
    return displayed(asset.target, is_url=asset.is_url)


def download_caps(profiles: Iterable[Profile], limits: Limits) -> tuple[Mapping[Kind, int], int]:
    """How many bytes are downloaded at most, by kind and where the kind is not known yet.

    It is the largest size that a rule of any profile lets pass, and a tenth more, so that what is too large
    is known to be so without all of it being fetched. A rule that only warns is no reason to stop there: as
    where nothing limits a kind, it is the most that any shipped profile takes.

    >>> from validator.profile import default_profile
    >>> caps, unknown = download_caps([default_profile()], Limits.DOCUMENTED)
    >>> caps[Kind.VIDEO], unknown
    (55000000, 55000000)
    """
    everybodys = tuple(profiles)
    caps = {kind: max(_cap(profile, kind, limits) for profile in everybodys) for kind in Kind}
    return caps, max(caps.values())


def is_compared(fact: str, profile: Profile, policy: Policy) -> bool:
    """Whether a rule that runs compares a fact.

    >>> from validator.judge import Policy
    >>> from validator.profile import load_profile
    >>> is_compared("head", load_profile("runway"), Policy())
    True
    """
    codes = policy.codes
    return any(fact in rule.facts and (codes is None or rule.code in codes) for rule in profile.rules)


def formats_taken(profiles: Iterable[Profile]) -> frozenset[str]:
    """The formats that a rule of any profile names as taken.

    >>> from validator.profile import load_profile
    >>> sorted(formats_taken([load_profile("ltx")]))
    ['jpeg', 'mkv', 'mov', 'mp4', 'png', 'webp']
    """
    rules = (rule for profile in profiles for rule in profile.rules if "format" in rule.facts)
    return frozenset(name for rule in rules for name in rule.one_of)


def _cap(profile: Profile, kind: Kind, limits: Limits) -> int:
    sizes = [
        size
        for rule in profile.rules
        if rule.applies in (kind, "file") and "bytes" in rule.facts
        for size in _largest(rule, limits)
    ]
    return int(max(sizes) * _MARGIN) if sizes else _WITHOUT_LIMIT


def _largest(rule: Rule, limits: Limits) -> list[Fraction]:
    if rule.max is not None and rule.severity is not Severity.ERROR:
        return [max(rule.max, _WITHOUT_LIMIT / _MARGIN)]
    observed = rule.observed.max if rule.observed and limits is Limits.OBSERVED else None
    return [size for size in (rule.max, observed) if size is not None]
