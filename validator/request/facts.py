"""What is measured of a request: the facts that the rules compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from validator.generation import Address, RequestFacts
from validator.model import Kind
from validator.quantity import shown
from validator.request.item import FRAMES, ROLES, Item, named, quoted
from validator.request.prompt import mentions
from validator.request.read import Request

_LONGEST_MODEL = 100
_ADDRESSES: tuple[Address, ...] = ("unusable", "embedded", "web", "library")
"""From the worst on."""


@dataclass(frozen=True)
class Known:
    """What is known of the media behind an address, from a journal or from the user. `None`: not known."""

    kind: Kind | None = None
    seconds: Fraction | None = None


Knowledge = Callable[[Item], Known]
"""What tells what is known of an item; it never raises."""


def nothing_known(_: Item) -> Known:
    """For who knows nothing."""
    return Known()


def measure(request: Request, knowledge: Knowledge = nothing_known) -> tuple[RequestFacts, dict[str, str]]:
    """The facts of a request, and why some of them could not be measured.

    >>> from validator.request.read import read_request
    >>> facts, _ = measure(read_request(b'{"model": "m", "prompt": "[Image 1]"}'))
    >>> facts.prompt_positions, facts.prompt_positions_detail
    ('nowhere', '[Image 1] (the content holds no image)')
    """
    why: dict[str, str] = {}
    known = [knowledge(item) for item in request.items]
    facts: dict[str, Any] = {
        **_form(request),
        **_counts(request),
        **_prompt(request, why),
        **_roles(request.items),
        **_kinds(request.items, known),
        **_mixture(request),
        **_addresses(request.items),
    }
    for kind in (Kind.VIDEO, Kind.AUDIO):
        facts[f"{kind.value}_seconds"] = _seconds(request.items, known, kind, why)
    if request.model is None:
        why["model"] = "the request names no model"
    else:
        facts["model"] = request.model if len(request.model) <= _LONGEST_MODEL else quoted(request.model)
    return RequestFacts(**facts), why


def _form(request: Request) -> dict[str, Any]:
    problems = (*request.malformed, *request.unusual)
    if not problems:
        return {"form": "as-documented"}
    return {"form": "malformed" if request.malformed else "unusual", "form_detail": named(problems)}


def _counts(request: Request) -> dict[str, Any]:
    counts = {f"{kind.value}_count": request.count(kind) for kind in Kind}
    return {**counts, "file_count": len(request.items)}


def _prompt(request: Request, why: dict[str, str]) -> dict[str, Any]:
    if request.prompt is None:
        why.update(
            {
                f"prompt_{what}": "the request has no prompt"
                for what in ("ids", "positions", "spelling", "mentions")
            }
        )
        return {}
    found = mentions(request.prompt, request.count, frozenset(item.asset_id for item in request.items))
    unmentioned = [
        item.label
        for item in request.items
        if not item.is_frame and (item.kind, item.position) not in found.pointed
    ]
    return {
        **_stated("prompt_ids", "raw-id", found.ids),
        **_stated("prompt_positions", "nowhere", found.nowhere),
        **_stated(
            "prompt_spelling", "misspelt" if found.misspelt else "bare", (*found.misspelt, *found.bare)
        ),
        **_stated("prompt_mentions", "unmentioned", unmentioned),
    }


def _stated(
    name: str, value: str, details: tuple[str, ...] | list[str], fine: str = "fine"
) -> dict[str, Any]:
    """A fact that is fine where there is nothing to say, and the fact that says what there is."""
    return {name: value, f"{name}_detail": named(details)} if details else {name: fine}


def _roles(items: tuple[Item, ...]) -> dict[str, Any]:
    unfit = [
        f"{item.label} has {quoted(item.role)}, where {_a(item.kind)} has {' or '.join(ROLES[item.kind])}"
        for item in items
        if item.role and item.role not in ROLES[item.kind]
    ]
    missing = [f"{item.label} has none" for item in items if not item.role]
    return _stated("roles", "unfit" if unfit else "missing", [*unfit, *missing], "fit")


def _kinds(items: tuple[Item, ...], known: list[Known]) -> dict[str, Any]:
    others = [
        f"{item.label} is registered as {_a(about.kind)}"
        for item, about in zip(items, known, strict=True)
        if about.kind is not None and about.kind is not item.kind
    ]
    return _stated("kinds", "other-kind", others, "fit")


def _mixture(request: Request) -> dict[str, Any]:
    by_role = {role: [item.label for item in request.items if item.role == role] for role in FRAMES}
    frames = [f"{label} is a {role}" for role, labels in by_role.items() for label in labels]
    others = [item.label for item in request.items if not item.is_frame]
    several = [
        f"{len(labels)} {role}: {named(labels)}" for role, labels in by_role.items() if len(labels) > 1
    ]
    facts = _stated("frames_each", "several-frames", several)
    if not several and by_role["last_frame"] and not by_role["first_frame"]:
        facts = {"frames_each": "last-frame-alone"}
    together = (f"{named(frames)}, beside {named(others)}",) if frames and others else ()
    alone = request.count(Kind.AUDIO) == len(request.items) > 0
    return {
        **facts,
        **_stated("frame_company", "frames-with-references", together),
        "audio_company": "audio-alone" if alone else "fine",
    }


def _addresses(items: tuple[Item, ...]) -> dict[str, Any]:
    found = [(item, *item.address) for item in items if item.url]
    worst = next((each for each in _ADDRESSES if any(address == each for _, address, _ in found)), "library")
    ordered = sorted(found, key=lambda entry: _ADDRESSES.index(entry[1]))
    return _stated("addresses", worst, [f"{item.label}: {said}" for item, _, said in ordered if said], worst)


def _seconds(items: tuple[Item, ...], known: list[Known], kind: Kind, why: dict[str, str]) -> Fraction | None:
    about = [(item, each.seconds) for item, each in zip(items, known, strict=True) if item.kind is kind]
    unknown = [item.label for item, seconds in about if seconds is None]
    total = sum((seconds for _, seconds in about if seconds is not None), Fraction(0))
    if not unknown:
        return total
    others = f", the others run {shown(total)} s" if total else ""
    name = f"{kind.value}_seconds"
    why[name] = f"how long {named(unknown)} runs is in no journal here (--durations says it){others}"
    return None


def _a(kind: Kind | None) -> str:
    names: Mapping[Kind | None, str] = {
        Kind.IMAGE: "an image",
        Kind.VIDEO: "a video",
        Kind.AUDIO: "an audio",
    }
    return names.get(kind, "something else")
