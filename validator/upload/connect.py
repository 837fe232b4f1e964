"""From a configuration to the asset library: which service, which key, and who says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from validator.intake.url import displayed, parse
from validator.settings import Config, ServiceSettings
from validator.upload.trust import BASE_URL, said_by_user

if TYPE_CHECKING:
    from validator.upload.client import AssetClient
    from validator.upload.operations import Service


def service_of(config: Config) -> Service:
    """The service that a configuration names.

    Raises:
        UsageError: an address or an operation that makes no sense.
    """
    from validator.upload.operations import Service

    return Service(base_url=config.service.base_url, operations=config.service.operations)


def connected(
    config: Config, environ: Mapping[str, str], *, sleep: Callable[[float], object] = time.sleep
) -> AssetClient:
    """A client for the service that a configuration names, with the user's key; it waits with `sleep`.

    Raises:
        UsageError: there is no key, or none that can be used; an address or an operation makes no sense.
    """
    from validator.upload.client import AssetClient
    from validator.upload.key import read_key

    service = service_of(config)
    named = config.service.api_key_file
    return AssetClient(read_key(environ, Path(named) if named else None), service=service, sleep=sleep)


def notes(config: Config, file: Path | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """What is out of the ordinary about the service that a configuration names, each in a sentence."""
    said = (elsewhere(config, file, environ), not_used(config, environ), otherwise_asked(config, file))
    return tuple(note for note in said if note)


def elsewhere(config: Config, file: Path | None, environ: Mapping[str, str]) -> str:
    """To whom the key goes, in a sentence, where that is not the service that everybody means; else "".

    >>> elsewhere(Config(), None, {})
    ''
    >>> config = Config(service=ServiceSettings(base_url="https://library.example/v1"))
    >>> elsewhere(config, Path("validator.toml"), {})
    'the API key goes to library.example: base-url in [service] of validator.toml says so'
    """
    base_url = config.service.base_url
    if base_url == ServiceSettings().base_url:
        return ""
    address = parse(base_url)
    host = displayed(base_url, is_url=True)
    if address.host:
        usual = {"http": 80, "https": 443}[address.scheme]
        host = address.host if address.port == usual else f"{address.host}:{address.port}"
    source = f"base-url in [service] of {file}" if file else "the configuration"
    return f"the API key goes to {host}: {BASE_URL if said_by_user(environ) else source} says so"


def not_used(config: Config, environ: Mapping[str, str]) -> str:
    """That the environment's address is used, and not that of the file that was found; else "".

    >>> not_used(Config(), {BASE_URL: "https://library.example/v1"})
    ''
    """
    if config.found is None or not said_by_user(environ):
        return ""
    named = config.found.service.base_url.rstrip("/")
    if named in (ServiceSettings().base_url, config.service.base_url.rstrip("/")):
        return ""
    return f"base-url in [service] of {config.found.path} is not used: {BASE_URL} comes before it"


def otherwise_asked(config: Config, file: Path | None) -> str:
    """Which operations are asked for in another way than the service's own, in a sentence; else "".

    Raises:
        UsageError: an operation makes no sense.

    >>> config = Config(service=ServiceSettings(operations={"delete-group": "POST /groups/{group_id}/drop"}))
    >>> otherwise_asked(config, Path("validator.toml"))
    'delete-group is "POST /groups/{group_id}/drop" here: [service.operations] of validator.toml says so'
    """
    from validator.upload.operations import OPERATIONS

    service = service_of(config)
    changed = [
        f'{name} is "{asked.verb} {asked.path}"'
        for name in config.service.operations
        if (asked := service.operation(name)) != OPERATIONS[name]
    ]
    if not changed:
        return ""
    source = f"[service.operations] of {file}" if file else "the configuration"
    return f"{', '.join(changed)} here: {source} says so"


def bucket_named(config: Config, file: Path | None) -> str:
    """Which bucket files are put into, and who says so.

    >>> from validator.settings import UploadSettings
    >>> config = Config(upload=UploadSettings(publish="s3://bucket/assets"))
    >>> bucket_named(config, Path("validator.toml"))
    'files are put into s3://bucket/assets: publish in [upload] of validator.toml says so'
    """
    source = f"publish in [upload] of {file}" if file else "the configuration"
    return f"files are put into {displayed(config.upload.publish, is_url=True)}: {source} says so"
