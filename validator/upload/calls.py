"""What a program calls: `upload` and `aupload`. They print nothing, and the journal remembers each step."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from validator.config import check_config, refuse_idle
from validator.config_file import check_types
from validator.errors import Cancelled, ConfigError, UsageError
from validator.model import Asset
from validator.profile import load_profile
from validator.run import Target
from validator.settings import Config
from validator.upload.client import AssetClient
from validator.upload.connect import connected
from validator.upload.forward import Manner, Upload, forwarded, judged, new_job
from validator.upload.journal import Journal, journal_path
from validator.upload.outcome import DeliveryOptions, Event
from validator.upload.trust import FOR_THE_FILES, FOR_THE_KEY, addressed, check_found

if TYPE_CHECKING:
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder


def upload(  # noqa: PLR0913 - what there is to say, and the seams
    targets: Target | Iterable[Target],
    config: Config | None = None,
    *,
    group_id: str = "",
    new_group: str = "",
    allow_unjudged: bool = False,
    retry_failed: bool = False,
    skip_moderation: bool = False,
    wait: bool = True,
    on_event: Callable[[Event], object] = lambda _: None,
    client: AssetClient | None = None,
    journal: Journal | None = None,
    environ: Mapping[str, str] = os.environ,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
    cancel: threading.Event | None = None,
) -> Upload:
    """Lint for a group, forward what passes, and wait until it is Active, as `validator upload` does.

    Call it again with the same targets, after whatever went wrong: what is there is found, and nothing is
    made twice. No configuration file is read unless `load_config` is called for it.

    Args:
        targets: what `lint` takes.
        config: how to judge, and the tables `service` and `upload`; paths in it, and the files below
            `public_url`, are relative to its `folder`, or else to the working directory.
        group_id: where to: a group that is there.
        new_group: or else the name of a virtual group, which is made, and found again the next time.
        allow_unjudged: forward what could not be judged, too.
        retry_failed: delete what is Failed and make it anew.
        skip_moderation: ask the service not to moderate, where the account may.
        wait: until each asset is Active.
        on_event: is told each step, in this thread.
        client: the asset library, which is not closed; by default the one that `config` names, with the key
            from the environment or from the file that `config` names.
        journal: is not closed; by default the one that `config` names.
        environ: holds the key, the service's address where it is another, and the credentials of a bucket.
        transport: replaces what fetches URLs, and is closed at the end.
        faces: looks for faces, kept warm by a caller of many uploads, and not closed.
        decoders: reads the media; the same.
        cancel: set it to stop. A `client` that is given hears nothing of it while it waits to try again,
            unless its own `sleep` raises `Cancelled` then.

    Returns:
        what became of each target (`outcomes`), and the lint's `results`. Where the key, the account, the
        service or the journal ended it before its time, `error` says so; `raise_for_errors` raises it.

    Raises:
        UsageError: see `lint`; no group, or two; no key; a group that cannot be made. `JournalError`: the
            journal is no use from the start; `UploadBusy`: another upload into the group is running.
        ConfigError: a configuration file that `load_config` found, and nobody named, says where the key or
            files go, and may not: it belongs to another user, or names another host than the service's.
        ServiceError: nothing is known of the targets: there is no such group, or it could not be made.
        Cancelled: `cancel` was set. What was created is in the journal.

    >>> upload("face.png")
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: Where to? Either group_id or new_group says it.
    """
    if bool(group_id) is bool(new_group):
        raise UsageError("Where to? Either group_id or new_group says it.")
    named = [targets] if isinstance(targets, (str, os.PathLike, Asset)) else list(targets)
    config = check_types(config or Config())
    _check_found(config, environ, FOR_THE_FILES)
    profile = load_profile(config.profile)
    config = check_config(config, profile)
    refuse_idle(config, profile)
    options = DeliveryOptions.of(
        config,
        allow_unjudged=allow_unjudged,
        retry_failed=retry_failed,
        skip_moderation=skip_moderation,
        wait=wait,
    )
    cancel = cancel or threading.Event()
    sleep = partial(_sleep, cancel)
    sleep(0)  # it may be set already
    with ExitStack() as stack:
        if transport is not None:
            transport = _Lasting(stack.enter_context(closing(transport)))
        if client is None:
            client = stack.enter_context(new_client(config, environ, sleep=sleep))
        if journal is None:
            journal = stack.enter_context(Journal(journal_path(config)))
        job = new_job(
            named,
            group_id=group_id or None,
            new_group=new_group or None,
            client=client,
            journal=journal,
            manner=Manner(config, profile, options, _served(config), environ),
            remember={},
            sleep=sleep,
        )
        with closing(
            judged(job, cancel=cancel, transport=transport, faces=faces, decoders=decoders)
        ) as results:
            kept = tuple(results)
        return forwarded(
            job,
            kept,
            client=client,
            journal=journal,
            on_event=on_event,
            cancelled=cancel.is_set,
            transport=transport,
        )


async def aupload(  # noqa: PLR0913 - see there
    targets: Target | Iterable[Target],
    config: Config | None = None,
    *,
    group_id: str = "",
    new_group: str = "",
    allow_unjudged: bool = False,
    retry_failed: bool = False,
    skip_moderation: bool = False,
    wait: bool = True,
    on_event: Callable[[Event], object] = lambda _: None,
    client: AssetClient | None = None,
    journal: Journal | None = None,
    environ: Mapping[str, str] = os.environ,
    transport: httpx.BaseTransport | None = None,
    faces: FaceFinder | None = None,
    decoders: Decoders | None = None,
) -> Upload:
    """Upload as `upload` does, in a thread, so that an event loop goes on meanwhile.

    `on_event` is called in the thread of the loop. Cancelling the task stops the work and waits until it has
    stopped, which takes longer where a `client` is given that waits to try again (see `upload`); what was
    created is in the journal.

    Raises:
        ValidatorError: see `upload`.
        asyncio.CancelledError: the task was cancelled.

    >>> import asyncio
    >>> asyncio.run(aupload("face.png"))
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: Where to? Either group_id or new_group says it.
    """
    import asyncio

    from validator.in_thread import in_thread

    cancel = threading.Event()
    loop = asyncio.get_running_loop()
    work = partial(
        upload,
        targets,
        config,
        group_id=group_id,
        new_group=new_group,
        allow_unjudged=allow_unjudged,
        retry_failed=retry_failed,
        skip_moderation=skip_moderation,
        wait=wait,
        on_event=lambda event: loop.call_soon_threadsafe(on_event, event),
        client=client,
        journal=journal,
        environ=environ,
        transport=transport,
        faces=faces,
        decoders=decoders,
        cancel=cancel,
    )
    return await in_thread(work, cancel)


def new_client(
    config: Config,
    environ: Mapping[str, str] = os.environ,
    *,
    sleep: Callable[[float], object] = time.sleep,
) -> AssetClient:
    """A client for the service that a configuration names, with the key that the command would take.

    Args:
        config: its table `service`.
        environ: may hold the key and another address, which come before those of the configuration.
        sleep: waits, in seconds.

    Raises:
        UsageError: there is no key, or none that can be used; an address or an operation makes no sense.
        ConfigError: only a configuration file that was found says that the key goes to some other host than
            the service's, or it belongs to another user.

    >>> with new_client(Config(), {"ORCAROUTER_API_KEY": "sk-orca-1"}) as client:
    ...     client
    AssetClient('https://api.orcarouter.ai/v1')
    """
    _check_found(config, environ, (*FOR_THE_KEY, *FOR_THE_FILES))  # for what delivers with this client, too
    return connected(addressed(config, environ), environ, sleep=sleep)


class _Lasting(httpx.BaseTransport):
    """A transport for several who close theirs."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(request)


def _check_found(config: Config, environ: Mapping[str, str], fields: Iterable[str]) -> None:
    try:
        check_found(config, environ, fields)
    except ConfigError as error:
        raise ConfigError(f"{error}; a program names it as `explicit` to load_config") from error


def _served(config: Config) -> Path:
    """The folder that `public_url` serves."""
    if config.folder is not None:
        return config.folder
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(f"The current folder cannot be used: {error.strerror or error}.") from error


def _sleep(cancel: threading.Event, seconds: float) -> None:
    if cancel.wait(seconds):
        raise Cancelled("the upload was stopped before it was done")
