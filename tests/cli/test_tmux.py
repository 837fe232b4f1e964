"""What stands on a terminal of 60, 80 and 140 columns, read from the terminal itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.process import COMMAND, environment
from tests.cli.tmux import Terminal, needs_tmux, terminal
from tests.nobody import LINT
from tests.report.samples import clip, header_only, missing, picture, portrait, report
from tests.report.several import report_of_both
from validator.findings import AssetReport
from validator.report.base import Look, render
from validator.report.columns import columns_of

pytestmark = needs_tmux
WIDTHS = (60, 80, 140)
LONG = "november/" * 20 + "ada-close-up.png"
WIDE = "顔写真" * 30 + ".png"
VIEWS = {"plain": {}, "all": {"show_passing": True, "explain": True}, "counts": {"statistics": True}}


@pytest.fixture(scope="module")
def screens() -> Iterator[Terminal]:
    with terminal(environment()) as opened:
        yield opened


def assets() -> tuple[AssetReport, ...]:
    accented = missing("e\u0301te\u0301/" * 40 + "Grüße.mp4")
    return (clip(target=LONG), picture(300, 400, WIDE), portrait("ｗｉｄｅ/" * 12), accented, header_only())


def test_no_line_of_a_report_is_folded_by_the_terminal(screens: Terminal, tmp_path: Path) -> None:
    written: dict[str, tuple[int, str]] = {}
    for width in WIDTHS:
        for view, look in VIEWS.items():
            looked = Look(width=width, **look)  # type: ignore[arg-type]  # options by name
            several = "".join(render(each(*assets()), "text", looked) for each in (report, report_of_both))
            written[f"{view}-{width}"] = (width, several)
    for name, (_, text) in written.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    screens.run({name: (width, ("cat", name)) for name, (width, _) in written.items()}, tmp_path)
    for name, (_, text) in written.items():
        assert screens.screen(name) == text.rstrip("\n").split("\n"), name


def command(*arguments: str, variables: str = "", to: str = "") -> tuple[str, ...]:
    """The command in a shell, without what it says on standard error."""
    line = f"{variables} {shlex.join((*COMMAND, *LINT, '--no-config', *arguments))} 2>/dev/null {to}"
    return ("sh", "-c", line)


def test_the_command_keeps_to_the_width_of_its_terminal(screens: Terminal, tmp_path: Path) -> None:
    for name in (LONG, "写真/" + "顔" * 80 + ".png"):  # the same bytes, so that one names the other
        photo(tmp_path / name, (299, 400))
    targets = (LONG, "写真")
    screens.run(
        {
            **{f"run-{width}": (width, command(*targets)) for width in WIDTHS},
            "no-color": (60, command(*targets, variables="NO_COLOR=1")),
            "pipe": (60, command(*targets, to="| cat > piped.txt")),
            "forced": (60, command(*targets, variables="FORCE_COLOR=1", to="| cat > forced.txt")),
        },
        tmp_path,
    )
    for width in WIDTHS:
        lines = screens.screen(f"run-{width}")
        headers = [line for line in lines if re.match(r"\S", line)]
        assert re.fullmatch(r"nove\S*…\S*ada-close-up\.png: fail", headers[0])
        assert re.fullmatch(r"写真\S*…\S*顔\.png: fail", headers[1])
        (summary,) = headers[2:]  # so nothing else was folded
        assert summary.startswith("2 assets: 2 fail (2 errors, 1 warning). 2 were not decoded")
        assert re.search(r"\(nove\S*…\S*ada-close-up\.png\)\.$", "\n".join(lines), re.MULTILINE)
        assert all(columns_of(line) <= width for line in lines)
        assert "\x1b[31m" in "".join(screens.screen(f"run-{width}", colors=True))

    assert screens.screen("no-color", colors=True) == screens.screen("run-60")
    piped = (tmp_path / "piped.txt").read_text(encoding="utf-8")
    assert piped.startswith(f"{LONG}: fail (png image, 299x400, ")
    assert f"({LONG})." in piped
    assert "\x1b" not in piped
    forced = (tmp_path / "forced.txt").read_text(encoding="utf-8")
    assert forced != piped
    assert re.sub(r"\x1b\[\d*m", "", forced) == piped
