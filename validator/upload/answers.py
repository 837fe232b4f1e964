"""Replies to results or typed errors, and which errors may be asked again without doing anything twice."""

from __future__ import annotations

import re
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
from validator.report.escape import printable
from validator.upload.envelope import Said, error_in, said
from validator.upload.exchange import NoReply, Reply
from validator.upload.operations import Operation
from validator.upload.reading import Nonsense, load
from validator.upload.vendor_codes import explain

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
                return Answered(value(payload))
        except Nonsense as error_:
            reason = f"the answer ({reply.status}) makes no sense: {error_}"
            return _unanswered(operation, reason, sent=True, status=reply.status)
        return self._refused(operation, reply, said(reply, self.hide, error))

    def _refused(self, operation: Operation, reply: Reply, words: Said) -> Problem:
        status = _status_meant(reply.status, words)
        asked = retry_after(reply.headers.get("retry-after", ""), self.now())
        certain = _REFUSALS.get(status)
        blames_itself = words.vendor == "InternalError" and not 400 <= status < 500
        if status not in _PLAIN and words.vendor and not blames_itself:
            return Problem(_vendor_error(operation, reply.status, words))
        if status == 429:
            return Problem(
                RateLimited(
                    _sentence("The service takes no more requests for now", operation, reply, words),
                    retry_after=asked,
                    status=reply.status,
                    code=words.code,
                    request_id=words.request_id,
                ),
                transient=True,
                asked=asked,
            )
        if certain is not None:
            lead, kind = certain
            return Problem(_error(kind, _sentence(lead, operation, reply, words), reply, words))
        if 300 <= status < 400:
            return self._redirected(operation, reply)
        if 400 <= status < 500 and status not in (408, 425):
            lead = "The service does not take the request as it is"
            return Problem(_error(RequestRefused, _sentence(lead, operation, reply, words), reply, words))
        reason = _sentence("the service failed", operation, reply, words)
        return _unanswered(
            operation,
            reason,
            sent=True,
            status=reply.status,
            words=words,
            asked=asked,
            final=status in (501, 505),
        )

    def _redirected(self, operation: Operation, reply: Reply) -> Problem:
        where = self._safe(shown(reply.headers.get("location", "")))
        reason = (
            f"it redirects ({reply.status}) to {where or 'nowhere'}, which is not followed; check base-url"
        )
        return _unanswered(operation, reason, sent=reply.status == 303, status=reply.status, final=True)

    def _safe(self, text: str) -> str:
        return printable(self.hide(text))[:300]


# Where the status says for certain what is wrong, whatever code comes with it.
_PLAIN = frozenset({401, 402, 429})

_QUOTA = -403
_REFUSALS: Mapping[int, tuple[str, type[ServiceError]]] = MappingProxyType(
    {
        401: ("The service does not accept the API key", AuthenticationError),
        402: ("The account's balance is too low", BalanceTooLow),
        403: ("The account may not do this", PermissionDenied),
        _QUOTA: ("The account holds as many assets as it may", QuotaExceeded),
        404: ("The service does not know it", NotFound),
    }
)

# Codes and types that stand for a status, in lower case and letters alone; some gateways send them with 200.
_STATUS_OF: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("invalidapikey", "authenticationerror", "unauthorized", "unauthenticated"), 401),
        **dict.fromkeys(
            ("insufficientbalance", "insufficientuserquota", "insufficientquota", "paymentrequired"), 402
        ),
        **dict.fromkeys(("accountoverdue", "accountoverdueerror", "balancetoolow"), 402),
        **dict.fromkeys(("subscriptionrequired", "permissiondenied", "accessdenied", "forbidden"), 403),
        **dict.fromkeys(("permissionerror", "operationdenied", "unauthorizedoperation"), 403),
        **dict.fromkeys(("quotaexceeded", "assetquotaexceeded", "assetlimitexceeded"), _QUOTA),
        **dict.fromkeys(("notfound", "notfounderror", "resourcenotfound", "assetnotfound"), 404),
        **dict.fromkeys(("groupnotfound", "assetgroupnotfound", "sessionnotfound"), 404),
        **dict.fromkeys(("ratelimitexceeded", "ratelimiterror", "toomanyrequests", "throttling"), 429),
    }
)
_SUBSCRIPTION = re.compile(r"SubscriptionRequired|Advanced Creation Rights", re.IGNORECASE)
_CAP = re.compile(
    r"\bquotas?\b|\bcap(?:acity|ped)?\b|\btoo many assets\b|\b(?:asset|storage) (?:count|number|limit)\b"
    r"|\b(?:maximum|max\.?) (?:number|count|amount|assets?)\b|\blimit of \d+|\d+ assets?\b"
    r"|\b(?:exceed|reach|hit)\w*\b.{0,40}\b(?:limit|maximum)\b|\b(?:limit|maximum)\b.{0,40}\b(?:exceed|reach)",
    re.IGNORECASE,
)


def _status_meant(status: int, words: Said) -> int:
    """The status that fits what is said: 200 and 502 wrap others, and 403 has two meanings."""
    if status in (401, 402, 404, 429):
        return status
    named = _STATUS_OF.get(re.sub(r"[^a-z]", "", words.code.lower()))
    if named is None and words.code.isdigit() and 400 <= int(words.code) <= 599 and not 400 <= status < 500:
        named = int(words.code)
    if named is not None:
        return named
    if _SUBSCRIPTION.search(words.message):
        return 403
    if status == 403 and _CAP.search(words.message):
        return _QUOTA
    return status


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


def _error(kind: type[ServiceError], message: str, reply: Reply, words: Said) -> ServiceError:
    return kind(message, status=reply.status, code=words.code, request_id=words.request_id)


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
    lost = sent and not operation.repeatable
    kind = AnswerLost if lost else ServiceUnavailable
    end = ", so it may have been done all the same" if lost else ""
    error = kind(
        f"No answer to {operation.doing} that tells: {reason}{end}",
        status=status,
        code=words.code,
        request_id=words.request_id,
    )
    return Problem(error, transient=not final, maybe_done=sent, asked=asked)


def _sentence(lead: str, operation: Operation, reply: Reply, words: Said) -> str:
    hint = ""
    if operation.inferred and reply.status in (404, 405):
        hint = (
            f" ({operation.verb} {operation.path} is a guess: the configuration's [service] operations can "
            f"name another for {operation.name})"
        )
    return f"{lead}: {_words(reply.status, words)}{hint}"


def _words(status: int, words: Said) -> str:
    code = words.code if words.code and words.code not in words.message and words.code != str(status) else ""
    said_ = ": ".join(part for part in (code, words.message) if part)
    return f"{said_} ({status})" if said_ else f"it says no more than {status}"
