"""The run: in order, bounded, stoppable at any moment, and one bad asset never takes another down."""

from __future__ import annotations

import dataclasses
import errno
import gc
import io
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import httpx
import msgspec
import pytest
from PIL import Image

from tests.nobody import NOBODY
from validator.config import Config, Override
from validator.errors import Cancelled, ConfigError, NoTargetsError, ProfileError, UsageError
from validator.findings import AssetReport, Severity, Verdict
from validator.intake.source import Source
from validator.model import Asset, Depth, Facts, FileFacts, Role
from validator.preview import Preview, SmallPicture
from validator.probe import Attention
from validator.probe.decoders import Decoders
from validator.run import Progress, run

Cancel = Callable[[], bool]
People = Attention | None


def whole(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
    """A probe that finds nothing wrong, and takes the file's text for its digest."""
    del asset, depth, cancelled, people
    assert source.file is not None
    digest = source.file.read().hex() or "00"
    known = msgspec.structs.replace(
        source.access,
        content="media",
        sha256=digest,
        name_agreement="agrees",
        integrity="whole",
        expansion="sane",
    )
    return Facts(file=known)


def files(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number:04}.png" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(number.to_bytes(4, "big"))
    return paths


def names(results: list[AssetReport]) -> list[str]:
    return [Path(result.target).name for result in results]


BEFORE: set[threading.Thread] = set()


@pytest.fixture(autouse=True)
def threads_before() -> None:
    """A face finder that tests elsewhere share has threads that live on."""
    BEFORE.clear()
    BEFORE.update(threading.enumerate())


def no_thread_of_ours() -> bool:
    return not [thread for thread in {*threading.enumerate()} - BEFORE if thread.name.startswith("validator")]


class TestOrder:
    def test_results_come_in_the_order_of_the_targets(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 24)

        def uneven(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
            time.sleep(0.01 if int(Path(asset.location).stem) % 3 == 0 else 0)
            return whole(asset, source, depth=depth, cancelled=cancelled, people=people)

        results = list(run(paths, Config(workers=8), probe=uneven))
        assert names(results) == [path.name for path in paths]
        assert {result.verdict for result in results} == {Verdict.PASS}

    def test_nothing_happens_before_a_result_is_asked_for(self, tmp_path: Path) -> None:
        asked: list[Path] = []

        def targets() -> Iterator[Path]:
            for path in files(tmp_path, 2):
                asked.append(path)
                yield path

        results = run(targets(), Config(workers=1), probe=whole)
        assert not asked
        next(results)
        assert asked
        results.close()

    def test_folders_globs_and_ready_made_assets_mix(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 3)
        made = Asset("made", str(paths[1]), role=Role.SCENE)
        results = list(run([paths[0], made, str(tmp_path / "*2.png")], probe=whole))
        assert names(results) == ["0000.png", "made", "0002.png"]
        assert results[1].asset.role is Role.SCENE

    def test_one_target_need_not_be_in_a_list(self, tmp_path: Path) -> None:
        (path,) = files(tmp_path, 1)
        assert names(list(run(path, probe=whole))) == [path.name]
        assert names(list(run(str(path), probe=whole))) == [path.name]

    def test_standard_input_is_passed_in(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 2)
        stdin = io.StringIO("".join(f"{path}\n" for path in paths))
        assert names(list(run(["-"], stdin=stdin, probe=whole))) == [path.name for path in paths]


class TestWindow:
    def test_only_a_few_assets_are_in_flight(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 60)
        taken, given, most = 0, 0, 0

        def targets() -> Iterator[Path]:
            nonlocal taken, most
            for path in paths:
                taken += 1
                most = max(most, taken - given)
                yield path

        for _ in run(targets(), Config(workers=3), probe=whole):
            given += 1
        assert given == 60
        assert most <= 3 * 2 + 1

    def test_no_more_threads_than_workers(self, tmp_path: Path) -> None:
        running, most, lock = 0, 0, threading.Lock()

        def counting(
            asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People
        ) -> Facts:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.005)
            with lock:
                running -= 1
            return whole(asset, source, depth=depth, cancelled=cancelled, people=people)

        list(run(files(tmp_path, 20), Config(workers=3), probe=counting))
        assert most == 3

    def test_files_are_closed(self, tmp_path: Path) -> None:
        opened: list[Source] = []

        def keeping(
            asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People
        ) -> Facts:
            opened.append(source)
            return whole(asset, source, depth=depth, cancelled=cancelled, people=people)

        list(run(files(tmp_path, 5), probe=keeping))
        assert all(source.file is not None and source.file.closed for source in opened)


class TestProgress:
    def test_tells_what_is_done_and_found_and_waited_for(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 3)
        told: list[Progress] = []
        list(run(paths, Config(workers=1), probe=whole, on_progress=told.append))
        assert told[0] == Progress(0, 1, str(paths[0]))
        assert told[-1] == Progress(3, 3, "")

    def test_what_is_named_again_is_told(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 2)
        told: list[Progress] = []
        list(run([*paths, *paths], Config(workers=1), probe=whole, on_progress=told.append))
        assert told[-1] == Progress(2, 2, "", repeated=2)
        assert [at.done for at in told] == sorted(at.done for at in told)
        assert all(at.done <= at.found for at in told)

    def test_shows_no_secret(self) -> None:
        told: list[Progress] = []
        transport = httpx.MockTransport(lambda _: httpx.Response(404))
        address = "https://ada:pass@example.com/a.png?token=secret"
        list(run(address, transport=transport, on_progress=told.append))
        assert told
        assert not [at for at in told if "secret" in at.target or "pass" in at.target]


class TestDuplicates:
    def test_the_first_in_order_of_the_targets_is_the_original(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 4)
        for path in paths[1:3]:
            path.write_bytes(b"same")
        paths[3].write_bytes(b"same")

        def slow_first(
            asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People
        ) -> Facts:
            time.sleep(0.05 if asset.location == str(paths[1]) else 0)
            return whole(asset, source, depth=depth, cancelled=cancelled, people=people)

        results = list(run(paths, Config(workers=4), probe=slow_first))
        assert [result.facts.file.duplicate for result in results] == [False, False, True, True]
        assert [result.facts.file.duplicate_of for result in results[2:]] == [str(paths[1])] * 2
        assert [[finding.code for finding in result.findings] for result in results] == (
            [[], [], ["FIL008"], ["FIL008"]]
        )
        assert str(paths[1]) in results[2].findings[0].message

    def test_without_a_digest_it_is_not_judged(self, tmp_path: Path) -> None:
        (result,) = run(tmp_path / "missing.png", probe=whole_or_not)
        assert "FIL008" in [skipped.code for skipped in result.not_judged]

    def test_a_file_for_two_roles_is_none_of_itself(self, tmp_path: Path) -> None:
        files(tmp_path, 1)
        (tmp_path / "copy.png").write_bytes((tmp_path / "0000.png").read_bytes())
        (tmp_path / "list.csv").write_text(
            "path,role\n0000.png,product\n./0000.png,scene\n0000.png,product\ncopy.png,scene\n"
        )
        results = list(run(tmp_path / "list.csv", probe=whole))
        assert [result.asset.role for result in results] == [Role.PRODUCT, Role.SCENE, Role.SCENE]
        assert [result.facts.file.duplicate for result in results] == [False, False, True]
        assert results[2].facts.file.duplicate_of == results[0].target

    def test_runs_know_nothing_of_each_other(self, tmp_path: Path) -> None:
        (path,) = files(tmp_path, 1)
        for _ in range(2):
            (result,) = run(path, probe=whole)
            assert result.facts.file.duplicate is False


class TestNothingLeftToRun:
    def test_for_an_asset_does_not_pass(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 2)
        config = Config(
            ignore=("ALL",), overrides=(Override(files=("0001.png",), select=("IMG",)),), folder=tmp_path
        )
        left, judged = run(paths, config, probe=whole)
        assert (left.verdict, judged.verdict) == (Verdict.UNJUDGED, Verdict.PASS)
        assert [skipped.reason for skipped in left.not_judged] == [
            "no rule is left to run for this asset: select, ignore and severity leave all out"
        ]

    def test_by_no_profile(self) -> None:
        with pytest.raises(UsageError, match="no profile"):
            run(["a.png"], profiles=())


class TestNamedTwice:
    def judged(
        self, *targets: str | Path | Asset, stdin: str = "", config: Config | None = None
    ) -> list[str]:
        results = list(run(targets, config, probe=whole_or_not, stdin=io.StringIO(stdin)))
        assert not [result.target for result in results if result.facts.file.duplicate]
        return [result.target for result in results]

    def test_a_file_is_judged_once_by_its_first_name(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 2)
        with chdir(tmp_path):
            named = self.judged("0000.png", "./0000.png", paths[0], "./../././" + tmp_path.name, "*.png")
        assert [Path(name).name for name in named] == ["0000.png", "0001.png"]

    def test_in_a_list_and_on_standard_input_too(self, tmp_path: Path) -> None:
        files(tmp_path, 2)
        (tmp_path / "list.csv").write_text("path\n0001.png\n0000.png\n")
        with chdir(tmp_path):
            assert self.judged("-", "list.csv", stdin="0000.png\n./0000.png\n") == ["0000.png", "0001.png"]

    def test_under_other_overrides_it_is_another(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        files(tmp_path / "real", 1)
        (tmp_path / "link").symlink_to(tmp_path / "real")
        config = Config(overrides=(Override(files=("link/**",), severity={"IMG003": "off"}),))
        with chdir(tmp_path):
            results = list(run(["link", "real", "./real"], config, probe=whole_or_not))
        assert [result.target for result in results] == ["link/0000.png", "real/0000.png"]

    def test_a_fragment_makes_no_other_url(self) -> None:
        url = "http://127.0.0.1:9/a.png"
        results = run([f"{url}#a", f"{url}#b", url, f"{url}?b"])
        assert [result.asset.target for result in results] == [f"{url}#a", f"{url}?b"]

    def test_a_folder_that_is_reached_by_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        files(tmp_path / "real", 1)
        (tmp_path / "link").symlink_to(tmp_path / "real")
        with chdir(tmp_path):
            assert self.judged("real/0000.png", "link/0000.png") == ["real/0000.png"]

    def test_what_is_not_there_is_told_once(self, tmp_path: Path) -> None:
        with chdir(tmp_path):
            assert self.judged("a.png", "./a.png", "no*.png", "no*.png") == ["a.png", "no*.png"]

    def test_a_url(self) -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(404))
        urls = ["https://example.com/a.png", "https://example.com/b.png", "https://example.com/a.png"]
        assert [result.target for result in run(urls, NOBODY, transport=transport)] == urls[:2]

    def test_an_asset_of_the_callers_each_time(self, tmp_path: Path) -> None:
        path = str(files(tmp_path, 1)[0])
        assert self.judged(Asset(path, path), Asset(path, path), path) == [path] * 3

    def test_the_role_that_a_configuration_gives_counts(self, tmp_path: Path) -> None:
        files(tmp_path, 1)
        (tmp_path / "list.csv").write_text("path,role\n0000.png,product\n")
        with chdir(tmp_path):
            config = Config(role=Role.PRODUCT)
            assert self.judged("0000.png", "list.csv", config=config) == ["0000.png"]

    def test_they_come_one_by_one(self, tmp_path: Path) -> None:
        paths = files(tmp_path, 3)

        def endless() -> Iterator[Path]:
            while True:
                yield from paths

        results = run(endless(), Config(workers=1), probe=whole)
        assert next(results).target == str(paths[0])
        results.close()


def whole_or_not(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
    if source.file is None:
        return Facts(file=source.access, link=source.link, unmeasured=source.unmeasured)
    return whole(asset, source, depth=depth, cancelled=cancelled, people=people)


class TestBugs:
    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (RuntimeError("no\nsuch  luck"), "internal error: RuntimeError: no such luck"),
            (MemoryError(), "internal error: MemoryError"),
            (RecursionError("too deep"), "internal error: RecursionError: too deep"),
            (OSError(errno.EBADF, "bad"), f"internal error: OSError: [Errno {errno.EBADF}] bad"),
        ],
    )
    def test_concern_one_asset_alone(self, tmp_path: Path, error: Exception, words: str) -> None:
        paths = files(tmp_path, 3)

        def faulty(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
            if asset.location == str(paths[1]):
                raise error
            return whole(asset, source, depth=depth, cancelled=cancelled, people=people)

        results = list(run(paths, probe=faulty))
        assert [result.verdict for result in results] == [Verdict.PASS, Verdict.UNJUDGED, Verdict.PASS]
        assert {skipped.reason for skipped in results[1].not_judged} == {words}
        assert results[1].facts.file.access == "readable"
        assert not results[1].findings

    def test_a_wish_to_leave_is_no_bug(self, tmp_path: Path) -> None:
        def leaving(
            asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People
        ) -> Facts:
            del asset, source, depth, cancelled, people
            raise SystemExit(3)

        with pytest.raises(SystemExit):
            list(run(files(tmp_path, 1), probe=leaving))
        assert no_thread_of_ours()


class Waiting:
    """A probe that measures the first asset once it has another, and that one only when it is cancelled."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.stopped = 0

    def __call__(
        self, asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People
    ) -> Facts:
        if Path(asset.location).stem == "0000":
            assert self.started.wait(5)
            return whole(asset, source, depth=depth, cancelled=cancelled, people=people)
        self.started.set()
        while not cancelled():
            time.sleep(0.001)
        self.stopped += 1
        raise Cancelled("stopped")


class TestStopping:
    def test_the_callers_event_stops_the_run(self, tmp_path: Path) -> None:
        probe, cancel = Waiting(), threading.Event()
        results = run(files(tmp_path, 9), Config(workers=2), cancel=cancel, probe=probe)
        next(results)
        threading.Timer(0.05, cancel.set).start()
        with pytest.raises(Cancelled):
            next(results)
        assert no_thread_of_ours()

    def test_an_event_that_is_set_before_stops_it_at_once(self, tmp_path: Path) -> None:
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(Cancelled):
            next(run(files(tmp_path, 1), cancel=cancel, probe=whole))
        assert no_thread_of_ours()

    def test_half_a_measurement_is_not_judged(self, tmp_path: Path) -> None:
        cancel = threading.Event()

        def heedless(
            asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People
        ) -> Facts:
            cancel.set()
            return whole(asset, source, depth=depth, cancelled=cancelled, people=people)

        with pytest.raises(Cancelled):
            list(run(files(tmp_path, 1), cancel=cancel, probe=heedless))

    def test_closing_the_generator_waits_for_what_runs(self, tmp_path: Path) -> None:
        probe, cancel = Waiting(), threading.Event()
        results = run(files(tmp_path, 9), Config(workers=2), cancel=cancel, probe=probe)
        next(results)
        results.close()
        assert probe.stopped >= 1
        assert no_thread_of_ours()
        assert not cancel.is_set(), "the caller's event may be shared by other runs"

    def test_leaving_a_loop_is_enough(self, tmp_path: Path) -> None:
        for _ in run(files(tmp_path, 9), Config(workers=2), probe=Waiting()):
            break
        gc.collect()
        assert no_thread_of_ours()

    def test_an_exception_in_the_callers_thread_leaves_nothing(self, tmp_path: Path) -> None:
        probe = Waiting()

        def interrupt(at: Progress) -> None:
            if at.done == 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            list(run(files(tmp_path, 9), Config(workers=2), probe=probe, on_progress=interrupt))
        assert probe.stopped >= 1
        assert no_thread_of_ours()

    def test_a_broken_list_later_on_leaves_nothing(self, tmp_path: Path) -> None:
        listed = tmp_path / "list.toml"
        listed.write_text("= 3")
        with pytest.raises(UsageError, match=r"list\.toml"):
            list(run([*files(tmp_path, 3), listed], probe=whole))
        assert no_thread_of_ours()

    def test_a_generator_that_never_ran_needs_no_closing(self, tmp_path: Path) -> None:
        run(files(tmp_path, 1), probe=whole).close()
        assert no_thread_of_ours()


class TestRefusal:
    def test_targets_that_hold_nothing_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(NoTargetsError) as refused:
            list(run([tmp_path, f"{tmp_path}/"], probe=whole))
        assert str(refused.value) == (
            f"Nothing to judge was found in {tmp_path}, {tmp_path}/: no image, no video, no sound."
        )

    def test_of_many_targets_some_are_named(self, tmp_path: Path) -> None:
        for number in range(9):
            (tmp_path / f"folder{number}").mkdir()
        with pytest.raises(NoTargetsError, match=r"folder4 and more: no image"):
            list(run([tmp_path / f"folder{number}" for number in range(9)], probe=whole))

    def test_a_folder_with_a_secret_in_its_name_is_named_without_it(self, tmp_path: Path) -> None:
        (tmp_path / "https:" / "bob:QZ@h").mkdir(parents=True)
        with chdir(tmp_path), pytest.raises(NoTargetsError, match="found in https:/h: no image"):
            list(run("https:/bob:QZ@h", probe=whole))

    def test_empty_standard_input_is_called_by_its_name(self) -> None:
        with pytest.raises(NoTargetsError, match="found in standard input:"):
            list(run("-", stdin=io.StringIO(""), probe=whole))

    def test_no_target_at_all(self) -> None:
        with pytest.raises(NoTargetsError, match="No target was named"):
            list(run([], probe=whole))

    def test_configuration_and_profile_are_checked_before_any_work(self, tmp_path: Path) -> None:
        with pytest.raises(ProfileError, match='no profile "seedance"'):
            run(tmp_path, Config(profile="seedance"))
        with pytest.raises(UsageError, match="VID999"):
            run(tmp_path, Config(ignore=("VID999",)))
        with pytest.raises(ConfigError, match="workers"):
            run(tmp_path, Config(workers=-1))


class TestChoices:
    def test_each_asset_is_measured_and_judged_as_chosen_for_it(self, tmp_path: Path) -> None:
        deep: dict[str, Depth] = {}

        def noting(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
            del cancelled, people
            deep[Path(asset.location).name] = depth
            return Facts(file=FileFacts(access=source.access.access, content="empty"))

        config = Config(
            role=Role.OTHER,
            select=("FIL002",),
            overrides=(
                Override(files=("0001.png",), depth=Depth.FULL, role=Role.SCENE, severity={"FIL002": "note"}),
            ),
            folder=tmp_path,
        )
        first, second = run(files(tmp_path, 2), config, probe=noting)
        assert deep == {"0000.png": Depth.STANDARD, "0001.png": Depth.FULL}
        assert (first.asset.role, second.asset.role) == (Role.OTHER, Role.SCENE)
        assert [found.severity for found in first.findings] == [Severity.ERROR]
        assert [found.severity for found in second.findings] == [Severity.NOTE]


class TestPreviews:
    def test_nobody_gets_one_unasked(self, tmp_path: Path) -> None:
        (result,) = run(pictures(tmp_path, 1), NOBODY)
        assert (result.preview, result.facts.preview) == (None, None)

    def test_they_come_with_the_results_and_are_no_facts(self, tmp_path: Path) -> None:
        with Decoders() as decoders:
            results = list(run(pictures(tmp_path, 3), NOBODY, decoders=decoders, previews=True))
            everything = msgspec.structs.replace(NOBODY, all_findings=True)
            plain = list(run(pictures(tmp_path, 3), everything, decoders=decoders))
        assert [result.facts for result in results] == [result.facts for result in plain]
        assert [result.verdict for result in results] == [result.verdict for result in plain]
        for result in results:
            assert result.preview is not None
            assert result.preview.picture is not None
            assert (result.preview.picture.width, result.preview.picture.height) == (30, 20)
            assert result.facts.preview is None

    @pytest.mark.parametrize("config", [NOBODY, Config(role=Role.PRODUCT), Config(select=("FIL",))])
    def test_whether_people_are_looked_for_does_not_matter(self, tmp_path: Path, config: Config) -> None:
        with Decoders(processes=0) as decoders:
            (result,) = run(pictures(tmp_path, 1), config, decoders=decoders, previews=True)
        assert result.preview is not None
        assert result.facts.faces is None

    def test_of_what_cannot_be_opened_there_is_none(self, tmp_path: Path) -> None:
        broken = tmp_path / "broken.png"
        broken.write_bytes(b"\x89PNG\r\n\x1a\n")
        results = list(run([tmp_path / "missing.png", broken], NOBODY, previews=True))
        assert [result.preview for result in results] == [None, None]
        assert [result.verdict for result in results] == [Verdict.FAIL] * 2

    def test_none_is_kept(self, tmp_path: Path) -> None:
        def large(asset: Asset, source: Source, *, depth: Depth, cancelled: Cancel, people: People) -> Facts:
            facts = whole(asset, source, depth=depth, cancelled=cancelled, people=people)
            return dataclasses.replace(facts, preview=Preview(SmallPicture(bytes(10**6), "image/webp", 1, 1)))

        tracemalloc.start()
        try:
            results = run(files(tmp_path, 200), Config(workers=2), probe=large)
            assert all(result.preview is not None for result in results)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < 12 * 10**6, "no more than those in flight"


def pictures(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.new("RGB", (30, 20), (number, 0, 0)).save(path)
    return paths


class TestDownloads:
    def test_urls_are_fetched_through_the_given_transport(self) -> None:
        transport = httpx.MockTransport(
            lambda request: httpx.Response(200, content=request.url.path.encode())
        )
        addresses = [f"https://example.com/{number}.png" for number in range(4)]
        results = list(run(addresses, Config(workers=2), transport=transport, probe=whole))
        assert [result.target for result in results] == addresses
        assert [result.facts.file.bytes for result in results] == [len("/0.png")] * 4
