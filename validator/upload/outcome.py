"""What a delivery is asked for, what it tells while it runs, and what became of each target."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from validator.errors import UsageError
from validator.findings import Verdict
from validator.model import Kind
from validator.settings import FailOn, Settings

Ending = Literal[
    "active",
    "already-active",
    "processing",
    "failed",
    "rejected",
    "changed",
    "not-published",
    "not-forwarded",
    "timed-out",
    "not-sent",
]
"""What became of a target.

`active`: its asset can be used; `already-active`: it could be before; `processing`: created, and nobody
waited; `failed`: the service refused it while it processed it; `rejected`: at once; `changed`: the file, or
what its URL serves, is no longer what was judged; `not-published`: it has no public address; `not-forwarded`:
the lint says no; `timed-out`: created, and not settled in time; `not-sent`: the service could not be asked,
or did not answer, so that it is not known to be there: run again.
"""


class Step(StrEnum):
    """What is about to happen to an asset, or has: each is in the journal before the next one is begun."""

    JUDGED = "judged"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    NOT_PUBLISHED = "not-published"
    CHANGED = "changed"
    DELETING = "deleting"
    DELETED = "deleted"
    CREATING = "creating"
    CREATED = "created"
    FOUND = "found"
    WAITING = "waiting"
    REJECTED = "rejected"
    FAILED = "failed"
    ACTIVE = "active"
    GONE = "gone"
    REMOVING = "removing"
    REMOVED = "removed"
    DROPPED = "dropped"
    NOT_FORWARDED = "not-forwarded"
    NOT_SENT = "not-sent"
    SETTLING = "settling"


FINISHED = frozenset({Step.REJECTED, Step.FAILED, Step.ACTIVE, Step.REMOVED, Step.DROPPED})
"""After one of these there is nothing left to do."""


@dataclass(frozen=True)
class Event:
    """One step of a delivery, told in the thread that called it. Safe to print once it is made printable.

    `number`: which of the results it is about, `None` for the delivery as a whole (`Step.SETTLING`: it looks
    whether an earlier upload appears, for `seconds`). `status`, `code` and `message` are the service's words;
    `unsure`: see `Outcome`; `already`: it was so before the delivery began.
    """

    step: Step
    number: int | None = None
    target: str = ""
    name: str = ""
    asset_id: str = ""
    status: str = ""
    code: str = ""
    message: str = ""
    seconds: float = 0.0
    unsure: bool = False
    already: bool = False


@dataclass(frozen=True, kw_only=True)
class DeliveryOptions:
    """How a delivery is made. Times are in seconds.

    Args:
        fail_on: "warning" forwards only what has no warnings either, "note" what has no notes either.
        allow_unjudged: forward what could not be judged, too.
        quota: how many assets the account may hold, both libraries together.
        wait_timeout: how long to wait until all are Active.
        wait: whether to wait at all.
        list_lag: how long the service may take until its lists show what was created.
        unpublish: remove the published file once its asset is Active.
        retry_failed: delete what is Failed and make it anew.
        at_a_time: how many files are published and registered at once.
        skip_moderation: ask the service not to moderate, where the account may.

    >>> DeliveryOptions().quota
    100
    """

    fail_on: FailOn = "error"
    allow_unjudged: bool = False
    quota: int = 100
    wait_timeout: float = 1800.0
    wait: bool = True
    list_lag: float = 10.0
    unpublish: bool = False
    retry_failed: bool = False
    at_a_time: int = 4
    skip_moderation: bool = False

    @classmethod
    def of(
        cls,
        config: Settings,
        *,
        allow_unjudged: bool = False,
        retry_failed: bool = False,
        skip_moderation: bool = False,
        wait: bool = True,
    ) -> DeliveryOptions:
        """What a configuration says, with what none can say."""
        upload = config.upload
        return cls(
            fail_on=config.fail_on,
            allow_unjudged=allow_unjudged,
            quota=upload.quota,
            wait_timeout=upload.wait_timeout,
            wait=wait,
            list_lag=upload.list_lag,
            unpublish=upload.unpublish,
            retry_failed=retry_failed,
            skip_moderation=skip_moderation,
        )

    def __post_init__(self) -> None:
        if self.at_a_time < 1:
            raise UsageError(
                f"at_a_time is {self.at_a_time}: at least one file has to be delivered at a time."
            )


@dataclass(frozen=True)
class Outcome:
    """What became of one target, in the order of the results that were delivered.

    `target` is as reports show it, without secrets; `code` and `message` are the service's words, or ours
    where it had none; `rules`: the rules that would have told before; `unsure`: it was sent, and as no answer
    came, may be there all the same. `mended`: a copy of the target was forwarded, and this differs in it.

    >>> Outcome("a.png", outcome="active", asset_id="asset-1").reference
    'asset://asset-1'
    """

    target: str
    outcome: Ending
    name: str = ""
    sha256: str = ""
    kind: Kind | None = None
    verdict: Verdict = Verdict.PASS
    asset_id: str = ""
    code: str = ""
    message: str = ""
    rules: tuple[str, ...] = ()
    unsure: bool = False
    mended: str = ""

    @property
    def reference(self) -> str:
        """How a generation request names the asset; "" where there is none."""
        return f"asset://{self.asset_id}" if self.asset_id else ""

    @property
    def is_active(self) -> bool:
        """Whether it can be used in a generation request now."""
        return self.outcome in ("active", "already-active")
