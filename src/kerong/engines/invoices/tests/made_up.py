"""Made-up invoices for tests, and the fast computation on them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from kerong.engines.invoices.exact import MISSING
from kerong.engines.invoices.features import FACT_NAMES, compute
from kerong.engines.invoices.table import SCHEMA, make_invoices
from kerong.engines.invoices.tests.slow_reference import Found, Invoice

if TYPE_CHECKING:
    from collections.abc import Sequence

ON = date(2024, 3, 15)
"""The window is March 2023 to February 2024, with a leap day."""

_AMOUNTS = st.one_of(
    st.sampled_from([0, 1, -1, 100, 100, 33_333, -33_333, 10**13, -(10**13)]),
    st.integers(-(10**6), 10**7),
)
INVOICES = st.builds(
    Invoice,
    firm=st.sampled_from(["甲", "乙", "丙"]),
    direction=st.sampled_from(["sale", "sale", "purchase"]),
    counterparty=st.sampled_from(["a", "b", "c", "d", "e", "f", "g", None]),
    day=st.one_of(
        st.integers(0, 1_500).map(lambda back: date(2024, 4, 20) - timedelta(days=back)),
        st.sampled_from(
            [date(2023, 3, 1), date(2023, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2021, 3, 1)]
        ),
    ),
    net_fen=_AMOUNTS,
    is_valid=st.sampled_from([True, True, True, False]),
)
LISTS = st.lists(INVOICES, max_size=60)


def table_of(rows: Sequence[Invoice]) -> pa.Table:
    """Return invoices of one direction as the engine's columns."""
    return pa.table(
        {
            name: pa.array([getattr(one, name) for one in rows], kind)
            for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)
        },
        schema=SCHEMA,
    )


def fast(
    rows: Sequence[Invoice], on: date = ON, directions: Sequence[str] = ("sale", "purchase")
) -> dict[str, Found]:
    """Compute every firm's facts with the engine, missing as None."""
    tables = [
        table_of([one for one in rows if one.direction == direction]) if direction in directions else None
        for direction in ("sale", "purchase")
    ]
    found = compute(make_invoices(*tables), on)
    assert tuple(found.columns) == FACT_NAMES
    assert {name for name, column in found.columns.items() if column.dtype != np.int64} == set()
    return {
        firm: {
            name: None if column[at] == MISSING else int(column[at]) for name, column in found.columns.items()
        }
        for at, firm in enumerate(found.firms)
    }
