"""What a plan needs to know of a picture beyond its verdict: other formats' facts, where the eye is drawn."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from validator.model import Depth, ImageFacts
from validator.probe.colour import describe_colour
from validator.probe.damage import DECODER_ERRORS
from validator.probe.image import probe_image
from validator.probe.media import is_opened
from validator.probe.quiet import quiet
from validator.probe.too_much import TooMuchError
from validator.repair.image_format import LOSSLESS, VECTOR, is_worth_packing
from validator.repair.image_packing import packed_share
from validator.repair.image_problem import ImageProblemError
from validator.repair.image_read import drawing_notes, open_picture, why_unreadable
from validator.repair.survey import Share, Survey

if TYPE_CHECKING:
    from PIL.Image import Image


def survey_image(
    file: BinaryIO,
    format_name: str,
    cancelled: Callable[[], bool],
    *,
    salience: bool = False,
    frame: int | None = None,
) -> Survey:
    """Measure an open picture; the format is what its first bytes say.

    With `salience`, it is also told where the picture draws the eye. Of a `frame`, where one was chosen, all
    that differs from the one that is shown first is told; a number that there is not changes nothing.

    Raises:
        Cancelled: the run was asked to stop.
    """
    if problem := why_unreadable(format_name):
        return Survey(problem=problem)
    packed = _packed(file, format_name) if format_name in LOSSLESS else None
    if is_opened(format_name) and not salience and frame is None:
        return Survey(packed=packed)
    try:
        found = probe_image(
            file,
            format_name,
            Depth.STANDARD,
            cancelled,
            stills=salience,
            open_picture=partial(_at_frame, frame=frame),
        )
        notes = drawing_notes(file) if format_name in VECTOR else ()
    except ImageProblemError as error:
        return Survey(problem=str(error))
    problem = ""
    if found.expansion != "sane":
        problem = f"The picture is larger than what is decoded: {found.expansion_detail}."
    elif found.damage.integrity != "whole":
        problem = f"The picture is damaged ({found.damage.detail}): what is lost cannot be brought back."
    elif found.unmeasured:
        problem = f"The picture cannot be read here: {next(iter(found.unmeasured.values()))}."
    salient: Share | None = None
    if found.stills:
        from validator.repair.salience import salient_box

        still = found.stills[0]
        salient = salient_box(still.rgb, still.width, still.height)
    is_new = frame is not None or not is_opened(format_name)
    facts = found.facts if isinstance(found.facts, ImageFacts) and is_new else None
    return Survey(facts=facts, salient=salient, problem=problem, packed=packed, notes=notes)


def _at_frame(file: BinaryIO, format_name: str, *, frame: int | None) -> Image:
    """The picture, opened at this frame, if there is such a one."""
    image = open_picture(file, format_name)
    if frame is not None and 0 <= frame < int(getattr(image, "n_frames", 1)) and frame != image.tell():
        image.seek(frame)
    return image


def _packed(file: BinaryIO, format_name: str) -> Fraction | None:
    """How small it gets without loss, if it is large; one that cannot be read is told of elsewhere."""
    with quiet:
        try:
            with open_picture(file, format_name) as image:
                depth = describe_colour(image, file, format_name).bit_depth
                width, height = image.size
                facts = ImageFacts(width=width, height=height, mode=image.mode, bit_depth=depth)
                if not is_worth_packing(format_name, facts):
                    return None
                image.load()
                return packed_share(image, depth)
        except (TooMuchError, ImageProblemError):
            return None
        except DECODER_ERRORS:
            return None
