"""Forwards what passes to the asset library: the client, the journal, and the way to a public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.lazy import lazily

if TYPE_CHECKING:
    from validator.errors import (
        AnswerLost,
        AssetRejected,
        AssetsNotActive,
        AuthenticationError,
        BalanceTooLow,
        JournalError,
        NotFound,
        PermissionDenied,
        QuotaExceeded,
        RateLimited,
        RequestRefused,
        ServiceError,
        ServiceUnavailable,
        UploadBusy,
        WaitTimeout,
    )
    from validator.upload.async_client import AsyncAssetClient
    from validator.upload.calls import aupload, new_client, upload
    from validator.upload.client import AssetClient
    from validator.upload.delivery import deliver
    from validator.upload.ensure import Ensured
    from validator.upload.entry import Entry, UnfinishedRun
    from validator.upload.forward import Upload
    from validator.upload.journal import Journal, journal_path
    from validator.upload.key import ApiKey, read_key
    from validator.upload.naming import asset_name
    from validator.upload.new_group import ensure_group
    from validator.upload.operations import OPERATIONS, Operation, Service
    from validator.upload.outcome import DeliveryOptions, Event, Outcome, Step
    from validator.upload.planning import Plan, Planned, plan
    from validator.upload.publish import Published, Publisher, new_publisher
    from validator.upload.records import AssetGroup, Failure, RegisteredAsset, VerificationSession
    from validator.upload.resume import wait_for_entries
    from validator.upload.same_bytes import SameBytes, same_bytes_check
    from validator.upload.vendor_codes import VENDOR_CODES, Explanation, explain, rejected

__all__ = [
    "OPERATIONS",
    "VENDOR_CODES",
    "AnswerLost",
    "ApiKey",
    "AssetClient",
    "AssetGroup",
    "AssetRejected",
    "AssetsNotActive",
    "AsyncAssetClient",
    "AuthenticationError",
    "BalanceTooLow",
    "DeliveryOptions",
    "Ensured",
    "Entry",
    "Event",
    "Explanation",
    "Failure",
    "Journal",
    "JournalError",
    "NotFound",
    "Operation",
    "Outcome",
    "PermissionDenied",
    "Plan",
    "Planned",
    "Published",
    "Publisher",
    "QuotaExceeded",
    "RateLimited",
    "RegisteredAsset",
    "RequestRefused",
    "SameBytes",
    "Service",
    "ServiceError",
    "ServiceUnavailable",
    "Step",
    "UnfinishedRun",
    "Upload",
    "UploadBusy",
    "VerificationSession",
    "WaitTimeout",
    "asset_name",
    "aupload",
    "deliver",
    "ensure_group",
    "explain",
    "journal_path",
    "new_client",
    "new_publisher",
    "plan",
    "read_key",
    "rejected",
    "same_bytes_check",
    "upload",
    "wait_for_entries",
]

# Imported when they are first asked for: httpx takes its time.
__getattr__, __dir__ = lazily(
    globals(),
    {
        "validator.errors": (
            "AnswerLost AssetRejected AssetsNotActive AuthenticationError BalanceTooLow JournalError "
            "NotFound PermissionDenied QuotaExceeded RateLimited RequestRefused ServiceError "
            "ServiceUnavailable UploadBusy WaitTimeout"
        ),
        "validator.upload.async_client": "AsyncAssetClient",
        "validator.upload.calls": "aupload new_client upload",
        "validator.upload.client": "AssetClient",
        "validator.upload.delivery": "deliver",
        "validator.upload.ensure": "Ensured",
        "validator.upload.entry": "Entry UnfinishedRun",
        "validator.upload.forward": "Upload",
        "validator.upload.journal": "Journal journal_path",
        "validator.upload.key": "ApiKey read_key",
        "validator.upload.naming": "asset_name",
        "validator.upload.new_group": "ensure_group",
        "validator.upload.operations": "OPERATIONS Operation Service",
        "validator.upload.outcome": "DeliveryOptions Event Outcome Step",
        "validator.upload.planning": "Plan Planned plan",
        "validator.upload.publish": "Published Publisher new_publisher",
        "validator.upload.records": "AssetGroup Failure RegisteredAsset VerificationSession",
        "validator.upload.resume": "wait_for_entries",
        "validator.upload.same_bytes": "SameBytes same_bytes_check",
        "validator.upload.vendor_codes": "VENDOR_CODES Explanation explain rejected",
    },
)
