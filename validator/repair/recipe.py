"""How a copy is made, as data: what the planners write and the makers carry out."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec

from validator.people import Box


class Canvas(msgspec.Struct, frozen=True):
    """A frame of `width` x `height` pixels; the picture lies at (`x`, `y`). `fill`: see `RepairOptions`."""

    width: int
    height: int
    x: int
    y: int
    fill: str


class CopyRecipe(msgspec.Struct, frozen=True, tag="copy"):
    """The same bytes under another name: where only the name's ending was wrong."""

    format: str


class ImageRecipe(msgspec.Struct, frozen=True, kw_only=True, tag="image"):
    """A picture anew, in this order: the frame, turned upright, cropped, scaled, recoloured, padded, written.

    `crop` is in pixels as shown, `size` what the cropped picture is scaled to. `flatten`: the colour that
    lies behind what is transparent. `srgb`: colours are converted; otherwise their profile stays. `depth8`:
    samples of more than 8 bit are brought to 8. `mode`: by Pillow's name, what the pixels are converted to at
    last; or empty. `metadata`: "no-exif" leaves out Exif alone. `max_bytes`: the least loss that stays within
    is looked for. `frame`: by its number from 0; `None` for the one that readers show first.
    """

    format: str
    frame: int | None = None
    turn: bool = False
    crop: Box | None = None
    size: tuple[int, int] | None = None
    srgb: bool = False
    depth8: bool = False
    flatten: str | None = None
    mode: str = ""
    canvas: Canvas | None = None
    metadata: Literal["keep", "no-exif", "drop"] = "keep"
    max_bytes: int | None = None


class Colours(msgspec.Struct, frozen=True):
    """How the numbers of a picture are to be read, by FFmpeg's names.

    `converted`: the original's are red, green and blue, so they are brought to this matrix; all others stay
    as they are.
    """

    primaries: str
    transfer: str
    matrix: str
    converted: bool = False


class VideoRecipe(msgspec.Struct, frozen=True, kw_only=True, tag="video"):
    """A clip anew. `video`, `audio`: the streams that stay, by their number in the container.

    `copy_video`, `copy_audio`: the packets are taken as they are. `start`, `duration`: the part that stays,
    in seconds of the original. `crop` is in pixels as shown (turned, square); `size` what that is scaled to.
    `max_bytes`: two passes within that. `demuxer`: the one that reads the original, by FFmpeg's name.

    `shown`: what the picture is scaled to first, where its pixels are not square. `packets`: how many of the
    picture's are copied, where not all are. `frames`: how many pictures the copy has, where they are counted.
    `lengthened`: the seconds that the copy lasts, of an original that is too short. `bit_rate`: bits a second
    of the picture in two passes; `max_bit_rate`: what it never takes more than. `tag`: what the
    container calls the picture's codec. `transfer`, `primaries`, `matrix`, `range`: the colours that tone
    mapping starts from, by FFmpeg's names; empty where nobody says. `flatten`: the colour that lies behind
    what is transparent, "#RRGGBB"; `decoder`: what reads that, where the usual one does not. `channels`: of
    the sound. `colours`: what is written of them where the picture is encoded.
    """

    demuxer: str
    format: Literal["mp4", "mov"] = "mp4"
    video: int = 0
    audio: int | None = None
    copy_video: bool = False
    copy_audio: bool = False
    start: Fraction = Fraction(0)
    duration: Fraction | None = None
    deinterlace: bool = False
    tone_map: bool = False
    crop: Box | None = None
    size: tuple[int, int] | None = None
    canvas: Canvas | None = None
    frame_rate: Fraction | None = None
    lengthen: Literal["", "loop", "hold", "slow"] = ""
    max_bytes: int | None = None
    metadata: Literal["keep", "drop"] = "keep"
    shown: tuple[int, int] | None = None
    packets: int | None = None
    frames: int | None = None
    lengthened: Fraction | None = None
    bit_rate: int | None = None
    max_bit_rate: int | None = None
    tag: str = ""
    transfer: str = ""
    channels: int | None = None
    colours: Colours | None = None
    primaries: str = ""
    matrix: str = ""
    range: str = ""
    flatten: str = ""
    decoder: str = ""


class AudioRecipe(msgspec.Struct, frozen=True, kw_only=True, tag="audio"):
    """A sound anew. `copy`: the packets are taken as they are; `bit_rate` in bits a second, of an MP3.

    `start`, `duration`: the part that stays, in seconds of the original; where the sound is lengthened,
    `duration` is what it is brought to. `codec`: the samples of a WAV, by FFmpeg's name. `fade`: seconds at a
    new end, and at a new beginning. `tempo`: how fast it is played where it is slowed down. `cover`: the
    picture that stays, by its number in the container. `doubled`: one channel becomes two that are alike.
    `softer`: decibels that samples in floating point are lowered by, so that integers hold them.
    """

    demuxer: str
    format: Literal["wav", "mp3"] = "wav"
    audio: int = 0
    copy: bool = False
    start: Fraction = Fraction(0)
    duration: Fraction | None = None
    fade: Fraction = Fraction(0)
    normalise: bool = False
    channels: int | None = None
    sample_rate: int | None = None
    bit_rate: int | None = None
    lengthen: Literal["", "loop", "hold", "slow"] = ""
    metadata: Literal["keep", "drop"] = "keep"
    codec: str = ""
    tempo: Fraction | None = None
    cover: int | None = None
    doubled: bool = False
    softer: Fraction = Fraction(0)


Recipe = CopyRecipe | ImageRecipe | VideoRecipe | AudioRecipe
