"""What is good to have: a cache folder, ffmpeg, what compares faces, and what puts files into buckets."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from validator.doctor.attempt import imported
from validator.doctor.check import Check, Surroundings
from validator.doctor.install import pip_install, requirement, version
from validator.probe.portrait.models import model_cache
from validator.workers import Workers

_PATIENCE = 10.0  # seconds
_FFMPEG_BY = {
    "apt-get": "apt-get install ffmpeg",
    "brew": "brew install ffmpeg",
    "winget": "winget install Gyan.FFmpeg",
}
_LIKENESS = {"dlib": "dlib-bin", "face_recognition_models": "face_recognition_models"}
_LIKENESS_USE = "tells whether two faces are of one person"
_PUBLISH_USE = "puts files into buckets (--publish)"


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


def ffmpeg(where: Surroundings) -> Check:
    """The program, which the help of many findings names."""
    program = where.which("ffmpeg")
    if program is not None:
        return _ffmpeg(program)
    if where.locate("imageio_ffmpeg") is not None:
        known = version("imageio-ffmpeg")
        return Check(
            name="ffmpeg", kind="program", needed=False, detail=f"of imageio-ffmpeg {known}".rstrip()
        )
    commands = [command for manager, command in _FFMPEG_BY.items() if where.which(manager) is not None]
    return Check(
        name="ffmpeg",
        kind="program",
        state="missing",
        needed=False,
        detail="for the commands that mend videos and sounds",
        mend=commands[0] if commands else pip_install(requirement("imageio-ffmpeg")),
    )


def likeness(where: Surroundings, workers: Workers) -> Iterator[Check]:
    """The packages that compare faces."""
    return _extra(_LIKENESS, _LIKENESS_USE, where, workers)


def publish(where: Surroundings, workers: Workers) -> Iterator[Check]:
    """The package that gives files an address."""
    return _extra({"obstore": "obstore"}, _PUBLISH_USE, where, workers)


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


def _ffmpeg(program: str) -> Check:
    try:
        said = subprocess.run(  # noqa: S603 - the program that the user's own PATH names
            [program, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.SubprocessError) as error:
        return Check(
            name="ffmpeg",
            kind="program",
            state="broken",
            needed=False,
            detail=" ".join(str(error).split()),
            mend=f"{program} -version shows what it says",
        )
    found = re.match(r"ffmpeg version (\S+)", said)
    return Check(
        name="ffmpeg", kind="program", needed=False, version=found[1] if found else "", detail=program
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder above it may not be looked into
        return False
