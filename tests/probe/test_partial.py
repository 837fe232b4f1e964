"""Of what has come in part, no more is believed than the rest cannot change."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from validator.gate import DECIDED_BY_HEADERS, Bound, Gate, gate_of
from validator.intake.first_part import is_telling
from validator.judge import Policy
from validator.model import Asset, Depth
from validator.probe.decoders import Decoders
from validator.probe.examine import Ask, Examined, examined
from validator.probe.index_bounds import excess
from validator.probe.partial import is_stopped
from validator.profile import default_profile
from validator.workers import can_send_files

MEDIA = Path(__file__).parent.parent.parent / "fixtures" / "media"


def never() -> bool:
    return False


def looked_at(data: bytes) -> Examined:
    return examined(io.BytesIO(data), Ask(Depth.HEADER), len(data), never)


@pytest.mark.parametrize("name", sorted(path.name for path in MEDIA.iterdir() if path.suffix != ".json"))
def test_a_part_that_is_telling_says_what_the_whole_file_says(name: str) -> None:
    data = (MEDIA / name).read_bytes()
    whole = looked_at(data)
    if whole.measurement is None:
        return
    for came in (256, 1_024, 4_096, 16_384):
        part = looked_at(data[:came] + bytes(max(0, len(data) - came)))
        kind, form = part.sniffed.kind, part.sniffed.format
        if part.measurement is None or kind is None or form is None:
            continue
        if came >= len(data) or not is_telling(form, kind, data[:came]):
            continue
        for fact in DECIDED_BY_HEADERS[kind.value]:
            said = getattr(part.measurement.facts, fact)
            assert said in (None, getattr(whole.measurement.facts, fact)), fact


def stopped(data: bytes, came: int, gate: Gate) -> bool:
    file = io.BytesIO(data[:came] + bytes(len(data) - came))
    with Decoders(processes=0) as here:
        return is_stopped(file, len(data), gate, frozenset(), here, never)


class Busy:
    """Decoders that have no time."""

    def glimpsed(self, *_: object) -> None:
        return None


def test_what_nobody_has_the_time_to_look_at_is_wanted(gate: Gate) -> None:
    data = (MEDIA / "image-299x400.png").read_bytes()
    assert not is_stopped(io.BytesIO(data), len(data), gate, frozenset(), Busy(), never)


@pytest.mark.skipif(not can_send_files(), reason="nothing is sent to a worker")
def test_a_worker_that_does_not_survive_a_look_says_nothing() -> None:
    with (MEDIA / "image.png").open("rb") as file, Decoders(handler="os:abort") as decoders:
        assert decoders.glimpsed(file, Ask(Depth.HEADER), 100, never, 0.2) is None


@pytest.fixture(scope="module")
def gate() -> Gate:
    return gate_of(Asset("a", "a"), [default_profile()], [Policy()])


def test_a_picture_that_is_too_small(gate: Gate) -> None:
    assert stopped((MEDIA / "image-299x400.png").read_bytes(), 100, gate)
    assert not stopped((MEDIA / "image-300x400.png").read_bytes(), 100, gate)


def test_what_has_not_come_is_no_index(tmp_path: Path) -> None:
    hole = tmp_path / "clip.mp4"
    with hole.open("w+b") as file:
        file.truncate(100_000_000)
        assert excess(file) is None


def test_a_picture_that_would_pass_if_it_were_turned_is_not_stopped() -> None:
    data = (MEDIA / "image-300x400.png").read_bytes()
    wide, long = (Gate(((Bound("image", name, min=(350, 1)),),)) for name in ("width", "short_side"))
    assert not stopped(data, 100, wide), "what turns it may stand behind its pixels"
    assert stopped(data, 100, long)


def test_what_is_no_media_is_wanted(gate: Gate) -> None:
    assert not stopped(b"no media at all" * 100, 100, gate)
