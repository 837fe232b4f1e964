"""How an upload ends: its exit code, its table, its sentences."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest

from validator.errors import AuthenticationError, QuotaExceeded, ServiceUnavailable
from validator.findings import AssetReport, Finding, Limit, Measured, NotJudged, Severity, Verdict
from validator.model import Asset, Facts
from validator.report.base import Look
from validator.upload.delivery import Plan, Planned
from validator.upload.document import Action
from validator.upload.ending import (
    ACTIONS,
    WORDS,
    exit_code,
    exit_code_of,
    hints,
    how_to_go_on,
    plan_sentence,
    sentence,
    table,
    text,
)
from validator.upload.forward import Upload
from validator.upload.outcome import Ending, Outcome
from validator.upload.records import AssetGroup

ADA = AssetGroup("group-1", "Ada")


def ended(*outcomes: Ending, **more: Any) -> list[Outcome]:
    return [Outcome(f"{at}.png", outcome=outcome, **more) for at, outcome in enumerate(outcomes)]


def judged(verdict: Verdict) -> AssetReport:
    found = Finding("IMG003", "n", Severity.ERROR, "m", Measured("width", 1, "1"), Limit(), "h")
    skipped = NotJudged("FIL005", "r", Severity.ERROR)
    return AssetReport(
        Asset("a.png", "a.png"),
        Facts(),
        (found,) if verdict is Verdict.FAIL else (),
        (skipped,) if verdict is Verdict.UNJUDGED else (),
    )


def planned(*actions: tuple[Action, Verdict], used: int = 0, needed: int = 0) -> Upload:
    targets = tuple(Planned("a.png", action) for action, _ in actions)
    results = tuple(judged(verdict) for _, verdict in actions)
    return Upload(ADA, results, plan=Plan(targets, used, needed, quota=10))


def test_each_ending_and_each_action_has_a_word() -> None:
    assert set(WORDS) == set(get_args(Ending))
    assert set(ACTIONS) == set(get_args(Action)) == set(get_args(get_type_hints(Planned)["action"]))


class TestExitCode:
    @pytest.mark.parametrize(
        ("outcomes", "code"),
        [
            ((), 0),
            (("active", "already-active"), 0),
            (("active", "failed"), 1),
            (("active", "rejected"), 1),
            (("active", "changed"), 1),
            (("active", "not-forwarded"), 1),
            (("active", "timed-out"), 2),
            (("active", "processing"), 2),
            (("active", "not-sent"), 2),
            (("active", "not-published"), 2),
            (("timed-out", "failed"), 1),
        ],
    )
    def test_follows_from_the_outcomes(self, outcomes: tuple[Ending, ...], code: int) -> None:
        assert exit_code(ended(*outcomes)) == code

    def test_what_could_not_be_judged_is_no_failure(self) -> None:
        unjudged = ended("not-forwarded", verdict=Verdict.UNJUDGED)
        assert exit_code(unjudged) == 2
        assert exit_code([*unjudged, *ended("failed")]) == 1

    def test_an_error_decides(self) -> None:
        assert exit_code(ended("failed"), AuthenticationError("no")) == 2
        assert exit_code(ended("active"), ServiceUnavailable("no")) == 2
        assert exit_code(ended("not-sent"), QuotaExceeded("no")) == 1

    def test_of_several_uploads_the_worst_counts(self) -> None:
        good, bad, late = (Upload(ADA, (), tuple(ended(each))) for each in ("active", "failed", "timed-out"))
        assert exit_code_of([]) == 0
        assert exit_code_of([good, late]) == 2
        assert exit_code_of([late, bad]) == 1

    @pytest.mark.parametrize(
        ("upload", "code"),
        [
            (planned(("create", Verdict.PASS), ("skip", Verdict.PASS), needed=1), 0),
            (planned(("refuse", Verdict.FAIL)), 1),
            (planned(("refuse", Verdict.UNJUDGED)), 2),
            (planned(("refuse", Verdict.PASS)), 1),
            (planned(("failed", Verdict.PASS)), 1),
            (planned(("create", Verdict.PASS), used=10, needed=1), 1),
            (planned(("skip", Verdict.PASS), used=11), 0),
        ],
    )
    def test_of_a_dry_run(self, upload: Upload, code: int) -> None:
        assert exit_code_of([upload]) == code


class TestTable:
    def test_references_are_ready_to_be_copied(self) -> None:
        outcomes = [
            Outcome("a.png", outcome="active", asset_id="asset-1"),
            Outcome("photos/b.png", outcome="already-active", asset_id="asset-2"),
            Outcome("c.png", outcome="not-forwarded", message="the lint found errors: IMG003"),
        ]
        assert table(outcomes) == [
            "a.png         Active          asset://asset-1",
            "photos/b.png  Active already  asset://asset-2",
            "c.png         not forwarded",
            "    the lint found errors: IMG003",
        ]

    def test_a_code_is_explained_by_the_rule_that_would_have_told(self) -> None:
        failed = Outcome(
            "a.mp4", outcome="failed", asset_id="asset-1", code="FpsTooHigh", message="at most 60"
        )
        assert table([failed])[1:] == [
            "    FpsTooHigh: at most 60",
            "    Rules that look for this: VID006 (video-frame-rate), VID009 (video-variable-rate).",
        ]

    def test_a_reason_that_several_share_is_said_once(self) -> None:
        outcomes = ended("not-sent", "not-sent", "failed", message="no room")
        assert table(outcomes) == [
            "0.png  not sent",
            "1.png  not sent",
            "    all 2 above: no room",
            "2.png  Failed",
            "    no room",
        ]

    def test_a_reason_that_differs_in_the_file_alone_is_said_once(self) -> None:
        files = [
            Outcome(name, "not-published", message=f"{name} was not published to s3://b: no credentials.")
            for name in ("a.png", "b.png")
        ]
        links = [
            Outcome(
                name,
                "changed",
                message=f"http://h/{name} does not serve what was judged (its sha256 was "
                f"{at}…, and is {at}1… now).",
            )
            for at, name in enumerate(("c.png", "d.png"))
        ]
        assert table([*files, *links]) == [
            "a.png  no public address",
            "b.png  no public address",
            "    all 2 above: it was not published to s3://b: no credentials.",
            "c.png  changed",
            "d.png  changed",
            "    all 2 above: its address does not serve what was judged (the sha256 is another now). "
            "The last one is http://h/d.png.",
        ]

    def test_what_may_be_there_is_not_called_unsent(self) -> None:
        outcomes = [Outcome("a.png", "not-sent", message="it may have been done", unsure=True)]
        assert table(outcomes)[0] == "a.png  no answer"
        assert sentence(outcomes) == "1 asset: 1 no answer."
        assert how_to_go_on(outcomes).startswith("1 asset was not sent, or sent without an answer: ")

    def test_a_code_is_not_said_twice(self) -> None:
        failed = Outcome("a.mp4", outcome="rejected", code="FpsTooHigh", message="FpsTooHigh: at most 60")
        assert table([failed])[1] == "    FpsTooHigh: at most 60"

    def test_a_narrow_terminal_cuts_nothing(self) -> None:
        outcome = Outcome(
            "a/very/long/name/of/a/picture.png",
            outcome="failed",
            asset_id="asset-20261123023325-zdthb",
            code="ContentRestricted",
            message="the picture may not be used " * 4,
        )
        lines = table([outcome], width=60)
        assert max(map(len, lines)) <= 60
        assert lines[0] == outcome.target
        assert outcome.reference in lines[1]
        assert "no local check can know" in " ".join(" ".join(lines).split())

    def test_the_service_commands_no_terminal(self) -> None:
        outcome = Outcome("a\x1b[2J.png", outcome="failed", code="\x1b[1m", message="x\n::error::y")
        assert "\x1b" not in "".join(table([outcome]))
        assert not any(line.lstrip().startswith("::") for line in table([outcome]))


class TestText:
    def test_it_ends_with_the_counts(self) -> None:
        upload = Upload(ADA, (), tuple(ended("active", "active", "not-forwarded")))
        assert text([upload], Look()).endswith("\n\n3 assets: 2 Active, 1 not forwarded.\n")
        assert "assets:" not in text([upload], Look(quiet=True))

    def test_each_group_is_named_by_what_later_commands_take(self) -> None:
        groups = [AssetGroup("group-1", "Ada\x1b[2J"), AssetGroup("group-2", ""), AssetGroup("", "Grace")]
        uploads = [Upload(group, (), tuple(ended("active"))) for group in groups]
        headings = [line for line in text(uploads, Look()).splitlines() if line.endswith(":")]
        assert headings == ["group-1 (Ada\\x1b[2J):", "group-2:", "Grace:"]
        assert text(uploads[:1], Look()).startswith("group-1 (Ada")
        assert "group-1" not in text(uploads, Look(quiet=True))

    def test_a_painter_gives_what_became_of_it_its_colour(self) -> None:
        upload = Upload(ADA, (), tuple(ended("active", "failed", "timed-out")))
        painted = text([upload], Look(), lambda word, color: f"<{color}>{word}</>")
        assert "0.png  <green>Active</>" in painted
        assert "<red>Failed</>" in painted
        assert "<yellow>Processing still</>" in painted

    def test_it_has_its_colour_once_however_narrow_the_screen(self) -> None:
        outcome = Outcome("a/long/name.png", outcome="active", asset_id="asset-20261123033325-zdthb")
        for width in (20, 40, 60, 80):
            painted = table([outcome], width, lambda word, color: f"<{color}>{word}</>")
            assert " ".join(painted).count("Active") == 1
            assert "<green>Active</>" in " ".join(painted)

    def test_nothing_at_all(self) -> None:
        assert text([], Look()) == ""


def test_a_dry_run_counts() -> None:
    assert plan_sentence(Plan((), 3, 2, 100)) == (
        "Nothing was created. The account holds 3 of 100 assets, and 2 more would be created."
    )


def test_how_to_go_on() -> None:
    assert how_to_go_on(ended("active", "failed")) == ""
    assert "2 assets are still being processed: `validator upload --resume`" in how_to_go_on(
        ended("timed-out", "processing")
    )
    assert how_to_go_on(ended("not-sent")).startswith("1 asset was not sent: when that is mended")


def test_what_is_failed_can_be_tried_anew() -> None:
    (hint,) = hints([Upload(ADA, (), tuple(ended("active", "failed", "failed")))])
    assert hint.startswith("2 assets are Failed, and stay so: ")
    assert hint.endswith("run the same command with --retry-failed")


def test_an_error_is_said_behind_the_table() -> None:
    upload = Upload(ADA, (), tuple(ended("not-sent")), error=AuthenticationError("the key has ended"))
    first, second = hints([upload])
    assert first == "error: the key has ended"
    assert second.startswith("1 asset was not sent")


def test_the_counts_name_each_ending_once() -> None:
    every = ended(*get_args(Ending))
    said = sentence(every)
    assert said.startswith(f"{len(every)} assets: 1 Active, 1 Active already, ")
    assert all(f"1 {word}" in said for word in WORDS.values())
