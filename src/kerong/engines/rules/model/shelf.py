"""The reference shelf: products that institutions have made public, none of them confirmed by the institution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.basics.mistakes import NOWHERE, Place

if TYPE_CHECKING:
    from kerong.engines.rules.model.marks import Door, Mark

INSTITUTION_KINDS: dict[str, tuple[str, str]] = {
    "bank": ("银行", "bank"),
    "guarantor": ("担保机构", "guarantor"),
    "fund": ("基金", "fund"),
    "insurer": ("保险机构", "insurer"),
    "exchange": ("交易场所", "exchange"),
    "platform": ("服务平台", "platform"),
    "group": ("来源并列的多家机构", "several institutions named together"),
}
"""Kind of institution → its Chinese and English names."""

PRODUCT_KINDS: dict[str, tuple[str, str]] = {
    "credit": ("信用贷款", "unsecured loan"),
    "credit_online": ("线上信用贷款", "online unsecured loan"),
    "credit_agri": ("涉农信用贷款", "unsecured loan for agriculture"),
    "credit_stepup": ("利率先低后高贷款", "loan with a low rate first"),
    "guaranteed": ("担保贷款", "guaranteed loan"),
    "co_guaranteed": ("多方分担担保贷款", "loan with a shared guarantee"),
    "re_guaranteed": ("再担保贷款", "re-guaranteed loan"),
    "insured_credit": ("保证保险贷款", "loan with guarantee insurance"),
    "startup_guaranteed": ("创业担保贷款", "guaranteed loan for start-ups"),
    "mortgage_plus": ("抵押增信贷款", "mortgage loan with an uplift"),
    "ip_pledge": ("知识产权质押贷款", "loan pledged on intellectual property"),
    "rd_loan": ("研发贷款", "loan for research and development"),
    "term_credit": ("中长期贷款", "medium- and long-term loan"),
    "working_capital": ("流动资金贷款", "working capital loan"),
    "letter_of_guarantee": ("保函", "letter of guarantee"),
    "acquisition_loan": ("并购贷款", "acquisition loan"),
    "policy_onlending": ("政策性转贷款", "policy on-lending"),
    "trade_credit": ("贸易融资", "trade finance"),
    "guaranteed_or_credit": ("担保或信用贷款", "guaranteed or unsecured loan"),
}
"""Kind of product → its Chinese and English names."""

WHOLE_COUNTRY = "000000"
"""Stands where a GB/T 2260 code would stand, for a product offered everywhere."""


@dataclass(frozen=True, slots=True)
class ShelfProduct:
    """One product as published. A bound or text that was not published is None."""

    institution: str
    id: str
    label: str
    label_en: str
    kind: str
    door: Door
    region: str
    amount_max_fen: int | None
    term_max_months: int | None
    rate: str | None
    guarantee_mode: str | None
    summary: str
    conditions: tuple[str, ...]
    cases: tuple[str, ...]
    rule: str
    stages: tuple[str, ...]
    mark: Mark
    place: Place = NOWHERE

    @property
    def key(self) -> str:
        """Return the product's name on the whole shelf."""
        return f"{self.institution}.{self.id}"


@dataclass(frozen=True, slots=True)
class Institution:
    """One institution and its products, as one file of a shelf folder says them."""

    key: str
    label: str
    label_en: str
    kind: str
    products: tuple[ShelfProduct, ...]
    place: Place = NOWHERE
