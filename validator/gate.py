"""Whether the header of a file already makes it fail, so that nothing more of it has to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from validator.findings import Severity
from validator.model import Asset, AudioFacts, FileFacts, ImageFacts, Kind, MediaFacts, VideoFacts
from validator.rule import When, within

if TYPE_CHECKING:
    from validator.judge import Policy
    from validator.profile import Profile
    from validator.rule import Rule

DECIDED_BY_HEADERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "file": frozenset({"bytes", "format", "kind"}),
        "image": frozenset({"width", "height", "short_side", "aspect_ratio", "pixels"}),
        "video": frozenset(
            {"duration", "frame_rate", "width", "height", "aspect_ratio", "pixels", "resolution"},
        ),
        "audio": frozenset({"duration"}),
    }
)
"""What a header says of these is what decoding finds, too."""

_KINDS: Mapping[type, str] = MappingProxyType(
    {ImageFacts: Kind.IMAGE, VideoFacts: Kind.VIDEO, AudioFacts: Kind.AUDIO}
)


class Bound(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule that makes an asset fail: which fact has to lie where.

    `applies` is the rule's; `formats` are those that it is about, all where there are none. With `one_of`,
    the fact has to be one of these, else it has to lie between `min` and `max`, which are inside unless
    `open`, and are pairs of numerator and denominator.
    """

    applies: str
    fact: str
    min: tuple[int, int] | None = None
    max: tuple[int, int] | None = None
    open: bool = False
    one_of: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    def is_broken(self, value: object) -> bool:
        """Whether a measured value lies outside.

        >>> Bound("file", "bytes", max=(30_000_000, 1)).is_broken(30_000_001)
        True
        """
        if self.one_of:
            return str(value) not in self.one_of
        if not isinstance(value, (int, Fraction)):
            return False
        return not within(
            Fraction(value),
            None if self.min is None else Fraction(*self.min),
            None if self.max is None else Fraction(*self.max),
            open_bounds=self.open,
        )


class Gate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may stop an asset at its header: the bounds of each profile that judges it.

    Data alone, so that it can be sent to a worker.
    """

    profiles: tuple[tuple[Bound, ...], ...] = ()

    def stops(self, file: FileFacts, media: MediaFacts | None) -> bool:
        """Whether the asset fails by each of the profiles, whatever else may be found in it.

        What was not measured stops nothing, and without a profile there is nothing to fail by.

        >>> gate = Gate(((Bound("image", "width", min=(300, 1)),),))
        >>> gate.stops(FileFacts(format="png"), ImageFacts(width=299, height=400))
        True
        """
        return bool(self.profiles) and all(
            any(_is_broken(bound, file, media) for bound in bounds) for bounds in self.profiles
        )


def _is_broken(bound: Bound, file: FileFacts, media: MediaFacts | None) -> bool:
    if bound.applies != "file" and bound.applies != (file.kind or _KINDS.get(type(media))):
        return False
    if bound.formats and file.format not in bound.formats:
        return False
    value = getattr(media, bound.fact, None)
    if value is None:
        value = getattr(file, bound.fact, None)
    return value is not None and bound.is_broken(value)


def gate_of(asset: Asset, profiles: Sequence[Profile], policies: Sequence[Policy]) -> Gate:
    """The gate for an asset: of every profile the errors that headers alone can show, under its policy.

    It is cautious: a rule that is an error for some practices alone, that hearsay may soften, or that
    compares what only decoding finds, stops nothing.

    >>> from validator.judge import Policy
    >>> from validator.profile import default_profile
    >>> gate = gate_of(Asset("a.png", "a.png"), [default_profile()], [Policy()])
    >>> gate.stops(FileFacts(format="png", bytes=10), ImageFacts(width=200, height=200))
    True
    """
    return Gate(
        tuple(
            tuple(bound for rule in profile.rules for bound in _bounds(rule, asset, policy))
            for profile, policy in zip(profiles, policies, strict=True)
        )
    )


def _bounds(rule: Rule, asset: Asset, policy: Policy) -> Iterable[Bound]:
    decided = DECIDED_BY_HEADERS.get(rule.applies)
    if decided is None or rule.unknown_outside or not _is_error(rule, policy):
        return
    formats = _formats(rule, asset)
    if formats is None:
        return
    for fact in rule.facts:
        if fact not in decided and fact not in DECIDED_BY_HEADERS["file"]:
            continue
        bounds = rule.bounds_of(fact)
        if bounds is not None:
            yield Bound(
                rule.applies,
                fact,
                None if bounds.min is None else bounds.min.as_integer_ratio(),
                None if bounds.max is None else bounds.max.as_integer_ratio(),
                rule.open,
                formats=formats,
            )
        elif rule.one_of:  # what else has a level of its own may weigh less
            yield Bound(rule.applies, fact, one_of=(*rule.one_of, *rule.levels), formats=formats)


def _is_error(rule: Rule, policy: Policy) -> bool:
    """Whether the rule runs, and is an error for certain."""
    if policy.codes is not None and rule.code not in policy.codes:
        return False
    chosen = policy.severities.get(rule.code)
    if chosen is not None:
        return chosen is Severity.ERROR
    softened = rule.observed is not None and policy.limits == "observed"
    return rule.severity is Severity.ERROR and not rule.weighs and not softened


def _formats(rule: Rule, asset: Asset) -> tuple[str, ...] | None:
    """The formats that the rule is about, for this asset; `None` where it may not concern it."""
    alternatives = [when for when in rule.alternatives if _may_fit(when, asset)]
    if not rule.alternatives or any(not when.format and not when.practice for when in alternatives):
        return ()
    certain = [when for when in alternatives if not when.practice]
    return tuple(name for when in certain for name in when.format) or None


def _may_fit(when: When, asset: Asset) -> bool:
    group = asset.group.kind if asset.group else None
    return (not when.role or asset.role in when.role) and (not when.group or group in when.group)
