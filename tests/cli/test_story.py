"""The whole way, as a user goes it: from a folder of good and bad files to a request that holds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli import process
from tests.cli.media import photo, sound
from tests.service.fixture import ServiceAccount, service, service_process
from tests.service.review import marked
from tests.upload.store_server import StoreServer, store_server

__all__ = ["service", "service_process", "store_server"]

CLIP = process.CHECKOUT / "fixtures" / "media" / "video-854x480.mp4"
SMALL_CLIP = process.CHECKOUT / "fixtures" / "media" / "video-848x480.mp4"


@dataclass(frozen=True)
class Desk:
    """A user's folder, with the key in the environment and nothing else set up."""

    folder: Path
    env: dict[str, str]

    def run(self, *arguments: str, expected: int = 0) -> str:
        """What a command prints."""
        code, out, err = process.finish(*arguments, cwd=self.folder, env=self.env)
        assert code == expected, (code, out.decode(), err.decode())
        return out.decode()

    def json(self, *arguments: str, expected: int = 0) -> Any:
        """What a command prints for programs."""
        return json.loads(self.run(*arguments, expected=expected))


@pytest.fixture
def desk(tmp_path: Path, service: ServiceAccount, store_server: StoreServer) -> Desk:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "validator.toml").write_text(
        'allow-private-hosts = true\nignore = ["POR", "GRP"]\n'
        f'[service]\nbase-url = "{service.base_url}"\n'
        '[upload]\njournal = "uploads.sqlite3"\nlist-lag = 0.5\n'
    )
    own = store_server.environ(ORCAROUTER_API_KEY=service.key, HOME=str(tmp_path))
    return Desk(folder, process.environment(**own))


def test_a_virtual_group_from_a_folder_to_a_request(
    desk: Desk, service: ServiceAccount, store_server: StoreServer
) -> None:
    bucket = store_server.make_bucket()
    folder = desk.folder / "cast"
    photo(folder / "face.png")
    photo(folder / "tiny.png", (120, 90))
    sound(folder / "voice.wav")
    shutil.copy(CLIP, folder / "walk.mp4")
    shutil.copy(SMALL_CLIP, folder / "shrunk.mp4")

    group = desk.json("groups", "create", "Ada", "--format", "json")["id"]
    upload = ("upload", "cast", "--group", group, "--publish", f"s3://{bucket}/seedance")
    first = desk.json(*upload, "--output-format", "json", expected=1)

    became = {Path(asset["target"]).name: asset for asset in first["assets"]}
    assert {name: asset["outcome"] for name, asset in became.items()} == {
        "face.png": "active",
        "voice.wav": "active",
        "walk.mp4": "active",
        "tiny.png": "not-forwarded",
        "shrunk.mp4": "not-forwarded",
    }
    assert len(store_server.keys(bucket)) == 3  # what does not pass is published nowhere

    held = {asset["Id"]: asset for asset in service.assets()}
    assert {asset["Status"] for asset in held.values()} == {"Active"}
    assert set(held) == {asset["asset_id"] for asset in became.values() if asset["asset_id"]}
    assert all(asset["GroupId"] == group for asset in held.values())

    again = desk.json(*upload, "--output-format", "json", expected=1)
    assert [asset["outcome"] for asset in again["assets"]].count("already-active") == 3
    assert len(service.assets()) == 3

    prompt = "[Image 1] walks as in [Video 1] and says hello in the voice of [Audio 1]."
    named = ("cast/face.png", "cast/walk.mp4", became["voice.wav"]["asset_id"])
    desk.run("request", "new", "--prompt", prompt, *named, "-o", "request.json")
    request = json.loads((desk.folder / "request.json").read_text())
    assert request["prompt"] == prompt
    assert request["metadata"]["content"][0] == {
        "type": "image_url",
        "role": "reference_image",
        "image_url": {"url": f"asset://{became['face.png']['asset_id']}"},
    }

    assert desk.run("request", "lint", "--online", "request.json", "--show-passing").startswith(
        "request.json: pass"
    )

    # An asset that goes away, and a prompt that points nowhere, are told before the request is paid for.
    voice = became["voice.wav"]["asset_id"]
    desk.run("assets", "delete", voice, "--yes")
    (desk.folder / "worse.json").write_text(
        (desk.folder / "request.json").read_text().replace("[Image 1]", "[Image 2]")
    )
    report = desk.json("request", "lint", "--online", "worse.json", "--output-format", "json", expected=1)
    assert {finding["code"] for finding in report["assets"][0]["findings"]} >= {"REQ001", "REQ005"}


def test_a_person_verifies_and_only_pictures_of_that_person_become_active(
    desk: Desk, service: ServiceAccount, store_server: StoreServer
) -> None:
    bucket = store_server.make_bucket()
    for name, person in (("ada.png", "ada"), ("bob.png", "bob")):
        path = photo(desk.folder / "looks" / name, (640, 480 + len(person) + person.startswith("b")))
        path.write_bytes(marked(path.read_bytes(), person))

    group = _verified(desk, service)
    assert group in desk.run("groups", "list", "--kind", "real-human")

    upload = ("upload", "looks", "--group", group, "--publish", f"s3://{bucket}", "--unpublish")
    done = desk.json(*upload, "--output-format", "json", expected=1)
    ada, bob = sorted(done["assets"], key=lambda asset: asset["target"])
    assert ada["outcome"] == "active"
    assert (bob["outcome"], bob["code"]) == ("failed", "FaceMismatch")
    assert "GRP001" in bob["rules"]

    request = desk.run("request", "new", "--prompt", "[Image 1] waves.", "looks/ada.png")
    assert f"asset://{ada['asset_id']}" in request
    (desk.folder / "request.json").write_text(request)
    desk.run("request", "lint", "--online", "request.json")


def _verified(desk: Desk, service: ServiceAccount) -> str:
    """The group of a person who opens the link while the command waits."""
    arguments = ("session", "start", "--wait", "--format", "json")
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with process.start(*arguments, cwd=desk.folder, env=desk.env, **streams) as waiting:
        guard = threading.Timer(30, waiting.kill)
        guard.start()
        try:
            assert waiting.stdout is not None
            started = json.loads(waiting.stdout.readline())
            assert started["link"].startswith("http")
            session = started["id"]
            group = service.end_session(session, person="ada", name="Ada")
            out, err = waiting.communicate(timeout=30)
        finally:
            guard.cancel()
            guard.join()
    assert waiting.returncode == 0, err.decode()
    assert group
    assert group in out.decode()
    assert not re.search(re.escape(service.key), (out + err).decode())
    return group
