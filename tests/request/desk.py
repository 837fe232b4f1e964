"""A folder with a journal of uploads."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

from validator.model import Kind
from validator.upload.journal import Journal
from validator.upload.journal_rows import Intended
from validator.upload.outcome import Step
from validator.upload.records import AssetGroup

SERVICE, GROUP = "https://library.example/v1", "group-1"


class Desk:
    """A folder with a journal, and files that were uploaded from it."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.journal = journal

    def file(self, name: str, data: bytes = b"a picture") -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def uploaded(
        self,
        target: str,
        data: bytes = b"a picture",
        *,
        asset_id: str = "asset-1",
        step: Step = Step.ACTIVE,
        kind: Kind = Kind.IMAGE,
        duration: Fraction | None = None,
        group: str = GROUP,
        service: str = SERVICE,
        **said: Any,
    ) -> None:
        digest = hashlib.sha256(data).hexdigest()
        is_url = target.startswith("https://")
        one = Intended(target, "" if is_url else target, is_url, None, kind, digest, len(data), duration)
        self.journal.begin(service, AssetGroup(group, "Ada"), [one], folder="/", remembered={})
        self.journal.record(
            service, group, digest, Step.CREATED, asset_id=asset_id, name="a-0123456789abcdef"
        )
        if step is not Step.CREATED:
            status = "Active" if step is Step.ACTIVE else ""
            self.journal.record(service, group, digest, step, asset_id=asset_id, status=status, **said)
