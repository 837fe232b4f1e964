"""One URL's way: request, redirects, answer, body, tries. In the download's own thread."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

import httpx

from validator.intake.answer import (
    NOT_DOWNLOADED,
    NotDownloaded,
    announced_bytes,
    content_type,
    status_name,
    status_problem,
)
from validator.intake.asking import Asker, followed
from validator.intake.body import Body
from validator.intake.download import Wish
from validator.intake.first_part import FirstPart
from validator.intake.handover import Handover
from validator.intake.lines import Lines
from validator.intake.looks import Looks
from validator.intake.retry import Retries
from validator.intake.second_read import Answered, Asked, answered
from validator.intake.source import Source
from validator.intake.validators import Validators, validators_of
from validator.model import SPARED_BYTES, FileFacts, LinkFacts

_INDEX_SECONDS = 3.0  # for the request for an index; after that, the file is read as it comes


@dataclass(frozen=True)
class Timing:
    """What tells the time, and how it is waited.

    Args:
        clock: seconds, rising.
        retries: how often to try again, and when.
        sleep: replaces waiting, in seconds; by default it ends as soon as the download is given up.
    """

    clock: Callable[[], float]
    retries: Retries = field(default_factory=Retries)
    sleep: Callable[[float], object] | None = None


@dataclass(frozen=True)
class Exchange:
    """Fetches one URL, through `asker`, whose facts fill up on the way.

    `handover` finds out whether more is wanted of a file that has come in part, and knows when nobody waits
    any more; connections are taken from `lines`. `told` is what answers say of the link as well as a second
    look would: it is not made then.
    """

    asker: Asker
    timing: Timing
    wish: Wish
    handover: Handover
    lines: Lines
    told: list[Answered] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, str]:
        """What is known of the link so far."""
        return self.asker.facts

    def fetch(self) -> Iterator[Source]:
        """The URL's bytes, or what kept them away; then the same, with what further requests brought.

        Whoever takes one and does not want the next just stops asking.
        """
        with ExitStack() as connected:
            connected.enter_context(self.lines.for_file(self.handover))
            try:
                source, body = self._tries()
            except NotDownloaded as end:
                link = LinkFacts(**{**self.facts, **end.facts})  # type: ignore[arg-type]
                yield Source(None, end.file, link, {"*": NOT_DOWNLOADED, **end.unmeasured})
                return
            # From the first one on, the file belongs to who took it.
            if body is None:
                yield source
                return
            connected.callback(body.close)
            more = partial(self.lines.for_more, self.handover)
            looks = Looks(self.asker, self.wish.url, connected.close, more, asks_head=self.wish.asks_head)
            yield from looks.at(source, body, self.told)

    def _tries(self) -> tuple[Source, Body | None]:
        timing, before, tried, peeks = self.timing, dict(self.facts), 0, self.wish.peeks
        while True:
            began = timing.clock()
            try:
                return self._once(peeks=peeks)
            except NotDownloaded as end:
                # What broke off may have done so while nobody read it.
                peeks = peeks and (end.again is None or not end.again.once)
                tried += 1
                now = timing.clock()
                # A file that broke off takes as long once more.
                reserve = now - began if end.again is not None and end.again.once else 0.0
                wait = timing.retries.wait(end.again, tried, self.handover.deadline - now - reserve)
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

    def _once(self, *, peeks: bool) -> tuple[Source, Body | None]:
        """What one request brought, with its body, whose connection is still open where it came whole."""
        began, known = self.timing.clock(), self.wish.known
        response, last = followed(self.wish.url, self.asker, known=known)
        if known is not None and response.status_code == 304:
            response.close()
            if known.agree(response.headers) and known.for_place(last):
                return self._not_modified(known, last), None
            # Its own words contradict it, or nobody asked: let it send the file.
            response, last = followed(self.wish.url, self.asker)
        with ExitStack() as unless_it_came:
            unless_it_came.callback(response.close)
            problem = status_problem(response)
            if problem is not None:
                raise problem
            received = self._received(response, last, began, peeks=peeks)
            unless_it_came.pop_all()
            return received

    def _not_modified(self, known: Validators, url: str) -> Source:
        link = LinkFacts(**self.facts, reach="reached")  # type: ignore[arg-type]
        return Source(None, FileFacts(), link, url_after_redirects=url, not_modified=True, validators=known)

    def _received(
        self, response: httpx.Response, url: str, began: float, *, peeks: bool
    ) -> tuple[Source, Body]:
        self.told.clear()
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
            part = partial(self._part, url, response)
            first = FirstPart(self.handover.ask, part) if peeks else None
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
            body.close()
            link = LinkFacts(**self.facts)  # type: ignore[arg-type]
            return replace(source, link=link, partial=SPARED_BYTES), body
        seconds = Fraction(round((body.ended - began) * 1000), 1000)
        link = LinkFacts(**self.facts, fetch_seconds=seconds)  # type: ignore[arg-type]
        return replace(source, link=link), body

    def _part(self, url: str, first: httpx.Response, start: int, end: int, size: int) -> bytes:
        """A part of a file whose first answer stays open meanwhile; nothing, where that cannot be had."""
        host = httpx.URL(url).netloc.decode("ascii")
        if not self.lines.gives_parts(host):
            return b""
        with self.lines.for_part(self.handover) as is_free:
            found = self._part_beside(url, first, Asked(start, end, size)) if is_free else None
        if found is not None and url == self.wish.url and (end == size or not found.is_part):
            self.told.append(found)
        if found is not None and found.is_part:
            return found.data
        if is_free and not self.asker.wire.is_cut:
            self.lines.gave_none(host)
        return b""

    def _part_beside(self, url: str, first: httpx.Response, asked: Asked) -> Answered | None:
        limits = self.asker.limits
        limits = replace(
            limits,
            connect_timeout=min(_INDEX_SECONDS, limits.connect_timeout),
            read_timeout=min(_INDEX_SECONDS, limits.read_timeout),
        )
        try:
            with self.asker.wire.beside(self.timing.clock() + _INDEX_SECONDS) as wire:
                asker = replace(self.asker, facts={}, wire=wire, limits=limits)
                response, _ = followed(url, asker, Range=asked.header)
                with closing(response):
                    same = response.headers.get("etag") == first.headers.get("etag")
                    return answered(response, asked) if same else None
        except (NotDownloaded, OSError):  # then all of it is read, one after the other
            return None


def _not_stored(error: OSError) -> str:
    return f"the download could not be stored ({error.strerror or error})"
