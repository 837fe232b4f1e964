"""Replies to results or typed errors, and which errors may be asked again without doing anything twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from validator.errors import (
    AnswerLost,
    AssetRejected,
    AuthenticationError,
    BalanceTooLow,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
)
from validator.intake.retry import retry_after
from validator.intake.url import shown
from validator.upload.envelope import Said, error_in, said
from validator.upload.exchange import NoReply, Reply
from validator.upload.key import VARIABLE
from validator.upload.meaning import meant
from validator.upload.operations import Operation
from validator.upload.reading import ADDRESS, Nonsense, load
from validator.upload.vendor_codes import explain
from validator.upload.wording import harmless, harmless_answer

_T = TypeVar("_T")


@dataclass(frozen=True)
class Answered(Generic[_T]):
    """It was done."""

    value: _T


@dataclass(frozen=True)
class Problem:
    """It was not done, as far as one can tell.

    Args:
        error: what to raise.
        transient: the same request may succeed a moment later.
        maybe_done: it may have been done all the same.
        asked: seconds that the service wants to be left alone.
    """

    error: ServiceError
    transient: bool = False
    maybe_done: bool = False
    asked: float | None = None


@dataclass(frozen=True)
class Reader:
    """Makes sense of replies.

    Args:
        hide: takes the key out of a text.
        now: the time of day, for dates in Retry-After.
    """

    hide: Callable[[str], str]
    now: Callable[[], datetime]

    def read(
        self, operation: Operation, reply: Reply | NoReply, value: Callable[[Any], _T]
    ) -> Answered[_T] | Problem:
        """What a reply comes to; `value` makes the result of its payload, or raises `Nonsense`."""
        if isinstance(reply, NoReply):
            return _unanswered(operation, self._safe(reply.reason), sent=reply.sent, final=reply.final)
        if not 200 <= reply.status < 300:
            return self._refused(operation, reply, said(reply, self.hide))
        try:
            payload = load(reply.body)
            error = error_in(payload)
            if error is None:
                return Answered(value(harmless_answer(payload, self.hide)))
        except RecursionError:
            reason = f"the answer ({reply.status}) makes no sense: it is too deep"
            return _unanswered(operation, reason, sent=True, status=reply.status)
        except Nonsense as error_:
            reason = f"the answer ({reply.status}) makes no sense: {error_}"
            return _unanswered(operation, reason, sent=True, status=reply.status)
        return self._refused(operation, reply, said(reply, self.hide, error))

    def _refused(self, operation: Operation, reply: Reply, words: Said) -> Problem:
        kind = meant(reply.status, words)
        asked = retry_after(reply.headers.get("retry-after", ""), self.now())
        # A fault of its own is no verdict on the asset, unless the request as such was refused.
        blames_itself = words.vendor == "InternalError" and not 400 <= reply.status < 500
        if (
            words.vendor
            and not blames_itself
            and kind not in (AuthenticationError, BalanceTooLow, RateLimited)
        ):
            return Problem(_vendor_error(operation, reply.status, words))
        if kind is NotFound and operation.name == "list-groups":  # which names nothing that could be gone
            reason = f"there is no such path: {_words(reply.status, words)}; {ADDRESS}"
            return _unanswered(operation, reason, sent=True, status=reply.status, words=words, final=True)
        if kind is not None:
            error = _error(kind, operation, reply, words, asked)
            return Problem(error, transient=kind is RateLimited, asked=asked)
        if 300 <= reply.status < 400:
            return self._redirected(operation, reply)
        return _unanswered(
            operation,
            f"the service failed: {_words(reply.status, words)}",
            sent=True,
            status=reply.status,
            words=words,
            asked=asked,
            final=reply.status in (501, 505),
        )

    def _redirected(self, operation: Operation, reply: Reply) -> Problem:
        where = self._safe(shown(reply.headers.get("location", "")))
        reason = (
            f"it redirects ({reply.status}) to {where or 'nowhere'}, which is not followed; check base-url"
        )
        return _unanswered(operation, reason, sent=reply.status == 303, status=reply.status, final=True)

    def _safe(self, text: str) -> str:
        return harmless(text, self.hide, 300)


# What is said first, and what to do about it.
_SAYS: Mapping[type[ServiceError], tuple[str, str]] = MappingProxyType(
    {
        AuthenticationError: (
            "The service does not accept the API key",
            f"; set {VARIABLE}, or the file that is configured, to a key that holds",
        ),
        BalanceTooLow: ("The account's balance is too low", "; top it up"),
        PermissionDenied: ("The account may not do this", "; ask the service's operator for the right"),
        QuotaExceeded: (
            "The account holds as many assets as it may",
            "; delete some, or have the quota raised",
        ),
        RateLimited: ("The service takes no more requests for now", "; try again later"),
        NotFound: ("There is no such asset, group or session", ""),
        RequestRefused: ("The service does not take the request as it is", ""),
    }
)


def _error(
    kind: type[ServiceError], operation: Operation, reply: Reply, words: Said, asked: float | None
) -> ServiceError:
    lead, advice = _SAYS[kind]
    if operation.inferred and reply.status in (404, 405):
        advice = (
            f"; or {operation.verb} {operation.path}, which is a guess, is wrong: the configuration's "
            f"[service] operations can name another for {operation.name}"
        )
    elif kind is NotFound and operation.name in ("list-assets", "create-group", "start-session"):
        advice = f"; or the path is wrong: {ADDRESS}"
    message = f"{lead}: {_words(reply.status, words)}{advice}"
    if kind is not RateLimited:
        return kind(message, status=reply.status, code=words.code, request_id=words.request_id)
    if asked is not None:
        message = f"{lead}: {_words(reply.status, words)}; try again in {asked:,.0f} s"
    return RateLimited(
        message, retry_after=asked, status=reply.status, code=words.code, request_id=words.request_id
    )


def _vendor_error(operation: Operation, status: int, words: Said) -> ServiceError:
    """A code of the vendor's says for certain that nothing was done."""
    if operation.name not in ("create-asset", "get-asset"):
        message = f"The service refuses {operation.doing}: {_words(status, words)}"
        return RequestRefused(message, status=status, code=words.code, request_id=words.request_id)
    explanation = explain(words.vendor)
    return AssetRejected(
        f"The service refused the asset: {_words(status, words)}",
        code=words.code,
        rules=explanation.rules,
        why=explanation.why,
        status=status,
        request_id=words.request_id,
    )


def _unanswered(  # noqa: PLR0913 - what is known of what went wrong
    operation: Operation,
    reason: str,
    *,
    sent: bool,
    final: bool = False,
    status: int | None = None,
    words: Said | None = None,
    asked: float | None = None,
) -> Problem:
    words = words or Said()
    doing = operation.doing[:1].upper() + operation.doing[1:]
    lost = sent and not operation.repeatable
    message = f"{doing} may have been done all the same: {reason}" if lost else f"{doing} failed: {reason}"
    kind = AnswerLost if lost else ServiceUnavailable
    error = kind(message, status=status, code=words.code, request_id=words.request_id)
    return Problem(error, transient=not final, maybe_done=sent, asked=asked)


def _words(status: int, words: Said) -> str:
    code = words.code if words.code and words.code not in words.message and words.code != str(status) else ""
    both = ": ".join(part for part in (code, words.message) if part)
    return f"{both} ({status})" if both else f"it says no more than {status}"
