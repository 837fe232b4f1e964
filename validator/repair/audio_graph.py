"""Writes ffmpeg's command lines for a sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.repair.recipe import AudioRecipe


def commands(recipe: AudioRecipe, program: str, source: str, target: str) -> tuple[tuple[str, ...], ...]:
    """What is called, in this order; a loudness that has to be measured first stands in capitals."""
    raise NotImplementedError
