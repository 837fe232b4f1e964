"""What a refusal means, by its status, its code and its words: gateways wrap them in one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from validator.errors import (
    AuthenticationError,
    BalanceTooLow,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    RequestRefused,
    ServiceError,
)
from validator.upload.envelope import Said

_BY_STATUS: Mapping[int, type[ServiceError]] = MappingProxyType(
    {
        401: AuthenticationError,
        402: BalanceTooLow,
        403: PermissionDenied,
        404: NotFound,
        429: RateLimited,
    }
)
# Here the status says what is wrong, whatever code comes with it.
_PLAIN = frozenset({401, 402, 404, 429})
_PASSING = frozenset({408, 425})  # the other 4xx mean the request itself

# Codes and types, in lower case and letters alone, whatever the status: 200, 400, 403 and 502 wrap them.
_BY_CODE: Mapping[str, type[ServiceError]] = MappingProxyType(
    {
        code: kind
        for kind, codes in {
            AuthenticationError: "invalidapikey authenticationerror unauthorized unauthenticated",
            BalanceTooLow: "insufficientbalance insufficientuserquota insufficientquota paymentrequired "
            "accountoverdue accountoverdueerror balancetoolow",
            PermissionDenied: "subscriptionrequired permissiondenied permissionerror accessdenied forbidden "
            "operationdenied unauthorizedoperation",
            QuotaExceeded: "quotaexceeded assetquotaexceeded assetlimitexceeded",
            NotFound: "notfound notfounderror resourcenotfound assetnotfound groupnotfound "
            "assetgroupnotfound sessionnotfound",
            RateLimited: "ratelimitexceeded ratelimiterror requestratelimitexceeded toomanyrequests "
            "throttling",
        }.items()
        for code in codes.split()
    }
)
_RIGHTS = re.compile(r"SubscriptionRequired|Advanced Creation Rights", re.IGNORECASE)
# A 403 is a missing right, unless it speaks of the number of assets.
_CAP = re.compile(
    r"\bquotas?\b|\bcap(?:acity|ped)?\b|\btoo many assets\b|\b(?:asset|storage) (?:count|number|limit)\b"
    r"|\b(?:maximum|max\.?) (?:number|count|amount|assets?)\b|\blimit of \d+|\b\d+ assets?\b"
    r"|\b(?:exceed|reach|hit)\w*\b.{0,40}\b(?:limit|maximum)\b|\b(?:limit|maximum)\b.{0,40}\b(?:exceed|reach)",
    re.IGNORECASE,
)


def meant(status: int, words: Said) -> type[ServiceError] | None:
    """The kind of error; `None` where neither status nor words say for certain that nothing was done.

    >>> meant(403, Said("the asset quota is used up")).__name__, meant(403, Said()).__name__
    ('QuotaExceeded', 'PermissionDenied')
    >>> meant(502, Said("no", "SubscriptionRequired")).__name__, meant(502, Said())
    ('PermissionDenied', None)
    """
    if status in _PLAIN:
        return _BY_STATUS[status]
    kind = _BY_CODE.get(re.sub(r"[^a-z]", "", words.code.lower()))
    if kind is not None:
        return kind
    if _RIGHTS.search(words.message):
        return PermissionDenied
    if not 400 <= status < 500 and words.code.isascii() and words.code.isdigit():
        status = int(words.code)
    if status == 403 and _CAP.search(words.message):
        return QuotaExceeded
    refused = 400 <= status < 500 and status not in _PASSING
    return _BY_STATUS.get(status, RequestRefused if refused else None)
