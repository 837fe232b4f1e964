"""Requests against the rules: one case for each thing that can be found."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.request.bodies import body, item
from validator.findings import Severity
from validator.model import Kind
from validator.request import lint_request
from validator.request.facts import Knowledge, Known, measure, nothing_known
from validator.request.item import Item
from validator.request.read import read_request

URL = "https://host.example/a.mp4?token=secret"


def found(data: bytes, knowledge: Knowledge = nothing_known) -> dict[str, str]:
    """What is found of a request: each code with its severity, the worst where there are several."""
    findings = sorted(lint_request(data, knowledge=knowledge).findings, key=lambda each: each.severity.rank)
    return {each.code: each.severity.value for each in findings}


def messages(data: bytes, code: str, knowledge: Knowledge = nothing_known) -> list[str]:
    return [each.message for each in lint_request(data, knowledge=knowledge).findings if each.code == code]


def lasting(**seconds: float | str | None) -> Knowledge:
    """Each asset lasts so long: asset_1=3."""

    def known(about: Item) -> Known:
        said = seconds.get(about.asset_id.replace("-", "_"))
        return Known(None, None if said is None else Fraction(said))

    return known


def assets(kind: str, count: int, **more: Any) -> list[dict[str, Any]]:
    return [item(kind, f"asset://{kind}-{number}", **more) for number in range(1, count + 1)]


def pointing(**counts: int) -> str:
    words = {"image": "Image", "video": "Video", "audio": "Audio"}
    return " ".join(f"[{words[kind]} {at}]" for kind, count in counts.items() for at in range(1, count + 1))


def plain(**counts: int) -> bytes:
    """A request with so many references, all of which the prompt points to."""
    entries = [entry for kind, count in counts.items() for entry in assets(kind, count)]
    return body(pointing(**counts), *entries)


SHORT: Knowledge = lambda _: Known(None, Fraction(1))  # noqa: E731


def test_a_good_request_has_nothing_to_say() -> None:
    assert found(plain(image=9, video=2, audio=1), SHORT) == {}
    assert found(body("A cat on a roof.")) == {}


class TestReferences:
    @pytest.mark.parametrize(
        ("prompt", "severity"),
        [
            ("The girl in [Image 1]", None),
            ("The girl in asset-20260318071009-xy98z and [Image 1]", "error"),
            ("The girl in [Image 2]", "error"),
            ("The girl in [image1]", "warning"),
            ("The girl in Image 1", "note"),
            ("A girl", "note"),
        ],
    )
    def test_what_the_prompt_says_weighs_as_it_harms(self, prompt: str, severity: str | None) -> None:
        assert found(body(prompt, item("image"))).get("REQ001") == severity

    def test_all_that_is_wrong_with_a_prompt_is_said(self) -> None:
        data = body("asset://asset-image-1 [Image 9] [image 1]", *assets("image", 2))
        assert messages(data, "REQ001") == [
            'The prompt names assets by their ids, which the model does not read: "asset://asset-image-1".',
            "The prompt points to what is not in the request: [Image 9] (the content holds 2 images).",
            'The prompt writes positions in another form than the documented one: "[image 1]" for [Image 1].',
            "The prompt does not point to every reference: [Image 2].",
        ]

    def test_frames_need_not_be_named(self) -> None:
        frames = (item("image", role="first_frame"), item("image", role="last_frame"))
        assert found(body("A girl walks.", *frames)) == {}

    def test_without_a_prompt_nothing_is_known_of_it(self) -> None:
        result = lint_request(b'{"model": "m"}')
        assert ("REQ001", "the request has no prompt") in [
            (each.code, each.reason) for each in result.not_judged
        ]

    def test_long_lists_are_cut(self) -> None:
        (message,) = messages(body(" ".join(f"[Image {at}]" for at in range(1, 12))), "REQ001")
        assert message.endswith("[Image 4] (the content holds no image); and 7 more.")


class TestBudget:
    @pytest.mark.parametrize(
        ("counts", "said"),
        [
            ({"image": 9}, []),
            ({"image": 10}, ["The number of images is 10: 1 above the maximum of 9."]),
            ({"video": 4}, ["The number of videos is 4: 1 above the maximum of 3."]),
            ({"image": 1, "audio": 5}, ["The number of sounds is 5: 2 above the maximum of 3."]),
            ({"image": 9, "video": 3}, []),
            ({"image": 9, "video": 3, "audio": 1}, ["The number of files is 13: 1 above the maximum of 12."]),
        ],
    )
    def test_counts(self, counts: dict[str, int], said: list[str]) -> None:
        assert messages(plain(**counts), "REQ002", SHORT) == said

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            ("7.5", "7.5", []),
            ("7.5", "7.5001", ["The videos run 15.0001 s together: 0.0001 s above the maximum of 15 s."]),
            ("8", "8", ["The videos run 16 s together: 1 s above the maximum of 15 s."]),
            ("1/3", "44/3", []),
        ],
    )
    def test_seconds_are_exact_sums(self, first: str, second: str, said: list[str]) -> None:
        data = body("[Video 1] [Video 2]", *assets("video", 2))
        assert messages(data, "REQ002", lasting(video_1=first, video_2=second)) == said

    def test_seconds_of_sounds_are_counted_apart(self) -> None:
        data = body("[Video 1] [Audio 1] [Audio 2]", *assets("video", 1), *assets("audio", 2))
        long = lasting(video_1=15, audio_1=10, audio_2=6)
        assert messages(data, "REQ002", long) == [
            "The sounds run 16 s together: 1 s above the maximum of 15 s."
        ]

    def test_what_nobody_measured_is_not_judged_and_does_not_fail(self) -> None:
        data = body("[Video 1] [Video 2]", *assets("video", 2))
        result = lint_request(data, knowledge=lasting(video_1="6.5"))
        reasons = [each.reason for each in result.not_judged if each.code == "REQ002"]
        assert reasons == [
            "how long [Video 2] runs is in no journal here (--durations says it), the others run 6.5 s "
            "(not judged: videos' duration)"
        ]
        assert result.verdict.value == "pass"

    def test_without_videos_they_run_no_time(self) -> None:
        facts, why = measure(read_request(plain(image=1)))
        assert (facts.video_seconds, facts.audio_seconds) == (Fraction(0), Fraction(0))
        assert why == {}

    def test_the_body_has_a_size(self) -> None:
        data = body("x", padding="x" * 64_000_000)
        (message,) = messages(data, "REQ002")
        assert message.startswith("The request's body has 64,000,1")
        assert "above the maximum of 64,000,000 bytes" in message


class TestRoles:
    @pytest.mark.parametrize(
        ("entries", "severity"),
        [
            ([item("image"), item("video"), item("audio")], None),
            ([item("video", role="reference_image")], "warning"),
            ([item("video", role="first_frame")], "warning"),
            ([item("image", role="Reference_Image")], "warning"),
            ([item("image", role="reference")], "warning"),
            ([item("image", role=None)], "warning"),
            ([item("image", role=None) | {"role": None}], "warning"),
        ],
    )
    def test_a_role_is_one_of_its_type(self, entries: list[dict[str, Any]], severity: str | None) -> None:
        assert found(body("[Image 1] [Video 1] [Audio 1]", *entries), SHORT).get("REQ003") == severity

    def test_all_that_do_not_fit_are_named(self) -> None:
        data = body("x", item("image", role=None), item("audio", role="voice"))
        assert messages(data, "REQ003") == [
            'A role does not fit the type of its asset: [Audio 1] has "voice", where an audio has '
            "reference_audio; [Image 1] has none."
        ]

    def test_an_asset_is_of_the_type_with_which_it_was_registered(self) -> None:
        data = body("[Image 1]", item("image"))
        assert found(data, lambda _: Known(Kind.IMAGE)) == {}
        assert messages(data, "REQ003", lambda _: Known(Kind.VIDEO)) == [
            "An asset is of another type than the request says: [Image 1] is registered as a video."
        ]
        assert found(data, lambda _: Known(Kind.VIDEO)) == {"REQ003": Severity.ERROR}


FIRST, LAST = item("image", role="first_frame"), item("image", role="last_frame")


class TestMixture:
    @pytest.mark.parametrize(
        ("entries", "said"),
        [
            ([FIRST], []),
            ([FIRST, LAST], []),
            ([LAST, FIRST], []),
            ([LAST], ["There is a last frame without a first one."]),
            (
                [FIRST, item("image")],
                [
                    "A first or last frame does not mix with references: [Image 1] is a first_frame, "
                    "beside [Image 2]."
                ],
            ),
            (
                [item("audio"), FIRST],
                [
                    "A first or last frame does not mix with references: [Image 1] is a first_frame, "
                    "beside [Audio 1]."
                ],
            ),
            (
                [FIRST, FIRST],
                ["There is more than one of the same frame: 2 first_frame: [Image 1]; [Image 2]."],
            ),
            (
                [FIRST, LAST, LAST, LAST],
                ["There is more than one of the same frame: 3 last_frame: [Image 2]; [Image 3]; [Image 4]."],
            ),
            ([item("audio")], ["A sound needs an image or a video beside it."]),
            ([item("audio"), item("audio")], ["A sound needs an image or a video beside it."]),
            ([item("audio"), item("video")], []),
            ([], []),
        ],
    )
    def test_what_may_stand_together(self, entries: list[dict[str, Any]], said: list[str]) -> None:
        data = body("x", *entries)
        assert messages(data, "REQ004", SHORT) == said
        assert found(data, SHORT).get("REQ004") == ("warning" if said else None)


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "severity", "said"),
        [
            ("asset://asset-20260318071009-xy98z", None, ""),
            ("asset://a", None, ""),
            ("https://host.example/a.png", "note", '"https://host.example/a.png"'),
            (URL, "note", '"https://host.example/a.mp4?…"'),
            ("https://ada:secret@host.example/a.png", "note", '"https://host.example/a.png"'),
            ("data:image/png;base64,iVBORw0KGgo=", "warning", "the bytes stand in the request"),
            ("DATA:image/png;base64,iVBORw0KGgo=", "warning", "the bytes stand in the request"),
            ("asset-20260318071009-xy98z", "error", "write asset://asset-20260318071009-xy98z"),
            ("asset://", "error", "is not asset:// and the id of an asset"),
            ("asset://a b", "error", "is not asset:// and the id of an asset"),
            ("asset://../x", "error", "is not asset:// and the id of an asset"),
            ("Asset://asset-1", "error", "is not asset:// and the id of an asset"),
            ("asset:/asset-1", "error", "is no address that the service can fetch"),
            ("photos/face.png", "error", "is no address that the service can fetch"),
            ("C:\\photos\\face.png", "error", "is no address that the service can fetch"),
            ("file:///etc/passwd", "error", "cannot be fetched: "),
            ("ftp://host.example/a.png", "error", "cannot be fetched: its scheme is ftp"),
            ("https:///a.png", "error", "cannot be fetched: it names no host"),
            (" asset://asset-1", "error", "is no address that the service can fetch"),
        ],
    )
    def test_how_media_is_named(self, url: str, severity: str | None, said: str) -> None:
        data = body("[Image 1]", item("image", url))
        assert found(data) == ({} if severity is None else {"REQ007": severity})
        assert all(said in message for message in messages(data, "REQ007"))
        assert "secret" not in repr(lint_request(data).findings)

    def test_the_worst_comes_first(self) -> None:
        data = body(
            "[Image 1] [Image 2] [Image 3]", *(item("image", url) for url in (URL, "data:x", "a.png"))
        )
        (message,) = messages(data, "REQ007")
        assert message.startswith("The content names media in a way that the service cannot use ([Image 3]: ")
        assert message.index("[Image 3]") < message.index("[Image 2]") < message.index("[Image 1]")


class TestForm:
    def test_what_cannot_be_read_is_a_finding_and_the_rest_is_not_judged(self) -> None:
        result = lint_request(b'{"model": ')
        assert [each.code for each in result.findings] == ["REQ006"]
        assert {each.code for each in result.not_judged} == {
            f"REQ00{at}" for at in range(1, 9) if at not in (5, 6)
        }

    def test_places_are_named(self) -> None:
        data = body("[Image 1]", {"type": "image_url", "role": "reference_image", "image_url": "asset://a"})
        assert messages(data, "REQ006") == [
            "The request is not built as documented "
            "(metadata.content[0].image_url is a text, not an object with url)."
        ]

    @pytest.mark.parametrize(
        "model", ["byteplus/dreamina-seedance-1-0", "", "x" * 5000, "https://h/?key=secret"]
    )
    def test_another_model_is_warned_of(self, model: str) -> None:
        data = body("x", model=model)
        assert found(data) == {"REQ008": "warning"}
        (message,) = messages(data, "REQ008")
        assert len(message) < 250


def test_many_entries_take_little_time_and_few_words() -> None:
    data = body("x", *[item("image", "photo.png")] * 20_000)
    result = lint_request(data)
    assert result.verdict.value == "fail"
    assert all(len(each.message) < 600 for each in result.findings)
