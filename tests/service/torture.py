"""Uploads many files while the service fails and the command is killed, again and again, and then counts.

    python -m tests.service.torture [--assets N] [--kills N] [--seed N] [--unpublish] [--folder F]

Each run is the real `validator upload`, which meets a fault at every tenth call, and SIGKILL: at a random
moment, behind a step of its journal, behind a call that the service saw, while the service does not give the
answer to a create that it has done, or before it does what it was asked. In the end the same command runs to
its end. Whatever is then not exactly one Active asset for each file is said, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from fixtures.bits import PNG_SIGNATURE, flat_png, png_chunk, triangle8, wav
from tests.cli.process import unmeasured
from tests.service.fixture import ServiceAccount, running_service
from tests.upload import store_server

FAULTS = (
    "lose-answer",
    "429",
    "500",
    "unreadable",
    "502-vendor",
    "drop",
    "200-error",
    "500-after",
    "hang",
    "503",
    "truncate",
    "504-after",
    "hang-after",
)
_SETS = 10
_LATE_STEPS = ("waiting", "active", "removing")
_LONGEST_RUN = 90.0  # seconds; a run that takes longer is taken for one that hangs
_LONGEST_WATCH = 2.0  # seconds for the moment of a kill to come, and these for each asset that is asked for
_LONGEST_WATCH_EACH = 0.04
_MOST_LAST_RUNS = 30
_LOOK_AGAIN = 0.004  # seconds
_SETTINGS = {"list_lag": 0.3, "create_seconds": 0.05, "processing_seconds": 0.1}


@dataclass(frozen=True, kw_only=True)
class Ordeal:
    """What is done to how many files. The same seed chooses the same moments, whatever is met there."""

    assets: int = 200
    kills: int = 100
    seed: int = 1
    faults_every: int = 10
    bucket: bool = True
    """Whether files also get their address by a bucket, as it comes."""
    unpublish: bool = False
    """Whether they get it by a bucket alone, in which nothing may be left."""


@dataclass
class Count:
    """What happened. `wrong`: whatever is not as it must be."""

    kills: int = 0
    runs: int = 0
    creates: int = 0
    create_calls: int = 0
    assets: int = 0
    seconds: float = 0.0
    killed_behind: Counter[str] = field(default_factory=Counter)
    killed_by: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    exit_codes: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"kills {self.kills}, runs {self.runs}, seconds {self.seconds:.0f}"
        yield f"calls of create {self.create_calls}, creates {self.creates}, assets {self.assets}"
        for title, counter in (
            ("killed behind", self.killed_behind),
            ("killed at", self.killed_by),
            ("faults", self.faults),
            ("exit codes", self.exit_codes),
        ):
            counted = ", ".join(f"{name} {count}" for name, count in counter.most_common())
            yield f"{title}: {counted or 'none'}"
        yield from (f"WRONG: {each}" for each in self.wrong)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was counted; 0 if nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.service.torture", description=__doc__)
    parser.add_argument("--assets", type=int, default=200)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unpublish", action="store_true", help="by a bucket alone, which is left empty")
    parser.add_argument("--folder", type=Path, help="keeps what the runs wrote, and their journal")
    said = parser.parse_args(arguments)
    ordeal = Ordeal(assets=said.assets, kills=said.kills, seed=said.seed, unpublish=said.unpublish)
    with tempfile.TemporaryDirectory() as temporary:
        folder = said.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        count = torture(folder, ordeal, say=lambda line: sys.stderr.write(f"{line}\n"))
    sys.stdout.write("".join(f"{line}\n" for line in count.lines()))
    return bool(count.wrong)


def torture(folder: Path, ordeal: Ordeal, say: Callable[[str], object] = lambda _: None) -> Count:
    """Do all of it below a folder, in which there is nothing yet."""
    started = time.monotonic()
    with running_service() as service, _bucket(ordeal) as bucket:
        account = service.account(quota=ordeal.assets, **_SETTINGS)
        count = _Chamber(folder, ordeal, account, bucket, say).work()
    count.seconds = time.monotonic() - started
    return count


@dataclass(frozen=True)
class _Bucket:
    """Where files are put: what leads there, its address, and what it holds."""

    environ: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    held: Callable[[], Sequence[str]] = tuple


@contextmanager
def _bucket(ordeal: Ordeal) -> Iterator[_Bucket]:
    if not ordeal.bucket:
        yield _Bucket()
        return
    with store_server.running() as server:
        name = server.make_bucket()
        yield _Bucket(server.environ(), f"s3://{name}/assets", lambda: server.keys(name))


class _Chamber:
    """One folder of files, one account, one command that is started again and again."""

    def __init__(
        self,
        folder: Path,
        ordeal: Ordeal,
        account: ServiceAccount,
        bucket: _Bucket,
        say: Callable[[str], object],
    ) -> None:
        self._folder, self._ordeal, self._account = folder, ordeal, account
        self._bucket, self._say = bucket, say
        self._environ = {**unmeasured(), **bucket.environ, "ORCAROUTER_API_KEY": account.key}
        self._chance = random.Random(ordeal.seed)  # noqa: S311 - moments, no secrets
        self._count = Count()
        self._warm = 1.0  # seconds until a run calls the service, as last seen
        self._hashes = _make_files(folder / "media", ordeal.assets)
        self._log = folder / "runs.log"
        self._steps = _Steps(folder / "uploads.sqlite3")
        self._served = account.serve(folder)
        (folder / "validator.toml").write_text(
            f"""ignore = ["POR", "GRP"]
allow-private-hosts = true
workers = 2

[service]
base-url = "{account.base_url}"

[upload]
quota = {ordeal.assets}
list-lag = 2
wait-timeout = 60
journal = "uploads.sqlite3"
"""
        )

    def work(self) -> Count:
        count, kills = self._count, self._ordeal.kills
        every = self._ordeal.faults_every
        self._account.fail(FAULTS, nth=every, every=True, seconds=1.0, message="Try again.")
        while count.kills < kills and count.runs < 3 * kills:
            self._release()
            with self._key_expired(if_=self._chance.random() < 0.03):
                self._run_and_kill()
        self._account.configure(stuck=[])
        for _ in range(_MOST_LAST_RUNS):
            if self._run_to_its_end() == 0:
                break
        else:
            count.wrong.append(f"no run of the last {_MOST_LAST_RUNS} ends with 0")
        self._verify()
        return count

    def _release(self) -> None:
        """Let some sets settle as kills go on, so that there is something to wait for to the last."""
        done = self._count.kills / self._ordeal.kills
        stuck = [f"set{number}-" for number in range(_SETS) if (number + 0.5) / _SETS > done]
        self._account.configure(stuck=stuck)

    @contextmanager
    def _key_expired(self, *, if_: bool) -> Iterator[None]:
        if if_:
            self._account.configure(key_expired=True)
        yield
        if if_:
            self._account.configure(key_expired=False)

    def _command(self) -> list[str]:
        if self._count.runs and self._chance.random() < 0.1:
            return ["upload", "--resume"]
        command = ["upload", "media", "--new-group", "Torture"]
        if self._ordeal.unpublish:
            return [*command, "--publish", self._bucket.address, "--unpublish"]
        if self._bucket.address and self._chance.random() < 0.5:
            return [*command, "--publish", self._bucket.address]
        return [*command, "--public-url", self._served]

    @contextmanager
    def _running(self, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        """The command in a process group of its own, of which nothing may stay."""
        self._count.runs += 1
        with self._log.open("ab") as log:
            log.write(f"\n$ validator {' '.join(command)}\n".encode())
            log.flush()
            whole = [sys.executable, "-m", "validator", *command]
            process = subprocess.Popen(
                whole,
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                with process:
                    yield process
            finally:
                if process.poll() is None:
                    process.kill()
        self._count.wrong += [f"process {each} outlives its command" for each in _left(process.pid)]

    def _run_to_its_end(self) -> int:
        self._say(f"last runs: {len(self._account.assets())} assets")
        with self._running(self._command()) as process:
            try:
                code = process.wait(_LONGEST_RUN)
            except subprocess.TimeoutExpired:
                process.kill()
                self._count.wrong.append(f"a run takes longer than {_LONGEST_RUN:.0f} s")
                code = process.wait()
        self._count.exit_codes[code] += 1
        return code

    def _run_and_kill(self) -> None:
        before, calls = self._steps.last(), self._calls()
        started = time.monotonic()
        with self._running(self._command()) as process:
            moment, come = self._moment(before, calls, started)
            watched_until = (
                started + 2 * self._warm + _LONGEST_WATCH + _LONGEST_WATCH_EACH * self._steps.made()
            )
            warm = False
            while process.poll() is None and time.monotonic() < watched_until and not come():
                if not warm and self._steps.last() != before:
                    warm, self._warm = True, max(time.monotonic() - started, 0.7 * self._warm)
                if self._too_far():
                    moment = "enough for one run"
                    break
                time.sleep(_LOOK_AGAIN)
            time.sleep(self._chance.choice((0.0, 0.0, 0.003, 0.03)))
            process.send_signal(signal.SIGKILL)
            code = process.wait()
        if code != -signal.SIGKILL:
            self._count.exit_codes[code] += 1
            return
        self._count.kills += 1
        self._count.killed_by[moment] += 1
        behind = self._behind(before, calls)
        self._count.killed_behind[behind] += 1
        self._say(
            f"kill {self._count.kills} of {self._ordeal.kills} at {time.monotonic() - started:.1f} s: "
            f"{moment}, behind {behind}; assets: {self._account.state()['creates']}"
        )

    def _behind(self, step: int, calls: Mapping[str, int]) -> str:
        """What a run did last: its last step, else its last call, else what comes before these."""
        taken = self._steps.name_of_last(step)
        if not taken and calls != (state := self._account.state())["calls"]:
            taken = f"call {state['last_call']}"
        return taken or "start or lint"

    def _calls(self) -> Mapping[str, int]:
        found: dict[str, int] = self._account.state()["calls"]
        return found

    def _too_far(self) -> bool:
        """Whether this run has made so many assets that too few would be left for those that follow."""
        due = self._ordeal.assets * (self._count.kills + 1) / (0.7 * self._ordeal.kills)
        return self._steps.made() > due + 3

    def _moment(
        self, before: int, calls: Mapping[str, int], started: float
    ) -> tuple[str, Callable[[], bool]]:
        """What this run is killed at: its name, and whether it has come."""
        all_made = self._steps.made() >= self._ordeal.assets
        weights = (4, 4, 3, 0, 0) if all_made else (4, 4, 3, 2, 2)
        kind = self._chance.choices(("time", "step", "call", "unanswered", "late"), weights)[0]
        if kind == "time":
            until = started + self._chance.uniform(0, 1.4) * self._warm
            return "any time", lambda: time.monotonic() > until
        if kind == "step":
            steps = ("judged", "publishing", "published", "creating", "created", *_LATE_STEPS)
            step = self._chance.choice(
                _LATE_STEPS[: 3 if self._ordeal.unpublish else 2] if all_made else steps
            )
            times = self._chance.randint(1, 4)
            return f"step {step}", lambda: self._steps.taken(step, before) >= times
        if kind == "call":
            operations = ("list-groups", "list-assets", "get-asset", "create-asset")
            operation = self._chance.choice(operations[:3] if all_made else operations)
            phase = self._chance.choice(("arrived", "worked"))
            more = self._chance.randint(1, 2 if operation.startswith("list") else 5)
            wanted = calls.get(operation, 0) + more
            return f"call {operation}", lambda: self._seen(wanted, operation, phase)
        operation = "create-group" if self._count.runs <= 1 else "create-asset"
        # Done, but not answered while the client lives; or done some time after it was killed.
        fault, seconds, seen = (
            ("delay-after", 1.0, "faults_worked") if kind == "unanswered" else ("delay", 1.2, "faults")
        )
        self._account.fail(fault, operation, nth=self._chance.randint(1, 3), seconds=seconds)
        slow = self._met(seen, fault)
        return f"{kind} {operation}", lambda: self._met(seen, fault) > slow

    def _seen(self, count: int, operation: str, phase: str) -> bool:
        return self._account.wait_for_calls(count, operation, phase=phase, wait=0.02) >= count

    def _met(self, seen: str, fault: str) -> int:
        return int(self._account.state()[seen].get(fault, 0))

    def _verify(self) -> None:
        state = self._account.state()
        count, wrong = self._count, self._count.wrong
        kept = [asset for asset in state["assets"] if not asset["Deleted"]]
        count.creates, count.assets = state["creates"], len(kept)
        count.create_calls = state["calls"].get("create-asset", 0)
        count.faults = Counter(state["faults"])
        copies = Counter(asset["Sha256"] for asset in kept)
        wrong += [f"{hash_} is lost" for hash_ in self._hashes - copies.keys()]
        wrong += [f"{hash_} is there {times} times" for hash_, times in copies.items() if times > 1]
        wrong += [f"{asset['Id']} is {asset['Status']}" for asset in kept if asset["Status"] != "Active"]
        if count.creates != len(self._hashes):
            wrong.append(f"{count.creates} creates for {len(self._hashes)} files")
        groups = [group for group in state["groups"] if not group["Deleted"]]
        if len(groups) != 1:
            wrong.append(f"there are {len(groups)} groups")
        self._account.heal()
        calls = state["calls"].get("create-asset", 0)
        if self._run_to_its_end() != 0 or self._calls().get("create-asset", 0) != calls:
            wrong.append("a run when all is done does something")
        if self._ordeal.unpublish:
            wrong += [f"{key} is left in the bucket" for key in self._bucket.held()]
        self._look_at_what_was_written()

    def _look_at_what_was_written(self) -> None:
        never = {
            self._account.key.encode(): "the key",
            b"X-Amz-Signature=": "a signature",
            b"Traceback (most": "a traceback",
            b"above the maximum": "a refusal for want of room, where there is room for all",
        }
        for path in self._folder.glob("*.*"):
            data = path.read_bytes()
            self._count.wrong += [
                f"{path.name} holds {what}" for words, what in never.items() if words in data
            ]


class _Steps:
    """What the journal says, read from outside while others write it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _asked(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with suppress(sqlite3.OperationalError):  # there is none yet
            connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)
            try:
                return connection.execute(question, values).fetchall()
            finally:
                connection.close()
        return []

    def last(self) -> int:
        found = self._asked("SELECT max(number) FROM steps")
        return int(found[0][0] or 0) if found else 0

    def taken(self, step: str, since: int) -> int:
        found = self._asked("SELECT count(*) FROM steps WHERE number > ? AND step = ?", since, step)
        return int(found[0][0]) if found else 0

    def made(self) -> int:
        found = self._asked("SELECT count(DISTINCT asset) FROM steps WHERE step IN ('created', 'found')")
        return int(found[0][0]) if found else 0

    def name_of_last(self, since: int) -> str:
        found = self._asked("SELECT step FROM steps WHERE number > ? ORDER BY number DESC LIMIT 1", since)
        return str(found[0][0]) if found else ""


def _make_files(folder: Path, count: int) -> set[str]:
    """Files that pass, of which no two are alike; their hashes."""
    picture = flat_png(320, 400)
    sound = wav(triangle8(17_600), 8_000, bits=8)
    hashes = set()
    for number in range(count):
        mark = struct.pack(">I", number)
        if number % 10 == 9:
            data, suffix = sound[:-4] + mark, "wav"
        else:
            chunk = png_chunk(b"tEXt", b"Comment\0" + zlib.crc32(mark).to_bytes(4).hex().encode())
            data, suffix = picture[:33] + chunk + picture[33:], "png"
            assert data.startswith(PNG_SIGNATURE)
        path = folder / f"part {number % 3}" / f"set{number * _SETS // count}-ada {number:03}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        hashes.add(sha256(data).hexdigest())
    assert len(hashes) == count
    return hashes


def _left(group: int) -> list[int]:
    """Processes of a group, once they had time to end by themselves."""
    until = time.monotonic() + 5
    while (found := list(_members(group))) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def _members(group: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if fields[0] != "Z" and int(fields[2]) == group:
                yield int(path.parent.name)


if __name__ == "__main__":
    sys.exit(main())
