"""What was uploaded from here, found again in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from tests.request.desk import SERVICE, Desk
from validator.errors import UsageError
from validator.model import Kind
from validator.request.facts import Known
from validator.request.item import Item
from validator.request.uploads import NoUploads, Uploaded, find, knowledge_of, parse_durations
from validator.upload.journal import Journal
from validator.upload.outcome import Step


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Journal(tmp_path / "state" / "uploads.sqlite3", locks=tmp_path) as journal:
        yield Desk(tmp_path, journal)


def test_a_file_is_found_by_its_bytes_wherever_it_lies(desk: Desk) -> None:
    desk.uploaded("/elsewhere/face.png")
    assert find(desk.file("copy.png"), desk.journal) == Uploaded("asset-1", Kind.IMAGE)


def test_a_file_that_was_changed_since_is_not_what_was_uploaded(desk: Desk) -> None:
    path = desk.file("face.png", b"retouched")
    desk.uploaded(path)
    with pytest.raises(UsageError, match=r"face\.png was not uploaded from here as it is now"):
        find(path, desk.journal)


def test_of_several_uploads_an_active_one_is_taken_before_a_newer_one(desk: Desk) -> None:
    path = desk.file("face.png")
    desk.uploaded(path, asset_id="asset-1", group="group-1")
    desk.uploaded(path, asset_id="asset-2", group="group-2", step=Step.CREATED)
    assert find(path, desk.journal) == Uploaded("asset-1", Kind.IMAGE)
    assert find(path, desk.journal, group_id="group-2") == Uploaded("asset-2", Kind.IMAGE, active=False)
    with pytest.raises(UsageError, match="was not uploaded into group-3 from here"):
        find(path, desk.journal, group_id="group-3")


def test_uploads_to_another_service_do_not_count(desk: Desk) -> None:
    path = desk.file("face.png")
    desk.uploaded(path, service="https://other.example/v1")
    with pytest.raises(UsageError, match="was not uploaded"):
        find(path, desk.journal, service=SERVICE)


@pytest.mark.parametrize("step", [Step.FAILED, Step.REJECTED])
def test_what_was_refused_is_named_with_the_reason(desk: Desk, step: Step) -> None:
    path = desk.file("face.png")
    desk.uploaded(path, step=step, code="FaceMismatch")
    with pytest.raises(UsageError, match=r"was refused when it was uploaded \(FaceMismatch\)"):
        find(path, desk.journal)


def test_what_is_gone_is_not_named(desk: Desk) -> None:
    path = desk.file("face.png")
    desk.uploaded(path, step=Step.GONE)
    with pytest.raises(UsageError, match="was not uploaded"):
        find(path, desk.journal)


def test_a_url_is_found_by_what_is_shown_of_it(desk: Desk) -> None:
    desk.uploaded("https://host.example/a.png?…", asset_id="asset-1")
    assert find("https://host.example/a.png?token=1", desk.journal) == Uploaded("asset-1", Kind.IMAGE)
    with pytest.raises(UsageError, match=r"https://host\.example/b\.png\?… was not uploaded"):
        find("https://host.example/b.png?token=1", desk.journal)


def test_urls_that_only_their_secrets_tell_apart_are_not_mixed_up(desk: Desk) -> None:
    desk.uploaded("https://host.example/get?…", b"one", asset_id="asset-1")
    desk.uploaded("https://host.example/get?…", b"two", asset_id="asset-2")
    with pytest.raises(UsageError, match="name the one that is meant by its id") as refused:
        find("https://host.example/get?id=1", desk.journal)
    assert "id=1" not in str(refused.value)


@pytest.mark.parametrize("written", ["asset-7", "asset://asset-7", "asset://hero"])
def test_an_asset_from_elsewhere_is_named_by_its_id(written: str) -> None:
    asset_id = written.removeprefix("asset://")
    assert find(written, NoUploads()) == Uploaded(asset_id, None)


def test_of_an_asset_from_here_its_type_is_known(desk: Desk) -> None:
    desk.uploaded("/clips/a.mp4", asset_id="hero", kind=Kind.VIDEO)
    assert find("hero", desk.journal) == find("asset://hero", desk.journal) == Uploaded("hero", Kind.VIDEO)


@pytest.mark.parametrize("written", ["hero", "photos/face.png", "", " ", "asset://", "asset://a/b", "as set"])
def test_what_is_neither_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="neither a file here nor"):
        find(written, NoUploads())


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder: name the files of it that are meant"):
        find(str(tmp_path), NoUploads())


def test_how_long_it_runs_was_measured_before_the_upload(desk: Desk) -> None:
    desk.uploaded("/clips/a.mp4", asset_id="asset-1", kind=Kind.VIDEO, duration=Fraction(1001, 240))
    known = knowledge_of(desk.journal, {})
    assert known(Item(Kind.VIDEO, 1, "asset://asset-1")) == Known(Kind.VIDEO, Fraction(1001, 240))
    assert known(Item(Kind.VIDEO, 1, "asset://asset-2")) == Known()
    assert known(Item(Kind.VIDEO, 1, "https://host.example/a.mp4")) == Known()


def test_what_the_user_says_goes_before_the_journal(desk: Desk) -> None:
    desk.uploaded("/clips/a.mp4", asset_id="asset-1", kind=Kind.VIDEO, duration=Fraction(4))
    url = "https://host.example/a.mp4?x=1"
    said, used = parse_durations(["asset-1=5", f"{url}=2.5", "asset-9=1"]), set[str]()
    known = knowledge_of(desk.journal, said, used)
    assert known(Item(Kind.VIDEO, 1, "asset://asset-1")) == Known(Kind.VIDEO, Fraction(5))
    assert known(Item(Kind.VIDEO, 1, url)) == Known(None, Fraction(5, 2))
    assert used == {"asset-1", url}


@pytest.mark.parametrize(
    ("said", "name", "seconds"),
    [
        ("asset-1=4.5", "asset-1", Fraction(9, 2)),
        ("asset://asset-1=4.5s", "asset-1", Fraction(9, 2)),
        ("asset-1 = 1001/240 s", "asset-1", Fraction(1001, 240)),
        ("https://h/a?b=c=3", "https://h/a?b=c", Fraction(3)),
    ],
)
def test_durations_are_read_exactly(said: str, name: str, seconds: Fraction) -> None:
    assert parse_durations([said]) == {name: seconds}


@pytest.mark.parametrize(
    "said", ["asset-1", "=3", "asset-1=", "asset-1=0", "asset-1=-2", "asset-1=x", "asset-1=1e9"]
)
def test_what_is_no_duration_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match=r"--durations: .* is not ID=SECONDS"):
        parse_durations([said])


def test_a_refused_duration_shows_no_secret() -> None:
    with pytest.raises(UsageError) as refused:
        parse_durations(["https://host.example/a.mp4?token=secret=x"])
    assert "secret" not in str(refused.value)
