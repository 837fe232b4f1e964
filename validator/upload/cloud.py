"""What the clouds' buckets differ in: what opens one, which names hold the credentials, what errors mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obstore.store import AzureStore, BackoffConfig, ClientConfig, GCSStore, RetryConfig, S3Store

    Store = S3Store | GCSStore | AzureStore

_CONNECTING = timedelta(seconds=5)
_BACKOFF: BackoffConfig = {
    "init_backoff": timedelta(milliseconds=100),
    "max_backoff": timedelta(seconds=1),
    "base": 2,
}


@dataclass(frozen=True)
class Cloud:
    """One provider's buckets.

    `store` is the class of obstore; `variables` are, by obstore's key, the environment's names for it, of
    which the first that is set counts; `fixed` are further keys; `without` says what to do where no link
    could be signed.
    """

    scheme: str
    store: str
    variables: Mapping[str, tuple[str, ...]]
    without: str
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def named(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The variables that are set, by obstore's key."""
        found = {
            key: next((name for name in names if environ.get(name)), "")
            for key, names in self.variables.items()
        }
        return {key: name for key, name in found.items() if name}

    def opened(self, bucket: str, environ: Mapping[str, str], patience: timedelta) -> Store:
        """A bucket, whether it exists or not: nothing is asked yet.

        One request may take as long as `patience` is, and after that none is tried again; a credential
        service that nobody runs, as off the cloud's machines, is given no more either. What has no name
        here, obstore reads from the process's environment itself.

        Raises:
            obstore.exceptions.BaseError, ValueError, OSError: what the environment says makes no sense.
        """
        from obstore import store as stores

        settings = {key: environ[name] for key, name in self.named(environ).items()}
        plain = settings.get("endpoint", "").lower().startswith("http://")
        retries: RetryConfig = {"max_retries": 2, "retry_timeout": patience, "backoff": _BACKOFF}
        client: ClientConfig = {"timeout": patience, "connect_timeout": min(patience, _CONNECTING)}
        if plain:
            client["allow_http"] = True
        opened: Store = getattr(stores, self.store)(
            bucket, config={**settings, **self.fixed}, client_options=client, retry_config=retries
        )
        return opened


CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        cloud.scheme: cloud
        for cloud in (
            Cloud(
                "s3",
                "S3Store",
                {
                    "access_key_id": ("AWS_ACCESS_KEY_ID",),
                    "secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
                    "session_token": ("AWS_SESSION_TOKEN", "AWS_TOKEN"),
                    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
                    "endpoint": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
                    "metadata_endpoint": ("AWS_METADATA_ENDPOINT",),
                },
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
                "(profiles are not read: aws configure export-credentials --format env prints them)",
                {"disable_bulk_delete": True},  # which not every store of this kind knows
            ),
            Cloud(
                "gs",
                "GCSStore",
                {
                    "service_account": ("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_PATH"),
                    "service_account_key": ("GOOGLE_SERVICE_ACCOUNT_KEY",),
                    "application_credentials": ("GOOGLE_APPLICATION_CREDENTIALS",),
                },
                "set GOOGLE_SERVICE_ACCOUNT to the file with a service account's key",
            ),
            Cloud(
                "az",
                "AzureStore",
                {
                    "account_name": ("AZURE_STORAGE_ACCOUNT_NAME",),
                    "account_key": ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY"),
                    "endpoint": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
                    "msi_endpoint": ("AZURE_MSI_ENDPOINT", "AZURE_IDENTITY_ENDPOINT"),
                },
                "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
            ),
        )
    }
)
"""By the scheme that a bucket's address begins with."""


@dataclass(frozen=True)
class Trouble:
    """Why a store did not do what it was asked; `lasting`: it will not do it for the next file either."""

    words: str
    lasting: bool = False


_NO_BUCKET = "there is no such bucket"
_NOT_TAKEN = "the credentials are not taken ({})"
_MAY_NOT = "the credentials do not allow that ({})"
_ELSEWHERE = "the bucket lies in another region ({}): set AWS_REGION"

_CODES: Mapping[str, str] = MappingProxyType(
    {
        "NoSuchBucket": _NO_BUCKET,
        "InvalidBucketName": _NO_BUCKET,
        "ContainerNotFound": _NO_BUCKET,
        "InvalidAccessKeyId": _NOT_TAKEN,
        "SignatureDoesNotMatch": _NOT_TAKEN,
        "InvalidToken": _NOT_TAKEN,
        "ExpiredToken": _NOT_TAKEN,
        "AuthenticationFailed": _NOT_TAKEN,
        "AccessDenied": _MAY_NOT,
        "AllAccessDisabled": _MAY_NOT,
        "AuthorizationFailure": _MAY_NOT,
        "AuthorizationPermissionMismatch": _MAY_NOT,
        "PermanentRedirect": _ELSEWHERE,
        "AuthorizationHeaderMalformed": _ELSEWHERE,
        "RequestTimeTooSkewed": "the clock of this machine is wrong ({})",
    }
)
_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,60})</Code>")
_STATUS = re.compile(r"status code: ([0-9]{3})")
_HOST = re.compile(r"https?://([^/?#\s@]{1,255})[/\s]")
_BY_STATUS = {"401": _NOT_TAKEN, "403": _MAY_NOT, "404": _NO_BUCKET}


def trouble(error: Exception) -> Trouble:
    """An error of obstore in words of ours; its own hold requests and answers, and may hold signatures.

    >>> trouble(OSError("status code: 403 Forbidden: <Error><Code>AccessDenied</Code>…"))
    Trouble(words='the credentials do not allow that (AccessDenied)', lasting=True)
    >>> trouble(OSError("Error performing PUT https://s3.example/b/k in 3 s - HTTP error: no connection"))
    Trouble(words='s3.example did not answer', lasting=False)
    """
    text = str(error)
    code, status = (found[1] if (found := what.search(text)) else "" for what in (_CODE, _STATUS))
    words = _CODES.get(code) or _BY_STATUS.get(status)
    if words:
        return Trouble(words.format(code or f"status {status}"), lasting=True)
    if status:
        return Trouble(f"the store answered with status {status}{f' ({code})' if code else ''}")
    host = _HOST.search(text)
    return Trouble(f"{host[1]} did not answer" if host else f"the store failed ({type(error).__name__})")
