"""What a finding is recognised by in later reports, wherever its file is moved to."""

from __future__ import annotations

import hashlib
from collections import Counter

from validator.baseline import Entry, entries_of
from validator.findings import AssetReport


class Fingerprints:
    """One fingerprint for each finding of a run, which all runs give it until the file itself changes.

    It is made of the file's bytes, the rule, the fact and the profile; so a renamed file keeps it. What is
    wrong with an address, or with a file that could not be read, is known by the target. Files with the same
    bytes are told apart by their order, and so are URLs that differ in nothing but their queries: a link that
    is signed anew each time brings no new alert.

    >>> from validator.model import Asset, Facts
    >>> Fingerprints("seedance-2.0").of(AssetReport(Asset("a.png", "a.png"), Facts()))
    ()
    """

    def __init__(self, profile: str) -> None:
        self._profile = profile
        self._seen: Counter[bytes] = Counter()

    def of(self, result: AssetReport) -> tuple[tuple[str, int], ...]:
        """For each finding of an asset, in their order: a digest, and how many had it by now."""
        return tuple(self._counted(repr(_identity(entry))) for entry in entries_of(result, self._profile))

    def of_unjudged(self, result: AssetReport, reason: str) -> tuple[str, int]:
        """The same for an asset that could not be judged."""
        subject = result.facts.file.sha256 or result.target
        return self._counted(repr((subject, "not judged", reason)))

    def _counted(self, key: str) -> tuple[str, int]:
        digest = hashlib.sha256(key.encode("utf-8", "backslashreplace")).digest()[:16]
        self._seen[digest] += 1
        return digest.hex(), self._seen[digest]


def _identity(entry: Entry) -> tuple[tuple[str, str], str, str, str]:
    subject = ("target", entry.target) if entry.sha256 is None else ("sha256", entry.sha256)
    return subject, entry.code, entry.fact, entry.profile
