"""What a workflow's step says and what GitHub tells of the run, both by environment variables alone."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from validator.errors import UsageError
from validator.github_action.changes import Change

_PROPOSED = frozenset({"pull_request", "pull_request_target", "merge_group"})


@dataclass(frozen=True)
class Inputs:
    r"""What the step is to do. `only_changes`: judge what differs from `change`, if that is known.

    >>> Inputs.of({"INPUT_PATHS": "cast\nclips", "INPUT_FAIL_ON": "warning"}).options
    ('--fail-on=warning',)
    """

    paths: tuple[str, ...]
    options: tuple[str, ...]
    only_changes: bool = False
    change: Change | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Inputs:
        """From `INPUT_…`, `GITHUB_EVENT_NAME` and `GITHUB_EVENT_PATH`.

        Raises:
            UsageError: one of them makes no sense.
        """
        options = [f"--profile={profile}" for profile in _lines(environment, "INPUT_PROFILE")]
        for option in ("config", "fail-on"):
            value = environment.get(f"INPUT_{option.replace('-', '_').upper()}", "").strip()
            options += [f"--{option}={value}"] if value else []
        try:
            more = shlex.split(environment.get("INPUT_ARGS", ""))
        except ValueError as error:
            raise UsageError(f"The input args cannot be taken apart: {error}.") from error
        if "--watch" in more:
            raise UsageError("The input args has --watch, which never ends: a step judges once.")
        options += more
        paths = _lines(environment, "INPUT_PATHS") or (".",)
        only_changes = _only_changes(environment)
        return cls(paths, tuple(options), only_changes, _change(environment) if only_changes else None)


def _lines(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(line for raw in environment.get(name, "").splitlines() if (line := raw.strip()))


def _only_changes(environment: Mapping[str, str]) -> bool:
    said = environment.get("INPUT_CHANGED_ONLY", "").strip().lower() or "auto"
    answers = {"true": True, "false": False, "auto": environment.get("GITHUB_EVENT_NAME", "") in _PROPOSED}
    if said not in answers:
        raise UsageError(f'The input changed-only is "{said}": it is one of {", ".join(answers)}.')
    return answers[said]


def _change(environment: Mapping[str, str]) -> Change | None:
    if base := environment.get("INPUT_BASE", "").strip():
        return Change(base)
    try:
        event = json.loads(Path(environment.get("GITHUB_EVENT_PATH", "")).read_bytes())
    except (OSError, ValueError):  # elsewhere than at GitHub: everything is judged, and a warning says so
        event = {}
    return Change.of(environment.get("GITHUB_EVENT_NAME", ""), event)
