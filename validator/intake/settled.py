"""What further requests say of a link, added to facts that were measured meanwhile."""

from __future__ import annotations

import dataclasses

import msgspec

from validator.intake.source import Source
from validator.model import Facts


def settled(facts: Facts, source: Source) -> Facts:
    """The facts of a source, with what its further requests say; waits for them, where some are still made.

    The file is not needed for that, and may be closed by `Source.close_file`.

    Raises:
        Cancelled: it was asked to stop.

    >>> from validator.model import Asset
    >>> from validator.intake.source import open_local
    >>> settled(Facts(), open_local(Asset("a.png", "a.png"))) == Facts()
    True
    """
    if source.further is None or source.link is None or facts.link is None:
        return facts
    end = source.settled()
    said = {} if end.link is None else msgspec.structs.asdict(end.link)
    new = {name: value for name, value in said.items() if value != getattr(source.link, name)}
    # What was only said for the case that nothing comes is not said any more.
    reasons = {name: why for name, why in facts.unmeasured.items() if source.unmeasured.get(name) != why}
    return dataclasses.replace(
        facts, link=msgspec.structs.replace(facts.link, **new), unmeasured={**reasons, **end.unmeasured}
    )
