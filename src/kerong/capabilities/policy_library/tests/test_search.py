"""The search: any brackets, words in any order, plain ranks, safe highlights, true counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
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


SAME = (
    ("8%", "8.0%"),
    ("1000万元", "1,000万元"),
    ("1000万元", "1000 万"),
    ("1000万元", "10 million yuan"),
    ("36个月", "3年"),
    ("36个月", "3 years"),
    ("1.2万亿元", "12,000亿元"),
    ("补偿比例80%", "补偿比例 80%"),
)


def test_a_quantity_is_found_however_it_is_written(law: CurrentLaw) -> None:
    for one, other in SAME:
        first, second = queries.search(law, one), queries.search(law, other)

        assert first.total == second.total > 0, other
        assert not first.is_alike, one


def test_numbers_are_compared_whole(law: CurrentLaw) -> None:
    assert "不良率暂停补偿线" in found(law, "8%", "numbers")
    assert not any("18" in title for title in found(law, "8%", "numbers"))
    for part in queries.search(law, "8%").groups:
        for hit in part.hits:
            marked = [
                piece.text for field in (hit.title, hit.text, hit.summary) for piece in field if piece.is_hit
            ]
            assert set(marked) <= {"8%", "8.0%"}
    assert "本金损失补偿比例" in found(law, "知识价值 80%", "numbers")


@pytest.mark.parametrize(
    ("text", "word", "is_held"),
    [
        ("上限 4.18%", "8%", False),
        ("上限 8.0%", "8%", True),
        ("1,000万元以上", "1000万", True),
        ("52万家企业", "52万元", False),
        ("2025年3月", "2025年", True),
        ("第119号", "19号", False),
        ("第19号", "19号", True),
        ("共 1,200 家", "1200", True),
        ("共 1,200 家", "200", False),
        ("5亿美元", "5亿元", False),
        ("lpr+150bp", "150bp", True),
    ],
)
def test_a_text_holds_a_word(text: str, word: str, is_held: bool) -> None:  # noqa: FBT001 - a column of the table
    assert all(queries.holds(queries.folded(text), one) for one in queries.words_of(word)) == is_held


def test_words_run_together_find_what_is_alike(law: CurrentLaw, client: Client) -> None:
    answer = queries.search(law, "知识价值补偿比例")

    assert answer.is_alike
    assert "本金损失补偿比例" in found(law, "知识价值补偿比例", "numbers")
    assert "下面是相近的" in client.get("/policy-search/", {"q": "知识价值补偿比例"}).content.decode()


def test_english_names_are_found_in_both_languages(law: CurrentLaw) -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            answer = queries.search(law, "compensation share", "numbers")

        keys = {hit.entry.arguments for hit in answer.groups[0].hits}
        assert ("hubei.credit.knowledge_value_loan", "compensation_share") in keys, language


def test_a_joint_number_is_found_after_any_of_its_issuers(law: CurrentLaw) -> None:
    for written in ("财政部公告2023年第17号", "税务总局公告2023年第17号", "公告2023年第17号"):
        answer = queries.search(law, written, "documents")

        assert not answer.is_alike, written
        assert "2023年第17号" in answer.groups[0].hits[0].entry.fields[1]


def test_punctuation_alone_is_an_empty_search(law: CurrentLaw) -> None:
    for text in ("_", "%", "—— …", "（）", "()[]〔〕"):
        assert queries.search(law, text) == queries.search(law, ""), text


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
    for group in queries.GROUPS:
        page = client.get("/policy-search/", {"q": "科技", "group": group}).content.decode()
        for address in re.findall(r'class="hit-title" href="([^"#]+)', page)[:3]:
            assert client.get(address).status_code == 200, address
    assert law


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_pieces_are_the_text_and_only_hits_are_marked(text: str, wanted: list[str]) -> None:
    words = tuple(word for one in wanted for word in queries.words_of(one))
    cut = queries.pieces(text, words)

    assert "".join(piece.text for piece in cut) == text
    assert len(queries.folded(text)) == len(text)
    for piece in cut:
        if not piece.is_hit:
            # Next to a digit a word with a number at its edge is not whole.
            assert not any(
                word in queries.folded(piece.text) for word in words if not re.search(r"[0-9]", word)
            )
