"""Blocks of a JPEG lie in its copy as they lay, where nothing that was asked for is given up for that."""

from __future__ import annotations

import io
import random

import PIL.Image
from hypothesis import given
from hypothesis import strategies as st

from tests.repair.image_files import copied, scene, stored
from validator.people import Box
from validator.repair.geometry import Framing
from validator.repair.image_blocks import BLOCK, on_blocks
from validator.repair.recipe import Canvas, ImageRecipe

sides = st.integers(1, 300)


@given(data=st.data(), width=sides, height=sides)
def test_a_crop_moves_by_half_a_block_and_keeps_what_it_held(
    data: st.DataObject, width: int, height: int
) -> None:
    def part(of: Box) -> Box:
        wide, high = data.draw(st.integers(1, of.width)), data.draw(st.integers(1, of.height))
        left, top = data.draw(st.integers(0, of.width - wide)), data.draw(st.integers(0, of.height - high))
        return Box(of.x + left, of.y + top, wide, high)

    crop = part(Box(0, 0, width, height))
    kept = [part(crop) for _ in range(data.draw(st.integers(0, 2)))]
    found = on_blocks(Framing((width, height), crop, (crop.width, crop.height), None), kept).crop
    assert found is not None
    assert (found.width, found.height) == (crop.width, crop.height)
    for box in (found, *kept):
        outer = Box(0, 0, width, height) if box is found else found
        assert outer.x <= box.x <= box.x + box.width <= outer.x + outer.width
        assert outer.y <= box.y <= box.y + box.height <= outer.y + outer.height
    for before, after in ((crop.x, found.x), (crop.y, found.y)):
        assert after == before or (after % BLOCK == 0 and abs(after - before) < BLOCK)


@given(content=st.tuples(sides, sides), room=st.tuples(sides, sides))
def test_in_a_frame_it_stays_inside_with_room_on_both_sides(
    content: tuple[int, int], room: tuple[int, int]
) -> None:
    width, height = (side + more for side, more in zip(content, room, strict=True))
    before = Canvas(width, height, room[0] // 2, room[1] // 2, "blur")
    canvas = on_blocks(Framing(content, None, content, before)).canvas
    assert canvas is not None
    for place, was, more in ((canvas.x, before.x, room[0]), (canvas.y, before.y, room[1])):
        assert min(was, BLOCK // 2) <= place <= more - min(was, BLOCK // 2)
        assert place == was or (was >= BLOCK and place % BLOCK == 0)
        assert abs(place - was) <= BLOCK // 2


def test_what_is_scaled_stays_where_it_is() -> None:
    scaled = Framing((1000, 350), Box(63, 0, 874, 350), (437, 175), None)
    assert on_blocks(scaled) == scaled


def test_what_a_crop_cannot_hold_is_not_cut_further() -> None:
    cut = Framing((1000, 350), Box(63, 0, 874, 350), (874, 350), None, cuts_kept=True)
    assert on_blocks(cut, [Box(0, 0, 1000, 350)]) == cut


def test_on_blocks_hardly_anything_is_lost() -> None:
    noise = random.Random(7).randbytes(3 * 192 * 128)  # noqa: S311 - the same noise each time
    grain = PIL.Image.blend(scene(192, 128), PIL.Image.frombytes("RGB", (192, 128), noise), 0.3)
    content = stored(grain, "JPEG", quality=75).getvalue()
    found = []
    for x in (48, 55):
        _, made, _ = copied(io.BytesIO(content), ImageRecipe(format="jpeg", crop=Box(x, 0, 96, 128)))
        assert made.quality is not None
        found.append(made.quality.ssim)
    assert found[0] > 0.999 > found[1]
