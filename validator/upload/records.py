"""What the asset library holds, as typed records: groups, assets, verification sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from validator.model import GroupKind, Kind

ACTIVE = "Active"
PROCESSING = "Processing"
FAILED = "Failed"


@dataclass(frozen=True)
class AssetGroup:
    """A group of assets. Times are aware; `extra` holds what the service added to its documented fields.

    >>> AssetGroup("group-1", "Ada", GroupKind.VIRTUAL).kind.value
    'virtual'
    """

    id: str
    name: str
    kind: GroupKind | None = None
    description: str = ""
    project: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why the service refused an asset, in its own words."""

    code: str
    message: str = ""


@dataclass(frozen=True)
class RegisteredAsset:
    """An asset in the library. `status` is the service's word, so that a new one is no error.

    `url` is signed for about 12 hours, so it is secret, and stays out of the representation.

    >>> RegisteredAsset("asset-1", status="Active").reference
    'asset://asset-1'
    """

    id: str
    name: str = ""
    kind: Kind | None = None
    status: str = ""
    group_id: str = ""
    url: str = field(default="", repr=False)
    created: datetime | None = None
    updated: datetime | None = None
    failure: Failure | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def reference(self) -> str:
        """How a generation request names it."""
        return f"asset://{self.id}"

    @property
    def is_active(self) -> bool:
        """Ready to be used."""
        return self.status == ACTIVE

    @property
    def is_settled(self) -> bool:
        """Neither of these changes by itself any more."""
        return self.status in (ACTIVE, FAILED)


@dataclass(frozen=True)
class VerificationSession:
    """One person's verification. `status`: pending, success (then there is a group) or failed.

    `link` is the page that the person opens; it lives about 120 seconds and is secret.
    """

    id: str
    status: str = "pending"
    link: str = field(default="", repr=False)
    group_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_settled(self) -> bool:
        """Neither success nor failure changes any more."""
        return self.status in ("success", "failed")
