"""Public money in a real browser: a voucher asked, reviewed and approved by three people; the page ties to its file."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from journeys.test_in_a_browser import serious

if TYPE_CHECKING:
    from journeys.conftest import Service
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
BOOK = "/ledger/demo-pool/"
WHAT = "补记结息（虚构，旅程测试）"
CODE_HOLDS_SECONDS = 30
PAGES = (BOOK, f"{BOOK}1002/", f"{BOOK}trial-balance/", f"{BOOK}1002/bank/", "/approvals/?list=all")


def code_of(service: Service, user: str) -> str:
    """Return the one-time code that the person's authenticator shows now."""
    home = {**os.environ, "KERONG_HOME": str(service.policies.parent / "home")}
    command = [sys.executable, "-m", "kerong", "demo", "code", user]
    return subprocess.run(command, env=home, capture_output=True, text=True, check=True).stdout.split()[-1]


def log_in(service: Service, chromium: Browser, user: str) -> Page:
    log = (service.policies.parent / "run.log").read_text(encoding="utf-8")
    password = re.search(r"演示账号共用口令：(\S+)", log)
    assert password, "the demo prints its password"
    page = chromium.new_context(locale="zh-CN").new_page()
    page.goto(f"{service.address}/accounts/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", password[1])
    page.click("main form button")
    page.fill("[name=code]", code_of(service, user))
    page.click("main form button")
    page.wait_for_url("**/work/")
    return page


def step_up(service: Service, page: Page, user: str) -> None:
    """Prove anew who it is; a code works once, so the one of the log-in has to pass first."""
    deadline = time.monotonic() + 3 * CODE_HOLDS_SECONDS
    here = page.url
    while page.get_by_role("link", name="确认身份").count():
        assert time.monotonic() < deadline, "no code is taken"
        page.get_by_role("link", name="确认身份").click()
        page.fill("[name=code]", code_of(service, user))
        page.click("main form button")
        if "/approvals/" not in page.url:
            page.wait_for_timeout(CODE_HOLDS_SECONDS * 1000 / 6)
            page.goto(here)


def agree(service: Service, page: Page, user: str) -> None:
    page.goto(f"{service.address}/approvals/")
    page.get_by_role("link", name=WHAT).click()
    step_up(service, page, user)
    page.get_by_role("button", name="同意", exact=True).click()
    page.wait_for_load_state()


def statement(service: Service, page: Page) -> tuple[str, int]:
    """Return the closing balance of the bank account as the page prints it, and as its csv file says in fen."""
    page.goto(f"{service.address}{BOOK}1002/?from=2026-01-01")
    printed = page.locator("tfoot td.number").last.inner_text()
    address = page.get_by_role("link", name="导出 csv").get_attribute("href") or ""
    text = page.request.get(f"{service.address}{address}").body().decode("utf-8-sig")
    return printed, int(list(csv.reader(io.StringIO(text)))[-1][-1])


def test_three_people_post_one_voucher_and_the_statement_ties(service: Service, chromium: Browser) -> None:
    names = ("finance.officer", "finance.reviewer", "finance.approver")
    officer, reviewer, approver = (log_in(service, chromium, name) for name in names)
    before, before_fen = statement(service, officer)
    officer.goto(f"{service.address}{BOOK}vouchers/new/")
    today = officer.evaluate("new Date().toISOString().slice(0, 10)")
    officer.fill("[name=happened_on]", today)
    officer.fill("[name=what]", WHAT)
    for number, (account, side, amount) in enumerate((("1002", "debit", "0.07"), ("2401", "credit", "0.08"))):
        officer.select_option(f"[name=account_{number}]", account)
        officer.fill(f"[name={side}_{number}]", amount)
    button = officer.get_by_role("button", name="提交复核")
    button.click()
    assert "贷方多 0.01 元" in officer.locator("main").inner_text()
    assert officer.input_value("[name=what]") == WHAT
    officer.fill("[name=credit_1]", "0.07")
    button.dblclick()
    officer.wait_for_url("**/ledger/voucher/**")
    voucher = officer.url

    agree(service, reviewer, names[1])
    officer.goto(voucher)
    assert "待审批" in officer.locator("header.page-head").inner_text()
    agree(service, approver, names[2])
    officer.goto(voucher)

    assert "已记账" in officer.locator("header.page-head").inner_text()
    officer.goto(f"{service.address}{BOOK}vouchers/")
    assert officer.get_by_role("link", name=WHAT).count() == 1
    after, after_fen = statement(service, officer)
    assert after_fen - before_fen == 7
    for printed, fen in ((before, before_fen), (after, after_fen)):
        assert printed == f"{fen // 100:,}.{fen % 100:02}"
    for path in PAGES:
        officer.goto(f"{service.address}{path}")
        assert (path, serious(officer)) == (path, [])
    for page in (officer, reviewer, approver):
        page.context.close()
