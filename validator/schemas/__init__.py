"""JSON schemas of the files that are read and written, made from the types that do it.

`python -m validator.schemas` writes them anew, beside this file.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from validator.baseline_file import BaselineFile
from validator.fact import FactInfo
from validator.model import APPLIES, fact_table
from validator.profile import ProfileFile
from validator.report.base import FORMATS
from validator.report.identity_json import IdentityDocument
from validator.report.json import Document
from validator.report.repair_json import RepairDocument
from validator.report.rule_document import RulesDocument
from validator.settings import Settings
from validator.upload.document import UploadDocument

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: Mapping[type, str] = MappingProxyType(
    {int: "integer", Fraction: "number", str: "string", bool: "boolean"}
)


def report_schema() -> Schema:
    """What `--output-format json` writes; the facts are described one by one.

    >>> report_schema()["$defs"]["Facts"]["properties"]["frame_rate"]["type"]
    'number'
    """
    schema = _schema_of(Document, "seedance-validator report")
    schema["$defs"]["AssetEntry"]["properties"]["facts"] = {"$ref": "#/$defs/Facts"}
    schema["$defs"]["Facts"] = facts_schema()
    return schema


def identify_schema() -> Schema:
    """What `validator identify --format json` writes; the facts are those of a report."""
    schema = _schema_of(IdentityDocument, "seedance-validator identify")
    schema["$defs"]["IdentifiedAsset"]["properties"]["facts"] = {"$ref": "#/$defs/Facts"}
    schema["$defs"]["Facts"] = facts_schema()
    return schema


def upload_schema() -> Schema:
    """What `validator upload --output-format json` writes."""
    return _schema_of(UploadDocument, "seedance-validator upload")


def fix_schema() -> Schema:
    """What `validator fix --output-format json` writes; the facts are those of a report."""
    schema = _schema_of(RepairDocument, "seedance-validator fix")
    schema["$defs"]["AssetEntry"]["properties"]["facts"] = {"$ref": "#/$defs/Facts"}
    schema["$defs"]["Facts"] = facts_schema()
    return schema


def config_schema() -> Schema:
    """What `validator.toml` and `[tool.validator]` may say."""
    schema = _schema_of(Settings, "seedance-validator configuration")
    schema["properties"]["output-format"]["enum"] = [*FORMATS, None]
    return schema


def baseline_schema() -> Schema:
    """What `validator lint --write-baseline` writes."""
    return _schema_of(BaselineFile, "seedance-validator baseline")


def profile_schema() -> Schema:
    """What a profile of limits (`rules/*.toml`) may say."""
    return _schema_of(ProfileFile, "seedance-validator profile")


def rules_schema() -> Schema:
    """What `validator rules --format json` writes."""
    return _schema_of(RulesDocument, "seedance-validator rules")


def facts_schema() -> Schema:
    """Every fact that an asset can have. Those that were not measured are absent."""
    by_name: dict[str, list[tuple[str, FactInfo]]] = {}
    for applies, parts in APPLIES.items():
        table = fact_table(applies)
        for name in parts[-1].__struct_fields__:
            by_name.setdefault(name, []).append((applies, table[name]))
    return {
        "title": "Facts",
        "description": "All that was measured of the file, the link and the media, by name.",
        "type": "object",
        "properties": {name: _fact_schema(infos) for name, infos in sorted(by_name.items())},
    }


def _fact_schema(infos: list[tuple[str, FactInfo]]) -> Schema:
    """One fact, which several kinds of asset may have."""
    descriptions = [_description(applies, info, alone=len(infos) == 1) for applies, info in infos]
    schema: Schema = {"description": "; ".join(descriptions), **_type_schema(infos[0][1].python_type)}
    if all(info.choices for _, info in infos):
        schema["enum"] = sorted({choice for _, info in infos for choice in info.choices})
    return schema


def _type_schema(type_: Any) -> Schema:
    """What a fact looks like in the report, where fractions are numbers."""
    if type_ in _TYPES:
        return {"type": _TYPES[type_]}
    if get_origin(type_) is tuple:
        return {"type": "array", "items": _type_schema(get_args(type_)[0])}
    if isinstance(type_, UnionType):
        inner = next(arm for arm in get_args(type_) if arm is not type(None))
        return {"type": [_type_schema(inner)["type"], "null"]}
    if get_origin(type_) is Literal:
        return {"type": "string", "enum": list(get_args(type_))}
    fields = {name: _type_schema(hint) for name, hint in get_type_hints(type_).items()}
    return {"type": "object", "properties": fields, "required": list(fields)}


def _description(applies: str, info: FactInfo, *, alone: bool) -> str:
    text = f"{info.description} ({info.unit})" if info.unit else info.description
    return text if alone else f"{applies}: {text}"


def _schema_of(type_: type[msgspec.Struct], title: str) -> Schema:
    (top,), components = msgspec.json.schema_components(
        [type_], schema_hook=_exact_number, ref_template="#/$defs/{name}"
    )
    name = top["$ref"].rpartition("/")[2]
    for component in components.values():
        if "description" in component:
            component["description"] = _prose(component["description"])
    root = components.pop(name)
    return {"$schema": _DIALECT, **root, "title": title, "$defs": components}


def _prose(docstring: str) -> str:
    """A docstring without its indentation (which depends on the Python) and without its examples."""
    return inspect.cleandoc(docstring).partition(">>>")[0].strip()


def _exact_number(type_: type[Any]) -> Schema:
    """The schema of a `Fraction` in TOML.

    Raises:
        NotImplementedError: asked for another type.
    """
    if type_ is Fraction:
        pattern = r"^([+-]?[0-9]+(\.[0-9]+)?|[+-]?[0-9]+/[1-9][0-9]*)$"
        return {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": pattern}]}
    raise NotImplementedError(type_)


SCHEMAS: Mapping[str, Callable[[], Schema]] = MappingProxyType(
    {
        "report.schema.json": report_schema,
        "config.schema.json": config_schema,
        "baseline.schema.json": baseline_schema,
        "identify.schema.json": identify_schema,
        "upload.schema.json": upload_schema,
        "fix.schema.json": fix_schema,
        "profile.schema.json": profile_schema,
        "rules.schema.json": rules_schema,
    }
)
"""The file of each schema, and what makes it."""


def text_of(name: str) -> str:
    """A schema file's content, made anew."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write all schemas into a folder."""
    for name in SCHEMAS:
        (folder / name).write_text(text_of(name), encoding="utf-8", newline="\n")
