"""The accountant of a small firm on her telephone: what is to do, her firm's file, consents, and nothing sticks out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from conftest import Service

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
USER, FIRM = "guanggu.agent", "X9420100DEM000014E"
RECORD_PAGES = ["/work/", "/consents/", f"/facts/{FIRM}/", "/materials/", "/cases/KR2026-000001/"]


@pytest.fixture
def phone(chromium: Browser, service: Service) -> Iterator[Page]:
    """Sign the accountant in at 390 px, by name, password and code."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{service.address}/accounts/login/")
    page.fill("input[name=login]", USER)
    page.fill("input[name=password]", service.password)
    page.locator("main form button").first.click()
    code = page.locator("input[name=code]")
    if code.count():
        code.fill(service.code(USER))
        page.locator("main form button").first.click()
    yield page
    context.close()


def troubles(page: Page) -> list[str]:
    """Return what sticks out sideways, and what axe finds serious or critical."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    return [f"{over} px too wide"] * (over != 0) + [
        f"{each['id']}: {each['nodes'][0]['target']}" for each in serious
    ]


def test_accountant_finds_her_work_her_file_and_decides_every_box_herself(
    phone: Page, service: Service
) -> None:
    expect(phone.get_by_role("heading", name="今天要办")).to_be_visible()
    expect(phone.get_by_role("link", name="审计报告已过期，请换成新的").first).to_be_visible()

    phone.goto(f"{service.address}/consents/give/")
    boxes = phone.locator('main input[type="checkbox"]')
    assert boxes.count() > 30
    assert phone.locator("main input:checked").count() == 0

    phone.goto(f"{service.address}/facts/")
    first, last = phone.locator("details.holder").first, phone.locator("details.holder").last
    expect(first.get_by_text("提出异议").first).to_be_visible()
    expect(last.get_by_text("提出异议").first).to_be_hidden()
    last.locator("summary").click()
    expect(last.get_by_text("提出异议").first).to_be_visible()

    found = {}
    for path in RECORD_PAGES:
        phone.goto(service.address + path)
        found[path] = troubles(phone)
    assert found == {path: [] for path in RECORD_PAGES}
