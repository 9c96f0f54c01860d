"""Pages of a firm's own people: its file with every source, and who looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.acting import current_actor
from kerong.basics.party_reference import enterprise, parse
from kerong.records.consents.queries import PURPOSES
from kerong.records.facts import queries
from kerong.records.facts.views.rows import INVENTED, exported, note_unmasked, rows_by_holder
from kerong.records.packs.queries import current
from kerong.records.parties.queries import business, name_of_party, needs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.facts.models import FactLookup

PAGE = 30
EXPORTED_MAX = 5_000
OWN = ("firm.act", "firm.sign")


@never_cache
@require_safe
@business
def start(request: HttpRequest) -> HttpResponse:
    """Send everybody to the page of facts that their work begins with."""
    del request
    actor = current_actor()
    if any(actor.may(duty) for duty in OWN):
        return redirect("facts:dossier", parse(actor.party).key)
    if actor.may("disputes.handle"):
        return redirect("facts:disputes")
    return redirect("facts:ask")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OWN)
def dossier(request: HttpRequest, uscc: str) -> HttpResponse:
    """Show everything that is held on the firm; a POST shows what is masked, and leaves an event."""
    subject = own_or_404(uscc)
    view = queries.own_facts(subject)
    unmasked = request.method == "POST"
    holders = rows_by_holder(view, unmasked=unmasked)
    if unmasked:
        note_unmasked(view)
    return render(
        request,
        "facts/dossier.html",
        {
            "section": "work",
            "uscc": uscc,
            "name": name_of_party(subject),
            "view": view,
            "holders": holders,
            # What needs a look is open from the start, and so is all that was asked to be shown.
            "unfolded": {
                holder.key
                for holder, rows in holders
                if any(row.known.is_stale or row.known.disputed or unmasked for row in rows)
            },
            "unmasked": unmasked,
            "stale": sum(known.is_stale for known in view),
            "objections": [
                (each, current().library.facts.get(each.name)) for each in queries.disputes(subject=subject)
            ],
            "synthetic": uscc.startswith(INVENTED),
        },
    )


@never_cache
@require_safe
@needs(*OWN)
def dossier_export(request: HttpRequest, uscc: str) -> HttpResponse:
    """Hand out the file as JSON: every fact with source, day, mark and declaration."""
    del request
    view = queries.own_facts(own_or_404(uscc))
    answer = JsonResponse(exported(view), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="facts-{uscc}.json"'
    return answer


@never_cache
@require_safe
@needs(*OWN)
def lookups(request: HttpRequest, uscc: str) -> HttpResponse:
    """List who looked at the firm: organisation, person, time, purpose, ground, fields; and who was refused."""
    subject = own_or_404(uscc)
    page = Paginator(_listed(request, subject), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "facts/lookups.html",
        {
            "section": "work",
            "uscc": uscc,
            "name": name_of_party(subject),
            "page": page,
            "lines": [_line(each) for each in page],
            "only": request.GET.get("only", ""),
            "synthetic": uscc.startswith(INVENTED),
        },
    )


@never_cache
@require_safe
@needs(*OWN)
def lookups_export(request: HttpRequest, uscc: str, ending: str) -> HttpResponse:
    """Hand out the log as xlsx or csv."""
    found = _listed(request, own_or_404(uscc))[:EXPORTED_MAX]
    head = [_("时间"), _("种类"), _("机构"), _("人员"), _("用途"), _("依据"), _("字段")]
    rows = [
        [
            f"{each.at:%Y-%m-%d %H:%M:%S}",
            str(each.get_kind_display()),
            name_of_party(each.party),
            masked_name(each.person),
            str(PURPOSES.get(each.purpose, each.purpose)),
            "；".join(ground["words"] for ground in each.basis),
            "、".join(_labels(each)),
        ]
        for each in found
    ]
    content = as_csv(head, rows) if ending == "csv" else as_xlsx(_("谁看过我的数据"), head, rows)
    answer = HttpResponse(content, content_type=CSV_TYPE if ending == "csv" else XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="lookups-{uscc}.{ending}"'
    return answer


def own_or_404(uscc: str) -> str:
    """Return the firm's reference if the actor acts for it; any other code answers 404, whether it exists or not."""
    subject = enterprise(uscc)
    if current_actor().party != subject:
        raise Http404
    return subject


def masked_name(person: str) -> str:
    """Return a person's name as logs show it: the first character only."""
    name = name_of_party(f"person:{person}") if person else ""
    return "" if not name or name.startswith("person:") else f"{name[0]}*"


def _listed(request: HttpRequest, subject: str):  # noqa: ANN202 - a query set of look-ups
    found = queries.lookups_of(subject)
    match request.GET.get("only", ""):
        case "others":
            return found.exclude(kind="own_use")
        case "refused":
            return found.filter(kind="refused")
        case _:
            return found


def _line(found: FactLookup) -> dict[str, object]:
    return {
        "lookup": found,
        "party": found.party,
        "person": masked_name(found.person),
        "purpose": PURPOSES.get(found.purpose, found.purpose),
        "labels": _labels(found),
    }


def _labels(found: FactLookup) -> list[str]:
    law = current().library.facts
    return [law[name].label if name in law else name for name in found.fields]
