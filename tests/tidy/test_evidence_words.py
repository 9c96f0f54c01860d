"""Every kind of event that the code records has a Chinese name on the page of the evidence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from kerong.portal.evidence_words import KINDS, STREAMS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "kerong"
RECORDING = {"record", "seal", "seal_many", "seal_batch", "unseal_batch", "unseal_rows"}


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in SOURCE.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RECORDING:
                yield path, node


def said(call: ast.Call, name: str) -> str | None:
    """Return a keyword of a call where it is a plain text."""
    value = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return value.value if isinstance(value, ast.Constant) else None


def test_every_recorded_kind_has_a_chinese_name() -> None:
    kinds = {kind for _path, call in calls() if (kind := said(call, "kind"))}

    assert len(kinds) > 50
    assert sorted(kinds - KINDS.keys()) == []


def test_every_stream_has_a_chinese_name() -> None:
    streams = {stream for _path, call in calls() if (stream := said(call, "stream"))}

    assert sorted(streams - STREAMS.keys()) == []
