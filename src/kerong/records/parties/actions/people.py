"""Stores natural persons: numbers encrypted, and found again by a keyed digest."""

from __future__ import annotations

from django.db import transaction

from kerong.basics import crypto
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import seal
from kerong.records.parties.models import Person
from kerong.records.parties.queries.people import NUMBER, PHONE, blind_number, plain_number


class PersonKnownError(ValueError):
    """Somebody else is stored under this identity number."""


@transaction.atomic
def create_person(*, name: str, number: str = "", phone: str = "", is_demo: bool = False) -> Person:
    """Store a natural person, or return the one already stored with this identity number and name.

    Raises PersonKnownError when the number belongs to another name.
    """
    blind = blind_number(number) if number else None
    if blind and (known := Person.objects.filter(number_blind=blind).first()):
        if known.name != name:
            raise PersonKnownError("this identity number is stored with another name")
        return known
    key = new_identifier(current_clock().now())
    person = Person(id=key, name=name, number_blind=blind, is_demo=is_demo)
    if number:
        person.number_sealed = _sealed(plain_number(number), NUMBER, person)
    if phone:
        person.phone_sealed = _sealed(phone.strip(), PHONE, person)
    person.save(force_insert=True)
    seal(person, stream="parties", kind="person_stored", subject=f"person:{key}")
    return person


def _sealed(text: str, purpose: str, person: Person) -> str:
    return crypto.provider().seal(text, purpose=purpose, context=f"person:{person.id}")
