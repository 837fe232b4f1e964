"""What the asset library says of the assets that a request names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from validator.errors import NotFound, ServiceError
from validator.generation import Activity, ReferenceFacts
from validator.request.facts import Knowledge, Known
from validator.request.item import Item, named, quoted
from validator.upload.records import ACTIVE, FAILED, PROCESSING, RegisteredAsset

Ask = Callable[[str], RegisteredAsset]
"""Gets an asset by its id, as `AssetClient.asset` does; raises `NotFound` and other `ServiceError`."""

_MOST_ASKED = 50
_BY_STATUS: dict[str, Activity] = {ACTIVE: "active", PROCESSING: "processing", FAILED: "failed"}
_WORST: tuple[Activity, ...] = ("missing", "failed", "unknown-status", "processing", "active")


@dataclass
class Answers:
    """The answers of the library; `problem`: why there are not all of them."""

    assets: dict[str, RegisteredAsset | None] = field(default_factory=dict)
    problem: str = ""


def ask_for(items: tuple[Item, ...], ask: Ask) -> Answers:
    """Ask for each asset once; the first answer that tells nothing ends the asking."""
    answers = Answers()
    for asset_id in dict.fromkeys(item.asset_id for item in items if item.asset_id):
        if len(answers.assets) == _MOST_ASKED:
            answers.problem = f"the request names more than {_MOST_ASKED} assets"
            break
        try:
            answers.assets[asset_id] = ask(asset_id)
        except NotFound:
            answers.assets[asset_id] = None
        except ServiceError as error:
            answers.problem = f"the library could not be asked: {error}"
            break
    return answers


def measure(items: tuple[Item, ...], answers: Answers) -> tuple[ReferenceFacts, dict[str, str]]:
    """The facts of these answers, and why they could not be measured.

    >>> from validator.model import Kind
    >>> answers = Answers({"asset-1": RegisteredAsset("asset-1", status="Processing")})
    >>> facts, _ = measure((Item(Kind.IMAGE, 1, "asset://asset-1"),), answers)
    >>> facts.activity, facts.activity_detail
    ('processing', '[Image 1] is "Processing"')
    """
    found: dict[Activity, list[str]] = {activity: [] for activity in _WORST}
    for item in items:
        if item.asset_id in answers.assets:
            asset = answers.assets[item.asset_id]
            found[_activity(asset)].append(f"{item.label} {_state(asset)}")
    worst: Activity = next((activity for activity in _WORST if found[activity]), "active")
    if worst == "active":
        if answers.problem:
            return ReferenceFacts(), {"activity": answers.problem}
        return ReferenceFacts(activity="active"), {}
    inactive = [said for activity in _WORST[:-1] for said in found[activity]]
    return ReferenceFacts(activity=worst, activity_detail=named(inactive)), {}


def informed(answers: Answers, otherwise: Knowledge) -> Knowledge:
    """What the library says of an asset's type, and the rest as before."""

    def known(item: Item) -> Known:
        before = otherwise(item)
        asset = answers.assets.get(item.asset_id)
        return before if asset is None or asset.kind is None else Known(asset.kind, before.seconds)

    return known


def _activity(asset: RegisteredAsset | None) -> Activity:
    return "missing" if asset is None else _BY_STATUS.get(asset.status, "unknown-status")


def _state(asset: RegisteredAsset | None) -> str:
    if asset is None:
        return "is not in the library"
    failure = f" ({asset.failure.code})" if asset.failure is not None and asset.failure.code else ""
    return f"is {quoted(asset.status)}{failure}"
