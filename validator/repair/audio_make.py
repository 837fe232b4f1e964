"""Makes a sound by its recipe, with ffmpeg."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from validator.errors import RepairError
from validator.quantity import shown
from validator.repair.audio_changes import LOUDNESS
from validator.repair.audio_graph import commands
from validator.repair.ffmpeg import Program, run_ffmpeg
from validator.repair.plan import Made
from validator.repair.progress import Progress, check_written
from validator.repair.recipe import AudioRecipe

PEAK = Fraction(-3, 2)
"""Decibels below full scale that the loudest sample is raised to at most."""
_LOUDEST_GAIN = 60  # decibels: of what is as soft as the last bit of a sample
_MEASURED = re.compile(r"\b(I|Peak):\s+(-?[0-9]{1,3}(?:\.[0-9]{1,3})?|-inf) (?:LUFS|dBFS)\b")
_UNHEARD = -70  # LUFS: what is said of silence, and of what is too short to be measured
_BYTES_OF_SECOND = 4_000_000  # a WAV of eight channels, 96 kHz and 32 bit has three million
_LEAST_BYTES = 64_000_000


def make_audio(  # noqa: PLR0913 - the same for every maker
    recipe: AudioRecipe,
    program: Program,
    source: Path,
    target: Path,
    *,
    duration: Fraction | None,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object],
) -> Made:
    """Write the sound to `target`; all else is as `video_make.make_video` has it.

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: ffmpeg could not make it. What is at `target` then is of no use.
    """
    file_bytes = max(_LEAST_BYTES, int((duration or 0) * _BYTES_OF_SECOND)) if duration else None
    progress = Progress(2 if recipe.normalise else 1, duration, on_progress)

    def run(command: tuple[str, ...], on_log: Callable[[str], object]) -> None:
        run_ffmpeg(
            command, cancelled=cancelled, on_progress=progress.tell, on_log=on_log, file_bytes=file_bytes
        )
        progress.step()

    notes: tuple[str, ...] = ()
    gain = None
    if recipe.normalise:
        lines: list[str] = []
        run(commands(recipe, program.path, str(source), str(target))[0], lines.append)
        gain, notes = _gain(lines)
    *_, last = commands(recipe, program.path, str(source), str(target), gain=gain)
    run(last, lambda _: None)
    check_written(target)
    return Made(notes=notes)


def _gain(lines: list[str]) -> tuple[Fraction, tuple[str, ...]]:
    """The decibels that bring a sound to the usual loudness without clipping it, and what to say of them."""
    found = {name: value for line in lines for name, value in _MEASURED.findall(line)}
    if found.keys() != {"I", "Peak"}:
        raise RepairError("ffmpeg did not say how loud the sound is")
    if "inf" in found["Peak"]:
        return Fraction(0), ("The sound is silent, so that no gain makes it louder.",)
    peak = Fraction(found["Peak"])
    has = Fraction(_UNHEARD) if "inf" in found["I"] else Fraction(found["I"])
    wished = PEAK - peak if has <= _UNHEARD else LOUDNESS - has  # its peak may be all that is known
    gain = min(wished, PEAK - peak, Fraction(_LOUDEST_GAIN))
    what = "louder" if gain > 0 else "softer"
    note = f"It was made {what} by {shown(abs(gain), places=1)} dB."
    if gain < wished:
        note += f" {LOUDNESS} LUFS would take {shown(wished, places=1)} dB, which would clip it."
    return gain, (note,)
