"""What a download says about its link: web page or media, and whether Content-Type agrees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from validator.intake.url import parse
from validator.model import ContentTypeAgreement, LinkFacts
from validator.probe.sniffed import Sniffed

_WEB_PAGE = "a web page"  # sniff's words for HTML

# Host, path, and what the host calls a link to the file itself.
_DIRECT_LINKS: tuple[tuple[str, str, str], ...] = (
    (r"(drive|docs)\.google\.com", r"", "Google Drive: https://drive.google.com/uc?export=download&id=ID"),
    (r"photos\.(google\.com|app\.goo\.gl)", r"", "Google Photos has no direct links"),
    (r"(.+\.)?dropbox\.com", r"", "Dropbox: the share link with dl=1 (or raw=1) instead of dl=0"),
    (r"1drv\.ms|onedrive\.live\.com", r"", "OneDrive: the link under Embed, with download in place of embed"),
    (r".+\.sharepoint\.com", r"", "SharePoint: the share link with download=1 added to its query"),
    (r"(www\.)?github\.com", r"/[^/]+/[^/]+/blob/", "GitHub: /raw/ in place of /blob/"),
    (r"gist\.github\.com", r"", "GitHub Gist: the link behind the Raw button"),
    (r"gitlab\.com|gitlab\..+", r".*/blob/", "GitLab: /raw/ in place of /blob/"),
    (r"bitbucket\.org", r".*/src/", "Bitbucket: /raw/ in place of /src/"),
    (r"(www\.|m\.)?imgur\.com", r"", "Imgur: https://i.imgur.com/ID.jpg (or .png, .mp4)"),
    (r"huggingface\.co|hf\.co", r".*/blob/", "Hugging Face: /resolve/ in place of /blob/"),
    (r"(www\.)?icloud\.com|share\.icloud\.com", r"", "iCloud has no direct links"),
    (r"we\.tl|(.+\.)?wetransfer\.com", r"", "WeTransfer has no direct links"),
    (r"(.+\.)?box\.com", r"", "Box: the direct link in the settings of the shared link"),
    (r"(www\.)?mediafire\.com", r"", "MediaFire: the address behind its Download button, which changes"),
    (r"accounts\.google\.com|login\.(microsoftonline|live)\.com", r"", "the file asks for a login"),
    (r"(.+\.)?(youtube|vimeo|tiktok|instagram)\.com|youtu\.be", r"", "a player page has no direct link"),
)  # fmt: skip

_NOTHING_SAID = frozenset(
    {
        "application/octet-stream",
        "binary/octet-stream",
        "application/binary",
        "application/x-binary",
        "application/download",
        "application/x-download",
        "application/force-download",
        "application/unknown",
        "unknown/unknown",
    }
)

_ISO_VIDEO = "video/mp4 video/x-mp4 video/x-m4v video/m4v video/quicktime application/mp4"
_WAVE = "audio/wav audio/x-wav audio/wave audio/vnd.wave audio/x-pn-wav"
_OGG = "application/ogg audio/ogg audio/x-ogg video/ogg audio/opus audio/vorbis"
_HEIF = "image/heic image/heif image/heic-sequence image/heif-sequence"
_MP4_AUDIO = "audio/mp4 audio/x-m4a audio/m4a audio/mp4a-latm audio/x-m4b audio/x-m4p audio/aac"

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "jpeg": "image/jpeg image/jpg image/pjpeg image/jfif",
        "mpo": "image/jpeg image/jpg image/pjpeg image/mpo",
        "png": "image/png image/x-png image/apng image/vnd.mozilla.apng",
        "apng": "image/png image/x-png image/apng image/vnd.mozilla.apng",
        "webp": "image/webp image/x-webp",
        "bmp": "image/bmp image/x-bmp image/x-ms-bmp image/x-windows-bmp",
        "tiff": "image/tiff image/tif image/x-tiff image/tiff-fx",
        "bigtiff": "image/tiff image/tif image/x-tiff",
        "gif": "image/gif",
        "heic": _HEIF,
        "heif": _HEIF,
        "heif-sequence": _HEIF,
        "avif": "image/avif image/avif-sequence",
        "avif-sequence": "image/avif image/avif-sequence",
        "svg": "image/svg+xml image/svg text/xml application/xml",
        "ico": "image/x-icon image/vnd.microsoft.icon image/ico",
        "mp4": _ISO_VIDEO,
        "m4v": _ISO_VIDEO,
        "f4v": f"{_ISO_VIDEO} video/x-f4v",
        "mov": _ISO_VIDEO,
        "3gp": f"{_ISO_VIDEO} video/3gpp audio/3gpp",
        "3g2": f"{_ISO_VIDEO} video/3gpp2 audio/3gpp2",
        "webm": "video/webm video/x-matroska audio/webm",
        "mkv": "video/x-matroska video/matroska video/webm",
        "mka": "audio/x-matroska audio/matroska audio/webm",
        "avi": "video/x-msvideo video/avi video/msvideo video/vnd.avi",
        "wav": _WAVE,
        "rf64": _WAVE,
        "mp3": "audio/mpeg audio/mp3 audio/x-mp3 audio/mpeg3 audio/x-mpeg-3 audio/x-mpeg audio/mpg",
        "mp2": "audio/mpeg audio/mp2 audio/x-mp2 audio/x-mpeg",
        "m4a": _MP4_AUDIO,
        "m4b": _MP4_AUDIO,
        "ogg": _OGG,
        "ogv": _OGG,
        "opus": _OGG,
        "flac": "audio/flac audio/x-flac",
        "aiff": "audio/aiff audio/x-aiff",
        "aac": "audio/aac audio/aacp audio/x-aac audio/x-hx-aac-adts",
    }
)


def link_facts(link: LinkFacts, sniffed: Sniffed, url: str) -> LinkFacts:
    """Add what the bytes say about the link. `url` is where they came from, redirects followed.

    >>> page = Sniffed("not-media", detail="a web page")
    >>> link_facts(LinkFacts(), page, "https://imgur.com/abc").page_detail
    'Imgur: https://i.imgur.com/ID.jpg (or .png, .mp4)'
    """
    if sniffed.content == "not-media" and sniffed.detail == _WEB_PAGE:
        return msgspec.structs.replace(link, page="web-page", page_detail=_direct_link(url))
    found = msgspec.structs.replace(link, page="media")
    if sniffed.kind is None:
        return found
    return msgspec.structs.replace(found, content_type_agreement=_agreement(link.content_type, sniffed))


def _direct_link(url: str) -> str | None:
    address = parse(url)
    for host, path, advice in _DIRECT_LINKS:
        if re.fullmatch(host, address.host) and re.match(path, address.path):
            return advice
    return None


def says_nothing(declared: str | None) -> bool:
    """Whether a Content-Type is there in name only.

    >>> says_nothing("application/octet-stream"), says_nothing(None), says_nothing("image/png")
    (True, True, False)
    """
    content_type = (declared or "").strip().lower()
    return not content_type or content_type in _NOTHING_SAID


def _agreement(declared: str | None, sniffed: Sniffed) -> ContentTypeAgreement:
    content_type = (declared or "").strip().lower()
    if says_nothing(content_type):
        return "missing"
    types = _TYPES.get(sniffed.format or "")
    if types is None:
        # A format that the service does not take: enough if the kind is right.
        return "agrees" if content_type.partition("/")[0] == sniffed.kind else "contradicts"
    return "agrees" if content_type in types.split() else "contradicts"
