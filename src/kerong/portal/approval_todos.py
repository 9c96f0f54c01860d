"""Puts approvals on the to-do lists of those who can decide them, and tells the person who asked what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kerong.records.approvals.queries import KINDS, approval, kind_label, step_label
from kerong.records.evidence.actions import house
from kerong.records.notices.actions import done, tell
from kerong.records.parties.queries import ROLES, live_memberships

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTICE_KIND = "approval"


def approval_moved(*, approval_id: str) -> None:
    """Close the to-dos of the steps that are behind, open those of the next, and tell the asker of the end."""
    with house("to-dos of several parties follow one approval"):
        found = approval(approval_id)
        if found is None:
            return
        link = reverse("approvals:approval", args=[found.id])
        for step in found.steps:
            for party, duty in _deciders(found, step):
                key = f"approval:{found.id}:{step}:{party}"
                if step != found.step:
                    done(key=key)
                    continue
                tell(
                    to_party=party,
                    for_duty=duty,
                    kind=NOTICE_KIND,
                    title=_("待%(step)s：%(what)s") % {"step": step_label(step), "what": found.what},
                    body=_("事项：%(kind)s。经办：%(name)s。")
                    % {"kind": kind_label(found.kind), "name": found.asked_name},
                    link=link,
                    is_todo=True,
                    key=key,
                )
        if not found.step and found.asked_person:
            tell(
                to_person=found.asked_person,
                kind=NOTICE_KIND,
                title=_("%(state)s：%(what)s") % {"state": found.get_state_display(), "what": found.what},
                body=found.closed_because,
                link=link,
                key=f"approval:{found.id}:{found.state}",
            )


def _deciders(found: Any, step: str) -> Iterator[tuple[str, str]]:
    """Yield the parties whose people may decide a step, with the duty they need."""
    kind = KINDS[found.kind]
    duty = kind.duties[step]
    if not kind.everywhere:
        yield from ((party, duty) for party in dict.fromkeys((found.owner, *found.readers)))
        return
    roles = [role.key for role in ROLES.values() if duty in role.duties]
    parties = live_memberships().filter(role__in=roles).order_by("party").values_list("party", flat=True)
    yield from ((party, duty) for party in dict.fromkeys(parties))
