"""Reads about natural persons: found by number, shown masked (standards 2.7)."""

from __future__ import annotations

import re
import unicodedata

from kerong.basics import crypto
from kerong.records.parties.models import Person

NUMBER, PHONE = "person.number", "person.phone"
_PHONE = re.compile(r"1\d{10}")
_NUMBER_HEAD, _NUMBER_TAIL, _PHONE_HEAD = 3, 4, 3


def plain_number(number: str) -> str:
    """Return an identity number as it is compared: half-width, upper case, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", number)).upper()


def blind_number(number: str) -> str:
    """Return the keyed digest by which a person is found."""
    return crypto.provider().blind(plain_number(number), purpose=NUMBER)


def person_by_number(number: str) -> Person | None:
    """Return the person with this identity number, or None."""
    return Person.objects.filter(number_blind=blind_number(number)).first()


def phone_of(person: Person) -> str:
    """Return a person's telephone number in full: for sending, never for showing."""
    if not person.phone_sealed:
        return ""
    return crypto.provider().open(person.phone_sealed, purpose=PHONE, context=f"person:{person.id}")


def masked_number_of(person: Person) -> str:
    """Return a person's identity number for the eye: first three, last four."""
    if not person.number_sealed:
        return ""
    return masked_number(
        crypto.provider().open(person.number_sealed, purpose=NUMBER, context=f"person:{person.id}")
    )


def masked_phone_of(person: Person) -> str:
    """Return a person's telephone number for the eye."""
    return masked_phone(phone_of(person))


def masked_name(name: str) -> str:
    """Return a name for the eye: 张*."""
    return name[:1] + "*" * (len(name) - 1)


def masked_number(number: str) -> str:
    """Return an identity number for the eye: first three and last four, stars between; short ones all stars."""
    if len(number) <= _NUMBER_HEAD + _NUMBER_TAIL:
        return "*" * len(number)
    hidden = len(number) - _NUMBER_HEAD - _NUMBER_TAIL
    return number[:_NUMBER_HEAD] + "*" * hidden + number[-_NUMBER_TAIL:]


def masked_phone(phone: str) -> str:
    """Return a telephone number for the eye: 138****1234; other forms keep the last two digits."""
    if _PHONE.fullmatch(phone):
        return f"{phone[:_PHONE_HEAD]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if phone else ""


def masked_account(account: str) -> str:
    """Return a bank account for the eye: its last four digits."""
    return "*" * max(len(account) - 4, 0) + account[-4:]
