"""Pages of institutions with their licences and branches, and of public offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerong.basics import party_reference, regions
from kerong.basics.acting import current_actor
from kerong.records.parties.actions import add_licence, end_licence, store_branch
from kerong.records.parties.forms import BranchForm, LicenceForm
from kerong.records.parties.queries import (
    INSTITUTION_KINDS,
    LANDINGS,
    branch_of,
    branches_of,
    institution,
    institution_lines,
    licences_of,
    needs,
    office_lines,
)

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

PAGE = 20


@require_safe
def institution_list(request: HttpRequest) -> HttpResponse:
    """List institutions by kind and part of the name."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    kind = kind if kind in dict(INSTITUTION_KINDS) else ""
    found = institution_lines(text=text, kind=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "institutions",
        "page": page,
        "text": text,
        "kind": kind,
        "kinds": INSTITUTION_KINDS,
        "synthetic": any(line.is_demo for line in page.object_list),
    }
    return render(request, "parties/institutions.html", context)


@require_safe
def institution_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show one institution; its own administrator may change it here."""
    return _page(request, key)


@needs("institution.manage")
@require_POST
def licence_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add a licence."""
    _own(key)
    form = LicenceForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                add_licence(institution=key, **form.cleaned_data)
        except IntegrityError:
            form.add_error("number", _("这个证号已经登记。"))
        else:
            return redirect("parties:institution", key=key)
    return _page(request, key, licence_form=form)


@needs("institution.manage")
@require_POST
def licence_end(request: HttpRequest, key: str, licence: UUID) -> HttpResponse:
    """Take a licence off the page."""
    del request
    _own(key)
    if not licences_of(key).filter(id=licence).exists():
        raise Http404
    end_licence(institution=key, licence_id=licence)
    return redirect("parties:institution", key=key)


@needs("institution.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def branch_store(request: HttpRequest, key: str, branch: UUID | None = None) -> HttpResponse:
    """Add a branch, or change one."""
    _own(key)
    found = branch_of(key, branch) if branch else None
    if branch and found is None:
        raise Http404
    if request.method != "POST":
        before = {name: getattr(found, name) for name in BranchForm.base_fields} if found else None
        return _page(request, key, branch_form=BranchForm(initial=before, landings=LANDINGS), branch=found)
    form = BranchForm(request.POST, landings=LANDINGS)
    if form.is_valid():
        try:
            with transaction.atomic():
                store_branch(institution=key, branch_id=branch, **form.cleaned_data)
        except IntegrityError:
            form.add_error("name", _("已经有这个名称的分支机构。"))
        else:
            return redirect("parties:institution", key=key)
    return _page(request, key, branch_form=form, branch=found)


@require_safe
def office_list(request: HttpRequest) -> HttpResponse:
    """List the public offices: those the plan names and those of the prefectures."""
    return render(request, "parties/offices.html", {"section": "institutions", "groups": office_lines()})


def _page(request: HttpRequest, key: str, **forms: object) -> HttpResponse:
    found = institution(key)
    if found is None:
        raise Http404
    may_change = _may_change(key)
    place = regions.find(found.region_code)
    context = {
        "section": "institutions",
        "institution": found,
        "place": place.name if place else "",
        "licences": licences_of(key),
        "branches": [(each, regions.find(each.region_code)) for each in branches_of(key)],
        "may_change": may_change,
        "synthetic": found.is_demo,
        **(
            {"licence_form": LicenceForm(), "branch_form": BranchForm(landings=LANDINGS)}
            if may_change
            else {}
        ),
        **forms,
    }
    wrong = any(getattr(form, "is_bound", False) for form in forms.values())
    return render(request, "parties/institution.html", context, status=422 if wrong else 200)


def _may_change(key: str) -> bool:
    actor = current_actor()
    return actor.may("institution.manage") and actor.party == party_reference.institution(key)


def _own(key: str) -> None:
    """Refuse another institution's page the way an unknown one is refused."""
    if not _may_change(key):
        raise Http404
