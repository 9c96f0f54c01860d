"""The list of rules and one rule in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kerong.capabilities.policy_library import queries

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from kerong.records.packs.queries import CurrentLaw

TALENT = "/rules/hubei.credit.talent_loan/"

# Each request is one transaction, which is a savepoint and its release inside a test's own.
SAVEPOINT = 2


def keys(law: CurrentLaw, **wanted: str) -> list[str]:
    return [line.pack.key for line in queries.rules_matching(law.library, law.on, **wanted)]


def test_list_names_every_pack_without_a_query(
    law: CurrentLaw, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(SAVEPOINT + 0):
        page = client.get("/rules/").content.decode()

    assert all(f"/rules/{key}/" in page for key in law.library.packs)
    assert f"共 {len(law.library.packs)} 份，列出 {len(law.library.packs)} 份" in page


def test_search_finds_a_part_of_the_name_or_of_the_document_number(law: CurrentLaw) -> None:
    assert keys(law, text="人才贷") == ["hubei.credit.talent_loan"]
    assert keys(law, text="〔2024〕19号") == ["hubei.credit.talent_loan"]
    assert keys(law, text=" TALENT ") == ["hubei.credit.talent_loan"]


def test_filters_by_kind_and_region(law: CurrentLaw) -> None:
    assert keys(law, kind="product", region="武汉") == ["hubei.credit.startup_guaranteed_loan"]


def test_empty_answer_says_what_to_do(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/", {"q": "没有这样的词"}).content.decode()

    assert "没有找到这样的规则" in page
    assert f"共 {len(law.library.packs)} 份，列出 0 份" in page


@pytest.mark.parametrize(
    "asked", [{"q": "\0'\"<script>"}, {"q": "长" * 5_000}, {"kind": "nonsense", "region": "../../etc"}]
)
def test_nonsense_is_searched_for_and_printed_harmlessly(
    law: CurrentLaw, client: Client, asked: dict[str, str]
) -> None:
    answer = client.get("/rules/", asked)

    assert law
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace("<script src=", "")


def test_rule_says_conditions_values_document_and_marks(
    law: CurrentLaw, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The release and the one text whose YAML is shown.
    with django_assert_num_queries(SAVEPOINT + 2):
        page = client.get(TALENT).content.decode()

    assert "申请金额不超过 1,000万元" in page
    assert "鄂科技发创〔2024〕19号" in page
    assert "未公布" in page
    assert "报刊" in page
    assert law.library.packs["hubei.credit.talent_loan"].text_sha256 in page
    assert "pack: hubei.credit.talent_loan" in page
    assert 'rel="noreferrer noopener external"' in page


def test_timeline_keeps_what_was_superseded(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/national.recognition.little_giant/").content.decode()

    assert law
    assert "已被取代" in page
    assert "2026年4月1日起" in page


def test_other_published_readings_stay_visible(law: CurrentLaw, client: Client) -> None:
    page = client.get("/rules/hubei.credit.business_value_loan/").content.decode()

    assert law
    assert "另一种公开说法，未采用" in page


@pytest.mark.parametrize("key", ["nope", "hubei.credit", "..", "hubei.credit.talent_loan.yaml", "%00"])
def test_unknown_rule_is_not_found(law: CurrentLaw, client: Client, key: str) -> None:
    assert law
    assert client.get(f"/rules/{key}/").status_code == 404


def test_placeholders_of_tables_name_the_table_and_never_say_unpublished(law: CurrentLaw) -> None:
    for key in law.library.packs:
        for sentence in queries.rule_in_words(law.library, key, law.on).clauses:
            assert "{" not in sentence.text
