"""The codes with which the service refuses an asset, and the rules that would have told before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from validator.errors import AssetRejected
from validator.model import Kind
from validator.report.escape import printable
from validator.upload.records import Failure, RegisteredAsset
from validator.upload.wording import LONGEST_CODE, harmless

if TYPE_CHECKING:
    from validator.profile import Profile
    from validator.rule import Rule

_MODERATED = "It comes from the service's own moderation, of which no local check can know the verdict."
_NO_DOCUMENTED_LIMIT = "Nothing that is documented says which audio track the service wants here."

# Each with why no local check can know, for where no rule prevents it.
_CODES: Mapping[str, str] = MappingProxyType(
    {
        "DownloadFailed": "The service could not fetch the URL at that moment.",
        "TypeMismatch": "The service took the file for another type than the one that was given.",
        "FormatUnsupported": "The service does not take this format.",
        "FormatUndetectable": "The service could not tell the file's format.",
        "DurationTooShort": "The service found it too short.",
        "DurationTooLong": "The service found it too long.",
        "WidthTooSmall": "The service found it too narrow.",
        "WidthTooLarge": "The service found it too wide.",
        "HeightTooSmall": "The service found it too low.",
        "HeightTooLarge": "The service found it too high.",
        "AspectRatioTooSmall": "The service found it too narrow for its height.",
        "AspectRatioTooLarge": "The service found it too wide for its height.",
        "FileSizeTooLarge": "The service found the file too large.",
        "PixelCountTooSmall": "The service found it to have too few pixels.",
        "PixelCountTooLarge": "The service found it to have too many pixels.",
        "FpsTooLow": "The service found too few frames a second.",
        "FpsTooHigh": "The service found too many frames a second.",
        "AudioTrackRequired": _NO_DOCUMENTED_LIMIT,
        "AudioTrackForbidden": _NO_DOCUMENTED_LIMIT,
        "TranscodingFailed": "The service could not convert the file.",
        "InternalError": "Something went wrong inside of the service.",
        "FaceMismatch": "The service compares the face with the verified person's.",
        "ContentRestricted": _MODERATED,
        "InputTextSensitiveContentDetected": _MODERATED,
        "InputImageSensitiveContentDetected": _MODERATED,
        "InputVideoSensitiveContentDetected": _MODERATED,
        "InputAudioSensitiveContentDetected": _MODERATED,
    }
)

VENDOR_CODES: tuple[str, ...] = tuple(_CODES)
"""Every code that the service is known to refuse assets with."""

_IN_TEXT = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(_CODES, key=len, reverse=True))})(?![A-Za-z])")
_OF_ONE_KIND = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True)
class Explanation:
    """What stands behind a code: the rules that would have told before, or why none could.

    `why` is a sentence that says either.
    """

    code: str
    rules: tuple[str, ...]
    why: str


def explain(code: str, profile: Profile | None = None, kind: Kind | None = None) -> Explanation:
    """The rules that prevent a code of the service, or why no local check can know.

    Args:
        code: as the service wrote it.
        profile: the one that was linted with; else, or where no rule of it looks for this, the default one.
        kind: of the asset that was refused, which leaves the rules for other kinds out.

    >>> explain("PixelCountTooSmall").rules
    ('VID005',)
    >>> explain("ContentRestricted").why
    "It comes from the service's own moderation, of which no local check can know the verdict."
    """
    from validator.profile import default_profile

    known = vendor_code_in(code) or code
    preventing: list[Rule] = []
    for each in (profile or default_profile(), default_profile()):
        preventing = preventing or [rule for rule in each.rules if known in rule.prevents]
    fitting = [rule for rule in preventing if _fits(rule, kind)] or preventing
    if fitting:
        named = ", ".join(f"{rule.code} ({rule.name})" for rule in fitting)
        return Explanation(known, tuple(rule.code for rule in fitting), f"Rules that look for this: {named}.")
    why = _CODES.get(known, "It is none of the codes that are known, so no rule looks for it.")
    return Explanation(known, (), why)


def vendor_code_in(text: str) -> str:
    """The first known code that a text holds as a word of its own; "" where it holds none.

    >>> vendor_code_in("upstream error: InvalidParameter.FpsTooHigh: at most 60"), vendor_code_in("no")
    ('FpsTooHigh', '')
    """
    found = _IN_TEXT.search(text)
    return found[0] if found else ""


def rejected(asset: RegisteredAsset, profile: Profile | None = None) -> AssetRejected:
    """The error that stands for an asset that the service turned to Failed.

    >>> str(rejected(RegisteredAsset("asset-1", failure=Failure("FpsTooHigh", "at most 60"))))
    'The service refused the asset asset-1: FpsTooHigh: at most 60'
    """
    failure = asset.failure or Failure("", "it gave no reason")
    explanation = explain(failure.code, profile, asset.kind)
    code, message = harmless(failure.code, longest=LONGEST_CODE), harmless(failure.message)
    said = ": ".join(part for part in (code, message) if part)
    return AssetRejected(
        f"The service refused the asset {printable(asset.id)}: {said}",
        code=code,
        rules=explanation.rules,
        why=explanation.why,
        asset_id=asset.id,
    )


def _fits(rule: Rule, kind: Kind | None) -> bool:
    return kind is None or rule.applies not in _OF_ONE_KIND or rule.applies == kind.value
