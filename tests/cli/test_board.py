"""The table of an upload that is under way, at every size of a terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.cli.board import Board, Lines, drawn
from validator.report.columns import columns_of
from validator.upload.outcome import Event, Step

Row = tuple[str, Step, float, str]


ROWS = st.tuples(st.text(max_size=90), st.sampled_from(Step), st.floats(0, 1e6), st.text(max_size=50))


def rows(count: int, step: Step = Step.WAITING, name: str = "photos/{}.png") -> list[Row]:
    return [(name.format(at), step, 0.0, "") for at in range(count)]


def texts(*arguments: object, **options: object) -> list[str]:
    return [line for line, _ in drawn(*arguments, **options)]  # type: ignore[arg-type]


class TestDrawn:
    def test_how_long_it_is_at_it_is_shown(self) -> None:
        assert texts(rows(1), 75.0, width=60, height=5) == [
            "photos/0.png  Processing  1:15",
            "1 Processing",
        ]

    def test_why_it_failed_is_shown(self) -> None:
        failed = [("a.png", Step.FAILED, 0.0, "FaceMismatch: another person")]
        assert texts(failed, 9.0, width=60, height=5)[0] == "a.png  Failed  FaceMismatch: another person"

    @pytest.mark.parametrize("width", [60, 80, 140])
    def test_long_names_keep_their_ends(self, width: int) -> None:
        name = "photos/" + "november/" * 20 + "{}.png"
        for line in texts(rows(2, name=name), 75.0, width=width, height=10)[:2]:
            assert columns_of(line) <= width
            assert line.startswith("phot")
            assert ".png  Processing  1:15" in line

    def test_sixty_assets_on_ten_lines(self) -> None:
        many = [
            *rows(30, Step.ACTIVE, "done/{}.png"),
            *rows(25, Step.WAITING, "waiting/{}.png"),
            *rows(5, Step.CREATING, "work/{}.png"),
        ]
        lines = texts(many, 3.0, width=80, height=10)
        assert len(lines) == 10
        assert sum("work/" in line for line in lines) == 5
        assert sum("waiting/" in line for line in lines) == 3
        assert lines[-2] == "… and 52 more"
        assert lines[-1] == "30 Active, 25 Processing, 5 creating"

    def test_what_is_waited_for_is_said_below(self) -> None:
        lines = texts(rows(1), 0.0, width=80, height=5, note="looking for something")
        assert lines[-1] == "looking for something"

    @given(
        st.lists(ROWS),
        st.integers(1, 140),
        st.integers(0, 40),
        st.text(max_size=30),
    )
    def test_it_never_grows_beyond_the_terminal(
        self, held: list[Row], width: int, height: int, note: str
    ) -> None:
        lines = texts(held, 1e6, width=width, height=height, note=note)
        assert len(lines) <= height
        assert all(columns_of(line) <= width for line in lines)


class TestBoard:
    def test_it_draws_and_goes_away(self) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        screen = Terminal()
        with Board(screen, color=False, clock=lambda: 5.0) as board:
            board.tell(Event(Step.CREATING, 0, "a\x1b[2J.png"))
            board.tell(Event(Step.WAITING, 1, "b.png", status="Processing"))
            board.tell(Event(Step.SETTLING, seconds=9.0))
        seen = screen.getvalue()
        assert "a\\x1b[2J.png" in seen
        assert "\x1b[2J" not in seen
        assert seen.rstrip().endswith("\x1b[2K")  # the last thing is that the table is erased

    def test_every_step_has_a_word(self) -> None:
        for step in Step:
            assert texts([("a.png", step, 0.0, "")], 0.0, width=80, height=3)


class TestLines:
    def test_what_matters_is_said(self) -> None:
        said: list[str] = []
        with Lines(said.append) as lines:
            for step in (Step.JUDGED, Step.PUBLISHING, Step.PUBLISHED, Step.CREATING):
                lines.tell(Event(step, 0, "a.png"))
            assert said == []
            lines.tell(Event(Step.CREATED, 0, "a.png", asset_id="asset-1"))
            lines.tell(Event(Step.ACTIVE, 0, "a.png", asset_id="asset-1"))
            lines.tell(
                Event(Step.FAILED, 1, "b.mp4", asset_id="asset-2", code="FpsTooLow", message="at least 24")
            )
            lines.tell(Event(Step.SETTLING, seconds=9.4))
        assert said == [
            "a.png: created, asset://asset-1",
            "a.png: Active, asset://asset-1",
            "b.mp4: Failed, asset://asset-2: FpsTooLow: at least 24",
            "making sure that the group holds nothing of this already, as its list may be behind (up to 9 s)",
        ]

    def test_a_long_reason_is_said_once(self) -> None:
        said: list[str] = []
        with Lines(said.append) as lines:
            for name in ("a.png", "b.png"):
                reason = f"{name} was not published to s3://bucket/assets: no credentials were found."
                lines.tell(Event(Step.NOT_PUBLISHED, 0, name, message=reason))
        assert said == [
            "a.png: no public address: a.png was not published to s3://bucket/assets: no credentials were "
            "found.",
            "b.png: no public address, as above",
        ]

    def test_what_may_be_there_is_not_called_unsent(self) -> None:
        said: list[str] = []
        Lines(said.append).tell(Event(Step.NOT_SENT, 0, "a.png", message="it may be there", unsure=True))
        assert said == ["a.png: no answer: it may be there"]
