"""The packages that decode media: imported here, as judging does."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from validator.doctor.check import Check
from validator.doctor.install import pip_install, requirement, version


def decoders() -> Iterator[Check]:
    """All of them."""
    yield decoder("pillow", "PIL", _pillow)
    yield decoder("pillow-heif", "pillow_heif", _pillow_heif)
    yield decoder("av", "av", _av)
    yield decoder("mutagen", "mutagen", lambda _: ("headers of MP3 files", ""))


def decoder(name: str, module: str, words: Callable[[Any], tuple[str, str]]) -> Check:
    """One package. `words` gets the module, and says what it can do and what is wrong with it."""
    if find_spec(module) is None:
        return Check(
            name=name,
            kind="decoder",
            state="missing",
            needed=True,
            detail="not installed",
            mend=pip_install(requirement(name)),
        )
    try:
        can, wrong = words(importlib.import_module(module))
    except Exception as error:  # noqa: BLE001 - a broken installation raises anything; that is the finding
        can, wrong = "", " ".join(f"{type(error).__name__}: {error}".split())
    return Check(
        name=name,
        kind="decoder",
        state="broken" if wrong else "ok",
        needed=True,
        version=version(name),
        detail=wrong or can,
        mend=pip_install("--force-reinstall", requirement(name)) if wrong else "",
    )


def _pillow(_: Any) -> tuple[str, str]:
    from PIL import features

    codecs = {"jpeg": "jpg", "png": "zlib", "webp": "webp", "tiff": "libtiff"}
    absent = [name for name, codec in codecs.items() if not features.check(codec)]
    versions = {name: features.version(codec) or "" for name, codec in codecs.items()}
    versions["jpeg"] = features.version("libjpeg_turbo") or versions["jpeg"]
    can = ", ".join(f"{name} {number}".rstrip() for name, number in versions.items())
    return can, f"it was built without {' and '.join(absent)}" if absent else ""


def _pillow_heif(module: Any) -> tuple[str, str]:
    return f"libheif {module.libheif_info()['libheif']}", ""


def _av(module: Any) -> tuple[str, str]:
    versions = module.library_versions
    return ", ".join(
        f"{name} {'.'.join(map(str, versions[name]))}" for name in ("libavformat", "libavcodec")
    ), ""
