"""Whose word it is where the key and the files go: what a configuration file may say of that, unasked."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from validator.errors import ConfigError, UsageError
from validator.intake.url import displayed
from validator.settings import Config, FoundFile, ServiceSettings, UploadSettings

BASE_URL = "ORCAROUTER_BASE_URL"
"""The environment variable that names the service's address."""

FOR_THE_KEY = ("base_url", "operations", "api_key_file")
"""What `[service]` says of where the key goes, and what is asked for with it."""

FOR_THE_FILES = ("publish", "public_url", "journal", "unpublish")
"""What `[upload]` says of where files go, and what is removed."""


def addressed(config: Config, environ: Mapping[str, str]) -> Config:
    """The configuration with the service's address from the environment, which is the user's own word.

    Raises:
        UsageError: the environment names an address that cannot be used.

    >>> addressed(Config(), {"ORCAROUTER_BASE_URL": "https://library.example/v1"}).service.base_url
    'https://library.example/v1'
    """
    from validator.upload.operations import Service

    said = said_by_user(environ)
    if not said:
        return config
    try:
        Service(base_url=said)
    except UsageError as error:
        raise UsageError(f"{BASE_URL}: {error}") from error
    return msgspec.structs.replace(config, service=msgspec.structs.replace(config.service, base_url=said))


def said_by_user(environ: Mapping[str, str]) -> str:
    """The service's address, if the environment names one; else ""."""
    return environ.get(BASE_URL, "").strip()


def check_found(config: Config, environ: Mapping[str, str], fields: Iterable[str]) -> None:
    """Refuse what a file that was found, and not named with --config, has no right to decide.

    A file of another user may not say where the key and files go, nor what is removed; and none may send the
    key to an address that is neither the documented one nor on this machine. What the file says counts only
    where it still holds: a program, the command line and the environment have their own say.

    Args:
        config: what will be used.
        environ: may name another address, so that the file's does not count.
        fields: those that will be used, of FOR_THE_KEY and FOR_THE_FILES.

    Raises:
        ConfigError: with what to do where the file is trusted.
    """
    found = config.found
    if found is None:
        return
    said = [field for field in fields if _still_says(found, config, field)]
    if said_by_user(environ):
        said = [field for field in said if field != "base_url"]
    if said and any(is_strangers(status) for status in _statuses(found.path)):
        keys = ", ".join(field.replace("_", "-") for field in said)
        raise ConfigError(
            f"{found.path} belongs to another user, and says where the key or files go ({keys}): name it "
            f"with --config if you trust it"
        )
    address = config.service.base_url
    if "base_url" in said and not _is_usual(address):
        raise ConfigError(
            f"{found.path} would send the API key to {displayed(address, is_url=True)}: name the file with "
            f"--config, or set {BASE_URL} to this address, if you trust it"
        )


def _still_says(found: FoundFile, config: Config, field: str) -> bool:
    """Whether the file says something here, and nobody else has said something else since."""
    table, now, silent = (
        (found.service, config.service, ServiceSettings())
        if field in FOR_THE_KEY
        else (found.upload, config.upload, UploadSettings())
    )
    says = getattr(table, field)
    return bool(says != getattr(silent, field) and says == getattr(now, field))


def is_strangers(status: os.stat_result, user: int | None = None) -> bool:
    """Whether a file is neither this user's (by default, of this process) nor root's.

    On Windows none is taken for a stranger's.
    """
    if user is None:
        if os.name == "nt":
            return False
        user = os.geteuid()
    return status.st_uid not in (user, 0)


def _statuses(file: Path) -> tuple[os.stat_result, ...]:
    """Of the file, and of the link that leads to it: a link decides what paths are relative to."""
    try:
        status, link = file.stat(), file.lstat()
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror or error}") from error
    return (status, link) if stat.S_ISLNK(link.st_mode) else (status,)


def _is_usual(address: str) -> bool:
    """Whether it is the documented address, or on this machine; what makes no sense is refused elsewhere."""
    from validator.upload.operations import DEFAULT_BASE_URL, Service

    with contextlib.suppress(UsageError):
        service = Service(base_url=address)
        return service.base_url == DEFAULT_BASE_URL or service.is_this_machine
    return True
