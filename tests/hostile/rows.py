"""The rows of the list of hostile inputs, and how tests name the one that they hold: `test_row_07_…`."""

from __future__ import annotations

import re

ROWS = range(1, 83)
"""To 20 addresses, 34 transfers, 43 files, 58 images, 75 video and audio, 82 output and upload."""

_NAME = re.compile(r"\btest_row_(\d\d)_")


def row_of(test: str) -> int | None:
    """The row that a test holds, by the test's name or node id.

    >>> row_of("tests/hostile/test_images.py::test_row_44_a_header_of_giga_pixels"), row_of("test_other")
    (44, None)
    """
    found = _NAME.search(test)
    return int(found[1]) if found else None
