"""The documents that the law stands on: their list, and one with everything that cites it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.forms import typed_text
from kerong.engines.rules.model import VERIFIED
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kerong.capabilities.policy_library.queries import Citing, SourceLine
    from kerong.records.packs.queries import CurrentLaw


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """List the documents that match a search."""
    law = packs.current()
    text = typed_text(request, "q")
    verified = request.GET.get("mark", "") if request.GET.get("mark") in VERIFIED else ""
    lines = queries.kept(law, _lines)
    words = queries.words_of(text)
    return render(
        request,
        "policy_library/sources.html",
        {
            "section": "rules",
            "law": law,
            "lines": [
                line
                for line in lines
                if verified in ("", *line.marks) and all(word in _searched(line) for word in words)
            ],
            "total": len(lines),
            "text": text,
            "verified": verified,
            "marks": [name for name in VERIFIED if any(name in line.marks for line in lines)],
        },
    )


@require_safe
def source(request: HttpRequest, key: str) -> HttpResponse:
    """Show one document: its clauses in our words, and under each what cites it."""
    law = packs.current()
    found = law.library.sources.get(key)
    if found is None:
        raise Http404
    citing = queries.kept(law, _citing)
    anchors = [(anchor, citing.get(f"{key}#{anchor.key}", [])) for anchor in found.anchors.values()]
    things = [thing for _anchor, here in anchors for thing in here]
    return render(
        request,
        "policy_library/source.html",
        {
            "section": "rules",
            "law": law,
            "source": found,
            "anchors": anchors,
            "citing_count": len(things),
            "is_our_own": bool(things) and all(thing.mark.verified == "assumption" for thing in things),
        },
    )


def _citing(law: CurrentLaw) -> dict[str, list[Citing]]:
    return queries.everything_citing(law.library, law.on)


def _lines(law: CurrentLaw) -> tuple[SourceLine, ...]:
    return queries.source_lines(law.library, queries.kept(law, _citing))


def _searched(line: SourceLine) -> str:
    found = line.source
    return queries.folded(f"{found.title}\n{found.number}\n{found.issuer}\n{found.key}")
