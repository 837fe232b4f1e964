"""Has pictures surveyed and copied by workers, processes of their own: nothing a file does can hurt ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from validator.errors import RepairError
from validator.repair.image_problem import ImageProblemError
from validator.repair.image_time import LATE
from validator.repair.image_worker import MakeAsk, SurveyAsk, decoded_copy, decoded_survey
from validator.repair.plan import Made
from validator.repair.recipe import ImageRecipe
from validator.repair.survey import Survey
from validator.workers import FileWorkers, WorkerError

_HANDLER = "validator.repair.image_worker:handler"
_SECONDS = 300.0  # the largest picture that is decoded, encoded anew until it is small enough
_MEMORY = 8_000_000_000  # bytes of address space: a few copies of the largest picture that is decoded
_ANSWER_AT_MOST = 1 << 30  # bytes: a picture of that size, unpacked
_PICTURES = 100  # of one process: whatever a native library loses, it does not add up


class ImageBench(FileWorkers):
    """Surveys and copies pictures in worker processes that start when they are needed.

    It may be used by several threads at once. Where the system cannot hand open files to another process
    (Windows), or `processes` is 0, all is done in this one, without limits.

    Args:
        processes: how many pictures are worked on at a time.
        seconds: for one picture.
        memory: bytes of address space of one process, where the system can limit it (Linux).
        handler: what runs in the workers.

    >>> with ImageBench() as bench:
    ...     isinstance(bench, ImageBench)
    True
    """

    def __init__(
        self,
        *,
        processes: int = 1,
        seconds: float = _SECONDS,
        memory: int = _MEMORY,
        handler: str = _HANDLER,
    ) -> None:
        super().__init__(
            handler,
            processes=processes,
            seconds=seconds,
            memory=memory,
            answer_limit=_ANSWER_AT_MOST,
            files=_PICTURES,
            name="the image workers",
        )

    def survey(
        self,
        file: BinaryIO,
        format_name: str,
        cancelled: Callable[[], bool],
        *,
        salience: bool = False,
        frame: int | None = None,
    ) -> Survey:
        """What a plan needs to know of an open picture beyond its verdict.

        Formats that are not judged are measured as those that are. With `salience`, it is also told where
        the picture draws the eye; of a picture of several, the `frame` that was chosen is measured.

        Raises:
            Cancelled: the run was asked to stop.
        """
        if self._is_here:
            from validator.repair.image_survey import survey_image

            return survey_image(file, format_name, cancelled, salience=salience, frame=frame)
        ask = msgspec.msgpack.encode(SurveyAsk(format_name, salience, frame))
        try:
            return decoded_survey(self._answer(ask, file, cancelled))
        except WorkerError as error:
            return Survey(problem=self._in_words(error))
        except msgspec.DecodeError as error:
            return Survey(problem=_nonsense(error))

    def make(
        self, recipe: ImageRecipe, source: BinaryIO, target: BinaryIO, cancelled: Callable[[], bool]
    ) -> Made:
        """Write a copy of an open picture; nothing is written where it could not be made.

        Raises:
            RepairError: it could not be made; says why.
            OSError: `target` could not be written.
            Cancelled: the run was asked to stop.
        """
        content: bytes | memoryview
        try:
            if self._is_here:
                from validator.repair.image_make import make_image

                content, made = make_image(recipe, source, cancelled)
            else:
                ask = msgspec.msgpack.encode(MakeAsk(recipe))
                content, made = decoded_copy(self._answer(ask, source, cancelled))
        except ImageProblemError as error:
            raise RepairError(str(error)) from error
        except WorkerError as error:
            raise RepairError(self._in_words(error)) from error
        except msgspec.DecodeError as error:
            raise RepairError(_nonsense(error)) from error
        target.write(content)
        return made

    def _in_words(self, error: WorkerError) -> str:
        """Why a worker gave no answer, as a whole sentence."""
        if error.kind == "time":
            return (
                f"The picture was not worked through within {self._seconds:g} s: export it again, or smaller."
            )
        if error.kind == "memory":
            return (
                f"Working on the picture takes more than {self._memory:,} bytes of memory: export it smaller."
            )
        if error.reason == LATE:
            return "The drawing takes too long to draw: export it as PNG."
        if error.kind == "ended":
            return f"The process that worked on the picture {error.reason}: export it again, or as PNG."
        if error.kind == "start":
            return f"No process for work on pictures could be started ({error.reason})."
        return f"The picture could not be worked on: internal error, {error.reason}."


def _nonsense(error: msgspec.DecodeError) -> str:
    return f"The picture could not be worked on: the worker's answer makes no sense ({error})."
