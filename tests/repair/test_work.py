"""The loop: what passes, what is mended and what is not; and that nothing else ever stays or changes."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import chdir, closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from PIL import Image

import validator
from fixtures.bits import triangle, wav
from fixtures.catalogue import MEDIA
from tests.nobody import NOBODY, PEOPLE
from tests.repair.ffmpegs import made, pattern
from validator import (
    Asset,
    Cancelled,
    Config,
    Decoders,
    Limits,
    NoTargetsError,
    Override,
    Repair,
    RepairError,
    Role,
    Severity,
    UsageError,
    Verdict,
)
from validator.model import Group, GroupKind
from validator.people import Face, FaceFacts
from validator.repair.demands import Range
from validator.repair.ffmpeg_log import RecipeRefusedError
from validator.repair.options import RepairOptions
from validator.repair.outcome import RepairReport, RepairSummary
from validator.repair.plan import Made, RepairPlan
from validator.repair.recipe import VideoRecipe
from validator.repair.source_again import Original
from validator.repair.work import RepairProgress, run_repairs
from validator.repair.workshop import Workshop
from validator.repair.writing import NewFile

SMALL = MEDIA / "image-299x400.png"  # IMG003
GOOD = MEDIA / "image-301x400.png"
MISSING = "no/such.png"


def saved(path: Path, *, seconds: int) -> Path:
    """A sound of silence."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * seconds))
    return path


class Hooked(Workshop):
    """The workers of another workshop; something happens before each copy is made, or in place of it."""

    def __init__(
        self, inner: Workshop, making: Callable[[Original, NewFile, Callable[[], bool]], object]
    ) -> None:
        super().__init__(Config())
        self.inner = inner
        self.making = making
        self.plans: list[RepairPlan] = []

    def survey(self, *arguments: Any) -> Any:
        return self.inner.survey(*arguments)

    def make(
        self,
        plan: RepairPlan,
        original: Original,
        new: NewFile,
        cancelled: Callable[[], bool],
        on_progress: Callable[[Fraction], object] = lambda _: None,
    ) -> Made:
        self.plans.append(plan)
        if self.making(original, new, cancelled) is None:
            return self.inner.make(plan, original, new, cancelled, on_progress)
        return Made()


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with Workshop(Config()) as warm:
        yield warm


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(SMALL, folder / "small.png")
    shutil.copy(GOOD, folder / "good.png")
    return folder


def until(cancelled: Callable[[], bool]) -> None:
    """Work that goes on until the run is stopped."""
    while not cancelled():
        time.sleep(0.01)
    raise Cancelled("stopped")


class Mend:
    """Runs the loop with warm workers; what every run has to keep is checked at its end."""

    def __init__(self, decoders: Decoders, workshop: Workshop, output: Path) -> None:
        self.decoders = decoders
        self.workshop = workshop
        self.output = output

    def __call__(self, *targets: Any, config: Config = NOBODY, **options: Any) -> list[Repair]:
        options = {"decoders": self.decoders, "workshop": self.workshop, "output": self.output, **options}
        output = options.pop("output")
        with closing(run_repairs(targets, output, config, **options)) as repairs:
            return list(repairs)

    def left(self) -> list[str]:
        return sorted(each.relative_to(self.output).as_posix() for each in self.output.rglob("*"))


@pytest.fixture
def mend(decoders: Decoders, workshop: Workshop, tmp_path: Path) -> Mend:
    return Mend(decoders, workshop, tmp_path / "out")


def statuses(repairs: list[Repair]) -> list[str]:
    return [repair.status for repair in repairs]


class TestMended:
    def test_what_fails_gets_a_copy_that_passes(self, mend: Mend, originals: Path) -> None:
        good, small = mend(originals)
        assert (good.status, good.path, good.copy) == ("passes", None, None)
        assert (small.status, small.path) == ("mended", mend.output / "small.png")
        assert small.copy is not None
        assert small.copy.verdict is Verdict.PASS
        assert (small.copy.target, small.copy.asset.location) == (str(small.path), str(small.path))
        assert small.quality is not None
        assert mend.left() == ["small.png"]
        assert (originals / "small.png").read_bytes() == SMALL.read_bytes()
        again = validator.lint([mend.output], NOBODY, decoders=mend.decoders)
        assert again.summary.passed == again.summary.assets == 1

    def test_all_in_the_order_of_the_targets(self, mend: Mend, tmp_path: Path) -> None:
        folder = tmp_path / "many"
        folder.mkdir()
        for number in range(12):
            shutil.copy((SMALL, GOOD)[number % 2], folder / f"{number:02}.png")
        repairs = mend(folder, config=Config(ignore=PEOPLE, workers=3))
        assert statuses(repairs) == ["mended", "passes"] * 6
        assert [Path(each.target).name for each in repairs] == [f"{number:02}.png" for number in range(12)]

    def test_names_are_given_in_the_order_of_the_targets(self, mend: Mend, tmp_path: Path) -> None:
        second_is_planned = threading.Event()

        class Slow(Hooked):
            def survey(self, result: Any, *rest: Any) -> Any:
                if "one" in result.target:
                    assert second_is_planned.wait(30)
                else:
                    second_is_planned.set()
                return super().survey(result, *rest)

        places = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            places.append(shutil.copy(SMALL, tmp_path / name / "a.png"))
        slow = Slow(mend.workshop, lambda *_: None)
        repairs = mend(*places, workshop=slow, config=Config(ignore=PEOPLE, workers=2))
        assert [each.path and each.path.name for each in repairs] == ["a.png", "a-2.png"]

    def test_who_surveys_is_told_how_long_a_copy_may_be(self, mend: Mend) -> None:
        told: list[Range] = []

        class Listening(Hooked):
            def survey(self, *arguments: Any) -> Any:
                told.append(arguments[-1])
                return super().survey(*arguments)

        clip = MEDIA / "video-15.01s.mp4"
        mend(clip, workshop=Listening(mend.workshop, lambda *_: None), dry_run=True)
        assert told == [Range(Fraction(2), Fraction(15))]

    def test_what_was_judged_already_is_not_judged_again(self, mend: Mend, originals: Path) -> None:
        whole = msgspec.structs.replace(NOBODY, all_findings=True)
        report = validator.lint([originals / "small.png"], whole, decoders=mend.decoders)
        (repair,) = mend(*report)
        assert repair.result is report.assets[0]
        assert repair.status == "mended"

    def test_the_copy_is_for_the_same_role_group_and_name(self, mend: Mend, originals: Path) -> None:
        path = str(originals / "small.png")
        group = Group(kind=GroupKind.VIRTUAL, name="Ada")
        (repair,) = mend(Asset(path, path, name="ada", role=Role.PRODUCT, group=group))
        assert repair.copy is not None
        found = repair.copy.asset
        assert (found.role, found.group, found.name, found.placed_as) == (Role.PRODUCT, group, "ada", path)

    def test_where_it_is_may_be_watched(self, mend: Mend, originals: Path) -> None:
        told: list[RepairProgress] = []
        mend(originals, on_progress=told.append)
        steps = dict.fromkeys(each.step for each in told if each.target.endswith("small.png"))
        assert list(steps)[:4] == ["linting", "planning", "making", "judging"]
        assert (told[0].done, told[0].found, told[0].step) == (0, 1, "linting")
        assert told[-1] == RepairProgress(done=2, found=2)

    def test_what_was_judged_already_is_counted_beside_what_is_judged(
        self, mend: Mend, originals: Path
    ) -> None:
        (first, second) = validator.lint([originals], NOBODY, decoders=mend.decoders)
        told: list[RepairProgress] = []
        mend(first, originals / "small.png", second, on_progress=told.append)
        assert [each.found for each in told if each.step == "linting"][:1] == [2]
        assert told[-1] == RepairProgress(done=3, found=3)

    def test_a_url_is_fetched_again_and_its_copy_lies_under_its_name(self, mend: Mend) -> None:
        content = SMALL.read_bytes()
        answer = httpx.Response(200, content=content, headers={"Content-Type": "image/png"})
        transport = httpx.MockTransport(lambda _: answer)
        config = Config(ignore=(*PEOPLE, "URL"))
        (repair,) = mend("https://a.example/faces/ada.png?key=secret", transport=transport, config=config)
        assert (repair.status, repair.path) == ("mended", mend.output / "ada.png")

    def test_a_url_that_serves_something_else_by_then(self, mend: Mend) -> None:
        served = iter([SMALL.read_bytes()] * 2 + [GOOD.read_bytes()] * 2)

        def handle(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=next(served), headers={"Content-Type": "image/png"})

        config = Config(ignore=(*PEOPLE, "URL"))
        target = "https://a.example/ada.png?key=secret"
        (repair,) = mend(target, transport=httpx.MockTransport(handle), config=config)
        assert repair.reason == "https://a.example/ada.png?… changed after it was judged: judge it once more."
        assert not mend.output.exists()

    def test_a_clip_that_only_is_too_long_keeps_its_packets(self, mend: Mend) -> None:
        if mend.workshop.program is None:
            pytest.skip("there is no ffmpeg")
        (repair,) = mend(MEDIA / "video-15.01s.mp4")
        assert repair.status == "mended"
        assert isinstance(repair.plan and repair.plan.recipe, VideoRecipe)
        assert repair.copy is not None
        assert repair.copy.facts.media.duration <= 15  # type: ignore[union-attr, operator]

    def test_packets_that_the_container_does_not_take_are_encoded(self, mend: Mend, tmp_path: Path) -> None:
        program = mend.workshop.program
        if program is None:
            pytest.skip("there is no ffmpeg")
        sound = ("-f", "lavfi", "-i", "sine=duration=2.2:sample_rate=22050")
        shown = pattern("856x480", "2.2", "24")
        clip = made(program, tmp_path / "a.flv", *sound, *shown, "-c:a", "libmp3lame")

        def making(*_: object) -> None:
            if len(hooked.plans) == 1:
                raise RecipeRefusedError("No mp4 takes it.")

        hooked = Hooked(mend.workshop, making)
        (repair,) = mend(clip, workshop=hooked)
        assert (repair.status, mend.left()) == ("mended", ["a.mp4"])
        recipes = [plan.recipe for plan in hooked.plans]
        assert [isinstance(each, VideoRecipe) and each.copy_audio for each in recipes] == [True, False]

    def test_what_is_encoded_is_not_encoded_once_more(self, mend: Mend) -> None:
        if mend.workshop.program is None:
            pytest.skip("there is no ffmpeg")

        def making(*_: object) -> None:
            raise RecipeRefusedError("It is made of stone.")

        hooked = Hooked(mend.workshop, making)
        (repair,) = mend(MEDIA / "video-60.1fps.mp4", workshop=hooked)
        assert (repair.status, repair.reason, len(hooked.plans)) == ("failed", "It is made of stone.", 1)

    def test_what_others_have_seen_pass_is_a_warning_that_may_stay(self, mend: Mend, tmp_path: Path) -> None:
        if mend.workshop.program is None:
            pytest.skip("there is no ffmpeg")
        sound = saved(tmp_path / "long.wav", seconds=20)
        (repair,) = mend(sound, config=Config(ignore=PEOPLE, limits=Limits.OBSERVED))
        assert repair.status == "mended"
        assert repair.copy is not None
        left = [each.severity for each in repair.copy.findings if each.code == "AUD002"]
        assert left == [Severity.WARNING]

    def test_what_weighs_too_little_in_another_profile_may_stay(self, mend: Mend) -> None:
        if mend.workshop.program is None:
            pytest.skip("there is no ffmpeg")
        two = Config(ignore=PEOPLE, further_profiles=("wan-2.7",))
        (repair,) = mend(MEDIA / "video-15.01s.mp4", config=two)
        assert repair.status == "mended"
        assert repair.copy is not None
        left = [(each.profile, each.severity) for each in repair.copy.findings if each.code == "VID002"]
        assert left == [("wan-2.7", Severity.WARNING)]


class TestNotMended:
    def test_what_is_not_there(self, mend: Mend) -> None:
        (repair,) = mend(MISSING)
        assert (repair.status, repair.path) == ("impossible", None)
        assert repair.reason
        assert not mend.output.exists()

    def test_a_file_in_its_place_stays(self, mend: Mend, originals: Path) -> None:
        mend.output.mkdir()
        (mend.output / "small.png").write_bytes(b"theirs")
        (repair,) = mend(originals / "small.png")
        assert repair.status == "failed"
        assert "is there already: it is only replaced with --overwrite. It does not pass: " in repair.reason
        assert (mend.output / "small.png").read_bytes() == b"theirs"
        (repair,) = mend(originals / "small.png", overwrite=True)
        assert repair.status == "mended"
        assert (mend.output / "small.png").read_bytes() != b"theirs"

    @pytest.mark.parametrize("dry_run", [False, True])
    def test_a_file_in_its_place_that_passes_is_said_to_be_there(
        self, dry_run: bool, mend: Mend, originals: Path
    ) -> None:
        (first,) = mend(originals / "small.png")
        assert first.path is not None
        made = first.path.stat()
        (again,) = mend(originals / "small.png", dry_run=dry_run)
        assert (again.status, again.path, again.quality) == ("present", first.path, None)
        assert again.copy is not None
        assert (again.copy.verdict, again.copy.asset.location) == (Verdict.PASS, str(first.path))
        assert again.reason.endswith("and passes: --overwrite makes it anew.")
        assert RepairReport((again,)).summary == RepairSummary(assets=1, present=1)
        assert RepairReport((again,)).summary.is_clean
        there = first.path.stat()  # it was read since
        assert (there.st_ino, there.st_ctime_ns) == (made.st_ino, made.st_ctime_ns)

    def test_a_file_in_its_place_that_is_older_is_no_copy(self, mend: Mend, originals: Path) -> None:
        (first,) = mend(originals / "small.png")
        assert first.path is not None
        changed = first.path.stat().st_mtime_ns + 1_000_000_000
        os.utime(originals / "small.png", ns=(changed, changed))
        (again,) = mend(originals / "small.png")
        assert again.status == "failed"
        assert again.reason.endswith("only replaced with --overwrite. It is older than its original.")

    def test_a_link_in_its_place_is_not_followed(self, mend: Mend, originals: Path) -> None:
        mend.output.mkdir()
        (mend.output / "small.png").symlink_to(GOOD)
        (repair,) = mend(originals / "small.png")
        assert repair.status == "failed"
        assert repair.reason.endswith("is there already: it is only replaced with --overwrite.")

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (RepairError("It is made of stone."), "It is made of stone."),
            (OSError(errno.ENOSPC, "No space"), "small.png could not be written: the disk is full."),
            (ZeroDivisionError("by zero"), "internal error: ZeroDivisionError: by zero."),
        ],
    )
    def test_what_goes_wrong_is_said_of_one_asset_alone(
        self, error: Exception, reason: str, mend: Mend, originals: Path
    ) -> None:
        shutil.copy(SMALL, originals / "z.png")

        def making(original: Original, new: NewFile, _: object) -> None:
            new.file.write(b"half")
            if original.path.name == "small.png":
                raise error
            new.file.seek(0)
            new.file.truncate()

        hooked = Hooked(mend.workshop, making)
        good, small, last = mend(originals, workshop=hooked)
        assert (good.status, small.status, last.status) == ("passes", "failed", "mended")
        assert small.reason.endswith(reason)
        assert small.plan is not None
        assert mend.left() == ["z.png"]

    @pytest.mark.parametrize(
        ("sample", "reason"), [(b"\xff\x7f", "clipped throughout"), (b"\0\0", "is silent")]
    )
    def test_a_copy_whose_sound_was_spoiled_is_not_kept_whatever_that_weighs(
        self, sample: bytes, reason: str, mend: Mend, tmp_path: Path
    ) -> None:
        if mend.workshop.program is None:
            pytest.skip("there is no ffmpeg")

        def making(_: Original, new: NewFile, __: object) -> bool:
            new.file.write(wav(sample * 5 * 8000, 8000))
            return True

        sound = tmp_path / "long.wav"
        sound.write_bytes(wav(triangle(16 * 8000), 8000))
        (repair,) = mend(sound, workshop=Hooked(mend.workshop, making))
        assert (repair.status, mend.left()) == ("failed", [])
        assert reason in repair.reason

    def test_a_copy_that_does_not_pass_is_not_kept(self, mend: Mend, originals: Path) -> None:
        def making(_: Original, new: NewFile, __: object) -> bool:
            new.file.write(SMALL.read_bytes())
            return True

        hooked = Hooked(mend.workshop, making)
        (repair,) = mend(originals / "small.png", workshop=hooked)
        assert (repair.status, repair.copy) == ("failed", None)
        assert repair.reason.startswith("A copy was made, and is not kept: ")
        assert "[IMG003]" in repair.reason
        assert len({str(plan.recipe) for plan in hooked.plans}) == len(hooked.plans)
        assert not mend.output.exists()

    def test_a_copy_is_judged_as_if_it_lay_in_its_originals_place(self, mend: Mend, originals: Path) -> None:
        config = Config(
            ignore=PEOPLE,
            folder=originals.parent,
            overrides=(Override(files=("in/",), severity={"IMG005": "error"}),),
        )

        def making(_: Original, new: NewFile, __: object) -> bool:
            new.file.write((MEDIA / "image-300x400.png").read_bytes())  # on the bound: IMG005
            return True

        hooked = Hooked(mend.workshop, making)
        (strict,) = mend(originals / "small.png", workshop=hooked, config=config)
        (usual,) = mend(originals / "small.png", workshop=hooked)
        assert "[IMG005]" in strict.reason
        assert (strict.status, usual.status) == ("failed", "mended")

    def test_an_original_that_changes_meanwhile(self, mend: Mend, originals: Path) -> None:
        def making(*_: object) -> None:
            shutil.copy(GOOD, originals / "small.png")

        hooked = Hooked(mend.workshop, making)
        (repair,) = mend(originals / "small.png", workshop=hooked)
        assert "small.png changed after it was judged: judge it once more." in repair.reason
        assert not mend.output.exists()

    def test_a_copy_that_others_put_there_meanwhile_stays(self, mend: Mend, originals: Path) -> None:
        def making(_: Original, new: NewFile, __: object) -> None:
            (new.path.parent / "small.png").write_bytes(b"theirs")

        hooked = Hooked(mend.workshop, making)
        (repair,) = mend(originals, workshop=hooked)[1:]
        assert "is there already" in repair.reason
        assert (mend.output / "small.png").read_bytes() == b"theirs"
        assert mend.left() == ["small.png"]

    def test_a_clip_without_ffmpeg(self, mend: Mend) -> None:
        with Workshop(Config(), find=lambda: None) as without:
            (repair,) = mend(MEDIA / "video-15.01s.mp4", workshop=without)
        assert repair.status == "failed"
        assert repair.reason.startswith("There is no ffmpeg here")
        assert repair.plan is not None
        assert repair.plan.commands[0][0] == "ffmpeg"


def test_a_face_that_is_not_there_is_refused_though_nothing_fails(mend: Mend) -> None:
    (result,) = validator.lint([GOOD], NOBODY, decoders=mend.decoders)
    face = Face(Fraction(1, 4), Fraction(1, 4), Fraction(1, 4), Fraction(1, 4), 100, Fraction(1))
    faces = FaceFacts(face_count=1, faces=(face,))
    result = replace(result, facts=replace(result.facts, faces=faces))
    (first,) = mend(result, options=RepairOptions(face="1"))
    assert first.status == "passes"
    (second,) = mend(result, options=RepairOptions(face="2"))
    assert (second.status, second.reason[:22]) == ("impossible", "There is no face 2 to ")
    assert mend.left() == []


class TestDryRun:
    def test_nothing_is_made(self, mend: Mend, originals: Path) -> None:
        good, small = mend(originals, dry_run=True)
        assert (good.status, small.status) == ("passes", "planned")
        assert small.plan is not None
        assert small.plan.predicted is not None
        assert small.reason == f"A copy would be made at {mend.output / 'small.png'}."
        assert not mend.output.exists()

    def test_no_folder_needs_to_be_named(self, mend: Mend, originals: Path) -> None:
        (small,) = mend(originals / "small.png", output=None)
        assert small.status == "planned"

    def test_it_says_what_would_not_be_done(self, mend: Mend, originals: Path) -> None:
        mend.output.mkdir()
        (mend.output / "small.png").write_bytes(b"theirs")
        (small,) = mend(originals / "small.png", dry_run=True)[-1:]
        assert small.status == "failed"
        assert "is there already" in small.reason

    def test_the_command_of_a_clip_is_told(self, mend: Mend) -> None:
        (repair,) = mend(MEDIA / "video-15.01s.mp4", dry_run=True)
        assert repair.plan is not None
        said = " ".join(repair.plan.commands[0])
        assert "video-15.01s.mp4" in said
        assert str(mend.output) in said


class TestTheOutputFolder:
    def test_copies_are_not_mended_again(self, mend: Mend, originals: Path) -> None:
        mend.output = originals / "mended"
        assert statuses(mend(originals)) == ["passes", "mended"]
        told: list[RepairProgress] = []
        again = mend(originals, overwrite=True, on_progress=told.append)
        assert statuses(again) == ["passes", "mended"]
        assert told[-1] == RepairProgress(done=2, found=2)
        assert mend.left() == ["small.png"]

    def test_a_link_to_a_copy_is_one(self, mend: Mend, originals: Path) -> None:
        mend.output = originals / "mended"
        mend(originals)
        (originals / "small.png").unlink()
        (originals / "small.png").symlink_to(mend.output / "small.png")
        before = (mend.output / "small.png").read_bytes()
        assert statuses(mend(originals, overwrite=True)) == ["passes"]
        assert (mend.output / "small.png").read_bytes() == before

    @pytest.mark.parametrize("target", ["in", "in/small.png", "./in/../in"])
    def test_one_that_holds_the_originals_is_refused(self, target: str, mend: Mend, originals: Path) -> None:
        with (
            chdir(originals.parent),
            pytest.raises(UsageError, match=r"lies in the output folder in: name a"),
        ):
            mend(target, output="in")

    def test_nothing_else_was_found(self, mend: Mend, originals: Path) -> None:
        with pytest.raises(NoTargetsError, match="All that was found lies in the output folder"):
            mend(originals.parent, output=originals)

    def test_one_that_cannot_be_written_to_is_told_before_any_work(self, mend: Mend, originals: Path) -> None:
        with pytest.raises(UsageError, match="is no folder"):
            mend(originals, output=originals / "good.png" / "out")


class TestStopping:
    def test_a_wish_to_stop_leaves_nothing(self, mend: Mend, originals: Path) -> None:
        cancel = threading.Event()

        def making(_: Original, new: NewFile, cancelled: Callable[[], bool]) -> None:
            new.file.write(b"half")
            cancel.set()
            assert cancelled()
            raise Cancelled("stopped")

        hooked = Hooked(mend.workshop, making)
        with pytest.raises(Cancelled):
            mend(originals, workshop=hooked, cancel=cancel)
        assert not mend.output.exists()

    def test_what_is_half_made_is_known_to_who_cannot_wait(self, mend: Mend, originals: Path) -> None:
        unfinished: set[Path] = set()
        seen: list[bool] = []

        def making(_: Original, new: NewFile, __: object) -> None:
            seen.append(unfinished == {new.path} and new.path.exists())

        hooked = Hooked(mend.workshop, making)
        assert statuses(mend(originals, workshop=hooked, unfinished=unfinished)) == ["passes", "mended"]
        assert (seen, unfinished) == ([True], set())

    def test_so_does_an_interrupt(self, mend: Mend, originals: Path) -> None:
        def making(_: Original, new: NewFile, cancelled: Callable[[], bool]) -> None:
            new.file.write(b"half")
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            until(cancelled)

        hooked = Hooked(mend.workshop, making)
        with pytest.raises(KeyboardInterrupt):
            mend(originals, workshop=hooked)
        assert not mend.output.exists()

    def test_so_does_who_wants_no_more(self, mend: Mend, originals: Path) -> None:
        shutil.copy(SMALL, originals / "z.png")
        begun = threading.Event()

        def making(original: Original, new: NewFile, cancelled: Callable[[], bool]) -> None:
            if original.path.name == "small.png":
                assert begun.wait(30)
                return
            new.file.write(b"half")
            begun.set()
            until(cancelled)

        config = Config(ignore=PEOPLE, workers=2)
        hooked = Hooked(mend.workshop, making)
        repairs = run_repairs([originals], mend.output, config, decoders=mend.decoders, workshop=hooked)
        assert [next(repairs).status, next(repairs).status] == ["passes", "mended"]
        repairs.close()
        assert mend.left() == ["small.png"]

    def test_it_can_be_asked_to_stop_before_it_begins(self, mend: Mend, originals: Path) -> None:
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(Cancelled):
            mend(originals, cancel=cancel)


class TestWrongUse:
    def test_without_targets(self, mend: Mend) -> None:
        with pytest.raises(NoTargetsError):
            mend()

    def test_a_rule_that_does_not_exist_is_told_at_once(self) -> None:
        with pytest.raises(UsageError):
            run_repairs(["a.png"], None, Config(select=("XYZ",)))


def test_a_picture_that_only_has_the_wrong_ending_keeps_its_bytes(mend: Mend, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.radial_gradient("L").resize((640, 480)).convert("RGB").save(path, "jpeg")
    config = Config(ignore=PEOPLE, severity={"FIL006": "error"})
    (repair,) = mend(path, config=config)
    assert (repair.status, repair.path and repair.path.name) == ("mended", "photo.jpg")
    assert repair.path is not None
    assert repair.path.read_bytes() == path.read_bytes()
