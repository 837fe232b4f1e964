"""The ground floor: assets, and the facts that are measured of them.

Everything here is frozen and knows nothing of files, networks or rules. Units stand beside each
fact; ratios, rates and times are exact (`fractions.Fraction`), bytes are integers, and pixel sizes
say whether they are *stored* (as the raster lies in the file) or *shown* (after orientation,
clean aperture and rotation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

FactValue = Fraction | int | str | bool
"""What a fact may be, once it was measured."""


class Kind(StrEnum):
    """What the service calls `AssetType`."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Role(StrEnum):
    """What an asset is for. A role decides which best practices apply, never a documented limit."""

    CLOSE_UP = "close-up"
    FULL_BODY = "full-body"
    PORTRAIT = "portrait"
    PRODUCT = "product"
    SCENE = "scene"
    VOICE = "voice"
    OTHER = "other"


class GroupKind(StrEnum):
    """The two kinds of asset group (the service writes them AIGC and LivenessFace)."""

    VIRTUAL = "virtual"
    REAL_HUMAN = "real-human"


class Depth(StrEnum):
    """How much of a file is decoded.

    `header` reads no pixels and no samples, so damage is not judged; `standard` decodes images to
    their end, and long video and audio at the start, the middle and the end; `full` decodes all.
    """

    HEADER = "header"
    STANDARD = "standard"
    FULL = "full"


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The asset group that an asset is meant for.

    >>> Group(kind=GroupKind.VIRTUAL, name="Ada").name
    'Ada'
    """

    kind: GroupKind
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Asset:
    """One thing to be judged: a file on disk or a URL, and what its owner said about it.

    `target` is what the user named (for a file in a folder: that folder joined with the relative
    path); `location` is the path to open or the URL to fetch.
    """

    target: str
    location: str
    is_url: bool = False
    name: str | None = None
    role: Role | None = None
    group: Group | None = None

    @property
    def source(self) -> Literal["file", "url"]:
        """Where the bytes come from.

        >>> Asset("a.png", "a.png").source
        'file'
        """
        return "url" if self.is_url else "file"


def _fact(label: str, description: str, unit: str = "") -> msgspec.Meta:
    """Name a fact for messages, for the profile's checks and for the JSON schema."""
    return msgspec.Meta(description=description, extra={"label": label, "unit": unit})


Access = Literal["readable", "missing", "denied", "directory", "special", "unreadable"]
Content = Literal["media", "empty", "lfs-pointer", "not-media"]
Integrity = Literal["whole", "truncated", "corrupt", "without-content"]
Expansion = Literal["sane", "pixels", "frames", "metadata"]
NameAgreement = Literal["agrees", "unknown", "other-format", "other-kind", "other-role"]


class FileFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What holds for any file, whatever is in it. `None`: not measured."""

    access: Annotated[Access, _fact("access", "whether the file could be opened and read")] | None = None
    access_detail: Annotated[str, _fact("reason", "what the operating system said")] | None = None
    bytes: Annotated[int, _fact("file size", "size of the whole file", "B")] | None = None
    sha256: Annotated[str, _fact("sha256", "digest of the whole file, in hex")] | None = None
    content: Annotated[Content, _fact("content", "what the first bytes are")] | None = None
    content_detail: Annotated[str, _fact("content", "what the bytes are, where they are no media")] | None = (
        None
    )
    format: Annotated[str, _fact("format", "the format by its bytes, never by its name")] | None = None
    extension: Annotated[str, _fact("extension", "the name's ending, in lower case, no dot")] | None = None
    name_agreement: (
        Annotated[NameAgreement, _fact("name", "whether extension and declared role agree with the bytes")]
        | None
    ) = None
    name_detail: (
        Annotated[str, _fact("name", "what the name or the role says, and what the bytes say")] | None
    ) = None
    integrity: (
        Annotated[Integrity, _fact("integrity", "whether the file could be read and decoded to its end")]
        | None
    ) = None
    integrity_detail: Annotated[str, _fact("damage", "what the decoder met, and where")] | None = None
    expansion: (
        Annotated[Expansion, _fact("expansion", "which bound, if any, decoding would burst")] | None
    ) = None
    expansion_detail: Annotated[str, _fact("expansion", "the announced size that was refused")] | None = None
    duplicate: Annotated[bool, _fact("duplicate", "whether the run met the same bytes before")] | None = None
    duplicate_of: (
        Annotated[str, _fact("first seen as", "the first target that has the same bytes")] | None
    ) = None


Scheme = Literal["https", "http", "other", "malformed"]
Reach = Literal[
    "reached", "dns-failure", "connection-failure", "tls-failure", "refused", "not-found", "server-error"
]
Redirects = Literal["none", "followed", "too-many", "loop", "downgrade", "broken"]
Page = Literal["media", "web-page"]
ContentTypeAgreement = Literal["agrees", "missing", "contradicts"]
Transfer = Literal["complete", "short", "long", "over-cap"]


class LinkFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was met on the way to a URL's bytes. `None`: not measured."""

    scheme: Annotated[Scheme, _fact("scheme", "the URL's scheme")] | None = None
    scheme_detail: Annotated[str, _fact("scheme", "what is wrong with the URL")] | None = None
    reach: Annotated[Reach, _fact("answer", "whether the host answered with the file")] | None = None
    reach_detail: Annotated[str, _fact("answer", "the status or the network's error")] | None = None
    redirects: Annotated[Redirects, _fact("redirects", "how the way to the file was redirected")] | None = (
        None
    )
    redirects_detail: Annotated[str, _fact("redirects", "the hops, query strings removed")] | None = None
    page: Annotated[Page, _fact("page", "whether a web page came instead of the media")] | None = None
    page_detail: Annotated[str, _fact("page", "the host's direct-link form, where it is known")] | None = None
    content_type: Annotated[str, _fact("Content-Type", "the header as sent, without parameters")] | None = (
        None
    )
    content_type_agreement: (
        Annotated[ContentTypeAgreement, _fact("Content-Type", "whether the header agrees with the bytes")]
        | None
    ) = None
    transfer: Annotated[Transfer, _fact("transfer", "whether the body came whole")] | None = None
    transfer_detail: Annotated[str, _fact("transfer", "announced and received bytes")] | None = None


class ImageFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured of a picture. `None`: not measured."""

    width: Annotated[int, _fact("width", "pixels across, as shown", "px")] | None = None
    height: Annotated[int, _fact("height", "pixels down, as shown", "px")] | None = None
    stored_width: Annotated[int, _fact("stored width", "pixels across, as stored", "px")] | None = None
    stored_height: Annotated[int, _fact("stored height", "pixels down, as stored", "px")] | None = None
    aspect_ratio: Annotated[Fraction, _fact("aspect ratio", "width / height, as shown")] | None = None
    pixels: Annotated[int, _fact("pixel count", "width x height", "px")] | None = None
    frames: Annotated[int, _fact("frame count", "pictures in the file: frames, pages", "frames")] | None = (
        None
    )
    orientation: (
        Annotated[bool, _fact("turned", "stored turned or mirrored, or cropped when shown")] | None
    ) = None
    orientation_detail: Annotated[str, _fact("orientation", "how the stored picture is turned")] | None = None
    mode: Annotated[str, _fact("colour mode", "Pillow's name of the pixel layout")] | None = None
    bit_depth: Annotated[int, _fact("bit depth", "bits of one sample", "bit")] | None = None
    colour: (
        Annotated[bool, _fact("unusual colour", "CMYK, more than 8 bit, alpha, palette, wide gamut or HDR")]
        | None
    ) = None
    colour_detail: Annotated[str, _fact("colour", "which of these, in words")] | None = None


FrameRateMode = Literal["constant", "variable", "single-frame"]
CodecSupport = Literal["usual", "unusual", "ten-bit", "hdr", "interlaced", "encrypted"]
VideoTracks = Literal["one", "none", "several", "durations-disagree", "header-disagrees"]


class VideoFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured of a clip. `None`: not measured."""

    duration: (
        Annotated[Fraction, _fact("duration", "of the presentation: the longest audio or video track", "s")]
        | None
    ) = None
    claimed_duration: (
        Annotated[Fraction, _fact("header's duration", "what the container's header says", "s")] | None
    ) = None
    video_duration: (
        Annotated[Fraction, _fact("video track's duration", "of the video track alone", "s")] | None
    ) = None
    audio_duration: (
        Annotated[Fraction, _fact("audio track's duration", "of the first audio track alone", "s")] | None
    ) = None
    frames: Annotated[int, _fact("frame count", "frames in the presentation", "frames")] | None = None
    frame_rate: Annotated[Fraction, _fact("frame rate", "average over the presentation", "fps")] | None = None
    frame_rate_min: (
        Annotated[Fraction, _fact("slowest frame rate", "from the longest time between two frames", "fps")]
        | None
    ) = None
    frame_rate_max: (
        Annotated[Fraction, _fact("fastest frame rate", "from the shortest time between two frames", "fps")]
        | None
    ) = None
    frame_rate_mode: (
        Annotated[FrameRateMode, _fact("frame rate mode", "whether frames are evenly spaced")] | None
    ) = None
    width: (
        Annotated[int, _fact("width", "pixels across, turned as shown; pixel shape not applied", "px")] | None
    ) = None
    height: (
        Annotated[int, _fact("height", "pixels down, turned as shown; pixel shape not applied", "px")] | None
    ) = None
    stored_width: Annotated[int, _fact("stored width", "pixels across, as stored", "px")] | None = None
    stored_height: Annotated[int, _fact("stored height", "pixels down, as stored", "px")] | None = None
    shown_width: (
        Annotated[int, _fact("shown width", "pixels across, turned and with square pixels", "px")] | None
    ) = None
    shown_height: (
        Annotated[int, _fact("shown height", "pixels down, turned and with square pixels", "px")] | None
    ) = None
    aspect_ratio: Annotated[Fraction, _fact("aspect ratio", "width / height")] | None = None
    pixels: Annotated[int, _fact("pixel count", "width x height", "px")] | None = None
    resolution: (
        Annotated[str, _fact("resolution", "name by the short side: 480p, 720p, 1080p ...")] | None
    ) = None
    rotation: Annotated[int, _fact("rotation", "clockwise, by the display matrix", "°")] | None = None
    sample_aspect_ratio: (
        Annotated[Fraction, _fact("sample aspect ratio", "width / height of one pixel")] | None
    ) = None
    geometry: Annotated[bool, _fact("geometry", "rotated, or with pixels that are not square")] | None = None
    geometry_detail: (
        Annotated[str, _fact("geometry", "rotation, pixel shape and both sizes in words")] | None
    ) = None
    codec: Annotated[str, _fact("video codec", "FFmpeg's name of the codec")] | None = None
    codec_profile: Annotated[str, _fact("codec profile", "the codec's profile")] | None = None
    pixel_format: Annotated[str, _fact("pixel format", "FFmpeg's name of the pixel layout")] | None = None
    bit_depth: Annotated[int, _fact("bit depth", "bits of one sample", "bit")] | None = None
    hdr: Annotated[str, _fact("HDR transfer", "PQ, HLG or none")] | None = None
    codec_support: (
        Annotated[CodecSupport, _fact("codec", "whether the stream is what every decoder takes")] | None
    ) = None
    codec_detail: Annotated[str, _fact("codec", "codec, profile and pixel format in words")] | None = None
    tracks: Annotated[VideoTracks, _fact("tracks", "video tracks, and whether the tracks agree")] | None = (
        None
    )
    tracks_detail: Annotated[str, _fact("tracks", "the tracks in words")] | None = None
    video_tracks: Annotated[int, _fact("video tracks", "without cover art", "tracks")] | None = None
    audio_tracks: Annotated[int, _fact("audio tracks", "all of them", "tracks")] | None = None
    audio_codec: Annotated[str, _fact("audio codec", "of the first audio track")] | None = None
    audio_sample_rate: Annotated[int, _fact("audio sample rate", "of the first audio track", "Hz")] | None = (
        None
    )
    audio_channels: Annotated[int, _fact("audio channels", "of the first audio track", "channels")] | None = (
        None
    )


Level = Literal["audible", "silent", "clipped"]
Agreement = Literal["agrees", "disagrees"]
Encoding = Literal["usual", "not-pcm", "many-channels", "unusual-rate"]


class AudioFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured of a sound. `None`: not measured."""

    duration: (
        Annotated[Fraction, _fact("duration", "measured from packets or sample data, not from a header", "s")]
        | None
    ) = None
    claimed_duration: (
        Annotated[Fraction, _fact("header's duration", "what the file's own header says", "s")] | None
    ) = None
    header_agreement: (
        Annotated[Agreement, _fact("header", "whether the header's duration is the measured one")] | None
    ) = None
    codec: Annotated[str, _fact("audio codec", "FFmpeg's name of the codec")] | None = None
    sample_rate: Annotated[int, _fact("sample rate", "samples a second of one channel", "Hz")] | None = None
    channels: Annotated[int, _fact("channels", "channels", "channels")] | None = None
    bit_depth: (
        Annotated[int, _fact("bit depth", "bits of one sample, where the codec has such", "bit")] | None
    ) = None
    peak: Annotated[Fraction, _fact("peak", "largest sample, as a fraction of full scale")] | None = None
    clipped: Annotated[Fraction, _fact("clipped share", "samples at full scale over all samples")] | None = (
        None
    )
    level: Annotated[Level, _fact("level", "silent, clipped throughout, or neither")] | None = None
    level_detail: Annotated[str, _fact("level", "peak and clipped share in words")] | None = None
    encoding: (
        Annotated[Encoding, _fact("encoding", "whether the samples are what every decoder takes")] | None
    ) = None
    encoding_detail: Annotated[str, _fact("encoding", "codec, channels and rate in words")] | None = None


MediaFacts = ImageFacts | VideoFacts | AudioFacts
Part = FileFacts | LinkFacts | ImageFacts | VideoFacts | AudioFacts


@dataclass(frozen=True)
class Facts:
    """All that was measured of one asset.

    `unmeasured` says why a fact is `None`: by the fact's name, or under `"*"` for all the others.
    """

    kind: Kind | None = None
    file: FileFacts = field(default_factory=FileFacts)
    link: LinkFacts | None = None
    media: MediaFacts | None = None
    unmeasured: Mapping[str, str] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        """The groups of facts that this asset has."""
        yield self.file
        if self.link is not None:
            yield self.link
        if self.media is not None:
            yield self.media

    def values(self) -> dict[str, FactValue]:
        """Every fact that was measured, by name.

        >>> Facts(file=FileFacts(bytes=10)).values()
        {'bytes': 10}
        """
        return {
            name: value
            for part in self.parts()
            for name, value in msgspec.structs.asdict(part).items()
            if value is not None
        }

    def why_unmeasured(self, name: str) -> str:
        """Why a fact is missing, in words that follow "not judged:".

        >>> Facts(unmeasured={"*": "the file could not be read"}).why_unmeasured("bytes")
        'the file could not be read'
        """
        return self.unmeasured.get(name) or self.unmeasured.get("*") or "it could not be measured"


@dataclass(frozen=True)
class FactInfo:
    """What the profile and the messages need to know of a fact; `choices`: the values of an enumeration."""

    name: str
    label: str
    unit: str
    description: str
    python_type: Any
    choices: tuple[str, ...] = ()


APPLIES: Mapping[str, type[Part]] = MappingProxyType(
    {"file": FileFacts, "url": LinkFacts, "image": ImageFacts, "video": VideoFacts, "audio": AudioFacts}
)
"""What a rule can apply to, and the facts it can compare then, beside those of the file."""


@cache
def fact_table(applies: str) -> Mapping[str, FactInfo]:
    """The facts that a rule with this `applies` can name.

    >>> fact_table("video")["frame_rate"].unit
    'fps'
    """
    hints = {
        **get_type_hints(FileFacts, include_extras=True),
        **get_type_hints(APPLIES[applies], include_extras=True),
    }
    return MappingProxyType({name: _info(name, hint) for name, hint in hints.items()})


def _info(name: str, hint: Any) -> FactInfo:
    annotated = next(arm for arm in get_args(hint) if arm is not type(None))
    inner, meta = annotated.__origin__, annotated.__metadata__[0]
    choices = get_args(inner) if get_origin(inner) is Literal else ()
    return FactInfo(
        name=name,
        label=meta.extra["label"],
        unit=meta.extra["unit"],
        description=meta.description,
        python_type=str if choices else inner,
        choices=choices,
    )
