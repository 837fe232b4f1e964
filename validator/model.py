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
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import msgspec

from validator.fact import FactInfo, fact, fact_info
from validator.generation import LibraryFacts, ReferenceFacts, RequestFacts
from validator.people import FaceFacts, LikenessFacts, PortraitFacts

if TYPE_CHECKING:
    from validator.preview import Preview

FactValue = Fraction | int | str | bool
"""What a fact that can be compared may be, once it was measured."""


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


NOT_FOR_PEOPLE = frozenset({Role.PRODUCT, Role.SCENE, Role.VOICE, Role.OTHER})
"""Roles of assets in which nobody is looked for."""


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


BYTES_UNREAD = "not all bytes were read"
PIXELS_UNREAD = "the pixels and samples were not read"
SOUND_UNREAD = "the sound was read as a header only"
SPARED = "it fails by its header already, and was not decoded (--all-findings decodes it)"
SPARED_BYTES = "it fails by its first bytes already, and was not downloaded whole (--all-findings does that)"
NOT_DECODED = frozenset({PIXELS_UNREAD, SOUND_UNREAD, SPARED, SPARED_BYTES})
"""Why rules are not judged where nothing was decoded: by the run's choice, unless the file forbids it."""

ADDRESS_REFUSED = "nothing was sent, as the address is refused"
URL_REFUSED = "nothing was sent, as the URL cannot be fetched"


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
    path); `location` is the path to open or the URL to fetch. `is_glob`: it is a pattern that nothing
    matches, so that there is nothing to open. `placed_as`: the path or URL by which overrides are looked up,
    where that is not its own, as for the copy of another asset.
    """

    target: str
    location: str
    is_url: bool = False
    name: str | None = None
    role: Role | None = None
    group: Group | None = None
    is_glob: bool = False
    placed_as: str | None = None

    @property
    def source(self) -> Literal["file", "url"]:
        """Where the bytes come from.

        >>> Asset("a.png", "a.png").source
        'file'
        """
        return "url" if self.is_url else "file"


Access = Literal["readable", "missing", "denied", "directory", "special", "unreadable"]
Content = Literal["media", "empty", "lfs-pointer", "not-media"]
MediaKind = Literal["image", "video", "audio"]
Integrity = Literal["whole", "truncated", "corrupt", "without-content", "decoder-crashed"]
Expansion = Literal["sane", "pixels", "frames", "metadata", "memory", "time"]
SecondFormat = Literal["none", "zip"]
NameAgreement = Literal["agrees", "unknown", "other-format", "other-kind", "other-role"]


class FileFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What holds for any file, whatever is in it. `None`: not measured."""

    access: Annotated[Access, fact("access", "whether the file could be opened and read")] | None = None
    access_detail: Annotated[str, fact("reason", "what the operating system said")] | None = None
    bytes: Annotated[int, fact("file size", "size of the whole file", "B")] | None = None
    sha256: Annotated[str, fact("sha256", "digest of the whole file, in hex")] | None = None
    content: Annotated[Content, fact("content", "what the first bytes are")] | None = None
    content_detail: Annotated[str, fact("content", "what the bytes are, where they are no media")] | None = (
        None
    )
    kind: Annotated[MediaKind, fact("kind of media", "image, video or audio, by the bytes")] | None = None
    format: Annotated[str, fact("format", "the format by its bytes, never by its name")] | None = None
    extension: Annotated[str, fact("extension", "the name's ending, in lower case, no dot")] | None = None
    name_agreement: (
        Annotated[NameAgreement, fact("name", "whether extension and declared role agree with the bytes")]
        | None
    ) = None
    name_detail: (
        Annotated[str, fact("name", "what the name or the role says, and what the bytes say")] | None
    ) = None
    integrity: (
        Annotated[Integrity, fact("integrity", "whether the file could be read and decoded to its end")]
        | None
    ) = None
    integrity_detail: Annotated[str, fact("damage", "what the decoder met, and where")] | None = None
    expansion: Annotated[Expansion, fact("expansion", "which bound, if any, decoding would burst")] | None = (
        None
    )
    expansion_detail: Annotated[str, fact("expansion", "the announced size that was refused")] | None = None
    second_format: (
        Annotated[SecondFormat, fact("hidden archive", "what else the same bytes can be opened as")] | None
    ) = None
    second_format_detail: Annotated[str, fact("hidden archive", "where, and how much of it")] | None = None
    duplicate: Annotated[bool, fact("duplicate", "whether the run met the same bytes before")] | None = None
    duplicate_of: Annotated[str, fact("first seen as", "the first target that has the same bytes")] | None = (
        None
    )


Scheme = Literal["https", "http", "other", "malformed"]
Host = Literal["public", "private", "forbidden", "permitted"]
HostKind = Literal["name", "address"]
Port = Literal["allowed", "refused"]
Credentials = Literal["none", "user-info", "query"]
Reach = Literal[
    "reached", "dns-failure", "connection-failure", "tls-failure", "refused", "not-found", "server-error"
]
Redirects = Literal["none", "followed", "too-many", "loop", "downgrade", "broken"]
Page = Literal["media", "web-page"]
ContentTypeAgreement = Literal["agrees", "missing", "contradicts"]
ContentLength = Literal["announced", "missing"]
Head = Literal["answered", "incomplete", "contradicts", "redirected", "refused"]
Transfer = Literal["complete", "short", "long", "over-cap", "changed", "damaged", "packed"]
Expiry = Literal["unsigned", "later", "soon", "expired", "not-yet"]
Ranges = Literal["honoured", "ignored", "refused", "misanswered"]


class LinkFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was met on the way to a URL's bytes. `None`: not measured."""

    scheme: Annotated[Scheme, fact("scheme", "the URL's scheme")] | None = None
    scheme_detail: Annotated[str, fact("scheme", "what is wrong with the URL")] | None = None
    url_length: (
        Annotated[
            int,
            fact(
                "URL's length",
                "characters of the URL as it is sent: encoded, without a fragment",
                "characters",
            ),
        ]
        | None
    ) = None
    host_kind: (
        Annotated[
            HostKind, fact("host's form", "whether the host is a name or an IP address in place of one")
        ]
        | None
    ) = None
    host: Annotated[Host, fact("host", "whether every address of the host is public")] | None = None
    host_detail: Annotated[str, fact("host", "which address is not, and what it is")] | None = None
    port: Annotated[Port, fact("port", "whether the port is one that may be used")] | None = None
    port_detail: Annotated[str, fact("port", "the port, and those that may be used")] | None = None
    credentials: Annotated[Credentials, fact("secrets", "whether the URL holds user or secrets")] | None = (
        None
    )
    credentials_detail: Annotated[str, fact("secrets", "the names of the secrets")] | None = None
    reach: Annotated[Reach, fact("answer", "whether the host answered with the file")] | None = None
    reach_detail: Annotated[str, fact("answer", "the status or the network's error")] | None = None
    redirects: Annotated[Redirects, fact("redirects", "how the way to the file was redirected")] | None = None
    redirects_detail: Annotated[str, fact("redirects", "the hops, query strings removed")] | None = None
    page: Annotated[Page, fact("served", "whether a web page came instead of the media")] | None = None
    page_detail: Annotated[str, fact("served", "the host's direct-link form, where it is known")] | None = (
        None
    )
    content_type: Annotated[str, fact("Content-Type", "the header as sent, without parameters")] | None = None
    content_type_agreement: (
        Annotated[
            ContentTypeAgreement,
            fact("declared type", "whether the Content-Type header agrees with the bytes"),
        ]
        | None
    ) = None
    content_length: (
        Annotated[ContentLength, fact("Content-Length", "whether the answer announces its length")] | None
    ) = None
    head: (
        Annotated[Head, fact("HEAD", "how the host answers a HEAD request; asked where a rule wants it")]
        | None
    ) = None
    head_detail: (
        Annotated[str, fact("HEAD", "the status, the hops, or what its headers lack or contradict")] | None
    ) = None
    transfer: Annotated[Transfer, fact("transfer", "whether the body came whole")] | None = None
    transfer_detail: Annotated[str, fact("transfer", "announced and received bytes")] | None = None
    fetch_seconds: (
        Annotated[Fraction, fact("download time", "from the request to the last byte, look-up included", "s")]
        | None
    ) = None
    ranges: (
        Annotated[Ranges, fact("Range", "how the host answers a request for a part of the file")] | None
    ) = None
    ranges_detail: Annotated[str, fact("Range", "what was asked for, and what came")] | None = None
    expiry: (
        Annotated[Expiry, fact("expiry", "whether a signed URL has ended, or will within the hour")] | None
    ) = None
    expiry_detail: Annotated[str, fact("expiry", "when the signature ends")] | None = None


ExifState = Literal["none", "readable", "broken"]


class ImageFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured of a picture. `None`: not measured."""

    width: Annotated[int, fact("width", "pixels across, as shown", "px")] | None = None
    height: Annotated[int, fact("height", "pixels down, as shown", "px")] | None = None
    short_side: Annotated[int, fact("short side", "the smaller of width and height", "px")] | None = None
    stored_width: Annotated[int, fact("stored width", "pixels across, as stored", "px")] | None = None
    stored_height: Annotated[int, fact("stored height", "pixels down, as stored", "px")] | None = None
    aspect_ratio: Annotated[Fraction, fact("aspect ratio", "width / height, as shown")] | None = None
    pixels: Annotated[int, fact("pixel count", "width x height", "px")] | None = None
    frames: Annotated[int, fact("frame count", "pictures in the file: frames, pages", "frames")] | None = None
    orientation: (
        Annotated[bool, fact("turned", "stored turned or mirrored, or cropped when shown")] | None
    ) = None
    orientation_detail: Annotated[str, fact("orientation", "how the stored picture is turned")] | None = None
    exif: Annotated[ExifState, fact("Exif", "whether the picture has Exif that can be read")] | None = None
    exif_detail: Annotated[str, fact("Exif", "what is wrong with it")] | None = None
    mode: Annotated[str, fact("colour mode", "Pillow's name of the pixel layout")] | None = None
    bit_depth: Annotated[int, fact("bit depth", "bits of one sample", "bit")] | None = None
    colour: (
        Annotated[bool, fact("unusual colour", "CMYK, more than 8 bit, alpha, palette, wide gamut or HDR")]
        | None
    ) = None
    colour_detail: Annotated[str, fact("colour", "which of these, in words")] | None = None
    alpha: Annotated[bool, fact("alpha", "whether parts of the picture may be transparent")] | None = None


FrameRateMode = Literal["constant", "variable", "single-frame"]
CodecSupport = Literal["usual", "unusual", "ten-bit", "hdr", "interlaced", "encrypted"]
VideoTracks = Literal["one", "none", "several", "durations-disagree", "header-disagrees"]


class VideoFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured of a clip. `None`: not measured."""

    duration: (
        Annotated[Fraction, fact("duration", "of the presentation: the longest audio or video track", "s")]
        | None
    ) = None
    claimed_duration: (
        Annotated[Fraction, fact("header's duration", "what the container's header says", "s")] | None
    ) = None
    video_duration: (
        Annotated[Fraction, fact("video track's duration", "of the video track alone", "s")] | None
    ) = None
    audio_duration: (
        Annotated[Fraction, fact("audio track's duration", "of the first audio track alone", "s")] | None
    ) = None
    frames: Annotated[int, fact("frame count", "frames in the presentation", "frames")] | None = None
    frame_rate: Annotated[Fraction, fact("frame rate", "average over the presentation", "fps")] | None = None
    frame_rate_min: (
        Annotated[Fraction, fact("slowest frame rate", "from the longest time between two frames", "fps")]
        | None
    ) = None
    frame_rate_max: (
        Annotated[Fraction, fact("fastest frame rate", "from the shortest time between two frames", "fps")]
        | None
    ) = None
    frame_rate_mode: (
        Annotated[FrameRateMode, fact("frame rate mode", "whether frames are evenly spaced")] | None
    ) = None
    width: (
        Annotated[int, fact("width", "pixels across, turned as shown; pixel shape not applied", "px")] | None
    ) = None
    height: (
        Annotated[int, fact("height", "pixels down, turned as shown; pixel shape not applied", "px")] | None
    ) = None
    stored_width: Annotated[int, fact("stored width", "pixels across, as stored", "px")] | None = None
    stored_height: Annotated[int, fact("stored height", "pixels down, as stored", "px")] | None = None
    shown_width: (
        Annotated[int, fact("shown width", "pixels across, turned and with square pixels", "px")] | None
    ) = None
    shown_height: (
        Annotated[int, fact("shown height", "pixels down, turned and with square pixels", "px")] | None
    ) = None
    aspect_ratio: Annotated[Fraction, fact("aspect ratio", "width / height")] | None = None
    pixels: Annotated[int, fact("pixel count", "width x height", "px")] | None = None
    resolution: Annotated[str, fact("resolution", "name by the short side: 480p, 720p, 1080p ...")] | None = (
        None
    )
    rotation: Annotated[int, fact("rotation", "clockwise, by the display matrix", "°")] | None = None
    sample_aspect_ratio: (
        Annotated[Fraction, fact("sample aspect ratio", "width / height of one pixel")] | None
    ) = None
    geometry: Annotated[bool, fact("geometry", "rotated, or with pixels that are not square")] | None = None
    geometry_detail: (
        Annotated[str, fact("geometry", "rotation, pixel shape and both sizes in words")] | None
    ) = None
    codec: Annotated[str, fact("video codec", "FFmpeg's name of the codec")] | None = None
    codec_profile: Annotated[str, fact("codec profile", "the codec's profile")] | None = None
    pixel_format: Annotated[str, fact("pixel format", "FFmpeg's name of the pixel layout")] | None = None
    bit_depth: Annotated[int, fact("bit depth", "bits of one sample", "bit")] | None = None
    hdr: Annotated[str, fact("HDR transfer", "PQ, HLG or none")] | None = None
    codec_support: (
        Annotated[CodecSupport, fact("codec", "whether the stream is what every decoder takes")] | None
    ) = None
    codec_detail: Annotated[str, fact("codec", "codec, profile and pixel format in words")] | None = None
    tracks: Annotated[VideoTracks, fact("tracks", "video tracks, and whether the tracks agree")] | None = None
    tracks_detail: Annotated[str, fact("tracks", "the tracks in words")] | None = None
    video_tracks: Annotated[int, fact("video tracks", "without cover art", "tracks")] | None = None
    audio_tracks: Annotated[int, fact("audio tracks", "all of them", "tracks")] | None = None
    audio_codec: Annotated[str, fact("audio codec", "of the first audio track")] | None = None
    audio_sample_rate: Annotated[int, fact("audio sample rate", "of the first audio track", "Hz")] | None = (
        None
    )
    audio_channels: Annotated[int, fact("audio channels", "of the first audio track", "channels")] | None = (
        None
    )


Level = Literal["audible", "silent", "clipped"]
Agreement = Literal["agrees", "disagrees"]
Encoding = Literal["usual", "not-pcm", "many-channels", "unusual-rate"]


class AudioFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was measured of a sound. `None`: not measured."""

    duration: (
        Annotated[Fraction, fact("duration", "measured from packets or sample data, not from a header", "s")]
        | None
    ) = None
    claimed_duration: (
        Annotated[Fraction, fact("header's duration", "what the file's own header says", "s")] | None
    ) = None
    header_agreement: (
        Annotated[Agreement, fact("header", "whether the header's duration is the measured one")] | None
    ) = None
    codec: Annotated[str, fact("audio codec", "FFmpeg's name of the codec")] | None = None
    sample_rate: Annotated[int, fact("sample rate", "samples a second of one channel", "Hz")] | None = None
    channels: Annotated[int, fact("channels", "channels", "channels")] | None = None
    bit_depth: (
        Annotated[int, fact("bit depth", "bits of one sample, where the codec has such", "bit")] | None
    ) = None
    peak: Annotated[Fraction, fact("peak", "largest sample, of full scale", "share")] | None = None
    clipped: (
        Annotated[Fraction, fact("clipped samples", "samples at full scale over all samples", "share")] | None
    ) = None
    level: Annotated[Level, fact("level", "silent, clipped throughout, or neither")] | None = None
    level_detail: Annotated[str, fact("level", "peak and clipped share in words")] | None = None
    encoding: (
        Annotated[Encoding, fact("encoding", "whether the samples are what every decoder takes")] | None
    ) = None
    encoding_detail: Annotated[str, fact("encoding", "codec, channels and rate in words")] | None = None


NO_MEDIA = frozenset({"request", "references", "library"})
"""What rules apply to that is no media, so that rules on files do not concern it."""

MediaFacts = ImageFacts | VideoFacts | AudioFacts
Part = (
    FileFacts
    | LinkFacts
    | ImageFacts
    | VideoFacts
    | AudioFacts
    | FaceFacts
    | PortraitFacts
    | LikenessFacts
    | RequestFacts
    | ReferenceFacts
    | LibraryFacts
)


@dataclass(frozen=True)
class Facts:
    """All that was measured of one asset.

    `unmeasured` says why a fact is `None`: by the fact's name, or under `"*"` for all the others. `faces`
    and `portrait` are `None` where nobody was looked for, `likeness` where there is no face to compare with.
    `descriptor` is no fact of its own but what faces are compared by; `no_descriptor` says why there is none.
    `preview` is none either: it is what there is to see of the asset, on its way to the report.
    `request`, `references` and `library` are of what is no media: a generation request, the assets that it
    names (`None` where the library was not asked), an account's library.
    `stopped`: nothing was decoded, since the header alone fails. `lasting` is false where something was not
    measured for a reason that may be gone next time: a time limit, a worker or a model that was missing.
    """

    kind: Kind | None = None
    file: FileFacts = field(default_factory=FileFacts)
    link: LinkFacts | None = None
    media: MediaFacts | None = None
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    faces: FaceFacts | None = None
    portrait: PortraitFacts | None = None
    likeness: LikenessFacts | None = None
    descriptor: tuple[float, ...] | None = None
    no_descriptor: str = ""
    request: RequestFacts | None = None
    references: ReferenceFacts | None = None
    library: LibraryFacts | None = None
    preview: Preview | None = field(default=None, repr=False)
    stopped: bool = False
    lasting: bool = True

    @property
    def subjects(self) -> frozenset[str]:
        """What these facts are of, in the words of a rule's `applies`.

        >>> sorted(Facts(kind=Kind.IMAGE, link=LinkFacts()).subjects)
        ['file', 'image', 'url']
        """
        present = {
            "url": self.link,
            "faces": self.faces,
            "portrait": self.portrait,
            "likeness": self.likeness,
            "request": self.request,
            "references": self.references,
            "library": self.library,
        }
        found = {name for name, part in present.items() if part is not None}
        if not found & NO_MEDIA:
            found |= {"file"} if self.kind is None else {"file", self.kind.value}
        return frozenset(found)

    def parts(self) -> Iterator[Part]:
        """The groups of facts that this asset has."""
        for part in (
            *(self.file, self.link, self.media, self.faces, self.portrait, self.likeness),
            *(self.request, self.references, self.library),
        ):
            if part is not None:
                yield part

    def values(self) -> dict[str, Any]:
        """Every fact that was measured, by name: a `FactValue`, or a list or a box that only locates.

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


APPLIES: Mapping[str, tuple[type[Part], ...]] = MappingProxyType(
    {
        "file": (FileFacts,),
        "url": (FileFacts, LinkFacts),
        "image": (FileFacts, ImageFacts),
        "video": (FileFacts, VideoFacts),
        "audio": (FileFacts, AudioFacts),
        "faces": (FileFacts, FaceFacts),
        "portrait": (FileFacts, ImageFacts, FaceFacts, PortraitFacts),
        "likeness": (FileFacts, FaceFacts, LikenessFacts),
        "request": (FileFacts, RequestFacts),
        "references": (FileFacts, RequestFacts, ReferenceFacts),
        "library": (FileFacts, LibraryFacts),
    }
)
"""What a rule can apply to, and the facts that it can name then.

`faces`: images and clips that were looked at for faces; `portrait`: images alone; `likeness`: those with
others of their group to compare with. `request`: a generation request; `references`: one about whose assets
the library was asked; `library`: an account's library, before assets are created in it.
"""


@cache
def fact_table(applies: str) -> Mapping[str, FactInfo]:
    """The facts that a rule with this `applies` can name.

    >>> fact_table("video")["frame_rate"].unit
    'fps'
    """
    return MappingProxyType(
        {
            name: fact_info(name, hint)
            for part in APPLIES[applies]
            for name, hint in get_type_hints(part, include_extras=True).items()
        }
    )
