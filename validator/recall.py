"""What earlier runs have measured already: those of this process, and those before it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from validator.memory import NEVER
from validator.task import Task

if TYPE_CHECKING:
    from validator.fact_cache import FactCache, Remembered
    from validator.fact_identity import How, Identity
    from validator.memory import Memory
    from validator.model import Asset, Facts


class Recall:
    """Looks facts up before anything is done for an asset, and keeps what was measured.

    `memory` is of this process, `cache` outlasts it; `taken` are the formats that the profiles take.
    """

    def __init__(self, memory: Memory | None, cache: FactCache | None, taken: frozenset[str]) -> None:
        self._memory = memory
        self._cache = cache
        self._taken = taken

    def find(self, task: Task) -> None:
        """Give a task its facts, where they are known for certain."""
        if self._memory is None and self._cache is None:
            return
        from validator.fact_identity import How, identity_of

        wish, people = task.wish, task.wish.people
        likeness = people is not None and people.likeness
        task.how = How(
            wish.depth, wish.gate, people is not None, likeness, self._taken, wish.digest, wish.asks_head
        )
        task.identity = identity_of(wish.asset)
        if self._memory is not None:
            task.signature = NEVER if wish.asset.is_url else task.identity and task.identity.signature
            task.facts = self._memory.known(wish.asset, task.how, task.signature)
        if self._cache is not None and task.identity is not None and task.facts is None:
            task.facts = self._cache.get(wish.asset, task.how, task.identity)
            # What was moved or copied is read, but not decoded.
            task.of_content = partial(self._of_content, self._cache, task.how, task.identity, wish.asset)

    @staticmethod
    def _of_content(
        cache: FactCache, how: How, identity: Identity, asset: Asset, sha256: str
    ) -> Facts | None:
        return cache.by_digest(sha256, identity.signature.size, asset, how)

    def of_url(self, task: Task) -> Remembered | None:
        """What is known of a URL, to be held against what its host says now."""
        if self._cache is None or task.how is None:
            return None
        return self._cache.get_url(task.wish.asset, task.how)

    def keep(self, task: Task) -> None:
        """Remember the facts of a task that is done, if what was opened is what was looked at before."""
        asset, facts, how, source = task.wish.asset, task.facts, task.how, task.source
        if facts is None or how is None:
            return
        opened = None if source is None else source.signature
        if self._memory is not None and opened in {None, task.signature}:
            self._memory.keep(asset, how, task.signature, facts)
        if self._cache is None or source is None:
            return
        if asset.is_url:
            self._cache.put_url(asset, how, source.validators, facts)
        elif task.identity is not None and task.identity.signature == opened:
            self._cache.put(asset, how, task.identity, facts)
