"""The bench: the same copies as in this process, by others whose end is no end of ours."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest

from validator.errors import Cancelled, RepairError
from validator.repair import image_worker
from validator.repair.image_bench import ImageBench
from validator.repair.image_time import end_when_late
from validator.repair.recipe import ImageRecipe
from validator.workers import can_send_files

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
RECIPE = ImageRecipe(format="png", size=(30, 40))

pytestmark = pytest.mark.usefixtures("measured_processes")
in_workers = pytest.mark.skipif(not can_send_files(), reason="this system has no image workers")


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def bench() -> Iterator[ImageBench]:
    with ImageBench() as bench:
        yield bench


@pytest.fixture
def picture() -> Iterator[BinaryIO]:
    with (MEDIA / "image.avif").open("rb") as file:
        yield file


def test_a_worker_makes_what_this_process_makes(bench: ImageBench, picture: BinaryIO) -> None:
    ours, theirs = io.BytesIO(), io.BytesIO()
    with ImageBench(processes=0) as here:
        said = here.make(RECIPE, picture, ours, never)
        surveyed = here.survey(picture, "avif", never, salience=True)
    assert bench.make(RECIPE, picture, theirs, never) == said
    assert theirs.getvalue() == ours.getvalue() != b""
    assert bench.survey(picture, "avif", never, salience=True) == surveyed
    assert surveyed.facts is not None


@pytest.mark.parametrize("processes", [0, 1])
def test_what_cannot_be_made_is_an_error_and_nothing_is_written(processes: int) -> None:
    target = io.BytesIO()
    with (
        ImageBench(processes=processes) as bench,
        (MEDIA / "truncated-50.jpg").open("rb") as file,
        pytest.raises(RepairError, match="could not be read, changed or written: image file is truncated"),
    ):
        bench.make(RECIPE, file, target, never)
    assert target.getvalue() == b""


@pytest.mark.parametrize("processes", [0, 1])
def test_a_disk_that_is_full_is_the_callers_matter(processes: int, picture: BinaryIO) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> NoReturn:
            raise OSError(28, "No space left on device")

    with ImageBench(processes=processes) as bench, pytest.raises(OSError, match="No space left"):
        bench.make(RECIPE, picture, Full(), never)


def dying(argument: bytes) -> Callable[[memoryview, int], bytes]:
    """A handler that a native library kills."""

    def answer(_request: memoryview, _descriptor: int) -> NoReturn:
        os.kill(os.getpid(), signal.SIGSEGV)
        raise AssertionError(argument)

    return answer


def babbling(_argument: bytes) -> Callable[[memoryview, int], bytes]:
    """A handler whose answers make no sense."""
    return lambda _request, _descriptor: b"\xff\xff\xff\xffnonsense"


def endless(_argument: bytes) -> Callable[[memoryview, int], bytes]:
    """A handler that never answers."""

    def answer(_request: memoryview, _descriptor: int) -> NoReturn:
        while True:
            signal.pause()

    return answer


@in_workers
@pytest.mark.parametrize(
    ("handler", "sentence"),
    [
        ("dying", "The process that worked on the picture was ended by SIGSEGV: export it "),
        ("babbling", "The picture could not be worked on: the worker's answer makes no sense"),
        ("endless", "The picture was not worked through within 0.3 s: export it "),
    ],
)
def test_the_end_of_a_worker_is_told(handler: str, sentence: str, picture: BinaryIO) -> None:
    with ImageBench(handler=f"{__name__}:{handler}", seconds=0.3) as bench:
        with pytest.raises(RepairError) as caught:
            bench.make(RECIPE, picture, io.BytesIO(), never)
        assert str(caught.value).startswith(sentence)
        assert bench.survey(picture, "avif", never).problem.startswith(sentence)


def hasty(argument: bytes) -> Callable[[memoryview, int], bytes]:
    """The usual handler, with less time for drawings."""
    answer = image_worker.handler(argument)
    end_when_late(0.3)
    return answer


@in_workers
def test_a_drawing_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    shape = '<g filter="url(#f)"><rect width="300" height="300"/></g>'
    content = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><filter id="f" x="-9" y="-9"'
        ' width="50" height="50"><feMorphology radius="300" operator="dilate"/></filter>'
        f"{shape * 30}</svg>"
    )
    with ImageBench(handler=f"{__name__}:hasty", seconds=30) as bench:
        (tmp_path / "slow.svg").write_text(content)
        with (tmp_path / "slow.svg").open("rb") as file:
            found = bench.survey(file, "svg", never)
        with (MEDIA / "image.avif").open("rb") as file:
            assert not bench.survey(file, "avif", never).problem
    assert found.problem == "The drawing takes too long to draw: export it as PNG."


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits it")
def test_memory_is_limited(picture: BinaryIO) -> None:
    with ImageBench(memory=600_000_000) as bench:
        recipe = ImageRecipe(format="png", size=(12_000, 12_000))
        with pytest.raises(RepairError, match="takes more than 600,000,000 bytes of memory"):
            bench.make(recipe, picture, io.BytesIO(), never)


@in_workers
def test_a_run_that_was_asked_to_stop_stops(picture: BinaryIO) -> None:
    with ImageBench() as bench, pytest.raises(Cancelled):
        bench.make(RECIPE, picture, io.BytesIO(), lambda: True)


@in_workers
def test_a_closed_bench_says_so(picture: BinaryIO) -> None:
    bench = ImageBench()
    bench.close()
    with pytest.raises(RepairError, match="the image workers are closed"):
        bench.make(RECIPE, picture, io.BytesIO(), never)
