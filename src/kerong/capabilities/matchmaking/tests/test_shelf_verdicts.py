"""A firm held against the shelf: verdicts follow the amount looked for and say what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kerong.capabilities.matchmaking import queries
from kerong.capabilities.matchmaking.tests.conftest import store_firm

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

TALENT = "hubei_partner_banks.talent_loan"


@pytest.fixture
def law(law_read_once: CurrentLaw) -> CurrentLaw:
    return law_read_once


def test_product_page_gives_the_verdict_of_its_rule_with_one_sentence(
    law: CurrentLaw, client: Client
) -> None:
    met = store_firm()
    asks_too_much = store_firm(2, requested_amount_fen=1_200_000_000)
    address = "/shelf/hubei_partner_banks/knowledge_value_loan/"

    assert law
    assert "符合" in fit_line(client, address, met.uscc)
    assert "由 1,200万元 降至 1,000万元" in fit_line(client, address, asks_too_much.uscc)
    assert 'class="fit-line"' not in client.get(address).content.decode()


def test_verdict_follows_the_amount_that_is_looked_for(law: CurrentLaw, client: Client) -> None:
    firm = store_firm()
    address = "/shelf/hubei_partner_banks/knowledge_value_loan/"

    def page(path: str, **asked: str) -> str:
        return client.get(path, asked | {"firm": firm.uscc}).content.decode()

    assert law
    as_stored, asking = page(address), page(address, amount="1500万")
    assert "符合政策条件（机构另审）" in as_stored
    assert "按企业已填的申请金额 500万元判断" in as_stored
    assert "符合政策条件（机构另审）" not in asking
    assert "按申请 1,500万元判断" in asking
    assert "requested_amount_fen=1%2C500" in asking
    # The rule's own line is left out by its ceiling; below it the list says what it judged by.
    listed = page("/shelf/", amount="900万", q="知识价值")
    assert "按申请 900万元判断" in listed
    assert "资料截至 2026年10月31日" in listed
    assert "按 2026年11月23日 的规则" in listed
    assert "是预评，不是审批" in listed


def fit_line(client: Client, address: str, uscc: str) -> str:
    page = client.get(address, {"firm": uscc}).content.decode()
    return page.split('class="fit-line"')[1].split("</p>")[0]


@pytest.mark.parametrize("uscc", ["nope", "\0", "x" * 5_000, "' OR 1=1"])
def test_unknown_firm_gives_no_verdict_and_no_error(law: CurrentLaw, client: Client, uscc: str) -> None:
    assert law
    for address in ("/shelf/", "/shelf/compare/", "/shelf/ccb_hubei/shanxin_loan/"):
        answer = client.get(address, {"firm": uscc, "p": TALENT})
        assert answer.status_code == 200
        assert "演示数据" not in answer.content.decode()
        assert "没有这家企业" in answer.content.decode() or not uscc.strip("\0")


def test_a_rule_is_asked_once_for_a_firm_and_anew_when_an_amount_or_a_fact_changes(law: CurrentLaw) -> None:
    lines, firm = queries.shelf_lines(law), store_firm()

    first = queries.fits(law, lines, firm.facts)

    assert all(first[key] is kept for key, kept in queries.fits(law, lines, dict(firm.facts)).items())
    key = "hubei.credit.knowledge_value_loan"
    assert first[key].truth == "met"
    assert queries.fits(law, lines, queries.facts_asking(firm.facts, 1_500_000_000))[key].truth == "near_miss"
    assert queries.fits(law, lines, {**firm.facts, "is_legal_person": 0})[key].truth != "met"


@pytest.mark.parametrize("typed", ["1万亿", "一元", "0", "99999999999999999999", "亿亿", "<b>"])
def test_extreme_amounts_with_a_firm_never_break(law: CurrentLaw, client: Client, typed: str) -> None:
    firm = store_firm()

    assert law
    for address in ("/shelf/", "/shelf/compare/", "/shelf/hubei_partner_banks/talent_loan/"):
        answer = client.get(address, {"amount": typed, "firm": firm.uscc, "p": TALENT})
        assert answer.status_code == 200
        assert "<b>" not in answer.content.decode()
