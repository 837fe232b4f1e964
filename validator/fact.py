"""What a fact is called: its label in messages, its unit and its meaning, beside the field that holds it."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import msgspec


def fact(label: str, description: str, unit: str = "") -> msgspec.Meta:
    """Name a fact for messages, for the profile's checks and for the JSON schema."""
    return msgspec.Meta(description=description, extra={"label": label, "unit": unit})


class FactInfo(msgspec.Struct, frozen=True):
    """What the profile and the messages need to know of a fact; `choices`: the values of an enumeration."""

    name: str
    label: str
    unit: str
    description: str
    python_type: Any
    choices: tuple[str, ...] = ()


def fact_info(name: str, hint: Any) -> FactInfo:
    """Read back what `fact` laid beside a field, from the field's type."""
    annotated = next(arm for arm in get_args(hint) if arm is not type(None))
    inner, meta = annotated.__origin__, annotated.__metadata__[0]
    choices = get_args(inner) if get_origin(inner) is Literal else ()
    return FactInfo(
        name=name,
        label=meta.extra["label"],
        unit=meta.extra["unit"],
        description=meta.description,
        python_type=str if choices else inner,
        choices=choices,
    )
