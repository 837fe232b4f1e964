"""What a planner is told, and what it answers: steps to a copy that conforms, and what it will be like."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import msgspec

from validator.findings import Finding, NotJudged
from validator.model import Asset, Facts, MediaFacts
from validator.people import FaceFacts, PortraitFacts
from validator.repair.demands import Demands
from validator.repair.options import RepairOptions
from validator.repair.recipe import Recipe
from validator.repair.streams import Streams
from validator.repair.survey import Share


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that differs in the copy. `codes`: the rules that ask for it; none where it comes along.

    >>> Change(("IMG003",), "size", "200x200", "301x301", "scaled up 1.5 times").what
    'size'
    """

    codes: tuple[str, ...]
    what: str
    before: str
    after: str
    how: str = ""


class Obstacle(msgspec.Struct, frozen=True):
    """Why a finding cannot be answered: a whole sentence, with what would help."""

    code: str
    reason: str


@dataclass(frozen=True)
class Case:
    """One asset that does not pass, and all that a plan depends on.

    `facts` are those of the original; of a format that is not judged, what was measured of it for this.
    `findings` and `not_judged` are those that have to be answered. `streams`: what lies in the container of a
    clip or a sound; `salient`, `scene_changes`, `problem`, `packed`, `notes`: see `Survey`. `attempt`: 0 for
    the gentlest plan; higher where what an earlier one made did not pass.
    """

    asset: Asset
    facts: Facts
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]
    demands: Demands
    options: RepairOptions
    streams: Streams | None = None
    salient: Share | None = None
    scene_changes: tuple[Fraction, ...] = ()
    problem: str = ""
    attempt: int = 0
    packed: Fraction | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """What a planner of one kind of media answers.

    `recipe`: `None` where obstacles leave none. `predicted`: the facts of the copy as far as they follow from
    the recipe; `predicted_bytes`: at most so many; `faces`, `portrait`: those facts of the copy, `None` where
    nobody was looked for. `warnings`: sentences on what a person should know, such as how much a picture is
    enlarged.
    """

    recipe: Recipe | None
    changes: tuple[Change, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    warnings: tuple[str, ...] = ()
    predicted: MediaFacts | None = None
    predicted_bytes: int | None = None
    faces: FaceFacts | None = None
    portrait: PortraitFacts | None = None


@dataclass(frozen=True)
class RepairPlan:
    """The fewest and gentlest steps to a copy that satisfies all rules at once.

    `changes`: what will differ, before and after; `obstacles`: why there is no such copy: then `recipe` is
    `None`. `predicted`: the facts of the copy on paper. `commands`: what is called for a clip or a sound, the
    program first, with the original's and the copy's name.
    """

    asset: Asset = field(repr=False)
    target: str
    recipe: Recipe | None
    changes: tuple[Change, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    warnings: tuple[str, ...] = ()
    predicted: Facts | None = None
    commands: tuple[tuple[str, ...], ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether there is a way to a copy that passes."""
        return self.recipe is not None


class Quality(msgspec.Struct, frozen=True, omit_defaults=True):
    """How near the copy's picture is to the part of the original that it shows.

    `ssim` is 1 where both are the same; `psnr` in decibels, `None` where they are; `of`: what it was compared
    with, such as "the original scaled alike".
    """

    ssim: float
    psnr: float | None
    of: str


@dataclass(frozen=True)
class Made:
    """What a maker says of a copy that it has written; `notes` are sentences for a person."""

    quality: Quality | None = None
    notes: tuple[str, ...] = ()
