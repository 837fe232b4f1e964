"""Two hundred URLs at 50 ms latency, and what a URL that is over a limit costs before that is known."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import peers
from tests.benchmarks.bench import OURS, Bench, Contestant, slower
from tests.benchmarks.corpus import LARGE
from tests.benchmarks.ratios import Spread, Target
from tests.benchmarks.server import Host, serving

FORMULA = Target("URLs at 50 ms: time over (number / 8 at a time × latency + transfer)", most=1.5)
PLAIN = Target("URLs at 50 ms: time over a plain loop of httpx, 8 at a time, one GET each")
OVER = Target("A URL over a limit: the most that is transferred", most=64, unit=" KiB")
TARGETS = (FORMULA, PLAIN, OVER)

LATENCY = 0.05
AT_A_TIME = 8


def measure(bench: Bench) -> None:
    """The transfer is what a plain loop takes from the same host without latency."""
    _many(bench)
    _over_limit(bench)


def _many(bench: Bench) -> None:
    part, files = bench.corpus.part("urls"), bench.corpus.files("urls")
    with (
        serving(part, LATENCY) as slow,
        serving(part, 0) as quick,
        tempfile.TemporaryDirectory() as folder,
    ):
        lists = {}
        for host in (slow, quick):
            urls = [host.url(path.relative_to(part).as_posix()) for path in files]
            lists[host] = Path(folder) / f"{host.port}.txt"
            lists[host].write_text("\n".join(urls), encoding="utf-8")
        slow_urls = lists[slow].read_text(encoding="utf-8").split()
        options = ["--downloads", str(AT_A_TIME)] if bench.knows("--downloads") else []
        contestants = [
            Contestant(
                OURS,
                bench.lint(slow_urls, "--allow-private-hosts", *options),
                len(files),
                transferred=_bytes_of(slow),
            ),
            Contestant(
                "httpx loop",
                peers.loop("fetch", str(AT_A_TIME), str(lists[slow])),
                len(files),
                transferred=_bytes_of(slow),
            ),
            Contestant(
                "httpx loop without latency",
                peers.loop("fetch", str(AT_A_TIME), str(lists[quick])),
                len(files),
                transferred=_bytes_of(quick),
            ),
        ]
        turns = bench.in_turn("URLs", contestants, bench.rounds(5))
    waits = len(files) / AT_A_TIME * LATENCY
    bench.give(
        FORMULA,
        Spread(
            tuple(
                ours.cost.wall / (waits + transfer.cost.wall)
                for ours, transfer in zip(turns[OURS], turns["httpx loop without latency"], strict=True)
            )
        ),
    )
    bench.give(PLAIN, slower(turns[OURS], turns["httpx loop"]))


def _over_limit(bench: Bench) -> None:
    """Each alone, so that what it costs is known; the row has the worst of them."""
    part = bench.corpus.part("large")
    paths = {path.name: path.relative_to(part).as_posix() for path in bench.corpus.files("large")}
    most = []
    with serving(part, LATENCY) as host:
        contestants = [
            Contestant(
                name,
                bench.lint([host.url(paths[name])], "--allow-private-hosts"),
                transferred=_bytes_of(host),
            )
            for name in LARGE
        ]
        turns = bench.in_turn("URLs over a limit", contestants, bench.rounds(3))
    for name, taken in turns.items():
        moved = [turn.transferred or 0 for turn in taken]
        most.append(max(moved))
        bench.tell(f"  {name}: {max(moved) / 1024:,.1f} KiB transferred")
    bench.give(OVER, Spread((max(most) / 1024,)))


def _bytes_of(host: Host) -> Callable[[], int]:
    return lambda: host.counts()["bytes"]
