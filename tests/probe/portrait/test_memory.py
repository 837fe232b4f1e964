"""Five hundred photographs in one run: neither the program nor its face workers grow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest
from PIL import Image, ImageEnhance

from tests.probe.portrait import photos
from tests.probe.portrait.surroundings import children, needs_proc, resident
from validator import Config, lint_iter

COUNT = 500
SIZE = (1280, 853)


def varied(folder: Path) -> Iterator[Path]:
    """Photographs with none, one or two people, each of which differs from all others."""
    for number in range(COUNT):
        picture = (photos.portrait, photos.two_faces, photos.close_up, _coffee)[number % 4]()
        shift = number % 25 * 4
        canvas = Image.new("RGB", SIZE, (number % 256, 80, 90))
        canvas.paste(picture.resize((800 - shift, 800 - shift)), (shift * 3, shift // 4))
        bright = ImageEnhance.Brightness(canvas).enhance(0.8 + number / COUNT / 3)
        path = folder / f"{number:03}.jpg"
        bright.save(path, quality=90)
        yield path


def _coffee() -> Image.Image:
    return photos.of_nobody("coffee")


@needs_proc
@pytest.mark.slow
@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize("workers", [1, 2])
def test_memory_stays_flat(workers: int, tmp_path: Path) -> None:
    """The mean of the last quarter is at most a tenth and 20 MB above that of the second.

    Face workers grow a little and are replaced from time to time: their curve has teeth.
    """
    targets = list(varied(tmp_path))
    others = children()
    program: list[float] = []
    helpers: list[float] = []
    faces = 0
    for result in lint_iter(targets, Config(workers=workers)):
        assert result.facts.faces is not None
        faces += result.facts.faces.face_count or 0
        assert not [each.reason for each in result.not_judged if each.code == "POR001"]
        program.append(resident())
        helpers.append(sum(resident(pid) for pid in children() - others))
    assert len(program) == COUNT
    assert faces >= COUNT * 0.8
    curve = "\n".join(
        f"{number:3} photos: program {program[number - 1]:.0f} MB, face workers {helpers[number - 1]:.0f} MB"
        for number in (1, *range(50, COUNT + 1, 50))
    )
    curve += f"\nface workers at most {max(helpers):.0f} MB"
    print(curve)  # noqa: T201 - shown by -s, for reports
    for measured in (program, helpers):
        quarter = COUNT // 4
        second, last = mean(measured[quarter : 2 * quarter]), mean(measured[-quarter:])
        assert last <= 1.1 * second + 20, curve
    assert children() == others
