"""The engine and a slow reference written from the document give the same integers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engines.invoices.tests.made_up import INVOICES, LISTS, ON, fast
from kerong.engines.invoices.tests.slow_reference import Invoice, facts_of


@settings(max_examples=250, deadline=None)
@given(rows=LISTS, on=st.sampled_from([ON, date(2024, 3, 1), date(2024, 2, 29), date(2023, 1, 31)]))
def test_made_up_invoices_give_the_reference_facts(rows: list[Invoice], on: date) -> None:
    found = fast(rows, on)

    assert found == {firm: facts_of(firm, rows, on) for firm in sorted({one.firm for one in rows})}


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(INVOICES, max_size=25), direction=st.sampled_from(["sale", "purchase"]))
def test_side_without_a_file_is_missing_and_never_zero(rows: list[Invoice], direction: str) -> None:
    mine = [one for one in rows if one.direction == direction]

    found = fast(rows, ON, (direction,))

    assert found == {
        firm: facts_of(firm, rows, ON, (direction,)) for firm in sorted({one.firm for one in mine})
    }


@pytest.mark.parametrize(
    "first", [date(2022, 2, 28), date(2022, 3, 1), date(2023, 2, 28), date(2023, 3, 1), date(2023, 4, 1)]
)
def test_history_of_one_and_two_years_counts_from_its_first_month(first: date) -> None:
    days = [first, date(2023, 2, 10), date(2023, 3, 5), date(2024, 2, 28)]
    rows = [Invoice("甲", "sale", "a", day, 100 + at, True) for at, day in enumerate(days) if day >= first]

    found = fast(rows)["甲"]

    assert found == facts_of("甲", rows, ON)
    assert (found["invoice_sales_growth_bp"] is None) == (first > date(2022, 3, 31))
    assert (found["invoice_sales_variation_bp"] is None) == (first > date(2023, 3, 31))


def test_shares_whose_floats_fall_short_are_floored_exactly() -> None:
    """In floats twenty-five equal customers give 399.99999999999994, and these months 8225.999999999998."""
    equal = [Invoice("甲", "sale", f"c{at}", date(2023, 7, 7), 333, True) for at in range(25)]
    months = [
        Invoice(
            "乙",
            "sale",
            "a",
            date(2023 + (at > 9), (at + 2) % 12 + 1, 7),
            847_366_265_926 if at % 2 == 0 else 8_705_804_714_074,
            True,
        )
        for at in range(12)
    ]

    found = fast([*equal, *months])

    assert found["甲"]["invoice_customer_concentration_bp"] == 400
    assert found["乙"]["invoice_sales_variation_bp"] == 8_226


def test_nulls_are_refused_with_their_number() -> None:
    broken = Invoice("甲", "sale", "a", ON, None, True)  # type: ignore[arg-type] - the mistake is the point

    with pytest.raises(ValueError, match="column net_fen has 1 nulls"):
        fast([broken])
