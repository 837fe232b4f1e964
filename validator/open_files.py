"""How many files may be open at a time, so that the system's limit is never met."""

from __future__ import annotations

_USUAL = 256  # of macOS, which is the lowest
_AT_MOST = 64  # what one message to a worker takes, too
_OF_A_WORKER = 16  # its pipes, those of a face worker, those of its start, and the files it is asked about


def at_once(threads: int) -> int:
    """How many files each of some threads may have open: all of them have a quarter of what is allowed.

    >>> 1 <= at_once(1_000_000) <= at_once(1) <= 64
    True
    """
    return max(1, min(_AT_MOST, _allowed() // 4 // threads))


def workers_at_most() -> int:
    """How many workers a program may have, at least one: each takes some files, as long as it lives.

    >>> workers_at_most() >= 1
    True
    """
    return max(1, _allowed() // _OF_A_WORKER)


def _allowed() -> int:
    try:
        import resource
    except ImportError:  # Windows, where no limit is as low
        return _USUAL
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1 << 20 if soft == resource.RLIM_INFINITY else soft
