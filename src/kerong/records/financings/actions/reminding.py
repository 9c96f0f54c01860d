"""Reminds both sides of what matures: once at 90, once at 60 and once at 30 days, late rather than never."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import house
from kerong.records.financings.models import Financing
from kerong.records.financings.queries import ENDED, KINDS
from kerong.records.notices import actions as notices
from kerong.records.parties.queries import name_of_party

DAYS = (30, 60, 90)


def remind_due() -> int:
    """Tell firm and institution of everything that matures within 90, 60 or 30 days; return how many were due for it.

    Harmless to repeat: each of the three is told once for each last day, also when a day was missed. A day moved by an
    extension starts anew.
    """
    today = current_clock().today()
    with house("the reminders of all parties"):
        due = list(
            Financing.objects.select_related("standing")
            .filter(
                standing__matures_on__gte=today, standing__matures_on__lte=today + timedelta(days=max(DAYS))
            )
            .exclude(standing__status__in=ENDED)
            .order_by("standing__matures_on", "id")
        )
        for financing in due:
            _remind(financing, (financing.standing.matures_on - today).days)
    return len(due)


def _remind(financing: Financing, left: int) -> None:
    ends = financing.standing.matures_on
    reached = next(days for days in DAYS if left <= days)
    kind = KINDS[financing.kind].label
    for party, other in ((financing.owner, financing.creditor), (financing.creditor, financing.owner)):
        notices.tell(
            to_party=party,
            kind="financing_due",
            title=f"{kind} {financing.reference} 还有{left}天到期（{ends:%Y-%m-%d}）",
            body=f"{name_of_party(other)}。需要续贷、展期或结清的，请尽早办理。",
            link=reverse("financings:financing", args=[financing.pk]),
            due_on=ends,
            is_todo=True,
            key=f"financing_due:{financing.pk}:{ends:%Y%m%d}:{reached}:{party}",
        )
