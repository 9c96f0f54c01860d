"""The four demo firms are visibly invented and show all five states over the shipped packs."""

from __future__ import annotations

from datetime import date

import pytest

from kerong.basics.identity_codes import is_credit_code, organisation_code_holds
from kerong.basics.policies_folder import policies_folder
from kerong.demo.firms import WrittenFirm, read_firms
from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.facts_known import completed
from kerong.engines.rules.loading import load_library
from kerong.engines.rules.moves import ways
from kerong.engines.rules.single import FirmJudge

ON = date(2026, 11, 23)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return compile_library(load_library(policies_folder()), ON)


@pytest.fixture(scope="module")
def firms(catalogue: Catalogue) -> list[WrittenFirm]:
    return read_firms(catalogue.library.facts)


def test_names_and_codes_can_belong_to_nobody(firms: list[WrittenFirm]) -> None:
    assert len({firm.uscc for firm in firms}) == 4
    for firm in firms:
        assert firm.name.startswith("演示企业·")
        assert firm.name.endswith("（虚构）")
        assert is_credit_code(firm.uscc)
        assert organisation_code_holds(firm.uscc[8:17])
        assert firm.uscc.startswith("X9")


def test_each_firm_shows_all_five_states(catalogue: Catalogue, firms: list[WrittenFirm]) -> None:
    judge = FirmJudge(catalogue)
    for firm in firms:
        verdicts = judge.judge(completed(catalogue.library, ON, firm.facts))
        states = {
            verdicts.verdict(i) if verdicts.nearness(i) == "none" else verdicts.nearness(i)
            for i in range(len(catalogue.rules))
        }

        assert states == {"met", "near_miss", "one_document_away", "not_met", "unknown"}, firm.name


def test_the_photonics_firm_lacks_380000_yuan_of_research(
    catalogue: Catalogue, firms: list[WrittenFirm]
) -> None:
    found = ways(catalogue, "national.recognition.innovative_sme", firms[0].facts)

    assert "增加 38万元" in found[0].sentence
    assert (found[0].moves[0].fact, found[0].leads_to) == ("rd_expense_fen", "met")
