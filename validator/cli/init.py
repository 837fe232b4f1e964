"""`validator init`: write a configuration to begin with."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from validator.cli import suggested
from validator.cli.folder import current_folder
from validator.cli.new_file import write_new
from validator.cli.output import ReaderGone, ReportFile, StandardOutput
from validator.cli.session import Session
from validator.config_file import OWN_FILE, SHARED_FILE, find_config
from validator.errors import ConfigError, UsageError
from validator.model import GroupKind, Role

_HOOKS = ".pre-commit-config.yaml"
_WHAT = "the configuration"
_MOST_KEPT = 100


@click.command(short_help="Write a configuration to begin with.")
@click.option(
    "--pyproject", is_flag=True, help="Write it into pyproject.toml, as the table [tool.validator]."
)
@click.option(
    "--profile",
    "profiles",
    metavar="NAME|FILE",
    multiple=True,
    shell_complete=suggested.profiles,
    help="Judge by this profile; said again, by several.",
)
@click.option(
    "--role",
    type=click.Choice(tuple(str(role) for role in Role)),
    metavar="ROLE",
    help=f"What the assets are for: {', '.join(Role)}.",
)
@click.option(
    "--group",
    type=click.Choice(tuple(str(kind) for kind in GroupKind)),
    help="The kind of asset group that they are meant for.",
)
@click.option("--pre-commit", is_flag=True, help=f"Write {_HOOKS} too, if there is none.")
@click.option(
    "--force",
    is_flag=True,
    help="Take the place of the configuration that is there, which is kept beside it.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@click.pass_obj
def init(  # noqa: PLR0913 - its options
    session: Session,
    /,
    *,
    pyproject: bool,
    profiles: tuple[str, ...],
    role: str | None,
    group: str | None,
    pre_commit: bool,
    force: bool,
    dry_run: bool,
) -> int:
    """Write validator.toml into the current folder: every setting, explained, at its default.

    It prints what .pre-commit-config.yaml has to say for the validator to run before each commit. With
    --pre-commit alone, a configuration that is there stays.
    """
    from validator.config_template import template
    from validator.hook_snippet import snippet

    out = StandardOutput(sys.stdout, _WHAT)
    folder = current_folder()
    file = folder / (SHARED_FILE if pyproject else OWN_FILE)
    text = template(_chosen(profiles, role, group), "tool.validator" if pyproject else "")
    hooks = _place_of_hooks(folder)
    config = "" if hooks.parent == folder else file.relative_to(hooks.parent).as_posix()
    with contextlib.suppress(ReaderGone):
        if dry_run:
            out.write(text + (f"\n# {_HOOKS}\n{snippet(config)}" if pre_commit else ""))
            return 0
        held = None if force or pyproject or profiles or role or group else _held(folder)
        if pre_commit and held is not None:
            session.screen.say(f"{held} stays as it is (--force replaces it)")
            at = folder / held
            config = "" if hooks.parent == folder else at.relative_to(hooks.parent).as_posix()
        else:
            _check(file, force=force)
            _note_what_no_longer_counts(session, folder, file)
            _write(session, file, text, force=force)
            session.screen.say(f"wrote {_shown(file, folder)}: every setting is in it, and explained")
        _hooks(session, out, hooks, config, wanted=pre_commit)
    return 0


def _chosen(profiles: tuple[str, ...], role: str | None, group: str | None) -> Mapping[str, Any]:
    """The settings that are not left at their default.

    Raises:
        UsageError: a profile that cannot be used.
    """
    from validator.config import Config, profiles_of

    main, *further = profiles or (Config().profile,)
    profiles_of(Config(profile=main, further_profiles=tuple(further)))
    said = {"profile": main, "further-profiles": further or None, "role": role, "group": group}
    return {key: value for key, value in said.items() if value is not None}


def _check(file: Path, *, force: bool) -> None:
    """Refuse to replace a configuration, or to write one that would not count.

    Raises:
        UsageError: with what to do instead.
    """
    own, shared = file.with_name(OWN_FILE), file.with_name(SHARED_FILE)
    if file.name == SHARED_FILE and not os.path.lexists(shared):
        raise UsageError(f"there is no {SHARED_FILE} here: leave --pyproject out to write {OWN_FILE}")
    if force:
        return
    if os.path.lexists(own):
        beside = f", which comes before {SHARED_FILE}" if file == shared else ""
        raise UsageError(f"there is a {OWN_FILE} already{beside}: change it, or replace it with --force")
    if _has_table(shared):
        instead = "replace it" if file == shared else f"have {OWN_FILE} come before it"
        raise UsageError(
            f"{SHARED_FILE} has a table [tool.validator] already: change it, or {instead} with --force"
        )


def _held(folder: Path) -> str | None:
    """The configuration that the folder has already."""
    if os.path.lexists(folder / OWN_FILE):
        return OWN_FILE
    return SHARED_FILE if _has_table(folder / SHARED_FILE) else None


def _keep(session: Session, file: Path) -> None:
    """Copy what is about to be replaced into a file beside it."""
    try:
        former = file.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"cannot keep {file}: {error.strerror or error}") from error
    names = (file.with_name(f"{file.name}.bak{number}") for number in ("", *range(2, _MOST_KEPT)))
    for place in names:
        with contextlib.suppress(FileExistsError):
            try:
                with place.open("xb") as copy:
                    copy.write(former)
            except FileExistsError:
                raise
            except OSError as error:
                raise UsageError(f"cannot keep {file} as {place}: {error.strerror or error}") from error
            session.screen.say(f"the former {file.name} is kept as {place.name}")
            return
    raise UsageError(f"cannot keep {file}: there are too many of {file.name}.bak already")


def _has_table(shared: Path) -> bool:
    from validator.pyproject_table import has_table

    try:
        return has_table(shared.read_text(encoding="utf-8"))
    except (OSError, ValueError, ConfigError):  # whoever writes into it will be told
        return False


def _note_what_no_longer_counts(session: Session, folder: Path, file: Path) -> None:
    own = file.with_name(OWN_FILE)
    if file != own and os.path.lexists(own):
        session.screen.say(f"note: {OWN_FILE} comes before {SHARED_FILE}: what is written does not count yet")
        return
    with contextlib.suppress(ConfigError):
        above = find_config(folder)
        if above is not None and above != file:
            session.screen.say(f"note: {_shown(above, folder)} no longer counts in this folder")


def _write(session: Session, file: Path, text: str, *, force: bool) -> None:
    if file.name == OWN_FILE and not force:
        write_new(file, text, _WHAT)
        return
    replaced = file.name == OWN_FILE or _has_table(file)
    if file.name == SHARED_FILE:
        from validator.pyproject_table import with_table

        try:
            text = with_table(file.read_bytes().decode("utf-8"), text)
        except OSError as error:
            raise UsageError(f"cannot read {file}: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{file}: not TOML: {error}") from error
    destination = ReportFile(file, _WHAT)
    try:
        if replaced:
            _keep(session, file)
        destination.write(text)
        destination.commit()
    except BaseException:  # Ctrl-C too: no half file may stay behind
        destination.abandon()
        raise


def _place_of_hooks(folder: Path) -> Path:
    """pre-commit reads the one at the top of the repository."""
    top = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
    return top / _HOOKS


def _hooks(session: Session, out: StandardOutput, file: Path, config: str, *, wanted: bool) -> None:
    from validator.hook_snippet import entry, snippet

    shown = _shown(file, current_folder())
    try:
        held = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        if wanted:
            write_new(file, snippet(config), "the hooks")
            session.screen.say(f"wrote {shown}: `pre-commit install` has git run it before each commit")
        else:
            session.screen.say(f"for pre-commit, {shown} would say (--pre-commit writes it):")
            out.write(snippet(config))
        return
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from error
    if "seedance-validator" in held:
        session.screen.say(f"{shown} runs the validator already")
    else:
        session.screen.say(f"for pre-commit, add this to the `repos:` of {shown}:")
        out.write(entry(config))


def _shown(file: Path, folder: Path) -> str:
    return file.name if file.parent == folder else str(file)
