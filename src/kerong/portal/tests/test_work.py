"""The work page: one shape for every role, tasks by day with their lights, lists by duty; reminders of materials."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from kerong.basics.acting import house_actor
from kerong.basics.clock import current_clock
from kerong.portal.material_reminders import remind_of_expiring_materials
from kerong.portal.work_links import WORK_LINKS
from kerong.records.documents.actions import replace, upload
from kerong.records.evidence.actions import acting
from kerong.records.notices.actions import tell
from kerong.records.notices.queries import todos_of
from kerong.records.parties.queries import ADMINISTRATORS, ROLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from kerong.basics.acting import Actor

FIRM = "enterprise:X9420100DEM000014E"
PARTIES = {
    "enterprise": FIRM,
    "institution": "institution:demo_bank_01",
    "office": "office:x",
    "platform": "platform",
}
DUTIES = {duty for role in ROLES.values() for duty in role.duties}


def test_a_visitor_is_asked_to_sign_in(client: Client, db: None) -> None:
    del db
    answer = client.get(reverse("work"))

    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={reverse('work')}")


def test_tasks_come_by_day_each_with_its_light(sign_in: Callable[..., Client]) -> None:
    client, today = sign_in("agent", FIRM), current_clock().today()
    with acting(client.actor):
        for title, days in (("下月办", 40), ("昨天该办", -1), ("明天办", 1)):
            tell(to_party=FIRM, kind="case", title=title, due_on=today + timedelta(days), is_todo=True)

    text = client.get(reverse("work")).content.decode()

    order = [
        text.index(word) for word in ("昨天该办", "已过期限", "明天办", "快到期限", "下月办", "时间充足")
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_the_lists_its_duties_open(role: str, sign_in: Callable[..., Client]) -> None:
    held = ROLES[role]

    text = sign_in(role, PARTIES[held.party_kind]).get(reverse("work")).content.decode()

    shown = {link.route for link in WORK_LINKS if f'href="{reverse(link.route)}"><b>' in text}
    holds_business = role not in ADMINISTRATORS
    assert shown == {
        link.route
        for link in WORK_LINKS
        if held.duties & set(link.duties) or (not link.duties and (holds_business or link.is_own))
    }


def test_every_link_names_duties_that_some_role_has() -> None:
    assert {duty for link in WORK_LINKS for duty in link.duties} <= DUTIES
    assert len({link.route for link in WORK_LINKS}) == len(WORK_LINKS)


def test_an_expiring_material_is_told_once_a_term_and_closed_when_replaced(
    person_in: Callable[..., Actor], settings: SettingsWrapper, tmp_path: Path
) -> None:
    settings.KERONG_HOME = tmp_path
    firm, today = person_in("agent", FIRM), current_clock().today()
    with acting(firm):
        for name, days in (("近.pdf", 7), ("远.pdf", 31), ("月.pdf", 30), ("过.pdf", -1)):
            upload(
                owner=FIRM,
                name=name,
                content=b"%PDF-1 " + name.encode(),
                kind="contract",
                valid_until=today + timedelta(days),
            )

    def titles() -> list[str]:
        with acting(house_actor("daily")):
            remind_of_expiring_materials()
        with acting(firm):
            return [each.title for each in todos_of(firm)]

    first, second = titles(), titles()
    with acting(firm):
        near = next(each for each in todos_of(firm) if "近" in each.title)
        replace(document_id=near.key.split(":")[1], name="新.pdf", content=b"%PDF-2")
    third = titles()

    assert first == second == ["合同即将到期：近.pdf", "合同即将到期：月.pdf"]
    assert third == ["合同即将到期：月.pdf"]
