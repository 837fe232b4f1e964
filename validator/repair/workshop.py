"""What surveys originals and makes copies of them: the worker processes and the program of one run."""

from __future__ import annotations

import dataclasses
import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from types import TracebackType
from typing import TYPE_CHECKING

from validator.cores import at_a_time
from validator.errors import RepairError
from validator.findings import AssetReport
from validator.model import AudioFacts, ImageFacts, Kind, VideoFacts
from validator.repair import words
from validator.repair.demands import Range
from validator.repair.image_format import is_worth_packing
from validator.repair.options import RepairOptions
from validator.repair.plan import Made, RepairPlan
from validator.repair.recipe import AudioRecipe, CopyRecipe, ImageRecipe, Recipe, VideoRecipe
from validator.repair.size_limits import ANY_NUMBER
from validator.repair.source_again import Original
from validator.repair.streams import Streams, main_of
from validator.repair.survey import Survey
from validator.repair.writing import NewFile
from validator.report.escape import encodable
from validator.settings import Config

if TYPE_CHECKING:
    from validator.repair.ffmpeg import Program
    from validator.repair.image_bench import ImageBench
    from validator.repair.stream_bench import StreamBench

_CHUNK = 1 << 20
_PROGRAM = "ffmpeg"  # in command lines, where there is none
_STATISTICS = "ffmpeg2pass"  # what ffmpeg itself calls those of a first pass

NO_FFMPEG = words.NO_FFMPEG
"""What is said where a clip or a sound cannot be mended for want of the program."""


def default_program() -> Program | None:
    """The ffmpeg of this system, or else the one that a package brings."""
    from validator.repair.ffmpeg import find_ffmpeg

    return find_ffmpeg()


class Workshop:
    """Surveys originals and makes copies, for many threads at once; a context manager.

    Worker processes start, and the program is looked for, when they are first needed.

    Args:
        config: how many at a time, and how long a file may take.
        program: the ffmpeg to use.
        find: looks for one where none is given.

    >>> with Workshop(Config(), find=lambda: None) as workshop:
    ...     workshop.program is None
    True
    """

    def __init__(
        self,
        config: Config,
        *,
        program: Program | None = None,
        find: Callable[[], Program | None] = default_program,
    ) -> None:
        self._processes = at_a_time(config.workers)
        self._seconds = config.decode_timeout
        self._memory = config.decode_memory * 1_000_000
        self._program = program
        self._find = find
        self._lock = threading.Lock()
        self._looked = program is not None
        self._images: ImageBench | None = None
        self._streams: StreamBench | None = None

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes."""
        with self._lock, ExitStack() as all_of_them:
            for bench in (self._images, self._streams):
                if bench is not None:
                    all_of_them.callback(bench.close)

    @property
    def program(self) -> Program | None:
        """The ffmpeg that is used; `None` where there is none."""
        with self._lock:
            if not self._looked:
                self._program, self._looked = self._find(), True
            return self._program

    def survey(
        self,
        result: AssetReport,
        opened: Callable[[], Original],
        options: RepairOptions,
        cancelled: Callable[[], bool],
        seconds: Range = ANY_NUMBER,
    ) -> Survey | None:
        """What a plan needs to know beyond a verdict; `None` where it needs nothing.

        `opened`: the original; `seconds`: how long its copy may be.

        Raises:
            RepairError: the original cannot be opened once more, or has changed.
            Cancelled: the run was asked to stop.
        """
        kind, format_name = result.facts.kind, result.facts.file.format
        if kind is None or format_name is None:
            return None
        if kind is Kind.IMAGE:
            salience = options.fit == "crop"
            media = result.facts.media
            frame = options.frame
            if isinstance(media, ImageFacts):
                frame = frame if (media.frames or 1) > 1 else None
                if frame is None and not salience and not is_worth_packing(format_name, media):
                    return None
            return self._image_bench().survey(
                opened().file, format_name, cancelled, salience=salience, frame=frame
            )
        original = opened()
        survey = self._stream_bench().survey(original.file, kind, format_name, cancelled)
        if kind is Kind.VIDEO and options.scenes and survey.streams is not None:
            media = survey.facts or result.facts.media
            duration = media.duration if isinstance(media, VideoFacts) else None
            if duration is not None:
                from validator.repair.scenes import changes_near_the_cut

                look = self._scenes(survey.streams, original, cancelled)
                found = changes_near_the_cut(look, duration, seconds, options.start)
                survey = dataclasses.replace(survey, scene_changes=found)
        return survey

    def commands(self, recipe: Recipe, source: str, target: str) -> tuple[tuple[str, ...], ...]:
        """What would be called to make a copy; nothing for a picture, which needs no program."""
        program = self.program
        name = _PROGRAM if program is None else program.path
        source, target = encodable(source), encodable(target)
        if isinstance(recipe, VideoRecipe):
            from validator.repair.video_graph import commands

            return commands(recipe, name, source, target, pass_log=_STATISTICS)
        if isinstance(recipe, AudioRecipe):
            from validator.repair.audio_graph import commands as audio_commands

            return audio_commands(recipe, name, source, target)
        return ()

    def make(
        self,
        plan: RepairPlan,
        original: Original,
        new: NewFile,
        cancelled: Callable[[], bool],
        on_progress: Callable[[Fraction], object] = lambda _: None,
    ) -> Made:
        """Write the copy of a plan; `on_progress` is told the share of the work that is done.

        Raises:
            RepairError: it could not be made.
            OSError: it could not be written.
            Cancelled: the run was asked to stop.
        """
        recipe = plan.recipe
        if isinstance(recipe, CopyRecipe):
            original.file.seek(0)
            shutil.copyfileobj(original.file, new.file, _CHUNK)
            return Made()
        if isinstance(recipe, ImageRecipe):
            return self._image_bench().make(recipe, original.file, new.file, cancelled)
        if recipe is None:
            raise RepairError("There is no recipe for a copy.")
        program = self.program
        if program is None:
            raise RepairError(NO_FFMPEG)
        make: Callable[..., Made]
        if isinstance(recipe, VideoRecipe):
            from validator.repair.video_make import make_video as make
        else:
            from validator.repair.audio_make import make_audio as make
        return make(
            recipe,
            program,
            original.path,
            new.path,
            duration=_duration(plan),
            cancelled=cancelled,
            on_progress=on_progress,
        )

    def _scenes(
        self, streams: Streams, original: Original, cancelled: Callable[[], bool]
    ) -> Callable[[Fraction, Fraction | None], tuple[Fraction, ...]]:
        """What finds where another shot begins; where nobody can tell, a clip counts as one shot."""
        from validator.repair.scenes import scene_changes

        program = self.program
        picture = main_of(streams.streams, "video")

        def look(since: Fraction, until: Fraction | None) -> tuple[Fraction, ...]:
            if program is None or picture is None:
                return ()
            return scene_changes(
                program,
                original.path,
                demuxer=streams.demuxer,
                video=picture.index,
                since=since,
                until=until,
                cancelled=cancelled,
            )

        return look

    def _image_bench(self) -> ImageBench:
        from validator.repair.image_bench import ImageBench

        with self._lock:
            if self._images is None:
                self._images = ImageBench(processes=self._processes)
            return self._images

    def _stream_bench(self) -> StreamBench:
        from validator.repair.stream_bench import StreamBench

        with self._lock:
            if self._streams is None:
                self._streams = StreamBench(
                    processes=self._processes, seconds=self._seconds, memory=self._memory
                )
            return self._streams


def _duration(plan: RepairPlan) -> Fraction | None:
    """How long the copy will be, for the progress."""
    media = None if plan.predicted is None else plan.predicted.media
    return media.duration if isinstance(media, (VideoFacts, AudioFacts)) else None
