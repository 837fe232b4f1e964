"""The real detectors, started once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

from validator.probe.portrait.looker import FaceFinder, LookError
from validator.probe.shrink import still_of


@pytest.fixture(scope="session")
def faces() -> Iterator[FaceFinder]:
    """Who looks for faces; tests that need it are skipped where nobody can, with the reason."""
    with FaceFinder() as finder:
        try:
            finder.look(still_of(Image.new("RGB", (64, 64))))
        except LookError as error:
            pytest.skip(str(error))
        yield finder
