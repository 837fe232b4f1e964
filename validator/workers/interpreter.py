"""How a worker's interpreter is started: which one, with which environment and which search path."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# Not multiprocessing, nor pebble on top of it: they import the caller's __main__ again in each worker, which
# forces a guard on every script that uses the library. Not `python -m validator.workers.child` either: it
# finds the package only where the environment says so, and the caller may have found it otherwise.
# The standard library comes first, so that nothing beside a script can pass for a part of it.
_BOOTSTRAP = """\
import itertools, site, sys
installed = {site.getusersitepackages(), *site.getsitepackages()}
standard = list(itertools.takewhile(lambda entry: entry not in installed, sys.path))
sys.path[:] = standard + [entry for entry in sys.argv[1:] if entry not in standard]
del sys.argv[1:]
from validator.workers.child import main
main()
"""

_HARMLESS = {
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHASHSEED",
    "PYTHONHOME",
    "PYTHONNOUSERSITE",
    "PYTHONPLATLIBDIR",
    "PYTHONPYCACHEPREFIX",
    "PYTHONUTF8",
}


def command() -> list[str]:
    """The command line of a worker. Empty where the running program is no interpreter that we know of."""
    program = interpreter(sys.executable, Path(sys.prefix))
    if not program:
        return []
    flags = ["-B"] * sys.dont_write_bytecode + ["-s"] * sys.flags.no_user_site
    return [program, "-P", *flags, "-c", _BOOTSTRAP, *search_path(sys.path)]


def interpreter(running: str, prefix: Path) -> str:
    """The interpreter to start: the running program, or that of its environment where it is another one.

    Servers that embed Python (uWSGI, mod_wsgi) run as a program that is no interpreter.
    """
    if Path(running).name.lower().startswith(("python", "pypy")):
        return running
    names = (
        ("python.exe", "Scripts/python.exe") if os.name == "nt" else (f"bin/python3.{sys.version_info[1]}",)
    )
    return next((str(prefix / name) for name in names if (prefix / name).exists()), running)


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Ours, without what makes Python interpreters behave in special ways.

    >>> environment({"PATH": "/bin", "PYTHONPATH": "/tmp", "PYTHONINSPECT": "1"})
    {'PATH': '/bin'}
    """
    return {
        name: value for name, value in inherited.items() if name in _HARMLESS or not name.startswith("PYTHON")
    }


def search_path(entries: list[str]) -> list[str]:
    """Where a worker looks for modules: as we do, but the current directory last, and only if it was named.

    The entry "", which interactive interpreters and `python -c` have, is left out. The package itself is
    always found: where we found it.
    """
    home = str(Path(__file__).parents[2])
    found = [entry for entry in entries if isinstance(entry, str) and Path(entry).is_absolute()]
    if home not in found:
        found.insert(0, home)
    current = _current_directory()
    if current in found and current != home:
        found = [entry for entry in found if entry != current] + [current]
    return list(dict.fromkeys(found))


def _current_directory() -> str | None:
    try:
        return str(Path.cwd())
    except OSError:  # it was removed
        return None
