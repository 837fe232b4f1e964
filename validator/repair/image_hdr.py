"""HDR pictures brought to what every screen shows: a colour profile that holds their curve, tone mapped."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import cache

from validator.probe.colour import HLG, PQ, Hdr

_WHITE = 203  # candela per square metre of a white that does not glow, by BT.2408
_PEAK = 5.0  # times that: what glows most, in most pictures
_LINEAR = 0.3  # of white: what is darker keeps its brightness
_HLG_PEAK, _HLG_GAMMA = 1000, 1.2  # candela per square metre; BT.2100, table 5
_STEPS = 4096  # of a curve
_GREY = b"GRAY"  # ICC.1:2022, 7.2.6
_D50 = (0.9642, 1.0, 0.8249)  # the white of profiles (ICC.1:2022, 7.2.16)

# Red, green and blue as X, Y and Z under that white, by their number in ISO/IEC 23091-2, ColourPrimaries.
_Colorants = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
_BT2020: _Colorants = ((0.6735, 0.2790, -0.0019), (0.1657, 0.6753, 0.0300), (0.1250, 0.0456, 0.7969))
_COLORANTS: dict[int, _Colorants] = {
    1: ((0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1430, 0.0606, 0.7139)),
    9: _BT2020,
    12: ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)),
}


@cache
def hdr_profile(hdr: Hdr, space: bytes = b"RGB ") -> bytes:
    """An ICC profile by which a picture of such colours, or greys, is converted: what glows ends at white.

    >>> hdr_profile(Hdr(PQ))[36:40]
    b'acsp'
    """
    light = _LIGHT[hdr.transfer]
    curve = struct.pack(f">I{_STEPS}H", _STEPS, *(_level(light(at / (_STEPS - 1))) for at in range(_STEPS)))
    tags = {b"wtpt": _xyz(_D50)}
    if space == _GREY:
        names = [b"kTRC"]
    else:
        names = [b"rTRC", b"gTRC", b"bTRC"]
        for name, colorant in zip((b"r", b"g", b"b"), _COLORANTS.get(hdr.primaries, _BT2020), strict=True):
            tags[name + b"XYZ"] = _xyz(colorant)
    curves = 128 + 4 + 12 * (len(tags) + len(names))
    directory, content = b"", b"curv" + bytes(4) + curve
    directory += b"".join(struct.pack(">4sII", name, curves, len(content)) for name in names)
    for name, tag in tags.items():
        directory += struct.pack(">4sII", name, curves + len(content), len(tag))
        content += tag
    body = struct.pack(">I", len(tags) + len(names)) + directory + content
    head = struct.pack(">I4s4s4s4s4s", 128 + len(body), b"", b"\x02\x40", b"mntr", space, b"XYZ ")
    return (head + bytes(12) + b"acsp" + bytes(28) + _xyz(_D50)[8:]).ljust(128, b"\0") + body


def _level(light: float) -> int:
    """The sample of a curve for this light, in candela per square metre."""
    return round(65_535 * min(1.0, _mapped(light / _WHITE)))


def _mapped(value: float) -> float:
    """A light where white is 1: kept where it is dark, and bent above so that the peak ends at 1 (Möbius)."""
    if value <= _LINEAR:
        return value
    square, below = _LINEAR**2, _LINEAR**2 - 2 * _LINEAR + _PEAK
    a, b = -square * (_PEAK - 1) / below, (square - 2 * _LINEAR * _PEAK + _PEAK) / (_PEAK - 1)
    return (b * b + 2 * b * _LINEAR + square) / (b - a) * (value + a) / (value + b)


def _pq(sample: float) -> float:
    """SMPTE ST 2084, as BT.2100 has it in table 4."""
    root = sample ** (32 / 2523)
    return float(10_000 * (max(0.0, root - 107 / 128) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305))


def _hlg(sample: float) -> float:
    """BT.2100, table 5, each colour by itself."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = sample**2 / 3 if sample <= 0.5 else (math.exp((sample - c) / a) + b) / 12
    return float(_HLG_PEAK * scene**_HLG_GAMMA)


_LIGHT: dict[int, Callable[[float], float]] = {PQ: _pq, HLG: _hlg}


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(part * 65_536) for part in value))
