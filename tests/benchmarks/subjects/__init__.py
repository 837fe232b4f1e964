"""The subjects of the benchmark: a module each, with `TARGETS`, its rows, and `measure`, which fills them."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.bench import Bench
from tests.benchmarks.ratios import Target
from tests.benchmarks.subjects import cache, many, missing, pictures, scaling, start, streams, urls

SUBJECTS: dict[str, tuple[tuple[Target, ...], Callable[[Bench], None]]] = {
    module.__name__.rpartition(".")[2]: (module.TARGETS, module.measure)
    for module in (start, pictures, streams, urls, cache, many, scaling, missing)
}
"""By name: the rows, and what measures them."""

TARGETS = tuple(target for targets, _ in SUBJECTS.values() for target in targets)
"""All rows, in the order of the table."""
