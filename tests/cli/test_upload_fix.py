"""`validator upload --fix`: what fails is mended, and the copy is forwarded under its original's name."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest
from PIL import Image

import validator.schemas
from tests.cli.media import photo
from tests.cli.shell import Said, Shell

SCHEMA = json.loads(
    (Path(validator.schemas.__file__).parent / "upload.schema.json").read_text(encoding="utf-8")
)
KEPT = ("--fix", "--fix-output", "copies")


@pytest.fixture
def served(shell: Shell) -> Shell:
    """A picture that passes, one that is too small, and one that is damaged, in a folder on the web."""
    photo(shell.folder / "photos" / "good.png")
    photo(shell.folder / "photos" / "small.png", (299, 400))
    shell.serve()
    return shell


@pytest.fixture
def group(served: Shell) -> str:
    return served.group()


def assets(said: Said) -> dict[str, dict[str, object]]:
    """The entries of the JSON report, which is valid, by target."""
    problems = [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(said.json)]
    assert problems == []
    return {each["target"]: each for each in said.json["assets"]}


def test_a_copy_is_forwarded_and_said_to_be_one(served: Shell, group: str) -> None:
    said = served.upload("photos", "--group", group, *KEPT)
    assert said.code == 0, said.err
    assert re.search(r"^photos/small\.png +Active +asset://", said.out, re.MULTILINE)
    assert "\n    a mended copy: size 299x400 → " in said.out
    assert said.out.count("a mended copy") == 1
    assert f"validator: photos/small.png: mended: {Path('copies', 'photos', 'small.png')} (size" in said.err
    copy = (served.folder / "copies" / "photos" / "small.png").read_bytes()
    names = {each["Name"] for each in served.account.assets()}
    assert f"small-{hashlib.sha256(copy).hexdigest()[:16]}" in names
    assert len(names) == 2


def test_the_report_for_programs_and_the_journal_say_so_too(served: Shell, group: str) -> None:
    said = served.upload("photos", "--group", group, *KEPT, "--output-format", "json")
    found = assets(said)
    small, good = found["photos/small.png"], found["photos/good.png"]
    assert (small["outcome"], small["verdict"]) == ("active", "pass")
    assert str(small["mended"]).startswith("size 299x400 → ")
    assert good["mended"] == ""
    copy = (served.folder / "copies" / "photos" / "small.png").read_bytes()
    assert small["sha256"] == hashlib.sha256(copy).hexdigest()
    listed = served("uploads", "--output-format", "json").json["uploads"]
    assert {each["target"]: each["mended"] for each in listed} == {
        "photos/small.png": True,
        "photos/good.png": False,
    }
    place = next(each["location"] for each in listed if each["mended"])
    assert place == str(served.folder / "photos" / "small.png")  # from which it is mended when it is resumed


def test_again_the_same_copy_is_made_and_nothing_is_created(served: Shell, group: str) -> None:
    assert served.upload("photos", "--group", group, *KEPT).code == 0
    again = served.upload("photos", "--group", group, *KEPT)
    assert again.code == 0, again.err
    assert "photos/small.png: mended: " in again.err
    assert again.out.endswith("\n2 assets: 2 Active already.\n")
    assert len(served.account.assets()) == 2


def test_another_copy_that_is_there_is_never_replaced(served: Shell, group: str) -> None:
    other = photo(served.folder / "copies" / "photos" / "small.png", (301, 301))
    before = other.read_bytes()
    said = served.upload("photos", "--group", group, *KEPT)
    assert said.code == 1
    assert "is there already, and is another copy" in said.err
    assert other.read_bytes() == before
    assert re.search(r"^photos/small\.png +not forwarded$", said.out, re.MULTILINE)


def test_a_dry_run_plans_copies_and_makes_none(served: Shell, group: str) -> None:
    said = served.upload("photos", "--group", group, *KEPT, "--dry-run")
    assert said.code == 0
    assert re.search(r"^photos/small\.png +would be mended, and created", said.out, re.MULTILINE)
    assert "    a mended copy: size 299x400 → " in said.out
    assert "2 more would be created" in said.out
    assert "photos/small.png: would be mended (size 299x400" in said.err
    assert not (served.folder / "copies").exists()
    as_json = served.upload("photos", "--group", group, *KEPT, "--dry-run", "--output-format", "json")
    small = assets(as_json)["photos/small.png"]
    assert (small["action"], small["verdict"]) == ("mend", "fail")
    assert str(small["mended"]).startswith("size 299x400")


def test_what_other_services_take_does_not_decide(served: Shell, group: str) -> None:
    (served.folder / "wide.toml").write_text(
        '[profile]\nname = "wide"\ntitle = "Wide"\nchecked = 2026-11-23\nsource = "here"\n[[rule]]\n'
        'code = "WID001"\nname = "wide"\napplies = "image"\nfact = "width"\nseverity = "error"\n'
        'unit = "px"\nsummary = "It is so."\nhelp = "Change it."\nmin = 900\n',
        encoding="utf-8",
    )
    served.configure('profile = "seedance-2.0"', 'further-profiles = ["wide.toml"]')
    said = served.upload("photos", "--group", group, *KEPT)
    assert said.code == 0, said.err
    assert "\n    a mended copy: size 299x400 → 301x" in said.out
    with Image.open(served.folder / "copies" / "photos" / "small.png") as copy:
        assert copy.width < 900


def test_what_cannot_be_mended_is_not_forwarded(served: Shell, group: str) -> None:
    (served.folder / "photos" / "small.png").write_bytes(b"")
    said = served.upload("photos", "--group", group, *KEPT)
    assert said.code == 1
    assert "photos/small.png: cannot be mended: The file is empty" in said.err
    assert said.out.endswith("\n2 assets: 1 Active, 1 not forwarded.\n")


def test_without_the_option_nothing_is_mended(served: Shell, group: str) -> None:
    said = served.upload("photos", "--group", group)
    assert said.code == 1
    assert "mended" not in said.out + said.err


def test_a_copy_without_an_address_is_refused_before_any_work(served: Shell, group: str) -> None:
    said = served.upload("photos", "--group", group, "--fix")
    assert said.code == 2
    assert "copies, which need a public address: name a folder inside of" in said.err
    assert "--fix-output DIR" in said.err
    outside = served.folder.parent / "outside"
    said = served.upload("photos", "--group", group, "--fix", "--fix-output", str(outside))
    assert said.code == 2
    assert "would have no public address: it lies outside of" in said.err
    said = served.upload("photos", "--group", group, "--fix", "--fix-output", "photos")
    assert said.code == 2
    assert "lies in the output folder photos" in said.err
    assert served.account.assets() == []


def test_only_urls_need_somebody_to_publish_their_copies(shell: Shell) -> None:
    shell.configure()
    said = shell.upload("https://example.com/a.png", "--group", shell.group(), "--fix")
    assert said.code == 2
    assert "copies, which need a public address: say --publish" in said.err


def test_what_a_warning_holds_back_is_mended_where_it_does(served: Shell, group: str) -> None:
    photo(served.folder / "photos" / "small.png", (300, 400))  # on a bound that others write as outside
    said = served.upload("photos", "--group", group, *KEPT, "--fail-on", "warning")
    assert said.code == 0, said.err
    assert "a mended copy: " in said.out


def test_what_was_cut_short_is_mended_again_when_it_is_resumed(served: Shell, group: str) -> None:
    url = served.settings["public-url"]
    said = served.upload("photos/small.png", "--group", group, *KEPT, "--public-url", f"{url}/nowhere")
    assert said.code == 2
    assert "no public address" in said.out
    (served.folder / "copies" / "photos" / "small.png").unlink()
    resumed = served("upload", "--resume", "--public-url", url)
    assert resumed.code == 0, resumed.err
    assert "photos/small.png: mended: " in resumed.err
    assert re.search(r"^photos/small\.png +Active +asset://", resumed.out, re.MULTILINE)
    assert (served.folder / "copies" / "photos" / "small.png").is_file()
    assert len(served.account.assets()) == 1
