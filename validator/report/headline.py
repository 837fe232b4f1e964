"""One asset in a few words: its kind, size, length and rate."""

from __future__ import annotations

from fractions import Fraction

from validator.generation import RequestFacts
from validator.model import AudioFacts, Facts, ImageFacts, VideoFacts
from validator.quantity import shown


def headline(facts: Facts, *, rounded: bool = False) -> str:
    """The kind of an asset and what matters of it; empty where nothing was measured.

    `rounded`: a size below 1 MB has one decimal at most, though it is none that a limit is written as.

    >>> from validator.model import FileFacts, Kind
    >>> clip = VideoFacts(width=848, height=480, duration=Fraction(5), frame_rate=Fraction(30000, 1001))
    >>> headline(Facts(kind=Kind.VIDEO, file=FileFacts(format="mp4", bytes=1_230_000), media=clip))
    'mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB'
    >>> headline(Facts(request=RequestFacts(image_count=2, audio_count=1), file=FileFacts(bytes=720)))
    'request, 2 images, 1 sound, 720 bytes'
    """
    parts = _of_request(facts.request)
    what = " ".join(word for word in (facts.file.format, facts.kind) if word)
    if what:
        parts.append(what)
    media = facts.media
    if isinstance(media, (ImageFacts, VideoFacts)) and media.width is not None and media.height is not None:
        parts.append(f"{media.width}x{media.height}")
    if isinstance(media, (VideoFacts, AudioFacts)) and media.duration is not None:
        parts.append(f"{_brief(media.duration)} s")
    if isinstance(media, VideoFacts) and media.frame_rate is not None:
        parts.append(f"{_brief(media.frame_rate)} fps")
    if isinstance(media, AudioFacts) and media.sample_rate is not None:
        parts.append(f"{_brief(Fraction(media.sample_rate, 1000))} kHz")
    if facts.file.bytes is not None:
        parts.append(size(facts.file.bytes, rounded=rounded))
    return ", ".join(parts)


def _of_request(request: RequestFacts | None) -> list[str]:
    """A generation request, and the media that it names."""
    if request is None:
        return []
    counts = ((request.image_count, "image"), (request.video_count, "video"), (request.audio_count, "sound"))
    named = [f"{number:,} {word}{'' if number == 1 else 's'}" for number, word in counts if number]
    return ["request", *named]


def size(number_of_bytes: int, *, rounded: bool = False) -> str:
    """A file size in decimal units, as the limits are read.

    >>> size(1), size(81_204), size(30_000_001)
    ('1 byte', '81.2 kB', '30.000001 MB')
    >>> size(962_996), size(962_996, rounded=True), size(999_996, rounded=True)
    ('962.996 kB', '963 kB', '999.996 kB')
    """
    if number_of_bytes < 1000:
        return "1 byte" if number_of_bytes == 1 else f"{number_of_bytes} bytes"
    if rounded and round(number_of_bytes, -2) < 1_000_000:
        return f"{shown(Fraction(number_of_bytes, 1000), places=1)} kB"
    unit, name = (1000, "kB") if number_of_bytes < 1_000_000 else (1_000_000, "MB")
    return f"{_brief(Fraction(number_of_bytes, unit), 1 if unit == 1000 else 2)} {name}"


def _brief(number: Fraction, places: int = 2) -> str:
    """Few places, but never rounded onto a whole number that it is not: limits are whole numbers."""
    return shown(number, near=(Fraction(round(number)),), places=places)
