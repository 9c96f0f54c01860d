"""The shelf: what a search finds, what filters leave out, what a product's page says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kerong.basics import regions
from kerong.capabilities.matchmaking import queries

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

NOTICE = "公开信息，未经机构确认"
TALENT = "hubei_partner_banks.talent_loan"
SHANXIN = "ccb_hubei.shanxin_loan"
POINTS = "hankou_bank.innovation_points_loan"
POLICY = "hubei.credit.talent_loan"
YICHANG, ZHIJIANG, WUHAN = "420500", "420583", "420100"


@pytest.fixture
def law(law_read_once: CurrentLaw) -> CurrentLaw:
    return law_read_once


def found(law: CurrentLaw, **asked: object) -> set[str]:
    return {line.key for line in queries.shelf_matching(law, queries.ShelfQuestion(**asked))}


def all_keys(law: CurrentLaw) -> set[str]:
    return {line.key for line in queries.shelf_lines(law)}


# ── what stands on it


def test_shelf_holds_institutions_products_and_firms_policy_products(law: CurrentLaw) -> None:
    reference = {p.key for institution in law.library.shelf.values() for p in institution.products}
    policies = {
        key
        for key, pack in law.library.packs.items()
        if pack.kind == "product" and pack.subject == "enterprise" and pack.in_force(law.on)
    }

    assert all_keys(law) == reference | policies
    assert len(queries.shelf_lines(law)) == len(reference) + len(policies)


def test_policy_product_takes_its_ceiling_from_the_condition_of_the_rule(law: CurrentLaw) -> None:
    line = queries.shelf_line(law, "hubei.credit.knowledge_value_loan")

    assert line is not None
    parameter = law.library.packs[line.rule].parameters["single_loan_max"].in_force(law.on)
    assert parameter is not None
    assert (line.amount_max_fen, line.amount_is) == (parameter.value, "published")


# ── search


def test_every_word_must_be_found_somewhere(law: CurrentLaw) -> None:
    both = found(law, text="信用 武汉")

    assert both == found(law, text="武汉，信用！") == found(law, text="信用") & found(law, text="武汉")
    assert POINTS in both
    assert found(law, text="信用 没有这样的词") == set()


def test_width_and_case_do_not_matter(law: CurrentLaw) -> None:
    assert "hubei_bank.shulian_e_loan" in found(law, text="数链E贷")
    assert found(law, text="３０１") == found(law, text="301") != set()
    assert found(law, text="SHANXIN") == found(law, text="shanxin") != set()


def test_a_text_with_marks_is_found_as_it_stands(law: CurrentLaw) -> None:
    assert found(law, text="贷款（试点）") == found(law, text="贷款(试点)") != set()
    assert "ccb_hubei.online_loan_301" in found(law, text="“301”纯线上")


@pytest.mark.parametrize("place", ["善新贷", "汉口银行", "知识产权质押贷款", "开票", "嘉鱼", "随借随还"])
def test_all_that_describes_a_product_is_searched(law: CurrentLaw, place: str) -> None:
    assert found(law, text=place)


@pytest.mark.parametrize("typed", ["%", "\0", "x" * 10_000, "<script>", "' OR 1=1", "𠮷", "'", "🍵", "\\"])
def test_nonsense_finds_nothing_or_everything_and_never_breaks(
    law: CurrentLaw, client: Client, typed: str
) -> None:
    answer = client.get("/shelf/", {"q": typed})

    assert law
    assert answer.status_code == 200
    assert NOTICE in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_search_without_a_hit_says_what_to_do(law: CurrentLaw, client: Client) -> None:
    page = client.get("/shelf/", {"q": "没有这样的产品名"}).content.decode()

    assert "找到 0 个" in page
    assert "换一个词" in page
    assert f"共 {len(all_keys(law))} 个产品" in page


# ── filters


def test_region_takes_what_holds_it_and_what_lies_within(law: CurrentLaw) -> None:
    in_yichang = {line.key: line.region for line in queries.shelf_lines(law)}

    kept = found(law, region=YICHANG)

    assert {in_yichang[key] for key in kept} >= {"000000", regions.HUBEI, ZHIJIANG}
    assert not any(in_yichang[key] == WUHAN for key in kept)
    assert found(law, region=ZHIJIANG) < kept
    assert "yidu_rural_bank_fengyuan.tech_loan" in kept - found(law, region=ZHIJIANG)


def test_amount_leaves_out_lower_ceilings_and_keeps_unpublished_ones(law: CurrentLaw) -> None:
    kept = found(law, amount_fen=600 * 10**6)
    ceilings = {line.key: line.cap_fen for line in queries.shelf_lines(law)}

    assert {key for key, ceiling in ceilings.items() if ceiling and ceiling < 600 * 10**6} == all_keys(
        law
    ) - kept
    assert "yidu_rural_bank_fengyuan.tech_loan" not in kept
    assert {TALENT, SHANXIN, POINTS} <= kept


def test_product_without_a_ceiling_of_its_own_inherits_the_one_of_its_rule(
    law: CurrentLaw, client: Client
) -> None:
    heirs = [line for line in queries.shelf_lines(law) if line.rule_cap_fen]

    assert heirs
    assert all(line.amount_is == "not_published" for line in heirs)
    above = heirs[0].cap_fen or 0
    assert heirs[0].key in found(law, amount_fen=above)
    assert heirs[0].key not in found(law, amount_fen=above + 1)
    page = client.get(f"/shelf/{heirs[0].key.replace('.', '/')}/").content.decode()
    assert f"规则上限 {heirs[0].rule_cap}" in page


def test_policy_products_rest_on_their_document_and_name_no_publisher(
    law: CurrentLaw, client: Client
) -> None:
    lines = [line for line in queries.shelf_lines(law) if line.pack]
    page = client.get("/shelf/", {"kind": "policy"}).content.decode()

    assert {line.institution for line in lines} == {"政策产品"}
    assert all(line.basis for line in lines)
    assert "依据 鄂科技规〔2025〕3号" in page
    for publisher in ("湖北广播电视台", "新京报报道", "助贷机构推介文"):
        assert publisher not in page


def test_home_and_shelf_count_the_same_products(law: CurrentLaw, client: Client) -> None:
    counts, home = queries.shelf_counts(law), client.get("/").content.decode()

    assert counts.total == len(all_keys(law))
    said = f"共 {counts.total} 个产品（机构产品 {counts.institution}，政策产品 {counts.policy}）"
    assert said in client.get("/shelf/").content.decode()
    for words, number in (("机构产品", counts.institution), ("政策产品", counts.policy)):
        assert f"<dt>{words}</dt><dd>{number}</dd>" in home


@pytest.mark.parametrize(
    "typed",
    [
        "600万",
        "600",
        "６００万元",
        "0.06亿",
        "6,000,000元",
        "600w",
        "6百万",
        "六百万",
        "6，000，000",
        "６０００000",
    ],
)
def test_amount_is_read_as_people_write_it(law: CurrentLaw, client: Client, typed: str) -> None:
    page = client.get("/shelf/", {"amount": typed, "q": "科创贷"}).content.decode()

    assert law
    assert "宜都农商行" not in page
    assert "众邦" in page
    assert "按 600万元 查找" in page
    assert ("只写数字的" in page) == typed.replace("，", "").isdecimal()


def test_amount_that_cannot_be_read_is_said_at_the_field_and_leaves_the_list_whole(
    law: CurrentLaw, client: Client
) -> None:
    page = client.get("/shelf/", {"amount": "很多"}).content.decode()

    assert "读不懂“很多”" in page
    assert f"找到 {len(all_keys(law))} 个" in page


def test_kind_and_door_are_filters_and_strange_choices_ask_for_everything(
    law: CurrentLaw, client: Client
) -> None:
    kinds = {line.kind for line in queries.shelf_matching(law, queries.ShelfQuestion(kind="ip_pledge"))}

    assert kinds == {"ip_pledge"}
    assert {line.door for line in queries.shelf_matching(law, queries.ShelfQuestion(door="debt"))} == {"debt"}
    page = client.get("/shelf/", {"kind": "x", "door": "y", "region": "9", "sort": "z", "stage": "w"})
    said = page.content.decode()
    assert f"找到 {len(all_keys(law))} 个" in said
    assert said.count("没有这个筛选值") == 5
    assert "没有这个筛选值" not in client.get("/shelf/", {"kind": "credit"}).content.decode()


def test_product_without_published_stages_stays_for_every_stage(law: CurrentLaw) -> None:
    unsaid = {line.key for line in queries.shelf_lines(law) if not line.stages}

    assert unsaid <= found(law, stage="seed")


def test_sorting_by_amount_puts_unpublished_ceilings_last(law: CurrentLaw) -> None:
    lines = queries.shelf_matching(law, queries.ShelfQuestion(sort="amount"))
    ceilings = [line.cap_fen or 0 for line in lines]

    assert ceilings == sorted(ceilings, reverse=True)


@pytest.mark.parametrize("number", ["1", "2", "99999", "-1", "abc", ""])
def test_pages_hold_twenty_and_strange_numbers_are_survived(
    law: CurrentLaw, client: Client, number: str
) -> None:
    page = client.get("/shelf/", {"page": number}).content.decode()

    assert law
    assert 0 < page.count('class="cell-choose"') <= 20


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("0", "1"),
        ("-1", "1"),
        ("-99999", "1"),
        ("abc", "1"),
        ("1.5", "1"),
        ("99999", "last"),
        ("9" * 30, "last"),
    ],
)
def test_a_page_that_does_not_exist_is_the_nearest(
    law: CurrentLaw, client: Client, asked: str, shown: str
) -> None:
    last = str(-(-len(all_keys(law)) // 20))
    page = client.get("/shelf/", {"page": asked}).content.decode()

    assert f'aria-current="page">{last if shown == "last" else shown}</span>' in page


def test_pages_together_show_every_product_once(law: CurrentLaw, client: Client) -> None:
    last = -(-len(all_keys(law)) // 20)
    pages = [client.get("/shelf/", {"page": str(n)}).content.decode() for n in range(1, last + 1)]

    assert sum(page.count('class="cell-choose"') for page in pages) == len(all_keys(law))
    assert all(sum(f'value="{key}"' in page for page in pages) == 1 for key in all_keys(law))


# ── one product


def test_every_product_page_says_it_is_unconfirmed_and_where_it_was_read(
    law: CurrentLaw, client: Client
) -> None:
    for institution in law.library.shelf.values():
        for product in institution.products:
            page = client.get(f"/shelf/{institution.key}/{product.id}/").content.decode()
            assert NOTICE in page
            assert "2026年11月23日查看" in page
            source = law.library.sources[product.mark.cites.split("#")[0]]
            assert (source.number or source.title) in page


def test_amount_of_a_case_stands_under_its_heading_and_the_ceiling_is_unpublished(
    law: CurrentLaw, client: Client
) -> None:
    page = client.get("/shelf/ccb_hubei/shanxin_loan/").content.decode()
    terms, cases = page.split("媒体报道的案例，不是额度上限</h2>")

    assert law
    assert "1000万元" in cases
    assert "1000万元" not in terms
    assert "1,000万元" not in terms
    assert "未公布" in terms


@pytest.mark.parametrize(
    "address",
    [
        "/shelf/nope/nope/",
        "/shelf/hubei/credit.talent_loan/",
        "/shelf/%00/x/",
        "/shelf/export.pdf",
        "/shelf/x/",
    ],
)
def test_unknown_products_and_files_are_not_found(law: CurrentLaw, client: Client, address: str) -> None:
    assert law
    assert client.get(address).status_code == 404


def test_similar_products_are_of_the_same_kind_and_the_same_rule_comes_first(law: CurrentLaw) -> None:
    line = queries.shelf_line(law, TALENT)
    assert line is not None

    near = queries.similar(law, line)

    assert {other.kind for other in near} == {line.kind}
    assert line not in near
    assert near[0].rule == line.rule


# ── more than a few


def test_lines_follow_the_law_they_were_made_from(law: CurrentLaw) -> None:
    key, institution = next(iter(law.library.shelf.items()))
    renamed = replace(institution, products=(replace(institution.products[0], label="改了名字的产品"),))
    other = replace(law, library=replace(law.library, shelf={key: renamed}))

    assert "改了名字的产品" not in {line.label for line in queries.shelf_lines(law)}
    assert "改了名字的产品" in {line.label for line in queries.shelf_lines(other)}


def test_english_pages_name_regions_and_guarantees_in_english(law: CurrentLaw, client: Client) -> None:
    client.cookies["django_language"] = "en"

    page = client.get("/shelf/ccb_hubei/shanxin_loan/").content.decode()

    assert law
    assert "<dd>Wuhan</dd>" in page
    assert "unsecured" in page
