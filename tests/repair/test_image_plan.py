"""Plans for pictures: the least that answers all rules, and nothing else."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.repair.pictures import case, face, image
from validator.findings import Finding, Limit, Measured, Severity
from validator.model import ImageFacts
from validator.people import Box
from validator.profile import Profile, default_profile, load_profile
from validator.repair.brief import in_brief
from validator.repair.demands import Demands, Range
from validator.repair.image_plan import plan_image
from validator.repair.plan import Case, Draft
from validator.repair.planning import plan_case
from validator.repair.recipe import Canvas, CopyRecipe, ImageRecipe


def recipe_of(planned: Case) -> ImageRecipe:
    draft = plan_image(planned)
    assert isinstance(draft.recipe, ImageRecipe), draft.obstacles
    return draft.recipe


def changed(draft: Draft) -> list[tuple[str, tuple[str, ...]]]:
    return [(change.what, change.codes) for change in draft.changes]


class TestOneFaultOneChange:
    def test_only_the_format(self) -> None:
        planned = case(image(1200, 900), format_name="jp2")
        assert recipe_of(planned) == ImageRecipe(format="jpeg")
        assert changed(plan_image(planned)) == [("format", ("IMG001",))]

    def test_only_the_size(self) -> None:
        planned = case(image(200, 250), format_name="jpeg")
        assert recipe_of(planned) == ImageRecipe(format="jpeg", size=(301, 376))
        assert changed(plan_image(planned)) == [("size", ("IMG003",))]

    def test_only_the_ratio_padded(self) -> None:
        recipe = recipe_of(case(image(1000, 350), format_name="jpeg", fill="#102030"))
        assert recipe == ImageRecipe(format="jpeg", canvas=Canvas(1000, 401, 0, 32, "#102030"))

    def test_only_the_ratio_cropped(self) -> None:
        recipe = recipe_of(case(image(1000, 350), format_name="jpeg", fit="crop"))
        assert recipe == ImageRecipe(format="jpeg", crop=Box(64, 0, 874, 350))

    @pytest.mark.parametrize(("packed", "format_name"), [(Fraction(1), "jpeg"), (Fraction(1, 2), "png")])
    def test_of_a_noisy_picture_the_pixels_stay(self, packed: Fraction, format_name: str) -> None:
        planned = case(image(4000, 3000), format_name="bmp", size=36_000_054, packed=packed)
        assert recipe_of(planned).format == format_name

    @pytest.mark.parametrize(
        ("format_name", "others", "x"),
        [("jpeg", {}, 64), ("png", {}, 63), ("jpeg", {"orientation": True}, 63)],
    )
    def test_only_blocks_that_may_lie_as_they_lay_are_aimed_at(
        self, format_name: str, others: dict[str, bool], x: int
    ) -> None:
        recipe = recipe_of(case(image(1000, 350, **others), format_name=format_name, fit="crop"))
        assert recipe.crop == Box(x, 0, 874, 350)

    def test_only_the_bytes(self) -> None:
        planned = case(image(4000, 3000), format_name="jpeg", size=31_000_000)
        assert recipe_of(planned) == ImageRecipe(format="jpeg", max_bytes=29_999_999)
        assert changed(plan_image(planned)) == [("file size", ("IMG004",))]

    def test_only_the_orientation(self) -> None:
        turned = image(400, 310, orientation=True, orientation_detail="turned by 90°: stored 310x400")
        planned = case(turned, format_name="jpeg", level=Severity.NOTE)
        assert recipe_of(planned) == ImageRecipe(format="jpeg", turn=True)
        assert changed(plan_image(planned)) == [("orientation", ("IMG007",))]

    def test_only_an_archive_behind_it(self) -> None:
        planned = case(image(400, 350), format_name="png", hidden="zip", level=Severity.NOTE)
        assert recipe_of(planned) == ImageRecipe(format="png")
        assert changed(plan_image(planned)) == [("hidden archive", ("FIL009",))]

    def test_nothing_to_answer_is_no_copy(self) -> None:
        draft = plan_image(case(image(800, 600), format_name="jpeg"))
        assert (draft.recipe, draft.obstacles, draft.changes) == (None, (), ())


class TestBeforeAndAfter:
    """Before is what the findings measured of the original, whatever happens in between."""

    def changes(self, planned: Case) -> list[tuple[object, ...]]:
        draft = plan_image(planned)
        return [(each.codes, each.what, each.before, each.after, each.how) for each in draft.changes]

    def test_padded_alone_for_two_reasons(self) -> None:
        planned = case(image(512, 180), format_name="jpeg")
        how = "padded from 512x180 to 512x301 with the picture itself, blurred"
        assert self.changes(planned) == [(("IMG002", "IMG003"), "aspect ratio", "2.844", "1.701", how)]
        assert in_brief(plan_case(planned)) == "aspect ratio 2.844 → 1.701"

    def test_scaled_and_padded(self) -> None:
        assert self.changes(case(image(277, 97), format_name="jpeg")) == [
            (("IMG003",), "size", "277x97", "751x263", "scaled up 2.71 times"),
            (
                ("IMG002",),
                "aspect ratio",
                "2.856",
                "2.495",
                "padded from 751x263 to 751x301 with the picture itself, blurred",
            ),
        ]

    def test_cropped_and_scaled(self) -> None:
        assert self.changes(case(image(1000, 200), format_name="jpeg", fit="crop")) == [
            (("IMG002",), "aspect ratio", "5", "2.495", "cropped to 499x200 at (250, 0)"),
            (("IMG003",), "size", "1000x200", "751x301", "scaled up 1.51 times from 499x200"),
        ]


class TestPaddingIsLimited:
    def test_from_half_of_the_copy_on_it_is_told(self) -> None:
        warned = (
            "50.2 % of the copy is padding, beside 600x150 pixels of picture: --crop would cut the picture"
        )
        assert plan_image(case(image(600, 150))).warnings == (f"{warned} instead.",)
        assert plan_image(case(image(600, 151))).warnings == ()

    def test_what_would_be_nearly_all_of_it_is_refused(self) -> None:
        draft = plan_image(case(image(20_000, 10)))
        assert draft.recipe is None
        assert [each.code for each in draft.obstacles] == ["IMG002"]
        assert "99.9 % of it would be padding, and 90 % is the most" in draft.obstacles[0].reason

    def test_a_crop_that_is_not_allowed_is_padded_and_told(self) -> None:
        draft = plan_image(case(image(1000, 190), format_name="jpeg", fit="crop", max_enlarge=Fraction(1)))
        assert isinstance(draft.recipe, ImageRecipe)
        assert (draft.recipe.crop, draft.recipe.size) == (None, None)
        assert draft.warnings[0].endswith("at most 1 time is allowed (--max-enlarge): it is padded instead.")


class TestRoomThatIsTransparent:
    @pytest.mark.parametrize(
        ("format_name", "mode", "fill", "after"),
        [
            ("png", "RGB", "transparent", "RGBA"),
            ("png", "L", "transparent", "LA"),
            ("webp", "RGB", "transparent", "RGBA"),
            ("jpeg", "RGB", "#ffffff", "RGB"),
            ("bmp", "RGB", "#ffffff", "RGB"),
        ],
    )
    def test_where_the_copy_can_hold_it(self, format_name: str, mode: str, fill: str, after: str) -> None:
        draft = plan_image(case(image(1000, 350, mode=mode), format_name=format_name, fill="transparent"))
        assert isinstance(draft.recipe, ImageRecipe)
        assert draft.recipe.canvas is not None
        assert draft.recipe.canvas.fill == fill
        assert isinstance(draft.predicted, ImageFacts)
        assert (draft.predicted.mode, draft.predicted.alpha) == (after, fill == "transparent")
        assert bool(draft.warnings) is (fill != "transparent")

    def test_that_greys_of_16_bits_have_none_is_said(self) -> None:
        deep = image(1000, 350, mode="I;16", bit_depth=16, colour=True, colour_detail="16 bit a sample")
        for format_name, why in (
            ("png", "greys of 16 bits a sample are"),
            ("jpeg", "no jpeg that passes is"),
        ):
            (warning,) = plan_image(case(deep, format_name=format_name, fill="transparent")).warnings
            assert warning.startswith(f"What lies beside the picture is white: {why} ")

    def test_beside_a_picture_that_has_an_alpha_channel_it_may_be(self) -> None:
        clear = image(1000, 350, mode="RGBA", alpha=True, colour=True, colour_detail="alpha")
        draft = plan_image(case(clear, format_name="png"))
        assert draft.changes[0].how.endswith("blurred; transparent, if the picture is")
        coloured = plan_image(case(clear, format_name="png", fill="#202020"))
        assert coloured.changes[0].how.endswith("with #202020")


class TestTheName:
    def test_a_wrong_name_and_advice_that_nobody_can_follow(self) -> None:
        planned = case(
            image(800, 600),
            format_name="heic",
            extension="jpg",
            agreement="other-format",
            level=Severity.WARNING,
        )
        draft = plan_image(planned)
        assert draft.recipe == CopyRecipe("heic")
        assert [(each.codes, each.before, each.after) for each in draft.changes] == [
            (("FIL006",), ".jpg", ".heic")
        ]


class TestWhatCannotBe:
    def test_an_unmeasured_size(self) -> None:
        draft = plan_image(case(ImageFacts(), format_name="avif"))
        assert draft.recipe is None
        assert "could not be measured" in draft.obstacles[0].reason

    def test_too_small_to_be_enlarged(self) -> None:
        draft = plan_image(case(image(10, 10)))
        assert draft.recipe is None
        assert [each.code for each in draft.obstacles] == ["IMG003"]
        assert "30 times" in draft.obstacles[0].reason

    def test_a_factor_from_two_on_is_a_warning(self) -> None:
        warned = plan_image(case(image(100, 100))).warnings
        assert [text[:26] for text in warned] == ["It is enlarged 3.01 times,"]
        assert plan_image(case(image(200, 200))).warnings == ()

    @pytest.mark.parametrize(("frame", "stays"), [(0, True), (4, True), (5, False)])
    def test_a_frame_that_is_there(self, frame: int, stays: bool) -> None:
        draft = plan_image(case(image(200, 300, frames=5), format_name="gif", frame=frame))
        assert (draft.recipe is not None) is stays
        if isinstance(draft.recipe, ImageRecipe):
            assert draft.recipe.frame == frame
            assert any("5 pictures only number" in text for text in draft.warnings)
        else:
            assert draft.obstacles[0].reason.startswith("There is no frame 5: the picture has 5")

    def test_without_a_number_it_is_the_one_shown_first(self) -> None:
        draft = plan_image(case(image(200, 300, frames=3), format_name="heic"))
        assert isinstance(draft.recipe, ImageRecipe)
        assert draft.recipe.frame is None
        assert any("3 pictures only the one shown first stays" in text for text in draft.warnings)

    def test_a_frame_of_a_still_picture_does_not_matter(self) -> None:
        assert recipe_of(case(image(200, 300), frame=7)).frame is None

    def test_a_file_that_is_too_small(self) -> None:
        profile = default_profile()
        rules = tuple(
            msgspec.structs.replace(rule, min=Fraction(5000)) if rule.code == "IMG004" else rule
            for rule in profile.rules
        )
        draft = plan_image(case(image(800, 600), profile=msgspec.structs.replace(profile, rules=rules)))
        assert draft.recipe is None
        assert draft.obstacles[0].code == "IMG004"


class TestCropsKeepWhatMatters:
    def test_the_face(self) -> None:
        faces = (face(0.8, 0.3, 0.05, 0.3, 300),)
        recipe = recipe_of(case(image(3000, 300), faces=faces, fit="crop"))
        crop = recipe.crop
        assert crop is not None
        assert (crop.x <= 2400, crop.x + crop.width >= 2550) == (True, True)

    def test_what_draws_the_eye(self) -> None:
        salient = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 20), Fraction(1, 2))
        crop = recipe_of(case(image(3000, 400), salient=salient, fit="crop")).crop
        assert crop is not None
        assert crop.x < 300
        assert 450 < crop.x + crop.width < 1200

    def test_faces_that_do_not_fit_are_told(self) -> None:
        faces = (face(0.02, 0.3, 0.05, 0.5, 400), face(0.9, 0.4, 0.03, 0.3, 400))
        draft = plan_image(case(image(4000, 400), faces=faces, fit="crop"))
        assert isinstance(draft.recipe, ImageRecipe)
        assert draft.recipe.crop is not None
        assert draft.recipe.crop.x < 80
        assert any("Not all faces fit" in text for text in draft.warnings)
        assert draft.faces is not None
        assert draft.faces.face_count == 1

    def test_without_either_the_middle(self) -> None:
        crop = recipe_of(case(image(3000, 400), fit="crop")).crop
        assert crop is not None
        assert abs(2 * crop.x + crop.width - 3000) <= 1


class TestBytes:
    def test_a_copy_that_cannot_become_too_large_has_no_limit(self) -> None:
        assert recipe_of(case(image(200, 300), format_name="jpeg")).max_bytes is None

    def test_one_that_could_has(self) -> None:
        recipe = recipe_of(case(image(6100, 5000), format_name="jpeg", size=20_000_000))
        assert recipe.max_bytes == 29_999_999

    def test_each_attempt_aims_lower(self) -> None:
        planned = case(image(4000, 3000), format_name="jpeg", size=31_000_000)
        again = _again(planned, 1)
        assert recipe_of(again).max_bytes == 28_499_999

    def test_predicted(self) -> None:
        draft = plan_image(case(image(4000, 3000), format_name="jpeg", size=31_000_000))
        assert draft.predicted_bytes == 29_999_999


class TestTheLastAttemptIsPlain:
    def test_as_every_reader_takes_it(self) -> None:
        deep = image(200, 300, mode="RGBA", bit_depth=16, alpha=True, colour=True, colour_detail="alpha")
        recipe = recipe_of(_again(case(deep, format_name="webp"), 2))
        assert (recipe.format, recipe.metadata, recipe.flatten) == ("png", "drop", "#ffffff")


def _again(planned: Case, attempt: int) -> Case:
    return dataclasses.replace(planned, attempt=attempt)


class TestHeicHasEvenSides:
    def test_scaled(self) -> None:
        recipe = recipe_of(case(image(299, 500), format_name="heic"))
        assert recipe.format == "heic"
        assert recipe.size is not None
        assert [side % 2 for side in recipe.size] == [0, 0]

    def test_left_as_it_is_and_told(self) -> None:
        draft = plan_image(
            case(image(801, 600, frames=2), format_name="heif-sequence", level=Severity.WARNING)
        )
        assert isinstance(draft.predicted, ImageFacts)
        assert (draft.predicted.stored_width, draft.predicted.orientation) == (802, True)


class TestMetadata:
    def test_kept_unless_they_are_not_wanted(self) -> None:
        small = image(200, 300, exif="readable")
        kept, dropped = (
            plan_image(case(small, format_name="jpeg", metadata=choice)) for choice in ("keep", "drop")
        )
        assert isinstance(kept.predicted, ImageFacts)
        assert isinstance(dropped.predicted, ImageFacts)
        assert (kept.predicted.exif, dropped.predicted.exif) == ("readable", "none")
        assert ("metadata", ()) in changed(dropped)

    def test_broken_exif_is_mended_or_goes_alone_where_it_counts(self) -> None:
        broken = image(600, 500, exif="broken", exif_detail="cut")
        planned = case(broken, format_name="jpeg", level=Severity.NOTE)
        assert recipe_of(planned).metadata == "keep"  # whoever writes it mends it, or leaves it out
        draft = plan_image(planned)
        assert isinstance(draft.predicted, ImageFacts)
        assert draft.predicted.exif is None
        assert changed(draft) == [("Exif", ("IMG009",))]
        assert plan_image(case(broken, format_name="jpeg")).recipe is None

    @pytest.mark.parametrize("exif", ["readable", "broken"])
    def test_exif_goes_alone_where_none_is_taken(self, exif: str, tmp_path: Path) -> None:
        planned = case(image(400, 300, exif=exif), profile=words(tmp_path, "exif", "none"))
        assert recipe_of(planned).metadata == "no-exif"
        draft = plan_image(planned)
        assert isinstance(draft.predicted, ImageFacts)
        assert draft.predicted.exif == "none"
        assert changed(draft) == [("Exif", ("OWN001",))]

    def test_bytes_with_metadata_do_not_stay_where_none_are_wanted(self) -> None:
        named = case(image(400, 300), format_name="jpeg", metadata="drop")
        finding = Finding(
            "FIL006",
            "name",
            Severity.ERROR,
            "It is called .png.",
            Measured("name_agreement", "other-format", "other-format"),
            Limit(),
            "",
        )
        draft = plan_image(dataclasses.replace(named, findings=(finding,)))
        assert draft.recipe == ImageRecipe(format="jpeg", metadata="drop")
        assert "without --metadata drop its bytes stay" in draft.warnings[0]


class TestModes:
    """A rule on the pixels is answered by what any picture can be turned into."""

    @pytest.mark.parametrize(
        ("media", "before", "wanted", "after"),
        [
            ({"mode": "CMYK", "colour": True}, "jpeg", "RGB", ImageRecipe(format="jpeg", srgb=True)),
            ({"mode": "P", "colour": True}, "png", "RGB", ImageRecipe(format="png", srgb=True)),
            ({"mode": "L"}, "png", "RGB", ImageRecipe(format="png", srgb=True)),
            ({"mode": "RGB"}, "jpeg", "L", ImageRecipe(format="jpeg", srgb=True)),
            ({"mode": "RGB"}, "png", "RGBA", ImageRecipe(format="png")),
            ({"mode": "I;16", "bit_depth": 16}, "png", "L", ImageRecipe(format="png", depth8=True)),
            (
                {"mode": "I;16", "bit_depth": 16},
                "png",
                "RGB",
                ImageRecipe(format="png", depth8=True, srgb=True),
            ),
            (
                {"mode": "RGBA", "alpha": True},
                "png",
                "RGB",
                ImageRecipe(format="png", flatten="#ffffff"),
            ),
            ({"mode": "RGB"}, "webp", "L", ImageRecipe(format="jpeg", srgb=True)),  # which has no greys
        ],
    )
    def test_what_can_be_had(
        self, tmp_path: Path, media: dict[str, Any], before: str, wanted: str, after: ImageRecipe
    ) -> None:
        planned = case(image(600, 600, **media), format_name=before, profile=words(tmp_path, "mode", wanted))
        assert recipe_of(planned) == msgspec.structs.replace(after, mode=wanted)
        draft = plan_image(planned)
        assert isinstance(draft.predicted, ImageFacts)
        assert draft.predicted.mode == wanted
        assert "OWN001" in {code for change in draft.changes for code in change.codes}

    def test_what_loses_least_is_chosen(self, tmp_path: Path) -> None:
        clear = image(400, 300, mode="LA", alpha=True, colour=True)
        planned = case(clear, profile=words(tmp_path, "mode", "L", "RGB", "RGBA"))
        assert recipe_of(planned).mode == "RGBA"

    def test_what_a_printer_needs_is_not_made_up(self, tmp_path: Path) -> None:
        draft = plan_image(case(image(400, 300), profile=words(tmp_path, "mode", "CMYK")))
        assert draft.recipe is None
        assert "no copy changes that" in draft.obstacles[0].reason


def words(folder: Path, fact: str, *taken: str) -> Profile:
    """A profile with one rule, by which a fact is one of these words."""
    path = folder / "own.toml"
    path.write_text(
        '[profile]\nname = "own"\ntitle = "Own"\nchecked = 2026-11-23\nsource = "here"\n[[rule]]\n'
        f'code = "OWN001"\nname = "own"\napplies = "image"\nfact = "{fact}"\nseverity = "error"\n'
        f'summary = "It is so."\nhelp = "Change it."\none_of = {list(taken)}\n'
    )
    return load_profile(path)


def test_more_pixels_than_are_judged_are_not_promised() -> None:
    planned = case(image(100, 100), format_name="jpeg", max_enlarge=Fraction(300))
    asked = dataclasses.replace(
        planned, demands=Demands({"width": Range(Fraction(20_000))}, codes={"width": ("IMG003",)})
    )
    (obstacle,) = plan_image(asked).obstacles
    assert obstacle.code == "IMG003"
    assert "20000x20000, 400,000,000 pixels, and no more than 178,956,970 are" in obstacle.reason
