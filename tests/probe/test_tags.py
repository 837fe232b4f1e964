"""What a file says about itself in words may be in any encoding; it is judged all the same."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.probe.media import measured
from validator.probe.stream import opened

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"


@pytest.mark.parametrize("name", ["fragmented.mp4", "edit-list.mp4"])
def test_a_title_that_is_not_utf_8_changes_nothing(name: str) -> None:
    data = (MEDIA / name).read_bytes()
    renamed = data.replace(b"VideoHandler", b"Vid\xe9o\xff\xfeHand!")
    assert renamed != data
    facts = measured(renamed).media
    assert facts is not None
    assert facts == measured(data).media


def test_words_come_back_whatever_they_are() -> None:
    data = (MEDIA / "fragmented.mp4").read_bytes().replace(b"VideoHandler", b"Vid\xe9o\xff\xfeHand!")
    with opened(io.BytesIO(data), "mov") as container:
        assert "Hand!" in container.streams.video[0].metadata["handler_name"]
