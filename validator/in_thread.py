"""Work that waits, done in a thread beside an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


async def in_thread(work: Callable[[], _T], cancel: threading.Event) -> _T:
    """What `work` returns, done in a thread, so that an event loop goes on meanwhile.

    Cancelling the task sets `cancel`, which has to end the work, and waits until it has ended, so that
    nothing is left behind.

    Raises:
        asyncio.CancelledError: the task was cancelled.

    >>> asyncio.run(in_thread(lambda: 6 * 7, threading.Event()))
    42
    """
    context = contextvars.copy_context()
    done = asyncio.get_running_loop().run_in_executor(None, context.run, work)
    try:
        await asyncio.wait({done})
    except asyncio.CancelledError:
        cancel.set()
        while not done.done():
            with contextlib.suppress(asyncio.CancelledError):  # already on the way out
                await asyncio.wait({done})
        done.exception()
        raise
    return done.result()
