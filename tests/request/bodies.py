"""Bodies of generation requests, as people write them."""

from __future__ import annotations

import json
from typing import Any

MODEL = "byteplus/dreamina-seedance-2-0-260128"
ROLES = {"image": "reference_image", "video": "reference_video", "audio": "reference_audio"}


def item(kind: str, url: str = "", role: str | None = "", **more: Any) -> dict[str, Any]:
    """One entry of the content; its role is that of a reference unless another is said, or `None`."""
    entry: dict[str, Any] = {"type": f"{kind}_url", f"{kind}_url": {"url": url or f"asset://asset-{kind}-1"}}
    if role is not None:
        entry["role"] = role or ROLES[kind]
    return entry | more


def request(prompt: object, *items: Any, **more: Any) -> dict[str, Any]:
    """A request as the page shows it."""
    return {"model": MODEL, "prompt": prompt, "metadata": {"content": list(items)}} | more


def body(prompt: object, *items: Any, **more: Any) -> bytes:
    """The same, as it is sent."""
    return json.dumps(request(prompt, *items, **more)).encode()
