"""What a git repository ignores: .gitignore on every level, and .git/info/exclude."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from validator.intake.ignore_pattern import IgnorePattern, parse_line

_LARGEST_FILE = 1_000_000  # bytes of a .gitignore that are still read


@dataclass(frozen=True)
class _Level:
    """The patterns of one file, the last one first, and the folder that they are relative to."""

    base: str
    patterns: tuple[IgnorePattern, ...]

    def verdict(self, path: str, *, folder: bool) -> bool | None:
        """What the last pattern that matches says; `None` where none does."""
        found = (pattern for pattern in self.patterns if pattern.matches(path, folder=folder))
        return next((not pattern.include for pattern in found), None)


@dataclass(frozen=True)
class IgnoreRules:
    """The patterns that hold inside one folder, the farthest first. Outside a repository there are none.

    `repository` and `here` are the real paths of the repository and of that folder.

    >>> IgnoreRules().ignores("a.png", folder=False)
    False
    """

    levels: tuple[_Level, ...] = ()
    repository: str | None = None
    here: str = ""

    @classmethod
    def of(cls, folder: str) -> IgnoreRules:
        """The rules that come to a folder from above. Where they ignore it, it is set free of them.

        Who names an ignored folder wants it looked at.
        """
        here = Path(os.path.realpath(folder))
        root = next((above for above in here.parents if _is_repository(above)), None)
        if root is None or _is_repository(here):
            return cls()
        rules = cls().enter(str(root))
        path = root
        for name in here.relative_to(root).parts:
            if rules.ignores(name, folder=True):
                return cls(repository=str(root))
            path = path / name
            if path != here:
                rules = rules.enter(str(path))
        return rules

    def enter(self, folder: str) -> IgnoreRules:
        """The rules inside a folder: these and those of its own .gitignore; a repository starts anew."""
        path = Path(folder)
        if _is_repository(path):
            real = os.path.realpath(folder)
            levels = _levels(real, _exclude_file(path), path / ".gitignore")
            return IgnoreRules(levels, real, real)
        if self.repository is None:
            return self
        real = os.path.realpath(folder)
        if not _is_under(real, self.repository):
            # A link that was named led out of the repository, perhaps into another one.
            return IgnoreRules.of(folder).enter(folder)
        levels = (*self.levels, *_levels(real, path / ".gitignore"))
        return IgnoreRules(levels, self.repository, real)

    def ignores(self, name: str, *, folder: bool) -> bool:
        """Whether a name in this folder is ignored; the nearest file that says anything decides."""
        for level in reversed(self.levels):
            relative = os.path.relpath(Path(self.here) / name, level.base)
            verdict = level.verdict(relative, folder=folder)
            if verdict is not None:
                return verdict
        return False


def _levels(base: str, *files: Path) -> tuple[_Level, ...]:
    return tuple(_Level(base, patterns) for file in files if (patterns := _read(file)))


def _is_under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_repository(folder: Path) -> bool:
    try:
        return (folder / ".git").exists()
    except OSError:
        return False


def _exclude_file(root: Path) -> Path:
    """In a worktree or a submodule .git is a file that names the real folder."""
    git = root / ".git"
    pointer = _text(git)
    if pointer is not None and pointer.startswith("gitdir:"):
        git = root / pointer.removeprefix("gitdir:").strip()
        common = _text(git / "commondir")
        if common is not None:
            git = git / common.strip()
    return git / "info" / "exclude"


def _read(file: Path) -> tuple[IgnorePattern, ...]:
    lines = (_text(file) or "").removeprefix("\ufeff").split("\n")
    found = [parse_line(line.removesuffix("\r")) for line in reversed(lines)]
    return tuple(pattern for pattern in found if pattern is not None)


def _text(file: Path) -> str | None:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST_FILE:
            return None
        return file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:
        return None
