"""The law: facts, parameters, points, classes, clauses, amounts, packs, sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from kerong.basics.mistakes import NOWHERE, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kerong.engines.rules.model.marks import Door, Mark
    from kerong.engines.rules.model.shelf import Institution
    from kerong.engines.rules.model.units import FactType, Unit

Act: TypeAlias = Literal["up", "down", "either", "no"]
Period: TypeAlias = Literal["", "past_year", "past_years"]
Kind: TypeAlias = Literal["product", "recognition", "classification", "terms"]
Subject: TypeAlias = Literal["enterprise", "person", "pool", "institution", "fund"]

_Dated = TypeVar("_Dated", "DatedValue", "DatedBands")


@dataclass(frozen=True, slots=True)
class Holder:
    """A platform or office that holds facts, so that an unknown can say whom to ask."""

    key: str
    label: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a rule may mention, from ``facts.yaml``.

    ``low`` and ``high`` bound every stored value (the compiler proves 64-bit arithmetic from them).
    ``codes`` lists the permitted codes with labels, or is empty when any text of ``code_system`` is;
    ``codes_en`` has the English labels of those that have one.
    ``derived`` names the registered function that computes the fact from ``inputs``.
    ``act`` says in which direction the firm may move it; ``effort`` orders the moves (1 easy, 9 hard).
    ``period`` marks a figure of closed books (of the last year or its end, or of several or earlier years): only
    the next declaration can show another one.
    """

    name: str
    label: str
    label_en: str
    type: FactType
    unit: Unit
    low: int
    high: int
    subject: Subject = "enterprise"
    holder: str = ""
    document: str = ""
    document_en: str = ""
    sensitivity: str = "L2"
    freshness_months: int | None = None
    act: Act = "no"
    effort: int = 5
    codes: Mapping[str, str] = field(default_factory=dict[str, str])
    code_system: str = ""
    derived: str = ""
    inputs: tuple[str, ...] = ()
    published_by: str = ""
    place: Place = NOWHERE
    codes_en: Mapping[str, str] = field(default_factory=dict[str, str])
    period: Period = ""


@dataclass(frozen=True, slots=True)
class Bracket:
    """One row of a table: a code key, or the closed integer interval ``low..high`` of a numeric key.

    ``values`` has one stored value per column of the parameter (None: not published). ``mark`` is set where
    the row's source differs from the dated value's.
    """

    key: str | None
    low: int | None
    high: int | None
    values: tuple[int | str | None, ...]
    mark: Mark | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another published reading of the same value, kept visible and not used."""

    value: int | str | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class DatedValue:
    """What a parameter is from a day on. ``start`` None with ``seen_since``: in force, first day unknown."""

    start: date | None
    seen_since: date | None
    value: int | str | None
    rows: tuple[Bracket, ...]
    mark: Mark
    alternatives: tuple[Alternative, ...] = ()
    place: Place = NOWHERE

    @property
    def effective(self) -> date:
        """The day from which evaluation uses this value."""
        return self.start or self.seen_since or date.min


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table parameter."""

    name: str
    label: str
    label_en: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the law. ``by`` names the fact, class or parameter whose value selects the row of a table."""

    name: str
    label: str
    label_en: str
    unit: Unit
    values: tuple[DatedValue, ...]
    by: str = ""
    columns: tuple[Column, ...] = ()
    place: Place = NOWHERE

    def in_force(self, on: date) -> DatedValue | None:
        """Return the value in force on a day, or None before the first."""
        return _latest(self.values, on)


@dataclass(frozen=True, slots=True)
class Band:
    """Points for an interval of the measured value, for codes, or for a predicate; first match wins.

    ``low`` and ``high`` are the bounds as written, in stored units; ``low_open`` and ``high_open`` say that the
    bound itself is outside (above, below), which matters where an exact ratio falls between two basis points.
    All of ``low``, ``high``, ``codes``, ``when`` empty means "otherwise".
    """

    points: int | None
    low: int | None = None
    high: int | None = None
    low_open: bool = False
    high_open: bool = False
    codes: tuple[str, ...] = ()
    when: str = ""
    label: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class DatedBands:
    """The bands of an indicator from a day on."""

    start: date | None
    seen_since: date | None
    bands: tuple[Band, ...]
    mark: Mark
    place: Place = NOWHERE

    @property
    def effective(self) -> date:
        """The day from which evaluation uses these bands."""
        return self.start or self.seen_since or date.min


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a scorecard: a measured value and its bands, or the best of several such lines.

    ``of`` is an expression; ``ratio_of`` a pair (part, whole) compared exactly by cross-multiplication and
    unknown where the whole is not positive. Indicators whose bands all use ``when`` have neither.
    """

    name: str
    label: str
    label_en: str
    max: int
    group: str = ""
    of: str = ""
    ratio_of: tuple[str, str] | None = None
    unit: Unit | None = None
    values: tuple[DatedBands, ...] = ()
    best_of: tuple[Indicator, ...] = ()
    place: Place = NOWHERE

    def in_force(self, on: date) -> DatedBands | None:
        """Return the bands in force on a day, or None before the first."""
        return _latest(self.values, on)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points: named in predicates as ``name``, ``name.indicator`` and ``name.group``."""

    name: str
    label: str
    label_en: str
    max: int
    indicators: tuple[Indicator, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the ways to meet a clause: every part must hold."""

    id: str
    label: str
    parts: tuple[Clause, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition, the unit that is explained. Either ``holds_when`` or ``any_of`` is set.

    ``measure`` names the quantity that the clause limits (研发费用占营业收入比), for the sentence.
    ``start`` and ``until`` (last day) bound its validity; None is open.
    """

    id: str
    label: str
    label_en: str
    holds_when: str
    any_of: tuple[Branch, ...]
    mark: Mark
    measure: str = ""
    start: date | None = None
    until: date | None = None
    place: Place = NOWHERE

    def in_force(self, on: date) -> bool:
        """Tell whether the clause is part of the law on a day."""
        return covers(self.start, self.until, on)


@dataclass(frozen=True, slots=True)
class ClassOption:
    """One class of a classification; ``holds_when`` empty means "otherwise"."""

    value: str
    label: str
    label_en: str
    holds_when: str
    mark: Mark
    start: date | None = None
    until: date | None = None
    place: Place = NOWHERE

    def in_force(self, on: date) -> bool:
        """Tell whether the option is part of the law on a day."""
        return covers(self.start, self.until, on)


@dataclass(frozen=True, slots=True)
class Classification:
    """An ordered list of classes, first match wins; unknown unless exactly one is possible."""

    name: str
    label: str
    label_en: str
    options: tuple[ClassOption, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum or ratio worked out for the firm, in stored units of ``unit``."""

    name: str
    label: str
    label_en: str
    unit: Unit
    expression: str
    mark: Mark
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Publication:
    """A fact that the pack's result becomes: the verdict (``expression`` empty), or a name of the pack."""

    fact: str
    expression: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Pack:
    """One policy: parameters, points, classes, clauses, amounts and what it publishes.

    ``door`` is the way to money that it opens to a firm; ``tasks`` are numbers of the plan's tasks; packs of
    one ``topic`` are compared by their parameters' names. Packs of kind ``terms`` judge nobody.
    """

    key: str
    kind: Kind
    label: str
    label_en: str
    subject: Subject
    summary: str
    document: str
    start: date | None
    until: date | None
    parameters: Mapping[str, Parameter]
    points: Mapping[str, Scorecard]
    classes: Mapping[str, Classification]
    clauses: tuple[Clause, ...]
    amounts: Mapping[str, Amount]
    publishes: tuple[Publication, ...]
    text_sha256: str
    place: Place = NOWHERE
    facets: Mapping[str, str] = field(default_factory=dict[str, str])
    door: Door = ""
    tasks: tuple[int, ...] = ()
    topic: str = ""
    stages: tuple[str, ...] = ()

    def in_force(self, on: date) -> bool:
        """Tell whether the pack is law on a day."""
        return covers(self.start, self.until, on)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A clause of a cited document, summarised in our words."""

    key: str
    label: str
    summary: str
    address: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Source:
    """A cited document."""

    key: str
    title: str
    number: str
    issuer: str
    dated: str
    address: str
    anchors: Mapping[str, Anchor]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Library:
    """Everything under a policies folder, loaded and unit-converted; ``sha256`` identifies its content."""

    facts: Mapping[str, Fact]
    holders: Mapping[str, Holder]
    packs: Mapping[str, Pack]
    sources: Mapping[str, Source]
    sha256: str
    shelf: Mapping[str, Institution] = field(default_factory=dict[str, "Institution"])


def covers(start: date | None, until: date | None, on: date) -> bool:
    """Tell whether a day lies between a first and a last day; None is open."""
    return (start is None or start <= on) and (until is None or on <= until)


def _latest(values: tuple[_Dated, ...], on: date) -> _Dated | None:
    """Return the value that took effect last by a day; of two of one day, the later written."""
    begun = [value for value in values if value.effective <= on]
    return max(reversed(begun), key=lambda value: value.effective, default=None)
