"""Pictures as people have them: of cameras and phones, screenshots, graphics, pictures from the web."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.ImageOps
import pillow_heif
import skimage.data

# Of a hundred pictures; a letter of the name stands for a maker.
_FORMATS = (
    *("camera",) * 36,
    *("jpeg",) * 20,
    *("png",) * 18,
    *("webp",) * 10,
    *("gif",) * 6,
    *("heic",) * 4,
    *("tiff",) * 3,
    *("bmp",) * 3,
)
_CAMERA = ((1600, 1200), (1920, 1080), (2048, 1536), (1080, 1440), (1080, 1920), (3000, 2000), (4032, 3024))
_CAMERA_SHARES = (20, 25, 15, 15, 15, 6, 4)
_WEB = (
    (640, 480),
    (800, 600),
    (1024, 768),
    (1280, 720),
    (1080, 1350),
    (1200, 1200),
    (1920, 1080),
    (720, 1280),
)
_WEB_SHARES = (15, 15, 15, 20, 10, 5, 10, 10)
_SCENES = ("coffee", "chelsea", "rocket", "retina", "hubble_deep_field", "immunohistochemistry", "astronaut")
_FACE = (150, 0, 330, 240)  # of the astronaut's photograph: left, top, right, bottom; the face with its hair
_NOISE = 6  # of 255

_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Camera 1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}'
    "</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)


@cache
def _scene(name: str) -> PIL.Image.Image:
    return PIL.Image.fromarray(np.asarray(getattr(skimage.data, name)())).convert("RGB")


@cache
def _grain() -> Any:
    return np.random.default_rng(1).integers(0, 2 * _NOISE + 1, (1 << 22,), dtype=np.uint8)


@cache
def _profile() -> bytes:
    return PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()


def scene(random_: random.Random, size: tuple[int, int]) -> PIL.Image.Image:
    """A part of a photograph, scaled to this size."""
    source = _scene(random_.choice(_SCENES))
    width = source.width * random_.uniform(0.4, 0.9)
    height = min(width * size[1] / size[0], source.height * 0.95)
    width = height * size[0] / size[1]
    left, top = random_.uniform(0, source.width - width), random_.uniform(0, source.height - height)
    picture = source.resize(size, PIL.Image.Resampling.BICUBIC, (left, top, left + width, top + height))
    return PIL.ImageOps.mirror(picture) if random_.random() < 0.5 else picture


def grainy(picture: PIL.Image.Image, random_: random.Random) -> PIL.Image.Image:
    """The same with the noise of a sensor."""
    values = np.asarray(picture).reshape(-1)
    start = random_.randrange(1 << 20)
    grain = np.resize(_grain()[start:], values.shape)
    low = np.minimum(values, 255 - 2 * _NOISE) + grain
    return PIL.Image.frombytes("RGB", picture.size, low.tobytes())


def image(folder: Path, number: int, _source: Path) -> None:
    """One of a thousand pictures."""
    random_ = random.Random(number)  # noqa: S311 - the same pictures each time
    kind = _FORMATS[random_.randrange(100)]
    from_camera = kind in ("camera", "heic")
    sizes, shares = (_CAMERA, _CAMERA_SHARES) if from_camera else (_WEB, _WEB_SHARES)
    picture = scene(random_, random_.choices(sizes, shares)[0])
    if from_camera:
        picture = grainy(picture, random_)
    _write(picture, folder / f"{number:05}", kind, random_)


def _write(picture: PIL.Image.Image, path: Path, kind: str, random_: random.Random) -> None:
    if kind in ("camera", "heic"):
        exif = PIL.Image.Exif()
        exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Camera 1", random_.choice((1, 1, 1, 6, 8))
        exif[0x0132] = "2026:05:01 12:00:00"
        exif.get_ifd(0x8769).update({0x829A: 0.01, 0x8827: 100, 0x927C: random_.randbytes(8_000)})
        said: dict[str, Any] = {"exif": exif.tobytes(), "icc_profile": _profile()}
        if kind == "heic":
            pillow_heif.register_heif_opener()
            picture.save(path.with_suffix(".heic"), quality=60, enc_params={"preset": "ultrafast"}, **said)
            return
        xmp = _XMP.format(text="A photograph. " * 100).encode()
        picture.save(path.with_suffix(".jpg"), quality=random_.choice((85, 90, 93)), xmp=xmp, **said)
    elif kind == "jpeg":
        picture.save(path.with_suffix(".jpeg"), quality=80, progressive=random_.random() < 0.4)
    elif kind == "png":
        made = picture.convert("RGBA") if random_.random() < 0.3 else picture
        made.save(path.with_suffix(".png"), compress_level=4)
    elif kind == "webp":
        picture.save(path.with_suffix(".webp"), quality=80, method=2)
    elif kind == "gif":
        frames = [picture.resize((480, 360)).quantize(128, PIL.Image.Quantize.FASTOCTREE)] * 1
        frames += [frames[0].rotate(angle) for angle in range(3, random_.choice((0, 30)), 3)]
        frames[0].save(path.with_suffix(".gif"), save_all=True, append_images=frames[1:], duration=80)
    elif kind == "tiff":
        picture.save(path.with_suffix(".tif"), compression=random_.choice((None, "tiff_lzw")))
    else:
        picture.save(path.with_suffix(".bmp"))


def small(folder: Path, number: int, _source: Path) -> None:
    """One of ten thousand small pictures."""
    random_ = random.Random(10_000 + number)  # noqa: S311 - the same pictures each time
    picture = scene(random_, random_.choice(((320, 320), (400, 300), (480, 320), (300, 400))))
    if number % 5:
        picture.save(folder / f"{number:05}.jpg", quality=75)
    else:
        picture.quantize(64, PIL.Image.Quantize.FASTOCTREE).save(folder / f"{number:05}.png")


def url(folder: Path, number: int, _source: Path) -> None:
    """A picture as web pages have them."""
    random_ = random.Random(20_000 + number)  # noqa: S311 - the same pictures each time
    picture = scene(random_, random_.choice(((640, 480), (800, 600), (600, 800), (1024, 768))))
    picture.save(folder / f"{number:05}.jpg", quality=80)


def face(folder: Path, number: int, _source: Path) -> None:
    """A photograph of a person, each in another part of the frame."""
    random_ = random.Random(30_000 + number)  # noqa: S311 - the same pictures each time
    source = _scene("astronaut")
    left, top, right, bottom = _FACE
    wide = random_.uniform(260, 400)
    x = random_.uniform(max(0, right - wide), min(left, source.width - wide))
    y = random_.uniform(0, top + 20)
    tall = min(wide * 4 / 3, source.height - y)
    assert tall > bottom - y
    picture = source.resize((1080, 1440), PIL.Image.Resampling.BICUBIC, (x, y, x + tall * 0.75, y + tall))
    grainy(picture, random_).save(folder / f"{number:05}.jpg", quality=90)


Maker = Callable[[Path, int, Path], None]
MAKERS: dict[str, Maker] = {"images": image, "small": small, "urls": url, "faces": face}
"""What makes one file of a part: its folder, its number, where prepared material lies."""
