"""Requests from strangers: whatever they hold, a report comes of it, and none that does harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import at_most
from tests.request.bodies import MODEL, body, item
from validator.errors import NotFound
from validator.finished import Report
from validator.model import Kind
from validator.profile import default_profile
from validator.report.base import render
from validator.request import Known, lint_request
from validator.run import TOOL
from validator.upload.records import RegisteredAsset

ANY_TEXT = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        "[Image 1]",
        "[image 1]",
        "asset://asset-1",
        "first_frame",
        "reference_image",
        "\ud800",
        "::error::",
        "\x1b[2J",
    ]
)
PLAIN = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT
)
ENTRY = st.fixed_dictionaries(
    {"type": st.sampled_from(["image_url", "video_url", "audio_url", "text"]) | PLAIN},
    optional={
        "role": PLAIN,
        "text": PLAIN,
        **{f"{kind.value}_url": PLAIN | st.fixed_dictionaries({}, optional={"url": PLAIN}) for kind in Kind},
    },
)
REQUEST = st.fixed_dictionaries(
    {},
    optional={
        "model": st.just(MODEL) | PLAIN,
        "prompt": PLAIN | st.lists(ANY_TEXT, max_size=5).map(" ".join),
        "metadata": PLAIN
        | st.fixed_dictionaries({}, optional={"content": PLAIN | st.lists(ENTRY | PLAIN, max_size=6)}),
        "content": PLAIN | st.lists(ENTRY, max_size=3),
    },
)


def ask(asset_id: str) -> RegisteredAsset:
    if len(asset_id) % 2:
        raise NotFound("no")
    return RegisteredAsset(asset_id, kind=Kind.IMAGE, status="Active")


@given(REQUEST, st.booleans())
def test_any_request_gets_a_report(request_: dict[str, object], online: bool) -> None:
    result = lint_request(
        json.dumps(request_).encode(), knowledge=lambda _: Known(Kind.IMAGE), ask=ask if online else None
    )
    report = Report(TOOL, (default_profile(),), (result,))
    text, document = render(report, "text"), render(report, "json")
    text.encode()
    assert "\x1b" not in text + document
    assert json.loads(document)["assets"][0]["verdict"] == result.verdict.value
    assert all(each.message.endswith(".") and len(each.message) < 1500 for each in result.findings)
    assert all(each.help for each in result.findings)


@pytest.mark.parametrize(
    "data",
    [
        body("x" * 5_000_000, item("image")),
        body("[Image 1] " * 200_000, item("image")),
        body("[Image 2] " * 200_000, item("image")),
        body("".join(f"[image {at}] " for at in range(100_000)), item("image")),
        body("x", *[item("image", "asset://asset-1")] * 10_000),
        body("x", *[item("audio", "u" * 200, role="r" * 200)] * 5_000),
        body("x", item("image", "data:image/png;base64," + "A" * 20_000_000)),
        body("x", item("image", "https://" + "h" * 2_000_000)),
        body("x", item("image", "https://h.example/" + "@" * 200_000)),
        body("x", item("image", "asset-" + "a" * 2_000_000)),
        body("x", model="m" * 5_000_000),
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b"{" + b",".join(b'"model": "m"' for _ in range(100_000)) + b"}",
    ],
    ids=lambda data: f"{data[-60:-40]!r}",
)
def test_what_is_large_takes_seconds_at_most_and_is_told_in_few_words(data: bytes) -> None:
    with at_most(5):
        result = lint_request(data)
    assert all(len(each.message) < 1500 for each in result.findings)
