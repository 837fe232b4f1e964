"""All that the asset library can be asked, as steps that either client takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from validator.errors import AssetRejected, NotFound, PermissionDenied, UsageError
from validator.intake.url import parse, shown
from validator.model import GroupKind
from validator.report.escape import printable
from validator.upload import reading
from validator.upload.answers import Reader
from validator.upload.asking import Asker, Request, checked_id
from validator.upload.backoff import Backoff
from validator.upload.ensure import Ensured, NewAsset, ensured
from validator.upload.exchange import Pause, Steps
from validator.upload.key import ApiKey
from validator.upload.operations import Service
from validator.upload.pace import Pace
from validator.upload.paging import Listing, Pages
from validator.upload.records import AssetGroup, RegisteredAsset, VerificationSession
from validator.upload.waiting import Interval, Wait, assets_settled, failed, session_settled

_LONGEST_NAME = 64  # characters, as the service documents
_LONGEST_DESCRIPTION = 300
_LARGEST_PAGE = 100
_LOOKS_FOR_GONE = (1.0, 2.0, 4.0, 4.0)  # seconds behind each look
_GROUP_TYPES = {GroupKind.VIRTUAL: "aigc", GroupKind.REAL_HUMAN: "real_human"}
_GROUPS_BY = ("CreateTime", "UpdateTime")
_ASSETS_BY = (*_GROUPS_BY, "GroupId")


@dataclass(frozen=True)
class Library:
    """The steps of every operation. `random`: numbers from 0 to 1, that spread polls."""

    asker: Asker
    random: Callable[[], float]

    def create_group(self, name: str, description: str) -> Steps[str]:
        """The new group's id."""
        body = {
            "Name": _group_name(name),
            **({"Description": _described(description)} if description else {}),
        }
        return self.asker.ask(Request("create-group", body=body), reading.created_id)

    def groups(
        self, kind: GroupKind, name: str, page_size: int, sort_by: str, *, ascending: bool
    ) -> Pages[AssetGroup]:
        """The groups of one kind."""
        query = (("group_type", _GROUP_TYPES[kind]), ("name", name), *_sorted(sort_by, _GROUPS_BY, ascending))
        listing = Listing("list-groups", query, partial(reading.group, asked=kind))
        return Pages(self.asker, (listing,), _size(page_size))

    def group(self, group_id: str) -> Steps[AssetGroup]:
        """One group, found in the lists, since nothing else is documented."""
        checked_id("group", group_id)
        denied: PermissionDenied | None = None
        for kind in GroupKind:
            pages = self.groups(kind, "", _LARGEST_PAGE, "CreateTime", ascending=False)
            try:
                while (items := (yield from pages.next_page())) is not None:
                    for item in items:
                        if item.id == group_id:
                            return item
            except PermissionDenied as error:
                if denied is not None:
                    raise
                denied = error
        aside = " in the library that the account may see" if denied else ""
        raise NotFound(f"There is no group {printable(group_id)}{aside}.") from denied

    def update_group(self, group_id: str, name: str | None, description: str | None) -> Steps[None]:
        """Change what is given."""
        body = {}
        if name is not None:
            body["Name"] = _group_name(name)
        if description is not None:
            body["Description"] = _described(description)
        if not body:
            raise UsageError("Nothing of the group is to be changed: give a name or a description.")
        return self.asker.ask(Request("update-group", {"group_id": group_id}, body=body), reading.nothing)

    def delete_group(self, group_id: str) -> Steps[None]:
        """Delete a group with its assets."""
        request = Request("delete-group", {"group_id": group_id})
        return self.asker.ask(request, reading.nothing, is_gone=lambda: self._is_group_gone(group_id))

    def create_asset(self, new: NewAsset) -> Steps[str]:
        """The new asset's id."""
        return self.asker.ask(_checked(new).request, reading.created_id)

    def ensure_asset(
        self,
        new: NewAsset,
        look_for: float | None,
        list_lag: float,
        before_create: Callable[[], None] | None,
    ) -> Steps[Ensured]:
        """The one asset of this name in its group."""
        return ensured(
            self.asker, _checked(new), look_for=look_for, list_lag=list_lag, before_create=before_create
        )

    def asset(self, asset_id: str) -> Steps[RegisteredAsset]:
        """One asset."""
        return self.asker.ask(
            Request("get-asset", {"asset_id": asset_id}), partial(reading.asset, asked=asset_id)
        )

    def assets(  # noqa: PLR0913 - what the service's list can be asked
        self,
        group_kind: GroupKind | None,
        group_id: str,
        statuses: Sequence[str],
        name: str,
        page_size: int,
        sort_by: str,
        *,
        ascending: bool,
    ) -> Pages[RegisteredAsset]:
        """The assets of a group, of one kind of group, or of both."""
        for status in statuses:
            if "," in status or not status.strip():
                raise UsageError(f"{status[:40]!r} is no status of an asset.")
        query = (
            ("group_id", group_id and checked_id("group", group_id)),
            ("statuses", ",".join(statuses)),
            ("name", name),
            *_sorted(sort_by, _ASSETS_BY, ascending),
        )
        if group_id or group_kind is not None:
            types = [(_GROUP_TYPES[group_kind] if group_kind else "", False)]
        else:
            # Only invited accounts have a library of real people.
            types = [(_GROUP_TYPES[kind], kind is GroupKind.REAL_HUMAN) for kind in GroupKind]
        listings = tuple(
            Listing("list-assets", (("group_type", type_), *query), reading.asset, optional)
            for type_, optional in types
        )
        return Pages(self.asker, listings, _size(page_size))

    def count_assets(self, kind: GroupKind) -> Steps[int]:
        """How many assets there are in one library."""
        query = (("group_type", _GROUP_TYPES[kind]), ("page_number", "1"), ("page_size", "1"))
        read = partial(reading.page, item=reading.asset)
        found = yield from self.asker.ask(Request("list-assets", query=query), read)
        if found.total is not None:
            return found.total
        pages = self.assets(kind, "", (), "", _LARGEST_PAGE, "CreateTime", ascending=True)
        count = 0
        while (items := (yield from pages.next_page())) is not None:
            count += len(items)
        return count

    def delete_asset(self, asset_id: str) -> Steps[None]:
        """Delete an asset."""
        request = Request("delete-asset", {"asset_id": asset_id})
        return self.asker.ask(request, reading.nothing, is_gone=lambda: self._is_asset_gone(asset_id))

    def wait_until_active(
        self,
        asset_ids: str | Iterable[str],
        timeout: float,
        on_change: Callable[[RegisteredAsset], None] | None,
        cancelled: Callable[[], bool] | None,
        list_lag: float,
    ) -> Steps[tuple[RegisteredAsset, ...]]:
        """The assets, each Active or Failed."""
        wait = Wait(
            self.asker, Interval(self.random), timeout, on_change, cancelled, list_lag, refused=failed
        )
        return assets_settled(wait, (asset_ids,) if isinstance(asset_ids, str) else asset_ids)

    def start_session(self, return_url: str) -> Steps[VerificationSession]:
        """A verification that has just begun."""
        body = {"return_url": _web_address("The return URL", return_url)} if return_url else {}
        return self.asker.ask(Request("start-session", body=body), reading.started_session)

    def session(self, session_id: str) -> Steps[VerificationSession]:
        """A verification as it is now."""
        request = Request("get-session", {"session_id": session_id})
        return self.asker.ask(request, partial(reading.session, asked=session_id))

    def wait_for_session(
        self,
        session_id: str,
        timeout: float,
        on_change: Callable[[VerificationSession], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Steps[VerificationSession]:
        """A verification that has ended."""
        # It lives for minutes, and somebody looks at the screen.
        interval = Interval(self.random, first=1.0, growth=1.2, longest=4.0)
        return session_settled(Wait(self.asker, interval, timeout, on_change, cancelled), session_id)

    def _is_asset_gone(self, asset_id: str) -> Steps[bool]:
        try:
            yield from self.asset(asset_id)
        except NotFound:
            return True
        except AssetRejected:  # it is one that the service cannot work on
            return False
        return False

    def _is_group_gone(self, group_id: str) -> Steps[bool]:
        for pause in _LOOKS_FOR_GONE:  # lists go on naming for a while what was deleted
            try:
                yield from self.group(group_id)
            except NotFound:
                return True
            yield Pause(pause)
        return False


def new_library(
    key: ApiKey,
    service: Service,
    *,
    timeout: float,
    clock: Callable[[], float],
    now: Callable[[], datetime],
    random: Callable[[], float],
) -> Library:
    """The steps of a client with these seams."""
    reader = Reader(key.hidden_in, now)
    asker = Asker(service, reader, Pace(clock), Backoff(random=random), timeout, clock)
    return Library(asker, random)


def _group_name(name: str) -> str:
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise UsageError(
            f"The name of a group has 1 to {_LONGEST_NAME} characters, and {name[:80]!r} has {len(name)}."
        )
    return name


def _described(description: str) -> str:
    if len(description) > _LONGEST_DESCRIPTION:
        raise UsageError(
            f"The description of a group has at most {_LONGEST_DESCRIPTION} characters, and this one has "
            f"{len(description)}."
        )
    return description


def _checked(new: NewAsset) -> NewAsset:
    checked_id("group", new.group_id)
    _web_address("The asset's URL", new.url)
    return new


def _web_address(what: str, url: str) -> str:
    problem = parse(url).problem
    if problem:
        raise UsageError(f"{what} {printable(shown(url))} cannot be used: {problem}.")
    return url


def _sorted(sort_by: str, known: tuple[str, ...], ascending: bool) -> tuple[tuple[str, str], ...]:
    if sort_by not in known:
        raise UsageError(f"The service sorts by {', '.join(known)}, not by {sort_by[:40]!r}.")
    return (("sort_by", sort_by), ("sort_order", "Asc" if ascending else "Desc"))


def _size(page_size: int) -> int:
    if not 1 <= page_size <= 1000:
        raise UsageError(f"A page holds 1 to 1000 items, not {page_size}.")
    return page_size
