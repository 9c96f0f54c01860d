"""The reference shelf that we ship: every product marked, published ceilings only, cases never taken for one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.engines.rules.loading import load_library

if TYPE_CHECKING:
    from kerong.engines.rules.model import Library, ShelfProduct

POLICIES = Path(__file__).resolve().parents[2] / "policies"
# Counted by hand in the public pages that were read: so few publish a ceiling.
PRODUCTS, PUBLISHED_CEILINGS = 60, 8
FEN = {"万元": 10**6, "亿元": 10**10}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(POLICIES)


def products(library: Library) -> list[ShelfProduct]:
    return [product for institution in library.shelf.values() for product in institution.products]


def amounts_of_cases(product: ShelfProduct) -> set[int]:
    written = re.findall(r"(\d+(?:\.\d+)?)(万元|亿元)", "".join(product.cases))
    return {round(float(number) * FEN[unit]) for number, unit in written}


def takes_a_case_for_its_ceiling(product: ShelfProduct) -> bool:
    return product.amount_max_fen in amounts_of_cases(product)


def test_every_product_says_how_sure_we_are_and_when_it_was_read(library: Library) -> None:
    unmarked = [
        product.key
        for product in products(library)
        if product.mark.verified not in {"official", "press", "digest"} or product.mark.checked_on is None
    ]

    assert unmarked == []
    assert len(products(library)) == PRODUCTS


def test_only_products_with_a_published_ceiling_have_one(library: Library) -> None:
    with_ceiling = [product.key for product in products(library) if product.amount_max_fen is not None]

    assert len(with_ceiling) == PUBLISHED_CEILINGS, with_ceiling


def test_no_amount_of_a_case_stands_as_a_ceiling(library: Library) -> None:
    assert [product.key for product in products(library) if takes_a_case_for_its_ceiling(product)] == []


def test_an_amount_of_a_case_written_as_a_ceiling_is_caught(library: Library) -> None:
    with_case = next(product for product in products(library) if amounts_of_cases(product))
    planted = replace(with_case, amount_max_fen=max(amounts_of_cases(with_case)))

    assert takes_a_case_for_its_ceiling(planted)


def test_a_product_of_a_case_only_names_the_case_as_reported(library: Library) -> None:
    unnamed = [
        product.key
        for product in products(library)
        for case in product.cases
        if not re.match(r"(\d{4}年)?(报道|转载页提到|摘要提到|通报)：", case)
    ]

    assert unnamed == []


def test_sources_of_doubtful_pages_are_digests(library: Library) -> None:
    doubtful = ("咨询机构", "推介文", "未注明", "摘要页")
    wrong = [
        product.key
        for product in products(library)
        if any(word in library.sources[product.mark.cites.split("#")[0]].issuer for word in doubtful)
        and product.mark.verified != "digest"
    ]

    assert wrong == []
