"""One URL's way: request, redirects, answer, body, tries; and a second look. In the download's own thread."""

from __future__ import annotations

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
from validator.intake.handover import Peek
from validator.intake.redirects import follow
from validator.intake.retry import Retries
from validator.intake.second_read import Sample, compared
from validator.intake.source import Source
from validator.model import FileFacts, LinkFacts
from validator.probe.sniff import HEAD_SIZE, sniff_bytes


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

    def _follow(
        self, url: str, asker: Asker, method: Method = "GET", **more: str
    ) -> tuple[httpx.Response, str]:
        ask = partial(asker.ask, more=more, method=method)
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
        late = {"head": "the HEAD request took too long"} if self.wish.asks_head else {}
        for looked in self._looked_at_again(url, source):
            source = looked
            yield replace(source, unmeasured={**late, **source.unmeasured})
        if self.wish.asks_head:
            yield self._with_head(url, source)

    def _looked_at_again(self, url: str, source: Source) -> Iterator[Source]:
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
        response, last = self._follow(url, self.asker)
        with closing(response):
            problem = status_problem(response)
            if problem is not None:
                raise problem
            return self._received(response, last, began)

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
        return replace(source, link=link, unmeasured=why)

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
            body = Body(response, self.asker.limits, self.asker.wire, file, self.timing.clock)
            self.facts.update(body.receive(self.asker.timeouts))
            size = file.tell()
            file.seek(0)
        except OSError as error:
            file.close()
            raise NotDownloaded({}, {"transfer": _not_stored(error)}) from error
        except BaseException:  # whatever it was goes on its way; the file must not stay open
            file.close()
            raise
        access = FileFacts(access="readable", bytes=size)
        seconds = Fraction(round((body.ended - began) * 1000), 1000)
        link = LinkFacts(**self.facts, fetch_seconds=seconds)  # type: ignore[arg-type]
        return Source(file, access, link, url_after_redirects=url)


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
