"""What a prompt points to, and what was only meant to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import at_most
from validator.model import Kind
from validator.request.item import label
from validator.request.prompt import Mentions, mentions

HERE = {Kind.IMAGE: 3, Kind.VIDEO: 2, Kind.AUDIO: 1}
KINDS = st.sampled_from(list(Kind))


def scan(prompt: str, *ids: str) -> Mentions:
    return mentions(prompt, HERE.__getitem__, frozenset(ids))


def test_what_is_written_as_documented_points_and_nothing_is_said() -> None:
    found = scan("[Image 1] meets [Image 3] in [Video 2], to [Audio 1].")
    assert found == Mentions(frozenset({(Kind.IMAGE, 1), (Kind.IMAGE, 3), (Kind.VIDEO, 2), (Kind.AUDIO, 1)}))


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("[Image 4]", "[Image 4] (the content holds 3 images)"),
        ("[Audio 2]", "[Audio 2] (the content holds 1 audio)"),
        ("[Image 0]", '"[Image 0]" (positions count from 1)'),
        ("[image0]", '"[image0]" (positions count from 1)'),
        ("[image 9]", '"[image 9]" (the content holds 3 images)'),
        ("[Images 2 and 5]", '"[Images 2 and 5]" (the content holds 3 images)'),
        ("[Image 1, Video 3]", '"[Image 1, Video 3]" (the content holds 2 videos)'),
        ("[Image 999999999]", "[Image 999999999] (the content holds 3 images)"),
        (f"[Image {'9' * 50}]", f'"[Image {"9" * 50}]" (the content holds 3 images)'),
    ],
)
def test_what_points_nowhere_is_said_with_the_reason(prompt: str, said: str) -> None:
    found = scan(f"The girl in {prompt}.")
    assert found.nowhere == (said,)
    assert found.misspelt == ()


def test_with_nothing_there_it_is_said_so() -> None:
    assert mentions("[Video 1]", lambda _: 0).nowhere == ("[Video 1] (the content holds no video)",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("[image 1]", "[Image 1]"),
        ("[IMAGE 1]", "[Image 1]"),
        ("[image1]", "[Image 1]"),
        ("[Image1]", "[Image 1]"),
        ("[Image  1]", "[Image 1]"),
        ("[ Image 1 ]", "[Image 1]"),
        ("[Image 01]", "[Image 1]"),
        ("[Image #2]", "[Image 2]"),
        ("[Image-2]", "[Image 2]"),
        ("[Image_2]", "[Image 2]"),
        ("[image: 2]", "[Image 2]"),
        ("[Image no. 2]", "[Image 2]"),
        ("[@Image1]", "[Image 1]"),
        ("[Img 1]", "[Image 1]"),
        ("[Picture 1]", "[Image 1]"),
        ("[photo 1]", "[Image 1]"),
        ("[图1]", "[Image 1]"),
        ("[图片 2]", "[Image 2]"),
        ("[视频1]", "[Video 1]"),
        ("【Image 1】", "[Image 1]"),
        ("［Image 1］", "[Image 1]"),
        ("［Image １］", "[Image 1]"),
        ("[clip 2]", "[Video 2]"),
        ("[Sound 1]", "[Audio 1]"),
        ("[Images 1 and 2]", "[Image 1] [Image 2]"),
        ("[Image 1, Image 3]", "[Image 1] [Image 3]"),
        ("[Image 1-3]", "[Image 1] [Image 2] [Image 3]"),
        ("[Image 1 to 3]", "[Image 1] [Image 2] [Image 3]"),
        ("[Image 1 / Video 2]", "[Image 1] [Video 2]"),
    ],
)
def test_a_near_miss_in_brackets_is_told_with_what_was_meant(written: str, meant: str) -> None:
    found = scan(f"The girl in {written} sings.")
    assert found.misspelt == (f'"{written}" for {meant}',)
    assert " ".join(sorted(label(*place) for place in found.pointed)) == meant
    assert (found.nowhere, found.bare) == ((), ())


def test_spaces_that_look_alike_are_told_apart() -> None:
    assert scan("[Image\u00a01]").misspelt == ('"[Image\\u00a01]" for [Image 1]',)


@pytest.mark.parametrize(
    "written", ["[Image]", "[image n]", "[Video N]", "[Image x]", "[Image one]", "[ Audio ]"]
)
def test_brackets_without_a_number_are_told(written: str) -> None:
    assert scan(f"{written} dances").misspelt == (f'"{written}" holds no number',)


@pytest.mark.parametrize(
    "prose",
    [
        "[Image of a cat]",
        "[imageless]",
        "[Image of 3 cats]",
        "[slow pan] over a town",
        "[0-5s] a wide shot, [5-10s] a close one",
        "an image, a video, a sound",
        "video 16:9",
        "image 4K, video 60fps",
        "a video 1.5 times as fast",
        "imagine 2 cats",
        "photo 1 of the album",
        "Image 7 and Image 0",
        "[]",
        "[[[[",
        "Image",
        "",
    ],
)
def test_prose_is_left_alone(prose: str) -> None:
    assert scan(prose) == Mentions()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Image 1", "[Image 1]"),
        ("image1", "[Image 1]"),
        ("@Image1", "[Image 1]"),
        ("@image 2", "[Image 2]"),
        ("Video 2", "[Video 2]"),
        ("图1", "[Image 1]"),
        ("视频 2", "[Video 2]"),
        ("音频1", "[Audio 1]"),
    ],
)
def test_without_brackets_it_may_be_meant(written: str, meant: str) -> None:
    found = scan(f"The girl in {written} sings.")
    assert found.bare == (f'"{written}" for {meant}',)
    assert {label(*place) for place in found.pointed} == {meant}
    assert (found.nowhere, found.misspelt) == ((), ())


def test_chinese_prose_has_no_spaces_around_it() -> None:
    assert scan("将图片1中的女孩").bare == ('"图片1" for [Image 1]',)


def test_each_is_said_once_in_the_order_of_the_prompt() -> None:
    assert scan("[image2] [image1] [image2]").misspelt == (
        '"[image2]" for [Image 2]',
        '"[image1]" for [Image 1]',
    )


@pytest.mark.parametrize(
    "written",
    ["asset-20260318071009-xy98z", "asset://asset-1", "asset://", "ASSET://asset-1", "asset-20260318"],
)
def test_ids_in_the_prompt_are_found(written: str) -> None:
    assert scan(f"The girl in {written} sings").ids == (f'"{written}"',)
    assert scan(f"The girl in [{written}], sings").ids == (f'"{written}"',)


def test_an_id_of_another_form_is_known_from_the_content() -> None:
    assert scan("The girl in hero-portrait.", "hero-portrait", "cat").ids == ('"hero-portrait"',)
    assert scan("The cat sleeps", "cat").ids == (), "too short to be told from a word"


@pytest.mark.parametrize("prose", ["a valuable asset-rich scene", "asset-1", "assets", "the asset: 20260318"])
def test_the_word_asset_is_no_id(prose: str) -> None:
    assert scan(prose).ids == ()


@given(KINDS, st.integers(1, 12), st.integers(0, 12))
def test_a_position_points_where_there_is_something(kind: Kind, number: int, count: int) -> None:
    found = mentions(f"See {label(kind, number)}!", lambda each: count if each is kind else 0)
    assert bool(found.nowhere) is (number > count)
    assert ((kind, number) in found.pointed) is (number <= count)
    assert (found.misspelt, found.bare, found.ids) == ((), (), ())


@given(st.text(alphabet="[]【】 @#Image図图片VideoAudio0123456789-,and\u200b\u00a0asset:/", max_size=80))
def test_any_prompt_can_be_scanned(prompt: str) -> None:
    found = scan(prompt)
    assert all(1 <= number <= HERE[kind] for kind, number in found.pointed)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 200_000,
        "[" + " " * 200_000,
        "[Image " + " " * 200_000,
        "[Image " * 50_000,
        "[Image " + "1," * 100_000 + "]",
        "asset-" * 50_000,
        "asset://" * 50_000,
        "asset-" + "1" * 200_000,
        "图" * 200_000,
        "image " * 50_000,
        "[Image " + "n" * 55 + "]" * 100_000,
        "@" * 200_000,
    ],
    ids=lambda prompt: prompt[:12],
)
def test_a_hostile_prompt_takes_no_time(hostile: str) -> None:
    with at_most(2):
        scan(hostile, "hero-portrait")
