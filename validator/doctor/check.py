"""What is looked for, and where."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from validator.probe.portrait.models import package_folder
from validator.repair.ffmpeg import bundled_ffmpeg

Kind = Literal["program", "decoder", "package", "system library", "model", "folder"]
State = Literal["ok", "missing", "broken"]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked for.

    `needed`: without it, something that `validator lint` judges is not judged. `detail` says which version
    and where, or what is wrong; `mend` is the command that brings it, or else what to do.
    """

    name: str
    kind: Kind
    state: State = "ok"
    needed: bool
    version: str = ""
    detail: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Surroundings:
    """Where to look; tests look elsewhere.

    Args:
        models: the configured folder of models.
        cache: the folder of downloaded models, where it is not the user's.
        environ: holds `VALIDATOR_MODELS`, perhaps.
        system: the platform, as `sys.platform` and `platform.machine()` name it.
        python: the version of Python.
        which: finds a program.
        bundled: the path of an ffmpeg that a package brings.
        locate: finds a package's folder by the package's name.
        first: folders in which a worker process looks for modules first.
        libraries: system libraries that mediapipe and what it imports load on Linux, with Debian's packages.
        seconds: how long mediapipe may take to be imported and to look at a picture.
        cancelled: asked while a worker process is waited for.
    """

    models: Path | None = None
    cache: Path | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    system: tuple[str, str] = field(default_factory=lambda: (sys.platform, platform.machine()))
    python: tuple[int, int] = field(default_factory=lambda: sys.version_info[:2])
    which: Callable[[str], str | None] = shutil.which
    bundled: Callable[[], str | None] = bundled_ffmpeg
    locate: Callable[[str], Path | None] = package_folder
    first: Sequence[Path] = ()
    libraries: Mapping[str, str] = field(
        default_factory=lambda: {
            "libEGL.so.1": "libegl1",
            "libGLESv2.so.2": "libgles2",
            "libGL.so.1": "libgl1",
            "libgthread-2.0.so.0": "libglib2.0-0",
            "libxcb.so.1": "libxcb1",
        }
    )
    seconds: float = 60.0
    cancelled: Callable[[], bool] = lambda: False
