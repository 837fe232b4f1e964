"""The report for programs. Its keys are a contract: `schemas/report.schema.json` is made from these types."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from validator.findings import AssetReport, Finding, ProfileInfo, Summary, Tool, Verdict
from validator.intake.url import displayed
from validator.model import Group, Kind, Role
from validator.profile import Profile
from validator.quantity import plain
from validator.report.escape import ascii_json, encodable, inert_json

SCHEMA_VERSION = 1
_LINE = "\n"


class NotJudgedEntry(msgspec.Struct, frozen=True):
    """A rule that could not be applied, and why. It never counts as passed.

    `known`: whether a baseline holds it, together with what the asset fails by.
    """

    code: str
    reason: str
    profile: str | UnsetType = UNSET
    known: bool | UnsetType = UNSET


class AssetEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One asset. `target` is what the user named; of a URL, user, password, query and fragment are left out.

    `bytes` and `sha256` are those of the whole file, `null` where it could not be read. `facts` are all
    that was measured; fractions are numbers there, and exact in each finding's `measured.exact`.
    `verdicts` is the verdict by the name of each profile, where there are several.
    """

    target: str
    source: Literal["file", "url"]
    kind: Kind | None
    role: Role | None
    verdict: Verdict
    sha256: str | None
    bytes: int | None
    facts: dict[str, Any]
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudgedEntry, ...]
    name: str | UnsetType = UNSET
    group: Group | UnsetType = UNSET
    verdicts: dict[str, Verdict] | UnsetType = UNSET


class Document(msgspec.Struct, frozen=True):
    """The whole report. `summary` is written last, so that a report can be read and written as it grows.

    `profile` is the main one; `profiles` are all, where there are several.
    """

    schema_version: Literal[1]
    tool: Tool
    profile: ProfileInfo
    assets: tuple[AssetEntry, ...]
    summary: Summary
    profiles: tuple[ProfileInfo, ...] | UnsetType = UNSET


def asset_entry(result: AssetReport) -> AssetEntry:
    """One judged asset, as it stands in the report."""
    asset, file = result.asset, result.facts.file
    return AssetEntry(
        target=displayed(asset.target, is_url=asset.is_url),
        source=asset.source,
        kind=result.facts.kind,
        role=asset.role,
        verdict=result.verdict,
        sha256=file.sha256,
        bytes=file.bytes,
        facts={name: plain(value) for name, value in result.facts.values().items()},
        findings=result.findings,
        not_judged=tuple(
            NotJudgedEntry(skipped.code, skipped.reason, skipped.profile, skipped.known)
            for skipped in result.not_judged
        ),
        name=UNSET if asset.name is None else asset.name,
        group=UNSET if asset.group is None else asset.group,
        verdicts=dict(result.verdicts) if result.profiles else UNSET,
    )


class JsonFormat:
    """The report as one JSON document, asset by asset."""

    def __init__(self) -> None:
        self._separator = ""

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """The head of the document."""
        infos = [profile.info for profile in profiles]
        head = {"schema_version": SCHEMA_VERSION, "tool": tool, "profile": infos[0]}
        if len(infos) > 1:
            head["profiles"] = infos
        return pretty(head).removesuffix("\n}") + ',\n  "assets": ['

    def asset(self, result: AssetReport) -> str:
        """One element of `assets`."""
        separator, self._separator = self._separator, ","
        return f"{separator}\n    {pretty(asset_entry(result)).replace(_LINE, _LINE + '    ')}"

    def finish(self, summary: Summary) -> str:
        """The counts, and the end."""
        end = "\n  ]" if self._separator else "]"
        return f"{end},\n{pretty({'summary': summary}).removeprefix('{').strip(chr(10))}\n"


def compact(value: Any) -> str:
    r"""A value as JSON on one line, in ASCII.

    >>> compact({"target": "顔.png"})
    '{"target":"\\u9854.png"}'
    """
    return ascii_json(_encoded(value).decode())


def pretty(value: Any) -> str:
    """A value as JSON that people can read too, inert wherever it is shown; no line feed at its end."""
    return inert_json(msgspec.json.format(_encoded(value), indent=2).decode())


def _encoded(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # a surrogate, which is a byte of a file's name that is not UTF-8
        return msgspec.json.encode(all_encodable(msgspec.to_builtins(value)))


def all_encodable(value: Any) -> Any:
    r"""A value of texts, lists and maps that can be written as UTF-8: see `encodable`.

    >>> print(all_encodable({"targets": ["a.png", "\udce9"]})["targets"][1])
    \xe9
    """
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(key): all_encodable(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [all_encodable(held) for held in value]
    return value
