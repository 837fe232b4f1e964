"""The media that everything is measured with: made once, from a seed, into a folder of the user's cache.

    python -m tests.benchmarks.corpus FOLDER PART SHARE

Pictures come from scikit-image's photographs, cut, scaled and, for cameras, with some noise. Parts lie in ten
folders each, `0` to `9`, with a like mixture in every one, so that one of them is a sample of all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

VERSION = 2
"""Counted up whenever the corpus changes."""
COUNTS = {
    "images": 1_000,
    "clips": 100,
    "sounds": 100,
    "urls": 200,
    "small": 10_000,
    "faces": 100,
    "large": 5,
}
"""Files of each part."""
LARGE = ("picture.jpg", "sound.mp3", "anything.mp4", "index-first.mp4", "index-last.mp4")
"""Too many bytes for a picture, for a sound and for everything; clips of 30 seconds, padded to 45 MB."""
FOLDERS = 10


@dataclass(frozen=True)
class Corpus:
    """Where the parts lie; `share` of each is made.

    >>> Corpus(Path("corpus"), 0.1).count("images")
    100
    """

    folder: Path
    share: float = 1.0

    def count(self, part: str) -> int:
        """How many files the part has."""
        return COUNTS[part] if part == "large" else max(FOLDERS, round(COUNTS[part] * self.share))

    def part(self, name: str) -> Path:
        """The part's folder, made if it is not there yet, by a process of its own."""
        made = self.folder / f"{name}-{VERSION}-{self.count(name)}"
        if not made.is_dir():
            print(f"making {self.count(name):,} files: {made}", file=sys.stderr)
            command = [sys.executable, "-m", "tests.benchmarks.corpus"]
            subprocess.run([*command, str(made), name, str(self.count(name))], check=True)
        return made

    def folders(self, name: str, share: float = 1.0) -> list[Path]:
        """All of the part's ten folders, or the first of them."""
        part = self.part(name)
        return [part / str(number) for number in range(max(1, round(FOLDERS * share)))]

    def files(self, name: str, share: float = 1.0) -> list[Path]:
        """The files in these folders."""
        return sorted(path for folder in self.folders(name, share) for path in folder.iterdir())


def make(folder: Path, part: str, count: int) -> None:
    """Make a part, with as many processes as there are cores; it appears when it is complete."""
    from tests.benchmarks import corpus_clips, corpus_pictures

    makers = {**corpus_pictures.MAKERS, **corpus_clips.MAKERS}
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    for number in range(FOLDERS):
        (making / str(number)).mkdir(parents=True)
    scenes = corpus_clips.SCENES_OF.get(part, 0)
    source = making / "source"
    source.mkdir()
    try:
        with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
            list(pool.map(corpus_clips.prepare, [source] * scenes, range(scenes)))
            places = [making / str(number % FOLDERS) for number in range(count)]
            list(pool.map(makers[part], places, range(count), [source] * count, chunksize=4))
        shutil.rmtree(source)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
