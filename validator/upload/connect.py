"""From a configuration to the asset library: which service, which key, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from validator.intake.url import displayed, parse
from validator.settings import Config, ServiceSettings

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


def connected(config: Config, environ: Mapping[str, str]) -> AssetClient:
    """A client for the service that a configuration names, with the user's key.

    Raises:
        UsageError: there is no key, or none that can be used; an address or an operation makes no sense.
    """
    from validator.upload.client import AssetClient
    from validator.upload.key import read_key

    service = service_of(config)
    named = config.service.api_key_file
    return AssetClient(read_key(environ, Path(named) if named else None), service=service)


def elsewhere(config: Config, file: Path | None) -> str:
    """To whom the key goes, in a sentence, where that is not the service that everybody means; else "".

    >>> elsewhere(Config(), None)
    ''
    >>> config = Config(service=ServiceSettings(base_url="https://library.example/v1"))
    >>> elsewhere(config, Path("validator.toml"))
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
    return f"the API key goes to {host}: {source} says so"
