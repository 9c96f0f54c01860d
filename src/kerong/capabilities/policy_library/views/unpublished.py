"""What is not published: every such number on one page, and as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.forms import typed_text
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.capabilities.policy_library.queries import Gap, GapsOfPack
    from kerong.records.packs.queries import CurrentLaw


@require_safe
def unpublished(request: HttpRequest) -> HttpResponse:
    """List the numbers of the law that are not published, by rule."""
    law = packs.current()
    everything = queries.kept(law, _everything)
    groups = _asked(request, everything)
    return render(
        request,
        "policy_library/unpublished.html",
        {
            "section": "rules",
            "law": law,
            "groups": groups,
            "shown": sum(len(group.gaps) for group in groups),
            "total": sum(len(group.gaps) for group in everything),
            "text": typed_text(request, "q"),
            "region": request.GET.get("region", ""),
            "regions": [region for region in _regions(everything) if region],
            "products": queries.products_without_cap(law.library),
            "product_total": sum(len(bank.products) for bank in law.library.shelf.values()),
        },
    )


@require_safe
def unpublished_file(request: HttpRequest, ending: str) -> HttpResponse:
    """Return the same list as a file, with the same filter."""
    law = packs.current()
    head, rows = queries.unpublished_rows(law.library, _asked(request, queries.kept(law, _everything)))
    if ending == "csv":
        answer = HttpResponse(as_csv(head, rows), content_type=CSV_TYPE)
    elif ending == "xlsx":
        answer = HttpResponse(as_xlsx(_("未公布的数"), head, rows), content_type=XLSX_TYPE)
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="unpublished-{law.on.isoformat()}.{ending}"'
    return answer


def _everything(law: CurrentLaw) -> tuple[GapsOfPack, ...]:
    return queries.unpublished(law.library, law.on)


def _regions(groups: tuple[GapsOfPack, ...]) -> list[str]:
    return list(dict.fromkeys(group.pack.facets.get("region", "") for group in groups))


def _asked(request: HttpRequest, groups: tuple[GapsOfPack, ...]) -> tuple[GapsOfPack, ...]:
    """Keep what holds every word that was typed, of the region that was chosen."""
    words = queries.words_of(typed_text(request, "q"))
    region = request.GET.get("region", "")
    if region not in _regions(groups):
        region = ""
    kept = [
        type(group)(group.pack, tuple(gap for gap in group.gaps if _holds(gap, words)))
        for group in groups
        if region in ("", group.pack.facets.get("region", ""))
    ]
    return tuple(group for group in kept if group.gaps)


def _holds(gap: Gap, words: tuple[str, ...]) -> bool:
    pack = gap.pack
    searched = f"{pack.label}\n{pack.label_en}\n{pack.key}\n{gap.label}\n{gap.row}\n{gap.mark.note}"
    folded = queries.folded(searched)
    return all(queries.holds(folded, word) for word in words)
