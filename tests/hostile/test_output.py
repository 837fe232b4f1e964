"""Row 76: what files, names and servers say comes out as text, in every format."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import validator
from fixtures.pictures import colours
from tests.cli.media import photo
from tests.cli.process import environment, finish
from tests.hostile.lint import words
from tests.intake.servers import answer, saying, serving
from tests.nobody import IGNORED, PEOPLE
from tests.probe.build import PNG, bmp_head, brands, gif, png_chunk, png_head, replaced
from tests.probe.media import Clip, encoded, mp3, saved
from tests.report.readers import commands, harm, moves_a_terminal
from validator import Config, Report
from validator.report.base import FORMATS, Look, render

ATTACK = "\n::error file=a::x\r##[error]y\x1b[2J\x1b]0;t\x07\x9b31m</script><!--]]>\u202e\u2028%0A"
TEXTS = [name for name, output in FORMATS.items() if not output.is_binary]
SHORT = b"\x1b[2J"  # all that fits where a format has four letters


def _picture(format_name: str, **options: Any) -> bytes:
    return saved(colours(), format_name, **options)


def _exif() -> bytes:
    exif = Image.Exif()
    for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298):  # description, maker, model, software …
        exif[tag] = ATTACK
    return exif.tobytes()


def _texts() -> PngInfo:
    texts = PngInfo()
    for key in ("Title", "Comment"):
        texts.add_itxt(key, ATTACK.replace("\ud800", ""))
    texts.add_text("Description", ATTACK.encode("latin-1", "replace").decode("latin-1"))
    return texts


def _tagged(clip: bytes, format_name: str) -> bytes:
    """The same packets, with the attack in every tag that the container takes."""
    out = io.BytesIO()
    with av.open(io.BytesIO(clip), "r") as source, av.open(out, "w", format=format_name) as target:
        for name in ("title", "artist", "album", "comment", "genre", "encoder", "copyright"):
            target.metadata[name] = ATTACK
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for stream in streams.values():
            stream.metadata["handler_name"] = stream.metadata["title"] = ATTACK
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return out.getvalue()


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(ATTACK, "")
    return out.getvalue()


def _files() -> dict[str, bytes]:
    """Files that say something hostile wherever a format has room for words, whole ones and damaged ones."""
    clip = encoded(Clip(size=(720, 640), frames=48))
    data = zlib.compress(bytes((1 + 400 * 3) * 320))
    return {
        "exif.jpg": _picture("JPEG", exif=_exif(), comment=ATTACK.encode()),
        "exif.webp": _picture("WEBP", exif=_exif(), xmp=ATTACK.encode()),
        "exif.tif": _picture("TIFF", exif=_exif()),
        "texts.png": _picture("PNG", pnginfo=_texts()),
        "comment.gif": _picture("GIF", comment=ATTACK.encode()),
        "profile.png": _picture("PNG", icc_profile=b"Display P3" + ATTACK.encode()),
        "polyglot.png": _picture("PNG") + _archive(),
        "chunk.png": PNG + png_head(400, 320) + png_chunk(SHORT, b"", 0) + png_chunk(b"IDAT", data),
        "unknown-chunk.png": PNG
        + png_head(400, 320)
        + png_chunk(b"::a:", b"x")
        + png_chunk(b"\n##[", b"", 0),
        "cut-chunk.png": PNG + png_head(400, 320) + b"\0\1\0\0" + SHORT,
        "compression.bmp": replaced(bmp_head(400, 320), struct.pack("<HI", 24, 0), b"\x18\0" + SHORT),
        "cut.gif": gif((400, 320)) + ATTACK.encode(),
        "tags.mp4": _tagged(clip, "mp4"),
        "tags.mov": _tagged(clip, "mov"),
        "codec.mp4": clip.replace(b"avc1", SHORT),
        "other-codec.mp4": clip.replace(b"avc1", b"::a:"),
        "brand.mp4": brands(b"\n::e", SHORT, b"##[x") + clip,
        "box.mp4": clip + struct.pack(">I", 5_000) + SHORT,
        "handler.mov": clip.replace(b"vide", SHORT),
        "tags.mp3": _tagged(mp3(3), "mp3"),
        "brand.heic": brands(b"heic", b"mif1", SHORT) + bytes(100),
        "page.png": b"<!doctype html><title>" + ATTACK.encode() + b"</title>",
        "words.png": ATTACK.encode(),
        "pointer.png": b"version https://git-lfs.github.com/spec/v1\nsize 1" + ATTACK.encode(),
        "svg.png": b"<svg>" + ATTACK.encode() + b"</svg>",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, data in _files().items():
        (folder / name).write_bytes(data)
    photo(folder / f"{ATTACK}.png".replace("/", "\u2215"))
    return folder


def inert(text: str) -> None:
    """It does nothing but show, wherever it is shown."""
    assert moves_a_terminal(text) == []
    assert commands(text) == []


def test_row_76_what_files_say_is_text_in_json(folder: Path) -> None:
    code, out, err = finish(
        "lint", "--no-config", *IGNORED, "--output-format", "json", str(folder), cwd=folder
    )
    inert(out.decode())
    inert(err.decode())
    assets = json.loads(out)["assets"]
    assert (code, len(assets)) == (1, len(_files()) + 1)
    assert "internal error" not in out.decode()
    by_name = {Path(asset["target"]).name: asset for asset in assets}
    assert by_name["codec.mp4"]["facts"]["codec"] == SHORT.decode()
    assert by_name["other-codec.mp4"]["facts"]["codec"] == "::a:"
    assert f"{ATTACK}.png".replace("/", "\u2215") in by_name


@pytest.mark.parametrize("extra", [(), ("--show-passing",), ("--quiet",), ("--color", "always")])
def test_row_76_and_in_text(extra: tuple[str, ...], folder: Path) -> None:
    code, out, err = finish("lint", "--no-config", *IGNORED, *extra, str(folder), cwd=folder)
    text = out.decode()
    assert code == 1
    if "always" in extra:
        for style in ("\x1b[0m", *(f"\x1b[{number}m" for number in (1, 2, 31, 32, 33, 35, 36))):
            text = text.replace(style, "")
    inert(text)
    inert(err.decode())
    assert "internal error" not in text
    assert len([line for line in text.splitlines() if line.startswith(f"{folder}/")]) >= 12


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize(
    "name", ["::error::x.png", "a ::error::x.png", "a " * 30 + "::debug ::x.png", "##[group]x.png"]
)
def test_row_76_wrapping_makes_no_command_of_a_line(name: str, width: int, tmp_path: Path) -> None:
    photo(tmp_path / name)
    (tmp_path / f"{name} two.png").write_bytes(b"")
    report = validator.lint([tmp_path / name, tmp_path / f"{name} two.png"], Config(ignore=PEOPLE))
    inert(render(report, "text", Look(width=width, show_passing=True)))


def test_row_76_a_list_may_say_what_it_wants(tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    asset = {"path": "a.png", "name": ATTACK, "group": {"kind": "virtual", "name": ATTACK, "id": ATTACK}}
    missing = {"path": f"{ATTACK}.png"}
    (tmp_path / "assets.json").write_text(json.dumps([asset, missing]))
    reports = [f"--output-format={form}={form}.out" for form in FORMATS]
    code, out, err = finish("lint", "--no-config", *IGNORED, *reports, "assets.json", cwd=tmp_path)
    inert(out.decode() + err.decode())
    assert code == 1
    for form in TEXTS:
        assert harm((tmp_path / f"{form}.out").read_bytes().decode(), form) == []
    assert json.loads((tmp_path / "json.out").read_bytes())["assets"][0]["name"] == ATTACK
    for broken in (
        [{"path": "a.png", ATTACK: 1}],
        [{"path": 1, "role": ATTACK}],
        [{"role": ATTACK}],
        {ATTACK: 1},
    ):
        (tmp_path / "assets.json").write_text(json.dumps(broken))
        code, out, err = finish("lint", "--no-config", *IGNORED, "assets.json", cwd=tmp_path)
        inert(out.decode() + err.decode())
        assert (code, out) == (2, b"")


def _served(*headers: bytes, status: bytes = b"200 OK", body: bytes = b"<html>") -> Report:
    head = b"HTTP/1.1 " + status + b"\r\n" + b"".join(each + b"\r\n" for each in headers)
    raw = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    config = Config(ignore=PEOPLE, allow_private_hosts=True, retries=0)
    with serving(saying(raw)) as url:
        return validator.lint([f"{url}/a.png"], config)


@pytest.mark.parametrize(
    "headers",
    [
        (b"Content-Type: image/png\x1b[2J",),
        (b"Content-Type: ::error::x",),
        (b"Content-Type: ##[error]x; charset=\x9b31m",),
        (b"Content-Type: </script><!--]]>",),
        (b"Content-Encoding: \x1b[2J",),
        (b"Location: http://127.0.0.1/::error::\x1b[2J",),
    ],
)
@pytest.mark.parametrize("status", [b"200 OK", b"302 ::error::x", b"404 \x1b[2J##[error]x", b"503 \x9b31m"])
def test_row_76_what_a_server_says_is_text(headers: tuple[bytes, ...], status: bytes) -> None:
    report = _served(*headers, status=status)
    assert "internal error" not in words(report.assets[0])
    for form in TEXTS:
        assert harm(render(report, form, Look(show_passing=True)), form) == []


def test_row_76_a_page_that_a_server_sends_is_not_repeated() -> None:
    report = _served(b"Content-Type: text/html", body=b"<html><title>" + ATTACK.encode())
    assert {"URL005"} <= {finding.code for finding in report.assets[0].findings}
    for form in TEXTS:
        text = render(report, form, Look(show_passing=True))
        assert harm(text, form) == []
        assert "::error file=a::x" not in text


def test_row_76_a_terminal_of_another_encoding_is_no_way_out(folder: Path) -> None:
    for encoding in ("ascii", "latin-1", "cp1252"):
        code, out, err = finish(
            "lint",
            "--no-config",
            *IGNORED,
            str(folder),
            cwd=folder,
            env=environment(PYTHONIOENCODING=encoding),
        )
        assert code == 1
        inert(out.decode(encoding) + err.decode(encoding))


def test_row_76_the_server_of_these_tests_can_be_whole() -> None:
    """So that what the others see is the hostile part, and not the server."""
    good = _picture_bytes()
    config = Config(ignore=(*PEOPLE, "URL001"), allow_private_hosts=True, retries=0)
    with serving(saying(answer(good, "Content-Type: image/png"))) as url:
        (result,) = validator.lint([f"{url}/a.png"], config)
    assert result.facts.values()["width"] == 400


def _picture_bytes() -> bytes:
    return _picture("PNG")
