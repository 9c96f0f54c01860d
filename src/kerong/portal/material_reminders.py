"""Tells parties that a material runs out; in the portal because materials and notices do not know each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kerong.basics.clock import current_clock
from kerong.records.documents.queries import expiring_by, label_of
from kerong.records.evidence.actions import house
from kerong.records.notices.actions import done, tell
from kerong.records.notices.queries import open_todo_keys

NOTICE_KIND = "material"
DAYS = (30, 7)
"""How long before: time to have a new one made, and a last word. Our own choice; no rule depends on it."""


@transaction.atomic
def remind_of_expiring_materials() -> int:
    """Open a to-do for each newest version that ends soon, and close those that no longer stand. Return the count."""
    today = current_clock().today()
    with house("materials of all parties"):
        standing: dict[str, Any] = {}
        for document in expiring_by(today + timedelta(days=max(DAYS))).filter(valid_until__gte=today):
            term = min(days for days in DAYS if days >= (document.valid_until - today).days)
            standing[f"material:{document.id}:{term}"] = document
        for key in open_todo_keys(kind=NOTICE_KIND):
            # Replaced, withdrawn, past its day, or told more urgently.
            if key not in standing:
                done(key=key)
        for key, document in standing.items():
            tell(
                to_party=document.owner,
                kind=NOTICE_KIND,
                title=_("%(kind)s即将到期：%(name)s")
                % {"kind": label_of(document.kind), "name": document.name},
                body=_("请在到期前换成新的，以免影响正在办的申请。"),
                link=reverse("documents:material", args=[document.id]),
                due_on=document.valid_until,
                is_todo=True,
                key=key,
            )
    return len(standing)
