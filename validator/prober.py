"""Who measures the assets of a run: our own probe, or one that the caller brings along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Protocol

from validator.measure import Probe
from validator.model import Facts
from validator.task import ProbeJobs, Wish

if TYPE_CHECKING:
    from validator.intake.handover import Peek
    from validator.probe import Job
    from validator.probe.decoders import Decoders

Cancelled = Callable[[], bool]


class Prober(Protocol):
    """Measures assets whose bytes are open.

    `together`: several at once take less time; `is_gated`: a wish's gate stops what fails by its header.
    """

    together: bool
    is_gated: bool

    @property
    def one(self) -> Probe:
        """Measures one asset."""

    def many(self, cancelled: Cancelled) -> ProbeJobs:
        """What measures several."""

    def peek(self, wish: Wish, cancelled: Cancelled) -> Peek | None:
        """What looks at the first part of a download; `None`: nobody does."""

    def close(self) -> None:
        """End the workers that were started for this run."""


class OurProber:
    """Our own probe, with these decoders; with `ends`, they end with the run.

    `taken` are the formats that the profiles take.
    """

    together = True

    def __init__(self, decoders: Decoders, taken: frozenset[str], *, previews: bool, ends: bool) -> None:
        self.is_gated = not previews
        self._decoders = decoders
        self._taken = taken
        self._previews = previews
        self._ends = ends

    @property
    def one(self) -> Probe:
        """Measures one asset."""
        from validator.probe import probe

        return partial(probe, decoders=self._decoders, previews=self._previews, taken=self._taken)

    def many(self, cancelled: Cancelled) -> ProbeJobs:
        """What measures several."""
        from validator.probe import probe_many

        return partial(
            probe_many,
            cancelled=cancelled,
            decoders=self._decoders,
            previews=self._previews,
            taken=self._taken,
        )

    def peek(self, wish: Wish, cancelled: Cancelled) -> Peek | None:
        """What looks at the first part of a download, where a gate may stop the rest."""
        gate = wish.gate
        if gate is None:
            return None

        def is_more_wanted(file: BinaryIO, size: int) -> bool:
            from validator.probe.partial import is_stopped

            return not is_stopped(file, size, gate, self._taken, self._decoders, cancelled)

        return is_more_wanted

    def close(self) -> None:
        """End the decoders, if they were started for this run."""
        if self._ends:
            self._decoders.close()


class CallersProber:
    """A probe of the caller's, which measures one asset at a time."""

    together = False
    is_gated = False

    def __init__(self, probe: Probe) -> None:
        self.one = probe

    def many(self, cancelled: Cancelled) -> ProbeJobs:
        """What measures several, one after the other."""

        def measured(jobs: Sequence[Job]) -> list[Facts]:
            return [
                self.one(job.asset, job.source, depth=job.depth, cancelled=cancelled, people=job.people)
                for job in jobs
            ]

        return measured

    def peek(self, wish: Wish, cancelled: Cancelled) -> None:
        """Nobody looks: what comes of a part, only the caller knows."""

    def close(self) -> None:
        """Nothing to do: it is the caller's."""
