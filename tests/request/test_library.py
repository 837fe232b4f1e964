"""What the library says of a request's assets: REQ005."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.request.bodies import body, item
from validator.config import Config
from validator.errors import AuthenticationError, NotFound, RateLimited, ServiceUnavailable
from validator.findings import AssetReport
from validator.model import Kind
from validator.request import lint_request
from validator.request.library import Ask
from validator.upload.records import Failure, RegisteredAsset

ACTIVE = RegisteredAsset("asset-1", kind=Kind.IMAGE, status="Active")


def library(held: Mapping[str, RegisteredAsset], asked: list[str] | None = None) -> Ask:
    def ask(asset_id: str) -> RegisteredAsset:
        if asked is not None:
            asked.append(asset_id)
        if asset_id not in held:
            raise NotFound(f"there is no asset {asset_id}", status=404)
        return held[asset_id]

    return ask


def failing(error: Exception) -> Ask:
    def ask(_: str) -> RegisteredAsset:
        raise error

    return ask


def lint(*ids: str, ask: Ask | None, config: Config | None = None) -> AssetReport:
    entries = [item("image", f"asset://{asset_id}") for asset_id in ids]
    prompt = " ".join(f"[Image {at}]" for at in range(1, len(ids) + 1))
    return lint_request(body(prompt, *entries), config, ask=ask)


def codes(result: AssetReport) -> list[str]:
    return [each.code for each in result.findings]


def test_active_assets_pass() -> None:
    result = lint("asset-1", ask=library({"asset-1": ACTIVE}))
    assert (codes(result), result.not_judged, result.verdict.value) == ([], (), "pass")


@pytest.mark.parametrize(
    ("asset", "said"),
    [
        (RegisteredAsset("asset-1", status="Processing"), '[Image 1] is "Processing"'),
        (
            RegisteredAsset("asset-1", status="Failed", failure=Failure("FaceMismatch", "no")),
            '[Image 1] is "Failed" (FaceMismatch)',
        ),
        (RegisteredAsset("asset-1", status="Archived"), '[Image 1] is "Archived"'),
        (RegisteredAsset("asset-1"), '[Image 1] is ""'),
    ],
)
def test_any_other_status_fails(asset: RegisteredAsset, said: str) -> None:
    result = lint("asset-1", ask=library({"asset-1": asset}))
    (finding,) = result.findings
    assert (finding.code, finding.severity.value) == ("REQ005", "error")
    assert finding.message == f"Not every asset is Active: {said}."


def test_what_is_not_there_is_the_worst_and_all_are_named() -> None:
    held = {"asset-1": RegisteredAsset("asset-1", status="Processing"), "asset-2": ACTIVE}
    result = lint("asset-1", "asset-2", "asset-3", ask=library(held))
    (finding,) = result.findings
    assert finding.measured.value == "missing"
    assert finding.message == (
        'Not every asset is Active: [Image 3] is not in the library; [Image 1] is "Processing".'
    )


def test_each_asset_is_asked_for_once() -> None:
    asked: list[str] = []
    lint("asset-1", "asset-1", "asset-2", ask=library({"asset-1": ACTIVE, "asset-2": ACTIVE}, asked))
    assert asked == ["asset-1", "asset-2"]


def test_a_library_that_was_not_asked_keeps_nothing_from_passing() -> None:
    result = lint("asset-1", ask=None)
    assert [(each.code, each.reason) for each in result.not_judged] == [
        ("REQ005", "the library was not asked (--online asks it)")
    ]
    assert result.verdict.value == "pass"


def test_where_no_asset_is_named_there_is_nothing_to_ask() -> None:
    assert lint(ask=None).not_judged == ()
    assert lint("asset-1", ask=None, config=Config(ignore=("REQ005",))).not_judged == ()
    never = failing(AssertionError("asked"))
    assert lint(ask=never).verdict.value == "pass"


@pytest.mark.parametrize(
    "error",
    [ServiceUnavailable("no answer"), RateLimited("slow down"), AuthenticationError("the key is wrong")],
)
def test_a_library_that_gives_no_answer_leaves_the_request_unjudged(error: Exception) -> None:
    result = lint("asset-1", ask=failing(error))
    assert [(each.code, each.reason) for each in result.not_judged] == [
        ("REQ005", f"the library could not be asked: {error}")
    ]
    assert result.verdict.value == "unjudged"


def test_what_was_answered_before_counts() -> None:
    answers: dict[str, Callable[[], RegisteredAsset]] = {
        "asset-1": lambda: RegisteredAsset("asset-1", status="Failed")
    }

    def ask(asset_id: str) -> RegisteredAsset:
        if asset_id not in answers:
            raise ServiceUnavailable("no answer")
        return answers[asset_id]()

    assert codes(lint("asset-1", "asset-2", ask=ask)) == ["REQ005"]


def test_not_more_is_asked_than_any_request_needs() -> None:
    asked: list[str] = []
    ids = [f"asset-{number}" for number in range(80)]
    result = lint(*ids, ask=library(dict.fromkeys(ids, ACTIVE), asked))
    assert len(asked) == 50
    assert "the request names more than 50 assets" in [each.reason for each in result.not_judged]


def test_the_library_knows_the_type() -> None:
    video = RegisteredAsset("asset-1", kind=Kind.VIDEO, status="Active")
    assert codes(lint("asset-1", ask=library({"asset-1": video}))) == ["REQ003"]


def test_words_of_the_service_are_quoted_and_short() -> None:
    odd = RegisteredAsset("asset-1", status="x\n" * 500)
    (finding,) = lint("asset-1", ask=library({"asset-1": odd})).findings
    assert "\n" not in finding.message
    assert len(finding.message) < 200
