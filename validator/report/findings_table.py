"""Judged assets as rows of an Arrow table, one for each. Its columns are a contract: more may come behind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
from msgspec import UNSET

from validator.findings import AssetReport, Finding, NotJudged, Verdict
from validator.intake.url import displayed
from validator.model import Facts, Group
from validator.quantity import exact
from validator.report.json import all_encodable, compact
from validator.report.place import named

_TEXT = pa.string()
_GROUP = pa.struct([("kind", _TEXT), ("id", _TEXT), ("name", _TEXT)])
_FINDING = pa.struct(
    [
        ("profile", _TEXT),
        ("severity", _TEXT),
        ("code", _TEXT),
        ("rule", _TEXT),
        ("message", _TEXT),
        ("help", _TEXT),
        ("fact", _TEXT),
        ("measured", _TEXT),
        ("unit", _TEXT),
        ("min", _TEXT),
        ("max", _TEXT),
        ("open", pa.bool_()),
        ("one_of", pa.list_(_TEXT)),
        ("side", _TEXT),
        ("by", _TEXT),
        ("prevents", pa.list_(_TEXT)),
        ("limit_source", _TEXT),
        ("observed", _TEXT),
        ("location", _TEXT),
        ("known", pa.bool_()),
    ]
)
_NOT_JUDGED = pa.struct(
    [("profile", _TEXT), ("severity", _TEXT), ("code", _TEXT), ("reason", _TEXT), ("known", pa.bool_())]
)
_VERDICT = pa.struct([("profile", _TEXT), ("verdict", _TEXT)])

FINDINGS_SCHEMA = pa.schema(
    [
        ("target", _TEXT),
        ("source", _TEXT),
        ("name", _TEXT),
        ("role", _TEXT),
        ("group", _GROUP),
        ("kind", _TEXT),
        ("verdict", _TEXT),
        ("error", _TEXT),
        ("sha256", _TEXT),
        ("bytes", pa.int64()),
        ("facts", _TEXT),
        ("findings", pa.list_(_FINDING)),
        ("not_judged", pa.list_(_NOT_JUDGED)),
        ("verdicts", pa.list_(_VERDICT)),
    ]
)
"""The columns, all of which may be null.

`target` is what was named; of a URL, user, password, query and fragment are left out. `verdict` is "pass",
"fail" or "unjudged"; where `error` says why a row makes no sense, it is "unjudged", and no file was looked
for. `facts` is JSON, by the name of each fact: lengths, rates and ratios are texts that are exact ("2",
"24000/1001", "0.4"), which Python's `Fraction` reads; what was not measured is absent. `measured`, `min`,
`max` and `by` of a finding are as exact. `location` is JSON, as in the JSON report. `profile` and `verdicts`
are said where several profiles judge, `known` where there is a baseline.
"""

_LARGEST = 2**63 - 1


class FindingRows:
    """Rows on their way into a record batch.

    >>> from validator.model import Asset
    >>> rows = FindingRows()
    >>> rows.add(AssetReport(Asset("a.png", "a.png"), Facts()))
    >>> rows.batch().column("verdict").to_pylist(), len(rows)
    (['pass'], 0)
    """

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, result: AssetReport) -> None:
        """A judged asset."""
        asset, file = result.asset, result.facts.file
        self._rows.append(
            {
                "target": named(result),
                "source": asset.source,
                "name": asset.name,
                "role": asset.role,
                "group": _group(asset.group),
                "kind": result.facts.kind,
                "verdict": result.verdict.value,
                "sha256": file.sha256,
                # A host may announce any length.
                "bytes": file.bytes if file.bytes is None or file.bytes <= _LARGEST else None,
                "facts": facts_json(result.facts),
                "findings": [_finding(each) for each in result.findings],
                "not_judged": [_skipped(each) for each in result.not_judged],
                "verdicts": [{"profile": name, "verdict": verdict} for name, verdict in result.verdicts],
            }
        )

    def add_refused(self, target: str | None, why: str, *, is_url: bool = False) -> None:
        """A row that makes no sense, and why. `is_url`: its target is none but by being called so."""
        self._rows.append(
            {
                "target": None if target is None else displayed(target, is_url=is_url),
                "verdict": Verdict.UNJUDGED.value,
                "error": why,
                "findings": [],
                "not_judged": [],
                "verdicts": [],
            }
        )

    def batch(self) -> Any:
        """The rows so far as a record batch; the next one begins anew."""
        rows, self._rows = self._rows, []
        columns = [_array([row.get(field.name) for row in rows], field.type) for field in FINDINGS_SCHEMA]
        return pa.RecordBatch.from_arrays(columns, schema=FINDINGS_SCHEMA)


def facts_json(facts: Facts) -> str:
    """All that was measured, exactly.

    >>> from validator.model import VideoFacts
    >>> facts_json(Facts(media=VideoFacts(width=854, frame_rate=Fraction(24000, 1001))))
    '{"frame_rate":"24000/1001","width":854}'
    """
    values = facts.values()
    try:
        return _ENCODER.encode(values).decode()
    except UnicodeEncodeError:  # a name that is no text
        return compact({name: _exactly(value) for name, value in values.items()})


def _number(value: object) -> str:
    """What the encoder does not know.

    Raises:
        NotImplementedError: it is no fraction.
    """
    if isinstance(value, Fraction):
        return exact(value)
    raise NotImplementedError(type(value))


_ENCODER = msgspec.json.Encoder(enc_hook=_number)


def _exactly(value: object) -> Any:
    if isinstance(value, Fraction):
        return exact(value)
    if isinstance(value, msgspec.Struct):
        return {name: _exactly(held) for name, held in msgspec.structs.asdict(value).items()}
    if isinstance(value, (tuple, list)):
        return [_exactly(held) for held in value]
    return value


def _group(group: Group | None) -> dict[str, str | None] | None:
    if group is None:
        return None
    return {"kind": group.kind, "id": group.id, "name": group.name}


def _finding(finding: Finding) -> dict[str, Any]:
    limit, measured = finding.limit, finding.measured
    return {
        "profile": _set(finding.profile),
        "severity": finding.severity,
        "code": finding.code,
        "rule": finding.name,
        "message": finding.message,
        "help": finding.help,
        "fact": measured.fact,
        "measured": measured.exact,
        "unit": measured.unit,
        "min": limit.min,
        "max": limit.max,
        "open": limit.open,
        "one_of": limit.one_of,
        "side": limit.side,
        "by": limit.by,
        "prevents": finding.prevents,
        "limit_source": limit.source,
        "observed": limit.observed,
        "location": None if finding.location is None else compact(finding.location),
        "known": _set(finding.known),
    }


def _skipped(skipped: NotJudged) -> dict[str, Any]:
    return {
        "profile": _set(skipped.profile),
        "severity": skipped.severity,
        "code": skipped.code,
        "reason": skipped.reason,
        "known": _set(skipped.known),
    }


def _set(value: object) -> Any:
    return None if value is UNSET else value


def _array(values: list[Any], type_: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, type_)
    except UnicodeEncodeError:  # a surrogate, which is a byte of a file's name that is not UTF-8
        return pa.array(all_encodable(values), type_)
