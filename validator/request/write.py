"""Writes a generation request as the page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from validator.errors import UsageError
from validator.model import Kind
from validator.profile import Profile
from validator.request.item import REFERENCES, ROLES, SCHEME, TYPES, Item, label
from validator.suggest import aside, closest

_TYPE: Mapping[Kind, str] = MappingProxyType({kind: name for name, kind in TYPES.items()})

MODEL = "byteplus/dreamina-seedance-2-0-260128"
"""The model that the page names."""


def model_of(profile: Profile) -> str:
    """The first model that a profile lets pass; the page's where it has no rule on models.

    >>> from validator.profile import default_profile
    >>> model_of(default_profile())
    'byteplus/dreamina-seedance-2-0-260128'
    """
    allowed = (rule.one_of for rule in profile.rules if rule.applies == "request" and rule.fact == "model")
    return next((models[0] for models in allowed if models), MODEL)


def items_of(assets: Sequence[tuple[str, Kind, str]]) -> tuple[Item, ...]:
    """The items of a request: of each asset its id, its type, and its role ("" for a plain reference).

    Raises:
        UsageError: a role that no media of this type can have.

    >>> items_of([("asset-1", Kind.IMAGE, ""), ("asset-2", Kind.IMAGE, "last-frame")])[1]
    Item(kind=<Kind.IMAGE: 'image'>, position=2, role='last_frame')
    """
    counts = dict.fromkeys(Kind, 0)
    items = []
    for asset_id, kind, role in assets:
        counts[kind] += 1
        said = _role(role, kind, label(kind, counts[kind]))
        items.append(Item(kind, counts[kind], SCHEME + asset_id, said))
    return tuple(items)


def _role(role: str, kind: Kind, of: str) -> str:
    written = role.strip().lower().replace("-", "_")
    if written in ("", "reference"):
        return REFERENCES[kind]
    if written not in ROLES[kind]:
        raise UsageError(
            f'"{role}" is no role that {of} can have: it is one of {", ".join(ROLES[kind])}'
            f"{aside(closest(written, ROLES[kind]))}"
        )
    return written


def body_of(prompt: str, items: Sequence[Item], model: str = MODEL) -> dict[str, Any]:
    """The body of a request.

    >>> body_of("A cat.", items_of([("asset-1", Kind.IMAGE, "")]))["metadata"]["content"]
    [{'type': 'image_url', 'role': 'reference_image', 'image_url': {'url': 'asset://asset-1'}}]
    """
    content = [
        {"type": _TYPE[item.kind], "role": item.role, _TYPE[item.kind]: {"url": item.url}} for item in items
    ]
    return {"model": model, "prompt": prompt, "metadata": {"content": content}}


def text_of(body: Mapping[str, Any]) -> str:
    """A body as JSON, for people to read.

    Raises:
        UsageError: a text in it is no text that can be sent.
    """
    text = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError("the prompt or the model is not UTF-8") from error
    return text
