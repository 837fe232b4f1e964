"""One asset's way from a file or a URL to its id: each step is journaled before and after it is taken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from validator.errors import (
    AnswerLost,
    AssetRejected,
    AuthenticationError,
    BalanceTooLow,
    Cancelled,
    FileChanged,
    NotFound,
    NotPublished,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
)
from validator.findings import AssetReport
from validator.intake.url import redact
from validator.model import Kind
from validator.report.escape import printable
from validator.upload.bundle import Bundle
from validator.upload.journal import Journal
from validator.upload.naming import asset_name, stem_of
from validator.upload.outcome import DeliveryOptions, Event, Step
from validator.upload.publish import MaybePublished, Publisher
from validator.upload.records import AssetGroup
from validator.upload.same_bytes import SameBytes

if TYPE_CHECKING:
    from validator.upload.client import AssetClient

# What stands in the way of every other asset, too. NotFound: the group is gone.
_ENDS_ALL = (AuthenticationError, PermissionDenied, QuotaExceeded, BalanceTooLow, NotFound)
_SHOWN = ("asset_id", "status", "code", "message")
_STOPPED = "the upload was stopped: run it again, and it goes on where it was"
_PATIENCE = 3  # assets in a row for which the service cannot be asked


@dataclass
class Work:
    """What all assets of a delivery share.

    `stopped`: by what, if something ended it; `whose`: the hash of the bytes of each asset, by its id.
    """

    client: AssetClient
    publisher: Publisher | None
    same_bytes: SameBytes
    journal: Journal
    group: AssetGroup
    options: DeliveryOptions
    cancelled: Callable[[], bool]
    tell: Callable[[Event], object]
    stopped: ServiceError | None = None
    run: int = 0
    whose: dict[str, str] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _in_vain: int = 0

    @property
    def service(self) -> str:
        """The library's base URL."""
        return self.client.service.base_url

    def check(self) -> None:
        """Stop here, if the caller wants it, or nothing more is to be made.

        Raises:
            Cancelled: so it is.
        """
        if self._ending.is_set():
            raise Cancelled(_STOPPED)
        self.check_caller()

    def check_caller(self) -> None:
        """Stop here, if the caller wants it.

        Raises:
            Cancelled: it does.
        """
        if self.cancelled():
            raise Cancelled(_STOPPED)

    def end(self) -> None:
        """Begin nothing more."""
        self._ending.set()

    def record(
        self, bundle: Bundle, step: Step, *, number: int | None = None, told: Step | None = None, **said: Any
    ) -> None:
        """One step more, in the journal and then for whoever listens.

        Args:
            bundle: the bytes that it is about.
            step: which.
            number: of one target, if it is about that alone.
            told: what it is called for whoever listens.
            said: fields of `Recorded`.
        """
        said = {"asset_id": bundle.asset_id, **said}
        self.journal.record(
            self.service, self.group.id, bundle.sha256, step, name=bundle.name, run=self.run, **said
        )
        shown = {key: said[key] for key in _SHOWN if key in said}
        self.announce(bundle, told or step, number, **shown)

    def announce(self, bundle: Bundle, step: Step, number: int | None = None, **shown: Any) -> None:
        """A step for whoever listens."""
        for event in bundle.events(step, **shown):
            if number in (None, event.number):
                self.tell(event)

    def forward(self, bundle: Bundle) -> None:
        """Make the asset of some bytes. What goes wrong for this one alone is its outcome.

        Raises:
            Cancelled: the caller stops.
            JournalError: a step could not be written, so that it was not taken.
        """
        if self.stopped is not None:
            return
        self.check()
        url = self._address(bundle)
        if not url:
            return
        self.check()
        try:
            self._delete_failed(bundle)
            self._create(bundle, url)
        except ServiceError as error:
            self._note(bundle, error)
        else:
            with self._lock:
                self._in_vain = 0

    def _address(self, bundle: Bundle) -> str:
        """A URL that serves these bytes at this moment, of the first target that has one; else ""."""
        for number, result in zip(bundle.numbers, bundle.results, strict=True):
            try:
                url = self._published(bundle, result)
                self.same_bytes(url, bundle.sha256)
            except FileChanged as error:
                self.record(bundle, Step.CHANGED, number=number, message=str(error))
                bundle.fail("changed", error, number)
            except NotPublished as error:
                key = error.key if isinstance(error, MaybePublished) else ""
                self.record(bundle, Step.NOT_PUBLISHED, number=number, message=str(error), key=key)
                bundle.fail("not-published", error, number)
            else:
                return url
        return ""

    def _published(self, bundle: Bundle, result: AssetReport) -> str:
        asset, facts = result.asset, result.facts
        if asset.is_url:
            return asset.location
        if self.publisher is None:
            raise NotPublished(
                f"{printable(result.target)} is a file, and the service takes addresses: say what serves it "
                "(--public-url), or where it is put (--publish)."
            )
        # Whatever the how manieth asset it is: the file keeps its name.
        name = asset_name(stem_of(asset), bundle.sha256)
        self.record(bundle, Step.PUBLISHING)
        published = self.publisher.publish(
            asset.location, bundle.sha256, name, facts.kind or Kind.IMAGE, facts.file.format or ""
        )
        key = published.key if published.removable else ""
        self.record(bundle, Step.PUBLISHED, published=published.shown, key=key, reused=published.reused)
        return published.url

    def _delete_failed(self, bundle: Bundle) -> None:
        """The service never retries what has failed, and goes on counting it."""
        for asset_id in bundle.decision.delete:
            self.record(bundle, Step.DELETING, asset_id=asset_id)
            try:
                self.client.delete_asset(asset_id)
            except NotFound:
                if self._is_there(asset_id):  # then it is the path that is wrong
                    raise
            self.record(bundle, Step.DELETED, asset_id=asset_id)

    def _is_there(self, asset_id: str) -> bool:
        try:
            self.client.asset(asset_id)
        except NotFound:
            return False
        return True

    def _create(self, bundle: Bundle, url: str) -> None:
        sent = 0

        def before_create() -> None:
            nonlocal sent
            self.check()
            sent += 1
            self.record(bundle, Step.CREATING)

        try:
            ensured = self.client.ensure_asset(
                self.group.id,
                url,
                bundle.results[0].facts.kind or Kind.IMAGE,
                bundle.name,
                look_for=bundle.decision.look_for,
                list_lag=self.options.list_lag,
                before_create=before_create,
                skip_moderation=self.options.skip_moderation,
            )
        except (AssetRejected, RequestRefused) as error:
            if not sent:  # no create was refused, but the look before it
                raise
            if sent == 1:  # then it is sure that nothing was created
                self.record(bundle, Step.REJECTED, code=error.code, message=str(error))
            else:
                self.announce(bundle, Step.REJECTED, code=error.code, message=redact(str(error)))
            bundle.fail("rejected", error)
        except ServiceError as error:
            if sent == 1 and not isinstance(error, AnswerLost):  # the same
                self.record(bundle, Step.NOT_SENT, code=error.code, message=str(error))
            raise
        else:
            self._claim(bundle, ensured.asset_id)
            self.record(bundle, Step.CREATED if ensured.created else Step.FOUND)

    def _claim(self, bundle: Bundle, asset_id: str) -> None:
        """It is the asset of these bytes.

        Raises:
            AnswerLost: it is that of others, so that nobody knows which is whose.
        """
        with self._lock:
            whose = self.whose.setdefault(asset_id, bundle.sha256)
        if whose != bundle.sha256:
            raise AnswerLost(
                f"The service gave the id of another file's asset, {printable(asset_id)}: run the same "
                "command again, and its asset is looked for."
            )
        bundle.asset_id = asset_id

    def _note(self, bundle: Bundle, error: ServiceError) -> None:
        """What the service did not do for one asset, and whether the others are worth a try."""
        with self._lock:
            self._in_vain += 1
            in_vain = isinstance(error, (ServiceUnavailable, RateLimited)) and self._in_vain >= _PATIENCE
            if self.stopped is None and (in_vain or isinstance(error, _ENDS_ALL)):
                self.stopped = error
        unsure = isinstance(error, AnswerLost)
        self.announce(bundle, Step.NOT_SENT, code=error.code, message=redact(str(error)), unsure=unsure)
        bundle.fail("not-sent", error)
