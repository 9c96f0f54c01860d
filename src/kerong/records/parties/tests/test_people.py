"""Natural persons: numbers encrypted, found by a keyed digest, masked for the eye (standards 2.7)."""

from __future__ import annotations

import pytest

from kerong.records.parties.actions import PersonKnownError, create_person
from kerong.records.parties.models import Person
from kerong.records.parties.queries import (
    masked_account,
    masked_name,
    masked_number,
    masked_number_of,
    masked_phone,
    masked_phone_of,
    person_by_number,
    phone_of,
)

# A number that no office gives: region 999999 does not exist.
NUMBER, PHONE = "999999199001011234", "13800001234"


@pytest.mark.usefixtures("house")
def test_person_is_found_by_number_and_stored_encrypted() -> None:
    made = create_person(name="张某", number=NUMBER, phone=PHONE)
    stored = Person.objects.get(id=made.id)

    assert person_by_number(f" {NUMBER[:6]} {NUMBER[6:]} ") == made
    assert person_by_number("999999199001015678") is None
    kept = f"{stored.number_sealed}{stored.number_blind}{stored.phone_sealed}"
    assert (NUMBER in kept, PHONE in kept) == (False, False)
    assert (masked_number_of(stored), masked_phone_of(stored), phone_of(stored)) == (
        "999***********1234",
        "138****1234",
        PHONE,
    )


@pytest.mark.usefixtures("house")
def test_same_number_is_the_same_person() -> None:
    first = create_person(name="张某", number=NUMBER)

    assert create_person(name="张某", number=NUMBER) == first
    with pytest.raises(PersonKnownError):
        create_person(name="李某", number=NUMBER)


@pytest.mark.usefixtures("house")
def test_sealed_numbers_do_not_open_for_another_person() -> None:
    first, second = create_person(name="张某", phone=PHONE), create_person(name="李某", phone=PHONE)
    assert first.phone_sealed != second.phone_sealed

    second.phone_sealed = first.phone_sealed
    with pytest.raises(Exception, match=r"."):
        phone_of(second)


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (masked_name("张三丰"), "张**"),
        (masked_name("张"), "张"),
        (masked_number("1234567"), "*******"),
        (masked_phone("027-87654321"), "**********21"),
        (masked_phone(""), ""),
        (masked_account("6222021234567890"), "************7890"),
    ],
)
def test_masks(masked: str, expected: str) -> None:
    assert masked == expected
