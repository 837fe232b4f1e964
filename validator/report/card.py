"""What the card of one asset shows on a page: its name, verdict, findings, drawings and measured values."""

from __future__ import annotations

import base64
import itertools
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from msgspec import UNSET

from validator.findings import AssetReport, Finding, Severity, Verdict
from validator.intake.url import displayed
from validator.preview import Preview, SmallPicture
from validator.profile import Profile
from validator.report.escape import printable
from validator.report.gauge import Reading, measured
from validator.report.headline import headline
from validator.report.outcome import Unjudged, said_once, unjudged_once
from validator.report.overlay import Overlay, over_frame, over_picture
from validator.report.timeline import Rates, Timeline, Waveform, rates, timeline, waveform

_VERDICTS = {Verdict.FAIL: "fail", Verdict.UNJUDGED: "not judged", Verdict.PASS: "pass"}

_TOGETHER = "\N{NO-BREAK SPACE}"
_SHORT = 20  # characters of a name that is never shortened
_TAIL = 12  # characters at a name's end that are never cut off: numbers and endings stand there
_SEEN = 64  # pixels of the longer side below which a picture is drawn larger than it is
_FRAMES = 5  # of a clip: what a card has room for
_FRAME_BYTES = 26_000  # of all frames of a clip: 500 clips stay below 25 MB


@dataclass(frozen=True)
class Said:
    """One finding, once; `profiles` is empty where all say so. `reading`: the value beside its limit."""

    finding: Finding
    profiles: tuple[str, ...]
    help: str
    reading: Reading | None


@dataclass(frozen=True)
class Shot:
    """A small picture with what is drawn over it; `caption` is empty of a picture that stands alone."""

    picture: SmallPicture
    overlay: Overlay
    caption: str = ""

    @property
    def enlarged(self) -> str:
        """How a picture that is hardly larger than a point is drawn out: `tall` or `wide`; else empty."""
        width, height = self.picture.width, self.picture.height
        if max(width, height) >= _SEEN:
            return ""
        return "tall" if height > width else "wide"

    @property
    def address(self) -> str:
        """The picture itself, as an address."""
        return f"data:{self.picture.media_type};base64,{base64.b64encode(self.picture.data).decode('ascii')}"


@dataclass(frozen=True)
class Table:
    """The measured values of an asset by one profile; `profile` is empty where there is only one."""

    profile: str
    limited: tuple[Reading, ...]
    plain: tuple[Reading, ...]
    unlimited: tuple[Reading, ...]
    repeated: int = 0


@dataclass(frozen=True)
class Card:
    """One asset as a page shows it."""

    number: int
    result: AssetReport
    profiles: tuple[Profile, ...]

    @property
    def verdict(self) -> str:
        """The verdict, in words; a baseline may know all that an asset fails by."""
        return "known to fail" if self.result.is_known_to_fail else _VERDICTS[self._decides]

    @property
    def group(self) -> str:
        """Under which heading the card stands: passing assets with warnings have one of their own."""
        if self.result.is_known_to_fail:
            return "known"
        warned = any(each.severity is Severity.WARNING for each in self.result.findings)
        return "warned" if warned and self.result.verdict is Verdict.PASS else self._decides.value

    @property
    def _decides(self) -> Verdict:
        """The verdict, but `unjudged` where that is all that is new of an asset that is known to fail."""
        failing = self.result.verdict is Verdict.FAIL
        return self.result.counts_as if failing else self.result.verdict

    @property
    def kind(self) -> str:
        """The kind of media, `request`, or `other`."""
        facts = self.result.facts
        return facts.kind.value if facts.kind else "request" if facts.request is not None else "other"

    @cached_property
    def name(self) -> str:
        """What the user named, as it may be shown."""
        return printable(displayed(self.result.target, is_url=self.result.asset.is_url))

    @property
    def folder(self) -> str:
        """The part of the name up to the last slash, which is the first to be shortened."""
        return self.name[: self.name.rfind("/", 0, -1) + 1]

    @property
    def start(self) -> str:
        """The part of the name itself that is shortened where there is no room."""
        return self.name[len(self.folder) : len(self.name) - len(self.end)]

    @property
    def end(self) -> str:
        """The part of the name that is always shown."""
        long = len(self.name) - len(self.folder) > _SHORT
        at = len(self.name) - _TAIL if long else len(self.folder)
        while at < len(self.name) and unicodedata.combining(self.name[at]):
            at += 1
        return self.name[at:]

    @property
    def headline(self) -> str:
        """Kind, size, length and rate, each number with its unit beside it."""
        return headline(self.result.facts).replace(" ", _TOGETHER).replace(f",{_TOGETHER}", ", ")

    @property
    def about(self) -> str:
        """What the owner said of it: its name, role and group."""
        asset, said = self.result.asset, []
        if asset.name is not None:
            said.append(f"“{asset.name}”")
        if asset.role is not None:
            said.append(f"as {asset.role.value}")
        if asset.group is not None:
            named = asset.group.name or asset.group.id
            said.append(f"in a {asset.group.kind.value} group" + (f" ({named})" if named else ""))
        return " ".join(said)

    @property
    def is_escaped(self) -> bool:
        """Whether the name holds what cannot be shown, for which escapes are shown and copied."""
        return self.name != displayed(self.result.target, is_url=self.result.asset.is_url)

    @property
    def fits(self) -> Iterator[tuple[str, str]]:
        """What each profile says, by its name: a verdict, or `warned`; nothing where there is only one."""
        warned = {each.profile for each in self.result.findings if each.severity is Severity.WARNING}
        for name, verdict in self.result.verdicts:
            yield name, "warned" if verdict is Verdict.PASS and name in warned else verdict.value

    @cached_property
    def readings(self) -> dict[str, tuple[Reading, ...]]:
        """The measured values by the name of each profile."""
        return {profile.info.name: measured(self.result, profile) for profile in self.profiles}

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules that it breaks, each once."""
        return tuple(dict.fromkeys(finding.code for finding in self.result.findings))

    @cached_property
    def findings(self) -> tuple[Said, ...]:
        """What was found, the worst first; the same help of several in a row is given with the last."""
        found = sorted(self.result.findings, key=lambda each: -each.severity.rank)
        said = [self._said(each.finding, each.profiles) for each in said_once(found, self.result)]
        return tuple(
            Said(each.finding, each.profiles, "", each.reading)
            if following is not None and following.help == each.help
            else each
            for each, following in itertools.zip_longest(said, said[1:])
        )

    def _said(self, first: Finding, profiles: tuple[str, ...]) -> Said:
        main = self.profiles[0].info.name if first.profile is UNSET else first.profile
        reading = next(
            (
                each
                for each in self.readings.get(main, ())
                if first.code in each.codes and each.fact == first.measured.fact and each.scale is not None
            ),
            None,
        )
        return Said(first, profiles, first.help, reading)

    @property
    def not_judged(self) -> tuple[Unjudged, ...]:
        """Rules that could not be applied, by the reason."""
        return unjudged_once(self.result.not_judged, self.result)

    @property
    def tables(self) -> Iterator[Table]:
        """The measured values beside their limits; of further profiles, what is not as in one before."""
        shown: set[Reading] = set()
        several = len(self.profiles) > 1
        for number, (name, readings) in enumerate(self.readings.items()):
            limited = [each for each in readings if each.state != "no limit"]
            new = [each for each in limited if each not in shown]
            shown.update(limited)
            yield Table(
                profile=name if several else "",
                limited=tuple(each for each in new if each.scale is not None or each.state != "inside"),
                plain=tuple(each for each in new if each.scale is None and each.state == "inside"),
                unlimited=tuple(each for each in readings if each.state == "no limit") if not number else (),
                repeated=len(limited) - len(new),
            )

    @property
    def count(self) -> int:
        """How many values were measured."""
        return len({each.fact for each in self.readings[self.profiles[0].info.name] if each.value})

    @property
    def _preview(self) -> Preview:
        return self.result.preview or Preview()

    @property
    def marks(self) -> frozenset[str]:
        """What sorts of marks are drawn over its pictures."""
        shots = (self.picture, *self.strip)
        return frozenset(kind for shot in shots if shot is not None for kind in shot.overlay.kinds)

    @cached_property
    def picture(self) -> Shot | None:
        """The image."""
        picture = self._preview.picture
        if picture is None:
            return None
        return Shot(picture, over_picture(picture, self.result.facts, self.result.findings))

    @cached_property
    def strip(self) -> tuple[Shot, ...]:
        """Frames of a clip."""
        frames = self._preview.strip
        faces = [at for at, frame in enumerate(frames) if frame.faces]
        largest = max((len(frame.picture.data) for frame in frames), default=1)
        room = max(min(_FRAMES, _FRAME_BYTES // max(largest, 1)), 1)
        return tuple(
            Shot(
                frames[at].picture,
                over_frame(frames[at].picture, self.result.facts) if frames[at].faces else Overlay(),
                f"{float(frames[at].time):.2f} s",
            )
            for at in _chosen(len(frames), faces, room)
        )

    @property
    def timeline(self) -> Timeline | None:
        """The duration beside the allowed band."""
        return timeline(self.result.facts, self.readings)

    @property
    def waveform(self) -> Waveform | None:
        """The peaks of a sound."""
        return waveform(self._preview.waveform)

    @property
    def rates(self) -> Rates | None:
        """The frame rate over time."""
        return rates(self._preview.frame_rates, self.result.facts, self.readings)


def _chosen(count: int, wanted: Iterable[int], room: int = _FRAMES) -> list[int]:
    """Which frames of many are shown: the wanted ones, and others at even distances.

    >>> _chosen(6, [4]), _chosen(3, []), _chosen(6, [], 1)
    ([0, 1, 2, 4, 5], [0, 1, 2], [0])
    """
    kept = list(dict.fromkeys(wanted))[:room]
    even = (round(step * (count - 1) / max(room - 1, 1)) for step in range(room))
    for at in (0, count - 1, *even, *range(count)):
        if len(kept) < room and 0 <= at < count and at not in kept:
            kept.append(at)
    return sorted(kept)
