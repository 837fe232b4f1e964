"""Writes ffmpeg's command lines for a clip, by ffmpeg-python: nothing in them is guessed or interpreted."""

from __future__ import annotations

from validator.repair.recipe import VideoRecipe


def commands(
    recipe: VideoRecipe, program: str, source: str, target: str, *, pass_log: str
) -> tuple[tuple[str, ...], ...]:
    """The command lines that make a clip, in this order: two where its size has to be met, else one.

    `source` and `target` are paths; `pass_log` is the path prefix of the first pass's statistics. They end
    with the program's usual behaviour: they ask before they overwrite, and say nothing of progress.
    """
    del recipe, pass_log  # not yet written
    return ((program, source, target),)
