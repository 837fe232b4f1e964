"""Opens a file as the service does, and refuses it by the documented limits, in the service's words."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from fractions import Fraction

import av
import pillow_heif
from PIL import Image, UnidentifiedImageError

_IMAGES = {"JPEG", "MPO", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF"}
_VIDEO_BRANDS = re.compile(r"qt  |isom|iso[2-9]|mp4[12]|avc1|dash|M4V |MSNV")
_MOVIES = "mov,mp4,m4a,3gp,3g2,mj2"
_MOST_PIXELS = 200_000_000
_PERSON = re.compile(rb"verified-person=([a-z]+);")

pillow_heif.register_heif_opener()


class Rejected(Exception):
    """Why an asset turns Failed."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code, message)


@dataclass(frozen=True)
class _Media:
    kind: str
    format: str
    width: int = 0
    height: int = 0
    seconds: Fraction = Fraction(0)
    fps: Fraction = Fraction(0)


def review(data: bytes, asset_type: str) -> None:
    """Raise what the service would refuse this for."""
    media = _opened(data)
    if media.kind != asset_type:
        raise Rejected("TypeMismatch", f"the asset is declared as {asset_type} but detected as {media.kind}")
    {"Image": _image, "Video": _video, "Audio": _audio}[asset_type](media, len(data))


def compare_faces(data: bytes, person: str) -> None:
    """Compare who a picture is marked to show with who was verified; unmarked pictures show that person."""
    shown = {name.decode() for name in _PERSON.findall(data)}
    if shown - {person}:
        raise Rejected("FaceMismatch", "the face in the image does not match the verified person")


def marked(data: bytes, *people: str) -> bytes:
    """A picture with a mark behind its end that says whom it shows."""
    return data + b"".join(b"verified-person=%s;" % name.encode() for name in people)


def _opened(data: bytes) -> _Media:
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.format not in _IMAGES:
                raise Rejected("FormatUnsupported", f"the image format {image.format} is not supported")
            width, height = image.size
            if width * height <= _MOST_PIXELS:
                image.load()
            return _Media("Image", image.format, width, height)
    except UnidentifiedImageError:
        pass
    except Image.DecompressionBombError:
        raise Rejected("PixelCountTooLarge", "the image holds too many pixels") from None
    except (OSError, SyntaxError, ValueError):
        raise Rejected("TranscodingFailed", "the image could not be decoded") from None
    try:
        with av.open(io.BytesIO(data), "r") as container:
            return _stream(container)
    except (av.error.FFmpegError, EOFError):
        raise Rejected("FormatUndetectable", "invalid asset format, received: ''") from None


def _stream(container: av.container.InputContainer) -> _Media:
    name = container.format.name
    videos = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if videos:
        video = videos[0]
        brand = str(container.metadata.get("major_brand", "qt  "))
        if name != _MOVIES or not _VIDEO_BRANDS.match(brand):
            raise Rejected("FormatUnsupported", f"the video format {name} is not supported")
        if video.codec_context is None:
            raise Rejected("TranscodingFailed", "the video could not be decoded")
        moments, last = [], Fraction(0)
        for packet in container.demux(video):
            if packet.pts is not None and packet.time_base is not None:
                moments.append(packet.pts * packet.time_base)
                last = max(last, moments[-1] + (packet.duration or 0) * packet.time_base)
        if not moments:
            raise Rejected("TranscodingFailed", "the video holds no frames")
        seconds = last - min(moments)
        fps = len(moments) / seconds if seconds else Fraction(0)
        return _Media("Video", name, video.codec_context.width, video.codec_context.height, seconds, fps)
    if not container.streams.audio:
        raise Rejected("FormatUndetectable", "invalid asset format, received: ''")
    if name not in ("wav", "mp3"):
        raise Rejected("FormatUnsupported", f"the audio format {name} is not supported")
    audio = container.streams.audio[0]
    if audio.codec_context is None or audio.codec_context.name.startswith(("mp1", "mp2")):
        raise Rejected("FormatUnsupported", f"the audio format {name} is not supported")
    samples = sum(frame.samples for frame in container.decode(audio))
    return _Media("Audio", name, seconds=Fraction(samples, audio.codec_context.sample_rate))


def _image(media: _Media, size: int) -> None:
    _below(size, 30_000_000 - 1, "FileSize")
    _sides(media)


def _video(media: _Media, size: int) -> None:
    _below(size, 50_000_000, "FileSize")
    _between(media.seconds, 2, 15, "Duration", "TooShort", "TooLong")
    _sides(media)
    _between(media.width * media.height, 409_600, 2_086_876, "PixelCount")
    _between(media.fps, 24, 60, "Fps", "TooLow", "TooHigh")


def _audio(media: _Media, size: int) -> None:
    _below(size, 15_000_000, "FileSize")
    _between(media.seconds, 2, 15, "Duration", "TooShort", "TooLong")


def _sides(media: _Media) -> None:
    _between(media.width, 300, 6000, "Width")
    _between(media.height, 300, 6000, "Height")
    _between(Fraction(media.width, media.height), Fraction(2, 5), Fraction(5, 2), "AspectRatio")


def _below(value: int, most: int, what: str) -> None:
    if value > most:
        raise Rejected(f"{what}TooLarge", f"the {what} of the asset must not exceed {most}")


def _between(
    value: Fraction | int,
    least: Fraction | int,
    most: Fraction | int,
    what: str,
    under: str = "TooSmall",
    over: str = "TooLarge",
) -> None:
    # The same sentence for both ends, as the service has it.
    sentence = f"the {what} of the asset must be within [{float(least):g}, {float(most):g}]"
    if value < least:
        raise Rejected(what + under, sentence)
    if value > most:
        raise Rejected(what + over, sentence)
