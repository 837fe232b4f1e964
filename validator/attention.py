"""Which assets of a run are looked at for people, by whom, and which faces they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from validator.config import Config
from validator.cores import at_a_time
from validator.errors import UsageError
from validator.intake.source import open_local
from validator.intake.url import displayed
from validator.judge import Policy
from validator.likeness import Likenesses
from validator.measure import Probe, measure
from validator.model import NOT_FOR_PEOPLE, Asset, Depth, Facts, Kind
from validator.profile import Profile
from validator.rule import ABOUT_PEOPLE

if TYPE_CHECKING:
    from validator.probe import Attention
    from validator.probe.portrait.looker import FaceFinder

Fetch = Callable[[Path], object]
"""Brings the models into a folder, or raises `ModelDownloadError`."""

_NO_ACCESS = {
    "missing": "there is no such file",
    "denied": "it may not be read",
    "directory": "it is a folder",
}


class People:
    """The face finder of one run, made when the first asset needs it.

    `faces` is a caller's own, which is not closed here; `fetch` brings models that are nowhere to be found.
    """

    def __init__(
        self,
        config: Config,
        profiles: tuple[Profile, ...],
        faces: FaceFinder | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        self._config = config
        self._theirs = faces
        self._own: FaceFinder | None = None
        self._fetch = fetch
        self._compares = False
        rules = [[rule for rule in profile.rules if rule.applies in ABOUT_PEOPLE] for profile in profiles]
        self._codes = [{rule.code for rule in group} for group in rules]
        self._likeness = [{rule.code for rule in group if rule.applies == "likeness"} for group in rules]

    def attention(self, asset: Asset, policies: tuple[Policy, ...]) -> Attention | None:
        """Who looks for people in this asset; nobody where no rule asks for it, or its role rules it out.

        `policies`: that for each profile.
        """
        if not _running(self._codes, policies) or asset.role in NOT_FOR_PEOPLE:
            return None
        from validator.probe import Attention

        named = asset.group is not None and bool(asset.group.id or asset.group.name)
        compared = _running(self._likeness, policies) and (named or bool(self._config.references))
        self._compares = self._compares or compared
        return Attention(self._finder(), likeness=compared)

    def marking(self, probe: Probe, cancelled: Callable[[], bool]) -> Callable[[Asset, Facts], Facts]:
        """What adds to an asset's facts how far its face is from others; to be called in the targets' order.

        References are measured when the first asset is to be compared with them: see `likenesses`.
        """
        memory: list[Likenesses] = []

        def mark(asset: Asset, facts: Facts) -> Facts:
            if not self._compares:
                return facts
            if not memory:
                memory.append(self.likenesses(probe, cancelled))
            return memory[0].marked(asset, facts)

        return mark

    def likenesses(self, probe: Probe, cancelled: Callable[[], bool]) -> Likenesses:
        """What remembers the faces of a run, with those of the references.

        Raises:
            UsageError: a reference that does not show one face.
            Cancelled: the run was asked to stop.
        """
        described: list[tuple[str, tuple[float, ...]]] = []
        without = ""
        for path in self._config.references:
            facts = self._measured(path, probe, cancelled)
            problem = _problem(facts)
            if problem:
                raise UsageError(f"the reference {displayed(path)} cannot be used: {problem}")
            if facts.descriptor is not None:
                described.append((path, facts.descriptor))
            without = without or facts.no_descriptor
        return Likenesses(described, without)

    def close(self) -> None:
        """End the workers that were started here."""
        if self._own is not None:
            self._own.close()

    def _measured(self, path: str, probe: Probe, cancelled: Callable[[], bool]) -> Facts:
        from validator.probe import Attention

        return measure(
            Asset(path, path),
            opener=open_local,
            probe=probe,
            depth=Depth.STANDARD,
            cancelled=cancelled,
            people=Attention(self._finder(), likeness=True),
        )

    def _finder(self) -> FaceFinder:
        if self._theirs is not None:
            return self._theirs
        if self._own is None:
            self._own = faces_for(self._config, self._fetch)
        return self._own


def faces_for(config: Config, fetch: Fetch | None = None) -> FaceFinder:
    """A face finder as a configuration wants it; whoever asks for it closes it."""
    from validator.probe.portrait.looker import FaceFinder

    return FaceFinder(
        processes=at_a_time(config.workers),
        models=Path(config.models) if config.models else None,
        seconds=config.look_timeout,
        fetch=fetch,
    )


def _running(codes: list[set[str]], policies: tuple[Policy, ...]) -> bool:
    """Whether any of these rules of any profile runs."""
    pairs = zip(codes, policies, strict=True)
    return any(own if policy.codes is None else own & policy.codes for own, policy in pairs)


def _problem(facts: Facts) -> str:
    """Why a picture cannot be a reference; empty where it can, or where nobody could look."""
    access = facts.file.access
    if access in _NO_ACCESS:
        return _NO_ACCESS[access]
    if facts.kind is not Kind.IMAGE:
        return facts.file.access_detail or "it is no picture"
    count = facts.faces.face_count if facts.faces is not None else None
    if count is None or count == 1:
        return ""
    return f"{count} faces were found in it, and it takes one" if count else "no face was found in it"
