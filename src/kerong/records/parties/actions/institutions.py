"""Keeps an institution's licences and branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import seal
from kerong.records.parties.models import Branch, Licence

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


@transaction.atomic
def add_licence(  # noqa: PLR0913 - what stands on a licence
    *,
    institution: str,
    name: str,
    number: str,
    issuer: str,
    valid_from: date,
    valid_until: date | None = None,
) -> Licence:
    """Add a licence or filing to an institution."""
    made = Licence.objects.create(
        id=new_identifier(current_clock().now()),
        institution_id=institution,
        name=name,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    seal(made, stream="parties", kind="licence_added", subject=f"institution:{institution}")
    return made


@transaction.atomic
def end_licence(*, institution: str, licence_id: UUID | str) -> Licence:
    """Take a licence off the page; it stays in the record. Raises Licence.DoesNotExist."""
    found = Licence.objects.select_for_update().get(id=licence_id, institution_id=institution)
    if found.ended_at is None:
        found.ended_at = current_clock().now()
        found.save(update_fields=["ended_at"])
        seal(found, stream="parties", kind="licence_ended", subject=f"institution:{institution}")
    return found


@transaction.atomic
def store_branch(  # noqa: PLR0913 - what a branch is
    *,
    institution: str,
    name: str,
    region_code: str,
    is_specialised: bool,
    landing: str,
    landing_since: date,
    branch_id: UUID | str | None = None,
) -> Branch:
    """Add a branch, or change one of the same institution. Raises Branch.DoesNotExist."""
    now = current_clock().now()
    if branch_id is None:
        branch = Branch(id=new_identifier(now), institution_id=institution)
    else:
        branch = Branch.objects.select_for_update().get(id=branch_id, institution_id=institution)
    branch.name, branch.region_code, branch.is_specialised = name, region_code, is_specialised
    branch.landing, branch.landing_since = landing, landing_since
    branch.save()
    kind = "branch_changed" if branch_id else "branch_added"
    seal(
        branch, stream="parties", kind=kind, subject=f"institution:{institution}", detail={"landing": landing}
    )
    return branch
