"""How a firm's trade is spread over its customers or suppliers within the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kerong.engines.invoices.exact import Ints, concentration_bp, share_bp, sums
from kerong.engines.invoices.window import LOOKED_BACK, MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOP = 5
_EARLIER = (1 << (LOOKED_BACK - MONTHS)) - 1
_REPEATED = 2


@dataclass(frozen=True, slots=True)
class Parties:
    """Per firm, over the counterparties whose net amount in the window is positive."""

    count: Ints
    top_share_bp: Ints
    top_five_share_bp: Ints
    concentration_bp: Ints
    new_share_bp: Ints
    repeat_share_bp: Ints


@dataclass(frozen=True, slots=True)
class NamedRows:
    """Valid invoices of three years that name a counterparty: whose, with whom, how much, in which month (0–35)."""

    firm: NDArray[np.int32]
    counterparty: NDArray[np.int32]
    net_fen: Ints
    month: NDArray[np.int32]


def spread_of(rows: NamedRows, firms: int, counterparties: int) -> Parties:
    """Group by firm and counterparty, and tell how the positive ones share the amount."""
    firm, weight, months = _pairs(rows, counterparties)
    traded = weight > 0
    firm, weight, months = firm[traded], weight[traded], months[traded]
    # Largest first within each firm.
    order = np.lexsort((-weight, firm))
    firm, weight, months = firm[order], weight[order], months[order]
    count = np.bincount(firm, minlength=firms)
    rank = np.arange(len(firm)) - (np.cumsum(count) - count)[firm]
    total = sums(firm, weight, firms)
    top = np.zeros(firms, np.int64)
    top[firm[rank == 0]] = weight[rank == 0]
    among = rank < _TOP
    is_new = (months & _EARLIER) == 0
    came_back = np.bitwise_count(months >> (LOOKED_BACK - MONTHS)) >= _REPEATED
    return Parties(
        count=count,
        top_share_bp=share_bp(top, total),
        top_five_share_bp=share_bp(sums(firm[among], weight[among], firms), total),
        concentration_bp=concentration_bp(firm, weight, total),
        new_share_bp=share_bp(sums(firm[is_new], weight[is_new], firms), total),
        repeat_share_bp=share_bp(sums(firm[came_back], weight[came_back], firms), total),
    )


def _pairs(rows: NamedRows, counterparties: int) -> tuple[Ints, Ints, Ints]:
    """Return per firm and counterparty: the firm, the net amount in the window, the months with a positive invoice."""
    if not len(rows.firm):
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    key = rows.firm.astype(np.int64) * max(counterparties, 1) + rows.counterparty
    order = np.argsort(key)
    key, net, month = key[order], rows.net_fen[order], rows.month[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    in_window = month >= LOOKED_BACK - MONTHS
    weight = np.add.reduceat(np.where(in_window, net, 0), starts)
    bit = np.where(net > 0, np.int64(1) << month.astype(np.int64), 0)
    return key[starts] // max(counterparties, 1), weight, np.bitwise_or.reduceat(bit, starts)
