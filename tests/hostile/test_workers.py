"""Row 71: a decoder that hangs, eats memory or dies costs one file, whatever its neighbours are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.hostile.decoder import HANDLER
from tests.hostile.lint import codes, words
from tests.nobody import NOBODY
from validator import AssetReport, Decoders, Verdict, lint
from validator.workers import can_send_files

pytestmark = pytest.mark.skipif(not can_send_files(), reason="this system has no decoding workers")

#  spell, rules, words
FATES = (
    ("die", {"FIL005"}, "crash (the decoder was ended by SIGSEGV)"),
    ("be-killed", {"FIL007"}, "its decoder was killed twice (SIGKILL), as a system short of memory does"),
    ("exit", {"FIL005"}, "crash (the decoder ended with exit code 3"),
    ("hang", {"FIL007"}, "it was not decoded within 1 s"),
    ("spin", {"FIL007"}, "it was not decoded within 1 s"),
    ("babble", {"FIL007"}, "it was not decoded within 1 s"),
    pytest.param(
        "eat",
        {"FIL007"},
        "decoding it takes more than 2,000,000,000 bytes of memory",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space"),
    ),
)


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    with Decoders(processes=2, seconds=1, memory=2_000_000_000, handler=HANDLER) as decoders:
        yield decoders


def picture(path: Path, spell: str = "") -> Path:
    """A picture that passes, but for the spell in its text."""
    text = PngInfo()
    text.add_text("Comment", f"spell:{spell}" if spell else "harmless")
    Image.new("RGB", (400, 400 + len(path.name)), "teal").save(path, pnginfo=text)
    return path


@pytest.mark.parametrize(("spell", "rules", "said"), FATES)
def test_row_71_a_decoder_that_fails_costs_that_file_alone(
    spell: str, rules: set[str], said: str, tmp_path: Path, decoders: Decoders
) -> None:
    names = ["a.png", "bb.png", "ccc.png", "dddd.png", "eeeee.png"]
    paths = [picture(tmp_path / name, spell if name == "bb.png" else "") for name in names]
    results = lint(paths, NOBODY, decoders=decoders).assets
    bad = results[1]
    assert codes(bad) == rules
    assert said in words(bad)
    assert bad.verdict is Verdict.FAIL
    assert bad.facts.file.sha256 is not None
    assert [result.verdict for result in results if result is not bad] == [Verdict.PASS] * 4


def test_row_71_a_bug_in_a_probe_is_no_verdict(tmp_path: Path, decoders: Decoders) -> None:
    results = lint(
        [picture(tmp_path / "a.png", "raise"), picture(tmp_path / "b.png")], NOBODY, decoders=decoders
    )
    assert [result.verdict for result in results] == [Verdict.UNJUDGED, Verdict.PASS]
    assert "internal error: RuntimeError: a bug, told by a file" in words(results.assets[0])


def test_row_71_many_in_a_row_are_survived(tmp_path: Path, decoders: Decoders) -> None:
    spells = ["die", "", "exit", "raise", "die", "", "die", "exit", ""]
    paths = [picture(tmp_path / f"{number}{'x' * number}.png", spell) for number, spell in enumerate(spells)]
    results: list[AssetReport] = list(lint(paths, NOBODY, decoders=decoders))
    passed = [result.verdict is Verdict.PASS for result in results]
    assert passed == [not spell for spell in spells]
