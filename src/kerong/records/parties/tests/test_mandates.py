"""Mandates: who may hold what, when they end, and three administrators who are never one person (LAW-31, INT-15)."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.basics.acting import house_actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.evidence import queries as evidence
from kerong.records.evidence.actions import acting
from kerong.records.parties.actions import (
    AdministratorsApartError,
    HeldAlreadyError,
    MandateRefusedError,
    create_person,
    create_user,
    end_mandates_run_out,
    end_membership,
    grant_membership,
    switch_account,
)
from kerong.records.parties.models import Membership, Person, User
from kerong.records.parties.queries import ADMINISTRATORS, ROLES, live_memberships

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

FIRM = "enterprise:X9420100DEM000014E"
NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    with using_clock(FixedClock(NOON)) as clock:
        yield clock


def account(name: str, person: Person | None = None) -> User:
    return create_user(username=name, display_name=name, person=person or create_person(name=name))


def give(user: User, role: str, party: str = "", **more: object) -> Membership:
    kinds = {"enterprise": FIRM, "institution": "institution:a", "office": "office:a", "platform": "platform"}
    return grant_membership(
        user=user, party=party or kinds[ROLES[role].party_kind], role=role, proof="测试", **more
    )


def live(user: User) -> list[str]:
    return [each.role for each in live_memberships(user=user)]


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", ROLES)
@pytest.mark.usefixtures("house")
def test_an_administrator_holds_nothing_else(first: str, second: str) -> None:
    someone = create_person(name="某人")
    give(account("one", someone), first)

    # A second account of the same person changes nothing: the rule is about people.
    if second == first:
        give(account("two", someone), second)
    else:
        with pytest.raises(AdministratorsApartError):
            give(account("two", someone), second)


@pytest.mark.usefixtures("house")
def test_whoever_has_business_becomes_no_administrator_until_it_ended() -> None:
    user = account("one")
    held = give(user, "agent")
    with pytest.raises(AdministratorsApartError):
        give(user, "audit_admin")

    end_membership(membership_id=held.id, because="离职")
    give(user, "audit_admin")

    assert live(user) == ["audit_admin"]


@pytest.mark.usefixtures("house")
def test_giving_an_account_to_a_person_with_other_powers_is_refused() -> None:
    someone = create_person(name="某人")
    give(account("one", someone), "system_admin")
    other = account("two")
    give(other, "agent")

    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(id=other.id).update(person=someone)


@pytest.mark.usefixtures("db")
def test_administrators_have_no_duty_of_business() -> None:
    business = frozenset[str]().union(
        *(role.duties for key, role in ROLES.items() if key not in {*ADMINISTRATORS, "auditor"})
    )

    assert [set(ROLES[key].duties) & business for key in ADMINISTRATORS] == [set(), set(), set()]


@pytest.mark.usefixtures("db")
def test_database_names_the_same_administrators_as_the_table_of_roles() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'parties_administrators_apart'"
        )
        text = cursor.fetchone()[0]

    assert {key for key in ROLES if f"'{key}'" in text} == set(ADMINISTRATORS)


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_the_same_moment_cannot_both_slip_through() -> None:
    with transaction.atomic(), acting(house_actor("test")):
        someone = create_person(name="某人")
        users = [account("one", someone), account("two", someone)]
    start, results = threading.Barrier(2), []

    def grant(user: User, role: str) -> None:
        try:
            with transaction.atomic(), acting(house_actor("test")):
                start.wait()
                give(user, role)
            results.append("given")
        except AdministratorsApartError:
            results.append("refused")
        finally:
            connection.close()

    pairs = zip(users, ("system_admin", "security_admin"), strict=True)
    threads = [threading.Thread(target=grant, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["given", "refused"]


@pytest.mark.usefixtures("house")
def test_mandate_is_for_the_kind_of_party_its_role_acts_for() -> None:
    user = account("one")

    for role, party in (("agent", "office:a"), ("nobody", FIRM), ("agent", "enterprise"), ("operator", FIRM)):
        with pytest.raises(MandateRefusedError):
            give(user, role, party)


@pytest.mark.usefixtures("house")
def test_same_mandate_twice_is_refused() -> None:
    user = account("one")
    give(user, "agent")

    with pytest.raises(HeldAlreadyError):
        give(user, "agent")


@pytest.mark.usefixtures("house")
def test_mandate_ends_with_its_last_day(clock: FixedClock) -> None:
    user = account("one")
    give(user, "agent", until=date(2026, 11, 30))
    clock.at = datetime(2026, 11, 30, 23, 59, tzinfo=SHANGHAI)
    on_the_last_day = live(user)
    clock.move(timedelta(minutes=1))

    assert (on_the_last_day, live(user)) == (["agent"], [])
    assert end_mandates_run_out() == 1
    assert Membership.objects.get(user=user).ended_because == "任期届满"


@pytest.mark.usefixtures("house")
def test_a_new_legal_representative_ends_the_former_and_the_agents() -> None:
    former, agent, new = (account(name) for name in ("former", "agent", "new"))
    give(former, "legal_representative")
    give(agent, "agent")

    give(new, "legal_representative")

    assert (live(former), live(agent), live(new)) == ([], [], ["legal_representative"])


@pytest.mark.usefixtures("house")
def test_mandate_is_ended_and_never_rewritten() -> None:
    held = give(account("one"), "agent")

    with pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.filter(id=held.id).update(role="legal_representative")
    end_membership(membership_id=held.id, because="离职")
    with pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.filter(id=held.id).update(ended_at=None)


@pytest.mark.usefixtures("house")
def test_grants_and_ends_are_in_the_evidence() -> None:
    held = give(account("one"), "agent")
    end_membership(membership_id=held.id, because="离职")

    kinds = [event.kind for event in evidence.events(row_table="parties_membership", row_id=str(held.id))]
    assert kinds == ["mandate_ended", "mandate_granted"]


def test_disabled_account_is_a_stranger_from_its_next_request_on(sign_in: Callable[..., Client]) -> None:
    client = sign_in("agent", FIRM)
    before = client.get("/people/").status_code

    switch_account(user_id=client.actor.user, on=False, because="测试")

    assert (before, client.get("/people/").status_code) == (200, 302)


def test_ended_mandate_gives_no_more_pages(sign_in: Callable[..., Client]) -> None:
    client = sign_in("security_admin", "platform")
    before = client.get("/access/").status_code

    end_membership(membership_id=Membership.objects.get(user_id=client.actor.user).id, because="测试")

    assert (before, client.get("/access/").status_code) == (200, 403)
