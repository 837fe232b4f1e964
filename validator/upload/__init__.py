"""Forwards what passes to the asset library: the client, the journal, and the way to a public address."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from validator.upload.async_client import AsyncAssetClient
    from validator.upload.client import AssetClient
    from validator.upload.ensure import Ensured
    from validator.upload.key import ApiKey, read_key
    from validator.upload.operations import OPERATIONS, Operation, Service
    from validator.upload.records import AssetGroup, Failure, RegisteredAsset, VerificationSession
    from validator.upload.vendor_codes import VENDOR_CODES, Explanation, explain, rejected

__all__ = [
    "OPERATIONS",
    "VENDOR_CODES",
    "ApiKey",
    "AssetClient",
    "AssetGroup",
    "AsyncAssetClient",
    "Ensured",
    "Explanation",
    "Failure",
    "Operation",
    "RegisteredAsset",
    "Service",
    "VerificationSession",
    "explain",
    "read_key",
    "rejected",
]

# Imported when they are first asked for: httpx takes its time.
_HOMES: Mapping[str, str] = MappingProxyType(
    {
        name: module
        for module, names in {
            "validator.upload.async_client": "AsyncAssetClient",
            "validator.upload.client": "AssetClient",
            "validator.upload.ensure": "Ensured",
            "validator.upload.key": "ApiKey read_key",
            "validator.upload.operations": "OPERATIONS Operation Service",
            "validator.upload.records": "AssetGroup Failure RegisteredAsset VerificationSession",
            "validator.upload.vendor_codes": "VENDOR_CODES Explanation explain rejected",
        }.items()
        for name in names.split()
    }
)


def __getattr__(name: str) -> Any:
    """Import a name of `__all__` from where it is defined."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
