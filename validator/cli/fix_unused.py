"""Which options of `validator fix` had nothing to do in a run, so that nobody believes they did."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.cli.fix_options import FixChoices
from validator.model import Facts, ImageFacts, Kind

_ANIMATION = "animation"
_CLIPS, _SOUNDS, _PICTURES = Kind.VIDEO.value, Kind.AUDIO.value, Kind.IMAGE.value
_FOR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fit": (_PICTURES, _CLIPS),
        "fill": (_PICTURES, _CLIPS),
        "frame": (_ANIMATION,),
        "face": (_PICTURES,),
        "start": (_CLIPS, _SOUNDS),
        "scenes": (_CLIPS,),
        "lengthen": (_CLIPS, _SOUNDS),
        "normalise": (_SOUNDS,),
    }
)
"""What an option is for."""
_WORDS = {_CLIPS: "clip", _SOUNDS: "sound", _PICTURES: "picture", _ANIMATION: "animation"}
_NAMES = {"crop": "--crop", "pad": "--pad"}


class Unused:
    """Sees what is mended, and knows at the end which options of the command line were for nothing of it.

    >>> unused = Unused(FixChoices(lengthen="loop", scenes=True))
    >>> unused.see(Facts(kind=Kind.AUDIO))
    >>> unused.sentences
    ('--scenes changed nothing: there is no clip among the assets',)
    """

    def __init__(self, choices: FixChoices) -> None:
        self._said = {name: getattr(choices, name) for name in _FOR}
        self._seen: set[str] = set()

    def see(self, facts: Facts) -> None:
        """One asset."""
        if facts.kind is not None:
            self._seen.add(facts.kind.value)
        if isinstance(facts.media, ImageFacts) and (facts.media.frames is None or facts.media.frames > 1):
            self._seen.add(_ANIMATION)

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each option that was for nothing; none where nothing could be read at all."""
        return tuple(
            f"{_NAMES.get(str(said), f'--{name}')} changed nothing: there is no "
            f"{' and no '.join(_WORDS[kind] for kind in _FOR[name])} among the assets"
            for name, said in self._said.items()
            if said is not None and said is not False and self._seen and not self._seen & set(_FOR[name])
        )
