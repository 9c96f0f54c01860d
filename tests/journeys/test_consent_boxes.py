"""LAW-3 in a real browser: no box is ticked beforehand, and ticking one ticks no other (T22)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from kerong.records.parties.models import Institution

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
FIRM = "enterprise:X9420100DEM000014E"


@pytest.mark.django_db(transaction=True)
def test_no_box_of_a_consent_is_ticked_and_each_stands_alone(
    live_server: LiveServer, chromium: Browser, sign_in: Callable[..., Client]
) -> None:
    Institution.objects.create(
        key="demo_bank_01", name="样例江城银行（虚构）", kind="bank", region_code="420100", is_demo=True
    )
    boss = sign_in("legal_representative", FIRM)
    page = chromium.new_page()
    page.context.add_cookies(
        [
            {
                "name": "sessionid",
                "value": boss.cookies["sessionid"].value,
                "url": f"http://{urlsplit(live_server.url).netloc}",
            }
        ]
    )

    page.goto(f"{live_server.url}/consents/give/")
    boxes = page.locator('main input[type="checkbox"]')
    flags = page.locator('#flags input[type="checkbox"]')

    def ticked() -> list[str]:
        return page.eval_on_selector_all("main input:checked", "boxes => boxes.map(box => box.name)")

    assert flags.count() == 5
    assert boxes.count() > 30
    assert ticked() == []
    for number in range(boxes.count()):
        box = boxes.nth(number)
        box.check()
        assert ticked() == [box.get_attribute("name")]
        box.uncheck()
    page.close()
