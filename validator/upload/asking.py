"""One request with all its tries: paced, repeated only where that does nothing twice, and made sense of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from validator.errors import NotFound, UsageError
from validator.upload.answers import Answered, Problem, Reader
from validator.upload.backoff import Backoff
from validator.upload.exchange import NoReply, Pause, Send, Steps
from validator.upload.operations import Service
from validator.upload.pace import Pace

_T = TypeVar("_T")
_LONGEST_ID = 500  # characters


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Args:
        operation: its name in the table.
        ids: what stands for the names in braces of its path.
        query: names and values, in their order; empty values are left out.
        body: sent as JSON.
    """

    operation: str
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Asker:
    """Asks the service; every operation goes through here.

    Args:
        service: where it is.
        reader: makes sense of replies.
        pace: when a request may be sent.
        backoff: how often to try again, and when.
        timeout: seconds that one answer may take.
        clock: seconds, rising.
    """

    service: Service
    reader: Reader
    pace: Pace
    backoff: Backoff
    timeout: float
    clock: Callable[[], float]

    def ask(
        self,
        request: Request,
        value: Callable[[Any], _T],
        before: Callable[[], None] | None = None,
        is_gone: Callable[[], Steps[bool]] | None = None,
    ) -> Steps[_T]:
        """The result of a request, tried again where that helps and does no harm.

        Args:
            request: what is asked for.
            value: makes the result of the answer's payload, or raises `Nonsense`.
            before: called right before each time that it is sent.
            is_gone: of a deletion: whether what is to be deleted is not there any more. It is asked where a
                try was lost and the next one says 404, which a wrong path does, too.

        Raises:
            ServiceError: as its kinds say; AnswerLost where it may have been done.
        """
        operation = self.service.operation(request.operation)
        tried, maybe_done = 0, False
        while True:
            outcome = yield from self._once(request, value, self.timeout, before)
            if isinstance(outcome, Answered):
                return outcome.value
            if maybe_done and is_gone is not None and isinstance(outcome.error, NotFound):
                if (yield from is_gone()):
                    return value(None)  # an earlier try did it, and its answer was lost
                raise outcome.error
            tried += 1
            wait = self.backoff.wait(tried, outcome.asked) if outcome.transient else None
            if wait is None or (outcome.maybe_done and not operation.repeatable):
                if wait is not None and outcome.asked is not None:  # for whoever looks, and creates anew
                    self.pace.hold(operation.pace, min(outcome.asked, self.backoff.asked_at_most))
                raise outcome.error
            maybe_done = maybe_done or outcome.maybe_done
            yield Pause(wait)

    def look(
        self, request: Request, value: Callable[[Any], _T], timeout: float
    ) -> Steps[Answered[_T] | Problem]:
        """One try, whose failure is told rather than raised. `timeout`: seconds."""
        return self._once(request, value, min(timeout, self.timeout), None)

    def _once(
        self,
        request: Request,
        value: Callable[[Any], _T],
        timeout: float,
        before: Callable[[], None] | None,
    ) -> Steps[Answered[_T] | Problem]:
        operation = self.service.operation(request.operation)
        url = self.service.base_url + _path(operation.path, request.ids) + _query(request.query)
        content = b"" if request.body is None else _json(request.body)
        delay = self.pace.reserve(operation.pace)
        if delay > 0:
            yield Pause(delay)
        if before is not None:
            before()
        reply = yield Send(operation, url, content, timeout)
        return self.reader.read(operation, reply or NoReply("it was not sent", sent=False), value)


def checked_id(what: str, value: str) -> str:
    """An id that can stand in a path: it names one thing, and not the list of all.

    Raises:
        UsageError: it cannot.

    >>> checked_id("asset", "asset-1")
    'asset-1'
    """
    if not value.strip() or value in (".", "..") or len(value) > _LONGEST_ID:
        raise UsageError(f"{value[:40]!r} is no id of {_with_article(what)}.")
    return checked_text(f"the id of {_with_article(what)}", value)


def checked_text(what: str, value: str) -> str:
    """Text that can be sent, which a file name that is not UTF-8 cannot.

    Raises:
        UsageError: it cannot.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{what[:1].upper()}{what[1:]} is not UTF-8: {value[:40]!r}.") from None
    return value


def _with_article(what: str) -> str:
    return f"{'an' if what[:1] in 'aeiou' else 'a'} {what}"


def _path(path: str, ids: Mapping[str, str]) -> str:
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", quote(checked_id(name.removesuffix("_id"), value), safe=""))
    return path


def _query(fields: Sequence[tuple[str, str]]) -> str:
    given = [(name, checked_text(name, value)) for name, value in fields if value]
    return f"?{urlencode(given, quote_via=quote, safe='')}" if given else ""


def _json(body: Mapping[str, Any]) -> bytes:
    for name, value in body.items():
        if isinstance(value, str):
            checked_text(name, value)
    return json.dumps(body, ensure_ascii=False).encode()
