"""From ids to outcomes: waits until all are settled, and takes away what need no longer be public."""

from __future__ import annotations

from collections.abc import Sequence

from validator.errors import (
    AssetRejected,
    NotFound,
    NotPublished,
    RequestRefused,
    ServiceError,
    WaitTimeout,
)
from validator.intake.url import redact
from validator.upload.bundle import Bundle, reasons
from validator.upload.history import Put
from validator.upload.outcome import Ending, Step
from validator.upload.publish import Published
from validator.upload.records import ACTIVE, FAILED, RegisteredAsset
from validator.upload.work import Work

_STILL = "It is still being processed: run the same command again, or wait for it."
_GONE = "It was deleted in the library meanwhile: run the same command again, and it is made anew."
_FETCHED_YET = frozenset(
    {
        Step.PUBLISHING,
        Step.PUBLISHED,
        Step.DELETING,
        Step.DELETED,
        Step.CREATING,
        Step.CREATED,
        Step.FOUND,
        Step.WAITING,
    }
)


def settle(work: Work, bundles: Sequence[Bundle]) -> ServiceError | None:
    """Wait for the assets of these bundles, and give each target its outcome.

    Returns:
        the error that ended it, if one did.

    Raises:
        Cancelled: the caller stops.
        JournalError: a step could not be written.
    """
    if not bundles:
        return None
    if not work.options.wait:
        _end(bundles, "processing", _STILL)
        return None
    try:
        work.client.wait_until_active(
            [bundle.asset_id for bundle in bundles],
            timeout=work.options.wait_timeout,
            on_change=lambda asset: _changed(work, bundles, asset),
            cancelled=work.cancelled,
            list_lag=work.options.list_lag,
        )
    except WaitTimeout:
        _end(bundles, "timed-out", _STILL)
    except NotFound:  # all others are settled
        for bundle in bundles:
            if bundle.is_open:
                work.record(bundle, Step.GONE, message=_GONE)
        _end(bundles, "not-sent", _GONE)
    except ServiceError as error:
        _end(bundles, "processing", redact(str(error)))
        return error
    return None


def already_active(work: Work, bundle: Bundle) -> None:
    """The asset was Active before this delivery began."""
    history = bundle.held.history
    is_known = history.state in (Step.ACTIVE, Step.REMOVED) and history.asset_id == bundle.asset_id
    _active(work, bundle, "already-active", is_known=is_known)


def still_active(work: Work, bundles: Sequence[Bundle]) -> None:
    """What was Active before this delivery began may be so no longer, as it took its time.

    Raises:
        Cancelled: the caller stops.
        JournalError: a step could not be written.
    """
    for bundle in bundles:
        work.check_caller()
        try:
            asset = work.client.asset(bundle.asset_id)
        except NotFound:
            bundle.outcomes.clear()
            work.record(bundle, Step.GONE, message=_GONE)
            bundle.end("not-sent", message=_GONE)
        except (AssetRejected, RequestRefused):  # of this one nothing is told; it was Active when last seen
            continue
        except ServiceError:  # of no other either
            return
        else:
            if not asset.is_active:
                bundle.outcomes.clear()
                _changed(work, [bundle], asset)
                bundle.end("processing", message=_STILL)  # unless it has failed


def already_failed(work: Work, bundle: Bundle, asset: RegisteredAsset) -> None:
    """The asset had failed before this delivery began."""
    _failed(work, bundle, asset)


def unpublish(work: Work, bundles: Sequence[Bundle]) -> None:
    """Take away the files whose assets are Active. What cannot be is left for the next run."""
    for bundle in bundles:
        put = _to_remove(work, bundle)
        if put is None or not any(outcome.is_active for outcome in bundle.outcomes.values()):
            continue
        if work.publisher is None:
            bundle.add(f"{put.shown} was not removed: nothing says how.")
            continue
        try:
            work.publisher.remove(Published("", put.shown, removable=True, key=put.key, sha256=bundle.sha256))
        except NotPublished as error:
            bundle.add(redact(str(error)))
        else:
            work.record(bundle, Step.REMOVED, status=ACTIVE)


def _changed(work: Work, bundles: Sequence[Bundle], asset: RegisteredAsset) -> None:
    for bundle in bundles:
        if bundle.asset_id != asset.id:
            continue
        if asset.status == ACTIVE:
            _active(work, bundle, "active", is_known=False)
        elif asset.status == FAILED:
            _failed(work, bundle, asset)
        else:
            work.record(bundle, Step.WAITING, status=asset.status)


def _active(work: Work, bundle: Bundle, ending: Ending, *, is_known: bool) -> None:
    if _to_remove(work, bundle) is not None:
        # Not ACTIVE, with which the journal would take it for finished.
        work.record(bundle, Step.REMOVING, told=Step.ACTIVE, status=ACTIVE)
    elif is_known:
        work.announce(bundle, Step.ACTIVE, status=ACTIVE)
    else:
        work.record(bundle, Step.ACTIVE, status=ACTIVE)
    bundle.end(ending)


def _failed(work: Work, bundle: Bundle, asset: RegisteredAsset) -> None:
    why = reasons(asset)
    work.record(bundle, Step.FAILED, status=FAILED, code=why["code"], message=why["message"])
    bundle.end("failed", **why)


def _to_remove(work: Work, bundle: Bundle) -> Put | None:
    """What we put there for these bytes, unless nobody wants it removed, or another group still needs it."""
    if not work.options.unpublish:
        return None
    put = work.journal.history(work.service, work.group.id, bundle.sha256).put
    if put is None:
        return None
    here = (work.service, work.group.id)
    elsewhere = (
        entry
        for entry in work.journal.of_bytes(bundle.sha256)
        if (entry.service, entry.group_id) != here and not entry.is_url
    )
    return None if any(entry.state in _FETCHED_YET for entry in elsewhere) else put


def _end(bundles: Sequence[Bundle], ending: Ending, message: str) -> None:
    for bundle in bundles:
        bundle.end(ending, message=message)
