"""Read where a pack stands: the door it opens, the plan's tasks, its topic and the stages of firms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kerong.engines.rules.loading.keys import DOOR_WORDS, STAGE_WORDS, TASKS_MAX, words

if TYPE_CHECKING:
    from kerong.engines.rules.loading.reading import Fields, Reading
    from kerong.engines.rules.model import Door

_OPENING = ("product", "recognition")


@dataclass(frozen=True, slots=True)
class Headings:
    """The keys by which lists and comparisons find a pack."""

    door: Door
    tasks: tuple[int, ...]
    topic: str
    stages: tuple[str, ...]


def read_headings(reading: Reading, found: Fields, kind: str | None, subject: str | None) -> Headings:
    """Return the headings of a pack that could be read."""
    door = reading.word(found, "door", words(DOOR_WORDS)) or ""
    if door and kind is not None and kind not in _OPENING:
        expected = " or ".join(_OPENING)
        reading.wrong(found["door"], f"`door` on a pack of kind {kind}", expected, "remove `door`")
    elif door and subject is not None and subject != "enterprise":
        what = f"`door` on a pack whose subject is {subject}"
        reading.wrong(found["door"], what, "subject: enterprise", "remove `door`")
    return Headings(
        cast("Door", door), _tasks(reading, found), reading.name(found, "topic"), read_stages(reading, found)
    )


def read_stages(reading: Reading, found: Fields) -> tuple[str, ...]:
    """Return the stages of a firm's life that are named, each once."""
    stages: list[str] = []
    for node in reading.items(found, "stages"):
        stage = reading.word({"stages": node}, "stages", words(STAGE_WORDS))
        if stage is not None and stage in stages:
            reading.wrong(
                node, f"the stage `{stage}` stands twice", "each stage once", "remove one of the two"
            )
        elif stage is not None:
            stages.append(stage)
    return tuple(stages)


def _tasks(reading: Reading, found: Fields) -> tuple[int, ...]:
    tasks: list[int] = []
    for node in reading.items(found, "tasks"):
        task = reading.whole({"tasks": node}, "tasks", 1, TASKS_MAX)
        if task is not None and task in tasks:
            reading.wrong(node, f"the task {task} stands twice", "each task once", "remove one of the two")
        elif task is not None:
            tasks.append(task)
    return tuple(tasks)
