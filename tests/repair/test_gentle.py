"""A file with a single fault is changed in that respect alone: all other facts, packets and pixels stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops

from fixtures.catalogue import MEDIA
from tests.nobody import PEOPLE
from tests.repair.films import packets
from validator import Config, Decoders, Repair, RepairOptions, Severity
from validator.profile import Profile, default_profile, load_profile
from validator.repair.work import run_repairs
from validator.repair.workshop import Workshop

OF_ANY = {"bytes", "sha256", "claimed_duration"}
"""What is different of any file that is written anew."""
SIDES = {"width", "height", "short_side", "pixels", "stored_width", "stored_height", "aspect_ratio"}
NAME = {"extension", "name_agreement", "name_detail"}
TIME = {"duration", "video_duration", "frames"}
RATE = {"frame_rate", "frame_rate_min", "frame_rate_max"}


@dataclass(frozen=True)
class Fault:
    """A file with one fault; `differs`: facts that a copy without it does not share. `rule`: the only one."""

    name: str
    differs: set[str]
    rule: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


FAULTS = {
    "container": Fault(
        "video.mov", {"format", "extension"}, 'applies = "video"\nfact = "format"\nequals = "mp4"'
    ),
    "name": Fault("heic-called.jpg", NAME, config={"severity": {"FIL006": "error"}}),
    "orientation": Fault(
        "orientation-6.jpg",
        {"orientation", "orientation_detail", "stored_width", "stored_height"},
        options={"level": Severity.NOTE},
    ),
    "ratio": Fault("image-1001x400.png", SIDES - {"width", "stored_width"}),
    "side": Fault("image-299x400.png", SIDES),
    "picture's bytes": Fault(
        "image.jpg", set(), 'applies = "image"\nfact = "bytes"\nmax = 4_000\nunit = "B"'
    ),
    "picture's format": Fault(
        "image.webp", {"format", "extension"}, 'applies = "image"\nfact = "format"\nequals = "png"'
    ),
    "clip's duration": Fault("video-15.01s.mp4", TIME),
    "sound's duration": Fault("audio-15.01s.wav", {"duration"}),
    "frame rate": Fault("video-60.1fps.mp4", TIME - {"frames"} | RATE),
    "several tracks": Fault(
        "two-video-tracks.mp4",
        {"tracks", "tracks_detail", "video_tracks"},
        options={"level": Severity.WARNING},
    ),
}


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with Workshop(Config()) as shop:
        yield shop


def profile_of(rule: str, folder: Path) -> Profile:
    if not rule:
        return default_profile()
    path = folder / "own.toml"
    path.write_text(
        '[profile]\nname = "own"\ntitle = "Own"\nchecked = 2026-11-23\nsource = "here"\n'
        '[[rule]]\ncode = "OWN001"\nname = "own"\nseverity = "error"\nsummary = "It is so."\n'
        f'help = "Change it."\n{rule}\n'
    )
    return load_profile(path)


def mended(fault: Fault, folder: Path, workshop: Workshop, decoders: Decoders) -> Repair:
    if workshop.program is None and fault.name.endswith((".mp4", ".mov", ".wav", ".mkv", ".flac")):
        pytest.skip("there is no ffmpeg")
    profile = profile_of(fault.rule, folder)
    repairs = run_repairs(
        MEDIA / fault.name,
        folder / "out",
        Config(ignore=PEOPLE, **fault.config),
        RepairOptions(**fault.options),
        profiles=(profile,),
        decoders=decoders,
        workshop=workshop,
    )
    with closing(repairs):
        (repair,) = repairs
    assert repair.status == "mended", (repair.status, repair.reason)
    return repair


def copied(name: str, folder: Path, workshop: Workshop, decoders: Decoders) -> Path:
    path = mended(Fault(name, set()), folder, workshop, decoders).path
    assert path is not None
    return path


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_nothing_else_changes(fault: Fault, tmp_path: Path, workshop: Workshop, decoders: Decoders) -> None:
    repair = mended(fault, tmp_path, workshop, decoders)
    assert repair.copy is not None
    before, after = repair.result.facts.values(), repair.copy.facts.values()
    different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert different - OF_ANY == fault.differs
    if fault.name == "heic-called.jpg":
        assert not different & OF_ANY


@pytest.mark.parametrize("name", ["container", "clip's duration", "several tracks"])
def test_packets_are_copied(name: str, tmp_path: Path, workshop: Workshop, decoders: Decoders) -> None:
    path = mended(FAULTS[name], tmp_path, workshop, decoders).path
    assert path is not None
    before, after = packets(MEDIA / FAULTS[name].name), packets(path)
    assert len(after) >= len(before) - (name == "clip's duration")
    assert after == before[: len(after)]


def test_a_container_that_is_not_judged_gives_its_packets(
    tmp_path: Path, workshop: Workshop, decoders: Decoders
) -> None:
    path = copied("video.mkv", tmp_path, workshop, decoders)
    assert path.suffix == ".mp4"
    assert packets(path) == packets(MEDIA / "video.mkv")


def test_samples_without_loss_stay(tmp_path: Path, workshop: Workshop, decoders: Decoders) -> None:
    path = copied("audio.flac", tmp_path, workshop, decoders)
    assert path.suffix == ".wav"
    assert samples(path) == samples(MEDIA / "audio.flac")


@pytest.mark.parametrize("name", ["image.jp2", "image.bmp"])
def test_pixels_without_loss_stay_in_another_format(
    name: str, tmp_path: Path, workshop: Workshop, decoders: Decoders
) -> None:
    png_only = Fault(name, set(), 'applies = "image"\nfact = "format"\nequals = "png"')
    path = mended(png_only, tmp_path, workshop, decoders).path
    assert path is not None
    with Image.open(path) as copy, Image.open(MEDIA / name) as original:
        assert copy.format == "PNG"
        assert copy.tobytes() == original.tobytes()


def test_what_is_padded_is_not_scaled(tmp_path: Path, workshop: Workshop, decoders: Decoders) -> None:
    path = copied("image-1001x400.png", tmp_path, workshop, decoders)
    with Image.open(path) as copy, Image.open(MEDIA / "image-1001x400.png") as original:
        assert copy.size == (1001, 401)
        rows = [copy.crop((0, top, 1001, top + 400)) for top in (0, 1)]
        assert any(ImageChops.difference(row, original).getbbox() is None for row in rows)


def samples(path: Path) -> bytes:
    """The first channel of a sound, decoded."""
    with av.open(str(path)) as container:
        frames = container.decode(audio=0)
        return b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames)
