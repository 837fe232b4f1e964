"""Who is looked at in a run, by whom, and with whose face the faces are compared."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.media import photo, sound
from tests.nobody import PEOPLE
from validator.attention import People
from validator.config import Config, Override
from validator.cores import usable_cores
from validator.errors import Cancelled, UsageError
from validator.findings import AssetReport, NotJudged, Severity
from validator.judge import Policy
from validator.model import Asset, Group, GroupKind, Role
from validator.probe.decoders import Decoders
from validator.probe.portrait.look import FoundFace, Look
from validator.probe.portrait.looker import FaceFinder, LookError
from validator.probe.still import Still
from validator.profile import Profile, default_profile
from validator.run import run

FACE = FoundFace(0.4, 0.1, 0.2, 0.3, 0.9)
ADA = Group(GroupKind.VIRTUAL, name="Ada")


class Finder:
    """Stands for a face finder: sees what it was told to see in pictures of a width, and keeps the asks."""

    def __init__(self, looks: dict[int, Look] | None = None, reason: str = "") -> None:
        self.looks = looks or {}
        self.reason = reason
        self.asks: list[tuple[int, bool, bool]] = []
        self.closed = False

    def look(self, still: Still, *, framing: bool, likeness: bool, cancelled: Callable[[], bool]) -> Look:
        if cancelled():
            raise Cancelled("stopped")
        if self.reason:
            raise LookError(self.reason)
        self.asks.append((still.width, framing, likeness))
        return self.looks.get(still.width, Look(()))

    def close(self) -> None:
        self.closed = True


def judged(finder: Finder, targets: Any, **choices: Any) -> list[AssetReport]:
    here = Decoders(processes=0)
    return list(run(targets, Config(workers=1, **choices), faces=cast("FaceFinder", finder), decoders=here))


def codes(result: AssetReport) -> list[str]:
    return [finding.code for finding in result.findings if finding.code.startswith(PEOPLE)]


def face(*at: float) -> Look:
    """One face that has its place among faces."""
    return Look((FACE,), descriptor=at)


class TestWhoIsLookedAt:
    @pytest.mark.parametrize(
        ("role", "looked"),
        [
            (None, True),
            (Role.CLOSE_UP, True),
            (Role.FULL_BODY, True),
            (Role.PORTRAIT, True),
            (Role.PRODUCT, False),
            (Role.SCENE, False),
            (Role.VOICE, False),
            (Role.OTHER, False),
        ],
    )
    def test_a_role_can_rule_people_out(self, tmp_path: Path, role: Role | None, looked: bool) -> None:
        finder = Finder()
        (result,) = judged(finder, photo(tmp_path / "a.png"), role=role)
        assert bool(finder.asks) is looked
        assert (result.facts.faces is not None) is looked

    @pytest.mark.parametrize(
        ("choices", "looked"),
        [
            ({"ignore": PEOPLE}, False),
            ({"select": ("IMG", "FIL")}, False),
            ({"select": ("POR006",)}, True),
            ({"ignore": ("POR",)}, True),
            ({"severity": {"POR": "off", "GRP": "off"}}, False),
        ],
    )
    def test_nobody_is_where_no_rule_asks_for_it(
        self, tmp_path: Path, choices: dict[str, Any], looked: bool
    ) -> None:
        finder = Finder()
        judged(finder, photo(tmp_path / "a.png"), **choices)
        assert bool(finder.asks) is looked

    def test_nor_where_the_profile_has_no_such_rule(self) -> None:
        profile = Profile(default_profile().info, (default_profile()["IMG003"],))
        assert People(Config(), (profile,)).attention(Asset("a", "a"), (Policy(),)) is None

    def test_each_asset_has_its_own_choices(self, tmp_path: Path) -> None:
        photo(tmp_path / "a.png"), photo(tmp_path / "b.png", (400, 320))
        finder = Finder()
        override = Override(files=("a.png",), role=Role.PRODUCT)
        judged(finder, [tmp_path / "a.png", tmp_path / "b.png"], overrides=(override,), folder=tmp_path)
        assert [width for width, _, _ in finder.asks] == [400]

    def test_nobody_looks_at_sounds(self, tmp_path: Path) -> None:
        finder = Finder()
        (result,) = judged(finder, sound(tmp_path / "a.wav"))
        assert (finder.asks, result.facts.faces) == ([], None)

    def test_faces_become_facts_and_findings(self, tmp_path: Path) -> None:
        finder = Finder({640: Look((FACE, FACE))})
        (result,) = judged(finder, photo(tmp_path / "a.png"), group=GroupKind.REAL_HUMAN)
        assert result.facts.values()["face_count"] == 2
        (finding,) = (each for each in result.findings if each.code == "POR001")
        assert finding.severity is Severity.ERROR
        assert finding.location is not None
        assert len(finding.location["faces"]) == 2

    def test_where_nobody_can_look_the_rules_are_not_judged_and_the_others_are(self, tmp_path: Path) -> None:
        finder = Finder(reason="the face detector took more than 30 s")
        (result,) = judged(finder, photo(tmp_path / "a.png", (299, 400)), all_findings=True)
        assert [finding.code for finding in result.findings] == ["IMG003"]
        assert NotJudged("POR001", finder.reason, Severity.WARNING) in result.not_judged
        assert {each.reason for each in result.not_judged} == {finder.reason}

    def test_nobody_looks_at_what_is_damaged(self, tmp_path: Path) -> None:
        path = photo(tmp_path / "a.png")
        path.write_bytes(path.read_bytes()[:-40])
        finder = Finder()
        (result,) = judged(finder, path, select=(*PEOPLE, "FIL005"))
        assert finder.asks == []
        assert {each.reason for each in result.not_judged} == {"the file is damaged"}

    def test_of_several_no_whole_body_is_asked_for(self, tmp_path: Path) -> None:
        finder = Finder({640: Look((FACE, FACE), shot="group")})
        (result,) = judged(finder, photo(tmp_path / "a.png"), role=Role.FULL_BODY)
        (skipped,) = (each for each in result.not_judged if each.code == "POR008")
        assert skipped.reason == "there are several people"


class TestWhoLooks:
    def test_a_finder_of_the_callers_is_not_closed(self, tmp_path: Path) -> None:
        finder = Finder()
        judged(finder, photo(tmp_path / "a.png"))
        assert finder.asks
        assert not finder.closed

    def test_one_of_ones_own_is_made_once_as_configured_and_closed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[tuple[Finder, dict[str, Any]]] = []

        def make(**choices: Any) -> Finder:
            made.append((Finder(), choices))
            return made[-1][0]

        monkeypatch.setattr("validator.probe.portrait.looker.FaceFinder", make)
        paths = [photo(tmp_path / "a.png"), photo(tmp_path / "b.png", (400, 320))]
        config = Config(workers=3, models=str(tmp_path), look_timeout=4.5)
        fetched: list[Path] = []
        list(run(paths, config, fetch_models=fetched.append))
        ((finder, choices),) = made
        fetch = choices.pop("fetch")
        assert choices == {"processes": 3, "models": tmp_path, "seconds": 4.5}
        fetch(tmp_path)
        assert fetched == [tmp_path]
        assert len(finder.asks) == 2
        assert finder.closed
        list(run(paths, Config(role=Role.PRODUCT)))
        assert len(made) == 1, "nobody is made where nobody is needed"

    def test_without_a_word_models_are_downloaded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[tuple[Path, bool]] = []

        def download(folder: Path, *, cancelled: Callable[[], bool]) -> None:
            asked.append((folder, cancelled()))

        monkeypatch.setattr("validator.probe.portrait.model_download.download_models", download)
        made: list[dict[str, Any]] = []

        def make(**choices: Any) -> Finder:
            made.append(choices)
            return Finder()

        monkeypatch.setattr("validator.probe.portrait.looker.FaceFinder", make)
        stop = threading.Event()
        list(run(photo(tmp_path / "a.png"), cancel=stop))
        assert (made[0]["processes"], made[0]["models"]) == (usable_cores(), None)
        stop.set()
        made[0]["fetch"](tmp_path)
        assert asked == [(tmp_path, True)], "a run that is stopped does not wait for a download"


class TestGroups:
    @pytest.mark.parametrize(
        ("group", "compared"),
        [
            (None, False),
            (Group(GroupKind.REAL_HUMAN), False),
            (ADA, True),
            (Group(GroupKind.VIRTUAL, id="group-1"), True),
        ],
    )
    def test_faces_of_a_named_group_are_compared(
        self, tmp_path: Path, group: Group | None, compared: bool
    ) -> None:
        photo(tmp_path / "a.png")
        finder = Finder()
        judged(finder, Asset("a", str(tmp_path / "a.png"), group=group))
        assert finder.asks == [(640, True, compared)]

    def test_another_person_is_told_and_whom_it_was_compared_with(self, tmp_path: Path) -> None:
        photo(tmp_path / "a.png"), photo(tmp_path / "b.png", (400, 320))
        finder = Finder({640: face(0, 0), 400: face(0, 0.75)})
        assets = [Asset(name, str(tmp_path / f"{name}.png"), group=ADA) for name in "ab"]
        first, second = judged(finder, assets, select=("GRP001",))
        assert (codes(first), codes(second)) == ([], ["GRP001"])
        assert second.facts.values()["face_distance_from"] == "a"

    def test_not_where_no_rule_asks_for_it(self, tmp_path: Path) -> None:
        photo(tmp_path / "a.png")
        finder = Finder()
        judged(finder, Asset("a", str(tmp_path / "a.png"), group=ADA), ignore=("GRP",))
        assert finder.asks == [(640, True, False)]


class TestReferences:
    @pytest.fixture
    def reference(self, tmp_path: Path) -> str:
        return str(photo(tmp_path / "reference.png", (500, 500)))

    def test_every_face_is_compared_with_them(self, tmp_path: Path, reference: str) -> None:
        finder = Finder({500: face(0, 0), 640: face(0.25, 0), 400: face(0, 0.75)})
        paths = [photo(tmp_path / "a.png"), photo(tmp_path / "b.png", (400, 320))]
        same, other = judged(finder, paths, references=(reference,), select=("GRP001",))
        assert (codes(same), codes(other)) == ([], ["GRP001"])
        assert other.facts.values()["face_distance_from"] == reference
        assert sorted(finder.asks) == [(400, True, True), (500, True, True), (640, True, True)]

    def test_nobody_looks_at_them_where_no_rule_compares(self, tmp_path: Path) -> None:
        finder = Finder({640: face(0, 0)})
        path = photo(tmp_path / "a.png")
        judged(finder, path, references=("nowhere.png",), ignore=("GRP",))
        assert finder.asks == [(640, True, False)]

    def test_one_that_nobody_could_describe_leaves_it_unjudged(self, tmp_path: Path, reference: str) -> None:
        why = "this needs the extra likeness"
        finder = Finder({500: Look((FACE,), no_descriptor=why), 640: face(0, 0)})
        (result,) = judged(finder, photo(tmp_path / "a.png"), references=(reference,), select=("GRP001",))
        (skipped,) = result.not_judged
        assert skipped.code == "GRP001"
        assert why in skipped.reason

    @pytest.mark.parametrize(
        ("name", "look", "problem"),
        [
            ("reference.png", Look(()), "no face was found in it"),
            ("reference.png", Look((FACE,) * 3), "3 faces were found in it, and it takes one"),
            ("nowhere.png", Look(()), "there is no such file"),
            ("folder", Look(()), "it is a folder"),
            ("voice.wav", Look(()), "it is no picture"),
            ("notes.txt", Look(()), "it is no picture"),
        ],
    )
    @pytest.mark.usefixtures("reference")
    def test_one_that_shows_no_face_is_refused(
        self, tmp_path: Path, name: str, look: Look, problem: str
    ) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "notes.txt").write_text("Ada is tall.")
        sound(tmp_path / "voice.wav")
        path = str(tmp_path / name)
        with pytest.raises(UsageError) as refused:
            judged(Finder({500: look}), photo(tmp_path / "a.png"), references=(path,))
        assert str(refused.value) == f"the reference {path} cannot be used: {problem}"
