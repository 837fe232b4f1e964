"""`validator identify`: facts and profiles of real files, and what is wrong use of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from fixtures.catalogue import MEDIA
from tests.cli.media import photo, sound
from tests.intake.servers import answer, saying, serving
from validator.cli import main
from validator.cli.options import Choices, settled
from validator.config import Config
from validator.identify import candidates, identifying
from validator.judge import Limits
from validator.model import Role
from validator.profile import shipped_profiles
from validator.settings import Override

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path) -> Iterator[None]:
    with chdir(tmp_path):
        yield


def identified(capsys: Output, *arguments: str, code: int = 0) -> dict[str, Any]:
    """The assets of the JSON document, by target."""
    assert main(["identify", "--format", "json", *arguments]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    return {asset["target"]: asset for asset in json.loads(captured.out)["assets"]}


def verdicts(asset: Any) -> dict[str, str]:
    return {fit["profile"]: fit["verdict"] for fit in asset["fits"]}


def test_a_picture_for_people(capsys: Output) -> None:
    photo(Path("face.png"), (640, 480))
    assert main(["identify", "face.png"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("face.png: png image, 640x480, ")
    assert "    stored size     640x480 px\n" in captured.out
    assert "    seedance-2.0       fits\n" in captured.out


def test_all_shipped_profiles_the_configured_one_first(capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    fits = verdicts(identified(capsys, "small.png")["small.png"])
    assert list(fits) == ["seedance-2.0", *(name for name in shipped_profiles() if name != "seedance-2.0")]
    assert (fits["seedance-2.0"], fits["runway"], fits["media"]) == ("fail", "pass", "pass")


def test_the_profiles_that_are_named(capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    named = ("--profile", "runway", "--profile", "seedance-2.0")
    assert verdicts(identified(capsys, "small.png", *named)["small.png"]) == {
        "runway": "pass",
        "seedance-2.0": "fail",
    }
    assert list(verdicts(identified(capsys, "small.png", "--profile", "vidu")["small.png"])) == ["vidu"]


def test_a_folder_is_all_the_media_in_it(capsys: Output) -> None:
    photo(Path("cast/face.png"))
    sound(Path("cast/voice.wav"))
    Path("cast/notes.txt").write_text("no media")
    assets = identified(capsys, "cast")
    assert {name: asset["kind"] for name, asset in assets.items()} == {
        "cast/face.png": "image",
        "cast/voice.wav": "audio",
    }


def test_an_address(capsys: Output) -> None:
    photo(Path("face.png"))
    with serving(saying(answer(Path("face.png").read_bytes(), "Content-Type: image/png"))) as host:
        assets = identified(capsys, f"{host}/face.png?key=5ecret", "--allow-private-hosts")
    (asset,) = assets.values()
    assert (asset["source"], asset["kind"]) == ("url", "image")
    assert asset["facts"]["reach"] == "reached"
    assert "5ecret" not in str(assets)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.png", "There is no such file."),
        ("notes.txt", "This is no image, video or sound that we know (text)."),
        ("empty.png", "The file is empty (0 bytes)."),
    ],
)
def test_what_is_no_media_is_said_and_ends_with_2(name: str, said: str, capsys: Output) -> None:
    photo(Path("face.png"))
    Path("notes.txt").write_text("no media")
    Path("empty.png").write_bytes(b"")
    assets = identified(capsys, "face.png", name, code=2)
    assert (assets["face.png"]["kind"], assets[name]["kind"]) == ("image", None)
    assert main(["identify", name]) == 2
    assert capsys.readouterr().out.startswith(f"{name}: {said}\n  help: ")


def test_damage_is_a_fact_like_any_other(capsys: Output) -> None:
    damaged = str(MEDIA / "wrong-checksum.png")
    (asset,) = identified(capsys, damaged).values()
    assert asset["facts"]["integrity"] == "corrupt"
    assert set(verdicts(asset).values()) == {"fail"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument 'TARGET...'"),
        (["empty"], "Nothing to judge was found in empty"),
        (["face.png", "--profile", "seedance-2"], 'There is no profile "seedance-2"'),
        (["face.png", "--profile", "vidu", "--profile", "vidu"], "name each once"),
        (["face.png", "--format", "yaml"], "'yaml' is not one of 'text', 'json'"),
        (["face.png", "--select", "VID"], "--select"),
    ],
)
def test_wrong_use(arguments: list[str], words: str, capsys: Output) -> None:
    photo(Path("face.png"))
    Path("empty").mkdir()
    assert main(["identify", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err


class TestProfilesSpeakForThemselves:
    def test_what_a_configuration_says_of_rules_does_not_count(self, capsys: Output) -> None:
        photo(Path("small.png"), (299, 400))
        Path("validator.toml").write_text(
            'ignore = ["IMG"]\nlimits = "observed"\nseverity = { FIL = "off" }\n'
            '[[overrides]]\nfiles = ["*.png"]\nignore = ["FIL"]\nrole = "scene"\n'
        )
        asset = identified(capsys, "small.png")["small.png"]
        assert verdicts(asset)["seedance-2.0"] == "fail"
        assert asset["role"] == "scene"
        assert main(["lint", "small.png"]) == 0

    def test_what_stays_of_it(self) -> None:
        override = Override(files=("a",), role=Role.VOICE, ignore=("VID",), severity={"VID": "off"})
        config = Config(
            workers=2, ignore=("VID",), limits=Limits.OBSERVED, severity={"VID": "off"}, overrides=(override,)
        )
        bare, (profile,) = identifying(config, ["seedance-2.0"], faces=True)
        roles = (Override(files=("a",), role=Role.VOICE),)
        assert bare == Config(workers=2, overrides=roles, all_findings=True)  # people want all of it
        assert profile.info.name == "seedance-2.0"

    def test_nobody_is_looked_for_unless_asked(self) -> None:
        bare, _ = identifying(Config(), ["seedance-2.0", "runway"], faces=False)
        assert {"POR001", "GRP001"} <= set(bare.ignore)
        assert {code[:3] for code in bare.ignore} == {"POR", "GRP"}
        assert identifying(Config(), ["vidu"], faces=False)[0].ignore == ()
        assert identifying(Config(), ["seedance-2.0"], faces=True)[0].ignore == ()

    def test_a_profile_of_one_s_own_is_one_of_them(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.toml"
        head = '[profile]\nname = "{}"\ntitle = "M"\nchecked = 2026-11-22\nsource = "us"\nextends = "vidu"\n'
        mine.write_text(head.format("mine"))
        assert candidates(Config(profile=str(mine))) == (str(mine), *shipped_profiles())
        mine.write_text(head.format("runway"))
        others = [name for name in shipped_profiles() if name != "runway"]
        assert candidates(Config(profile=str(mine))) == (str(mine), *others)

    def test_options_are_those_of_lint(self) -> None:
        config, _ = settled(Choices(role="voice", no_config=True), Path())
        bare, _ = identifying(config, ["seedance-2.0"], faces=True)
        assert bare.overrides[-1].role == "voice"


def test_people_where_they_are_asked_for(capsys: Output) -> None:
    photo(Path("nobody.png"))
    without = identified(capsys, "nobody.png", "--role", "portrait", "--profile", "seedance-2.0")
    assert "face_count" not in without["nobody.png"]["facts"]
    assert verdicts(without["nobody.png"]) == {"seedance-2.0": "pass"}
    asked = identified(capsys, "nobody.png", "--role", "portrait", "--faces", "--profile", "seedance-2.0")
    assert asked["nobody.png"]["facts"]["face_count"] == 0
    assert asked["nobody.png"]["fits"][0]["errors"] == ["POR002"]


def test_one_target_a_line(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    photo(Path("a face.png"))
    monkeypatch.setattr("sys.stdin", io.StringIO("a face.png\n"))
    assert list(identified(capsys, "-")) == ["a face.png"]
