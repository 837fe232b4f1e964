from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.errors import UsageError
from validator.model import Kind
from validator.profile import default_profile
from validator.request import lint_request
from validator.request.item import ROLES
from validator.request.write import MODEL, body_of, items_of, model_of, text_of


def test_the_page_s_request_is_written_as_it_stands_there() -> None:
    body = body_of(
        "The girl in [Image 1] arranges items on the counter.",
        items_of([("asset-20260318071009-xy98z", Kind.IMAGE, "")]),
    )
    assert body == {
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
    assert list(body["metadata"]["content"][0]) == ["type", "role", "image_url"]


def test_the_model_is_the_first_that_the_profile_takes() -> None:
    profile = default_profile()
    assert model_of(profile) == MODEL
    rule = msgspec.structs.replace(profile["REQ008"], one_of=("mine/fast", MODEL))
    assert model_of(msgspec.structs.replace(profile, rules=(rule,))) == "mine/fast"
    assert model_of(msgspec.structs.replace(profile, rules=())) == MODEL


@pytest.mark.parametrize(
    ("kind", "said", "role"),
    [
        (Kind.IMAGE, "", "reference_image"),
        (Kind.IMAGE, "reference", "reference_image"),
        (Kind.VIDEO, "", "reference_video"),
        (Kind.AUDIO, "reference_audio", "reference_audio"),
        (Kind.IMAGE, "first-frame", "first_frame"),
        (Kind.IMAGE, " Last_Frame ", "last_frame"),
    ],
)
def test_roles_may_be_written_as_people_do(kind: Kind, said: str, role: str) -> None:
    assert items_of([("asset-1", kind, said)])[0].role == role


@pytest.mark.parametrize(("kind", "said"), [(Kind.VIDEO, "first_frame"), (Kind.IMAGE, "hero")])
def test_a_role_of_another_type_is_refused(kind: Kind, said: str) -> None:
    with pytest.raises(
        UsageError, match=f'"{said}" is no role that .* can have: it is one of {ROLES[kind][0]}'
    ):
        items_of([("asset-1", kind, said)])


def test_what_cannot_be_sent_is_refused() -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        text_of(body_of("caf\udce9", ()))


@given(
    st.lists(
        st.tuples(st.from_regex(r"asset-[a-z0-9]{1,20}", fullmatch=True), st.sampled_from(Kind)), max_size=12
    ),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_what_is_written_is_read_as_documented(assets: list[tuple[str, Kind]], prompt: str) -> None:
    items = items_of([(asset_id, kind, "") for asset_id, kind in assets])
    text = text_of(body_of(prompt, items))
    assert json.loads(text)["prompt"] == prompt
    codes = {finding.code for finding in lint_request(text.encode()).findings}
    assert not codes & {"REQ003", "REQ007", "REQ008"}
    assert ("REQ006" in codes) is not bool(prompt.strip())
