"""What the service writes, as it may be kept and shown: nothing secret, nothing that acts, not too long."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from validator.intake.url import redact
from validator.report.escape import encodable, printable

LONGEST_MESSAGE = 500  # characters
LONGEST_CODE = 80
_KEY = re.compile(r"\bsk-[\w\-*.]{4,}|\b[Bb]earer +\S+")
_ERRORS = frozenset({"Error", "error"})
_CODES = frozenset({"Code", "code"})


def harmless(
    text: str, hide: Callable[[str], str] = lambda text: text, longest: int = LONGEST_MESSAGE
) -> str:
    """Words of the service without keys and signed links.

    Args:
        text: as it came.
        hide: takes the key out of a text.
        longest: characters, behind which it is cut.

    >>> harmless("cannot fetch bucket.example/a?X-Amz-Signature=1 with sk-orca-12345")
    'cannot fetch bucket.example/a?… with …'
    """
    safe = printable(without_keys(hide(redact(" ".join(text.split())))))
    return safe if len(safe) <= longest else safe[:longest] + "…"


def without_keys(text: str) -> str:
    """A text in which no API key is left.

    >>> without_keys("keys/sk-orca-12345"), without_keys("keys/ours.key")
    ('keys/…', 'keys/ours.key')
    """
    return _KEY.sub("…", text)


def harmless_answer(payload: Any, hide: Callable[[str], str]) -> Any:
    """An answer without the key, and whose errors, wherever they stand in it, are `harmless`.

    >>> harmless_answer({"Id": "a", "Error": {"Message": "Bearer x"}}, str)
    {'Id': 'a', 'Error': {'Message': '…'}}
    """
    return _harmless(payload, hide, error=False, code=False)


def _harmless(value: Any, hide: Callable[[str], str], *, error: bool, code: bool) -> Any:
    if isinstance(value, str):
        if error:
            return harmless(value, hide, LONGEST_CODE if code else LONGEST_MESSAGE)
        return hide(encodable(value))
    if isinstance(value, list):
        return [_harmless(each, hide, error=error, code=code) for each in value]
    if isinstance(value, dict):
        return {
            hide(encodable(name)): _harmless(
                each, hide, error=error or name in _ERRORS, code=error and name in _CODES
            )
            for name, each in value.items()
        }
    return value
