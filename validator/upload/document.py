"""What the commands around the asset library write as JSON, as typed documents."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from validator.errors import ValidatorError
from validator.findings import AssetReport, Finding, ProfileInfo, Tool, Verdict
from validator.intake.url import displayed
from validator.model import GroupKind, Kind, Role
from validator.report.escape import encodable, inert_json
from validator.report.json import NotJudgedEntry
from validator.upload.ending import why as explanation
from validator.upload.entry import Entry
from validator.upload.outcome import Ending
from validator.upload.records import AssetGroup, RegisteredAsset, VerificationSession

if TYPE_CHECKING:
    from validator.upload.forward import Upload

SCHEMA_VERSION: Literal[1] = 1

Action = Literal["create", "wait", "retry", "skip", "failed", "refuse", "mend"]
"""What would be done for a target; see `validator.upload.delivery.Planned`."""


class GroupEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One group of assets. Times are UTC."""

    id: str
    name: str
    kind: GroupKind | None
    description: str
    project: str
    created: str | None
    updated: str | None


class LibraryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One asset in the library. `code` and `message` are the service's, where it failed.

    `rules`: those that would have told before; `why` says so in a sentence. `url` is there where it was asked
    for: whoever has it can open the asset for about 12 hours.
    """

    id: str
    reference: str
    name: str
    kind: Kind | None
    status: str
    group_id: str
    created: str | None
    updated: str | None
    code: str = ""
    message: str = ""
    rules: tuple[str, ...] = ()
    why: str = ""
    url: str | UnsetType = UNSET


class SessionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One person's verification. `link` is secret, and ends about 120 seconds after the start."""

    id: str
    status: str
    link: str
    group_id: str


class UploadEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one target. `target` is what the user named; of a URL, secrets are left out.

    `outcome`: "active" and "already-active" can be used in a request; of a dry run it is absent, and `action`
    says what would be done. `code` and `message` are the service's, `rules` those that would have told
    before, and `why` says so in a sentence. `findings` and `not_judged` are those of the lint. `mended`: what
    differs in the copy that was forwarded in its place, or would be; of what was forwarded, the verdict, the
    sha256 and the findings are the copy's.
    """

    target: str
    verdict: Verdict
    kind: Kind | None
    sha256: str
    name: str
    group_id: str
    asset_id: str
    reference: str
    code: str = ""
    message: str = ""
    rules: tuple[str, ...] = ()
    why: str = ""
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudgedEntry, ...]
    outcome: Ending | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    mended: str = ""


class ErrorEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What ended an upload before its time. `type` is the name of the exception."""

    type: str
    code: str
    message: str


class QuotaEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Of a dry run: how many assets the account holds, would hold more, and may hold."""

    used: int
    needed: int
    quota: int


class UploadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What `validator upload --output-format json` writes. `summary` counts the outcomes, or the actions."""

    schema_version: Literal[1]
    tool: Tool
    profile: ProfileInfo
    service: str
    dry_run: bool
    groups: tuple[GroupEntry, ...]
    assets: tuple[UploadEntry, ...]
    summary: dict[str, int]
    error: ErrorEntry | None
    quota: QuotaEntry | UnsetType = UNSET


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One target in one group, with the last step that was taken for it. Times are UTC.

    `mended`: the asset is a copy that was made of the target.
    """

    target: str
    location: str
    mended: bool
    state: str
    finished: bool
    status: str
    asset_id: str
    reference: str
    name: str
    kind: Kind
    role: Role | None
    sha256: str
    bytes: int
    duration: float | None
    group_id: str
    service: str
    code: str
    message: str
    created: str | None
    updated: str | None


def journal_entry(entry: Entry) -> JournalEntry:
    """An entry of the journal, as it stands in a document."""
    return JournalEntry(
        target=entry.target,
        location=entry.location,
        mended=entry.mended,
        state=str(entry.state),
        finished=entry.is_finished,
        status=entry.status,
        asset_id=entry.asset_id,
        reference=entry.reference,
        name=entry.name,
        kind=entry.kind,
        role=entry.role,
        sha256=entry.sha256,
        bytes=entry.bytes,
        duration=None if entry.duration is None else float(entry.duration),
        group_id=entry.group_id,
        service=entry.service,
        code=entry.code,
        message=entry.message,
        created=written_time(entry.created),
        updated=written_time(entry.updated),
    )


def group_entry(group: AssetGroup) -> GroupEntry:
    """A group, as it stands in a document."""
    return GroupEntry(
        id=group.id,
        name=group.name,
        kind=group.kind,
        description=group.description,
        project=group.project,
        created=written_time(group.created),
        updated=written_time(group.updated),
    )


def library_entry(asset: RegisteredAsset, *, with_url: bool = False) -> LibraryEntry:
    """An asset, as it stands in a document; a failed one explained."""
    from validator.upload.vendor_codes import explain

    failure = asset.failure
    explained = explain(failure.code) if failure else None
    return LibraryEntry(
        id=asset.id,
        reference=asset.reference,
        name=asset.name,
        kind=asset.kind,
        status=asset.status,
        group_id=asset.group_id,
        created=written_time(asset.created),
        updated=written_time(asset.updated),
        code=failure.code if failure else "",
        message=failure.message if failure else "",
        rules=explained.rules if explained else (),
        why=explained.why if explained else "",
        url=asset.url if with_url else UNSET,
    )


def session_entry(session: VerificationSession) -> SessionEntry:
    """A verification, as it stands in a document."""
    return SessionEntry(id=session.id, status=session.status, link=session.link, group_id=session.group_id)


def upload_document(uploads: Sequence[Upload], *, profile: ProfileInfo, service: str) -> UploadDocument:
    """How an upload ended, or what a dry run found."""
    from validator.run import TOOL

    entries = tuple(entry for upload in uploads for entry in _upload_entries(upload))
    errors = [upload.error for upload in uploads if upload.error]
    plans = [upload.plan for upload in uploads if upload.plan]
    return UploadDocument(
        schema_version=SCHEMA_VERSION,
        tool=TOOL,
        profile=profile,
        service=displayed(service, is_url=True),
        dry_run=bool(plans),
        groups=tuple(group_entry(upload.group) for upload in uploads),
        assets=entries,
        summary=dict(Counter(str(entry.outcome or entry.action) for entry in entries)),
        error=_error_entry(errors[0]) if errors else None,
        quota=QuotaEntry(used=plans[0].used, needed=plans[0].needed, quota=plans[0].quota)
        if plans
        else UNSET,
    )


def _upload_entries(upload: Upload) -> Iterator[UploadEntry]:
    if upload.plan is not None:
        for planned, result in zip(upload.plan.targets, upload.results, strict=True):
            yield _entry(
                result,
                target=planned.target,
                verdict=result.verdict,
                kind=result.facts.kind,
                sha256=planned.sha256,
                name=planned.name,
                group_id=upload.group.id,
                asset_id=planned.asset_id,
                message=planned.message,
                action=planned.action,
                mended=planned.mended,
            )
        return
    for outcome, judged in itertools.zip_longest(upload.outcomes, upload.results[: len(upload.outcomes)]):
        explained = explanation(outcome)
        yield _entry(
            judged,
            target=outcome.target,
            verdict=outcome.verdict,
            kind=outcome.kind,
            sha256=outcome.sha256,
            name=outcome.name,
            group_id=upload.group.id,
            asset_id=outcome.asset_id,
            code=outcome.code,
            message=outcome.message,
            rules=outcome.rules,
            why=explained,
            outcome=outcome.outcome,
            mended=outcome.mended,
        )


def _entry(result: AssetReport | None, *, asset_id: str, **said: Any) -> UploadEntry:
    """With what the lint found, of what was judged in this run."""
    return UploadEntry(
        asset_id=asset_id,
        reference=f"asset://{asset_id}" if asset_id else "",
        findings=result.findings if result else (),
        not_judged=tuple(NotJudgedEntry(each.code, each.reason) for each in result.not_judged)
        if result
        else (),
        **said,
    )


def _error_entry(error: ValidatorError) -> ErrorEntry:
    return ErrorEntry(type=type(error).__name__, code=getattr(error, "code", ""), message=str(error))


def written_time(moment: datetime | None) -> str | None:
    """A time in UTC, to the second.

    >>> written_time(datetime(2026, 11, 22, 21, 35, 7, tzinfo=UTC))
    '2026-11-22T21:35:07Z'
    """
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(document: Any, *, on_one_line: bool = False) -> str:
    r"""A document as JSON with a line feed at its end, inert wherever it is shown.

    >>> print(written({"name": "Ada\x9b"}), end="")
    {
      "name": "Ada\u009b"
    }
    """
    indent = -1 if on_one_line else 2
    encoded = msgspec.json.encode(encodable_throughout(msgspec.to_builtins(document)))
    return inert_json(msgspec.json.format(encoded, indent=indent).decode()) + "\n"


def listing(name: Literal["groups", "assets", "uploads"], entries: Any) -> str:
    """Entries under their name."""
    return written({"schema_version": SCHEMA_VERSION, name: tuple(entries)})


def encodable_throughout(value: Any) -> Any:
    """The same plain data, in which no text holds what UTF-8 cannot."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(key): encodable_throughout(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable_throughout(held) for held in value]
    return value
