"""What is asked of a URL once its file is there: a part of it, and the headers. In the download's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace

import msgspec

from validator.intake.answer import NotDownloaded, head_facts
from validator.intake.asking import Asker, followed
from validator.intake.body import Body
from validator.intake.second_read import Answered, Sample, compared
from validator.intake.source import Source
from validator.probe.sniff import HEAD_SIZE, sniff_bytes

_NOT_WHOLE = "the file did not come whole"


@dataclass(frozen=True)
class Looks:
    """Further looks at a `url`, through `asker`; with `asks_head`, a HEAD request is made of it, too.

    `hang_up` closes the connection that the file came over; each further one is opened within `connecting`.
    """

    asker: Asker
    url: str
    hang_up: Callable[[], object]
    connecting: Callable[[], AbstractContextManager[None]]
    asks_head: bool = False

    def at(self, source: Source, body: Body, told: Sequence[Answered] = ()) -> Iterator[Source]:
        """The source, whose file is not read from then on; then the same, with what each look brought.

        No second look is made where an earlier answer `told` as much.
        It has validators only where no look is missing that may succeed another time.
        """
        late = {"head": "the HEAD request took too long"} if self.asks_head else {}
        for looked in self._looked_at_again(source, body, told):
            source = looked
            lasting = None if late else source.validators
            yield replace(source, unmeasured={**late, **source.unmeasured}, validators=lasting)
        if self.asks_head:
            yield self._with_head(source)

    def _looked_at_again(self, source: Source, body: Body, told: Sequence[Answered]) -> Iterator[Source]:
        if source.partial:
            whys = dict.fromkeys(("transfer", "fetch_seconds", "ranges"), source.partial)
            self.hang_up()
            yield replace(source, unmeasured=whys)
            return
        reason = self._no_second_look(source)
        sample = None
        found: dict[str, str] = {}
        if not reason and source.file is not None:
            for answer in told:
                found |= answer.against(source.file)
            sample = None if found else Sample.of(source.file, source.access.bytes or 0)
        too_late = "the second request, for a part of the file, took too long"
        lasting = source.validators if reason else None
        yield replace(source, unmeasured={"ranges": reason or too_late}, validators=lasting)
        more = body.surplus()
        self.hang_up()
        if more:
            assert source.link is not None  # noqa: S101 - it came from a URL
            link = msgspec.structs.replace(source.link, **more)
            reason = reason or _NOT_WHOLE
            yield replace(source, link=link, unmeasured={"ranges": reason}, validators=None)
        elif sample is not None:
            yield self._second_look(source, sample)
        elif found:
            yield _looked_at(source, found, {})

    @staticmethod
    def _no_second_look(source: Source) -> str:
        """Why there is nothing that a second answer could be held against."""
        assert source.link is not None  # noqa: S101 - it came from a URL
        if source.link.transfer != "complete" or not source.access.bytes or source.file is None:
            return _NOT_WHOLE if source.access.bytes else "the file is empty"
        kind = sniff_bytes(source.file.read(HEAD_SIZE)).kind
        source.file.seek(0)
        return "" if kind is not None else "what came is no media"

    def _second_look(self, source: Source, sample: Sample) -> Source:
        """Ask for the end of the file once more, on the whole way from the address as given."""
        asker = replace(self.asker, facts={})
        why: dict[str, str] = {}
        try:
            with self.connecting():
                response, _ = followed(self.url, asker, Range=sample.asked.header)
                with closing(response):
                    found = compared(response, sample)
        except NotDownloaded as end:
            found, why = _further_end(end, "ranges", "the second request, for a part of the file,")
        except OSError as error:  # ours, such as too many open files: the file itself came whole
            reason = f"the second request, for a part of the file, failed: {error.strerror or error}"
            found, why = {}, {"ranges": reason}
        return _looked_at(source, found, why)

    def _with_head(self, source: Source) -> Source:
        """Ask for the headers alone, as fetchers do that want to know what comes."""
        asker = replace(self.asker, facts={})
        why: dict[str, str] = {}
        got = source.link
        assert got is not None  # noqa: S101 - it came from a URL
        # Of what came packed, though asked not to, nobody knows what is announced.
        whole = source.access.bytes if got.transfer == "complete" and not got.transfer_detail else None
        try:
            with self.connecting():
                response, _ = followed(self.url, asker, method="HEAD")
                with closing(response):
                    found = head_facts(response, got.content_type, whole)
        except NotDownloaded as end:
            found, why = _further_end(end, "head", "the HEAD request")
        if asker.facts.get("redirects", "none") != "none" and got.redirects == "none":
            # Where GET is redirected as well, that is said of the address.
            found, why = {"head": "redirected", "head_detail": asker.facts["redirects_detail"]}, {}
        link = msgspec.structs.replace(got, **found)
        lasting = None if why else source.validators
        return replace(source, link=link, unmeasured={**source.unmeasured, **why}, validators=lasting)


def _looked_at(source: Source, found: Mapping[str, str], why: Mapping[str, str]) -> Source:
    """The source with what a second look found, or why it found nothing."""
    assert source.link is not None  # noqa: S101 - it came from a URL
    link = msgspec.structs.replace(source.link, **found)
    lasting = link.transfer == "complete" and not why
    return replace(source, link=link, unmeasured=why, validators=source.validators if lasting else None)


def _further_end(end: NotDownloaded, fact: str, what: str) -> tuple[dict[str, str], dict[str, str]]:
    """What is said where a further request brought nothing: `what` it was, and the `fact` that it was for."""
    if fact in end.unmeasured:
        return {}, dict(end.unmeasured)
    # That the address was refused this time is worth more than a word: it leads elsewhere now and then.
    refused = {name: words for name, words in end.facts.items() if name.partition("_")[0] in ("host", "port")}
    words = end.unmeasured.get("reach") or end.facts.get("reach_detail") or "nothing was sent"
    return refused, {fact: f"{what} failed: {words}"}
