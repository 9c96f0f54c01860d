"""The industry classification has the standard's counts, and every entry hangs from a section."""

from __future__ import annotations

from collections import Counter

from kerong.basics import industries


def test_counts_are_those_of_the_standard() -> None:
    levels = Counter(entry.level for entry in industries.all_industries().values())

    assert levels == {1: 20, 2: 97, 3: 473, 4: 1_381}


def test_every_entry_leads_up_to_a_section() -> None:
    for code, entry in industries.all_industries().items():
        line = industries.ancestors(code)

        assert line[0] == entry
        assert line[-1].level == 1


def test_code_is_found_with_or_without_its_section() -> None:
    assert industries.label_of("C") == "制造业"
    assert industries.find("C3912") == industries.find("3912") == industries.find(" c3912 ")
    assert industries.find("A3912") is None
    assert industries.section_of("3912") == "C"
    assert (industries.label_of("0000"), industries.section_of("Z"), industries.ancestors("x")) == (
        "",
        None,
        (),
    )


def test_within_holds_for_every_level() -> None:
    assert industries.is_within("3912", "39")
    assert industries.is_within("3912", "C")
    assert not industries.is_within("3912", "I")
    assert not industries.is_within("3912", "ZZ")
