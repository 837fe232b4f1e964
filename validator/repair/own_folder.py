"""The output folder of a run, and what lies in it: copies are not mended again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from validator.errors import UsageError
from validator.findings import AssetReport
from validator.intake.url import displayed, is_url
from validator.model import Asset
from validator.report.escape import printable
from validator.run import Target


def named_folders(targets: Iterable[Target | AssetReport]) -> tuple[str, ...]:
    """The folders among targets, each once, as they were named.

    >>> named_folders([os.curdir, "no/such.png", os.curdir])
    ('.',)
    """
    names = (os.fspath(each) for each in targets if isinstance(each, (str, os.PathLike)))
    return tuple(dict.fromkeys(name for name in names if name and _is_folder(name)))


def is_inside(asset: Asset, folder: Path) -> bool:
    """Whether an asset lies in a folder, links followed.

    >>> is_inside(Asset("mended/a.mp4", "mended/a.mp4"), Path("mended"))
    True
    """
    return not asset.is_url and bool(asset.location) and _is_below(asset.location, folder)


def check_outside(targets: Iterable[Target | AssetReport], output: Path) -> None:
    """Refuse an output folder that holds what was named itself: copies would lie among originals.

    Raises:
        UsageError: naming both.

    >>> check_outside(["clips/a.mp4"], Path("clips"))
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: clips/a.mp4 lies in the output folder clips: name a folder for copies alone
    """
    for target in targets:
        if isinstance(target, Asset):
            inside, named = is_inside(target, output), target.target
        elif isinstance(target, (str, os.PathLike)):
            named = os.fspath(target)
            inside = bool(named) and named != "-" and not is_url(named) and _is_below(named, output)
        else:  # judged already: passed over with what a walk finds there
            continue
        if inside:
            raise UsageError(
                f"{printable(displayed(named))} lies in the output folder {printable(str(output))}: name a "
                "folder for copies alone"
            )


def _is_below(path: str, folder: Path) -> bool:
    try:
        real, home = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
        if home in (real, *real.parents):
            return True
        if not home.exists():
            return False
        # Where a file system takes two spellings for one folder.
        return any(each.exists() and each.samefile(home) for each in real.parents)
    except (OSError, ValueError):  # a name that none can have: what is said of it is a finding
        return False


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        return False
