"""Every exception that this package raises on purpose.

    ValidatorError
    ├── UsageError              wrong use: a target, an option or a rule code that makes no sense
    │   ├── ProfileError        a profile that cannot be used: file, rule and key are named
    │   ├── ConfigError         a configuration that cannot be used: file and key are named
    │   ├── AssetListError      an asset list that cannot be used: line and field are named
    │   ├── NoTargetsError      nothing to judge was found
    │   ├── JournalError        the journal of uploads cannot be read or written; from `validator.upload`
    │   └── UploadBusy          somebody else is uploading into the same group at this moment
    ├── UrlRefused              raised by `check_url`, carries the rule's code
    ├── OutOfResources          the system starts no further thread
    ├── AssetsRejected          raised by `Report.raise_for_errors`, carries the report
    ├── AssetsNotActive         raised by `Upload.raise_for_errors`, carries the upload
    ├── Cancelled               the run was asked to stop
    ├── NotPublished            a file has no public address, or what is there is not to be forwarded
    ├── FileChanged             a file, or what a URL serves, is no longer what was judged
    ├── RepairError             a copy that conforms could not be made
    └── ServiceError            the asset library did not do what it was asked; from `validator.upload`
        ├── AuthenticationError     401: the key is missing, wrong or has ended
        ├── PermissionDenied        403: the account may not do this
        ├── QuotaExceeded           403: the account holds as many assets as it may
        ├── BalanceTooLow           402: the account has no money left
        ├── RateLimited             429, still after the last retry; carries how long to wait
        ├── NotFound                404: no such asset, group or session
        ├── RequestRefused          400: the service does not take the request as it is
        ├── AssetRejected           the service refused an asset: its code, and the rules that would have told
        ├── ServiceUnavailable      unreachable, 5xx, or an answer that makes no sense
        │   └── AnswerLost              what was asked may have been done all the same
        └── WaitTimeout             what was waited for did not settle in time; carries the asset's id

A file or a URL that is bad is never an exception: it is a finding. Only `check_url` raises instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.finished import Report
    from validator.upload.forward import Upload
    from validator.upload.outcome import Outcome


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


class JournalError(UsageError):
    """The journal of uploads cannot be read or written. The message names the file and says what to do.

    `outcomes`: where it ended a delivery, what became of each target; what was created has its id.
    """

    outcomes: tuple[Outcome, ...] = ()


class UploadBusy(UsageError):
    """Somebody else is uploading into the same group, or creating it, at this moment."""


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


class NotPublished(ValidatorError):
    """A file has no public address, or what is there is not to be forwarded; the message says why.

    It holds nothing secret: no signed link, no key.
    """


class FileChanged(ValidatorError):
    """A file, or what a URL serves, is no longer what was judged, so that it is not forwarded."""


class RepairError(ValidatorError):
    """A copy that conforms could not be made; the message is a whole sentence that says why."""


class ServiceError(ValidatorError):
    """The asset library did not do what it was asked.

    `status`: of the HTTP answer, if there was one; `code`: the service's or its vendor's own, as it was
    written; `request_id`: for whoever asks the service's support; `outcomes`: where it ended a delivery, what
    became of each target. The message holds nothing secret.
    """

    outcomes: tuple[Outcome, ...] = ()

    def __init__(
        self, message: str, *, status: int | None = None, code: str = "", request_id: str = ""
    ) -> None:
        self.status = status
        self.code = code
        self.request_id = request_id
        super().__init__(message)


class AuthenticationError(ServiceError):
    """The key is missing, wrong or has ended (401)."""


class PermissionDenied(ServiceError):
    """The account may not do this (403): a right that was not bought or granted."""


class QuotaExceeded(ServiceError):
    """The account holds as many assets as it may (403)."""


class BalanceTooLow(ServiceError):
    """The account has no money left (402)."""


class RateLimited(ServiceError):
    """Too many requests (429), still after the last retry. `retry_after`: seconds, if the service said so."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        status: int | None = 429,
        code: str = "",
        request_id: str = "",
    ) -> None:
        self.retry_after = retry_after
        super().__init__(message, status=status, code=code, request_id=request_id)


class NotFound(ServiceError):
    """There is no such asset, group or session (404)."""


class RequestRefused(ServiceError):
    """The service does not take the request as it is (400)."""


class AssetRejected(ServiceError):
    """The service refused an asset, at once or while it processed it.

    `code` is the vendor's; `rules`: codes of the rules that would have told before, empty where no local
    check can know, and `why` says either in a sentence; `asset_id`: "" where none was given.
    """

    def __init__(  # noqa: PLR0913 - what a caller needs to act
        self,
        message: str,
        *,
        code: str,
        rules: tuple[str, ...] = (),
        why: str = "",
        asset_id: str = "",
        status: int | None = None,
        request_id: str = "",
    ) -> None:
        self.rules = rules
        self.why = why
        self.asset_id = asset_id
        super().__init__(message, status=status, code=code, request_id=request_id)


class ServiceUnavailable(ServiceError):
    """The service could not be reached, failed (5xx), or gave an answer that makes no sense."""


class AnswerLost(ServiceUnavailable):
    """No answer came, or none that tells: what was asked may have been done all the same."""


class WaitTimeout(ServiceError):
    """What was waited for did not settle in time. It may still do: ask again later.

    `asset_ids`: those that are not settled; `asset_id`: the first of them; `session_id`: where a
    verification was waited for.
    """

    def __init__(self, message: str, *, asset_ids: tuple[str, ...] = (), session_id: str = "") -> None:
        self.asset_ids = asset_ids
        self.session_id = session_id
        super().__init__(message)

    @property
    def asset_id(self) -> str:
        """The first asset that is not settled; "" where a session was waited for."""
        return self.asset_ids[0] if self.asset_ids else ""


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


class AssetsNotActive(ValidatorError):
    """At least one asset of an upload is not Active.

    `upload` is the whole of it, so that a caller can answer with each outcome.
    """

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        active = sum(outcome.is_active for outcome in upload.outcomes)
        super().__init__(f"{active} of {len(upload.outcomes)} assets are Active")
