"""Photographs and clips judged from end to end, with the real detectors."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.probe.portrait import photos
from tests.probe.portrait.astronaut import HEAD, face_in
from validator import AssetReport, Config, Decoders, Depth, Severity, Verdict, lint
from validator.findings import Finding
from validator.model import Facts, GroupKind, Role
from validator.people import FaceFacts, PortraitFacts
from validator.probe.portrait.looker import FaceFinder

SHARED = Path(__file__).parents[4] / "shared" / "portraits"
"""Photographs that may lie beside a checkout; they are no part of the project."""

PICTURES: dict[str, Callable[[], Image.Image]] = {
    "portrait": photos.portrait,
    "close-up": photos.close_up,
    "small": lambda: photos.close_up(0.3),
    "large": lambda: photos.close_up(0.95),
    "left": lambda: photos.close_up(0.5, right=-0.35),
    "right": lambda: photos.close_up(0.5, right=0.35),
    "beside": lambda: photos.close_up(0.35, ratio=1.0, right=0.25),
    "landscape": lambda: photos.close_up(ratio=1.5),
    "two": photos.two_faces,
    "large and tiny": photos.large_and_tiny,
    "blurred": photos.blurred,
    "dark": photos.dark,
    "coffee": lambda: photos.of_nobody("coffee"),
    "rocket": lambda: photos.of_nobody("rocket"),
}
Judge = Callable[..., AssetReport]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("photos")
    for name, picture in PICTURES.items():
        picture().save(made / f"{name}.png")
    for orientation in (3, 6, 8):
        photos.sideways(photos.close_up(), made / f"turned {orientation}.jpg", orientation)
    square = photos.portrait().resize((640, 640))
    coffee = photos.of_nobody("coffee")
    (made / "clip.mp4").write_bytes(photos.clip(square, photos.two_faces(), coffee, seconds=(1, 1, 2)))
    (made / "coffee.mp4").write_bytes(photos.clip(photos.of_nobody("coffee")))
    (made / "one face.mp4").write_bytes(photos.clip(square))
    return made


@pytest.fixture(scope="module")
def judge(folder: Path, faces: FaceFinder, decoders: Decoders) -> Judge:
    """Judges a file of the folder, as a role, for a group."""

    @cache
    def judged(name: str, role: Role | None = None, group: GroupKind | None = None) -> AssetReport:
        path = folder / (name if "." in name else f"{name}.png")
        config = Config(role=role, group=group, all_findings=True)  # some are too small for the service
        (report,) = lint([path], config, faces=faces, decoders=decoders)
        return report

    return judged


def people(report: AssetReport) -> dict[str, list[Finding]]:
    """What was found about people, by rule."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.code.startswith("POR"):
            found.setdefault(finding.code, []).append(finding)
    assert not [each for each in report.not_judged if each.code.startswith("POR")]
    return found


def faces_of(facts: Facts) -> FaceFacts:
    assert facts.faces is not None
    return facts.faces


def portrait_of(facts: Facts) -> PortraitFacts:
    assert facts.portrait is not None
    return facts.portrait


def located(finding: Finding) -> dict[str, Any]:
    assert finding.location is not None
    return finding.location


class TestCloseUp:
    @pytest.mark.parametrize("role", [None, Role.PORTRAIT, Role.CLOSE_UP])
    def test_two_thirds_pass_and_the_smile_is_told(self, judge: Judge, role: Role | None) -> None:
        report = judge("close-up", role)
        (smile,) = people(report).pop("POR007")
        assert people(report).keys() == {"POR007"}
        assert smile.measured.fact == "smile"
        assert report.verdict is Verdict.PASS
        facts = portrait_of(report.facts)
        assert (facts.shot, facts.practice, facts.cut_edges) == ("close-up", "close-up", 0)
        assert facts.head_height == pytest.approx(2 / 3, abs=0.05)
        assert facts.head_center_x == pytest.approx(0.5, abs=0.05)
        assert faces_of(report.facts).face_count == 1

    def test_a_face_that_fills_too_little(self, judge: Judge) -> None:
        report = judge("small", Role.CLOSE_UP)
        assert {"POR004", "POR009"} <= people(report).keys()
        (finding,) = people(report)["POR004"]
        assert finding.limit.side == "below"
        assert finding.measured.value == pytest.approx(0.3, abs=0.03)
        crop = located(finding)["close_up_crop"]
        assert f"crop to {crop['width']}x{crop['height']} at ({crop['x']}, {crop['y']})" in finding.help

    def test_its_crop_is_a_close_up(
        self, judge: Judge, faces: FaceFinder, decoders: Decoders, tmp_path: Path
    ) -> None:
        found = portrait_of(judge("small", Role.CLOSE_UP).facts).close_up_crop
        assert found is not None
        box = (found.x, found.y, found.x + found.width, found.y + found.height)
        path = tmp_path / "cropped.png"
        photos.close_up(0.3).crop(box).save(path)
        (report,) = lint([path], Config(role=Role.CLOSE_UP), faces=faces, decoders=decoders)
        assert people(report).keys() == {"POR007"}

    def test_where_the_joints_of_the_body_lie(self, judge: Judge) -> None:
        facts = judge("portrait").facts
        joints = {joint.name: joint for joint in portrait_of(facts).body_joints or ()}
        (face, *_) = faces_of(facts).faces or ()
        assert face.x < joints["nose"].x < face.x + face.width
        assert face.y < joints["nose"].y < face.y + face.height < joints["left-shoulder"].y
        assert joints["right-shoulder"].x < joints["nose"].x < joints["left-shoulder"].x
        assert joints["left-shoulder"].confidence > 0.9
        assert joints["left-knee"].y > 1 > 2 * joints["left-knee"].confidence

    def test_without_a_role_it_is_a_half_body_shot_and_gets_one_note(self, judge: Judge) -> None:
        (finding,) = people(judge("small"))["POR009"]
        assert people(judge("small")).keys() == {"POR009"}
        assert finding.severity is Severity.NOTE

    @pytest.mark.parametrize("role", [None, Role.CLOSE_UP])
    def test_a_face_that_fills_too_much(self, judge: Judge, role: Role | None) -> None:
        (finding,) = people(judge("large", role))["POR004"]
        assert finding.limit.side == "above"
        assert finding.measured.value == pytest.approx(0.95, abs=0.05)

    @pytest.mark.parametrize(("name", "side"), [("left", "below"), ("right", "above")])
    def test_a_face_that_leaves_the_frame(self, judge: Judge, name: str, side: str) -> None:
        cut, off = people(judge(name))["POR005"]
        assert (cut.measured.fact, off.measured.fact) == ("cut_edges", "head_center_x")
        assert f"by the frame's {name} edge" in cut.message
        assert located(cut)["head_cut"] == [name]
        assert off.limit.side == side

    def test_a_face_that_is_whole_but_aside(self, judge: Judge) -> None:
        (finding,) = people(judge("beside", Role.CLOSE_UP))["POR005"]
        assert (finding.measured.fact, finding.limit.side) == ("head_center_x", "above")

    def test_landscape(self, judge: Judge) -> None:
        report = judge("landscape")
        assert people(report).keys() == {"POR003", "POR007"}
        (finding,) = people(report)["POR003"]
        assert "1350x900" in finding.message
        assert finding.help.startswith("Crop it to ")

    def test_blurred(self, judge: Judge) -> None:
        (finding,) = people(judge("blurred"))["POR010"]
        assert (finding.measured.fact, finding.limit.side) == ("sharpness", "below")

    def test_dark(self, judge: Judge) -> None:
        (finding,) = people(judge("dark"))["POR010"]
        assert (finding.measured.fact, finding.limit.side) == ("brightness", "below")


class TestTurned:
    @pytest.mark.parametrize("orientation", [3, 6, 8])
    def test_by_exif_it_is_as_if_it_were_upright(self, judge: Judge, orientation: int) -> None:
        turned, upright = judge(f"turned {orientation}.jpg"), judge("close-up")
        assert people(turned).keys() == people(upright).keys()
        assert turned.facts.values()["width"] == upright.facts.values()["width"] == 600
        (face,), (other,) = (faces_of(each.facts).faces or () for each in (turned, upright))
        for name in ("x", "y", "width", "height"):
            assert getattr(face, name) == pytest.approx(getattr(other, name), abs=0.03)
        for name in ("shot", "practice", "cut_edges"):
            assert getattr(turned.facts.portrait, name) == getattr(upright.facts.portrait, name)
        assert portrait_of(turned.facts).head_height == pytest.approx(
            portrait_of(upright.facts).head_height, abs=0.02
        )
        assert portrait_of(turned.facts).roll == pytest.approx(portrait_of(upright.facts).roll, abs=3)

    def test_its_box_is_where_the_face_is(self, judge: Judge) -> None:
        (face,) = faces_of(judge("turned 6.jpg").facts).faces or ()
        x, y, width, height = face_in(2 / 3)
        assert face.x + face.width / 2 == pytest.approx(x + width / 2, abs=0.06)
        assert face.y + face.height / 2 == pytest.approx(y + height / 2, abs=0.1)
        assert face.height_px == pytest.approx(600, abs=150)


class TestSeveral:
    def test_the_boxes_of_both_are_in_the_finding(self, judge: Judge) -> None:
        (finding,) = people(judge("two"))["POR001"]
        assert finding.message.startswith("2 faces (one of 1")
        boxes = sorted(located(finding)["faces"], key=lambda box: float(box["x"]))
        centers = (HEAD[0] + HEAD[2] / 2) / 2, 1 - (HEAD[0] + HEAD[2] / 2) / 2
        for box, center in zip(boxes, centers, strict=True):
            assert float(box["x"]) + float(box["width"]) / 2 == pytest.approx(center, abs=0.02)
            assert box["height_px"] == pytest.approx(HEAD[3] * 512, abs=20)
        assert people(judge("two")).keys() == {"POR001"}

    def test_a_tiny_one_is_named_with_its_height_and_place(self, judge: Judge) -> None:
        (finding,) = people(judge("large and tiny"))["POR001"]
        boxes = located(finding)["faces"]
        assert [box["height_px"] > 400 for box in boxes] == [True, False]
        tiny = boxes[1]["height_px"]
        assert tiny == pytest.approx(photos.TINY * 1200, abs=10)
        assert finding.message.startswith(f"2 faces (one of {tiny} px on the left)")

    @pytest.mark.parametrize(
        ("group", "severity", "verdict"),
        [
            (None, Severity.WARNING, Verdict.PASS),
            (GroupKind.VIRTUAL, Severity.WARNING, Verdict.PASS),
            (GroupKind.REAL_HUMAN, Severity.ERROR, Verdict.FAIL),
        ],
    )
    @pytest.mark.parametrize("role", [None, Role.PORTRAIT])
    def test_the_group_decides_what_it_weighs(
        self,
        judge: Judge,
        group: GroupKind | None,
        severity: Severity,
        verdict: Verdict,
        role: Role | None,
    ) -> None:
        report = judge("two", role, group)
        (finding,) = people(report)["POR001"]
        assert (finding.severity, finding.prevents) == (severity, ("FaceMismatch",))
        assert report.verdict is verdict


class TestNobody:
    @pytest.mark.parametrize("name", ["coffee", "rocket"])
    @pytest.mark.parametrize(
        ("role", "group", "severity"),
        [
            (None, None, None),
            (None, GroupKind.VIRTUAL, None),
            (None, GroupKind.REAL_HUMAN, Severity.WARNING),
            (Role.PORTRAIT, None, Severity.ERROR),
            (Role.PORTRAIT, GroupKind.VIRTUAL, Severity.ERROR),
            (Role.PORTRAIT, GroupKind.REAL_HUMAN, Severity.ERROR),
        ],
    )
    def test_it_matters_only_where_a_face_is_due(
        self, judge: Judge, name: str, role: Role | None, group: GroupKind | None, severity: Severity | None
    ) -> None:
        report = judge(name, role, group)
        found = {code: [each.severity for each in findings] for code, findings in people(report).items()}
        assert found == ({} if severity is None else {"POR002": [severity]})
        facts = portrait_of(report.facts)
        assert (faces_of(report.facts).face_count, facts.shot, facts.practice) == (0, "none", "none")

    @pytest.mark.parametrize("role", [Role.CLOSE_UP, Role.FULL_BODY])
    def test_what_cannot_be_judged_without_a_face_says_so(self, judge: Judge, role: Role) -> None:
        report = judge("coffee", role)
        assert "POR002" in {finding.code for finding in report.findings}
        reasons = {each.reason for each in report.not_judged}
        assert reasons == {"there is no face"}

    @pytest.mark.parametrize("role", [Role.PRODUCT, Role.SCENE, Role.OTHER])
    @pytest.mark.parametrize("group", [None, GroupKind.REAL_HUMAN])
    @pytest.mark.parametrize("name", ["coffee", "two", "small", "clip.mp4"])
    def test_products_and_scenes_are_never_nagged(
        self, judge: Judge, role: Role, group: GroupKind | None, name: str
    ) -> None:
        report = judge(name, role, group)
        assert people(report) == {}
        assert (report.facts.faces, report.facts.portrait) == (None, None)


class TestClips:
    @pytest.mark.parametrize(
        ("group", "severity"), [(None, Severity.WARNING), (GroupKind.REAL_HUMAN, Severity.ERROR)]
    )
    def test_the_frame_with_most_faces_counts(
        self, judge: Judge, group: GroupKind | None, severity: Severity
    ) -> None:
        report = judge("clip.mp4", None, group)
        assert people(report).keys() == {"POR001"}
        (finding,) = people(report)["POR001"]
        assert finding.severity is severity
        assert "time 1 s" in finding.message
        location = located(finding)
        assert location["face_time"] == report.facts.values()["face_time"] == 1
        assert [box["height_px"] for box in location["faces"]] == pytest.approx([68, 68], abs=8)
        facts = faces_of(report.facts)
        assert (facts.face_count, facts.face_time, facts.face_frames) == (2, Fraction(1), 5)
        assert report.facts.portrait is None

    def test_one_face(self, judge: Judge) -> None:
        report = judge("one face.mp4", Role.PORTRAIT, GroupKind.REAL_HUMAN)
        assert people(report) == {}
        facts = faces_of(report.facts)
        assert (facts.face_count, facts.face_frames) == (1, 5)
        assert facts.face_time == Fraction(3, 24)

    @pytest.mark.parametrize(
        ("role", "group", "severity"),
        [
            (None, None, None),
            (Role.PORTRAIT, None, Severity.ERROR),
            (Role.CLOSE_UP, None, Severity.ERROR),
            (None, GroupKind.REAL_HUMAN, Severity.WARNING),
        ],
    )
    def test_no_face(
        self, judge: Judge, role: Role | None, group: GroupKind | None, severity: Severity | None
    ) -> None:
        report = judge("coffee.mp4", role, group)
        found = {code: [each.severity for each in findings] for code, findings in people(report).items()}
        assert found == ({} if severity is None else {"POR002": [severity]})
        if severity is not None:
            assert "5 frames" in people(report)["POR002"][0].message
        facts = faces_of(report.facts)
        assert (facts.face_count, facts.face_time, facts.face_frames) == (0, None, 5)

    def test_of_a_header_alone_it_is_not_judged(
        self, folder: Path, faces: FaceFinder, decoders: Decoders
    ) -> None:
        config = Config(depth=Depth.HEADER, select=("POR",))
        (clip, picture) = lint(
            [folder / "clip.mp4", folder / "two.png"], config, faces=faces, decoders=decoders
        )
        assert {each.reason for each in clip.not_judged} == {"the pixels and samples were not read"}
        assert {each.reason for each in picture.not_judged} == {"the pixels and samples were not read"}
        assert clip.findings == picture.findings == ()


@pytest.mark.skipif(not SHARED.is_dir(), reason="no photographs lie beside this checkout")
class TestWholePeople:
    def test_a_shot_down_to_the_knees(self, faces: FaceFinder, decoders: Decoders) -> None:
        path = SHARED / "fr_obama3.jpg"
        (report,) = lint([path], Config(role=Role.FULL_BODY, select=("POR",)), faces=faces, decoders=decoders)
        (finding,) = people(report)["POR008"]
        assert "feet" in finding.message
        (report,) = lint([path], Config(select=("POR",)), faces=faces, decoders=decoders)
        (finding,) = people(report)["POR009"]
        assert finding.severity is Severity.NOTE
