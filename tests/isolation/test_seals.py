"""Rows that were changed, removed or slipped in behind our back are named by the integrity check (LAW-33)."""

from __future__ import annotations

import pytest
from django.db import connection

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import check_integrity, seal, sequence_events
from kerong.records.evidence.queries import breaches
from kerong.records.parties.models import Person

NEVER = "这一行从未封存：不是由系统写入的"
pytestmark = pytest.mark.usefixtures("house")


def somebody() -> Person:
    """Return a person as one would be written past our actions: without a seal."""
    return Person.objects.create(id=new_identifier(current_clock().now()), name="测试人员")


def people_that_do_not_hold() -> list[tuple[str, str]]:
    return [(each.place, each.detail) for each in breaches() if each.place.startswith("parties_person:")]


def behind_our_back(statement: str, *values: object) -> None:
    """Change rows as somebody with the owner's rights would, past triggers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_rows_that_were_sealed_hold() -> None:
    person = somebody()
    assert people_that_do_not_hold() == [(f"parties_person:{person.id}", NEVER)]

    seal(person, stream="parties", kind="person_created")
    sequence_events()

    assert people_that_do_not_hold() == []


def test_changed_row_is_named() -> None:
    person = somebody()
    seal(person, stream="parties", kind="person_created")

    behind_our_back("UPDATE parties_person SET name = '另一个人'")

    check, findings = check_integrity()
    named = [(each.what, each.place) for each in findings]
    assert ("row", f"parties_person:{person.id}") in named
    assert check.finding_count == len(named)


def test_removed_row_is_named() -> None:
    person = somebody()
    seal(person, stream="parties", kind="person_created")

    behind_our_back("DELETE FROM parties_person")

    assert people_that_do_not_hold() == [(f"parties_person:{person.id}", "封存过的行不见了")]
