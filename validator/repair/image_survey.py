"""What a plan needs to know of a picture beyond its verdict: facts of formats that are not judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from validator.model import Depth, ImageFacts
from validator.probe.image import probe_image
from validator.probe.media import is_opened
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
    if is_opened(format_name) and not salience:
        return Survey()
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
    return Survey(facts=facts, salient=salient, problem=problem)
