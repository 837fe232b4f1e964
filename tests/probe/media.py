"""Real media, encoded in the test by Pillow and PyAV: small, and the same at every run."""

from __future__ import annotations

import io
import math
import random
import struct
import tempfile
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import Colorspace
from PIL import Image

from validator.intake.source import Source
from validator.model import Asset, AudioFacts, Depth, Facts, FileFacts, ImageFacts, Role, VideoFacts
from validator.probe import probe


def never() -> bool:
    return False


def measured(
    data: bytes, name: str = "some", *, depth: Depth = Depth.STANDARD, role: Role | None = None
) -> Facts:
    """Probe bytes as if they were a file of this name."""
    source = Source(io.BytesIO(data), FileFacts(access="readable", bytes=len(data)))
    return probe(Asset(name, name, role=role), source, depth=depth)


def image_facts(facts: Facts) -> ImageFacts:
    assert isinstance(facts.media, ImageFacts)
    return facts.media


def video_facts(facts: Facts) -> VideoFacts:
    assert isinstance(facts.media, VideoFacts)
    return facts.media


def audio_facts(facts: Facts) -> AudioFacts:
    assert isinstance(facts.media, AudioFacts)
    return facts.media


def noise(width: int, height: int, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """A picture that does not compress, so that its data fill most of its file."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    data = random.Random(seed).randbytes(width * height * channels)  # noqa: S311 - a pattern, no secret
    return Image.frombytes(mode, (width, height), data)


def saved(image: Image.Image, format_name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    if "append_images" in options:  # copies, since saving leaves its traces in an image
        options["append_images"] = [each.copy() for each in options["append_images"]]
    image.copy().save(out, format_name, **options)
    return out.getvalue()


def heif(*images: Image.Image, **options: Any) -> bytes:
    import pillow_heif

    file = pillow_heif.HeifFile()  # type: ignore[no-untyped-call]
    for image in images:
        file.add_from_pillow(image)
    out = io.BytesIO()
    file.save(out, quality=50, **options)
    return out.getvalue()


@dataclass(frozen=True)
class Clip:
    """What `encoded` makes: one video track, and what else is asked for. Times in ticks of 1/`timescale`.

    `pictures`, if given, are its frames; `colours` is how they become YUV (BT.601 unless it is named),
    which the file tells nobody.
    """

    size: tuple[int, int] = (64, 48)
    rate: Fraction = Fraction(24)
    frames: int = 12
    codec: str = "libx264"
    pixels: str = "yuv420p"
    format: str = "mp4"
    times: Sequence[int] | None = None
    timescale: int | None = None
    audio: float = 0
    videos: int = 1
    options: Mapping[str, str] = field(default_factory=lambda: {"preset": "ultrafast", "qp": "30"})
    container: Mapping[str, str] = field(default_factory=dict)
    noise: bool = False
    still: bool = False
    pictures: Sequence[Image.Image] = ()
    colours: Colorspace | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


def encoded(clip: Clip) -> bytes:
    """Encode a clip; in a file, since moving the index to the front reads it again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip")
        _encode(clip, path)
        return path.read_bytes()


def _encode(clip: Clip, path: Path) -> None:
    with av.open(str(path), "w", format=clip.format, options=dict(clip.container)) as container:
        videos = [_video_stream(container, clip) for _ in range(clip.videos)]
        sound: Any = container.add_stream("aac", rate=16_000, layout="mono") if clip.audio else None
        for stream in videos:
            for frame in _frames(clip):
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        if sound is not None:
            for part in tone_frames(clip.audio, 16_000, "mono", sound.codec_context.format.name):
                container.mux(sound.encode(part))
            container.mux(sound.encode(None))


def _video_stream(container: Any, clip: Clip) -> Any:
    stream = container.add_stream(clip.codec, rate=clip.rate)
    stream.width, stream.height = clip.size
    stream.pix_fmt = clip.pixels
    base = Fraction(1, clip.timescale) if clip.timescale else 1 / clip.rate
    stream.time_base = stream.codec_context.time_base = base
    stream.options = dict(clip.options)
    for name, value in clip.context.items():
        setattr(stream.codec_context, name, value)
    return stream


def _frames(clip: Clip) -> Iterable[Any]:
    base = Fraction(1, clip.timescale) if clip.timescale else 1 / clip.rate
    times = clip.times or range(clip.frames)
    frame: Any = None
    for number, time in enumerate(times):
        if frame is None or not clip.still:
            picture: Any = av.VideoFrame.from_image(_picture(clip, number))  # type: ignore[no-untyped-call]
            frame = picture.reformat(format=clip.pixels, dst_colorspace=clip.colours)
        frame.pts, frame.time_base = time, base
        yield frame


def _picture(clip: Clip, number: int) -> Image.Image:
    if clip.pictures:
        return clip.pictures[number]
    if clip.noise:
        return noise(*clip.size, seed=number)
    width, height = clip.size
    image = Image.new("RGB", clip.size, (40, 90, number * 5 % 256))
    image.paste((200, 60, 60), (number % width, 0, min(width, number % width + 8), height))
    return image


def tone(seconds: float, rate: int, channels: int = 1, level: float = 0.5) -> array[float]:
    """A tone of 440 Hz, interleaved, -1 to 1."""
    count, period = round(seconds * rate), rate // math.gcd(rate, 440)
    once = (level * math.sin(at * 880 * math.pi / rate) for at in range(period) for _ in range(channels))
    return (array("f", once) * -(-count // period))[: count * channels]


def tone_frames(
    seconds: float, rate: int, layout: str, format_name: str, samples: array[float] | None = None
) -> Iterable[Any]:
    channels = av.AudioLayout(layout).nb_channels
    values = tone(seconds, rate, channels) if samples is None else samples
    count = len(values) // channels
    resampler = av.AudioResampler(format=format_name, layout=layout, rate=rate)
    step = 4096
    for start in range(0, count, step):
        part = values[start * channels : (start + step) * channels]
        frame = av.AudioFrame(format="flt", layout=layout, samples=len(part) // channels)
        frame.planes[0].update(part.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield from resampler.resample(frame)


def mp3(
    seconds: float = 2,
    *,
    rate: int = 44_100,
    layout: str = "mono",
    samples: array[float] | None = None,
    options: Mapping[str, str] | None = None,
    container: Mapping[str, str] | None = None,
) -> bytes:
    """An MP3, at a constant bit rate unless the options say otherwise."""
    out = io.BytesIO()
    muxing = {"id3v2_version": "0", "write_xing": "0", **(container or {})}
    with av.open(out, "w", format="mp3", options=muxing) as file:
        stream: Any = file.add_stream("libmp3lame", rate=rate, layout=layout)
        stream.options = dict(options or {"b": "32000"})
        for frame in tone_frames(seconds, rate, layout, stream.codec_context.format.name, samples):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def sound(
    seconds: float, codec: str, *, rate: int = 16_000, layout: str = "mono", format_name: str = "wav"
) -> bytes:
    """A sound by one of FFmpeg's encoders."""
    out = io.BytesIO()
    with av.open(out, "w", format=format_name) as file:
        stream: Any = file.add_stream(codec, rate=rate, layout=layout)
        if codec == "wmav2":
            stream.bit_rate = 64_000  # it has no usual one
        for frame in tone_frames(seconds, rate, layout, stream.codec_context.format.name):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def pcm(values: Iterable[float], bits: int = 16) -> bytes:
    """Samples of -1 to 1 as little-endian integers; 8 bits are unsigned."""
    top = 2 ** (bits - 1) - 1
    if bits == 8:
        return bytes(round(value * 127) + 128 for value in values)
    return b"".join(struct.pack("<q", round(value * top))[: bits // 8] for value in values)


def told(facts: ImageFacts | VideoFacts | AudioFacts, *names: str) -> tuple[object, ...]:
    """Several facts at once; a whole number and a fraction of the same value are equal."""
    return tuple(getattr(facts, name) for name in names)
