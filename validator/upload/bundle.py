"""The targets that have the same bytes: one asset, and as many outcomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from validator.errors import AnswerLost, AssetRejected, ServiceError
from validator.findings import AssetReport
from validator.intake.url import redact
from validator.upload.decision import Decision
from validator.upload.gate import rules_against
from validator.upload.inventory import Held
from validator.upload.outcome import DeliveryOptions, Ending, Event, Outcome, Step
from validator.upload.records import RegisteredAsset


@dataclass
class Bundle:
    """Some bytes on their way. Held by one thread at a time.

    Args:
        sha256: of the bytes.
        numbers: of the results that have them.
        results: these results.
        held: what there was of them.
        decision: what is done for them.
        outcomes: by number, once they are known.
        asset_id: of the asset, once there is one.
        name: of the asset.
    """

    sha256: str
    numbers: Sequence[int]
    results: Sequence[AssetReport]
    held: Held
    decision: Decision
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    asset_id: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        asset = self.decision.asset
        if asset is not None and not self.decision.creates:
            self.asset_id = asset.id
        self.name = self.decision.name or (asset.name if asset else "")

    @property
    def is_open(self) -> bool:
        """Whether there is a target whose outcome is not known yet."""
        return len(self.outcomes) < len(self.numbers)

    def events(self, step: Step, **said: Any) -> list[Event]:
        """A step, for each of the targets."""
        already = step is Step.ACTIVE and self.decision.action == "skip"
        said = {"asset_id": self.asset_id, "already": already, **said}
        return [
            Event(step, number, result.target, self.name, **said)
            for number, result in zip(self.numbers, self.results, strict=True)
            if number not in self.outcomes
        ]

    def end(self, ending: Ending, *, number: int | None = None, **said: Any) -> None:
        """The outcome of one target, or of all that have none yet."""
        for each, result in zip(self.numbers, self.results, strict=True):
            if each not in self.outcomes and number in (None, each):
                outcome = outcome_of(result, ending, name=self.name, **said)
                self.outcomes[each] = dataclasses.replace(outcome, asset_id=self.asset_id)

    def add(self, message: str) -> None:
        """Something more to say to each outcome."""
        for number, outcome in self.outcomes.items():
            self.outcomes[number] = dataclasses.replace(
                outcome, message=f"{outcome.message} {message}".strip()
            )

    def fail(self, ending: Ending, error: Exception, number: int | None = None) -> None:
        """The same, for what an error prevented."""
        code = error.code if isinstance(error, ServiceError) else ""
        rules = error.rules if isinstance(error, AssetRejected) else ()
        unsure = isinstance(error, AnswerLost)
        self.end(ending, number=number, code=code, message=redact(str(error)), rules=rules, unsure=unsure)


def outcome_of(result: AssetReport, ending: Ending, **said: Any) -> Outcome:
    """What became of a result."""
    facts = result.facts
    return Outcome(
        result.target,
        ending,
        sha256=facts.file.sha256 or "",
        kind=facts.kind,
        verdict=result.verdict,
        **said,
    )


def not_forwarded(result: AssetReport, why: str, options: DeliveryOptions) -> Outcome:
    """The outcome of what the lint holds back."""
    return outcome_of(result, "not-forwarded", message=why, rules=rules_against(result, options))


def reasons(asset: RegisteredAsset) -> dict[str, Any]:
    """Why the service refused an asset, as fields of an outcome."""
    from validator.upload.vendor_codes import rejected

    error = rejected(asset)
    said = redact(asset.failure.message) if asset.failure else ""
    return {"code": error.code, "message": said, "rules": error.rules}
