"""Plain loops, each a process of its own: lower bounds, peers called per file, and a run of missing files.

    python -m tests.benchmarks.loops NAME ARGUMENT…

Nothing is imported but what the loop itself needs.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

CHEAP_PIXELS = 400_000_000
"""Clips of no more pixels than these are decoded whole at standard depth."""
_SAMPLE = 1.0  # seconds decoded at the start, in the middle and at the end


def files_below(folders: Iterable[str]) -> list[str]:
    """All files, in order."""
    return sorted(str(path) for folder in folders for path in Path(folder).rglob("*") if path.is_file())


def each(*arguments: str) -> None:
    """Run a program once for each file: the program and its options, then paths."""
    first = next(number for number, each in enumerate(arguments) if each.startswith("/"))
    for path in arguments[first:]:
        subprocess.run([*arguments[:first], path], stdout=subprocess.DEVNULL, check=False)


def ffprobe(*paths: str) -> None:
    """Once for each file, by ffmpeg-python."""
    import ffmpeg  # type: ignore[import-untyped]

    for path in paths:
        with contextlib.suppress(ffmpeg.Error):  # some versions do not know HEIC
            ffmpeg.probe(path)


def pillow(depth: str, processes: str, *folders: str) -> None:
    """Open, or open and load, every picture."""
    _spread(opened_picture if depth == "open" else loaded_picture, processes, folders)


def opened_picture(path: str) -> None:
    """Read the header."""
    _pillow().open(path).close()


def loaded_picture(path: str) -> None:
    """Decode every frame."""
    with _pillow().open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()


def _pillow() -> Any:
    import PIL.Image
    import pillow_heif

    if "HEIF" not in PIL.Image.OPEN:
        pillow_heif.register_heif_opener()
    return PIL.Image


def pyav(depth: str, processes: str, *folders: str) -> None:
    """Open, or open, demux and decode every clip or sound."""
    _spread(opened_media if depth == "open" else decoded_media, processes, folders)


def opened_media(path: str) -> None:
    """Read the header and, as durations are measured, every packet."""
    import av

    with av.open(path) as container:
        _packets(container)


def decoded_media(path: str) -> None:
    """Every packet, then the frames that standard depth decodes, in one thread."""
    import av

    with av.open(path) as container:
        streams: list[Any] = [*container.streams.video[:1], *container.streams.audio[:1]]
        packets = _packets(container)
        pixels = 0
        for stream in streams:
            size = stream.codec_context.width * stream.codec_context.height if stream.type == "video" else 0
            pixels += packets.get(stream.index, 0) * max(size, 1_000)
            stream.codec_context.thread_count = 1
        if not container.streams.video or pixels <= CHEAP_PIXELS:
            container.seek(0)
            _decode(container, streams, None)
            return
        for stream in streams:
            seconds = float(stream.duration * stream.time_base)
            for start, length in ((0.0, _SAMPLE), (seconds / 2, _SAMPLE), (seconds - _SAMPLE, None)):
                container.seek(int(start / stream.time_base), stream=stream, backward=True)
                _decode(container, [stream], None if length is None else start + length)


def _packets(container: Any) -> dict[int, int]:
    counts: dict[int, int] = {}
    for packet in container.demux():
        counts[packet.stream_index] = counts.get(packet.stream_index, 0) + 1
    return counts


def _decode(container: Any, streams: list[Any], until: float | None) -> None:
    for packet in container.demux(streams):
        if until is not None and packet.dts is not None and packet.dts * packet.time_base >= until:
            break
        packet.decode()
    for stream in streams:
        if until is not None:
            stream.decode(None)


def _spread(work: Callable[[str], None], processes: str, folders: Iterable[str]) -> None:
    files = files_below(folders)
    if int(processes) == 1:
        for path in files:
            work(path)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(int(processes), mp_context=get_context("fork")) as pool:
        for _ in pool.map(work, files, chunksize=4):
            pass


def fetch(at_a_time: str, urls: str) -> None:
    """GET every URL of a file, a line each, some at a time; bodies are thrown away."""
    from concurrent.futures import ThreadPoolExecutor

    import httpx

    with httpx.Client(trust_env=False) as client, ThreadPoolExecutor(int(at_a_time)) as pool:
        for answer in pool.map(client.get, Path(urls).read_text(encoding="utf-8").split()):
            answer.raise_for_status()


def missing(count: str) -> None:
    """A run over targets that do not exist; prints seconds and bytes of memory after each tenth, as JSON."""
    from validator import Config
    from validator.run import run

    total = int(count)
    targets = (f"/nowhere/{number:07}.png" for number in range(total))
    page = os.sysconf("SC_PAGE_SIZE")
    begin, marks = time.perf_counter(), []
    for done, _ in enumerate(run(targets, Config(ignore=("POR", "GRP"))), 1):
        if done % (total // 10) == 0:
            memory = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page
            marks.append([time.perf_counter() - begin, memory])
    print(json.dumps(marks))


LOOPS: dict[str, Callable[..., None]] = {
    loop.__name__: loop for loop in (each, ffprobe, pillow, pyav, fetch, missing)
}

if __name__ == "__main__":
    LOOPS[sys.argv[1]](*sys.argv[2:])
