"""Whoever looks after an institution's endpoints registers, tests, rotates and sends again; nobody sees another's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting
from kerong.records.outbox.actions import publish
from kerong.records.outbox.models import Delivery, Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

BANK, OTHER = "institution:a", "institution:b"
KEY = re.compile(r"wh(?:sec|pk)_[A-Za-z0-9+/=]+")


def only(model: type) -> object:
    with transaction.atomic(), acting(house_actor("test")):
        return model.objects.get()


@pytest.fixture
def admin(sign_in: Callable[..., Client]) -> Client:
    return sign_in("institution_admin", BANK)


def registered(client: Client, **changed: str) -> object:
    said = {"url": "https://hook.bank.example.com/kerong", "kinds": "*", "scheme": "v1"} | changed
    return client.post("/outbox/", said, follow=True)


@pytest.mark.parametrize(("scheme", "prefix"), [("v1", "whsec_"), ("v1a", "whpk_")])
def test_a_new_key_is_shown_once(admin: Client, scheme: str, prefix: str) -> None:
    first = registered(admin, scheme=scheme)
    address = f"/outbox/endpoints/{only(Endpoint).id}/"

    found = KEY.search(first.content.decode())
    assert found is not None
    assert found[0].startswith(prefix)
    assert KEY.search(admin.get(address).content.decode()) is None
    rotated = KEY.search(admin.post(f"{address}rotate/", follow=True).content.decode())
    assert rotated is not None
    assert rotated[0] != found[0]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"url": ""}, "请填写接收地址"),
        ({"url": "http://api.example.com/"}, "地址须以 https:// 开头"),
        ({"url": "https://127.0.0.1/"}, "地址须以 https:// 开头"),
        ({"url": "https://localhost/"}, "地址须以 https:// 开头"),
        ({"kinds": "Case Moved"}, "事项用小写英文和下划线"),
        ({"kinds": " , "}, "事项用小写英文和下划线"),
    ],
)
def test_a_wrong_address_is_told_at_its_field_and_nothing_is_lost(
    admin: Client, said: dict[str, str], message: str
) -> None:
    answer = registered(admin, **said)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert message in page
    assert f'value="{said.get("kinds", "*")}"' in page


def test_ping_is_listed_with_its_body_and_sent_again_only_when_ended(admin: Client) -> None:
    registered(admin)
    endpoint = only(Endpoint)
    admin.post(f"/outbox/endpoints/{endpoint.id}/ping/")
    delivery = only(Delivery)

    page = admin.get(f"/outbox/deliveries/{delivery.id}/").content.decode()
    while_waiting = admin.post(f"/outbox/deliveries/{delivery.id}/redeliver/", follow=True).content.decode()
    with transaction.atomic(), acting(house_actor("test")):
        Delivery.objects.update(state=Delivery.DELIVERED)
    ended = admin.post(f"/outbox/deliveries/{delivery.id}/redeliver/", follow=True).content.decode()

    assert "&quot;test&quot;: true" in page
    assert "还在发送中" in while_waiting
    assert "已重新排队" in ended
    assert "ping" in admin.get("/outbox/deliveries/?state=waiting").content.decode()


def test_stopped_endpoint_is_not_tested_until_it_is_started(admin: Client) -> None:
    registered(admin)
    address = f"/outbox/endpoints/{only(Endpoint).id}/"

    stopped = admin.post(f"{address}switch/", follow=True).content.decode()
    pinged = admin.post(f"{address}ping/", follow=True).content.decode()
    started = admin.post(f"{address}switch/", follow=True).content.decode()

    assert "不再向这个地址发送" in stopped
    assert "先恢复再测试" in pinged
    assert "已恢复" in started


def test_another_institution_sees_and_changes_nothing(admin: Client, sign_in: Callable[..., Client]) -> None:
    registered(admin)
    endpoint = only(Endpoint)
    with transaction.atomic(), acting(house_actor("test")):
        publish(kind="case_moved", subject="enterprise:A", payload={}, key="k", audience=[BANK])
    delivery = only(Delivery)
    stranger = sign_in("institution_admin", OTHER)

    reads = [f"/outbox/endpoints/{endpoint.id}/", f"/outbox/deliveries/{delivery.id}/"]
    writes = [
        *(f"/outbox/endpoints/{endpoint.id}/{verb}/" for verb in ("rotate", "ping", "switch")),
        f"/outbox/deliveries/{delivery.id}/redeliver/",
    ]
    assert [stranger.get(path).status_code for path in reads] == [404, 404]
    assert [stranger.post(path).status_code for path in writes] == [404] * 4
    assert "hook.bank.example.com" not in stranger.get("/outbox/").content.decode()
    assert "case_moved" not in stranger.get("/outbox/deliveries/export.csv").content.decode("utf-8-sig")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_deliveries_are_exported(admin: Client, ending: str) -> None:
    registered(admin)
    admin.post(f"/outbox/endpoints/{only(Endpoint).id}/ping/")

    answer = admin.get(f"/outbox/deliveries/export.{ending}")

    assert answer.status_code == 200
    if ending == "csv":
        assert "ping" in answer.content.decode("utf-8-sig")
