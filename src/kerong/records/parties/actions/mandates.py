"""Gives people mandates and ends them: by somebody, by date, or because the firm has a new legal representative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kerong.basics import party_reference
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import seal
from kerong.records.parties.models import Membership
from kerong.records.parties.queries import role as role_named

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from kerong.records.parties.models import User

STREAM = "parties"
REPRESENTATIVE = "legal_representative"
ADMINISTRATORS_APART = "parties_administrators_apart"


class MandateRefusedError(ValueError):
    """A mandate that cannot be: unknown role, wrong kind of party, held already, or administrators mixed (LAW-31)."""


class AdministratorsApartError(MandateRefusedError):
    """One person would be two administrators, or an administrator with business (LAW-31)."""


class HeldAlreadyError(MandateRefusedError):
    """The account holds this mandate already."""


@transaction.atomic
def grant_membership(
    *, user: User, party: str, role: str, proof: str, until: date | None = None
) -> Membership:
    """Let an account act for a party in a role, until the end of a day or until it is ended.

    Raises MandateRefusedError, of which AdministratorsApartError and HeldAlreadyError say why; the database decides,
    so that two grants at the same moment cannot both slip through.
    """
    _check(party, role, until)
    _end_what_ran_out(
        Membership.objects.filter(user__person_id=user.person_id, user__person_id__isnull=False)
    )
    _end_what_ran_out(Membership.objects.filter(user=user))
    if role == REPRESENTATIVE:
        _end_former_representative(user, party)
    now = current_clock().now()
    made = Membership(
        id=new_identifier(now), user=user, party=party, role=role, since=now, until=until, proof=proof
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if ADMINISTRATORS_APART in str(error):
            raise AdministratorsApartError(
                "one person is one administrator at most, and holds nothing beside it"
            ) from None
        if "parties_one_live_membership" in str(error):
            raise HeldAlreadyError(f"{user.username} is {role} for {party} already") from None
        raise
    seal(made, stream=STREAM, kind="mandate_granted", subject=party)
    return made


@transaction.atomic
def end_membership(*, membership_id: UUID | str, because: str) -> Membership:
    """End a mandate now; a second end changes nothing. Raises Membership.DoesNotExist."""
    found = Membership.objects.select_for_update().get(id=membership_id)
    if found.ended_at is None:
        _end([found], because)
    return found


@transaction.atomic
def end_mandates_run_out() -> int:
    """End every mandate whose last day is over, and return how many there were: for the hourly job (INT-15)."""
    return _end_what_ran_out(Membership.objects.all())


@transaction.atomic
def representative_changed(*, party: str, because: str) -> int:
    """End the mandates that a firm's former legal representative gave or held, and return how many (INT-15)."""
    roles = (REPRESENTATIVE, "agent")
    given = Membership.objects.select_for_update().filter(party=party, role__in=roles, ended_at__isnull=True)
    return _end(list(given), because)


@transaction.atomic
def end_all_of(*, user: User, because: str) -> int:
    """End every mandate of an account."""
    held = Membership.objects.select_for_update().filter(user=user, ended_at__isnull=True)
    return _end(list(held), because)


def _check(party: str, key: str, until: date | None) -> None:
    held = role_named(key)
    if held is None:
        raise MandateRefusedError(f"there is no role {key!r}")
    try:
        kind = party_reference.parse(party).kind
    except party_reference.PartyReferenceError as error:
        raise MandateRefusedError(str(error)) from None
    if kind != held.party_kind:
        raise MandateRefusedError(f"a {key} acts for a party of kind {held.party_kind}, not {kind}")
    if until is not None and until < current_clock().today():
        raise MandateRefusedError("the last day is over already")


def _end_former_representative(user: User, party: str) -> None:
    """A firm has one legal representative: a new one ends the former's mandate and those the former gave."""
    former = Membership.objects.filter(party=party, role=REPRESENTATIVE, ended_at__isnull=True)
    if user.person_id:
        former = former.exclude(user__person_id=user.person_id)
    if former.exclude(user=user).exists():
        representative_changed(party=party, because="法定代表人变更")


def _end_what_ran_out(memberships: QuerySet[Membership]) -> int:
    over = memberships.filter(until__lt=current_clock().today(), ended_at__isnull=True)
    return _end(list(over.select_for_update(of=("self",))), "任期届满")


def _end(memberships: list[Membership], because: str) -> int:
    now = current_clock().now()
    for each in memberships:
        each.ended_at, each.ended_because = now, because[:200]
        each.save(update_fields=["ended_at", "ended_because"])
        seal(each, stream=STREAM, kind="mandate_ended", subject=each.party, detail={"because": because[:200]})
    return len(memberships)
