"""A group by its name, made once however often it is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from validator.errors import AnswerLost, NotFound, RateLimited, ServiceError, ServiceUnavailable, UsageError
from validator.model import GroupKind
from validator.report.escape import printable
from validator.upload.history import GroupHistory, Moment
from validator.upload.inventory import Patience, looks
from validator.upload.journal import Journal
from validator.upload.outcome import Step
from validator.upload.records import AssetGroup

if TYPE_CHECKING:
    from validator.upload.client import AssetClient

_LONGEST = 64  # characters of a name, as the service documents
_CREATES = 3  # how often a group is created whose answers are lost and that no list holds
_MANY = 3
_APART = timedelta(minutes=10)  # by which the service's clock may differ from ours, a slow answer included


def ensure_group(  # noqa: PLR0913 - the seams
    name: str,
    *,
    client: AssetClient,
    journal: Journal,
    description: str = "",
    list_lag: float = 10.0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
    cancelled: Callable[[], bool] = lambda: False,
) -> AssetGroup:
    """The virtual group of this name that this journal has made, or a new one.

    Args:
        name: of the group.
        client: the asset library.
        journal: remembers that it was made.
        description: of a new one.
        list_lag: how long the service may take until its lists show what was created, in seconds.
        clock: seconds, rising.
        sleep: waits for seconds.
        cancelled: whether to stop.

    Raises:
        UsageError: the name is none, or there is a group of that name that this journal knows nothing of:
            its id is named.
        UploadBusy: somebody else is creating it at this moment.
        JournalError: the journal cannot be written, so that nothing was created.
        Cancelled: `cancelled()` said so.
        ServiceError: it could not be created. Call it again: it is found if it was created all the same.
    """
    name = name.strip()
    if not name.isprintable() or not 1 <= len(name) <= _LONGEST:
        raise UsageError(
            f"A group cannot be called {printable(name[:_LONGEST])!r}: its name has 1 to {_LONGEST} "
            "characters that can be shown."
        )
    check = _Check(cancelled)
    making = _Making(name, client, journal, list_lag, Patience(clock, sleep, check, lambda _: None))
    with journal.locked(f"{making.service} new group {name}"):
        return making.known() or making.made(description)


def check_name(name: str, *, client: AssetClient, journal: Journal | None) -> None:
    """What `ensure_group` would refuse, as far as one question tells, before anything else is done.

    Raises:
        UsageError: there is a group of that name that this journal knows nothing of.
        ServiceError: the service could not be asked.
    """
    found = [group.id for group in client.groups(kind=GroupKind.VIRTUAL, name=name) if group.name == name]
    history = journal.group_history(client.service.base_url, name) if journal else GroupHistory()
    if not history.group_id and history.tried is None:
        _refuse(name, found)


def _refuse(name: str, strangers: Sequence[str]) -> None:
    if strangers:
        raise UsageError(
            f'There is a group "{printable(name)}" already, which was not made with this journal: '
            f"upload into it with --group {printable(' or --group '.join(strangers[:_MANY]))}, "
            "or choose another name."
        )


@dataclass(frozen=True)
class _Check:
    cancelled: Callable[[], bool]

    def __call__(self) -> None:
        from validator.errors import Cancelled

        if self.cancelled():
            raise Cancelled("the upload was stopped: run it again, and it goes on where it was")


@dataclass(frozen=True)
class _Making:
    """One group, while its name is locked."""

    name: str
    client: AssetClient
    journal: Journal
    list_lag: float
    patience: Patience

    @property
    def service(self) -> str:
        return self.client.service.base_url

    def known(self) -> AssetGroup | None:
        """The group that an earlier run made, or asked for without an answer; `None` where there is none."""
        history, now = self.journal.group_history(self.service, self.name), self.journal.moment()
        if history.group_id and history.made is not None:
            return self._still_there(history.group_id, self.list_lag - now.seconds_since(history.made))
        if history.tried is not None:
            left = self.list_lag - now.seconds_since(history.tried)
            return self._found(left, history.tried if left <= 0 else None)
        return None

    def made(self, description: str) -> AssetGroup:
        """A new group."""
        _refuse(self.name, [group.id for group in self._of_this_name()])
        for left in reversed(range(_CREATES)):
            self.patience.check()
            self.journal.record_group(self.service, self.name, Step.CREATING)
            try:
                group_id = self.client.create_group(self.name, description)
            except AnswerLost as lost:
                group = self._found_after(lost)
                if group is not None:
                    return group
                if not left:
                    raise
            except ServiceError:  # then it is sure that nothing was created
                self.journal.record_group(self.service, self.name, Step.NOT_SENT)
                raise
            else:
                self.journal.record_group(self.service, self.name, Step.CREATED, group_id)
                return AssetGroup(group_id, self.name, GroupKind.VIRTUAL, description)
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _found_after(self, lost: AnswerLost) -> AssetGroup | None:
        try:
            return self._found(self.list_lag)
        except (ServiceUnavailable, RateLimited) as error:
            raise lost from error

    def _found(self, seconds: float, tried: Moment | None = None) -> AssetGroup | None:
        """What was asked for without an answer: there was no group of this name before.

        `tried`: when, if that is so long ago that somebody else may have made one of this name since.
        """
        for _ in looks(seconds, self.patience):
            found = [group for group in self._of_this_name() if tried is None or _is_of(group, tried)]
            if found:
                group = min(found, key=lambda each: each.id)
                self.journal.record_group(self.service, self.name, Step.FOUND, group.id)
                return group
        return None

    def _still_there(self, group_id: str, seconds: float) -> AssetGroup | None:
        """A group that was made; lists may not show it yet."""
        for _ in looks(seconds, self.patience):
            try:
                return self.client.group(group_id)
            except NotFound:
                continue
        self.journal.record_group(self.service, self.name, Step.GONE, group_id)
        return None

    def _of_this_name(self) -> list[AssetGroup]:
        """The service's search is fuzzy: what it finds is compared; if that is nothing, all is looked at."""
        for search in (self.name, ""):
            groups = self.client.groups(kind=GroupKind.VIRTUAL, name=search)
            found = [group for group in groups if group.name == self.name]
            if found:
                return found
        return []


def _is_of(group: AssetGroup, tried: Moment) -> bool:
    """Whether it was made at that moment, as far as two clocks agree."""
    return group.created is not None and abs(group.created - tried.at) <= _APART
