"""Which files a change touches, as git tells it, also where the checkout holds but one commit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NOTHING = "0" * 40  # what an event names for the commit before the first one of a branch
_DEEPER_BY = (50, 500, 5_000)
_FETCH_SECONDS = 300


class UnknownChangeError(Exception):
    """What a change touches cannot be told; the message says why."""


@dataclass(frozen=True)
class Change:
    """What is compared: `base`, a commit or a branch, with what is checked out; `head` was merged into it.

    >>> Change.of("push", {"before": "0" * 40}) is None
    True
    """

    base: str
    head: str = ""

    @classmethod
    def of(cls, name: str, event: Mapping[str, Any]) -> Change | None:
        """The change that an event of GitHub is about; `None` where it tells of none."""
        ways: dict[str, tuple[tuple[str, ...], ...]] = {
            "pull_request": (("pull_request", "base", "sha"), ("pull_request", "head", "sha")),
            "merge_group": (("merge_group", "base_sha"),),
            "push": (("before",),),
        }
        base, *head = (_found(event, way) for way in ways.get(name.removesuffix("_target"), ((),)))
        return None if base in {"", _NOTHING} else cls(base, *head)


def _found(event: object, way: tuple[str, ...]) -> str:
    """The text at the end of a way through an event; "" where there is none."""
    for name in way:
        event = event.get(name) if isinstance(event, dict) else None
    return event if isinstance(event, str) else ""


def changed_files(change: Change | None, folder: Path) -> frozenset[str]:
    """The files that were added, changed or removed since `change.base` left the way to what is checked out.

    What was renamed has been removed and added. By their whole path, with links in the folders above them
    resolved. What is missing of the history is fetched from `origin`.

    Raises:
        UnknownChangeError: there is no change or no checkout, or no way from one commit to the other.
    """
    if change is None:
        raise UnknownChangeError("the event names no commit to compare with, and there is no input base")
    git = _Git(folder)
    top = os.fsdecode(git.ask("rev-parse", "--show-toplevel")).removesuffix("\n")
    listed = git.ask(
        "diff",
        *("--name-only", "-z", "--no-renames", "--no-relative"),
        *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
        *(_compared_with(git, change), "HEAD", "--"),
    )
    return frozenset(place(os.path.join(top, name)) for name in os.fsdecode(listed).split("\0") if name)  # noqa: PTH118 - names, not paths


def place(path: str) -> str:
    """A file's whole path, links in the folders above it resolved; the file may be a link itself."""
    folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - keeps the last link
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118


def _compared_with(git: _Git, change: Change) -> str:
    merged = _first_parent_of_merge(git, change.head)
    if merged and git.find(merged):
        return merged
    base = git.find(change.base)
    if not base:
        raise UnknownChangeError(f"git does not know the commit {change.base}, and could not fetch it")
    deeper_by = iter(_DEEPER_BY)
    while not (ancestor := git.try_to("merge-base", base, "HEAD")):
        if not git.is_shallow() or not git.deepen(next(deeper_by, 0), base):
            raise UnknownChangeError(f"no way is known from the commit {change.base} to what is checked out")
    return ancestor


def _first_parent_of_merge(git: _Git, head: str) -> str:
    """The commit into which GitHub merged the pull request's head to check it out; "" if it did not.

    The commit itself is read: of a checkout that holds one commit, all else says that it has no parents.
    """
    commit = os.fsdecode(git.ask("cat-file", "commit", "HEAD")).partition("\n\n")[0]
    parents = [line.split()[1] for line in commit.splitlines() if line.startswith("parent ")]
    return parents[0] if len(parents) == 2 and parents[1] == head else ""


class _Git:
    """The checkout around a folder, asked by git's own program."""

    def __init__(self, folder: Path) -> None:
        # In a container the checkout belongs to another user, whom git would not trust.
        self._command = ("git", "-c", "safe.directory=*", "-C", str(folder))
        self._environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

    def ask(self, *arguments: str, seconds: int | None = None) -> bytes:
        """What git prints.

        Raises:
            UnknownChangeError: it is not there, or fails.
        """
        try:
            done = subprocess.run(  # noqa: S603 - git, and nothing that begins with a dash from outside
                [*self._command, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=seconds,
            )
        except OSError as error:
            raise UnknownChangeError(f"git cannot be run: {error.strerror or error}") from error
        except subprocess.TimeoutExpired as error:
            raise UnknownChangeError(f"git {arguments[0]} took more than {seconds} s") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise UnknownChangeError(said[-1] if said else f"git {arguments[0]} fails with {done.returncode}")
        return done.stdout

    def try_to(self, *arguments: str, seconds: int | None = None) -> str:
        """What git prints; "" where it fails."""
        try:
            return os.fsdecode(self.ask(*arguments, seconds=seconds)).strip()
        except UnknownChangeError:
            return ""

    def is_shallow(self) -> bool:
        """Whether history was left out when this was cloned."""
        return self.try_to("rev-parse", "--is-shallow-repository") == "true"

    def find(self, name: str) -> str:
        """The full hash of a commit, fetched if it is not there; "" where that cannot be had."""
        if name.startswith("-"):
            return ""
        known = self._commit(name) or self._commit(f"refs/remotes/origin/{name}")
        if known:
            return known
        # Of a complete clone, --depth would cut history off.
        fetched = self._fetch(*(["--depth=1"] if self.is_shallow() else []), "origin", name)
        return self._commit("FETCH_HEAD") if fetched else ""

    def deepen(self, commits: int, base: str) -> bool:
        """Fetch so many more commits of both histories, 0 stands for all; whether that could be done."""
        how = f"--deepen={commits}" if commits else "--unshallow"
        return self._fetch(how, "origin", base, self._commit("HEAD"))

    def _commit(self, name: str) -> str:
        return self.try_to("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def _fetch(self, *arguments: str) -> bool:
        try:
            self.ask(
                "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *arguments, seconds=_FETCH_SECONDS
            )
        except UnknownChangeError:
            return False
        return True
