"""What a probe hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validator.model import Expansion, MediaFacts
from validator.probe.damage import Damage

if TYPE_CHECKING:
    from validator.probe.sketch import Sketch
    from validator.probe.still import Still


@dataclass(frozen=True)
class Measurement:
    """The facts of a kind of media, and how whole the file is.

    `format` refines the sniffed format where only a parser can tell (MPO); `decoded` is false where
    no pixel or sample was read, so that damage cannot be judged; `unmeasured` says why a fact is
    missing. `stills` are small copies of the picture, or of some frames of the clip, if they were wanted, and
    `sketch` is what a preview is made from, if that was. `stopped`: nothing was decoded, as the header was
    enough.
    """

    facts: MediaFacts
    damage: Damage
    expansion: Expansion = "sane"
    expansion_detail: str = ""
    format: str | None = None
    decoded: bool = True
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    stills: tuple[Still, ...] = ()
    sketch: Sketch | None = None
    stopped: bool = False


Proceed = Callable[[MediaFacts], bool]
"""Whether anything is to be decoded, by what the header alone says."""


def always(_facts: MediaFacts) -> bool:
    """Decode, whatever the header says."""
    return True
