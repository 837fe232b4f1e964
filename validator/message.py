"""One builder for all sentences of a report, so that they read alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import msgspec

from validator.fact import FactInfo
from validator.model import FactValue, fact_table
from validator.profile import Profile
from validator.quantity import shown
from validator.rule import PLACEHOLDER, Bounds, Rule, within

NOTHING_KNOWN = ": nothing is known of "
"""In the reason of a rule that judges only what it lets pass."""

_NAMED_AT_MOST = 3  # facts of a rule that were not measured
_MIB = 2**20
_MB = 10**6
_WORDS = {"B": "bytes"}
_SIDES = ("width", "height")  # shown as a size, also where one of them is what was compared
_SENTENCES = re.compile(r"(?<=[.!?]) ")
_COUNTED = frozenset({"bytes", "frames", "tracks", "channels", "characters", "faces", "edges"})


class Comparison(msgspec.Struct, frozen=True):
    """One rule beside one measured fact, among all the facts of the asset."""

    rule: Rule
    fact: str
    facts: Mapping[str, Any]
    profile: Profile

    @property
    def value(self) -> FactValue:
        """What was measured."""
        value: FactValue = self.facts[self.fact]
        return value

    @property
    def label(self) -> str:
        """The fact's name in sentences."""
        return fact_table(self.rule.applies)[self.fact].label

    @property
    def unit(self) -> str:
        """The fact's unit."""
        return fact_table(self.rule.applies)[self.fact].unit


def out_of_range(
    comparison: Comparison, bound: Fraction, side: Literal["below", "above"], beginning: str = ""
) -> str:
    """The measured value lies below the minimum, or above the maximum, or on one that is open.

    `beginning` stands in place of the fact's name and value, where all that it names was measured.
    """
    rule, unit, value = comparison.rule, comparison.unit, Fraction(comparison.value)
    bound_name = "minimum" if side == "below" else "maximum"
    limit = quantity(bound, unit, near=(value,))
    if value == bound:
        distance = f"exactly on the {bound_name} of {limit}, which is itself outside"
    else:
        distance = f"{quantity(abs(value - bound), unit)} {side} the {bound_name} of {limit}"
    measured = quantity(value, unit, near=(bound,))
    said = filled(beginning, comparison, near=(bound,)) or f"The {comparison.label} is {measured}"
    sentence = _closed(f"{said}: {distance}", _context(comparison))
    return sentence + _mebibytes(rule, value) + _observed(rule, value)


def filled(text: str, comparison: Comparison, near: tuple[Fraction, ...] = ()) -> str:
    """A text with every `{fact}` in it replaced by what was measured, without the sentences that lack one.

    `near` are the numbers that the compared fact will be read beside.
    """
    table, facts = fact_table(comparison.rule.applies), comparison.facts
    known = [part for part in _SENTENCES.split(text) if set(PLACEHOLDER.findall(part)) <= facts.keys()]

    def worded(found: re.Match[str]) -> str:
        name = found[1]
        return _worded(facts[name], table[name].unit, near if name == comparison.fact else ())

    return PLACEHOLDER.sub(worded, " ".join(known))


def _worded(value: object, unit: str, near: tuple[Fraction, ...]) -> str:
    if isinstance(value, bool):
        return value_key(value)
    return quantity(value, unit, near) if isinstance(value, (int, Fraction)) else str(value)


def not_one_of(comparison: Comparison) -> str:
    """The measured value is none of those that the rule lists."""
    *most, last = comparison.rule.one_of
    allowed = f"{', '.join(most)} or {last}" if most else last
    return _closed(f"The {comparison.label} is {comparison.value}, not {allowed}", _context(comparison))


def stated(comparison: Comparison) -> str:
    """The measured value is one that the profile has words for, or not the one that it has to be."""
    key, equals = value_key(comparison.value), comparison.rule.equals
    says = filled(comparison.rule.says.get(key, ""), comparison)
    if not says and equals is not None:
        what = f'"{comparison.label}"' if isinstance(equals, bool) else f"The {comparison.label}"
        says = f"{what} is {key}, not {value_key(equals)}"
    return _closed(says or f"The {comparison.label} is {key}", _context(comparison))


def help_of(comparison: Comparison, of_the_side: str = "") -> str:
    """What to do: as the bound has it, or else by value, by kind of media, or by the rule."""
    helps, kind = comparison.rule.helps, str(comparison.facts.get("kind", ""))
    texts = (of_the_side, helps.get(value_key(comparison.value), ""), helps.get(kind, ""))
    said = (filled(text, comparison) for text in (*texts, comparison.rule.help))
    return next(filter(None, said), "")


def unknown(sentence: str, rule: Rule) -> str:
    """Why a rule is not judged outside of what it lets pass, in words that follow "not judged:".

    >>> from validator.profile import load_profile
    >>> unknown("The kind of media is video, not image.", load_profile("vidu")["FIL010"])
    'the kind of media is video, not image: nothing is known of others'
    """
    others = "others" if rule.one_of else "such media"
    return f"{sentence[0].lower()}{sentence[1:].rstrip('.')}{NOTHING_KNOWN}{others}"


def unmeasured(why: str, rule: Rule, missing: Sequence[str]) -> str:
    """Why a rule is not judged, and of which facts, where it judges others.

    >>> from validator.profile import load_profile
    >>> unmeasured("the features could not be made out", load_profile()["POR010"], ["sharpness"])
    "the features could not be made out (not judged: face's sharpness)"
    """
    table = fact_table(rule.applies)
    judged = [table[name].label for name in rule.facts if name not in missing]
    if not judged:
        return why
    if len(missing) > _NAMED_AT_MOST:
        return f"{why} (judged: {', '.join(judged)} alone)"
    return f"{why} (not judged: {', '.join(table[name].label for name in missing)})"


def value_key(value: FactValue) -> str:
    """How a profile writes a value in `levels`, `says` and `one_of`.

    >>> value_key(True), value_key("mp4")
    ('true', 'mp4')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def on_bound(rule: Rule, other: Rule, fact: str, value: Fraction) -> str:
    """The measured value lies exactly on a bound that others write as open."""
    label = fact_table(other.applies)[fact].label
    return (
        f"The {label} is exactly {quantity(value, other.unit)}, on a bound that {other.code} lets pass as "
        f"documented, and that others write as outside ({rule.source})."
    )


def quantity(value: Fraction | int, unit: str, near: tuple[Fraction, ...] = ()) -> str:
    """A number with its unit, as people write it.

    >>> quantity(30000001, "B"), quantity(Fraction(1, 3), "s"), quantity(1, "frames")
    ('30,000,001 bytes', '0.333 s', '1 frame')
    """
    if unit == "share":
        return f"{shown(Fraction(value * 100), tuple(bound * 100 for bound in near))} %"
    word = _WORDS.get(unit, unit)
    if word in _COUNTED and value == 1:
        word = word[:-1]
    separator = "" if word in ("", "°") else " "
    return f"{shown(value, near)}{separator}{word}"


def span(low: Fraction | None, high: Fraction | None) -> str:
    """Two bounds in words.

    >>> span(None, Fraction(30)), span(Fraction(2), None)
    ('at most 30', 'at least 2')
    """
    if low is None:
        return f"at most {shown(high or 0)}"
    return f"at least {shown(low)}" if high is None else f"{shown(low)}–{shown(high)}"


def limit_words(bounds: Bounds, unit: str, *, open_bounds: bool = False) -> str:
    """Bounds with their unit, in words.

    >>> limit_words(Bounds(min=Fraction(24), max=Fraction(60)), "fps")
    '24 to 60 fps'
    >>> limit_words(Bounds(max=Fraction(10**6)), "B", open_bounds=True)
    'less than 1,000,000 bytes'
    """
    both = bounds.max is not None and unit != "share"
    first = None if bounds.min is None else quantity(bounds.min, "" if both else unit)
    last = None if bounds.max is None else quantity(bounds.max, unit)
    if first is None:
        return f"{'less than' if open_bounds else 'at most'} {last}"
    if last is None:
        return f"{'more than' if open_bounds else 'at least'} {first}"
    return f"{first} to {last}{', both bounds outside' if open_bounds else ''}"


def _context(comparison: Comparison) -> str:
    """The facts that the rule shows beside the measured one; width and height are written as a size."""
    facts, table = comparison.facts, fact_table(comparison.rule.applies)
    compared = (comparison.value, comparison.unit)
    names = [
        name
        for name in comparison.rule.shows
        if name in facts and (name.endswith(_SIDES) or (facts[name], table[name].unit) != compared)
    ]
    parts = []
    while names:
        name = names.pop(0)
        height = name.replace("width", "height")
        if name.endswith("width") and names[:1] == [height]:
            names.pop(0)
            label = name.removesuffix("width").replace("_", " ")
            parts.append(f"{label}{facts[name]}x{facts[height]}")
        else:
            parts.append(_beside(table[name], facts[name], comparison))
    return ", ".join(parts)


def _beside(info: FactInfo, value: FactValue, comparison: Comparison) -> str:
    if isinstance(value, str):
        return value
    if not comparison.rule.against:
        return f"{info.label} {quantity(value, info.unit)}"
    limits = comparison.profile[comparison.rule.against]
    bounds = tuple(bound for bound in (limits.min, limits.max) if bound is not None)
    text = f"{info.label} {quantity(value, info.unit, near=bounds)}"
    inside = within(Fraction(value), limits.min, limits.max, open_bounds=limits.open)
    return text if inside else f"{text} [outside {span(limits.min, limits.max)}]"


def _closed(sentence: str, context: str) -> str:
    return f"{sentence} ({context})." if context else f"{sentence}."


def _mebibytes(rule: Rule, value: Fraction) -> str:
    """MB is read as 10^6 bytes, the safe side: say so where 2^20 would have let the file pass."""
    if rule.unit != "B" or rule.max is None or rule.max % _MB:
        return ""
    megabytes = rule.max / _MB
    passes = within(value, rule.max, megabytes * _MIB) and (value != megabytes * _MIB or not rule.open)
    if not passes:
        return ""
    return f" We read MB as 1,000,000 bytes; read as 1,048,576 bytes, {shown(megabytes)} MB would hold it."


def _observed(rule: Rule, value: Fraction) -> str:
    observed = rule.observed
    if observed is None or not observed.holds(value):
        return ""
    unit = f" {_WORDS.get(rule.unit, rule.unit)}" if rule.unit else ""
    seen = f"{span(observed.min, observed.max)}{unit} has been seen to pass ({observed.source})."
    return f" {seen[0].upper()}{seen[1:]}"
