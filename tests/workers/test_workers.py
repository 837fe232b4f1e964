"""Workers: whatever a handler does, one call is lost and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from validator.errors import Cancelled
from validator.probe.decoders import Decoders
from validator.workers import WorkerError, Workers, can_send_files
from validator.workers.inbox import FILES_AT_MOST
from validator.workers.spawn import Spawned

pytestmark = pytest.mark.usefixtures("measured_processes")

HANDLERS = "tests.workers.handlers"
OBEY = f"{HANDLERS}:obey"
LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="counts in /proc, or needs a limit that only Linux keeps"
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Workers]:
    """Most tests do not mind which worker they get."""
    with Workers(OBEY, limit=1) as workers:
        yield workers


def failure(workers: Workers, request: bytes) -> tuple[str, str]:
    with pytest.raises(WorkerError) as caught:
        workers.call(request)
    return caught.value.kind, caught.value.reason


def from_the(count: int) -> Callable[[], bool]:
    """A `cancelled` that is true when it is asked for the so-manyth time."""
    asked = iter(range(1, count))
    return lambda: next(asked, None) is None


def children() -> set[str]:
    found: set[str] = set()
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the thread has just ended
            found |= {*(thread / "children").read_text().split()}
    return found


def left() -> tuple[set[str], int, int]:
    """Child processes, threads, descriptors."""
    return children(), threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


class TestAnswers:
    def test_a_request_of_several_parts_is_answered(self) -> None:
        picture = memoryview(bytes(6_000_000))
        with Workers(f"{HANDLERS}:length", b"bytes: ", limit=1) as workers:
            assert workers.call(b"header", picture.cast("B", (1000, 2000, 3)), b"") == b"bytes: 6000006"
            assert workers.call() == b"bytes: 0"

    def test_a_large_answer_comes_back(self, shared: Workers) -> None:
        assert shared.call(b"many:6000000") == bytes(6_000_000)

    @pytest.mark.skipif(not can_send_files(), reason="this system hands over no open files")
    def test_open_files_go_along_and_are_closed_there(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("content")
        with Workers(f"{HANDLERS}:reading", limit=1) as workers, path.open("rb") as file:
            path.unlink()  # what is handed over is the open file, not its name
            answers = [json.loads(workers.call(b"", files=(file.fileno(),))) for _ in range(3)]
            several = json.loads(workers.call(b"?" * 3_000_000, files=(file.fileno(),) * FILES_AT_MOST))
        assert {tuple(answer) for answer in answers} == {(answers[0][0], "content")}
        assert several[1:] == ["content"] * FILES_AT_MOST

    @pytest.mark.skipif(not can_send_files(), reason="this system hands over no open files")
    def test_a_time_limit_of_the_caller_for_all_sockets_is_none_of_ours(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("content")
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(9)
        try:
            with Workers(f"{HANDLERS}:reading", limit=1, seconds=9) as workers, path.open("rb") as file:
                for _ in range(2):
                    assert json.loads(workers.call(files=(file.fileno(),)))[1:] == ["content"]
                    time.sleep(0.2)  # until it waits for what comes next
                large = b"?" * 9_000_000  # more than the socket takes at once
                assert json.loads(workers.call(large, files=(file.fileno(),)))[1:] == ["content"]
        finally:
            socket.setdefaulttimeout(before)

    @pytest.mark.skipif(os.name != "posix", reason="no such limit")
    def test_what_a_worker_writes_is_limited(self, tmp_path: Path) -> None:
        name = os.fsencode(tmp_path / "file")
        with Workers(f"{HANDLERS}:writing", name, limit=1) as workers:
            assert workers.call(b"1000000") == b"written"
            with pytest.raises(WorkerError, match="File too large"):
                workers.call(b"70000000")

    def test_a_process_is_used_again(self, shared: Workers) -> None:
        assert shared.call(b"pid:") == shared.call(b"pid:")

    def test_a_process_is_replaced_after_so_many_calls(self) -> None:
        with Workers(OBEY, limit=1, calls_per_process=2) as workers:
            first, second, third = (workers.call(b"pid:") for _ in range(3))
        assert first == second != third

    def test_as_many_work_side_by_side_as_the_limit_says(self, tmp_path: Path) -> None:
        request = f"meet:{tmp_path}".encode()
        with Workers(OBEY, limit=2) as workers, ThreadPoolExecutor(6) as threads:
            processes = set(threads.map(workers.call, [request] * 30))
        assert len(processes) == 2

    def test_it_serves_asyncio(self, shared: Workers) -> None:
        async def several() -> list[bytes]:
            return await asyncio.gather(*(asyncio.to_thread(shared.call, b"pid:") for _ in range(3)))

        assert len(set(asyncio.run(several()))) == 1

    def test_words_of_the_handler_are_not_heard(
        self, shared: Workers, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert shared.call(b"chatter:") == b"heard "
        assert capfd.readouterr() == ("", "")

    @pytest.mark.skipif(os.name != "posix", reason="no such signals between processes")
    @pytest.mark.parametrize("name", ["SIGINT", "SIGHUP", "SIGTERM"])
    def test_what_stops_a_program_is_not_for_workers(self, name: str, shared: Workers) -> None:
        process = shared.call(b"pid:")
        os.kill(int(process), getattr(signal, name))
        assert shared.call(b"pid:") == process


class TestFailures:
    @pytest.mark.parametrize(
        ("request_", "kind", "reason"),
        [
            (b"crash:SIGSEGV", "ended", "was ended by SIGSEGV"),
            (b"crash:SIGABRT", "ended", "was ended by SIGABRT"),
            (b"crash:SIGKILL", "ended", "was ended by SIGKILL"),
            (b"leave:0", "ended", "ended with exit code 0 and without an answer"),
            (b"leave:7", "ended", "ended with exit code 7 and without an answer"),
            (b"leave_politely:", "raised", "SystemExit: 3"),
            (b"fail:two  words\n", "raised", "ValueError: two words"),
            (b"fail:", "raised", "ValueError"),
            (b"fail_without_words:", "raised", "SpeechlessError"),
            (b"no such order", "raised", "KeyError: 'no such order'"),
            (b"wrong_type:", "raised", "TypeError: memoryview: a bytes-like object is required, not 'int'"),
            (b"say:nothing of that kind", "answer", "gave no proper answer: it is of an unknown kind"),
            (b"say:half a header", "answer", "gave no proper answer: the pipe ended within a header"),
            (b"say:half a frame", "answer", "gave no proper answer: the pipe ended within a frame"),
            (b"say:endless", "answer", "gave no proper answer: the answer is longer than 268435456 bytes"),
        ],
    )
    def test_the_reason_is_told_and_the_next_call_gets_a_new_worker(
        self, shared: Workers, request_: bytes, kind: str, reason: str
    ) -> None:
        before = shared.call(b"pid:")
        assert failure(shared, request_) == (kind, reason)
        assert shared.call(b"pid:") != before

    @LINUX
    def test_a_signal_without_a_name(self, shared: Workers) -> None:
        number = signal.SIGRTMIN + 1
        assert failure(shared, b"crash_in_real_time:") == ("ended", f"was ended by signal {number}")

    def test_one_that_hangs_is_stopped(self) -> None:
        with Workers(OBEY, limit=1, seconds=0.2) as workers:
            before = workers.call(b"pid:")
            assert failure(workers, b"hang:") == ("time", "took more than 0.2 s and was stopped")
            assert workers.call(b"pid:") != before

    def test_time_during_which_the_program_was_suspended_does_not_count(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looks = iter(range(0, 1_000_000, 1000))
        with Workers(OBEY, limit=1) as workers:
            workers.call(b"pid:")
            monkeypatch.setattr("validator.workers.process.time.monotonic", lambda: next(looks))
            assert workers.call(b"nap:0.2") == b"slept"
            assert next(looks) > 1000  # it was looked at

    def test_one_that_does_not_listen_is_stopped(self) -> None:
        with Workers(OBEY, limit=1, seconds=0.5) as workers:
            os.kill(int(workers.call(b"pid:")), signal.SIGSTOP)
            with pytest.raises(WorkerError, match="took more than"):
                workers.call(bytes(4_000_000))
            assert workers.call(b"pid:")

    def test_one_that_hangs_up_and_lives_on_is_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with Workers(OBEY, limit=1) as workers:
            workers.call(b"pid:")
            with monkeypatch.context() as patch:
                patch.setattr("validator.workers.process._LAST_WAIT", 0.1)
                assert failure(workers, b"deaf:") == ("ended", "hung up without an answer")
            assert workers.call(b"pid:")

    def test_only_that_call_is_lost(self, tmp_path: Path) -> None:
        with Workers(OBEY, limit=2) as workers, ThreadPoolExecutor(2) as threads:
            meeting = threads.submit(workers.call, f"meet:{tmp_path}".encode())
            assert failure(workers, b"crash:SIGSEGV")[0] == "ended"
            (tmp_path / "somebody else").touch()
            assert meeting.result()

    def test_a_request_that_cannot_be_sent(self, shared: Workers) -> None:
        with pytest.raises(TypeError):
            shared.call(memoryview(b"every other")[::2])
        assert shared.call(b"pid:")

    @pytest.mark.skipif(not can_send_files(), reason="this system hands over no open files")
    def test_a_file_that_cannot_be_sent_is_not_waited_for(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("content")
        with Workers(f"{HANDLERS}:reading", limit=1) as workers, path.open("rb") as file:
            with pytest.raises(WorkerError, match=r"could not be asked: .*Bad file descriptor") as caught:
                workers.call(files=(-1,))
            assert caught.value.kind == "answer"
            assert json.loads(workers.call(files=(file.fileno(),)))[1:] == ["content"]

    def test_an_idle_worker_that_ended_costs_no_call(self, shared: Workers) -> None:
        process = int(shared.call(b"pid:"))
        os.kill(process, signal.SIGKILL)
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        assert int(shared.call(b"pid:")) != process

    @LINUX
    def test_memory_is_limited(self) -> None:
        with Workers(OBEY, limit=1, memory=1 << 30) as workers:
            assert failure(workers, b"eat:2000000000") == ("memory", "ran out of memory")
            assert workers.call(b"eat:1000000") == b"1000000"

    @LINUX
    def test_a_request_that_does_not_fit_into_memory(self) -> None:
        part = bytes(32_000_000)
        with Workers(OBEY, limit=1, memory=1 << 29) as workers:
            with pytest.raises(WorkerError, match="ran out of memory"):
                workers.call(*[part] * 20)
            assert workers.call(b"pid:")

    def test_answers_are_limited(self) -> None:
        with Workers(OBEY, limit=1, answer_limit=1000) as workers:
            assert len(workers.call(b"many:1000")) == 1000
            kind, reason = failure(workers, b"many:1001")
            assert (kind, reason) == ("answer", "gave no proper answer: the answer is longer than 1000 bytes")


class TestStart:
    @pytest.mark.parametrize(
        ("handler", "reason"),
        [
            ("validator.nowhere:handler", "ModuleNotFoundError: No module named 'validator.nowhere'"),
            (f"{HANDLERS}:nothing", f"AttributeError: module '{HANDLERS}' has no attribute 'nothing'"),
        ],
    )
    def test_a_handler_that_does_not_exist(self, handler: str, reason: str) -> None:
        with Workers(handler, limit=1) as workers:
            assert failure(workers, b"") == ("start", reason)

    def test_what_fails_to_start_is_not_tried_again(self, tmp_path: Path) -> None:
        log = tmp_path / "starts"
        with Workers(f"{HANDLERS}:no_library", os.fsencode(log), limit=1) as workers:
            for _ in range(5):
                kind, reason = failure(workers, b"")
                assert kind == "start"
                assert reason.startswith("OSError: libEGL.so.1: cannot open shared object file")
        assert log.read_text() == "start\n"

    def test_what_did_start_before_is_tried_again_a_few_times(self, tmp_path: Path) -> None:
        log = tmp_path / "starts"
        with Workers(f"{HANDLERS}:while_absent", os.fsencode(log), limit=1) as workers:
            failure(workers, b"leave:0")
            log.touch()
            assert [failure(workers, b"")[0] for _ in range(2)] == ["start"] * 2
            log.unlink()
            assert failure(workers, b"leave:0")[0] == "ended"
            log.touch()
            assert [failure(workers, b"")[0] for _ in range(6)] == ["start"] * 6
        assert log.read_text() == "start\n" * 3

    def test_one_that_hangs(self) -> None:
        with Workers(f"{HANDLERS}:hang_at_start", limit=1, start_seconds=0.5) as workers:
            assert failure(workers, b"") == ("start", "did not start within 0.5 s")

    @pytest.mark.parametrize(
        ("executable", "reason"),
        [
            ("", "no Python program is known to this one (sys.executable is empty)"),
            ("/nowhere/python", "no process could be started: [Errno 2] No such file or directory"),
        ],
    )
    def test_no_interpreter(self, executable: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", executable)
        monkeypatch.setattr(sys, "prefix", "/nowhere")
        with Workers(OBEY, limit=1) as workers:
            kind, told = failure(workers, b"")
        assert kind == "start"
        assert told.startswith(reason)

    @pytest.mark.parametrize("executable", ["", "/bin/true"])
    def test_a_server_that_embeds_python(self, executable: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", executable)
        with Workers(f"{HANDLERS}:length", b"bytes: ", limit=1) as workers:
            assert workers.call(b"ab") == b"bytes: 2"

    def test_something_else_than_an_interpreter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/bin/true")
        monkeypatch.setattr(sys, "prefix", "/nowhere")
        with Workers(OBEY, limit=1) as workers:
            assert failure(workers, b"") == ("start", "ended with exit code 0 and without an answer")

    @LINUX
    def test_no_thread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        before = left()
        with Workers(OBEY, limit=1) as workers:
            monkeypatch.setattr(threading.Thread, "start", fail)
            assert failure(workers, b"") == ("start", "no thread could be started: can't start new thread")
        assert left() == before

    def test_cancelled(self) -> None:
        with Workers(f"{HANDLERS}:hang_at_start", limit=1) as workers:
            for _ in range(2):  # and it is not remembered as a failure
                with pytest.raises(Cancelled):
                    workers.call(b"", cancelled=from_the(2))


class TestSpawned:
    """A process that was started before anybody knew what for."""

    @LINUX
    def test_it_becomes_the_first_worker_and_the_next_one_is_another(self) -> None:
        before = left()
        spawned = Spawned()
        (number,) = children() - before[0]
        with Workers(OBEY, limit=1, calls_per_process=1, spawned=spawned) as workers:
            spawned.end()  # by whoever had it before, who changed his mind
            assert workers.call(b"pid:").decode() != number
        spawned = Spawned()
        (number,) = children() - before[0]
        with Workers(OBEY, limit=1, calls_per_process=1, spawned=spawned) as workers:
            assert workers.call(b"pid:").decode() == number
            spawned.end()  # it is not theirs any more
            assert workers.call(b"pid:").decode() != number
        assert left() == before

    def test_it_imports_ahead_what_there_is(self) -> None:
        ahead = ["no.such.module", "colorsys"]
        with Workers(f"{HANDLERS}:imported", limit=1, spawned=Spawned(ahead)) as workers:
            assert workers.call(b"colorsys") == b"True"
        with Workers(f"{HANDLERS}:imported", limit=1) as workers:
            assert workers.call(b"colorsys") == b"False"

    @LINUX
    def test_one_that_ended_meanwhile_costs_no_call(self) -> None:
        before = left()
        spawned = Spawned()
        (number,) = children() - before[0]
        os.kill(int(number), signal.SIGKILL)
        os.waitid(os.P_PID, int(number), os.WEXITED | os.WNOWAIT)
        with Workers(OBEY, limit=1, spawned=spawned) as workers:
            assert workers.call(b"pid:")
        assert left() == before

    @LINUX
    def test_one_that_nobody_needed_is_ended(self) -> None:
        before = left()
        Workers(OBEY, limit=1, spawned=Spawned()).close()
        Decoders(spawned=Spawned()).close()
        spawned = Spawned()
        spawned.end()
        spawned.end()
        assert left() == before


class TestCancelling:
    def test_before(self, shared: Workers) -> None:
        with pytest.raises(Cancelled):
            shared.call(b"pid:", cancelled=from_the(1))

    def test_while_busy(self, shared: Workers) -> None:
        before = shared.call(b"pid:")
        with pytest.raises(Cancelled):
            shared.call(b"hang:", cancelled=from_the(2))
        assert shared.call(b"pid:") != before

    def test_while_waiting_for_a_worker(self) -> None:
        busy, enough = threading.Event(), threading.Event()

        def watched() -> bool:
            busy.set()
            return enough.is_set()

        with Workers(OBEY, limit=1) as workers, ThreadPoolExecutor(1) as threads:
            workers.call(b"pid:")
            first = threads.submit(workers.call, b"hang:", cancelled=watched)
            busy.wait()
            with pytest.raises(Cancelled):
                workers.call(b"pid:", cancelled=from_the(3))
            enough.set()
            with pytest.raises(Cancelled):
                first.result()

    def test_no_longer_than_the_caller_has_patience(self) -> None:
        busy, enough = threading.Event(), threading.Event()

        def watched() -> bool:
            busy.set()
            return enough.is_set()

        with Workers(OBEY, limit=1) as workers, ThreadPoolExecutor(1) as threads:
            assert workers.call(b"pid:", patience=0), "a start is no waiting for others"
            first = threads.submit(workers.call, b"hang:", cancelled=watched)
            busy.wait()
            with pytest.raises(WorkerError) as caught:
                workers.call(b"pid:", patience=0.01)
            assert caught.value.kind == "busy"
            enough.set()
            with pytest.raises(Cancelled):
                first.result()
            assert workers.call(b"pid:", patience=0), "the place is free again"

    def test_an_error_in_the_question_itself(self, shared: Workers) -> None:
        def broken() -> bool:
            return bool(1 / next(numbers))

        numbers = iter((float("inf"), 0))
        with pytest.raises(ZeroDivisionError):
            shared.call(b"hang:", cancelled=broken)
        assert shared.call(b"pid:")


class TestClosing:
    @LINUX
    def test_nothing_is_left(self) -> None:
        before = left()
        with Workers(OBEY, limit=3, seconds=0.3) as workers, ThreadPoolExecutor(3) as threads:
            orders = [b"pid:", b"hang:", b"crash:SIGSEGV", b"fail:", b"pid:", b"leave:1", b"say:endless"]
            for future in [threads.submit(workers.call, order) for order in orders]:
                future.exception()
            workers.call(b"pid:")
            assert left() != before
        assert left() == before

    @LINUX
    def test_calls_under_way_end(self) -> None:
        before = left()
        with ThreadPoolExecutor(4) as threads:
            workers = Workers(OBEY, limit=2)
            flying = [threading.Event() for _ in range(4)]

            def watched(event: threading.Event) -> Callable[[], bool]:
                def asked() -> bool:
                    event.set()
                    return False

                return asked

            calls = [threads.submit(workers.call, b"hang:", cancelled=watched(event)) for event in flying]
            for event in flying:
                event.wait()
            workers.close()
            assert {type(call.exception()) for call in calls} == {Cancelled}
        assert left() == before

    def test_a_call_that_is_answered_while_closing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        workers = Workers(OBEY, limit=1)
        monkeypatch.setattr(workers, "_or_closed", lambda cancelled: cancelled)
        monkeypatch.setattr("validator.workers.pool._CLOSING_AT_MOST", 0.0)
        workers.call(b"pid:")

        def closing() -> bool:
            if not workers._closed:  # noqa: SLF001 - at exactly this moment
                workers._closed = True  # noqa: SLF001
            return False

        assert workers.call(b"pid:", cancelled=closing)
        assert not workers._all  # noqa: SLF001

    def test_after(self) -> None:
        workers = Workers(OBEY, limit=1)
        workers.call(b"pid:")
        workers.close()
        workers.close()
        with pytest.raises(Cancelled):
            workers.call(b"pid:")

    @LINUX
    def test_forgotten_ones_are_closed(self) -> None:
        before = left()
        workers = Workers(OBEY, limit=1)
        workers.call(b"pid:")
        del workers
        gc.collect()
        assert left() == before
