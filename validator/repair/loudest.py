"""The largest sample of a sound that is kept in floating point, which may be beyond full scale."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av

from validator.probe.stream import counted


def peak_of(container: Any, stream: Any, cancelled: Callable[[], bool]) -> Fraction | None:
    """The largest finite sample of a sound in an open container, of full scale.

    `None` where its samples are integers, and where there are none or they cannot be read.

    Raises:
        Cancelled: the run was asked to stop.
    """
    import numpy as np

    if stream.codec_context is None or not stream.codec_context.name.startswith("pcm_f"):
        return None
    largest: float | None = None
    try:
        container.seek(0)
        for packet in counted(container, [stream], cancelled):
            for frame in packet.decode():
                values = np.abs(frame.to_ndarray())
                found = values[np.isfinite(values)]
                if found.size:
                    largest = max(largest or 0.0, float(found.max()))
    except av.error.FFmpegError:
        return None  # damage is told where the file is judged; here it only stays unknown
    return None if largest is None else Fraction(largest)
