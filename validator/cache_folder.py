"""Where what was measured is remembered: the user's cache folder, or the one that the environment names."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENT_VARIABLE = "VALIDATOR_CACHE"
"""Names the folder instead."""


def cache_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """The folder; it need not exist. Somebody without a home has none.

    >>> cache_folder({"VALIDATOR_CACHE": "/fast/cache"}).as_posix()
    '/fast/cache'
    """
    named = environ.get(ENVIRONMENT_VARIABLE, "")
    try:
        folder = Path(named).expanduser() if named else _users(environ, platform) / "facts"
    except RuntimeError:  # no home
        return None
    is_meant = named and not named.startswith("~")
    return folder if is_meant or folder.is_absolute() else None  # a home that is nowhere in particular


def _users(environ: Mapping[str, str], platform: str) -> Path:
    """What platformdirs says; importing that takes as long as starting Python, which counts where it can."""
    if platform == "linux":
        named = environ.get("XDG_CACHE_HOME", "").strip()
        base = Path(named) if os.path.isabs(named) else Path("~/.cache").expanduser()  # noqa: PTH117 - text
        return base / "seedance-validator"
    import platformdirs

    return platformdirs.user_cache_path("seedance-validator", appauthor=False)
