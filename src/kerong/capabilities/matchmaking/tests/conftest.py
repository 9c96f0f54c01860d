"""The shipped policies, read once for all tests, and synthetic firms."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kerong.basics.identity_codes import compose
from kerong.basics.policies_folder import policies_folder
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.loading import load_library
from kerong.records.facts.actions import store_demo_firm
from kerong.records.packs import queries as packs
from kerong.records.packs.queries import CurrentLaw

if TYPE_CHECKING:
    from kerong.records.facts.queries import DemoFirm


@pytest.fixture(scope="session")
def read_once() -> CurrentLaw:
    """Read and compile the shipped folder, for tests that do not depend on how it was released."""
    library, on = load_library(policies_folder()), date(2026, 11, 23)
    catalogue = compile_library(library, on)
    return CurrentLaw(library, catalogue, on, 1, library.sha256, "测试〔2026〕1号", on, following_files=False)


@pytest.fixture
def law_read_once(db: None, read_once: CurrentLaw, monkeypatch: pytest.MonkeyPatch) -> CurrentLaw:
    """Let every page work by the law that was read once."""
    del db
    monkeypatch.setattr(packs, "current", lambda: read_once)
    return read_once


def store_firm(number: int = 1, **facts: int | str) -> DemoFirm:
    """Store a synthetic firm that has what the knowledge-value loan asks for, with other facts as given."""
    body = f"{number:08}"
    code = compose("X", "9", "420100", body)
    known = {
        "is_legal_person": 1,
        "is_tech_enterprise": 1,
        "knowledge_value_grade": "B",
        "has_hard_collateral": 0,
        "has_third_party_guarantee": 0,
        "requested_amount_fen": 500_000_000,
        "requested_term_months": 24,
        "rd_expense_fen": 152_000_000,
    }
    return store_demo_firm(
        uscc=code, name=f"样例（虚构）{number}", facts=known | facts, as_of=date(2026, 10, 31), source="测试"
    )
