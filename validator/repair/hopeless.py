"""What no copy mends: of each finding that is of such a kind, why, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.findings import Finding
from validator.model import LinkFacts
from validator.people import FaceFacts, PortraitFacts

_OTHER = ""  # any other value of the fact
_LOST = "what is lost cannot be brought back: export or download it again"

_SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "access": {
            "missing": "There is no such file: give a path that exists.",
            "directory": "It is a folder: name it with a slash at its end, or name the files in it.",
            "denied": "It may not be read, so that there is nothing to copy: see to its permissions.",
            "special": "It is no regular file: save what it holds as one, and mend that.",
            _OTHER: "It cannot be read, so that there is nothing to copy: save it again, on another disk.",
        },
        "content": {
            "empty": "The file is empty, so that there is nothing to copy: export or download it again.",
            "lfs-pointer": "It stands in for a file that Git LFS keeps: run git lfs pull, and mend that.",
            _OTHER: "It is no media, so that there is nothing to copy: give the media itself.",
        },
        "integrity": {
            "truncated": f"The end of the file is missing, and {_LOST}.",
            "corrupt": f"Parts of the file are damaged, and {_LOST}.",
            "without-content": "It holds nothing that could be shown or heard: export it again.",
            _OTHER: "Decoders crash on it: export it again with another program.",
        },
        "expansion": {_OTHER: "It announces more than is ever decoded: export it smaller, or in parts."},
        "name_agreement": {
            "other-role": "{message}: say roles for each file, in an asset list or by [[overrides]], or none."
        },
        "codec_support": {"encrypted": "It is encrypted: export it without the protection."},
        "tracks": {"none": "There is no video track in it, and nothing to make one from: export it again."},
        "face_distance": {
            _OTHER: "It shows another person than the rest of its group: move it to a group of its own."
        },
    }
)

_LINK = frozenset(LinkFacts.__struct_fields__)
_PEOPLE = frozenset({*FaceFacts.__struct_fields__, *PortraitFacts.__struct_fields__})


def why_hopeless(finding: Finding) -> str:
    """Why no copy answers this finding, in a sentence; empty where one may.

    >>> from validator.findings import Limit, Measured, Severity
    >>> found = Measured("content", "empty", "empty")
    >>> why_hopeless(Finding("FIL002", "file-empty", Severity.ERROR, "It is empty.", found, Limit(), ""))
    'The file is empty, so that there is nothing to copy: export or download it again.'
    """
    sentences = _SENTENCES.get(finding.measured.fact, {})
    why = sentences.get(finding.measured.exact) or sentences.get(_OTHER, "")
    return why.replace("{message}", finding.message.rstrip("."))


def why_unframed(finding: Finding) -> str:
    """Why a clip's copy does not answer what is said of the people in it; empty where that is not it."""
    if finding.measured.fact not in _PEOPLE:
        return ""
    message = f"{finding.message.rstrip('.')}, and what a clip shows stays"
    return f"{message}: {finding.help[0].lower()}{finding.help[1:]}" if finding.help else f"{message}."


def why_elsewhere(finding: Finding) -> str:
    """Why a finding is not about the media itself, so that it is no reason for a copy; empty where it is."""
    if finding.measured.fact in _LINK:
        return f"A copy does not mend its address: {finding.message}"
    if is_of_others(finding):
        return f"{finding.message.rstrip('.')}, which a copy does not change."
    return ""


def why_unread(finding: Finding) -> str:
    """Why there is nothing to copy, of what could not be had or is of no kind; empty where that is not it."""
    if is_of_others(finding):
        return ""
    return f"{finding.message} {finding.help}".rstrip()


def is_of_others(finding: Finding) -> bool:
    """Whether it is what another asset is like that a finding is about."""
    return finding.measured.fact == "duplicate"
