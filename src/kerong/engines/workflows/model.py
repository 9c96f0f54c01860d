"""What a workflow pack says, read and checked: parts, states, transitions, clocks, pauses and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from kerong.basics.mistakes import NOWHERE, Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DayUnit: TypeAlias = Literal["working_days", "calendar_days"]
DAY_UNITS: tuple[DayUnit, ...] = get_args(DayUnit)
PartyKind: TypeAlias = Literal["enterprise", "person", "institution", "office", "platform"]
PARTY_KINDS: tuple[PartyKind, ...] = get_args(PartyKind)
Verified: TypeAlias = Literal["official", "press", "digest", "derived", "assumption", "not_found"]
VERIFIED: tuple[Verified, ...] = get_args(Verified)
Outcome: TypeAlias = Literal["done", "refused", "withdrawn"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

APPROVE_DUTY = "institution.approve"
"""The duty without which no transition leads to a state that means approved."""
SUPERVISOR = "supervisor"
"""Whom a clock escalates to when it names no part of the case."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something was read and how sure we are of it."""

    cites: str
    checked_on: date | None
    verified: Verified
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that a party plays in a case, such as the firm or the bank."""

    name: str
    label: str
    label_en: str
    kinds: tuple[PartyKind, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand. ``turn`` names the part that is to act, and is empty at the end."""

    name: str
    label: str
    label_en: str
    phase: str
    phase_en: str
    turn: str
    says: str
    says_en: str
    waits: str
    waits_en: str
    means_approved: bool
    final: bool
    outcome: Outcome | None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Reason:
    """An entry of a list: a reason, a material. A reason for the firm says what it can do next."""

    code: str
    label: str
    label_en: str
    next_step: str = ""
    next_step_en: str = ""


@dataclass(frozen=True, slots=True)
class ReasonList:
    """Two lists that never mix: what the firm is told (对企口径), and what stays in the institution (行内口径)."""

    name: str
    for_firm: Mapping[str, Reason]
    internal: Mapping[str, Reason]


@dataclass(frozen=True, slots=True)
class Transition:
    """A move: from where to where, and what it asks of whoever makes it."""

    name: str
    label: str
    label_en: str
    origins: tuple[str, ...]
    to: str
    who: tuple[str, ...]
    duties: tuple[str, ...]
    needs: tuple[str, ...]
    remark_required: bool
    reasons: str
    approval: str
    is_exit: bool
    different_person_from: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Length:
    """So many days and where the number comes from. ``days`` is None where nobody published it."""

    days: int | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock: it runs while the case stands in certain states, or from one transition to another.

    ``published`` is what a document says; ``assumed`` our own choice, used only where nothing is published.
    """

    name: str
    label: str
    label_en: str
    during: tuple[str, ...]
    starts_with: tuple[str, ...]
    stops_with: tuple[str, ...]
    unit: DayUnit
    published: Length
    assumed: Length | None
    yellow_before: int
    escalate_to: str
    pauses: bool
    place: Place = NOWHERE

    @property
    def length(self) -> Length:
        """Return the length that counts: the published one, else our assumption, else none."""
        return self.assumed if self.published.days is None and self.assumed is not None else self.published


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow pack. ``line`` is the usual way through its states, for the line of steps on a page."""

    key: str
    label: str
    label_en: str
    summary: str
    summary_en: str
    tasks: tuple[int, ...]
    mark: Mark
    owner: str
    start: str
    line: tuple[str, ...]
    parts: Mapping[str, Part]
    states: Mapping[str, State]
    materials: Mapping[str, Reason]
    transitions: Mapping[str, Transition]
    reasons: Mapping[str, ReasonList]
    clocks: Mapping[str, Clock]
    pauses: Mapping[str, Reason]
    place: Place = NOWHERE
