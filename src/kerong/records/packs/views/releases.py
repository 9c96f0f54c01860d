"""Pages of the releases: every one with its number, day, hash and document, and what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from kerong.basics.clock import current_clock
from kerong.records.documents.queries import material
from kerong.records.evidence.queries import events
from kerong.records.packs import queries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kerong.records.packs.models import Release
    from kerong.records.packs.queries import Effect

PAGE = 30
LINES_SHOWN = 400


@never_cache
@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """List the releases, the newest first."""
    current = queries.current_release(today=current_clock().today())
    context = {
        "section": "rules",
        "page": Paginator(queries.releases(), PAGE).get_page(request.GET.get("page")),
        "current": current,
    }
    return render(request, "packs/releases.html", context)


@never_cache
@require_safe
def releases_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the list as xlsx or csv."""
    del request
    head = [
        _("发布序号"),
        _("文号"),
        _("施行日"),
        _("发布时间"),
        _("发布人"),
        _("来源"),
        _("全文摘要"),
        _("附件摘要"),
    ]
    rows = [
        [
            each.number,
            each.document_number,
            each.in_force_from.isoformat() if each.in_force_from else "",
            f"{each.released_at:%Y-%m-%d %H:%M}",
            each.released_by,
            each.get_origin_display(),
            each.texts_sha256,
            each.attachment_sha256,
        ]
        for each in queries.releases()
    ]
    content = as_csv(head, rows) if ending == "csv" else as_xlsx(_("政策发布"), head, rows)
    answer = HttpResponse(content, content_type=CSV_TYPE if ending == "csv" else XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="releases.{ending}"'
    return answer


@never_cache
@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Show one release: its head, what it changed since the one before, whom that moved, its texts and evidence."""
    found = _release(number)
    before = queries.releases().exclude(origin="draft").filter(number__lt=found.number).first()
    texts = queries.texts_of(found)
    files = queries.differences(queries.texts_of(before) if before else {}, texts) if before else []
    current = queries.current_release(today=current_clock().today())
    context = {
        "section": "rules",
        "release": found,
        "before": before,
        "attachment": material(found.attachment) if found.attachment else None,
        "files": files,
        "lines_shown": LINES_SHOWN,
        "is_current": found == current,
        "effect": _effect(found, before) if before and files and found == current else None,
        "texts": [(path, len(text.encode())) for path, text in texts.items()],
        "sealed_event": events(row_table="packs_release", row_id=str(found.pk)).first(),
        "synthetic": found.document_number == queries.DEMONSTRATION,
    }
    return render(request, "packs/release.html", context)


@never_cache
@require_safe
def release_text(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Hand out one text of a release, word for word."""
    del request
    text = queries.texts_of(_release(number)).get(name)
    if text is None:
        raise Http404
    answer = HttpResponse(text.encode(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name.rpartition("/")[2]}"'
    return answer


def _release(number: int) -> Release:
    # The column holds no larger number.
    found = queries.release(number) if number < 2**31 else None
    if found is None:
        raise Http404
    return found


def _effect(found: Release, before: Release) -> Effect:
    today = current_clock().today()
    now, then = queries.library_of(found), queries.library_of(before)
    return queries.effect_of(now, then, today=today, on=today, is_reversed=True)
