"""Many assets at once: the same facts as one by one, whatever one of them does to the worker."""

from __future__ import annotations

import hashlib
import itertools
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.hostile import decoder
from tests.probe.media import measured, never, noise, saved
from validator import Asset, Decoders, Depth, Facts
from validator.gate import Bound, Gate
from validator.intake.source import Source, open_local
from validator.model import BYTES_UNREAD, SPARED, FileFacts
from validator.probe import Job, probe, probe_many
from validator.probe.decode_worker import answered, decoded, request
from validator.probe.examine import Ask, Examined, examined
from validator.workers import can_send_files

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
TOO_SMALL = Gate(((Bound("image", "width", min=(300, 1)),),))

NAMES = ("a.png", "b.png", "cc.png")

with_workers = pytest.mark.skipif(not can_send_files(), reason="this system has no decoding workers")


class CountedDecoders(Decoders):
    """Decoders that count how often they ask a worker, and about how many files."""

    def __init__(self, handler: str = "validator.probe.decode_worker:handler") -> None:
        super().__init__(handler=handler)
        self.asked: list[int] = []

    def _answer_about(
        self,
        files: Sequence[BinaryIO],
        ask: bytes,
        cancelled: Callable[[], bool],
        patience: float = math.inf,
    ) -> bytes:
        self.asked.append(len(files))
        return super()._answer_about(files, ask, cancelled, patience)


def together(
    paths: Sequence[Path], decoders: Decoders | None = None, gate: Gate | None = None, **options: object
) -> list[Facts]:
    depth = options.pop("depth", Depth.STANDARD)
    assert isinstance(depth, Depth)
    with ExitStack() as stack:
        assets = [Asset(path.name, str(path)) for path in paths]
        sources = [stack.enter_context(open_local(asset)) for asset in assets]
        jobs = [Job(asset, source, depth, gate=gate) for asset, source in zip(assets, sources, strict=True)]
        return probe_many(jobs, decoders=decoders, **options)  # type: ignore[arg-type]


def alone(path: Path, depth: Depth = Depth.STANDARD) -> Facts:
    asset = Asset(path.name, str(path))
    with open_local(asset) as source:
        return probe(asset, source, depth=depth)


def small(folder: Path, name: str, spell: str = "") -> Path:
    text = PngInfo()
    text.add_text("Comment", f"spell:{spell}" if spell else "harmless")
    Image.new("RGB", (200, 200 + len(name)), "teal").save(folder / name, pnginfo=text)
    return folder / name


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders() as decoders:
        yield decoders


@with_workers
@pytest.mark.usefixtures("measured_processes")
class TestByWorkers:
    @pytest.mark.parametrize("depth", [Depth.HEADER, Depth.STANDARD])
    def test_the_facts_are_the_same(self, depth: Depth, decoders: Decoders) -> None:
        paths = sorted(MEDIA.iterdir())[::3]
        paths.insert(3, MEDIA / "no such file")
        assert together(paths, decoders, depth=depth) == [alone(path, depth) for path in paths]

    def test_there_are_fewer_requests_than_files(self, tmp_path: Path) -> None:
        paths = [small(tmp_path, f"{number}.png") for number in range(3)] * 30
        with CountedDecoders() as decoders:
            together(paths, decoders, depth=Depth.HEADER)
        assert decoders.asked[0] == 64
        assert len(decoders.asked) < len(paths)

    @pytest.mark.parametrize("spell", ["die", "exit", "raise"])
    def test_what_a_worker_does_not_survive_costs_that_file_alone(self, spell: str, tmp_path: Path) -> None:
        paths = [small(tmp_path, name, spell if name == "b.png" else "") for name in NAMES]
        with CountedDecoders(decoder.HANDLER) as decoders:
            first, lost, last = together(paths, decoders)
        assert decoders.asked == [3, 1, 1, 1, 1], "all; each; the header of what was lost"
        assert (first, last) == (alone(paths[0]), alone(paths[2]))
        assert not lost.lasting
        assert (lost.file.format, lost.file.sha256) == ("png", alone(paths[1]).file.sha256)
        assert lost.file.integrity == (None if spell == "raise" else "decoder-crashed")

    @pytest.mark.parametrize("handler", ["tests.no_such_module:handler", "tests.workers.handlers:nonsense"])
    def test_what_does_not_work_may_work_next_time(self, handler: str, tmp_path: Path) -> None:
        with Decoders(handler=handler) as decoders:
            (facts,) = together([small(tmp_path, "a.png")], decoders)
        assert not facts.lasting
        assert facts.media is not None

    def test_the_gate_is_asked_in_the_worker(self, tmp_path: Path, decoders: Decoders) -> None:
        path = small(tmp_path, "a.png")
        (stopped,) = together([path], decoders, TOO_SMALL)
        assert stopped == together([path], None, TOO_SMALL)[0]
        assert stopped.stopped


class TestTheGate:
    def test_what_it_stops_is_not_decoded(self, tmp_path: Path) -> None:
        path = small(tmp_path, "a.png")
        (stopped,) = together([path], gate=TOO_SMALL)
        assert stopped.stopped
        assert stopped.lasting
        assert stopped.media == alone(path).media
        assert stopped.file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert stopped.file.integrity is None
        assert stopped.why_unmeasured("integrity") == SPARED

    def test_what_it_does_not_stop_is(self, tmp_path: Path) -> None:
        gate = Gate(((Bound("image", "width", min=(200, 1)),),))
        assert together([small(tmp_path, "a.png")], gate=gate) == [alone(tmp_path / "a.png")]

    def test_where_previews_are_wanted_it_stops_nothing(self, tmp_path: Path) -> None:
        (facts,) = together([small(tmp_path, "a.png")], gate=TOO_SMALL, previews=True)
        assert not facts.stopped
        assert facts.preview is not None

    def test_a_jpeg_that_may_be_an_mpo_is_not_stopped_as_a_jpeg(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jpg"
        picture = noise(64, 64)
        path.write_bytes(saved(picture, "MPO", save_all=True, append_images=[picture]))
        (facts,) = together([path], gate=Gate(((Bound("file", "format", one_of=("mpo",)),),)))
        assert facts.file.integrity == "whole"
        (facts,) = together([path], gate=Gate(((Bound("file", "format", one_of=("png",)),),)))
        assert facts.stopped


class TestAtDepthHeader:
    @pytest.mark.parametrize("name", ["image-301x400.png", "no media"])
    def test_there_is_no_digest(self, name: str, tmp_path: Path) -> None:
        path = MEDIA / name
        if not path.exists():
            path = tmp_path / name
            path.write_bytes(b"words")
        facts = alone(path, Depth.HEADER)
        assert facts.file.sha256 is None
        assert facts.why_unmeasured("sha256") == facts.why_unmeasured("duplicate") == BYTES_UNREAD
        assert not facts.stopped

    def test_only_the_beginning_and_the_end_of_a_file_are_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jpg"
        path.write_bytes(saved(noise(1200, 1200), "JPEG", quality=95))
        with _Counted(path) as file:
            source = Source(cast("BinaryIO", file), FileFacts(access="readable", bytes=path.stat().st_size))
            facts = probe(Asset("a.jpg", "a.jpg"), source, depth=Depth.HEADER)
        assert facts.media is not None
        assert file.count < 200_000 < path.stat().st_size / 5


class _Counted:
    """An open file that counts the bytes that are read of it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.count = 0
        self.seek, self.tell, self.close = self._file.seek, self._file.tell, self._file.close

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.count += len(data)
        return data


class TestTheWorkersSide:
    def asked(self, paths: Sequence[Path], *ticks: float) -> list[Examined]:
        """The answers, while a clock shows these times, and then the last of them."""
        times = itertools.chain(ticks, itertools.repeat(ticks[-1]))
        descriptors = [os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)) for path in paths]
        try:
            asks = [Ask(Depth.HEADER)] * len(paths)
            wanted = request(asks, [None] * len(paths))
            return decoded(answered(wanted, *descriptors, clock=lambda: next(times)))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def test_what_goes_quickly_is_answered_at_once(self, tmp_path: Path) -> None:
        paths = [small(tmp_path, name) for name in NAMES]
        found = self.asked(paths, 0.0)
        assert len(found) == len(paths)
        with paths[2].open("rb") as file:
            assert found[2] == examined(file, Ask(Depth.HEADER), None, never)

    def test_no_further_file_is_begun_where_it_took_long(self, tmp_path: Path) -> None:
        paths = [small(tmp_path, name) for name in NAMES]
        assert len(self.asked(paths, 0.0, 0.05, 60.0)) == 2
        assert len(self.asked(paths, 0.0, 60.0)) == 1

    def test_what_is_asked_of_all_is_sent_once(self) -> None:
        ask = Ask(gate=TOO_SMALL)
        one, many = request([ask], [1]), request([ask] * 50, [1] * 50)
        assert len(many) < len(one) + 50 * 4

    def test_a_fraction_of_nothing_makes_no_sense(self) -> None:
        found = measured(saved(noise(3, 4), "PNG")).media
        assert found is not None
        answer = msgspec.msgpack.encode(
            [
                {
                    "sniffed": {"content": "media", "kind": "image", "format": "png"},
                    "measured": {"facts": {"aspect_ratio": [1, 0]}},
                }
            ]
        )
        with pytest.raises(msgspec.DecodeError):
            decoded(answer)
