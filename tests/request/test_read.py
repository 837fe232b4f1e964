"""Bodies from anywhere: each is read, or refused in one sentence."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.request.bodies import MODEL, body, item, request
from validator.model import Kind
from validator.request.item import Item
from validator.request.read import MOST_BYTES, Request, Unreadable, read_request

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
KEYS = st.sampled_from(["model", "prompt", "metadata", "content", "type", "role", "image_url", "url", "text"])
JSON = st.recursive(
    PLAIN | st.sampled_from(["image_url", "video_url", "text", "asset://asset-1"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=30,
)


def test_the_request_of_the_page_is_as_documented() -> None:
    page = {
        "model": "byteplus/dreamina-seedance-2-0-260128",
        "prompt": "The girl in [Image 1] arranges items on the counter.",
        "metadata": {
            "content": [
                {
                    "type": "image_url",
                    "role": "reference_image",
                    "image_url": {"url": "asset://asset-20260318071009-xy98z"},
                }
            ]
        },
    }
    assert read_request(json.dumps(page).encode()) == Request(
        MODEL,
        "The girl in [Image 1] arranges items on the counter.",
        (Item(Kind.IMAGE, 1, "asset://asset-20260318071009-xy98z", "reference_image"),),
    )


def test_positions_are_counted_by_type_in_the_order_of_the_content() -> None:
    kinds = ("image", "audio", "image", "video", "image", "audio")
    found = read_request(body("x", *map(item, kinds))).items
    assert [each.label for each in found] == [
        *("[Image 1]", "[Audio 1]", "[Image 2]", "[Video 1]", "[Image 3]", "[Audio 2]"),
    ]


def test_an_entry_without_its_address_keeps_its_position() -> None:
    broken = {"type": "image_url", "role": "reference_image"}
    found = read_request(body("x", broken, item("image", "asset://asset-2"))).items
    assert [(each.label, each.url) for each in found] == [("[Image 1]", ""), ("[Image 2]", "asset://asset-2")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"[", "no JSON: Expecting value, line 1, column 2"),
        (b'{"model": "m",\n}', "no JSON: "),
        (b"\xff\xfe{\x00}\x00", "it is not UTF-8 (byte 0)"),
        (b"\xef\xbb\xbf{}", "no JSON: Unexpected UTF-8 BOM"),
        (b'{"a": NaN}', "no JSON: NaN is no number there"),
        (b'{"a": -Infinity}', "no JSON: -Infinity is no number there"),
        (b"9" * 5000, "it holds a number that cannot be read"),
        (b'{"a": ' * 100_000, "it is nested too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "it is nested too deeply"),
        (b"[" + b"1," * 1_000_001 + b"1]", "it holds more than 1,000,000 values"),
        (b"null", "it is null, not an object"),
        (b"[]", "it is an array, not an object"),
        (b'"text"', "it is a text, not an object"),
        (b"1.5", "it is a number, not an object"),
        (b"true", "it is true or false, not an object"),
        (b'{"model": "m"} {}', "no JSON: Extra data"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_json_object_is_refused_in_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_request(data)
    assert str(refused.value).startswith(why)
    assert len(str(refused.value)) < 100


def test_what_is_too_large_is_not_read() -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return MOST_BYTES + 1

    with pytest.raises(Unreadable, match="it has 100,000,001 bytes"):
        read_request(Large(b"{}"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model": 5}, "model is a number, not a text"),
        ({"model": None}, "model is null, not a text"),
        ({"prompt": ["x"]}, "prompt is an array, not a text"),
        ({"metadata": []}, "metadata is an array, not an object"),
        ({"metadata": {"content": {}}}, "metadata.content is an object, not an array"),
        ({"metadata": {"content": ["x"]}}, "metadata.content[0] is a text, not an object"),
        ({"metadata": {"content": [{}]}}, "metadata.content[0] has no type"),
        ({"metadata": {"content": [{"type": 1}]}}, "metadata.content[0] has no type"),
        ({"metadata": {"content": [{"type": "image_url"}]}}, "metadata.content[0] has no image_url"),
        (
            {"metadata": {"content": [{"type": "image_url", "image_url": "asset://a"}]}},
            "metadata.content[0].image_url is a text, not an object with url",
        ),
        (
            {"metadata": {"content": [{"type": "video_url", "video_url": {"url": ""}}]}},
            "metadata.content[0].video_url has no url",
        ),
        (
            {"metadata": {"content": [item("audio", role=None) | {"role": 3}]}},
            "metadata.content[0].role is a number, not a text",
        ),
        (
            {"content": []},
            "content stands beside the prompt, where the page has metadata.content",
        ),
    ],
)
def test_what_is_built_otherwise_is_named_by_its_place(changed: dict[str, Any], said: str) -> None:
    found = read_request(json.dumps(request("x") | changed).encode())
    assert found.malformed == (said,)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prompt": " "}, "the prompt is empty"),
        (
            {"metadata": {"content": [{"type": "text", "text": "y"}]}},
            "metadata.content[0] is a text, where the page has the prompt alone",
        ),
        (
            {"metadata": {"content": [{"type": "draft_task"}]}},
            'metadata.content[0].type is "draft_task", none of image_url, video_url, audio_url',
        ),
    ],
)
def test_what_is_not_documented_is_unusual(changed: dict[str, Any], said: str) -> None:
    found = read_request(json.dumps(request("x") | changed).encode())
    assert (found.malformed, found.unusual) == ((), (said,))


def test_without_model_and_prompt_both_are_missed() -> None:
    found = read_request(b'{"metadata": {}}')
    assert (found.malformed, found.unusual) == (("there is no model",), ("there is no prompt",))
    assert (found.model, found.prompt) == (None, None)


def test_a_key_that_is_written_twice_is_named_wherever_it_stands() -> None:
    found = read_request(b'{"model": "m", "prompt": "x", "metadata": {"content": [], "content": []}}')
    assert found.malformed == ('the key "content" is written twice',)


def test_content_in_the_place_of_upstream_is_judged_all_the_same() -> None:
    found = read_request(json.dumps({"model": "m", "prompt": "x", "content": [item("image")]}).encode())
    assert [each.label for each in found.items] == ["[Image 1]"]
    assert found.malformed == ("content stands beside the prompt, where the page has metadata.content",)


def test_texts_in_the_content_belong_to_the_prompt() -> None:
    found = read_request(body("one", {"type": "text", "text": "two [Image 1]"}))
    assert found.prompt == "one\ntwo [Image 1]"


@given(JSON)
@example({"metadata": {"content": [{"type": "image_url", "image_url": {"url": "\ud800"}}]}})
def test_any_json_is_read_or_refused(value: object) -> None:
    if not isinstance(value, dict):
        with pytest.raises(Unreadable, match="not an object"):
            read_request(json.dumps(value).encode())
        return
    found = read_request(json.dumps(value).encode())
    assert len(found.items) <= 30
    assert bool(found.malformed) or isinstance(value["model"], str)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read_request(data)
