"""`validator upload --publish`: files go into a bucket, and the service fetches them from there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.cli.media import photo, sound
from tests.cli.shell import Said, Shell
from tests.nobody import IGNORED
from tests.upload.store_server import StoreServer, store_server

__all__ = ["store_server"]  # a fixture

SECRETS = ("QZQ-SECRET", "X-Amz-Signature", "X-Amz-Credential")


@pytest.fixture
def bucket(shell: Shell, store_server: StoreServer) -> str:
    """An empty bucket; two pictures and a sound wait in a folder."""
    for at in range(2):
        photo(shell.folder / "cast" / f"Größe {at}.png", (640, 400 + at))
    sound(shell.folder / "cast" / "voice #1.wav")
    return store_server.make_bucket()


def upload(shell: Shell, store: StoreServer, *arguments: str) -> Said:
    said = shell.process("upload", *IGNORED, "--output-format", "json", *arguments, **store.environ())
    written = [path.read_bytes() for path in shell.folder.glob("journal.sqlite3*")]
    for secret in SECRETS:
        assert secret not in said.out + said.err
        assert not [data for data in written if secret.encode() in data]
    return said


def outcomes(said: Said) -> list[str]:
    return [each["outcome"] for each in said.json["assets"]]


def test_the_files_lie_there_under_their_hashes(shell: Shell, store_server: StoreServer, bucket: str) -> None:
    said = upload(shell, store_server, "cast", "--new-group", "Ada", "--publish", f"s3://{bucket}/a/b/")
    assert (said.code, outcomes(said)) == (0, ["active"] * 3)
    marks = {
        hashlib.sha256(path.read_bytes()).hexdigest()[:16]: path for path in (shell.folder / "cast").iterdir()
    }
    keys = store_server.keys(bucket)
    assert {Path(key).stem[-16:] for key in keys} == set(marks)
    for key in keys:
        assert key.startswith("a/b/")
        stored = store_server.stored(bucket, key)
        assert stored.content == marks[Path(key).stem[-16:]].read_bytes()
        assert stored.headers["content-type"] == {".png": "image/png", ".wav": "audio/wav"}[Path(key).suffix]


def test_they_are_removed_once_all_is_active(shell: Shell, store_server: StoreServer, bucket: str) -> None:
    where = ("--new-group", "Ada", "--publish", f"s3://{bucket}")
    said = upload(shell, store_server, "cast", *where, "--unpublish")
    assert (said.code, outcomes(said)) == (0, ["active"] * 3)
    assert store_server.keys(bucket) == []


def test_they_are_removed_by_whoever_goes_on(shell: Shell, store_server: StoreServer, bucket: str) -> None:
    shell.account.configure(processing_seconds=1)
    where = ("--new-group", "Ada", "--publish", f"s3://{bucket}")
    said = upload(shell, store_server, "cast", *where, "--unpublish", "--no-wait")
    assert (said.code, outcomes(said)) == (2, ["processing"] * 3)
    assert len(store_server.keys(bucket)) == 3
    resumed = upload(shell, store_server, "--resume")
    assert (resumed.code, outcomes(resumed)) == (0, ["active"] * 3)
    assert store_server.keys(bucket) == []
    assert len(shell.account.state()["assets"]) == 3


def test_without_a_bucket_nothing_is_registered(shell: Shell, store_server: StoreServer, bucket: str) -> None:
    said = upload(shell, store_server, "cast", "--new-group", "Ada", "--publish", f"s3://{bucket}-2")
    assert (said.code, outcomes(said)) == (2, ["not-published"] * 3)
    messages = {each["message"] for each in said.json["assets"]}
    assert all(message.endswith("there is no such bucket.") for message in messages)
    assert len(messages) == 3
    assert shell.account.state()["assets"] == []


def test_an_address_that_names_no_bucket_is_wrong_use(shell: Shell, store_server: StoreServer) -> None:
    said = upload(shell, store_server, "cast", "--new-group", "Ada", "--publish", "s3:/bucket")
    assert (said.code, said.out) == (2, "")
    assert "publish s3:/bucket names no bucket: it is written s3://bucket/prefix" in said.err
    assert shell.account.state()["groups"] == []


def test_a_mended_copy_lies_there_and_nowhere_else(
    shell: Shell, store_server: StoreServer, bucket: str, tmp_path: Path
) -> None:
    for at in range(2):
        photo(shell.folder / "cast" / f"Größe {at}.png", (299, 400 + at))
    own = tmp_path / "temporary"
    own.mkdir()
    where = ("--new-group", "Ada", "--publish", f"s3://{bucket}")
    said = shell.process(
        "upload", *IGNORED, "cast", *where, "--fix", TMPDIR=str(own), **store_server.environ()
    )
    assert said.code == 0, said.err
    assert said.out.count("a mended copy: size 299x4") == 2
    assert "Größe 0.png: mended (size 299x400" in said.err  # without a place: it does not stay
    assert len(store_server.keys(bucket)) == 3
    assert list(own.iterdir()) == []
    assert not (shell.folder / "mended").exists()
