"""What decoders take into memory as a whole is not opened where it is too large for that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.probe.media import heif, noise, saved
from validator.intake.source import open_local
from validator.model import Asset
from validator.probe import LARGEST_TAKEN_WHOLE, probe

_MP3 = (bytes.fromhex("fffb9064") + bytes(413)) * 10
_PICTURE = noise(64, 48)


@pytest.mark.parametrize(
    ("format_name", "data"),
    [
        ("jpeg", saved(_PICTURE, "JPEG")),
        ("webp", saved(_PICTURE, "WEBP")),
        ("heic", heif(_PICTURE)),
        ("mp3", _MP3),
    ],
)
def test_a_padded_file_is_not_judged(format_name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"padded.{format_name}"
    path.write_bytes(data)
    os.truncate(path, LARGEST_TAKEN_WHOLE + 1)  # sparse: nothing of it is stored
    asset = Asset(str(path), str(path))
    with open_local(asset) as source:
        found = probe(asset, source)
    assert (found.file.format, found.file.bytes, found.file.name_agreement) == (
        format_name,
        LARGEST_TAKEN_WHOLE + 1,
        "agrees",
    )
    assert (found.media, found.file.integrity) == (None, None)
    assert (
        found.why_unmeasured("integrity") == f"a {format_name} of more than 200,000,000 bytes is not opened"
    )


def test_what_is_read_piece_by_piece_is_judged_at_any_size(tmp_path: Path) -> None:
    path = tmp_path / "padded.png"
    path.write_bytes(saved(_PICTURE, "PNG"))
    os.truncate(path, LARGEST_TAKEN_WHOLE + 1)
    asset = Asset(str(path), str(path))
    with open_local(asset) as source:
        assert probe(asset, source).file.integrity == "whole"
