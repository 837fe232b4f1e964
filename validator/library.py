"""What a program calls: `lint`, `lint_iter` and `alint`. They print nothing and keep no state.

Media is decoded in processes of their own, so that neither a decoder's words nor its faults reach the caller.
What was measured of a file is remembered in the user's cache folder, unless `Config.cache` is false.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import TYPE_CHECKING

from validator.config import Config, check_types, profiles_of
from validator.fact_cache import remembering
from validator.findings import AssetReport
from validator.finished import Report
from validator.run import TOOL, Target, run

if TYPE_CHECKING:
    import httpx

    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder


def lint(
    targets: Target | Iterable[Target],
    config: Config | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
    previews: bool = False,
) -> Report:
    """Judge files, folders, globs, URLs and asset lists, and wait for all of it.

    No configuration file is read unless `load_config` is called for it. Times in `config` are seconds;
    sizes, rates and durations in the report say their unit, and fractions are exact. `transport`
    replaces what fetches URLs, and is closed at the end. `faces` and `decoders` are kept warm by a caller of
    many runs (see `FaceFinder` and `Decoders`), and not closed. With `previews`, each result
    has a `preview` of up to 36 kB: small pictures, a waveform, frame rates over time. May be called from
    several threads at once.

    Raises:
        UsageError: a configuration, a profile, a rule code or an asset list that cannot be used, or
            targets that hold nothing to judge (`NoTargetsError`); a search of a current folder that is
            gone. A bad file, or a glob that nothing matches, is never an exception: it is a finding.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "empty.png")
    ...     _ = path.write_bytes(b"")
    ...     report = lint([path])
    >>> report.assets[0].verdict.value, [finding.code for finding in report.assets[0].findings]
    ('fail', ['FIL002'])
    >>> report.raise_for_errors()
    Traceback (most recent call last):
        ...
    validator.errors.AssetsRejected: 1 of 1 assets fail, 0 could not be judged
    """
    return _report(
        config,
        partial(run, targets, config, transport=transport, faces=faces, decoders=decoders, previews=previews),
    )


def lint_iter(
    targets: Target | Iterable[Target],
    config: Config | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
    previews: bool = False,
) -> Generator[AssetReport, None, None]:
    """Judge as `lint` does, and give each result as soon as it is ready, in the order of the targets.

    Memory stays flat however many targets there are. To stop early, close the generator (leaving a
    `for` loop does it in CPython; `contextlib.closing` does it everywhere): work under way is stopped.

    Raises:
        UsageError: see `lint`. What concerns the targets is raised while iterating.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "notes.png").write_text("no picture at all")
    ...     [result.findings[0].name for result in lint_iter([folder])]
    ['file-not-media']
    """
    return _remembering(
        config,
        partial(run, targets, config, transport=transport, faces=faces, decoders=decoders, previews=previews),
    )


async def alint(
    targets: Target | Iterable[Target],
    config: Config | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
    previews: bool = False,
) -> Report:
    """Judge as `lint` does, in a thread, so that an event loop goes on meanwhile.

    Cancelling the task stops the work and waits until it has stopped, so that nothing is left behind.

    Raises:
        UsageError: see `lint`.
        asyncio.CancelledError: the task was cancelled.

    >>> import asyncio
    >>> report = asyncio.run(alint(["no/such/file.mp4"]))
    >>> report.assets[0].findings[0].code
    'FIL001'
    """
    from validator.in_thread import in_thread

    cancel = threading.Event()
    begin = partial(
        run,
        targets,
        config,
        transport=transport,
        cancel=cancel,
        faces=faces,
        decoders=decoders,
        previews=previews,
    )
    return await in_thread(partial(_report, config, begin), cancel)


def _report(config: Config | None, begin: Callable[..., Generator[AssetReport, None, None]]) -> Report:
    profiles = profiles_of(check_types(config or Config()))
    return Report(TOOL, profiles, tuple(_remembering(config, partial(begin, profiles=profiles))))


def _remembering(
    config: Config | None, begin: Callable[..., Generator[AssetReport, None, None]]
) -> Generator[AssetReport, None, None]:
    return remembering(check_types(config or Config()), lambda cache: begin(cache=cache))
