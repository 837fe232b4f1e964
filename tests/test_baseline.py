"""Baselines: what is known stays known wherever it lies, and nothing else ever becomes known."""

from __future__ import annotations

import dataclasses
import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

import validator
from tests.nobody import NOBODY
from validator.baseline import Baseline, Encounter, Entry, entries_of
from validator.baseline_file import baseline_text, read_baseline
from validator.errors import AssetsRejected, UsageError
from validator.findings import (
    AssetReport,
    Finding,
    Known,
    Limit,
    Measured,
    NotJudged,
    Severity,
    Summary,
    Tool,
    Verdict,
)
from validator.finished import Report
from validator.model import (
    ADDRESS_REFUSED,
    PIXELS_UNREAD,
    SPARED,
    SPARED_BYTES,
    Asset,
    Facts,
    FileFacts,
    ImageFacts,
    LinkFacts,
    VideoFacts,
)
from validator.profile import default_profile
from validator.report.base import exit_code

PROFILE = "seedance-2.0"
TOOL = Tool("seedance-validator", "0.1.0")
DIGESTS = [digit * 64 for digit in "abc"]

severities = st.sampled_from(Severity)
codes = st.sampled_from(["FIL005", "FIL007", "VID005", "URL005"])
facts = st.sampled_from(["expansion", "integrity", "pixels", "page"])
names = st.text(min_size=1, max_size=8)  # surrogates and control characters among them
digests = st.none() | st.sampled_from(DIGESTS)


def finding(
    code: str = "VID005", fact: str = "pixels", severity: Severity = Severity.ERROR, **more: str
) -> Finding:
    return Finding(code, "a-rule", severity, "It is so.", Measured(fact, 1, "1"), Limit(), "", **more)  # type: ignore[arg-type]


def asset(
    target: str = "a.mp4",
    *findings: Finding,
    sha256: str | None = DIGESTS[0],
    not_judged: tuple[NotJudged, ...] = (),
    link: bool = False,
) -> AssetReport:
    file = FileFacts(sha256=sha256, content="not-media")
    known = Facts(file=file, link=LinkFacts() if link else None, unmeasured={"*": "it is gone"})
    return AssetReport(Asset(target, target, is_url=link), known, findings, not_judged)


def unjudged(code: str = "FIL005", reason: str = "it is gone", profile: str | UnsetType = UNSET) -> NotJudged:
    return NotJudged(code, reason, Severity.ERROR, profile)


def of_bytes(media: ImageFacts | VideoFacts | None = None, **more: Any) -> Facts:
    slow = {"face_count": "the look took too long", "ranges": "the second request took too long"}
    file = FileFacts(**({"sha256": DIGESTS[0], "content": "media"} | more))
    return Facts(file=file, media=media, unmeasured={"*": "why", **slow})


def of_link(why: str = ADDRESS_REFUSED, **more: Any) -> Facts:
    busy = "the host was too busy to answer"
    return Facts(link=LinkFacts(**more), unmeasured={"*": why, "reach": busy})


def report(*assets: AssetReport) -> Report:
    return Report(TOOL, (default_profile(),), assets)


@st.composite
def assets(draw: st.DrawFn) -> AssetReport:
    pairs = draw(st.lists(st.tuples(codes, facts, severities), max_size=4))
    skipped = draw(st.lists(st.tuples(codes, severities), max_size=2))
    return asset(
        draw(names),
        *(finding(*each) for each in pairs),
        sha256=draw(digests),
        not_judged=tuple(NotJudged(code, "it is gone", severity) for code, severity in skipped),
    )


many = st.lists(assets(), max_size=5)


class TestProperties:
    @given(many)
    def test_all_of_a_report_is_known_to_its_own_baseline(self, results: list[AssetReport]) -> None:
        before = report(*results)
        after = Baseline.of(before).applied(before)
        assert all(each.known is True for result in after for each in result.findings)
        unread = any(
            each.severity is Severity.ERROR
            for result in before
            for each in result.not_judged
            if result.facts.file.sha256 is None
        )
        assert exit_code(after.summary, "warning") == (2 if before.summary.unjudged or unread else 0)

    @given(many)
    def test_nothing_but_the_mark_changes(self, results: list[AssetReport]) -> None:
        before = report(*results)
        after = Baseline.of(before).applied(before)
        assert [result.verdict for result in after] == [result.verdict for result in before]
        for result, unmarked in zip(after, before, strict=True):
            bare = tuple(msgspec.structs.replace(each, known=msgspec.UNSET) for each in result.findings)
            skipped = tuple(msgspec.structs.replace(each, known=msgspec.UNSET) for each in result.not_judged)
            assert dataclasses.replace(result, findings=bare, not_judged=skipped) == unmarked

    @given(many)
    def test_an_empty_baseline_knows_nothing(self, results: list[AssetReport]) -> None:
        before = report(*results)
        after = Baseline().applied(before)
        assert all(each.known is False for result in after for each in result.findings)
        counted = msgspec.structs.replace(after.summary, baseline=msgspec.UNSET)
        assert counted == before.summary
        assert after.summary.baseline in (msgspec.UNSET, Known())

    @given(many, many)
    def test_each_asset_is_counted_once(self, before: list[AssetReport], now: list[AssetReport]) -> None:
        summary = Baseline.of(report(*before)).applied(report(*now)).summary
        known = Known() if summary.baseline is msgspec.UNSET else summary.baseline
        assert summary.assets == summary.passed + summary.failed + summary.unjudged + known.assets
        found = sum(len(result.findings) for result in now)
        assert found == summary.errors + summary.warnings + summary.notes + known.findings
        assert (summary.failed > 0) == (summary.errors > 0)

    @given(many)
    def test_what_has_a_digest_may_be_renamed(self, results: list[AssetReport]) -> None:
        before = report(*results)
        moved = [
            asset(f"elsewhere/{number}.bin", *result.findings, sha256=result.facts.file.sha256)
            for number, result in enumerate(results)
            if result.facts.file.sha256 is not None
        ]
        after = Baseline.of(before).applied(report(*moved))
        assert all(
            each.known is (each.measured.fact != "page") for result in after for each in result.findings
        )

    @given(many)
    def test_what_changes_is_no_longer_known(self, results: list[AssetReport]) -> None:
        before = report(*results)
        changed = [
            asset(result.target, *result.findings, sha256="d" * 64)
            for result in before
            if not any(each.measured.fact == "page" for each in result.findings)
        ]
        after = Baseline.of(before).applied(report(*changed))
        assert all(each.known is False for result in after for each in result.findings)

    @given(st.lists(assets(), max_size=5), st.randoms(use_true_random=False))
    def test_the_file_does_not_depend_on_the_order(self, results: list[AssetReport], chance: object) -> None:
        shuffled = list(results)
        chance.shuffle(shuffled)  # type: ignore[attr-defined]
        one, other = Baseline.of(report(*results)), Baseline.of(report(*shuffled))
        assert baseline_text(one, TOOL) == baseline_text(other, TOOL)

    @given(many)
    @example([asset("caf\udce9\x1b[2J\u202e.png", finding())])
    def test_what_is_written_is_read(
        self, tmp_path_factory: pytest.TempPathFactory, results: list[AssetReport]
    ) -> None:
        before = report(*results)
        path = tmp_path_factory.getbasetemp() / "baseline.json"
        text = baseline_text(Baseline.of(before), TOOL)
        control = {"Cc", "Cs", "Zl", "Zp"}
        assert not [each for each in text if each != "\n" and unicodedata.category(each) in control]
        path.write_text(text, encoding="utf-8")
        again = read_baseline(path)
        assert again.entries == Baseline.of(before).entries
        assert baseline_text(again, TOOL) == text
        assert again.applied(before) == Baseline.of(before).applied(before)


class TestWhatIsTheSame:
    def test_a_heavier_finding_is_new(self) -> None:
        known = Baseline.of(report(asset("a.png", finding(severity=Severity.WARNING))))
        for severity, expected in (
            (Severity.NOTE, True),
            (Severity.WARNING, True),
            (Severity.ERROR, False),
        ):
            result = known.marked(asset("a.png", finding(severity=severity)), PROFILE)
            assert result.findings[0].known is expected

    @pytest.mark.parametrize(
        "other",
        [
            finding(code="VID006"),
            finding(fact="width"),
            finding(profile="runway"),
        ],
    )
    def test_another_code_fact_or_profile_is_new(self, other: Finding) -> None:
        known = Baseline.of(report(asset("a.png", finding())))
        assert known.marked(asset("a.png", other), PROFILE).findings[0].known is False

    def test_the_main_profile_counts_whether_it_is_named_or_not(self) -> None:
        known = Baseline.of(report(asset("a.png", finding())))
        named = asset("a.png", finding(profile=PROFILE))
        assert known.marked(named, PROFILE).findings[0].known is True
        assert known.marked(asset("a.png", finding()), "runway").findings[0].known is False

    def test_what_cannot_be_read_is_known_by_its_target(self) -> None:
        missing = finding("FIL005", "integrity")
        known = Baseline.of(report(asset("./clips//a.mp4", missing, sha256=None)))
        assert known.entries[0].target == "clips/a.mp4"
        here = known.marked(asset("clips/a.mp4", missing, sha256=None), PROFILE)
        there = known.marked(asset("b.mp4", missing, sha256=None), PROFILE)
        assert (here.findings[0].known, there.findings[0].known) == (True, False)

    def test_what_is_wrong_with_an_address_is_known_by_the_address(self) -> None:
        slow = finding("URL011", "fetch_seconds")
        known = Baseline.of(report(asset("https://a.example/a.png", slow, finding(), link=True)))
        assert [entry.sha256 for entry in known.entries] == [None, DIGESTS[0]]
        changed = known.marked(
            asset("https://a.example/a.png", slow, finding(), sha256=DIGESTS[1], link=True), PROFILE
        )
        elsewhere = known.marked(asset("https://b.example/a.png", slow, finding(), link=True), PROFILE)
        assert [each.known for each in changed.findings] == [True, False]
        assert [each.known for each in elsewhere.findings] == [False, True]

    def test_secrets_of_addresses_are_not_kept(self) -> None:
        with_key = validator.lint(["http://user:secret@127.0.0.1/a.png?key=secret"], NOBODY)
        assert "secret" not in baseline_text(Baseline.of(with_key), TOOL)

    def test_another_value_is_new_where_it_is_a_word(self) -> None:
        def of(fact: str, value: str | int) -> AssetReport:
            measured = Measured(fact, value, str(value))
            said = msgspec.structs.replace(finding(fact=fact), measured=measured)
            return asset("a.png", said)

        words = Baseline.of(report(of("name_agreement", "other-kind")))
        numbers = Baseline.of(report(of("pixels", 7)))
        assert words.marked(of("name_agreement", "other-kind"), PROFILE).findings[0].known is True
        assert words.marked(of("name_agreement", "other-role"), PROFILE).findings[0].known is False
        assert numbers.marked(of("pixels", 8), PROFILE).findings[0].known is True

    @pytest.mark.parametrize("fact", ["duplicate", "face_distance"])
    def test_what_others_say_of_it_is_known_in_its_place(self, fact: str) -> None:
        known = Baseline.of(report(asset("a.png", finding(fact=fact))))
        assert known.marked(asset("a.png", finding(fact=fact)), PROFILE).findings[0].known is True
        moved = known.marked(asset("b.png", finding(fact=fact)), PROFILE)
        changed = known.marked(asset("a.png", finding(fact=fact), sha256=DIGESTS[1]), PROFILE)
        assert [moved.findings[0].known, changed.findings[0].known] == [False, False]

    def test_addresses_that_differ_in_their_queries_are_several(self) -> None:
        def of(url: str) -> AssetReport:
            result = asset(url, finding("URL005", "page"), link=True, sha256=None)
            return dataclasses.replace(result, shown="http://h.example/dl?…")

        known = Baseline.of(report(of("http://h.example/dl?id=1")))
        assert [each.target for each in known.entries] == ["http://h.example/dl?…"]
        assert known.marked(of("http://h.example/dl?id=1#part"), PROFILE).findings[0].known is True
        assert known.marked(of("http://ada:pw@h.example/dl?id=1"), PROFILE).findings[0].known is True
        assert known.marked(of("http://h.example/dl?id=2"), PROFILE).findings[0].known is False
        encounter = Encounter(known, (PROFILE,), lambda _, __: frozenset({"URL005"}))
        encounter.marked(dataclasses.replace(of("http://h.example/dl?id=2"), findings=()))
        assert encounter.gone == ()
        encounter.marked(dataclasses.replace(of("http://h.example/dl?id=1"), findings=()))
        assert encounter.gone == known.entries


class TestVerdicts:
    def test_an_asset_with_known_errors_still_fails_and_does_not_count(self) -> None:
        before = report(asset("a.mp4", finding()), asset("b.mp4", sha256=DIGESTS[1]))
        after = Baseline.of(before).applied(before)
        assert after.assets[0].verdict is Verdict.FAIL
        assert after.assets[0].is_known_to_fail
        assert not after.assets[1].is_known_to_fail
        assert after.summary == Summary(assets=2, passed=1, baseline=Known(findings=1, assets=1))
        assert after.raise_for_errors() is after
        with pytest.raises(AssetsRejected):
            before.raise_for_errors()

    def test_one_new_error_is_enough(self) -> None:
        known = Baseline.of(report(asset("a.mp4", finding())))
        after = known.applied(report(asset("a.mp4", finding(), finding("VID006", "frame_rate"))))
        assert after.summary == Summary(assets=1, failed=1, errors=1, baseline=Known(findings=1))
        with pytest.raises(AssetsRejected):
            after.raise_for_errors()

    def test_what_was_not_judged_is_never_known(self) -> None:
        skipped = NotJudged("FIL005", "it took too long", Severity.ERROR)
        before = report(asset("a.mp4", finding(severity=Severity.WARNING), not_judged=(skipped,)))
        after = Baseline.of(before).applied(before)
        assert after.summary.unjudged == 1
        assert exit_code(after.summary) == 2
        with pytest.raises(AssetsRejected):
            after.raise_for_errors()

    def test_what_a_known_error_keeps_from_being_judged_is_known(self) -> None:
        before = report(asset("a.mp4", finding(), not_judged=(unjudged(),)))
        known = Baseline.of(before)
        after = known.applied(before)
        assert [each.known for each in after.assets[0].not_judged] == [True]
        assert after.raise_for_errors().summary == Summary(assets=1, baseline=Known(1, 1))
        assert known.not_judged[0].codes == ("FIL005",)

    @pytest.mark.parametrize(
        ("other", "expected"),
        [
            (unjudged(), True),
            (unjudged(profile=PROFILE), True),
            (unjudged("VID002"), False),
            (unjudged(reason="it is somewhere else"), False),
            (unjudged(profile="runway"), False),
        ],
    )
    def test_anything_else_that_was_not_judged_weighs(self, other: NotJudged, *, expected: bool) -> None:
        known = Baseline.of(report(asset("a.mp4", finding(), not_judged=(unjudged(),))))
        after = known.applied(report(asset("a.mp4", finding(), not_judged=(other,))))
        (result,) = after
        assert (result.verdict, result.is_known_to_fail) == (Verdict.FAIL, expected)
        assert result.counts_as is (Verdict.PASS if expected else Verdict.UNJUDGED)
        assert exit_code(after.summary) == (0 if expected else 2)
        if not expected:
            assert after.summary == Summary(assets=1, unjudged=1, baseline=Known(findings=1))
            with pytest.raises(AssetsRejected):
                after.raise_for_errors()

    @pytest.mark.parametrize(
        ("facts", "reason", "expected"),
        [
            (of_bytes(content="empty"), "why", True),
            (of_bytes(content="empty"), "why (not judged: width)", True),
            (of_bytes(content="empty"), "whyever", False),
            (of_bytes(content="media", format="psd"), "why", True),
            (of_bytes(VideoFacts(), format="mkv"), "mkv is none of the formats that are opened", True),
            (of_bytes(VideoFacts(), format="mp4", integrity="whole"), "why", False),
            (of_bytes(VideoFacts(), integrity="truncated"), "why", True),
            (of_bytes(VideoFacts(), integrity="truncated"), "the look took too long", False),
            (of_bytes(VideoFacts(), integrity="truncated"), "the second request took too long", False),
            (of_bytes(VideoFacts(), integrity="decoder-crashed"), "why", False),
            (of_bytes(VideoFacts(codec_support="encrypted")), "why", True),
            (of_bytes(VideoFacts(tracks="none")), "why", True),
            (of_bytes(ImageFacts(), expansion="pixels"), "why", True),
            (of_bytes(ImageFacts(), expansion="time"), "why", False),
            (of_bytes(ImageFacts(), expansion="memory"), "why", False),
            (of_bytes(ImageFacts()), "the kind is image: nothing is known of others", True),
            (of_link(scheme="malformed"), ADDRESS_REFUSED, True),
            (of_link(host="private"), ADDRESS_REFUSED, True),
            (of_link(port="refused"), ADDRESS_REFUSED, True),
            (of_link(host="private", redirects="followed"), ADDRESS_REFUSED, False),
            (of_link("the file was not downloaded", host="permitted"), "the file was not downloaded", False),
            (of_link(host="permitted"), "the host was too busy to answer", False),
            (of_link(host="private"), "the host was too busy to answer", False),
            (Facts(unmeasured={"*": "internal error: OSError"}), "internal error: OSError", False),
        ],
    )
    def test_only_what_follows_from_the_bytes_or_the_address_is_kept(
        self, facts: Facts, reason: str, *, expected: bool
    ) -> None:
        skipped = (unjudged(reason=reason),)
        result = AssetReport(Asset("a.mp4", "a.mp4"), facts, (finding(),), skipped)
        known = Baseline.of(report(result))
        assert [each.reason for each in known.not_judged] == ([reason] if expected else [])
        assert known.marked(result, PROFILE).is_known_to_fail is expected

    @pytest.mark.parametrize("why", [SPARED, SPARED_BYTES, f"{SPARED} (not judged: transfer)"])
    def test_what_a_known_error_kept_from_being_decoded_is_known(self, why: str) -> None:
        skipped = (unjudged(reason=why),)
        before = report(asset("a.mp4", finding(), not_judged=skipped))
        known = Baseline.of(before)
        assert known.not_judged == ()  # another run may decode it
        assert known.applied(before).raise_for_errors().summary == Summary(assets=1, baseline=Known(1, 1))
        for other in (asset("a.mp4", finding("VID006"), not_judged=skipped), asset(not_judged=skipped)):
            assert [each.known for each in known.marked(other, PROFILE).not_judged] == [False]
        warned = known.marked(asset("a.mp4", finding(severity=Severity.WARNING), not_judged=skipped), PROFILE)
        assert warned.counts_as is Verdict.UNJUDGED

    def test_only_of_the_profile_that_has_the_error(self) -> None:
        several = AssetReport(
            Asset("a.mp4", "a.mp4"),
            asset().facts,
            (finding(profile=PROFILE), finding("VID006", profile="runway")),
            (unjudged(reason=SPARED, profile=PROFILE), unjudged(reason=SPARED, profile="runway")),
            profiles=(PROFILE, "runway"),
        )
        known = Baseline.of(report(dataclasses.replace(several, findings=several.findings[:1])))
        assert [each.known for each in known.marked(several, PROFILE).not_judged] == [True, False]

    def test_what_keeps_an_asset_without_errors_from_being_judged_is_never_known(self) -> None:
        failed = asset("a.mp4", finding(), not_judged=(unjudged(),))
        known = Baseline.of(report(failed))
        mended = known.marked(asset("a.mp4", not_judged=(unjudged(),)), PROFILE)
        assert (mended.verdict, mended.counts_as) == (Verdict.UNJUDGED, Verdict.UNJUDGED)
        several = AssetReport(
            failed.asset,
            failed.facts,
            (finding(profile=PROFILE),),
            (unjudged(profile=PROFILE), unjudged(profile="runway")),
            profiles=(PROFILE, "runway"),
        )
        marked = Baseline.of(report(several)).marked(several, PROFILE)
        assert [each.known for each in marked.not_judged] == [True, False]
        assert marked.counts_as is Verdict.UNJUDGED

    def test_what_the_depth_left_out_is_never_known(self) -> None:
        skipped = (unjudged(reason=PIXELS_UNREAD),)
        result = asset("a.mp4", finding(), not_judged=skipped)
        assert Baseline.of(report(result)).not_judged == ()
        file = FileFacts(sha256=DIGESTS[0], expansion="pixels")
        announced = Facts(file=file, media=ImageFacts(), unmeasured={"integrity": PIXELS_UNREAD})
        bomb = dataclasses.replace(result, facts=announced)
        assert [each.codes for each in Baseline.of(report(bomb)).not_judged] == [("FIL005",)]


class TestWhatIsGone:
    @staticmethod
    def met(
        baseline: Baseline, *results: AssetReport, ran: frozenset[str] = frozenset({"VID005", "FIL005"})
    ) -> tuple[Entry, ...]:
        encounter = Encounter(baseline, (PROFILE,), lambda _, __: ran)
        for result in results:
            assert encounter.marked(result) == baseline.marked(result, PROFILE)
        return encounter.gone

    KNOWN = Baseline.of(report(asset("a.mp4", finding())))

    def test_nothing_is_gone_while_it_is_found(self) -> None:
        assert self.met(self.KNOWN, asset("a.mp4", finding())) == ()
        assert self.met(self.KNOWN, asset("renamed.mp4", finding())) == ()

    def test_a_file_that_was_mended_is_gone(self) -> None:
        assert self.met(self.KNOWN, asset("a.mp4", sha256=DIGESTS[1])) == self.KNOWN.entries

    def test_the_same_bytes_without_it_are_gone(self) -> None:
        assert self.met(self.KNOWN, asset("b.mp4")) == self.KNOWN.entries

    def test_what_was_not_looked_at_is_not_gone(self) -> None:
        assert self.met(self.KNOWN) == ()
        assert self.met(self.KNOWN, asset("b.mp4", sha256=DIGESTS[1])) == ()
        assert self.met(self.KNOWN, asset("a.mp4"), ran=frozenset({"VID006"})) == ()
        unjudged = NotJudged("VID005", "headers only", Severity.ERROR)
        assert self.met(self.KNOWN, asset("a.mp4", not_judged=(unjudged,))) == ()

    def test_a_swap_is_not_gone(self) -> None:
        other = asset("a.mp4", sha256=DIGESTS[1])
        assert self.met(self.KNOWN, other, asset("b.mp4", finding())) == ()

    def test_of_two_with_the_same_bytes_one_is_enough(self) -> None:
        assert self.met(self.KNOWN, asset("a.mp4"), asset("b.mp4", finding())) == ()

    def test_a_file_that_is_there_again_is_gone(self) -> None:
        known = Baseline.of(report(asset("a.mp4", finding("FIL005", "integrity"), sha256=None)))
        assert self.met(known, asset("a.mp4")) == known.entries
        assert self.met(known, asset("b.mp4")) == ()

    def test_another_profiles_entries_are_nobodys_business(self) -> None:
        foreign = Baseline(
            [Entry("a.mp4", "VID005", "pixels", Severity.ERROR, "runway", DIGESTS[0])], ["runway"]
        )
        encounter = Encounter(foreign, (PROFILE,), lambda _, __: frozenset({"VID005"}))
        encounter.marked(asset("a.mp4"))
        assert encounter.gone == ()
        assert encounter.is_foreign
        assert not Encounter(self.KNOWN, (PROFILE, "runway"), lambda _, __: ()).is_foreign


class TestFile:
    def test_one_line_an_entry_sorted_by_target(self) -> None:
        known = Baseline.of(
            report(
                asset("b.mp4", finding(), sha256=DIGESTS[1]),
                asset(
                    "a.mp4",
                    finding("FIL005", "integrity", Severity.WARNING),
                    finding("FIL005", "integrity"),
                    sha256=None,
                ),
                asset("a.png", finding(), sha256=DIGESTS[2], not_judged=(unjudged("VID002"), unjudged())),
                asset("copy of b.mp4", finding(), sha256=DIGESTS[1]),
            )
        )
        assert baseline_text(known, TOOL) == (
            "{\n"
            '  "schema_version": 1,\n'
            '  "tool": {"name":"seedance-validator","version":"0.1.0"},\n'
            '  "profiles": ["seedance-2.0"],\n'
            '  "entries": [\n'
            '    {"target":"a.mp4","code":"FIL005","fact":"integrity","severity":"error",'
            '"profile":"seedance-2.0"},\n'
            '    {"target":"a.png","code":"VID005","fact":"pixels","severity":"error",'
            f'"profile":"seedance-2.0","sha256":"{DIGESTS[2]}"}},\n'
            '    {"target":"b.mp4","code":"VID005","fact":"pixels","severity":"error",'
            f'"profile":"seedance-2.0","sha256":"{DIGESTS[1]}"}}\n'
            "  ],\n"
            '  "not_judged": [\n'
            '    {"target":"a.png","codes":["FIL005","VID002"],"reason":"it is gone",'
            f'"profile":"seedance-2.0","sha256":"{DIGESTS[2]}"}}\n'
            "  ]\n"
            "}\n"
        )

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "not JSON: name a file"),
            (b"\xff\xfe\x00", "not JSON: name a file"),
            (b"<<<<<<< HEAD\n{}", "not JSON: name a file"),
            (b"[" * 100_000, "not a JSON object: name a file"),
            (b"[]", "not a JSON object: name a file"),
            (b"null", "not a JSON object: name a file"),
            (b'""', "not a JSON object: name a file"),
            (b"\xef\xbb\xbf[]", "not a JSON object: name a file"),
            (b"{}", r"missing required field `schema_version`\): name a file"),
            (b'{"schema_version": 1, "assets": []}', "a report, and no baseline: write one"),
            (b'{"schema_version": 2, "entries": []}', r"a newer version \(schema_version 2\)"),
            (b'{"schema_version": "1"}', "got `str`"),
            (
                b'{"schema_version": 1, "tool": {"name": "t", "version": "1"}, "profiles": [], '
                b'"entries": [{}]}',
                "missing required field `target`",
            ),
            (
                b'{"schema_version": 1, "tool": {"name": "t", "version": "1"}, "profiles": [], "entries": '
                b'[{"target":"a","code":"b","fact":"c","severity":"error","profile":"p","sha256":"ABC"}]}',
                "regex",
            ),
        ],
    )
    def test_what_cannot_be_used_is_refused_in_a_sentence(
        self, content: bytes, said: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "baseline.json"
        path.write_bytes(content)
        with pytest.raises(UsageError, match=said) as refused:
            read_baseline(path)
        assert str(refused.value).startswith(f"{path}: ")
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 400 + len(str(path))

    def test_a_byte_order_mark_is_passed_over(self, tmp_path: Path) -> None:
        path = tmp_path / "baseline.json"
        path.write_text(baseline_text(Baseline(profiles=[PROFILE]), TOOL), encoding="utf-8-sig")
        assert read_baseline(path).profiles == (PROFILE,)

    def test_neither_a_folder_nor_a_device_nor_a_pipe_is_read(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path, said in (
            (tmp_path, "a folder"),
            (Path("/dev/zero"), "not a regular file"),
            (tmp_path / "pipe", "not a regular file"),
            (tmp_path / "none", "no such baseline"),
        ):
            with pytest.raises(UsageError, match=said):
                read_baseline(path)

    def test_what_is_too_large_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "baseline.json"
        with path.open("wb") as file:
            file.truncate(64_000_001)
        with pytest.raises(UsageError, match="more than 64,000,000 bytes"):
            read_baseline(path)

    def test_keys_of_later_versions_are_passed_over(self, tmp_path: Path) -> None:
        known = Baseline.of(report(asset("a.mp4", finding())))
        document = json.loads(baseline_text(known, TOOL))
        document["later"] = document["entries"][0]["later"] = 1
        path = tmp_path / "baseline.json"
        path.write_text(json.dumps(document))
        assert read_baseline(path).entries == known.entries


def test_entries_are_one_for_each_finding() -> None:
    result = asset("a.mp4", finding(), finding("FIL005", "integrity"))
    assert [entry.code for entry in entries_of(result, PROFILE)] == ["VID005", "FIL005"]
