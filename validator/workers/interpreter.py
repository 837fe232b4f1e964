"""How a worker's interpreter is started: which one, with which environment and which search path."""
# ruff: noqa: PTH109, PTH110, PTH117, PTH118, PTH119, PTH120 - importing pathlib takes longer than all of this

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from os import path

# Not multiprocessing, nor pebble on top of it: they import the caller's __main__ again in each worker, which
# forces a guard on every script that uses the library. Not `python -m validator.workers.child` either: it
# finds the package only where the environment says so, and the caller may have found it otherwise.
# The standard library comes first, so that nothing beside a script can pass for a part of it.
_BOOTSTRAP = """\
import itertools, site, sys
installed = {site.getusersitepackages(), *site.getsitepackages()}
standard = list(itertools.takewhile(lambda entry: entry not in installed, sys.path))
ahead, *path = sys.argv[1:]
sys.path[:] = standard + [entry for entry in path if entry not in standard]
del sys.argv[1:]
from validator.workers.child import main
main(ahead.split())
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


def command(ahead: Iterable[str] = ()) -> list[str]:
    """The command line of a worker. Empty where the running program is no interpreter that we know of.

    `ahead`: modules that it imports while it waits for what it is to do.
    """
    program = interpreter(sys.executable, sys.prefix)
    if not program:
        return []
    flags = ["-B"] * sys.dont_write_bytecode + ["-s"] * sys.flags.no_user_site
    return [program, "-P", *flags, "-c", _BOOTSTRAP, " ".join(ahead), *search_path(sys.path)]


def interpreter(running: str, prefix: str) -> str:
    """The interpreter to start: the running program, or that of its environment where it is another one.

    Servers that embed Python (uWSGI, mod_wsgi) run as a program that is no interpreter.
    """
    if path.basename(running).lower().startswith(("python", "pypy")):
        return running
    names = (
        ("python.exe", "Scripts/python.exe") if os.name == "nt" else (f"bin/python3.{sys.version_info[1]}",)
    )
    places = (path.join(prefix, *name.split("/")) for name in names)
    return next((place for place in places if path.exists(place)), running)


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
    home = path.dirname(path.dirname(path.dirname(__file__)))
    found = [entry for entry in entries if isinstance(entry, str) and path.isabs(entry)]
    if home not in found:
        found.insert(0, home)
    current = _current_directory()
    if current in found and current != home:
        found = [entry for entry in found if entry != current] + [current]
    return list(dict.fromkeys(found))


def _current_directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None
