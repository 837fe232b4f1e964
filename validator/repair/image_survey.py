"""What a plan needs to know of a picture beyond its verdict: other formats' facts, where the eye is drawn."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import BinaryIO

from validator.model import Depth, ImageFacts
from validator.probe.colour import describe_colour
from validator.probe.damage import DECODER_ERRORS
from validator.probe.image import probe_image
from validator.probe.media import is_opened
from validator.probe.quiet import quiet
from validator.probe.too_much import TooMuchError
from validator.repair.image_format import LOSSLESS, is_worth_packing
from validator.repair.image_packing import packed_share
from validator.repair.image_problem import ImageProblemError
from validator.repair.image_read import open_picture, why_unreadable
from validator.repair.survey import Share, Survey


def survey_image(
    file: BinaryIO, format_name: str, cancelled: Callable[[], bool], *, salience: bool = False
) -> Survey:
    """Measure an open picture; the format is what its first bytes say.

    Raises:
        Cancelled: the run was asked to stop.
    """
    if problem := why_unreadable(format_name):
        return Survey(problem=problem)
    packed = _packed(file, format_name) if format_name in LOSSLESS else None
    if is_opened(format_name) and not salience:
        return Survey(packed=packed)
    try:
        found = probe_image(
            file, format_name, Depth.STANDARD, cancelled, stills=salience, open_picture=open_picture
        )
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
    facts = found.facts if isinstance(found.facts, ImageFacts) and not is_opened(format_name) else None
    return Survey(facts=facts, salient=salient, problem=problem, packed=packed)


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
        except TooMuchError:
            return None
        except DECODER_ERRORS:
            return None
