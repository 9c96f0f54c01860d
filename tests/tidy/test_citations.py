"""Every citation of the law that we ship leads to a clause that is there, those of the shelf included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from kerong.engines.rules.loading import load_library
from kerong.engines.rules.model import Mark
from kerong.engines.workflows.loading import is_workflow_path

POLICIES = Path(__file__).resolve().parents[2] / "policies"


def marks_in(thing: Any, path: str) -> Iterator[tuple[str, Mark]]:
    """Return every mark inside a thing, however deep, with the way to it."""
    if isinstance(thing, Mark):
        yield path, thing
    elif is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from marks_in(getattr(thing, field.name), f"{path}.{field.name}")
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from marks_in(value, f"{path}.{key}")
    elif isinstance(thing, tuple | list):
        for i, value in enumerate(thing):
            yield from marks_in(value, f"{path}[{i}]")


def test_every_citation_leads_to_a_clause_that_is_there() -> None:
    library = load_library(POLICIES)
    # An option without a condition and an unmarked row have nothing to cite; the loader says where that is allowed.
    marks = [pair for pair in marks_in({**library.packs, **library.shelf}, "") if pair[1].cites]
    broken = [
        f"{path}: {mark.cites}"
        for path, mark in marks
        for key, _hash, anchor in [mark.cites.partition("#")]
        if key not in library.sources or anchor not in library.sources[key].anchors
    ]

    assert broken == []
    assert len(marks) > 500
    assert any(".products" in path for path, _mark in marks)


def test_every_document_is_cited() -> None:
    library = load_library(POLICIES)
    cited = {mark.cites.partition("#")[0] for _path, mark in marks_in({**library.packs, **library.shelf}, "")}
    cited |= {pack.document for pack in library.packs.values()}
    for path in POLICIES.rglob("*.yaml"):
        if is_workflow_path(path.relative_to(POLICIES).as_posix()):
            cited |= set(re.findall(r"(?m)^\s*cites: ([a-z0-9-]+)#", path.read_text(encoding="utf-8")))

    assert sorted(set(library.sources) - cited) == []
