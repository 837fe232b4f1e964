"""Lints files and delivers them as `validator upload` does, with a moment between for what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.nobody import NOBODY
from tests.service.fixture import ServiceAccount
from validator import Decoders, lint
from validator.model import GroupKind
from validator.profile import default_profile
from validator.upload import AssetClient, AssetGroup, Service
from validator.upload.delivery import deliver
from validator.upload.journal import Journal
from validator.upload.outcome import DeliveryOptions, Event, Outcome
from validator.upload.publish import ServedFolder
from validator.upload.same_bytes import same_bytes_check

CONFIG = msgspec.structs.replace(NOBODY, allow_private_hosts=True, retries=0)


@dataclass(frozen=True)
class Forwarder:
    """A folder that is on the web, one group, one journal."""

    folder: Path
    served: str
    account: ServiceAccount
    client: AssetClient
    group: AssetGroup
    journal: Path
    locks: Path

    def __call__(
        self,
        *targets: str | Path,
        between: Callable[[], object] = lambda: None,
        on_event: Callable[[Event], object] = lambda _: None,
        **options: object,
    ) -> tuple[Outcome, ...]:
        """Lint, let something happen, and deliver, as a process of its own would."""
        chosen: Sequence[str | Path] = targets or (self.folder,)
        with Decoders(processes=0) as decoders:
            results = lint(chosen, CONFIG, decoders=decoders).assets
        between()
        with (
            Journal(self.journal, locks=self.locks) as journal,
            same_bytes_check(CONFIG, default_profile()) as same_bytes,
        ):
            return deliver(
                results,
                self.group,
                client=self.client,
                publisher=ServedFolder(self.served, self.folder),
                same_bytes=same_bytes,
                journal=journal,
                options=msgspec.convert({"list_lag": 0.6, "wait_timeout": 20.0, **options}, DeliveryOptions),
                on_event=on_event,
            )


@contextmanager
def forwarding(account: ServiceAccount, folder: Path) -> Iterator[Forwarder]:
    """A new group, and an empty folder below this one that is on the web."""
    media = folder / "media"
    media.mkdir()
    with AssetClient(account.key, service=Service(account.base_url), random=lambda: 0.0) as client:
        group = AssetGroup(client.create_group("Ada"), "Ada", GroupKind.VIRTUAL)
        yield Forwarder(
            media,
            account.serve(media),
            account,
            client,
            group,
            folder / "uploads.sqlite3",
            folder / "locks",
        )
