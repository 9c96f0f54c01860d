"""What an explanation holds: the answer in the shape of the question, ready to be recorded and printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from kerong.engines.rules.model import Mark

Truth = Literal["met", "not_met", "unknown"]
Nearness = Literal["near_miss", "one_document_away", "none"]


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that is not known, who has it and which document supplies it."""

    name: str
    label: str
    label_en: str
    holder: str
    holder_en: str
    document: str
    document_en: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison inside a clause, as text in both languages and as stored values.

    ``gap`` is what is missing (or too much) in the stored unit of ``gap_fact``, None where it cannot be given.
    """

    truth: Truth
    measure: str
    measure_en: str
    actual: str
    actual_en: str
    operator: str
    operator_en: str
    required: str
    required_en: str
    gap: int | None = None
    gap_fact: str = ""
    gap_text: str = ""
    gap_text_en: str = ""
    sentence: str = ""
    sentence_en: str = ""


@dataclass(frozen=True, slots=True)
class BranchExplanation:
    """One way to meet a clause of alternatives."""

    id: str
    label: str
    truth: Truth
    parts: tuple[ClauseExplanation, ...]


@dataclass(frozen=True, slots=True)
class ClauseExplanation:
    """One clause: its truth, the sentence that says why, its comparisons or branches, and where it stands."""

    id: str
    label: str
    label_en: str
    truth: Truth
    sentence: str
    sentence_en: str
    comparisons: tuple[Comparison, ...]
    branches: tuple[BranchExplanation, ...]
    mark: Mark
    missing: tuple[MissingFact, ...] = ()
    unpublished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterRead:
    """A value of the law that was used, with its day and its mark."""

    name: str
    label: str
    label_en: str
    value: str
    value_en: str
    start: date | None
    seen_since: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A fact that was used."""

    name: str
    label: str
    label_en: str
    value: int | str
    text: str
    text_en: str
    holder: str


@dataclass(frozen=True, slots=True)
class IndicatorPoints:
    """The points of one indicator, lowest and highest while facts are missing."""

    name: str
    label: str
    label_en: str
    group: str
    low: int
    high: int
    max: int


@dataclass(frozen=True, slots=True)
class ScorecardPoints:
    """A scorecard worked out."""

    name: str
    label: str
    label_en: str
    low: int
    high: int
    max: int
    indicators: tuple[IndicatorPoints, ...]


@dataclass(frozen=True, slots=True)
class AmountWorkedOut:
    """An amount; ``value`` in stored units, None when it cannot be worked out."""

    name: str
    label: str
    label_en: str
    value: int | None
    text: str
    text_en: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Move:
    """One change of one fact by the firm, in stored units and in words.

    ``after`` is the least value that suffices; ``told`` is the one the sentence names, rounded the safe way, and
    it has been proved as well.
    """

    fact: str
    label: str
    label_en: str
    before: int
    after: int
    told: int
    sentence: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class Way:
    """A set of moves after which nothing is not met any more; ``leads_to`` is proved by re-running the rule."""

    moves: tuple[Move, ...]
    effort: int
    leads_to: Truth
    sentence: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One rule held against one firm on one day: everything a decision record needs."""

    rule: str
    label: str
    label_en: str
    on: date
    verdict: Truth
    nearness: Nearness
    clauses: tuple[ClauseExplanation, ...]
    points: tuple[ScorecardPoints, ...]
    classes: Mapping[str, tuple[str, ...]]
    amounts: tuple[AmountWorkedOut, ...]
    parameters: tuple[ParameterRead, ...]
    facts: tuple[FactUsed, ...]
    missing: tuple[MissingFact, ...]
    ways: tuple[Way, ...]
    pack_sha256: str
    library_sha256: str

    def as_json(self) -> dict[str, Any]:
        """Return plain data for JSON; dates become ISO text."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
