"""What the guards cost on honest input: the same assets judged without them and with them, in one run.

    python -m tests.benchmarks.guard_cost [FOLDER] [--urls] [--copies N] [--workers N] [--rounds N]

Without: media is decoded in this process, and URLs are simply fetched by httpx into a folder. With: worker
processes, the address guard, and the second look at each URL. Each round does both in turn, so that what else
the machine does falls on both. Printed are ratios of time; nobody is looked for.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec

from tests.benchmarks.server import serving
from tests.nobody import NOBODY
from validator import Decoders, lint
from validator.probe import probe
from validator.run import run


def main(arguments: Sequence[str] | None = None) -> float:
    """Print the ratios; returns the median of time with guards / time without, workers being started anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("fixtures/media"))
    parser.add_argument("--urls", action="store_true", help="serve the files on loopback, and judge the URLs")
    parser.add_argument("--copies", type=int, default=1, help="how often each file is judged")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args(arguments)
    files = said.copies * sorted(path for path in said.folder.iterdir() if path.is_file())
    config = msgspec.structs.replace(NOBODY, workers=said.workers, allow_private_hosts=True)
    cold, warm = [], []
    with serving(said.folder, 0) as host:
        urls = [host.url(f"{quote(path.name)}?{index}") for index, path in enumerate(files)]
        targets = urls if said.urls else [*map(str, files)]

        def bare() -> None:
            with tempfile.TemporaryDirectory() as folder:
                local = _fetched(targets, Path(folder), said.workers) if said.urls else targets
                list(run(local, config, probe=probe))

        for _ in range(said.rounds):
            without = _seconds(bare)
            cold.append(_seconds(lambda: lint(targets, config)) / without)
            with Decoders(processes=said.workers) as decoders:
                lint([str(path) for path in files[:50]], config, decoders=decoders)
                warm.append(_seconds(lambda: lint(targets, config, decoders=decoders)) / without)
            print(f"without {without:.2f} s; with guards {cold[-1]:.2f}, workers kept warm {warm[-1]:.2f}")
    print(f"median of with / without: {statistics.median(cold):.2f}, kept warm {statistics.median(warm):.2f}")
    return statistics.median(cold)


def _seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def _fetched(urls: Sequence[str], folder: Path, workers: int) -> list[str]:
    with httpx.Client(trust_env=False) as client, ThreadPoolExecutor(workers) as pool:

        def fetch(url: str) -> str:
            path = folder / url.rpartition("?")[2]
            path.write_bytes(client.get(url).content)
            return str(path)

        return list(pool.map(fetch, urls))


if __name__ == "__main__":
    main()
