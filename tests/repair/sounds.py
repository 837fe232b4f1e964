"""Cases of sounds, as a plan for one is tried: what was measured of a file, or facts on paper."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.repair.cases import case_of_facts
from validator.findings import AssetReport, Severity
from validator.model import Asset, AudioFacts, Facts, FileFacts, Kind
from validator.profile import Profile
from validator.repair.options import RepairOptions
from validator.repair.plan import Case
from validator.repair.stream_survey import survey_streams
from validator.repair.streams import Stream, Streams
from validator.run import run

ASSET = Asset("sound", "sound")


def case_on(
    facts: Facts,
    streams: Streams | None = None,
    *,
    options: RepairOptions | None = None,
    profile: Profile | None = None,
    attempt: int = 0,
    problem: str = "",
) -> Case:
    """What has to be answered where these facts are judged; of a clip without a picture, as of a sound."""
    return case_of_facts(
        ASSET,
        facts,
        streams,
        options or RepairOptions(),
        profile=profile,
        copied_as=Kind.AUDIO,
        attempt=attempt,
        problem=problem,
    )


def paper(
    duration: Fraction | int | str,
    *,
    format_name: str = "wav",
    codec: str = "pcm_s16le",
    rate: int = 16_000,
    channels: int = 1,
    size: int = 1_000_000,
    bit_rate: int | None = None,
    demuxer: str = "wav",
    others: tuple[Stream, ...] = (),
    **facts: Any,
) -> tuple[Facts, Streams]:
    """The facts of a sound that nobody recorded, and what lies in its container."""
    seconds = Fraction(duration)
    media = AudioFacts(
        duration=seconds, codec=codec, sample_rate=rate, channels=channels, encoding="usual", **facts
    )
    stream = Stream(
        index=0,
        kind="audio",
        codec=codec,
        duration=seconds,
        bit_rate=bit_rate,
        sample_rate=rate,
        channels=channels,
    )
    file = FileFacts(access="readable", content="media", format=format_name, bytes=size)
    return Facts(kind=Kind.AUDIO, file=file, media=media), Streams(demuxer, (stream, *others))


def measured(path: Path, *, attempt: int = 0, **options: Any) -> Case:
    """The case of a file, measured and surveyed; the survey runs in this process."""
    (result,) = run([Asset(str(path), str(path))])
    kind, name = result.facts.kind, result.facts.file.format
    assert kind is not None
    assert name is not None
    with path.open("rb") as file:
        survey = survey_streams(file, kind, name, lambda: False)
    facts = replace(result.facts, media=survey.facts or result.facts.media)
    wanted = RepairOptions(**{"level": Severity.ERROR, **options})
    return case_on(facts, survey.streams, options=wanted, attempt=attempt, problem=survey.problem)


def judged(path: Path) -> AssetReport:
    """The verdict on a copy."""
    (result,) = run([Asset(str(path), str(path))])
    return result
