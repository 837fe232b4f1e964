"""Rows 59 to 61: files that name other files. Nothing but the file itself is ever opened."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from tests.hostile.canary import Canary, canary
from tests.hostile.judging import Judge, decoders, judge
from tests.hostile.lint import codes, words
from tests.hostile.network import nobody_comes
from tests.probe import clips
from tests.probe.build import full_box, rewritten
from validator import AssetReport

__all__ = ["decoders", "judge"]

_NAMES = ("a.mp4", "a.mov", "a.wav", "a.mp3", "a.png")
_DREF = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")


@pytest.fixture
def bird(tmp_path: Path) -> Iterator[Canary]:
    """A clip that FFmpeg would gladly go on with."""
    with canary(tmp_path / "elsewhere.mp4", clips.plain()) as bird:
        yield bird


def _hls(place: str) -> bytes:
    lines = ("#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:5", "#EXTINF:5,", place, "#EXT-X-ENDLIST")
    return "\n".join(lines).encode()


def _hls_key(place: str) -> bytes:
    return _hls("a.ts").replace(b"#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{place}"\n#EXTINF'.encode())


def _dash(place: str) -> bytes:
    inner = f"<BaseURL>{place}</BaseURL><SegmentBase/>"
    tree = f"<Period><AdaptationSet><Representation id='1'>{inner}</Representation></AdaptationSet></Period>"
    return f"<?xml version='1.0'?><MPD mediaPresentationDuration='PT5S'>{tree}</MPD>".encode()


def _concat(place: str) -> bytes:
    return f"ffconcat version 1.0\nfile '{place}'\n".encode()


def _sdp(place: str) -> bytes:
    return f"v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\na=control:{place}\n".encode()


def _pls(place: str) -> bytes:
    return f"[playlist]\nFile1={place}\nNumberOfEntries=1\n".encode()


SCRIPTS = {
    "HLS": (_hls, "a playlist, which names media elsewhere"),
    "HLS with a key": (_hls_key, "a playlist, which names media elsewhere"),
    "HLS behind a byte order mark": (lambda place: b"\xef\xbb\xbf" + _hls(place), "text"),
    "DASH": (_dash, "an XML document"),
    "concat": (_concat, "a concat script, which names media elsewhere"),
    "concat without its first line": (lambda place: f"file '{place}'\n".encode(), "text"),
    "SDP": (_sdp, "text"),
    "PLS": (_pls, "text"),
}


def _silence(bird: Canary, judge: Judge, data: bytes, name: str) -> AssetReport:
    """Judge a file that names the canary, which must not notice."""
    bird.sung()
    result = judge(data, name)
    assert bird.sung() == 0
    return result


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("script", SCRIPTS)
def test_row_59_a_playlist_by_any_name_opens_no_file(
    script: str, name: str, bird: Canary, judge: Judge
) -> None:
    write, description = SCRIPTS[script]
    for place in (str(bird.path), bird.path.as_uri(), bird.path.name):
        result = _silence(bird, judge, write(place), name)
        assert codes(result) == {"FIL004"}
        assert description in words(result)


@pytest.mark.parametrize("script", SCRIPTS)
def test_row_59_a_playlist_connects_to_nobody(script: str, judge: Judge) -> None:
    with nobody_comes() as port:
        result = judge(SCRIPTS[script][0](f"http://127.0.0.1:{port}/a.ts"), "a.mp4")
    assert codes(result) == {"FIL004"}


@pytest.mark.parametrize(
    "prefix", [b"ID3\4\0\0\0\0\0\0", b"\xff\xfb\x90\x64" + bytes(413), b"RIFF\0\0\0\0WAVE"]
)
def test_row_59_a_playlist_behind_another_signature_is_that_format_and_broken(
    prefix: bytes, bird: Canary, judge: Judge
) -> None:
    result = _silence(bird, judge, prefix + _hls(str(bird.path)), "a.mp3")
    assert codes(result) & {"FIL004", "FIL005"}


def _alias(path: Path, *, level: int = 0) -> bytes:
    """QuickTime's reference to a file: relative to this one if there is a `level`, and absolute."""
    name, place = path.name.encode(), bytes(path)
    place += bytes(len(place) % 2)
    head = bytes(38) + bytes(12) + bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    records = struct.pack(">HH", 2, len(place)) + place + struct.pack(">HH", 0xFFFF, 0)
    return full_box(b"alis", head, struct.pack(">HH", level, level), bytes(16), records)


def _referring(entry: bytes) -> bytes:
    """A clip whose samples lie where a data reference says."""
    table = full_box(b"dref", struct.pack(">I", 1), entry)
    return rewritten(clips.plain(), _DREF, lambda _: table[8:])


def _told(result: AssetReport) -> None:
    assert codes(result) >= {"FIL005"}
    assert "its samples lie in another file, which is never opened" in words(result)


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("name", ["a.mov", "a.mp4"])
def test_row_60_an_alias_is_not_followed(level: int, name: str, bird: Canary, judge: Judge) -> None:
    _told(_silence(bird, judge, _referring(_alias(bird.path, level=level)), name))


@pytest.mark.parametrize("kind", [b"url ", b"urn "])
def test_row_60_a_local_url_is_not_followed(kind: bytes, bird: Canary, judge: Judge) -> None:
    for place in (bytes(bird.path), bird.path.as_uri().encode(), bird.path.name.encode()):
        _told(_silence(bird, judge, _referring(full_box(kind, place, b"\0")), "a.mov"))


@pytest.mark.parametrize("kind", [b"url ", b"urn ", b"alis"])
def test_row_60_a_reference_connects_to_nobody(kind: bytes, judge: Judge) -> None:
    with nobody_comes() as port:
        place = f"http://user:secret@127.0.0.1:{port}/a.mov".encode()
        result = judge(_referring(full_box(kind, place.ljust(200, b"\0"))), "a.mov")
    _told(result)
    assert "secret" not in words(result)


def test_row_60_a_reference_to_the_file_itself_is_none(judge: Judge) -> None:
    for entry in (full_box(b"url ", flags=1), full_box(b"url "), full_box(b"alis", bytes(150), flags=1)):
        assert "FIL005" not in codes(judge(_referring(entry), "a.mp4"))


@pytest.mark.parametrize("script", ["concat", "concat without its first line"])
@pytest.mark.parametrize(
    "place", ["{path}", "file:{path}", "subfile,,start,0,end,0,,:{path}", "{path}|{path}"]
)
def test_row_61_a_concat_script_named_mov_opens_nothing(
    script: str, place: str, bird: Canary, judge: Judge
) -> None:
    result = _silence(bird, judge, SCRIPTS[script][0](place.format(path=bird.path)), "a.mov")
    assert codes(result) == {"FIL004"}


class TestTheCanary:
    """What is not followed here is followed by FFmpeg where nobody forbids it: these files do bite."""

    @pytest.mark.parametrize(
        ("demuxer", "data", "options"),
        [
            ("hls", _hls, {"allowed_extensions": "ALL", "extension_picky": "0"}),
            ("concat", _concat, {"safe": "0"}),
            (
                "mov",
                lambda place: _referring(_alias(Path(place))),
                {"enable_drefs": "1", "use_absolute_path": "1"},
            ),
            ("mov", lambda place: _referring(_alias(Path(place), level=1)), {"enable_drefs": "1"}),
        ],
    )
    def test_ffmpeg_alone_opens_it(
        self, demuxer: str, data: Any, options: dict[str, str], bird: Canary, tmp_path: Path
    ) -> None:
        file = tmp_path / "a.mov"
        file.write_bytes(data(str(bird.path)))
        bird.sung()
        with av.open(str(file), format=demuxer, options=options) as container:
            assert sum(1 for packet in container.demux() if packet.size) == 24
        assert bird.sung() > 0
