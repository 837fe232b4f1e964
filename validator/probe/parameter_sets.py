"""The picture size that a sequence parameter set of H.264 or HEVC announces, read before any decoder is.

ITU-T H.264, 7.3.2.1.1; ITU-T H.265, 7.3.2.2.1; how they lie in a file: ISO/IEC 14496-15.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

_LONGEST = 1_000  # bytes: a parameter set has a few dozen
_WITH_CHROMA = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244})  # profiles of H.264
_HEVC_SPS = 33  # type of the unit


class _Bits:
    """Reads a bit string; behind its end there are only zeros."""

    def __init__(self, data: bytes) -> None:
        data = data[:_LONGEST].replace(b"\0\0\3", b"\0\0")  # emulation prevention
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def take(self, count: int) -> int:
        self._left -= count
        shifted = self._value >> self._left if self._left >= 0 else self._value << -self._left
        return shifted & ((1 << count) - 1) if self._left > -count else 0

    def number(self) -> int:
        """An Exp-Golomb code without sign."""
        zeros = 0
        while zeros < 32 and not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.number()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def sizes(kind: bytes, record: bytes) -> Iterator[tuple[int, int]]:
    """Width and height in pixels, before any cropping, by each parameter set of an `avcC` or `hvcC` box.

    >>> record = bytes.fromhex("0142c00affe100146742c00ada11e840000003004000000c03c489a801000468ce0472")
    >>> list(sizes(b"avcC", record)), list(sizes(b"free", record))
    ([(64, 48)], [])
    """
    split, read = _READERS.get(kind, (lambda _: iter(()), lambda _: (0, 0)))
    for unit in split(record):
        yield read(_Bits(unit))


def _avc_units(record: bytes) -> Iterator[bytes]:
    at = 6
    for _ in range(record[5] & 31 if len(record) > 5 else 0):
        length = int.from_bytes(record[at : at + 2], "big")
        yield record[at + 3 : at + 2 + length]  # behind the unit's header
        at += 2 + length


def _hevc_units(record: bytes) -> Iterator[bytes]:
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        kind, count = (record[at : at + 1] or b"\0")[0] & 63, int.from_bytes(record[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            if at >= len(record):
                return
            length = int.from_bytes(record[at : at + 2], "big")
            if kind == _HEVC_SPS:
                yield record[at + 4 : at + 2 + length]
            at += 2 + length


def _avc_size(bits: _Bits) -> tuple[int, int]:
    profile = bits.take(8)
    bits.take(16)  # constraints, level
    bits.number()  # its own number
    if profile in _WITH_CHROMA:
        _pass_chroma(bits)
    bits.number()  # of frame numbers
    order = bits.number()
    if order == 0:
        bits.number()
    elif order == 1:
        bits.take(1)
        bits.number(), bits.number()
        for _ in range(min(bits.number(), 255)):
            bits.number()
    bits.number()  # of reference frames
    bits.take(1)
    width, height = 16 * (bits.number() + 1), 16 * (bits.number() + 1)
    return width, height if bits.take(1) else 2 * height


def _pass_chroma(bits: _Bits) -> None:
    chroma = bits.number()
    if chroma == 3:
        bits.take(1)
    bits.number(), bits.number()  # bit depths
    bits.take(1)
    if bits.take(1):
        for number in range(12 if chroma == 3 else 8):
            if bits.take(1):
                _pass_scaling_list(bits, 16 if number < 6 else 64)


def _pass_scaling_list(bits: _Bits, length: int) -> None:
    last = following = 8
    for _ in range(length):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _hevc_size(bits: _Bits) -> tuple[int, int]:
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 96)  # profile, tier, level
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    bits.take(2 * (8 - layers) if layers else 0)
    for profile, level in present:
        bits.take(88 * profile + 8 * level)
    bits.number()  # its own number
    if bits.number() == 3:
        bits.take(1)
    return bits.number(), bits.number()


_READERS: dict[bytes, tuple[Callable[[bytes], Iterator[bytes]], Callable[[_Bits], tuple[int, int]]]] = {
    b"avcC": (_avc_units, _avc_size),
    b"hvcC": (_hevc_units, _hevc_size),
}
