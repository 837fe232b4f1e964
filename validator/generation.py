"""The facts of a generation request, of the assets that it names, and of the library that holds them."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from validator.fact import fact

Form = Literal["as-documented", "unreadable", "malformed", "unusual"]
Mention = Literal["fine", "raw-id", "nowhere", "misspelt", "bare", "unmentioned"]
Roles = Literal["fit", "unfit", "missing", "other-kind"]
Mixture = Literal["fine", "frames-with-references", "several-frames", "last-frame-alone", "audio-alone"]
Address = Literal["library", "web", "embedded", "unusable"]
Activity = Literal["active", "processing", "failed", "missing", "unknown-status"]


class RequestFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a generation request says. `None`: not measured."""

    form: Annotated[Form, fact("form", "whether the body is built as documented")] | None = None
    form_detail: Annotated[str, fact("form", "what is not")] | None = None
    model: Annotated[str, fact("model", "the model that is to generate")] | None = None
    image_count: Annotated[int, fact("number of images", "images in the content")] | None = None
    video_count: Annotated[int, fact("number of videos", "videos in the content")] | None = None
    audio_count: Annotated[int, fact("number of sounds", "sounds in the content")] | None = None
    file_count: Annotated[int, fact("number of files", "all of these together")] | None = None
    video_seconds: (
        Annotated[Fraction, fact("videos' duration", "of all videos together, where each is known", "s")]
        | None
    ) = None
    audio_seconds: (
        Annotated[Fraction, fact("sounds' duration", "of all sounds together, where each is known", "s")]
        | None
    ) = None
    prompt_ids: (
        Annotated[Mention, fact("asset ids in the prompt", "whether the prompt holds an asset's id")] | None
    ) = None
    prompt_ids_detail: Annotated[str, fact("asset ids", "which")] | None = None
    prompt_positions: (
        Annotated[Mention, fact("positions in the prompt", "whether each [Image n] points to an asset")]
        | None
    ) = None
    prompt_positions_detail: Annotated[str, fact("positions", "those that point nowhere")] | None = None
    prompt_spelling: (
        Annotated[Mention, fact("spelling of positions", "whether they are written as documented")] | None
    ) = None
    prompt_spelling_detail: (
        Annotated[str, fact("spelling", "how they are, and how they should be")] | None
    ) = None
    prompt_mentions: (
        Annotated[Mention, fact("mentions", "whether the prompt points to each reference")] | None
    ) = None
    prompt_mentions_detail: Annotated[str, fact("mentions", "those to which it does not")] | None = None
    roles: Annotated[Roles, fact("roles", "whether each asset has a role of its type")] | None = None
    roles_detail: Annotated[str, fact("roles", "those that have none, or another type's")] | None = None
    kinds: (
        Annotated[Roles, fact("types", "whether each asset is of the type said, as far as it is known")]
        | None
    ) = None
    kinds_detail: Annotated[str, fact("types", "those that are of another one")] | None = None
    frame_company: (
        Annotated[Mixture, fact("frames and references", "whether frames stand beside references")] | None
    ) = None
    frame_company_detail: Annotated[str, fact("frames and references", "which stand together")] | None = None
    frames_each: Annotated[Mixture, fact("frames", "whether there is at most one of each")] | None = None
    frames_each_detail: Annotated[str, fact("frames", "how many of which")] | None = None
    audio_company: (
        Annotated[Mixture, fact("sounds' company", "whether an image or a video is beside a sound")] | None
    ) = None
    addresses: Annotated[Address, fact("addresses", "how the content names its media")] | None = None
    addresses_detail: Annotated[str, fact("addresses", "those that are not in the library")] | None = None


class ReferenceFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the library says of the assets that a request names. `None`: not measured."""

    activity: (
        Annotated[Activity, fact("status of the assets", "the worst of those that the request names")] | None
    ) = None
    activity_detail: Annotated[str, fact("status", "the assets that are not Active")] | None = None


class LibraryFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """How full an account's library is, and would be. `None`: not measured."""

    assets_after: (
        Annotated[int, fact("number of assets", "in all groups together, with those to come")] | None
    ) = None
    assets_held: Annotated[int, fact("held already", "assets in all groups together")] | None = None
    assets_needed: Annotated[int, fact("to be created", "assets to come")] | None = None
