"""Previews as tests look at them."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

from tests.probe.media import never
from tests.probe.quarters import picture_of
from validator.intake.source import Source
from validator.model import Asset, Depth, Facts, FileFacts, Role
from validator.preview import Preview, SmallPicture
from validator.probe import Attention, probe
from validator.probe.portrait.look import FoundFace, Look
from validator.probe.still import Still

FACE = FoundFace(0.3, 0.2, 0.4, 0.6, 0.9)


def facts_of(
    data: bytes,
    name: str = "some",
    *,
    depth: Depth = Depth.STANDARD,
    role: Role | None = None,
    people: Attention | None = None,
    previews: bool = True,
) -> Facts:
    """Probe bytes as if they were a file of this name, with what there is to see of it."""
    source = Source(io.BytesIO(data), FileFacts(access="readable", bytes=len(data)))
    asset = Asset(name, name, role=role)
    return probe(asset, source, depth=depth, people=people, previews=previews, cancelled=never)


def preview_of(data: bytes, depth: Depth = Depth.STANDARD) -> Preview | None:
    return facts_of(data, depth=depth).preview


def seen(data: bytes, depth: Depth = Depth.STANDARD) -> Preview:
    preview = preview_of(data, depth)
    assert preview is not None
    return preview


def picture(data: bytes) -> Image.Image:
    """The small copy of a picture, decoded."""
    preview = seen(data)
    assert preview.picture is not None
    assert (preview.strip, preview.waveform, preview.frame_rates) == ((), (), ())
    return opened(preview.picture)


def opened(small: SmallPicture) -> Image.Image:
    """What a browser would show, which is what was promised."""
    image = Image.open(io.BytesIO(small.data))
    assert (image.format, small.media_type) == ("WEBP", "image/webp")
    assert image.size == (small.width, small.height)
    assert "icc_profile" not in image.info
    assert "exif" not in image.info
    return image.convert("RGB")


def still_of(image: Image.Image) -> Still:
    """A still, for what looks at its corners."""
    return Still(image.width, image.height, image.convert("RGB").tobytes(), image.width, image.height)


class Finder:
    """Sees one face in the pictures that it is told to see one in, by their middle."""

    def __init__(self, has_face: Callable[[tuple[int, ...]], bool]) -> None:
        self._has_face = has_face

    def look(self, still: Still, *, framing: bool, likeness: bool, cancelled: Callable[[], bool]) -> Look:
        """One face, or none."""
        del framing, likeness, cancelled
        middle = picture_of(still).getpixel((still.width // 2, still.height // 2))
        assert isinstance(middle, tuple)
        return Look((FACE,) if self._has_face(tuple(map(int, middle))) else ())
