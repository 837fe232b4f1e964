"""A request judged: its body becomes facts, and the facts meet the rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from validator.config import check_config, policy_for
from validator.errors import UsageError
from validator.findings import AssetReport, NotJudged, Severity
from validator.generation import RequestFacts
from validator.intake.source import open_local
from validator.intake.url import displayed
from validator.judge import Policy, judge
from validator.model import Asset, Facts, FileFacts
from validator.profile import Profile, load_profile
from validator.request import facts as request_facts
from validator.request import library
from validator.request.facts import Knowledge, nothing_known
from validator.request.library import Ask
from validator.request.read import MOST_BYTES, Request, Unreadable, read_request
from validator.settings import Config

_NOT_ASKED = "the library was not asked (--online asks it)"
_ACCESS = {"missing": "there is no such file", "directory": "it is a folder", "denied": "it may not be read"}


@dataclass(frozen=True)
class Body:
    """The bytes of a request; of one that is too large to be read, its size alone."""

    data: bytes
    size: int


def read_file(path: str) -> Body:
    """The request in a file.

    Raises:
        UsageError: it cannot be read.
    """
    shown = displayed(path)
    with open_local(Asset(path, path)) as source:
        access = source.access
        if source.file is None:
            why = _ACCESS.get(access.access or "", "") or access.access_detail or "it is not a regular file"
            raise UsageError(f"the request {shown} cannot be read: {why}")
        try:
            return read_stream(source.file, access.bytes or 0)
        except OSError as error:
            raise UsageError(f"the request {shown} cannot be read: {error.strerror or error}") from error


def read_stream(stream: BinaryIO, size: int = 0) -> Body:
    """The request in a stream, of which no more is read than can be a request.

    >>> import io
    >>> read_stream(io.BytesIO(b"{}"))
    Body(data=b'{}', size=2)
    """
    data = stream.read(MOST_BYTES + 1)
    return Body(data, max(size, len(data)))


def check_profile(profile: Profile) -> None:
    """Refuse a profile that no rule of is about requests: they would pass, whatever is wrong with them.

    Raises:
        UsageError: naming one that has such rules.

    >>> from validator.profile import default_profile
    >>> check_profile(default_profile())
    """
    if not any(rule.applies == "request" for rule in profile.rules):
        name = profile.info.name
        raise UsageError(
            f"the profile {name} has no rules on requests: name one that has, such as seedance-2.0"
        )


def lint_request(
    body: bytes | Body,
    config: Config | None = None,
    *,
    target: str = "-",
    profile: Profile | None = None,
    knowledge: Knowledge = nothing_known,
    ask: Ask | None = None,
) -> AssetReport:
    """Judge the body of a generation request; whatever is wrong with it is a finding, and no exception.

    `target` is how the report names it. `knowledge` tells what is known of the media that it names, which
    durations above all. `ask` gets an asset from the library (`AssetClient.asset`); without it, REQ005 is
    listed as not judged, and does not keep the request from passing.

    Raises:
        UsageError: a configuration that cannot be used, or a profile that has no rules on requests.

    >>> lint_request(b'{"prompt": "A cat."}').findings[0].message
    'The request is not built as documented (there is no model).'
    """
    config = config or Config()
    profile = profile or load_profile(config.profile)
    check_profile(profile)
    config = check_config(config, profile)
    asset = Asset(target, target)
    policy = policy_for(asset, config, profile)
    held = body if isinstance(body, Body) else Body(body, len(body))
    file = FileFacts(bytes=held.size, sha256=_digest(held))
    request, unreadable = _read(held)
    if request is None:
        broken = RequestFacts(form="unreadable", form_detail=unreadable)
        facts = Facts(file=file, request=broken, unmeasured={"*": "the request cannot be read"})
    else:
        facts = _facts(file, request, knowledge, ask)
    findings, not_judged = judge(asset, facts, profile, policy)
    if ask is None and request is not None:
        not_judged += _not_asked(request, profile, policy)
    return AssetReport(asset, facts, findings, not_judged)


def _read(body: Body) -> tuple[Request | None, str]:
    try:
        return read_request(body.data), ""
    except Unreadable as error:
        return None, str(error)


def _digest(body: Body) -> str | None:
    return hashlib.sha256(body.data).hexdigest() if body.size == len(body.data) <= MOST_BYTES else None


def _facts(file: FileFacts, request: Request, knowledge: Knowledge, ask: Ask | None) -> Facts:
    if ask is None:
        said, why = request_facts.measure(request, knowledge)
        return Facts(file=file, request=said, unmeasured=why)
    answers = library.ask_for(request.items, ask)
    said, why = request_facts.measure(request, library.informed(answers, knowledge))
    references, why_not = library.measure(request.items, answers)
    return Facts(file=file, request=said, references=references, unmeasured={**why, **why_not})


def _not_asked(request: Request, profile: Profile, policy: Policy) -> tuple[NotJudged, ...]:
    """The rules that only the library could decide: a note each, since nobody asked for them."""
    if not any(item.asset_id for item in request.items):
        return ()
    return tuple(
        NotJudged(rule.code, _NOT_ASKED, Severity.NOTE)
        for rule in profile.rules
        if rule.applies == "references" and (policy.codes is None or rule.code in policy.codes)
    )
