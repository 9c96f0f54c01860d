"""The workflows and the calendar in force: from the current release, or from followed files; and frozen ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from kerong.basics.canonical import digest
from kerong.basics.clock import SystemClock
from kerong.basics.mistakes import PolicyMistakesError
from kerong.basics.policies_folder import policies_folder
from kerong.engines.workflows.loading import (
    WorkflowLibrary,
    is_workflow_path,
    read_workflow_text,
    read_workflow_texts,
)
from kerong.records.cases.models import FrozenWorkflow
from kerong.records.packs.queries import current_release, texts_of

if TYPE_CHECKING:
    from kerong.basics.working_days import WorkingCalendar
    from kerong.engines.workflows.model import Workflow
    from kerong.records.cases.models import Case
    from kerong.records.packs.models import Release


class NoWorkflowError(LookupError):
    """There is no such workflow in force; the message says which there are."""


@dataclass(frozen=True, slots=True)
class WorkflowsInForce:
    """The workflows by which cases are opened today, and the hash of the release they stand in."""

    library: WorkflowLibrary
    release_sha256: str

    def workflow(self, key: str) -> Workflow:
        """Return one workflow by its key. Raises NoWorkflowError."""
        found = self.library.workflows.get(key)
        if found is None:
            known = ", ".join(sorted(self.library.workflows)) or "none: no policies were released here yet"
            raise NoWorkflowError(f"no workflow {key!r}; the workflows in force are {known}")
        return found


def workflows_in_force() -> WorkflowsInForce:
    """Return the workflows of today. Raises PolicyMistakesError while followed files are broken."""
    if settings.KERONG_FOLLOW_FILES:
        folder = policies_folder()
        seen = tuple(
            (str(path), path.stat().st_mtime_ns)
            for path in sorted(folder.rglob("*.yaml"))
            if is_workflow_path(path.relative_to(folder).as_posix())
        )
        return _followed(str(folder), seen)
    # The law of the real day, as `packs.current` reads it, whatever clock a case is told its time by.
    release = current_release(today=SystemClock().today())
    return _NOTHING if release is None else _released(release)


def calendar_today() -> WorkingCalendar:
    """Return the working days as they are published in what is in force today."""
    return workflows_in_force().library.calendar


def frozen_workflow(sha256: str) -> Workflow:
    """Return the workflow that cases with this hash go by. Raises NoWorkflowError."""
    return _frozen(sha256)


def digest_to_approve(case: Case, transition: str) -> str:
    """Return the digest that an approval of a move carries: this case, this move, from where it stands now."""
    return digest(
        {
            "case": case.id,
            "number": case.number,
            "transition": transition,
            "from": case.state,
            "after": case.events_count,
        }
    )


_NOTHING = WorkflowsInForce(read_workflow_texts({})[0], digest({}))
_BY_RELEASE: dict[str, WorkflowsInForce] = {}
_KEPT = 4


def _released(release: Release) -> WorkflowsInForce:
    # Keyed by the hash of all texts and not by the row: what is kept can never be another release's.
    found = _BY_RELEASE.get(release.texts_sha256)
    if found is None:
        found = _checked(texts_of(release), release.texts_sha256)
        while len(_BY_RELEASE) >= _KEPT:
            _BY_RELEASE.pop(next(iter(_BY_RELEASE)))
        _BY_RELEASE[release.texts_sha256] = found
    return found


@lru_cache(maxsize=_KEPT)
def _followed(folder: str, seen: tuple[tuple[str, int], ...]) -> WorkflowsInForce:
    del folder, seen
    place = policies_folder()
    texts = {
        path.relative_to(place).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(place.rglob("*.yaml"))
    }
    ours = {path: text for path, text in texts.items() if is_workflow_path(path)}
    return _checked(texts, digest(ours))


def _checked(texts: dict[str, str], sha256: str) -> WorkflowsInForce:
    library, mistakes = read_workflow_texts(texts)
    if mistakes:
        raise PolicyMistakesError(mistakes)
    return WorkflowsInForce(library, sha256)


@lru_cache(maxsize=64)
def _frozen(sha256: str) -> Workflow:
    stored = FrozenWorkflow.objects.filter(sha256=sha256).first()
    if stored is None:
        raise NoWorkflowError(f"the workflow with hash {sha256[:12]}… is not stored here")
    # It was checked against its sources when it was released.
    workflow, mistakes = read_workflow_text(stored.text, stored.key, f"{stored.key}.yaml")
    if workflow is None:
        raise PolicyMistakesError(mistakes)
    return workflow
