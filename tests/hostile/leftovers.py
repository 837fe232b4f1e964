"""Judges many hostile inputs, and counts what the process holds before and after: a program of its own.

    python -m tests.hostile.leftovers FOLDER COUNT

Prints JSON: `before` and `after`, each with threads, children, files (descriptors and sockets) and temporary
files, and `verdicts`, how often each was given. FOLDER is for the inputs.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

import validator
from fixtures.catalogue import MEDIA
from tests.hostile import strangers
from tests.hostile.decoder import HANDLER
from tests.intake.servers import Talk, answer, ranging, saying, saying_nothing, serving
from validator import Config, Decoders

_AT_ONCE = 50  # inputs of one call
_CONFIG = Config(
    ignore=("POR", "GRP"),
    allow_private_hosts=True,
    workers=2,
    connect_timeout=1,
    read_timeout=0.3,
    download_timeout=1,
    retries=0,
)
_HONEST = ("image.png", "image.heic", "video.mp4", "audio.mp3", "audio.wav")


def _talks() -> Iterator[Talk]:
    """Hosts of every kind of malice."""
    picture = (MEDIA / "image.png").read_bytes()
    yield ranging(picture, "Content-Type: image/png")
    yield saying_nothing
    yield saying(b"")
    yield saying(answer(picture)[:200])
    yield saying(answer(picture, length=10**10))
    yield saying(answer(picture, length=len(picture) - 100))
    yield saying(answer(b"", "X: " + "x" * 1_000_000))
    yield saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n")
    packed = zlib.compress(bytes(100_000_000), 9)
    yield saying(answer(packed, "Content-Encoding: deflate"))
    yield saying(answer(b"<!DOCTYPE html><html></html>", "Content-Type: text/html"))
    yield saying(answer(b"", "Location: /again", status="302 Found"))
    yield saying(answer(b"", "Location: file:///etc/passwd", status="302 Found"))
    for status in ("401 Unauthorized", "404 Not Found", "500 Internal Server Error"):
        yield saying(answer(b"no", status=status))
    yield saying(answer(b"", "Retry-After: 86400", status="429 Too Many Requests"))
    for name in ("list.mp4", "runs.mp4", "lies.mp3", "giga-pixels.png"):
        yield ranging(strangers.content(name))


def _urls(stack: ExitStack) -> list[str]:
    hosts = [stack.enter_context(serving(talk)) for talk in _talks()]
    paths = [f"{host}/{number}.mp4" for number, host in enumerate(hosts)]
    secure = hosts[0].replace("http:", "https:")
    wrong = ("http://127.0.0.1:9/a.png", "http://[::ffff:127.0.0.1]:9/a.png", "http://no-such-host.invalid/a")
    return [*paths, f"{secure}/a.png", *wrong, "ftp://127.0.0.1/a.png", "http://user:pass@127.0.0.1/a.png"]


def held() -> dict[str, list[str]]:
    """What this process holds."""
    gc.collect()
    own = str(os.getpid())
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, fields = status.read_text().rsplit(")", 1)
        except OSError:
            continue
        if fields.split()[1] == own:
            children.append(name)
    files = []
    for number in Path("/proc/self/fd").iterdir():
        try:
            files.append(str(number.readlink()))
        except OSError:
            continue  # that of the listing itself
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "children": children,
        "files": sorted(file.split(":")[0] for file in files),
        "temporary": sorted(path.name for path in Path(tempfile.gettempdir()).iterdir()),
    }


def _inputs(folder: Path, count: int, urls: list[str]) -> Iterator[Path | str]:
    """Two files, then a URL, and so on."""
    files = strangers.written(folder, count - count // 3, strangers.SPELLS)
    hosts = cycle(urls)
    for number in range(count):
        yield next(hosts) if number % 3 == 2 else next(files)


def main(folder: Path, count: int) -> None:
    """Count, judge, and count again."""
    verdicts: Counter[str] = Counter()
    validator.lint([MEDIA / name for name in _HONEST], _CONFIG)  # what is imported may open things for good
    before = held()
    with ExitStack() as stack:
        urls = _urls(stack)
        left = _inputs(folder, count, urls)
        while batch := list(islice(left, _AT_ONCE)):
            with Decoders(processes=2, handler=HANDLER) as decoders:
                report = validator.lint(batch, _CONFIG, decoders=decoders)
            verdicts.update(result.verdict.value for result in report.assets)
            validator.lint(batch[:3], _CONFIG)  # with decoders that the run makes for itself
    sys.stdout.write(json.dumps({"before": before, "after": held(), "verdicts": verdicts}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
