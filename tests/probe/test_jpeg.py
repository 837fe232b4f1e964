"""What libjpeg passes over in silence."""

from __future__ import annotations

import os
from pathlib import Path

from tests.probe.media import noise, saved
from validator.probe import jpeg


def test_a_file_too_large_for_memory_is_not_taken_into_it(tmp_path: Path) -> None:
    path = tmp_path / "padded.jpg"
    path.write_bytes(saved(noise(64, 48), "JPEG"))
    os.truncate(path, 3_000_000_000)  # sparse: nothing of it is stored
    with path.open("rb") as file:
        assert jpeg.check(file).integrity == "whole"
