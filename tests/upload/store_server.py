"""Buckets for tests: moto's server, which speaks S3, as a process of its own on loopback.

    with running() as server:
        bucket = server.make_bucket()
        …  # environ=server.environ(), publish=f"s3://{bucket}/prefix", allow_private_hosts=True

Or take the fixture `store_server`, by importing it. The server ends with the process that started it,
however that ends: its standard input is closed then.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree import ElementTree

import httpx
import pytest

_OWNER = {"Authorization": "AWS4-HMAC-SHA256 Credential=QZQ/20261123/us-east-1/s3/aws4_request"}
_S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class StoreServer:
    """Where the server is. It takes any credentials, so these are as good as others."""

    url: str

    def environ(self, **more: str) -> dict[str, str]:
        """What `AWS_…` variables lead here."""
        return {
            "AWS_ACCESS_KEY_ID": "QZQ-KEY-ID",
            "AWS_SECRET_ACCESS_KEY": "QZQ-SECRET",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
            **more,
        }

    def make_bucket(self) -> str:
        """A new, empty bucket."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        httpx.put(f"{self.url}/{name}", trust_env=False).raise_for_status()
        return name

    def keys(self, bucket: str) -> list[str]:
        """What the bucket holds."""
        answer = httpx.get(f"{self.url}/{bucket}?list-type=2", trust_env=False).raise_for_status()
        return [key.text or "" for key in ElementTree.fromstring(answer.text).iter(f"{_S3}Key")]  # noqa: S314

    def stored(self, bucket: str, key: str) -> httpx.Response:
        """An object: its bytes and headers. Without credentials or a signed link, it is not given away."""
        url = f"{self.url}/{bucket}/{key}"
        return httpx.get(url, headers=_OWNER, trust_env=False).raise_for_status()

    def put(self, bucket: str, key: str, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Put an object there by another hand."""
        url = f"{self.url}/{bucket}/{key}"
        everything = {**_OWNER, **(headers or {})}
        httpx.put(url, content=data, headers=everything, trust_env=False).raise_for_status()


@contextmanager
def running(*, checks_credentials: bool = False) -> Iterator[StoreServer]:
    """A server for as long as the block lasts; with `checks_credentials`, it knows none that are right."""
    command = [sys.executable, "-m", "tests.upload.store_server", *["--strict"] * checks_credentials]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield StoreServer(process.stdout.readline().strip())
        finally:
            process.stdin.close()
            process.wait(10)


@pytest.fixture(scope="session")
def store_server() -> Iterator[StoreServer]:
    with running() as server:
        yield server


def main(arguments: list[str]) -> None:
    """Serve until standard input ends; the address is printed first."""
    from moto import settings
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
            pass

    if "--strict" in arguments:
        settings.INITIAL_NO_AUTH_ACTION_COUNT = 1  # the bucket may be made; all else needs a user
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main(sys.argv[1:])
