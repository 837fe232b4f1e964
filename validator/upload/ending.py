"""How an upload ends: in sentences, as a table for people, and as an exit code."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from validator.errors import QuotaExceeded, ValidatorError
from validator.findings import Verdict
from validator.report.base import Look
from validator.report.columns import blocks
from validator.report.escape import printable
from validator.upload.alike import address_of, common, last_of_each_row
from validator.upload.outcome import Ending, Outcome

if TYPE_CHECKING:
    from validator.upload.delivery import Plan
    from validator.upload.forward import Upload
    from validator.upload.records import AssetGroup

WORDS: Mapping[Ending, str] = MappingProxyType(
    {
        "active": "Active",
        "already-active": "Active already",
        "processing": "Processing",
        "timed-out": "Processing still",
        "failed": "Failed",
        "rejected": "rejected",
        "changed": "changed",
        "not-published": "no public address",
        "not-forwarded": "not forwarded",
        "not-sent": "not sent",
    }
)
"""What became of an asset, in a word or two, the best first."""

NO_ANSWER = "no answer"
"""The same, where it was sent and may be there."""

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "create": "would be created",
        "retry": "would be deleted and created anew",
        "wait": "Processing already",
        "skip": "Active already",
        "failed": "Failed already",
        "refuse": "would not be forwarded",
        "mend": "would be mended, and created",
    }
)
"""What a dry run says of a target."""

Paint = Callable[[str, str], str]
"""A word in a colour, which is named as ANSI does."""

_COLORS: Mapping[Ending, str] = MappingProxyType(
    {"active": "green", "already-active": "green", **dict.fromkeys(("failed", "rejected", "changed"), "red")}
)
_BAD: frozenset[Ending] = frozenset({"failed", "rejected", "changed"})
_NARROWEST = 40
_INDENT = " " * 4


def exit_code(outcomes: Sequence[Outcome], error: ValidatorError | None = None) -> int:
    """0: every asset is Active. 1: one was refused, failed or changed, or the quota does not suffice. Else 2.

    >>> exit_code([Outcome("a.png", outcome="active")]), exit_code([Outcome("a.png", outcome="timed-out")])
    (0, 2)
    >>> exit_code([Outcome("a.png", outcome="timed-out"), Outcome("b.png", outcome="failed")])
    1
    """
    if error is not None:
        return 1 if isinstance(error, QuotaExceeded) else 2
    if any(_is_bad(outcome) for outcome in outcomes):
        return 1
    return 0 if all(outcome.is_active for outcome in outcomes) else 2


def _is_bad(outcome: Outcome) -> bool:
    refused = outcome.outcome == "not-forwarded" and outcome.verdict is not Verdict.UNJUDGED
    return refused or outcome.outcome in _BAD


def sentence(outcomes: Sequence[Outcome]) -> str:
    """The counts of an upload.

    >>> sentence([Outcome("a.png", outcome="active"), Outcome("b.png", outcome="failed")])
    '2 assets: 1 Active, 1 Failed.'
    """
    counts = Counter(map(word_of, outcomes))
    said = ", ".join(f"{counts[word]:,} {word}" for word in (*WORDS.values(), NO_ANSWER) if counts[word])
    return f"{len(outcomes):,} asset{'' if len(outcomes) == 1 else 's'}: {said or 'nothing to upload'}."


def table(outcomes: Sequence[Outcome], width: int | None = None, paint: Paint | None = None) -> list[str]:
    """Each target with what became of it and how a request names it; below it, what went wrong.

    `paint` gives what became of it its colour.

    >>> table([Outcome("a.png", outcome="active", asset_id="asset-1")])
    ['a.png  Active  asset://asset-1']
    """
    if not outcomes:
        return []
    rows = [(each.target, word_of(each), each.reference) for each in outcomes]
    lines: list[str] = []
    # Where several in a row have the same reason, it is said after the last of them.
    counts = last_of_each_row(
        [(word_of(each), common(_said(each), printable(each.target)), why(each)) for each in outcomes]
    )
    for outcome, block, count in zip(outcomes, blocks(rows, width), counts, strict=True):
        lines += _painted(block, outcome, paint) if paint else block
        lines += _mended(outcome.mended, width)
        lines += _reasons(outcome, count, width)
    return lines


def _mended(words: str, width: int | None) -> list[str]:
    """That a copy was forwarded, and what differs in it."""
    return _folded(printable(f"a mended copy: {words}"), width) if words else []


def word_of(outcome: Outcome) -> str:
    """What became of an asset, in a word or two.

    >>> word_of(Outcome("a.png", "not-sent")), word_of(Outcome("a.png", "not-sent", unsure=True))
    ('not sent', 'no answer')
    """
    return NO_ANSWER if outcome.unsure else WORDS[outcome.outcome]


def _painted(block: Sequence[str], outcome: Outcome, paint: Paint) -> list[str]:
    """A row in which what became of it has its colour; in a narrow one it may stand on any line."""
    lines, word = list(block), word_of(outcome)
    at = max(at for at, line in enumerate(lines) if word in line)
    start, _, end = lines[at].rpartition(word)
    lines[at] = start + paint(word, _COLORS.get(outcome.outcome, "yellow")) + end
    return lines


def _reasons(outcome: Outcome, count: int, width: int | None) -> Iterator[str]:
    """Why; `count`: for so many targets, this one the last."""
    said = _said(outcome)
    if count > 1 and said:
        last = f" The last one is {address}." if (address := address_of(said)) else ""
        said = f"all {count:,} above: {common(said, printable(outcome.target))}{last}"
    for text in (said, why(outcome)) if count else ():
        if text:
            yield from _folded(text, width)


def _folded(text: str, width: int | None) -> list[str]:
    """A sentence below its row; a terminal's width is kept to, and elsewhere it stays one line."""
    if width is None:
        return [_INDENT + text]
    return textwrap.wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _said(outcome: Outcome) -> str:
    """The service's words, or ours; its code is not said twice."""
    code = "" if outcome.code in outcome.message else outcome.code
    return printable(": ".join(part for part in (code, outcome.message) if part))


def why(outcome: Outcome) -> str:
    """What the service's code says about the lint; "" where it refused nothing."""
    if not outcome.code or outcome.outcome not in ("failed", "rejected"):
        return ""
    from validator.upload.vendor_codes import explain

    return printable(explain(outcome.code, kind=outcome.kind).why)


def text(uploads: Sequence[Upload], look: Look, paint: Paint | None = None) -> str:
    """Each group and its table, and a sentence that sums up; with `quiet`, the tables alone."""
    parts = []
    for upload in uploads:
        lines = (
            plan_table(upload.plan, look.width) if upload.plan else table(upload.outcomes, look.width, paint)
        )
        if lines and not look.quiet:
            lines.insert(0, f"{_named(upload.group)}:")
        parts.append(lines)
    if uploads and not look.quiet:
        parts.append([_summary(uploads)])
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in parts if lines)


def _named(group: AssetGroup) -> str:
    """A group as later commands take it, and as its owner calls it; one that is not made yet has no id."""
    return printable(f"{group.id} ({group.name})" if group.id and group.name else group.id or group.name)


def _summary(uploads: Sequence[Upload]) -> str:
    for upload in uploads:
        if upload.plan:
            makes = not upload.group.id and any(
                each.action in ("create", "mend") for each in upload.plan.targets
            )
            return plan_sentence(upload.plan, new_group=upload.group.name if makes else "")
    return sentence([outcome for upload in uploads for outcome in upload.outcomes])


def plan_table(plan: Plan, width: int | None = None) -> list[str]:
    """Each target of a dry run, with what would be done."""
    rows = [(each.target, ACTIONS[each.action], each.name) for each in plan.targets]
    lines: list[str] = []
    for each, block in zip(plan.targets, blocks(rows, width), strict=True):
        lines += block
        lines += _mended(each.mended, width)
        if each.message:
            lines += _folded(printable(each.message), width)
    return lines


def plan_sentence(plan: Plan, *, new_group: str = "") -> str:
    """What a dry run says of the quota, and of the group that would be made.

    >>> from validator.upload.delivery import Plan
    >>> plan_sentence(Plan((), used=98, needed=3, quota=100))
    'Nothing was created. The account holds 98 of 100 assets, and 3 more would be created: 1 too many.'
    """
    over = plan.used + plan.needed - plan.quota
    end = f": {over:,} too many." if over > 0 and plan.needed else "."
    group = f'The group "{printable(new_group)}" would be made. ' if new_group else ""
    return (
        f"Nothing was created. {group}The account holds {plan.used:,} of {plan.quota:,} assets, and "
        f"{plan.needed:,} more would be created{end}"
    )


def exit_code_of(uploads: Sequence[Upload]) -> int:
    """That of the worst: 1 where something failed, else 2 where something is not known, else 0."""
    codes = {_code(upload) for upload in uploads}
    return 1 if 1 in codes else max(codes, default=0)


def _code(upload: Upload) -> int:
    if upload.plan is None:
        return exit_code(upload.outcomes, upload.error)
    verdicts = {
        result.verdict
        for result, planned in zip(upload.results, upload.plan.targets, strict=True)
        if planned.action == "refuse"
    }
    refused = bool(verdicts - {Verdict.UNJUDGED}) or any(
        planned.action == "failed" for planned in upload.plan.targets
    )
    if refused or not (upload.plan.fits or not upload.plan.needed):
        return 1
    return 2 if verdicts else 0


def hints(uploads: Sequence[Upload]) -> tuple[str, ...]:
    """What to say behind the tables: what went wrong, and how to go on."""
    errors = tuple(
        f"error: {f'{_named(upload.group)}: ' if len(uploads) > 1 else ''}{upload.error}"
        for upload in uploads
        if upload.error
    )
    failed = about_failed([outcome for upload in uploads for outcome in upload.outcomes])
    # A quota's own sentence says what to do, and running it again would not help.
    going_on = how_to_go_on(
        [
            outcome
            for upload in uploads
            for outcome in upload.outcomes
            if not (isinstance(upload.error, QuotaExceeded) and outcome.outcome == "not-sent")
        ]
    )
    return (*errors, *(hint for hint in (failed, going_on) if hint))


def how_to_go_on(outcomes: Sequence[Outcome]) -> str:
    """What to do about assets that are not settled; "" where all are.

    >>> how_to_go_on([Outcome("a.png", outcome="timed-out", asset_id="asset-1")])
    '1 asset is still being processed: `validator upload --resume` goes on waiting for it'
    """
    waiting = sum(outcome.outcome in ("timed-out", "processing") for outcome in outcomes)
    if waiting:
        them = "it" if waiting == 1 else "them"
        are = "asset is" if waiting == 1 else "assets are"
        return (
            f"{waiting:,} {are} still being processed: `validator upload --resume` goes on waiting for {them}"
        )
    unsent = [outcome for outcome in outcomes if outcome.outcome in ("not-sent", "not-published")]
    if unsent:
        were = "asset was" if len(unsent) == 1 else "assets were"
        how = "not sent, or sent without an answer" if any(each.unsure for each in unsent) else "not sent"
        then = "when that is mended, run the same command again; nothing is made twice"
        return f"{len(unsent):,} {were} {how}: {then}"
    return ""


def about_failed(outcomes: Sequence[Outcome]) -> str:
    """What to do about assets that are Failed; "" where none is.

    >>> about_failed([Outcome("a.png", outcome="failed", asset_id="asset-1")])
    '1 asset is Failed, and stays so: where it is worth another try, run the same command with --retry-failed'
    """
    failed = sum(outcome.outcome == "failed" for outcome in outcomes)
    if not failed:
        return ""
    stay = "asset is Failed, and stays" if failed == 1 else "assets are Failed, and stay"
    return f"{failed:,} {stay} so: where it is worth another try, run the same command with --retry-failed"
