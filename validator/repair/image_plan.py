"""Plans the copy of a picture: the fewest and gentlest steps to one that conforms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import msgspec

from validator.findings import Finding
from validator.model import ExifState, ImageFacts
from validator.people import Box, FaceFacts, PortraitFacts
from validator.probe.too_much import MAX_PIXELS
from validator.repair.colour_plan import WHITE, Colours, choose_colours, why_not_clear, with_clear_room
from validator.repair.geometry import Framing, NoFraming
from validator.repair.image_changes import changes_of, which_frame
from validator.repair.image_format import VECTOR, Source, at_most, choose_format, most_bytes
from validator.repair.image_framing import (
    SHARPLY_ENLARGED,
    demands_on_sides,
    is_heavy,
    picture_framing,
    told_of_padding,
)
from validator.repair.naming import ending_of
from validator.repair.options import CLEAR
from validator.repair.people_after import Placing, faces_after, portrait_after
from validator.repair.plan import Case, Change, Draft, Obstacle
from validator.repair.portrait_plan import Portrait, about_people, plan_portrait, weighs
from validator.repair.recipe import Canvas, CopyRecipe, ImageRecipe

_ANY_SIZE = Fraction(10**9)
"""Times that a drawing is enlarged: it is as sharp in every size."""
_PLAIN_FROM = 2
"""From this attempt on, a copy is written as every reader takes it."""
_ROOM = Fraction(19, 20)
"""What a further attempt takes of the bytes that the one before was given."""
_LOSSY = frozenset({"jpeg", "webp", "heic", "avif"})
_ENCODED_FOR_METADATA = (
    "Its pixels are encoded anew, though only its name is wrong, so that no metadata stay: without"
    " --metadata drop its bytes stay as they are."
)
_HOLD_EXIF = frozenset({"jpeg", "png", "webp", "tiff", "heic", "avif"})


def plan_image(case: Case) -> Draft:
    """The steps to a copy of this picture that answers the case's findings, or why there is none.

    >>> from validator.model import Asset, Facts, FileFacts, Kind
    >>> from validator.repair.demands import Demands, Range
    >>> from validator.repair.options import RepairOptions
    >>> image = ImageFacts(width=200, height=300, mode="RGB", bit_depth=8, frames=1)
    >>> facts = Facts(kind=Kind.IMAGE, file=FileFacts(format="png", bytes=900), media=image)
    >>> demands = Demands(ranges={"width": Range(Fraction(300))}, codes={"width": ("IMG003",)})
    >>> draft = plan_image(Case(Asset("a.png", "a.png"), facts, (), (), demands, RepairOptions()))
    >>> draft.recipe.size, draft.predicted.height
    ((300, 450), 450)
    """
    image = case.facts.media
    if not isinstance(image, ImageFacts) or not image.width or not image.height:
        code = case.findings[0].code if case.findings else ""
        reason = "The picture's size could not be measured, and nothing can be planned without it."
        return Draft(None, obstacles=(Obstacle(code, reason),))
    if (obstacle := _frame_missing(case, image)) is not None:
        return Draft(None, obstacles=(obstacle,))
    if case.facts.file.format in VECTOR:
        case = replace(case, options=msgspec.structs.replace(case.options, max_enlarge=_ANY_SIZE))
    size = image.width, image.height
    portrait, framing = picture_framing(case, plan_portrait(case), size)
    if portrait.is_refused:
        return Draft(None, obstacles=tuple(Obstacle(*problem) for problem in portrait.problems.items()))
    if isinstance(framing, NoFraming):
        return Draft(None, obstacles=(Obstacle(_code(case, framing.fact), framing.reason),))
    if framing.size[0] * framing.size[1] > MAX_PIXELS:
        return Draft(None, obstacles=(_too_many_pixels(case, framing),))
    copy = _Copy(case, image, portrait, framing)
    if copy.wants_even_sides:
        portrait, even = picture_framing(case, portrait, size, even=True)
        copy = copy if isinstance(even, NoFraming) else _Copy(case, image, portrait, even)
    return copy.draft()


def _frame_missing(case: Case, image: ImageFacts) -> Obstacle | None:
    frames, frame = image.frames or 1, case.options.frame
    if frames == 1 or frame is None or frame < frames:
        return None
    reason = f"There is no frame {frame}: the picture has {frames:,}, numbered from 0; give --frame another."
    return Obstacle(_code(case, "frames"), reason)


def _too_many_pixels(case: Case, framing: Framing) -> Obstacle:
    width, height = framing.size
    broken = (fact for fact in ("width", "height", "short_side", "pixels") if _code(case, fact))
    reason = (
        f"Its copy would have {width}x{height}, {width * height:,} pixels, and no more than {MAX_PIXELS:,}"
        " are judged here: judge it by rules that ask for less."
    )
    return Obstacle(_code(case, next(broken, "aspect_ratio")), reason)


def _code(case: Case, fact: str) -> str:
    """The rule whose finding about this fact has to be answered."""
    found = [finding.code for finding in case.findings if finding.measured.fact == fact]
    return next(iter((*found, *case.demands.codes.get(fact, ()))), "")


@dataclass(frozen=True)
class _Copy:
    """One copy that is planned: its sides are known."""

    case: Case
    image: ImageFacts
    portrait: Portrait
    framing: Framing

    @property
    def wants_even_sides(self) -> bool:
        """Whether its format stores even sides alone, so that odd ones are cut again whenever it is shown."""
        is_odd = any(side % 2 for side in self.framing.size)
        stays = self._source.format.startswith("hei") and self.case.demands.takes("format", "heic")
        return is_odd and not self.framing.is_as_it_was and (stays or self._format == "heic")

    @property
    def _format(self) -> str | None:
        return choose_format(self._source, self.case.demands, plain=self._is_plain, mixed=self._is_mixed)

    def draft(self) -> Draft:
        """The steps, and what comes of them."""
        name = self._format
        if name is None:
            wanted = ", ".join(self.case.demands.allowed.get("format", ())) or "none that is known"
            reason = f"No format that is taken ({wanted}) can be written here: export it in one of them."
            return Draft(None, obstacles=(Obstacle(_code(self.case, "format"), reason),))
        colours = self._colours(name)
        recipe = self._recipe(name, colours)
        predicted = self._predicted(recipe, colours)
        faces, portrait = self._people()
        changes = self._changes(recipe, colours)
        values = {"format": name, **_values(predicted), **_values(faces), **_values(portrait)}
        left = tuple(self._unanswered(values))
        obstacles = tuple(each for each in left if self._is_obstacle(each.code))
        advice = tuple(each for each in left if not self._is_obstacle(each.code))
        warnings = tuple(dict.fromkeys((*(each.reason for each in advice), *self._warnings(recipe, colours))))
        if not obstacles and not any(change.codes for change in changes):
            if not self._leaves_metadata_out:
                return self._as_it_was(warnings)
            if name in _LOSSY:
                warnings = (*warnings, _ENCODED_FOR_METADATA)
        codes = {each.code for each in advice}
        changes = tuple(
            msgspec.structs.replace(change, codes=tuple(code for code in change.codes if code not in codes))
            for change in changes
        )
        return Draft(
            None if obstacles else recipe,
            changes=changes,
            obstacles=obstacles,
            warnings=warnings,
            predicted=predicted,
            predicted_bytes=recipe.max_bytes or at_most(self._source, name),
            faces=faces,
            portrait=portrait,
        )

    @property
    def _leaves_metadata_out(self) -> bool:
        """Whether its bytes cannot stay under another name, though nothing else is wrong."""
        codes = [found.code for found in self.case.findings if found.measured.fact == "name_agreement"]
        return bool(codes) and self.case.options.metadata == "drop"

    def _as_it_was(self, warnings: tuple[str, ...]) -> Draft:
        """A copy would be no better; unless it is the name that is wrong too."""
        facts = self.case.facts
        extension, format_name = facts.file.extension or "", facts.file.format or ""
        codes = [found.code for found in self.case.findings if found.measured.fact == "name_agreement"]
        ending = ending_of(format_name, extension)
        if not codes or ending == extension:
            return Draft(None, warnings=warnings)
        how = "the same bytes under the ending that they need"
        return Draft(
            CopyRecipe(format_name),
            (Change(tuple(dict.fromkeys(codes)), "name", f".{extension}", f".{ending}", how),),
            warnings=warnings,
            predicted=self.image,
            predicted_bytes=facts.file.bytes,
            faces=facts.faces,
            portrait=facts.portrait,
        )

    @property
    def _is_plain(self) -> bool:
        return self.case.attempt >= _PLAIN_FROM

    @property
    def _source(self) -> Source:
        file = self.case.facts.file
        return Source(file.format or "", self.image, file.bytes, self.framing.size, self.case.packed)

    @property
    def _crop(self) -> Box | None:
        """Both crops as one, in pixels of the original as shown."""
        first, second = self.portrait.crop, self.framing.crop
        if first is None or second is None:
            return first or second
        return Box(first.x + second.x, first.y + second.y, second.width, second.height)

    @property
    def _placing(self) -> Placing:
        width, height = self.image.width or 1, self.image.height or 1
        crop = self._crop or Box(0, 0, width, height)
        return Placing(width, height, crop, self.framing.content, self.framing.canvas)

    @property
    def _is_mixed(self) -> bool:
        return self.framing.is_scaled or self.framing.canvas is not None

    def _colours(self, name: str) -> Colours:
        case = self.case
        colours = choose_colours(
            self.image, name, case.demands, case.options, mixed=self._is_mixed, plain=self._is_plain
        )
        if not self._wants_clear_room or self._is_plain:
            return colours
        return with_clear_room(colours, name, case.demands) or colours

    @property
    def _wants_clear_room(self) -> bool:
        return self.framing.canvas is not None and self.framing.canvas.fill == CLEAR

    def _canvas(self, colours: Colours) -> Canvas | None:
        canvas = self.framing.canvas
        if canvas is None or not self._wants_clear_room or colours.alpha:
            return canvas
        return msgspec.structs.replace(canvas, fill=WHITE)

    def _recipe(self, name: str, colours: Colours) -> ImageRecipe:
        case, framing = self.case, self.framing
        return ImageRecipe(
            format=name,
            frame=case.options.frame if (self.image.frames or 1) > 1 else None,
            turn=bool(self.image.orientation),
            crop=self._crop,
            size=framing.content if framing.is_scaled else None,
            srgb=colours.srgb,
            depth8=colours.depth8,
            flatten=colours.flatten,
            canvas=self._canvas(colours),
            mode=colours.target,
            metadata=self._metadata,
            max_bytes=self._max_bytes(name),
        )

    @property
    def _metadata(self) -> Literal["keep", "no-exif", "drop"]:
        """What of them stays; Exif that is broken is mended, or else left out, as it is written."""
        if self.case.options.metadata == "drop" or self._is_plain:
            return "drop"
        has_exif = self.image.exif in ("readable", "broken")
        return "no-exif" if has_exif and not self.case.demands.takes("exif", "readable") else "keep"

    def _exif(self, recipe: ImageRecipe) -> ExifState | None:
        """That of the copy; `None` where it shows when it is written whether it can be mended."""
        if recipe.metadata != "keep" or recipe.format not in _HOLD_EXIF or self.image.exif is None:
            return "none"
        return None if self.image.exif == "broken" else self.image.exif

    def _max_bytes(self, name: str) -> int | None:
        """Only where the file is too large, or could become so."""
        most = most_bytes(self.case.demands)
        if most is None or at_most(self._source, name) <= most:
            return None
        return int(most * _ROOM**self.case.attempt)

    def _predicted(self, recipe: ImageRecipe, colours: Colours) -> ImageFacts:
        width, height = self.framing.size
        is_cropped = recipe.format == "heic" and bool(width % 2 or height % 2)  # its coder wants even sides
        return ImageFacts(
            width=width,
            height=height,
            short_side=min(width, height),
            stored_width=width + width % 2 * is_cropped,
            stored_height=height + height % 2 * is_cropped,
            aspect_ratio=Fraction(width, height),
            pixels=width * height,
            frames=1,
            orientation=is_cropped,
            exif=self._exif(recipe),
            mode=colours.mode,
            bit_depth=colours.bit_depth,
            colour=colours.colour,
            colour_detail=self.image.colour_detail if colours.colour else None,
            alpha=colours.alpha,
        )

    def _people(self) -> tuple[FaceFacts | None, PortraitFacts | None]:
        facts, main = self.case.facts, self.portrait.person
        faces = None if facts.faces is None else faces_after(facts.faces, self._placing, main)
        if facts.portrait is None:
            return faces, None
        role = self.case.asset.role
        return faces, portrait_after(facts.portrait, faces, self._placing, role, main=main)

    def _changes(self, recipe: ImageRecipe, colours: Colours) -> tuple[Change, ...]:
        first = () if self.portrait.change is None else (self.portrait.change,)
        return (*first, *changes_of(self.case, self.image, self.framing, recipe, colours))

    def _unanswered(self, values: dict[str, Any]) -> Iterator[Obstacle]:
        """Of each finding that the copy would still have: why."""
        for code, problem in self.portrait.problems.items():
            yield Obstacle(code, problem)
        for finding in self.case.findings:
            fact = finding.measured.fact
            is_too_small = fact == "bytes" and finding.limit.side == "below"
            stays = is_too_small or (fact in values and not self._is_taken(finding, values[fact]))
            said = finding.code in self.portrait.problems
            if stays and not said and (not about_people(finding) or weighs(finding, self.case)):
                yield Obstacle(finding.code, _as_it_is(finding))

    def _is_taken(self, finding: Finding, value: Any) -> bool:
        fact, demands = finding.measured.fact, self.case.demands
        if fact == "aspect_ratio" and not about_people(finding):  # one that portraits alone are not asked for
            demands = demands_on_sides(self.case, (self.image.width or 1, self.image.height or 1))
        return demands.takes(fact, value)

    def _is_obstacle(self, code: str) -> bool:
        """Whether what is left of this finding weighs so much that there is no copy; else it is a warning."""
        return any(is_heavy(self.case, found) for found in self.case.findings if found.code == code)

    def _warnings(self, recipe: ImageRecipe, colours: Colours) -> Iterator[str]:
        yield from told_of_padding(self.framing)
        if self._wants_clear_room and recipe.canvas is not None and recipe.canvas.fill != CLEAR:
            why = why_not_clear(colours, recipe.format, self.case.demands)
            yield f"What lies beside the picture is white: {why}."
        factor = self.framing.factor
        if factor >= SHARPLY_ENLARGED and self.case.facts.file.format not in VECTOR:
            width, height = self.framing.cropped
            yield (
                f"It is enlarged {float(factor):.3g} times, from {width}x{height}, which adds no detail:"
                " a larger original is better."
            )
        frames = self.image.frames or 1
        if frames > 1 and self.case.facts.file.format != "mpo":
            yield f"Of its {frames:,} pictures only {which_frame(recipe)} stays (--frame chooses another)."


def _as_it_is(finding: Finding) -> str:
    message = f"{finding.message.rstrip('.')}; no copy changes that"
    if finding.measured.fact == "aspect_ratio" and about_people(finding):
        message = f"{finding.message.rstrip('.')}; room above and below would make no portrait of it"
    return f"{message}: {finding.help[0].lower()}{finding.help[1:]}" if finding.help else f"{message}."


def _values(part: msgspec.Struct | None) -> dict[str, Any]:
    return {} if part is None else {k: v for k, v in msgspec.structs.asdict(part).items() if v is not None}
