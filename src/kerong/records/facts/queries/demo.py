"""Reads about the demo firms, open to anybody for demonstration, and about what happened to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kerong.basics.party_reference import enterprise
from kerong.records.evidence.actions import house
from kerong.records.facts.models import Dossier, FirmHistory, Observation
from kerong.records.facts.queries.disputes import declarations_of, marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import Promise

    from kerong.records.facts.queries.known import Mark

EVENT_KINDS: dict[str, Promise] = {
    "registered": _("登记成立"),
    "name_changed": _("变更名称"),
    "capital_increased": _("增加注册资本"),
    "patent_granted": _("获得Ⅰ类知识产权"),
    "funding_round": _("股权融资到账"),
    "loan_granted": _("获得贷款"),
    "loan_overdue": _("贷款逾期"),
    "loan_repaid": _("还清贷款"),
    "tech_sme_entered": _("科技型中小企业入库"),
    "hnte_recognised": _("认定为高新技术企业"),
    "hnte_expired": _("高新技术企业证书到期"),
    "listed": _("上市或挂牌"),
    "deregistered": _("注销登记"),
}
"""In the order in which events of one day follow each other."""


@dataclass(frozen=True, slots=True)
class DemoFirm:
    """One synthetic firm: facts by name in stored units, flags as 0 or 1, codes as text."""

    uscc: str
    name: str
    facts: Mapping[str, int | str]
    as_of: date
    source: str
    marks: Mapping[str, Mark] = field(default_factory=dict[str, "Mark"], compare=False)
    declarations: Mapping[str, str] = field(default_factory=dict[str, str], compare=False)


@dataclass(frozen=True, slots=True)
class FirmYear:
    """One whole year of a firm; a figure that is not known is None."""

    year: int
    revenue_fen: int | None
    staff_count: int | None
    rd_expense_fen: int | None
    ip_class1_count: int | None


@dataclass(frozen=True, slots=True)
class FirmEvent:
    """What happened on a day; ``kind`` is one of EVENT_KINDS, ``detail`` a former name or a board."""

    day: date
    kind: str
    amount_fen: int | None = None
    detail: str = ""

    @property
    def kind_label(self) -> Promise | str:
        """The kind in the reader's language."""
        return EVENT_KINDS.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class History:
    """A firm's years, the last one first, and its events, the latest first."""

    years: tuple[FirmYear, ...]
    events: tuple[FirmEvent, ...]


def demo_firms() -> list[DemoFirm]:
    """Return the firms that the demo tells stories of, by code; not the population."""
    return _firms(Dossier.objects.filter(is_demo=True, is_story=True).order_by("owner"))


def demo_firm(uscc: str) -> DemoFirm | None:
    """Return one demo firm, of a story or of the population, or None.

    Nobody real is looked at, so there is no look-up to log.
    """
    owner = enterprise(uscc)
    found = _firms(Dossier.objects.filter(is_demo=True, owner=owner))
    if not found:
        return None
    with transaction.atomic(), house("marks and declarations go wherever the fact goes"):
        return replace(found[0], marks=marks_of(owner), declarations=declarations_of(owner))


def firm_history(uscc: str) -> History | None:
    """Return what a demo firm did and what happened to it, or None where nothing is known."""
    row = FirmHistory.objects.filter(uscc=uscc).first()
    if row is None:
        return None
    years = tuple(FirmYear(**year) for year in reversed(row.years))
    events = tuple(
        FirmEvent(
            date.fromisoformat(event["day"]), event["kind"], event.get("amount_fen"), event.get("detail", "")
        )
        for event in reversed(row.events)
    )
    return History(years, events)


def _firms(rows: Iterable[Dossier]) -> list[DemoFirm]:
    dossiers = list(rows)
    ids = [row.origins[""] for row in dossiers]
    stated = {
        str(row.id): row for row in Observation.objects.filter(id__in=ids).only("id", "as_of", "origin")
    }
    return [
        DemoFirm(row.owner.partition(":")[2], row.name, row.values, usual.as_of, usual.origin)
        for row in dossiers
        if (usual := stated[row.origins[""]])
    ]
