"""A hundred clips and a hundred sounds: headers against the other programs, frames against plain PyAV."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks import peers
from tests.benchmarks.bench import OURS, Bench, Contestant, faster, slower
from tests.benchmarks.ratios import Target

_SAMPLE = 0.2  # of the files, for peers that are called per file


@dataclass(frozen=True)
class Kind:
    """One kind of media that has streams, and the rows about it."""

    part: str
    word: str
    decoded_share: float
    ffprobe: Target
    mediainfo: Target
    exiftool: Target
    opened: Target
    decoded: Target

    @property
    def targets(self) -> tuple[Target, ...]:
        """In the order of the table."""
        return (self.ffprobe, self.mediainfo, self.exiftool, self.opened, self.decoded)


def _kind(part: str, word: str, decoded_share: float, frames: str) -> Kind:
    return Kind(
        part,
        word,
        decoded_share,
        Target(f"{word}, header: times faster than ffprobe per file", least=8),
        Target(f"{word}, header: times faster than mediainfo per file"),
        Target(f"{word}, header: times faster than exiftool in one batch"),
        Target(f"{word}, header: time over a plain loop of PyAV that reads all packets"),
        Target(f"{word}, {frames}: time over a plain parallel loop of PyAV with the same reads", most=1.2),
    )


CLIPS = _kind("clips", "Clips", 0.4, "start, middle and end decoded")
SOUNDS = _kind("sounds", "Sounds", 1.0, "decoded")
TARGETS = (*CLIPS.targets, *SOUNDS.targets)


def measure(bench: Bench) -> None:
    """Peers that are called per file are given a fifth; of clips, four in ten are decoded."""
    for kind in (CLIPS, SOUNDS):
        _headers(bench, kind)
        _decoded(bench, kind)


def _headers(bench: Bench, kind: Kind) -> None:
    folders, sample = bench.corpus.folders(kind.part), bench.corpus.files(kind.part, _SAMPLE)
    count = len(bench.corpus.files(kind.part))
    contestants = [
        Contestant(OURS, bench.lint(folders, "--depth", "header"), count),
        Contestant("PyAV loop", peers.loop("pyav", "open", "1", *map(str, folders)), count),
    ]
    if "exiftool" not in bench.missing:
        contestants.append(Contestant("exiftool", peers.exiftool(folders), count))
    contestants += [
        Contestant(name, peers.per_file(name, sample), len(sample), each=True)
        for name in ("ffprobe", "mediainfo")
        if name not in bench.missing
    ]
    turns = bench.in_turn(f"{kind.part}, header", contestants, bench.rounds(5))
    for name, target in (
        ("ffprobe", kind.ffprobe),
        ("mediainfo", kind.mediainfo),
        ("exiftool", kind.exiftool),
    ):
        if name in turns:
            bench.give(target, faster(turns[name], turns[OURS]))
    bench.give(kind.opened, slower(turns[OURS], turns["PyAV loop"]))


def _decoded(bench: Bench, kind: Kind) -> None:
    folders = bench.corpus.folders(kind.part, kind.decoded_share)
    count = len(bench.corpus.files(kind.part, kind.decoded_share))
    loop = peers.loop("pyav", "decode", str(bench.workers), *map(str, folders))
    contestants = [
        Contestant(OURS, bench.lint(folders), count),
        Contestant("PyAV loop, parallel", loop, count),
    ]
    turns = bench.in_turn(f"{kind.part}, decoded", contestants, bench.rounds(3))
    bench.give(kind.decoded, slower(turns[OURS], turns["PyAV loop, parallel"]))
