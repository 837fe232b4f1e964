"""Repositories as actions/checkout leaves them: a pull request merged, whole or of one commit."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


def git(folder: Path, *arguments: str) -> str:
    """What git prints in a folder."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **_NOBODY},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    return os.fsdecode(done.stdout).strip()


@dataclass(frozen=True)
class Origin:
    """A repository on the server, with the branch `main`, and the branch `topic` that is proposed."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> Origin:
        """With one commit on `main`, of which `topic` is branched off and checked out."""
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch=main")
        origin = cls(folder)
        origin.commit(
            {"README.md": b"Media.", "old.png": b"kept", "gone.png": b"removed", "was.png": b"moved"}
        )
        git(folder, "checkout", "--quiet", "-b", "topic")
        return origin

    def commit(self, files: dict[str, bytes | None], branch: str = "") -> str:
        """Write these files (`None` removes one), commit them, and return the commit."""
        if branch:
            git(self.folder, "checkout", "--quiet", branch)
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", "x")
        return self.at("HEAD")

    def extend(self, count: int) -> None:
        """So many commits on `topic`, each with a file, in one go."""
        stream = "".join(
            "commit refs/heads/topic\ncommitter Ada <ada@example.com> 0 +0000\ndata 0\n"
            + ("from refs/heads/topic^0\n" if number == 0 else "")
            + f"M 100644 inline {number}.png\ndata 1\nx\n"
            for number in range(count)
        )
        subprocess.run(["git", "fast-import", "--quiet"], cwd=self.folder, input=stream.encode(), check=True)
        git(self.folder, "reset", "--quiet", "--hard", "topic")

    def at(self, name: str) -> str:
        """The hash of a commit."""
        return git(self.folder, "rev-parse", name)

    def update_topic(self) -> None:
        """Merge into `topic` what `main` is now."""
        git(self.folder, "checkout", "--quiet", "topic")
        git(self.folder, "merge", "--quiet", "--message", "main is in it", "main")

    def merged(self) -> str:
        """What GitHub checks out for the pull request: `topic` merged into what `main` is now."""
        git(self.folder, "checkout", "--quiet", "--detach", "main")
        git(self.folder, "merge", "--quiet", "--no-ff", "--message", "merged", "topic")
        git(self.folder, "update-ref", "refs/pull/1/merge", "HEAD")
        return self.at("HEAD")

    def checkout(self, folder: Path, commit: str, *, depth: int = 1) -> Path:
        """As actions/checkout does it: one commit, fetched by its hash; the whole history with depth 0."""
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "remote", "add", "origin", self.folder.as_uri())
        limits = [f"--depth={depth}"] if depth else []
        git(folder, "fetch", "--quiet", "--no-tags", *limits, "origin", commit)
        git(folder, "checkout", "--quiet", "--detach", commit)
        return folder

    def pull_request(self, base: str = "main") -> dict[str, object]:
        """The event, as far as it is read."""
        return {"pull_request": {"base": {"sha": self.at(base)}, "head": {"sha": self.at("topic")}}}
