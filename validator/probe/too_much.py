"""What is too much: bounds on what a picture announces and carries, and the tally that is held to them."""

from __future__ import annotations

from validator.model import Expansion

MAX_PIXELS = 178_956_970
"""Pixels of one picture that are decoded: Pillow's own bound, five times what 6000 x 6000 has."""

MAX_METADATA = 32_000_000
"""Bytes of Exif, profiles, texts and the like; what is packed counts unpacked.

It is more than a whole picture may have for the service (30 MB), so that none that it takes is refused for
what a camera or an editor left in it: only for what unpacks, or counts many times over.
"""

MAX_PIECES = 1_000
"""Pieces of metadata. Cameras and editors write some dozens; 32 MB of Exif or profile in a JPEG are 500."""

MAX_PARTS = 250_000
"""Chunks, segments, directories and frames of any sort that are walked through."""

MAX_FRAMES = 5_000
"""Frames or pages that are decoded: more than three minutes of animation at 25 a second."""


class TooMuchError(Exception):
    """A picture that announces or carries more than we decode; `detail` says how much, in words.

    `size` in pixels and `frames` are what is known of it all the same.
    """

    def __init__(
        self,
        expansion: Expansion,
        detail: str,
        *,
        size: tuple[int, int] | None = None,
        frames: int | None = None,
    ) -> None:
        self.expansion = expansion
        self.detail = detail
        self.size = size
        self.frames = frames
        super().__init__(detail)


class Tally:
    """What a walk through a file's structure met so far; too many parts end the walk at once.

    `stopped`: there may be more than was counted.

    >>> tally = Tally()
    >>> tally.metadata(40_000_000)
    >>> tally.judge()
    Traceback (most recent call last):
        ...
    validator.probe.too_much.TooMuchError: 40,000,000 bytes of metadata; we read at most 32,000,000
    """

    def __init__(self) -> None:
        self.bytes = 0
        self.frames = 0
        self.stopped = False
        self._pieces = 0
        self._parts = 0

    def part(self) -> None:
        """One part of any sort.

        Raises:
            TooMuchError: there are more than `MAX_PARTS`.
        """
        self._parts += 1
        if self._parts > MAX_PARTS:
            self.stopped = True
            self.judge()
            raise TooMuchError("metadata", f"more than {MAX_PARTS:,} parts; we look at no more")

    def frame(self) -> None:
        """One frame or page, which is a part too."""
        self.frames += 1
        self.part()

    def metadata(self, size: int) -> None:
        """One piece of metadata, which is a part too; `size` in bytes.

        Raises:
            TooMuchError: there are more than `MAX_PIECES`.
        """
        self.bytes += max(size, 0)
        self._pieces += 1
        if self._pieces > MAX_PIECES:
            raise TooMuchError("metadata", f"more than {MAX_PIECES:,} pieces; we read no more")
        self.part()

    def judge(self) -> None:
        """Hold what was met to the bounds.

        Raises:
            TooMuchError: it is beyond one of them.
        """
        more = "at least " if self.stopped else ""
        if self.bytes > MAX_METADATA:
            detail = f"{more}{self.bytes:,} bytes of metadata; we read at most {MAX_METADATA:,}"
            raise TooMuchError("metadata", detail)
        if self.frames > MAX_FRAMES:
            detail = f"{more}{self.frames:,} frames; we decode at most {MAX_FRAMES:,}"
            raise TooMuchError("frames", detail, frames=None if self.stopped else self.frames)
