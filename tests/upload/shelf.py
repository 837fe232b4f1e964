"""An asset library in this process, with a clock of its own, and judged results to put into it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from tests.upload.driving import KEY, START, Clock
from validator import Asset, AssetReport, Facts, FileFacts, Kind, Role, VideoFacts
from validator.errors import FileChanged
from validator.model import GroupKind
from validator.upload import AssetClient, AssetGroup, Service
from validator.upload.delivery import deliver
from validator.upload.journal import Journal
from validator.upload.outcome import DeliveryOptions, Event, Outcome, Step
from validator.upload.publish import Published

BASE_URL = "https://library.example/v1"
GROUP = AssetGroup("group-1", "Ada", GroupKind.VIRTUAL)


class Killed(BaseException):
    """What stands for SIGKILL: nothing catches it."""


@dataclass
class Kept:
    """An asset in the library."""

    id: str
    name: str
    group_id: str
    url: str
    kind: str
    created: float
    status: str = "Active"
    deleted: float | None = None


@dataclass
class Shelf:
    """The library. Its lists are `list_lag` seconds behind; single gets are not.

    `lose`: of the creates, counted from 1, those whose answer is lost after the work; `statuses`: what
    becomes of a name; `before` and `after`: called around each request that is worked on, to kill or to look.
    """

    clock: Clock = field(default_factory=Clock)
    list_lag: float = 2.0
    assets: dict[str, Kept] = field(default_factory=dict)
    groups: dict[str, tuple[str, float]] = field(default_factory=dict)
    lose: frozenset[int] = frozenset()
    statuses: dict[str, str] = field(default_factory=dict)
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    creates: int = 0
    calls: list[str] = field(default_factory=list)
    point: Callable[[str], None] = lambda _: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self) -> AssetClient:
        return AssetClient(
            KEY,
            service=Service(BASE_URL),
            transport=httpx.MockTransport(self._answered),
            clock=self.clock,
            now=self.clock.now,
            sleep=self.clock.sleep,
            random=lambda: 0.5,
        )

    def _answered(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.removeprefix('/v1')}"
        self.point(f"before {call}")
        with self._lock:
            self.calls.append(call)
            answer = self._worked(call, request)
        self.point(f"after {call}")
        if answer is None:
            raise httpx.ReadError("the connection was dropped")
        return answer

    def _worked(self, call: str, request: httpx.Request) -> httpx.Response | None:
        for prefix, answer in self.answers.items():
            if call.startswith(prefix):
                return httpx.Response(answer.status_code, content=answer.content)
        body, query = json.loads(request.content or b"{}"), dict(request.url.params)
        if request.method == "POST":
            self.creates += 1
            new = self._new_group(body["Name"]) if call.endswith("groups") else self._new_asset(body)
            return None if self.creates in self.lose else httpx.Response(200, json={"Id": new})
        if call == "GET /asset/groups":
            return _page(self._groups_listed(query), query)
        if call == "GET /asset/files":
            return _page(self._listed(query), query)
        return self._single(request.method, call.rpartition("/")[2])

    def _new_group(self, name: str) -> str:
        group_id = f"group-{len(self.groups) + 1}"
        self.groups[group_id] = (name, self.clock())
        return group_id

    def _new_asset(self, body: dict[str, str]) -> str:
        return self.put(body["Name"], group_id=body["GroupId"], url=body["URL"], kind=body["AssetType"])

    def _groups_listed(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [
            {
                "Id": group_id,
                "Name": name,
                "GroupType": "AIGC",
                "CreateTime": (START + timedelta(seconds=created)).isoformat(),
            }
            for group_id, (name, created) in self.groups.items()
            if created + self.list_lag <= self.clock()
            and query.get("group_type") == "aigc"
            and query.get("name", "") in name
        ]

    def _single(self, verb: str, asset_id: str) -> httpx.Response:
        found = self.assets.get(asset_id)
        if found is None or found.deleted is not None:
            return httpx.Response(404, json={"error": {"message": "no such asset", "code": "NotFound"}})
        if verb == "DELETE":
            found.deleted = self.clock()
            return httpx.Response(200, json={})
        return httpx.Response(200, json=self._shown(found, single=True))

    def put(self, name: str, status: str = "", **said: Any) -> str:
        """An asset more."""
        asset_id = f"asset-{len(self.assets) + 1}"
        given = {"group_id": GROUP.id, "url": "https://cdn.example/a.png", "kind": "Image", **said}
        chosen = next((says for part, says in self.statuses.items() if part in name), "Active")
        self.assets[asset_id] = Kept(asset_id, name, created=self.clock(), status=status or chosen, **given)
        return asset_id

    def _listed(self, query: dict[str, str]) -> list[dict[str, Any]]:
        now = self.clock()
        return [
            self._shown(asset)
            for asset in self.assets.values()
            if asset.created + self.list_lag <= now
            and (asset.deleted is None or asset.deleted + self.list_lag > now)
            and query.get("group_id", asset.group_id) == asset.group_id
            and (query.get("group_type") or "aigc") == "aigc"
        ]

    def _shown(self, asset: Kept, *, single: bool = False) -> dict[str, Any]:
        when = (START + timedelta(seconds=asset.created)).isoformat()
        shown = {
            "Id": asset.id,
            "AssetType": asset.kind,
            "Status": asset.status,
            "GroupId": asset.group_id,
            "URL": "https://tos.example/a?X-Tos-Signature=abcdef",
            "CreateTime": when,
            "UpdateTime": when,
        }
        if not single:
            return {**shown, "Name": asset.name}
        failure = {"Error": {"Code": "PixelCountTooSmall", "Message": "too few pixels"}}
        return {**shown, **(failure if asset.status == "Failed" else {})}

    @property
    def there(self) -> list[Kept]:
        return [asset for asset in self.assets.values() if asset.deleted is None]

    @property
    def names(self) -> list[str]:
        return sorted(asset.name for asset in self.there)


def _page(items: list[dict[str, Any]], query: dict[str, str]) -> httpx.Response:
    size, number = int(query.get("page_size", 10)), int(query.get("page_number", 1))
    some = items[(number - 1) * size : number * size]
    answer = {"TotalCount": len(items), "Items": some, "PageNumber": number, "PageSize": size}
    return httpx.Response(200, json=answer)


@dataclass
class Bucket:
    """Publishes under a name that holds the hash; `files`: what lies there."""

    files: set[str] = field(default_factory=set)
    puts: list[str] = field(default_factory=list)
    broken: dict[str, Exception] = field(default_factory=dict)
    point: Callable[[str], None] = lambda _: None

    def publish(self, path: str, digest: str, _name: str, _kind: Kind, format_name: str, /) -> Published:
        for part, error in self.broken.items():
            if part in path:
                raise error
        key = f"{digest[:16]}.{format_name}"
        reused = key in self.files
        self.point("before publishing")
        if not reused:
            self.files.add(key)
            self.puts.append(key)
        self.point("after publishing")
        url = f"https://bucket.example/{key}?X-Amz-Signature=5ec7e7"
        return Published(url, f"s3://bucket/{key}", removable=True, reused=reused, key=key)

    def remove(self, published: Published) -> None:
        self.point("before removing")
        self.files.discard(published.key)
        self.point("after removing")


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def judged(
    target: str,
    content: str = "",
    *,
    url: bool = False,
    kind: Kind = Kind.IMAGE,
    role: Role | None = None,
    **more: Any,
) -> AssetReport:
    """A result that passes; the bytes are told apart by `content`, or else by the target."""
    media = VideoFacts(duration=Fraction(5, 2)) if kind is Kind.VIDEO else None
    file = FileFacts(sha256=digest(content or target), bytes=100, format="png")
    return AssetReport(Asset(target, target, is_url=url, role=role), Facts(kind, file, media=media), **more)


def always_same(_url: str, _sha256: str) -> None:
    """Whatever a URL serves is what was judged."""


@dataclass
class Changed:
    """What these URLs serve has changed."""

    parts: tuple[str, ...]

    def __call__(self, url: str, _sha256: str) -> None:
        if any(part in url for part in self.parts):
            raise FileChanged("It serves other bytes than those that were judged.")


@dataclass
class Desk:
    """Where a delivery is made: a library, a bucket, a journal, and a clock for them all."""

    folder: Path
    shelf: Shelf = field(default_factory=Shelf)
    bucket: Bucket = field(default_factory=Bucket)
    events: list[Event] = field(default_factory=list)
    day: datetime = START
    started: float = 1000.0
    point: Callable[[str], None] = lambda _: None

    @property
    def clock(self) -> Clock:
        return self.shelf.clock

    def journal(self, name: str = "uploads.sqlite3") -> Journal:
        return Watched(
            self.folder / name,
            now=lambda: self.day + timedelta(seconds=self.clock()),
            uptime=lambda: self.started + self.clock(),
            locks=self.folder / "locks",
            point=self.point,
        )

    def deliver(
        self, *results: AssetReport, journal: str = "uploads.sqlite3", **more: Any
    ) -> tuple[Outcome, ...]:
        options = DeliveryOptions(**{"at_a_time": 1, "list_lag": 2.0, **more.pop("options", {})})
        given = {"publisher": self.bucket, "same_bytes": always_same, "on_event": self.events.append}
        with self.journal(journal) as opened, self.shelf.client() as client:
            return deliver(
                results,
                more.pop("group", GROUP),
                client=client,
                journal=opened,
                options=options,
                clock=self.clock,
                sleep=self.clock.sleep,
                **{**given, **more},
            )

    def steps(self) -> list[Step]:
        return [event.step for event in self.events]


class Watched(Journal):
    """A journal around whose steps something may happen."""

    def __init__(self, path: Path, *, point: Callable[[str], None], **seams: Any) -> None:
        super().__init__(path, **seams)
        self._point = point

    def record(self, service: str, group_id: str, sha256: str, step: Step, **said: Any) -> None:
        self._point(f"before recording {step}")
        super().record(service, group_id, sha256, step, **said)
        self._point(f"after recording {step}")

    def begin(self, *given: Any, **more: Any) -> int:
        self._point("before beginning")
        run = super().begin(*given, **more)
        self._point("after beginning")
        return run


def killing_at(number: int) -> Callable[[str], None]:
    """Something that kills at the point of this number."""
    met: list[str] = []

    def point(what: str) -> None:
        met.append(what)
        if len(met) == number:
            raise Killed(what)

    return point


def endings(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [outcome.outcome for outcome in outcomes]
