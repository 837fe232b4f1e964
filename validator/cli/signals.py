"""The signals that stop a program."""

from __future__ import annotations

import signal


def stopping() -> list[int]:
    """Those that stop a program, without what it was told to ignore.

    >>> signal.SIGINT in stopping()
    True
    """
    known = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP"))
    return [each for each in known if each is not None and signal.getsignal(each) is not signal.SIG_IGN]
