"""What the journal knows of one target, and of a run that has not come to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from validator.model import Asset, Group, GroupKind, Kind, Role
from validator.upload.outcome import FINISHED, Step

__all__ = ["Entry", "UnfinishedRun"]


# What was removed from its public address, or was about to be, was Active.
_CREATED = frozenset({Step.CREATED, Step.FOUND, Step.WAITING, Step.REMOVING})


@dataclass(frozen=True)
class Entry:
    """One target in one group, with the last step that was taken for its bytes.

    `target` is as reports show it. `location`: the absolute path of a file, or a URL that holds no secrets;
    "" for a URL whose secrets were not kept, which has to be named again. `mended`: the bytes are those of a
    copy that was made of what lies there. Times are aware.
    """

    target: str
    location: str
    is_url: bool
    role: Role | None
    kind: Kind
    sha256: str
    bytes: int
    duration: Fraction | None
    name: str
    group_id: str
    service: str
    state: Step
    asset_id: str
    status: str
    code: str
    message: str
    created: datetime
    updated: datetime
    run: int = 0
    published: str = ""
    mended: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.state in FINISHED

    @property
    def reference(self) -> str:
        """How a generation request names the asset; "" where there is none."""
        return f"asset://{self.asset_id}" if self.asset_id else ""


@dataclass(frozen=True)
class UnfinishedRun:
    """A delivery that was cut short: what `Journal.unfinished_runs` gives, for `validator upload --resume`.

    It begins with the lint's end, so that a run that was stopped while it linted is not among them. To
    resume: lint `targets` in the folder `folder` with what is in `remembered`, `deliver` the results into the
        group, and
    `wait_for_entries` for `waiting`. What is in `to_be_named` has to be named by the user again.

    Args:
        number: of the run.
        service: base URL of the asset library.
        folder: the working directory that it was started in.
        remembered: what the caller of `deliver` gave it to remember: options, no secrets.
        entries: those of its targets that are not finished.
    """

    number: int
    started: datetime
    service: str
    group_id: str
    group_name: str
    group_kind: GroupKind | None
    folder: str
    remembered: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    @property
    def targets(self) -> tuple[Asset, ...]:
        """What has to be linted and delivered again, with its role and the group's kind."""
        group = Group(self.group_kind) if self.group_kind else None
        return tuple(
            Asset(entry.target, entry.location, is_url=entry.is_url, role=entry.role, group=group)
            for entry in self.entries
            if entry.location and entry not in self.waiting
        )

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """What was created already, and only has to be waited for, or to be taken away again."""
        return tuple(entry for entry in self.entries if entry.asset_id and entry.state in _CREATED)

    @property
    def to_be_named(self) -> tuple[Entry, ...]:
        """URLs whose secrets were not kept: they cannot be fetched again unless the user names them again."""
        return tuple(entry for entry in self.entries if not entry.location and entry not in self.waiting)
