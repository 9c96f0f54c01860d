"""Made-up invoices of the size of the real set, seeded: some 1.1 million of 425 firms over forty months."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

FIRMS, ROWS = 425, 1_100_000
_FIRST, _DAYS = date(2016, 10, 4).toordinal() - date(1970, 1, 1).toordinal(), 1_236
_PARTNERS = 40_000


def made_up(rows: int, seed: int, firms: int = FIRMS) -> pa.Table:
    """Return invoices of one direction in the shape of the files seen: yuan, a flag for valid ones."""
    rng = np.random.default_rng(seed)
    weight = rng.lognormal(0, 1.6, firms)
    firm = rng.choice(firms, rows, p=weight / weight.sum())
    # Few partners take most of a firm's invoices.
    partner = (firm * 7_919 + (rng.pareto(0.7, rows) * 3).clip(0, 3_000).astype(np.int64)) % _PARTNERS
    begins = rng.integers(0, 500, firms)
    day = begins[firm] + (rng.random(rows) * (_DAYS - begins[firm])).astype(np.int64)
    fen = np.maximum(rng.lognormal(13, 1.8, rows), 1).astype(np.int64).clip(1, 10**9)
    fen *= np.where(rng.random(rows) < 0.02, -1, 1)
    tax = fen * 13 // 100
    names = np.array([f"合成{number:06d}" for number in range(max(firms, _PARTNERS))])
    return pa.table(
        {
            "firm": pa.array(names[firm]),
            "invoice_no": pa.array(np.arange(10_000_000, 10_000_000 + rows).astype(str)),
            "date": pa.array((_FIRST + day).astype(np.int32)).cast(pa.date32()),
            "counterparty": pa.array(names[partner]),
            "net": fen / 100,
            "tax": tax / 100,
            "gross": (fen + tax) / 100,
            "valid": rng.random(rows) > 0.06,
        }
    )
