"""How many files may be open at a time, so that the system's limit is never met."""

from __future__ import annotations

_USUAL = 256  # of macOS, which is the lowest
_AT_MOST = 64  # what one message to a worker takes, too


def at_once(threads: int) -> int:
    """How many files each of some threads may have open: all of them have a quarter of what is allowed.

    >>> 1 <= at_once(1_000_000) <= at_once(1) <= 64
    True
    """
    return max(1, min(_AT_MOST, _allowed() // 4 // threads))


def _allowed() -> int:
    try:
        import resource
    except ImportError:  # Windows, where no limit is as low
        return _USUAL
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 20 if soft == resource.RLIM_INFINITY else soft
