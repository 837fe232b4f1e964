"""The commands that bring packages, and which versions are installed."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

_OURS = "seedance-validator"


def python() -> str:
    """How the running Python is called from a shell: `python` where that is the one."""
    found = shutil.which("python")
    # The folders are compared: in a virtual environment, the programs themselves are links to another.
    if not sys.executable or (
        found and Path(found).parent.resolve() == Path(sys.executable).parent.resolve()
    ):
        return "python"
    return _quoted(sys.executable)


def pip_install(*what: str) -> str:
    """The command that installs packages into the running Python's environment."""
    return f"{python()} -m pip install {' '.join(map(_quoted, what))}"


def requirement(name: str) -> str:
    """A package with the versions that we ask for, as far as our own metadata tell.

    >>> requirement("no-such-package")
    'no-such-package'
    """
    try:
        ours = importlib.metadata.requires(_OURS) or []
    except importlib.metadata.PackageNotFoundError:  # run from a checkout
        ours = []
    texts = [each.partition(";")[0].strip() for each in ours]
    return next((text for text in texts if _normal(re.split(r"[^\w.-]", text)[0]) == _normal(name)), name)


def version(name: str) -> str:
    """The installed version of a package; empty where that is not known.

    >>> version("no-such-package")
    ''
    """
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _quoted(word: str) -> str:
    if os.name == "nt":  # its shells know no single quotes
        return f'"{word}"' if re.search(r"[^\w:\\/.=-]", word) else word
    return shlex.quote(word)
