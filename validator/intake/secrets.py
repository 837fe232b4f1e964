"""Which parameters of a URL's query are secrets that go on holding: names only, never values."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

_LONGEST_QUERY = 20_000  # characters
_MOST_FIELDS = 200
_MOST_NAMES = 5

# Names in lower case, without "-", "_" and ".".
_SECRETS = frozenset(
    (
        "accesskey",
        "accesskeysecret",
        "accesstoken",
        "apikey",
        "apisecret",
        "apitoken",
        "appkey",
        "appsecret",
        "auth",
        "authkey",
        "authorization",
        "authtoken",
        "awssecretaccesskey",
        "bearer",
        "bearertoken",
        "clientsecret",
        "credential",
        "credentials",
        "idtoken",
        "jwt",
        "masterkey",
        "oauthtoken",
        "passcode",
        "passphrase",
        "passwd",
        "password",
        "privatekey",
        "privatetoken",
        "pwd",
        "refreshtoken",
        "secret",
        "secretkey",
        "securitytoken",
        "sessionid",
        "sessionkey",
        "sessiontoken",
        "sid",
        "subscriptionkey",
        "token",
        "usertoken",
        "xaccesstoken",
        "xapikey",
        "xauthtoken",
    )
)
_SIGNATURES = frozenset(("hmac", "sig", "sign", "signature"))
# What says until when a signature holds, in the queries of clouds and content networks.
_ENDS = frozenset(
    (
        "exp",
        "expiration",
        "expire",
        "expires",
        "expiresat",
        "expiry",
        "ossexpires",
        "policy",
        "qsigntime",
        "se",
        "txtime",
        "validuntil",
        "xamzexpires",
        "xgoogexpires",
        "xossexpires",
        "xtosexpires",
    )
)
_SIGNED_TOKENS = frozenset(
    ("securitytoken", "xamzsecuritytoken", "xcossecuritytoken", "xosssecuritytoken", "xtossecuritytoken")
)
# Not secret on their own, or not always; where a text is shown, they are left out all the same.
_NAMES_OF_KEYS = frozenset(
    ("awsaccesskeyid", "googleaccessid", "key", "keypairid", "ossaccesskeyid", "policy", "secretid")
)
# The shapes of keys that many services give out, whatever the parameter is called.
_SHAPES = re.compile(
    r"AIza[\w\-]{35}"  # Google
    r"|sk-[\w\-]{20,}"  # OpenAI and others
    r"|gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w\-]{20,}|hf_\w{30,}|xox[abprs]-[\w\-]{10,}"
    r"|eyJ[\w\-]{10,400}\.eyJ[\w\-]{10}"  # a JSON web token
)


def secrets_in(query: str) -> tuple[str, ...]:
    """The names of parameters whose value is a secret that lasts, each once, in their order.

    The signature of a link that ends is none: it is made to be passed on.

    >>> secrets_in("w=300&api_key=abc&Token=def")
    ('api_key', 'Token')
    >>> secrets_in("X-Amz-Expires=600&X-Amz-Signature=abc&X-Amz-Security-Token=def"), secrets_in("sig=abc")
    ((), ('sig',))
    """
    fields = parse_qsl(query[:_LONGEST_QUERY].replace(";", "&"), max_num_fields=None)[:_MOST_FIELDS]
    ends = any(_plain(name) in _ENDS for name, _ in fields)
    found = (name for name, value in fields if _is_secret(_plain(name), value, signed=ends))
    return tuple(dict.fromkeys(found))


def is_secret_name(plain: str) -> bool:
    """Whether a parameter gives access, or signs: its name in lower case, without "-", "_" and ".".

    >>> is_secret_name("accesstoken"), is_secret_name("width")
    (True, False)
    """
    return plain in _SECRETS or plain in _SIGNATURES or plain in _SIGNED_TOKENS or plain in _NAMES_OF_KEYS


def credentials_facts(query: str) -> dict[str, str]:
    """The facts on secrets in a query.

    >>> credentials_facts("token=abc")
    {'credentials': 'query', 'credentials_detail': 'token'}
    >>> credentials_facts("v=2")
    {'credentials': 'none'}
    """
    names = secrets_in(query)
    if not names:
        return {"credentials": "none"}
    more = ["…"] if len(names) > _MOST_NAMES else []
    return {
        "credentials": "query",
        "credentials_detail": ", ".join([*(name[:40] for name in names[:_MOST_NAMES]), *more]),
    }


def _is_secret(name: str, value: str, *, signed: bool) -> bool:
    if signed and (name in _SIGNATURES or name in _SIGNED_TOKENS):
        return False
    return name in _SECRETS or name in _SIGNATURES or _SHAPES.search(value) is not None


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]", "", name).lower()
