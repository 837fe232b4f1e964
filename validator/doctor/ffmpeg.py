"""The program ffmpeg: whether it is the one that `validator fix` uses, and has all that this needs."""

from __future__ import annotations

from validator.doctor.check import Check, Surroundings
from validator.doctor.install import pip_install
from validator.repair.ffmpeg import Program, find_ffmpeg

_PATIENCE = 10.0  # seconds
_BY = {
    "apt-get": "apt-get install ffmpeg",
    "brew": "brew install ffmpeg",
    "winget": "winget install Gyan.FFmpeg",
}
_ENCODERS = ("libx264", "aac", "libmp3lame", "pcm_s16le")
"""What copies of clips and sounds are written with."""


def ffmpeg(where: Surroundings) -> Check:
    """The program that mends videos and sounds, and that the help of many findings names."""
    program = find_ffmpeg(where.which, where.bundled, seconds=_PATIENCE)
    if program is not None:
        return _found(program, where)
    path = where.which("ffmpeg")
    if path is not None:
        return Check(
            name="ffmpeg",
            kind="program",
            state="broken",
            needed=False,
            detail=f"{path} does not say what it is, as ffmpeg does",
            mend=f"{path} -version shows what it says; or {_command(where)}",
        )
    return Check(
        name="ffmpeg",
        kind="program",
        state="missing",
        needed=False,
        detail="mends videos and sounds (validator fix)",
        mend=_command(where),
    )


def _found(program: Program, where: Surroundings) -> Check:
    lacking = [name for name in _ENCODERS if name not in program.encoders]
    if lacking:
        return Check(
            name="ffmpeg",
            kind="program",
            state="broken",
            needed=False,
            version=program.version,
            detail=f"{program.path} was built without {', '.join(lacking)}, which copies are written with",
            mend=_command(where),
        )
    return Check(name="ffmpeg", kind="program", needed=False, version=program.version, detail=program.path)


def _command(where: Surroundings) -> str:
    """What brings one: the system's package manager, or else our extra."""
    commands = [command for manager, command in _BY.items() if where.which(manager) is not None]
    return commands[0] if commands else pip_install("seedance-validator[ffmpeg]")
