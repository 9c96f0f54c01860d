"""A bank works on a loan in a real browser: two people, two sets of reasons, and the firm sees one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from conftest import Service

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
INSIDE = ("反洗钱审查", "行内记录", "评级只到丙档", "重点核对订单真实性")


def sign_in(chromium: Browser, service: Service, user: str) -> Page:
    """Sign somebody in as a person does: name, password, code."""
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{service.address}/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", service.password)
    page.locator("main form button").first.click()
    code = page.locator("input[name=code]")
    if code.count():
        code.fill(service.code(user))
        page.locator("main form button").first.click()
    expect(page.get_by_role("heading", name="今天要办")).to_be_visible()
    return page


def serious(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page as it is."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {each['id']}: {each['nodes'][0]['target']}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def test_two_people_of_a_bank_decline_and_only_one_set_of_reasons_leaves_it(
    service: Service, chromium: Browser
) -> None:
    manager = sign_in(chromium, service, "bank01.manager")
    found = serious(manager)
    manager.goto(f"{service.address}/cases/")
    manager.get_by_role("link", name="光谷样例光电（虚构）流动资金贷款 300 万元").click()
    address = manager.url
    found += serious(manager)
    manager.get_by_role("link", name="提交审查审批").click()
    manager.get_by_role("button", name="确认办理").click()
    expect(manager.get_by_text("还缺：尽调报告。")).to_be_visible()
    manager.locator("input[name^=evidence]").fill("尽调报告第 1 号（虚构）")
    manager.get_by_role("button", name="确认办理").click()
    expect(manager.get_by_text("已办理。")).to_be_visible()
    expect(manager.get_by_role("link", name="批复授信")).to_have_count(0)

    approver = sign_in(chromium, service, "bank01.approver")
    approver.goto(address)
    expect(approver.get_by_role("link", name="批复授信")).to_be_visible()
    approver.get_by_role("link", name="不通过").click()
    found += serious(approver)
    approver.get_by_label("反洗钱审查").check()
    approver.get_by_label("行内备注（只有本机构能看到）").fill("评级只到丙档")
    approver.get_by_role("button", name="确认办理").click()
    expect(approver.get_by_text("至少选一条告诉对方的原因。")).to_be_visible()
    expect(approver.get_by_label("行内备注（只有本机构能看到）")).to_have_value("评级只到丙档")
    approver.get_by_label("目前的经营收入不足以支持所申请的金额").check()
    approver.get_by_role("button", name="确认办理").click()
    expect(approver.get_by_text("评级只到丙档")).to_be_visible()
    for page in ("/financings/", "/consents/"):
        approver.goto(service.address + page)
        found += serious(approver)

    firm = sign_in(chromium, service, "guanggu.agent")
    firm.goto(address)
    expect(firm.get_by_text("降低金额，或增加担保、知识产权质押后再申请").first).to_be_visible()
    leaks = {}
    for page in (
        *("/work/", "/notices/", "/notices/export.csv", "/cases/?which=all", "/cases/export.csv?which=all"),
        address.removeprefix(service.address),
    ):
        answer = firm.request.get(service.address + page)
        assert answer.status == 200, page
        leaks[page] = [words for words in INSIDE if words in answer.text()]
    assert [page for page, words in leaks.items() if words] == []

    stranger = sign_in(chromium, service, "bank02.manager")
    assert stranger.request.get(address).status == 404
    assert found == []
