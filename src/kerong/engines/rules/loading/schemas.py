"""JSON Schemas for editors, generated from the table of keys so that the two cannot disagree."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from kerong.engines.rules.loading.keys import (
    BOUNDS,
    CASE_SHAPES,
    FACT_SHAPES,
    PACK_SHAPES,
    SHELF_SHAPES,
    SOURCE_SHAPES,
    STAGE_WORDS,
    TASKS_MAX,
    VERDICT_WORDS,
    Key,
    Shape,
    words,
)
from kerong.engines.rules.model import UNITS

Schema: TypeAlias = dict[str, Any]

_NAME = "^[a-z][a-z0-9_]*$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CODE_TEXT: Schema = {"type": ["string", "integer"], "pattern": "^[A-Za-z0-9][A-Za-z0-9_+.-]*$"}
_VERDICT: Schema = {"enum": list(words(VERDICT_WORDS))}
_STATED: Schema = {"type": ["string", "integer", "number", "boolean"]}
_POINTS: Schema = {
    "anyOf": [
        {"type": "integer"},
        {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    ]
}


def _named(content: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": content,
        "minProperties": 1,
    }


SCALARS: dict[str, Schema] = {
    "text": {"type": ["string", "integer", "number"]},
    "texts": _named({"type": ["string", "integer"]}),
    "code_texts": {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": ["string", "integer"]}, {"$ref": "#/$defs/code_label"}]},
        "minProperties": 1,
    },
    "name": {"type": "string", "pattern": _NAME},
    "texts_listed": {"type": "array", "items": {"type": ["string", "integer", "number"]}},
    "region": {"type": ["string", "integer"], "pattern": "^[0-9]{6}$"},
    "tasks": {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": TASKS_MAX},
        "minItems": 1,
        "uniqueItems": True,
    },
    "stages": {
        "type": "array",
        "items": {"enum": list(words(STAGE_WORDS))},
        "minItems": 1,
        "uniqueItems": True,
    },
    "names": {"type": "array", "items": {"type": "string", "pattern": _NAME}, "minItems": 1},
    "dotted": {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"},
    "pack_key": {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"},
    "source_key": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
    "code": _CODE_TEXT,
    "codes": {"type": "array", "items": _CODE_TEXT, "minItems": 1},
    "citation": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*#[a-z0-9][a-z0-9_.-]*$"},
    "predicate": {"type": "string", "minLength": 1},
    "expression": {"type": ["string", "integer"]},
    "pair": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
    "day": {"type": "string", "pattern": _DAY},
    "unit": {"enum": list(UNITS)},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "value": _STATED,
    "one": {"const": 1},
    "quantities": {"type": "object", "propertyNames": {"pattern": _NAME}, "additionalProperties": _STATED},
    "verdicts": _named(_VERDICT),
    "intervals": {"type": "object", "additionalProperties": _POINTS, "minProperties": 1},
    "classes": _named({"type": ["string", "integer", "null"]}),
    "sums": _named({"type": ["number", "null"]}),
}

# File of policies/schema → (shapes, the outermost shape, title).
_FILES: dict[str, tuple[dict[str, Shape], str, str]] = {
    "pack.schema.json": (PACK_SHAPES, "pack", "科融规则包"),
    "facts.schema.json": (FACT_SHAPES, "facts_file", "科融事实目录"),
    "source.schema.json": (SOURCE_SHAPES, "source", "科融政策文件"),
    "shelf.schema.json": (SHELF_SHAPES, "shelf", "科融参考货架"),
    "cases.schema.json": (CASE_SHAPES, "cases_file", "科融算例"),
}


def schema_texts() -> dict[str, str]:
    """Return the text of every file of ``policies/schema``, by file name."""
    return {
        file: json.dumps(_file_schema(*content), ensure_ascii=False, indent=2) + "\n"
        for file, content in _FILES.items()
    }


def _file_schema(shapes: dict[str, Shape], outermost: str, title: str) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$ref": f"#/$defs/{outermost}",
        "$defs": {name: _shape_schema(name, shape) for name, shape in shapes.items()},
    }


def _shape_schema(name: str, shape: Shape) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {key: _key_schema(content) for key, content in shape.keys.items()},
        "required": list(shape.needed),
        "additionalProperties": False,
    }
    if name == "row":
        # The columns of a table are named by its parameter; JSON Schema cannot follow that.
        schema["additionalProperties"] = {
            **_STATED,
            "type": [*_STATED["type"], "null"],
            "description": "一列的数值",
        }
    if name in ("row", "band"):
        schema["not"] = {
            "anyOf": [{"required": [BOUNDS[0], BOUNDS[1]]}, {"required": [BOUNDS[2], BOUNDS[3]]}]
        }
    return schema


def _key_schema(key: Key) -> Schema:
    content = _content_schema(key.holds)
    # A key that is not needed may also be left empty; the loader takes it as absent.
    if key.nullable or not key.needed:
        content = {"anyOf": [content, {"type": "null"}]}
    return {"description": key.zh, **content}


def _content_schema(holds: str) -> Schema:
    reference = {"$ref": f"#/$defs/{holds.strip('=[]{}')}"}
    if holds.startswith("="):
        return reference
    if holds.startswith("["):
        return {"type": "array", "items": reference, "minItems": 1}
    if holds == "{anchor}":
        names = {"pattern": "^[a-z0-9][a-z0-9_.-]*$"}
        return {**_named(reference), "propertyNames": names}
    if holds.startswith("{"):
        return _named(reference)
    return {"enum": list(words(holds))} if " | " in holds else SCALARS[holds]
