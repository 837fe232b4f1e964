"""Pre-flight validator and linter for media that goes to Seedance 2.0's asset library.

import validator

report = validator.lint(["clips/", "https://example.com/face.png"])
for result in report:
    for finding in result.findings:
        log.info("%s: %s %s", result.target, finding.code, finding.message)
report.raise_for_errors()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from validator._version import __version__
from validator.config import Config, Override, load_config
from validator.errors import (
    AssetListError,
    AssetsRejected,
    Cancelled,
    ConfigError,
    NoTargetsError,
    ProfileError,
    UsageError,
    ValidatorError,
)
from validator.findings import (
    AssetReport,
    Finding,
    Limit,
    Measured,
    NotJudged,
    ProfileInfo,
    Report,
    Severity,
    Summary,
    Tool,
    Verdict,
)
from validator.judge import Limits
from validator.library import alint, lint, lint_iter
from validator.model import (
    Asset,
    AudioFacts,
    Depth,
    Facts,
    FileFacts,
    Group,
    GroupKind,
    ImageFacts,
    Kind,
    LinkFacts,
    Role,
    VideoFacts,
)
from validator.people import Box, Face, FaceFacts, LikenessFacts, PortraitFacts

if TYPE_CHECKING:
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder

__all__ = [
    "Asset",
    "AssetListError",
    "AssetReport",
    "AssetsRejected",
    "AudioFacts",
    "Box",
    "Cancelled",
    "Config",
    "ConfigError",
    "Decoders",
    "Depth",
    "Face",
    "FaceFacts",
    "FaceFinder",
    "Facts",
    "FileFacts",
    "Finding",
    "Group",
    "GroupKind",
    "ImageFacts",
    "Kind",
    "LikenessFacts",
    "Limit",
    "Limits",
    "LinkFacts",
    "Measured",
    "NoTargetsError",
    "NotJudged",
    "Override",
    "PortraitFacts",
    "ProfileError",
    "ProfileInfo",
    "Report",
    "Role",
    "Severity",
    "Summary",
    "Tool",
    "UsageError",
    "ValidatorError",
    "Verdict",
    "VideoFacts",
    "__version__",
    "alint",
    "lint",
    "lint_iter",
    "load_config",
]


def __getattr__(name: str) -> Any:
    """Import late what few callers need, and what would cost every start."""
    if name == "Decoders":
        from validator.probe.decoders import Decoders

        return Decoders
    if name == "FaceFinder":
        from validator.probe.portrait.looker import FaceFinder

        return FaceFinder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
