"""The step in process: what is judged, what GitHub is told, and with which exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.media import photo
from tests.github_action.checkouts import Origin
from tests.nobody import IGNORED
from validator.github_action.step import run_step

Output = pytest.CaptureFixture[str]
SMALL = (299, 400)


def picture(folder: Path, size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture's bytes; of the size SMALL it fails by IMG003."""
    return photo(folder / f"{size}.png", size).read_bytes()


@dataclass
class Step:
    """A step of a workflow: what it is told, and what it tells."""

    folder: Path
    inputs: dict[str, str] = field(default_factory=dict)
    event: tuple[str, dict[str, Any] | str | None] = ("workflow_dispatch", {})

    def run(self) -> int:
        """Run it in the current folder."""
        name, event = self.event
        if event is not None:
            text = event if isinstance(event, str) else json.dumps(event)
            (self.folder / "event.json").write_text(text, encoding="utf-8")
        (self.folder / "reports").mkdir()
        environment = {
            "INPUT_ARGS": " ".join(IGNORED),
            **{f"INPUT_{name}": value for name, value in self.inputs.items()},
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
        }
        return run_step(environment, self.folder / "reports")

    @property
    def outputs(self) -> dict[str, str]:
        """What the workflow can read."""
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        """What the page of the run shows."""
        return (self.folder / "summary").read_text()

    @property
    def judged(self) -> list[str]:
        """The targets in the report."""
        return [asset["target"] for asset in json.loads(Path(self.outputs["json"]).read_text())["assets"]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def step(tmp_path: Path) -> Step:
    folder = tmp_path / "step"
    folder.mkdir()
    return Step(folder)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin.new(tmp_path / "origin")


def proposed(step: Step, origin: Origin, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pull request is checked out, and the step is to run in there."""
    checkout = origin.checkout(step.folder / "checkout", origin.merged())
    step.event = ("pull_request", origin.pull_request())
    monkeypatch.chdir(checkout)
    return checkout


class TestWholeCheckout:
    def test_what_passes(self, here: Path, step: Step, capsys: Output) -> None:
        photo(here / "good.png")
        assert step.run() == 0
        assert step.outputs.pop("sarif") == str(step.folder / "reports" / "report.sarif")
        counts = {"assets": "1", "passed": "1", "failed": "0", "errors": "0", "warnings": "0"}
        assert {"verdict": "pass", **counts}.items() <= step.outputs.items()
        assert "1 pass" in step.summary
        assert "::error" not in capsys.readouterr().out

    def test_what_fails(self, here: Path, step: Step, capsys: Output) -> None:
        photo(here / "cast" / "small.png", SMALL)
        photo(here / "good.png")
        assert step.run() == 1
        expected = {"verdict": "fail", "assets": "2", "passed": "1", "failed": "1", "errors": "1"}
        assert expected.items() <= step.outputs.items()
        (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("::error"))
        assert "file=cast/small.png" in line
        assert "IMG003" in line
        assert "IMG003" in step.summary
        sarif = json.loads(Path(step.outputs["sarif"]).read_text())
        assert [found["ruleId"] for found in sarif["runs"][0]["results"]] == ["IMG003"]

    def test_inputs_become_options(self, here: Path, step: Step) -> None:
        photo(here / "a b" / "small.png", SMALL)
        photo(here / "elsewhere" / "small.png", (298, 400))
        (here / "own rules.toml").write_text(
            '[profile]\nname = "own"\ntitle = "Own"\nchecked = 2026-11-22\n'
            'source = "https://example.com"\nextends = "seedance-2.0"\n'
            '[[change]]\ncode = "IMG003"\nseverity = "warning"\n'
        )
        (here / "my config.toml").write_text('ignore = ["POR", "GRP"]\n')
        step.inputs = {
            "PATHS": "a b\n\n",
            "PROFILE": " own rules.toml ",
            "CONFIG": "my config.toml",
            "ARGS": "--depth header --ignore 'IMG005'",
        }
        assert step.run() == 2  # whether a picture is broken, its header does not tell
        assert step.judged == ["a b/small.png"]
        assert {"verdict": "unjudged", "unjudged": "1", "warnings": "1"}.items() <= step.outputs.items()

    def test_fail_on(self, here: Path, step: Step) -> None:
        photo(here / "edge.png", (300, 400))
        step.inputs = {"FAIL_ON": "warning"}
        assert step.run() == 1
        assert step.outputs["verdict"] == "fail"

    @pytest.mark.parametrize(
        ("inputs", "said"),
        [
            ({"ARGS": "--ignore 'POR"}, "args cannot be taken apart"),
            ({"CHANGED_ONLY": "yes"}, "one of true, false, auto"),
            ({"ARGS": "--watch"}, "never ends"),
            ({"ARGS": "--help"}, "Nothing was judged"),
        ],
    )
    def test_inputs_that_make_no_sense(
        self, step: Step, capsys: Output, inputs: dict[str, str], said: str
    ) -> None:
        step.inputs = inputs
        assert step.run() == 2
        assert step.outputs == {"verdict": "error"}
        *_, line = capsys.readouterr().out.splitlines()
        assert said in line.removeprefix("::error title=seedance-validator::")
        assert said in step.summary

    @pytest.mark.usefixtures("here")
    @pytest.mark.parametrize(
        ("args", "said"),
        [
            ("--no-such-option", "--no-such-option"),
            ("--config none.toml", "none.toml: No such file or directory"),
            ("--select '<b>'", '"<b>" names no rule'),
            ("--version", "--version"),
        ],
    )
    def test_options_that_make_no_sense(self, step: Step, capsys: Output, args: str, said: str) -> None:
        step.inputs = {"ARGS": args}
        assert step.run() == 2
        assert step.outputs == {"verdict": "error"}
        out, err = capsys.readouterr()
        assert said in err
        (line,) = out.splitlines()
        assert line.startswith("::error title=seedance-validator::")
        assert said in line
        assert step.summary.startswith("**seedance-validator**: error: ")
        assert "<b>" not in step.summary

    def test_without_a_runner_that_takes_what_is_told(self, here: Path, tmp_path: Path) -> None:
        photo(here / "good.png")
        (tmp_path / "reports").mkdir()
        assert run_step({"INPUT_ARGS": " ".join(IGNORED)}, tmp_path / "reports") == 0


class TestChanges:
    def test_only_what_the_pull_request_touches_is_judged(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        origin.commit({"new.png": picture(tmp_path), "notes.txt": b"no media", "old.png": None})
        proposed(step, origin, monkeypatch)  # was.png and gone.png are broken, and were before
        assert step.run() == 0
        assert step.judged == ["new.png"]

    def test_or_everything_if_that_is_wanted(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        origin.commit({"notes.txt": b"no media"})
        proposed(step, origin, monkeypatch)
        step.inputs = {"CHANGED_ONLY": "false"}
        assert step.run() == 1
        assert len(step.judged) == 3

    def test_names_of_any_kind(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Output
    ) -> None:
        names = [
            "-rf.png", "--output=x.png", "new\n::error::line.png", "$(touch pwned).png", "a b.png",
            "[a]*.png", "caf\udce9.png", "::set-output name=x::y.png", "<script>.png",
            "| x |.png", "http:x.png",
        ]  # fmt: skip
        files = {name: picture(tmp_path, (299, 400 + number)) for number, name in enumerate(names)}
        origin.commit({**files, "a*.png": picture(tmp_path), "-": picture(tmp_path, (641, 480))})
        proposed(step, origin, monkeypatch)
        assert step.run() == 1
        assert (step.outputs["assets"], step.outputs["failed"]) == ("13", "11")
        out, err = capsys.readouterr()
        *lines, last = out.splitlines()
        assert [line for line in lines if not line.startswith(("::error file=", "::warning file="))] == []
        assert sum(line.startswith("::error file=") for line in lines) == 11
        assert last.startswith("::notice title=seedance-validator::13 assets: 2 pass, 11 fail")
        assert "::" not in err
        assert not Path("pwned").exists()
        assert "<script>" not in step.summary
        assert len(json.loads(Path(step.outputs["sarif"]).read_text())["runs"][0]["results"]) >= 11

    def test_no_media_changed(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        origin.commit({"notes.txt": b"no media", "gone.png": None})
        proposed(step, origin, monkeypatch)
        assert step.run() == 0
        assert {"verdict": "pass", "assets": "0"}.items() <= step.outputs.items()
        assert json.loads(Path(step.outputs["sarif"]).read_text())["runs"][0]["results"] == []
        assert "touches no image, video or sound" in step.summary
        assert capsys.readouterr().out.startswith("::notice ")

    def test_within_what_was_named(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        names = ("cast/in.png", "cast/-.png", "other/out.png", "clips/b.png", "one.png", "cast/.hidden.png")
        origin.commit({name: picture(tmp_path, (640, 481 + at)) for at, name in enumerate(names)})
        proposed(step, origin, monkeypatch)
        step.inputs = {"PATHS": "cast\nclips/*.png\none.png\nold.png"}
        assert step.run() == 0
        assert step.judged == ["cast/-.png", "cast/in.png", "clips/b.png", "one.png"]

    @pytest.mark.parametrize(
        ("changed", "judged"),
        [("cast.toml", 2), ("cast/a.png", 2), ("other.png", 0)],
    )
    def test_an_asset_list_is_judged_whole(
        self,
        origin: Origin,
        step: Step,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        changed: str,
        judged: int,
    ) -> None:
        listed = b'[[assets]]\npath = "cast/a.png"\n[[assets]]\npath = "cast/b.png"\n'
        one, two = picture(tmp_path), picture(tmp_path, (641, 480))
        origin.commit({"cast.toml": listed, "cast/a.png": one, "cast/b.png": two}, "main")
        other = {"cast.toml": b"# changed\n" + listed}.get(changed, picture(tmp_path, (642, 480)))
        origin.update_topic()
        origin.commit({changed: other})
        proposed(step, origin, monkeypatch)
        step.inputs = {"PATHS": "cast.toml"}
        assert step.run() == 0
        assert step.outputs["assets"] == str(judged)

    @pytest.mark.parametrize(
        "change", [{"cast/a.png": None}, {"cast/a.png": None, "cast/c.png": b"moved"}], ids=["rm", "mv"]
    )
    def test_a_list_whose_file_was_removed_is_judged(
        self,
        origin: Origin,
        step: Step,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        change: dict[str, bytes | None],
    ) -> None:
        listed = b'[[assets]]\npath = "cast/a.png"\n'
        origin.commit({"cast.toml": listed, "cast/a.png": picture(tmp_path)}, "main")
        origin.update_topic()
        origin.commit(change)
        proposed(step, origin, monkeypatch)
        step.inputs = {"PATHS": "cast.toml"}
        assert step.run() == 1
        assert step.judged == ["cast/a.png"]

    @pytest.mark.parametrize("named", ["gone.png", "cast", "cast/*.png", "list.toml", "."])
    def test_what_the_change_removed_is_not_judged(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, named: str
    ) -> None:
        origin.commit({"cast/a.png": b"x", "list.toml": b"x"}, "main")
        origin.update_topic()
        origin.commit({"cast/a.png": None, "gone.png": None, "list.toml": None})
        proposed(step, origin, monkeypatch)
        step.inputs = {"PATHS": named}
        assert step.run() == 0
        assert step.outputs["assets"] == "0"

    @pytest.mark.parametrize("named", ["nothing-here", "no.png", "none/*.png", "none.toml", "http:/x/y.png"])
    def test_what_is_named_and_not_there_is_an_error(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, capsys: Output, named: str
    ) -> None:
        origin.commit({"notes.txt": b"no media", "gone.png": None})
        proposed(step, origin, monkeypatch)
        step.inputs = {"PATHS": named}
        assert step.run() == (2 if named == "none.toml" else 1)
        assert step.outputs["verdict"] == ("error" if named == "none.toml" else "fail")
        assert "::error " in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("inputs", "said"),
        [
            ({"PROFILE": "nope"}, "nope"),
            ({"FAIL_ON": "bogus"}, "bogus"),
            ({"CONFIG": "none.toml"}, "none.toml: No such file"),
            ({"ARGS": "--no-such-option"}, "--no-such-option"),
            ({"ARGS": "--help"}, "Nothing was judged: the options"),
        ],
    )
    def test_options_count_where_nothing_was_touched(
        self,
        origin: Origin,
        step: Step,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Output,
        inputs: dict[str, str],
        said: str,
    ) -> None:
        origin.commit({"notes.txt": b"no media"})
        proposed(step, origin, monkeypatch)
        step.inputs = inputs
        assert step.run() == 2
        assert step.outputs == {"verdict": "error"}
        *_, line = capsys.readouterr().out.splitlines()
        assert line.startswith("::error ")
        assert said in line

    def test_where_the_change_is_unknown_everything_is_judged(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        origin.commit({"notes.txt": b"no media"})
        proposed(step, origin, monkeypatch)
        step.inputs = {"BASE": "no-such-branch"}
        assert step.run() == 1
        assert len(step.judged) == 3
        warning = capsys.readouterr().out.splitlines()[0]
        assert warning.startswith(
            "::warning title=seedance-validator::What was changed is unknown (git does not"
        )

    @pytest.mark.parametrize("event", ["", "{", "[]", "{}", '{"pull_request": 1}', None])
    def test_an_event_that_tells_nothing(
        self,
        origin: Origin,
        step: Step,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Output,
        event: str | None,
    ) -> None:
        proposed(step, origin, monkeypatch)
        step.event = ("pull_request", event)
        assert step.run() == 1
        assert len(step.judged) == 3
        assert "names no commit to compare with" in capsys.readouterr().out.splitlines()[0]

    def test_a_push_to_a_new_branch_has_no_change(
        self, origin: Origin, step: Step, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        proposed(step, origin, monkeypatch)
        step.event = ("push", {"before": "0" * 40})
        step.inputs = {"CHANGED_ONLY": "true"}
        assert step.run() == 1
        assert "names no commit to compare with" in capsys.readouterr().out.splitlines()[0]
