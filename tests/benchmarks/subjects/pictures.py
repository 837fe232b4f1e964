"""A thousand pictures: their headers against the other programs, all pixels against plain loops of Pillow."""

from __future__ import annotations

from tests.benchmarks import peers
from tests.benchmarks.bench import OURS, Bench, Contestant, faster, slower
from tests.benchmarks.ratios import Target

EXIFTOOL = Target("Pictures, header: times faster than exiftool in one batch", least=3)
IDENTIFY = Target("Pictures, header: times faster than ImageMagick's identify per file", least=8)
FFPROBE = Target("Pictures, header: times faster than ffprobe per file", least=100)
MEDIAINFO = Target("Pictures, header: times faster than mediainfo per file")
OPENED = Target("Pictures, header: time over a plain loop that opens them with Pillow")
DECODED = Target("Pictures, all pixels: time over a plain parallel loop of Pillow", most=1.15)
SEQUENTIAL = Target("Pictures, all pixels: time over a plain loop of Pillow in one process")
TARGETS = (EXIFTOOL, IDENTIFY, FFPROBE, MEDIAINFO, OPENED, DECODED, SEQUENTIAL)

_PER_FILE = {"identify": IDENTIFY, "ffprobe": FFPROBE, "mediainfo": MEDIAINFO}
_PARALLEL, _ALONE = "Pillow loop, parallel", "Pillow loop, one process"


def measure(bench: Bench) -> None:
    """Peers that are called per file are given a tenth of the pictures."""
    _headers(bench)
    _decoded(bench)


def _headers(bench: Bench) -> None:
    folders, sample = bench.corpus.folders("images"), bench.corpus.files("images", 0.1)
    count = len(bench.corpus.files("images"))
    contestants = [
        Contestant(OURS, bench.lint(folders, "--depth", "header"), count),
        Contestant("Pillow loop", peers.loop("pillow", "open", "1", *map(str, folders)), count),
    ]
    if "exiftool" not in bench.missing:
        contestants.append(Contestant("exiftool", peers.exiftool(folders), count))
    contestants += [
        Contestant(name, peers.per_file(name, sample), len(sample), each=True)
        for name in _PER_FILE
        if name not in bench.missing
    ]
    turns = bench.in_turn("pictures, header", contestants, bench.rounds(5))
    if "exiftool" in turns:
        bench.give(EXIFTOOL, faster(turns["exiftool"], turns[OURS]))
    for name, target in _PER_FILE.items():
        if name in turns:
            bench.give(target, faster(turns[name], turns[OURS]))
    bench.give(OPENED, slower(turns[OURS], turns["Pillow loop"]))


def _decoded(bench: Bench) -> None:
    folders = bench.corpus.folders("images")
    count = len(bench.corpus.files("images"))
    names = [str(folder) for folder in folders]
    contestants = [
        Contestant(OURS, bench.lint(folders), count),
        Contestant(_PARALLEL, peers.loop("pillow", "load", str(bench.workers), *names), count),
        Contestant(_ALONE, peers.loop("pillow", "load", "1", *names), count),
    ]
    turns = bench.in_turn("pictures, all pixels", contestants, bench.rounds(3))
    bench.give(DECODED, slower(turns[OURS], turns[_PARALLEL]))
    bench.give(SEQUENTIAL, slower(turns[OURS], turns[_ALONE]))
