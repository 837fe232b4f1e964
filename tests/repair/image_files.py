"""Picture files for tests of copies: made on the spot, opened and compared by Pillow alone."""

from __future__ import annotations

import io
import struct
from typing import Any

import PIL.Image
from PIL.Image import Image

from validator.repair.image_make import make_image
from validator.repair.plan import Made
from validator.repair.recipe import ImageRecipe

WIDTH, HEIGHT = 96, 64


def scene(width: int = WIDTH, height: int = HEIGHT) -> Image:
    """Gradients and shapes of several colours, no two corners alike."""
    across = PIL.Image.linear_gradient("L").rotate(90).resize((width, height))
    down = PIL.Image.linear_gradient("L").resize((width, height))
    image = PIL.Image.merge("RGB", (across, down, PIL.Image.new("L", (width, height), 90)))
    image.paste((220, 40, 30), (width // 8, height // 4, width // 2, height // 2))
    image.paste((250, 250, 240), (width // 2, height // 2, width * 3 // 4, height * 7 // 8))
    return image


def stored(image: Image, plugin: str, **options: Any) -> io.BytesIO:
    """The picture as an open file."""
    file = io.BytesIO()
    image.save(file, plugin, **options)
    file.seek(0)
    return file


def copied(file: io.BytesIO, recipe: ImageRecipe) -> tuple[Image, Made, bytes]:
    """The copy, decoded by Pillow; what is said of it; its bytes."""
    content, made = make_image(recipe, file, lambda: False)
    image = open_copy(content)
    image.load()
    return image, made, content


def open_copy(content: bytes) -> Image:
    """A copy as Pillow reads it, with pillow-heif for what it does not know."""
    if content[4:8] == b"ftyp" and content[8:12] != b"avif":
        from pillow_heif import HeifImageFile

        opened: Any = HeifImageFile
        image: Image = opened(io.BytesIO(content))
        return image
    return PIL.Image.open(io.BytesIO(content))


def far(one: Image, other: Image) -> int:
    """The greatest difference of any sample of two pictures of one size, in RGB."""
    from PIL import ImageChops

    extrema: Any = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    return max(int(most) for _, most in extrema)


def gamma_profile(gamma: float, space: bytes = b"RGB ") -> bytes:
    """An ICC profile of sRGB's primaries, or of grey, with another gamma (ICC.1:2022, 8.3 and 8.4)."""
    curve = b"curv" + bytes(4) + struct.pack(">IHxx", 1, round(gamma * 256))

    def xyz(x: float, y: float, z: float) -> bytes:
        return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(part * 65536) for part in (x, y, z)))

    tags = {b"wtpt": xyz(0.9642, 1, 0.8249)}
    if space == b"GRAY":
        tags[b"kTRC"] = curve
    else:
        tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
        tags |= {b"rXYZ": xyz(0.4361, 0.2225, 0.0139), b"gXYZ": xyz(0.3851, 0.7169, 0.0971)}
        tags[b"bXYZ"] = xyz(0.1431, 0.0606, 0.7141)
    directory, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        directory += struct.pack(">4sII", name, start + len(content), len(tag))
        content += tag
    white = struct.pack(">iii", *(round(part * 65536) for part in (0.9642, 1, 0.8249)))
    size = struct.pack(">I", 128 + len(directory) + len(content))
    head = size + b"test" + b"\x02\x40\0\0" + b"mntr" + space + b"XYZ " + bytes(12) + b"acsp" + bytes(28)
    return (head + white).ljust(128, b"\0") + directory + content
