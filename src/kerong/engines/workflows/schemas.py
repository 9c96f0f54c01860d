"""JSON Schemas of workflow and calendar files for editors, generated from the table of keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from kerong.engines.workflows.keys import SHAPES, TASKS_MAX
from kerong.engines.workflows.model import PARTY_KINDS
from kerong.engines.workflows.reading import DAYS_MAX

if TYPE_CHECKING:
    from kerong.engines.workflows.keys import Key

Schema: TypeAlias = dict[str, Any]

_NAME = "^[a-z][a-z0-9_]*$"
_DOTTED = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
_DAY: Schema = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


_SCALARS: dict[str, Schema] = {
    "one": {"const": 1},
    "workflow": {"const": "workflow"},
    "calendar": {"const": "calendar"},
    "required": {"const": "required"},
    "pack_key": {"type": "string", "pattern": _DOTTED},
    "dotted": {"type": "string", "pattern": _DOTTED},
    "text": {"type": ["string", "integer", "number"]},
    "name": {"type": "string", "pattern": _NAME},
    "names": _one_or_more({"type": "string", "pattern": _NAME}),
    "duties": _one_or_more({"type": "string", "pattern": _DOTTED}),
    "kinds": _one_or_more({"enum": list(PARTY_KINDS)}),
    "tasks": _one_or_more({"type": "integer", "minimum": 1, "maximum": TASKS_MAX}),
    "citation": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*#[a-z0-9][a-z0-9_.-]*$"},
    "day": _DAY,
    "day_list": _one_or_more(_DAY),
    "year": {"type": "integer", "minimum": 1000, "maximum": 9999},
    "days": {"type": "integer", "minimum": 0, "maximum": DAYS_MAX},
    "flag": {"type": "boolean"},
}
_FILES = {
    "workflow.schema.json": ("workflow", "科融办事流程"),
    "calendar.schema.json": ("calendar", "科融放假和调休"),
}


def schema_texts() -> dict[str, str]:
    """Return the text of every file of ``policies/schema`` that is ours, by file name."""
    return {
        file: json.dumps(_file(outermost, title), ensure_ascii=False, indent=2) + "\n"
        for file, (outermost, title) in _FILES.items()
    }


def _file(outermost: str, title: str) -> Schema:
    used = _used(outermost)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$ref": f"#/$defs/{outermost}",
        "$defs": {
            name: {
                "type": "object",
                "properties": {
                    key: {"description": content.zh, **_key(content)} for key, content in shape.keys.items()
                },
                "required": list(shape.needed),
                "additionalProperties": False,
            }
            for name, shape in SHAPES.items()
            if name in used
        },
    }


def _used(outermost: str) -> set[str]:
    """Return the shapes that a kind of file is made of."""
    found, waiting = set[str](), [outermost]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            held = (key.holds.strip("={}") for key in SHAPES[name].keys.values())
            waiting += [inner for inner in held if inner in SHAPES]
    return found


def _key(key: Key) -> Schema:
    content = _content(key.holds)
    # A key that is not needed may also be left empty; the reader takes it as absent.
    return {"anyOf": [content, {"type": "null"}]} if key.nullable or not key.needed else content


def _content(holds: str) -> Schema:
    reference: Schema = {"$ref": f"#/$defs/{holds.strip('={}')}"}
    if holds.startswith("="):
        return reference
    if holds.startswith("{"):
        return {
            "type": "object",
            "propertyNames": {"pattern": _NAME},
            "additionalProperties": reference,
            "minProperties": 1,
        }
    return {"enum": holds.split(" | ")} if " | " in holds else _SCALARS[holds]
