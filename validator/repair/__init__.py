"""Conforming copies of assets that fail: planned, made, and judged by the same rules.

The package can be called, as `validator.repair`: see `validator.repair.library.repair`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package whose name is that of a library call, too; either may be asked for first."""

    def __call__(self, *targets: Any, **choices: Any) -> Any:
        from validator.repair.library import repair

        return repair(*targets, **choices)


sys.modules[__name__].__class__ = _Callable
