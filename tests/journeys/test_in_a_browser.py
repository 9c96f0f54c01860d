"""The story in a real browser: why not, what would change it, another value of the law, a slider."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from conftest import Service

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
FIRM = "/firms/X9420100DEM000014E/"
KNOWLEDGE = "hubei.credit.knowledge_value_loan"
PAGES = [
    "/",
    "/rules/",
    f"/rules/{KNOWLEDGE}/",
    "/rules/national.recognition.tech_sme/",
    "/rules/national.recognition.enterprise_size/",
    "/rules/national.risk_sharing.tech_guarantee_programme/",
    "/shelf/",
    f"/shelf/?amount=abc&p=ccb_hubei.shanxin_loan&firm={FIRM[7:-1]}&sort=amount",
    f"/shelf/hubei_partner_banks/talent_loan/?firm={FIRM[7:-1]}",
    "/shelf/hubei_bank/shulian_e_loan/",
    f"/shelf/compare/?p=zbank.tech_loan&p=cib_wuhan.talent_loan&firm={FIRM[7:-1]}",
    f"/rules/{KNOWLEDGE}/values/limit_by_grade/",
    "/rules/national.recognition.little_giant/values/main_business_share_min/",
    "/sources/",
    "/sources/knowledge-value-loan-2025/",
    "/unpublished/",
    "/policy-search/?q=%E8%B4%B7%E6%AC%BE",
    "/policy-search/?q=nothing-at-all",
    "/comparison/",
    "/comparison/knowledge_value_loan/",
    f"/what-if/?rule={KNOWLEDGE}&parameter=compensation_share&value=70",
    "/what-if/?rule=nope",
    "/firms/",
    FIRM,
    f"{FIRM}?requested_amount_fen=abc&rd_expense_fen=200",
    f"{FIRM}doors/",
    f"{FIRM}doors/?rd_expense_fen=190&requested_amount_fen=abc",
    f"{FIRM}?rd_expense_fen=1520000",
    f"{FIRM}rules/national.recognition.innovative_sme/",
    f"{FIRM}rules/hubei.credit.startup_guaranteed_loan/",
    "/what-if/?rule=national.recognition.tech_sme&parameter=score_min&value=50",
    "/what-if/?rule=national.recognition.tech_sme&parameter=score_min&value=abc",
]


@pytest.fixture(params=[1440, 390], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """Open a page that fails the test when it talks to anybody else or breaks its own content policy."""
    context = chromium.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    page = context.new_page()
    strange: list[str] = []
    page.on("request", lambda r: None if r.url.startswith("http://127.0.0.1:") else strange.append(r.url))
    page.on("pageerror", lambda error: strange.append(str(error)))
    page.on("console", lambda m: strange.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    context.close()
    assert strange == []


def serious(page: Page, *rules: str) -> list[str]:
    """Return what axe finds serious or critical, by rule and place; all rules unless some are named."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    only: Any = {"runOnly": list(rules)} if rules else {}
    found: Any = page.evaluate(
        "options => axe.run(document, options)", {"resultTypes": ["violations"]} | only
    )
    return [
        f"{violation['id']}: {violation['nodes'][0]['target']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(page: Page, service: Service, path: str) -> None:
    page.goto(service.address + path)
    found = {"light": serious(page)}
    # The colours are all that differs in the dark.
    page.emulate_media(color_scheme="dark")
    found["dark"] = serious(page, "color-contrast")

    assert found == {"light": [], "dark": []}
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_large_text_and_english_keep_the_page_whole(page: Page, service: Service) -> None:
    page.goto(service.address + FIRM)
    page.get_by_role("button", name="大字").click()
    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", name="Facts of the firm")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_firm_sees_why_not_and_what_would_change_it(page: Page, service: Service) -> None:
    page.goto(service.address + FIRM)

    near = page.locator("section", has=page.locator("#group-near_miss"))
    expect(near).to_contain_text("创新型中小企业")
    expect(near).to_contain_text("下次申报时，若研发费用达到 190万元（现为 152万元，增加 38万元）")

    page.get_by_label("研发费用（上一年度）", exact=True).fill("190万元")
    page.get_by_label("研发费用（上一年度）", exact=True).press("Tab")
    expect(page.locator(".changes")).to_contain_text("152万元")
    met = page.locator("section", has=page.locator("#group-met"))
    expect(met).to_contain_text("创新型中小企业")
    expect(page).to_have_url(f"{service.address}{FIRM}?rd_expense_fen=190%E4%B8%87%E5%85%83")

    expect(page.locator("#form-state")).to_contain_text(re.compile("新开：.*创新型中小企业"))
    expect(page.locator("#form-state")).to_be_in_viewport()

    page.get_by_role("link", name="创新型中小企业").click()
    expect(page.locator(".big-answer")).to_contain_text("符合")
    expect(page.get_by_role("heading", name="逐条")).to_be_visible()


def test_firm_sees_three_doors_and_the_one_thing_and_a_change_stays_with_it(
    page: Page, service: Service
) -> None:
    page.goto(f"{service.address}{FIRM}doors/")
    for name in ("股权", "债权", "上市"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    titles = page.locator(".titles-door")
    expect(titles.locator(".door-next")).to_contain_text("创新型中小企业")
    expect(titles.locator(".door-next .way")).to_contain_text("190万元")

    page.get_by_role("link", name="改一个数，看哪扇门会开").click()
    page.get_by_label("研发费用（上一年度）", exact=True).fill("190")
    page.get_by_label("研发费用（上一年度）", exact=True).press("Tab")
    expect(page.locator("#note-rd_expense_fen")).to_contain_text("= 190万元")
    expect(page.locator("#form-state")).to_contain_text(re.compile("新开：.*创新型中小企业"))
    page.get_by_role("link", name="三扇门全部看").click()

    expect(page.locator(".changes")).to_contain_text("152万元")
    expect(titles.locator(".door-list").first).to_contain_text("创新型中小企业")
    page.get_by_role("link", name="到货架上找产品").click()
    expect(page).to_have_url(re.compile(r"/shelf/\?firm=X9420100DEM000014E"))


def test_folded_group_opens_from_its_count_and_stays_open(page: Page, service: Service) -> None:
    page.goto(service.address + FIRM)
    fold = page.locator("#fold-not_met")
    expect(fold.locator("article").first).to_be_hidden()

    page.locator(".tally-not_met").click()
    expect(fold.locator("article").first).to_be_visible()
    fold.locator("summary").first.click()
    fold.locator("summary").first.click()
    page.get_by_label("申请金额", exact=True).fill("450")
    page.get_by_label("申请金额", exact=True).press("Tab")

    expect(page.locator(".changes")).to_contain_text("450万元")
    expect(fold.locator("article").first).to_be_visible()


def test_service_that_is_away_is_said_at_the_form_and_asked_again_by_itself(
    page: Page, service: Service
) -> None:
    page.goto(service.address + FIRM)
    asked: list[str] = []
    page.route("**/firms/**", lambda route: (asked.append(route.request.url), route.abort()))

    page.get_by_label("申请金额", exact=True).fill("450")
    page.get_by_label("申请金额", exact=True).press("Tab")
    expect(page.locator("#form-state")).to_contain_text("服务没有回答")
    expect(page.locator("#form-state")).to_be_in_viewport()
    expect(page.locator("#no-answer")).to_be_in_viewport()
    assert len(asked) == 1
    page.unroute("**/firms/**")

    expect(page.locator(".changes")).to_contain_text("450万元", timeout=10_000)
    expect(page.locator("#form-state")).not_to_contain_text("服务没有回答")
    expect(page.locator("#no-answer")).to_be_hidden()


def test_nonsense_is_kept_and_explained_at_the_field(page: Page, service: Service) -> None:
    page.goto(service.address + FIRM)
    field = page.get_by_label("申请金额", exact=True)

    field.fill("五百万左右")
    field.press("Tab")

    expect(page.locator("#note-requested_amount_fen")).to_contain_text("读不懂“五百万左右”")
    expect(field).to_have_value("五百万左右")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("400")
    field.press("Enter")
    expect(page.locator("#note-requested_amount_fen")).to_contain_text("原值")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_edited_policy_gives_another_answer_with_its_clause(page: Page, service: Service) -> None:
    file = "hubei/credit/knowledge_value_loan.yaml"
    written = (service.policies / file).read_text(encoding="utf-8")
    page.goto(f"{service.address}{FIRM}rules/{KNOWLEDGE}/")
    expect(page.locator(".big-answer")).to_contain_text("符合")
    try:
        service.edit(file, "value: 1000,", "value: 300,")
        page.wait_for_timeout(1_500)
        page.reload()
        expect(page.locator(".big-answer .verdict").first).to_have_text("不符合")
        row = page.locator(".clause-table tr.truth-not_met")
        expect(row).to_contain_text("不超过 300万元")
        expect(row).to_contain_text("超出 200万元")
        expect(row.locator(".cite")).to_contain_text("号")

        service.edit(file, "unit: wan_yuan", "unit: wan_yuans")
        page.wait_for_timeout(1_500)
        page.reload()
        expect(page.locator("section.notice-bad")).to_contain_text("knowledge_value_loan.yaml")
        expect(page.locator(".big-answer .verdict").first).to_have_text("不符合")
    finally:
        (service.policies / file).write_text(written, encoding="utf-8")
        page.wait_for_timeout(1_500)
    page.reload()
    expect(page.locator("section.notice-bad")).to_have_count(0)
    expect(page.locator(".big-answer .verdict").first).to_have_text("符合")


def test_slider_moves_with_the_keyboard_and_answers_at_once(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/what-if/?rule=national.recognition.tech_sme&parameter=score_min&value=60")
    expect(page.locator("#result")).to_contain_text("与现行数值相同")

    page.get_by_label("拖动：合格分数").press("ArrowLeft")

    expect(page.get_by_label("改为（分）")).to_have_value("59")
    expect(page.locator("#result")).to_contain_text("按市州")
    expect(page.locator(".tile")).to_have_count(17)
    page.get_by_label("改为（分）").fill("很高")
    page.get_by_label("改为（分）").press("Enter")
    expect(page.locator("#note-value")).to_contain_text("读不懂“很高”")
    expect(page.get_by_label("改为（分）")).to_have_value("很高")
    page.get_by_label("规则", exact=True).select_option(label="科技人才贷（企业）")
    expect(page.get_by_label("改为（万元）")).to_have_value("1000")


def test_official_finds_a_number_in_time_and_asks_what_another_would_do(page: Page, service: Service) -> None:
    page.goto(service.address)
    box = page.get_by_role("searchbox", name="搜索政策库")
    box.fill("知识价值信用贷款")
    box.press("Enter")
    page.get_by_role("link", name="科技型企业知识价值信用贷款", exact=True).first.click()

    limit = page.locator("#parameter-limit_by_grade")
    expect(limit.get_by_role("row", name="A级")).to_contain_text("1,000万元")
    expect(limit.get_by_role("row", name="E级")).to_contain_text("100万元")
    expect(limit.get_by_role("row", name="E级")).to_contain_text("五级与额度")
    for grade in ("B级", "C级", "D级"):
        expect(limit.get_by_role("row", name=grade)).to_contain_text("未公布")
    page.get_by_role("link", name="本金损失补偿比例").first.click()
    expect(page.locator(".moment-present")).to_contain_text("2025年3月25日")
    expect(page.locator(".now")).to_contain_text("80.0%")

    page.get_by_role("link", name="改这个数测算").click()
    page.get_by_label("改为（%）").fill("70")
    page.get_by_label("改为（%）").press("Enter")
    result = page.locator("#result")
    expect(result).to_contain_text("没有企业因此变得符合或不再符合")
    expect(result).to_contain_text("80.0% → 70.0%")
    expect(result.locator(".tile")).to_have_count(17)
    expect(result.get_by_role("row", name="武汉市")).to_contain_text("−")
    assert serious(page) == []
    page.emulate_media(media="print")
    expect(result.locator(".draft")).to_be_visible()
    expect(page.locator(".ribbon")).to_contain_text("测算稿")
    # A header group that avoids breaks is what Chromium repeats on every printed page.
    stamp = page.locator("#print-stamp")
    expect(stamp).to_have_css("display", "table-header-group")
    expect(stamp).to_have_css("break-inside", "avoid")
    expect(stamp).to_contain_text("本金损失补偿比例：80.0% → 70.0%")
    expect(stamp).to_contain_text("的规则测算")


def test_figures_of_an_earlier_question_are_dimmed_when_no_answer_comes(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/what-if/?rule=national.recognition.tech_sme&parameter=score_min&value=70")
    expect(page.locator("#result")).to_contain_text("按市州")
    expect(page.locator("#no-answer")).to_be_hidden()
    page.route("**/what-if/**", lambda route: route.abort())

    page.get_by_label("改为（分）").fill("65")
    page.get_by_label("改为（分）").press("Enter")

    expect(page.locator("#no-answer")).to_be_visible()
    expect(page.locator(".stale")).to_have_count(1)
    page.unroute("**/what-if/**")
    page.get_by_label("改为（分）").fill("66")
    page.get_by_label("改为（分）").press("Enter")
    expect(page.locator("#no-answer")).to_be_hidden()
    expect(page.locator(".stale")).to_have_count(0)


def test_products_are_found_chosen_compared_and_taken_away_from_the_comparison(
    page: Page, service: Service
) -> None:
    page.goto(service.address + "/shelf/")
    page.get_by_label("产品、机构、用途或条件").press_sequentially("人才贷 中国银行")
    expect(page.locator("#lines .count")).to_contain_text("找到 1 个")
    page.get_by_role("checkbox", name="中国银行湖北省分行").check()
    expect(page.locator(".tray")).to_contain_text("已选 1 个")
    expect(page).to_have_url(re.compile(r"p=boc_hubei\.talent_loan"))

    page.get_by_label("产品、机构、用途或条件").fill("善新贷 京山")
    expect(page.locator("#lines .count")).to_contain_text("找到 1 个")
    page.get_by_role("checkbox", name="京山").check()
    expect(page.locator(".tray")).to_contain_text("已选 2 个")
    page.get_by_role("button", name="并排比较", exact=True).click()

    expect(page.locator(".compare-table .remove")).to_have_count(2)
    expect(page.get_by_role("row", name="额度上限")).to_contain_text("未公布")
    page.get_by_role("link", name=re.compile("移去 善新贷")).click()
    expect(page.locator(".compare-table .remove")).to_have_count(1)
    page.get_by_role("link", name="再加一个").click()
    expect(page.get_by_label("产品、机构、用途或条件")).to_have_value("善新贷 京山")


def test_amount_that_cannot_be_read_is_said_while_it_is_typed(page: Page, service: Service) -> None:
    page.goto(service.address + "/shelf/")

    page.get_by_label("需要的金额").fill("很多钱")

    expect(page.locator("#note-amount")).to_contain_text("读不懂“很多钱”")
    page.get_by_label("需要的金额").fill("4000万")
    expect(page.locator("#note-amount")).to_have_text("按 4,000万元 查找")
    expect(page.locator("#lines")).not_to_contain_text("1,000万元")


def test_five_doors_open_with_the_keyboard_alone(page: Page, service: Service) -> None:
    page.goto(service.address)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    seen: set[str] = set()
    for _ in range(16):
        page.keyboard.press("Tab")
        seen.add(str(page.evaluate("document.activeElement.getAttribute('href')")))
    assert {"/rules/", "/firms/", "/what-if/", f"{FIRM}doors/"} <= seen


def test_without_javascript_everything_still_answers(chromium: Browser, service: Service) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()

    page.goto(service.address + FIRM)
    page.get_by_label("申请金额", exact=True).fill("1200")
    page.get_by_role("button", name="重新判断").click()
    expect(page.locator("#answer")).to_contain_text("超出 200万元")

    page.goto(service.address + "/shelf/")
    page.get_by_label("产品、机构、用途或条件").fill("善新贷")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator("#lines .count")).to_contain_text("找到 2 个")
    page.get_by_role("checkbox", name="京山").check()
    page.get_by_role("button", name="并排比较选中的").click()
    expect(page.locator(".compare-table .remove")).to_have_count(1)

    page.goto(service.address + "/what-if/?rule=national.recognition.tech_sme&parameter=score_min")
    page.get_by_label("改为（分）").fill("50")
    page.get_by_role("button", name="测算").click()
    expect(page.locator("#result")).to_contain_text("按市州")
    expect(page.locator("#slider")).to_be_hidden()
    context.close()
