"""Why an action on a case was refused: problems by field, in words for the person who tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise


class CaseRefusedError(ValueError):
    """The action is not possible as it was asked; ``problems`` maps each field (or "") to what is wrong."""

    def __init__(self, problems: Mapping[str, str | Promise]) -> None:
        self.problems = {field: str(problem) for field, problem in problems.items()}
        super().__init__("; ".join(self.problems.values()))


class CaseNotFoundError(LookupError):
    """There is no such case for this actor."""


class ChangedMeanwhileError(CaseRefusedError):
    """Somebody else moved the case after the actor looked at it."""


class StepUpNeededError(CaseRefusedError):
    """What means approved is decided by somebody who proved who they are within the last minutes."""


class ApprovalNeededError(CaseRefusedError):
    """The move needs an approval of exactly this content first."""
