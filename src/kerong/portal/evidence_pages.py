"""Pages of the evidence: what happened, where it stands, whether it holds, and a bundle to take away.

They stand in the portal because evidence is the lowest record and knows neither roles nor keys.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from kerong.basics.clock import current_clock
from kerong.portal import witness
from kerong.portal.evidence_bundle import export_bundle, public_keys
from kerong.portal.jobs.integrity import check_all
from kerong.records.evidence import queries
from kerong.records.evidence.actions import record
from kerong.records.parties.queries import ADMINISTRATORS, name_of_party, needs
from kerong.records.parties.queries import administrators as who_administers

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 30
AT_ONCE_MAX = 200_000
"""With more events than this the check is left to the hourly job."""
FILTERS = ("stream", "kind", "subject", "row_table", "row_id")


@needs("evidence.verify", "audit.read")
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Show whether everything holds, and list what happened."""
    wanted = {name: request.GET.get(name, "").strip()[:96] for name in FILTERS}
    page = Paginator(queries.events(**wanted), PAGE).get_page(request.GET.get("page"))
    for event in page:
        event.party_name = name_of_party(event.actor_party) if event.actor_party else ""
        event.subject_name = name_of_party(event.subject) if event.subject else ""
    return render(
        request,
        "evidence/events.html",
        {
            "section": "evidence",
            "events": page,
            "wanted": wanted,
            "is_narrowed": any(wanted.values()),
            "query": "&".join(f"{name}={value}" for name, value in wanted.items() if value),
            "last": queries.last_check(),
            "findings": queries.findings()[:20],
            "checkpoint": queries.checkpoints().first(),
            "size": queries.tree_size(),
            "contradiction": witness.disagreement(),
            "closed_because": witness.closed_because(),
            "can_check_now": queries.tree_size() <= AT_ONCE_MAX,
        },
    )


@needs("audit.logs")
@require_safe
def administrators(request: HttpRequest) -> HttpResponse:
    """List every act of the three administrators, their signing in too; only the audit administrator reads this."""
    chosen = request.GET.get("role", "")
    roles = (chosen,) if chosen in ADMINISTRATORS else ADMINISTRATORS
    people = who_administers(roles)
    done = queries.events_of_roles(
        roles=roles, signed_in={person for _name, person in people.values() if person}
    )
    page = Paginator(done, PAGE).get_page(request.GET.get("page"))
    for event in page:
        event.account_name, _person = people.get(event.actor_user, ("", ""))
        event.subject_name = name_of_party(event.subject) if event.subject else ""
    return render(
        request,
        "evidence/administrators.html",
        {
            "section": "evidence",
            "events": page,
            "roles": ADMINISTRATORS,
            "chosen": chosen if chosen in ADMINISTRATORS else "",
            "query": f"role={chosen}" if chosen in ADMINISTRATORS else "",
        },
    )


@needs("evidence.verify", "audit.read")
@require_safe
def event(request: HttpRequest, key: str) -> HttpResponse:
    """Show one event with everything its hash covers, and its place."""
    found = queries.event(key)
    if found is None:
        raise Http404
    link = getattr(found, "link", None)
    return render(
        request,
        "evidence/event.html",
        {
            "section": "evidence",
            "event": found,
            "link": link,
            "party_name": name_of_party(found.actor_party) if found.actor_party else "",
            "subject_name": name_of_party(found.subject) if found.subject else "",
            "text": queries.canonical_event(found).decode(),
            "checkpoint": queries.checkpoints().filter(size__gt=link.number).last() if link else None,
            "same_row": queries.events(row_table=found.row_table, row_id=found.row_id)[:20]
            if found.row_table
            else [],
        },
    )


@needs("evidence.verify", "audit.read")
@require_safe
def proof(_request: HttpRequest, key: str) -> HttpResponse:
    """Hand out what shows an event to be under a signed checkpoint; verify_evidence.py checks it."""
    found = queries.event(key)
    link = getattr(found, "link", None)
    checkpoint = queries.checkpoints().filter(size__gt=link.number).last() if link else None
    if found is None or link is None or checkpoint is None:
        raise Http404
    made = queries.proof_of(link.number, checkpoint.size)
    content = {
        "event": queries.canonical_event(found).decode(),
        "number": made.number,
        "hashes": made.hashes,
        "checkpoint": checkpoint.note,
        "public_keys": public_keys(),
    }
    return _attached(
        json.dumps(content, ensure_ascii=False, indent=1).encode(),
        f"proof-{link.number}.json",
        "application/json",
    )


@needs("evidence.verify")
@require_POST
def check_now(_request: HttpRequest) -> HttpResponse:
    """Run the integrity check and go back to the page, which shows what it found."""
    if queries.tree_size() <= AT_ONCE_MAX:
        done, _findings = check_all()
        record(stream="evidence", kind="checked_by_hand", content={"findings": done.finding_count})
    return HttpResponseRedirect(reverse("evidence"))


@needs("evidence.verify")
@require_POST
def bundle(_request: HttpRequest) -> HttpResponse:
    """Hand out the bundle without rows as one zip file; with rows it is made by command only."""
    with tempfile.TemporaryDirectory(prefix="kerong-bundle-") as place:
        folder = Path(place) / "evidence"
        export_bundle(folder, with_rows=False)
        packed = Path(shutil.make_archive(str(Path(place) / "packed"), "zip", place, "evidence"))
        content = packed.read_bytes()
    return _attached(content, f"kerong-evidence-{current_clock().today().isoformat()}.zip", "application/zip")


def _attached(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


urlpatterns = [
    path("evidence/", events, name="evidence"),
    path("evidence/check/", check_now, name="evidence_check"),
    path("evidence/bundle/", bundle, name="evidence_bundle"),
    path("evidence/administrators/", administrators, name="evidence_administrators"),
    path("evidence/<str:key>/", event, name="evidence_event"),
    path("evidence/<str:key>/proof.json", proof, name="evidence_proof"),
]
