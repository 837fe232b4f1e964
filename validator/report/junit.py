"""The report as JUnit XML, which Jenkins, GitLab, Azure and others show as tests.

One suite, and in it a test for each asset; of several profiles, for each asset and profile. Its class is
"profile.kind". Errors are failures, all of an asset in one, since Jenkins reads no second. An asset that
could not be judged is an error: it never counts as passed, and a run of such ends with exit code 2. One that
fails by what a baseline knows alone is skipped. Warnings, notes, and what else could not be judged are the
test's output.

A suite's counts come before its tests, so the tests are kept until the end: about 1 kB an asset. It is
written in ASCII, so that it is XML whatever the encoding of standard output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from validator.findings import AssetReport, Finding, Severity, Summary, Tool, Verdict
from validator.profile import Profile
from validator.report.escape import xml_text
from validator.report.outcome import by_profile, by_reason
from validator.report.place import named

_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


class JUnitFormat:
    """A document, written when its counts are known."""

    def __init__(self) -> None:
        self._tool = Tool("", "")
        self._profiles: tuple[Profile, ...] = ()
        self._counts: Counter[str] = Counter()
        self._tests: list[str] = []

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """Nothing yet."""
        self._tool, self._profiles = tool, profiles
        return ""

    def asset(self, result: AssetReport) -> str:
        """Nothing yet."""
        for profile, alone in by_profile(result, self._profiles[0].info.name).items():
            self._tests.append(self._test(alone, profile))
        return ""

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - tests are counted, which profiles multiply
        """All of it."""
        name = xml_text(self._tool.name)
        counts = "".join(f' {each}="{self._counts[each]}"' for each in ("tests", "failures", "errors"))
        # The root cannot say how many were skipped.
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{name}"{counts}>\n'
            f'  <testsuite name="{name}"{counts} skipped="{self._counts["skipped"]}">\n'
            f"{self._properties()}{''.join(self._tests)}  </testsuite>\n</testsuites>\n"
        )

    def _properties(self) -> str:
        said = [("version", self._tool.version)]
        for profile in self._profiles:
            info = profile.info
            said.append(("profile", f"{info.name}: {info.title} (checked {info.checked}, {info.source})"))
        lines = (f'      <property name="{name}" value="{xml_text(value)}"/>\n' for name, value in said)
        return f"    <properties>\n{''.join(lines)}    </properties>\n"

    def _test(self, result: AssetReport, profile: str) -> str:
        self._counts["tests"] += 1
        of_none = "file" if result.facts.request is None else "request"
        class_name = f"{profile}.{result.facts.kind or of_none}"
        head = f'    <testcase classname="{xml_text(class_name)}" name="{xml_text(named(result))}"'
        inside = self._verdict(result) + _output(result)
        return f"{head}>\n{inside}    </testcase>\n" if inside else f"{head}/>\n"

    def _verdict(self, result: AssetReport) -> str:
        """The element that says why the test did not pass; empty where it did."""
        if result.verdict is Verdict.PASS:
            return ""
        errors = [each for each in result.findings if each.severity is Severity.ERROR]
        if result.counts_as is Verdict.UNJUDGED:
            reasons = _unjudged(result)
            return self._element("error", "not-judged", reasons[0], [*reasons, *_said(errors)])
        new = [each for each in errors if each.known is not True]
        if new:
            return self._element("failure", new[0].code, _headline(new), _said(errors))
        return self._element("skipped", "known", "fails by what the baseline knows", _said(errors))

    def _element(self, name: str, type_: str, message: str, lines: Sequence[str]) -> str:
        self._counts[_COUNTED[name]] += 1
        attributes = f'type="{xml_text(type_)}" message="{xml_text(message)}"'
        return f"      <{name} {attributes}>{_text(lines)}</{name}>\n"


def _output(result: AssetReport) -> str:
    lines = _said([each for each in result.findings if each.severity is not Severity.ERROR])
    if result.counts_as is not Verdict.UNJUDGED:
        lines += _unjudged(result)
    return f"      <system-out>{_text(lines)}</system-out>\n" if lines else ""


def _unjudged(result: AssetReport) -> list[str]:
    """What could not be judged, and why; what weighs most first, and last what a baseline knows."""
    lines = []
    for skipped, known in ((result.new_not_judged, ""), (result.known_not_judged, " (known)")):
        grouped = by_reason(skipped, "")
        grouped.sort(key=lambda group: -max(severity.rank for severity in group[2].values()))
        lines += [f"not judged: {', '.join(codes)}: {reason}{known}" for _, reason, codes in grouped]
    return lines


def _headline(errors: Sequence[Finding]) -> str:
    first, others = errors[0], len(errors) - 1
    more = f" (and {others} more error{'' if others == 1 else 's'})" if others else ""
    return f"{first.code} {first.name}: {first.message}{more}"


def _said(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for each in findings:
        known = " (known)" if each.known is True else ""
        lines.append(f"{each.severity} {each.code} {each.name}: {each.message}{known}")
        if each.help:
            lines.append(f"  help: {each.help}")
    return lines


def _text(lines: Sequence[str]) -> str:
    return "\n".join(map(xml_text, lines))
