"""The report as SARIF 2.1.0, for code scanning and for editors.

What is particular about media in it:

- A file of media has no lines. GitHub wants one of each result, so `startLine` is 1 and stands for the whole
  file, of which the region says the bytes too. What a finding knows of a place in the picture, or of a time
  in the clip, lies in the region's properties.
- What could not be judged is no result, of whatever kind: code scanning shows every result as an alert, also
  one that says "open", and alerts that nobody can mend hide those that somebody can. It stands in the run's
  notifications, one for each asset and reason.
- GitHub refuses a whole file in which one artifact has an address of its own, as that is in no repository.
  So a URL is a path from its host on, without its query, and relative to `%URL%`; the message has all of it
  that may be shown.
- GitHub takes 25,000 results of a run and 10 MB (gzipped), and shows the 5,000 that weigh most. Nothing is
  left out here: a report that stops half-way tells of a run that did not take place.
- A file that lies outside of the folder that the tool was run in has its whole path: a relative one may not
  lead out of its root, and none that does is found by whoever has the root elsewhere.
- Of several profiles, each rule is "profile/code"; of one, it is the code alone.

It is written in ASCII, so that it is JSON whatever the encoding of standard output; results come as assets
are judged, and only the notifications are kept until the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import UNSET

from validator.findings import AssetReport, Finding, Severity, Summary, Tool
from validator.profile import Profile
from validator.report.base import Look
from validator.report.escape import sarif_markdown, sarif_text
from validator.report.fingerprint import Fingerprints
from validator.report.json import compact
from validator.report.outcome import by_reason
from validator.report.place import artifact_uri, is_relative, named
from validator.report.rule_page import as_markdown
from validator.report.rule_paragraphs import limit_lines, source_words
from validator.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_ROOT, _URLS = "%SRCROOT%", "%URL%"
_URL = re.compile(r"https?://[^\s<>\"]+")
_IN_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}


class SarifFormat:
    """One log of one run: first the rules, then a result for each finding."""

    def __init__(self, look: Look) -> None:
        self._checkout = look.checkout
        self._separator = ""
        self._main = ""
        self._several = False
        self._index: dict[str, int] = {}
        self._fingerprints = Fingerprints("")
        self._notifications: list[str] = []

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """The tool and its rules."""
        self._main, self._several = profiles[0].info.name, len(profiles) > 1
        self._fingerprints = Fingerprints(self._main)
        rules = [
            _descriptor(self._id(rule.code, profile.info.name), rule, profile)
            for profile in profiles
            for rule in profile.rules
        ]
        self._index = {rule["id"]: at for at, rule in enumerate(rules)}
        driver = {
            "name": tool.name,
            "version": tool.version,
            "properties": {"profiles": [profile.info for profile in profiles]},
        }
        written = _lines(map(compact, rules), 10)
        roots = {
            _ROOT: {"description": {"text": "The checkout, or the folder that the tool was run in."}},
            _URLS: {"description": {"text": "Addresses, from the host on; messages have the whole of each."}},
        }
        return (
            f'{{\n  "$schema": {compact(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [\n    {{\n'
            f'      "tool": {{\n        "driver": {compact(driver)[:-1]},"rules": [{written}]}}\n'
            f'      }},\n      "originalUriBaseIds": {compact(roots)},\n      "results": ['
        )

    def asset(self, result: AssetReport) -> str:
        """A line for each finding."""
        for profile, reason, codes in by_reason(result.not_judged, self._main):
            self._notifications.append(compact(self._notification(result, profile, reason, codes)))
        prints = self._fingerprints.of(result)
        found = [
            compact(self._result(result, finding, print_))
            for finding, print_ in zip(result.findings, prints, strict=True)
        ]
        if not found:
            return ""
        separator, self._separator = self._separator, ","
        return separator + _lines(found, 8).rstrip()

    def finish(self, summary: Summary) -> str:
        """What could not be judged, and the counts."""
        results_end = "\n      ]" if self._separator else "]"
        return (
            f'{results_end},\n      "invocations": [\n        {{"executionSuccessful":true,'
            f'"toolExecutionNotifications": [{_lines(self._notifications, 10)}]}}\n      ],\n'
            f'      "properties": {compact({"summary": summary})}\n    }}\n  ]\n}}\n'
        )

    def _id(self, code: str, profile: str) -> str:
        return f"{profile}/{code}" if self._several else code

    def _reference(self, code: str, profile: str) -> dict[str, Any]:
        """A rule by its id, and by its place among the rules where it is one of these."""
        rule = self._id(code, profile)
        return {"id": rule} | ({"index": self._index[rule]} if rule in self._index else {})

    def _result(self, result: AssetReport, finding: Finding, print_: tuple[str, int]) -> dict[str, Any]:
        profile = self._main if finding.profile is UNSET else finding.profile
        rule = self._reference(finding.code, profile)
        digest, number = print_
        which = f"{named(result)}: " if result.asset.is_url else ""
        about = {"profile": profile, "measured": finding.measured, "limit": finding.limit}
        state = {} if finding.known is UNSET else {"baselineState": "unchanged" if finding.known else "new"}
        return {
            "ruleId": rule["id"],
            **({"ruleIndex": rule["index"]} if "index" in rule else {}),
            "level": finding.severity.value,
            "message": {"text": sarif_text(f"{which}{finding.message} {finding.help}".strip())},
            "locations": [self._location(result, finding)],
            # GitHub goes by the second alone, and wants a hash and a number.
            "partialFingerprints": {
                "contentAndRule/v1": f"{digest}:{number}",
                "primaryLocationLineHash": f"{digest}:{number}",
            },
            **state,
            "properties": about | ({"prevents": finding.prevents} if finding.prevents else {}),
        }

    def _notification(
        self, result: AssetReport, profile: str, reason: str, codes: dict[str, Severity]
    ) -> dict[str, Any]:
        weighs = Severity.ERROR in codes.values()
        said = f"{', '.join(codes)} could not be judged for {named(result)}: {reason}."
        return {
            "level": "warning" if weighs else "note",
            "message": {"text": sarif_text(said)},
            "locations": [self._location(result)],
            "properties": {"rules": [self._id(code, profile) for code in codes]},
        }

    def _location(self, result: AssetReport, finding: Finding | None = None) -> dict[str, Any]:
        uri, size = artifact_uri(result, self._checkout), result.facts.file.bytes
        base = _URLS if result.asset.is_url else _ROOT
        artifact = {"uri": uri} | ({"uriBaseId": base} if is_relative(uri) else {})
        region: dict[str, Any] = {"startLine": 1}
        if size is not None:
            region |= {"byteOffset": 0, "byteLength": size}
        if finding is not None and finding.location:
            region["properties"] = finding.location
        return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _lines(elements: Iterable[str], indent: int) -> str:
    """Elements of a list in JSON, each on a line of its own."""
    written = ",".join(f"\n{' ' * indent}{element}" for element in elements)
    return f"{written}\n{' ' * (indent - 2)}" if written else ""


def _descriptor(name: str, rule: Rule, profile: Profile) -> dict[str, Any]:
    source = rule.source or profile.info.source
    pages = [found[0] for text in (source, profile.info.source) if (found := _URL.search(text))]
    limits = [f"Limit: {line}." for line in limit_lines(rule, profile)]
    properties = {
        "profile": profile.info.name,
        "source": source_words(rule, profile),
        "checked": profile.info.checked,
        "prevents": rule.prevents,
        "tags": [rule.applies],
        "problem.severity": _IN_WORDS[rule.severity],
    }
    return {
        "id": name,
        "name": rule.name,
        "shortDescription": {"text": sarif_text(rule.summary)},
        "fullDescription": {"text": sarif_text(" ".join(filter(None, (rule.why or rule.summary, *limits))))},
        "help": {
            "text": sarif_text(rule.help),
            "markdown": sarif_markdown(as_markdown(rule, profile).partition("\n\n")[2]),
        },
        **({"helpUri": pages[0]} if pages else {}),
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": properties,
    }
