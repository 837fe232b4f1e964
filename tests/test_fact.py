"""What a fact is called is laid beside its field, and read back from there."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, get_type_hints

import msgspec
import pytest

from validator.fact import FactInfo, fact, fact_info

Colour = Literal["red", "green"]


class Fruit(msgspec.Struct, frozen=True):
    weight: Annotated[Fraction, fact("weight", "with its peel", "g")] | None = None
    seeds: Annotated[int, fact("seeds", "all of them")] | None = None
    colour: Annotated[Colour, fact("colour", "when ripe")] | None = None
    bruises: Annotated[tuple[Colour, ...], fact("bruises", "by their colour")] | None = None


@pytest.mark.parametrize(
    "info",
    [
        FactInfo("weight", "weight", "g", "with its peel", Fraction),
        FactInfo("seeds", "seeds", "", "all of them", int),
        FactInfo("colour", "colour", "", "when ripe", str, ("red", "green")),
        FactInfo("bruises", "bruises", "", "by their colour", tuple[Colour, ...]),
    ],
    ids=lambda info: info.name,
)
def test_it_is_read_back_as_it_was_written(info: FactInfo) -> None:
    assert fact_info(info.name, get_type_hints(Fruit, include_extras=True)[info.name]) == info


def test_a_schema_made_of_the_field_has_its_description() -> None:
    (_,), components = msgspec.json.schema_components([Fruit])
    weight = msgspec.json.schema(Annotated[int, fact("weight", "with its peel", "g")])
    assert weight["description"] == "with its peel"
    assert components["Fruit"]["properties"]["seeds"]["anyOf"][0]["description"] == "all of them"
