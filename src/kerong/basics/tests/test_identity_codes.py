"""GB 32100 and GB 11714: what is caught, what is folded, and the column check against the single one."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.basics.identity_codes import (
    ALPHABET,
    LENGTH,
    WEIGHTS,
    CodeError,
    compose,
    credit_code_fault,
    is_credit_code,
    normalise,
    organisation_code_holds,
    parse_credit_code,
)
from kerong.basics.identity_columns import FAULTS, check_credit_codes, check_organisation_codes

CODES = st.builds(
    compose,
    st.sampled_from("159"),
    st.sampled_from("123"),
    st.integers(110000, 659999).map(str),
    st.text(ALPHABET, min_size=8, max_size=8),
)
# Five codes that their holders publish (INT-1).
PUBLIC = (
    "914403001922038216",
    "9144030071526726XG",
    "91330100799655058B",
    "91110000802100433B",
    "91110108551385082Q",
)


def _column(codes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.array([len(code) for code in codes], dtype=np.int32)
    padded = "".join(code if len(code) == LENGTH else "?" * LENGTH for code in codes).encode(
        "ascii", "replace"
    )
    return np.frombuffer(padded, dtype=np.uint8).reshape(-1, LENGTH), lengths


def test_weights_are_the_powers_of_three() -> None:
    assert WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@pytest.mark.parametrize("code", PUBLIC)
def test_published_code_holds(code: str) -> None:
    assert parse_credit_code(code.lower()).text == code
    assert organisation_code_holds(code[8:17])


def test_code_is_taken_apart() -> None:
    code = parse_credit_code(compose("9", "1", "420100", "MA4KABCD"))

    assert (code.department, code.category, code.region) == ("9", "1", "420100")
    assert organisation_code_holds(code.organisation)


@pytest.mark.parametrize("text", ["９１", " 91 ", "91-", "9'1", "\ufeff91", "9\u200b1", "9—1"])
def test_what_spreadsheets_add_is_dropped(text: str) -> None:
    assert normalise(text) == "91"


def test_lower_case_and_full_width_are_folded_and_nothing_else() -> None:
    assert normalise("ａbＣ") == "ABC"
    assert normalise("ﬀ①²") == "ﬀ①²"


@given(code=CODES)
def test_folded_code_is_the_same_code(code: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code.lower())

    assert parse_credit_code(f" {wide[:9]} {wide[9:]} ").text == code


@given(code=CODES, position=st.integers(0, 17), character=st.sampled_from(ALPHABET))
def test_every_single_substitution_is_caught(code: str, position: int, character: str) -> None:
    changed = code[:position] + character + code[position + 1 :]

    assert is_credit_code(changed) == (changed == code)


@given(code=CODES, position=st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(code: str, position: int) -> None:
    changed = code[:position] + code[position + 1] + code[position] + code[position + 2 :]

    assert is_credit_code(changed) == (changed == code)


@given(code=CODES, position=st.integers(0, 17))
def test_every_lost_or_doubled_character_is_caught(code: str, position: int) -> None:
    assert credit_code_fault(code[:position] + code[position + 1 :]) == "length"
    assert credit_code_fault(code[:position] + code[position] + code[position:]) == "length"


@pytest.mark.parametrize(
    ("text", "fault", "said"),
    [
        ("", "empty", "没有代码"),
        ("91420100", "length", "8 位"),
        ("9142010O100000198X", "alphabet", "O"),
        ("91A20100100000198X", "region_digits", "行政区划"),
        ("911100001000001980", "check_digit", "应为"),
    ],
)
def test_error_names_the_rule(text: str, fault: str, said: str) -> None:
    with pytest.raises(CodeError, match=said) as caught:
        parse_credit_code(text)

    assert caught.value.fault == fault


def test_organisation_code_accepts_its_hyphen() -> None:
    code = compose("9", "1", "420100", "12345678")[8:17]

    assert organisation_code_holds(f"{code[:8]}-{code[8]}")
    assert not organisation_code_holds(code[:8] + ("1" if code[8] != "1" else "2"))


@given(codes=st.lists(st.one_of(CODES, st.text(ALPHABET + "IOé", max_size=20)), min_size=1, max_size=30))
def test_column_check_agrees_with_the_single_one(codes: list[str]) -> None:
    characters, lengths = _column(codes)

    faults = [FAULTS[at] for at in check_credit_codes(characters, lengths)]

    assert faults == [credit_code_fault(code) for code in codes]


@given(
    codes=st.lists(CODES, min_size=1, max_size=20),
    position=st.integers(8, 16),
    character=st.sampled_from(ALPHABET),
)
def test_organisation_column_agrees_with_the_single_one(
    codes: list[str], position: int, character: str
) -> None:
    changed = [code[:position] + character + code[position + 1 :] for code in codes]

    holds = check_organisation_codes(_column(changed)[0])

    assert holds.tolist() == [organisation_code_holds(code[8:17]) for code in changed]


def test_column_of_many_codes_is_quick() -> None:
    characters, lengths = _column(
        [compose("9", "1", "420100", f"{number:08d}") for number in range(1_000)] * 135
    )

    started = time.perf_counter()
    faults = check_credit_codes(characters, lengths)
    took = time.perf_counter() - started

    assert not faults.any()
    assert took < 1
