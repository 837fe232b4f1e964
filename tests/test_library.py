"""What a program calls: quick to import, quiet, safe from several threads, and stoppable."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

import validator
from tests.nobody import NOBODY, PEOPLE
from validator import (
    Asset,
    AssetListError,
    AssetsRejected,
    Config,
    NoTargetsError,
    Report,
    Role,
    Verdict,
    alint,
    lint,
    lint_iter,
)
from validator.report.base import render

HEAVY = (
    *("av", "PIL", "pillow_heif", "httpx", "rich", "numpy", "mediapipe", "mutagen", "click", "asyncio"),
    *("platformdirs", "validator.workers", "validator.probe.portrait"),
)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.png"
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(path)
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.png"
    Image.new("RGB", (100, 100), "teal").save(path)
    return path


class TestPackage:
    def test_click_is_for_the_command_line_and_the_text_report(self) -> None:
        home = Path(validator.__file__).parent
        importing = {
            path.relative_to(home).as_posix()
            for path in home.rglob("*.py")
            if re.search(r"^ *(import|from) click", path.read_text(encoding="utf-8"), re.MULTILINE)
        }
        assert "cli/app.py" in importing
        assert {path for path in importing if not path.startswith("cli/")} == {"report/paint.py"}

    def test_all_that_is_exported_is_there_and_sorted_and_documented(self) -> None:
        assert sorted(validator.__all__) == validator.__all__
        for name in validator.__all__:
            exported = getattr(validator, name)
            if name != "__version__":
                assert inspect.getdoc(exported), name

    def test_the_export_list_changes_only_on_purpose(self) -> None:
        assert set(validator.__all__) == {
            *("Asset", "AssetReport", "Facts", "FileFacts", "LinkFacts", "ImageFacts", "VideoFacts"),
            *("AudioFacts", "Finding", "Measured", "Limit", "NotJudged", "Report", "Summary", "Tool"),
            *("ProfileInfo", "Kind", "Severity", "Verdict", "Role", "Group", "GroupKind", "Depth", "Limits"),
            *("FixSettings", "ServiceSettings", "UploadSettings"),
            *("Config", "Override", "load_config", "lint", "lint_iter", "alint", "__version__"),
            *("ValidatorError", "UsageError", "ProfileError", "ConfigError", "AssetListError"),
            *(
                "NoTargetsError",
                "OutOfResources",
                "AssetsRejected",
                "Cancelled",
                "UrlRefused",
                "CheckedUrl",
                "check_url",
            ),
            *("Box", "Face", "FaceFacts", "Joint", "PortraitFacts", "LikenessFacts"),
            *("FaceFinder", "Decoders"),
            *("Baseline", "read_baseline"),
            *("Preview", "RateSpan", "SmallPicture", "StripFrame"),
            *("plan_repair", "repair", "repair_iter", "RepairOptions", "RepairPlan", "Repair"),
            *("RepairReport", "Change", "Obstacle", "Quality", "RepairError"),
        }

    def test_importing_it_loads_nothing_heavy(self) -> None:
        code = f"import sys, validator; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == ""

    def test_judging_a_picture_loads_no_decoder_into_the_caller(self, small: Path) -> None:
        code = (
            "import sys, validator; print(validator.lint(sys.argv[1]).assets[0].facts.media.width);"
            "print(*sorted(set(sys.modules) & {'av', 'PIL', 'httpx', 'rich', 'pillow_heif', 'mutagen'}))"
        )
        command = [sys.executable, "-c", code, str(small)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["100"]


class TestASystemThatHasNothingLeft:
    """In a process of its own, since what is used up stays used up."""

    def said(self, code: str, *arguments: str) -> str:
        prelude = "import resource, sys, threading, validator\nfrom validator import Config, lint\n"
        command = [sys.executable, "-c", prelude + code, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    def test_without_a_descriptor_left_a_profile_cannot_be_read(self) -> None:
        code = (
            "validator.lint, validator.ProfileError\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
            "kept = []\n"
            "try:\n"
            "    while True: kept.append(open('/dev/null'))\n"
            "except OSError: pass\n"
            "try: lint('a.png')\n"
            "except validator.ProfileError as error: print(error)\n"
        )
        assert self.said(code).strip() == "seedance-2.0: Too many open files"

    def test_without_a_thread_left_a_run_ends_with_an_exception_of_ours(self, small: Path) -> None:
        code = (
            'def refuse(thread): raise RuntimeError("can\'t start new thread")\n'
            "threading.Thread.start = refuse\n"
            "try: lint(sys.argv[1])\n"
            "except validator.OutOfResources as error: print(error)\n"
        )
        assert self.said(code, str(small)).strip() == "no thread could be started: can't start new thread"


class TestLint:
    def test_judges_in_order(self, good: Path, small: Path) -> None:
        report = lint([small, good, good.with_name("missing.png")])
        assert [result.verdict for result in report] == [Verdict.FAIL, Verdict.PASS, Verdict.FAIL]
        assert report.summary.assets == 3
        assert report.profile.name == "seedance-2.0"
        assert report.tool.version == validator.__version__

    def test_raises_for_errors_and_keeps_the_report(self, good: Path, small: Path) -> None:
        assert lint(good, NOBODY).raise_for_errors().summary.passed == 1
        report = lint([good, small], NOBODY)
        with pytest.raises(AssetsRejected, match="1 of 2 assets fail") as rejected:
            report.raise_for_errors()
        assert rejected.value.report is report

    def test_prints_nothing(self, small: Path, capfd: pytest.CaptureFixture[str]) -> None:
        lint([small, small.with_name("missing.mp4")])
        assert capfd.readouterr() == ("", "")

    def test_reads_no_configuration_by_itself(self, small: Path) -> None:
        (small.parent / "validator.toml").write_text('ignore = ["ALL"]\nselect = ["VID005"]')
        assert lint(Asset("small", str(small), role=Role.PRODUCT)).summary.failed == 1
        assert lint(small, validator.load_config(small.parent)).summary.failed == 0

    def test_plain_texts_do_as_choices(self, small: Path) -> None:
        loose: dict[str, Any] = {"limits": "observed", "severity": {"IMG003": "warning"}, "role": "product"}
        report = lint(small, Config(**loose))
        assert (report.summary.errors, report.summary.warnings) == (0, 2)

    def test_the_same_file_twice_is_judged_once(self, good: Path) -> None:
        (only,) = lint([good, good], NOBODY)
        assert not only.findings

    def test_urls_come_through_a_given_transport(self, good: Path) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/gone.png":
                return httpx.Response(404)
            return httpx.Response(200, content=good.read_bytes(), headers={"Content-Type": "image/png"})

        addresses = ["https://example.com/good.png", "https://example.com/gone.png"]
        fetched, gone = lint(addresses, NOBODY, transport=httpx.MockTransport(answer))
        assert fetched.verdict is Verdict.PASS
        # URL002 is a note: where the transport connects to was not looked at.
        assert [finding.code for finding in gone.findings] == ["URL002", "URL003"]

    def test_several_threads_at_once(self, good: Path, small: Path) -> None:
        def work(number: int) -> list[Verdict]:
            targets = [good, small] if number % 2 else [small, good]
            return [result.verdict for result in lint(targets, Config(workers=2, ignore=PEOPLE))]

        with ThreadPoolExecutor(8) as pool:
            verdicts = list(pool.map(work, range(16)))
        assert verdicts[0::2] == [[Verdict.FAIL, Verdict.PASS]] * 8
        assert verdicts[1::2] == [[Verdict.PASS, Verdict.FAIL]] * 8


class TestIterator:
    def test_gives_results_as_they_are_ready(self, good: Path, small: Path) -> None:
        with closing(lint_iter([good, small], Config(workers=1, ignore=PEOPLE))) as results:
            assert next(results).verdict is Verdict.PASS
            assert next(results).verdict is Verdict.FAIL
            assert list(results) == []

    def test_endless_targets_are_no_problem(self, good: Path) -> None:
        def endless() -> Iterator[Path]:
            yield good
            yield from (good.with_name(f"{number}.png") for number in itertools.count())

        with closing(lint_iter(endless(), Config(workers=2, ignore=PEOPLE))) as results:
            assert [next(results).verdict for _ in range(20)] == [Verdict.PASS, *[Verdict.FAIL] * 19]

    def test_nor_is_one_target_without_end(self, good: Path) -> None:
        with closing(lint_iter(itertools.repeat(good), Config(workers=2, ignore=PEOPLE))) as results:
            assert next(results).verdict is Verdict.PASS


class TestWhatIsNamed:
    def test_a_glob_without_a_match_is_a_finding(self, good: Path) -> None:
        nothing = str(good.with_name("nope*.png"))
        report = lint([good, nothing], Config(ignore=PEOPLE, role=Role.PORTRAIT))
        assert [result.verdict for result in report] == [Verdict.PASS, Verdict.FAIL]
        (finding,) = report.assets[1].findings
        assert (finding.code, finding.measured.value) == ("FIL001", "missing")
        assert "no media file matches this glob" in finding.message
        assert report.assets[1].target == nothing

    @pytest.mark.parametrize(
        ("target", "shown"),
        [
            ("https:/h.invalid/x?token=QZQ", "https:/h.invalid/x?…"),
            ("https:bob:QZQ@127.0.0.1/x", "https:127.0.0.1/x"),
            ("HTTP:/bob:QZQ@127.0.0.1/x.json", "HTTP:/127.0.0.1/x.json"),
        ],
    )
    def test_a_url_with_too_few_slashes_is_malformed_and_shown_without_secrets(
        self, target: str, shown: str
    ) -> None:
        report = lint(target, NOBODY)
        (finding,) = report.assets[0].findings
        assert finding.code == "URL001"
        assert "it does not begin with https://" in finding.message
        self.check_shown(report, target, shown)

    @pytest.mark.parametrize(
        ("target", "shown"),
        [
            ("//bob:QZQ@h.invalid/x?k=QZQ", "//h.invalid/x?…"),
            ("//bob:QZQ@h.invalid/x.png", "//h.invalid/x.png"),
            (" https://h.invalid/x.png#QZQ", " https://h.invalid/x.png#…"),
        ],
    )
    def test_a_file_that_looks_like_a_url_is_shown_without_secrets(self, target: str, shown: str) -> None:
        report = lint(target, NOBODY)
        assert [finding.code for finding in report.assets[0].findings] == ["FIL001"]
        self.check_shown(report, target, shown)

    def check_shown(self, report: Report, target: str, shown: str) -> None:
        (result,) = report
        assert (result.asset.target, result.asset.location) == (target, target)
        assert result.target == shown
        said = [render(report, "text"), render(report, "json"), repr(report), repr(result), str(result.facts)]
        assert not [text for text in said if "QZQ" in text]
        assert json.loads(render(report, "json"))["assets"][0]["target"] == shown
        assert shown in said[0]

    def test_the_target_of_a_result_holds_no_secret(self) -> None:
        url = "https://ada:QZQ@h.invalid/a.png?token=QZQ"
        report = lint([url, Asset(url, url, is_url=True, role=Role.PRODUCT)], NOBODY)
        assert [result.target for result in report] == ["https://h.invalid/a.png?…"] * 2
        assert [result.asset.location for result in report] == [url] * 2
        assert "QZQ" not in repr(report)

    @pytest.mark.parametrize("path", ["https:/h/a.png?QZQ", "http:bob:QZQ@h/a.png"])
    def test_a_list_takes_no_such_url_for_a_path(self, tmp_path: Path, path: str) -> None:
        listed = tmp_path / "list.json"
        listed.write_text(json.dumps([{"path": path}]))
        with pytest.raises(AssetListError, match=r'is no path \(did you mean "url"\?\)') as refused:
            lint(listed, NOBODY)
        assert "QZQ" not in str(refused.value)

    def test_a_list_that_is_called_like_a_url_is_refused_without_its_secrets(self) -> None:
        with pytest.raises(AssetListError, match=r"^//h/list\.json: there is no such list$"):
            lint("//bob:QZQ@h/list.json")

    def test_in_a_folder_that_is_gone_nothing_can_be_searched(self, good: Path) -> None:
        gone = good.with_name("gone")
        gone.mkdir()
        config = Config(ignore=PEOPLE, overrides=(validator.Override(files=("*.jpg",), ignore=("IMG",)),))
        with chdir(gone):
            gone.rmdir()
            try:
                with pytest.raises(validator.UsageError, match="The current folder cannot be used"):
                    lint(".", config)
                with pytest.raises(validator.ConfigError, match="the current folder cannot be used"):
                    validator.load_config(Path())
                report = lint([good, "a.png"], config)
            finally:
                gone.mkdir()
        assert [result.verdict for result in report] == [Verdict.PASS, Verdict.FAIL]


class TestAsync:
    def test_gives_the_same_report(self, good: Path, small: Path) -> None:
        report = asyncio.run(alint([good, small], NOBODY))
        same = lint([good, small], NOBODY)
        assert [result.verdict for result in report] == [result.verdict for result in same]

    def test_raises_what_lint_raises(self, tmp_path: Path) -> None:
        with pytest.raises(NoTargetsError):
            asyncio.run(alint(tmp_path))

    def test_the_loop_goes_on_meanwhile(self, good: Path) -> None:
        async def main() -> int:
            task, turns = asyncio.create_task(alint([good] * 5, NOBODY)), 0
            while not task.done():
                await asyncio.sleep(0)
                turns += 1
            return turns

        assert asyncio.run(main()) > 5

    @pytest.mark.parametrize("times", [1, 3])
    def test_cancelling_stops_the_work_and_waits_for_it(self, times: int) -> None:
        before = set(threading.enumerate())
        asked, release = threading.Event(), threading.Event()

        def never(request: httpx.Request) -> httpx.Response:
            asked.set()
            release.wait(10)
            return httpx.Response(404, request=request)

        async def main() -> None:
            addresses = [f"https://example.com/{number}.png" for number in range(50)]
            task = asyncio.create_task(alint(addresses, transport=httpx.MockTransport(never)))
            while not asked.is_set():
                await asyncio.sleep(0.005)
            for _ in range(times):
                task.cancel()
                await asyncio.sleep(0)
            threading.Timer(0.1, release.set).start()
            with pytest.raises(asyncio.CancelledError):
                await task
            names = [thread.name for thread in {*threading.enumerate()} - before]
            assert not [name for name in names if name.startswith("validator")]

        started = time.monotonic()
        asyncio.run(main())
        assert time.monotonic() - started < 8
