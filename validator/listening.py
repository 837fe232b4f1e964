"""Is woken by the system when something stirs in folders; without its help, looking has to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from validator.places import Place
from validator.watch import Sight

_STEP = 50  # ms: for how long nothing may happen until what happened is told
_TOGETHER = 400  # ms: for how long at most it is held back
_AT_A_TIME = 1_000  # ms: how long the system is asked
_SLICE = 0.5  # seconds; on Windows, a wait is not interrupted by Ctrl-C


class Ears:
    """Listens to folders in threads of its own. A context manager, which ends them.

    `places` says where to listen for a sight; `tell` is told once what keeps the system from telling us.
    """

    def __init__(self, places: Callable[[Sight], frozenset[Place]], tell: Callable[[str], object]) -> None:
        self._places = places
        self._tell = tell
        self._stirred = threading.Event()
        self._aimed: frozenset[Place] = frozenset()
        self._threads: list[_Ear] = []
        self._told = False

    def __enter__(self) -> Ears:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def is_blind(self) -> bool:
        """Whether nobody tells of changes."""
        deaf = [ear.problem for ear in self._threads if ear.problem]
        if deaf and not self._told:
            self._told = True
            self._tell(f"the system does not tell of changes ({deaf[0]}), so they are looked for")
        return bool(deaf) or not self._threads

    def aim(self, sight: Sight) -> None:
        """Listen where this sight may change. What happens before that is seen by the next look."""
        places = self._places(sight)
        if places == self._aimed:
            return
        self._stop()
        self._aimed = places
        for recursive in (True, False):
            some = [place for place in places if place.recursive is recursive]
            if some:
                self._threads.append(_Ear(some, recursive, self._stirred))
        for ear in self._threads:
            ear.start()

    def wait(self, seconds: float) -> bool:
        """Wait until something stirs, but no longer than this; whether it did."""
        end = time.monotonic() + seconds
        while not self._stirred.wait(min(_SLICE, max(end - time.monotonic(), 0))):
            if time.monotonic() >= end:
                return False
        self._stirred.clear()
        return True

    def _stop(self) -> None:
        for ear in self._threads:
            ear.over.set()
        for ear in self._threads:
            ear.join()
        self._threads = []


class _Ear(threading.Thread):
    """Listens to some folders until it is `over`; `problem` says why it cannot."""

    def __init__(self, places: Iterable[Place], recursive: bool, stirred: threading.Event) -> None:
        super().__init__(name="validator-watch", daemon=True)
        self._listened = tuple(places)
        self._recursive = recursive
        self._stirred = stirred
        self.over = threading.Event()
        self.problem = ""

    def run(self) -> None:
        try:
            try:
                self._listen()
            except PermissionError:  # of a folder in a folder; what happens in it is seen by looking
                self._listen(closed_folders=True)
        except ImportError:
            self.problem = "the package watchfiles is missing"
        except (OSError, RuntimeError) as error:
            self.problem = str(error).partition(" about ")[0].rstrip(".")
        self._stirred.set()

    def _listen(self, *, closed_folders: bool = False) -> None:
        from watchfiles import watch

        heard = watch(
            *(place.path for place in self._listened),
            watch_filter=lambda _, path: any(place.concerns(path) for place in self._listened),
            debounce=_TOGETHER,
            step=_STEP,
            stop_event=self.over,
            rust_timeout=_AT_A_TIME,
            yield_on_timeout=True,
            recursive=self._recursive,
            ignore_permission_denied=closed_folders,
        )
        began = False
        for changes in heard:
            # The first silence too: what happened before anybody listened is looked for then.
            if changes or not began:
                self._stirred.set()
            began = True
