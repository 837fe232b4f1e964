"""Keeps matplotlib out of a face worker: mediapipe imports it to draw landmarks, which nobody asks for."""

from __future__ import annotations

import sys
from types import ModuleType


def leave_out_plots() -> None:
    """Put empty modules in its place, in this process; to be called before mediapipe is imported.

    It is half of mediapipe's time to start, and where the home folder cannot be written to it leaves a
    folder with a list of fonts among the temporary files.
    """
    for name in ("matplotlib", "matplotlib.pyplot"):
        sys.modules.setdefault(name, ModuleType(name))
