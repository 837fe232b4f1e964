"""A baseline's file: one line an entry, sorted, so that a diff shows what came and what went."""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from validator.baseline import Baseline, Entry, UnjudgedEntry
from validator.errors import UsageError
from validator.findings import Tool
from validator.intake.source import open_local
from validator.intake.url import displayed, redact
from validator.model import Asset
from validator.report.escape import inert_json
from validator.threadsafe import ready

SCHEMA_VERSION = 1
LARGEST_BASELINE = 64_000_000
"""Bytes of a baseline that are read: some 250,000 entries."""

_LONGEST_REASON = 200
_ACCESS = {
    "missing": "there is no such baseline: write it with --write-baseline",
    "denied": "the baseline may not be read",
    "directory": "this is a folder, and no baseline",
}


class BaselineFile(msgspec.Struct, frozen=True):
    """Findings that are known, and what could not be judged of the same assets.

    `profiles` are those that the run judged by, which found them.
    """

    schema_version: Literal[1]
    tool: Tool
    profiles: tuple[str, ...]
    entries: tuple[Entry, ...]
    not_judged: tuple[UnjudgedEntry, ...] = ()


def baseline_text(baseline: Baseline, tool: Tool) -> str:
    """The content of a file that `read_baseline` takes: the same text for the same findings.

    >>> print(baseline_text(Baseline(profiles=["seedance-2.0"]), Tool("seedance-validator", "0.1.0")), end="")
    {
      "schema_version": 1,
      "tool": {"name":"seedance-validator","version":"0.1.0"},
      "profiles": ["seedance-2.0"],
      "entries": [],
      "not_judged": []
    }
    """
    head = {"schema_version": SCHEMA_VERSION, "tool": tool, "profiles": baseline.profiles}
    lines = [f'  "{key}": {_json(value)},' for key, value in head.items()]
    lines += [f'  "entries": {_listed(baseline.entries)},', f'  "not_judged": {_listed(baseline.not_judged)}']
    return inert_json("\n".join(["{", *lines, "}", ""]))


def read_baseline(path: str | os.PathLike[str]) -> Baseline:
    """Read a baseline that `validator lint --write-baseline` has written.

    Raises:
        UsageError: there is none, or it cannot be used; the message names the file and says what to do.

    >>> read_baseline("no/such.json")
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: no/such.json: there is no such baseline: write it with --write-baseline
    """
    name = os.fspath(path)
    data = _bytes(name)
    try:
        file = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=ready(BaselineFile))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(name, _problem(data.removeprefix(codecs.BOM_UTF8), error)) from error
    return Baseline(file.entries, file.profiles, file.not_judged)


def _bytes(name: str) -> bytes:
    with open_local(Asset(name, name)) as source:
        if source.file is None:
            access = source.access.access or ""
            raise _refused(name, _ACCESS.get(access, "this is not a regular file that can be read"))
        if (source.access.bytes or 0) > LARGEST_BASELINE:
            raise _refused(name, f"a baseline of more than {LARGEST_BASELINE:,} bytes is not read")
        try:
            return source.file.read(LARGEST_BASELINE)
        except OSError as error:
            raise _refused(name, f"the baseline could not be read ({error.strerror})") from error


def _refused(name: str, problem: str) -> UsageError:
    return UsageError(f"{displayed(name)}: {problem}")


def _problem(data: bytes, error: Exception) -> str:
    """What is wrong with it, in words; of what is no baseline at all, nothing is quoted."""
    named = "name a file that --write-baseline has written"
    try:
        top = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        return f"this is no baseline, since it is not a JSON object: {named}"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return f"this is no baseline, since it is not JSON: {named}"
    if "assets" in top and "entries" not in top:
        return "this is a report, and no baseline: write one with --write-baseline"
    version = bytes(top.get("schema_version", b""))
    if version.isdigit() and int(version) > SCHEMA_VERSION:
        return f"this baseline was written by a newer version (schema_version {version.decode()[:9]})"
    return f"this is no baseline ({redact(str(error))[:_LONGEST_REASON]}): {named}"


def _listed(entries: Sequence[Entry | UnjudgedEntry]) -> str:
    lines = ",\n".join(f"    {_json(entry)}" for entry in entries)
    return f"[\n{lines}\n  ]" if lines else "[]"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
