"""The journal's rows: what stands in which column, and what never stands in any."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from validator.intake.url import redact
from validator.model import GroupKind, Kind, Role
from validator.report.escape import encodable
from validator.upload.entry import Entry, UnfinishedRun
from validator.upload.history import History, Moment, Recorded
from validator.upload.outcome import Step

_LONGEST_MESSAGE = 2000

WHICH_ASSET = "SELECT number FROM assets WHERE service = ? AND group_id = ? AND sha256 = ?"
STEPS = (
    "SELECT step, at, uptime, name, asset_id, status, code, message, published, key, reused, run FROM steps "
    "WHERE asset = ? ORDER BY number"
)
TARGETS = (
    "SELECT assets.number, service, group_id, sha256, kind, bytes, duration, run, target, location, is_url, "
    "role, dropped FROM targets JOIN assets ON assets.number = targets.asset"
)
LATEST_FIRST = (
    "ORDER BY (SELECT max(steps.number) FROM steps WHERE steps.asset = assets.number) DESC, "
    "targets.number DESC"
)
TRIED = (
    "SELECT number, sha256 FROM assets WHERE service = ? AND group_id = ? "
    "AND EXISTS (SELECT 1 FROM steps WHERE asset = assets.number AND step = 'creating')"
)
FROM_PLACE = (
    "SELECT targets.number, assets.number FROM targets JOIN assets ON assets.number = targets.asset "
    "WHERE service = ? AND group_id = ? AND location = ? AND sha256 <> ? AND NOT dropped"
)
KNOWN_GROUP = (
    "SELECT 1 FROM assets WHERE service = ? AND group_id = ? LIMIT 1",
    "SELECT 1 FROM group_steps WHERE service = ? AND group_id = ? LIMIT 1",
)
GROUP_STEPS = (
    "SELECT step, at, uptime, group_id FROM group_steps WHERE service = ? AND name = ? ORDER BY number"
)


@dataclass(frozen=True)
class Intended:
    """One target of a delivery, as the journal keeps it.

    `location`: an absolute path, or a URL without secrets; else "". `anew`: an asset is to be made, whatever
    became of earlier ones. `mended`: the bytes are those of a copy that was made of the target.
    """

    target: str
    location: str
    is_url: bool
    role: Role | None
    kind: Kind
    sha256: str
    bytes: int
    duration: Fraction | None = None
    anew: bool = False
    mended: bool = False


def insertion(asset: int, recorded: Recorded) -> tuple[str, tuple[Any, ...]]:
    """What writes a step into its table."""
    values = (
        asset,
        recorded.run,
        recorded.step,
        recorded.moment.at.isoformat(),
        recorded.moment.uptime,
        encodable(recorded.name),
        encodable(recorded.asset_id),
        encodable(recorded.status),
        encodable(recorded.code),
        encodable(redact(recorded.message))[:_LONGEST_MESSAGE],
        encodable(redact(recorded.published)),
        as_bytes(recorded.key),
        recorded.reused,
    )
    return f"INSERT INTO steps VALUES (NULL{', ?' * len(values)})", values  # noqa: S608 - of question marks


def recorded_in(row: tuple[Any, ...]) -> Recorded:
    """A row of `STEPS`."""
    step, at, uptime, name, asset_id, status, code, message, published, key, reused, run = row
    return Recorded(
        Step(step),
        moment_in(at, uptime),
        name=name,
        asset_id=asset_id,
        status=status,
        code=code,
        message=message,
        published=published,
        key=as_text(key),
        reused=bool(reused),
        run=run,
    )


def entry_in(row: tuple[Any, ...], history: History) -> Entry:
    """A row of `TARGETS`, with what became of its bytes."""
    _, service, group_id, sha256, kind, size, duration, run, target, location, is_url, role, dropped = row
    assert history.first is not None and history.last is not None  # noqa: S101, PT018 - begun with a step
    return Entry(
        target=as_text(target),
        location=as_text(location),
        is_url=bool(is_url),
        role=Role(role) if role else None,
        kind=Kind(kind),
        sha256=sha256,
        bytes=size,
        duration=Fraction(duration) if duration else None,
        name=history.name,
        group_id=group_id,
        service=service,
        state=Step.DROPPED if dropped else history.state or Step.JUDGED,
        asset_id=history.asset_id,
        status=history.status,
        code=history.code,
        message=history.message,
        created=history.first.at,
        updated=history.last.at,
        run=run,
        published=history.put.shown if history.put else "",
        mended=history.mended,
    )


def run_in(row: tuple[Any, ...], entries: Iterable[Entry]) -> UnfinishedRun:
    """A row of the runs, with its targets that are not finished."""
    number, started, service, group_id, group_name, group_kind, folder, remembered = row
    return UnfinishedRun(
        number=number,
        started=datetime.fromisoformat(started),
        service=service,
        group_id=group_id,
        group_name=group_name,
        group_kind=GroupKind(group_kind) if group_kind else None,
        folder=as_text(folder),
        remembered=json.loads(remembered),
        entries=tuple(entries),
    )


def moment_in(at: str, uptime: float) -> Moment:
    """When a step was recorded."""
    return Moment(datetime.fromisoformat(at), uptime)


def as_bytes(text: str) -> bytes:
    """Text that need not be Unicode, such as the name of a file."""
    return text.encode("utf-8", "surrogatepass")


def as_text(data: bytes) -> str:
    """What `as_bytes` made bytes of."""
    return data.decode("utf-8", "surrogatepass")


def as_json(remembered: Mapping[str, Any]) -> str:
    """As JSON, in which no URL holds a secret."""
    return json.dumps(_without_secrets(dict(remembered)))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): _without_secrets(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_secrets(held) for held in value]
    return value
