"""What `validator doctor` tries in a worker process, since it may fail, print, hang or crash."""

from __future__ import annotations

import ctypes
import importlib
import sys
from collections.abc import Callable
from typing import Any

import msgspec


class Libraries(msgspec.Struct, frozen=True, tag=True):
    """Load these shared libraries. The answer: a reason for each that cannot be loaded."""

    names: tuple[str, ...]


class Import(msgspec.Struct, frozen=True, tag=True):
    """Import this module. The answer: nothing."""

    module: str


class Faces(msgspec.Struct, frozen=True, tag=True):
    """Import mediapipe and, with a model, look for a face in an empty picture. The answer: nothing."""

    model: str | None = None


def start(argument: bytes) -> Callable[[memoryview], bytes]:
    """Make the handler; the argument is a JSON list of folders that are searched for modules first."""
    sys.path[:0] = msgspec.json.decode(argument, type=list[str])
    return _answer


def _answer(request: memoryview) -> bytes:
    wish = msgspec.json.decode(bytes(request), type=Libraries | Import | Faces)
    if isinstance(wish, Libraries):
        return msgspec.json.encode({name: problem for name in wish.names if (problem := _loading(name))})
    if isinstance(wish, Import):
        importlib.import_module(wish.module)
    else:
        _look_for_a_face(wish.model)
    return b"{}"


def _loading(name: str) -> str:
    """Why a library cannot be loaded; empty where it can."""
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return str(error)
    return ""


def _look_for_a_face(model: str | None) -> None:
    mediapipe: Any = importlib.import_module("mediapipe")
    if model is None:
        return
    import numpy
    from mediapipe.tasks.python import BaseOptions, vision  # type: ignore[import-untyped, unused-ignore]

    options = vision.FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=model))
    with vision.FaceLandmarker.create_from_options(options) as task:
        task.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, numpy.zeros((64, 64, 3), numpy.uint8)))
