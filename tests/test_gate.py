"""The gate: what a header shows stops a file, and nothing stops one that might pass."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.findings import Severity
from validator.gate import Bound, Gate, gate_of
from validator.judge import Limits, Policy, judge
from validator.model import (
    Asset,
    AudioFacts,
    Facts,
    FileFacts,
    Group,
    GroupKind,
    ImageFacts,
    Kind,
    MediaFacts,
    Role,
    VideoFacts,
)
from validator.profile import Profile, default_profile, load_profile, shipped_profiles

PICTURE = Asset("a.png", "a.png")
GROUPS = (None, Group(GroupKind.VIRTUAL), Group(GroupKind.REAL_HUMAN))


def stops(media: MediaFacts | None, file: FileFacts | None = None, **policy: object) -> bool:
    gate = gate_of(PICTURE, [default_profile()], [Policy(**policy)])  # type: ignore[arg-type]
    return gate.stops(file or FileFacts(format="png", bytes=1000), media)


def picture(width: int, height: int) -> ImageFacts:
    return ImageFacts(
        width=width,
        height=height,
        short_side=min(width, height),
        aspect_ratio=Fraction(width, height),
        pixels=width * height,
    )


class TestTheHeaderDecides:
    def test_a_side_below_its_limit_stops(self) -> None:
        assert stops(picture(299, 400))

    def test_a_side_on_its_limit_does_not(self) -> None:
        assert not stops(picture(300, 400))

    def test_a_ratio_outside_its_limits_stops(self) -> None:
        assert stops(picture(2600, 1000))

    def test_a_file_that_is_too_large_stops_before_anything_is_known_of_its_picture(self) -> None:
        file = FileFacts(kind="image", format="png", bytes=40_000_000)

        assert stops(None, file)

    def test_a_format_that_is_not_taken_stops(self) -> None:
        assert stops(None, FileFacts(kind="image", format="avif", bytes=1000))

    def test_what_was_not_measured_stops_nothing(self) -> None:
        assert not stops(ImageFacts())
        assert not stops(None, FileFacts())

    def test_a_limit_of_another_kind_of_media_stops_nothing(self) -> None:
        sound, clip = FileFacts(kind="audio", format="mp3"), FileFacts(kind="video", format="mp4")

        assert not stops(AudioFacts(duration=Fraction(2)), sound)
        assert not stops(VideoFacts(width=640, height=640, duration=Fraction(3)), clip)
        assert stops(VideoFacts(duration=Fraction(16)), clip)


class TestThePolicy:
    def test_a_rule_that_is_left_out_stops_nothing(self) -> None:
        assert not stops(picture(299, 400), codes=frozenset({"IMG001"}))

    def test_a_rule_that_only_warns_stops_nothing(self) -> None:
        assert not stops(picture(299, 400), severities={"IMG003": Severity.WARNING})

    def test_a_warning_that_was_made_an_error_stops(self) -> None:
        ours = load_profile("kling-omni")
        warns = next(r for r in ours.rules if r.severity is Severity.WARNING and r.facts == ("aspect_ratio",))
        policy = Policy(frozenset({warns.code}), {warns.code: Severity.ERROR})

        assert gate_of(PICTURE, [ours], [Policy(frozenset({warns.code}))]).profiles == ((),)
        assert gate_of(PICTURE, [ours], [policy]).profiles[0][0].fact == "aspect_ratio"

    def test_what_hearsay_may_soften_stops_nothing_where_hearsay_decides(self) -> None:
        short = VideoFacts(duration=Fraction(19, 10))

        assert stops(short, FileFacts(kind="video", format="mp4"))
        assert not stops(short, FileFacts(kind="video", format="mp4"), limits=Limits.OBSERVED)


class TestSeveralProfiles:
    def test_only_what_fails_by_each_of_them_is_stopped(self) -> None:
        narrow = Bound("image", "width", min=(300, 1))
        file, small = FileFacts(), ImageFacts(width=200)

        assert Gate(((narrow,), (narrow,))).stops(file, small)
        assert not Gate(((narrow,), ())).stops(file, small)

    def test_without_any_nothing_is_stopped(self) -> None:
        assert not Gate().stops(FileFacts(), None)


def test_an_open_bound_is_outside() -> None:
    assert Bound("image", "width", min=(300, 1), open=True).is_broken(300)
    assert not Bound("image", "width", min=(300, 1)).is_broken(300)


def test_it_can_be_sent_to_another_process() -> None:
    gate = gate_of(PICTURE, [default_profile()], [Policy()])

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(gate), type=Gate) == gate


@pytest.mark.parametrize("name", sorted(shipped_profiles()))
@settings(max_examples=30)
@given(data=st.data())
def test_whatever_it_stops_the_judge_fails(name: str, data: st.DataObject) -> None:
    profile: Profile = load_profile(name)
    kind = data.draw(st.sampled_from(list(Kind)))
    number = st.integers(1, 10_000)
    amount = st.fractions(0, 100, max_denominator=1001)
    media: MediaFacts
    if kind is Kind.IMAGE:
        media = picture(data.draw(number), data.draw(number))
    elif kind is Kind.VIDEO:
        size = picture(data.draw(number), data.draw(number))
        media = VideoFacts(
            duration=data.draw(amount),
            frame_rate=data.draw(amount),
            width=size.width,
            height=size.height,
            aspect_ratio=size.aspect_ratio,
            pixels=size.pixels,
        )
    else:
        media = AudioFacts(duration=data.draw(amount))
    formats = st.sampled_from(["jpeg", "png", "mp4", "mov", "webm", "mp3", "wav", "heic", "gif", "avif"])
    size_in_bytes = data.draw(st.integers(1, 300_000_000))
    file = FileFacts(kind=kind.value, format=data.draw(formats), bytes=size_in_bytes, access="readable")
    asset = Asset(
        "a", "a", role=data.draw(st.sampled_from([None, *Role])), group=data.draw(st.sampled_from(GROUPS))
    )
    policy = Policy(limits=data.draw(st.sampled_from(list(Limits))))

    stopped = gate_of(asset, [profile], [policy]).stops(file, media)
    findings, _ = judge(asset, Facts(kind=kind, file=file, media=media), profile, policy)

    assert not stopped or any(finding.severity is Severity.ERROR for finding in findings)
