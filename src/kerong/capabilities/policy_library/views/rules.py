"""The list of rules, one rule in words, and the timeline of one of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kerong.basics.acting import current_actor
from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.forms import typed_text
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from collections.abc import Container

    from django.http import HttpRequest, HttpResponse

    from kerong.engines.rules.model import Library


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules that match a search."""
    law = packs.current()
    asked = _asked(request, law.library)
    lines = queries.rules_matching(law.library, law.on, asked)
    return render(
        request,
        "policy_library/rules.html",
        {
            "section": "rules",
            "law": law,
            "groups": queries.by_region(lines),
            "shown": len(lines),
            "total": len(law.library.packs),
            "asked": asked,
            "strange": _strange(request, asked),
            "fact": law.library.facts.get(asked.fact),
            "kinds": [(key, words) for key, words in queries.KINDS.items() if _has_kind(law.library, key)],
            "regions": queries.facet_values(law.library, "region"),
            "instruments": [
                (name, queries.INSTRUMENTS.get(name, name))
                for name in queries.facet_values(law.library, "instrument")
            ],
            "doors": queries.DOORS.items(),
            "tasks": queries.tasks_named(law.library),
            "has_topics": bool(queries.topics(law.library)),
        },
    )


@require_safe
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """Say one rule in words."""
    law = packs.current()
    if key not in law.library.packs:
        raise Http404
    found = queries.rule_in_words(law.library, key, law.on)
    return render(
        request,
        "policy_library/rule.html",
        {
            "section": "rules",
            "law": law,
            "rule": found,
            "door": queries.DOORS.get(found.pack.door, ""),
            "subject": queries.SUBJECTS.get(found.pack.subject, ""),
            "cites_listed": found.cites,
            "yaml": queries.yaml_of(law, found.pack),
            "is_movable": found.pack in queries.movable_rules(law),
            "may_draft": current_actor().may("packs.draft"),
            "judges_firms": found.pack.subject == "enterprise" and bool(found.clauses),
            "topic": next((t for t in queries.topics(law.library) if t.topic == found.pack.topic), None),
        },
    )


@require_safe
def value(request: HttpRequest, key: str, parameter: str) -> HttpResponse:
    """Show one number of a rule in time."""
    law = packs.current()
    pack = law.library.packs.get(key)
    found = pack.parameters.get(parameter) if pack else None
    if pack is None or found is None:
        raise Http404
    return render(
        request,
        "policy_library/value.html",
        {
            "section": "rules",
            "law": law,
            "pack": pack,
            "parameter": found,
            "timeline": queries.timeline(law.library, pack, found, law.on),
            "is_movable": queries.is_movable(law, pack, found),
            "releases": queries.releases_changing(pack, parameter),
        },
    )


def _asked(request: HttpRequest, library: Library) -> queries.Asked:
    """Read the filters; what is not among the choices asks for everything."""
    task = request.GET.get("task", "")

    def one_of(name: str, choices: Container[str]) -> str:
        chosen = request.GET.get(name, "")
        return chosen if chosen in choices else ""

    return queries.Asked(
        text=typed_text(request, "q"),
        kind=one_of("kind", queries.KINDS),
        region=one_of("region", queries.facet_values(library, "region")),
        instrument=one_of("instrument", queries.facet_values(library, "instrument")),
        door=one_of("door", queries.DOORS),
        fact=one_of("fact", library.facts.keys()),
        task=next((number for number in queries.tasks_named(library) if str(number) == task), 0),
    )


def _strange(request: HttpRequest, asked: queries.Asked) -> list[str]:
    """Return the filter values in the address that are none of the choices, and so filter nothing."""
    kept = {
        name: str(getattr(asked, name) or "")
        for name in ("kind", "region", "instrument", "door", "task", "fact")
    }
    typed = {name: request.GET.get(name, "").replace("\0", "")[:40] for name in kept}
    return [value for name, value in typed.items() if value.strip() and value != kept[name]]


def _has_kind(library: Library, kind: str) -> bool:
    return any(pack.kind == kind for pack in library.packs.values())
