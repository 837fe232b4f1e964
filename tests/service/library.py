"""What one account holds: groups, assets and sessions, and what may be asked of them."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.service.rates import Rate
from tests.service.refusal import Refusal, invalid, missing
from tests.service.settings import Fault, Settings

AIGC, REAL_HUMAN = "aigc", "real_human"
_SMALL = string.ascii_lowercase + string.digits


def stamp(moment: float) -> str:
    """A time as the service writes it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Record:
    """Whatever has an id and a history. Lists are told of each change `list_lag` later."""

    id: str
    created: float
    updated: float
    deleted: float | None = None

    def listed(self, now: float, lag: float) -> bool:
        """Whether lists show it."""
        return self.created + lag <= now and (self.deleted is None or now < self.deleted + lag)


@dataclass
class Group(Record):
    """A group; `person` is whom a real-human group was verified with."""

    name: str = ""
    description: str = ""
    type: str = AIGC
    person: str = ""

    def shown(self) -> dict[str, Any]:
        """As lists show it."""
        return {
            "Id": self.id,
            "Name": self.name,
            "GroupType": self.type,
            "ProjectName": "default",
            "CreateTime": stamp(self.created),
            "UpdateTime": stamp(self.updated),
        }


@dataclass
class Asset(Record):
    """An asset. `status_before` is what lists show until they are told."""

    group: Group = field(kw_only=True)
    url: str = ""
    type: str = "Image"
    name: str = ""
    moderated: bool = True
    status: str = "Processing"
    status_before: str = "Processing"
    error: dict[str, str] | None = None
    sha256: str = ""

    def settle(self, status: str, now: float, error: dict[str, str] | None = None) -> None:
        """It is Active, or Failed for a reason."""
        self.status, self.error, self.updated = status, error, now

    def shown(self, now: float, lag: float | None = None) -> dict[str, Any]:
        """As a single get shows it, or, with a lag, a list."""
        listed = lag is not None
        late = lag is not None and now < self.updated + lag
        signature = hashlib.sha256(f"{self.id} is signed".encode()).hexdigest()
        about: dict[str, Any] = {
            "Id": self.id,
            "GroupId": self.group.id,
            "AssetType": self.type,
            "Status": self.status_before if late else self.status,
            "URL": f"https://assets.example/{self.id}?X-Tos-Expires=43200&X-Tos-Signature={signature}",
            "CreateTime": stamp(self.created),
            "UpdateTime": stamp(self.updated),
            "ProjectName": "default",
        }
        if listed:
            about["Name"] = self.name
        elif self.error is not None:
            about["Error"] = self.error
        return about


@dataclass
class Session(Record):
    """A verification of a person, by a link that lives a while and works once."""

    token: str = ""
    return_url: str = ""
    status: str = "pending"
    group: Group | None = None

    def shown(self) -> dict[str, Any]:
        """As polling shows it."""
        about = {"session_id": self.id, "status": self.status}
        return about if self.group is None else {**about, "group_id": self.group.id}


@dataclass
class Call:
    """One request of the account, as it went."""

    number: int
    operation: str
    at: float
    phase: str = "arrived"
    status: int | None = None
    fault: str = ""


@dataclass
class Planned:
    """A fault, and how often its operation was called since."""

    fault: Fault
    calls: int = 0
    hits: int = 0

    def take(self, operation: str) -> str | None:
        """The name of the fault that this call meets."""
        if self.fault.operation not in ("*", operation):
            return None
        self.calls += 1
        due = self.calls % self.fault.nth == 0 if self.fault.every else self.calls == self.fault.nth
        if not due:
            return None
        names = (self.fault.fault,) if isinstance(self.fault.fault, str) else self.fault.fault
        self.hits += 1
        return names[(self.hits - 1) % len(names)]


class Account:
    """What belongs to one key. Times are seconds since the epoch, by the clock that was given."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self.settings = settings
        self.clock = clock
        self.groups: dict[str, Group] = {}
        self.assets: dict[str, Asset] = {}
        self.sessions: dict[str, Session] = {}
        self.calls: list[Call] = []
        self.faults: list[Planned] = []
        self.rates = {sort: Rate() for sort in ("creates", "lists", "gets")}

    def _identity(self, sort: str, taken: Iterable[str]) -> str:
        moment = datetime.fromtimestamp(self.clock(), UTC).strftime("%Y%m%d%H%M%S")
        while (name := f"{sort}-{moment}-{''.join(secrets.choice(_SMALL) for _ in range(5))}") in taken:
            pass
        return name

    def group(self, group_id: str) -> Group:
        """A group that is there."""
        found = self.groups.get(group_id)
        if found is None or found.deleted is not None:
            raise missing("asset group", group_id)
        return found

    def asset(self, asset_id: str) -> Asset:
        """An asset that is there."""
        found = self.assets.get(asset_id)
        if found is None or found.deleted is not None:
            raise missing("asset", asset_id)
        return found

    def held(self) -> int:
        """Assets of both libraries, whatever their status."""
        return sum(asset.deleted is None for asset in self.assets.values())

    def require_rights(self, group_type: str) -> None:
        """Refuse what the account has not bought, paid or been invited to."""
        if not self.settings.balance:
            raise Refusal(402, "InsufficientBalance", "The account balance is not sufficient.")
        if not self.settings.advanced_rights:
            words = "[upstream] Advanced Creation Rights are required for the asset library."
            raise Refusal(403, "SubscriptionRequired", words)
        if group_type == REAL_HUMAN and not self.settings.real_human:
            words = "The real-human library is available to invited accounts only."
            raise Refusal(403, "PermissionDenied", words)

    def create_group(self, name: str, description: str, group_type: str = AIGC, person: str = "") -> Group:
        """A new group."""
        now = self.clock()
        identity = self._identity("group", self.groups)
        group = Group(identity, now, now, None, name, description, group_type, person)
        self.groups[identity] = group
        return group

    def create_asset(self, group: Group, url: str, asset_type: str, name: str, *, moderated: bool) -> Asset:
        """A new asset, which is not settled yet."""
        for part, code in self.settings.refuses.items():
            if part in name:
                raise Refusal(400, code, f"[upstream] {code}: The request was refused.")
        if self.held() >= self.settings.quota:
            words = f"The asset quota of this account is exceeded: at most {self.settings.quota} assets."
            raise Refusal(403, "QuotaExceeded", words)
        now = self.clock()
        identity = self._identity("asset", self.assets)
        asset = Asset(
            identity, now, now, group=group, url=url, type=asset_type, name=name, moderated=moderated
        )
        self.assets[identity] = asset
        return asset

    def delete_asset(self, asset: Asset) -> None:
        """Gone; lists will know later."""
        asset.deleted = self.clock()

    def delete_group(self, group: Group) -> None:
        """Gone, with its assets."""
        group.deleted = self.clock()
        for asset in self.assets.values():
            if asset.group is group and asset.deleted is None:
                asset.deleted = group.deleted

    def start_session(self, return_url: str) -> Session:
        """A new verification."""
        now = self.clock()
        identity = f"session-{secrets.token_hex(8)}"
        session = Session(identity, now, now, token=secrets.token_urlsafe(24), return_url=return_url)
        self.sessions[identity] = session
        return session

    def session(self, session_id: str) -> Session:
        """A verification, failed where nobody came in time."""
        found = self.sessions.get(session_id)
        if found is None:
            raise missing("session", session_id)
        if found.status == "pending" and self.clock() > found.created + self.settings.session_seconds:
            found.status = "failed"
        return found

    def end_session(self, session: Session, *, verified: bool, person: str = "", name: str = "") -> None:
        """What came of a person's visit; the link works once, and for a while."""
        if session.status != "pending":
            raise Refusal(409, "SessionEnded", "This verification has ended.")
        if self.clock() > session.created + self.settings.link_seconds:
            raise Refusal(410, "LinkExpired", "This link has expired.")
        session.status = "success" if verified else "failed"
        if verified:
            session.group = self.create_group(name or "verified", "", REAL_HUMAN, person)

    def list_groups(self, group_type: str, name: str) -> list[Group]:
        """What lists know of groups."""
        now, lag = self.clock(), self.settings.list_lag
        known = [group for group in self.groups.values() if group.listed(now, lag)]
        return [group for group in known if group.type == group_type and self._alike(name, group.name)]

    def list_assets(
        self, group_type: str, group_id: str, statuses: Sequence[str], name: str
    ) -> list[dict[str, Any]]:
        """What lists know of assets."""
        now, lag = self.clock(), self.settings.list_lag
        known = [asset for asset in self.assets.values() if asset.listed(now, lag)]
        if group_id:
            known = [asset for asset in known if asset.group.id == group_id]
        else:
            known = [asset for asset in known if asset.group.type == group_type]
        shown = [asset.shown(now, lag) for asset in known if self._alike(name, asset.name)]
        return [about for about in shown if not statuses or about["Status"] in statuses]

    def _alike(self, asked: str, name: str) -> bool:
        asked, name = asked.casefold(), name.casefold()
        if not self.settings.fuzzy:
            return asked in name
        words = [word for word in re.split(r"[\W_]+", asked) if word]
        return not words or any(word in name for word in words)

    def page(
        self, items: list[dict[str, Any]], number: int, size: int, key: str, *, ascending: bool
    ) -> dict[str, Any]:
        """One page of these."""
        if not number >= 1:
            raise invalid("page_number must be at least 1.", "page_number")
        if size < 1:
            raise invalid("page_size must be at least 1.", "page_size")
        size = min(size, self.settings.max_page_size)
        items = sorted(items, key=lambda item: str(item[key]), reverse=not ascending)
        first = (number - 1) * size
        shown = items[first : first + size]
        return {"TotalCount": len(items), "Items": shown, "PageNumber": number, "PageSize": size}
