"""What was measured, remembered from run to run: by the file itself, and by its content wherever it lies."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from validator.cache_folder import cache_folder
from validator.fact_identity import How, Identity, identity_of
from validator.fact_makers import Makers
from validator.fact_store import Row, Store, StoreError, discard
from validator.facts_codec import decoded, encoded
from validator.intake.validators import Validators, carried
from validator.media_formats import OPENED_IF_TAKEN
from validator.model import Asset, Depth, Facts, FileFacts, Kind, LinkFacts, Role
from validator.probe.naming import extension_of, name_agreement
from validator.threadsafe import ready

if TYPE_CHECKING:
    from validator.gate import Gate
    from validator.intake.source import Source
    from validator.settings import Settings

_KEY = 16  # bytes of a digest: no two of a billion share one by chance
_MB = 1_000_000
_AT_ONCE = 256  # facts that are written together
_EVERY = 1.0  # seconds after which they are, however few: what is killed loses no more
_DECODED, _STOPPED, _NOT_STOPPED = range(3)
_Result = TypeVar("_Result")

OF_PRACTICE = frozenset({Role.CLOSE_UP, Role.FULL_BODY})
"""Roles that decide which recommended framing a picture is held to, and so what is measured of it."""


class Remembered(msgspec.Struct, frozen=True):
    """What is known of a URL's file: what its host said of it when it came, and the facts of that time."""

    validators: Validators
    facts: Facts

    def renewed(self, source: Source) -> Facts:
        """The facts, once the host has said that the file is still the same (`Source.not_modified`).

        What is said of the link is what was met now; only of the answer with the file in it, what was then.
        """
        before = self.facts.link or LinkFacts()
        now = carried(source.link or LinkFacts(), before)
        said = {name: why for name, why in source.unmeasured.items() if name != "*"}
        reasons = {
            name: why
            for name, why in {**self.facts.unmeasured, **said}.items()
            if getattr(now, name, None) is None
        }
        return dataclasses.replace(self.facts, link=now, unmeasured=reasons)


class FactCache:
    """Remembers facts in a file, for runs that follow each other. For several threads and processes.

    Nothing is ever raised: what cannot be read is measured, what cannot be written is not remembered, and
    `trouble` says why. A run asks for each asset before anything is done for it, and tells what it measured:

        identity = identity_of(asset)             # before the file is opened; None: nothing to remember
        facts = None if identity is None else cache.get(asset, how, identity)
        if facts is None:
            facts = …                             # measure what is open
            if identity is not None and source.signature == identity.signature:
                cache.put(asset, how, identity, facts)

    and for a URL:

        known = cache.get_url(asset, how)
        source = downloader.fetch(asset, peek, known and known.validators)
        if known is not None and source.not_modified:
            facts = known.renewed(source)         # and then, as always, `settled(facts, source)`
        else:
            facts = …                             # measure
            cache.put_url(asset, how, source.validators, facts)

    Who has read all bytes of a file may ask `by_digest` before anything is decoded, and `put` the answer.
    Duplicates and likenesses are up to the run, as ever. A run that wants previews does not ask, as nothing
    that is there to be seen is remembered. Nor is a file that somebody has touched within two seconds, since
    it might be touched again without looking so; nor what is not `Facts.lasting`; nor anything of whose face
    is to be compared. It holds no names and no addresses, but digests of them.

    Args:
        folder: where the file lies; made, too.
        limit: bytes that it may take.
        makers: who measures.
        clock: seconds, rising.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.png")
    ...     _ = path.write_bytes(b"")
    ...     os.utime(path, (0, 0))
    ...     asset = Asset("a.png", str(path))
    ...     with FactCache(Path(folder, "cache")) as cache:
    ...         cache.put(asset, How(Depth.STANDARD), identity_of(asset), Facts())
    ...         cache.get(asset, How(Depth.STANDARD), identity_of(asset)) is None
    True
    """

    def __init__(
        self,
        folder: Path,
        limit: int = 500 * _MB,
        *,
        makers: Makers | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble = ""
        self.found = 0
        """How many facts it knew."""
        self._folder = folder
        self._limit = limit
        self._makers = makers or Makers()
        self._clock = clock
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._is_over = False  # nothing is read or written any more
        self._is_read_only = False
        self._pending: dict[bytes, Row] = {}
        self._flushed = clock()
        self._prefixes: dict[tuple[object, ...], bytes] = {}

    def __enter__(self) -> FactCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def get(self, asset: Asset, how: How, identity: Identity) -> Facts | None:
        """What is known of a file on disk, if it is the same as when that was measured."""
        known = self._known(self._key_of_file(asset, how, identity), self._row_of, asset, how)
        return None if known is None else known[1]

    def put(self, asset: Asset, how: How, identity: Identity, facts: Facts) -> None:
        """Remember what was measured of a file on disk, unless it has changed meanwhile."""
        if not _is_lasting(facts) or facts.file.access != "readable" or identity.is_fresh:
            return
        now = identity_of(asset)
        key = self._key_of_file(asset, how, identity)
        if not key or now is None or now.signature != identity.signature:
            return
        sha256, size = facts.file.sha256, facts.file.bytes
        self._keep(key, self._key_of_content(asset, how, sha256, size) if sha256 else b"", how, facts)

    def by_digest(self, sha256: str, size: int, asset: Asset, how: How) -> Facts | None:
        """What is known of a content on disk, wherever it was met."""
        key = self._key_of_content(asset, how, sha256, size)
        known = self._known(key, self._row_of_content, asset, how)
        return known[1] if known is not None and known[1].file.sha256 == sha256 else None

    def get_url(self, asset: Asset, how: How) -> Remembered | None:
        """What is known of a URL's file, and what tells its host which file is meant."""
        known = self._known(self._key_of_url(asset, how), self._row_of, asset, how)
        if known is None or known[0].about is None:
            return None
        return Remembered(msgspec.msgpack.decode(known[0].about, type=ready(Validators)), known[1])

    def put_url(self, asset: Asset, how: How, validators: Validators | None, facts: Facts) -> None:
        """Remember what was measured of a URL's file, where its host says what tells it from others."""
        if validators is None or facts.link is None or not _is_lasting(facts):
            return
        key = self._key_of_url(asset, how)
        if key:
            self._keep(key, b"", how, facts, msgspec.msgpack.encode(validators))

    def close(self) -> None:
        """Write what is still to be written, and close the file."""
        with self._lock:
            self._flush()
            if self._store is not None:
                self._store.close()
            self._store, self._is_over = None, True

    def _known(
        self, key: bytes, ask: Callable[[bytes], Row | None], asset: Asset, how: How
    ) -> tuple[Row, Facts] | None:
        """What is known by a key: just what would be measured now, no less and no more.

        So what was decoded is not told of what the gate stops now, nor the other way round.
        """
        for place, each in enumerate(_keys(key, how.gate)) if key else ():
            row = ask(each)
            if row is None:
                continue
            try:
                facts = decoded(row.facts, lambda file, kind: _named(file, kind, asset))
            except msgspec.DecodeError:
                continue
            if _would_stop(how.gate, facts) is (place != _DECODED):
                self.found += 1
                return row, facts
        return None

    def _key_of_file(self, asset: Asset, how: How, identity: Identity) -> bytes:
        try:
            path = os.fsencode(os.path.abspath(asset.location))  # noqa: PTH100 - text, which takes less time
        except (OSError, ValueError):  # the current folder is gone
            return b""
        return self._key(asset, how, b"file", b"%d %d %d %d %d " % identity.signature + path)

    def _key_of_content(self, asset: Asset, how: How, sha256: str, size: int | None) -> bytes:
        return self._key(asset, how, b"content", f"{size} {sha256}".encode())

    def _key_of_url(self, asset: Asset, how: How) -> bytes:
        url = asset.location.partition("#")[0]
        kind = b"url, head" if how.asks_head else b"url"
        return self._key(asset, how, kind, b" " + url.encode("utf-8", "surrogatepass"))

    def _key(self, asset: Asset, how: How, kind: bytes, what: bytes) -> bytes:
        """What is looked for; empty where nothing of it may be remembered."""
        if how.likeness:
            return b""
        role = asset.role if how.people and asset.role in OF_PRACTICE else None
        seen_as = (how.depth, how.digest, role, how.people, how.taken)
        prefix = self._prefixes.get(seen_as)
        if prefix is None:
            prefix = self._prefixes[seen_as] = self._prefix(how, role)
        return hashlib.blake2b(prefix + kind + what, digest_size=_KEY).digest() if prefix else b""

    def _prefix(self, how: How, role: Role | None) -> bytes:
        """Who measures, and how."""
        mark = self._makers.people if how.people else self._makers.decoding
        if not mark:
            self.trouble = self.trouble or "which libraries measure cannot be told"
            return b""
        opened = " ".join(sorted(OPENED_IF_TAKEN & how.taken))
        is_digested = how.digest or how.depth is not Depth.HEADER
        seen_as = (how.depth, is_digested, how.people, role, opened)
        return mark + repr(seen_as).encode()

    def _row_of(self, key: bytes) -> Row | None:
        return self._pending.get(key) or self._row(lambda store: store.by_key(key))

    def _row_of_content(self, digest: bytes) -> Row | None:
        return self._row(lambda store: store.by_digest(digest))

    def _row(self, ask: Callable[[Store], Row | None]) -> Row | None:
        with self._lock:
            try:
                store = self._opened()
                return None if store is None else ask(store)
            except StoreError as error:
                self._end(error)
                return None

    def _keep(self, key: bytes, digest: bytes, how: How, facts: Facts, about: bytes | None = None) -> None:
        try:
            packed = encoded(_bare(facts))
        except OverflowError:  # of a file that claims what none can hold
            return
        if facts.stopped and how.gate is None:  # nobody knows by what
            return
        place = _STOPPED if facts.stopped else _NOT_STOPPED if _would_stop(how.gate, facts) else _DECODED
        key, content = _keys(key, how.gate)[place], _keys(digest, how.gate)[place] if digest else None
        with self._lock:
            self._pending[key] = Row(key, content, packed, about)
            if len(self._pending) >= _AT_ONCE or self._clock() - self._flushed >= _EVERY:
                self._flush()

    def _flush(self) -> None:
        """Write what is pending, and what of the rest was wanted."""
        self._flushed = self._clock()
        rows, self._pending = tuple(self._pending.values()), {}
        try:
            store = self._opened() if rows else self._store
            if store is not None and not self._is_read_only and (rows or not store.is_settled):
                store.add(rows)
        except StoreError as error:
            self._is_read_only = True
            self.trouble = self.trouble or error.reason
            if error.damaged:
                self._end(error)

    def _opened(self) -> Store | None:
        if self._store is None and not self._is_over:
            self._store = Store(self._folder, self._limit)
        return self._store

    def _end(self, error: StoreError) -> None:
        """Go on without the file."""
        self.trouble = self.trouble or error.reason
        self._is_over = True
        if self._store is not None:
            self._store.close()
        self._store = None
        if error.damaged:  # so that the next run has one again
            discard(self._folder)


def cache_for(config: Settings, folder: Path | None = None) -> FactCache | None:
    """The cache that a configuration wants; whoever asks for it closes it. `folder`: not the user's own.

    >>> from validator.settings import Config
    >>> cache_for(Config(cache=False)) is None
    True
    """
    folder = folder or cache_folder()
    if not config.cache or folder is None:
        return None
    return FactCache(folder, config.cache_size * _MB)


def remembering(
    config: Settings, begin: Callable[[FactCache | None], Generator[_Result, None, None]]
) -> Generator[_Result, None, None]:
    """What a run gives that is begun with the user's cache, which is closed with it."""
    cache = cache_for(config)
    results = begin(cache)  # here, since what is wrong is raised before the first result is asked for
    return results if cache is None else _until_the_end(results, cache)


def _until_the_end(
    results: Generator[_Result, None, None], cache: FactCache
) -> Generator[_Result, None, None]:
    with cache, closing(results):
        yield from results


def _keys(key: bytes, gate: Gate | None) -> Sequence[bytes]:
    """Where what was decoded is kept, what any gate stopped, and what this one did not, though it would.

    That has a header that no gate is asked about, or fails by what only decoding brought.
    """
    if gate is None:
        return (key,)
    return (
        key,
        hashlib.blake2b(key, digest_size=_KEY, person=b"stopped").digest(),
        hashlib.blake2b(key + msgspec.msgpack.encode(gate), digest_size=_KEY, person=b"not stopped").digest(),
    )


def _would_stop(gate: Gate | None, facts: Facts) -> bool:
    """Whether a gate stops what has these facts, if it is asked."""
    return gate is not None and gate.stops(facts.file, facts.media)


def _is_lasting(facts: Facts) -> bool:
    """Whether the same would be found again, and may be written down."""
    return facts.lasting and facts.preview is None and facts.descriptor is None


def _bare(facts: Facts) -> Facts:
    """What depends on nothing but the bytes, and for a link on its host."""
    file = msgspec.structs.replace(
        facts.file, extension=None, name_agreement=None, name_detail=None, duplicate=None, duplicate_of=None
    )
    return dataclasses.replace(facts, file=file, likeness=None, no_descriptor="")


def _named(file: FileFacts, kind: Kind | None, asset: Asset) -> FileFacts:
    """The facts of a file, with what the name and the role of the asset say."""
    if file.format is None:
        return file
    extension = extension_of(asset)
    agreement, detail = name_agreement(extension, asset.role, kind, file.format)
    return msgspec.structs.replace(
        file, extension=extension, name_agreement=agreement, name_detail=detail or None
    )
