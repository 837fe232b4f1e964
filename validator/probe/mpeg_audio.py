"""Frame headers of MPEG audio (layers 1 to 3): how long a frame is, and whether frames follow one another."""

from __future__ import annotations

CHAIN = 4
"""Frames in a row that are no chance."""

_HALVINGS = {3: 0, 2: 1, 0: 2}  # MPEG-1, MPEG-2, MPEG-2.5: each halves the sample rates

# Kilobits a second by (MPEG-1?, layer): ISO 11172-3 table 2.4.2.3, ISO 13818-3 table 2.4.2.3.
_LOW_RATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_BIT_RATES = {
    (True, 1): tuple(range(32, 449, 32)),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): _LOW_RATES,
    (False, 3): _LOW_RATES,
}


def frame(data: bytes) -> tuple[int, int]:
    """Length in bytes and layer of the frame that starts here; (0, 0) where none does.

    >>> frame(bytes.fromhex("fffb9064"))
    (417, 3)
    """
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return 0, 0
    version, layer = (data[1] >> 3) & 3, 4 - ((data[1] >> 1) & 3)
    rate_index, sample_index, padding = data[2] >> 4, (data[2] >> 2) & 3, (data[2] >> 1) & 1
    if version == 1 or layer == 4 or rate_index in (0, 15) or sample_index == 3:
        return 0, 0
    bit_rate = _BIT_RATES[(version == 3, layer)][rate_index - 1] * 1000
    sample_rate = (44_100, 48_000, 32_000)[sample_index] >> _HALVINGS[version]
    if layer == 1:
        return (12 * bit_rate // sample_rate + padding) * 4, layer
    samples = 72 if layer == 3 and version != 3 else 144
    return samples * bit_rate // sample_rate + padding, layer


def chain(data: bytes, start: int) -> list[int]:
    """The layers of the frames, at most `CHAIN`, that follow one another from an offset."""
    layers: list[int] = []
    while len(layers) < CHAIN:
        length, layer = frame(data[start : start + 4])
        if not length:
            break
        layers.append(layer)
        start += length
    return layers
