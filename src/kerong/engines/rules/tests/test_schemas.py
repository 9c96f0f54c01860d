"""The schemas for editors are those of the loader, and what the loader accepts validates against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import kerong
from kerong.basics.yaml_places import MappingNode, Node, SequenceNode, compose, plain
from kerong.engines.rules.loading.keys import (
    CASE_SHAPES,
    FACT_SHAPES,
    PACK_SHAPES,
    SHELF_SHAPES,
    SOURCE_SHAPES,
)
from kerong.engines.rules.loading.schemas import SCALARS, schema_texts

POLICIES = Path(kerong.__file__).parents[2] / "policies"
SOUND = Path(__file__).parent / "sound"
SCHEMAS: dict[str, dict[str, Any]] = {file: json.loads(text) for file, text in schema_texts().items()}
FILES = [
    (folder, path)
    for folder in (SOUND, POLICIES)
    for path in sorted(folder.rglob("*.yaml"))
    if path.relative_to(folder).parts[0] != "schema"
    # Workflows and calendars are another engine's.
    and not {"workflows", "calendar"} & set(path.relative_to(folder).parts)
]


def schema_of(folder: Path, path: Path) -> dict[str, Any]:
    if path.name.endswith(".cases.yaml"):
        return SCHEMAS["cases.schema.json"]
    if path == folder / "facts.yaml":
        return SCHEMAS["facts.schema.json"]
    if "shelf" in path.relative_to(folder).parts[:-1]:
        return SCHEMAS["shelf.schema.json"]
    return SCHEMAS["source.schema.json" if path.parent == folder / "sources" else "pack.schema.json"]


def as_editor(node: Node) -> Any:
    """Return a node as an editor sees it: numbers are numbers, dates are text (YAML 1.2)."""
    if isinstance(node, MappingNode):
        return {key.value: as_editor(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [as_editor(item) for item in node.value]
    content = plain(node)
    if isinstance(content, str) and not node.style:
        try:
            return int(content)
        except ValueError:
            pass
        try:
            return float(content)
        except ValueError:
            pass
    return content


@pytest.mark.parametrize("file", SCHEMAS)
def test_shipped_schema_is_the_one_generated_from_the_keys(file: str) -> None:
    # To write them anew: python -m kerong.engines.rules.tests.test_schemas
    assert (POLICIES / "schema" / file).read_text(encoding="utf-8") == schema_texts()[file]


@pytest.mark.parametrize("file", SCHEMAS)
def test_schema_is_a_valid_schema(file: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[file])


@pytest.mark.parametrize(
    ("folder", "path"), FILES, ids=[str(path.relative_to(folder)) for folder, path in FILES]
)
def test_file_validates_against_its_schema(folder: Path, path: Path) -> None:
    root, mistakes = compose(path.read_text(encoding="utf-8"), path.name)
    assert root is not None, mistakes

    errors = jsonschema.Draft202012Validator(schema_of(folder, path)).iter_errors(as_editor(root))

    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_every_key_is_explained_and_holds_something_known() -> None:
    shapes = {**PACK_SHAPES, **FACT_SHAPES, **SOURCE_SHAPES, **SHELF_SHAPES, **CASE_SHAPES}
    for shape in shapes.values():
        for key in shape.keys.values():
            assert key.zh
            assert " | " in key.holds or key.holds.strip("=[]{}") in {**SCALARS, **shapes}


if __name__ == "__main__":
    for name, text in schema_texts().items():
        (POLICIES / "schema" / name).write_text(text, encoding="utf-8")
