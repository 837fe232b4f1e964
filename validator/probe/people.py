"""Who is in a picture or a clip: its stills are shown to a face finder, and the answers become facts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol

from validator.model import Asset, Facts, Kind
from validator.people import FaceFacts, PortraitFacts
from validator.probe.portrait.facts import face_facts, portrait_facts, unmeasured
from validator.probe.portrait.look import Look
from validator.probe.portrait.looker import LookError
from validator.probe.still import Still


class Looks(Protocol):
    """Looks at one picture; see `validator.probe.portrait.looker.FaceFinder`."""

    def look(self, still: Still, *, framing: bool, likeness: bool, cancelled: Callable[[], bool]) -> Look:
        """What is seen; raises `LookError` where nobody can look."""


def with_people(
    asset: Asset,
    facts: Facts,
    stills: tuple[Still, ...],
    finder: Looks,
    *,
    likeness: bool,
    cancelled: Callable[[], bool],
) -> Facts:
    """The facts, and with them those of people: in a picture, or in that frame which has most faces.

    Raises:
        Cancelled: the run was asked to stop.
    """
    picture = facts.kind is Kind.IMAGE
    blank = dataclasses.replace(facts, faces=FaceFacts(), portrait=PortraitFacts() if picture else None)
    if not stills:
        unread = facts.file.integrity is None  # else the file is damaged, or has no picture to look at
        return _with_reason(blank, facts.why_unmeasured("integrity" if unread else "face_count"))
    try:
        looks = [
            (still, finder.look(still, framing=picture, likeness=likeness, cancelled=cancelled))
            for still in stills
        ]
    except LookError as error:
        return dataclasses.replace(_with_reason(blank, str(error)), lasting=False)
    still, look = max(looks, key=lambda each: len(each[1].faces))  # of several, the first
    reason = "the face's features could not be made out" if look.faces else "there is no face"
    reasons = {} if look.head is not None else unmeasured(reason)
    if len(look.faces) > 1:
        reasons["full_body"] = "there are several people"
    return dataclasses.replace(
        facts,
        faces=face_facts(still, look, None if picture else len(stills)),
        portrait=portrait_facts(still, look, asset.role) if picture else None,
        descriptor=look.descriptor,
        no_descriptor=look.no_descriptor,
        unmeasured={**reasons, **facts.unmeasured},
    )


def _with_reason(facts: Facts, reason: str) -> Facts:
    return dataclasses.replace(
        facts, no_descriptor=reason, unmeasured={**facts.unmeasured, **unmeasured(reason)}
    )
