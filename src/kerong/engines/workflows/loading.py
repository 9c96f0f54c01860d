"""Reads workflow and calendar files of a policies folder or of released texts, and reports every mistake at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kerong.basics.mistakes import Mistake, Place
from kerong.basics.working_days import WorkingCalendar, joined
from kerong.basics.yaml_places import MappingNode, ScalarNode, compose, decode
from kerong.engines.workflows.calendars import read_calendar_text
from kerong.engines.workflows.checking import check_workflow
from kerong.engines.workflows.parts import read_workflow
from kerong.engines.workflows.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kerong.basics.yaml_places import Node
    from kerong.engines.workflows.model import Workflow

_WORKFLOWS, _CALENDAR = "workflows", "calendar"


@dataclass(frozen=True, slots=True)
class WorkflowLibrary:
    """Every workflow by its key, the text it was read from, and the working days of the known years."""

    workflows: Mapping[str, Workflow]
    texts: Mapping[str, str]
    calendar: WorkingCalendar


def is_workflow_path(path: str) -> bool:
    """Tell whether a path of a policies folder, with slashes, belongs to this engine."""
    folders = path.split("/")[:-1]
    return path.endswith(".yaml") and (_WORKFLOWS in folders or _CALENDAR in folders)


def read_workflows(folder: Path) -> tuple[WorkflowLibrary, list[Mistake]]:
    """Return the workflows and calendars under a policies folder, and every mistake in them."""
    texts: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for path in sorted(folder.rglob("*.yaml")):
        file = path.relative_to(folder).as_posix()
        if path.is_file() and (is_workflow_path(file) or file.startswith("sources/")):
            text, unreadable = decode(path.read_bytes(), file)
            # A source that cannot be read is the rule loader's to report.
            mistakes += [] if file.startswith("sources/") else unreadable
            if text is not None:
                texts[file] = text
    library, wrong = read_workflow_texts(texts)
    return library, [*mistakes, *wrong]


def read_workflow_texts(texts: Mapping[str, str]) -> tuple[WorkflowLibrary, list[Mistake]]:
    """Return the workflows and calendars among texts by path, and every mistake; sources are among the texts."""
    anchors = _anchors(texts)
    workflows: dict[str, Workflow] = {}
    read_from: dict[str, str] = {}
    calendars: list[WorkingCalendar] = []
    mistakes: list[Mistake] = []
    for path, text in sorted(texts.items()):
        if not is_workflow_path(path):
            continue
        if _CALENDAR in path.split("/")[:-1]:
            calendar, wrong = read_calendar_text(text, path, anchors)
            calendars += [calendar] if calendar else []
        else:
            key = path.removesuffix(".yaml").replace("/", ".")
            workflow, wrong = read_workflow_text(text, key, path, anchors)
            if workflow is not None:
                workflows[key], read_from[key] = workflow, text
        mistakes += wrong
    return WorkflowLibrary(workflows, read_from, joined(calendars)), mistakes


def read_workflow_text(
    text: str, key: str, file: str, anchors: Mapping[str, frozenset[str]] | None = None
) -> tuple[Workflow | None, list[Mistake]]:
    """Return one workflow, or None with every mistake of its file. Without ``anchors`` citations are not looked up."""
    root, mistakes = compose(text, file)
    if root is None:
        return None, mistakes
    reading = Reading(file, anchors)
    workflow = read_workflow(reading, root, key)
    check_workflow(reading, workflow, root)
    mistakes = sorted(reading.mistakes, key=lambda mistake: mistake.place.line)
    return (None if mistakes else workflow), mistakes


def _anchors(texts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the anchors of every source that some workflow or calendar mentions; a broken source has none."""
    mentioned = "\n".join(text for path, text in texts.items() if is_workflow_path(path))
    found: dict[str, frozenset[str]] = {}
    for path, text in texts.items():
        key = path.removeprefix("sources/").removesuffix(".yaml")
        if not path.startswith("sources/"):
            continue
        if f"{key}#" not in mentioned:
            found[key] = frozenset()
            continue
        root, _mistakes = compose(text, path)
        found[key] = frozenset() if root is None else _names_under(root, "anchors")
    return found


def _names_under(root: Node, key: str) -> frozenset[str]:
    if isinstance(root, MappingNode):
        for name, value in cast("list[tuple[Node, Node]]", root.value):
            if name.value == key and isinstance(value, MappingNode):
                pairs = cast("list[tuple[Node, Node]]", value.value)
                return frozenset(str(inner.value) for inner, _ in pairs if isinstance(inner, ScalarNode))
    return frozenset()


__all__ = [
    "Mistake",
    "Place",
    "WorkflowLibrary",
    "is_workflow_path",
    "read_workflow_text",
    "read_workflow_texts",
    "read_workflows",
]
