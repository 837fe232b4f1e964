"""Compare the faces that are found in a folder of photographs with a table of those that are there.

    python -m tests.benchmarks.portraits FOLDER [--labels TSV] [--strict] [--no-framing]

The table is `labels.tsv` in the folder, or in the folder above it, where none is named: tab separated, with a
header. `file` and `faces` are needed. `drawn` says how many faces more are drawn, sculpted or printed, and a
note with "uncertain 1-2" between which counts a careful person hesitates: both may be counted or not, unless
`--strict` is given. `shot`, `cut` (edges that cut the face; "crown" is only hair), `frontal` (yes, turned,
profile) and `expression` (neutral, smile, open) are compared where they are there.

Prints the files whose count differs, the confusion table, the agreement of the framing, and how long a
picture took; the exit code is 1 if any share is worse than what the project promises.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageOps
import pillow_heif

from validator.probe.portrait.detect import Detector
from validator.probe.portrait.framing import Framer
from validator.probe.portrait.look import FoundFace, Head
from validator.probe.portrait.models import find_models
from validator.probe.shrink import still_of

MOST_COUNTED = 6  # faces; how exact a larger group is counted is not asked
TURNED = 20.0  # degrees of yaw
SMILE = 0.4
OPEN = 0.25

_DOUBT = re.compile(r"uncertain:? (\d+)-(\d+)")


@dataclass(frozen=True)
class Label:
    """One photograph: its file, between which counts of faces the truth lies, and the row of the table."""

    path: Path
    least: int
    most: int
    row: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What was found in one photograph, and the seconds of work that finding faces took."""

    label: Label
    faces: tuple[FoundFace, ...]
    seconds: float
    head: Head | None = None
    shot: str = ""

    @property
    def is_exact(self) -> bool:
        """The count is a true one."""
        return self.label.least <= len(self.faces) <= self.label.most


@dataclass(frozen=True)
class Share:
    """How often something happened, how often it could have, and the percentage that is promised."""

    title: str
    count: int
    total: int
    promised: str = ""

    @property
    def percent(self) -> float:
        """0 where it could not happen."""
        return 100 * self.count / self.total if self.total else 0.0

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds."""
        if not self.promised or not self.total:
            return True
        bound = float(self.promised[2:])
        return self.percent >= bound if self.promised.startswith(">=") else self.percent <= bound


def read_labels(folder: Path, table: Path | None = None, *, strict: bool = False) -> list[Label]:
    """The rows of the table whose file is in the folder.

    Raises:
        OSError: there is no table.
        ValueError: a row has no count.
    """
    if table is None:
        table = next((place / "labels.tsv" for place in (folder, folder.parent) if _has_table(place)), folder)
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [_label(folder / row["file"], row, strict) for row in rows if (folder / row["file"]).is_file()]


def _has_table(folder: Path) -> bool:
    return (folder / "labels.tsv").is_file()


def _label(path: Path, row: dict[str, str], strict: bool) -> Label:
    least = most = int(row["faces"])
    if not strict:
        doubt = _DOUBT.search(row.get("note") or "")
        if doubt:
            least, most = min(least, int(doubt[1])), max(most, int(doubt[2]))
        most += int(row.get("drawn") or 0)
    return Label(path, least, most, row)


class Looker:
    """Looks at one photograph after the other as a face worker does."""

    def __init__(self, *, framing: bool = True) -> None:
        models = find_models()
        face_model = models.face_landmarker.read_bytes()
        self.detector = Detector(face_model)
        self._framer = Framer(face_model, models.pose_landmarker.read_bytes()) if framing else None

    def look(self, label: Label) -> Answer:
        """Find the faces, and judge how the main one is framed."""
        picture = opened(label.path)
        started = time.process_time()
        faces = self.detector.find(picture)
        seconds = time.process_time() - started
        if self._framer is None:
            return Answer(label, faces, seconds)
        head, _, shot = self._framer.look(picture, faces)
        return Answer(label, faces, seconds, head, shot)


def opened(path: Path) -> np.typing.NDArray[np.uint8]:
    """The picture as a face worker gets it: upright, RGB, its longer side at most 1920 pixels."""
    with PIL.Image.open(path) as image:
        still = still_of(PIL.ImageOps.exif_transpose(image))
    return np.frombuffer(still.rgb, np.uint8).reshape(still.height, still.width, 3).copy()


def confusion(answers: Iterable[Answer]) -> list[Share]:
    """The table of PORTRAITS: how often each kind of photograph is counted wrong."""
    answers = list(answers)
    none = [answer for answer in answers if answer.label.least == 0]
    one = [answer for answer in answers if answer.label.least == 1]
    several = [answer for answer in answers if answer.label.least >= 2]
    counted = [answer for answer in answers if answer.label.least <= MOST_COUNTED]

    def share(title: str, of: list[Answer], happened: Callable[[Answer], bool], promised: str = "") -> Share:
        return Share(title, sum(map(happened, of)), len(of), promised)

    return [
        share("none -> some", none, lambda answer: len(answer.faces) > answer.label.most, "<=3"),
        share("one -> none", one, lambda answer: not answer.faces, "<=2"),
        share("one -> several", one, lambda answer: len(answer.faces) > answer.label.most, "<=1"),
        share("several -> none", several, lambda answer: not answer.faces),
        share("several -> one", several, lambda answer: len(answer.faces) == 1),
        share("several -> one or none", several, lambda answer: len(answer.faces) <= 1, "<=4"),
        share(f"exact, up to {MOST_COUNTED} faces", counted, lambda answer: answer.is_exact, ">=96"),
    ]


def framing(answers: Iterable[Answer]) -> Iterator[tuple[Answer, str, str, str]]:
    """Each comparison of the framing: the answer, the column, what the table says, and what was found."""
    for answer in answers:
        row = answer.label.row
        shot, cut, frontal, expression = (
            row.get(key) or "-" for key in ("shot", "cut", "frontal", "expression")
        )
        if answer.label.least != answer.label.most or not answer.is_exact or answer.label.most == 0:
            continue
        if shot not in ("-", "none"):
            yield answer, "shot", shot, answer.shot
        if answer.head is None:
            continue
        edges = set(cut.split(",")) - {"crown", "-", ""}
        if "cut" in row:
            yield answer, "cut", "cut" if edges else "whole", "cut" if answer.head.cut else "whole"
        if frontal in ("yes", "turned", "profile"):
            seen = "yes" if abs(answer.head.yaw) <= TURNED else "turned"
            yield answer, "frontal", "turned" if frontal == "profile" else frontal, seen
        if expression in ("neutral", "smile", "open"):
            yield (
                answer,
                "expression",
                "neutral" if expression == "neutral" else "not neutral",
                _face(answer.head),
            )


def _face(head: Head) -> str:
    return "neutral" if head.smile < SMILE and head.jaw_open < OPEN else "not neutral"


def main(arguments: list[str]) -> int:
    """Print the comparison."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.portraits")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--strict", action="store_true", help="drawn faces and doubtful counts are not free")
    parser.add_argument("--no-framing", action="store_true", help="count faces, and nothing else")
    options = parser.parse_args(arguments)
    pillow_heif.register_heif_opener()
    labels = read_labels(options.folder, options.labels, strict=options.strict)
    looker = Looker(framing=not options.no_framing)
    answers = [looker.look(label) for label in labels]
    shares = confusion(answers)
    lines = [*_wrong(answers), f"{len(answers)} photographs, heard: {', '.join(looker.detector.voices)}"]
    lines += map(_line, shares)
    if not options.no_framing:
        lines += _framing_lines(list(framing(answers)))
    times = sorted(answer.seconds * 1000 for answer in answers)
    if times:
        middle, most = times[len(times) // 2], times[-1]
        lines.append(f"milliseconds of work to find faces: median {middle:.0f}, at most {most:.0f}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if all(share.is_kept for share in shares) else 1


def _wrong(answers: list[Answer]) -> Iterator[str]:
    for answer in answers:
        if not answer.is_exact:
            row = answer.label.row
            note = row.get("note") or row.get("shows") or ""
            yield f"{answer.label.path.name}: {len(answer.faces)} found, {row['faces']} there. {note}"


def _line(share: Share) -> str:
    verdict = (
        ""
        if not share.promised
        else f"   promised {share.promised} %" + ("" if share.is_kept else ": MISSED")
    )
    return f"  {share.title:24}{share.count:4} of {share.total:4}{share.percent:7.1f} %{verdict}"


def _framing_lines(compared: list[tuple[Answer, str, str, str]]) -> Iterator[str]:
    for column in dict.fromkeys(column for _, column, _, _ in compared):
        rows = [(expected, found) for _, name, expected, found in compared if name == column]
        yield _line(Share(column, sum(expected == found for expected, found in rows), len(rows)))
        for pair in sorted({pair for pair in rows if pair[0] != pair[1]}):
            yield f"    {pair[0]} taken for {pair[1]}: {rows.count(pair)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
