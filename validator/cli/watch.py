"""`validator lint --watch`: judges, waits until something changes, and judges again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from validator.attention import faces_for
from validator.cli.folder import current_folder
from validator.cli.judging import fetch_models
from validator.cli.lint_run import Kept, Plan, carried_out, planned
from validator.cli.options import Choices, configuration_file
from validator.cli.session import Session
from validator.config_file import OWN_FILE, SHARED_FILE
from validator.errors import NoTargetsError, UsageError
from validator.intake.targets import LIST_EXTENSIONS, expand
from validator.intake.url import is_meant_for_url, is_url
from validator.listening import Ears
from validator.memory import Memory, signature
from validator.places import Place, places_of
from validator.run import decoders_for, nothing_found
from validator.settings import Settings
from validator.watch import Pace, Round, Sight, Stirs, rounds

_CLEAR = "\x1b[2J\x1b[H"  # what was scrolled away stays

# What workers and measurements do not depend on: a change of these has nothing measured again.
_JUDGES_ONLY = frozenset(
    {
        *("profile", "further_profiles", "limits", "depth", "select", "ignore", "severity", "overrides"),
        *("role", "group", "references", "fail_on", "exit_zero", "baseline", "output_format", "quiet"),
        *("show_passing", "explain", "service", "upload"),
    }
)


def watched(session: Session, choices: Choices, targets: Sequence[str]) -> int:
    """Judge the targets until somebody stops it, or nobody reads the report any more.

    Raises:
        UsageError: the targets cannot be watched, or the configuration cannot be used to begin with.
    """
    _check(choices, targets)
    watching = Watching(session, choices, targets)
    with Ears(watching.places, session.screen.say) as ears, watching:
        return watching.until_the_end(ears)


def _check(choices: Choices, targets: Sequence[str]) -> None:
    if choices.write_baseline is not None:
        raise UsageError("--watch and --write-baseline exclude each other")
    if "-" in targets:
        raise UsageError("--watch cannot watch standard input, which is read once: name files or folders")
    if all(
        is_url(target) or (is_meant_for_url(target) and not os.path.lexists(target)) for target in targets
    ):
        raise UsageError("--watch has nothing to watch: URLs are fetched once; name files or folders too")


class Watching:
    """What lasts from one round to the next. A context manager, which ends the workers."""

    def __init__(self, session: Session, choices: Choices, targets: Sequence[str]) -> None:
        self._session = session
        self._choices = choices
        self._targets = targets
        self._workers = ExitStack()
        self.kept = Kept()
        self._plan: Plan | None = None
        self._said: set[str] = set()

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.close()

    def until_the_end(self, stirs: Stirs, pace: Pace | None = None) -> int:
        """Judge in rounds; the exit code, where nobody reads the reports any more."""
        planned(self._choices)  # what is wrong from the beginning is not waited for
        for each in rounds(self.look, stirs, pace):
            code = self._judged(each)
            if code is not None:
                return code
        return 0

    def look(self) -> Sight:
        """All that the report depends on, now.

        Raises:
            UsageError: the current folder is gone.
        """
        try:
            plan = planned(self._choices)
            assets = tuple(expand(self._targets))
        except UsageError as error:
            current_folder()  # one that is gone does not come back, even if another one takes its place
            return Sight(trouble=str(error))
        chosen = (plan.config, plan.reports)
        beside = {"the configuration": chosen, "the profile": plan.profiles, "the baseline": plan.baseline}
        return Sight(
            assets,
            {asset.location: signature(asset.location) for asset in assets if not asset.is_url},
            {**beside, **{path: signature(path) for path in plan.config.references}},
            plan=plan,
        )

    def places(self, sight: Sight) -> frozenset[Place]:
        """Where to listen for changes of a sight."""
        files = [*self._files(sight.plan or self._plan), *sight.files]
        return places_of(self._targets, files)

    def _files(self, plan: Plan | None) -> Iterator[str]:
        """Files that decide, besides those that are judged."""
        yield from (target for target in self._targets if target.lower().endswith(LIST_EXTENSIONS))
        yield from (target for target in self._targets if not is_url(target))
        yield from self._configurations()
        if plan is not None:
            config = plan.config
            yield from config.references
            yield from (name for name in (config.profile, *config.further_profiles) if Path(name).is_file())
            if config.baseline:
                yield config.baseline

    def _configurations(self) -> Iterator[str]:
        """The configuration, and what would come before it if it were there."""
        if self._choices.no_config:
            return
        try:
            found = configuration_file(self._choices, Path.cwd())
        except (UsageError, OSError):
            found = None
        if found is not None:
            yield str(found)
        if self._choices.config is None:
            yield from (OWN_FILE, SHARED_FILE)

    def _judged(self, each: Round) -> int | None:
        """Say why, and judge; the exit code if nobody reads on."""
        session, sight = self._session, each.sight
        if sight.trouble:
            session.screen.say(f"{time.strftime('%H:%M:%S')} error: {sight.trouble}")
            self._wait_again()
            return None
        plan: Plan = sight.plan
        self._keep_for(plan)
        self._begin(plan, each)
        code = None
        try:
            if not sight.assets:
                raise NoTargetsError(nothing_found(list(self._targets)))
            done = carried_out(plan, session, sight.assets, self._targets, self.kept)
        except UsageError as error:  # a report that cannot be written, a reference without a face
            if not each.why and not isinstance(error, NoTargetsError):
                raise
            session.screen.say(f"error: {error}")
        else:
            if self.kept.memory is not None:
                self.kept.memory.forget_unused()
            if not done.is_read:
                code = plan.exit_code(done)
        self._wait_again()
        return code

    def _begin(self, plan: Plan, each: Round) -> None:
        screen = self._session.screen
        stdout = sys.stdout
        if each.why and stdout is not None and stdout.isatty() and os.environ.get("TERM") != "dumb":
            stdout.write(_CLEAR)
            stdout.flush()
        if plan.config.quiet:
            return
        if each.why:
            screen.say(f"{time.strftime('%H:%M:%S')} judging again: {each.why}")
        if any(asset.is_url for asset in each.sight.assets):
            self._say_once("URLs are fetched once, and not watched")
        for location in each.unsettled:
            screen.say(f"{location} is still written to, and is judged when it rests")

    def _wait_again(self) -> None:
        """The report is there: a stop from now on leaves nothing half done."""
        self._session.destination = self._session.judged = self._session.bar = None
        if self._plan is None or not self._plan.config.quiet:
            self._session.screen.say("waiting for changes; Ctrl-C ends it")

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._session.screen.say(sentence)

    def _keep_for(self, plan: Plan) -> None:
        """Make the workers and the memory, or make them anew where the configuration wants others."""
        before, self._plan = self._plan, plan
        if before is None or _measures(before) != _measures(plan):
            self._workers.close()
            session = self._session
            faces = faces_for(plan.config, lambda folder: fetch_models(folder, session, None))
            decoders = decoders_for(plan.config)
            self._workers.callback(faces.close)
            self._workers.callback(decoders.close)
            self.kept = Kept(faces, decoders, Memory())
        elif (before.config, before.profiles) != (
            plan.config,
            plan.profiles,
        ) and self.kept.memory is not None:
            self.kept.memory.forget_urls()  # what is asked of hosts is up to the rules


def _measures(plan: Plan) -> tuple[object, ...]:
    """All that measuring depends on, besides the file."""
    chosen = (getattr(plan.config, name) for name in Settings.__struct_fields__ if name not in _JUDGES_ONLY)
    return plan.previews, *chosen
