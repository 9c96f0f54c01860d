"""Where something is written, and what is wrong there: mistakes are collected and reported together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written, so that a message can point at it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


NOWHERE = Place("<memory>", 0)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a policy file: where, what, what was expected and how to mend it."""

    place: Place
    what: str
    expected: str
    cure: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. Expected: {self.expected}. Cure: {self.cure}"


class PolicyMistakesError(Exception):
    """Every mistake found in the policy files, reported together."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
