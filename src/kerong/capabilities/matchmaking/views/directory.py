"""Pages of the directory of firms: the list, and the list to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.views.shelf import FILE_KINDS
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import Promise

DIRECTORY_SORT_WORDS: dict[str, Promise] = {
    "newest": _("成立日期从新到旧"),
    "oldest": _("成立日期从旧到新"),
    "name": _("企业名称"),
    "code": _("统一社会信用代码"),
}
DIRECTORY_FILTER_WORDS: dict[str, Promise] = {
    "region": _("市州"),
    "industry": _("行业"),
    "size": _("规模"),
    "stage": _("阶段"),
    "sort": _("排序"),
}


@vary_on_headers("HX-Request")
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the firms that a search leaves, a page at a time, the firms of stories on top."""
    law = packs.current()
    search = queries.directory_search(law, request.GET.dict())
    # The firms of stories stand outside the part of the page that a search swaps.
    is_swap = request.headers.get("HX-Request") == "true"
    stories = [] if is_swap else queries.story_tallies(law)
    return render(
        request,
        "matchmaking/firms.html",
        {
            "section": "firms",
            "law": law,
            "stories": stories,
            "search": search,
            "unknown": [
                (DIRECTORY_FILTER_WORDS[name], value)
                for name, value in queries.directory_unknown(law, request.GET.dict())
            ],
            "found": queries.directory_page(law, search, request.GET.get("page")),
            "prefectures": queries.prefecture_choices(),
            "industries": queries.industry_choices(),
            "sizes": queries.class_choices(law, "size").items(),
            "stages": queries.class_choices(law, "stage").items(),
            "sort_words": DIRECTORY_SORT_WORDS.items(),
            "exported_max": queries.EXPORTED_MAX,
            "synthetic": True,
        },
    )


@require_safe
def directory_export(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the firms that a search leaves as xlsx or csv, up to a number that the page names."""
    if ending not in FILE_KINDS:
        raise Http404
    law = packs.current()
    search = queries.directory_search(law, request.GET.dict())
    content = queries.directory_file(law, search, ending, str(DIRECTORY_SORT_WORDS[search.sort]))
    response = HttpResponse(content, content_type=FILE_KINDS[ending])
    response["Content-Disposition"] = f'attachment; filename="kerong-firms-{law.on.isoformat()}.{ending}"'
    return response
