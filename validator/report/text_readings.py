"""Every measured value of an asset, as people read it: beside its limit, in columns, and what has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from validator.findings import AssetReport
from validator.profile import Profile
from validator.report.columns import columns_of, padded, wrapped
from validator.report.escape import printable
from validator.report.fact_details import repeating
from validator.report.gauge import Reading, measured
from validator.report.outcome import by_profile
from validator.report.paint import Page

_INDENT = 2
_GAP = 2
_NARROWEST = 8  # columns of a cell that still hold a word
_DIGITS = 12  # of a digest that is shown
_STYLES = {"inside": "pass", "outside": "fail", "not judged": "not judged"}


def lines(result: AssetReport, profiles: tuple[Profile, ...], page: Page) -> Iterator[str]:
    """A line for each value that has a limit: state, fact, value, limit and rules; then the other values.

    What repeats another value is left out.
    """
    readings = _all(result, profiles)
    limited = [(reading, names) for reading, names in readings if reading.state in _STYLES]
    rows = [_cells(reading, names) for reading, names in limited]
    for (reading, _), (first, *rest) in zip(limited, _columns(rows, page.width), strict=True):
        style = reading.severity.value if reading.severity else _STYLES[reading.state]
        state = page.paint(reading.state, style)
        yield " " * _INDENT + state + first[_INDENT + len(reading.state) :]
        yield from rest
    repeated = repeating(result.facts.values())
    others = [
        (printable(reading.label), printable(_short(reading)))
        for reading, _ in readings
        if reading.state == "no limit" and reading.fact not in repeated
    ]
    if others:
        yield page.paint(" " * _INDENT + "also measured", "aside")
    for block in _columns(others, page.width, 2 * _INDENT):
        yield from (page.paint(line, "aside") for line in block)


def _short(reading: Reading) -> str:
    """The value; of a digest as much as tells files apart."""
    is_long = reading.fact == "sha256" and len(reading.value) > _DIGITS
    return f"{reading.value[:_DIGITS]}…" if is_long else reading.value


def _all(result: AssetReport, profiles: tuple[Profile, ...]) -> list[tuple[Reading, tuple[str, ...]]]:
    """The readings of all profiles, those that are alike once, with the names of those that have it.

    What was not measured is told elsewhere, with the reason. Without a limit is what no profile limits.
    """
    alone = by_profile(result, profiles[0].info.name)
    found: dict[Reading, list[str]] = {}
    for profile in profiles:
        for reading in measured(alone[profile.info.name], profile):
            if reading.value:
                found.setdefault(reading, []).append(profile.info.name)
    limited = {reading.fact for reading in found if reading.state != "no limit"}
    places: dict[tuple[str, ...], int] = {}
    for reading in found:  # what different profiles say of one fact stands together
        places.setdefault((reading.fact, *reading.codes), len(places))
    return [
        (reading, () if len(names) == len(profiles) else tuple(names))
        for reading, names in sorted(found.items(), key=lambda entry: places[entry[0].fact, *entry[0].codes])
        if reading.state != "no limit" or reading.fact not in limited
    ]


def _cells(reading: Reading, profiles: tuple[str, ...]) -> tuple[str, ...]:
    rules = ", ".join((*reading.codes, *profiles))
    texts = (reading.state, reading.label, reading.value, f"{reading.limit} ({rules})")
    return tuple(printable(text) for text in texts)


def _columns(
    rows: Sequence[tuple[str, ...]], width: int | None, indent: int = _INDENT
) -> Iterator[list[str]]:
    """Rows as blocks of lines: a cell that is too long for its column goes on below."""
    count = max(map(len, rows), default=0)
    sizes = [max((columns_of(row[at]) for row in rows), default=0) for at in range(count)]
    if width is not None:
        room = width - indent - (count - 1) * _GAP
        sizes[-3:] = _fitted(sizes[-3:], room - sum(sizes[:-3]))
    for row in rows:
        cells = [wrapped(cell, size, whole=True) for cell, size in zip(row, sizes, strict=True)]
        height = max(map(len, cells))
        filled = [cell + [""] * (height - len(cell)) for cell in cells]
        yield [
            (
                " " * indent
                + (" " * _GAP).join(padded(part, size) for part, size in zip(parts, sizes, strict=True))
            ).rstrip()
            for parts in zip(*filled, strict=True)
        ]


def _fitted(sizes: Sequence[int], room: int) -> list[int]:
    """Widths of columns that fit together: the widest one gives way first."""
    fitted = list(sizes)
    while sum(fitted) > room and max(fitted) > _NARROWEST:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted
