"""What the sounds of clips and those that stand alone have in common: how they are mixed, and their tags."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MIXING: Mapping[str, str] = MappingProxyType({"rematrix_maxval": "1"})
"""Options of aresample: of channels that are mixed, none grows beyond full scale.

FFmpeg sees to that by itself for samples that are integers; sums of others it leaves as large as they are.
"""


def tags_of(demuxer: str, stream: int, *, keep: bool) -> str:
    """What is said to `-map_metadata`: where the tags are; in Ogg they are those of a stream.

    >>> tags_of("ogg", 0, keep=True), tags_of("mov", 1, keep=True), tags_of("mov", 1, keep=False)
    ('0:s:0', '0', '-1')
    """
    if not keep:
        return "-1"
    return f"0:s:{stream}" if demuxer == "ogg" else "0"
