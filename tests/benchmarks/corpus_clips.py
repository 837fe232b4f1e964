"""Clips and sounds as people have them, and files that are too large or too long, for URLs.

A few scenes are encoded; each clip is a cut of one of them, its packets copied into a file of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np

from tests.benchmarks.corpus import LARGE
from tests.benchmarks.corpus_pictures import scene

# Width, height, frames a second, codec.
_FORMS = (
    (854, 480, 25, "libx264"),
    (1280, 720, 30, "libx264"),
    (1280, 720, 25, "libx264"),
    (720, 1280, 30, "libx264"),
    (1920, 1080, 25, "libx264"),
    (1080, 1920, 30, "libx264"),
    (1920, 1080, 30, "libx264"),
    (960, 960, 25, "libx264"),
    (1112, 834, 25, "libx264"),
    (854, 480, 25, "libx265"),
)
SCENES = len(_FORMS)
_SECONDS = 15
_NOISE = 12  # of 255
_RATE = 48_000
_X265 = "log-level=error:pools=none:frame-threads=1:open-gop=0"


def prepare(folder: Path, number: int) -> None:
    """Encode a scene: a pan over a photograph, with a sensor's noise in each frame, and sound."""
    width, height, rate, codec = _FORMS[number]
    random_ = random.Random(40_000 + number)  # noqa: S311 - the same scenes each time
    picture = np.minimum(np.asarray(scene(random_, (width + 300, height + 200))), 255 - _NOISE)
    noise = np.random.default_rng(number).integers(0, _NOISE + 1, 2 * width * height * 3, dtype=np.uint8)
    with av.open(str(folder / f"{number}.mov"), "w") as file:
        options = {
            "preset": "veryfast",
            "crf": "20",
            "g": str(rate),  # a key frame each second, where cuts are made
            **({"x265-params": _X265} if codec == "libx265" else {}),
        }
        video: Any = file.add_stream(codec, rate=rate, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.thread_count = 1
        sound: Any = file.add_stream("aac", rate=_RATE)
        sound.bit_rate = 128_000
        for index in range(_SECONDS * rate):
            x, y = index * 300 // (_SECONDS * rate), index * 200 // (_SECONDS * rate)
            start = random_.randrange(noise.size // 2)
            grain = noise[start : start + noise.size // 2].reshape(height, width, 3)
            frame = av.VideoFrame.from_ndarray(picture[y : y + height, x : x + width] + grain, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        for heard in _tones(_SECONDS * _RATE, random_, "fltp", 1024):
            file.mux(sound.encode(heard))
        file.mux(sound.encode(None))


def _tones(samples: int, random_: random.Random, form: str, step: int) -> Iterator[Any]:
    """Stereo: some tones, and a little noise."""
    times = np.arange(samples) / _RATE
    wave = sum(np.sin(2 * np.pi * random_.uniform(80, 2_000) * times) * 0.15 for _ in range(4))
    wave += np.random.default_rng(random_.randrange(1 << 30)).normal(0, 0.02, samples)
    both = np.stack([wave, wave * 0.8]).astype(np.float32)
    if form == "s16":
        both = np.ascontiguousarray((both * 20_000).astype(np.int16).T.reshape(1, -1))
    channels = 2 if form == "s16" else 1
    for start in range(0, samples, step):
        part = np.ascontiguousarray(both[:, start * channels : (start + step) * channels])
        frame = av.AudioFrame.from_ndarray(part, format=form, layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = _RATE, start, Fraction(1, _RATE)
        yield frame


def clip(folder: Path, number: int, source: Path) -> None:
    """A cut of 2 to 14 seconds, an mp4 or a mov, with its index first or last."""
    random_ = random.Random(50_000 + number)  # noqa: S311 - the same clips each time
    suffix = "mov" if number % 3 == 0 else "mp4"
    options = {"movflags": "+faststart"} if random_.random() < 0.5 else {}
    path = folder / f"{number:05}.{suffix}"
    _cut(source / f"{random_.randrange(SCENES)}.mov", path, random_.randint(2, 14), options)


def _cut(source: Path, path: Path, seconds: int, options: dict[str, str], times: int = 1) -> None:
    """Copy packets up to a time; the whole `times` over, with what comes later moved."""
    with av.open(str(path), "w", options=options) as made:
        streams: dict[int, Any] = {}
        for again in range(times):
            with av.open(str(source)) as file:
                for stream in file.streams:
                    streams.setdefault(stream.index, made.add_stream_from_template(stream))
                for packet in file.demux():
                    if packet.dts is None or packet.pts is None or packet.pts * packet.time_base >= seconds:
                        continue
                    # Beyond what was held back for sorting.
                    moved = int(again * (_SECONDS + 1) / packet.time_base)
                    packet.dts, packet.pts = packet.dts + moved, packet.pts + moved
                    packet.stream = streams[packet.stream_index]
                    made.mux(packet)


def sound(folder: Path, number: int, _source: Path) -> None:
    """A WAV or an MP3 of 2 to 15 seconds."""
    random_ = random.Random(60_000 + number)  # noqa: S311 - the same sounds each time
    suffix, codec, form, step = (
        ("wav", "pcm_s16le", "s16", 4096) if number % 2 else ("mp3", "libmp3lame", "fltp", 1152)
    )
    with av.open(str(folder / f"{number:05}.{suffix}"), "w") as file:
        stream: Any = file.add_stream(codec, rate=_RATE, layout="stereo")
        for frame in _tones(int(random_.uniform(2.2, 14.8) * _RATE), random_, form, step):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def large(folder: Path, number: int, source: Path) -> None:
    """A file that is over a limit by what it announces; most of it is a hole."""
    path = folder / LARGE[number]
    if number == 0:
        scene(random.Random(1), (2000, 1500)).save(path)  # noqa: S311 - the same picture each time
        _grow(path, 45_000_000)
    elif number == 1:
        sound(folder, 0, source)
        (folder / "00000.mp3").rename(path)
        _grow(path, 40_000_000)
    else:
        options = {"movflags": "+faststart"} if path.stem == "index-first" else {}
        _cut(source / "1.mov", path, _SECONDS, options, times=2)
        if path.stem == "index-last":
            _pad_before_index(path, 45_000_000)
        else:
            _grow(path, 45_000_000 if number == 3 else 80_000_000)


def _grow(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        if path.suffix == ".mp4":
            _lengthen_data(file, path.read_bytes(), size - path.stat().st_size)
        file.truncate(size)


def _pad_before_index(path: Path, size: int) -> None:
    """The index stays last, behind data that nothing in it speaks of."""
    content = path.read_bytes()
    at, more = content.rindex(b"moov") - 4, size - len(content)
    with path.open("r+b") as file:
        _lengthen_data(file, content, more)
        file.seek(at)
        file.write(bytes(8))  # what was the index is data now
        file.seek(at + more)
        file.write(content[at:])


def _lengthen_data(file: BinaryIO, content: bytes, more: int) -> None:
    """Have the box of pictures and sound say that it is longer, as that of a clip would be."""
    at = content.index(b"mdat") - 4
    file.seek(at)
    file.write((int.from_bytes(content[at : at + 4], "big") + more).to_bytes(4, "big"))


Maker = Callable[[Path, int, Path], None]
MAKERS: dict[str, Maker] = {"clips": clip, "sounds": sound, "large": large}
SCENES_OF = {"clips": SCENES, "large": 2}
"""How many scenes have to be encoded first, for the parts that are cut from them."""
