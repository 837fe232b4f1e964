"""Words that are the same whatever is mended: how a picture is scaled or padded, and which seconds stay."""

from __future__ import annotations

from fractions import Fraction

from validator.quantity import shown

AS_IS = "the packets are copied as they are"
NO_FFMPEG = "There is no ffmpeg here, which clips and sounds are mended with: see `validator doctor`."
INSTALL_FFMPEG = (
    "Clips and sounds are mended with ffmpeg: "
    'python -m pip install "seedance-validator[ffmpeg]" brings it, and so does the system\'s package ffmpeg.'
)
LOOPED = "played again from its beginning"

_FILLS = {
    "blur": "the picture itself, blurred",
    "edge": "the colour of its edge",
    "transparent": "nothing: it is transparent",
}


def scaled(factor: Fraction) -> str:
    """By how much a picture is scaled, of which one side becomes so many times as long.

    >>> scaled(Fraction(4, 3)), scaled(Fraction(1, 2)), scaled(Fraction(1005, 1000))
    ('scaled up 1.33 times', 'scaled down 2 times', 'scaled up 1.005 times')
    """
    is_larger = factor >= 1
    times = shown(factor if is_larger else 1 / factor, (Fraction(1),), places=2)
    return f"scaled {'up' if is_larger else 'down'} {times} times"


def against(*, scaled: bool = False, tone_mapped: bool = False) -> str:
    """What the part of the original that a copy shows has to go through before both are compared.

    >>> against(), against(scaled=True)
    ('the original', 'the original scaled alike')
    """
    steps = [word for word, is_done in (("scaled", scaled), ("tone mapped", tone_mapped)) if is_done]
    return f"the original {' and '.join(steps)} alike" if steps else "the original"


def padded(before: tuple[int, int], after: tuple[int, int], fill: str) -> str:
    """From which size to which a picture is padded, and what lies beside it.

    >>> padded((1001, 400), (1001, 401), "blur")
    'padded from 1001x400 to 1001x401 with the picture itself, blurred'
    """
    sizes = "from {}x{} to {}x{}".format(*before, *after)
    return f"padded {sizes} with {_FILLS.get(fill, fill)}"


def kept(start: Fraction, seconds: str) -> str:
    """Which seconds of a clip or a sound stay.

    >>> kept(Fraction(0), "14.97"), kept(Fraction(5, 2), "15")
    ('the first 14.97 s are kept', '15 s from 2.5 s on are kept')
    """
    if not start:
        return f"the first {seconds} s are kept"
    return f"{seconds} s from {shown(start)} s on are kept"


def too_short(seconds: Fraction, least: Fraction) -> str:
    """Why a clip or a sound is not long enough, and what would help.

    >>> too_short(Fraction("1.99"), Fraction(2)).partition(":")[0]
    'It runs 1.99 s, and 2 s is the least'
    """
    return (
        f"It runs {shown(seconds, (least,))} s, and {shown(least)} s is the least: use a longer cut, "
        "or allow it to be lengthened (--lengthen loop, hold or slow)."
    )


def slowed(speed: Fraction) -> str:
    """How fast what is slowed down is played, of its own speed.

    >>> slowed(Fraction(3, 4))
    'played at 75 % of its speed, sound at the same pitch'
    """
    return f"played at {shown(speed * 100, places=1)} % of its speed, sound at the same pitch"
