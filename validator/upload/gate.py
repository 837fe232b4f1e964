"""What is forwarded: only what the lint lets pass."""

from __future__ import annotations

from validator.findings import AssetReport, Severity, Verdict
from validator.upload.outcome import DeliveryOptions

_NAMED_AT_MOST = 5


def refusal(result: AssetReport, options: DeliveryOptions) -> str:
    """Why an asset is not forwarded, in words; "" where it is.

    >>> from validator.model import Asset, Facts, FileFacts, Kind
    >>> refusal(AssetReport(Asset("a.png", "a.png"), Facts()), DeliveryOptions())
    'its bytes are not known'
    >>> facts = Facts(Kind.IMAGE, FileFacts(sha256="0" * 64, bytes=10))
    >>> refusal(AssetReport(Asset("a.png", "a.png"), facts), DeliveryOptions())
    ''
    """
    if result.verdict is Verdict.FAIL:
        return f"the lint found errors: {_codes(result, Severity.ERROR)}"
    if result.verdict is Verdict.UNJUDGED and not options.allow_unjudged:
        unjudged = [skipped for skipped in result.not_judged if skipped.severity is Severity.ERROR]
        return f"{unjudged[0].code} could not be judged: {unjudged[0].reason}"
    for severity in (Severity.WARNING, Severity.NOTE):
        if severity.rank >= Severity(options.fail_on).rank and (codes := _codes(result, severity)):
            return f"the lint found {severity.value}s: {codes}"
    facts = result.facts
    if not facts.file.sha256 or facts.file.bytes is None:
        return "its bytes are not known"
    return "" if facts.kind else "it is neither an image, nor a video, nor a sound"


def rules_against(result: AssetReport, options: DeliveryOptions) -> tuple[str, ...]:
    """The rules that an asset breaks, or that could not be judged and would weigh as errors.

    Notes are left out, unless these decide, too.
    """
    least = Severity.NOTE if options.fail_on == "note" else Severity.WARNING
    found = [finding.code for finding in result.findings if finding.severity.rank >= least.rank]
    skipped = [skipped.code for skipped in result.not_judged if skipped.severity is Severity.ERROR]
    return tuple(dict.fromkeys([*found, *skipped]))


def _codes(result: AssetReport, severity: Severity) -> str:
    codes = list(dict.fromkeys(found.code for found in result.findings if found.severity is severity))
    more = f" and {len(codes) - _NAMED_AT_MOST} more" if len(codes) > _NAMED_AT_MOST else ""
    return ", ".join(codes[:_NAMED_AT_MOST]) + more
