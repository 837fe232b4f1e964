"""What a change touches, in whole checkouts, in those of one commit, and where it cannot be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.github_action.checkouts import Origin, git
from validator.github_action.changes import Change, UnknownChangeError, changed_files

HOSTILE = (
    "a b.png",
    "-rf.png",
    "--output=x.png",
    "new\nline.png",
    "$(touch pwned).png",
    "grün 顔.png",
    "*.png",
)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin.new(tmp_path / "origin")


def of_pull_request(origin: Origin, base: str = "main") -> Change:
    change = Change.of("pull_request", origin.pull_request(base))
    assert change is not None
    return change


def named(found: frozenset[str], checkout: Path) -> list[str]:
    return sorted(str(Path(path).relative_to(checkout.resolve())) for path in found)


@pytest.mark.parametrize("depth", [0, 1])
def test_added_changed_moved_and_removed_files_of_a_pull_request(
    origin: Origin, tmp_path: Path, depth: int
) -> None:
    origin.commit({"old.png": b"changed", "gone.png": None, "was.png": None, "cast/is.png": b"moved"})
    origin.commit({"new.png": b"new"})
    checkout = origin.checkout(tmp_path / "checkout", origin.merged(), depth=depth)
    found = changed_files(of_pull_request(origin), checkout)
    assert named(found, checkout) == ["cast/is.png", "gone.png", "new.png", "old.png", "was.png"]


@pytest.mark.parametrize("depth", [0, 1])
def test_what_others_merged_meanwhile_is_not_of_the_change(
    origin: Origin, tmp_path: Path, depth: int
) -> None:
    change = of_pull_request(origin)  # the event tells of main as it was then
    origin.commit({"new.png": b"new"})
    origin.commit({"others.png": b"not of this change"}, "main")
    change = Change(change.base, origin.at("topic"))
    checkout = origin.checkout(tmp_path / "checkout", origin.merged(), depth=depth)
    assert (checkout / "others.png").exists()
    assert named(changed_files(change, checkout), checkout) == ["new.png"]


@pytest.mark.parametrize("depth", [0, 1])
def test_the_branch_itself_is_compared_with_where_it_left_main(
    origin: Origin, tmp_path: Path, depth: int
) -> None:
    origin.extend(60)  # more than are fetched at first
    origin.commit({"others.png": b"not of this change"}, "main")
    checkout = origin.checkout(tmp_path / "checkout", origin.at("topic"), depth=depth)
    found = changed_files(of_pull_request(origin), checkout)
    assert named(found, checkout) == sorted(f"{number}.png" for number in range(60))


def test_a_merge_into_the_branch_is_not_the_merge_of_the_branch(origin: Origin, tmp_path: Path) -> None:
    origin.commit({"new.png": b"new"})
    origin.commit({"others.png": b"not of this change"}, "main")
    origin.update_topic()
    checkout = origin.checkout(tmp_path / "checkout", origin.at("topic"))
    assert named(changed_files(of_pull_request(origin), checkout), checkout) == ["new.png"]


@pytest.mark.parametrize("depth", [0, 1])
def test_names_of_any_kind(origin: Origin, tmp_path: Path, depth: int) -> None:
    names = (*HOSTILE, "caf\udce9.png", "-")
    origin.commit({name: name.encode(errors="surrogateescape") for name in names})
    checkout = origin.checkout(tmp_path / "checkout", origin.merged(), depth=depth)
    assert named(changed_files(of_pull_request(origin), checkout), checkout) == sorted(names)


def test_from_a_folder_inside_of_the_checkout(origin: Origin, tmp_path: Path) -> None:
    origin.commit({"cast/in.png": b"in", "out.png": b"out"})
    checkout = origin.checkout(tmp_path / "checkout", origin.merged())
    found = changed_files(of_pull_request(origin), checkout / "cast")
    assert named(found, checkout) == ["cast/in.png", "out.png"]


def test_a_branch_by_name(origin: Origin, tmp_path: Path) -> None:
    origin.commit({"new.png": b"new"})
    checkout = origin.checkout(tmp_path / "checkout", origin.at("topic"))
    assert named(changed_files(Change("main"), checkout), checkout) == ["new.png"]


def test_a_push(origin: Origin, tmp_path: Path) -> None:
    before = origin.commit({"one.png": b"one"})
    origin.commit({"two.png": b"two"})
    change = Change.of("push", {"before": before})
    assert change is not None
    checkout = origin.checkout(tmp_path / "checkout", origin.at("topic"))
    assert named(changed_files(change, checkout), checkout) == ["two.png"]


def test_a_merge_queue() -> None:
    assert Change.of("merge_group", {"merge_group": {"base_sha": "abc", "head_sha": "def"}}) == Change("abc")


@pytest.mark.parametrize(("name", "event"), [("workflow_dispatch", {}), ("push", {"before": "0" * 40})])
def test_events_that_tell_of_no_change(name: str, event: dict[str, str], tmp_path: Path) -> None:
    change = Change.of(name, event)
    assert change is None
    with pytest.raises(UnknownChangeError, match="names no commit"):
        changed_files(change, tmp_path)


def test_a_complete_clone_stays_one(origin: Origin, tmp_path: Path) -> None:
    origin.commit({"new.png": b"new"})
    checkout = origin.checkout(tmp_path / "checkout", origin.merged(), depth=0)
    later = origin.commit({"later.png": b"x"}, "main")
    changed_files(Change(later), checkout)
    assert git(checkout, "rev-parse", "--is-shallow-repository") == "false"


@pytest.mark.parametrize(
    "base", ["0123456789012345678901234567890123456789", "no-such-branch", "--upload-pack=x"]
)
def test_a_base_that_is_nowhere(origin: Origin, tmp_path: Path, base: str) -> None:
    checkout = origin.checkout(tmp_path / "checkout", origin.at("topic"))
    with pytest.raises(UnknownChangeError, match="could not fetch it"):
        changed_files(Change(base), checkout)


def test_a_base_of_another_history(origin: Origin, tmp_path: Path) -> None:
    git(origin.folder, "checkout", "--quiet", "--orphan", "other")
    other = origin.commit({"other.png": b"x"})
    checkout = origin.checkout(tmp_path / "checkout", origin.at("topic"))
    with pytest.raises(UnknownChangeError, match="no way is known"):
        changed_files(Change(other), checkout)


def test_the_server_cannot_be_reached(origin: Origin, tmp_path: Path) -> None:
    origin.commit({"new.png": b"new"})
    checkout = origin.checkout(tmp_path / "checkout", origin.merged())
    git(checkout, "remote", "set-url", "origin", (tmp_path / "no-such").as_uri())
    with pytest.raises(UnknownChangeError, match="could not fetch it"):
        changed_files(of_pull_request(origin), checkout)


def test_no_checkout(tmp_path: Path) -> None:
    with pytest.raises(UnknownChangeError, match="not a git repository"):
        changed_files(Change("main"), tmp_path)


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnknownChangeError, match="git cannot be run"):
        changed_files(Change("main"), tmp_path)
