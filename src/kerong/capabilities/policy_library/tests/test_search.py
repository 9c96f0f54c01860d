"""The search: any brackets, words in any order, plain ranks, safe highlights, true counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.capabilities.policy_library import queries

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw


def found(law: CurrentLaw, text: str, group: str) -> list[str]:
    """Return the titles (or texts) of the hits of one group, best first."""
    for part in queries.search(law, text, group).groups:
        return [hit.entry.fields[0] or hit.entry.fields[2] for hit in part.hits]
    return []


@pytest.mark.parametrize(
    "written",
    [
        "鄂科技规〔2025〕3号",
        "鄂科技规[2025]3号",
        "鄂科技规（2025）3",
        "〔2025〕3号 知识价值",
        "鄂科技规【2025】3 号",
    ],
)
def test_document_number_is_found_in_any_brackets(law: CurrentLaw, written: str) -> None:
    assert found(law, written, "documents")[0] == "湖北省科技型企业知识价值信用贷款实施办法（试行）"


def test_title_comes_before_number_before_text_before_summary(law: CurrentLaw) -> None:
    hits = queries.search(law, "知识价值", "rules").groups[0].hits

    first_fields = [next(i for i, f in enumerate(hit.entry.folded) if "知识价值" in f) for hit in hits]
    assert first_fields == sorted(first_fields)
    assert "科技型企业知识价值信用贷款" in found(law, "知识价值", "rules")


def test_numbers_are_found_by_label_and_by_value(law: CurrentLaw) -> None:
    assert "本金损失补偿比例" in found(law, "知识价值 补偿比例", "numbers")
    assert "各等级最高额度" in found(law, "各等级最高额度 未公布", "numbers")


def test_a_fact_leads_to_the_rules_that_use_it(law: CurrentLaw, client: Client) -> None:
    page = client.get("/policy-search/", {"q": "annual_revenue_fen"}).content.decode()
    assert "/rules/?fact=annual_revenue_fen" in page

    listed = client.get("/rules/", {"fact": "annual_revenue_fen"}).content.decode()
    total = len(law.library.packs)
    using = queries.rules_matching(law.library, law.on, queries.Asked(fact="annual_revenue_fen"))
    assert 0 < len(using) < total
    assert f"共 {total} 份，列出 {len(using)} 份" in listed
    # The age is derived from the day of registration.
    direct = {
        line.pack.key
        for line in queries.rules_matching(law.library, law.on, queries.Asked(fact="age_months"))
    }
    derived = {
        line.pack.key
        for line in queries.rules_matching(law.library, law.on, queries.Asked(fact="registered_on"))
    }
    assert direct <= derived


def test_counts_are_true_and_a_group_shows_all(law: CurrentLaw) -> None:
    answer = queries.search(law, "贷款")

    for part in answer.groups:
        whole = queries.search(law, "贷款", part.group).groups[0]
        assert len(whole.hits) == whole.total == part.total
        assert len(part.hits) <= 8
    assert answer.total == sum(part.total for part in answer.groups)


def test_near_names_are_offered_when_nothing_holds_the_words(law: CurrentLaw) -> None:
    answer = queries.search(law, "知识价值贷款")

    assert answer.is_alike
    assert "科技型企业知识价值信用贷款" in found(law, "知识价值贷款", "rules")
    assert queries.search(law, "完全没有的词语组合").total == 0


@pytest.mark.parametrize(
    "text", ["", "   ", "\0", "长" * 10_000, "<script>alert(1)</script>", "%", "'\"&", "()[]〔〕"]
)
def test_nonsense_is_answered_and_printed_harmlessly(law: CurrentLaw, client: Client, text: str) -> None:
    answer = client.get("/policy-search/", {"q": text, "group": "nonsense"})

    assert law
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_hits_are_marked_in_the_page(law: CurrentLaw, client: Client) -> None:
    page = client.get("/policy-search/", {"q": "知识价值"}).content.decode()

    assert law
    assert "科技型企业<mark>知识价值</mark>信用贷款" in page
    assert "/rules/hubei.credit.knowledge_value_loan/" in page


def test_every_address_of_a_hit_answers(law: CurrentLaw, client: Client) -> None:
    import re

    for group in queries.GROUPS:
        page = client.get("/policy-search/", {"q": "科技", "group": group}).content.decode()
        for address in re.findall(r'class="hit-title" href="([^"#]+)', page)[:3]:
            assert client.get(address).status_code == 200, address
    assert law


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_pieces_are_the_text_and_only_hits_are_marked(text: str, words: list[str]) -> None:
    wanted = tuple(queries.folded(word) for word in words)
    cut = queries.pieces(text, wanted)

    assert "".join(piece.text for piece in cut) == text
    assert len(queries.folded(text)) == len(text)
    for piece in cut:
        if not piece.is_hit:
            assert not any(word in queries.folded(piece.text) for word in wanted)
