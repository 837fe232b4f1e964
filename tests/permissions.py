"""For tests in which permissions mean something, although root may run them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = 65534


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that anybody can reach; whoever the test became inside is root again at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        is_root = os.geteuid() == 0
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            for path in folder.rglob("*"):
                path.chmod(0o700)


def become_nobody() -> None:
    """Go on as somebody who is not root."""
    if os.geteuid() == 0:
        os.seteuid(_NOBODY)
