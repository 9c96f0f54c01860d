"""The work page, the same for every role: what is to be done today, the lists a role may open, what was told last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from kerong.basics.acting import current_actor
from kerong.portal.work_links import WORK_LINKS
from kerong.records.notices import queries as notices
from kerong.records.parties.queries import name_of_party, needs, role

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kerong.basics.acting import Actor

TODOS_SHOWN = 20
RECENT_SHOWN = 8


@require_safe
@needs()
def work(request: HttpRequest) -> HttpResponse:
    """Show one person what there is to do, for the party and in the role acted for now."""
    actor = current_actor()
    todos = notices.todos_of(actor)
    held = role(actor.role)
    return render(
        request,
        "work.html",
        {
            "section": "work",
            "todos": [(each, notices.light_of(each.due_on)) for each in todos[:TODOS_SHOWN]],
            "todo_count": todos.count(),
            "recent": notices.notices_of(actor)[:RECENT_SHOWN],
            "unread": notices.unread_count(actor),
            "links": _links(actor),
            "party_name": name_of_party(actor.party) if actor.party else "",
            "role_label": held.label if held else "",
            "synthetic": True,
        },
    )


def _links(actor: Actor) -> list[tuple[str, str, str]]:
    found = []
    for link in WORK_LINKS:
        if not link.is_for(actor):
            continue
        try:
            address = reverse(link.route)
        except NoReverseMatch:
            # Only while a capability is being built; the test of the table finds a wrong name.
            continue
        found.append((address, str(link.label), str(link.words)))
    return found
