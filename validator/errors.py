"""Every exception that this package raises on purpose.

    ValidatorError
    ├── UsageError              wrong use: a target, an option or a rule code that makes no sense
    │   ├── ProfileError        a profile that cannot be used: file, rule and key are named
    │   ├── ConfigError         a configuration that cannot be used: file and key are named
    │   ├── AssetListError      an asset list that cannot be used: line and field are named
    │   └── NoTargetsError      nothing to judge was found
    ├── UrlRefused              raised by `check_url`, carries the rule's code
    ├── OutOfResources          the system starts no further thread
    ├── AssetsRejected          raised by `Report.raise_for_errors`, carries the report
    └── Cancelled               the run was asked to stop

A file or a URL that is bad is never an exception: it is a finding. Only `check_url` raises instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.findings import Report


class ValidatorError(Exception):
    """Whatever this package raises on purpose."""


class UsageError(ValidatorError):
    """Wrong use: a target, an option or a rule code that makes no sense."""


class ProfileError(UsageError):
    """A profile that cannot be used. The message names file, rule and key."""


class ConfigError(UsageError):
    """A configuration that cannot be used. The message names file and key."""


class AssetListError(UsageError):
    """An asset list that cannot be used. The message names file, line and field."""


class NoTargetsError(UsageError):
    """Nothing to judge was found under the targets."""


class UrlRefused(ValidatorError):
    """Nothing may be sent to this URL, or nothing can be.

    `code` is that of the rule under which `lint` reports the same: "URL001", "URL002", "URL003", "URL007" or
    "URL012". The message holds nothing secret of the URL.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(code, message)

    def __str__(self) -> str:
        code, message = self.args
        return f"{message} [{code}]"


class Cancelled(ValidatorError):
    """The run was asked to stop before it was done."""


class OutOfResources(ValidatorError):
    """The system starts no further thread, so that a run cannot go on."""


class AssetsRejected(ValidatorError):
    """At least one asset failed or could not be judged.

    `report` is the whole report, so that a caller can answer with each finding.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        summary = report.summary
        super().__init__(
            f"{summary.failed} of {summary.assets} assets fail, {summary.unjudged} could not be judged"
        )
