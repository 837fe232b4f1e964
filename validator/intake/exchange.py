"""One URL's way: request, redirects, answer, body, tries; and a second look. In the download's own thread."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

import httpx
import msgspec

from validator.intake.answer import (
    NOT_DOWNLOADED,
    NotDownloaded,
    announced_bytes,
    content_type,
    head_facts,
    status_name,
    status_problem,
)
from validator.intake.asking import Asker, Method
from validator.intake.body import Body
from validator.intake.download import Wish
from validator.intake.first_part import FirstPart
from validator.intake.handover import Peek
from validator.intake.redirects import follow
from validator.intake.retry import Retries
from validator.intake.second_read import Sample, compared, part
from validator.intake.source import Source
from validator.intake.validators import Validators, validators_of
from validator.model import SPARED_BYTES, FileFacts, LinkFacts
from validator.probe.sniff import HEAD_SIZE, sniff_bytes

_INDEX_SECONDS = (
    3.0  # for the request for an index; after that, the file is read from its beginning to its end
)


@dataclass(frozen=True)
class Timing:
    """When a download has to end, and what tells the time.

    Args:
        clock: seconds, rising.
        deadline: the clock's time at which nobody waits any more.
        retries: how often to try again, and when.
        sleep: replaces waiting, in seconds; by default it ends as soon as the download is given up.
    """

    clock: Callable[[], float]
    deadline: float
    retries: Retries = field(default_factory=Retries)
    sleep: Callable[[float], object] | None = None


@dataclass(frozen=True)
class Exchange:
    """Fetches one URL, through `asker`, whose facts fill up on the way.

    `ask` finds out whether more is wanted of a file that has come in part.
    """

    asker: Asker
    timing: Timing
    wish: Wish
    ask: Peek

    @property
    def facts(self) -> dict[str, str]:
        """What is known of the link so far."""
        return self.asker.facts

    @staticmethod
    def _follow(
        url: str, asker: Asker, method: Method = "GET", known: Validators | None = None, **more: str
    ) -> tuple[httpx.Response, str]:
        def ask(hop: str) -> httpx.Response:
            return asker.ask(hop, more if known is None else more | known.for_place(hop), method)

        return follow(url, ask, asker.facts, asker.limits.max_redirects)

    def fetch(self) -> Iterator[Source]:
        """The URL's bytes, or what kept them away; then the same, with what further requests brought.

        Whoever takes one and does not want the next just stops asking.
        """
        url = self.wish.url
        try:
            source = self._tries(url)
        except NotDownloaded as end:
            link = LinkFacts(**{**self.facts, **end.facts})  # type: ignore[arg-type]
            yield Source(None, FileFacts(), link, {"*": NOT_DOWNLOADED, **end.unmeasured})
            return
        # From the first one on, the file belongs to who took it.
        asks = self.wish.asks_head and not source.not_modified
        late = {"head": "the HEAD request took too long"} if asks else {}
        for looked in self._looked_at_again(url, source):
            source = looked
            yield replace(source, unmeasured={**late, **source.unmeasured})
        if self.wish.asks_head and not source.not_modified:
            yield self._with_head(url, source)

    def _looked_at_again(self, url: str, source: Source) -> Iterator[Source]:
        if source.not_modified:
            yield source
            return
        if source.partial:
            whys = dict.fromkeys(("transfer", "fetch_seconds", "ranges"), source.partial)
            yield replace(source, unmeasured=whys)
            return
        reason = self._no_second_look(source)
        if reason:
            yield replace(source, unmeasured={"ranges": reason})
            return
        assert source.file is not None  # noqa: S101 - a download that succeeded
        sample = Sample.of(source.file, source.access.bytes or 0)
        yield replace(
            source, unmeasured={"ranges": "the second request, for a part of the file, took too long"}
        )
        yield self._second_look(url, source, sample)

    def _tries(self, url: str) -> Source:
        timing, before, tried = self.timing, dict(self.facts), 0
        while True:
            began = timing.clock()
            try:
                return self._once(url)
            except NotDownloaded as end:
                tried += 1
                now = timing.clock()
                # A file that broke off takes as long once more.
                reserve = now - began if end.again is not None and end.again.once else 0.0
                wait = timing.retries.wait(end.again, tried, timing.deadline - now - reserve)
                if wait is None:
                    raise self._after_all(end, tried) from end
                (timing.sleep or self.asker.wire.pause)(wait)
                if self.asker.wire.is_cut:  # nobody hears of it
                    raise
            for name in self.facts.keys() - before.keys():
                del self.facts[name]
            self.facts.update(before)

    def _after_all(self, end: NotDownloaded, tried: int) -> NotDownloaded:
        refused = self.timing.retries.refused(end.again)
        said = end.saying(refused) if refused else end
        return said.saying(f"asked {tried} times") if tried > 1 else said

    def _once(self, url: str) -> Source:
        began = self.timing.clock()
        known = self.wish.known
        response, last = self._follow(url, self.asker, known=known)
        if known is not None and response.status_code == 304:
            response.close()
            if known.agree(response.headers) and known.for_place(last):
                return self._not_modified(known, last)
            # Its own words contradict it, or nobody asked: let it send the file.
            response, last = self._follow(url, self.asker)
        with closing(response):
            problem = status_problem(response)
            if problem is not None:
                raise problem
            return self._received(response, last, began)

    def _not_modified(self, known: Validators, url: str) -> Source:
        link = LinkFacts(**self.facts, reach="reached")  # type: ignore[arg-type]
        why = {"*": "the host says that the file is still the one that it sent before"}
        return Source(None, FileFacts(), link, why, url, not_modified=True, validators=known)

    @staticmethod
    def _no_second_look(source: Source) -> str:
        """Why there is nothing that a second answer could be held against."""
        assert source.link is not None  # noqa: S101 - it came from a URL
        if source.link.transfer != "complete" or not source.access.bytes or source.file is None:
            return "the file did not come whole" if source.access.bytes else "the file is empty"
        kind = sniff_bytes(source.file.read(HEAD_SIZE)).kind
        source.file.seek(0)
        return "" if kind is not None else "what came is no media"

    def _second_look(self, url: str, source: Source, sample: Sample) -> Source:
        """Ask for the end of the file once more, on the whole way from the address as given."""
        asker = replace(self.asker, facts={})
        why: dict[str, str] = {}
        try:
            response, _ = self._follow(url, asker, Range=sample.header)
            with closing(response):
                found = compared(response, sample)
        except NotDownloaded as end:
            found, why = _further_end(end, "ranges", "the second request, for a part of the file,")
        except OSError as error:  # ours, such as too many open files: the file itself came whole
            reason = f"the second request, for a part of the file, failed: {error.strerror or error}"
            found, why = {}, {"ranges": reason}
        assert source.link is not None  # noqa: S101 - it came from a URL
        link = msgspec.structs.replace(source.link, **found)
        lasting = source.validators if link.transfer == "complete" else None
        return replace(source, link=link, unmeasured=why, validators=lasting)

    def _with_head(self, url: str, source: Source) -> Source:
        """Ask for the headers alone, as fetchers do that want to know what comes."""
        asker = replace(self.asker, facts={})
        why: dict[str, str] = {}
        got = source.link
        assert got is not None  # noqa: S101 - it came from a URL
        # Of what came packed, though asked not to, nobody knows what is announced.
        whole = source.access.bytes if got.transfer == "complete" and not got.transfer_detail else None
        try:
            response, _ = self._follow(url, asker, method="HEAD")
            with closing(response):
                found = head_facts(response, got.content_type, whole)
        except NotDownloaded as end:
            found, why = _further_end(end, "head", "the HEAD request")
        if asker.facts.get("redirects", "none") != "none" and got.redirects == "none":
            # Where GET is redirected as well, that is said of the address.
            found, why = {"head": "redirected", "head_detail": asker.facts["redirects_detail"]}, {}
        link = msgspec.structs.replace(got, **found)
        return replace(source, link=link, unmeasured={**source.unmeasured, **why})

    def _received(self, response: httpx.Response, url: str, began: float) -> Source:
        self.facts["reach"] = "reached"
        self.facts["reach_detail"] = status_name(response.status_code)
        declared = content_type(response.headers)
        if declared is not None:
            self.facts["content_type"] = declared
        self.facts["content_length"] = "missing" if announced_bytes(response.headers) is None else "announced"
        try:
            file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, closed here on errors
        except OSError as error:
            raise NotDownloaded({}, {"transfer": _not_stored(error)}) from error
        try:
            first = FirstPart(self.ask, partial(self._part, url, response)) if self.wish.peeks else None
            body = Body(response, self.asker.limits, self.asker.wire, file, self.timing.clock, first)
            self.facts.update(body.receive(self.asker.timeouts))
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
        except OSError as error:
            file.close()
            raise NotDownloaded({}, {"transfer": _not_stored(error)}) from error
        except BaseException:  # whatever it was goes on its way; the file must not stay open
            file.close()
            raise
        access = FileFacts(access="readable", bytes=size)
        plain = self.facts.get("transfer", "complete") == "complete" and "transfer_detail" not in self.facts
        validators = validators_of(response.headers, size, url) if plain else None
        source = Source(file, access, url_after_redirects=url, validators=validators)
        if body.is_partial:
            link = LinkFacts(**self.facts)  # type: ignore[arg-type]
            return replace(source, link=link, partial=SPARED_BYTES)
        seconds = Fraction(round((body.ended - began) * 1000), 1000)
        link = LinkFacts(**self.facts, fetch_seconds=seconds)  # type: ignore[arg-type]
        return replace(source, link=link)

    def _part(self, url: str, first: httpx.Response, start: int, size: int) -> bytes:
        """The end of a file whose first answer stays open meanwhile; nothing, where that cannot be had."""
        limits = replace(self.asker.limits, read_timeout=min(_INDEX_SECONDS, self.asker.limits.read_timeout))
        try:
            with self.asker.wire.beside(_INDEX_SECONDS) as wire:
                asker = replace(self.asker, facts={}, wire=wire, limits=limits)
                response, _ = self._follow(url, asker, Range=f"bytes={start}-{size - 1}")
                with closing(response):
                    same = response.headers.get("etag") == first.headers.get("etag")
                    return part(response, start, size) if same else b""
        except (NotDownloaded, OSError):  # then all of it is read, one after the other
            return b""


def _not_stored(error: OSError) -> str:
    return f"the download could not be stored ({error.strerror or error})"


def _further_end(end: NotDownloaded, fact: str, what: str) -> tuple[dict[str, str], dict[str, str]]:
    """What is said where a further request brought nothing: `what` it was, and the `fact` that it was for."""
    if fact in end.unmeasured:
        return {}, dict(end.unmeasured)
    # That the address was refused this time is worth more than a word: it leads elsewhere now and then.
    refused = {name: words for name, words in end.facts.items() if name.partition("_")[0] in ("host", "port")}
    words = end.unmeasured.get("reach") or end.facts.get("reach_detail") or "nothing was sent"
    return refused, {fact: f"{what} failed: {words}"}
