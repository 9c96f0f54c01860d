"""Lines for the pages: mandates in words, accounts, institutions, offices, claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Count, Q

from kerong.basics.clock import current_clock
from kerong.records.evidence import queries as evidence
from kerong.records.parties.models import Branch, FirmClaim, Institution, Licence, Membership, Office, User
from kerong.records.parties.queries.memberships import name_of_party
from kerong.records.parties.queries.roles import role
from kerong.records.parties.queries.signing import signing_request, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

INSTITUTION_KINDS = Institution.KINDS
LANDINGS = Branch.LANDINGS
_EVENTS = 30


class MandateLine(NamedTuple):
    """A mandate in words; ``state`` is live, over or ended."""

    membership: Membership
    role: Any
    party: str
    state: str


class ClaimLine(NamedTuple):
    """A claim in words; ``state`` is that of its signature, or granted."""

    claim: FirmClaim
    firm: str
    state: str
    expires_at: datetime | None


class AccountLine(NamedTuple):
    """An account with its live mandates and whether it has a second factor."""

    user: User
    mandates: list[MandateLine]
    has_factor: bool


def lines_of_mandates(memberships: Iterable[Membership]) -> list[MandateLine]:
    """Return mandates with role and party in words."""
    today = current_clock().today()
    names: dict[str, str] = {}
    lines: list[MandateLine] = []
    for each in memberships:
        held = role(each.role)
        if each.party not in names:
            names[each.party] = name_of_party(each.party)
        state = "ended" if each.ended_at else "over" if each.until and each.until < today else "live"
        lines.append(MandateLine(each, held.label if held else each.role, names[each.party], state))
    return lines


def account(user: UUID | None = None, *, membership: UUID | None = None) -> User | None:
    """Return an account by its id, or the one that holds a mandate; or None."""
    wanted = {"memberships__id": membership} if membership else {"id": user}
    return User.objects.select_related("person").filter(**wanted).first()


class account_lines:  # noqa: N801 - a lazy list that reads as a function where it is used
    """The accounts that a search leaves, read one page at a time."""

    def __init__(self, *, text: str = "", role: str = "") -> None:
        found = User.objects.select_related("person").order_by("username")
        if text:
            found = found.filter(Q(username__icontains=text) | Q(display_name__contains=text))
        if role:
            found = found.filter(memberships__role=role, memberships__ended_at__isnull=True).distinct()
        self._found = found

    def count(self) -> int:
        """Return how many there are."""
        return self._found.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[AccountLine]:
        users = list(self._found[part])
        with_factor = set(_factors().filter(user__in=users).values_list("user_id", flat=True))
        held: dict[UUID, list[Membership]] = {}
        for each in Membership.objects.filter(user__in=users, ended_at__isnull=True).order_by("since"):
            held.setdefault(each.user_id, []).append(each)
        return [
            AccountLine(user, lines_of_mandates(held.get(user.id, [])), user.id in with_factor)
            for user in users
        ]


def factors_of(user: User) -> dict[str, int]:
    """Return how many authenticator apps, passkeys and sets of recovery codes an account has."""
    found = Authenticator.objects.filter(user_id=user.pk).values_list("type").annotate(number=Count("id"))
    return dict(found)


def sessions_of(user: User) -> QuerySet[UserSession]:
    """Return where an account is signed in, the latest first."""
    return UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at")


def events_of_access(user: User) -> list[Any]:
    """Return what the evidence says about an account: its own row, and its owner's mandates and signing in."""
    own = list(evidence.events(row_table="parties_user", row_id=str(user.pk))[:_EVENTS])
    if user.person_id:
        own += list(evidence.events(stream="access", subject=f"person:{user.person_id}")[:_EVENTS])
    return sorted(own, key=lambda event: event.occurred_at, reverse=True)[:_EVENTS]


def institution(key: str) -> Institution | None:
    """Return one institution, or None."""
    return Institution.objects.filter(key=key).first()


def institution_lines(*, text: str = "", kind: str = "") -> QuerySet[Institution]:
    """Return institutions with their numbers of branches and specialised ones."""
    found = Institution.objects.order_by("kind", "key").annotate(
        branch_count=Count("branches", filter=~Q(branches__landing="closed")),
        specialised_count=Count(
            "branches", filter=Q(branches__is_specialised=True, branches__landing="open")
        ),
    )
    if text:
        found = found.filter(name__contains=text)
    return found.filter(kind=kind) if kind else found


def licences_of(key: str) -> QuerySet[Licence]:
    """Return the licences of an institution that were not taken off."""
    return Licence.objects.filter(institution_id=key, ended_at__isnull=True).order_by("name", "number")


def branches_of(key: str) -> QuerySet[Branch]:
    """Return the branches of an institution by name."""
    return Branch.objects.filter(institution_id=key).order_by("name")


def branch_of(key: str, branch: UUID) -> Branch | None:
    """Return one branch of an institution, or None."""
    return Branch.objects.filter(institution_id=key, id=branch).first()


def office_lines() -> list[tuple[Any, list[Office]]]:
    """Return the public offices by kind, in the order of the kinds."""
    found = list(Office.objects.order_by("region_code", "key"))
    return [
        (label, [office for office in found if office.kind == kind])
        for kind, label in Office.KINDS
        if any(office.kind == kind for office in found)
    ]


def claim_lines(owner: str) -> list[ClaimLine]:
    """Return a person's claims in words, the latest first."""
    lines: list[ClaimLine] = []
    for claim in FirmClaim.objects.filter(owner=owner).order_by("-asked_at"):
        request = signing_request(claim.signing_request)
        state = "granted" if claim.granted_at else state_of(request) if request else "withdrawn"
        name = name_of_party(f"enterprise:{claim.uscc}")
        lines.append(ClaimLine(claim, name, state, request.expires_at if request else None))
    return lines


def _factors() -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN))
