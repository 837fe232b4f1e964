"""What `validator fix` does about a rule, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.findings import Severity
from validator.rule import Rule

_DOES: Mapping[str, str] = MappingProxyType(
    {
        "compress": "compresses it, with the least loss that fits",
        "convert": "converts it; what may stay as it is, is copied unchanged",
        "crop": "crops it to a close-up; of several people, --face says whom",
        "first-frame": "keeps one picture of it: the first, or the one that --frame names",
        "flatten": "lays it on a plain colour",
        "frame-rate": "brings it to the nearest usual constant rate",
        "orient": "turns the picture itself, and scales nothing",
        "pad": "adds room beside the picture (--fill), or cuts it (--crop)",
        "rename": "copies it under a name that fits its bytes",
        "scale": "scales it, up to --max-enlarge times",
        "srgb": "converts its colours to sRGB",
        "tracks": "keeps one video track, and one sound track of the same length",
        "trim": "cuts it (--start, --scenes); what is too short gets longer with --lengthen alone",
    }
)
"""By the word that a rule has under `repair`."""


def repair_words(rule: Rule) -> str:
    """What the command does, and with which option; empty where it can do nothing.

    >>> from validator.profile import default_profile
    >>> repair_words(default_profile()["VID005"])
    '`validator fix` scales it, up to --max-enlarge times.'
    >>> repair_words(default_profile()["FIL002"])
    ''
    """
    does = _DOES.get(rule.repair)
    return "" if does is None else f"`validator fix{_asked(rule)}` {does}."


def _asked(rule: Rule) -> str:
    """What has to be said for it, since errors alone are mended unasked."""
    if rule.applies in ("portrait", "faces"):
        return " --role close-up"
    heaviest = max((*rule.levels.values(), rule.severity), key=lambda severity: severity.rank)
    return "" if heaviest is Severity.ERROR else f" --level {heaviest}"
