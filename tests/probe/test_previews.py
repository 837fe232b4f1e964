"""From sketch to preview: across processes, held to its bounds, and nothing where nobody asks."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest

from tests.probe.media import never
from tests.probe.previewing import opened
from validator.intake.source import open_local
from validator.model import Asset, Depth, Facts, Kind
from validator.people import FaceFacts
from validator.preview import Preview, RateSpan
from validator.probe import probe
from validator.probe.decode_worker import decoded, encoded, request
from validator.probe.decoders import Decoders
from validator.probe.examine import Ask, examined
from validator.probe.previews import FRAME_BYTES, PICTURE_BYTES, preview_of
from validator.probe.sketch import COLUMNS, FRAME_SIDE, PICTURE_SIDE, SPANS, Sketch
from validator.probe.still import Still
from validator.workers import can_send_files

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
SHOWN = (
    "alpha.png",
    "orientation-6.jpg",
    "turned.heic",
    "truncated-50.jpg",
    "variable-rate.mp4",
    "audio.mp3",
)
IMAGE, VIDEO, AUDIO = Facts(Kind.IMAGE), Facts(Kind.VIDEO), Facts(Kind.AUDIO)


def still(width: int = 8, height: int = 6, time: Fraction | None = None, rgb: bytes | None = None) -> Still:
    pixels = bytes(width * height * 3) if rgb is None else rgb
    return Still(width, height, pixels, width, height, time)


class TestBounds:
    """A decoder that a file has taken over may send what it likes."""

    @pytest.mark.parametrize(
        "wrong",
        [
            still(rgb=b""),
            still(rgb=bytes(8 * 6 * 3 + 1)),
            still(0, 6),
            still(-8, -6, rgb=bytes(8 * 6 * 3)),
            still(PICTURE_SIDE + 1, 2),
            still(2, PICTURE_SIDE + 1),
            Still(10**9, 10**9, b"abc", 10**9, 10**9),
        ],
    )
    @pytest.mark.parametrize("facts", [IMAGE, VIDEO])
    def test_pixels_of_another_size_are_not_shown(self, wrong: Still, facts: Facts) -> None:
        timed = Still(wrong.width, wrong.height, wrong.rgb, 1, 1, Fraction(1))
        assert preview_of(Sketch(stills=(timed,)), facts) is None

    def test_a_clip_has_six_frames_at_most_in_order_each_with_its_time(self) -> None:
        stills = (still(), *(still(time=Fraction(at)) for at in range(20, 0, -1)))
        preview = preview_of(Sketch(stills=stills), VIDEO)
        assert preview is not None
        assert [frame.time for frame in preview.strip] == [16, 17, 18, 19, 20]

    def test_a_frame_is_smaller_than_a_picture(self) -> None:
        large = still(FRAME_SIDE + 1, 2, Fraction(1))
        assert preview_of(Sketch(stills=(large,)), IMAGE) is not None
        assert preview_of(Sketch(stills=(large,)), VIDEO) is None

    def test_a_waveform_has_four_hundred_columns_of_0_to_100(self) -> None:
        preview = preview_of(Sketch(waveform=(10**9, -(10**9), *range(1000))), AUDIO)
        assert preview is not None
        assert preview.waveform == (100, -1, *range(101), *[100] * (COLUMNS - 103))

    def test_frame_rates_are_not_too_many(self) -> None:
        spans = tuple(RateSpan(Fraction(at), Fraction(at + 1), Fraction(24)) for at in range(1000))
        preview = preview_of(Sketch(frame_rates=spans), VIDEO)
        assert preview is not None
        assert len(preview.frame_rates) == SPANS

    def test_a_sound_has_no_picture(self) -> None:
        assert preview_of(Sketch(stills=(still(time=Fraction(1)),)), AUDIO) is None

    def test_nothing_is_no_preview(self) -> None:
        assert [preview_of(Sketch(), facts) for facts in (IMAGE, VIDEO, AUDIO)] == [None] * 3

    def test_without_a_time_no_frame_is_marked(self) -> None:
        facts = Facts(Kind.VIDEO, faces=FaceFacts(face_count=0))
        preview = preview_of(Sketch(stills=(still(time=Fraction(0)),)), facts)
        assert preview is not None
        assert [frame.faces for frame in preview.strip] == [False]


class TestEncoded:
    @pytest.mark.parametrize(
        ("facts", "side", "limit"), [(IMAGE, PICTURE_SIDE, PICTURE_BYTES), (VIDEO, FRAME_SIDE, FRAME_BYTES)]
    )
    def test_what_does_not_fit_is_shown_at_half_its_size(self, facts: Facts, side: int, limit: int) -> None:
        pixels = bytes((at * at * 31 >> 5) % 256 for at in range(side * side * 3))
        preview = preview_of(Sketch(stills=(still(side, side, Fraction(1), pixels),)), facts)
        assert preview is not None
        small = preview.picture or preview.strip[0].picture
        assert len(small.data) <= limit
        assert (small.width, small.height) == (side // 2, side // 2)
        assert opened(small).size == (side // 2, side // 2)

    def test_what_fits_keeps_its_size_and_its_colours(self) -> None:
        preview = preview_of(Sketch(stills=(still(320, 200, rgb=bytes((200, 30, 60)) * 64_000),)), IMAGE)
        assert preview is not None
        assert preview.picture is not None
        assert opened(preview.picture).getpixel((100, 100)) == pytest.approx((200, 30, 60), abs=4)


def measured(path: Path, decoders: Decoders | None, *, previews: bool = True) -> Facts:
    asset = Asset(path.name, str(path))
    with open_local(asset) as source:
        return probe(asset, source, previews=previews, decoders=decoders)


class TestAcrossProcesses:
    @pytest.mark.skipif(not can_send_files(), reason="this system has no decoding workers")
    def test_a_worker_sketches_what_is_sketched_here(self) -> None:
        with Decoders() as decoders:
            for name in SHOWN:
                theirs = measured(MEDIA / name, decoders).preview
                assert theirs is not None
                assert theirs == measured(MEDIA / name, None).preview
                assert measured(MEDIA / name, decoders, previews=False).preview is None

    @pytest.mark.parametrize("name", SHOWN)
    def test_nothing_more_is_sent_unless_it_was_asked_for(self, name: str) -> None:
        data = (MEDIA / name).read_bytes()
        without, sketched = (
            examined(io.BytesIO(data), Ask(sketch=wanted), len(data), never) for wanted in (False, True)
        )
        assert without.measurement is not None
        assert sketched.measurement is not None
        assert without.measurement.sketch is None
        assert sketched.measurement.sketch is not None
        assert b"sketch" not in encoded([without])
        assert b"sketch" not in request([Ask(Depth.FULL, stills=True)], [1])
        assert decoded(encoded([sketched, without])) == [sketched, without]
        assert without.measurement.facts == sketched.measurement.facts
        assert len(encoded([sketched])) < 700_000

    def test_a_preview_is_no_fact(self) -> None:
        facts = Facts(Kind.IMAGE, preview=Preview(waveform=(1,)))
        assert facts.values() == {}
        assert "waveform" not in repr(facts)
