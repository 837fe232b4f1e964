"""Colours as a screen shows them: pixels of a picture with a colour profile become sRGB (Little CMS)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsProfile

_SPACES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY"}  # what ICC calls a mode's colours
_MAX_PROFILE = 4_000_000  # bytes; those of printers have two


def in_srgb(image: Image, profile: object) -> Image:
    """The picture in sRGB; as it is where it has no ICC profile, or one that cannot be applied to it.

    >>> import PIL.Image
    >>> in_srgb(PIL.Image.new("RGB", (1, 1), (1, 2, 3)), None).getpixel((0, 0))
    (1, 2, 3)
    """
    if not isinstance(profile, bytes) or image.mode not in _SPACES or len(profile) > _MAX_PROFILE:
        return image
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space != _SPACES[image.mode] or _is_srgb(source):
            return image
        shown = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, ImportError, OSError, ValueError, TypeError):
        return image
    return image if shown is None else shown


def _is_srgb(profile: ImageCmsProfile) -> bool:
    """By its own name, as "sRGB IEC61966-2.1": other texts in it may tell of sRGB too."""
    return (profile.profile.profile_description or "").startswith("sRGB")
