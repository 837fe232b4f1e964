"""Face workers that hang, crash, raise or cannot start: it is said of one file, and the run goes on."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.process import environment
from tests.probe.clips import plain
from tests.probe.media import noise
from tests.probe.portrait import handlers
from tests.probe.portrait.handlers import HARMFUL, LOOK
from tests.probe.portrait.surroundings import children, needs_proc, threads, waited_for
from validator import AssetReport, Config, Verdict, alint, lint
from validator.errors import Cancelled
from validator.model import Role
from validator.probe.portrait import looker
from validator.probe.portrait.looker import FaceFinder, LookError
from validator.probe.portrait.model_download import download_models
from validator.probe.portrait.models import ModelDownloadError, ModelFiles, find_models
from validator.probe.shrink import still_of
from validator.probe.still import Still
from validator.run import run

pytestmark = pytest.mark.usefixtures("measured_processes")

GRAPHICS = "`apt-get install libegl1 libgles2 libgl1 libglib2.0-0` brings it"


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    processes, others = children(), threads()
    yield
    assert children() <= processes
    assert threads() <= others


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Has detectors of our own find what they ask for; the file that they take for the face model."""
    path = tmp_path / "note"
    monkeypatch.setattr(looker, "package_folder", lambda _: tmp_path)
    monkeypatch.setattr(looker, "find_models", lambda *_, **__: ModelFiles(path, path))
    return path


def finder(handler: str, seconds: float = 30.0, processes: int = 1) -> FaceFinder:
    name = getattr(handlers, handler).__name__
    return FaceFinder(handler=f"{handlers.__name__}:{name}", seconds=seconds, processes=processes)


def still(width: int = 30) -> Still:
    return still_of(Image.new("RGB", (width, 20)))


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Five pictures, of which the second and the fourth do harm."""
    folder = tmp_path / "photos"
    folder.mkdir()
    widths = (400, HARMFUL, 404, HARMFUL, 408)
    paths = [folder / f"{number}.png" for number in range(len(widths))]
    for seed, (path, width) in enumerate(zip(paths, widths, strict=True)):
        noise(width, 400, seed=seed).save(path)
    return paths


def por(report: AssetReport) -> dict[str, str]:
    """Why rules about people were not judged, by code."""
    return {each.code: each.reason for each in report.not_judged if each.code.startswith("POR")}


def others(report: AssetReport) -> list[str]:
    """What else was not judged."""
    return [each.code for each in report.not_judged if not each.code.startswith("POR")]


def codes(report: AssetReport) -> list[str]:
    return [finding.code for finding in report.findings]


CONCERNED = {"POR001", *(f"POR{number:03}" for number in range(3, 11))}


class TestHarm:
    @pytest.mark.parametrize(
        ("handler", "reason"),
        [
            ("hang", "the face detector took more than 2 s and was stopped"),
            pytest.param(
                "crash",
                "the face detector was ended by SIGSEGV",
                marks=pytest.mark.skipif(os.name != "posix", reason="signals"),
            ),
            ("leave", "the face detector ended with exit code 7 and without an answer"),
            ("fail", "the face detector failed: RuntimeError: the graph is broken"),
            ("starve", "the face detector ran out of memory"),
            ("nonsense", "the face detector's answer makes no sense ("),
            ("another_type", "the face detector's answer makes no sense ("),
        ],
    )
    @pytest.mark.parametrize("workers", [1, 2])
    @pytest.mark.usefixtures("note")
    def test_only_that_file_is_not_judged_and_the_run_goes_on(
        self, handler: str, reason: str, workers: int, photos: list[Path]
    ) -> None:
        with finder(handler, seconds=2.0, processes=workers) as faces:
            report = lint(photos, Config(workers=workers), faces=faces)
        assert [result.target for result in report] == [str(path) for path in photos]
        for number, result in enumerate(report):
            assert result.facts.file.integrity == "whole"
            assert result.facts.media is not None
            assert others(result) == []
            if number % 2:
                assert por(result).keys() == CONCERNED
                assert all(each.startswith(reason) for each in por(result).values())
                assert codes(result) == []
                assert result.facts.faces is not None
                assert result.facts.faces.face_count is None
            else:
                assert por(result) == {}
                assert result.verdict is Verdict.PASS
                assert result.facts.faces is not None
                assert result.facts.faces.face_count == 1

    @pytest.mark.usefixtures("note")
    def test_of_a_clip_only_that_clip(self, photos: list[Path], tmp_path: Path) -> None:
        from tests.probe.media import Clip, encoded

        paths = [photos[0], tmp_path / "bad.mp4", tmp_path / "good.mp4", photos[2]]
        paths[1].write_bytes(encoded(Clip(size=(HARMFUL, 200))))
        paths[2].write_bytes(plain())
        with finder("crash") as faces:
            report = lint(paths, Config(workers=1, all_findings=True), faces=faces)
        assert [set(por(result)) for result in report] == [set(), {"POR001"}, set(), set()]
        assert others(report.assets[1]) == []
        assert report.assets[1].facts.file.integrity == "whole"
        assert report.assets[2].facts.faces is not None
        assert report.assets[2].facts.faces.face_count == 1

    @pytest.mark.usefixtures("note")
    def test_a_portrait_that_nobody_could_look_at_has_no_verdict(self, photos: list[Path]) -> None:

        with finder("fail") as faces:
            report = lint(photos[:2], Config(role=Role.PORTRAIT), faces=faces)
        assert [result.verdict for result in report] == [Verdict.PASS, Verdict.UNJUDGED]

    @pytest.mark.usefixtures("note")
    def test_one_after_the_other_for_ever(self) -> None:
        with finder("crash") as faces:
            for _ in range(5):
                with pytest.raises(LookError, match="SIGSEGV"):
                    faces.look(still(HARMFUL))
                assert faces.look(still()) == LOOK

    @pytest.mark.usefixtures("note")
    def test_chatter_reaches_nobody(self, capfd: pytest.CaptureFixture[str]) -> None:
        with finder("chatty") as faces:
            assert faces.look(still(HARMFUL)) == LOOK
        assert capfd.readouterr() == ("", "")


class TestTheStart:
    @pytest.mark.parametrize(
        ("handler", "reason"),
        [
            (
                "no_library",
                f"the face detector needs the system library libEGL.so.1, which is missing: {GRAPHICS}",
            ),
            (
                "no_opengl",
                f"the face detector needs the system library libGL.so.1, which is missing: {GRAPHICS}",
            ),
            (
                "no_module",
                "the face detector needs numpy: `pip install numpy` brings it, where there is a wheel",
            ),
            (
                "no_opencv",
                "the face detector needs opencv-contrib-python: `pip install opencv-contrib-python` brings "
                "it, where there is a wheel",
            ),
            (
                "broken_model",
                "the face detector could not be started: RuntimeError: Unable to open zip archive.",
            ),
        ],
    )
    @pytest.mark.skipif(sys.platform != "linux", reason="libraries are installed by apt on Linux alone")
    def test_what_is_missing_is_told_of_each_file_and_tried_once(
        self, handler: str, reason: str, note: Path, photos: list[Path]
    ) -> None:
        with finder(handler) as faces:
            report = lint(photos, Config(workers=1), faces=faces)
        for result in report:
            assert por(result) == dict.fromkeys(CONCERNED, reason)
            assert others(result) == []
            assert codes(result) == []
            assert result.verdict is Verdict.PASS
        assert note.read_text() == "start\n"

    def test_after_a_minute_it_is_tried_again(self, note: Path) -> None:
        now = [0.0]
        name = f"{handlers.__name__}:second_time"
        with FaceFinder(handler=name, clock=lambda: now[0]) as faces:
            for now[0] in (0.0, 59.0):
                with pytest.raises(LookError, match="Cannot allocate memory"):
                    faces.look(still())
            now[0] = 60.0
            assert faces.look(still()) == LOOK
        assert note.read_text() == "start\n"

    def test_without_mediapipe_nothing_is_started(
        self, monkeypatch: pytest.MonkeyPatch, note: Path, photos: list[Path]
    ) -> None:
        monkeypatch.setattr(looker, "package_folder", lambda _: None)
        with finder("no_library") as faces:
            report = lint(photos[:2], faces=faces)
        reason = (
            "the face detector needs mediapipe: `pip install mediapipe` brings it, where there is a wheel"
        )
        assert [por(result) for result in report] == [dict.fromkeys(CONCERNED, reason)] * 2
        assert not note.exists()

    @pytest.mark.parametrize(
        "words",
        [
            "raise OSError('libEGL.so.1: cannot open shared object file: No such file or directory')",
            "raise ImportError('libGLESv2.so.2: cannot open shared object file: No such file or directory')",
        ],
    )
    def test_a_mediapipe_that_cannot_be_imported(
        self, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, photos: list[Path]
    ) -> None:
        for other in ("numpy", "cv2"):
            pytest.importorskip(other)
        package = tmp_path / "site" / "mediapipe"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(words + "\n")
        monkeypatch.syspath_prepend(package.parent)
        monkeypatch.setattr(looker, "find_models", lambda *_, **__: ModelFiles(photos[0], photos[0]))
        with FaceFinder() as faces:
            (result,) = lint(photos[:1], faces=faces)
        library = words.partition("('")[2].partition(":")[0]
        needed = f"the face detector needs the system library {library}, which is missing"
        assert set(por(result)) == CONCERNED
        assert all(reason.startswith(needed) for reason in por(result).values())
        assert others(result) == []


class TestModels:
    @pytest.fixture(autouse=True)
    def _in_no_package(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        nowhere = functools.partial(find_models, cache=tmp_path / "cache", locate=lambda _: None)
        monkeypatch.setattr(looker, "find_models", nowhere)
        monkeypatch.setattr(looker, "package_folder", lambda _: tmp_path)

    def test_it_is_told_which_are_missing_and_where_they_go(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, photos: list[Path]
    ) -> None:
        empty = tmp_path / "empty"
        empty.mkdir()
        monkeypatch.setenv("VALIDATOR_MODELS", str(empty))
        with finder("calm") as faces:
            report = lint(photos[:2], faces=faces)
        for result in report:
            assert set(por(result)) == CONCERNED
            (reason,) = set(por(result).values())
            assert reason.startswith("face_landmarker.task and pose_landmarker_full.task are missing: ")
            assert f"put them into {empty} " in reason
            assert "pip install" in reason
            assert others(result) == []

    def test_a_folder_that_was_named_goes_before_the_variable(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("VALIDATOR_MODELS", str(tmp_path / "variable"))
        with FaceFinder(models=tmp_path / "named") as faces, pytest.raises(LookError) as told:
            faces.look(still())
        assert f"put them into {tmp_path / 'named'} " in str(told.value)

    def test_a_download_that_fails_is_tried_once(self, tmp_path: Path) -> None:
        asked: list[Path] = []

        def fetch(folder: Path) -> object:
            asked.append(folder)
            raise ModelDownloadError("the network is unreachable")

        with FaceFinder(fetch=fetch) as faces:
            for _ in range(3):
                with pytest.raises(LookError, match="the download failed: the network is unreachable"):
                    faces.look(still())
        assert asked == [tmp_path / "cache"]

    def test_a_configured_folder_of_a_run(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, photos: list[Path]
    ) -> None:
        def refused(*_: object, **__: object) -> None:
            raise ModelDownloadError("no network in tests")

        monkeypatch.setattr(f"{download_models.__module__}.download_models", refused)
        (result,) = lint(photos[:1], Config(models=str(tmp_path / "there")))
        assert set(por(result)) == CONCERNED
        assert all(f"put them into {tmp_path / 'there'} " in reason for reason in por(result).values())
        assert all("no network in tests" in reason for reason in por(result).values())


@pytest.mark.usefixtures("note")
class TestTheEnd:
    def test_a_closed_finder(self, photos: list[Path]) -> None:
        faces = finder("calm")
        faces.close()
        faces.close()
        (result,) = lint(photos[:1], faces=faces)
        assert por(result) == dict.fromkeys(CONCERNED, "the face finder is closed")
        assert others(result) == []

    def test_closing_cancels_who_looks(self, note: Path) -> None:
        faces = finder("hang")
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(faces.look, still(HARMFUL))
            assert waited_for(note)
            faces.close()
            with pytest.raises(Cancelled):
                looking.result(timeout=20)

    def test_a_look_is_cancelled(self, note: Path) -> None:
        with finder("hang") as faces:
            with pytest.raises(Cancelled):
                faces.look(still(HARMFUL), cancelled=note.exists)
            assert faces.look(still()) == LOOK

    def test_a_run_is_cancelled_while_somebody_looks(self, note: Path, photos: list[Path]) -> None:
        cancel = threading.Event()
        with finder("hang") as faces:
            results = run(photos, Config(workers=1), faces=faces, cancel=cancel)
            assert next(results).target == str(photos[0])
            assert waited_for(note)
            cancel.set()
            with pytest.raises(Cancelled):
                list(results)
            assert faces.look(still()) == LOOK

    def test_a_generator_that_is_closed_while_somebody_looks(self, note: Path, photos: list[Path]) -> None:
        with finder("hang") as faces:
            results = run(photos, Config(workers=1), faces=faces)
            next(results)
            assert waited_for(note)
            results.close()

    def test_a_task_that_is_cancelled_while_somebody_looks(self, note: Path, photos: list[Path]) -> None:
        async def main(faces: FaceFinder) -> None:
            task = asyncio.create_task(alint(photos, faces=faces))
            while not note.exists():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        with finder("hang") as faces:
            asyncio.run(main(faces))

    @needs_proc
    def test_a_runs_own_workers_end_with_it(
        self, monkeypatch: pytest.MonkeyPatch, photos: list[Path]
    ) -> None:
        ours = functools.partial(FaceFinder, handler=f"{handlers.__name__}:calm")
        monkeypatch.setattr(looker, "FaceFinder", ours)
        before = children()
        results = run(photos, Config(workers=2))
        next(results)
        assert children() - before
        list(results)
        assert children() == before


@pytest.mark.usefixtures("note")
class TestManyCallers:
    def test_threads_share_one(self, photos: list[Path]) -> None:
        with finder("crash", processes=2) as faces, ThreadPoolExecutor(6) as pool:
            reports = list(pool.map(lambda _: lint(photos, Config(workers=2), faces=faces), range(6)))
        for report in reports:
            assert [bool(por(result)) for result in report] == [False, True, False, True, False]

    @needs_proc
    def test_no_more_processes_than_asked_for(self, photos: list[Path]) -> None:
        before = children()
        with finder("calm", processes=2) as faces, ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _: lint(photos, Config(workers=4), faces=faces), range(6)))
            assert len(children() - before) == 2

    def test_tasks_share_one_and_the_loop_goes_on(self, photos: list[Path]) -> None:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        async def main(faces: FaceFinder) -> list[list[bool]]:
            ticking = asyncio.create_task(tick())
            reports = await asyncio.gather(*(alint(photos, faces=faces) for _ in range(4)))
            ticking.cancel()
            return [[bool(por(result)) for result in report] for report in reports]

        with finder("fail", processes=2) as faces:
            found = asyncio.run(main(faces))
        assert found == [[False, True, False, True, False]] * 4
        assert ticks > 5

    def test_a_call_that_blocks_inside_a_loop(self, photos: list[Path]) -> None:
        async def main(faces: FaceFinder) -> int:
            return len(lint(photos, faces=faces))

        with finder("calm") as faces:
            assert asyncio.run(main(faces)) == len(photos)


SCRIPT = """
import sys
from pathlib import Path
from validator import lint
def children():
    return [pid for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split()]
report = lint([{photo!r}])
(result,) = report
print(result.facts.faces.face_count, [each.code for each in result.not_judged], children())
"""


@pytest.mark.usefixtures("faces")
class TestProcesses:
    """The real detector, in programs of all kinds."""

    @needs_proc
    def test_a_script_without_a_guard(self, tmp_path: Path, photos: list[Path]) -> None:
        script = tmp_path / "script.py"
        script.write_text(SCRIPT.format(photo=str(photos[0])))
        done = self.finished("-W", "error", str(script), cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "0 [] []\n", "")

    @needs_proc
    def test_a_script_on_standard_input(self, tmp_path: Path, photos: list[Path]) -> None:
        done = self.finished("-", cwd=tmp_path, given=SCRIPT.format(photo=str(photos[0])))
        assert (done.returncode, done.stdout, done.stderr) == (0, "0 [] []\n", "")

    def test_the_command(self, tmp_path: Path, photos: list[Path]) -> None:
        done = self.finished(
            "-m", "validator", "lint", "--output-format", "json", str(photos[0]), cwd=tmp_path
        )
        (asset,) = json.loads(done.stdout)["assets"]
        assert (done.returncode, done.stderr) == (0, "")
        assert asset["facts"]["face_count"] == 0

    def finished(
        self, *arguments: str, cwd: Path, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
