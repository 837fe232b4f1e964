"""Fuzzing by hand, with the extra `fuzz` (atheris): `python -m tests.hostile.fuzz image --seconds 900`.

The targets are those of `fuzz_targets`; each begins with the inputs of `fuzz_seeds` and those of
`corpus/<target>`. Coverage of this package and of the parsers written in Python guides the way; media are
also changed box by box (`mutators`). Inputs that reach something new are kept in `--corpus`, which a later
run begins with; inputs that break a promise are kept in `--findings`, one for each place where it broke, and
the run goes on. One that crashes or hangs a decoder ends the process: it is kept too, and another is started.

    python -m tests.hostile.fuzz video --seconds 900 --corpus /tmp/video --findings /tmp/found
    python -m tests.hostile.fuzz video --try /tmp/found/*

The exit code is 1 where anything was found. What was mended belongs into `corpus/<target>`, at less than
10 kB, and is tried by every ordinary test run from then on.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_INSTRUMENTED = ("validator", "PIL", "mutagen", "tomllib", "pillow_heif")
_NOISE = re.compile(  # what libFuzzer says of each new input, and libtiff of each damaged one
    r"#\d+\t(NEW|REDUCE|RELOAD)|INFO: Instrumenting|"
    r"_?(TIFF|Fax|LZW|ZIP|JPEG|Predictor|PackBits|OJPEG|Setup)\w*:"
)
_ONE_INPUT = 25  # seconds on the wall until an input counts as hanging
_MEMORY = 4096  # MB
_LONGEST = 32_768  # bytes of an input


def main(arguments: list[str] | None = None) -> int:
    """Fuzz one target, or try given inputs on it."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=60, help="how long to fuzz (60)")
    parser.add_argument("--corpus", type=Path, help="where inputs that reach something new are kept")
    parser.add_argument("--findings", type=Path, help="where inputs that break something are kept")
    parser.add_argument("--try", type=Path, nargs="+", dest="tried", help="give these files to the target")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.tried:
        return _try(asked.target, asked.tried)
    with tempfile.TemporaryDirectory() as folder:
        corpus = asked.corpus or Path(folder, "corpus")
        findings = asked.findings or Path(tempfile.mkdtemp(prefix=f"fuzz-{asked.target}-"))
        corpus.mkdir(parents=True, exist_ok=True)
        findings.mkdir(parents=True, exist_ok=True)
        if asked.inside:
            return _fuzz(asked.target, asked.seconds, corpus, findings)
        return _supervise(asked.target, asked.seconds, corpus, findings)


def _try(target: str, paths: list[Path]) -> int:
    from tests.hostile.fuzz_targets import tried

    failed = 0
    for path in paths:
        begun = time.monotonic()
        try:
            tried(target, path.read_bytes())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            failed += 1
            print(f"{path}: {_signature(error)}")
            traceback.print_exc()
        else:
            print(f"{path}: holds ({time.monotonic() - begun:.2f} s)")
    return 1 if failed else 0


def _supervise(target: str, seconds: int, corpus: Path, findings: Path) -> int:
    """Start the fuzzer again and again until the time is over: what crashes a decoder crashes it too."""
    begun, runs, crashes = time.monotonic(), 0, 0
    while (left := int(seconds - (time.monotonic() - begun))) > 0:
        command = [sys.executable, "-m", "tests.hostile.fuzz", target, "--inside", "--seconds", str(left)]
        folders = ["--corpus", str(corpus), "--findings", str(findings)]
        process = subprocess.Popen([*command, *folders], stderr=subprocess.PIPE, text=True, errors="replace")
        assert process.stderr is not None
        counted = 0
        for line in process.stderr:
            progress = re.match(r"#(\d+)\t|stat::number_of_executed_units: (\d+)", line)
            counted = max(counted, int(progress[1] or progress[2])) if progress else counted
            if not _NOISE.match(line):
                sys.stderr.write(line)
        runs += counted
        if process.wait() != 0:
            crashes += 1
            if not counted:
                break  # it cannot even begin
    found = sorted(path.name for path in findings.iterdir())
    taken = time.monotonic() - begun
    print(f"{target}: {taken:.0f} s, {runs:,} tries, {crashes} crashes of the process, kept in {findings}:")
    print("\n".join(found) or "nothing")
    return 1 if found else 0


def _fuzz(target: str, seconds: int, corpus: Path, findings: Path) -> int:
    """In a process of its own: libFuzzer ends it."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=list(_INSTRUMENTED)):
        from tests.hostile import fuzz_seeds, fuzz_targets

        for module in _reached_later():
            importlib.import_module(module)
    from tests.hostile.mutators import mutated, spliced

    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "seeds")
        first.mkdir()
        fuzz_seeds.write_seeds(target, first)
        scratch = Path(folder, "scratch")
        scratch.mkdir()
        kept = HERE / "corpus" / target
        options = [
            f"-max_total_time={seconds}",
            f"-timeout={_ONE_INPUT}",
            f"-rss_limit_mb={_MEMORY}",
            f"-max_len={_LONGEST}",
            f"-artifact_prefix={findings}/",
            "-print_final_stats=1",
            *(str(path) for path in (corpus, first, kept) if path.is_dir()),
        ]

        def mutate(data: bytes, at_most: int, seed: int) -> bytes:
            return mutated(data, at_most, random.Random(seed), atheris.Mutate)  # noqa: S311 - no secret

        def cross(one: bytes, other: bytes, at_most: int, seed: int) -> bytes:
            return spliced(one, other, at_most, random.Random(seed))  # noqa: S311 - no secret

        guided = {"custom_mutator": mutate, "custom_crossover": cross} if target in _STRUCTURED else {}
        one_input = _collecting(fuzz_targets.TARGETS[target], scratch, findings)
        atheris.Setup([sys.argv[0], *options], one_input, **guided)
        atheris.Fuzz()
    return 0


_STRUCTURED = frozenset({"sniff", "image", "video", "audio"})


def _reached_later() -> list[str]:
    """Modules that are imported only where they are needed: then it is too late to instrument them."""
    ours = ("image", "video", "audio", "jpeg", "people", "second_voice")
    plugins = ("Jpeg", "Mpo", "Png", "WebP", "Bmp", "Tiff", "Gif")
    return [
        *(f"validator.probe.{name}" for name in ours),
        *(f"PIL.{name}ImagePlugin" for name in plugins),
        "pillow_heif",
        "mutagen.mp3",
        "validator.intake.exchange",
        "validator.report.text",
        "validator.report.json",
    ]


def _collecting(
    target: Callable[[bytes, Path], None], scratch: Path, findings: Path
) -> Callable[[bytes], None]:
    """A target that keeps one input for each place where a promise broke, and goes on."""
    known = {path.name.rpartition("-")[0] for path in findings.iterdir()}

    def one_input(data: bytes) -> None:
        try:
            target(data, scratch)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            signature = _signature(error)
            if signature not in known:
                known.add(signature)
                digest = hashlib.sha256(data).hexdigest()[:8]
                (findings / f"{signature}-{digest}").write_bytes(data)
                sys.stderr.write(f"FOUND {signature}\n{traceback.format_exc()}\n")

    return one_input


def _signature(error: BaseException) -> str:
    """What broke and where: the error, and the last lines of our code on the way to it."""
    root = str(HERE.parents[1])
    ours = [
        f"{Path(frame.filename).stem}.{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(root) and "fuzz" not in Path(frame.filename).stem
    ]
    words = (
        re.sub(r"[^A-Za-z]+", "-", str(error).partition(":")[0])[:40]
        if isinstance(error, AssertionError)
        else ""
    )
    return "-".join(part for part in (type(error).__name__, *ours[-2:], words.strip("-")) if part)


if __name__ == "__main__":
    sys.exit(main())
