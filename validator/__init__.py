"""Pre-flight validator and linter for media that goes to Seedance 2.0's asset library.

What registers it there is `validator.upload`.

import validator

report = validator.lint(["clips/", "https://example.com/face.png"])
for result in report:
    for finding in result.findings:
        log.info("%s: %s %s", result.target, finding.code, finding.message)
report.raise_for_errors()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator._version import __version__
from validator.lazy import lazily

if TYPE_CHECKING:
    from validator.baseline import Baseline
    from validator.baseline_file import read_baseline
    from validator.config import Config, Override, load_config
    from validator.errors import (
        AssetListError,
        AssetsRejected,
        Cancelled,
        ConfigError,
        NoTargetsError,
        OutOfResources,
        ProfileError,
        RepairError,
        UrlRefused,
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
        Severity,
        Summary,
        Tool,
        Verdict,
    )
    from validator.finished import Report
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
    from validator.people import Box, Face, FaceFacts, Joint, LikenessFacts, PortraitFacts
    from validator.preview import Preview, RateSpan, SmallPicture, StripFrame
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder
    from validator.repair.library import plan_repair, repair, repair_iter
    from validator.repair.options import RepairOptions
    from validator.repair.outcome import Repair, RepairReport
    from validator.repair.plan import Change, Obstacle, Quality, RepairPlan
    from validator.settings import FixSettings, ServiceSettings, UploadSettings
    from validator.url_check import CheckedUrl, check_url

__all__ = [
    "Asset",
    "AssetListError",
    "AssetReport",
    "AssetsRejected",
    "AudioFacts",
    "Baseline",
    "Box",
    "Cancelled",
    "Change",
    "CheckedUrl",
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
    "FixSettings",
    "Group",
    "GroupKind",
    "ImageFacts",
    "Joint",
    "Kind",
    "LikenessFacts",
    "Limit",
    "Limits",
    "LinkFacts",
    "Measured",
    "NoTargetsError",
    "NotJudged",
    "Obstacle",
    "OutOfResources",
    "Override",
    "PortraitFacts",
    "Preview",
    "ProfileError",
    "ProfileInfo",
    "Quality",
    "RateSpan",
    "Repair",
    "RepairError",
    "RepairOptions",
    "RepairPlan",
    "RepairReport",
    "Report",
    "Role",
    "ServiceSettings",
    "Severity",
    "SmallPicture",
    "StripFrame",
    "Summary",
    "Tool",
    "UploadSettings",
    "UrlRefused",
    "UsageError",
    "ValidatorError",
    "Verdict",
    "VideoFacts",
    "__version__",
    "alint",
    "check_url",
    "lint",
    "lint_iter",
    "load_config",
    "plan_repair",
    "read_baseline",
    "repair",
    "repair_iter",
]


# Imported when they are first asked for: worker processes need few of them, and start that much faster.
__getattr__, __dir__ = lazily(
    globals(),
    {
        "validator.baseline": "Baseline",
        "validator.baseline_file": "read_baseline",
        "validator.config": "Config Override load_config",
        "validator.errors": (
            "AssetListError AssetsRejected Cancelled ConfigError NoTargetsError OutOfResources "
            "ProfileError RepairError UrlRefused UsageError ValidatorError"
        ),
        "validator.findings": (
            "AssetReport Finding Limit Measured NotJudged ProfileInfo Severity Summary Tool Verdict"
        ),
        "validator.finished": "Report",
        "validator.judge": "Limits",
        "validator.library": "alint lint lint_iter",
        "validator.model": (
            "Asset AudioFacts Depth Facts FileFacts Group GroupKind ImageFacts Kind LinkFacts Role VideoFacts"
        ),
        "validator.people": "Box Face FaceFacts Joint LikenessFacts PortraitFacts",
        "validator.preview": "Preview RateSpan SmallPicture StripFrame",
        "validator.probe.decoders": "Decoders",
        "validator.probe.portrait.looker": "FaceFinder",
        "validator.repair": "repair",
        "validator.repair.library": "plan_repair repair_iter",
        "validator.repair.options": "RepairOptions",
        "validator.repair.outcome": "Repair RepairReport",
        "validator.repair.plan": "Change Obstacle Quality RepairPlan",
        "validator.settings": "FixSettings ServiceSettings UploadSettings",
        "validator.url_check": "CheckedUrl check_url",
    },
)
