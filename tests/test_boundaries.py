"""The documented limits on real files: one table, a line for each side of each bound."""

from __future__ import annotations

from pathlib import Path

import pytest

import validator
from fixtures.catalogue import MEDIA, PADDED
from tests.nobody import NOBODY, PEOPLE
from validator import Config, Decoders, Limits, Verdict

PASS, FAIL = Verdict.PASS, Verdict.FAIL

#  file, verdict, codes of errors, codes of warnings
TABLE = """
image-299x400.png       fail  IMG003         -
image-300x400.png       pass  -              IMG005
image-301x400.png       pass  -              -
image-400x299.png       fail  IMG003         -
image-5999x2401.png     pass  -              -
image-6000x2401.png     pass  -              IMG005
image-6000x2400.png     pass  -              IMG005
image-6001x2401.png     fail  IMG003         -
image-400x1001.png      fail  IMG002         -
image-400x1000.png      pass  -              IMG005
image-401x1001.png      pass  -              -
image-1001x401.png      pass  -              -
image-1000x400.png      pass  -              IMG005
image-1001x400.png      fail  IMG002         -
video-640x638.mp4       fail  VID005         -
video-640x640.mp4       pass  -              -
video-848x480.mp4       fail  VID005         -
video-852x480.mp4       fail  VID005         -
video-854x480.mp4       pass  -              -
video-1920x1080.mp4     pass  -              -
video-1920x1088.mp4     fail  VID005         -
video-2206x946.mp4      pass  -              -
video-3840x2160.mp4     fail  VID005         -
video-640x298.mp4       fail  VID004,VID005  -
video-640x300.mp4       fail  VID005         -
video-768x1922.mp4      fail  VID003         -
video-768x1920.mp4      pass  -              -
video-1920x768.mp4      pass  -              -
video-1922x768.mp4      fail  VID003         -
video-1.99s.mp4         fail  VID002         -
video-2s.mp4            pass  -              -
video-15s.mp4           pass  -              -
video-15.01s.mp4        fail  VID002         -
video-23.976fps.mp4     fail  VID006         -
video-24fps.mp4         pass  -              -
video-60fps.mp4         pass  -              -
video-60.1fps.mp4       fail  VID006         -
audio-1.99s.wav         fail  AUD002         -
audio-one-sample-short.wav  fail  AUD002     -
audio-2s.wav            pass  -              -
audio-15s.wav           pass  -              -
audio-15.01s.wav        fail  AUD002         -
image-29999999-bytes.png  pass  -            -
image-30000000-bytes.png  fail  IMG004       -
video-50000000-bytes.mp4  pass  -            -
video-50000001-bytes.mp4  fail  VID007       -
audio-15000000-bytes.wav  pass  -            -
audio-15000001-bytes.wav  fail  AUD003       -
"""
CASES = [line.split() for line in TABLE.strip().splitlines()]


def listed(codes: str) -> set[str]:
    return set() if codes == "-" else set(codes.split(","))


def kept_or_made(name: str, folder: Path) -> Path:
    """A fixture, or a file on a size limit, made now."""
    for padded in PADDED:
        if padded.name == name:
            return padded.write(MEDIA, folder)
    return MEDIA / name


@pytest.mark.parametrize(("name", "verdict", "errors", "warnings"), CASES, ids=[case[0] for case in CASES])
def test_documented_limits(
    name: str, verdict: str, errors: str, warnings: str, tmp_path: Path, decoders: Decoders
) -> None:
    (result,) = validator.lint([kept_or_made(name, tmp_path)], NOBODY, decoders=decoders)
    found = {"error": set[str](), "warning": set[str](), "note": set[str]()}
    for finding in result.findings:
        found[finding.severity].add(finding.code)
    assert (result.verdict, found["error"], found["warning"]) == (verdict, listed(errors), listed(warnings))


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("video-1.99s.mp4", PASS),  # 1.8 s have been seen to pass
        ("video-15.01s.mp4", PASS),  # so have 15.2 s
        ("video-23.976fps.mp4", PASS),  # so have 23.8 fps
        ("video-60.1fps.mp4", FAIL),
        ("video-848x480.mp4", FAIL),  # 407,040 px; 407,696 px have been seen to pass
        ("video-1920x1088.mp4", PASS),  # so have 8,295,044 px
        ("video-3840x2160.mp4", PASS),  # 8,294,400 px
        ("video-1922x768.mp4", FAIL),
        ("audio-1.99s.wav", PASS),
        ("audio-15.01s.wav", PASS),
        ("image-299x400.png", FAIL),
        ("image-1001x400.png", FAIL),
    ],
)
def test_observed_limits(name: str, verdict: Verdict, decoders: Decoders) -> None:
    config = Config(limits=Limits.OBSERVED, ignore=PEOPLE)
    (result,) = validator.lint([MEDIA / name], config, decoders=decoders)
    assert result.verdict is verdict
    (documented,) = validator.lint([MEDIA / name], NOBODY, decoders=decoders)
    assert {each.code for each in result.findings} == {each.code for each in documented.findings}


@pytest.mark.parametrize(
    ("name", "code", "measured", "side", "by"),
    [
        ("video-848x480.mp4", "VID005", "407040", "below", "2560"),
        ("video-1920x1088.mp4", "VID005", "2088960", "above", "2084"),
        ("video-1.99s.mp4", "VID002", "1.99", "below", "0.01"),
        ("video-15.01s.mp4", "VID002", "15.01", "above", "0.01"),
        ("video-23.976fps.mp4", "VID006", "24000/1001", "below", "24/1001"),
        ("video-60.1fps.mp4", "VID006", "60.1", "above", "0.1"),
        ("audio-one-sample-short.wav", "AUD002", "1.9999375", "below", "0.0000625"),
        ("image-299x400.png", "IMG003", "299", "below", "1"),
        ("image-1001x400.png", "IMG002", "2.5025", "above", "0.0025"),
    ],
)
def test_the_distance_from_a_limit_is_exact(
    name: str, code: str, measured: str, side: str, by: str, decoders: Decoders
) -> None:
    (result,) = validator.lint([MEDIA / name], NOBODY, decoders=decoders)
    (finding,) = (finding for finding in result.findings if finding.code == code)
    assert (finding.measured.exact, finding.limit.side, finding.limit.by) == (measured, side, by)
