"""What must not change a fact, and which way facts may move."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engines.invoices.exact import MISSING, TooLargeError, share_bp, sums
from kerong.engines.invoices.features import FACT_NAMES
from kerong.engines.invoices.tests.made_up import LISTS, ON, fast
from kerong.engines.invoices.tests.slow_reference import Invoice, month_of

CONCENTRATION = (
    "invoice_top_customer_share_bp",
    "invoice_top_five_customers_share_bp",
    "invoice_customer_concentration_bp",
)


@settings(max_examples=60, deadline=None)
@given(rows=LISTS, seed=st.integers(0, 1_000))
def test_order_of_rows_changes_nothing(rows: list[Invoice], seed: int) -> None:
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - chance here is seeded

    assert fast(shuffled) == fast(rows)


@settings(max_examples=60, deadline=None)
@given(rows=LISTS)
def test_names_of_firms_and_customers_change_nothing(rows: list[Invoice]) -> None:
    renamed = [
        replace(one, firm="x" + one.firm, counterparty=one.counterparty and one.counterparty * 3)
        for one in rows
    ]

    assert {firm[1:]: found for firm, found in fast(renamed).items()} == fast(rows)


@settings(max_examples=60, deadline=None)
@given(rows=LISTS)
def test_other_firms_change_nothing(rows: list[Invoice]) -> None:
    everyone = fast(rows)

    alone = fast([one for one in rows if one.firm == "甲"])

    assert alone == {firm: found for firm, found in everyone.items() if firm == "甲"}


@settings(max_examples=60, deadline=None)
@given(rows=LISTS)
def test_invoices_of_the_current_month_and_later_change_nothing_of_a_known_side(rows: list[Invoice]) -> None:
    earlier = [one for one in rows if month_of(one.day) < month_of(ON)]
    found = fast(rows)

    assert {firm: found[firm] for firm in {one.firm for one in earlier}} == fast(earlier)


@settings(max_examples=60, deadline=None)
@given(rows=LISTS, amount=st.integers(-(10**9), 10**9))
def test_amount_of_a_void_invoice_changes_nothing(rows: list[Invoice], amount: int) -> None:
    changed = [one if one.is_valid else replace(one, net_fen=amount, counterparty="new") for one in rows]

    assert fast(changed) == fast(rows)


@settings(max_examples=60, deadline=None)
@given(rows=LISTS.filter(lambda rows: any(one.direction == "sale" for one in rows)))
def test_one_more_void_sale_changes_only_the_void_share(rows: list[Invoice]) -> None:
    firm = next(one.firm for one in rows if one.direction == "sale")
    known = Invoice(firm, "sale", "a", date(2020, 1, 1), 0, is_valid=True)
    void = Invoice(firm, "sale", "b", date(2023, 7, 1), 5_000_000, is_valid=False)
    before, after = fast([*rows, known])[firm], fast([*rows, known, void])[firm]

    changed = {name for name in FACT_NAMES if before[name] != after[name]}

    assert changed <= {"invoice_void_share_bp"}
    assert (after["invoice_void_share_bp"] or 0) >= (before["invoice_void_share_bp"] or 0)


@settings(max_examples=80, deadline=None)
@given(
    amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=12),
    whole=st.integers(2, 10**9),
    part=st.integers(1, 10**9),
)
def test_splitting_a_customer_never_raises_concentration(amounts: list[int], whole: int, part: int) -> None:
    part %= whole
    day = date(2023, 9, 1)
    others = [Invoice("甲", "sale", f"c{at}", day, amount, True) for at, amount in enumerate(amounts)]
    together = [*others, Invoice("甲", "sale", "x", day, whole, True)]
    split = [
        *others,
        Invoice("甲", "sale", "x", day, whole - part, True),
        Invoice("甲", "sale", "y", day, part, True),
    ]
    before, after = fast(together)["甲"], fast(split)["甲"]

    assert all((after[name] or 0) <= (before[name] or 0) for name in CONCENTRATION)


@settings(max_examples=60, deadline=None)
@given(rows=LISTS)
def test_shares_of_a_whole_stay_between_nothing_and_all(rows: list[Invoice]) -> None:
    bounded = (*CONCENTRATION, "invoice_new_customer_share_bp", "invoice_repeat_customer_share_bp")
    bounded += ("invoice_void_share_bp", "invoice_sales_best_month_share_bp", "invoice_top_supplier_share_bp")

    for found in fast(rows).values():
        values = [found[name] for name in bounded]
        assert all(value is None or 0 <= value <= 10_000 for value in values)


def test_refund_lowers_the_month_in_which_it_was_issued() -> None:
    rows = [
        Invoice("甲", "sale", "a", date(2022, 5, 1), 700, True),
        Invoice("甲", "sale", "a", date(2023, 5, 1), 1_000, True),
        Invoice("甲", "sale", "a", date(2023, 8, 1), -1_000, True),
        Invoice("甲", "sale", "a", date(2023, 9, 1), 3_000, True),
    ]

    found = fast(rows)["甲"]

    assert found["invoice_sales_12m_fen"] == 3_000
    assert found["invoice_refund_share_bp"] == 2_500
    assert found["invoice_months_active_count"] == 2
    assert found["invoice_sales_best_month_share_bp"] == 7_500


def test_sums_are_exact_where_floats_are_not() -> None:
    amounts = np.array([2**53, 1, 1, -1, 2**40 + 1], np.int64)

    assert sums(np.zeros(5, np.int32), amounts, 1).tolist() == [2**53 + 1 + 2**40 + 1]


def test_sums_too_large_for_exactness_are_refused() -> None:
    with pytest.raises(TooLargeError, match="cannot be added exactly"):
        sums(np.zeros(10**6, np.int32), np.full(10**6, 2**60), 1)


def test_share_of_amounts_beyond_64_bits_is_exact() -> None:
    part, whole = np.array([10**18, -1, 5, 10**18]), np.array([3 * 10**18, 3, 0, 1])

    assert share_bp(part, whole).tolist() == [3_333, -3_334, MISSING, 10_000_000]
