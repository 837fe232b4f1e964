"""From an asset and its bytes to all facts: put together, named, and never a crash."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.effort import at_most
from tests.probe import build, clips, media
from tests.probe.media import heif, measured, mp3, noise, pcm, saved, tone
from validator.errors import Cancelled
from validator.intake.source import Source, open_local
from validator.model import (
    Asset,
    AudioFacts,
    Depth,
    Facts,
    FileFacts,
    ImageFacts,
    Kind,
    LinkFacts,
    Role,
    VideoFacts,
)
from validator.probe import probe

_PNG = saved(noise(8, 8), "PNG")


def _source(data: bytes, **options: object) -> Source:
    return Source(io.BytesIO(data), FileFacts(access="readable", bytes=len(data)), **options)  # type: ignore[arg-type]


class TestFacts:
    def test_a_picture_has_all_of_them(self) -> None:
        facts = measured(_PNG, "folder/a.PNG")
        assert (facts.kind, facts.link) == (Kind.IMAGE, None)
        assert isinstance(facts.media, ImageFacts)
        file = facts.file
        assert (file.access, file.bytes, file.content, file.format) == ("readable", len(_PNG), "media", "png")
        assert file.sha256 == hashlib.sha256(_PNG).hexdigest()
        assert (file.extension, file.name_agreement, file.name_detail) == ("png", "agrees", None)
        assert (file.integrity, file.integrity_detail, file.expansion) == ("whole", None, "sane")

    def test_a_clip_and_a_sound(self) -> None:
        assert isinstance(measured(clips.plain()).media, VideoFacts)
        assert measured(clips.plain()).kind is Kind.VIDEO
        assert isinstance(measured(build.wav(bytes(100))).media, AudioFacts)
        assert measured(build.wav(bytes(100))).kind is Kind.AUDIO

    def test_what_could_not_be_opened_is_handed_through(self) -> None:
        asset = Asset("no/such.png", "no/such.png")
        facts = probe(asset, open_local(asset))
        assert (facts.file.access, facts.media, facts.kind) == ("missing", None, None)
        assert facts.why_unmeasured("width") == "the file could not be read"

    @pytest.mark.parametrize(
        ("data", "content", "detail"),
        [
            (b"", "empty", None),
            (b"<!DOCTYPE html><html>", "not-media", "a web page"),
            (b"version https://git-lfs.github.com/spec/v1\nsize 5\n", "lfs-pointer", "of 5 bytes"),
        ],
    )
    def test_no_media(self, data: bytes, content: str, detail: str | None) -> None:
        facts = measured(data, "a.png")
        assert (facts.file.content, facts.file.content_detail, facts.media) == (content, detail, None)
        assert (facts.file.integrity, facts.file.sha256) == (None, hashlib.sha256(data).hexdigest())
        assert facts.why_unmeasured("width") == "the file is no media"

    @pytest.mark.parametrize(
        ("data", "kind", "format_name"),
        [
            (b"8BPS\0\x01", Kind.IMAGE, "psd"),
            (b"FLV\x01\x05\0\0\0\x09", Kind.VIDEO, "flv"),
            (b"fLaC\0\0\0\x22", Kind.AUDIO, "flac"),
        ],
    )
    def test_formats_that_the_service_does_not_take_are_not_opened(
        self, data: bytes, kind: Kind, format_name: str
    ) -> None:
        facts = measured(data, "a." + format_name)
        assert (facts.kind, facts.file.format, facts.file.name_agreement) == (kind, format_name, "agrees")
        assert (facts.media, facts.file.integrity) == (None, None)
        assert facts.why_unmeasured("width") == f"{format_name} is none of the formats that are opened"

    def test_reasons_of_the_download_go_first(self) -> None:
        source = _source(b"nothing", unmeasured={"transfer": "too slow", "*": "broken off"})
        facts = probe(Asset("a", "a"), source)
        assert facts.unmeasured == {"transfer": "too slow", "*": "broken off"}

    def test_a_link_is_looked_at(self) -> None:
        asset = Asset("https://host/a.png", "https://host/a.png?b=c.jpg#d.gif", is_url=True)
        source = _source(_PNG, link=LinkFacts(scheme="https", reach="reached", content_type="image/png"))
        facts = probe(asset, source)
        assert facts.link is not None
        assert (facts.link.page, facts.link.content_type_agreement) == ("media", "agrees")
        assert (facts.file.extension, facts.file.name_agreement) == ("png", "agrees")


class TestName:
    @pytest.mark.parametrize(
        ("name", "agreement", "detail"),
        [
            ("a.png", "agrees", None),
            ("a.apng", "agrees", None),
            ("a.PnG", "agrees", None),
            ("a", "unknown", None),
            ("a.b/png", "unknown", None),
            (".png", "unknown", None),
            ("a.txt", "unknown", None),
            ("a.jpg", "other-format", ".jpg promises jpeg, the bytes are png"),
            ("a.mp4", "other-kind", ".mp4 promises a video, the bytes are an image: png"),
            ("a.wav", "other-kind", ".wav promises a sound, the bytes are an image: png"),
        ],
    )
    def test_it_is_compared_with_the_bytes(self, name: str, agreement: str, detail: str | None) -> None:
        file = measured(_PNG, name).file
        assert (file.name_agreement, file.name_detail) == (agreement, detail)

    @pytest.mark.parametrize(
        ("role", "data", "agreement"),
        [
            (Role.VOICE, _PNG, "other-role"),
            (Role.PORTRAIT, _PNG, "agrees"),
            (Role.CLOSE_UP, build.wav(bytes(100)), "other-role"),
            (Role.OTHER, build.wav(bytes(100)), "other-kind"),
            (Role.VOICE, build.wav(bytes(100)), "other-kind"),
        ],
    )
    def test_so_is_the_role(self, role: Role, data: bytes, agreement: str) -> None:
        file = measured(data, "a.png", role=role).file
        assert file.name_agreement == agreement
        if agreement == "other-role":
            kind = "an image" if data is _PNG else "a sound"
            assert file.name_detail == f"the role {role} is no role for {kind}"


def test_a_run_that_is_asked_to_stop_stops() -> None:
    with pytest.raises(Cancelled):
        probe(Asset("a", "a"), _source(_PNG), cancelled=lambda: True)


@cache
def _seeds() -> tuple[bytes, ...]:
    """A small whole file of every variant that is opened."""
    picture, other = noise(24, 16), noise(24, 16, seed=2)
    several: dict[str, Any] = {"save_all": True, "append_images": [other]}
    palette = picture.convert("P")
    clip = media.Clip(frames=4)
    long_size = build.chunk(b"ds64", bytes(8) + (1600).to_bytes(8, "little") + bytes(12))
    sound = pcm(tone(0.1, 8_000))
    pictures = [
        saved(picture, "JPEG"),
        saved(picture, "JPEG", progressive=True, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
        saved(picture.convert("CMYK"), "JPEG"),
        saved(picture, "MPO", **several),
        saved(picture, "PNG"),
        saved(picture, "PNG", **several),
        saved(palette, "PNG"),
        saved(Image.new("I;16", (9, 9)), "PNG"),
        saved(picture, "WEBP"),
        saved(picture, "WEBP", lossless=True),
        saved(picture, "WEBP", **several),
        saved(picture, "BMP"),
        saved(palette, "BMP"),
        saved(picture, "TIFF"),
        saved(picture, "TIFF", compression="tiff_lzw"),
        saved(picture, "TIFF", **several),
        saved(picture, "TIFF", big_tiff=True),
        saved(palette, "GIF"),
        saved(palette, "GIF", save_all=True, append_images=[other.convert("P")]),
        heif(noise(64, 64)),
    ]
    films = [
        media.encoded(media.Clip(frames=4, audio=0.2)),
        media.encoded(media.Clip(frames=4, format="mov")),
        media.encoded(media.Clip(frames=4, codec="libx265", options=clips.X265)),
        media.encoded(media.Clip(frames=4, container={"movflags": "frag_keyframe+empty_moov"})),
        media.encoded(media.Clip(frames=4, codec="mpeg4", options={})),
        build.rewritten(media.encoded(clip), (b"moov", b"trak", b"edts"), lambda _: None),
    ]
    sounds = [
        build.wav(sound, rate=8_000),
        media.sound(0.1, "adpcm_ms"),
        build.wav(sound, size=0xFFFFFFFF, before=long_size, form=b"RF64"),
        build.wav(sound, tag=0xFFFE, extra=build.extensible(1)),
        mp3(0.3),
        mp3(0.3, options={"q": "4"}, container={"write_xing": "1", "id3v2_version": "4"}),
    ]
    return (*pictures, *films, *sounds)


def _flipped(data: bytearray, chance: random.Random) -> None:
    reach = min(len(data), chance.choice((64, 256, len(data))))
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(reach)
        data[at] = chance.choice(
            (0, 255, 127, 128, chance.randrange(256), data[at] ^ 1 << chance.randrange(8))
        )


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _shortened(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 64)]


def _lengthened(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = chance.randbytes(chance.randrange(1, 64))


_MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flipped, _flipped, _flipped, _cut, _shortened, _lengthened,
)  # fmt: skip


class TestAnyBytes:
    def test_the_seeds_are_whole(self) -> None:
        for data in _seeds():
            assert measured(data).file.integrity == "whole", data[:40]

    @pytest.mark.parametrize("number", range(32))
    def test_files_with_a_few_wrong_bytes_are_measured(
        self, number: int, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert len(_seeds()) == 32
        chance = random.Random(number)  # noqa: S311 - to repeat a failure, not to keep a secret
        for _ in range(100):
            data = bytearray(_seeds()[number])
            chance.choice(_MUTATIONS)(data, chance)
            with at_most(5):
                facts = measured(bytes(data), depth=chance.choice(list(Depth)))
            assert isinstance(facts, Facts)
        assert capfd.readouterr().out == ""

    @given(st.binary(max_size=300), st.sampled_from(range(32)), st.integers(0, 300))
    @settings(max_examples=300, deadline=None)
    def test_any_bytes_behind_any_head(self, data: bytes, seed: int, kept: int) -> None:
        facts = measured(_seeds()[seed][:kept] + data)
        assert facts.file.bytes == len(_seeds()[seed][:kept] + data)

    @given(st.binary(max_size=500))
    @settings(deadline=None)
    def test_any_bytes_alone(self, data: bytes) -> None:
        assert isinstance(measured(data), Facts)


def test_a_file_of_the_system_that_never_ends_is_not_read_for_ever() -> None:
    source = Source(io.BytesIO(_PNG + bytes(10)), FileFacts(access="readable", bytes=len(_PNG)))
    file = probe(Asset("a", "a"), source).file
    assert (file.access, file.access_detail) == ("unreadable", "it holds more bytes than its size says")
